// Package docs_test keeps the documentation true.
package docs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

const root = ".."

// pages are all pages of documentation, by their path from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "api/*.md", "findings/*.md", ".github/*.md"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			path, err := filepath.Rel(root, name)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.ToSlash(path)] = string(text)
		}
	}
	if len(all) < 10 {
		t.Fatalf("found %d pages, expected at least 10", len(all))
	}
	return all
}

// goSnippets are the parts of a page between ```go and ```.
func goSnippets(page string) (snippets []string) {
	for _, match := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(page, -1) {
		snippets = append(snippets, match[1])
	}
	return snippets
}

// dedent removes indentation, which differs between a page and a function.
func dedent(code string) string {
	lines := strings.Split(code, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// TestSnippetsAreTested finds every snippet in the source of a test or an example, all of which are compiled and run.
func TestSnippetsAreTested(t *testing.T) {
	var tested strings.Builder
	err := filepath.WalkDir(root, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		source, err := os.ReadFile(name)
		tested.WriteString(dedent(string(source)) + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for path, page := range pages(t) {
		for _, snippet := range goSnippets(page) {
			found++
			if !strings.HasPrefix(snippet, "package main") && !strings.Contains(tested.String(), dedent(snippet)) {
				t.Errorf("%s: this snippet is in no test:\n%s", path, snippet)
			}
		}
	}
	if found < 12 {
		t.Errorf("found %d snippets, expected at least 12", found)
	}
}

// TestProgramsRun runs the complete programs of the pages and compares what they print with the comment that says so.
// Then it runs them beside the state of that run: again, and changed as their comments say, to move to the sandbox. Nobody
// is told that somebody was paid, and nothing is sent.
func TestProgramsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles programs")
	}
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1") // of which a request would tell
	programs := map[string]string{}
	pages := programsOf(t)
	for path, program := range pages {
		moved := strings.Replace(program, "gen.New(emu.URL,", "gen.New(gen.ServerURLSandbox,", 1)
		if moved == program || !strings.Contains(program, "gen.ServerURLSandbox") {
			t.Errorf("%s: no comment says how to move it to the sandbox", path)
		}
		programs[path], programs[path+", moved"] = program, moved
	}
	binary := build(t, programs)
	for path, program := range pages {
		t.Run(path, func(t *testing.T) {
			folder := t.TempDir()
			out, log, err := run(binary, folder, path)
			if err != nil {
				t.Fatalf("in the emulator: %v\n%s", err, log)
			}
			if printed := strings.TrimSpace(out); printed == "" || !strings.Contains(program, "// "+printed) {
				t.Errorf("it printed %q, and no comment in it says so", printed)
			}
			for program, server := range map[string]string{
				path + ", moved": "https://sandbox-api.iyzipay.com/",
				path:             "http://127.0.0.1:", // another emulator
			} {
				out, log, err := run(binary, folder, program)
				if err == nil || out != "" || !strings.Contains(log, "was made for the server http://127.0.0.1:") ||
					!strings.Contains(log, "and this call is to "+server) {
					t.Errorf("%s, with the state of the emulator's run: %v\n%s%s", server, err, out, log)
				}
			}
		})
	}
}

// programsOf are the complete programs of the pages, by the page.
func programsOf(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for path, page := range pages(t) {
		for _, program := range goSnippets(page) {
			if strings.HasPrefix(program, "package main") {
				found[path] = program
			}
		}
	}
	if len(found) != 2 {
		t.Errorf("found %d programs, expected one in English and one in Turkish", len(found))
	}
	return found
}

// build compiles programs into one binary, which runs the one that it is told to by its name: linking takes longer than
// all the rest. Their source is as it is, but for the names of their package and of main.
func build(t *testing.T, programs map[string]string) (binary string) {
	t.Helper()
	folder := t.TempDir()
	main, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	main = filepath.Join(main, "docs", "programs") // which exists for the compiler only
	var imports, cases strings.Builder
	overlay := map[string]string{}
	put := func(pkg, source string) {
		file := filepath.Join(folder, pkg+".go")
		if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay[filepath.Join(main, pkg, "main.go")] = file
	}
	for name, source := range programs {
		pkg := fmt.Sprintf("p%d", len(overlay))
		fmt.Fprintf(&imports, "import %q\n", "github.com/iyzico-go/masspayout/docs/programs/"+pkg)
		fmt.Fprintf(&cases, "case %q:\n%s.Main()\n", name, pkg)
		source = strings.Replace(source, "package main", "package "+pkg, 1)
		put(pkg, strings.Replace(source, "func main()", "func Main()", 1))
	}
	put("", "package main\nimport \"os\"\n"+imports.String()+"func main() {\nswitch os.Args[1] {\n"+cases.String()+"}\n}\n")
	data, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	replaced := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(replaced, data, 0o600); err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(folder, "programs.exe")
	command := exec.Command("go", "build", "-ldflags=-s -w", "-overlay", replaced, "-o", binary, "./docs/programs")
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// run runs one of the programs in a folder, and returns what it prints and logs.
func run(binary, folder, program string) (out, log string, err error) {
	command := exec.Command(binary, program)
	command.Dir = folder
	var printed, logged bytes.Buffer
	command.Stdout, command.Stderr = &printed, &logged
	err = command.Run()
	return printed.String(), logged.String(), err
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)|(?m)^\[[^\]]+\]: (\S+)$`)

// TestLinksLeadSomewhere looks at the links between pages, and at the headings that they name.
func TestLinksLeadSomewhere(t *testing.T) {
	all := pages(t)
	for path, page := range all {
		for _, match := range link.FindAllStringSubmatch(page, -1) {
			target, err := url.Parse(match[1] + match[2])
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			if target.IsAbs() {
				continue
			}
			to := path
			if target.Path != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(path), target.Path))
			}
			if _, err := os.Stat(filepath.Join(root, to)); err != nil {
				t.Errorf("%s: %s leads nowhere", path, match[0])
			}
			if target.Fragment != "" && !slices.Contains(headings(all[to]), target.Fragment) {
				t.Errorf("%s: there is no heading %s in %s", path, target.Fragment, to)
			}
		}
	}
}

// headings are a page's headings as GitHub makes anchors of them.
func headings(page string) (anchors []string) {
	for _, line := range strings.Split(page, "\n") {
		if text := strings.TrimLeft(line, "#"); text != line {
			anchors = append(anchors, strings.Map(func(r rune) rune {
				switch {
				case r == ' ':
					return '-'
				case r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r):
					return unicode.ToLower(r)
				default:
					return -1
				}
			}, strings.TrimSpace(text)))
		}
	}
	return anchors
}

var (
	makeTarget = regexp.MustCompile("(?:^    |`)make ([a-z]+)")
	goRun      = regexp.MustCompile(`go run (?:github\.com/iyzico-go/masspayout/|\./)([a-z0-9/]+)`)
)

