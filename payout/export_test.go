package payout

import (
	"strings"
	"sync"
	"testing"
)

// InTurn skips what happens one after another where -short is given: `make test` runs it without the race detector, which
// takes seven times as long and has nothing to find there.
func InTurn(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one thing after another: run it without -short")
	}
}

var played struct {
	sync.Mutex
	cases map[string]int // of each test
}

// OneOfMany skips seven of eight cases of a test where -short is given: `make test` plays some of those that are alike
// under the race detector, and all without it.
func OneOfMany(t *testing.T) {
	t.Helper()
	test, _, isCase := strings.Cut(t.Name(), "/")
	if !isCase || !testing.Short() {
		return
	}
	played.Lock()
	defer played.Unlock()
	if played.cases == nil {
		played.cases = map[string]int{}
	}
	played.cases[test]++
	if played.cases[test]%8 != 1 {
		t.Skip("one of many that are alike: run it without -short")
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
