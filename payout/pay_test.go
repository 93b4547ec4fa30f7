package payout

import (
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
)

func TestPay(t *testing.T) {
	inBubble(t, func(a *account) {
		store := &memory{}
		var log []string
		result, err := a.pay(request("salaries", item("a", "48250.75"), item("b", "100")), store,
			WithProgress(func(p Progress) { log = append(log, p.String()) }))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "statuses", statuses(result), "a:SUCCESS b:SUCCESS")
		equal(t, "steps", store.steps(), "storing stored authorizing authorized ended")
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
		for _, line := range log {
			t.Log(line)
		}
		t.Log(a.sent)
		before := a.count()
		again, err := a.pay(request("salaries", item("b", "100"), item("a", "48250.75")), store)
		if err != nil || again.String() != result.String() {
			t.Errorf("again: %v, %v", again, err)
		}
		equal(t, "requests of a payout that has ended", a.count()-before, 0)
	})
}

// Every fault of every operation, before and after its effect: nothing is paid twice, and everything ends paid.
func TestFaults(t *testing.T) {
	for _, operation := range []emulator.Operation{emulator.OpInit, emulator.OpAuth, emulator.OpRetrieve, emulator.OpBalance} {
		for _, kind := range []emulator.Kind{emulator.Cut, emulator.HTML, emulator.RateLimited, emulator.SystemError, emulator.Truncated, emulator.Torn} {
			for _, after := range []bool{false, true} {
				if after && kind == emulator.RateLimited {
					continue // nothing is done then
				}
				name := string(operation) + " " + kind.String()
				if after {
					name += " after its effect"
				}
				t.Run(name, func(t *testing.T) {
					inBubble(t, func(a *account) {
						a.Inject(emulator.Fault{Operation: operation, Kind: kind, AfterEffect: after, Times: 2})
						store := &memory{}
						result, err := a.pay(request("p", item("a", "1"), item("b", "2")), store)
						if err != nil {
							t.Fatal(err, store.steps())
						}
						equal(t, "statuses", statuses(result), "a:SUCCESS b:SUCCESS")
						equal(t, "paid", a.Paid(), map[string]int{"a": 1, "b": 1})
					})
				})
			}
		}
	}
}

var _ = time.Second
