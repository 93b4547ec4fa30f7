package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fakeGH stands in for GitHub's command: it answers a list with a file's content, and keeps what it is told to create.
const fakeGH = `#!/bin/sh
set -e
cd "$GH_FAKE"
echo "$@" >>calls
test ! -e "fails-$1-$2" || { echo "no access" >&2; exit 1; }
case "$2" in
list) cat "$1-list" ;;
create)
	while [ $# -gt 1 ]; do shift; done
	cp "$1" body
	echo "https://github.example/created" ;;
esac
`

// github is a fake gh command and a repository to push to.
type github struct {
	module
	dir string // of the fake
}

func newGitHub(t *testing.T, m module) github {
	t.Helper()
	g := github{module: m, dir: t.TempDir()}
	bin, origin := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "gh"), []byte(fakeGH), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("GH_FAKE", g.dir)
	g.put("pr-list", "[]")
	g.put("issue-list", "[]")
	m.git("init", "-q", "--bare", origin)
	m.git("remote", "add", "origin", origin)
	return g
}

func (g github) put(name, content string) {
	g.t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, name), []byte(content), 0o644); err != nil {
		g.t.Fatal(err)
	}
}

// take reads and removes what the fake kept.
func (g github) take(name string) string {
	data, _ := os.ReadFile(filepath.Join(g.dir, name))
	os.Remove(filepath.Join(g.dir, name))
	return string(data)
}

func TestPropose(t *testing.T) {
	m := newModule(t)
	text := m.read(documentFile)
	s := newSite(t, page(text))
	m.recordCurrent(s.URL + "/page.md")
	g := newGitHub(t, m)
	start := strings.TrimSpace(m.git("rev-parse", "HEAD"))

	t.Run("unchanged", func(t *testing.T) {
		code, out, errOut := m.spec("propose")
		if code != exitOK || g.take("calls") != "" {
			t.Errorf("exit code %d:\n%s%s", code, out, errOut)
		}
		wantContains(t, "stdout", out, "nothing to propose")
	})

	s.serve(page(strings.Replace(text, `"description": {`, `"paidFrom": {"type": "string"}, "description": {`, 1)), 0, 0)
	t.Run("changed", func(t *testing.T) {
		code, out, errOut := m.spec("propose")
		if code != exitOK {
			t.Fatalf("exit code %d:\n%s%s", code, out, errOut)
		}
		wantContains(t, "stdout", out, "https://github.example/created")
		calls := g.take("calls")
		wantContains(t, "gh", calls, "pr list --head spec/1.0.1-", "pr create --base main --head spec/1.0.1-")
		if strings.Contains(calls, "--draft") {
			t.Errorf("a change that needs no repair is a draft:\n%s", calls)
		}
		wantContains(t, "the pull request", g.take("body"), "## iyzico's document", "PaidFrom", "close and reopen it")
		branch := strings.TrimSpace(m.git("branch", "--show-current"))
		if pushed := m.git("ls-remote", "origin", branch); !strings.Contains(pushed, strings.TrimSpace(m.git("rev-parse", "HEAD"))) {
			t.Errorf("%s was not pushed: %s", branch, pushed)
		}
		wantContains(t, "the commit", m.git("show", "--stat", "HEAD"), documentFile, recordFile, generatedFile)
	})

	m.git("switch", "-q", "main")
	t.Run("proposed before", func(t *testing.T) {
		g.put("pr-list", `[{"url":"https://github.example/pull/1"}]`)
		code, out, _ := m.spec("propose")
		if code != exitOK || g.take("body") != "" {
			t.Errorf("exit code %d, proposed twice:\n%s", code, out)
		}
		wantContains(t, "stdout", out, "already proposed: https://github.example/pull/1")
		g.put("pr-list", "[]")
	})

	m.git("reset", "-q", "--hard")
	t.Run("needs repair, and the branch is left from a run that failed", func(t *testing.T) {
		s.serve(page(strings.ReplaceAll(text, `"SERVICES"`, `"SERVICES", "CASHBACK"`)), 0, 0)
		g.put("fails-pr-create", "")
		if code, _, errOut := m.spec("propose"); code != exitFailed {
			t.Errorf("exit code %d without access: %s", code, errOut)
		}
		g.take("fails-pr-create")
		m.git("switch", "-q", "main")
		code, out, errOut := m.spec("propose")
		if code != exitOK {
			t.Errorf("exit code %d:\n%s%s", code, out, errOut)
		}
		wantContains(t, "gh", g.take("calls"), "--draft")
		wantContains(t, "the pull request", g.take("body"), "x-enum-varnames go by position")
	})

	m.git("switch", "-q", "main")
	t.Run("unreadable", func(t *testing.T) {
		s.serve("<!doctype html><html>maintenance", 0, 0)
		code, _, errOut := m.spec("propose")
		if code == exitOK {
			t.Error("passed silently")
		}
		wantContains(t, "stderr", errOut, "an HTML page")
		wantContains(t, "gh", g.take("calls"), "issue create --title iyzico's documentation page could not be read")
		wantContains(t, "the issue", g.take("body"), "an HTML page", "make spec FROM=")
		g.put("issue-list", `[{"title":"x","url":"u"},{"title":"`+issueTitle+`","url":"https://github.example/issues/2"}]`)
		code, out, _ := m.spec("propose")
		if code == exitOK || g.take("body") != "" {
			t.Errorf("exit code %d, reported twice", code)
		}
		wantContains(t, "stdout", out, "already reported: https://github.example/issues/2")
		g.put("fails-issue-list", "")
		_, _, errOut = m.spec("propose")
		wantContains(t, "stderr", errOut, "an HTML page", "no access")
	})

	t.Run("dirty tree", func(t *testing.T) {
		m.t = t
		m.write("notes.txt", "mine\n")
		code, _, errOut := m.spec("propose")
		if code != exitFailed {
			t.Errorf("exit code %d", code)
		}
		wantContains(t, "stderr", errOut, "expected a tree without changes", "notes.txt")
	})

	if head := strings.TrimSpace(m.git("rev-parse", "main")); head != start {
		t.Error("main has moved")
	}
}

func TestProposeWithoutGH(t *testing.T) {
	m := newModule(t)
	s := newSite(t, "nothing")
	m.recordCurrent(s.URL + "/page.md")
	bin := t.TempDir()
	for _, name := range []string{"git", "go"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
	code, _, errOut := m.spec("propose")
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	wantContains(t, "stderr", errOut, "without a JSON block", "expected gh in the PATH")
}
