package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/iyzico-go/masspayout/internal/spec/release"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
	"golang.org/x/exp/apidiff"
)

// report is what a change of iyzico's pages means.
type report struct {
	Found     []finding // by a refresh
	settled   []string  // by it: patterns of titles that findings of another one had
	Unchanged bool      // by it
	Notes     []string  // about the pages that were read
	Level     level     // of the page that changed most
	Pages     []pageChange
	Languages []string  // differences between two languages of an operation that are new or gone
	Broken    []string  // what could not be done: joining, generating, comparing
	Overlay   overlaid  // without any action if it is not known
	Beneath   []string  // values that changed under the overlay's
	Look      []string  // handwritten code that a change concerns
	GoAPI     []string  // how it changes
	Untold    string    // why that is not known
	Failing   []finding // tests
	Next      string    // the next version, in words
}

// compare compares the tree of a commit with the working tree, and runs the tests there. broken is why the client could
// not be generated.
func (r *report) compare(ctx context.Context, root, commit string, broken error) error {
	base, remove, err := tree.Checkout(ctx, root, commit)
	if err != nil {
		return err
	}
	defer remove()
	before, err := pages.Load(base)
	if err != nil {
		return fmt.Errorf("%s has no pages that could be compared: %w", commit, err)
	}
	after, err := pages.Load(root)
	if err != nil {
		return err
	}
	r.comparePages(before, after)
	if joined, err := pages.Join(after); err != nil {
		broken = err
	} else if broken = errors.Join(broken, r.compareOverlays(base, root)); broken == nil && !bytes.Equal(joined, r.Overlay.document) {
		broken = errors.New(joinedFile + " is not what the pages make: make generate")
	}
	r.Failing = failing(ctx, root)
	var checker release.Checker
	current, err := checker.Check(ctx, root)
	old, oldErr := checker.Check(ctx, base)
	if broken != nil {
		r.Broken, r.Untold = []string{broken.Error()}, "what is in gen was not generated from these pages"
	} else if err := errors.Join(err, oldErr); err != nil {
		r.Untold = err.Error()
	}
	if r.Untold != "" {
		return nil
	}
	for _, change := range apidiff.ModuleChanges(old, current).Changes {
		kind := map[bool]string{true: "addition", false: "**breaking**"}[change.Compatible]
		r.GoAPI = append(r.GoAPI, kind+": `"+change.Message+"`")
	}
	last, least, err := checker.Least(ctx, root, current)
	if r.Next = fmt.Sprintf("At least %s, after %s. %s", least, last, release.Rule); last == "" {
		r.Next = "It cannot be told: this clone has no tag of a release. `git fetch --tags` brings them, to a shallow " +
			"clone with --unshallow; if there is no release yet, the first is " + release.First + "."
	}
	return err
}

// comparePages compares each page with what it was, and the languages of each operation.
func (r *report) comparePages(before, after []pages.Page) {
	for _, page := range after {
		was, other := pages.Page{File: page.File}, pages.Page{}
		for _, old := range before {
			if old.File == page.File {
				was = old
			} else if old.Generates && pages.Stem(old.File) == pages.Stem(page.File) {
				other = old
			}
		}
		if was.Address != page.Address {
			r.Notes = append(r.Notes, fmt.Sprintf("The page of %s has moved to <%s>", page.File, page.Address))
		}
		change := comparePage(was, page)
		if len(was.Text) == 0 && page.Generates && other.Generates {
			change = comparePage(other, page)
			change.add(namesOnly, "generates from now on, in place of %s", other.File)
		}
		if len(page.Text) > 0 && change.Level > nothing {
			r.Level, r.Pages = max(r.Level, change.Level), append(r.Pages, change)
		}
		for _, line := range slices.Concat(was.Differences, page.Differences) {
			now := slices.Contains(page.Differences, line)
			if now != slices.Contains(was.Differences, line) {
				when := map[bool]string{true: "new", false: "no longer"}[now]
				r.Languages = append(r.Languages, fmt.Sprintf("%s, %s: `%s`", page.File, when, line))
			}
		}
	}
}

// compareOverlays tells what has changed under the overlay, and which handwritten code the new document concerns.
func (r *report) compareOverlays(base, root string) error {
	was, wasErr := overlayOf(base)
	is, isErr := overlayOf(root)
	table, tableErr := os.ReadFile(filepath.Join(root, pages.ContractFile))
	contract, err := pages.ParseContract(string(table))
	if err := errors.Join(wasErr, isErr, tableErr, err); err != nil {
		return err
	}
	r.Look, r.Overlay, r.Beneath = contract.Compare(is.document), is, beneath(was, is)
	return nil
}

// Repair reports whether a maintainer must do something before the change can be merged.
func (r *report) Repair() bool {
	return len(r.Broken)+len(r.Overlay.Problems)+len(r.Failing) > 0 || r.Untold != ""
}

//go:embed report.md.tmpl
var reportTemplate string

// markdown is the report in words for a pull request.
func (r *report) markdown() (string, error) {
	functions := template.FuncMap{"fenced": fenced, "few": few, "plain": plain}
	var b strings.Builder
	err := template.Must(template.New("report").Funcs(functions).Parse(reportTemplate)).Execute(&b, r)
	return bounded(b.String()), err
}

// tested are the tests that a change of iyzico's API can break. The emulator imports nothing generated, and is compared
// with the pages by a test of api. Left out of gen is what hostile servers, time and memory do; of payout, all but what
// knows the fields of requests and items: no page changes the rest.
var tested = [][]string{
	{"-skip", "Hostile|Memory|Bounded|EveryCut|Fuzz", "./gen", "./api"},
	{"-run", "Digest|Compar|Same|Item|Split|Request|Field|Example", "./payout"},
}

// failing runs these tests, and returns what those print that fail.
func failing(ctx context.Context, root string) (failed []finding) {
	for _, tests := range tested {
		args := append([]string{"test", "-vet=off", "-short", "-timeout=5m"}, tests...)
		if out, err := tree.Run(ctx, root, []string{"MASSPAYOUT_SOAK="}, "go", args...); err != nil {
			failed = append(failed, finding{Title: "go test " + strings.Join(tests[2:], " "), What: cmp.Or(out, err.Error())})
		}
	}
	return failed
}

// few cuts a list that is too long, and its lines.
func few(lines []string) (cut []string) {
	for i, line := range lines {
		if i == 30 {
			return append(cut, fmt.Sprintf("… and %d more", len(lines)-i))
		}
		cut = append(cut, oneLine(line))
	}
	return cut
}

// bounded cuts a text that is longer than GitHub takes, 65,536 characters, above a heading.
func bounded(text string) string {
	const most = 60_000
	if len(text) <= most {
		return text
	}
	return text[:strings.LastIndex(text[:most], "\n##")+1] + "The rest is left out here: `git diff api gen` has every change.\n"
}

// oneLine makes one short line of a text that comes from outside, which ends no code block.
func oneLine(s string) string {
	return fmt.Sprintf("%.500s", strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "```", ""))
}

// plain is such a line without the meaning of HTML and mentions in it.
func plain(text string) string {
	return strings.NewReplacer("<", "&lt;", "@", "@\u200b").Replace(oneLine(text))
}

// fenced is a text as a code block of a list's item, cut where it is long.
func fenced(text string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "```", ""), "\n")
	if len(lines) > 40 {
		lines = append(lines[:40], "…")
	}
	for i, line := range lines {
		lines[i] = fmt.Sprintf("  %.300s\n", line)
	}
	return "  ````\n" + strings.Join(lines, "") + "  ````\n"
}
