// Package tree runs commands in working trees of the module, and checks commits out beside them.
package tree

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Run runs a command in dir and returns what it prints. Its error carries the command and what it says on stderr.
func Run(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	// A workspace around the tree would choose other versions than go.mod.
	cmd.Env = append(append(cmd.Environ(), "GOWORK=off"), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err != nil {
		said := strings.TrimSpace(stderr.String())
		if said == "" {
			said = strings.TrimSpace(stdout.String())
		}
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, said)
	}
	return stdout.String(), err
}

// Root returns the root of the git working tree around dir, in which file must be.
func Root(ctx context.Context, dir, file string) (string, error) {
	top, err := Run(ctx, dir, nil, "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return "", fmt.Errorf("expected a git working tree: %w", err)
	}
	top = filepath.FromSlash(strings.TrimSuffix(top, "\n"))
	if _, err := os.Stat(filepath.Join(top, file)); err != nil {
		return "", fmt.Errorf("expected to run inside the module: %w", err)
	}
	return top, nil
}

// Checkout checks a commit of root's repository out into a temporary folder, which remove removes.
func Checkout(ctx context.Context, root, commit string) (dir string, remove func(), err error) {
	temp, err := os.MkdirTemp("", "spec-")
	if err != nil {
		return "", nil, err
	}
	dir = filepath.Join(temp, "tree")
	remove = func() {
		os.RemoveAll(temp)
		_, _ = Run(context.WithoutCancel(ctx), root, nil, "git", "worktree", "prune")
	}
	_, err = Run(ctx, root, nil, "git", "-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", "--detach", dir,
		commit+"^{commit}")
	if err != nil {
		remove()
		return "", nil, fmt.Errorf("expected a commit of this repository, got %q: %w", commit, err)
	}
	return dir, remove, nil
}
