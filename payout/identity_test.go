package payout

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// Whose payout a response is about.

type (
	retrieveFunc func(gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error)

	// between is a client with somebody in between who changes what is read, and what init returns.
	between struct {
		Client
		read func(gen.MassPayoutRetrieveRequest, retrieveFunc) (*gen.MassPayoutRetrieveResponse, error)
		init func(*gen.MassPayoutInitializeResponse)
	}
)

func (b between) RetrieveMassPayout(
	ctx context.Context, body gen.MassPayoutRetrieveRequest, editors ...gen.RequestEditorFn,
) (*gen.MassPayoutRetrieveResponse, error) {
	next := func(body gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
		return b.Client.RetrieveMassPayout(ctx, body, editors...)
	}
	if b.read == nil {
		return next(body)
	}
	return b.read(body, next)
}

func (b between) InitMassPayout(
	ctx context.Context, body gen.MassPayoutInitializeRequest, editors ...gen.RequestEditorFn,
) (*gen.MassPayoutInitializeResponse, error) {
	response, err := b.Client.InitMassPayout(ctx, body, editors...)
	if err == nil && b.init != nil {
		b.init(response)
	}
	return response, err
}

var errNo = errors.New("no")

func declined() Option { return WithConfirm(func(context.Context, *Result) error { return errNo }) }

// another answers every question about a payout with another payout, and leaves out whose that is.
func another(ref Ref, alsoItems bool) func(gen.MassPayoutRetrieveRequest, retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
	return func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
		if strings.HasPrefix(body.ExternalMassPayoutID, "control") {
			return next(body)
		}
		body.RequestID, body.ExternalMassPayoutID = ref.RequestID, ref.ExternalID
		response, err := next(body)
		if err == nil {
			response.MassPayout.ExternalID = ""
			for i := range response.MassPayoutItems.Items {
				if alsoItems {
					response.MassPayoutItems.Items[i].MassPayoutRequestID = ""
				}
			}
		}
		return response, err
	}
}

// October's payout has the same items as November's. Where a response about it does not say so, it proves nothing of
// November's.
func TestUnnamedResponseProvesNothing(t *testing.T) {
	october, november := request("october", item("a", "1"), item("b", "2")), request("november", item("a", "1"), item("b", "2"))
	for _, alsoItems := range []bool{false, true} {
		t.Run(fmt.Sprint("October's, completed, is not adopted, items nameless ", alsoItems), func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				_, err := a.pay(october, &memory{})
				wantError(t, err, nil)
				result, err := Pay(a.t.Context(), between{Client: a.client, read: another(ByExternalID("october"), alsoItems)}, november, &memory{})
				wantError(t, err, ErrUnverified, "november", "does not name it")
				wantStop(t, err, true, false)
				equal(t, "result", statuses(result), "a: b:")
				equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0") // October's
			})
		})
		t.Run(fmt.Sprint("October's, INIT, is not authorized, items nameless ", alsoItems), func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				_, err := a.pay(october, &memory{}, declined())
				wantError(t, err, errNo)
				_, err = Pay(a.t.Context(), between{Client: a.client, read: another(ByExternalID("october"), alsoItems)}, november, &memory{})
				wantError(t, err, ErrUnverified)
				wantStop(t, err, false, false)
				equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
			})
		})
		t.Run(fmt.Sprint("November, stored and never authorized, is not completed, items nameless ", alsoItems), func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				_, err := a.pay(october, &memory{})
				wantError(t, err, nil)
				for name, read := range map[string]func(gen.MassPayoutRetrieveRequest, retrieveFunc) (*gen.MassPayoutRetrieveResponse, error){
					"named before": nil, "never named": another(ByExternalID("october"), alsoItems),
				} {
					r, store := november, &memory{}
					r.ExternalID = name
					if read == nil {
						_, err = a.pay(r, store, declined())
						wantError(t, err, errNo)
					} else { // init is accepted, then another payout is shown
						for store.state.Step != StepStored {
							_, err := Advance(a.t.Context(), a.client, r, store)
							wantError(t, err, nil)
						}
					}
					result, err := Pay(a.t.Context(), between{Client: a.client, read: another(ByExternalID("october"), true)}, r, store)
					wantError(t, err, ErrUnverified)
					wantStop(t, err, true, false)
					if result.AllPaid() || store.state.Step != StepStored {
						t.Errorf("%s: %v, %s", name, result, store.state.Step)
					}
				}
				equal(t, "calls", a.calls(), "init 3, auth 1, cancel 0")
			})
		})
	}
	t.Run("after auth, November is not paid because October was", func(t *testing.T) {
		OneOfMany(t)
		inBubble(t, func(a *account) {
			_, err := a.pay(october, &memory{})
			wantError(t, err, nil)
			authorized := false
			swap := another(ByExternalID("october"), true)
			client := between{Client: a.client, read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
				if authorized {
					return swap(body, next)
				}
				return next(body)
			}}
			result, err := Pay(a.t.Context(), client, november, &memory{}, WithProgress(func(p Progress) {
				authorized = authorized || p.Did == "sent auth"
			}))
			wantError(t, err, ErrUnverified)
			wantStop(t, err, true, false)
			if result.AllPaid() {
				t.Error(result)
			}
		})
	})
	inBubble(t, func(a *account) { // Find and Review tell nothing of it, either
		_, err := a.pay(october, &memory{})
		wantError(t, err, nil)
		client := between{Client: a.client, read: another(ByExternalID("october"), true)}
		_, err = Find(a.t.Context(), client, ByExternalID("november"))
		wantError(t, err, ErrUnverified, "november")
		_, err = Review(a.t.Context(), client, ByExternalID("november"), november)
		wantError(t, err, ErrUnverified, "november")
	})
}

