package payout

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

// What iyzico refused, what somebody confirmed, and what may be paid again.

// lagging shows refused items as accepted and INIT, as reads do that lag behind.
func lagging(shows func() bool) func(gen.MassPayoutRetrieveRequest, retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
	return func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
		response, err := next(body)
		if err != nil || !shows() || body.Size == 1 {
			return response, err
		}
		items := &response.MassPayoutItems
		if body.ItemType == gen.ItemTypeInvalid {
			items.Items, items.Total = nil, 0
			return response, nil
		}
		body.ItemType = gen.ItemTypeInvalid
		refused, err := next(body)
		if err != nil {
			return nil, err
		}
		for _, item := range refused.MassPayoutItems.Items {
			item.ItemStatus = gen.ItemStatusInit
			items.Items, items.Total = append(items.Items, item), items.Total+1
		}
		return response, nil
	}
}

// An item that the response to init refused stays refused, whatever reads show that lag behind.
func TestRefusedByInit(t *testing.T) {
	r := request("p", item("a", "1"), itemTo("b", "2", emulator.RecipientBlocked.MemberID()))
	for _, withoutCode := range []bool{false, true} {
		inBubble(t, func(a *account) { // and the others are not paid without leave
			client := between{Client: a.client, read: lagging(func() bool { return true }), init: func(r *gen.MassPayoutInitializeResponse) {
				if withoutCode {
					r.InvalidItems[0].ErrorCode = ""
				}
			}}
			result, err := Pay(a.t.Context(), client, r, &memory{})
			var refused *RefusedItemsError
			if e, ok := err.(*Error); !ok || !e.asRefused(&refused) || len(refused.Items) != 1 || refused.Items[0].ItemExternalID != "b" {
				t.Errorf("got %v", err)
			}
			wantStop(t, err, false, false)
			equal(t, "result", statuses(result), "a:INIT b:INVALID")
			equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
		})
	}
	inBubble(t, func(a *account) { // with leave, they are paid when all reads agree
		until := time.Now().Add(5 * time.Minute)
		var authorized time.Time
		client := between{Client: a.client, read: lagging(func() bool { return time.Now().Before(until) })}
		result, err := Pay(a.t.Context(), client, r, &memory{}, WithRefusedItems(), WithProgress(func(p Progress) {
			if p.Did == "sent auth" {
				authorized = time.Now()
			}
		}))
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS b:INVALID")
		if authorized.Before(until) {
			t.Errorf("auth was sent at %v, and reads agreed at %v", authorized, until)
		}
		again, _, err := result.PayAgain(r, "q")
		equal(t, "again", fmt.Sprint(len(again.Items), again.Items[0].ItemExternalID, err), "1b<nil>")
	})
	inBubble(t, func(a *account) { // and if they never do, the error says so
		client := between{Client: a.client, read: lagging(func() bool { return true })}
		_, err := Pay(a.t.Context(), client, r, &memory{}, WithRefusedItems())
		wantError(t, err, ErrNoProgress, `refused the item with itemExternalId "b" before`, `shows it as "INIT"`)
		wantStop(t, err, false, false)
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	})
}

// A refusal in the response to init counts by whatever name: while no read shows which of our items is meant, none is paid.
func TestInitRefusesUnknownName(t *testing.T) {
	r := request("p", item("a", "1"), itemTo("b", "2", emulator.RecipientBlocked.MemberID()))
	for _, name := range []string{"B", "item-2", ""} {
		refuse := func(r *gen.MassPayoutInitializeResponse) { r.InvalidItems[0].ItemExternalID = name }
		t.Run(fmt.Sprintf("%q, and reads come to agree", name), func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				until := time.Now().Add(time.Minute)
				client := between{Client: a.client, init: refuse, read: lagging(func() bool { return time.Now().Before(until) })}
				result, err := Pay(a.t.Context(), client, r, &memory{})
				var refused *RefusedItemsError
				if e, ok := err.(*Error); !ok || !e.asRefused(&refused) || len(refused.Items) != 1 {
					t.Errorf("got %v", err)
				}
				equal(t, "result", statuses(result), "a:INIT b:INVALID")
				equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
			})
		})
		t.Run(fmt.Sprintf("%q, and reads never agree", name), func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				client := between{Client: a.client, init: refuse, read: lagging(func() bool { return true })}
				_, err := Pay(a.t.Context(), client, r, &memory{}, WithRefusedItems())
				wantError(t, err, ErrNoProgress, "init refused 1 items, and iyzico shows 0 of them")
				wantStop(t, err, false, false)
				equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
			})
		})
	}
}

