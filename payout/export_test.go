package payout

import "testing"

// InTurn skips what happens one after another where -short is given: `make test` runs it without the race detector, which
// takes seven times as long and has nothing to find there.
func InTurn(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one thing after another: run it without -short")
	}
}

// AsProcess lets a test be another process, whose monotonic clock is another one.
func AsProcess(name string) Option {
	return func(c *config) { c.process = name }
}

// WithConcurrentPages sets how many pages are read at the same time.
func WithConcurrentPages(pages int) Option {
	return func(c *config) { c.concurrentPages = pages }
}
