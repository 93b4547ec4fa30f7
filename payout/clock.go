package payout

import (
	"context"
	"math/rand/v2"
	"time"
)

// Clock is where this package has the time from, and how it waits. Tests give one that does not wait.
type Clock interface {
	Now() time.Time

	// Sleep waits for d, or until the context ends, and then returns the context's error.
	Sleep(ctx context.Context, d time.Duration) error
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// backoff is how long to wait before asking again: longer each time, up to a bound, and never quite the same, so that
// many programs that met the same failure do not come back together.
type backoff struct {
	next, longest time.Duration
}

func (b *backoff) wait() time.Duration {
	d := b.next
	b.next = min(b.longest, b.next+b.next/2)
	return d/2 + rand.N(d/2+1)
}
