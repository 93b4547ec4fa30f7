package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// drift fails if something generated is not what pages, overlay, config, templates and the pinned generator make, if a
// page is not the one on record, or if an action of the overlay has lost its purpose. It generates in a copy, and writes
// nothing here.
func drift(ctx context.Context, root string, out io.Writer) error {
	untold := func(err error) error { return fmt.Errorf("drift: whether there is any cannot be told: %w", err) }
	if err := tree.Root(ctx, root); err != nil {
		return untold(err)
	}
	found, err := tampered(root)
	if err != nil {
		return untold(err)
	}
	temp, err := os.MkdirTemp("", "spec-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	work := filepath.Join(temp, "work")
	committed, err := prepare(root, work, filepath.Join(temp, "committed"))
	if err != nil {
		return err
	}
	generateErr := generate(ctx, work)
	overlaid, err := overlayOf(work)
	switch {
	case len(overlaid.problems) > 0:
		found = append(append(found, overlaid.problems...), "correct "+overlayFile+" or remove what it no longer needs, then `make generate` "+
			"and commit the result")
	case generateErr != nil:
		fmt.Fprint(out, lines(found))
		return untold(generateErr)
	case err != nil:
		return err
	default:
		diff, different, err := compareFiles(ctx, temp)
		if err != nil {
			return err
		}
		fmt.Fprint(out, diff)
		found = append(found, different...)
		if len(found) == 0 { // what is right, but would be left out of a commit
			if found, err = untracked(ctx, root, committed); err != nil {
				return err
			}
		}
	}
	if len(found) > 0 {
		fmt.Fprint(out, lines(found))
		return errRepair
	}
	fmt.Fprintln(out, "drift: none; the overlay's actions all apply, and what is generated is what is here")
	return nil
}

// lines puts each finding on a line of its own.
func lines(found []string) (all string) {
	for _, text := range found {
		all += "drift: " + text + "\n"
	}
	return all
}

// prepare copies to work what files are generated from, and to committed those that were, whose names it returns.
func prepare(root, work, committed string) ([]string, error) {
	var inputs []string
	for _, pattern := range []string{"*.go", "go.*", "gen/*", "gen/internal/*/*", "tools/*", "api/*", "api/*/*"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		inputs = append(inputs, found...)
	}
	for _, path := range inputs {
		name, _ := filepath.Rel(root, path)
		info, err := os.Stat(path) // follows a symlink, which tampered tells of
		if err == nil && info.Mode().IsRegular() {
			err = copyText(path, filepath.Join(work, name))
		}
		if err != nil {
			return nil, err
		}
	}
	names, err := generated(root)
	for _, name := range names {
		err = errors.Join(err, copyFile(root, committed, name))
		if err := os.Remove(filepath.Join(work, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return names, err
}

// copyFile copies a file from a folder to another one, a symlink as such.
func copyFile(from, to, name string) error {
	from, to = filepath.Join(from, name), filepath.Join(to, name)
	if target, err := os.Readlink(from); err == nil {
		return errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.Symlink(target, to))
	}
	return copyText(from, to)
}

func copyText(from, to string) error {
	text, err := os.ReadFile(from)
	if err == nil {
		err = errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, text, 0o644))
	}
	return err
}

// compareFiles says how the files in temp/committed differ from those that were generated in temp/work.
func compareFiles(ctx context.Context, temp string) (diff string, found []string, err error) {
	work, made := filepath.Join(temp, "work"), filepath.Join(temp, "generated")
	names, err := generated(work)
	for _, name := range names {
		err = errors.Join(err, copyFile(work, made, name))
	}
	if err != nil {
		return "", nil, err
	}
	git := []string{"-c", "core.quotePath=false", "diff", "--no-index", "--no-renames", "--no-ext-diff", "--no-color",
		"--src-prefix=", "--dst-prefix=", "committed", "generated"}
	if diff, err = tree.Run(ctx, temp, nil, "git", git...); err == nil || diff == "" {
		return "", nil, err // its exit code is 1 for a difference
	}
	status, _ := tree.Run(ctx, temp, nil, "git", append(git, "--name-status")...)
	what := map[string]string{
		"A": "is generated, but missing", "D": "is not generated any more, delete it", "M": "is not what is generated",
		"T": "is not the plain file that is generated",
	}
	for line := range strings.Lines(status) {
		letter, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		_, name, _ = strings.Cut(name, "/")
		found = append(found, name+" "+what[letter])
	}
	return diff, append(found, "`make generate`, then commit the result; what was edited by hand belongs in api/"), nil
}

// untracked says which files git does not track.
func untracked(ctx context.Context, root string, names []string) (found []string, err error) {
	tracked, err := tree.Run(ctx, root, nil, "git", append([]string{"ls-files", "--"}, names...)...)
	for _, name := range names {
		if !slices.Contains(strings.Fields(tracked), name) {
			found = append(found, name+" is not tracked: git add "+name)
		}
	}
	return found, err
}

// tampered says what is wrong with the inputs that nobody edits, and what helps.
func tampered(root string) (found []string, err error) {
	all, err := pages.Load(root)
	if err != nil {
		return nil, err
	}
	known := []string{pages.RecordFile, pages.Overviews}
	for _, page := range all {
		name := pages.Folder + "/" + page.File
		known = append(known, name)
		sum, err := pages.Sum(page.Text)
		switch {
		case len(page.Text) == 0 && page.SHA256 != "":
			found = append(found, name+" is on record, but missing: git restore "+name)
		case len(page.Text) > 0 && (err != nil || sum != page.SHA256):
			found = append(found, fmt.Sprintf("%s is not the page that %s records; nobody edits either: `git restore %s` brings back what was "+
				"committed, `make spec` takes over what iyzico publishes", name, pages.RecordFile, pages.Folder))
		}
	}
	err = filepath.WalkDir(filepath.Join(root, "api"), func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case entry.Type()&fs.ModeSymlink != 0:
			found = append(found, name+" is a symlink, and git does not have what it leads to: put the file itself in its place")
		case !entry.IsDir() && strings.HasPrefix(name, pages.Folder+"/") && !slices.Contains(known, name):
			found = append(found, fmt.Sprintf("%s is not on record: delete it, or `make spec FROM=%s` if it is a page", name, name))
		}
		return nil
	})
	return found, err
}

// overlayOf applies the overlay of root to its joined document.
func overlayOf(root string) (overlaid, error) {
	document, err := os.ReadFile(filepath.Join(root, joinedFile))
	if err != nil {
		return overlaid{}, err
	}
	actions, err := os.ReadFile(filepath.Join(root, overlayFile))
	if err != nil {
		return overlaid{}, err
	}
	return applyOverlay(document, actions)
}
