package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
)

// The safe defaults of [New].
const (
	// DefaultTimeout bounds a whole exchange, from the connection to the response's last byte. It is long, because a
	// timeout leaves the outcome unknown.
	DefaultTimeout = 60 * time.Second

	// DefaultMaxResponse is how many bytes of a response are read.
	DefaultMaxResponse = 32 << 20
)

// ErrOption is wrapped by every error that [New] returns.
var ErrOption = errors.New("gen: New")

// Option configures a [Client]. [New] takes it; a nil option or a bad value is an error there.
type Option func(*config) error

type config struct {
	doer        Doer
	editors     []RequestEditorFn
	timeout     *time.Duration
	maxResponse int64
	observers   []func(context.Context, Call)
	retries     int
	longestWait time.Duration
}

// WithHTTPClient sets what sends the requests. Of an [*http.Client], New uses a copy that has a timeout and refuses
// redirects: one would send the signed body somewhere else, so it is [ErrOutcomeUnknown]. Any other Doer is used as it is,
// with its own timeout and redirects.
func WithHTTPClient(doer Doer) Option {
	return func(c *config) error {
		v := reflect.ValueOf(doer)
		if doer == nil || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil() {
			return errors.New("WithHTTPClient: the client is nil")
		}
		c.doer = doer
		return nil
	}
}

// WithRequestEditorFn adds a function that may change each request. It runs before the signer.
func WithRequestEditorFn(edit RequestEditorFn) Option {
	return func(c *config) error {
		if edit == nil {
			return errors.New("WithRequestEditorFn: the function is nil")
		}
		c.editors = append(c.editors, edit)
		return nil
	}
}

// WithTimeout bounds a whole exchange, in place of DefaultTimeout or of your own http.Client's timeout. 0 means no limit.
func WithTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return fmt.Errorf("WithTimeout: %v is negative", d)
		}
		c.timeout = &d
		return nil
	}
}

// WithMaxResponse sets how many bytes of a response are read, in place of DefaultMaxResponse. A larger response is an
// error that matches [ErrOutcomeUnknown].
func WithMaxResponse(bytes int64) Option {
	return func(c *config) error {
		if bytes <= 0 {
			return fmt.Errorf("WithMaxResponse: %d is not positive", bytes)
		}
		c.maxResponse = bytes
		return nil
	}
}

// New returns a client for the API at server: [ServerURLSandbox] or [ServerURLProduction]. It calls sign on each request
// before sending it; pass the Edit method of a signer.Signer. A nil sign is for programs whose http.Client signs in its
// transport.
//
// The client has a timeout, refuses redirects, and reads responses up to a bound.
//
// The editors of a call run in this order: those given by [WithRequestEditorFn], sign, then the call's own. A call's own
// editor that changes the path or the body makes the signature invalid.
//
// Without [WithHTTPClient], the client has its own copy of [http.DefaultTransport], which logs nothing that a server sends.
//
// InitMassPayout, AuthMassPayout and CancelMassPayout are written to a connection once in each call. Where net/http or a
// transport that retries would write them again, the call ends with [ErrOutcomeUnknown] instead. Reads are repeated as
// [WithReadRetries] says. This does not cover a Doer that ignores the request's context or net/http/httptrace.
//
// Every error matches [ErrOption].
func New(server string, sign RequestEditorFn, opts ...Option) (*Client, error) {
	base, err := parseServer(server)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOption, err)
	}
	c := Client{server: base, config: config{maxResponse: DefaultMaxResponse}}
	for _, o := range opts {
		if o == nil {
			return nil, fmt.Errorf("%w: an option is nil", ErrOption)
		}
		if err := o(&c.config); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOption, err)
		}
	}
	if sign != nil {
		c.editors = append(c.editors, sign)
	}
	if err := c.setDefaults(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOption, err)
	}
	return &c, nil
}

// setDefaults replaces an http.Client by a copy that has the defaults and the options.
func (c *Client) setDefaults() error {
	var client http.Client
	switch given := c.doer.(type) {
	case nil:
	case *http.Client:
		client = *given
	default:
		if c.timeout != nil {
			return fmt.Errorf("WithTimeout works only with an *http.Client; configure the %T directly", given)
		}
		return nil
	}
	c.proof = traced(client.Transport)
	if client.Transport == nil {
		client.Transport, c.proof = newTransport()
	}
	if client.Timeout == 0 {
		client.Timeout = DefaultTimeout
	}
	if c.timeout != nil {
		client.Timeout = *c.timeout
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // makes the redirect itself the response, which counts as unreadable
	}
	c.doer = &client
	return nil
}

// parseServer returns the API's base URL, whose path ends in a slash.
func parseServer(server string) (*url.URL, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, errors.New("server is not a URL") // the error of url.Parse quotes it, with a password if it has one
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return nil, errors.New("server must be an absolute URL such as " + ServerURLSandbox)
	case u.User != nil:
		return nil, errors.New("server must have no user and no password")
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(server, "#"): // also an empty fragment
		return nil, errors.New("server must have no query and no fragment")
	}
	if !strings.HasSuffix(u.Path, "/") {
		return url.Parse(server + "/")
	}
	return u, nil
}

// Client calls iyzico's Mass Payout API. [New] returns one. It is safe for concurrent use.
//
// Each operation is a method that returns the typed response of an accepted request, or an error: an [*APIError] that
// matches [ErrRefused], [ErrRateLimited], [ErrOutcomeUnknown] or [ErrNotSent].
type Client struct {
	server *url.URL // its path ends in a slash
	proof  proof    // of doer
	config
}

