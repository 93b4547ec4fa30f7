// Package tree works on the module's files as git sees them, and regenerates in throw-away copies, so that what a user
// has not committed yet is never written to.
package tree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Generated ends the name of every generated file.
const Generated = ".gen.go"

// Files lists what is tracked or could be: tracked and untracked files, neither ignored nor deleted ones. The names are
// relative to root, with slashes.
func Files(ctx context.Context, root string) ([]string, error) {
	names, err := list(ctx, root, "-co", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	names = slices.Compact(names) // a file in a merge conflict is listed once per side
	return slices.DeleteFunc(names, func(name string) bool {
		info, err := os.Lstat(filepath.Join(root, filepath.FromSlash(name)))
		return err != nil || info.IsDir() // deleted, or another repository inside this one
	}), nil
}

// list runs git ls-files.
func list(ctx context.Context, root string, args ...string) ([]string, error) {
	out, err := Run(ctx, root, "git", append([]string{"ls-files", "-z"}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("git cannot list the files, expected a git working tree: %w", err)
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 }), nil
}

// Copy copies the named files of root to dir.
func Copy(root, dir string, names []string) error {
	for _, name := range names {
		from, to := filepath.Join(root, filepath.FromSlash(name)), filepath.Join(dir, filepath.FromSlash(name))
		if err := copyFile(from, to); err != nil {
			return fmt.Errorf("copying %s: %w", name, err)
		}
	}
	return nil
}

func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}

// Run runs a command in dir and returns what it prints. Its error carries the command and what it says on stderr.
func Run(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	return RunWith(ctx, dir, nil, name, args...)
}

// RunWith is Run with more variables in the environment.
func RunWith(ctx context.Context, dir string, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	// A workspace around the tree would choose other versions than go.mod.
	cmd.Env = append(append(cmd.Environ(), "GOWORK=off"), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err == nil {
		return stdout.Bytes(), nil
	}
	command := strings.Join(append([]string{filepath.Base(name)}, args...), " ")
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("%s: expected %s in the PATH: %w", command, name, err)
	}
	said := strings.TrimSpace(stderr.String())
	if said == "" {
		said = strings.TrimSpace(stdout.String())
	}
	return stdout.Bytes(), fmt.Errorf("%s: %w\n%s", command, err, said)
}
