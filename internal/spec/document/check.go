package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"
)

// Operation is the one operation that iyzico's document has; a document without it is that of another API.
const Operation = "/v1/mass/payout/init"

// Document is what a document says of itself.
type Document struct {
	Version string // info.version
	Schemas []string
	Text    []byte // as it is kept, see Format
	SHA256  string // see Sum
}

var (
	openapi3 = regexp.MustCompile(`^3\.\d+(\.\d+)?$`)
	// The version goes into a table, a branch's name and a title.
	plainVersion = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$`)
)

// Parse checks that text is the OpenAPI document of this API.
func Parse(text []byte) (Document, error) {
	if err := valid(text); err != nil {
		return Document{}, err
	}
	var head struct {
		OpenAPI string `json:"openapi"`
		Info    struct {
			Version string `json:"version"`
		} `json:"info"`
		Paths map[string]struct {
			Post map[string]json.RawMessage `json:"post"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return Document{}, fmt.Errorf("expected an OpenAPI document: %w", err)
	}
	switch {
	case !openapi3.MatchString(head.OpenAPI):
		return Document{}, fmt.Errorf(`expected an OpenAPI 3 document, got "openapi": %q`, head.OpenAPI)
	case len(head.Paths[Operation].Post) == 0:
		return Document{}, fmt.Errorf("expected the document with POST %s, got that of another API", Operation)
	case !plainVersion.MatchString(head.Info.Version):
		return Document{}, fmt.Errorf("expected an info.version as 1.0.1, got %q", head.Info.Version)
	}
	formatted, err := Format(text)
	if err != nil {
		return Document{}, err
	}
	sum, err := Sum(text)
	return Document{
		Version: head.Info.Version,
		Schemas: slices.Sorted(maps.Keys(head.Components.Schemas)),
		Text:    formatted,
		SHA256:  sum,
	}, err
}

// valid refuses what is no JSON or reads differently in different parsers: doubled keys and broken UTF-8.
func valid(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("invalid JSON: expected UTF-8")
	}
	var all any
	if err := json.Unmarshal(text, &all); err != nil {
		return fmt.Errorf("invalid JSON: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return doubledKeys(decoder, "$")
}

// doubledKeys walks one value of a text that is known to be valid.
func doubledKeys(decoder *json.Decoder, at string) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	delimiter, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	keys := map[string]bool{}
	for i := 0; decoder.More(); i++ {
		child := fmt.Sprintf("%s[%d]", at, i)
		if delimiter == '{' {
			key, err := decoder.Token()
			if err != nil {
				return err
			}
			name := fmt.Sprint(key)
			child = at + "." + name
			if keys[name] {
				return fmt.Errorf("invalid JSON: the key %s is there twice", child)
			}
			keys[name] = true
		}
		if err := doubledKeys(decoder, child); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil && !errors.Is(err, io.EOF) { // the closing bracket
		return err
	}
	return nil
}
