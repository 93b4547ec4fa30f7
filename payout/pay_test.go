package payout

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

func TestPay(t *testing.T) {
	a := open(t, emulator.WithCommission(decimal.RequireFromString("1.25")))
	var told []Progress
	store := a.store()
	request := request("salaries-2026-11",
		item("a", "100.10"), item("b", "200.20"),
		itemTo("fails", "1", emulator.RecipientFails.MemberID()),
		itemTo("returns", "2", emulator.RecipientReturns.MemberID()),
		itemTo("stuck", "3.5", emulator.RecipientKeepsMoney.MemberID()),
		in(gen.CurrencyUSD, item("dollars", "7")))
	result, err := a.pay(request, store, WithProgress(func(p Progress) { told = append(told, p) }))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "statuses", statuses(result), "a:SUCCESS b:SUCCESS fails:FAILED returns:DEPOSIT_SUCCESS stuck:DEPOSIT_FAIL dollars:SUCCESS")
	equal(t, "payout", result.Status, "COMPLETED")
	equal(t, "all paid", result.AllPaid(), false)
	equal(t, "requested", result.Requested(), "306.80 TRY, 7 USD")
	equal(t, "paid", result.Sums(gen.FundsWithRecipient), "300.30 TRY, 7 USD")
	equal(t, "back", result.Sums(gen.FundsBack), "2 TRY")
	equal(t, "stuck", result.Sums(gen.FundsStuck), "3.5 TRY")
	equal(t, "unsettled", result.Sums(gen.FundsUnsettled), "1 TRY")
	equal(t, "need", result.Need(), "313.05 TRY, 8.25 USD")
	equal(t, "currencies", result.Requested().Currencies(), "[TRY USD]")
	equal(t, "balance before", result.Balance, "1000000000")
	equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")

	var steps []Step
	for _, p := range told {
		if n := len(steps); n == 0 || steps[n-1] != p.Step {
			steps = append(steps, p.Step)
		}
	}
	equal(t, "steps", steps, "[initializing initialized authorizing authorized]")
	last := told[len(told)-1]
	equal(t, "last progress", last.Tallies, "1 DEPOSIT_FAIL 3.5 TRY, 1 DEPOSIT_SUCCESS 2 TRY, 1 FAILED 1 TRY, 2 SUCCESS 300.30 TRY, 1 SUCCESS 7 USD")

	// A second call continues where there is nothing left to do.
	again, err := a.pay(request, store)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "statuses again", statuses(again), statuses(result))
	equal(t, "calls again", a.calls(), "init 1, auth 1, cancel 0")
}

func TestPayStopsBeforeMoneyMoves(t *testing.T) {
	blocked := itemTo("blocked", "5", emulator.RecipientBlocked.MemberID())
	no := errors.New("the boss said no")
	for _, tt := range []struct {
		name    string
		request gen.MassPayoutInitializeRequest
		balance string
		opts    []Option
		is      error
		as      any
		text    string
		calls   string
	}{
		{"invalid request", request("x"), "100", nil, nil, new(*gen.ValidationError), "must have at least one item", "init 0, auth 0, cancel 0"},
		{"refused line", request("x", item("a", "10"), blocked), "100", nil, nil, new(*RefusedLinesError),
			`iyzico refused 1 of 2 lines, and nothing was authorized: "blocked"`, "init 1, auth 0, cancel 0"},
		{"all lines refused, and allowed", request("x", blocked), "100", []Option{WithRefusedLines()}, nil, new(*RefusedLinesError),
			`iyzico refused 1 of 1 lines`, "init 1, auth 0, cancel 0"},
		{"balance", request("x", item("a", "10"), item("b", "90.01")), "100", nil, nil, new(*BalanceError),
			"the balance is too small, and nothing was authorized: 100.01 TRY needed, 100 TRY left", "init 1, auth 0, cancel 0"},
		{"refused lines need no balance", request("x", item("a", "96"), blocked), "100",
			[]Option{WithRefusedLines(), WithConfirm(func(context.Context, *Result) error { return no })}, no, nil, "", "init 1, auth 0, cancel 0"},
		{"confirmation", request("x", item("a", "10")), "100",
			[]Option{WithConfirm(func(_ context.Context, r *Result) error {
				if r.Status != "INIT" || r.Need().String() != "10 TRY" || r.Balance.String() != "100" {
					return errors.New("asked about something else")
				}
				return no
			})}, no, nil, "the boss said no", "init 1, auth 0, cancel 0"},
		{"refused whole", request(emulator.ExternalIDFailure200+"-1", item("a", "10")), "100", nil, gen.ErrRefused, nil,
			"storing payout", "init 1, auth 0, cancel 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := open(t, emulator.WithBalance(decimal.RequireFromString(tt.balance)))
			store := a.store()
			for range 2 { // the second run stops at the same place
				_, err := a.pay(tt.request, store, tt.opts...)
				switch {
				case err == nil:
					t.Fatal("no error")
				case tt.is != nil:
					wantError(t, err, tt.is, tt.text)
				case !errors.As(err, tt.as):
					t.Errorf("error %v is no %T", err, tt.as)
				default:
					wantError(t, err, err, tt.text)
				}
				if tt.is != gen.ErrRefused { // nothing was stored, so it is asked again
					equal(t, "calls", a.calls(), tt.calls)
				}
			}
			if n := len(a.Ledger()); n != 0 || !a.Balance("TRY").Equal(decimal.RequireFromString(tt.balance)) {
				t.Errorf("money moved: %d transfers, %s left", n, a.Balance("TRY"))
			}
		})
	}
}

