package payout

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

// An auth whose answer was lost is not sent again where it arrived, and, where it did not, not before it could no more.
func TestPayAfterLostAuth(t *testing.T) {
	for _, arrived := range []bool{true, false} {
		a := open(t)
		a.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Cut, AfterEffect: arrived})
		begin := a.clock.Now()
		var sent []time.Time
		result, err := a.pay(request("x", item("a", "1")), a.store(), WithSettle(5*time.Minute), WithProgress(func(p Progress) {
			if p.Step == StepAuthorizing && p.Failure == nil {
				sent = append(sent, p.At)
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "statuses", statuses(result), "a:SUCCESS")
		equal(t, "paid", a.Paid(), "map[a:1]")
		if arrived {
			equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
			equal(t, "waited in vain", len(sent) == 1 && a.clock.Now().Sub(begin) < 5*time.Minute, true)
			continue
		}
		equal(t, "calls", a.calls(), "init 1, auth 2, cancel 0")
		equal(t, "waited", sent[1].Sub(sent[0]), "5m0s")
	}
}

// The requests that a network delivers only when their sender has given up, or has been killed.
func TestPayWhenRequestsArriveLate(t *testing.T) {
	for _, tt := range []struct {
		op     string
		killed bool
	}{{"init", false}, {"auth", false}, {"init", true}, {"auth", true}} {
		a := open(t)
		var late *http.Request
		var due time.Time
		a.client = connect(t, a.URL, gen.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			if late != nil && !a.clock.Now().Before(due) {
				resp, err := http.DefaultTransport.RoundTrip(late)
				if err != nil {
					return nil, err
				}
				resp.Body.Close()
				late = nil
			}
			if path.Base(r.URL.Path) == tt.op && due.IsZero() {
				late, due = r.Clone(context.Background()), a.clock.Now().Add(DefaultSettle*9/10)
				late.Body, _ = r.GetBody()
				if tt.killed {
					panic(abandoned("under way"))
				}
				return nil, errors.New("no answer")
			}
			return http.DefaultTransport.RoundTrip(r)
		})}))
		store := a.store()
		if tt.killed {
			func() {
				defer func() { _ = recover() }()
				_, _ = a.pay(request("x", item("a", "1")), store)
				t.Error("not killed")
			}()
		}
		result, err := a.pay(request("x", item("a", "1")), store)
		if err != nil {
			t.Fatal(tt, err)
		}
		if late != nil { // after all
			if resp, err := http.DefaultTransport.RoundTrip(late); err == nil {
				resp.Body.Close()
			}
		}
		equal(t, fmt.Sprint(tt, " statuses"), statuses(result), "a:SUCCESS")
		equal(t, fmt.Sprint(tt, " calls"), a.calls(), "init 1, auth 1, cancel 0")
	}
}

// Refusals and rate limits of auth: nothing was done, and the state says so.
func TestPayAfterAuthThatWasNotDone(t *testing.T) {
	a := open(t)
	store := a.store()
	a.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.FailureWith200})
	_, err := a.pay(request("x", item("a", "1")), store)
	wantError(t, err, gen.ErrRefused, "authorizing payout")
	state, err := store.Load(t.Context())
	equal(t, "step", state.Step, "initialized")
	if err != nil {
		t.Fatal(err)
	}
	a.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.RateLimited, Times: 2, RetryAfter: 70 * time.Second})
	begin := a.clock.Now()
	result, err := a.pay(request("x", item("a", "1")), store)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "statuses", statuses(result), "a:SUCCESS")
	equal(t, "waited as long as Retry-After says", a.clock.Now().Sub(begin) >= 140*time.Second, true)
	equal(t, "calls", a.calls(), "init 1, auth 4, cancel 0")
}

// A refusal of an auth that has been carried out, as of one whose first copy arrived: the status tells.
func TestPayAfterAuthThatWasRefusedAndDone(t *testing.T) {
	a := open(t)
	a.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.FailureWith200, AfterEffect: true})
	result, err := a.pay(request("x", item("a", "1")), a.store())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "statuses", statuses(result), "a:SUCCESS")
	equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
}

// A server that never answers is not asked for ever, and not one request too many is sent.
func TestPayGivesUp(t *testing.T) {
	for _, tt := range []struct {
		op    emulator.Operation
		calls string
	}{
		{emulator.OpInit, "init 3, auth 0, cancel 0"},
		{emulator.OpAuth, "init 1, auth 3, cancel 0"},
		{emulator.OpRetrieve, "init 0, auth 0, cancel 0"},
		{emulator.OpBalance, "init 1, auth 0, cancel 0"},
	} {
		a := open(t)
		store := a.store()
		a.Inject(emulator.Fault{Operation: tt.op, Kind: emulator.Cut, Times: -1})
		_, err := a.pay(request("x", item("a", "1")), store)
		wantError(t, err, gen.ErrOutcomeUnknown)
		equal(t, "calls", a.calls(), tt.calls)
		a.ClearFaults()
		result, err := a.pay(request("x", item("a", "1")), store)
		if err != nil {
			t.Fatal(tt.op, err)
		}
		equal(t, "statuses", statuses(result), "a:SUCCESS")
		equal(t, "paid", a.Paid(), "map[a:1]")
	}
}
