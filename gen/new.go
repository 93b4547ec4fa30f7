package gen

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The safe defaults of [New].
const (
	// DefaultTimeout bounds a whole exchange, from the connection to the answer's last byte. It is long, because a
	// timeout leaves the outcome unknown.
	DefaultTimeout = 60 * time.Second

	// DefaultMaxAnswer is how many bytes of an answer are read.
	DefaultMaxAnswer = 32 << 20
)

// ErrOption is what the errors of [New] are, with errors.Is.
var ErrOption = errors.New("gen: New")

// Option changes what [New] makes. The generated ClientOption is one: [WithHTTPClient], [WithRequestEditorFn].
type Option interface {
	apply(*config) error
}

type config struct {
	client        Client
	timeout       *time.Duration
	checkRedirect func(*http.Request, []*http.Request) error
	maxAnswer     int64
}

type optionFunc func(*config) error

func (o optionFunc) apply(c *config) error { return o(c) }

func (o ClientOption) apply(c *config) error {
	if o == nil {
		return errors.New("an option is nil")
	}
	return o(&c.client)
}

// WithTimeout bounds a whole exchange in place of DefaultTimeout, or of your own http.Client's timeout. 0 is no bound.
func WithTimeout(d time.Duration) Option {
	return optionFunc(func(c *config) error {
		if d < 0 {
			return fmt.Errorf("WithTimeout: %v is negative", d)
		}
		c.timeout = &d
		return nil
	})
}

// WithCheckRedirect follows redirects as http.Client.CheckRedirect does. Without it they are refused, for a redirect
// would send the signed body somewhere else, and the call returns an error that is [ErrOutcomeUnknown].
func WithCheckRedirect(policy func(req *http.Request, via []*http.Request) error) Option {
	return optionFunc(func(c *config) error {
		if policy == nil {
			return errors.New("WithCheckRedirect: the policy is nil")
		}
		c.checkRedirect = policy
		return nil
	})
}

// WithMaxAnswer is how many bytes of an answer are read, in place of DefaultMaxAnswer. A longer answer is an error that
// is [ErrOutcomeUnknown].
func WithMaxAnswer(bytes int64) Option {
	return optionFunc(func(c *config) error {
		if bytes <= 0 {
			return fmt.Errorf("WithMaxAnswer: %d is not positive", bytes)
		}
		c.maxAnswer = bytes
		return nil
	})
}

// New makes a client of the API at server, ServerURLSandbox or ServerURLProduction, whose requests sign signs: the
// method Edit of a signer.Signer. A nil sign is for programs whose http.Client signs in its transport.
//
// The client has a timeout, refuses redirects, and reads answers up to a bound; options override each. An http.Client
// given by [WithHTTPClient] is copied and never modified: its own timeout and redirect policy hold, the defaults fill
// in what it leaves open. Any other Doer is used as it is, with its own timeout and redirects.
//
// The editors of a call run in this order: those given by [WithRequestEditorFn], sign, then the call's own. A call's
// editor that changes the path or the body breaks the signature.
//
// Its errors are [ErrOption]. The client is safe for concurrent use.
func New(server string, sign RequestEditorFn, opts ...Option) (*ClientWithResponses, error) {
	if err := checkServer(server); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOption, err)
	}
	c := config{client: Client{Server: server}, maxAnswer: DefaultMaxAnswer}
	for _, o := range opts {
		if o == nil {
			return nil, fmt.Errorf("%w: an option is nil", ErrOption)
		}
		if err := o.apply(&c); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOption, err)
		}
	}
	if c.client.Server != server {
		return nil, fmt.Errorf("%w: an option changes the server; give it to New itself", ErrOption)
	}
	if slices.ContainsFunc(c.client.RequestEditors, func(edit RequestEditorFn) bool { return edit == nil }) {
		return nil, fmt.Errorf("%w: WithRequestEditorFn: the function is nil", ErrOption)
	}
	if sign != nil {
		c.client.RequestEditors = append(c.client.RequestEditors, sign)
	}
	doer, err := c.doer()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOption, err)
	}
	return NewClientWithResponses(server, func(client *Client) error {
		client.Client = &exchange{doer: doer, maxAnswer: c.maxAnswer}
		client.RequestEditors = c.client.RequestEditors
		return nil
	})
}

// doer is the caller's Doer, with the defaults and the options laid over a copy of it if it is an http.Client.
func (c *config) doer() (HttpRequestDoer, error) {
	var client http.Client
	switch given := c.client.Client.(type) {
	case nil:
	case *http.Client:
		if given != nil {
			client = *given
		}
	default:
		if c.timeout != nil || c.checkRedirect != nil {
			return nil, fmt.Errorf("WithTimeout and WithCheckRedirect need an http.Client; set both on the %T itself", given)
		}
		return given, nil
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
	return &client, nil
}

// refuseRedirects makes the redirect itself the answer, which Result finds unreadable.
func refuseRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func checkServer(server string) error {
	u, err := url.Parse(server)
	if err != nil {
		return errors.New("server: not a URL") // the error of url.Parse quotes it, with a password if it has one
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return errors.New("server: expected an absolute URL, as " + ServerURLSandbox)
	case u.User != nil:
		return errors.New("server: expected no user and no password in the URL")
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(server, "#"): // an empty fragment, too
		return errors.New("server: expected no query and no fragment in the URL")
	}
	return nil
}
