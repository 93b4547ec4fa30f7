package report

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Package is what changes in one Go package that users can import.
type Package struct {
	Path         string // relative to the module
	Incompatible []string
	Compatible   []string
	Broken       string // why it could not be compared
}

// goChanges compares the public packages of two trees of the module.
func goChanges(ctx context.Context, before, after string) ([]Package, error) {
	old, err := packages(ctx, before)
	if err != nil {
		return nil, err
	}
	current, err := packages(ctx, after)
	if err != nil {
		return nil, err
	}
	paths := slices.AppendSeq(slices.Collect(maps.Keys(old)), maps.Keys(current))
	slices.Sort(paths)
	var changes []Package
	for _, path := range slices.Compact(paths) {
		change := Package{Path: path}
		switch {
		case old[path] == "":
			change.Compatible = []string{"the package is new"}
		case current[path] == "":
			change.Incompatible = []string{"the package is gone"}
		case old[path] != current[path]:
			change = apidiff(ctx, before, after, path)
		}
		if len(change.Incompatible)+len(change.Compatible) > 0 || change.Broken != "" {
			changes = append(changes, change)
		}
	}
	return changes, nil
}

// apidiff compares one package. That it does not build is a finding, since a regenerated package may not.
func apidiff(ctx context.Context, before, after, path string) Package {
	change := Package{Path: path}
	dir, err := os.MkdirTemp("", "apidiff-")
	if err != nil {
		change.Broken = err.Error()
		return change
	}
	defer os.RemoveAll(dir)
	exported := filepath.Join(dir, "before")
	if _, err := APIDiff.run(ctx, before, "-w", exported, "./"+path); err != nil {
		change.Broken = "before: " + err.Error()
		return change
	}
	out, err := APIDiff.run(ctx, after, exported, "./"+path)
	if err != nil {
		change.Broken = strings.ReplaceAll(err.Error(), after+string(filepath.Separator), "")
		return change
	}
	change.Incompatible, change.Compatible, err = parseAPIDiff(string(out))
	if err != nil {
		change.Broken = err.Error()
	}
	return change
}

// parseAPIDiff reads apidiff's two lists.
func parseAPIDiff(out string) (incompatible, compatible []string, err error) {
	var list *[]string
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		item, isItem := strings.CutPrefix(line, "- ")
		switch {
		case line == "":
		case line == "Incompatible changes:":
			list = &incompatible
		case line == "Compatible changes:":
			list = &compatible
		case isItem && list != nil:
			*list = append(*list, item)
		default:
			return nil, nil, fmt.Errorf("expected apidiff's lists, got %q", line)
		}
	}
	return incompatible, compatible, nil
}
