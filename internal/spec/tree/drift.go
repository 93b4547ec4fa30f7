package tree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Difference is one file that is not what the spec, overlay, config and pinned tool generate.
type Difference struct {
	Name string
	What string // what is wrong with it
	Diff string // from the committed to the generated file, unified
}

// Drift generates in a throw-away copy of root and compares the two trees, both ways. Root is only read. The error says
// that no comparison was possible; differences are no error.
func Drift(ctx context.Context, root string) ([]Difference, error) {
	dir, err := os.MkdirTemp("", "drift-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	names, err := Files(ctx, root)
	if err != nil {
		return nil, err
	}
	tracked, err := list(ctx, root)
	if err != nil {
		return nil, err
	}
	// An ignored generated file is compiled all the same.
	ignored, err := list(ctx, root, "-oi", "--exclude-standard", "*"+Generated)
	if err != nil {
		return nil, err
	}
	// The names of the two sides are those that the diff shows.
	committed, generated := filepath.Join(dir, "committed"), filepath.Join(dir, "generated")
	for _, side := range []string{committed, generated} {
		if err := Copy(root, side, names); err != nil {
			return nil, err
		}
	}
	if err := Copy(root, committed, ignored); err != nil {
		return nil, err
	}
	if err := removeGenerated(generated, names); err != nil {
		return nil, err
	}
	if err := Generate(ctx, generated); err != nil {
		return nil, err
	}
	differences, err := compare(ctx, dir, committed, generated)
	if err != nil {
		return nil, err
	}
	return append(differences, untracked(committed, tracked, differences)...), nil
}

// compare looks at every file, not only at *.gen.go: generating may also write a file of another name.
func compare(ctx context.Context, dir, committed, generated string) ([]Difference, error) {
	all, err := walk(committed)
	if err != nil {
		return nil, err
	}
	made, err := walk(generated)
	if err != nil {
		return nil, err
	}
	all = append(all, made...)
	slices.Sort(all)
	var differences []Difference
	for _, name := range slices.Compact(all) {
		old, oldErr := os.ReadFile(filepath.Join(committed, filepath.FromSlash(name)))
		made, madeErr := os.ReadFile(filepath.Join(generated, filepath.FromSlash(name)))
		difference := Difference{Name: name, What: "is not what is generated"}
		switch {
		case errors.Is(oldErr, os.ErrNotExist):
			difference.What = "is generated, but missing"
		case errors.Is(madeErr, os.ErrNotExist):
			difference.What = "is not generated any more, delete it"
		case bytes.Equal(old, made):
			continue
		}
		if difference.Diff, err = diff(ctx, dir, name, oldErr == nil, madeErr == nil); err != nil {
			return nil, err
		}
		differences = append(differences, difference)
	}
	return differences, nil
}

// diff is git's unified diff of a file's two sides.
func diff(ctx context.Context, dir, name string, hasOld, hasMade bool) (string, error) {
	from, to := "committed/"+name, "generated/"+name
	if !hasOld {
		from = os.DevNull
	}
	if !hasMade {
		to = os.DevNull
	}
	out, err := Run(ctx, dir, "git", "--no-pager", "diff", "--no-index", "--no-ext-diff", "--no-color", "--no-prefix", "--",
		from, to)
	// 1 is git's way to say that there is a difference.
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		return "", err
	}
	return string(out), nil
}

// untracked finds generated files that are right, but which a commit would leave out.
func untracked(committed string, tracked []string, differences []Difference) []Difference {
	all, err := walk(committed)
	if err != nil {
		return nil
	}
	var found []Difference
	for _, name := range all {
		differs := slices.ContainsFunc(differences, func(d Difference) bool { return d.Name == name })
		if strings.HasSuffix(name, Generated) && !differs && !slices.Contains(tracked, name) {
			found = append(found, Difference{Name: name, What: fmt.Sprintf("is not tracked: git add %s", name)})
		}
	}
	return found
}
