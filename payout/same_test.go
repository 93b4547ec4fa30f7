package payout

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

// A payout that is stored and confirmed goes on in a program that sets the decimal library's global variables: it is
// neither another one, nor confirmed again, and what is saved and printed of it stays as it was.
func TestDecimalSwitches(t *testing.T) {
	for name, set := range map[string]*bool{
		"TrimTrailingZeros": &decimal.TrimTrailingZeros, "UseScientificNotation": &decimal.UseScientificNotation,
		"MarshalJSONWithoutQuotes": &decimal.MarshalJSONWithoutQuotes,
	} {
		t.Run(name, func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				store := NewFileStore(filepath.Join(t.TempDir(), "p.state"))
				r := request("p", item("a", "100.00"), item("b", "1e3"), item("c", "0.50"))
				asked := 0
				confirm := WithConfirm(func(context.Context, *Result) error { asked++; return nil })
				for state := (State{}); state.Confirmed == ""; {
					if _, err := Advance(a.t.Context(), a.client, r, store, confirm); err != nil {
						t.Fatal(err)
					}
					var err error
					if state, err = store.Load(a.t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				before, err := store.Load(a.t.Context())
				if err != nil {
					t.Fatal(err)
				}
				saved, digest := encode(before), Digest(r)

				*set = !*set
				defer func() { *set = !*set }()
				loaded, err := store.Load(a.t.Context())
				if err != nil {
					t.Fatal(err)
				}
				equal(t, "the state", encode(loaded), saved)
				equal(t, "the digest", Digest(r), digest)
				result, err := a.pay(r, store, confirm)
				if err != nil {
					t.Fatal(err)
				}
				equal(t, "statuses", statuses(result), "a:SUCCESS b:SUCCESS c:SUCCESS")
				equal(t, "asked", asked, 1)
				equal(t, "the result", result, `payout "p" (requestId "`+string(result.RequestID)+`"): COMPLETED: 3 SUCCESS 1100.50 TRY`)
				ended := encode(result)
				*set = !*set
				equal(t, "the result in JSON", ended, encode(result))
				*set = !*set
			}, emulator.WithCommission(decimal.RequireFromString("1.50")))
		})
	}
}

// A list that was saved again in another Unicode form is the same payout at every step: nobody is paid twice, and
// nothing is refused.
func TestAnotherUnicodeForm(t *testing.T) {
	form := func(id, name, description string) gen.MassPayoutInitializeRequest {
		one := item(id, "1")
		one.RecipientType, one.RecipientInfo, one.RecipientName = gen.RecipientTypeIBAN, "TR330006100519786457841326", name
		one.Description = description
		return request(id+"-kasım", one)
	}
	nfc := form("maaş-1", "Ayşe Öğüt", "Kasım maaşı, çalışan")
	nfd := form("maas\u0327-1", "Ays\u0327e O\u0308g\u0306u\u0308t", "Kasım maas\u0327ı, c\u0327alıs\u0327an")
	for name, forms := range map[string][2]gen.MassPayoutInitializeRequest{"NFD after NFC": {nfc, nfd}, "NFC after NFD": {nfd, nfc}} {
		t.Run(name, func(t *testing.T) {
			OneOfMany(t)
			equal(t, "digest", Digest(forms[1]), Digest(forms[0]))
			inBubble(t, func(a *account) {
				store := &memory{}
				for n := 0; ; n++ { // the form changes with every call
					p, err := Advance(a.t.Context(), a.client, forms[n%2], store)
					if err != nil {
						t.Fatal(err)
					}
					if p.Ended {
						break
					}
					if err := sleep(a.t.Context(), p.Wait); err != nil {
						t.Fatal(err)
					}
				}
				equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
				result, err := a.pay(forms[1], store)
				if err != nil || !result.AllPaid() {
					t.Fatalf("%v, %v", result, err)
				}
				// Also where the state is lost and the payout is found by its name.
				for _, lost := range forms {
					if result, err = a.pay(lost, &memory{}); err != nil || !result.AllPaid() {
						t.Errorf("the state was lost: %v, %v", result, err)
					}
					if _, err := Find(a.t.Context(), a.client, ByExternalID(lost.ExternalID)); err != nil {
						t.Error(err)
					}
					if seen, err := Review(a.t.Context(), a.client, ByExternalID(lost.ExternalID), lost); err != nil || !seen.AllPaid() {
						t.Error(seen, err)
					}
					for _, err := range Items(a.t.Context(), a.client, ByExternalID(lost.ExternalID), "") {
						if err != nil {
							t.Error(err)
						}
					}
				}
				equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
				if _, _, err := result.PayAgain(forms[0], "another"); err != nil {
					t.Errorf("PayAgain: %v", err)
				}
				if whole, err := Combine(forms[0], []*Result{result}); err != nil || !whole.AllPaid() {
					t.Errorf("Combine: %v, %v", whole, err)
				}
			})
		})
	}
}

// A payout that another program stored under the name in NFD is found, too, and goes on under it.
func TestStoredInAnotherUnicodeForm(t *testing.T) {
	inBubble(t, func(a *account) {
		r := request("kasım-maas\u0327", item("a", "1"))
		_, err := a.client.InitMassPayout(a.t.Context(), r)
		wantError(t, err, nil)
		store := &memory{}
		for range 2 {
			result, err := a.pay(r, store)
			wantError(t, err, nil)
			equal(t, "result", statuses(result), "a:SUCCESS")
			equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
			store = &memory{}
		}
	})
}

