package pages

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Join makes one document of the pages that generate, its keys in alphabetical order. What stands on several pages must
// be the same there but for its texts, of which the first page's are kept; otherwise the error names both pages.
// Servers and tags are the sum of all.
func Join(all []Page) ([]byte, error) {
	j := joiner{from: map[string]string{}}
	joined := map[string]any{}
	for _, page := range all {
		if !page.Generates {
			continue
		}
		if operations := Operations(page.Text); !slices.Contains(operations, page.Operation) {
			return nil, fmt.Errorf("%s: expected the operation %s, got %s", page.File, page.Operation,
				strings.Join(operations, ", "))
		}
		j.merge(joined, decode(page.Text), "", page.File)
	}
	if err := errors.Join(j.errs...); err != nil {
		return nil, err
	}
	return Encode(joined)
}

// joiner remembers which page each part came from.
type joiner struct {
	from map[string]string
	errs []error
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
