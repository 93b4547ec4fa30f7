// Package pages reads the OpenAPI fragments that iyzico publishes, one on each page of its documentation, joins them
// into the one document that the client is generated from, and tells what a document says.
package pages

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// Files of the module, relative to its root.
const (
	Folder     = "api/pages"
	RecordFile = Folder + "/pages.json"
	Overviews  = Folder + "/overviews.txt" // addresses of pages about mass payouts without an operation
	Joined     = "api/openapi.json"
)

// Page is one page of iyzico's documentation, and the fragment that was read from it.
type Page struct {
	File      string `json:"file"`             // of the fragment in Folder; not there yet if the page was not read whole
	Operation string `json:"operation"`        // that the page is about, such as "POST /v1/mass/payout/init"
	Language  string `json:"language"`         // tr or en
	Generates bool   `json:"generates"`        // is its operation generated from it? Another language's is only compared
	Address   string `json:"address"`          // of the page as Markdown
	Origin    string `json:"origin,omitempty"` // what was read, and when
	Version   string `json:"version,omitempty"`
	SHA256    string `json:"sha256,omitempty"` // of the fragment in its compact form, see Sum
	// Differences of a page that is only compared from the one that generates, as Lines lists them.
	Differences []string `json:"differences,omitempty"`
	Text        []byte   `json:"-"` // the fragment
}

// Stem is the first word of a page's file, which all languages of an operation share.
func Stem(file string) string { stem, _, _ := strings.Cut(file, "."); return stem }

// Load reads the record and the fragments below the module's root.
func Load(root string) ([]Page, error) {
	data, err := os.ReadFile(filepath.Join(root, RecordFile))
	if err != nil {
		return nil, err
	}
	var all []Page
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&all); err != nil {
		return nil, fmt.Errorf("%s: %w", RecordFile, err)
	}
	for i := range all {
		all[i].Text, err = os.ReadFile(filepath.Join(root, Folder, all[i].File))
		if err != nil && (all[i].Generates || !errors.Is(err, os.ErrNotExist)) {
			return nil, err
		}
	}
	return all, nil
}

// Encode returns a value as indented JSON.
func Encode(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(v)
	return out.Bytes(), err
}

// Indent returns a fragment in the form in which it is kept: indented, so that a change can be read in a diff. Neither
// the order of the keys nor any number or character changes.
func Indent(text []byte) ([]byte, error) {
	var indented bytes.Buffer
	err := json.Indent(&indented, bytes.TrimSpace(text), "", "  ")
	indented.WriteByte('\n')
	return indented.Bytes(), err
}

// Sum returns the SHA-256 of a fragment's compact form with a final newline. It does not depend on the indentation.
func Sum(text []byte) (string, error) {
	var compact bytes.Buffer
	err := json.Compact(&compact, text)
	compact.WriteByte('\n')
	return fmt.Sprintf("%x", sha256.Sum256(compact.Bytes())), err
}

// Join makes one document of the pages that generate, its keys in alphabetical order. What stands on several pages must
// be the same there but for its texts, of which the first page's are kept; otherwise the error names both pages.
// Servers and tags are the sum of all.
func Join(all []Page) ([]byte, error) {
	joined, from := Document{}, map[string]string{} // the page that each part came from
	var errs []error
	var merge func(into, add map[string]any, path, page string)
	merge = func(into, add map[string]any, path, page string) {
		for _, key := range keys(add) {
			at := strings.TrimPrefix(path+" "+key, " ")
			section, _, _ := strings.Cut(at, " ")
			old, ok := into[key]
			from[at] = cmp.Or(from[at], page)
			switch {
			case strings.Count(at, " ") < 2 && (section == "paths" || section == "components"): // a name has no spaces
				if !ok {
					into[key] = map[string]any{}
				}
				merge(members(into[key]), members(add[key]), at, page)
			case !ok:
				into[key] = add[key]
			case at == "openapi" || at == "info": // the first page's
			case at == "servers" || at == "tags":
				into[key] = joined.union(old, add[key])
			default:
				if was, is := bare(old, false), bare(add[key], false); !reflect.DeepEqual(was, is) {
					errs = append(errs, fmt.Errorf("%s is not the same in %s and %s: %s", at, from[at], page, difference(was, is)))
				}
			}
		}
	}
	for _, page := range all {
		if !page.Generates {
			continue
		}
		document := Decode(page.Text)
		if operations := document.Operations(); !slices.Contains(operations, page.Operation) {
			return nil, fmt.Errorf("%s: expected the operation %s, got %q", page.File, page.Operation, operations)
		}
		merge(joined, document, "", page.File)
	}
	// A path that differs from another one in the names of its parameters alone is the same to the server, and to the
	// generator another method.
	names := map[string]string{}
	for _, path := range keys(members(joined["paths"])) {
		if other, ok := names[Nameless(path)]; ok {
			errs = append(errs, fmt.Errorf("%s in %s and %s in %s are one path whose parameter has two names", other,
				from["paths "+other], path, from["paths "+path]))
		}
		names[Nameless(path)] = path
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return Encode(joined)
}

// WriteJoined joins the pages below the module's root into its document.
func WriteJoined(root string) error {
	all, err := Load(root)
	if err != nil {
		return err
	}
	joined, err := Join(all)
	if err == nil {
		err = os.WriteFile(filepath.Join(root, Joined), joined, 0o644)
	}
	return err
}

// difference is the first fact in which two parts of a document differ.
func difference(a, b any) string {
	left, right := Facts{}, Facts{}
	Document{}.walk(left, "it", a)
	Document{}.walk(right, "it", b)
	for _, c := range Diff(left, right) {
		return c.String()
	}
	return "the order of a list"
}
