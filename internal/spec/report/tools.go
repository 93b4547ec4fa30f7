package report

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// Tool is a program that the report asks. It is built once, at a pinned version, into the user's cache, so that neither
// it nor its dependencies are in this module's go.mod; `go run` would ask the network each time.
type Tool struct {
	Package string
	Version string
}

var (
	// OASDiff compares OpenAPI documents. It reads iyzico's "type": "decimal" as it is.
	OASDiff = Tool{"github.com/oasdiff/oasdiff", "v1.35.0"}
	// APIDiff compares the exported API of Go packages.
	APIDiff = Tool{"golang.org/x/exp/cmd/apidiff", "v0.0.0-20261014143641-f0251eb4aa3e"}
)

// Prepare builds the tool unless it is there. It fails if it can be neither found nor downloaded.
func (t Tool) Prepare(ctx context.Context) error {
	path, err := t.path()
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	// Into a folder of its own first, since two runs may build it at once, or one may be cut off.
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := tree.RunWith(ctx, "", []string{"GOBIN=" + dir}, "go", "install", t.Package+"@"+t.Version); err != nil {
		return fmt.Errorf("the report needs %s at %s, expected it in the module cache or from the network: %w", t.Package,
			t.Version, err)
	}
	return os.Rename(filepath.Join(dir, t.name()), path)
}

// path is where the tool is kept. The Go version is part of it: a tool that reads Go source must be built with a Go as
// new as the source.
func (t Tool) path() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("expected a cache folder to build %s in: %w", t.Package, err)
	}
	return filepath.Join(cache, "masspayout-spec", t.Version+"-"+runtime.Version(), t.name()), nil
}

func (t Tool) name() string {
	name := filepath.Base(t.Package)
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

func (t Tool) run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	path, err := t.path()
	if err != nil {
		return nil, err
	}
	return tree.Run(ctx, dir, path, args...)
}
