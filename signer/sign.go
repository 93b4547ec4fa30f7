package signer

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

const (
	scheme         = "IYZWSv2 "
	apiKeyField    = "apiKey:"
	randomKeyField = "&randomKey:"
	signatureField = "&signature:"
)

// Authorization returns the Authorization header's value, "IYZWSv2 ...". It is the scheme itself: deterministic and
// without checks, for test vectors and to compare with another implementation; [Signer.Edit] signs requests. uriPath is
// the path as sent, escaped and without the query; body is nil or empty for a request without one.
func Authorization(apiKey, secretKey, randomKey, uriPath string, body []byte) string {
	s := scratch{mac: hmac.New(sha256.New, []byte(secretKey))}
	s.start(randomKey, uriPath)
	s.mac.Write(body)
	return s.authorization(apiKey, randomKey)
}

// Edit signs req. Call it last: the path and the body that it signs must be those that are sent.
//
// Edit sets the headers Authorization, x-iyzi-rnd and x-iyzi-client-version, Content-Type to application/json if the
// request has none, and the query parameter locale to the Signer's default if the URL has none. It replaces an existing
// signature. Every call uses a new random key.
//
// Edit signs the bytes that GetBody returns, after comparing them with Body, and replaces Body with a new one from
// GetBody. If GetBody is nil, Edit reads the body into memory and sets Body, GetBody and ContentLength.
//
// Edit returns an error, and sets no header, for a request without a URL, a host or an absolute path; for plain http to
// anything but loopback; for a sandbox key and the production host; for a locale in the URL other than "tr" and "en";
// and for a body that cannot be read, differs in length from ContentLength, or is not the same in Body and GetBody. Do
// not send a request for which Edit returned an error.
func (s *Signer) Edit(_ context.Context, req *http.Request) error {
	if s == nil || s.apiKey == nil {
		return errors.New("signer: the Signer was not created by New")
	}
	if req == nil || req.URL == nil {
		return errors.New("signer: the request or its URL is nil")
	}
	if err := s.checkDestination(req); err != nil {
		return err
	}
	path, err := sentPath(req.URL)
	if err != nil {
		return err
	}
	query, err := queryWithDefaultLocale(req.URL.RawQuery, s.locale)
	if err != nil {
		return err
	}

	randomKey := rand.Text()
	work := s.scratch.Get().(*scratch)
	defer s.scratch.Put(work)
	work.start(randomKey, path)
	if err := work.writeBody(req); err != nil {
		return fmt.Errorf("signer: %w", err)
	}

	req.URL.RawQuery = query
	if req.Header == nil {
		req.Header = make(http.Header)
	}
	setHeaders(req.Header, work.authorization(s.apiKey(), randomKey), randomKey, s.clientVersion)
	return nil
}

// setHeaders sets the headers of a signed request. It deletes their other spellings, which net/http would also send.
func setHeaders(h http.Header, authorization, randomKey, clientVersion string) {
	hasContentType := false
	for name, values := range h {
		canonical := http.CanonicalHeaderKey(name)
		switch canonical {
		case "Authorization", "X-Iyzi-Rnd", "X-Iyzi-Client-Version":
			if name != canonical {
				delete(h, name)
			}
		case "Content-Type":
			hasContentType = hasContentType || len(values) > 0 && values[0] != ""
		}
	}
	values := []string{authorization, randomKey, clientVersion}
	h["Authorization"] = values[0:1:1]
	h["X-Iyzi-Rnd"] = values[1:2:2]
	h["X-Iyzi-Client-Version"] = values[2:3:3]
	if !hasContentType {
		h["Content-Type"] = []string{"application/json"}
	}
}

const productionHost = "api.iyzipay.com" // where real money moves

// checkDestination returns an error if the request must not be signed for its destination. The connection goes to
// URL.Host, but Host may name production to a proxy or tunnel in between.
func (s *Signer) checkDestination(req *http.Request) error {
	host := req.URL.Hostname()
	if host == "" {
		return errors.New("signer: the request's URL has no host")
	}
	switch req.URL.Scheme {
	case "https":
	case "http":
		if !isLoopback(host) {
			return fmt.Errorf("signer: refusing to sign for plain http to %q, which is not loopback; use https", host)
		}
	default:
		return errors.New("signer: the scheme of the request's URL must be https, or http for loopback")
	}
	named := url.URL{Host: req.Host}
	if s.sandbox && (isProduction(host) || isProduction(named.Hostname())) {
		return errors.New("signer: refusing to use a sandbox key for the production host " + productionHost)
	}
	return nil
}

func isProduction(host string) bool {
	return strings.EqualFold(strings.TrimSuffix(host, "."), productionHost)
}

