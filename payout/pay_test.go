package payout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

func TestPay(t *testing.T) {
	inBubble(t, func(a *account) {
		store := &memory{}
		result, err := a.pay(request("salaries", item("a", "48250.75"), item("b", "100")), store)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "statuses", statuses(result), "a:SUCCESS b:SUCCESS")
		equal(t, "steps", store.steps(), "storing stored authorizing authorized ended")
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
		before := a.count()
		again, err := a.pay(request("salaries", item("b", "100"), item("a", "48250.75")), store)
		if err != nil || again.String() != result.String() {
			t.Errorf("again: %v, %v", again, err)
		}
		equal(t, "requests of a payout that has ended", a.count()-before, 0)
	})
}

// What was paid in the sandbox is not taken for paid in production, where nobody was.
func TestStateOfAnotherAccount(t *testing.T) {
	inBubble(t, func(a *account) {
		store, r := &memory{}, request("p", item("a", "1"))
		for _, account := range []string{"sandbox", "sandbox", ""} {
			var opts []Option
			if account != "" {
				opts = append(opts, WithAccount(account))
			}
			if result, err := a.pay(r, store, opts...); err != nil || !result.AllPaid() {
				t.Fatalf("account %q: %v, %v", account, result, err)
			}
		}
		before := a.count()
		_, err := a.pay(r, store, WithAccount("production"))
		var stopped *Error
		if !errors.As(err, &stopped) || !errors.Is(err, ErrOtherPayout) || stopped.Temporary || !stopped.MoneyMayHaveMoved {
			t.Errorf("production: %v", err)
		}
		equal(t, "requests", a.count()-before, 0)
		equal(t, "account saved", store.state.Account, "sandbox")
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
					OneOfMany(t)
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

// What was confirmed is asked once, what was declined again; the digest says what is approved.
func TestConfirm(t *testing.T) {
	inBubble(t, func(a *account) {
		store, r := &memory{}, request("p", item("a", "1"))
		asked, answer := 0, errors.New("no")
		confirm := WithConfirm(func(_ context.Context, result *Result) error {
			asked++
			equal(t, "asked about", result.Digest, Digest(r))
			equal(t, "items", statuses(result)+" "+result.Need().String()+" of "+result.Balance.String(), "a:INIT 1 TRY of 1000000000")
			if !result.OnlyOne || result.TakenAt.IsZero() {
				t.Errorf("only one: %v, taken at %v", result.OnlyOne, result.TakenAt)
			}
			return answer
		})
		for range 2 {
			_, err := a.pay(r, store, confirm)
			wantError(t, err, answer, "not confirmed: no")
			wantStop(t, err, false, false)
		}
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
		answer = nil
		ctx, cancel := context.WithCancel(a.t.Context())
		yes := WithConfirm(func(ctx context.Context, result *Result) error {
			defer cancel() // and the process ends
			return nil
		})
		_, err := Pay(ctx, a.client, r, store, yes)
		wantError(t, err, context.Canceled)
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
		result, err := a.pay(r, store, confirm)
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS")
		equal(t, "asked", asked, 3) // an interrupted yes is none
	})
}

// What has changed since it was confirmed is not authorized: in what the last look shows, each field counts.
func TestChangedAfterConfirming(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change []string // what it was, what it is, and so on
		stop   error
		moved  bool
	}{
		{"recipient", []string{`"recipientInfo":"2228853"`, `"recipientInfo":"2228854"`}, ErrOtherPayout, false},
		{"amount", []string{`"totalAmount":1,`, `"totalAmount":100,`}, ErrOtherPayout, false},
		{"status of an item", []string{`"itemStatus":"INIT"`, `"itemStatus":"PROCESSING"`}, ErrNoProgress, true},
		{"status of the payout", []string{`"massPayoutStatus":"INIT"`, `"massPayoutStatus":"ON_HOLD"`}, ErrNoProgress, true},
		{"requestId", []string{`"massPayoutRequestId":"`, `"massPayoutRequestId":"0`}, ErrOtherPayout, false},
		{"requestId, of items that moved", []string{`"massPayoutRequestId":"`, `"massPayoutRequestId":"0`,
			`"itemStatus":"INIT"`, `"itemStatus":"SUCCESS"`}, ErrOtherPayout, true},
		{"a stranger that moved", []string{`"itemExternalId":"b"`, `"itemExternalId":"c"`,
			`"itemStatus":"INIT"`, `"itemStatus":"SUCCESS"`}, ErrOtherPayout, true},
		{"name", []string{`"externalId":"p"`, `"externalId":"q"`}, ErrForeignResponse, false},
		{"number of items", []string{`"total":2`, `"total":3`}, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				confirmed := 0
				a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
					resp, err := next.RoundTrip(r)
					if err == nil && confirmed > 0 && operation(r) == "retrieve" {
						body, _ := io.ReadAll(resp.Body)
						changed := strings.NewReplacer(tt.change...).Replace(string(body))
						if changed == string(body) {
							t.Errorf("nothing to change in %s", body)
						}
						resp.Body = io.NopCloser(strings.NewReader(changed))
					}
					return resp, err
				}
				_, err := a.pay(request("p", item("a", "1"), item("b", "1")), &memory{}, WithConfirm(func(context.Context, *Result) error {
					confirmed++
					return nil
				}))
				if tt.stop != nil {
					wantError(t, err, tt.stop)
					wantStop(t, err, tt.moved, false)
				} else if err == nil {
					t.Error("it did not stop")
				}
				equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
			})
		})
	}
}

