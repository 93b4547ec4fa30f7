package signer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
)

// writeBody writes the bytes to mac that req will send as its body, and leaves req with an unread Body.
func writeBody(mac io.Writer, req *http.Request) error {
	if req.Body == nil || req.Body == http.NoBody {
		return checkLength(req, 0)
	}
	if req.GetBody == nil {
		return writeAndKeepBody(mac, req)
	}
	again, err := getBody(req)
	if err != nil {
		return err
	}
	c := comparer{mac: mac, body: req.Body, buf: buffers.Get().(*[chunk]byte)}
	n, err := io.Copy(&c, again)
	again.Close()
	if err == nil {
		err = c.end()
	}
	buffers.Put(c.buf)
	if err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	if err := checkLength(req, n); err != nil {
		return err
	}
	unread, err := getBody(req)
	if err != nil {
		return err
	}
	req.Body.Close()
	req.Body = unread
	return nil
}

// writeAndKeepBody reads a body that can be read only once, and makes it one that can be read again.
func writeAndKeepBody(mac io.Writer, req *http.Request) error {
	data, err := io.ReadAll(req.Body)
	req.Body.Close()
	if err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	if err := checkLength(req, int64(len(data))); err != nil {
		return err
	}
	req.GetBody = func() (io.ReadCloser, error) {
		if len(data) == 0 {
			return http.NoBody, nil
		}
		return io.NopCloser(bytes.NewReader(data)), nil
	}
	req.Body, _ = req.GetBody()
	req.ContentLength = int64(len(data))
	mac.Write(data)
	return nil
}

func getBody(req *http.Request) (io.ReadCloser, error) {
	body, err := req.GetBody()
	if err != nil {
		return nil, fmt.Errorf("the body cannot be read again: %w", err)
	}
	if body == nil {
		return nil, errors.New("the body cannot be read again: GetBody returned nil")
	}
	return body, nil
}

// checkLength refuses a body that was cut short or read by somebody before. A ContentLength of 0 or less beside a body
// means that the length is not known (net/http.Request).
func checkLength(req *http.Request, n int64) error {
	if req.ContentLength > 0 && req.ContentLength != n {
		return fmt.Errorf("the body has %d bytes but ContentLength is %d; was it read before?", n, req.ContentLength)
	}
	return nil
}

// comparer passes on to mac what is written to it, and refuses it if body gives other bytes. That is there for the
// editor that gives a request a new Body and forgets GetBody: signing either of the two would be wrong. A body that
// gives nothing at all was already sent, by an attempt before this one, and is as good as equal.
type comparer struct {
	mac      io.Writer
	body     io.Reader
	buf      *[chunk]byte
	compared bool // body gave something
	sent     bool // body gave nothing
}

const chunk = 8 << 10 // small enough to stay in the processor's first cache

var buffers = sync.Pool{New: func() any { return new([chunk]byte) }}

var errBodiesDiffer = errors.New("the request's Body and GetBody give different bytes; whoever replaces one must replace both")

func (c *comparer) Write(p []byte) (int, error) {
	for part := range slices.Chunk(p, chunk) {
		c.mac.Write(part)
		if c.sent {
			continue
		}
		n, err := io.ReadFull(c.body, c.buf[:len(part)])
		switch {
		case err == io.EOF && !c.compared:
			c.sent = true
			continue
		case err == io.EOF || err == io.ErrUnexpectedEOF || err == nil && !bytes.Equal(part, c.buf[:n]):
			return 0, errBodiesDiffer
		case err != nil:
			return 0, err
		}
		c.compared = true
	}
	return len(p), nil
}

// end reports an error if body goes on where the bytes written end.
func (c *comparer) end() error {
	if c.sent {
		return nil
	}
	_, err := io.ReadFull(c.body, c.buf[:1])
	if err == io.EOF {
		return nil
	}
	if err == nil {
		return errBodiesDiffer
	}
	return err
}
