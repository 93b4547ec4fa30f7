package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/iyzico-go/masspayout/internal/spec/release"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// generate does what `go generate ./...` does in root, but joins the pages itself, and loads no packages for it: all
// directives are in generate.go. It returns what the overlay does to the joined document.
func generate(ctx context.Context, root string) (overlaid, error) {
	if err := pages.WriteJoined(root); err != nil {
		return overlaid{}, fmt.Errorf("the pages cannot be joined: %w", err)
	}
	done, err := overlayOf(root)
	if err == nil && len(done.ungenerated) > 0 { // in words that the generator has not
		err = errors.New(strings.Join(done.ungenerated, "\n"))
	} else if err == nil {
		if _, err = tree.Run(ctx, root, nil, "go", "generate", "-skip", "internal/pages/join", "generate.go"); err != nil {
			err = fmt.Errorf("the generator failed: %w", err)
		}
	}
	return done, err
}

var header = regexp.MustCompile(`^// Code generated .* DO NOT EDIT\.\s`)

// generated lists the generated files below dir, by their name or by the line that Go's tools know one by, and the
// document that is joined from the pages. So is a symlink.
func generated(dir string) (names []string, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "testdata", "node_modules"}, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir():
		case name == joinedFile, strings.HasSuffix(name, ".gen.go"):
			names = append(names, name)
		case strings.HasSuffix(name, ".go"):
			if text, err := os.ReadFile(path); err == nil && header.Match(text) {
				names = append(names, name)
			}
		}
		return nil
	})
	return names, err
}

// failure is a test that fails, or a package that does not build.
type failure struct{ Name, Output string }

// tested are the tests that a change of iyzico's API can break. The emulator imports nothing generated, and is compared with
// the pages by a test of api. Left out of gen is what hostile servers, time and memory do; of payout, all but what knows
// the fields of requests and items: no page changes the rest.
var tested = [][]string{
	{"-skip", "Hostile|Memory|Bounded|EveryCut|Fuzz", "./gen", "./api"},
	{"-run", "Digest|Compar|Same|Item|Split|Request|Field|Example", "./payout"},
}

// failing runs the short tests that a change of iyzico's API can break.
func failing(ctx context.Context, root string) ([]failure, error) {
	var out string
	var runErr error
	for _, tests := range tested {
		more, err := tree.Run(ctx, root, []string{"MASSPAYOUT_SOAK="}, "go",
			append([]string{"test", "-vet=off", "-short", "-timeout=5m", "-json"}, tests...)...)
		out, runErr = out+more, errors.Join(runErr, err)
	}
	var failed []failure
	outputs := map[string]string{}
	for decoder := json.NewDecoder(strings.NewReader(out)); decoder.More(); {
		var event struct{ Action, Package, ImportPath, Test, Output string }
		if decoder.Decode(&event) != nil {
			break
		}
		name := strings.TrimSuffix(strings.TrimPrefix(event.Package+event.ImportPath, release.Module+"/")+" "+event.Test, " ")
		switch event.Action {
		case "output", "build-output":
			if !strings.HasPrefix(event.Output, "=== ") && !strings.HasPrefix(strings.TrimSpace(event.Output), "--- FAIL") {
				outputs[name] += event.Output
			}
		case "fail", "build-fail":
			failed = append(failed, failure{name, outputs[name]})
		}
	}
	// Of a test and its subtest the latter tells it all; of a package, its tests do.
	failed = slices.DeleteFunc(failed, func(f failure) bool {
		return slices.ContainsFunc(failed, func(g failure) bool {
			return strings.HasPrefix(g.Name, f.Name+"/") || strings.HasPrefix(g.Name, f.Name+" ")
		})
	})
	if runErr != nil && len(failed) == 0 {
		return nil, runErr
	}
	return failed, nil
}
