package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/payfile"
)

// english and turkish are words that only one of the languages has.
var (
	english = regexp.MustCompile(`(?i)\b(the|is|are|was|were|and|or|with|without|cannot|must|has|have|this|there|expected|which|` +
		`nothing|nobody|such|file|already|of|to|for|be|been)\b`)
	turkish = regexp.MustCompile(`(?i)(^|[^\pL])(bir|ve|değil|için|ile|olmalıdır|yok|dosya|dosyası|olamaz|ya da|kalem|toplu|ödeme|` +
		`bu|satır|sütun)($|[^\pL])`)
	quotedText = regexp.MustCompile("`[^`]*`|“[^”]*”|'[^']*'|\\(SHA-256\\)|-[a-z-]+")
)

// folder parses the files of a folder, without tests.
func folder(t *testing.T, name string) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(name, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", name, len(names), err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".gen.go") {
			continue
		}
		if files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// literal is what an expression of string literals says; other parts are left out.
func literal(e ast.Expr) (s string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		left, leftOK := literal(e.X)
		right, rightOK := literal(e.Y)
		return left + right, leftOK || rightOK
	case *ast.CallExpr: // fmt.Sprintf and the like
		if len(e.Args) > 0 {
			return literal(e.Args[0])
		}
	case *ast.ParenExpr:
		return literal(e.X)
	}
	return "", false
}

// pairs are all texts in both languages: text{en, tr}, and the arguments of the functions that take two.
func pairs(file *ast.File) (list [][2]string) {
	add := func(args []ast.Expr, at int) {
		if len(args) < at+2 {
			return
		}
		en, enOK := literal(args[at])
		tr, trOK := literal(args[at+1])
		if enOK && trOK {
			list = append(list, [2]string{en, tr})
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			name := ""
			if ident, ok := n.Type.(*ast.Ident); ok {
				name = ident.Name
			}
			if (name == "text" || n.Type == nil) && len(n.Elts) == 2 {
				add(n.Elts, 0)
			}
		case *ast.CallExpr:
			name := ""
			switch f := n.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			switch name {
			case "say", "Pick", "fail":
				add(n.Args, 0)
			case "because", "refuse", "NewTableError":
				add(n.Args, 1)
			case "NewFinding":
				add(n.Args, 5)
			}
		}
		return true
	})
	return list
}

// Every text of the command and of what reads files is in both languages, and neither has words of the other.
func TestNoTextMixesLanguages(t *testing.T) {
	found := 0
	for _, name := range []string{".", "xlsx", "../../payfile"} {
		for path, file := range folder(t, name) {
			for _, pair := range pairs(file) {
				found++
				en, tr := quotedText.ReplaceAllString(pair[0], ""), quotedText.ReplaceAllString(pair[1], "")
				if word := english.FindString(tr); word != "" {
					t.Errorf("%s: %q stands in the Turkish %q", path, word, pair[1])
				}
				if word := turkish.FindString(en); word != "" {
					t.Errorf("%s: %q stands in the English %q", path, word, pair[0])
				}
				if pair[0] == pair[1] && english.MatchString(en) {
					t.Errorf("%s: %q is the same in both languages", path, pair[0])
				}
			}
		}
	}
	if found < 300 {
		t.Errorf("found %d texts, expected at least 300", found)
	}
}

// Whatever package payout advises has a Turkish text.
func TestAdviceInTurkish(t *testing.T) {
	advised := map[string]bool{}
	for _, file := range folder(t, "../../payout") {
		constants := map[string]string{}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
				if s, ok := literal(spec.Values[0]); ok {
					constants[spec.Names[0].Name] = s
				}
			}
			return true
		})
		collect := func(value ast.Expr) {
			if s, ok := literal(value); ok && s != "" {
				advised[s] = true
			} else if ident, ok := value.(*ast.Ident); ok && constants[ident.Name] != "" {
				advised[constants[ident.Name]] = true
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "advice" {
					collect(n.Value)
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					name := ""
					switch left := left.(type) {
					case *ast.Ident:
						name = left.Name
					case *ast.SelectorExpr:
						name = left.Sel.Name
					}
					if name == "advice" && len(n.Rhs) == len(n.Lhs) {
						collect(n.Rhs[i])
					}
				}
			}
			return true
		})
	}
	if len(advised) < 12 {
		t.Errorf("found %d pieces of advice, expected at least 12", len(advised))
	}
	for _, file := range folder(t, "../../payout") { // what to do about a file
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncDecl); ok && f.Name.Name == "repairFile" {
				ast.Inspect(f, func(n ast.Node) bool {
					if r, ok := n.(*ast.ReturnStmt); ok {
						if s, ok := literal(r.Results[0]); ok && s != "" {
							advised[s], advised[s+"; nothing was ever sent of this payout"] = true, true
						}
					}
					return true
				})
			}
			return true
		})
	}
	for advice := range advised {
		if advice[0] == ';' || advice[0] == ',' {
			continue // the end of another one
		}
		said := turkishAdvice(advice)
		if strings.HasPrefix(said, ";") || strings.HasPrefix(said, "aynı komutu bir süre sonra") || english.MatchString(quotedText.ReplaceAllString(said, "")) {
			t.Errorf("there is no Turkish for %q: %q", advice, said)
		}
	}
}

// Every kind of error that the library names has a Turkish text.
func TestKindsOfErrorsInTurkish(t *testing.T) {
	known := map[string]bool{}
	for _, kind := range turkishKinds {
		known[kind.err.Error()] = true
		if word := english.FindString(quotedText.ReplaceAllString(kind.text, "")); word != "" {
			t.Errorf("%q stands in %q", word, kind.text)
		}
	}
	found := 0
	for _, name := range []string{"../../payout", "../../gen"} {
		for path, file := range folder(t, name) {
			ast.Inspect(file, func(n ast.Node) bool {
				spec, ok := n.(*ast.ValueSpec)
				if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Err") {
					return true
				}
				if s, ok := literal(spec.Values[0]); ok {
					found++
					if !known[s] {
						t.Errorf("%s: there is no Turkish for %s: %q", path, spec.Names[0].Name, s)
					}
				}
				return true
			})
		}
	}
	if found < 14 {
		t.Errorf("found %d kinds of errors, expected at least 14", found)
	}
}

// Whatever package gen finds wrong with a request has a Turkish text.
func TestFindingsOfGenInTurkish(t *testing.T) {
	verbs := strings.NewReplacer("items[%d]", "satır 7", "%d", "7", "%s", "TR", "%U", "U+0000")
	found := 0
	for _, name := range []string{"check.go", "request.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../../gen", name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		check := func(e ast.Expr) {
			s, ok := literal(e)
			if s = verbs.Replace(s); !ok || s == "" {
				return
			}
			found++
			if said := payfile.Translate(s, payfile.Turkish); english.MatchString(said) {
				t.Errorf("%s: the Turkish for %q is %q", name, s, said)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "add" && len(n.Args) == 2 {
					if call, ok := n.Args[1].(*ast.CallExpr); !ok || len(call.Args) > 0 {
						check(n.Args[1])
					}
				}
			case *ast.FuncDecl:
				if !strings.HasSuffix(n.Name.Name, "Problem") {
					return true
				}
				ast.Inspect(n, func(n ast.Node) bool {
					if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
						check(r.Results[0])
					}
					return true
				})
			}
			return true
		})
	}
	if found < 20 {
		t.Errorf("found %d findings, expected at least 20", found)
	}
}