// A server that never names our payout is believed about INIT, and after our own auth: we asked by the requestId that its
// response to init gave us.
func TestServerThatNeverNames(t *testing.T) {
	inBubble(t, func(a *account) {
		client := between{Client: a.client, read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
			response, err := next(body)
			if err == nil {
				response.MassPayout.ExternalID = ""
				for i := range response.MassPayoutItems.Items {
					response.MassPayoutItems.Items[i].MassPayoutRequestID = ""
				}
			}
			return response, err
		}}
		result, err := Pay(a.t.Context(), client, request("p", item("a", "1")), &memory{})
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS")
	})
}

// Two machines with two stores have stored two payouts under one name. What the look by the name shows of an item counts,
// though it names no requestId.
func TestTwoPayoutsOfOneName(t *testing.T) {
	for _, confirmedFirst := range []bool{false, true} {
		inBubble(t, func(a *account) {
			shows := !confirmedFirst
			client := between{Client: a.client, read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
				byName := body.RequestID == "" && body.ExternalMassPayoutID == "p"
				response, err := next(body)
				if err == nil {
					for i := range response.MassPayoutItems.Items {
						response.MassPayoutItems.Items[i].MassPayoutRequestID = ""
						if byName && shows {
							response.MassPayoutItems.Items[i].TotalAmount = decimal.RequireFromString("100")
						}
					}
				}
				return response, err
			}}
			_, err := Pay(a.t.Context(), client, request("p", item("a", "1")), &memory{}, WithConfirm(func(context.Context, *Result) error {
				shows = true
				return nil
			}))
			wantError(t, err, ErrOtherPayout, `item 0 (itemExternalId "a"): amount`)
			wantStop(t, err, false, false)
			equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
		})
	}
	inBubble(t, func(a *account) { // the other amount is on its second page: the sums tell
		client := between{Client: a.client, read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
			byName := body.RequestID == "" && body.ExternalMassPayoutID == "p"
			response, err := next(body)
			if err == nil {
				for i := range response.MassPayoutItems.Items {
					response.MassPayoutItems.Items[i].MassPayoutRequestID = ""
				}
				if byName {
					response.MassPayout.TotalAmount = decimal.RequireFromString("103")
				}
			}
			return response, err
		}}
		_, err := Pay(a.t.Context(), client, request("p", item("a", "1"), item("b", "2")), &memory{}, WithPageSize(1))
		wantError(t, err, ErrNoProgress, "sums")
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	})
}

