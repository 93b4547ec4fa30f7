package payout_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/payout/storetest"
)

func fileStore(t *testing.T) func() payout.Store {
	name := filepath.Join(t.TempDir(), "payout.state")
	return func() payout.Store { return payout.NewFileStore(name) }
}

func TestFileStore(t *testing.T) { storetest.Test(t, fileStore) }

func TestFileStoreLosesItsLock(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows deletes no file that is open")
	}
	var name string
	newStore := func(t *testing.T) func() payout.Store {
		name = filepath.Join(t.TempDir(), "payout.state")
		return func() payout.Store { return payout.NewFileStore(name) }
	}
	storetest.TestLostLock(t, newStore, func(t *testing.T, _ payout.Store) {
		if err := os.Remove(name + ".lock"); err != nil {
			t.Fatal(err)
		}
	})
}

func savedState() payout.State {
	return payout.State{
		Version: 3, Revision: 1, ExternalID: "p", Digest: "1:" + strings.Repeat("0", 64), Step: payout.StepNew,
		At: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC),
	}
}

// The same file through a link, a link to a link, a linked folder, and a link to a file that is not there yet: all
// take the same lock, read the same state, and the link stays.
func TestFileStoreThroughLinks(t *testing.T) {
	folder := t.TempDir()
	at := func(parts ...string) string { return filepath.Join(append([]string{folder}, parts...)...) }
	for _, step := range []error{
		os.Mkdir(at("real"), 0o700),
		os.Symlink("real", at("linked")),
		os.Symlink(filepath.Join("real", "payout.state"), at("link")),
		os.Symlink("link", at("link to link")),
	} {
		if step != nil {
			t.Skip(step) // no links here
		}
	}
	names := []string{at("link"), at("link to link"), at("linked", "payout.state"), at("real", "payout.state")}
	state := savedState()
	for i, name := range names {
		store := payout.NewFileStore(name)
		unlock, err := store.Lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range names {
			if _, err := payout.NewFileStore(other).Lock(t.Context()); !errors.Is(err, payout.ErrLocked) {
				t.Errorf("%s is locked, and %s can be locked: %v", name, other, err)
			}
		}
		state.Revision = int64(i) + 1
		if err := store.Save(t.Context(), state); err != nil {
			t.Fatal(err)
		}
		for _, other := range names {
			if got, err := payout.NewFileStore(other).Load(t.Context()); err != nil || got.Revision != state.Revision {
				t.Errorf("saved through %s, loaded through %s: revision %d, %v", name, other, got.Revision, err)
			}
		}
		if err := unlock(); err != nil {
			t.Fatal(err)
		}
	}
	for _, link := range []string{"link", "link to link"} {
		if info, err := os.Lstat(at(link)); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v, %v", link, info, err)
		}
	}
}

// What is there and is no state of this version is an error, and stays as it is.
func TestFileStoreRefuses(t *testing.T) {
	whole, err := json.Marshal(savedState())
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{
		"empty":             "",
		"cut off":           string(whole[:len(whole)/2]),
		"something follows": string(whole) + "{}",
		"another version":   strings.Replace(string(whole), `"version":3`, `"version":4`, 1),
		"the version before": `{"version":2,"externalId":"p","step":"authorizing","requestId":"r",` +
			`"digest":"0000000000000000000000000000000000000000000000000000000000000000"}`,
		"an unknown field": strings.Replace(string(whole), `{`, `{"amount":1,`, 1),
		"no object":        `[]`,
		"null":             `null`,
		"a page of HTML":   "<html></html>",
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "payout.state")
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			store := payout.NewFileStore(file)
			if state, err := store.Load(t.Context()); !errors.Is(err, payout.ErrState) {
				t.Errorf("Load returned %v, %v", state, err)
			}
			if err := store.Save(t.Context(), savedState()); !errors.Is(err, payout.ErrState) {
				t.Errorf("Save returned %v", err)
			}
			if now, err := os.ReadFile(file); err != nil || string(now) != content {
				t.Errorf("the file was changed to %q, %v", now, err)
			}
		})
	}
}

func TestFileStoreWithoutAFolder(t *testing.T) {
	store := payout.NewFileStore(filepath.Join(t.TempDir(), "not there", "payout.state"))
	if _, err := store.Load(t.Context()); err == nil {
		t.Error("Load: no error")
	}
	if err := store.Save(t.Context(), savedState()); err == nil {
		t.Error("Save: no error")
	}
	if _, err := store.Lock(t.Context()); err == nil {
		t.Error("Lock: no error")
	}
	// Pay says that calling again does not help.
	client, err := gen.New("http://127.0.0.1:1", nil)
	if err != nil {
		t.Fatal(err)
	}
	request := gen.MassPayoutInitializeRequest{ExternalID: "p", Items: []gen.MassPayoutItem{{
		ItemExternalID: "a", RecipientType: gen.RecipientTypeMemberID, RecipientInfo: "1", Description: "d",
		Amount: gen.Amount{Value: decimal.NewFromInt(1), Currency: gen.CurrencyTRY},
	}}}
	_, err = payout.Pay(t.Context(), client, request, store)
	var stopped *payout.Error
	if !errors.As(err, &stopped) || stopped.Temporary || !strings.HasPrefix(stopped.Advice, "create the folder") {
		t.Errorf("Pay returned %v", err)
	}
}

// A save that nobody waits for any more must not come late.
func TestFileStoreSaveInTime(t *testing.T) {
	store := payout.NewFileStore(filepath.Join(t.TempDir(), "payout.state"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Save(ctx, savedState()); !errors.Is(err, context.Canceled) {
		t.Errorf("Save returned %v", err)
	}
	if state, err := store.Load(t.Context()); err != nil || state.Revision != 0 {
		t.Errorf("Load returned revision %d, %v", state.Revision, err)
	}
}

// Only the owner reads what is saved.
func TestFileStoreIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes")
	}
	folder := t.TempDir()
	store := payout.NewFileStore(filepath.Join(folder, "payout.state"))
	if err := store.Save(t.Context(), savedState()); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v; expected the state and its lock", files, err)
	}
	for _, file := range files {
		if info, err := file.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", file.Name(), info.Mode(), err)
		}
	}
}