// Another commission is asked about again, whether or not the payout's sums have it.
func TestCommissionAfterConfirming(t *testing.T) {
	for _, sum := range []string{"0", "5"} {
		inBubble(t, func(a *account) {
			var asked []string
			a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
				resp, err := next.RoundTrip(r)
				if err == nil && len(asked) > 0 && operation(r) == "retrieve" {
					body, _ := io.ReadAll(resp.Body)
					changed := strings.NewReplacer(`"totalCommissionAmount":0`, `"totalCommissionAmount":`+sum,
						`"commissionAmount":0`, `"commissionAmount":5`).Replace(string(body))
					resp.Body = io.NopCloser(strings.NewReader(changed))
				}
				return resp, err
			}
			_, err := a.pay(request("p", item("a", "1")), &memory{}, WithConfirm(func(_ context.Context, r *Result) error {
				asked = append(asked, r.Need().String())
				return nil
			}))
			wantError(t, err, nil)
			equal(t, "asked", asked, "[1 TRY 6 TRY]")
			equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
		})
	}
}

// A last look that shows no items does not suffice, whatever the sums are.
func TestNoItemsAfterConfirming(t *testing.T) {
	inBubble(t, func(a *account) {
		confirmed := 0
		items := regexp.MustCompile(`"items":\[.*?\]`)
		a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && confirmed > 0 && operation(r) == "retrieve" {
				body, _ := io.ReadAll(resp.Body)
				body = items.ReplaceAll(bytes.ReplaceAll(body, []byte(`"errorMessages":[],`), nil), []byte(`"items":[]`))
				resp.Body = io.NopCloser(bytes.NewReader(body))
			}
			return resp, err
		}
		_, err := a.pay(request("p", item("a", "1")), &memory{}, WithConfirm(func(context.Context, *Result) error {
			confirmed++
			return nil
		}))
		wantError(t, err, ErrInconsistentPages)
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	})
}

func TestRefusedItems(t *testing.T) {
	inBubble(t, func(a *account) {
		store := &memory{}
		r := request("p", item("a", "1"), itemTo("b", "2", emulator.RecipientBlocked.MemberID()))
		_, err := a.pay(r, store)
		var refused *RefusedItemsError
		if !errors.As(err, &refused) || len(refused.Items) != 1 || refused.Accepted != 1 {
			t.Fatal(err)
		}
		wantStop(t, err, false, false)
		equal(t, "the refusal", fmt.Sprint(refused.Items[0].ItemExternalID, refused.Items[0].Code, refused.Items[0].Reasons),
			"b9001[the recipient's account is blocked]")
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
		result, err := a.pay(r, store, WithRefusedItems())
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS b:INVALID")
		equal(t, "its code", result.Items[1].Code, "9001")
		again, not, err := result.PayAgain(r, "q")
		equal(t, "again", fmt.Sprint(again.Items, len(not), not[0].Why, err), fmt.Sprint(r.Items[1:], 1, "it has been paid", nil))
	})
	inBubble(t, func(a *account) { // nothing is left to pay: no option helps
		_, err := a.pay(request("p", itemTo("b", "2", emulator.RecipientBlocked.MemberID())), &memory{}, WithRefusedItems())
		if refused := new(RefusedItemsError); !errors.As(err, &refused) {
			t.Error(err)
		}
		wantError(t, err, err, "there is nothing to pay")
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	})
}