func isLoopback(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback()
	}
	return strings.EqualFold(strings.TrimSuffix(host, "."), "localhost")
}

// sentPath returns the path of a request to u as net/http writes it.
func sentPath(u *url.URL) (string, error) {
	if strings.Contains(u.Opaque, "?") {
		return "", errors.New(`signer: the URL's Opaque contains "?"; the query belongs in RawQuery`)
	}
	path := targetPath(u.RequestURI())
	if !strings.HasPrefix(path, "/") {
		return "", errors.New(`signer: the URL's path must begin with "/"`)
	}
	return path, nil
}

// targetPath returns the path of a request target, which is "/path?query" or, when sent to a proxy,
// "http://host/path?query" (RFC 9112, section 3.2).
func targetPath(target string) string {
	target, _, _ = strings.Cut(target, "?")
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, afterScheme, absolute := strings.Cut(target, "://")
	if !absolute {
		return target
	}
	_, path, _ := strings.Cut(afterScheme, "/")
	return "/" + path
}

// scratch is the memory that a signature takes.
type scratch struct {
	mac   hash.Hash
	sum   [sha256.Size]byte
	text  []byte
	chunk [chunkSize]byte
}

const chunkSize = 8 << 10 // fits the L1 cache

// start begins the signature of a message. The body is still to be written to s.mac.
func (s *scratch) start(randomKey, path string) {
	s.mac.Reset()
	s.text = append(append(s.text[:0], randomKey...), path...)
	s.mac.Write(s.text)
}

// authorization returns the header's value for the message that was written to s.mac.
func (s *scratch) authorization(apiKey, randomKey string) string {
	b := append(s.text[:0], apiKeyField...)
	b = append(b, apiKey...)
	b = append(b, randomKeyField...)
	b = append(b, randomKey...)
	b = append(b, signatureField...)
	b = hex.AppendEncode(b, s.mac.Sum(s.sum[:0]))
	n := len(b)
	b = append(b, scheme...)
	b = base64.StdEncoding.AppendEncode(b, b[:n])
	s.text = b
	return string(b[n:])
}

// writeBody writes the bytes that req will send as its body to s.mac, and leaves Body unread.
func (s *scratch) writeBody(req *http.Request) error {
	if req.Body == nil || req.Body == http.NoBody {
		return checkLength(req, 0)
	}
	if req.GetBody == nil {
		return s.writeAndKeepBody(req)
	}
	again, err := getBody(req)
	if err != nil {
		return err
	}
	c := comparer{scratch: s, body: req.Body}
	n, err := io.Copy(&c, again)
	again.Close()
	if err == nil {
		err = c.end()
	}
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

// writeAndKeepBody reads a body that can be read only once, and replaces it with one that can be read again.
func (s *scratch) writeAndKeepBody(req *http.Request) error {
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
	s.mac.Write(data)
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

// checkLength returns an error if a body of n bytes was cut short or partly read before. A ContentLength of 0 or less
// beside a body means that the length is unknown (see http.Request).
func checkLength(req *http.Request, n int64) error {
	if req.ContentLength > 0 && req.ContentLength != n {
		return fmt.Errorf("the body has %d bytes but ContentLength is %d; was it read before?", n, req.ContentLength)
	}
	return nil
}

// comparer passes what is written to it on to the mac, and fails if body has other bytes: an editor replaced Body and
// forgot GetBody, and signing either would be wrong. A body that is empty was sent by an earlier attempt and passes.
type comparer struct {
	scratch  *scratch
	body     io.Reader
	compared bool // body was not empty
	sent     bool // body was empty
}

var errBodiesDiffer = errors.New(
	"the request's Body and GetBody have different bytes; code that replaces one must replace both")

func (c *comparer) Write(p []byte) (int, error) {
	for part := range slices.Chunk(p, chunkSize) {
		c.scratch.mac.Write(part)
		if c.sent {
			continue
		}
		n, err := io.ReadFull(c.body, c.scratch.chunk[:len(part)])
		switch {
		case err == io.EOF && !c.compared:
			c.sent = true
			continue
		case err == io.EOF || err == io.ErrUnexpectedEOF || err == nil && !bytes.Equal(part, c.scratch.chunk[:n]):
			return 0, errBodiesDiffer
		case err != nil:
			return 0, err
		}
		c.compared = true
	}
	return len(p), nil
}

// end returns an error if body goes on after the bytes that were written.
func (c *comparer) end() error {
	if c.sent {
		return nil
	}
	_, err := io.ReadFull(c.body, c.scratch.chunk[:1])
	if err == io.EOF {
		return nil
	}
	if err == nil {
		return errBodiesDiffer
	}
	return err
}
