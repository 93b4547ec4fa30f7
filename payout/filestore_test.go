package payout_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/payout/storetest"
	"github.com/iyzico-go/masspayout/signer"
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
		Version: 3, Revision: 1, ExternalID: "p", Digest: "2:" + strings.Repeat("0", 64), Step: payout.StepNew,
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

// Saving a state touches no other, whatever that is called: what stands beside a state is nobody's.
func TestFileStoreBesideAnother(t *testing.T) {
	folder := t.TempDir()
	names := []string{"s", "s.tmp", "s.tmp.tmp", "s.new", ".s.tmp", "s~"}
	for round := range int64(2) {
		for _, name := range names {
			state := savedState()
			state.Revision, state.ExternalID = round+1, name
			if err := payout.NewFileStore(filepath.Join(folder, name)).Save(t.Context(), state); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range names {
			state, err := payout.NewFileStore(filepath.Join(folder, name)).Load(t.Context())
			if err != nil || state.ExternalID != name || state.Revision != round+1 {
				t.Errorf("%s: Load returned the state of %q, revision %d, %v", name, state.ExternalID, state.Revision, err)
			}
		}
	}
	for _, name := range []string{"s.lock", "S.LOCK", "s.lock.tmp", "s.lock.", ".lock"} {
		wantNoState(t, payout.NewFileStore(filepath.Join(folder, name)))
	}
}

// wantNoState checks that a store refuses its file, for good.
func wantNoState(t *testing.T, store *payout.FileStore) {
	t.Helper()
	if state, err := store.Load(t.Context()); !errors.Is(err, payout.ErrState) {
		t.Errorf("Load returned revision %d, %v", state.Revision, err)
	}
	if err := store.Save(t.Context(), savedState()); !errors.Is(err, payout.ErrState) {
		t.Errorf("Save returned %v", err)
	}
	if _, err := store.Lock(t.Context()); !errors.Is(err, payout.ErrState) {
		t.Errorf("Lock returned %v", err)
	}
}

// What can be no state is refused without being read, and nothing is put beside it.
func TestFileStoreRefusesWhatIsNoFile(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	if err := os.Mkdir(at("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(at("huge"))
	if err == nil {
		err = errors.Join(file.Truncate(256<<20+1), file.Close()) // sparse
	}
	if err != nil {
		t.Fatal(err)
	}
	names := []string{at("folder"), at("huge")}
	for _, device := range []string{"/dev/full", "/dev/zero", "/dev/null"} {
		if err := os.Symlink(device, at(filepath.Base(device))); err == nil && runtime.GOOS == "linux" {
			names = append(names, at(filepath.Base(device)))
		}
	}
	if fifo := at("fifo"); exec.Command("mkfifo", fifo).Run() == nil {
		names = append(names, fifo)
	}
	before, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) { wantNoState(t, payout.NewFileStore(name)) })
	}
	if after, err := os.ReadDir(folder); err != nil || len(after) != len(before) {
		t.Errorf("%d files, %v; there were %d", len(after), err, len(before))
	}
	if _, err := os.Lstat("/dev/full.lock"); err == nil {
		t.Error("there is a /dev/full.lock")
	}
}

// failing is a store whose Lock or Save fails.
type failing struct {
	*payout.FileStore
	lock, save error
}

func (f failing) Lock(ctx context.Context) (func() error, error) {
	if f.lock != nil {
		return nil, f.lock
	}
	return f.FileStore.Lock(ctx)
}

func (f failing) Save(ctx context.Context, state payout.State) error {
	if f.save != nil {
		return f.save
	}
	return f.FileStore.Save(ctx, state)
}

