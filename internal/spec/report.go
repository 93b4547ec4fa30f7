package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/iyzico-go/masspayout/internal/spec/release"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
	"golang.org/x/exp/apidiff"
)

// Files of the module, relative to its root.
const (
	joinedFile  = pages.Joined
	overlayFile = "api/overlay.yaml"
)

// report is what a change of iyzico's pages means.
type report struct {
	Found     *refreshed // by a refresh
	Unchanged bool       // by it
	Notes     []string   // about the pages that were read
	Pages     []pageChange
	Languages []string // differences between two languages of an operation that are new or gone
	Unjoined  bool     // the pages do not make one document
	Broken    []string // what could not be done: joining, generating, comparing
	Actions   int      // how many the overlay has
	Problems  []string // actions of the overlay that no longer do what they were written for
	Beneath   []string // values that changed under the overlay's
	Needless  []string // corrections that iyzico has made itself
	Look      []string // handwritten code that a change concerns
	GoAPI     apidiff.Report
	Untold    string // why the change of the Go API is not known
	Failing   []failure
	Next      string // the next version, in words
}

// compare compares the tree of a commit with the working tree, and runs the tests there. broken is what is known to
// fail.
func compare(ctx context.Context, root, commit string, broken []string) (report, error) {
	base, remove, err := tree.Checkout(ctx, root, commit)
	if err != nil {
		return report{}, err
	}
	defer remove()
	rep := report{Broken: broken}
	before, err := pages.Load(base)
	if err != nil {
		return report{}, fmt.Errorf("%s has no pages that could be compared: %w", commit, err)
	}
	after, err := pages.Load(root)
	if err != nil {
		return report{}, err
	}
	rep.comparePages(before, after)
	joined, err := pages.Join(after)
	kept, _ := os.ReadFile(filepath.Join(root, joinedFile))
	if err != nil {
		rep.Unjoined, rep.Broken = true, []string{err.Error()}
	} else if len(broken) == 0 && string(kept) != string(joined) {
		rep.Broken = []string{joinedFile + " is not what the pages make: make generate"}
	}
	if !rep.Unjoined {
		if err := rep.compareOverlays(base, root); err != nil {
			rep.Broken = append(rep.Broken, err.Error())
		}
	}
	var checker release.Checker
	current, err := checker.Check(ctx, root)
	if err != nil {
		rep.Failing, rep.Untold = []failure{{"go build", err.Error()}}, err.Error()
	} else if rep.Failing, err = failing(ctx, root); err != nil {
		return report{}, err
	}
	if len(rep.Broken) > 0 {
		rep.Untold = "what is in gen was not generated from these pages"
	}
	return rep, rep.compareGo(ctx, root, commit, base, &checker, current)
}

// compareGo tells what has changed in the Go API since a commit, which is checked out in base, and which number that asks
// for, which counts from the last release.
func (r *report) compareGo(ctx context.Context, root, commit, base string, checker *release.Checker, current *apidiff.Module) error {
	if r.Untold != "" {
		r.Next = "It follows once the module is generated and builds: `make report` tells it then."
		return nil
	}
	old, oldErr := checker.Check(ctx, base)
	if oldErr != nil {
		r.Untold = "before: " + oldErr.Error()
	} else {
		r.GoAPI = apidiff.ModuleChanges(old, current)
	}
	last, err := release.Last(ctx, root)
	if err == nil && last == "" {
		r.Next = "It cannot be told: this clone has no tag of a release. `git fetch --tags` brings them, to a shallow " +
			"clone with --unshallow; if there is no release yet, the first is " + release.First + "."
	}
	if err != nil || last == "" {
		return err
	}
	changed := r.GoAPI
	if _, err := tree.Run(ctx, root, nil, "git", "diff", "--quiet", last, commit, "--", "*.go", "go.mod"); err != nil || oldErr != nil {
		if changed, err = checker.Since(ctx, root, last, current); err != nil {
			return err
		}
	}
	r.Next = fmt.Sprintf("At least %s, after %s. %s", release.Next(last, changed), last, release.Rule)
	return nil
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
			r.Pages = append(r.Pages, change)
		} else if string(was.Text) != string(page.Text) {
			r.Notes = append(r.Notes, page.File+" is written in another order, and says the same")
		}
		for _, line := range minus(page.Differences, was.Differences) {
			r.Languages = append(r.Languages, fmt.Sprintf("%s, new: `%s`", page.File, line))
		}
		for _, line := range minus(was.Differences, page.Differences) {
			r.Languages = append(r.Languages, fmt.Sprintf("%s, no longer: `%s`", page.File, line))
		}
	}
}

