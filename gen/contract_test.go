package gen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// Nothing written by hand lags behind iyzico's document in silence: a field, a type, a constraint or a parameter that
// the code does not know yet fails here, with the functions to look at.
func TestContract(t *testing.T) {
	contract := readContract(t)
	document, err := os.ReadFile("../" + pages.Joined)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range contract.Compare(document) {
		subject, _, _ := strings.Cut(change, ": ")
		t.Run(subject, func(t *testing.T) { t.Error(change) })
	}
}

// What the contract says to look at is there.
func TestContractNamesFunctions(t *testing.T) {
	inTurn(t)
	known := map[string]map[string]bool{}
	for _, place := range readContract(t).Places() {
		for _, part := range strings.Split(place, "; ") {
			folder, names, found := strings.Cut(part, ": ")
			if !found {
				t.Errorf("%q: expected a package and its functions, such as gen: encodeJSON", part)
				continue
			}
			if known[folder] == nil {
				known[folder] = functions(t, "../"+folder)
			}
			for _, name := range strings.Split(regexp.MustCompile(` \([^)]*\)`).ReplaceAllString(names, ""), ", ") {
				if !known[folder][name] {
					t.Errorf("%s has no function %s any more: gen/contract.txt must name what replaces it", folder,
						name)
				}
			}
		}
	}
}

func readContract(t *testing.T) pages.Contract {
	t.Helper()
	text, err := os.ReadFile("../" + pages.ContractFile)
	if err != nil {
		t.Fatal(err)
	}
	contract, err := pages.ParseContract(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return contract
}

// functions lists the functions of a package by their names, and methods by their type's name, too.
func functions(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(folder + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no Go files: %v", folder, err)
	}
	names := map[string]bool{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			names[f.Name.Name] = true
			if f.Recv != nil {
				typ := f.Recv.List[0].Type
				if pointer, ok := typ.(*ast.StarExpr); ok {
					typ = pointer.X
				}
				if name, ok := typ.(*ast.Ident); ok {
					names[name.Name+"."+f.Name.Name] = true
				}
			}
		}
	}
	return names
}
