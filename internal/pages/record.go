// Package pages reads the OpenAPI fragments that iyzico publishes, one on each page of its documentation, joins them
// into the one document that the client is generated from, and tells what a document says.
package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
	// File is the fragment's name in Folder, such as init.tr.json. It need not be there for a page that is only
	// compared and has not been read yet.
	File string `json:"file"`

	// Operation is the one that the page is about, such as "POST /v1/mass/payout/init".
	Operation string `json:"operation"`
	Language  string `json:"language"` // tr or en

	// Generates is true for the page that its operation is generated from. Another language's is only compared.
	Generates bool `json:"generates"`

	Address string `json:"address"`          // of the page as Markdown
	Origin  string `json:"origin,omitempty"` // what was read, and when
	Version string `json:"version,omitempty"`
	SHA256  string `json:"sha256,omitempty"` // of the fragment in its compact form, see Sum

	// Differences of a page that is only compared from the one that generates, as Compare lists them.
	Differences []string `json:"differences,omitempty"`

	Text []byte `json:"-"` // the fragment
}

// Stem is the first word of a page's file, which all languages of an operation share.
func Stem(file string) string { stem, _, _ := strings.Cut(file, "."); return stem }

// Load reads the record and the fragments below the module's root.
func Load(root string) ([]Page, error) {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(RecordFile)))
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
		all[i].Text, err = os.ReadFile(filepath.Join(root, filepath.FromSlash(Folder), all[i].File))
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
	var compact, indented bytes.Buffer
	if err := json.Compact(&compact, text); err != nil { // Indent would keep the white space that ends its input
		return nil, err
	}
	err := json.Indent(&indented, compact.Bytes(), "", "  ")
	indented.WriteByte('\n')
	return indented.Bytes(), err
}

// Sum returns the SHA-256 of a fragment's compact form with a final newline. It does not depend on the indentation.
func Sum(text []byte) (string, error) {
	var compact bytes.Buffer
	err := json.Compact(&compact, text)
	compact.WriteByte('\n')
	sum := sha256.Sum256(compact.Bytes())
	return hex.EncodeToString(sum[:]), err
}
