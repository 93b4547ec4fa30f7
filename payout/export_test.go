package payout

import (
	"slices"
	"strings"
	"testing"
)

// atOnce are the tests of payouts in which things happen at the same time: stores that hang, contexts that end, processes
// that work on one store.
var atOnce = []string{
	"TestContextEndsDuringAuth", "TestContextEndsDuringSave", "TestHungStore", "TestSlowSave", "TestStores",
	"TestTwoProcesses", "TestUnlockFails",
}

// InTurn skips what happens one after another where -short is given: `make test` runs it without the race detector, which
// takes seven times as long and would watch TestSearch do the same.
func InTurn(t *testing.T) {
	t.Helper()
	name, _, _ := strings.Cut(t.Name(), "/")
	if testing.Short() && !slices.Contains(atOnce, name) {
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
