// Package release says which number a release may have, and what is tagged.
package release

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/iyzico-go/masspayout/internal/spec/tree"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// Changelog is the file that describes each version.
const Changelog = "CHANGELOG.md"

// Tags lists the tags of a release, one a line: a module in a folder has one of its own.
func Tags(ctx context.Context, root, version string) (string, error) {
	folders, err := released(ctx, root)
	all := version + "\n"
	for _, folder := range folders {
		all += folder + "/" + version + "\n"
	}
	return all, err
}

// Check says whether the committed tree may be released under a number: the Go API's change since the last release
// must allow it, and the changelog must describe it. It returns the changelog's text, and tags nothing itself. A
// release that broke after its tag was pushed can be started again.
func Check(ctx context.Context, root, version string) (text string, err error) {
	if version == "" || semver.Canonical(version) != version || semver.Prerelease(version) != "" {
		return "", fmt.Errorf("release: expected a version such as v0.2.0, got %q", version)
	}
	_, major, _ := module.SplitPathVersion(Module)
	if err := module.CheckPathMajor(version, major); err != nil {
		return "", fmt.Errorf("release: the module's path must end in its major version: %w", err)
	}
	changelog, err := os.ReadFile(filepath.Join(root, Changelog))
	if err != nil {
		return "", err
	}
	if text, err = section(string(changelog), strings.TrimPrefix(version, "v")); err != nil {
		return "", fmt.Errorf("release: %s: %w", Changelog, err)
	}
	if err := companions(ctx, root, version); err != nil {
		return "", fmt.Errorf("release: %w", err)
	}
	status, err := tree.Run(ctx, root, nil, "git", "status", "--porcelain")
	if err == nil && status != "" {
		err = fmt.Errorf("release: expected a tree without changes, got\n%s", status)
	}
	if err == nil {
		err = numbered(ctx, root, version)
	}
	return text, err
}

// numbered says whether the tree may have a number.
func numbered(ctx context.Context, root, version string) error {
	commits, err := tree.Run(ctx, root, nil, "git", "for-each-ref", "--format=%(objectname) %(*objectname)",
		"refs/tags/"+version)
	if err != nil {
		return err
	}
	head, err := tree.Run(ctx, root, nil, "git", "rev-parse", "HEAD")
	switch {
	case err != nil:
		return err
	case strings.Contains(commits, strings.TrimSpace(head)):
		return nil // started again
	case commits != "":
		return fmt.Errorf("release: %s is already the tag of another commit", version)
	}
	var checker Checker
	current, err := checker.Check(ctx, root)
	if err != nil {
		return err
	}
	last, least, err := checker.Least(ctx, root, current)
	switch {
	case err != nil:
		return err
	case last == "" && version != First:
		return fmt.Errorf("release: expected %s for the first release, got %s; or the clone has no tags", First,
			version)
	case semver.Compare(version, least) < 0:
		return fmt.Errorf("release: expected at least %s after %s, got %s. %s", least, last, version, Rule)
	}
	return nil
}

// released lists the folders of the modules that get a tag of their own: all but those that nobody downloads.
func released(ctx context.Context, root string) (folders []string, err error) {
	files, err := tree.Run(ctx, root, nil, "git", "ls-files", "*/go.mod")
	for _, file := range strings.Fields(files) {
		if first, _, _ := strings.Cut(file, "/"); !slices.Contains([]string{"tools", "e2e", "internal", "examples"}, first) {
			folders = append(folders, path.Dir(file))
		}
	}
	return folders, err
}

// companions reports whether the modules that are tagged along with the library require it, and each other, under the
// same number. A user's build ignores their replace directives and downloads that number; go install refuses a command
// whose go.mod has one.
func companions(ctx context.Context, root, version string) error {
	folders, err := released(ctx, root)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		data, err := os.ReadFile(filepath.Join(root, folder, "go.mod"))
		if err != nil {
			return err
		}
		parsed, err := modfile.Parse(folder+"/go.mod", data, nil)
		if err != nil {
			return err
		}
		for _, require := range parsed.Require {
			ours := require.Mod.Path == Module || strings.HasPrefix(require.Mod.Path, Module+"/")
			if ours && require.Mod.Version != version {
				return fmt.Errorf("%s/go.mod requires %s as %s; expected %s", folder, require.Mod.Path, require.Mod.Version, version)
			}
		}
		if strings.HasPrefix(folder, "cmd/") && len(parsed.Replace)+len(parsed.Exclude) > 0 {
			return fmt.Errorf("%s/go.mod has a replace or exclude directive, with which go install %s/%s@%s fails", folder,
				Module, folder, version)
		}
	}
	return nil
}

// section is the changelog's text about a version.
func section(changelog, number string) (string, error) {
	changelog = strings.ReplaceAll(changelog, "\r\n", "\n")
	_, unreleased, _ := below(changelog, "[Unreleased]")
	heading, text, found := below(changelog, "["+number+"] - ")
	_, err := time.Parse(time.DateOnly, heading)
	switch {
	case unreleased != "":
		return "", fmt.Errorf("expected nothing under Unreleased any more, got\n%s", unreleased)
	case !found:
		return "", fmt.Errorf("expected a heading such as %q", "## ["+number+"] - 2026-11-22")
	case err != nil:
		return "", fmt.Errorf("expected a date such as 2026-11-22, got %s: %w", heading, err)
	case text == "":
		return "", fmt.Errorf("expected a text under the heading of %s", number)
	}
	return text + "\n", nil
}

// below returns the rest of a heading of the second order, and the text below it, up to the next one or the links.
func below(text, heading string) (rest, content string, found bool) {
	_, text, found = strings.Cut("\n"+text, "\n## "+heading)
	rest, content, _ = strings.Cut(text, "\n")
	if end := regexp.MustCompile(`(?m)^(## |\[[^\]]+\]: )`).FindStringIndex(content); end != nil {
		content = content[:end[0]]
	}
	return strings.TrimSpace(rest), strings.TrimSpace(content), found
}
