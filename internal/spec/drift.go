package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// drift fails if something generated is not what pages, overlay, config, templates and the pinned generator make, or if
// an action of the overlay has lost its purpose. It generates in a copy, and writes nothing here.
func drift(ctx context.Context, root string, out io.Writer) error {
	r, err := open(ctx, root)
	if err != nil {
		return fmt.Errorf("drift: whether there is any cannot be told: %w", err)
	}
	defer r.Close()
	here, err := r.snapshot(ctx, root)
	if err != nil {
		return err
	}
	copied, err := r.export(ctx, here)
	if err != nil {
		return err
	}
	names, err := generated(copied)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(copied, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	generateErr := generate(ctx, copied)
	if problems, err := overlayProblems(copied); err != nil && generateErr == nil {
		return err
	} else if len(problems) > 0 {
		fmt.Fprintf(out,
			"%s\n\ndrift: correct %s or remove what it no longer needs, then `make generate` and commit the result\n",
			strings.Join(problems, "\n"), overlayFile)
		return errRepair
	}
	if generateErr != nil {
		return fmt.Errorf("drift: whether there is any cannot be told: %w", generateErr)
	}
	made, err := r.snapshot(ctx, copied)
	if err != nil {
		return err
	}
	diff, err := r.git(ctx, root, "diff", "--no-renames", "--no-ext-diff", "--no-color", "--src-prefix=committed/",
		"--dst-prefix=generated/",
		here, made)
	if err != nil {
		return err
	}
	status, err := r.git(ctx, root, "diff", "--no-renames", "--name-status", here, made)
	if err != nil {
		return err
	}
	what := map[string]string{
		"A": "is generated, but missing", "D": "is not generated any more, delete it", "M": "is not what is generated",
		"T": "is not the plain file that is generated",
	}
	found, err := tampered(copied)
	if err != nil {
		return err
	}
	for line := range strings.Lines(status) {
		letter, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		found = append(found, name+" "+what[letter])
	}
	if len(found) == 0 { // what is right, but would be left out of a commit
		tracked, err := run(ctx, root, nil, "git", append([]string{"ls-files", "--"}, names...)...)
		if err != nil {
			return err
		}
		for _, name := range names {
			if !slices.Contains(strings.Fields(tracked), name) {
				found = append(found, name+" is not tracked: git add "+name)
			}
		}
	}
	if len(found) == 0 {
		fmt.Fprintln(out, "drift: none; the overlay's actions all apply, and what is generated is what is here")
		return nil
	}
	fmt.Fprintf(out,
		"%s\ndrift: %s\ndrift: `make generate`, then commit the result; what was edited by hand belongs in api/\n",
		diff, strings.Join(found, "\ndrift: "))
	return errRepair
}

// tampered says which pages are not those on record, and which inputs are symlinks: git does not have what these lead
// to.
func tampered(root string) (found []string, err error) {
	all, err := pages.Load(root)
	if err != nil {
		return nil, err
	}
	for _, page := range all {
		if sum, err := pages.Sum(page.Text); len(page.Text) > 0 && (err != nil || sum != page.SHA256) {
			found = append(found, fmt.Sprintf("%s/%s is not the page that %s records: nobody edits one", pages.Folder,
				page.File, pages.RecordFile))
		}
	}
	err = filepath.WalkDir(filepath.Join(root, "api"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type()&fs.ModeSymlink != 0 {
			name, _ := filepath.Rel(root, path)
			found = append(found, filepath.ToSlash(name)+" is a symlink")
		}
		return err
	})
	return found, err
}

// overlayProblems applies the overlay of root to its joined document.
func overlayProblems(root string) ([]string, error) {
	document, err := os.ReadFile(filepath.Join(root, joinedFile))
	if err != nil {
		return nil, err
	}
	actions, err := os.ReadFile(filepath.Join(root, overlayFile))
	if err != nil {
		return nil, err
	}
	result, err := applyOverlay(document, actions)
	return result.problems, err
}
