package pages

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// Join makes one document of the pages that generate, its keys in alphabetical order. What stands on several pages must
// be the same there but for its texts, of which the first page's are kept; otherwise the error names both pages.
// Servers and tags are the sum of all.
func Join(all []Page) ([]byte, error) {
	j := joiner{from: map[string]string{}, paths: map[string][2]string{}}
	joined := map[string]any{}
	for _, page := range all {
		if !page.Generates {
			continue
		}
		document := Decode(page.Text)
		if operations := document.Operations(); !slices.Contains(operations, page.Operation) {
			return nil, fmt.Errorf("%s: expected the operation %s, got %s", page.File, page.Operation, strings.Join(operations, ", "))
		}
		j.merge(joined, document, "", page.File)
		j.onePath(document, page.File)
	}
	if err := errors.Join(j.errs...); err != nil {
		return nil, err
	}
	sorted(list(joined["servers"]))
	return Encode(joined)
}

// WriteJoined joins the pages below the module's root into its document.
func WriteJoined(root string) error {
	all, err := Load(root)
	if err != nil {
		return err
	}
	joined, err := Join(all)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, filepath.FromSlash(Joined)), joined, 0o644)
}

// joiner remembers which page each part came from.
type joiner struct {
	from  map[string]string
	paths map[string][2]string // by the path without its parameters' names: the path, and its page
	errs  []error
}

// onePath refuses a path that differs from another one in the names of its parameters alone: to the server they are the
// same, to the generator two methods.
func (j *joiner) onePath(document Document, page string) {
	for _, path := range slices.Sorted(maps.Keys(members(document["paths"]))) {
		switch other, ok := j.paths[Nameless(path)]; {
		case !ok:
			j.paths[Nameless(path)] = [2]string{path, page}
		case other[0] != path:
			j.errs = append(j.errs, fmt.Errorf("%s in %s and %s in %s are one path whose parameter has two names", other[0], other[1],
				path, page))
		}
	}
}

// merge adds the members of a page's object, at a path, to those that are there.
func (j *joiner) merge(into, add map[string]any, path, page string) {
	for _, key := range slices.Sorted(maps.Keys(add)) {
		at := strings.TrimPrefix(path+" "+key, " ")
		section, _, _ := strings.Cut(at, " ")
		old, ok := into[key]
		switch {
		case strings.Count(at, " ") < 2 && (section == "paths" || section == "components"): // a path or a name has no spaces
			if !ok {
				into[key] = map[string]any{}
			}
			j.merge(members(into[key]), members(add[key]), at, page) // the page of each part inside is remembered
		case !ok:
			into[key], j.from[at] = add[key], page
		case at == "openapi" || at == "info": // the first page's
		case at == "servers" || at == "tags":
			into[key] = union(list(old), list(add[key]))
		default:
			if was, is := withoutTexts(old, false), withoutTexts(add[key], false); !reflect.DeepEqual(was, is) {
				j.errs = append(j.errs, fmt.Errorf("%s is not the same in %s and %s: %s", at, j.from[at], page, difference(was, is, "")))
			}
		}
	}
}

// union adds to a list the members of another whose url or name it has not.
func union(all, other []any) []any {
	id := func(v any) string { return fmt.Sprint(members(v)["url"], members(v)["name"]) }
	for _, v := range other {
		if !slices.ContainsFunc(all, func(known any) bool { return id(known) == id(v) }) {
			all = append(all, v)
		}
	}
	return all
}

// difference says where two values that differ do so first.
func difference(a, b any, at string) string {
	left, ok1 := a.(map[string]any)
	right, ok2 := b.(map[string]any)
	if !ok1 || !ok2 {
		return fmt.Sprintf("%s: %s, and %s", strings.TrimPrefix(at, "."), compact(a), compact(b))
	}
	for _, key := range slices.Sorted(maps.Keys(left)) {
		if _, ok := right[key]; !ok {
			return strings.TrimPrefix(at+"."+key, ".") + " only in the first"
		}
		if !reflect.DeepEqual(left[key], right[key]) {
			return difference(left[key], right[key], at+"."+key)
		}
	}
	added := without(right, slices.Collect(maps.Keys(left))...)
	return strings.TrimPrefix(at+"."+slices.Min(slices.Collect(maps.Keys(added))), ".") + " only in the second"
}