// Where the state of a new payout cannot be kept, nothing was ever sent: Pay says so, and that calling again does not help.
// What may pass by itself is told from that, and so is a payout that is under way.
func TestStateThatCannotBeKept(t *testing.T) {
	emu, err := emulator.Start("sandbox-key", "sandbox-secret", emulator.WithStage(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer emu.Close()
	sign, err := signer.New("sandbox-key", "sandbox-secret")
	if err != nil {
		t.Fatal(err)
	}
	client, err := gen.New(emu.URL, sign.Edit)
	if err != nil {
		t.Fatal(err)
	}
	request := gen.MassPayoutInitializeRequest{ExternalID: "p", Items: []gen.MassPayoutItem{{
		ItemExternalID: "a", RecipientType: gen.RecipientTypeMemberID, RecipientInfo: "1", Description: "d",
		Amount: gen.Amount{Value: decimal.NewFromInt(1), Currency: gen.CurrencyTRY},
	}}}
	folder := t.TempDir()
	at := func(parts ...string) *payout.FileStore {
		return payout.NewFileStore(filepath.Join(append([]string{folder}, parts...)...))
	}
	if err := errors.Join(os.WriteFile(filepath.Join(folder, "file"), nil, 0o600), os.Mkdir(filepath.Join(folder, "b.state.lock"), 0o700),
		os.Mkdir(filepath.Join(folder, "read-only"), 0o500)); err != nil {
		t.Fatal(err)
	}
	of := func(err error) error { return &fs.PathError{Op: "open", Path: "p.state", Err: err} }
	type test struct {
		name      string
		store     payout.Store
		temporary bool
		advice    string
	}
	tests := []test{
		{"no folder", at("not there", "a.state"), false, "create the folder of the state's file"},
		{"a folder that is a file", at("file", "a.state"), false, "correct the path of the state's file"},
		{"a name that is too long", at(strings.Repeat("x", 300)), false, "correct the path of the state's file"},
		{"a lock that cannot be opened", at("b.state"), false, "correct the path of the state's file"},
		{"no permission to lock", failing{FileStore: at("a"), lock: of(syscall.EACCES)}, false, "let the program write the folder"},
		{"no permission to save", failing{FileStore: at("b"), save: of(syscall.EACCES)}, false, "let the program write the folder"},
		{"a busy disk", failing{FileStore: at("c"), save: of(syscall.EAGAIN)}, true, "call again later"},
		{"a database that is away", failing{FileStore: at("d"), save: errors.New("connection reset")}, true, "call again later"},
	}
	if runtime.GOOS != "windows" {
		tests = append(tests,
			test{"a disk that is full at the first save", failing{FileStore: at("e"), save: of(syscall.ENOSPC)}, false, "make room on the disk"},
			test{"a disk that is full at the lock", failing{FileStore: at("f"), lock: of(syscall.ENOSPC)}, false, "make room on the disk"},
			test{"a read-only file system", failing{FileStore: at("g"), save: of(syscall.EROFS)}, false, "keep the state where the program may write"},
			test{"no locks", failing{FileStore: at("h"), lock: syscall.ENOLCK}, false, "keep the state on a local file system"})
		if os.Geteuid() != 0 {
			tests = append(tests, test{"a folder that cannot be written", at("read-only", "a.state"), false, "let the program write the folder"})
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := emu.Calls(emulator.OpInit)
			_, err := payout.Pay(t.Context(), client, request, tt.store)
			var stopped *payout.Error
			if !errors.As(err, &stopped) || !errors.Is(err, payout.ErrStore) {
				t.Fatalf("Pay returned %v", err)
			}
			if stopped.MoneyMayHaveMoved || stopped.Temporary != tt.temporary || stopped.Step != payout.StepNew ||
				!strings.HasPrefix(stopped.Advice, tt.advice) || strings.Contains(stopped.Advice, "nothing was ever sent") == tt.temporary {
				t.Errorf("money may have moved: %v, temporary: %v, step %s, advice %q: %v",
					stopped.MoneyMayHaveMoved, stopped.Temporary, stopped.Step, stopped.Advice, err)
			}
			if sent := emu.Calls(emulator.OpInit) - before; sent != 0 {
				t.Errorf("init was sent %d times", sent)
			}
		})
	}
	t.Run("a payout that is under way", func(t *testing.T) {
		request := request
		request.ExternalID = "under way"
		store := failing{FileStore: at("under way")}
		for range 4 {
			if _, err := payout.Advance(t.Context(), client, request, store); err != nil {
				t.Fatal(err)
			}
		}
		for _, tt := range []struct {
			err       error
			temporary bool
		}{{of(syscall.EACCES), false}, {errors.New("connection reset"), true}} {
			store.save = tt.err
			_, err := payout.Pay(t.Context(), client, request, store)
			var stopped *payout.Error
			if !errors.As(err, &stopped) || stopped.Temporary != tt.temporary || strings.Contains(err.Error(), "nothing was ever sent") {
				t.Errorf("%v: Pay returned %v", tt.err, err)
			}
		}
		store.save = nil
		if result, err := payout.Pay(t.Context(), client, request, store); err != nil || !result.AllPaid() {
			t.Errorf("once it can be saved again: %v, %v", result, err)
		}
	})
}
