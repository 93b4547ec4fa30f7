package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// run runs a command in dir and returns what it prints. Its error carries the command and what it says on stderr.
func run(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	// A workspace around the tree would choose other versions than go.mod.
	cmd.Env = append(append(cmd.Environ(), "GOWORK=off"), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err != nil {
		said := strings.TrimSpace(stderr.String())
		if said == "" {
			said = strings.TrimSpace(stdout.String())
		}
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, said)
	}
	return stdout.String(), err
}

// repository is the git working tree that the module is, with a temporary folder beside it.
type repository struct {
	root string
	temp string
	env  []string // sends the objects that are made here to temp
}

// open fails if root is no git working tree. Close the repository to remove its temporary folder.
func open(ctx context.Context, root string) (*repository, error) {
	top, err := run(ctx, root, nil, "git", "rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-path",
		"objects")
	if err != nil {
		return nil, fmt.Errorf("expected a git working tree: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(top), "\n")
	if real, err := filepath.EvalSymlinks(root); err != nil || len(lines) != 3 || lines[0] != real {
		return nil, fmt.Errorf("expected %s to be the root of a git working tree, not a folder inside of another one",
			root)
	}
	objects := lines[2]
	if !filepath.IsAbs(objects) {
		objects = filepath.Join(root, objects)
	}
	temp, err := os.MkdirTemp("", "spec-")
	if err != nil {
		return nil, err
	}
	r := &repository{root: root, temp: temp, env: []string{
		"GIT_DIR=" + lines[1], "GIT_OBJECT_DIRECTORY=" + filepath.Join(temp, "objects"),
		"GIT_ALTERNATE_OBJECT_DIRECTORIES=" + objects, "GIT_INDEX_FILE=" + filepath.Join(temp, "index"),
	}}
	return r, os.Mkdir(filepath.Join(temp, "objects"), 0o755)
}

func (r *repository) Close() { os.RemoveAll(r.temp) }

func (r *repository) git(ctx context.Context, dir string, args ...string) (string, error) {
	return run(ctx, dir, append(r.env, "GIT_WORK_TREE="+dir), "git",
		append([]string{"-c", "core.quotePath=false"}, args...)...)
}

// snapshot returns the git tree of all that is in dir and not ignored, and of generated files even if they are. The
// repository's own index stays as it is.
func (r *repository) snapshot(ctx context.Context, dir string) (string, error) {
	os.Remove(filepath.Join(r.temp, "index"))
	if _, err := r.git(ctx, dir, "add", "--all", "."); err != nil {
		return "", err
	}
	if names, err := generated(dir); err != nil {
		return "", err
	} else if len(names) > 0 {
		if _, err := r.git(ctx, dir, append([]string{"add", "--force", "--"}, names...)...); err != nil {
			return "", err
		}
	}
	tree, err := r.git(ctx, dir, "write-tree")
	return strings.TrimSpace(tree), err
}

// export writes the files of a commit or tree to a new folder, which it returns.
func (r *repository) export(ctx context.Context, commit string) (string, error) {
	dir, err := os.MkdirTemp(r.temp, "export-")
	if err != nil {
		return "", err
	}
	if _, err := r.git(ctx, dir, "read-tree", "--end-of-options", commit); err != nil {
		return "", fmt.Errorf("expected a commit of this repository, got %q: %w", commit, err)
	}
	_, err = r.git(ctx, dir, "checkout-index", "--all")
	return dir, err
}

// generated lists the generated files below dir, by their name or by the line that Go's tools know one by, and the
// document that is joined from the pages. So is a symlink.
func generated(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		switch {
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir():
		case name == joinedFile, strings.HasSuffix(name, ".gen.go"):
			names = append(names, name)
		case strings.HasSuffix(name, ".go"):
			text, err := os.ReadFile(path)
			first, _, _ := strings.Cut(string(text), "\n")
			first = strings.TrimSpace(first)
			if err == nil && strings.HasPrefix(first, "// Code generated ") &&
				strings.HasSuffix(first, " DO NOT EDIT.") {
				names = append(names, name)
			}
		}
		return nil
	})
	return names, err
}

// generate runs the module's go:generate lines in root.
func generate(ctx context.Context, root string) error {
	if _, err := run(ctx, root, nil, "go", "generate", "./..."); err != nil {
		return fmt.Errorf("the generator failed: %w", err)
	}
	return nil
}

// failure is a test that fails, or a package that does not build.
type failure struct{ Name, Output string }

// tested are the packages with handwritten code that a change of iyzico's API can break.
var tested = []string{"./gen", "./api", "./emulator", "./payout"}

// failing runs the short tests of the packages that a change of iyzico's API can break, and builds all others.
func failing(ctx context.Context, root string) ([]failure, error) {
	if _, err := run(ctx, root, nil, "go", "list", "-export", "-f", "", "./..."); err != nil {
		return []failure{{"go build", strings.ReplaceAll(err.Error(), root+string(filepath.Separator), "")}}, nil
	}
	out, runErr := run(ctx, root, []string{"MASSPAYOUT_SOAK="}, "go",
		append([]string{"test", "-short", "-timeout=5m", "-json"}, tested...)...)
	var failed []failure
	outputs := map[string]string{}
	for decoder := json.NewDecoder(strings.NewReader(out)); ; {
		var event struct{ Action, Package, ImportPath, Test, Output string }
		if err := decoder.Decode(&event); err != nil {
			break // the end
		}
		name := strings.TrimPrefix(event.Package+event.ImportPath, modulePath+"/")
		if event.Test != "" {
			name += " " + event.Test
		}
		switch event.Action {
		case "output", "build-output":
			if !strings.HasPrefix(event.Output, "=== ") && !strings.HasPrefix(strings.TrimSpace(event.Output),
				"--- FAIL") {
				outputs[name] += event.Output
			}
		case "fail", "build-fail":
			failed = append(failed, failure{name, outputs[name]})
		}
	}
	// Of a test and its subtest the latter tells it all; of a package, its tests do.
	failed = slices.DeleteFunc(failed, func(f failure) bool {
		return slices.ContainsFunc(failed, func(g failure) bool {
			return g.Name != f.Name && (strings.HasPrefix(g.Name, f.Name+"/") || strings.HasPrefix(g.Name, f.Name+" "))
		})
	})
	if runErr != nil && len(failed) == 0 {
		return nil, runErr
	}
	return failed, nil
}
