// Package storetest checks an implementation of [payout.Store] against its contract:
//
//	func TestStore(t *testing.T) {
//		storetest.Test(t, func(t *testing.T) func() payout.Store {
//			name := filepath.Join(t.TempDir(), "payout.state")
//			return func() payout.Store { return payout.NewFileStore(name) }
//		})
//	}
package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// New makes the store of a payout of which nothing is saved. Each call of the function that it returns opens that
// store anew, as another process would.
type New func(t *testing.T) (open func() payout.Store)

// Test checks the stores that newStore makes: that what was saved is loaded, whole; that Save compares and replaces;
// and if they are a [payout.Locker], or a [payout.Clock], that too. It waits for nothing longer than some seconds.
func Test(t *testing.T, newStore New) {
	t.Run("nothing was saved", func(t *testing.T) {
		state, err := locked(t, newStore(t)()).Load(t.Context())
		if err != nil || encode(t, state) != encode(t, payout.State{}) {
			t.Errorf("Load returned %s, %v; expected the zero State", encode(t, state), err)
		}
	})
	for _, tt := range []struct {
		name  string
		state payout.State
	}{
		{"a new payout", newState("salaries-2026-11")},
		{"every field", full("salaries-2026-11", 2)},
		{"ids of any character", full("a/b?c=\"d\" 'e' \\f\t\n%g\u2028ğ€😀; DROP TABLE payouts; --", 2)},
		{"a thousand items, and three megabytes", large()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			open := newStore(t)
			func() {
				store, unlock := lock(t, open())
				defer unlock()
				mustSave(t, store, tt.state)
			}()
			got, err := locked(t, open()).Load(t.Context())
			if err != nil || !reflect.DeepEqual(got, tt.state) && encode(t, got) != encode(t, tt.state) {
				t.Errorf("Load returned %v and\n%.2000s\nexpected\n%.2000s", err, encode(t, got), encode(t, tt.state))
			}
		})
	}
	t.Run("Save replaces the revision before, and no other", func(t *testing.T) {
		open := newStore(t)
		store := locked(t, open())
		state := newState("p")
		state.Revision = 2
		wantConflict(t, store, state)
		state.Revision = 1
		mustSave(t, store, state)
		wantConflict(t, store, state)
		state.Revision = 3
		wantConflict(t, store, state)
		state.Revision, state.Polls = 2, 7
		mustSave(t, store, state)
		got, err := store.Load(t.Context())
		if err != nil || encode(t, got) != encode(t, state) {
			t.Errorf("Load returned %s, %v; expected %s", encode(t, got), err, encode(t, state))
		}
	})
	t.Run("of many that save at once, one does", func(t *testing.T) {
		open := newStore(t)
		if _, ok := open().(payout.Locker); ok {
			t.Skip("it is a Locker: they are kept apart before")
		}
		mustSave(t, open(), newState("p"))
		var saved atomic.Int32
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				state := newState("p")
				state.Revision, state.Polls = 2, i
				switch err := open().Save(t.Context(), state); {
				case err == nil:
					saved.Add(1)
				case !errors.Is(err, payout.ErrConflict):
					t.Errorf("Save returned %v, expected an error that matches ErrConflict", err)
				}
			})
		}
		all.Wait()
		if n := saved.Load(); n != 1 {
			t.Errorf("%d saved, expected 1", n)
		}
	})
	t.Run("a payout of another name is another one", func(t *testing.T) {
		a, b := newStore(t)(), newStore(t)()
		mustSave(t, locked(t, a), newState("a"))
		state, err := locked(t, b).Load(t.Context())
		if err != nil || state.Revision != 0 {
			t.Errorf("Load returned %s, %v; expected the zero State", encode(t, state), err)
		}
	})
	t.Run("Save heeds its context", func(t *testing.T) {
		store := locked(t, newStore(t)())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		state := newState("p")
		promptly(t, "Save", func() {
			err := store.Save(ctx, state)
			got, loadErr := store.Load(t.Context())
			if loadErr != nil || err == nil && got.Revision != 1 {
				t.Errorf("Save returned %v, and Load %v, revision %d", err, loadErr, got.Revision)
			}
		})
	})
	t.Run("Lock", func(t *testing.T) { testLock(t, newStore) })
	t.Run("the time", func(t *testing.T) {
		clock, ok := newStore(t)().(payout.Clock)
		if !ok {
			t.Skip("it is no Clock")
		}
		for range 2 {
			if now, err := clock.Now(t.Context()); err != nil || now.Year() < 2025 {
				t.Errorf("Now returned %v, %v", now, err)
			}
		}
	})
}

func testLock(t *testing.T, newStore New) {
	if _, ok := newStore(t)().(payout.Locker); !ok {
		t.Skip("it is no Locker")
	}
	t.Run("keeps two apart", func(t *testing.T) {
		open := newStore(t)
		first := open()
		_, unlock := lock(t, first)
		for _, second := range []payout.Store{open(), first} {
			promptly(t, "Lock", func() {
				if _, err := second.(payout.Locker).Lock(t.Context()); !errors.Is(err, payout.ErrLocked) {
					t.Errorf("a second Lock returned %v, expected an error that matches ErrLocked", err)
				}
			})
		}
		unlock()
		_, unlock = lock(t, open())
		unlock()
		_, unlock = lock(t, first)
		unlock()
	})
	t.Run("is of one payout", func(t *testing.T) {
		locked(t, newStore(t)())
		locked(t, newStore(t)())
	})
	t.Run("one of many has it", func(t *testing.T) {
		open := newStore(t)
		var holders, held atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for held.Load() < 8 && t.Context().Err() == nil {
					unlock, err := open().(payout.Locker).Lock(t.Context())
					if errors.Is(err, payout.ErrLocked) {
						time.Sleep(time.Millisecond)
						continue
					}
					if err != nil {
						t.Errorf("Lock: %v", err)
						return
					}
					if n := holders.Add(1); n != 1 {
						t.Errorf("%d have the lock", n)
					}
					held.Add(1)
					holders.Add(-1)
					if err := unlock(); err != nil {
						t.Errorf("unlock: %v", err)
					}
				}
			})
		}
		all.Wait()
	})
}

