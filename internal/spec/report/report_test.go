package report

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/spec/overlay"
)

func TestNext(t *testing.T) {
	breaking := []Package{{Compatible: []string{"x"}}, {Incompatible: []string{"y"}}}
	addition := []Package{{Compatible: []string{"x"}}}
	for _, test := range []struct {
		last    string
		changes []Package
		want    string
	}{
		{"v0.1.3", breaking, "v0.2.0"}, {"v0.1.3", addition, "v0.1.4"}, {"v0.1.3", nil, "v0.1.4"},
		{"v1.2.3", breaking, "v2.0.0"}, {"v1.2.3", addition, "v1.3.0"}, {"v1.2.3", nil, "v1.2.4"},
	} {
		last, err := ParseVersion(test.last)
		if err != nil {
			t.Fatal(err)
		}
		if got := last.Next(test.changes).String(); got != test.want {
			t.Errorf("after %s with %v: got %s, want %s", test.last, test.changes, got, test.want)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for _, text := range []string{"", "v1", "1.2.3", "v1.2", "v1.2.3.4", "v01.2.3", "v1.2.+3", "v1.-2.3", "v1.2.3-rc.1", "v1.2.x"} {
		if v, err := ParseVersion(text); err == nil {
			t.Errorf("%q: got %s, want an error", text, v)
		}
	}
	sorted := []Version{{0, 1, 9}, {0, 2, 0}, {0, 10, 0}, {1, 0, 0}}
	if !slices.IsSortedFunc(sorted, func(a, b Version) int {
		if a.Less(b) {
			return -1
		}
		return 1
	}) {
		t.Error("versions are not ordered by their numbers")
	}
}

func TestParseAPIDiff(t *testing.T) {
	incompatible, compatible, err := parseAPIDiff("Incompatible changes:\n- A: removed\nCompatible changes:\n- B: added\n- C: added\n")
	if err != nil || !slices.Equal(incompatible, []string{"A: removed"}) || !slices.Equal(compatible, []string{"B: added", "C: added"}) {
		t.Errorf("got %q, %q, %v", incompatible, compatible, err)
	}
	if _, _, err := parseAPIDiff("! A: changed\n"); err == nil {
		t.Error("another format was read as no change")
	}
}

func TestCompareLeaves(t *testing.T) {
	leaf := func(path, was, is string) overlay.Leaf { return overlay.Leaf{Path: path, Was: was, Is: is} }
	redundant, beneath := compareLeaves(
		[]overlay.Leaf{leaf("a", "decimal", "number"), leaf("b", "Tutar", "sum"), leaf("c", "x", "y")},
		[]overlay.Leaf{leaf("a", "number", "number"), leaf("b", "Toplam", "sum"), leaf("c", "x", "y"), leaf("d", "x", "y")})
	if len(redundant) != 1 || redundant[0].Path != "a" || len(beneath) != 1 || beneath[0].Before != "Tutar" {
		t.Errorf("got %+v, %+v", redundant, beneath)
	}
}

// The texts come from a document that others write, and go where a mention or HTML would act.
func TestPlain(t *testing.T) {
	if got := plain("a\n<b> @team " + strings.Repeat("x", 400)); strings.ContainsAny(got, "\n<") ||
		strings.Contains(got, "@team") || len([]rune(got)) > 320 {
		t.Errorf("got %q", got)
	}
}

// Without network and cache the report says which tool it needs.
func TestToolThatCannotBeHad(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", strings.TrimSpace(string(cache)))
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOPROXY", "off")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	err = OASDiff.Prepare(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the report needs github.com/oasdiff/oasdiff at v1.35.0") {
		t.Errorf("got %v", err)
	}
	t.Setenv("XDG_CACHE_HOME", "relative")
	if err := OASDiff.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "expected a cache folder") {
		t.Errorf("got %v", err)
	}
}
