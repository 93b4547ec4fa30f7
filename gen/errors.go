package gen

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/iyzico-go/masspayout/gen/internal/strictjson"
)

// What became of a request that was not accepted. Every [*APIError] matches exactly one of the four with errors.Is.
var (
	// ErrRefused means that iyzico said no. This request stored nothing and moved no money. Correct it, then repeat it.
	ErrRefused = errors.New("refused")

	// ErrRateLimited means: too many requests. A proxy may say so of one that arrived all the same: wait for RetryAfter
	// or longer, and look, as after ErrOutcomeUnknown, before you repeat a call that changes anything.
	ErrRateLimited = errors.New("rate limited")

	// ErrOutcomeUnknown means that the request may have been carried out, now or later. Sending it again may pay twice.
	// Look first: package payout's Find tells whether a payout exists, RetrieveMassPayout what its status is.
	ErrOutcomeUnknown = errors.New("outcome unknown")

	// ErrNotSent means that not one byte of the request has left: it could not be encoded or signed, the context had
	// ended, or there was no connection (DNS, dial, proxy, TLS). It may be sent again.
	//
	// That there was no connection is known only with an [*http.Client] whose Transport is nil or an [*http.Transport];
	// with any other Doer or Transport, the same failure is ErrOutcomeUnknown.
	ErrNotSent = errors.New("not sent")
)

// ErrEditor means that a request editor returned an error or is nil, for example the signer, which refuses a sandbox
// key for the production host. Such an error matches [ErrNotSent] as well, and is met again until the cause is
// corrected. Where an editor fails because the context has ended, only that is said.
var ErrEditor = errors.New("a request editor failed")

// APIError is the error of every call: iyzico's refusal, a response that is missing or unreadable, or a request that
// was not sent. Its text is one line of bounded length, without control characters. It shows no key, IBAN, identity
// number or phone number, even if iyzico's message contains one. It cannot recognize a person's name there. Its JSON is
// for package payout, which saves it.
type APIError struct {
	Operation  string `json:"operation,omitempty"`  // the name of the call, such as InitMassPayout
	StatusCode int    `json:"statusCode,omitempty"` // the HTTP status; 0 if no response arrived
	Status     Status `json:"status,omitempty"`     // StatusFailure if the response says so, else empty

	// Code, Message and Group are iyzico's, masked, the message in the requested language. Each is cut after 4 KiB.
	Code    ErrorCode `json:"code,omitempty"`
	Message string    `json:"message,omitempty"`
	Group   string    `json:"group,omitempty"`

	Locale         string `json:"-"` // the response's language
	ConversationID string `json:"-"` // the request's
	SystemTime     int64  `json:"-"` // the server's time in milliseconds since the Unix epoch

	// InvalidItems are the items that iyzico names as the cause, their messages masked. Messages end after 256 KiB.
	InvalidItems []InvalidItem `json:"-"`

	RetryAfter time.Duration `json:"retryAfter,omitempty"` // how long the server asks to wait; 0 if it does not say
	Missing    string        `json:"-"`                    // the field without which an accepted response says nothing
	Excerpt    string        `json:"-"`                    // the beginning of an unreadable response, masked

	// Err is the underlying error when there is no readable response: from the signer, the connection, the context or
	// the reader of JSON. It is nil for a refusal. errors.Is and errors.As find the original error through it; its text
	// is masked, and errors.Unwrap goes no further, so that loggers that unwrap do not show what a server sent.
	Err error `json:"-"`

	notSent bool
}

// outcome returns the one of the four outcomes that e is.
func (e *APIError) outcome() error {
	switch {
	case e.notSent:
		return ErrNotSent
	case e.Code == CodeRateLimit, e.StatusCode == http.StatusTooManyRequests:
		return ErrRateLimited
	case e.Status != StatusFailure, e.StatusCode >= 500, e.Code == CodeSystemError:
		// A server that says that it failed did not refuse: how far it came is not known.
		return ErrOutcomeUnknown
	default:
		return ErrRefused
	}
}

