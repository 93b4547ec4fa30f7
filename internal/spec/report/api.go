package report

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Change is one change of the API, in oasdiff's words.
type Change struct {
	ID        string `json:"id"`
	Text      string `json:"text"`
	Level     int    `json:"level"` // 1 to 3
	Operation string `json:"operation"`
	Path      string `json:"path"`
	Section   string `json:"section"`
	// Hidden is a change of iyzico's document that the overlay keeps from the Go API: a parameter that it removes, a type
	// that it replaces.
	Hidden bool `json:"-"`
}

// Severity of a change for whoever calls the API as it was.
func (c Change) Severity() string {
	switch c.Level {
	case 3:
		return "breaking"
	case 2:
		return "risky"
	}
	return "harmless"
}

func (c Change) same(other Change) bool {
	return c.ID == other.ID && c.Text == other.Text && c.Operation == other.Operation && c.Path == other.Path
}

// apiChanges compares iyzico's documents before the overlay, since that is what iyzico changed: the overlay removes
// parameters and replaces types, and a change of these would be lost. It compares them again after the overlay, to tell
// which changes the overlay hides, and which ones it makes itself.
func apiChanges(ctx context.Context, before, after side, overlaid bool) (iyzico, ours []Change, err error) {
	iyzico, err = oasdiff(ctx, before.document, after.document)
	if err != nil {
		return nil, nil, fmt.Errorf("iyzico's document: %w", err)
	}
	if !overlaid {
		return iyzico, nil, nil
	}
	all, err := oasdiff(ctx, before.overlaid.Document, after.overlaid.Document)
	if err != nil {
		return nil, nil, fmt.Errorf("iyzico's document with the overlay: %w", err)
	}
	for i := range iyzico {
		iyzico[i].Hidden = !contains(all, iyzico[i])
	}
	for _, change := range all {
		if !contains(iyzico, change) {
			ours = append(ours, change)
		}
	}
	return iyzico, ours, nil
}

func contains(all []Change, change Change) bool {
	for _, other := range all {
		if change.same(other) {
			return true
		}
	}
	return false
}

func oasdiff(ctx context.Context, before, after []byte) ([]Change, error) {
	dir, err := os.MkdirTemp("", "oasdiff-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	old, revision := filepath.Join(dir, "before.yaml"), filepath.Join(dir, "after.yaml")
	if err := os.WriteFile(old, before, 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(revision, after, 0o600); err != nil {
		return nil, err
	}
	// The documents come from the network: their references must stay inside them.
	out, err := OASDiff.run(ctx, dir, "changelog", "--format", "json", "--allow-external-refs=false", old, revision)
	if err != nil {
		return nil, err
	}
	var all []Change
	if err := json.Unmarshal(out, &all); err != nil {
		return nil, fmt.Errorf("expected a JSON list from oasdiff: %w", err)
	}
	changes := all[:0]
	for _, change := range all {
		if change.Section == "info" { // whether iyzico raised its version as it should; its numbers promise nothing
			continue
		}
		changes = append(changes, change)
	}
	return changes, nil
}