func TestBalanceIsTooSmall(t *testing.T) {
	inBubble(t, func(a *account) {
		store, r := &memory{}, request("p", item("a", "99.50"))
		_, err := a.pay(r, store)
		var small *BalanceError
		if !errors.As(err, &small) {
			t.Fatal(err)
		}
		wantError(t, err, err, "100.00 TRY needed, 99.99 TRY available")
		wantStop(t, err, false, false)
		a.SetBalance(decimal.RequireFromString("100"))
		result, err := a.pay(r, store)
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS")
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
	}, emulator.WithBalance(decimal.RequireFromString("99.99")), emulator.WithCommission(decimal.RequireFromString("0.50")))
}

// FAILED is no end: it is followed for a time, and then not known.
func TestFailedIsFollowed(t *testing.T) {
	inBubble(t, func(a *account) {
		r := request("p", item("a", "1"), itemTo("b", "2", emulator.RecipientFails.MemberID()))
		begun := time.Now()
		result, err := a.pay(r, &memory{})
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS b:FAILED")
		equal(t, "not known", len(result.ItemsIn(gen.FundsUnsettled)), 1)
		if took := time.Since(begun); took < DefaultPatience || took > DefaultPatience+time.Minute {
			t.Errorf("it was followed for %v", took)
		}
		if n := a.count(); n > 40 {
			t.Errorf("%d requests", n)
		}
		again, not, err := result.PayAgain(r, "q")
		equal(t, "again", fmt.Sprint(len(again.Items), len(not), err), "0 2 <nil>")
	})
	inBubble(t, func(a *account) { // it comes back after a while
		r := request("p", item("a", "1"), itemTo("b", "2", emulator.RecipientFails.MemberID()))
		came := time.Now().Add(5 * time.Minute)
		a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && time.Now().After(came) {
				body, _ := io.ReadAll(resp.Body)
				resp.Body = io.NopCloser(strings.NewReader(strings.ReplaceAll(string(body), `"FAILED"`, `"DEPOSIT_SUCCESS"`)))
			}
			return resp, err
		}
		result, err := a.pay(r, &memory{})
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS b:DEPOSIT_SUCCESS")
	})
}

// A payout that ends without having moved its items is an error each time, and says where the money is.
func TestNotCarriedOut(t *testing.T) {
	inBubble(t, func(a *account) {
		store, r := &memory{}, request("p", item("a", "1"))
		spend := WithConfirm(func(context.Context, *Result) error { a.SetBalance(decimal.Decimal{}); return nil })
		for range 2 {
			result, err := a.pay(r, store, spend)
			wantError(t, err, ErrNotCarriedOut, "INSUFFICIENT_BALANCE", "1 of 1 items", "1 FAILED 1 TRY")
			wantStop(t, err, true, false)
			equal(t, "result", statuses(result), "a:FAILED")
		}
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
		equal(t, "steps", store.steps(), "storing stored authorizing authorized ended")
	})
}

func TestCancel(t *testing.T) {
	r := request("p", item("a", "1"))
	declined := WithConfirm(func(context.Context, *Result) error { return errors.New("no") })
	inBubble(t, func(a *account) {
		store := &memory{}
		_, err := a.pay(r, store, declined)
		wantError(t, err, err, "not confirmed")
		result, err := Cancel(a.t.Context(), a.client, r, store)
		wantError(t, err, nil)
		equal(t, "result", fmt.Sprint(statuses(result), " ", result.CanceledUnauthorized), "a:MASS_PAYOUT_CANCELED true")
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 1")
		again, _, err := result.PayAgain(r, "q")
		equal(t, "again", fmt.Sprint(len(again.Items), err), "1 <nil>")
		result, err = a.pay(r, store) // it stays canceled
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:MASS_PAYOUT_CANCELED")
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 1")
	})
	inBubble(t, func(a *account) { // the response is lost, and so are the first three cancels
		store := &memory{}
		_, _ = a.pay(r, store, declined)
		a.Inject(emulator.Fault{Operation: emulator.OpCancel, Kind: emulator.Cut, Times: 3})
		_, err := Cancel(a.t.Context(), a.client, r, store)
		wantError(t, err, errSentOften)
		wantStop(t, err, false, false)
		result, err := a.pay(r, store) // the wish is saved
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:MASS_PAYOUT_CANCELED")
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 4")
	})
	inBubble(t, func(a *account) { // too late
		store := &memory{}
		ctx, cancel := context.WithCancel(a.t.Context())
		result, err := Pay(ctx, a.client, r, store, WithProgress(func(p Progress) {
			if p.Step == StepAuthorized {
				cancel()
			}
		}))
		wantError(t, err, context.Canceled)
		wantStop(t, err, true, true)
		equal(t, "what is known after auth", fmt.Sprint(result, result.ItemsIn(gen.FundsNotMoved)),
			`payout "p" (requestId "`+string(result.RequestID)+`"): : 1 without a status 1 TRY []`)
		_, err = Cancel(a.t.Context(), a.client, r, store)
		wantError(t, err, ErrTooLate)
		wantStop(t, err, true, false)
		result, err = a.pay(r, store)
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS")
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
	})
	inBubble(t, func(a *account) { // nothing there, and Pay does not bring it back
		store := &memory{}
		for range 2 {
			_, err := Cancel(a.t.Context(), a.client, r, store)
			wantError(t, err, ErrNotFound, "nothing to cancel")
			wantStop(t, err, false, false)
		}
		_, err := a.pay(r, store)
		wantError(t, err, ErrNotFound)
		equal(t, "calls", a.calls(), "init 0, auth 0, cancel 0")
	})
}

