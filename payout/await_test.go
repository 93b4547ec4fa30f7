package payout

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

// authorized stores and authorizes a payout.
func (a *account) authorized(items ...gen.MassPayoutItem) Ref {
	a.t.Helper()
	ref := ByRequestID(a.init(request("x", items...)))
	if err := Authorize(a.t.Context(), a.client, ref); err != nil {
		a.t.Fatal(err)
	}
	return ref
}

func TestAwait(t *testing.T) {
	a := open(t, emulator.WithCommission(decimal.RequireFromString("0.5")))
	ref := a.authorized(item("a", "10.10"), item("b", "20.20"), itemTo("c", "5", emulator.RecipientReturns.MemberID()),
		in(gen.CurrencyEUR, item("d", "7")))
	var told []string
	last, err := Await(t.Context(), a.client, ref, WithClock(a.clock), WithPageSize(2), WithWaits(4*time.Second, 8*time.Second),
		WithProgress(func(p Progress) {
			if text := fmt.Sprintf("%s: %s", p.Status, p.Tallies); len(told) == 0 || told[len(told)-1] != text {
				told = append(told, text)
			}
		}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"PUBLISHED_TO_QUEUE: 1 QUEUED 7 EUR, 3 QUEUED 35.30 TRY",
		"IN_PROGRESS: 1 PROCESSING 7 EUR, 3 PROCESSING 35.30 TRY",
		"COMPLETED: 1 SUCCESS 7 EUR, 1 DEPOSIT_SUCCESS 5 TRY, 2 SUCCESS 30.30 TRY",
	}
	equal(t, "progress", fmt.Sprintf("%q", told), fmt.Sprintf("%q", want))
	equal(t, "paid", last.Tallies.Sums(gen.FundsWithRecipient), "7 EUR, 30.30 TRY")
	equal(t, "lines back", last.Tallies.Lines(gen.FundsBack), 1)
	equal(t, "commission", last.Tallies[2].Commission, "1")
	for i, d := range a.clock.slept {
		if d < 2*time.Second || d > 8*time.Second {
			t.Errorf("wait %d: %v", i, d)
		}
	}
}

// Waits grow, have jitter and a bound; what the server asks for counts where it is longer.
func TestAwaitWaits(t *testing.T) {
	a := open(t)
	a.clock.limit = 40
	ref := a.authorized(itemTo("never", "1", emulator.RecipientNeverEnds.MemberID()))
	_, err := Await(t.Context(), a.client, ref, WithClock(a.clock))
	wantError(t, err, context.DeadlineExceeded)
	bound, different := float64(DefaultFirstWait), map[time.Duration]bool{}
	for i, d := range a.clock.slept {
		if float64(d) > bound || float64(d) < bound/2-1 {
			t.Errorf("wait %d is %v, expected between %v and half of it", i, d, time.Duration(bound))
		}
		bound = min(bound*1.5, float64(DefaultLongestWait))
		different[d] = true
	}
	if len(different) < 30 {
		t.Errorf("only %d different waits of 40", len(different))
	}

	a.clock.slept, a.clock.limit = nil, 1
	a.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: emulator.RateLimited, RetryAfter: 3 * time.Minute})
	_, err = Await(t.Context(), a.client, ref, WithClock(a.clock))
	wantError(t, err, context.DeadlineExceeded)
	equal(t, "wait over the rate limit", a.clock.slept, "[3m0s]")
}

// One look at many lines takes its time. The next one comes no sooner than after as long again.
func TestAwaitLeavesTheServerAlone(t *testing.T) {
	a := open(t)
	ref := a.authorized(item("a", "1"))
	slow := retriever(func(r gen.MassPayoutRetrieveRequest) (int, string) {
		a.clock.Advance(5 * time.Minute)
		return 200, page("IN_PROGRESS", "", []string{"a"}[:1-min(r.Page, 1)]...)
	})
	a.clock.limit = 2
	_, err := Await(t.Context(), slow, ref, WithClock(a.clock))
	wantError(t, err, context.DeadlineExceeded)
	equal(t, "waits", a.clock.slept, "[10m0s 10m0s]")
}

