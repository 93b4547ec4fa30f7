package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// A tag can be moved to other code, a commit cannot; and a token that may do anything is no step's to hold. actionlint
// finds the rest.
func TestWorkflows(t *testing.T) {
	inTurn(t)
	files, err := filepath.Glob(root + "/.github/workflows/*.yml")
	if err != nil || len(files) < 3 {
		t.Fatalf("got the workflows %q, error %v", files, err)
	}
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for _, file := range files {
		text := read(t, file)
		contains(t, file, text, "\npermissions:\n")
		if n := strings.Count(text, "actions/checkout@"); strings.Count(text, "persist-credentials: false") != n {
			t.Errorf("%s: expected persist-credentials: false for each of %d checkouts", file, n)
		}
		for line := range strings.Lines(text) {
			if _, uses, ok := strings.Cut(line, "uses: "); ok && !pinned.MatchString(strings.TrimSpace(uses)) {
				t.Errorf("%s: %s: expected a full commit and its version", file, strings.TrimSpace(uses))
			}
			if strings.Contains(line, "run:") && strings.Contains(line, "${{") {
				t.Errorf("%s: %s: an input inside a script would be run by the shell; expected a variable of env", file,
					strings.TrimSpace(line))
			}
		}
	}
	for _, script := range []string{".github/issues", ".github/propose", ".ci/run"} {
		if info, err := os.Stat(filepath.Join(root, script)); err != nil || info.Mode()&0o100 == 0 {
			t.Errorf("expected %s to be executable: %v", script, err)
		}
	}
}

// stub is gh as far as the scripts use it: it lists what the file open has, one a line, and logs every other call.
const stub = `#!/usr/bin/env bash
cd "$(dirname "$0")"
case "$1 $2" in
"issue list" | "pr list") [[ $* == *"--state open"* ]] && cat open ;;
*) echo "$@" >> calls; if [ "${*: -1}" = - ]; then cat >> calls; fi ;;
esac
`

// withStub writes files beside gh, and returns the folder and what puts it on the PATH.
func withStub(t *testing.T, files map[string]string) (dir string, env []string) {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	dir = t.TempDir()
	files["gh"] = stub
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, []string{"PATH=" + dir + string(filepath.ListSeparator) + os.Getenv("PATH")}
}

// scriptOf returns a script's path. It reads it, so that a cached result of a test does not outlive a change of it.
func scriptOf(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, name))
	if err != nil || read(t, path) == "" {
		t.Fatalf("%s: %v", name, err)
	}
	return path
}

// What a look at the pages found becomes issues; those of pages that it did not look at stay.
func TestIssues(t *testing.T) {
	inTurn(t)
	const known = "4 iyzico's page cannot be read: auth.en.json\n5 iyzico's page cannot be read: balance.en.json\n" +
		"6 re iyzico's page cannot be read: init.tr.json\n7 iyzico has a new page: mass-payout-refund\n8 iyzico's page is gone: item.tr.json\n"
	about := func(title string) finding { return finding{title, "a stub", "Look at it."} }
	for name, test := range map[string]struct {
		done  report
		calls []string // as they begin
		fails bool
	}{
		"a whole look": {report{settled: []string{titleUnread + "*", titleNew + "*", titleGone + "*"}, Found: []finding{
			about(titleUnread + "auth.en.json"), about(titleUnread + "init.tr.json"), about(titleNew + "mass-payout-limits"),
			about(titleGone + "item.tr.json")}},
			[]string{"issue close 5", "issue close 7", "issue create --title iyzico has a new page: mass-payout-limits",
				"issue create --title iyzico's page cannot be read: init.tr.json"}, true},
		"one page by hand": {report{settled: []string{titleUnread + "balance.en.json"}}, []string{"issue close 5"}, false},
		"all, and all is well": {report{settled: []string{titleUnread + "*", titleNew + "*", titleGone + "*"}},
			[]string{"issue close 4", "issue close 5", "issue close 7", "issue close 8"}, false},
		"all, without their index":    {report{settled: []string{titleUnread + "*"}}, []string{"issue close 4", "issue close 5"}, false},
		"one page that is unreadable": {report{Found: []finding{about(titleUnread + "auth.en.json")}}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir, env := withStub(t, map[string]string{"open": known, "calls": ""})
			if err := test.done.writeWatch(filepath.Join(dir, "found")); err != nil {
				t.Fatal(err)
			}
			if _, err := tree.Run(t.Context(), root, env, scriptOf(t, ".github/issues"), filepath.Join(dir, "found")); (err != nil) != test.fails {
				t.Errorf("got error %v, want one: %v", err, test.fails)
			}
			var calls []string
			for line := range strings.Lines(read(t, filepath.Join(dir, "calls"))) {
				if strings.HasPrefix(line, "issue ") {
					calls = append(calls, strings.TrimSpace(line))
				} else if strings.HasPrefix(line, "iyzico") {
					t.Errorf("a title stands in an issue's text: %s", line)
				}
			}
			slices.Sort(calls)
			same := len(calls) == len(test.calls)
			for i := range calls {
				same = same && strings.HasPrefix(calls[i], test.calls[i])
			}
			if !same {
				t.Errorf("got the calls %q, want %q", calls, test.calls)
			}
		})
	}
}

