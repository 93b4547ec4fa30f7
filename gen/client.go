package gen

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
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
	DefaultTimeout     = 60 * time.Second
	DefaultMaxResponse = 32 << 20 // bytes of a response that are read
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

// option returns an Option that calls set, or fails with the problem if the value is not ok.
func option(ok bool, problem string, set func(*config)) Option {
	return func(c *config) error {
		if !ok {
			return errors.New(problem)
		}
		set(c)
		return nil
	}
}

// WithHTTPClient sets what sends the requests. Of an [*http.Client], New uses a copy that has a timeout and refuses
// redirects: one would send the signed body somewhere else, so it is [ErrOutcomeUnknown]. Any other Doer is used as it
// is, with its own timeout and redirects.
func WithHTTPClient(doer Doer) Option {
	v := reflect.ValueOf(doer)
	isNil := doer == nil || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil()
	return option(!isNil, "WithHTTPClient: the client is nil", func(c *config) { c.doer = doer })
}

// WithRequestEditorFn adds a function that may change each request. It runs before the signer.
func WithRequestEditorFn(edit RequestEditorFn) Option {
	return option(edit != nil, "WithRequestEditorFn: the function is nil",
		func(c *config) { c.editors = append(c.editors, edit) })
}

// WithTimeout bounds a whole exchange, in place of DefaultTimeout or your http.Client's own. 0 means no limit.
func WithTimeout(d time.Duration) Option {
	return option(d >= 0, fmt.Sprintf("WithTimeout: %v is negative", d), func(c *config) { c.timeout = &d })
}

// WithMaxResponse sets how many bytes of a response are read, in place of DefaultMaxResponse. A larger response is an
// error that matches [ErrOutcomeUnknown].
func WithMaxResponse(bytes int64) Option {
	return option(bytes > 0, fmt.Sprintf("WithMaxResponse: %d is not positive", bytes),
		func(c *config) { c.maxResponse = bytes })
}

// New returns a client for the API at server: [ServerURLSandbox] or [ServerURLProduction]. It calls sign, such as the
// Edit method of a signer.Signer, on each request before sending it. nil is for programs whose http.Client signs.
//
// The editors of a call run in this order: those given by [WithRequestEditorFn], sign, then the call's own. A call's
// own editor that changes the path or the body makes the signature invalid.
//
// Without [WithHTTPClient], the client has its own copy of [http.DefaultTransport], which logs nothing of a server.
//
// InitMassPayout, AuthMassPayout and CancelMassPayout are written to a connection once in each call. Where net/http or
// a transport that retries would write them again, the call ends with [ErrOutcomeUnknown] instead. Reads are repeated
// as [WithReadRetries] says. This does not cover a Doer that ignores the request's context or net/http/httptrace.
func New(server string, sign RequestEditorFn, opts ...Option) (*Client, error) {
	base, err := parseServer(server)
	c := &Client{server: base, config: config{doer: &http.Client{}, maxResponse: DefaultMaxResponse}}
	for _, opt := range opts {
		if opt == nil {
			opt = option(false, "an option is nil", nil)
		}
		err = cmp.Or(err, opt(&c.config))
	}
	if err = cmp.Or(err, c.setDefaults()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOption, err)
	}
	if sign != nil {
		c.editors = append(c.editors, sign)
	}
	return c, nil
}

// setDefaults replaces an http.Client by a copy that has the defaults and the options.
func (c *Client) setDefaults() error {
	given, ok := c.doer.(*http.Client)
	switch {
	case ok:
	case c.timeout != nil:
		return fmt.Errorf("WithTimeout works only with an *http.Client; configure the %T directly", c.doer)
	default:
		return nil
	}
	client := *given
	c.doer, c.proof = &client, traced(client.Transport)
	if client.Transport == nil {
		client.Transport, c.proof = newTransport()
	}
	client.Timeout = cmp.Or(client.Timeout, DefaultTimeout)
	if c.timeout != nil {
		client.Timeout = *c.timeout
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // makes the redirect itself the response, which counts as unreadable
	}
	return nil
}

// parseServer returns the API's base URL, without the slash at its end.
func parseServer(server string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(server, "/"))
	switch {
	case err != nil:
		return nil, errors.New("server is not a URL") // the error of url.Parse quotes it, with a password if it has one
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return nil, errors.New("server must be an absolute URL such as " + ServerURLSandbox)
	case u.User != nil:
		return nil, errors.New("server must have no user and no password")
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(server, "#"): // also an empty fragment
		return nil, errors.New("server must have no query and no fragment")
	}
	return u, nil
}

// Client calls iyzico's Mass Payout API: each operation is a method, which returns the response of an accepted request
// or an [*APIError]. [New] returns a Client. It is safe for concurrent use.
type Client struct {
	server *url.URL // without the slash at its end
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
	server.Host = strings.TrimSuffix(strings.ToLower(server.Host), ":"+schemePorts[server.Scheme])
	return server.String() + "/"
}

