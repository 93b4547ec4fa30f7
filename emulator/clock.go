package emulator

import (
	"sync"
	"time"
)

// ManualClock is a clock that moves only when a test moves it:
//
//	clock := emulator.NewManualClock(time.Now())
//	emu, err := emulator.Start(apiKey, secretKey, emulator.WithClock(clock.Now))
//	...
//	clock.Advance(time.Minute)
//
// It is safe for concurrent use.
type ManualClock struct {
	mu  sync.Mutex
	now time.Time
}

// NewManualClock returns a clock that stands at start.
func NewManualClock(start time.Time) *ManualClock { return &ManualClock{now: start} }

// Now returns the time at which the clock stands.
func (c *ManualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock by d.
func (c *ManualClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
