package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// release says whether the committed tree may be released under a number: the Go API's change since the last release must
// allow it, and the changelog must describe it. It returns the changelog's text, and tags nothing itself. A release that
// broke after its tag was pushed can be started again.
func release(ctx context.Context, root, version string, out func(string) error) error {
	if semver.Canonical(version) != version || semver.Prerelease(version) != "" {
		return fmt.Errorf("release: expected a version such as v0.2.0, got %q", version)
	}
	if err := module.CheckPathMajor(version, pathMajor(modulePath)); err != nil {
		return fmt.Errorf("release: the module's path must end in its major version: %w", err)
	}
	changelog, err := os.ReadFile(filepath.Join(root, changelogFile))
	if err != nil {
		return err
	}
	text, err := section(string(changelog), strings.TrimPrefix(version, "v"))
	if err != nil {
		return fmt.Errorf("release: %s: %w", changelogFile, err)
	}
	status, err := run(ctx, root, nil, "git", "status", "--porcelain")
	if err != nil {
		return err
	}
	if status != "" {
		return fmt.Errorf("release: expected a tree without changes, got\n%s", status)
	}
	if err := numbered(ctx, root, version); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return out(text)
}

// numbered says whether the tree may have a number.
func numbered(ctx context.Context, root, version string) error {
	at, err := run(ctx, root, nil, "git", "tag", "--points-at", "HEAD")
	if err != nil {
		return err
	}
	if slices.Contains(strings.Fields(at), version) {
		return nil // started again
	}
	if known, err := run(ctx, root, nil, "git", "tag", "--list", version); err != nil || known != "" {
		return fmt.Errorf("%s is already the tag of another commit (%w)", version, err)
	}
	last, err := lastRelease(ctx, root)
	if err != nil {
		return err
	}
	if last == "" {
		if version != firstRelease {
			return fmt.Errorf("expected %s for the first release, got %s; or the clone has no tags", firstRelease, version)
		}
		return nil
	}
	r, err := open(ctx, root)
	if err != nil {
		return err
	}
	defer r.Close()
	released, err := r.export(ctx, last)
	if err != nil {
		return err
	}
	changed, err := goChanges(ctx, released, root)
	if err != nil {
		return err
	}
	if least := nextVersion(last, changed); semver.Compare(version, least) < 0 {
		return fmt.Errorf("expected at least %s after %s, got %s. %s", least, last, version, versionRule)
	}
	return nil
}

func pathMajor(path string) string { _, major, _ := module.SplitPathVersion(path); return major }

// section is the changelog's text about a version.
func section(changelog, number string) (string, error) {
	changelog = strings.ReplaceAll(changelog, "\r\n", "\n")
	if left := strings.TrimSpace(under2(changelog, `\[Unreleased\]`)); left != "" {
		return "", fmt.Errorf("expected nothing under Unreleased any more, got\n%s", left)
	}
	heading := regexp.MustCompile(`(?m)^## \[` + regexp.QuoteMeta(number) + `\] - (\S+)\s*$`).FindStringSubmatch(changelog)
	if heading == nil {
		return "", fmt.Errorf("expected a heading such as %q", "## ["+number+"] - 2026-11-22")
	}
	if _, err := time.Parse(time.DateOnly, heading[1]); err != nil {
		return "", fmt.Errorf("expected a date such as 2026-11-22, got %s: %w", heading[1], err)
	}
	text := strings.TrimSpace(under2(changelog, regexp.QuoteMeta("["+number+"]")))
	if text == "" {
		return "", fmt.Errorf("expected a text under the heading of %s", number)
	}
	return text + "\n", nil
}

// under2 is the text under a heading of the second order, up to the next one or the links.
func under2(text, heading string) string {
	at := regexp.MustCompile(`(?m)^## ` + heading + `.*$`).FindStringIndex(text)
	if at == nil {
		return ""
	}
	text = text[at[1]:]
	if end := regexp.MustCompile(`(?m)^(## |\[[^\]]+\]: )`).FindStringIndex(text); end != nil {
		text = text[:end[0]]
	}
	return text
}
