package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// generate does what `go generate ./...` does in root, but joins the pages itself, and loads no packages for it: all
// directives are in generate.go.
func generate(ctx context.Context, root string) error {
	err := pages.WriteJoined(root)
	is, _ := overlayOf(root) // the generator says why it cannot be applied, but not this:
	if err = errors.Join(err, is.ungenerated); err == nil {
		_, err = tree.Run(ctx, root, nil, "go", "generate", "-skip", "internal/pages/join", "generate.go")
	}
	return err
}

var header = regexp.MustCompile(`^// Code generated .* DO NOT EDIT\.\s`)

// generated lists the generated files below dir, by their name or the line that Go's tools know one by, and joinedFile.
func generated(dir string) (names []string, err error) {
	below := os.DirFS(dir)
	err = fs.WalkDir(below, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "testdata", "node_modules"}, entry.Name()):
			return fs.SkipDir
		case !entry.IsDir() && (name == joinedFile || strings.HasSuffix(name, ".go")):
			text, _ := fs.ReadFile(below, name)
			if name == joinedFile || strings.HasSuffix(name, ".gen.go") || header.Match(text) {
				names = append(names, name)
			}
		}
		return nil
	})
	return names, err
}

// drift tells if something generated is not what pages, overlay, config, templates and the pinned generator make, if a
// page is not the one on record, or if an action of the overlay has lost its purpose. It generates in a copy.
func drift(ctx context.Context, root string) (text string, err error) {
	said, diff := "", ""
	say := func(format string, args ...any) { said += "drift: " + fmt.Sprintf(format, args...) + "\n" }
	committed, err := generated(root)
	if err == nil {
		err = tampered(root, committed, say)
	}
	if err == nil {
		diff, err = differences(ctx, root, committed, say)
	}
	if err == nil && said == "" { // what is right, but would be left out of a commit
		var untracked string
		untracked, err = tree.Run(ctx, root, nil, "git", append([]string{"ls-files", "--others", "--"}, committed...)...)
		for _, name := range strings.Fields(untracked) {
			say("%s is not tracked: git add %[1]s", name)
		}
	}
	switch {
	case errors.Is(err, errRepair), err == nil && said != "":
		return diff + said, errRepair
	case err != nil:
		return said, fmt.Errorf("drift: whether there is any cannot be told: %w", err)
	}
	return "drift: none; the overlay's actions all apply, and what is generated is what is here\n", nil
}

// tampered says what is wrong with the inputs that nobody edits, and what helps. It fails if they cannot be copied.
func tampered(root string, committed []string, say func(string, ...any)) error {
	all, err := pages.Load(root)
	if err != nil {
		return err
	}
	known := []string{pages.RecordFile, pages.Overviews}
	for _, page := range all {
		name := pages.Folder + "/" + page.File
		known = append(known, name)
		if sum, err := pages.Sum(page.Text); len(page.Text) > 0 && (err != nil || sum != page.SHA256) {
			say("%s is not the page that %s records; nobody edits either: `git restore %s` brings back what was committed, "+
				"`make spec` takes over what iyzico publishes", name, pages.RecordFile, pages.Folder)
		} else if len(page.Text) == 0 && page.SHA256 != "" {
			say("%s is on record, but missing: git restore %[1]s", name)
		}
	}
	inputs, _ := fs.Glob(os.DirFS(root), "api/*")
	more, _ := fs.Glob(os.DirFS(root), "api/*/*")
	for _, name := range slices.Concat(committed, inputs, more) {
		if info, statErr := os.Lstat(filepath.Join(root, name)); statErr == nil && info.Mode()&fs.ModeSymlink != 0 {
			say("%s is a symlink, and git does not have what it leads to: put the file itself in its place", name)
			err = errRepair
		} else if strings.HasPrefix(name, pages.Folder+"/") && !slices.Contains(known, name) {
			say("%s is not on record: delete it, or `make spec FROM=%[1]s` if it is a page", name)
		}
	}
	return err
}

// differences generates in a copy of the inputs, says how the committed files differ from that, and returns a diff.
func differences(ctx context.Context, root string, committed []string, say func(string, ...any)) (diff string, err error) {
	temp, err := os.MkdirTemp("", "spec-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	work := filepath.Join(temp, "generated")
	err = os.Symlink(root, filepath.Join(temp, "committed"))
	for _, folder := range []string{"api", "gen", "tools"} {
		err = errors.Join(err, os.CopyFS(filepath.Join(work, folder), os.DirFS(filepath.Join(root, folder))))
	}
	for _, name := range []string{"go.mod", "go.sum", "generate.go"} {
		text, readErr := os.ReadFile(filepath.Join(root, name))
		err = errors.Join(err, readErr, os.WriteFile(filepath.Join(work, name), text, 0o644))
	}
	if err != nil {
		return "", err
	}
	for _, name := range committed {
		_ = os.Remove(filepath.Join(work, name)) // if it was copied
	}
	err = generate(ctx, work)
	if overlaid, overlayErr := overlayOf(work); overlayErr == nil && len(overlaid.Problems) > 0 {
		say("%s\ndrift: correct %s or remove what it no longer needs, then `make generate` and commit the result",
			strings.Join(overlaid.Problems, "\ndrift: "), overlayFile)
		return "", nil
	}
	made, walkErr := generated(work)
	if err := errors.Join(err, walkErr); err != nil {
		return "", err
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(append(made, committed...)))) {
		is, generated, what := "committed/"+name, "generated/"+name, "not what is generated"
		was, wasErr := os.ReadFile(filepath.Join(temp, is))
		now, nowErr := os.ReadFile(filepath.Join(temp, generated))
		switch {
		case !slices.Contains(committed, name):
			is, what = os.DevNull, "generated, but missing"
		case !slices.Contains(made, name):
			generated, what = os.DevNull, "not generated any more, delete it"
		case wasErr == nil && nowErr == nil && bytes.Equal(was, now): // git only draws the difference
			continue
		}
		say("%s is %s", name, what)
		changes, err := tree.Run(ctx, temp, nil, "git", "-c", "core.autocrlf=false", "diff", "--no-index", "--no-ext-diff",
			"--no-color", "--src-prefix=", "--dst-prefix=", is, generated)
		diff += cmp.Or(changes, fmt.Sprintf("git diff shows nothing of %s: %v\n", name, err))
	}
	if diff != "" {
		say("`make generate`, then commit the result; what was edited by hand belongs in api/")
	}
	return diff, nil
}
