package gen

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"time"
)

// Call describes a call that has ended, without anything that a recipient or a key could be in.
type Call struct {
	Operation string // such as "InitMassPayout"
	Method    string // such as "POST"
	Path      string // the path's template, such as "/v1/mass/payout/cancel/{requestId}": never an ID
	Server    string // the host and port of the API's base URL, such as "api.iyzipay.com:443"

	Outcome    error     // nil if accepted, else [ErrRefused], [ErrRateLimited], [ErrOutcomeUnknown] or [ErrNotSent]
	StatusCode int       // the HTTP status of the last attempt; 0 if no response arrived
	Code       ErrorCode // iyzico's code of a refusal; "other" if it is not a number of up to six digits

	Start    time.Time
	Duration time.Duration // of all attempts and the waiting between them
	Attempts int           // how often it was sent; more than once only a read, see [WithReadRetries]; 0 if never
	Sent     int64         // bytes of the request's body, of the last attempt
	Received int64         // bytes of the response's body after decompression, of the last attempt
}

// LogValue returns the fields as a group, for log/slog.
func (c Call) LogValue() slog.Value {
	outcome := cmp.Or(c.Outcome, errors.New("accepted"))
	return slog.GroupValue(
		slog.String("operation", c.Operation), slog.String("outcome", outcome.Error()),
		slog.Int("status", c.StatusCode), slog.String("code", string(c.Code)), slog.Duration("duration", c.Duration),
		slog.Int("attempts", c.Attempts), slog.Int64("sent", c.Sent), slog.Int64("received", c.Received),
	)
}

// WithObserver sets a function that is called once at the end of each call, in the goroutine of the caller and with its
// context. It must be safe for concurrent use if the [Client] is used concurrently. Several are called in turn.
func WithObserver(observe func(ctx context.Context, call Call)) Option {
	return option(observe != nil, "WithObserver: the function is nil",
		func(c *config) { c.observers = append(c.observers, observe) })
}

// tell tells the observers of a call that has ended with x, its last attempt, after it was sent before.
func (c *Client) tell(ctx context.Context, x *exchange, start time.Time, sent int) {
	if c == nil || len(c.observers) == 0 {
		return
	}
	call := Call{
		Operation: x.op.name, Method: x.op.method, Path: x.op.path,
		Server: net.JoinHostPort(c.server.Hostname(), cmp.Or(c.server.Port(), schemePorts[c.server.Scheme])),
		Start:  start, Duration: time.Since(start), Attempts: sent + x.times(),
		StatusCode: x.status, Sent: x.sent, Received: x.received,
	}
	if x.failure != nil {
		call.Outcome, call.Code = x.failure.outcome(), x.failure.Code
		if code := string(call.Code); code != "" && (len(code) > 6 || !allDigits(code)) {
			call.Code = "other"
		}
	}
	for _, observe := range c.observers {
		observe(ctx, call)
	}
}
