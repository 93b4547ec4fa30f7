package gen

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const firstPause = 250 * time.Millisecond // at most, between the first two attempts of a call

// WithReadRetries makes the calls that only read (RetrieveMassPayout, RetrieveMassPayoutItem,
// RetrieveMassPayoutBalance) try again, up to retries times more, if they met a rate limit, a failure of the server, or
// no readable response. Each attempt is edited and signed anew. The wait between two attempts doubles from a quarter of
// a second, or is as long as the server asks for; if that is longer than longest, or the context ends before, the error
// is returned at once.
//
// Without this option a read is tried again once, and only if its connection was lost before a response came: where
// net/http alone would repeat it, without a bound and without a pause.
//
// What stores or moves is never tried again: InitMassPayout, AuthMassPayout and CancelMassPayout.
func WithReadRetries(retries int, longest time.Duration) Option {
	return func(c *config) error {
		c.retries, c.longestWait = retries, longest
		return must(retries >= 0 && longest > 0,
			"WithReadRetries: retries must not be negative, and the longest wait must be positive")
	}
}

// again waits before the next attempt, after n attempts of which x failed, and reports whether it is to be made.
func (c *Client) again(ctx context.Context, x *exchange, n int) bool {
	retries, longest := c.retries, c.longestWait
	if retries == 0 && x.refused.Load() {
		retries, longest = 1, firstPause
	}
	if !x.op.reads || n > retries || !x.failure.temporary() {
		return false
	}
	backOff := min(longest, firstPause<<min(n-1, 16))
	pause := backOff/2 + rand.N(backOff/2+1)
	if pause = max(pause, x.failure.RetryAfter); pause > longest {
		return false
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
		return false
	}
	select {
	case <-time.After(pause):
		return true
	case <-ctx.Done():
		return false
	}
}

// temporary reports whether a read that failed so may succeed another time.
func (e *APIError) temporary() bool {
	switch {
	case e.notSent && !e.failedToConnect, e.outcome() == ErrRefused, errors.Is(e, context.Canceled):
		return false
	default:
		return e.StatusCode < 300 || e.StatusCode >= 400 // a redirect stays one
	}
}
