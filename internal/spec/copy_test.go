package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// module is a copy of this module in a repository of its own, with everything committed.
type module struct {
	t    *testing.T
	root string
}

// newModule copies the module as it stands, uncommitted changes included.
func newModule(t *testing.T) module {
	t.Helper()
	if testing.Short() {
		t.Skip("runs real commands in a copy of the module")
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	names, err := tree.Files(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	m := module{t: t, root: t.TempDir()}
	if err := tree.Copy(root, m.root, names); err != nil {
		t.Fatal(err)
	}
	m.git("init", "-q", "-b", "main")
	m.git("config", "user.name", "Test")
	m.git("config", "user.email", "test@example.com")
	m.git("config", "core.autocrlf", "false")
	m.git("config", "commit.gpgsign", "false")
	m.commit("as it is")
	return m
}

func (m module) git(args ...string) string {
	m.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = m.root
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (m module) commit(message string) {
	m.t.Helper()
	m.git("add", "-A")
	m.git("commit", "-q", "--no-verify", "-m", message)
}

func (m module) path(name string) string { return filepath.Join(m.root, filepath.FromSlash(name)) }

func (m module) read(name string) string {
	m.t.Helper()
	data, err := os.ReadFile(m.path(name))
	if err != nil {
		m.t.Fatal(err)
	}
	return string(data)
}

func (m module) write(name, content string) {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Dir(m.path(name)), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(m.path(name), []byte(content), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// replace edits a file; what it replaces must be there once.
func (m module) replace(name, old, replacement string) {
	m.t.Helper()
	content := m.read(name)
	if n := strings.Count(content, old); n != 1 {
		m.t.Fatalf("%s has %q %d times, expected once", name, old, n)
	}
	m.write(name, strings.Replace(content, old, replacement, 1))
}

func (m module) remove(name string) {
	m.t.Helper()
	if err := os.Remove(m.path(name)); err != nil {
		m.t.Fatal(err)
	}
}

// spec runs the command on the copy and returns its exit code and what it prints, stdout and stderr apart.
func (m module) spec(args ...string) (code int, out, errOut string) {
	m.t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{args[0], "-C", m.root}, args[1:]...)
	code = run(m.t.Context(), args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// wantContains fails for each text that got lacks.
func wantContains(t *testing.T, what, got string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("%s lacks %q:\n%s", what, text, got)
		}
	}
}
