package tree

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Generate runs the module's go:generate lines in root.
func Generate(ctx context.Context, root string) error {
	if _, err := Run(ctx, root, "go", "generate", "./..."); err != nil {
		return fmt.Errorf("the generator failed: %w", err)
	}
	return nil
}

// Build compiles all of the module's packages. Unlike `go build` it does not link the commands, which takes longest.
func Build(ctx context.Context, root string) error {
	if _, err := Run(ctx, root, "go", "list", "-export", "-f", "", "./..."); err != nil {
		return fmt.Errorf("the module does not build: %w", err)
	}
	return nil
}

// removeGenerated removes every generated file from a copy, so that what is there after generating was generated.
func removeGenerated(root string, names []string) error {
	for _, name := range names {
		if !strings.HasSuffix(name, Generated) {
			continue
		}
		if err := os.Remove(filepath.Join(root, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

// walk lists every file below root.
func walk(root string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	return names, err
}