// TestLostLock checks that a [payout.Locker] whose lock was lost saves no more. lose takes the lock of the store
// away, as a database does that ends the session, or a person who deletes the lock file.
func TestLostLock(t *testing.T, newStore New, lose func(t *testing.T, store payout.Store)) {
	open := newStore(t)
	store := open()
	unlock, err := store.(payout.Locker).Lock(t.Context())
	if err != nil {
		t.Fatalf("Lock: %v", err)
	}
	mustSave(t, store, newState("p"))
	lose(t, store)
	state := newState("p")
	state.Revision = 2
	promptly(t, "Save", func() {
		if err := store.Save(t.Context(), state); err == nil {
			t.Error("Save returned nil after the lock was lost")
		}
	})
	other := locked(t, open())
	got, err := other.Load(t.Context())
	if err != nil || got.Revision != 1 {
		t.Errorf("another run loads revision %d, %v; expected 1", got.Revision, err)
	}
	mustSave(t, other, state)
	promptly(t, "unlock", func() { _ = unlock() }) // an error is in order
}

// locked returns the store, locked until the test ends if it can be.
func locked(t *testing.T, store payout.Store) payout.Store {
	t.Helper()
	store, unlock := lock(t, store)
	t.Cleanup(unlock)
	return store
}

func lock(t *testing.T, store payout.Store) (_ payout.Store, unlock func()) {
	t.Helper()
	locker, ok := store.(payout.Locker)
	if !ok {
		return store, func() {}
	}
	release, err := locker.Lock(t.Context())
	if err != nil {
		t.Fatalf("Lock: %v", err)
	}
	return store, func() {
		if err := release(); err != nil {
			t.Errorf("unlock: %v", err)
		}
	}
}

func mustSave(t *testing.T, store payout.Store, state payout.State) {
	t.Helper()
	if err := store.Save(t.Context(), state); err != nil {
		t.Fatalf("Save of revision %d: %v", state.Revision, err)
	}
}

func wantConflict(t *testing.T, store payout.Store, state payout.State) {
	t.Helper()
	before, err := store.Load(t.Context())
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	if err := store.Save(t.Context(), state); !errors.Is(err, payout.ErrConflict) {
		t.Errorf("Save of revision %d over %d returned %v, expected an error that matches ErrConflict",
			state.Revision, before.Revision, err)
	}
	after, err := store.Load(t.Context())
	if err != nil || encode(t, after) != encode(t, before) {
		t.Errorf("a Save that conflicts left %s, %v; expected %s", encode(t, after), err, encode(t, before))
	}
}

// promptly fails if f takes longer than a run would wait.
func promptly(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(payout.DefaultSaveTimeout):
		t.Fatalf("%s does not return", what)
	}
}

func encode(t *testing.T, state payout.State) string {
	t.Helper()
	data, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func newState(externalID string) payout.State {
	return payout.State{
		Version: 3, Revision: 1, ExternalID: externalID, Digest: "2:" + strings.Repeat("0", 64), Step: payout.StepNew,
		At: time.Date(2026, 11, 24, 23, 59, 59, 123456789, time.UTC),
	}
}

// large is a state as large as that of ten thousand items.
func large() payout.State {
	state := full("many", 1_000)
	for i := range state.Result.Items {
		state.Result.Items[i].Reasons = []string{strings.Repeat("reason ", 450)}
	}
	return state
}

// full is a state in which every field is set.
func full(id string, items int) payout.State {
	state := newState(id)
	amount := decimal.RequireFromString("48250.75")
	result := &payout.Result{
		ExternalID: id, RequestID: gen.RequestID(id), Digest: state.Digest, Status: "COMPLETED", TakenAt: state.At,
		Balance: &amount, OnlyOne: true, CanceledUnauthorized: true,
	}
	for i := range items {
		result.Items = append(result.Items, payout.Item{
			ItemExternalID: fmt.Sprint(id, i), ReferenceCode: gen.ReferenceCode(id), Status: "SUCCESS",
			Amount: gen.Amount{Value: amount, Currency: "TRY"}, Commission: amount, Code: "9001", Reasons: []string{id},
		})
	}
	state.Step, state.RequestID = payout.StepEnded, gen.RequestID(id)
	state.Adopted, state.AuthSent, state.InitUnsure, state.CancelWanted, state.CanceledUnauthorized = true, true, true, true, true
	state.InFlight, state.Outcome = true, payout.OutcomeRefused
	state.LastError = &payout.Cause{Text: id, Kinds: []string{"refused"}, API: &gen.APIError{Code: "11", StatusCode: 400}}
	state.Inits, state.Auths, state.Cancels, state.Polls = 1, 2, 3, 4
	state.SinceSend, state.Wait, state.StalledFor, state.StalledOn = time.Second, time.Minute, time.Hour, id
	state.Reviewed = id
	state.Process, state.ProcessTime = id, time.Second
	state.Confirmed, state.Server, state.Account, state.OnlyOne = state.Digest, id, id, true
	state.Named, state.SinceReview, state.PageSize = true, time.Second, 100
	state.Refused = map[string]gen.ErrorCode{id: "9001"}
	state.RefusedCount = 2
	state.Result = result
	return state
}
