package api_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// `make test` leaves no package out, and runs those under the race detector that start goroutines or speak HTTP, in the
// program or in its tests.
func TestRaced(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after another: run it without -short")
	}
	tested := map[string]bool{}   // folders
	reason := map[string]string{} // why a folder is to be raced
	for _, file := range files(t, "*.go") {
		folder := path.Dir(file)
		if folder == "e2e" { // `make browser` runs it
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.SkipObjectResolution)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, but not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		tested[folder] = tested[folder] || strings.HasSuffix(file, "_test.go")
		for _, imported := range parsed.Imports {
			switch imported.Path.Value {
			case `"net/http"`, `"net/http/httptest"`, `"sync"`, `"testing/synctest"`:
				reason[folder] = file + " imports " + imported.Path.Value
			}
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if _, ok := n.(*ast.GoStmt); ok {
				reason[folder] = file + " starts a goroutine"
			}
			return true
		})
	}
	maps.DeleteFunc(tested, func(_ string, tested bool) bool { return !tested })
	if len(tested) < 20 {
		t.Errorf("got %d folders with tests, want those of all modules", len(tested))
	}
	raced, whole := packagesOf(t, "RACED"), packagesOf(t, "WHOLE")
	for _, folder := range slices.Sorted(maps.Keys(tested)) {
		if !raced(folder) && !whole(folder) {
			t.Errorf("%s: `make test` does not run it; add it to RACED or WHOLE in the Makefile", folder)
		}
		if reason[folder] != "" && !raced(folder) {
			t.Errorf("%s: %s, and `make test` does not run it under the race detector; add it to RACED in the Makefile", folder, reason[folder])
		}
	}
}

// packagesOf tells the folders of a list in the Makefile, which has one for each module, or one for all that have no
// list of their own.
func packagesOf(t *testing.T, list string) (contains func(folder string) bool) {
	t.Helper()
	makefile := strings.ReplaceAll(read(t, "../Makefile"), "\\\n", "")
	patterns := map[string]string{}
	for _, found := range regexp.MustCompile(`(?m)^(?:test@(\S+): )?`+list+` := (.+)$`).FindAllStringSubmatch(makefile, -1) {
		patterns[found[1]] = found[2]
	}
	modules := files(t, "*go.mod")
	return func(folder string) bool {
		module := folder
		for !slices.Contains(modules, path.Join(module, "go.mod")) {
			module = path.Dir(module)
		}
		own, ok := patterns[module]
		if !ok {
			own = patterns[""]
		}
		for _, pattern := range strings.Fields(own) {
			below, all := strings.CutSuffix(path.Join(module, pattern), "/...")
			if below == "..." || folder == below || all && strings.HasPrefix(folder, below+"/") {
				return true
			}
		}
		return false
	}
}

// files are those in this clone that match, from its root.
func files(t *testing.T, pattern string) []string {
	t.Helper()
	out, err := exec.Command("git", "-C", "..", "ls-files", "--cached", "--others", "--exclude-standard", pattern).Output()
	if err != nil {
		t.Skip("no git working tree:", err)
	}
	return strings.Fields(string(out))
}
