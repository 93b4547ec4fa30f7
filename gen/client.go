package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Client calls iyzico's Mass Payout API. [New] returns one. It is safe for concurrent use.
//
// Each operation is a method that returns the typed response of an accepted request, or an error: an [*APIError] that
// matches [ErrRefused], [ErrRateLimited], [ErrOutcomeUnknown] or [ErrNotSent].
type Client struct {
	server  *url.URL // its path ends in a slash
	doer    Doer
	proof   proof
	editors []RequestEditorFn
	max     int64 // bytes of a response

	observers   []func(context.Context, Call)
	retries     int
	longestWait time.Duration
}

// Doer sends an HTTP request. An [*http.Client] is one.
type Doer interface {
	Do(req *http.Request) (*http.Response, error)
}

// RequestEditorFn changes a request before it is sent, for example to sign it.
type RequestEditorFn func(ctx context.Context, req *http.Request) error

// operation is one of the API's, as the spec names it. The generated methods hold one each.
type operation struct {
	name   string // InitMassPayout
	method string
	path   string // the template, without an id
}

// reads reports whether op neither stores nor moves anything. One that this package does not know might.
func (op operation) reads() bool {
	switch op.name {
	case "RetrieveMassPayout", "RetrieveMassPayoutItem", "RetrieveMassPayoutBalance":
		return true
	default:
		return false
	}
}

// call carries out op, and tells the observers how it ended.
func call[T any](ctx context.Context, c *Client, op operation, path string, body any, editors []RequestEditorFn) (*T, error) {
	if ctx == nil {
		return nil, c.notSent(context.Background(), op, errors.New("the context is nil"))
	}
	if c == nil || c.server == nil {
		return nil, c.notSent(ctx, op, errors.New("the Client was not made by New"))
	}
	start := time.Now()
	for attempts := 1; ; attempts++ {
		response, x, err := attempt[T](ctx, c, op, path, body, editors)
		if err != nil && c.wait(ctx, op, attempts, err) {
			continue
		}
		c.tell(ctx, op, x, start, attempts, err)
		if err != nil {
			return nil, err
		}
		return response, nil
	}
}

// attempt builds and signs the request, sends it once, and reads the response.
func attempt[T any](
	ctx context.Context, c *Client, op operation, path string, body any, editors []RequestEditorFn,
) (*T, *exchange, *APIError) {
	x, ctx := begin(ctx, op)
	defer x.cancel(nil)
	req, err := c.newRequest(ctx, op, path, body, editors)
	if err == nil {
		err = context.Cause(ctx) // whatever the Doer is, it has not been called yet
	}
	if err != nil {
		return nil, x, op.notSent(err)
	}
	x.handedOver, x.sent = true, max(req.ContentLength, 0)
	resp, err := c.doer.Do(req)
	if err != nil {
		if resp != nil && resp.Body != nil { // a redirect that the policy refused comes with both
			_ = resp.Body.Close()
		}
		cause, notSent := x.failed(err, c.proof)
		if notSent {
			x.sent = 0
			failure := op.notSent(cause)
			failure.failedToConnect = true
			return nil, x, failure
		}
		return nil, x, op.unreadable(resp, nil, cause)
	}
	if resp == nil || resp.Body == nil {
		return nil, x, op.unreadable(resp, nil, fmt.Errorf("%T returned neither a response nor an error", c.doer))
	}
	defer resp.Body.Close()
	x.status = resp.StatusCode
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// The body is the connection itself, which ends with no timeout and no context.
		return nil, x, op.unreadable(resp, nil, errors.New("the server switched to another protocol, which nobody asked for"))
	}
	if _, ok := c.doer.(*http.Client); !ok { // which ends the reading with the context; another Doer need not
		defer context.AfterFunc(ctx, func() { _ = resp.Body.Close() })()
	}
	content, err := readBody(resp, c.max)
	x.received = int64(len(content))
	if err != nil {
		if ended := context.Cause(ctx); ended != nil {
			err = ended
		}
		return nil, x, op.unreadable(resp, content, fmt.Errorf("reading the response: %w", err))
	}
	response, failure := readResponse[T](ctx, op, resp, content)
	return response, x, failure
}

// notSent is the error of a call that ended before it began.
func (c *Client) notSent(ctx context.Context, op operation, err error) *APIError {
	failure := op.notSent(err)
	c.tell(ctx, op, &exchange{}, time.Now(), 0, failure)
	return failure
}

// readBody reads a response's body up to limit. The memory is asked for as the bytes arrive: a Content-Length is a promise.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	const trusted = 64 << 10
	var content bytes.Buffer
	content.Grow(int(min(max(resp.ContentLength, 0), trusted)) + bytes.MinRead)
	_, err := content.ReadFrom(&boundedReader{from: resp.Body, left: limit})
	return content.Bytes(), err
}

func (c *Client) newRequest(
	ctx context.Context, op operation, path string, body any, editors []RequestEditorFn,
) (*http.Request, error) {
	target := *c.server
	target.Path += path[1:] // an ID in it has no character that would be escaped
	if target.RawPath != "" {
		target.RawPath += path[1:]
	}
	req := &http.Request{
		Method: op.method, URL: &target, Host: target.Host, Header: make(http.Header, 8),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if body != nil {
		encoded, err := encodeJSON(body)
		if err != nil {
			return nil, err
		}
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(encoded)), nil }
		req.Body, _ = req.GetBody()
		req.ContentLength = int64(len(encoded))
		req.Header["Content-Type"] = []string{"application/json"}
	}
	req = req.WithContext(ctx)
	for _, group := range [][]RequestEditorFn{c.editors, editors} {
		for _, edit := range group {
			if edit == nil {
				return nil, errors.New("a request editor is nil")
			}
			if err := edit(ctx, req); err != nil {
				return nil, err
			}
		}
	}
	return req, nil
}

// boundedReader fails when it is read beyond its bound, and not before: a Content-Length says nothing of a compressed
// response, and a response without one has no length to look at.
type boundedReader struct {
	from io.Reader
	left int64
}

var errTooLong = errors.New("it is larger than WithMaxResponse allows")

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLong
	}
	if int64(len(p))-1 > b.left { // one byte more tells a response of the very bound from a longer one
		p = p[:b.left+1]
	}
	n, err := b.from.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, errTooLong
	}
	return n, err
}
