// Package api_test checks the inputs of the generation, and what a user's program gets of this module.
package api_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/pages"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What is in pages/ is iyzico's, indented so that a change of it can be read. Nobody edits it: corrections go into
// overlay.yaml. `make spec` takes over what iyzico publishes, and records its hash.
func TestPagesAreAsPublished(t *testing.T) {
	all, err := pages.Load("..")
	if err != nil {
		t.Fatal(err)
	}
	operations := map[string]int{}
	for _, page := range all {
		if page.Generates {
			operations[page.Operation]++
		}
		if len(page.Text) == 0 {
			continue // only compared, and not read yet
		}
		sum, err := pages.Sum(page.Text)
		if err != nil || sum != page.SHA256 {
			t.Errorf("%s has the SHA-256 %s (%v), want %s as %s records it", page.File, sum, err, page.SHA256,
				pages.RecordFile)
		}
		if version := pages.Decode(page.Text).Version(); version != page.Version {
			t.Errorf("%s has the version %s, want %s as %s records it", page.File, version, page.Version,
				pages.RecordFile)
		}
		if indented, err := pages.Indent(page.Text); err != nil || string(indented) != string(page.Text) {
			t.Errorf("%s is not indented by two spaces throughout: a diff of it would show more than its changes",
				page.File)
		}
	}
	for operation, n := range operations {
		if n != 1 {
			t.Errorf("%s is generated from %d pages, want one", operation, n)
		}
	}
	if len(operations) != 6 {
		t.Errorf("got %d operations, want six", len(operations))
	}
}

// What is known to differ between the Turkish and the English page of an operation is on record, so that `make spec`
// can report what is new.
func TestDifferencesOfLanguagesAreOnRecord(t *testing.T) {
	all, err := pages.Load("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range all {
		for _, page := range all {
			if other.Generates || !page.Generates || page.Operation != other.Operation || len(other.Text) == 0 {
				continue
			}
			got := pages.Differences(page.Text, other.Text)
			if !slices.Equal(got, other.Differences) {
				t.Errorf("%s differs from %s in %q, recorded are %q", other.File, page.File, got, other.Differences)
			}
		}
	}
}

// The generator writes a name in front of each description of the overlay, so that a description without a verb makes
// no sentence.
func TestGeneratedCommentsAreSentences(t *testing.T) {
	verbs := strings.Fields("is are says identifies names keeps selects creates moves reads cancels defines indicates returns prints writes")
	file, err := parser.ParseFile(token.NewFileSet(), "../gen/client.gen.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	check := func(name string, doc *ast.CommentGroup) {
		words := strings.Fields(doc.Text())
		if checked++; len(words) < 3 || words[0] != name || !slices.Contains(verbs, words[1]) {
			t.Errorf("the comment of %s is %q, want a sentence that starts with the name and a verb", name, doc.Text())
		} else if last := words[len(words)-1]; !strings.HasSuffix(last, ".") && !strings.HasPrefix(name, "ServerURL") {
			t.Errorf("the comment of %s does not end in a full stop", name)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			check(n.Name.Name, n.Doc)
			return false
		case *ast.GenDecl:
			for _, spec := range n.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					check(spec.Name.Name, n.Doc)
				case *ast.ValueSpec:
					if strings.HasPrefix(spec.Names[0].Name, "ServerURL") {
						check(spec.Names[0].Name, n.Doc)
					}
				}
			}
		case *ast.StructType:
			for _, field := range n.Fields.List {
				check(field.Names[0].Name, field.Doc)
			}
		}
		return true
	})
	if checked < 90 {
		t.Errorf("checked %d comments: is client.gen.go written in another style?", checked)
	}
}

// Every correction says which fact it corrects.
func TestEveryOverlayActionIsExplained(t *testing.T) {
	_, text, found := strings.Cut(read(t, "overlay.yaml"), "\nactions:\n")
	if !found {
		t.Fatal("overlay.yaml has no actions")
	}
	actions := strings.Split(text, "\n  - ")[1:]
	if len(actions) < 10 {
		t.Fatalf("found %d actions: is overlay.yaml written in another style?", len(actions))
	}
	for _, action := range actions {
		target, rest, _ := strings.Cut(action, "\n")
		if !strings.HasPrefix(target, "target: $") {
			t.Errorf("%q does not begin with its target", target)
			continue
		}
		description, found := strings.CutPrefix(rest, "    description:")
		description, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(description), ">-"), "\n    update:")
		description, _, _ = strings.Cut(description, "\n    remove:")
		if !found || len(strings.Fields(description)) < 2 {
			t.Errorf("%s: got description %q, want the fact that it corrects", target, description)
		}
	}
}