// minus returns the lines that others have not.
func minus(lines, others []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return slices.Contains(others, line) })
}

// compareOverlays tells what has changed under the overlay, and which handwritten code the new document concerns.
func (r *report) compareOverlays(base, root string) error {
	was, wasErr := overlayOf(base)
	is, isErr := overlayOf(root)
	table, tableErr := os.ReadFile(filepath.Join(root, pages.ContractFile))
	contract, err := pages.ParseContract(string(table))
	document, documentErr := os.ReadFile(filepath.Join(root, joinedFile))
	if err := errors.Join(wasErr, isErr, tableErr, err, documentErr); err != nil {
		return err
	}
	r.Look = contract.Compare(document)
	r.Actions, r.Problems = is.actions, is.problems
	r.Beneath, r.Needless = beneath(was, is)
	return nil
}

// Repair reports whether a maintainer must do something before the change can be merged.
func (r *report) Repair() bool {
	return len(r.Broken)+len(r.Problems)+len(r.Failing) > 0 || r.Untold != ""
}

// Level is that of the page that changed most.
func (r *report) Level() level {
	worst := nothing
	for _, page := range r.Pages {
		worst = max(worst, page.Level)
	}
	return worst
}

// GoChanges lists the changes of the Go API in words.
func (r *report) GoChanges() (all []string) {
	for _, change := range r.GoAPI.Changes {
		all = append(all, map[bool]string{true: "addition", false: "**breaking**"}[change.Compatible]+": `"+change.Message+"`")
	}
	return all
}

//go:embed report.md.tmpl
var reportTemplate string

// markdown is the report in words for a pull request.
func (r *report) markdown() (string, error) {
	functions := template.FuncMap{"fenced": fenced, "few": few, "plain": plain, "diff": func(facts []string) string {
		return "```diff\n" + strings.ReplaceAll(strings.Join(few(facts), "\n"), "```", "") + "\n```"
	}}
	var b strings.Builder
	err := template.Must(template.New("report").Funcs(functions).Parse(reportTemplate)).Execute(&b, r)
	return bounded(b.String()), err
}

// few cuts a list that is too long, and its lines.
func few(lines []string) []string {
	const most = 30
	cut := make([]string, 0, most+1)
	for _, line := range lines[:min(len(lines), most)] {
		cut = append(cut, oneLine(line))
	}
	if len(lines) > most {
		cut = append(cut, fmt.Sprintf("… and %d more", len(lines)-most))
	}
	return cut
}

// bounded cuts a text that is longer than GitHub takes, 65,536 characters, and closes the code block that it ends in.
func bounded(text string) string {
	const most = 60_000
	if len(text) <= most {
		return text
	}
	text = text[:strings.LastIndex(text[:most], "\n")+1]
	if fences := regexp.MustCompile("(?m)^ *```+").FindAllString(text, -1); len(fences)%2 == 1 {
		text += fences[len(fences)-1] + "\n"
	}
	return text + "\nThe rest is left out here: `git diff api gen` has every change.\n"
}

// plain makes one short line of a text that comes from outside, and takes the meaning from HTML and mentions in it.
func plain(text string) string {
	return strings.NewReplacer("<", "&lt;", "@", "@\u200b").Replace(oneLine(text))
}

// fenced is a text as a code block, cut where it is long, and indented so that it can stand in a list.
func fenced(text string) string {
	var b strings.Builder
	b.WriteString("  ````\n")
	for i, line := range strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "```", ""), "\n") {
		if i == 20 {
			b.WriteString("  …\n")
			break
		}
		fmt.Fprintf(&b, "  %.300s\n", line)
	}
	return b.String() + "  ````\n"
}
