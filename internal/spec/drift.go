package main

import (
	"bytes"
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
	found, err := tampered(root)
	if err != nil {
		return untold(err)
	}
	temp, err := os.MkdirTemp("", "spec-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	committed, err := generated(root)
	work := filepath.Join(temp, "generated")
	if err := errors.Join(err, prepare(root, work, committed), os.Symlink(root, filepath.Join(temp, "committed"))); err != nil {
		return err
	}
	overlaid, err := generate(ctx, work)
	switch {
	case len(overlaid.problems) > 0:
		found = append(append(found, overlaid.problems...), "correct "+overlayFile+" or remove what it no longer needs, then `make generate` "+
			"and commit the result")
	case err != nil:
		fmt.Fprint(out, lines(found))
		return untold(err)
	default:
		different, err := compareFiles(ctx, temp, committed, out)
		found = append(found, different...)
		if err == nil && len(found) == 0 { // what is right, but would be left out of a commit
			found, err = untracked(ctx, root, committed)
		}
		if err != nil {
			return err
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

// prepare copies to work what the committed files were generated from.
func prepare(root, work string, committed []string) error {
	for _, pattern := range []string{"*.go", "go.*", "gen/*", "gen/internal/*/*", "tools/*", "api/*", "api/*/*"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, path := range found {
			name, _ := filepath.Rel(root, path)
			info, err := os.Stat(path)
			if err == nil && info.Mode().IsRegular() && !slices.Contains(committed, filepath.ToSlash(name)) {
				err = copyFile(path, filepath.Join(work, name))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// copyFile copies a file, and what a symlink leads to.
func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err == nil {
		err = errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, text, 0o644))
	}
	return err
}

// compareFiles says how the files in temp/committed differ from those that were generated in temp/generated, and prints
// how.
func compareFiles(ctx context.Context, temp string, committed []string, out io.Writer) (found []string, err error) {
	names, err := generated(filepath.Join(temp, "generated"))
	names = append(names, committed...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		old, made := "committed/"+name, "generated/"+name
		info, oldErr := os.Lstat(filepath.Join(temp, old))
		was, _ := os.ReadFile(filepath.Join(temp, old))
		is, madeErr := os.ReadFile(filepath.Join(temp, made))
		switch {
		case oldErr != nil:
			found, old = append(found, name+" is generated, but missing"), os.DevNull
		case madeErr != nil:
			found, made = append(found, name+" is not generated any more, delete it"), os.DevNull
		case !info.Mode().IsRegular():
			found = append(found, name+" is not the plain file that is generated")
		case !bytes.Equal(was, is):
			found = append(found, name+" is not what is generated")
		default:
			continue
		}
		diff, _ := tree.Run(ctx, temp, nil, "git", "diff", "--no-index", "--no-ext-diff", "--no-color", "--src-prefix=", "--dst-prefix=", old,
			made) // its exit code is 1 for a difference
		fmt.Fprint(out, diff)
	}
	if len(found) > 0 {
		found = append(found, "`make generate`, then commit the result; what was edited by hand belongs in api/")
	}
	return found, err
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
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	known := []string{pages.RecordFile, pages.Overviews}
	for _, page := range all {
		name := pages.Folder + "/" + page.File
		known = append(known, name)
		if sum, err := pages.Sum(page.Text); len(page.Text) > 0 && (err != nil || sum != page.SHA256) {
			say("%s is not the page that %s records; nobody edits either: `git restore %s` brings back what was committed, `make spec` takes "+
				"over what iyzico publishes", name, pages.RecordFile, pages.Folder)
		} else if len(page.Text) == 0 && page.SHA256 != "" {
			say("%s is on record, but missing: git restore %[1]s", name)
		}
	}
	err = filepath.WalkDir(filepath.Join(root, "api"), func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if err == nil && entry.Type()&fs.ModeSymlink != 0 {
			say("%s is a symlink, and git does not have what it leads to: put the file itself in its place", name)
		} else if err == nil && !entry.IsDir() && strings.HasPrefix(name, pages.Folder+"/") && !slices.Contains(known, name) {
			say("%s is not on record: delete it, or `make spec FROM=%[1]s` if it is a page", name)
		}
		return err
	})
	return found, err
}

// overlayOf applies the overlay of root to its joined document.
func overlayOf(root string) (overlaid, error) {
	document, err := os.ReadFile(filepath.Join(root, joinedFile))
	actions, actionsErr := os.ReadFile(filepath.Join(root, overlayFile))
	if err := errors.Join(err, actionsErr); err != nil {
		return overlaid{}, err
	}
	return applyOverlay(document, actions)
}