// Is reports whether target is the one of the four outcomes that e is.
func (e *APIError) Is(target error) bool { return target == e.outcome() }

// Unwrap returns Err: errors.Is(err, context.DeadlineExceeded) tells a timeout.
func (e *APIError) Unwrap() error { return e.Err }

// Error says what became of the request and why, on one line.
func (e *APIError) Error() string {
	s := "iyzico: "
	if e.Operation != "" {
		s += oneLine(e.Operation) + ": "
	}
	s += e.outcome().Error()
	if e.Code != "" || e.Message != "" { // each masked by itself: together they may look like one number
		s += ": " + strings.TrimSpace(shown(string(e.Code))+" "+shown(e.Message))
	}
	for _, text := range first(3, e.InvalidItems) {
		s += "; " + text
	}
	if e.Err != nil {
		s += ": " + shown(e.Err.Error())
	}
	if e.StatusCode != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.StatusCode)
	}
	if e.RetryAfter > 0 {
		s += fmt.Sprintf(", retry after %v", e.RetryAfter)
	}
	if e.Excerpt != "" {
		s += ": " + shown(e.Excerpt)
	}
	return s
}

// Format prints Error for any verb, so that %#v shows no more than %v.
func (e *APIError) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }

// retryAfter reads the header of that name, seconds or a date (RFC 9110, 10.2.3); 0 if it is absent or unreadable.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	seconds, err := strconv.ParseInt(value, 10, 32)
	if err == nil || errors.Is(err, strconv.ErrRange) { // then seconds is the largest there is: 68 years
		return max(0, time.Duration(seconds)*time.Second)
	}
	date, _ := http.ParseTime(value) // the year 1, if it is no date
	return max(0, date.Sub(now))
}

// ErrorCode is iyzico's code of a refusal: a number, which the API writes as such or as a string. It is kept as text.
type ErrorCode string

// The codes that iyzico's documentation and SDKs have for the whole API. Others exist.
const (
	CodeInvalidRequest   ErrorCode = "11"     // "Geçersiz istek"
	CodeInvalidSignature ErrorCode = "1000"   // "Geçersiz imza"
	CodeUnknownKey       ErrorCode = "1001"   // "api bilgileri bulunamadı"
	CodeRateLimit        ErrorCode = "50000"  // "Request Limit Exceeded"
	CodeSystemError      ErrorCode = "100001" // "Sistem hatası"
)

// UnmarshalJSON reads a string or a number; null is empty. It reads any other JSON as its own text, so that an odd code
// never hides a refusal. It returns no error.
func (c *ErrorCode) UnmarshalJSON(data []byte) error {
	*c = ""
	_ = strictjson.Read(data, strictjson.Options{}, func(r *strictjson.Reader) error { return r.Any((*string)(c)) })
	return nil
}

// unreadable is the error of a response of which only the HTTP part is known.
func (op operation) unreadable(resp *http.Response, content []byte, err error) *APIError {
	e := &APIError{Operation: op.name, Excerpt: excerpt(content), Err: hide(err)}
	if resp != nil {
		e.StatusCode = resp.StatusCode
		e.RetryAfter = retryAfter(resp.Header, time.Now())
	}
	return e
}

// notSent is the error of a request that never left.
func (op operation) notSent(err error) *APIError {
	return &APIError{Operation: op.name, Err: hide(err), notSent: true}
}

// cause is an error whose text is masked. errors.Is and errors.As find what it is; loggers that unwrap errors, and
// dumps that use reflection, do not find the text beneath: net/http quotes what a server sent.
type cause struct {
	text string
	err  func() error
}

// hide returns an error with the text of err, masked, that also matches others.
func hide(err error, others ...error) error {
	if err == nil {
		return nil
	}
	return &cause{shown(err.Error()), func() error { return errors.Join(append(others, err)...) }}
}

func (c *cause) Error() string              { return c.text }
func (c *cause) Is(target error) bool       { return errors.Is(c.err(), target) }
func (c *cause) As(target any) bool         { return errors.As(c.err(), target) }
func (c *cause) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.text) }