// schemePorts are the ports that a URL need not name.
var schemePorts = map[string]string{"https": "443", "http": "80"}

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
	reads  bool   // it neither stores nor moves anything
}

// call carries out op, and tells the observers how it ended. An err ends it before it begins.
func call[T any, R response[T]](
	ctx context.Context, c *Client, op operation, path string, body jsonBody, err error, editors []RequestEditorFn,
) (*T, error) {
	start, sent := time.Now(), 0 // times, by the attempts before x
	x := &exchange{op: op}
	defer func() { c.tell(ctx, x, start, sent) }()
	switch {
	case ctx == nil:
		ctx, err = context.Background(), errors.New("the context is nil")
	case err == nil && (c == nil || c.server == nil):
		err = errors.New("the Client was not made by New")
	}
	if err != nil {
		x.failure = op.notSent(err)
		return nil, x.failure
	}
	for attempts := 1; ; attempts++ {
		x = begin(ctx, op)
		var response *T
		if response, x.failure = attempt[T, R](c, x, path, body, editors); x.failure == nil {
			return response, nil
		}
		if !c.again(ctx, x, attempts) {
			return nil, x.failure
		}
		sent += x.times()
	}
}

// attempt builds and signs the request, sends it once, and reads the response.
func attempt[T any, R response[T]](
	c *Client, x *exchange, path string, body jsonBody, editors []RequestEditorFn,
) (*T, *APIError) {
	defer x.cancel(nil)
	req, err := c.newRequest(x.ctx, x.op, path, body, editors)
	if err == nil {
		err = ended(x.ctx) // whatever the Doer is, it has not been called yet
	}
	if err != nil {
		return nil, x.op.notSent(err)
	}
	x.handedOver, x.sent, x.failure.notSent = true, max(req.ContentLength, 0), false
	resp, err := c.doer.Do(req)
	if resp != nil && resp.Body != nil {
		x.status = resp.StatusCode
		defer resp.Body.Close() // beside an error, too: a redirect that the policy refused comes with both
	}
	switch {
	case err != nil:
		return nil, x.failed(resp, err, c.proof)
	case resp == nil || resp.Body == nil:
		return nil, x.op.unreadable(resp, nil, fmt.Errorf("%T returned neither a response nor an error", c.doer))
	case x.status == http.StatusSwitchingProtocols: // its body is the connection, which ends with no timeout or context
		return nil, x.op.unreadable(resp, nil,
			errors.New("the server switched to another protocol, which was not requested"))
	}
	if _, ok := c.doer.(*http.Client); !ok { // which ends the reading with the context; another Doer need not
		defer context.AfterFunc(x.ctx, func() { _ = resp.Body.Close() })()
	}
	content, err := readBody(resp, c.maxResponse)
	x.received = int64(len(content))
	if err != nil {
		return nil, x.op.unreadable(resp, content, fmt.Errorf("reading the response: %w", cmp.Or(ended(x.ctx), err)))
	}
	return readResponse[T, R](x.ctx, x.op, resp, content)
}

// ended returns why ctx ended, which also matches context.Canceled or context.DeadlineExceeded; nil if it has not.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}

// readBody reads a response's body up to limit. It asks for memory as the bytes arrive: Content-Length is a promise.
func readBody(resp *http.Response, limit int64) (content []byte, _ error) {
	const trusted, end = 64 << 10, 512 // and room for the read that finds the end
	most := min(limit, math.MaxInt-1) + 1
	scanner := bufio.NewScanner(resp.Body) // one token is all; it ends the reading of a body that brings nothing
	scanner.Buffer(make([]byte, min(min(max(resp.ContentLength, 0), trusted)+end, most)), int(most))
	scanner.Split(func(all []byte, _ bool) (int, []byte, error) {
		content = all
		return 0, nil, nil
	})
	if scanner.Scan(); int64(len(content)) > limit {
		return content[:limit], errors.New("it is larger than WithMaxResponse allows")
	}
	return content, scanner.Err()
}

func (c *Client) newRequest(
	ctx context.Context, op operation, path string, body jsonBody, editors []RequestEditorFn,
) (*http.Request, error) {
	target := *c.server
	target.Path += path // an ID in it has no character that would be escaped
	if target.RawPath != "" {
		target.RawPath += path
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
		req.GetBody = func() (io.ReadCloser, error) { return content{bytes.NewReader(encoded)}, nil }
		req.Body, _ = req.GetBody()
		req.ContentLength = int64(len(encoded))
		req.Header["Content-Type"] = []string{"application/json"}
	}
	for _, edit := range append(slices.Clip(c.editors), editors...) {
		if edit == nil {
			return nil, hide(errors.New("a request editor is nil"), ErrEditor)
		}
		if err := edit(ctx, req); err != nil && ctx.Err() != nil {
			return nil, err
		} else if err != nil {
			return nil, hide(err, ErrEditor)
		}
	}
	return req, nil
}

// content is the body of a request; io.NopCloser would allocate each anew.
type content struct{ *bytes.Reader }

func (content) Close() error { return nil }