// A balance that is refused is a failure, and no sign that the payout is not there.
func TestBalanceIsRefused(t *testing.T) {
	inBubble(t, func(a *account) {
		a.Inject(emulator.Fault{Operation: emulator.OpBalance, Kind: emulator.FailureWith200, Skip: 1, Times: -1})
		_, err := a.pay(request("p", item("a", "1")), &memory{})
		wantError(t, err, gen.ErrRefused, "reading the balance")
		wantStop(t, err, false, true)
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	})
}

// Somebody else's payout under our name is neither paid nor reported: what it shows is not about us.
func TestOtherPayoutUnderOurName(t *testing.T) {
	inBubble(t, func(a *account) {
		_, err := a.pay(request("p", itemTo("a", "1", "2228853")), &memory{})
		wantError(t, err, nil)
		result, err := a.pay(request("p", itemTo("a", "1", "2228854")), &memory{})
		wantError(t, err, ErrOtherPayout, `item 0 (itemExternalId "a"): recipientInfo`)
		wantStop(t, err, true, false)
		if strings.Contains(err.Error(), "another externalId") {
			t.Errorf("it may have been paid under this name, and the advice is another one: %v", err)
		}
		equal(t, "result", statuses(result), "a:")
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
	})
}

// unplugged is a client that finds no connection for what changes anything.
type unplugged struct{ Client }

func (unplugged) AuthMassPayout(context.Context, gen.MassPayoutAuthRequest, ...gen.RequestEditorFn) (*gen.MassPayoutAuthResponse, error) {
	return nil, fmt.Errorf("dial: %w", gen.ErrNotSent)
}

func (unplugged) CancelMassPayout(context.Context, gen.RequestID, ...gen.RequestEditorFn) (*gen.MassPayoutAuthResponse, error) {
	return nil, fmt.Errorf("dial: %w", gen.ErrNotSent)
}

// What was provably not sent is sent again, for a time; and no money can have moved.
func TestNotSent(t *testing.T) {
	inBubble(t, func(a *account) {
		store, r := &memory{}, request("p", item("a", "1"))
		_, err := Pay(a.t.Context(), unplugged{a.client}, r, store)
		wantError(t, err, ErrNoProgress, "do not get through")
		wantStop(t, err, false, true)
		equal(t, "saved", fmt.Sprint(store.state.Step, store.state.AuthSent, store.state.Auths), "storedfalse 0")
		result, err := a.pay(r, store)
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS")
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
	})
}

// A request that is wrong is one error, and nothing is asked.
func TestInvalidRequest(t *testing.T) {
	inBubble(t, func(a *account) {
		_, err := a.pay(request("p", item("a", "0"), item("a", "1")), &memory{})
		var invalid *gen.ValidationError
		if !errors.As(err, &invalid) || len(invalid.Violations) != 2 {
			t.Error(err)
		}
		wantStop(t, err, false, false)
		_, err = a.pay(request("p", item("a", "0")), &memory{state: validState(StepAuthorizing)})
		wantStop(t, err, true, false)
		equal(t, "requests", a.count(), 0)
	})
}