func TestPayAcceptedLinesIfAllowed(t *testing.T) {
	a := open(t)
	result, err := a.pay(request("x", item("a", "10"), itemTo("blocked", "5", emulator.RecipientBlocked.MemberID())), a.store(), WithRefusedLines())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "statuses", statuses(result), "a:SUCCESS blocked:INVALID")
	equal(t, "reasons", result.Lines[1].Reasons, "[the recipient's account is blocked]")
	equal(t, "never moved", result.In(gen.FundsNeverMoved), `[{line "blocked": INVALID, never moved, 5 TRY + 0 TRY commission, 1 reasons}]`)
}

// A request that was refused as a whole stored nothing, so that it may be corrected under the same externalId.
func TestPayAfterRefusalWithAnotherContent(t *testing.T) {
	a := open(t)
	store := a.store()
	a.Inject(emulator.Fault{Operation: emulator.OpInit, Kind: emulator.FailureWith200})
	_, err := a.pay(request("x", item("a", "10")), store)
	wantError(t, err, gen.ErrRefused)
	result, err := a.pay(request("x", item("a", "11")), store)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "statuses", statuses(result), "a:SUCCESS")
}

// The balance was there when Pay looked, and was gone when iyzico did.
func TestPayWithoutMoneyAtTheEnd(t *testing.T) {
	a := open(t)
	result, err := a.pay(request("x", item("a", "10")), a.store(), WithConfirm(func(context.Context, *Result) error {
		a.SetBalance(decimal.Zero)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "payout", result.Status, "INSUFFICIENT_BALANCE")
	equal(t, "statuses", statuses(result), "a:FAILED")
	equal(t, "paid", result.AllPaid(), false)
}

// Lines that never end keep Pay following until its time is over. What is known is in the result, and nothing that is on
// its way, or in a status of tomorrow, is taken for an end.
func TestPayOfLinesThatDoNotEnd(t *testing.T) {
	a := open(t)
	a.clock.limit = 30
	store := a.store()
	r := request("x", item("a", "10"), itemTo("never", "20", emulator.RecipientNeverEnds.MemberID()),
		itemTo("new", "30", emulator.RecipientUnknownState.MemberID()))
	for range 2 {
		result, err := a.pay(r, store)
		if err == nil {
			t.Fatal("no error")
		}
		equal(t, "statuses", statuses(result), "a:SUCCESS never:PROCESSING new:UNDER_REVIEW")
		equal(t, "on its way", result.Sums(gen.FundsOnTheWay), "20 TRY")
		equal(t, "unknown", result.Sums(gen.FundsUnknown), "30 TRY")
		equal(t, "payout", result.Status, "IN_PROGRESS")
	}
	a.clock.limit = 0
	a.SetOutcome("never", emulator.ItemSuccess)
	a.SetOutcome("new", emulator.ItemFailed)
	result, err := a.pay(r, store)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "statuses", statuses(result), "a:SUCCESS never:SUCCESS new:FAILED")
	equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
}

// Somebody authorizes or cancels the payout in another way, between two runs.
func TestPayOfPayoutThatLeftInit(t *testing.T) {
	for _, tt := range []struct{ way, statuses, calls string }{
		{"authorized", "a:SUCCESS", "init 1, auth 1, cancel 0"},
		{"canceled", "a:MASS_PAYOUT_CANCELED", "init 1, auth 0, cancel 1"},
	} {
		t.Run(tt.way, func(t *testing.T) {
			a := open(t)
			store, later := a.store(), errors.New("later")
			r := request("x", item("a", "10"))
			stored, err := a.pay(r, store, WithConfirm(func(context.Context, *Result) error { return later }))
			wantError(t, err, later)
			if tt.way == "canceled" {
				err = Cancel(t.Context(), a.client, ByRequestID(stored.RequestID))
			} else {
				err = Authorize(t.Context(), a.client, ByRequestID(stored.RequestID))
			}
			if err != nil {
				t.Fatal(err)
			}
			result, err := a.pay(r, store)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "statuses", statuses(result), tt.statuses)
			equal(t, "calls", a.calls(), tt.calls)
		})
	}
}

// The state was lost, but not the payout: it is found by its externalId. Whether auth was sent before is not known, so
// that Pay waits before it sends one.
func TestPayWithoutStateFindsThePayout(t *testing.T) {
	t.Run("stored", func(t *testing.T) {
		a := open(t)
		r := request("x", item("a", "10"))
		id := a.init(r)
		begin := a.clock.Now()
		var authorizing time.Time
		result, err := a.pay(r, a.store(), WithConfirm(func(context.Context, *Result) error {
			authorizing = a.clock.Now()
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "requestId", string(result.RequestID), string(id))
		equal(t, "statuses", statuses(result), "a:SUCCESS")
		equal(t, "waited", authorizing.Sub(begin) >= DefaultSettle, true)
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
	})
	t.Run("paid", func(t *testing.T) {
		a := open(t)
		r := request("x", item("a", "10"))
		for range 2 { // each with a store of its own
			result, err := a.pay(r, a.store())
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "statuses", statuses(result), "a:SUCCESS")
		}
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
		equal(t, "paid", a.Paid(), "map[a:1]")
	})
	t.Run("another content", func(t *testing.T) {
		a := open(t)
		a.init(request("x", item("a", "10")))
		for name, other := range map[string]gen.MassPayoutInitializeRequest{
			"amount":   request("x", item("a", "10.01")),
			"currency": request("x", in(gen.CurrencyUSD, item("a", "10"))),
			"line":     request("x", item("b", "10")),
			"more":     request("x", item("a", "10"), item("b", "10")),
			"less":     request("x", item("b", "10"))} {
			_, err := a.pay(other, a.store())
			if !errors.Is(err, ErrOtherPayout) {
				t.Errorf("%s: %v", name, err)
			}
		}
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	})
}
