// Package overlay looks at api/overlay.yaml action by action: which still correct something, and which no longer do.
// The generator applies the same file with the same library, but names only the target of an action that fails, and says
// nothing of one that changes nothing.
package overlay

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// Problem is an action that no longer does what it was written for.
type Problem struct {
	Number      int // from 1, in the order of the file
	Of          int
	Target      string
	Description string // the action's own, which says which fact it corrects
	Kind        Kind
	Detail      string
}

// Kind says what is wrong with an action.
type Kind int

const (
	// Gone is an action whose target is not in the document.
	Gone Kind = iota
	// Idle is an action that changes nothing: the document already says what it would make it say.
	Idle
	// Failed is an action that cannot be applied, as one with a target that is no JSONPath.
	Failed
	// Orphan is an action that corrects a property which the document no longer has. Applying it would bring the property
	// back, without a type.
	Orphan
	// Misnamed is an action whose x-enum-varnames do not fit the enum that they stand beside.
	Misnamed
)

func (k Kind) String() string {
	switch k {
	case Gone:
		return "no longer applies: its target is not in the document"
	case Idle:
		return "changes nothing: the document already says so"
	case Failed:
		return "cannot be applied"
	case Orphan:
		return "corrects a property that is not in the document"
	case Misnamed:
		return "names an enum's values wrongly: x-enum-varnames go by position"
	}
	return "unknown"
}

// Error names the action as a reader of the file finds it: by its place, its target and its own description.
func (p Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "overlay action %d of %d, %s, %s", p.Number, p.Of, p.Target, p.Kind)
	if p.Detail != "" {
		fmt.Fprintf(&b, " (%s)", p.Detail)
	}
	fmt.Fprintf(&b, ".\n  It says: %s", oneLine(p.Description))
	return b.String()
}

// Result is a document with the overlay applied, as far as it applies.
type Result struct {
	Document []byte // YAML
	Actions  int    // how many there are
	Problems []Problem
	Leaves   []Leaf
}

// Apply applies each action by itself, in order, as the generator does: the next one sees what the one before it made.
// Actions that do not apply are left out of the document and listed. The error is for an input that is no document or
// no overlay at all.
func Apply(document, overlayFile []byte) (Result, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return Result{}, fmt.Errorf("the document: expected JSON or YAML: %w", err)
	}
	file, err := overlay.ParseReader(bytes.NewReader(overlayFile))
	if err != nil {
		return Result{}, fmt.Errorf("the overlay: expected an OpenAPI Overlay in YAML: %w", err)
	}
	if err := file.Validate(); err != nil {
		return Result{}, fmt.Errorf("the overlay: %w", err)
	}
	result := Result{Actions: len(file.Actions)}
	if result.Document, err = yaml.Marshal(&root); err != nil {
		return Result{}, err
	}
	for i, action := range file.Actions {
		problem := Problem{
			Number: i + 1, Of: len(file.Actions), Target: action.Target, Description: action.Description,
		}
		for _, property := range orphans(file, &root, action) {
			orphan := problem
			orphan.Kind, orphan.Detail = Orphan, property
			result.Problems = append(result.Problems, orphan)
		}
		leaves, err := leavesOf(file, &root, i)
		if err == nil {
			result.Document, err = applyOne(file, &root, action, result.Document)
		}
		switch kind := Kind(0); {
		case errors.As(err, &kind):
			problem.Kind = kind
			result.Problems = append(result.Problems, problem)
		case err != nil:
			problem.Kind, problem.Detail = Failed, err.Error()
			result.Problems = append(result.Problems, problem)
		default:
			result.Leaves = append(result.Leaves, leaves...)
		}
	}
	result.Problems = append(result.Problems, misnamed(file, &root)...)
	slices.SortStableFunc(result.Problems, func(a, b Problem) int { return a.Number - b.Number })
	return result, nil
}

// Error lets a Kind travel as an error inside this package.
func (k Kind) Error() string { return k.String() }

// applyOne applies one action to root, whose text before is given, and returns its text after. It fails with Gone, Idle
// or the library's own error.
func applyOne(file *overlay.Overlay, root *yaml.Node, action overlay.Action, before []byte) ([]byte, error) {
	path, err := file.NewPath(action.Target, nil)
	if err != nil {
		return before, err
	}
	if len(path.Query(root)) == 0 {
		return before, Gone
	}
	single := *file
	single.Actions = []overlay.Action{action}
	if _, err := single.ApplyToStrict(root); err != nil {
		return before, err
	}
	after, err := yaml.Marshal(root)
	if err == nil && bytes.Equal(before, after) {
		err = Idle
	}
	return after, err
}

// oneLine folds a description of several lines into one.
func oneLine(s string) string {
	if s = strings.Join(strings.Fields(s), " "); s == "" {
		return "(no description)"
	}
	return s
}
