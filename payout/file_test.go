package payout

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestFileStore(t *testing.T) {
	folder := t.TempDir()
	store := File(filepath.Join(folder, "state"))
	state, err := store.Load(t.Context())
	if err != nil || state != (State{}) {
		t.Fatalf("nothing saved: %v, %v", state, err)
	}
	want := State{Version: 1, ExternalID: "x", Step: StepAuthorizing, RequestID: "id-1", Sent: start.UTC(), Digest: "d"}
	for range 2 {
		if err := store.Save(t.Context(), want); err != nil {
			t.Fatal(err)
		}
	}
	state, err = store.Load(t.Context())
	if err != nil || state != want {
		t.Fatalf("got %v, %v", state, err)
	}
	text, _ := os.ReadFile(filepath.Join(folder, "state"))
	equal(t, "file", string(text), `{
  "version": 1,
  "externalId": "x",
  "step": "authorizing",
  "requestId": "id-1",
  "sent": "2025-09-30T11:32:50.716Z",
  "digest": "d"
}
`)
	info, err := os.Stat(filepath.Join(folder, "state"))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		equal(t, "mode", info.Mode(), "-rw-------")
	}
}

// What a killed run has left behind is in nobody's way.
func TestFileStoreAfterAKill(t *testing.T) {
	for _, point := range []string{"before writing", "half written", "written, not renamed", "renamed, folder not synced", "saved"} {
		store := File(filepath.Join(t.TempDir(), "state"))
		old, next := State{Version: 1, ExternalID: "old"}, State{Version: 1, ExternalID: "next"}
		if err := store.Save(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		reached := false
		store.at = func(at string) {
			if at == point {
				reached = true
				panic(abandoned(at))
			}
		}
		func() {
			defer func() { _ = recover() }()
			_ = store.Save(t.Context(), next)
		}()
		store.at = nil
		got, err := store.Load(t.Context())
		if err != nil || !reached || got != old && got != next {
			t.Errorf("%s: %v, %v", point, got, err)
		}
		if err := store.Save(t.Context(), next); err != nil {
			t.Errorf("%s: saving again: %v", point, err)
		}
		if got, err := store.Load(t.Context()); err != nil || got != next {
			t.Errorf("%s: saved again: %v, %v", point, got, err)
		}
	}
}

func TestFileStoreErrors(t *testing.T) {
	store := File(filepath.Join(t.TempDir(), "no such folder", "state"))
	if err := store.Save(t.Context(), State{}); err == nil {
		t.Error("saved nowhere")
	}
	if _, err := store.Lock(t.Context()); err == nil || errors.Is(err, ErrLocked) {
		t.Errorf("locked nowhere: %v", err)
	}
	folder := File(t.TempDir())
	if _, err := folder.Load(t.Context()); err == nil {
		t.Error("loaded a folder")
	}
}

// Two runs at once: the second is told so, and sends nothing.
func TestPayLocksTheState(t *testing.T) {
	a := open(t)
	store := a.store()
	r := request("x", item("a", "1"))
	result, err := a.pay(r, store, WithConfirm(func(context.Context, *Result) error {
		before := a.Calls("retrieve")
		for _, other := range []*FileStore{store, File(store.path)} {
			_, err := a.pay(r, other)
			wantError(t, err, ErrLocked, store.path)
		}
		equal(t, "questions", a.Calls("retrieve")-before, 0)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "statuses", statuses(result), "a:SUCCESS")
	equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
}

// A state that cannot be saved stops Pay before it sends what the state should have said.
func TestPayStopsWhereItCannotSave(t *testing.T) {
	full := errors.New("no space left on device")
	for n, calls := range []string{"init 0, auth 0, cancel 0", "init 1, auth 0, cancel 0", "init 1, auth 0, cancel 0", "init 1, auth 1, cancel 0"} {
		a := open(t)
		store := &failing{Store: a.store(), left: n, err: full}
		r := request("x", item("a", "1"))
		_, err := a.pay(r, store)
		wantError(t, err, full, `payout "x"`)
		equal(t, "calls", a.calls(), calls)
		store.left = 100
		result, err := a.pay(r, store)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "statuses", statuses(result), "a:SUCCESS")
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
	}
}

// failing saves a number of times and then no more.
type failing struct {
	Store
	left int
	err  error
}

func (f *failing) Save(ctx context.Context, s State) error {
	if f.left == 0 {
		return f.err
	}
	f.left--
	return f.Store.Save(ctx, s)
}

// The clock was put back between two runs: Pay waits no longer than ever.
func TestPayAfterTheClockWasPutBack(t *testing.T) {
	a := open(t)
	store := &failing{Store: a.store(), left: 3, err: errors.New("killed")}
	r := request("x", item("a", "1"))
	if _, err := a.pay(r, store); err == nil {
		t.Fatal("no error")
	}
	state, _ := store.Load(t.Context())
	equal(t, "step", state.Step, "authorizing")
	state.Sent = state.Sent.Add(24 * time.Hour)
	store.left = 100
	if err := store.Save(t.Context(), state); err != nil {
		t.Fatal(err)
	}
	begin := a.clock.Now()
	if _, err := a.pay(r, store); err != nil {
		t.Fatal(err)
	}
	if waited := a.clock.Now().Sub(begin); waited > 10*time.Minute {
		t.Errorf("waited %v", waited)
	}
}
