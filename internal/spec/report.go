package main

import (
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
	"golang.org/x/exp/apidiff"
)

// Files of the module, relative to its root.
const (
	joinedFile    = pages.Joined
	overlayFile   = "api/overlay.yaml"
	changelogFile = "CHANGELOG.md"
)

// report is what a change of iyzico's pages means.
type report struct {
	Notes     []string // about the pages that were read
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
	r, err := open(ctx, root)
	if err != nil {
		return report{}, err
	}
	defer r.Close()
	base, err := r.export(ctx, commit)
	if err != nil {
		return report{}, err
	}
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
	switch {
	case err != nil:
		rep.Unjoined = true
		rep.Broken = []string{err.Error()}
	case len(broken) == 0 && string(kept) != string(joined):
		rep.Broken = []string{joinedFile + " is not what the pages make: make generate"}
	}
	if !rep.Unjoined {
		if err := rep.compareOverlays(base, root); err != nil {
			rep.Broken = append(rep.Broken, err.Error())
		}
	}
	if rep.Failing, err = failing(ctx, root); err != nil {
		return report{}, err
	}
	if len(rep.Broken) > 0 {
		rep.Untold = "what is in gen was not generated from these pages"
	} else if rep.GoAPI, err = goChanges(ctx, base, root); err != nil {
		rep.Untold = err.Error()
	}
	rep.Next, err = rep.nextVersion(ctx, r)
	return rep, err
}

// comparePages compares each page with what it was, and the languages of each operation.
func (r *report) comparePages(before, after []pages.Page) {
	for _, page := range after {
		was := pages.Page{File: page.File}
		if i := slices.IndexFunc(before, func(p pages.Page) bool { return p.File == page.File }); i >= 0 {
			was = before[i]
		}
		if was.Address != page.Address {
			r.Notes = append(r.Notes, fmt.Sprintf("The page of %s has moved to <%s>", page.File, page.Address))
		}
		if change := comparePage(was, page); len(page.Text) > 0 && change.Level > nothing {
			r.Pages = append(r.Pages, change)
		}
		for _, line := range page.Differences {
			if !slices.Contains(was.Differences, line) {
				r.Languages = append(r.Languages, fmt.Sprintf("%s, new: `%s`", page.File, line))
			}
		}
		for _, line := range was.Differences {
			if !slices.Contains(page.Differences, line) {
				r.Languages = append(r.Languages, fmt.Sprintf("%s, no longer: `%s`", page.File, line))
			}
		}
	}
}

// compareOverlays tells what has changed under the overlay, and which handwritten code the new document concerns.
func (r *report) compareOverlays(base, root string) error {
	var was, is overlaid
	for _, side := range []struct {
		root string
		into *overlaid
	}{{base, &was}, {root, &is}} {
		document, err1 := os.ReadFile(filepath.Join(side.root, joinedFile))
		actions, err2 := os.ReadFile(filepath.Join(side.root, overlayFile))
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		var err error
		if *side.into, err = applyOverlay(document, actions); err != nil {
			return err
		}
		if side.root == root {
			table, err := os.ReadFile(filepath.Join(root, pages.ContractFile))
			if err != nil {
				return err
			}
			contract, err := pages.ParseContract(string(table))
			if err != nil {
				return fmt.Errorf("%s: %w", pages.ContractFile, err)
			}
			r.Look = contract.Compare(document)
		}
	}
	r.Actions, r.Problems = is.actions, is.problems
	r.Beneath, r.Needless = beneath(was, is)
	return nil
}

// nextVersion counts from the last release, whatever the commit that the report compares with.
func (r *report) nextVersion(ctx context.Context, repository *repository) (string, error) {
	last, err := lastRelease(ctx, repository.root)
	switch {
	case err != nil:
		return "", err
	case r.Untold != "":
		return "It follows once the module is generated and builds: `make report` tells it then.", nil
	case last == "":
		return "It cannot be told: this clone has no tag of a release. `git fetch --tags` brings them, to a shallow " +
			"clone with --unshallow; if there is no release yet, the first is " + firstRelease + ".", nil
	}
	released, err := repository.export(ctx, last)
	if err != nil {
		return "", err
	}
	since, err := goChanges(ctx, released, repository.root)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("At least %s, after %s. %s", nextVersion(last, since), last, versionRule), nil
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

//go:embed report.md.tmpl
var reportTemplate string

// markdown is the report in words for a pull request.
func (r *report) markdown() (string, error) {
	functions := template.FuncMap{"fenced": fenced, "diff": func(facts []string) string {
		return "```diff\n" + strings.ReplaceAll(strings.Join(facts, "\n"), "```", "") + "\n```"
	}}
	var b strings.Builder
	err := template.Must(template.New("report").Funcs(functions).Parse(reportTemplate)).Execute(&b, r)
	return b.String(), err
}

// plain makes one short line of a text that comes from outside, and takes the meaning from HTML and mentions in it.
func plain(text string) string {
	return strings.NewReplacer("<", "&lt;", "@", "@\u200b").Replace(oneLine(text))
}

// fenced is a text as a code block, cut where it is long, and indented so that it can stand in a list.
func fenced(text string) string {
	var b strings.Builder
	b.WriteString("  ````\n")
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if i == 20 {
			b.WriteString("  …\n")
			break
		}
		fmt.Fprintf(&b, "  %.300s\n", line)
	}
	return b.String() + "  ````\n"
}
