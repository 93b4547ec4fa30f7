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
		if operations := Operations(page.Text); !slices.Contains(operations, page.Operation) {
			return nil, fmt.Errorf("%s: expected the operation %s, got %s", page.File, page.Operation,
				strings.Join(operations, ", "))
		}
		document := lower(decode(page.Text))
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

// Canonical returns a document as JSON in one line whose keys, servers and parameters are in alphabetical order, and
// where the parameters of a path are its operations'. Two documents with the same one say the same.
func Canonical(text []byte) []byte {
	document := lower(decode(text))
	sorted(list(document["servers"]))
	for _, item := range members(document["paths"]) {
		for _, method := range methods {
			sorted(list(members(members(item)[method])["parameters"]))
		}
	}
	return []byte(compact(document))
}

func sorted(values []any) {
	slices.SortStableFunc(values, func(a, b any) int { return strings.Compare(compact(a), compact(b)) })
}

// lower moves the parameters of a document's paths to the operations there.
func lower(document map[string]any) map[string]any {
	l := lister{document: document}
	id := func(parameter any) string {
		p := members(l.resolve(parameter))
		return fmt.Sprint(p["in"], " ", p["name"])
	}
	for _, item := range members(document["paths"]) {
		item := members(item)
		for _, method := range methods {
			operation, ok := item[method].(map[string]any)
			if !ok {
				continue
			}
			all := list(operation["parameters"])
			for _, shared := range list(item["parameters"]) {
				if !slices.ContainsFunc(all, func(own any) bool { return id(own) == id(shared) }) {
					all = append(all, shared)
				}
			}
			if len(all) > 0 {
				operation["parameters"] = all
			}
		}
		delete(item, "parameters")
	}
	return document
}

// joiner remembers which page each part came from.
type joiner struct {
	from  map[string]string
	paths map[string][2]string // by the path without its parameters' names: the path, and its page
	errs  []error
}

// onePath refuses a path that differs from another one in the names of its parameters alone: to the server they are the
// same, to the generator two methods.
func (j *joiner) onePath(document map[string]any, page string) {
	for _, path := range slices.Sorted(maps.Keys(members(document["paths"]))) {
		other, ok := j.paths[Nameless(path)]
		if ok && other[0] != path {
			j.errs = append(j.errs, fmt.Errorf("%s in %s and %s in %s are one path whose parameter has two names",
				other[0], other[1], path, page))
		}
		if !ok {
			j.paths[Nameless(path)] = [2]string{path, page}
		}
	}
}

// merge adds the members of a page's object, at a path, to those that are there.
func (j *joiner) merge(into, add map[string]any, path, page string) {
	for _, key := range slices.Sorted(maps.Keys(add)) {
		at := strings.TrimPrefix(path+" "+key, " ")
		old, ok := into[key]
		deep := strings.Count(at, " ") // a path of the API and a component's name have no spaces
		within, _, _ := strings.Cut(at, " ")
		switch {
		case !ok && deep < 2 && (within == "paths" || within == "components"): // remember the page of each part inside
			into[key] = map[string]any{}
			j.merge(into[key].(map[string]any), members(add[key]), at, page)
		case !ok:
			into[key], j.from[at] = add[key], page
		case at == "openapi" || at == "info": // the first page's
		case at == "servers" || at == "tags":
			into[key] = union(list(old), list(add[key]))
		case deep < 2 && (within == "paths" || within == "components"):
			j.merge(members(old), members(add[key]), at, page)
		default:
			if where := difference(withoutTexts(old, false), withoutTexts(add[key], false), ""); where != "" {
				j.errs = append(j.errs, fmt.Errorf("%s is not the same in %s and %s: %s", at, j.from[at], page, where))
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

// difference says where two values differ first, in words, or nothing.
func difference(a, b any, at string) string {
	left, ok1 := a.(map[string]any)
	right, ok2 := b.(map[string]any)
	switch {
	case reflect.DeepEqual(a, b):
		return ""
	case !ok1 || !ok2:
		return fmt.Sprintf("%s: %s, and %s", strings.TrimPrefix(at, "."), compact(a), compact(b))
	}
	for _, key := range slices.Sorted(maps.Keys(left)) {
		if _, ok := right[key]; !ok {
			return strings.TrimPrefix(at+"."+key, ".") + " only in the first"
		}
		if where := difference(left[key], right[key], at+"."+key); where != "" {
			return where
		}
	}
	for key := range right {
		if _, ok := left[key]; !ok {
			return strings.TrimPrefix(at+"."+key, ".") + " only in the second"
		}
	}
	return ""
}
