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

// isGenerated tells a generated file by its name, or by the line that Go's tools know one by.
func isGenerated(root, name string) bool {
	if strings.HasSuffix(name, Generated) {
		return true
	}
	if !strings.HasSuffix(name, ".go") {
		return false
	}
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	first, _, _ := strings.Cut(string(data), "\n")
	return err == nil && strings.HasPrefix(first, "// Code generated ") && strings.HasSuffix(strings.TrimSpace(first), " DO NOT EDIT.")
}

// removeGenerated removes every generated file from a copy, so that what is there after generating was generated.
func removeGenerated(root string, names []string) error {
	for _, name := range names {
		if !isGenerated(root, name) {
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
