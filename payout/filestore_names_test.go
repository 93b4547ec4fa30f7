package payout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Golden values: a state that is there must be found by every later version.
func TestStateFile(t *testing.T) {
	for externalID, want := range map[string]string{
		"salaries-2026-11":                "payout-salaries-2026-11.state",
		"salaries-2026-11-part2-81f5f60e": "payout-salaries-2026-11-part2-81f5f60e.state",
		"maas_2026_11":                    "payout-maas_2026_11.state",
		"maas 2026/11":                    "payout-maas-2026-11~48c2bb7473ed-3eb4aca7ae3472e1f3f27d1e289bd5fb.state",
		"NOV-1":                           "payout-nov-1~16ce970b84b1-d157b6e3ef0a8c7adc69978bd7c6f52e.state",
		"../../etc/passwd":                "payout-..-..-etc-passwd~3754d6cb3a38-3754d6cb3a38e1185e5b382d5f3ef3f1.state",
		"зарплата":                        "payout--~6ad0e04912af-6ad0e04912afe72cf1173fef4a38d576.state",
	} {
		equal(t, externalID, stateFile(externalID), want)
	}
}

// One externalId, one file, in every file system.
func TestStateFileOfEach(t *testing.T) {
	InTurn(t)
	names := []string{
		"maas 2026/11", "maas_2026_11", "maas-2026-11", "maas 2026 11", "maas  2026/11", "maas 2026/11 ", "maaş_2026_11",
		"зарплата-1", "премия-за-2", "аванс-март", "NOV", "nov", "Nov", "nov.", ".nov", "..", "con", "nul", "a:b", "a\\b", "a\x00b",
		"nov.state", "nov.state.lock", "nov.lock", "nov~1", "~", "-", strings.Repeat("x", 100), strings.Repeat("x", 101),
		strings.Repeat("x", 102), strings.Repeat("ş", 300), "\xff", "\xfe",
	}
	for i := range 2000 {
		names = append(names, fmt.Sprintf("list %d", i), fmt.Sprintf("list-%d", i), fmt.Sprintf("LIST-%d", i))
	}
	portable := regexp.MustCompile(`^payout-[a-z0-9._~-]{1,130}\.state$`)
	seen := map[string]string{}
	for _, name := range names {
		file := stateFile(name)
		if other, ok := seen[file]; ok {
			t.Errorf("%q and %q have one file, %s", name, other, file)
		}
		seen[file] = name
		if !portable.MatchString(file) {
			t.Errorf("%q: %q is not a name in every file system", name, file)
		}
	}
}

// A payout is not begun beside one whose name a person would read as the same; but continued, in either Unicode form.
func TestFileStoreIn(t *testing.T) {
	for _, there := range []string{"nov-1", "NOV-1", "maaş 2026/11"} {
		folder := t.TempDir()
		store, err := FileStoreIn(folder, there)
		if err == nil {
			err = store.Save(t.Context(), State{Version: stateVersion, Revision: 1, ExternalID: there})
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, alike := range []string{
			strings.ToUpper(there), strings.ToLower(there), " " + there, there + " ", strings.ReplaceAll(there, "-", "-\u200b"),
			strings.ReplaceAll(there, " ", "  "),
		} {
			if stateFile(alike) == stateFile(there) {
				continue
			}
			_, err := FileStoreIn(folder, alike)
			wantError(t, err, ErrOtherPayout, fmt.Sprintf("is the state of %q, and %q differs from that only in case", there, alike))
		}
		for _, same := range []string{there, strings.ReplaceAll(there, "ş", "s\u0327")} {
			store, err := FileStoreIn(folder, same)
			if err != nil {
				t.Fatal(err)
			}
			if state, err := store.Load(t.Context()); err != nil || state.ExternalID != there {
				t.Errorf("%q: loaded %q, %v", same, state.ExternalID, err)
			}
		}
		for _, other := range []string{there + "1", "x" + there, "maas 2026-11"} {
			if _, err := FileStoreIn(folder, other); err != nil {
				t.Errorf("%q: %v", other, err)
			}
		}
	}
	if _, err := FileStoreIn(filepath.Join(t.TempDir(), "not there"), "p"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := FileStoreIn(t.TempDir(), " "); err == nil {
		t.Error("no externalId: no error")
	}
	folder := t.TempDir() // what is no state is no reason to stop
	for _, name := range []string{"payout-p.state.lock", "P.state", "payout-.state", "payout-P.txt"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if store, err := FileStoreIn(folder, "p"); err != nil || store.Name() != filepath.Join(folder, "payout-p.state") {
		t.Errorf("%v, %v", store, err)
	}
}

// What can never have been a state's file, by its name or its kind, tells of nothing that was sent: another file does.
func TestFileStoreOfWhatIsNoFile(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	names := []string{filepath.Join(folder, "folder"), filepath.Join(folder, "x.lock")}
	if _, err := os.Lstat("/dev/null"); err == nil {
		names = append(names, "/dev/null")
	}
	for _, name := range names {
		inBubble(t, func(a *account) {
			r := request("p", item("a", "1"))
			_, err := a.pay(r, NewFileStore(name))
			wantError(t, err, ErrState, "choose another file for the state")
			wantStop(t, err, false, false)
			if strings.Contains(err.Error(), "before you remove a state") {
				t.Error(err)
			}
			equal(t, "requests", a.count(), 0)
		})
	}
}

// A path that no file can have is not one that may come to have a state: nothing was sent, and it does not pass by itself.
func TestFileStoreImpossiblePath(t *testing.T) {
	folder := t.TempDir()
	if err := os.Symlink("loop", filepath.Join(folder, "loop")); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{"loop", "a\x00b"} {
		inBubble(t, func(a *account) {
			_, err := a.pay(request("p", item("a", "1")), NewFileStore(filepath.Join(folder, name)))
			wantError(t, err, ErrStore, "correct", "nothing was ever sent")
			wantStop(t, err, false, false)
			equal(t, "requests", a.count(), 0)
		})
	}
}

// Two saves of one FileStore never write at the same time, also while its lock is held: the second finds the first one's
// revision.
func TestFileStoreSavesOneAfterAnother(t *testing.T) {
	store := NewFileStore(filepath.Join(t.TempDir(), "payout.state"))
	unlock, err := store.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	store.at = func(point string) {
		if store.mu.TryLock() {
			store.mu.Unlock()
			t.Errorf("%s: another Save could begin", point)
		}
	}
	if err := store.Save(t.Context(), State{Version: stateVersion, Revision: 1}); err != nil {
		t.Fatal(err)
	}
	if err := store.Save(t.Context(), State{Version: stateVersion, Revision: 1}); !errors.Is(err, ErrConflict) {
		t.Errorf("the same revision again: %v", err)
	}
}
