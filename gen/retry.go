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
func WithReadRetries(retries int, longest time.Duration) Option {
	return option(retries >= 0 && longest > 0,
		"WithReadRetries: retries must not be negative, and the longest wait must be positive",
		func(c *config) { c.retries, c.longestWait = retries, longest })
}

// again waits before the next attempt, after n attempts of which x failed, and reports whether it is to be made.
func (c *Client) again(ctx context.Context, x *exchange, n int) bool {
	retries, longest := c.retries, c.longestWait
	if retries == 0 && x.refused.Load() {
		retries, longest = 1, firstPause
	}
	if !x.op.reads || n > retries || !x.temporary() {
		return false
	}
	backOff := min(longest, firstPause<<min(n-1, 16))
	pause := max(backOff/2+rand.N(backOff/2+1), x.failure.RetryAfter)
	deadline, ok := ctx.Deadline()
	if pause > longest || ok && time.Until(deadline) < pause {
		return false
	}
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// temporary reports whether a read that failed so may succeed another time.
func (x *exchange) temporary() bool {
	status := x.failure.StatusCode
	redirected := 300 <= status && status < 400
	return x.handedOver && !redirected && x.failure.outcome() != ErrRefused && !errors.Is(x.failure, context.Canceled)
}
