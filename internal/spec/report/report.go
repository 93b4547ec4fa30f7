// Package report tells what a changed document means: for whoever calls the API, for the overlay, for Go programs that
// use this module, and for its next version.
package report

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/iyzico-go/masspayout/internal/spec/document"
	"github.com/iyzico-go/masspayout/internal/spec/overlay"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// Report compares two trees of the module.
type Report struct {
	Before, After string   // info.version of iyzico's document
	Unchanged     bool     // the document
	API           []Change // by iyzico
	Ours          []Change // by the overlay
	Unreadable    string   // why oasdiff could not compare the documents

	Actions   int               // how many the overlay has
	Problems  []overlay.Problem // actions that no longer do what they were written for
	Redundant []overlay.Leaf    // corrections that iyzico has made, too
	Beneath   []Beneath         // values that iyzico has changed under a correction

	GoneSchemas, NewSchemas []string // of iyzico's document

	Go      []Package
	Broken  []string // what fails after regenerating: the generator, the build
	Last    Version  // the last release
	NoneYet bool     // there is no release
}

// Beneath is a value that the overlay replaces, and that is another one than before.
type Beneath struct {
	overlay.Leaf
	Before string // what the document said before
}

// side is one of the two trees.
type side struct {
	document []byte
	version  string
	schemas  []string
	overlaid overlay.Result
}

// Compare compares the tree of a commit with the working tree. Both are only read. Broken is what is known to fail in the
// working tree.
func Compare(ctx context.Context, root, commit string, broken []string) (Report, error) {
	for _, tool := range []Tool{OASDiff, APIDiff} {
		if err := tool.Prepare(ctx); err != nil {
			return Report{}, err
		}
	}
	base, err := os.MkdirTemp("", "before-")
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(base)
	if err := tree.Export(ctx, root, commit, base); err != nil {
		return Report{}, err
	}
	before, err := read(base)
	if err != nil {
		return Report{}, err
	}
	after, err := read(root)
	if err != nil {
		return Report{}, err
	}
	report := Report{
		Before: before.version, After: after.version, Unchanged: string(before.document) == string(after.document),
		Actions: after.overlaid.Actions, Problems: after.overlaid.Problems, Broken: broken,
	}
	report.Redundant, report.Beneath = compareLeaves(before.overlaid.Leaves, after.overlaid.Leaves)
	report.GoneSchemas, report.NewSchemas = without(before.schemas, after.schemas), without(after.schemas, before.schemas)
	report.API, report.Ours, err = apiChanges(ctx, before, after, len(report.Problems) == 0)
	if err != nil {
		report.Unreadable = err.Error()
	}
	if report.Go, err = goChanges(ctx, base, root); err != nil {
		return Report{}, err
	}
	last, ok, err := LastRelease(ctx, root, "HEAD")
	report.Last, report.NoneYet = last, !ok
	return report, err
}

func read(root string) (side, error) {
	text, err := os.ReadFile(filepath.Join(root, "api", "openapi.json"))
	if err != nil {
		return side{}, err
	}
	actions, err := os.ReadFile(filepath.Join(root, "api", "overlay.yaml"))
	if err != nil {
		return side{}, err
	}
	parsed, err := document.Parse(text)
	if err != nil {
		return side{}, fmt.Errorf("api/openapi.json: %w", err)
	}
	overlaid, err := overlay.Apply(text, actions)
	return side{document: text, version: parsed.Version, schemas: parsed.Schemas, overlaid: overlaid}, err
}

// without is what a has and b has not.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(name string) bool { return slices.Contains(b, name) })
}

// compareLeaves finds what iyzico has corrected itself, and what it has changed under a correction.
func compareLeaves(before, after []overlay.Leaf) (redundant []overlay.Leaf, beneath []Beneath) {
	was := map[string]string{}
	for _, leaf := range before {
		was[leaf.Path] = leaf.Was
	}
	for _, leaf := range after {
		old, ok := was[leaf.Path]
		switch {
		case leaf.Redundant():
			redundant = append(redundant, leaf)
		case ok && old != leaf.Was:
			beneath = append(beneath, Beneath{Leaf: leaf, Before: old})
		}
	}
	return redundant, beneath
}

// Repair says whether a maintainer must do something before the change can be merged.
func (r Report) Repair() bool {
	for _, change := range r.Go {
		if change.Broken != "" {
			return true
		}
	}
	return len(r.Problems) > 0 || len(r.Broken) > 0 || r.Unreadable != ""
}

// Empty says that there is nothing to tell.
func (r Report) Empty() bool {
	return r.Unchanged && len(r.API)+len(r.Ours)+len(r.Go)+len(r.Redundant) == 0 && !r.Repair()
}