// asRefused is errors.As, which an error that must be an *Error has.
func (e *Error) asRefused(target **RefusedItemsError) bool {
	refused, ok := e.Err.(*RefusedItemsError)
	*target = refused
	return ok
}

// An item that was INIT when it was authorized and is INVALID afterwards may have been paid: it is not offered for paying
// again. What was INVALID before is.
func TestRefusedAfterAuth(t *testing.T) {
	for _, elsewhere := range []bool{false, true} { // somebody else authorizes it
		inBubble(t, func(a *account) {
			client := between{Client: a.client, read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
				response, err := next(body)
				if err == nil {
					for i := range response.MassPayoutItems.Items {
						if item := &response.MassPayoutItems.Items[i]; item.ItemStatus == gen.ItemStatusSuccess && item.ItemExternalID == "a" {
							item.ItemStatus = gen.ItemStatusInvalid
						}
					}
				}
				return response, err
			}}
			r := request("p", item("a", "1"), itemTo("b", "2", emulator.RecipientBlocked.MemberID()), item("c", "3"))
			store := &memory{}
			opts := []Option{WithRefusedItems(), WithConfirm(func(ctx context.Context, _ *Result) error {
				if elsewhere {
					_, err := a.client.AuthMassPayout(ctx, gen.MassPayoutAuthRequest{RequestID: store.state.RequestID})
					return err
				}
				return nil
			})}
			for range 2 { // also as it was saved
				result, err := Pay(a.t.Context(), client, r, store, opts...)
				wantError(t, err, nil)
				equal(t, "result", statuses(result), "a:INVALID b:INVALID c:SUCCESS")
				again, not, err := result.PayAgain(r, "q")
				wantError(t, err, nil)
				if len(again.Items) != 1 || again.Items[0].ItemExternalID != "b" || len(not) != 2 ||
					!strings.Contains(not[0].Why, "not known to be so before it was authorized: ask iyzico") {
					t.Errorf("again %v, not %v", again.Items, not)
				}
			}
			result, err := Review(a.t.Context(), client, ByExternalID("p"), r) // which knows only what is now
			wantError(t, err, nil)
			again, _, err := result.PayAgain(r, "q")
			equal(t, "again, of Review", fmt.Sprint(len(again.Items), err), "0 <nil>")
		})
	}
}

// The recipient of an item on the second page changes while somebody confirms, and the sums stay. After a minute all items
// are read again; before, one request is made, as WithConfirm says.
func TestChangedOnAnotherPageAfterConfirming(t *testing.T) {
	for _, tt := range []struct {
		takes time.Duration
		auths int
	}{
		{0, 1}, {59 * time.Second, 1}, {time.Minute, 0}, {24 * time.Hour, 0},
	} {
		t.Run(tt.takes.String(), func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				changed, before := false, 0
				client := between{Client: a.client, read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
					response, err := next(body)
					if err == nil && changed && body.Page == 1 {
						response.MassPayoutItems.Items[0].RecipientInfo = "2228854"
					}
					return response, err
				}}
				store := &memory{}
				_, err := Pay(a.t.Context(), client, request("p", item("a", "1"), item("b", "1"), item("c", "1")), store, WithPageSize(1),
					WithConfirm(func(context.Context, *Result) error {
						time.Sleep(tt.takes)
						changed, before = true, a.count()
						return nil
					}))
				if tt.auths == 0 {
					wantError(t, err, ErrOtherPayout, `item 1 (itemExternalId "b"): recipientInfo`)
					wantStop(t, err, false, false)
				}
				equal(t, "calls", a.calls(), fmt.Sprintf("init 1, auth %d, cancel 0", tt.auths))
				if tt.auths == 1 && a.sent[before+1] != "auth" {
					t.Errorf("after the confirmation: %v", a.sent[before:])
				}
			})
		})
	}
	inBubble(t, func(a *account) { // a process that does not know how long it took reads all items again, too
		changed := false
		client := between{Client: a.client, read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
			response, err := next(body)
			if err == nil && changed && body.Page == 1 {
				response.MassPayoutItems.Items[0].RecipientInfo = "2228854"
			}
			return response, err
		}}
		store, r := &memory{}, request("p", item("a", "1"), item("b", "1"))
		for store.state.Confirmed == "" {
			_, err := Advance(a.t.Context(), client, r, store, WithPageSize(1))
			wantError(t, err, nil)
		}
		changed = true
		_, err := Advance(a.t.Context(), client, r, store, WithPageSize(1), AsProcess("another"))
		wantError(t, err, ErrOtherPayout)
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	})
}

