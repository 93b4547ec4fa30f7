package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/iyzico-go/masspayout/internal/spec/release"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
	"golang.org/x/exp/apidiff"
	"golang.org/x/tools/go/packages"
)

// The real generator, run for each change: what the Go API becomes, and which number that asks for.
func TestNextVersionOfEachChange(t *testing.T) {
	if os.Getenv("MASSPAYOUT_SOAK") == "" {
		t.Skip("runs the generator for each change; make soak does so")
	}
	before, builder := recorded(t), newBuilder(t)
	for _, test := range changes {
		if test.next == "*" {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			document, err := pages.Join(changed(t, before, test.page, test.edits))
			if err != nil {
				document = nil
			}
			if next, want := builder.next(t, document), cmp.Or(test.next, "v0.1.1"); next != want {
				t.Errorf("the next version is %s, want %s", next, want)
			}
		})
	}
}

// builder generates gen from a document and type-checks it, without writing to the module.
type builder struct {
	was      *packages.Package
	imported map[string]*types.Package
}

func newBuilder(t *testing.T) builder {
	t.Helper()
	load := func(mode packages.LoadMode, patterns ...string) []*packages.Package {
		loaded, err := packages.Load(&packages.Config{Dir: root, Mode: mode}, patterns...)
		if err != nil || packages.PrintErrors(loaded) > 0 {
			t.Fatalf("%s does not build: %v", patterns, err)
		}
		return loaded
	}
	const mode = packages.NeedName | packages.NeedTypes | packages.NeedFiles | packages.NeedImports
	b := builder{load(mode, "./gen")[0], map[string]*types.Package{}}
	imports := append(slices.Collect(maps.Keys(b.was.Imports)), "github.com/oapi-codegen/runtime/types", "time")
	for _, p := range load(mode, imports...) {
		b.imported[p.PkgPath] = p.Types
	}
	return b
}

// Import serves what gen imports.
func (b builder) Import(path string) (*types.Package, error) {
	if p := b.imported[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s is not imported by gen yet", path)
}

// next is the next version after v0.1.0, or - if there is no document, it cannot be generated from, or gen does not
// build.
func (b builder) next(t *testing.T, document []byte) string {
	t.Helper()
	if document == nil {
		return "-"
	}
	dir := t.TempDir()
	config := strings.Replace(read(t, filepath.Join(root, "api/oapi-codegen.yaml")), "gen/client.gen.go",
		filepath.Join(dir, "client.gen.go"), 1)
	for name, text := range map[string]string{"config.yaml": config, "openapi.json": string(document)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tree.Run(t.Context(), root, nil, "go", "tool", "-modfile=tools/go.mod", "oapi-codegen", "-config",
		filepath.Join(dir, "config.yaml"), filepath.Join(dir, "openapi.json")); err != nil {
		t.Log(err)
		return "-"
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range append(b.was.GoFiles, filepath.Join(dir, "client.gen.go")) {
		if filepath.Base(name) == "client.gen.go" && filepath.Dir(name) != dir {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			return "-"
		}
		files = append(files, file)
	}
	checked, err := (&types.Config{Importer: b}).Check(b.was.PkgPath, fset, files, nil)
	if err != nil {
		t.Log(err)
		return "-"
	}
	changed := apidiff.Changes(b.was.Types, checked)
	t.Log(changed.String())
	return release.Next("v0.1.0", changed)
}