// A rolling pull request: opened, brought up to date, closed.
func TestPropose(t *testing.T) {
	inTurn(t)
	dir, env := withStub(t, map[string]string{"open": "", "calls": "", "report.md": "what changed", "work/page": "1\n"})
	work := filepath.Join(dir, "work")
	script := scriptOf(t, ".github/propose")
	git := func(args ...string) string {
		t.Helper()
		out, err := tree.Run(t.Context(), work, nil, "git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b"}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	git("init", "-q", "-b", "main")
	git("add", "page")
	git("commit", "-q", "-m", "page")
	git("init", "-q", "--bare", "../origin")
	git("remote", "add", "origin", "../origin")
	git("push", "-q", "origin", "main")
	for _, step := range []struct{ page, open, draft, says, branch string }{
		{"1\n", "", "", "", ""},
		{"2\n", "", "draft", "pr create --base main --head spec/pages --title Changed --body-file ../report.md --draft\npr ready  --undo\n", "2\n"},
		{"3\n", "12\n", "", "pr edit 12 --title Changed --body-file ../report.md\npr ready 12\n", "3\n"},
		{"1\n", "12\n", "", "pr close 12 --comment The pages are again as they are on record. --delete-branch", "3\n"},
	} {
		for name, text := range map[string]string{"calls": "", "open": step.open, "work/page": step.page} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		git("switch", "-q", "-C", "main", "origin/main", "--discard-changes")
		if err := os.WriteFile(filepath.Join(work, "page"), []byte(step.page), 0o600); err != nil {
			t.Fatal(err)
		}
		git("add", "page")
		if _, err := tree.Run(t.Context(), work, env, script, "spec/pages", "Changed", "../report.md", step.draft); err != nil {
			t.Fatal(err)
		}
		calls := read(t, filepath.Join(dir, "calls"))
		if !strings.Contains(calls, step.says) || step.says == "" && calls != "" {
			t.Errorf("page %q: got the calls %q, want %q", step.page, calls, step.says)
		}
		if step.branch != "" && git("show", "origin/spec/pages:page") != step.branch {
			t.Errorf("page %q: the branch has %q", step.page, git("show", "origin/spec/pages:page"))
		}
	}
}

// On a bare machine, an ordinary user's run installs what is missing by sudo; root's needs none.
func TestCIInstallsWhatIsMissing(t *testing.T) {
	inTurn(t)
	script := scriptOf(t, ".ci/run")
	const logs = "#!/bin/bash\n[[ $0 != */make || $CI == true ]] || exit 1\necho \"$(basename \"$0\") $* $GOTOOLCHAIN\" >> \"$(dirname \"$0\")/calls\"\n"
	for name, test := range map[string]struct {
		user    string
		missing []string
		actions string
		args    []string
		calls   []string
	}{
		"an ordinary user": {user: "1000", missing: []string{"shellcheck", "google-chrome"}, calls: []string{"sudo apt-get update -q",
			"sudo apt-get install -q -y --no-install-recommends shellcheck chromium libc6-dev",
			"npm ci --prefix e2e --no-audit --no-fund", "make demo", "make check", "make test go1.27.3"}},
		"root": {user: "0", missing: []string{"google-chrome"},
			calls: []string{"apt-get update -q", "apt-get install -q -y --no-install-recommends chromium libc6-dev",
				"npm ci --prefix e2e --no-audit --no-fund", "make demo", "make check", "make test go1.27.3"}},
		"GitHub's machine": {user: "1001", actions: "true", calls: []string{"npm ci --prefix e2e --no-audit --no-fund", "make demo", "make check"}},
		"one target":       {user: "1001", args: []string{"soak"}, calls: []string{"npm ci --prefix e2e --no-audit --no-fund", "make --keep-going soak"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, tool := range []string{"bash", "dirname", "basename"} { // nothing else of this machine is on the PATH
				path, err := exec.LookPath(tool)
				if err != nil {
					t.Skip(err)
				}
				if err := os.Symlink(path, filepath.Join(dir, tool)); err != nil {
					t.Fatal(err)
				}
			}
			for _, tool := range strings.Fields("make git gcc curl npm pgbouncer shellcheck google-chrome initdb sudo apt-get") {
				if !slices.Contains(test.missing, tool) {
					write(tool, logs)
				}
			}
			write("id", "#!/bin/bash\necho "+test.user+"\n")
			write("go", "#!/bin/bash\n[ $1 != env ] || echo go1.26.8\n")
			cmd := exec.Command(filepath.Join(dir, "bash"), append([]string{script}, test.args...)...)
			cmd.Env = []string{"PATH=" + dir, "GITHUB_ACTIONS=" + test.actions}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			var calls []string
			for line := range strings.Lines(read(t, filepath.Join(dir, "calls"))) {
				calls = append(calls, strings.TrimSpace(line))
			}
			if !slices.Equal(calls, test.calls) {
				t.Errorf("got the calls %q, want %q", calls, test.calls)
			}
		})
	}
}