// A rate limit says nothing about what happened behind it: what it answered is not sent again before it has settled.
func TestRateLimitedThoughCarriedOut(t *testing.T) {
	for _, what := range []string{"init", "auth", "cancel"} {
		t.Run(what, func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
					response, err := next.RoundTrip(r)
					if err == nil && operation(r) == what {
						response.StatusCode = http.StatusTooManyRequests
						response.Header = http.Header{"Content-Type": {"application/json"}, "Retry-After": {"1"}}
						response.Body = io.NopCloser(strings.NewReader(`{"status":"failure","errorCode":50000,"errorMessage":"Request Limit Exceeded"}`))
					}
					return response, err
				}
				store, r := &memory{}, request("p", item("a", "1"))
				if what == "cancel" {
					_, err := a.pay(r, store, declined())
					wantError(t, err, errNo)
					result, err := Cancel(a.t.Context(), a.client, r, store)
					wantError(t, err, nil)
					equal(t, "result", statuses(result), "a:MASS_PAYOUT_CANCELED")
					equal(t, "calls", a.calls(), "init 1, auth 0, cancel 1")
					return
				}
				result, err := a.pay(r, store)
				wantError(t, err, nil)
				equal(t, "result", statuses(result), "a:SUCCESS")
				equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
			}, emulator.WithReadLag(100*time.Second))
		})
	}
}

// Advice can be followed: items in INIT of a payout that failed cannot be canceled any more.
func TestAdviceForItemsThatDidNotMove(t *testing.T) {
	r := request("p", item("a", "1"))
	for status, want := range map[gen.PayoutStatus]string{
		"INIT": "Cancel its payout first", "FAIL": "cannot be canceled any more: ask iyzico",
		"INSUFFICIENT_BALANCE": "cannot be canceled any more: ask iyzico", "COMPLETED": "cannot be canceled any more: ask iyzico",
	} {
		result := newResult(&r, Digest(r), ByExternalID("p"))
		result.Status, result.Items[0].Status = status, gen.ItemStatusInit
		_, not, err := result.PayAgain(r, "q")
		if err != nil || len(not) != 1 || !strings.Contains(not[0].Why, want) {
			t.Errorf("%s: %v, %v", status, not, err)
		}
	}
}

// A request with several currencies is refused before anything is read or sent, unless that is allowed.
func TestSeveralCurrencies(t *testing.T) {
	inBubble(t, func(a *account) {
		r := request("p", item("a", "1"), item("b", "2"))
		r.Items[1].Amount.Currency = gen.CurrencyUSD
		_, err := a.pay(r, &memory{})
		wantError(t, err, ErrSeveralCurrencies, `items[1] (itemExternalId "b")`, `amount.currency is "USD", expected "TRY"`)
		wantStop(t, err, false, false)
		equal(t, "requests", a.count(), 0)
		var asked string
		_, err = a.pay(r, &memory{}, WithSeveralCurrencies(), WithConfirm(func(_ context.Context, r *Result) error {
			asked = fmt.Sprint(r.Requested(), "; ", r.Need(), "; ", r.Tallies())
			return errNo
		}))
		wantError(t, err, errNo)
		equal(t, "asked", asked, "1 TRY, 2 USD; 1 TRY, 2 USD; 1 INIT 1 TRY, 1 INIT 2 USD")
	})
}
