package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// release says whether the committed tree may be released under a number: the Go API's change since the last release
// must allow it, and the changelog must describe it. It returns the changelog's text, and tags nothing itself. A
// release that broke after its tag was pushed can be started again.
func release(ctx context.Context, root, version string) (text string, err error) {
	if version == "" || semver.Canonical(version) != version || semver.Prerelease(version) != "" {
		return "", fmt.Errorf("release: expected a version such as v0.2.0, got %q", version)
	}
	_, major, _ := module.SplitPathVersion(modulePath)
	if err := module.CheckPathMajor(version, major); err != nil {
		return "", fmt.Errorf("release: the module's path must end in its major version: %w", err)
	}
	changelog, err := os.ReadFile(filepath.Join(root, changelogFile))
	if err != nil {
		return "", err
	}
	if text, err = section(string(changelog), strings.TrimPrefix(version, "v")); err != nil {
		return "", fmt.Errorf("release: %s: %w", changelogFile, err)
	}
	if err := companions(root, version); err != nil {
		return "", fmt.Errorf("release: %w", err)
	}
	status, err := run(ctx, root, nil, "git", "status", "--porcelain")
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
	r, err := open(ctx, root)
	if err != nil {
		return err
	}
	defer r.Close()
	commits, err := run(ctx, root, nil, "git", "for-each-ref", "--format=%(objectname) %(*objectname)",
		"refs/tags/"+version)
	if err != nil {
		return err
	}
	head, err := run(ctx, root, nil, "git", "rev-parse", "HEAD")
	switch {
	case err != nil:
		return err
	case strings.Contains(commits, strings.TrimSpace(head)):
		return nil // started again
	case commits != "":
		return fmt.Errorf("release: %s is already the tag of another commit", version)
	}
	last, err := lastRelease(ctx, root)
	switch {
	case err != nil:
		return err
	case last == "" && version != firstRelease:
		return fmt.Errorf("release: expected %s for the first release, got %s; or the clone has no tags", firstRelease,
			version)
	case last == "":
		return nil
	}
	released, err := r.export(ctx, last)
	if err != nil {
		return err
	}
	changed, err := goChanges(ctx, released, root)
	if least := nextVersion(last, changed); err == nil && semver.Compare(version, least) < 0 {
		err = fmt.Errorf("release: expected at least %s after %s, got %s. %s", least, last, version, versionRule)
	}
	return err
}

// companions reports whether the modules that are tagged along with the library, otel and river, require it under the
// same number. Their replace directives count here alone: a user's build ignores them and downloads that number.
func companions(root, version string) error {
	files, err := filepath.Glob(filepath.Join(root, "*", "go.mod"))
	if err != nil {
		return err
	}
	for _, file := range files {
		folder := filepath.Base(filepath.Dir(file))
		if folder == "tools" || folder == "e2e" { // nobody downloads these
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := modfile.ParseLax(file, data, nil)
		if err != nil {
			return err
		}
		for _, require := range parsed.Require {
			if require.Mod.Path == modulePath && require.Mod.Version != version {
				return fmt.Errorf("%s/go.mod requires this module as %s; expected %s", folder, require.Mod.Version, version)
			}
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
