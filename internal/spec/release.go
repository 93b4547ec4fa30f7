package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/iyzico-go/masspayout/internal/spec/report"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

const changelogFile = "CHANGELOG.md"

// releaseCommand says whether the committed tree may be released under a number: the Go API's change since the last
// release must allow it, and the changelog must describe it. It prints the changelog's text, and tags nothing itself.
func releaseCommand(ctx context.Context, args []string, out, errOut io.Writer) error {
	var wanted, notes string
	root, err := parse("release", args, errOut, func(flags *flag.FlagSet) {
		flags.StringVar(&wanted, "version", "", "the number, as v0.2.0")
		flags.StringVar(&notes, "notes", "", "a file to write the changelog's text to, besides stdout")
	})
	if err != nil {
		return err
	}
	version, err := report.ParseVersion(wanted)
	if err != nil {
		return fmt.Errorf("release: %w", err)
	}
	changelog, err := os.ReadFile(filepath.Join(root, changelogFile))
	if err != nil {
		return err
	}
	text, err := section(string(changelog), version)
	if err != nil {
		return fmt.Errorf("release: %s: %w", changelogFile, err)
	}
	if err := releasable(ctx, root, version); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return writeReport(text, notes, out)
}

// releasable compares the tree with the last release.
func releasable(ctx context.Context, root string, version report.Version) error {
	status, err := tree.Run(ctx, root, "git", "status", "--porcelain")
	if err != nil {
		return err
	}
	if len(status) > 0 {
		return fmt.Errorf("expected a tree without changes, got\n%s", status)
	}
	last, ok, err := report.LastRelease(ctx, root, "HEAD")
	if err != nil {
		return err
	}
	if !ok {
		if version != report.First {
			return fmt.Errorf("expected %s for the first release, got %s", report.First, version)
		}
		return nil
	}
	changed, err := report.Compare(ctx, root, last.String(), nil)
	if err != nil {
		return err
	}
	if changed.Repair() {
		return fmt.Errorf("expected a tree that needs no repair:\n%s", changed.Markdown())
	}
	if least := last.Next(changed.Go); version.Less(least) {
		return fmt.Errorf("expected at least %s after %s, got %s. %s", least, last, version, report.Rule)
	}
	return nil
}

// section is the changelog's text about a version.
func section(changelog string, version report.Version) (string, error) {
	number := strings.TrimPrefix(version.String(), "v")
	heading := regexp.MustCompile(`(?m)^## \[` + regexp.QuoteMeta(number) + `\] - \d{4}-\d\d-\d\d[ \t\r]*$`)
	at := heading.FindStringIndex(changelog)
	if at == nil {
		return "", fmt.Errorf("expected a heading as %q", "## ["+number+"] - 2026-11-22")
	}
	text := changelog[at[1]:]
	// It ends at the next version or at the links.
	if next := regexp.MustCompile(`(?m)^(## |\[[^\]]+\]: )`).FindStringIndex(text); next != nil {
		text = text[:next[0]]
	}
	if text = strings.TrimSpace(text); text == "" {
		return "", fmt.Errorf("expected a text under the heading of %s", number)
	}
	return text + "\n", nil
}
