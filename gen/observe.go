package gen

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"time"
)

// Call describes a call that has ended, without anything that a recipient or a key could be in.
type Call struct {
	Operation string // such as "InitMassPayout"
	Method    string // such as "POST"
	Path      string // the path's template, such as "/v1/mass/payout/cancel/{requestId}": never an ID
	Server    string // the host and port of the API's base URL, such as "api.iyzipay.com:443"

	// Outcome is nil if the request was accepted, else [ErrRefused], [ErrRateLimited], [ErrOutcomeUnknown] or [ErrNotSent].
	Outcome error

	StatusCode int       // the HTTP status of the last attempt; 0 if no response arrived
	Code       ErrorCode // iyzico's code of a refusal; "other" if it is not a number of up to six digits

	Start    time.Time
	Duration time.Duration // of all attempts and the waiting between them
	Attempts int           // 1, or more with [WithReadRetries]; 0 if nothing was handed to the HTTP client
	Sent     int64         // bytes of the request's body, of the last attempt
	Received int64         // bytes of the response's body after decompression, of the last attempt
}

// LogValue returns the fields as a group, for log/slog.
func (c Call) LogValue() slog.Value {
	outcome := "accepted"
	if c.Outcome != nil {
		outcome = c.Outcome.Error()
	}
	return slog.GroupValue(
		slog.String("operation", c.Operation), slog.String("outcome", outcome), slog.Int("status", c.StatusCode),
		slog.String("code", string(c.Code)), slog.Duration("duration", c.Duration), slog.Int("attempts", c.Attempts),
		slog.Int64("sent", c.Sent), slog.Int64("received", c.Received),
	)
}

// WithObserver sets a function that is called once at the end of each call, in the goroutine of the caller and with its
// context. It must be safe for concurrent use if the [Client] is used concurrently. Several observers are called in turn.
func WithObserver(observe func(ctx context.Context, call Call)) Option {
	return func(c *config) error {
		if observe == nil {
			return errors.New("WithObserver: the function is nil")
		}
		c.observers = append(c.observers, observe)
		return nil
	}
}

// WithReadRetries makes the calls that only read (RetrieveMassPayout, RetrieveMassPayoutItem, RetrieveMassPayoutBalance)
// try again, up to retries times more, if they met a rate limit, a failure of the server, or no readable response. Each
// attempt is edited and signed anew. The wait between two attempts doubles from a quarter of a second, or is as long as
// the server asks for; if it asks for longer than longest, or the context ends before, the error is returned at once.
//
// What stores or moves is never tried again: InitMassPayout, AuthMassPayout and CancelMassPayout.
func WithReadRetries(retries int, longest time.Duration) Option {
	return func(c *config) error {
		if retries < 0 || longest <= 0 {
			return errors.New("WithReadRetries: retries must not be negative, and the longest wait must be positive")
		}
		c.retries, c.longestWait = retries, longest
		return nil
	}
}

// wait waits before attempt number n+1 of op, and reports whether it is to be made.
func (c *Client) wait(ctx context.Context, op operation, n int, err *APIError) bool {
	if !op.reads() || n == 0 || n > c.retries || !err.temporary() {
		return false
	}
	const first = 250 * time.Millisecond
	backOff := min(c.longestWait, first<<min(n-1, 16))
	pause := backOff/2 + rand.N(backOff/2+1)
	if pause = max(pause, err.RetryAfter); pause > c.longestWait {
		return false
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// temporary reports whether a read that failed so may go well another time.
func (e *APIError) temporary() bool {
	switch {
	case e.notSent && !e.failedToConnect, e.outcome() == ErrRefused, errors.Is(e, context.Canceled):
		return false
	default:
		return e.StatusCode < 300 || e.StatusCode >= 400 // a redirect stays one
	}
}

// tell tells the observers of a call that has ended.
func (c *Client) tell(ctx context.Context, op operation, x *exchange, start time.Time, attempts int, err *APIError) {
	if c == nil || len(c.observers) == 0 {
		return
	}
	if ctx == nil {
		ctx = context.Background()
	}
	if !x.handedOver {
		attempts = max(attempts-1, 0)
	}
	call := Call{
		Operation: op.name, Method: op.method, Path: op.path, Start: start, Duration: time.Since(start), Attempts: attempts,
		StatusCode: x.status, Sent: x.sent, Received: x.received,
	}
	if c.server != nil {
		call.Server = hostAndPort(c.server)
	}
	if err != nil {
		call.Outcome, call.Code = err.outcome(), err.Code
		if code := string(err.Code); len(code) > 6 || strings.Trim(code, "0123456789") != "" {
			call.Code = "other"
		}
	}
	for _, observe := range c.observers {
		observe(ctx, call)
	}
}

// hostAndPort returns u's, with the scheme's port if u names none.
func hostAndPort(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
