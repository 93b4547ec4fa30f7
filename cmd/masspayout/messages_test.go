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
	"time"
	"unicode"

	"github.com/iyzico-go/masspayout/payfile"
	"github.com/iyzico-go/masspayout/payout"
)

// vocabulary is words that only one of the languages has.
type vocabulary map[string]bool

func vocabularyOf(words string) vocabulary {
	v := vocabulary{}
	for word := range strings.FieldsSeq(words) {
		v[word] = true
	}
	return v
}

// find returns the first word of a text that is one of these, in any case.
func (v vocabulary) find(text string) string {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }) {
		if v[strings.ToLower(word)] {
			return word
		}
	}
	return ""
}

var (
	english = vocabularyOf("the is are was were and or with without cannot must has have this there expected which nothing nobody " +
		"such file already of to for be been")
	turkish    = vocabularyOf("bir ve değil için ile olmalıdır yok dosya dosyası olamaz ya kalem toplu ödeme bu satır sütun")
	quotedText = regexp.MustCompile("`[^`]*`|“[^”]*”|'[^']*'|\\(SHA-256\\)|-[a-z-]+")
)

var folders = map[string]map[string]*ast.File{}

// folder parses the files of a folder, without tests.
func folder(t *testing.T, name string) map[string]*ast.File {
	t.Helper()
	if parsed := folders[name]; parsed != nil {
		return parsed
	}
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
	folders[name] = files
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
			switch called(n) {
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
				if word := english.find(tr); word != "" {
					t.Errorf("%s: %q stands in the Turkish %q", path, word, pair[1])
				}
				if word := turkish.find(en); word != "" {
					t.Errorf("%s: %q stands in the English %q", path, word, pair[0])
				}
				if pair[0] == pair[1] && english.find(en) != "" {
					t.Errorf("%s: %q is the same in both languages", path, pair[0])
				}
			}
		}
	}
	if found < 300 {
		t.Errorf("found %d texts, expected at least 300", found)
	}
}

// A time has the marks and the units of the language.
func TestDurations(t *testing.T) {
	for wait, want := range map[time.Duration][2]string{
		1700 * time.Millisecond: {"1.7 s", "1,7 sn"}, 2 * time.Second: {"2 s", "2 sn"}, 125 * time.Second: {"2 min 5 s", "2 dk 5 sn"},
	} {
		for i, l := range []payfile.Language{payfile.English, payfile.Turkish} {
			if got := (&options{language: l}).duration(wait); got != want[i] {
				t.Errorf("%v: got %q, want %q", wait, got, want[i])
			}
		}
	}
}

// Whoever waits is told for how long at most.
func TestLineSaysHowLongItLooks(t *testing.T) {
	var printed strings.Builder
	d := newDisplay(&options{language: payfile.English, stdout: &output{w: &printed}}, nil)
	d.show(payout.Progress{Step: payout.StepStoring, Wait: 2 * time.Second, Waiting: "what was sent"})
	want := "being stored; next look in 2 s, for up to 2 minutes: what was sent may still arrive\n"
	if printed.String() != want || payout.DefaultSettle != 2*time.Minute {
		t.Errorf("printed %q, want %q", printed.String(), want)
	}
}

// called is the name of the function or method in a call.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// advised are all texts that package payout gives as advice: what stands in a field, variable or parameter of that name,
// as a literal, a constant of any file, or what a function returns.
func advised(t *testing.T) map[string]bool {
	files := folder(t, "../../payout")
	constants, functions := map[string]ast.Expr{}, map[string][]*ast.FuncDecl{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, value := range n.Values {
					constants[n.Names[i].Name] = value
				}
			case *ast.FuncDecl:
				functions[n.Name.Name] = append(functions[n.Name.Name], n)
			}
			return true
		})
	}
	argument := func(call *ast.CallExpr) ast.Expr { // the one for the parameter that is called advice
		for _, f := range functions[called(call)] {
			at, advice := 0, -1
			for _, field := range f.Type.Params.List {
				for _, parameter := range field.Names {
					if parameter.Name == "advice" {
						advice = at
					}
					at++
				}
			}
			if advice >= 0 && at == len(call.Args) {
				return call.Args[advice]
			}
		}
		return nil
	}
	var whole func(ast.Expr) string // what an expression of literals and constants says
	whole = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BinaryExpr:
			return whole(e.X) + whole(e.Y)
		case *ast.Ident:
			return whole(constants[e.Name])
		}
		s, _ := literal(e)
		return s
	}
	found := map[string]bool{}
	var collect func(ast.Expr)
	collect = func(value ast.Expr) {
		switch value := value.(type) {
		case *ast.BasicLit, *ast.BinaryExpr:
			if s := whole(value); s != "" && s[0] != ';' && s[0] != ',' { // those are the ends of others
				found[s] = true
			}
		case *ast.Ident:
			collect(constants[value.Name])
		case *ast.SelectorExpr: // of another decision
		case *ast.CallExpr:
			if functions[called(value)] == nil {
				t.Fatalf("there is no function %s", called(value))
			}
			for _, f := range functions[called(value)] {
				ast.Inspect(f, func(n ast.Node) bool {
					if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
						collect(r.Results[0])
					}
					return true
				})
			}
		}
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(key.Name, "advice") {
					collect(n.Value)
				}
			case *ast.CallExpr:
				collect(argument(n))
			case *ast.ValueSpec: // one for each operating system
				if n.Names[0].Name == "repairs" && len(n.Values) == 1 {
					for _, repair := range n.Values[0].(*ast.CompositeLit).Elts {
						collect(repair.(*ast.KeyValueExpr).Value)
					}
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
					if strings.EqualFold(name, "advice") && len(n.Rhs) == len(n.Lhs) {
						collect(n.Rhs[i])
					}
				}
			}
			return true
		})
	}
	collect(&ast.CallExpr{Fun: ast.NewIdent("repairFile")}) // to whose texts storeFailed adds
	return found
}

// Whatever package payout advises has a Turkish text, and in English names what this command has, and no function.
func TestAdvice(t *testing.T) {
	function := regexp.MustCompile(`\b(With[A-Z]\w*|Pay|PaySplit|Split|PartLimit|Cancel|CancelSplit|Result|Continue|Advance)\b`)
	all := advised(t)
	if len(all) < 30 {
		t.Errorf("found %d pieces of advice, expected at least 30", len(all))
	}
	for advice := range all {
		for _, ending := range []string{"", "; nothing was ever sent of this payout", ", then call again to continue"} {
			said := turkishAdvice(advice + ending)
			if strings.HasPrefix(said, ";") || said == turkishAdvice("what nobody advises") ||
				english.find(quotedText.ReplaceAllString(said, "")) != "" {
				t.Errorf("there is no Turkish for %q: %q", advice+ending, said)
			}
		}
		if said := asFlags.Replace(advice); function.MatchString(said) {
			t.Errorf("%q names a function", said)
		}
	}
}

// Every kind of error that the library names has a Turkish text.
func TestKindsOfErrorsInTurkish(t *testing.T) {
	known := map[string]bool{}
	for _, kind := range turkishKinds {
		known[kind.err.Error()] = true
		if word := english.find(quotedText.ReplaceAllString(kind.text, "")); word != "" {
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
			if said := payfile.Translate(s, payfile.Turkish); english.find(said) != "" {
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