func TestAwaitSurvivesWhatPasses(t *testing.T) {
	for kind := emulator.Cut; kind <= emulator.Huge; kind++ {
		if kind == emulator.FailureWith200 || kind == emulator.WrongType {
			continue // a refusal, and an answer that is read all the same
		}
		a := open(t)
		ref := a.authorized(item("a", "1"), item("b", "1"))
		struck := a.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: kind, Times: 25, Skip: 1, Size: 2 << 20})
		failures := 0
		last, err := Await(t.Context(), a.client, ref, WithClock(a.clock), WithPageSize(1), WithProgress(func(p Progress) {
			if p.Failure != nil {
				failures++
			}
		}))
		if err != nil || last.Status != "COMPLETED" || struck() != 25 || failures != 25 {
			t.Errorf("%v: %v, %v; struck %d times, told %d times", kind, last, err, struck(), failures)
		}
	}
}

func TestAwaitStops(t *testing.T) {
	a := open(t)
	ref := a.authorized(item("a", "1"), item("b", "2"))
	a.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: emulator.FailureWith200, Skip: 1})
	last, err := Await(t.Context(), a.client, ref, WithClock(a.clock), WithPageSize(1))
	wantError(t, err, gen.ErrRefused, "following the payout with requestId")
	equal(t, "last that was read whole", last.Tallies, "")

	ctx, cancel := context.WithCancel(t.Context())
	last, err = Await(ctx, a.client, ref, WithClock(a.clock), WithProgress(func(Progress) { cancel() }))
	wantError(t, err, context.Canceled)
	equal(t, "last", last.Tallies, "2 QUEUED 3 TRY")

	_, err = Await(t.Context(), a.client, ByRequestID("no-such-payout"), WithClock(a.clock))
	wantError(t, err, gen.ErrRefused)
	_, err = Await(t.Context(), a.client, ByRequestID("a/b"), WithClock(a.clock))
	if err == nil || errors.Is(err, gen.ErrOutcomeUnknown) {
		t.Errorf("a requestId that is none: %v", err)
	}
}

// When a payout is over, and when it only looks like it.
func TestOver(t *testing.T) {
	for _, tt := range []struct {
		status gen.PayoutStatus
		lines  []gen.ItemStatus
		want   bool
	}{
		{"COMPLETED", []gen.ItemStatus{"SUCCESS", "FAILED", "DEPOSIT_FAIL"}, true},
		{"SUCCESS", []gen.ItemStatus{"SUCCESS"}, true},
		{"COMPLETED", []gen.ItemStatus{"SUCCESS", "PROCESSING"}, false},
		{"COMPLETED", []gen.ItemStatus{"SUCCESS", "INIT"}, false},
		{"COMPLETED", []gen.ItemStatus{"SUCCESS", "UNDER_REVIEW"}, false},
		{"CANCELED", []gen.ItemStatus{"INIT", "MASS_PAYOUT_CANCELED"}, true},
		{"INSUFFICIENT_BALANCE", []gen.ItemStatus{"INIT"}, true},
		{"INSUFFICIENT_BALANCE", []gen.ItemStatus{"QUEUED"}, false},
		{"FAIL", nil, true},
		{"IN_PROGRESS", []gen.ItemStatus{"SUCCESS"}, false},
		{"INIT", []gen.ItemStatus{"SUCCESS"}, false},
		{"PARTIALLY_COMPLETED", []gen.ItemStatus{"SUCCESS"}, false},
		{"", []gen.ItemStatus{"SUCCESS"}, false},
	} {
		p := Progress{Status: tt.status}
		for _, status := range tt.lines {
			p.Tallies.count(status, gen.CurrencyTRY, decimal.New(1, 0), decimal.Zero)
		}
		equal(t, fmt.Sprint(tt.status, tt.lines), over(p), tt.want)
	}
}