// What contradicts itself for good ends in an error that is final, and says which two things do.
func TestContradictionsEnd(t *testing.T) {
	named := func(name string) func(gen.MassPayoutRetrieveRequest, retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
		return func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
			response, err := next(body)
			if err == nil {
				response.MassPayout.ExternalID = name
			}
			return response, err
		}
	}
	var other gen.RequestID
	cache := map[string]func() (*gen.MassPayoutRetrieveResponse, error){}
	tests := []struct {
		name  string
		read  func(gen.MassPayoutRetrieveRequest, retrieveFunc) (*gen.MassPayoutRetrieveResponse, error)
		init  func(*gen.MassPayoutInitializeResponse)
		kind  error
		parts []string
		moved bool
		calls string
	}{
		{name: "init returns another payout's requestId", init: func(r *gen.MassPayoutInitializeResponse) { r.RequestID = other },
			kind: ErrForeignResponse, parts: []string{`payout "p-11"`, `names externalId "q"`, "two names"}, calls: "init 2, auth 0, cancel 0"},
		{name: "the server cuts the externalId", read: named("p"),
			kind: ErrForeignResponse, parts: []string{`payout "p-11"`, `names externalId "p"`}, calls: "init 2, auth 0, cancel 0"},
		{name: "a cache answers for ever", read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
			key := fmt.Sprint(body.RequestID, body.ExternalMassPayoutID)
			if cache[key] == nil {
				response, err := next(body)
				cache[key] = func() (*gen.MassPayoutRetrieveResponse, error) { return response, err }
			}
			return cache[key]()
		}, kind: ErrNoProgress, parts: []string{"does not show the payout, although it is stored", "refused"}, moved: true, calls: "init 2, auth 0, cancel 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				store := &memory{}
				_, err := a.pay(request("q", item("a", "1")), store, declined())
				wantError(t, err, errNo)
				other = store.state.RequestID
				_, err = Pay(a.t.Context(), between{a.client, tt.read, tt.init}, request("p-11", item("a", "1")), &memory{})
				wantError(t, err, tt.kind, tt.parts...)
				wantStop(t, err, tt.moved, false)
				equal(t, "calls", a.calls(), tt.calls)
			})
		})
	}
	// A requestId that no call can carry is none: the payout is found by its name, if a read names a better one.
	for _, bad := range []gen.RequestID{"a/b", " ", "r 1", ""} {
		t.Run(fmt.Sprintf("init returns the requestId %q", string(bad)), func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				result, err := Pay(a.t.Context(), between{Client: a.client, init: func(r *gen.MassPayoutInitializeResponse) { r.RequestID = bad }},
					request("p", item("a", "1")), &memory{})
				wantError(t, err, nil)
				equal(t, "result", statuses(result), "a:SUCCESS")
				equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
			})
			inBubble(t, func(a *account) { // else somebody must ask
				begun := time.Now()
				_, err := Pay(a.t.Context(), between{
					Client: a.client, init: func(r *gen.MassPayoutInitializeResponse) { r.RequestID = bad },
					read: func(body gen.MassPayoutRetrieveRequest, next retrieveFunc) (*gen.MassPayoutRetrieveResponse, error) {
						response, err := next(body)
						if err == nil {
							for i := range response.MassPayoutItems.Items {
								response.MassPayoutItems.Items[i].MassPayoutRequestID = bad
							}
						}
						return response, err
					},
				}, request("p", item("a", "1")), &memory{})
				wantError(t, err, ErrUnverified, "requestId")
				wantStop(t, err, false, false)
				equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
				if took := time.Since(begun); took > DefaultPatience+5*time.Minute {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// A requestId that cannot be one is named where no response tells the right one.
func TestUnusableRequestID(t *testing.T) {
	inBubble(t, func(a *account) {
		client := between{
			Client: a.client,
			init:   func(r *gen.MassPayoutInitializeResponse) { r.RequestID = "a/b" },
			read: changing(func(_ gen.MassPayoutRetrieveRequest, response *gen.MassPayoutRetrieveResponse) {
				for i := range response.MassPayoutItems.Items {
					response.MassPayoutItems.Items[i].MassPayoutRequestID = ""
				}
			}),
		}
		_, err := Pay(a.t.Context(), client, request("p", item("a", "1")), &memory{})
		wantError(t, err, ErrUnverified, "no response names its requestId", `"a/b"`)
		wantStop(t, err, false, false)
	})
}
