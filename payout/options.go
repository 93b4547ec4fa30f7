package payout

import (
	"context"
	"time"
)

// The defaults of the options.
const (
	// DefaultPageSize is how many lines are asked for at a time. iyzico documents no maximum.
	DefaultPageSize = 100

	// DefaultFirstWait and DefaultLongestWait bound the waits between two looks at a payout.
	DefaultFirstWait   = 2 * time.Second
	DefaultLongestWait = time.Minute

	// DefaultSettle is how long a request whose answer was lost may still arrive, see [WithSettle].
	DefaultSettle = 2 * time.Minute
)

// Option changes how a function of this package goes about its work. One that does not concern the function has no
// effect on it.
type Option func(*config)

type config struct {
	clock              Clock
	pageSize           int
	firstWait, maxWait time.Duration
	settle             time.Duration
	progress           func(Progress)
	allowRefused       bool
	confirm            func(context.Context, *Result) error
}

func newConfig(opts []Option) *config {
	c := &config{
		clock:     realClock{},
		pageSize:  DefaultPageSize,
		firstWait: DefaultFirstWait,
		maxWait:   DefaultLongestWait,
		settle:    DefaultSettle,
		progress:  func(Progress) {},
		confirm:   func(context.Context, *Result) error { return nil },
	}
	for _, o := range opts {
		if o != nil {
			o(c)
		}
	}
	return c
}

// WithClock takes the time and every wait from clock.
func WithClock(clock Clock) Option {
	return func(c *config) {
		if clock != nil {
			c.clock = clock
		}
	}
}

// WithPageSize asks for this many lines at a time, in place of DefaultPageSize. The server may give fewer.
func WithPageSize(lines int) Option {
	return func(c *config) {
		if lines > 0 {
			c.pageSize = lines
		}
	}
}

// WithWaits bounds the waits between two looks, in place of DefaultFirstWait and DefaultLongestWait. A wait that the
// server asks for in Retry-After counts where it is longer.
func WithWaits(first, longest time.Duration) Option {
	return func(c *config) {
		if first > 0 && longest >= first {
			c.firstWait, c.maxWait = first, longest
		}
	}
}

// WithSettle is how long after its sending a request whose outcome is unknown may still arrive, in place of
// DefaultSettle: queued in a proxy, or at iyzico. Until then a payout that is not there, or is still INIT, proves
// nothing. It should be longer than the client's timeout and any on the way.
func WithSettle(d time.Duration) Option {
	return func(c *config) {
		if d >= 0 {
			c.settle = d
		}
	}
}

// WithProgress is told what happens, in the goroutine of the call, which waits for it.
func WithProgress(tell func(Progress)) Option {
	return func(c *config) {
		if tell != nil {
			c.progress = tell
		}
	}
}

// WithRefusedLines makes [Pay] pay the accepted lines of a payout of which iyzico has refused others. Without it Pay
// stops there, before any money moves, with a [*RefusedLinesError].
func WithRefusedLines() Option { return func(c *config) { c.allowRefused = true } }

// WithConfirm makes [Pay] ask before it authorizes, when everything else is in order. It is given what will be paid, and
// must not change it. An error ends Pay with that error; nothing has been authorized then, and a later run asks again.
func WithConfirm(ask func(context.Context, *Result) error) Option {
	return func(c *config) {
		if ask != nil {
			c.confirm = ask
		}
	}
}
