package docs_test

import (
	"go/ast"
	gobuild "go/build"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each file of payout uses only files below it in CONTRIBUTING.md's list. Names of fields and what other packages
// declare do not count: what is imported is not read.
func TestOrderOfPayout(t *testing.T) {
	const folder = root + "/payout/"
	place := map[string]int{}
	for _, listed := range regexp.MustCompile(`(?m)^    payout/(\S+)\.go `).FindAllStringSubmatch(pages(t)["CONTRIBUTING.md"], -1) {
		place[strings.TrimSuffix(listed[1], "*")] = len(place) + 1
	}
	if len(place) < 10 {
		t.Fatalf("CONTRIBUTING.md lists %d files, expected at least 10", len(place))
	}
	names, err := filepath.Glob(folder + "*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		name = filepath.Base(name)
		matches, err := gobuild.Default.MatchFile(folder, name)
		if err != nil || !matches || strings.HasSuffix(name, "_test.go") || name == "doc.go" {
			continue
		}
		file, err := parser.ParseFile(set, folder+name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	placeOf := func(at token.Pos) (name string, n int) {
		name = filepath.Base(set.Position(at).Filename)
		n = place[regexp.MustCompile(`(_\w+)?\.go$`).ReplaceAllString(name, "")]
		if n == 0 {
			t.Fatalf("CONTRIBUTING.md does not list payout/%s", name)
		}
		return name, n
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Error: func(error) {}} // nothing is imported
	payout, _ := config.Check("payout", set, files, info)
	for used, object := range info.Uses {
		if object.Pkg() != payout || object.Parent() != payout.Scope() && object.Parent() != nil { // nil: a method
			continue
		}
		if field, ok := object.(*types.Var); ok && field.IsField() {
			continue
		}
		user, above := placeOf(used.Pos())
		declared, below := placeOf(object.Pos())
		if above > below {
			t.Errorf("payout/%s uses %s of %s, which CONTRIBUTING.md lists above it", user, object.Name(), declared)
		}
	}
}
