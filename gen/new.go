package gen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	doer          Doer
	editors       []RequestEditorFn
	timeout       *time.Duration
	checkRedirect func(*http.Request, []*http.Request) error
	maxResponse   int64
	observers     []func(context.Context, Call)
	retries       int
	longestWait   time.Duration
}

// WithHTTPClient sets what sends the requests. New copies an [*http.Client] and fills in a timeout and a redirect
// policy where it has none; any other Doer is used as it is, with its own timeout and redirects.
func WithHTTPClient(doer Doer) Option {
	return func(c *config) error {
		if client, ok := doer.(*http.Client); doer == nil || ok && client == nil {
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

// WithCheckRedirect follows redirects as http.Client.CheckRedirect does. Without it they are refused, because a
// redirect would send the signed body somewhere else, and the call returns an error that matches [ErrOutcomeUnknown].
func WithCheckRedirect(policy func(req *http.Request, via []*http.Request) error) Option {
	return func(c *config) error {
		if policy == nil {
			return errors.New("WithCheckRedirect: the policy is nil")
		}
		c.checkRedirect = policy
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
// The client has a timeout, refuses redirects, and reads responses up to a bound; options change each.
//
// The editors of a call run in this order: those given by [WithRequestEditorFn], sign, then the call's own. A call's
// editor that changes the path or the body breaks the signature.
//
// Every error matches [ErrOption].
func New(server string, sign RequestEditorFn, opts ...Option) (*Client, error) {
	base, err := parseServer(server)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOption, err)
	}
	c := config{maxResponse: DefaultMaxResponse}
	for _, o := range opts {
		if o == nil {
			return nil, fmt.Errorf("%w: an option is nil", ErrOption)
		}
		if err := o(&c); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOption, err)
		}
	}
	if sign != nil {
		c.editors = append(c.editors, sign)
	}
	doer, proof, err := c.configured()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOption, err)
	}
	return &Client{
		server: base, doer: doer, proof: proof, editors: c.editors, max: c.maxResponse,
		observers: c.observers, retries: c.retries, longestWait: c.longestWait,
	}, nil
}

// configured returns the caller's Doer, with the defaults and the options laid over a copy of it if it is an
// http.Client, and what the hooks of httptrace prove of it.
func (c *config) configured() (Doer, proof, error) {
	var client http.Client
	switch given := c.doer.(type) {
	case nil:
	case *http.Client:
		client = *given
	default:
		if c.timeout != nil || c.checkRedirect != nil {
			return nil, 0, fmt.Errorf("WithTimeout and WithCheckRedirect work only with an *http.Client; configure the %T directly", given)
		}
		return given, proofNone, nil
	}
	proof := traced(client.Transport)
	if client.Transport == nil {
		client.Transport, proof = newTransport()
	}
	if client.Timeout == 0 {
		client.Timeout = DefaultTimeout
	}
	if c.timeout != nil {
		client.Timeout = *c.timeout
	}
	if client.CheckRedirect == nil {
		client.CheckRedirect = refuseRedirects
	}
	if c.checkRedirect != nil {
		client.CheckRedirect = c.checkRedirect
	}
	policy := client.CheckRedirect
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		err := policy(req, via)
		if x, ok := req.Context().Value(exchangeKey{}).(*exchange); ok && err == nil {
			x.redirected()
		}
		return err
	}
	return &client, proof, nil
}

// refuseRedirects makes the redirect itself the response, which counts as unreadable.
func refuseRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

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
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(server, "#"): // an empty fragment, too
		return nil, errors.New("server must have no query and no fragment")
	}
	if !strings.HasSuffix(u.Path, "/") {
		return url.Parse(server + "/")
	}
	return u, nil
}
