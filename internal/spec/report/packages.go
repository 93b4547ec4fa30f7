package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// listed is what `go list` tells of a package.
type listed struct {
	ImportPath, Name, Dir string
	GoFiles, Deps         []string
	Module                struct{ Path string }
}

// packages lists the packages of a tree that users can import, by their path in the module. The value is a fingerprint of
// all that a package's API can depend on: its files, those of the module's packages that it imports, and go.mod. Where it
// is the same in both trees there is nothing to compare.
func packages(ctx context.Context, root string) (map[string]string, error) {
	out, err := tree.Run(ctx, root, "go", "list", "-e", "-json=ImportPath,Name,Dir,GoFiles,Deps,Module", "./...")
	if err != nil {
		return nil, err
	}
	files := map[string][]string{} // by import path
	var public []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		for _, name := range p.GoFiles {
			files[p.ImportPath] = append(files[p.ImportPath], filepath.Join(p.Dir, name))
		}
		internal := slices.Contains(strings.Split(p.ImportPath, "/"), "internal")
		if p.Name != "main" && p.Name != "" && p.ImportPath != p.Module.Path && !internal {
			public = append(public, p)
		}
	}
	prints := map[string]string{}
	for _, p := range public {
		all := append([]string{filepath.Join(root, "go.mod")}, files[p.ImportPath]...)
		for _, dependency := range p.Deps {
			all = append(all, files[dependency]...) // none for other modules' packages
		}
		path := strings.TrimPrefix(p.ImportPath, p.Module.Path+"/")
		if prints[path], err = fingerprint(all); err != nil {
			return nil, err
		}
	}
	return prints, nil
}

// fingerprint is a hash of files' names and contents.
func fingerprint(paths []string) (string, error) {
	sum := sha256.New()
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		part := sha256.Sum256(data)
		sum.Write([]byte(filepath.Base(path)))
		sum.Write(part[:])
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