// TestCommandsExist looks for the targets and programs that the pages tell to run.
func TestCommandsExist(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for path, page := range pages(t) {
		for line := range strings.SplitSeq(page, "\n") {
			for _, match := range makeTarget.FindAllStringSubmatch(line, -1) {
				if !bytes.Contains(makefile, []byte("\n"+match[1]+":")) {
					t.Errorf("%s: the Makefile has no target %s", path, match[1])
				}
			}
			for _, match := range goRun.FindAllStringSubmatch(line, -1) {
				if _, err := os.Stat(filepath.Join(root, match[1], "main.go")); err != nil {
					t.Errorf("%s: there is no program %s", path, match[1])
				}
			}
		}
	}
}

// TestPagesReadWell holds the README to a length, and the text of all pages to a width: rows of tables and code cannot
// always be wrapped.
func TestPagesReadWell(t *testing.T) {
	for path, page := range pages(t) {
		if lines := strings.Count(page, "\n"); path == "README.md" && lines > 150 {
			t.Errorf("%s has %d lines, expected at most 150", path, lines)
		}
		fenced := false
		for i, line := range strings.Split(page, "\n") {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			wide := path != "README.md" && (fenced || strings.HasPrefix(line, "|"))
			if width := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")); width > 120 && !wide {
				t.Errorf("%s:%d: %d columns, expected at most 120", path, i+1, width)
			}
		}
	}
}

var testLink = regexp.MustCompile("\\[`(Test[A-Za-z0-9]+)`\\]\\(\\.\\./([^)]+)\\)")

// TestSurprisesAreTested looks for every test that the page on surprises names, in every row of its tables, and for every
// script of findings/.
func TestSurprisesAreTested(t *testing.T) {
	page := pages(t)["docs/surprises.md"]
	rows := 0
	for line := range strings.SplitSeq(page, "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| one would expect |") {
			continue
		}
		rows++
		cells := strings.Split(strings.Trim(line, "|"), " | ")
		named := testLink.FindAllStringSubmatch(cells[len(cells)-1], -1)
		if len(cells) != 4 || len(named) == 0 {
			t.Errorf("expected four cells, the last with a test: %s", line)
		}
		for _, test := range named {
			source, err := os.ReadFile(filepath.Join(root, test[2]))
			if err != nil || !bytes.Contains(source, []byte("\nfunc "+test[1]+"(")) {
				t.Errorf("there is no %s in %s (%v)", test[1], test[2], err)
			}
		}
	}
	if rows < 20 {
		t.Errorf("the page has %d rows, expected at least 20", rows)
	}
	scripts, err := filepath.Glob(filepath.Join(root, "findings", "*.sh"))
	if err != nil || len(scripts) < 15 {
		t.Errorf("found %d scripts (%v), expected at least 15", len(scripts), err)
	}
	for _, script := range scripts {
		if !strings.Contains(page, "(../findings/"+filepath.Base(script)+")") {
			t.Errorf("docs/surprises.md does not name %s", filepath.Base(script))
		}
	}
}
