package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/spec/tree"
	"golang.org/x/exp/apidiff"
	"golang.org/x/mod/semver"
)

// Module is the library's path.
const Module = "github.com/iyzico-go/masspayout"

// Checker type-checks trees of the module from their source, and what they import from the build cache: nothing of the
// module is compiled for it.
type Checker struct {
	exports map[string]string // files of the build cache, by package
}

// listed is a package as go list describes it.
type listed struct {
	ImportPath, Name, Dir string
	GoFiles               []string
	Module                *struct{ Path string }
	DepOnly               bool
	Error                 *struct{ Err string }
}

// Check returns the packages of a tree that users can import. It fails if any package, a command or an internal one
// included, does not build.
func (c *Checker) Check(ctx context.Context, root string) (*apidiff.Module, error) {
	out, err := tree.Run(ctx, root, nil, "go", "list", "-e", "-deps", "-json=ImportPath,Name,Dir,GoFiles,Module,DepOnly,Error", "./...")
	if err != nil {
		return nil, err
	}
	var ours []listed // each behind what it imports
	var others []string
	for decoder := json.NewDecoder(strings.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		switch {
		case p.Module != nil && p.Module.Path == Module:
			ours = append(ours, p)
		case c.exports[p.ImportPath] == "" && p.ImportPath != "unsafe" && p.Error == nil:
			others = append(others, p.ImportPath)
		}
	}
	if err := c.export(ctx, root, others); err != nil {
		return nil, err
	}
	fset, checked := token.NewFileSet(), map[string]*types.Package{}
	compiled := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if c.exports[path] == "" {
			return nil, fmt.Errorf("package %s cannot be imported", path)
		}
		return os.Open(c.exports[path])
	})
	api := &apidiff.Module{Path: Module}
	for _, p := range ours {
		pkg, err := check(p, fset, importing(func(path string) (*types.Package, error) {
			if pkg := checked[path]; pkg != nil {
				return pkg, nil
			}
			return compiled.Import(path)
		}))
		if err != nil {
			return nil, fmt.Errorf("%s does not build: %s", strings.TrimPrefix(p.ImportPath, Module+"/"),
				strings.ReplaceAll(err.Error(), root+"/", ""))
		}
		checked[p.ImportPath] = pkg
		if p.Name != "main" && p.ImportPath != Module && !slices.Contains(strings.Split(p.ImportPath, "/"), "internal") {
			api.Packages = append(api.Packages, pkg)
		}
	}
	return api, nil
}

// export finds what packages of other modules export.
func (c *Checker) export(ctx context.Context, root string, paths []string) error {
	if c.exports == nil {
		c.exports = map[string]string{}
	}
	if len(paths) == 0 {
		return nil
	}
	out, err := tree.Run(ctx, root, nil, "go", append([]string{"list", "-export", "-f", "{{.ImportPath}}\t{{.Export}}", "--"}, paths...)...)
	for line := range strings.Lines(out) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		c.exports[path] = file
	}
	return err
}

// importing makes a types.Importer of a function.
type importing func(path string) (*types.Package, error)

func (f importing) Import(path string) (*types.Package, error) { return f(path) }

// check type-checks a package.
func check(p listed, fset *token.FileSet, imports types.Importer) (*types.Package, error) {
	if p.Error != nil && len(p.GoFiles) > 0 {
		return nil, errors.New(p.Error.Err)
	}
	var files []*ast.File
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return (&types.Config{Importer: imports}).Check(p.ImportPath, fset, files, nil)
}

// Least returns the last release, or nothing if there is none, and the least number that one of the current tree may have
// after it.
func (c *Checker) Least(ctx context.Context, root string, current *apidiff.Module) (last, least string, err error) {
	if last, err = Last(ctx, root); err != nil || last == "" {
		return "", "", err
	}
	dir, remove, err := tree.Checkout(ctx, root, last)
	if err != nil {
		return "", "", err
	}
	defer remove()
	old, err := c.Check(ctx, dir)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", last, err)
	}
	return last, Next(last, apidiff.ModuleChanges(old, current)), nil
}

// First is the number of the first release.
const First = "v0.1.0"

// Rule is Next in words.
const Rule = "Before v1.0.0, a change that can break a user's build raises the minor version, every other one " +
	"the patch version; from v1.0.0 on, the first raises the major version, an addition the minor and the rest the " +
	"patch version."

// Next is the least number that a release after last may have, given what changes in the Go API since.
func Next(last string, changed apidiff.Report) string {
	incompatible, compatible := false, false
	for _, change := range changed.Changes {
		incompatible = incompatible || !change.Compatible
		compatible = compatible || change.Compatible
	}
	var major, minor, patch int
	fmt.Sscanf(last, "v%d.%d.%d", &major, &minor, &patch)
	switch {
	case incompatible && major > 0:
		major, minor, patch = major+1, 0, 0
	case incompatible, compatible && major > 0:
		minor, patch = minor+1, 0
	default:
		patch++
	}
	return fmt.Sprintf("v%d.%d.%d", major, minor, patch)
}

// Last is the highest release that the working tree's commit contains, or nothing.
func Last(ctx context.Context, root string) (string, error) {
	out, err := tree.Run(ctx, root, nil, "git", "tag", "--merged", "HEAD", "--list", "v*")
	if err != nil {
		return "", err
	}
	tags := slices.DeleteFunc(strings.Fields(out), func(tag string) bool {
		return semver.Canonical(tag) != tag || semver.Prerelease(tag) != ""
	})
	semver.Sort(tags)
	if len(tags) == 0 {
		return "", nil
	}
	return tags[len(tags)-1], nil
}