// Server returns the URL that the client calls: what [New] was given, in lower case where case does not count, without
// the scheme's own port, and with a slash at its end. It holds no key. It is empty for a Client that New did not make.
func (c *Client) Server() string {
	if c == nil || c.server == nil {
		return ""
	}
	server := *c.server
	server.Host = strings.TrimSuffix(strings.ToLower(server.Host), ":"+schemePort(&server))
	return server.String()
}

func schemePort(u *url.URL) string {
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
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
func call[T any](ctx context.Context, c *Client, op operation, path string, body jsonBody, editors []RequestEditorFn) (*T, error) {
	if ctx == nil {
		return nil, c.notSent(context.Background(), op, errors.New("the context is nil"))
	}
	if c == nil || c.server == nil {
		return nil, c.notSent(ctx, op, errors.New("the Client was not made by New"))
	}
	start, sent := time.Now(), 0 // times, by the attempts before x
	var x *exchange
	var failure *APIError
	returned := false
	defer func() {
		if !returned { // an editor or the HTTP client panics
			failure = &APIError{notSent: !x.handedOver}
		}
		c.tell(ctx, op, x, start, sent, failure)
	}()
	for attempts := 1; ; attempts++ {
		x = begin(ctx, op)
		var response *T
		response, failure = attempt[T](c, x, path, body, editors)
		if failure != nil && c.again(ctx, x, attempts, failure) {
			sent += x.times()
			continue
		}
		returned = true
		if failure != nil {
			return nil, failure
		}
		return response, nil
	}
}

// attempt builds and signs the request, sends it once, and reads the response.
func attempt[T any](c *Client, x *exchange, path string, body jsonBody, editors []RequestEditorFn) (*T, *APIError) {
	ctx, op := x.ctx, x.op
	defer x.cancel(nil)
	req, err := c.newRequest(ctx, op, path, body, editors)
	if err == nil {
		err = ended(ctx) // whatever the Doer is, it has not been called yet
	}
	if err != nil {
		return nil, op.notSent(err)
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
			return nil, failure
		}
		return nil, op.unreadable(resp, nil, cause)
	}
	if resp == nil || resp.Body == nil {
		return nil, op.unreadable(resp, nil, fmt.Errorf("%T returned neither a response nor an error", c.doer))
	}
	defer resp.Body.Close()
	x.status = resp.StatusCode
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// The body is the connection itself, which ends with no timeout and no context.
		return nil, op.unreadable(resp, nil, errors.New("the server switched to another protocol, which was not requested"))
	}
	if _, ok := c.doer.(*http.Client); !ok { // which ends the reading with the context; another Doer need not
		defer context.AfterFunc(ctx, func() { _ = resp.Body.Close() })()
	}
	content, err := readBody(resp, c.maxResponse)
	x.received = int64(len(content))
	if err != nil {
		if ended := ended(ctx); ended != nil {
			err = ended
		}
		return nil, op.unreadable(resp, content, fmt.Errorf("reading the response: %w", err))
	}
	return readResponse[T](ctx, op, resp, content)
}

// ended returns why ctx ended, as an error that also matches context.Canceled or context.DeadlineExceeded; nil if it has not.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
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
	content.Grow(int(min(max(resp.ContentLength, 0), trusted)) + 2*bytes.MinRead) // Buffer wants MinRead bytes for the end
	_, err := content.ReadFrom(http.MaxBytesReader(nil, &bodyReader{ReadCloser: resp.Body}, limit))
	if _, tooLong := err.(*http.MaxBytesError); tooLong {
		err = errors.New("it is larger than WithMaxResponse allows")
	}
	return content.Bytes(), err
}

// bodyReader reads a response's body. It fails when a hundred reads in a row bring nothing, as bufio does.
type bodyReader struct {
	io.ReadCloser
	empty int // reads in a row
}

func (b *bodyReader) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.empty++; n > 0 {
		b.empty = 0
	}
	if err == nil && b.empty == 100 {
		err = io.ErrNoProgress
	}
	return n, err
}

func (c *Client) newRequest(
	ctx context.Context, op operation, path string, body jsonBody, editors []RequestEditorFn,
) (*http.Request, error) {
	target := *c.server
	target.Path += path[1:] // an ID in it has no character that would be escaped
	if target.RawPath != "" {
		target.RawPath += path[1:]
	}
	req := new(http.Request).WithContext(ctx) // before it is filled in: WithContext copies it
	req.Method, req.URL, req.Host = op.method, &target, target.Host
	req.Proto, req.ProtoMajor, req.ProtoMinor = "HTTP/1.1", 1, 1
	req.Header = make(http.Header, 8)
	if body != nil {
		encoded, err := encodeJSON(body)
		if err != nil {
			return nil, err
		}
		req.GetBody = func() (io.ReadCloser, error) { return newContent(encoded), nil }
		req.Body = newContent(encoded)
		req.ContentLength = int64(len(encoded))
		req.Header["Content-Type"] = []string{"application/json"}
	}
	for _, edit := range append(slices.Clip(c.editors), editors...) {
		if edit == nil {
			return nil, editorError{errors.New("a request editor is nil")}
		}
		if err := edit(ctx, req); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			return nil, editorError{err}
		}
	}
	return req, nil
}

// content is the body of a request, in one piece of memory.
type content struct{ bytes.Reader }

func newContent(encoded []byte) *content {
	c := new(content)
	c.Reset(encoded)
	return c
}

func (*content) Close() error { return nil }
