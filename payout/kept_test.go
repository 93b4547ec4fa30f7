package payout

import (
	"context"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// What was seen once is not taken for what is.

// changing returns a read whose response is changed.
func changing(change func(gen.MassPayoutRetrieveRequest, *gen.MassPayoutRetrieveResponse)) func(gen.MassPayoutRetrieveRequest, retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
	return func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
		response, err := next(body)
		if err == nil {
			change(body, response)
		}
		return response, err
	}
}

// A payout that somebody else has stored may be authorized by them just now: the time since our own init does not count.
func TestAdoptedPayoutSettles(t *testing.T) {
	inBubble(t, func(a *account) {
		r := request("p", item("a", "1"))
		_, err := a.client.InitMassPayout(a.t.Context(), r)
		wantError(t, err, nil)
		state := newState("p", Digest(r))
		state.Revision, state.At, state.InitUnsure, state.SinceSend = 1, time.Now(), true, time.Hour
		begun := time.Now()
		var sent time.Duration
		result, err := a.pay(r, &memory{state: state}, WithProgress(func(p Progress) {
			if p.Did == "sent auth" {
				sent = time.Since(begun)
			}
		}))
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS")
		if sent < DefaultSettle {
			t.Errorf("auth was sent after %v", sent)
		}
	})
}

// That the payout is the only one under its name is taken back when the last look does not tell, and then the payout itself
// is looked at.
func TestOnlyOneIsTakenBack(t *testing.T) {
	for _, other := range []string{"", "amount", "status"} {
		t.Run(other, func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				confirmed := false
				client := between{Client: a.client, read: changing(func(body gen.MassPayoutRetrieveRequest, response *gen.MassPayoutRetrieveResponse) {
					if !confirmed {
						return
					}
					for i := range response.MassPayoutItems.Items {
						item := &response.MassPayoutItems.Items[i]
						switch {
						case body.RequestID == "":
							item.MassPayoutRequestID = ""
						case other == "amount":
							item.TotalAmount = decimal.RequireFromString("100")
						case other == "status":
							item.ItemStatus = gen.ItemStatusProcessing
						}
					}
				})}
				store := &memory{}
				result, err := Pay(a.t.Context(), client, request("p", item("a", "1")), store, WithConfirm(func(_ context.Context, r *Result) error {
					confirmed = true
					if !r.OnlyOne {
						t.Error("it is not known to be the only one, though a response named it")
					}
					return nil
				}))
				switch other {
				case "":
					wantError(t, err, nil)
					equal(t, "the only one", result.OnlyOne, false)
				case "amount":
					wantError(t, err, ErrOtherPayout)
					equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
				case "status":
					wantError(t, err, ErrNoProgress)
					equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
				}
			})
		})
	}
}

// Where the payout shows no sums, or not all of them, all items are read again before auth.
func TestNoSums(t *testing.T) {
	inBubble(t, func(a *account) {
		confirmed := false
		client := between{Client: a.client, read: changing(func(body gen.MassPayoutRetrieveRequest, response *gen.MassPayoutRetrieveResponse) {
			response.MassPayout.TotalAmount = decimal.Decimal{}
			if confirmed && body.Page == 1 {
				response.MassPayoutItems.Items[0].RecipientInfo = "2228854"
			}
		})}
		_, err := Pay(a.t.Context(), client, request("p", item("a", "1"), item("b", "1")), &memory{}, WithPageSize(1),
			WithConfirm(func(context.Context, *Result) error { confirmed = true; return nil }))
		wantError(t, err, ErrOtherPayout, `item 1 (itemExternalId "b"): recipientInfo`)
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	})
}

// After a refused auth all items are read again before the next one.
func TestReviewAfterRefusedAuth(t *testing.T) {
	inBubble(t, func(a *account) {
		refused := false
		client := between{Client: a.client, read: changing(func(body gen.MassPayoutRetrieveRequest, response *gen.MassPayoutRetrieveResponse) {
			if refused && body.Page == 1 {
				response.MassPayoutItems.Items[0].RecipientInfo = "2228854"
			}
		})}
		store, r := &memory{}, request("p", item("a", "1"), item("b", "1"))
		opts := []Option{WithPageSize(1), WithSettle(time.Second)}
		a.meddle = respond("auth", 200, `{"status":"failure","errorCode":"11","errorMessage":"no"}`)
		_, err := Pay(a.t.Context(), client, r, store, opts...)
		wantError(t, err, gen.ErrRefused)
		wantStop(t, err, true, false)
		equal(t, "reviewed", store.state.Reviewed == "", true)
		refused, a.meddle = true, nil
		_, err = Pay(a.t.Context(), client, r, store, opts...)
		wantError(t, err, ErrOtherPayout, `itemExternalId "b"`)
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
	})
}

// A state of another account is refused at every step, also before any auth.
func TestStateOfAnotherAccountBeforeAuth(t *testing.T) {
	inBubble(t, func(a *account) {
		store, r := &memory{}, request("p", item("a", "1"))
		_, err := a.pay(r, store, WithAccount("sandbox"), declined())
		wantError(t, err, errNo)
		for _, step := range []Step{StepNew, StepStoring, StepStored} {
			state := store.state
			state.Step = step
			before := a.count()
			_, err = a.pay(r, &memory{state: state}, WithAccount("production"))
			wantError(t, err, ErrOtherPayout, "sandbox", "production")
			equal(t, "requests", a.count()-before, 0)
		}
	})
}

// When a payout has ended, pages with items whose money has not reached its end are read again. What is not the request's
// on such a page is not taken for its outcome.
func TestOpenPageChanges(t *testing.T) {
	inBubble(t, func(a *account) {
		var failed time.Time
		client := between{Client: a.client, read: changing(func(body gen.MassPayoutRetrieveRequest, response *gen.MassPayoutRetrieveResponse) {
			for i := range response.MassPayoutItems.Items {
				item := &response.MassPayoutItems.Items[i]
				if item.ItemStatus != gen.ItemStatusSuccess || item.ItemExternalID != "b" {
					continue
				}
				if failed.IsZero() {
					failed = time.Now()
				}
				if item.ItemStatus = gen.ItemStatusFailed; time.Since(failed) > time.Minute {
					item.ItemStatus, item.TotalAmount = gen.ItemStatusSuccess, decimal.RequireFromString("100")
				}
			}
		})}
		result, err := Pay(a.t.Context(), client, request("p", item("a", "1"), item("b", "1")), &memory{}, WithPageSize(1))
		wantError(t, err, ErrOtherPayout, `item 1 (itemExternalId "b"): amount`)
		wantStop(t, err, true, false)
		equal(t, "result", statuses(result), "a:SUCCESS b:FAILED")
	})
}
