package main

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"

	"golang.org/x/exp/apidiff"
	"golang.org/x/mod/semver"
	"golang.org/x/tools/go/packages"
)

const modulePath = "github.com/iyzico-go/masspayout"

// goChanges compares the packages that users can import in two trees of the module.
func goChanges(ctx context.Context, before, after string) (apidiff.Report, error) {
	old, err := importable(ctx, before)
	if err != nil {
		return apidiff.Report{}, fmt.Errorf("before: %w", err)
	}
	current, err := importable(ctx, after)
	if err != nil {
		return apidiff.Report{}, err
	}
	return apidiff.ModuleChanges(old, current), nil
}

func importable(ctx context.Context, root string) (*apidiff.Module, error) {
	loaded, err := packages.Load(&packages.Config{
		Context: ctx, Dir: root, Fset: token.NewFileSet(), Mode: packages.NeedName | packages.NeedTypes,
		Env: environment(),
	}, "./...")
	if err != nil {
		return nil, err
	}
	var public []*types.Package
	for _, p := range loaded {
		if p.Name == "main" || p.PkgPath == modulePath || slices.Contains(strings.Split(p.PkgPath, "/"), "internal") {
			continue
		}
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("%s does not build: %s", strings.TrimPrefix(p.PkgPath, modulePath+"/"),
				strings.ReplaceAll(p.Errors[0].Error(), root+"/", ""))
		}
		public = append(public, p.Types)
	}
	return &apidiff.Module{Path: modulePath, Packages: public}, nil
}

// firstRelease is the number of the first release.
const firstRelease = "v0.1.0"

// versionRule is nextVersion in words.
const versionRule = "Before v1.0.0, a change that can break a user's build raises the minor version, every other one " +
	"the patch version; from v1.0.0 on, the first raises the major version, an addition the minor and the rest the " +
	"patch " +
	"version."

// nextVersion is the least number that a release after last may have, given what changes in the Go API since.
func nextVersion(last string, changed apidiff.Report) string {
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

// lastRelease is the highest release that the working tree's commit contains, or nothing.
func lastRelease(ctx context.Context, root string) (string, error) {
	out, err := run(ctx, root, nil, "git", "tag", "--merged", "HEAD", "--list", "v*")
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

// environment keeps a workspace around the tree from choosing other versions than go.mod.
func environment() []string { return append(os.Environ(), "GOWORK=off") }
