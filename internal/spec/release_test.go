package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/spec/report"
)

func TestRelease(t *testing.T) {
	t.Parallel()
	m := newModule(t)
	m.write(changelogFile, `# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-02

- Breaks.

## [0.1.1] - 2026-12-01

- Adds.

## [0.1.0] - 2026-11-22

- First.

[0.1.0]: https://example.com
`)
	m.commit("changelog")
	notes := filepath.Join(t.TempDir(), "notes.md")
	try := func(version string, code int, says ...string) {
		t.Helper()
		got, out, errOut := m.spec("release", "-version", version, "-notes", notes)
		if got != code {
			t.Errorf("%s: exit code %d, want %d", version, got, code)
		}
		wantContains(t, version, out+errOut, says...)
	}

	try("v0.2.0", exitFailed, "expected v0.1.0 for the first release")
	try("v0.1.0", exitOK, "- First.\n")
	if text, err := os.ReadFile(notes); err != nil || string(text) != "- First.\n" {
		t.Errorf("the notes: %v\n%s", err, text)
	}
	try("v0.3.0", exitFailed, `expected a heading as "## [0.3.0] - 2026-11-22"`)
	m.git("tag", "v0.1.0")
	try("v0.1.0", exitFailed, "expected at least v0.1.1 after v0.1.0")
	try("v0.1.1", exitOK, "- Adds.\n")

	m.write("signer/added.go", "package signer\n\n// Added is new.\nfunc Added() {}\n")
	try("v0.1.1", exitFailed, "expected a tree without changes")
	m.commit("adds")
	try("v0.1.1", exitOK)

	m.git("tag", "v0.1.1")
	m.remove("signer/added.go")
	m.commit("breaks")
	m.write(changelogFile, strings.Replace(m.read(changelogFile), "## [0.2.0]", "## [0.1.2] - 2026-12-02\n\n- Small.\n\n## [0.2.0]", 1))
	m.commit("changelog")
	try("v0.1.2", exitFailed, "expected at least v0.2.0 after v0.1.1, got v0.1.2. Before v1.0.0")
	try("v0.2.0", exitOK, "- Breaks.\n")
}

func TestSectionOfTheChangelog(t *testing.T) {
	text, err := os.ReadFile("../../" + changelogFile)
	if err != nil {
		t.Fatal(err)
	}
	wantContains(t, changelogFile, string(text), "# Changelog", "## [Unreleased]", "Keep a Changelog")
	for _, broken := range []string{"## [0.1.0]\n\ntext", "## [0.1.0] - 2026-11-22\n\n## [0.0.1] - 2026-11-01\n\ntext"} {
		if text, err := section(broken, report.First); err == nil {
			t.Errorf("%q: got %q, want an error", broken, text)
		}
	}
}
