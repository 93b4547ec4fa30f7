package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// One name has one file, and a payout is not begun beside one whose name a person would read as the same. A name in
// another Unicode form is the same: it continues its payout.
func TestNamesOfStates(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{
		"maas 2026/11", "maas_2026_11", "зарплата", "премия_а", "maaş-2026", strings.Repeat("x", 101), strings.Repeat("x", 102),
	} {
		if other, ok := seen[stateName(name)]; ok {
			t.Errorf("%q and %q have one file: %s", name, other, stateName(name))
		}
		seen[stateName(name)] = name
	}
	folder := t.TempDir()
	state := filepath.Join(folder, stateName("maaş-2026"))
	if err := os.WriteFile(state, []byte(`{"externalId":"maaş-2026"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, same := range []string{"maaş-2026", "maas\u0327-2026"} {
		if err := checkNames(folder, same); err != nil || stateName(same) != filepath.Base(state) {
			t.Errorf("%q: %s, %v", same, stateName(same), err)
		}
	}
	for _, alike := range []string{"MAAŞ-2026", "maaş-2026 ", "maaş- 2026", "MAAS\u0327-2026"} {
		if err := checkNames(folder, alike); err == nil || !strings.Contains(err.Error(), state) {
			t.Errorf("%q: %v", alike, err)
		}
	}
	if err := checkNames(folder, "maas-2026"); err != nil {
		t.Error(err)
	}
}
