package emulator

import (
	"context"
	"sync"
	"time"
)

// Clock is a clock that moves only when a test moves it:
//
//	clock := emulator.NewClock(time.Now())
//	emu, err := emulator.Start(apiKey, secretKey, emulator.WithClock(clock.Now))
//	...
//	clock.Advance(time.Minute)
//
// It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at start.
func NewClock(start time.Time) *Clock { return &Clock{now: start} }

// Now returns the time at which the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Sleep moves the clock by d and returns at once, for programs that can be told how to wait. If ctx has ended, it moves
// nothing and returns the context's error.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.Advance(d)
	return nil
}