// A name that a person reads as the payout's own is none for what is paid again.
func TestPayAgainUnderAnAlikeName(t *testing.T) {
	r := request("maaş 2026-11", item("a", "1"))
	result := resultOf(r, gen.PayoutStatusCompleted, gen.ItemStatusDepositSuccess)
	for _, name := range []string{"maaş 2026-11", "MAAŞ 2026-11", "maas\u0327 2026-11", "maaş  2026-11 ", ""} {
		if again, _, err := result.PayAgain(r, name); err == nil || errors.Is(err, ErrOtherPayout) {
			t.Errorf("%q: PayAgain returned %d items, %v", name, len(again.Items), err)
		}
	}
	if again, _, err := result.PayAgain(r, "maaş 2026-11 again"); err != nil || len(again.Items) != 1 {
		t.Errorf("PayAgain returned %d items, %v", len(again.Items), err)
	}
}

// A state belongs to the server that it was made for, which it knows by itself: what an emulator or the sandbox paid is
// not told to be paid by production, and nothing is read or sent to find that out.
func TestStateOfAnotherServer(t *testing.T) {
	inBubble(t, func(a *account) {
		r := request("p", item("a", "1"))
		elsewhere := func(server string) *gen.Client {
			return connect(a.t, server, gen.WithHTTPClient(&http.Client{Transport: a.wire}))
		}
		for _, steps := range []int{1, 2, 4, 100} { // of which the last has ended
			store := &memory{}
			for range steps {
				if p, err := Advance(a.t.Context(), a.client, r, store); err != nil {
					t.Fatal(err)
				} else if err := sleep(a.t.Context(), p.Wait); err != nil {
					t.Fatal(err)
				}
			}
			equal(t, "the server in the state", store.state.Server, "http://127.0.0.1/")
			before := a.count()
			for _, server := range []string{gen.ServerURLSandbox, gen.ServerURLProduction, "http://127.0.0.1:8080", "http://localhost", "http://127.0.0.1/path"} {
				for _, call := range []func(context.Context, Client, gen.MassPayoutInitializeRequest, Store, ...Option) (*Result, error){Pay, Cancel} {
					client := elsewhere(server)
					result, err := call(a.t.Context(), client, r, store)
					wantError(t, err, ErrOtherPayout, "for the server http://127.0.0.1/, and this call is to "+client.Server(),
						"give each server and account states of its own", string(store.state.Step))
					wantStop(t, err, true, false)
					if result != nil {
						t.Errorf("%s: got the result %v", server, result)
					}
				}
			}
			equal(t, "requests to another server", a.count()-before, 0)
			for _, same := range []string{"HTTP://127.0.0.1", "http://127.0.0.1:80/"} {
				if result, err := Pay(a.t.Context(), elsewhere(same), r, store); err != nil || !result.AllPaid() {
					t.Errorf("%s: %v, %v", same, result, err)
				}
			}
		}
	})
}

// A client that cannot say which server it calls is taken for any; what it saved is the first named server's.
func TestStateOfANamelessServer(t *testing.T) {
	inBubble(t, func(a *account) {
		store, r := &memory{}, request("p", item("a", "1"))
		nameless := struct{ Client }{a.client}
		if _, err := Advance(a.t.Context(), nameless, r, store); err != nil {
			t.Fatal(err)
		}
		equal(t, "the server in the state", store.state.Server, "")
		for _, client := range []Client{a.client, nameless} {
			if _, err := Advance(a.t.Context(), client, r, store); err != nil {
				t.Fatal(err)
			}
			equal(t, "the server in the state", store.state.Server, "http://127.0.0.1/")
		}
	})
}

// WithAccount tells two accounts of one server apart, and takes no state that was saved without a name.
func TestStateWithoutAnAccount(t *testing.T) {
	inBubble(t, func(a *account) {
		store, r := &memory{}, request("p", item("a", "1"))
		if _, err := a.pay(r, store); err != nil {
			t.Fatal(err)
		}
		before := a.count()
		_, err := a.pay(r, store, WithAccount("production"))
		wantError(t, err, ErrOtherPayout, `made for the account "(none is named)", and this call is of "production"`)
		wantStop(t, err, true, false)
		equal(t, "requests", a.count()-before, 0)
		equal(t, "the account in the state", store.state.Account, "")
	})
}

// Another list takes the place of one under the same externalId only if nothing of that one can be at iyzico.
func TestStateOfAnotherList(t *testing.T) {
	first, second := request("p", item("a", "1")), request("p", item("a", "2"))
	for _, tt := range []struct {
		name     string
		set      func(*State)
		replaced bool
	}{
		{"nothing was stored", func(*State) {}, true},
		{"nothing was stored, as far as is known", func(s *State) { s.InitUnsure, s.SinceSend = true, DefaultSettle }, true},
		{"to be canceled", func(s *State) { s.CancelWanted = true }, false},
		{"somebody may have authorized it", func(s *State) { s.AuthSent = true }, false},
		{"init is on its way", func(s *State) { s.Step = StepStoring }, false},
		{"stored", func(s *State) { s.Step, s.RequestID = StepStored, "r" }, false},
		{"ended", func(s *State) { s.Step, s.RequestID, s.Result = StepEnded, "r", &Result{} }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			OneOfMany(t)
			inBubble(t, func(a *account) {
				state := newState("p", Digest(first))
				state.Revision, state.At, state.Inits, state.PageSize = 7, time.Now(), 2, 100
				tt.set(&state)
				store := &memory{state: state}
				_, err := Advance(a.t.Context(), a.client, second, store)
				if !tt.replaced {
					wantError(t, err, ErrOtherPayout, `"p" was started with other content`)
					equal(t, "requests", a.count(), 0)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				s := store.state
				equal(t, "digest", s.Digest, Digest(second))
				equal(t, "what is kept", fmt.Sprint(s.InitUnsure, s.Inits, s.PageSize), fmt.Sprint(state.InitUnsure, 1, 100))
			})
		})
	}
}
