package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// markdown is what a page of the documentation holds.
type markdown struct {
	blocks []block
	links  []link
}

// block is a code block of a Markdown page.
type block struct {
	language, text string
	line           int  // of the opening fence, from 1
	open           bool // the page ended before the closing fence
}

// link is a link of a Markdown page.
type link struct {
	to     string
	quoted bool // it stands in a quote
}

var tag = regexp.MustCompile(`(?m)^[ \t>]*</?[A-Za-z].*$`)

// parse reads a Markdown page. A fence may also stand in a quote or a list, be indented by any amount, or stand right
// below a tag of HTML.
func parse(page string) (m markdown) {
	page = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(page)
	m.read([]byte(tag.ReplaceAllString(page, "")), 0) // a tag would hide the blocks below it
	return m
}

// read adds what source has, which starts behind a line of the page.
func (m *markdown) read(source []byte, before int) {
	quotes := 0
	root := goldmark.New(goldmark.WithExtensions(extension.Linkify)).Parser().Parse(text.NewReader(source))
	_ = ast.Walk(root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		text, line, open := "", before, false
		if node.Type() == ast.TypeBlock && node.Lines().Len() > 0 {
			lines := node.Lines()
			text = string(lines.Value(source))
			line += bytes.Count(source[:lines.At(0).Start], []byte("\n"))
			open = len(bytes.Trim(source[lines.At(lines.Len()-1).Stop:], "> \t\n")) == 0
		}
		switch node := node.(type) {
		case *ast.Blockquote:
			quotes += map[bool]int{true: 1, false: -1}[entering]
		case *ast.FencedCodeBlock:
			if entering {
				m.blocks = append(m.blocks, block{strings.ToLower(string(node.Language(source))), text, line, open})
			}
		case *ast.CodeBlock:
			if entering && (strings.Contains(text, "```") || strings.Contains(text, "~~~")) {
				m.read([]byte(text), line)
			}
		case *ast.Link:
			if entering {
				m.links = append(m.links, link{string(node.Destination), quotes > 0})
			}
		case *ast.AutoLink:
			if entering {
				m.links = append(m.links, link{string(node.URL(source)), quotes > 0})
			}
		}
		return ast.WalkContinue, nil
	})
}

// own is the address that a page names as its own, in a quote that also names the index of all pages.
func (m *markdown) own() (address string) {
	named := false
	for _, l := range m.links {
		named = named || l.quoted && path.Base(l.to) == indexFile
		if named && l.quoted && address == "" && strings.HasSuffix(l.to, ".md") {
			address = l.to
		}
	}
	return address
}

// documents returns the OpenAPI documents in a page, and the address that it names as its own: the code blocks of a
// Markdown page that are one, or the page itself if it is bare JSON. Blocks with other JSON are ignored.
func documents(page []byte) (found [][]byte, own string, err error) {
	page = bytes.TrimSpace(bytes.TrimPrefix(page, []byte("\xef\xbb\xbf")))
	start := strings.ToLower(string(page[:min(len(page), 1024)]))
	switch {
	case len(page) == 0:
		return nil, "", errors.New("the page is empty; expected Markdown or JSON")
	case page[0] == '{' || page[0] == '[':
		return [][]byte{page}, "", check(page)
	case !utf8.Valid(page):
		return nil, "", fmt.Errorf("expected UTF-8, got a compressed page or another encoding that starts with %.20q", page)
	case strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") || strings.Contains(start, "<head"):
		return nil, "", html(page)
	case strings.HasPrefix(start, "openapi:") || strings.Contains(start, "\nopenapi: "):
		return nil, "", errors.New("expected Markdown or JSON, got YAML")
	}
	m := parse(string(page))
	m.blocks = slices.DeleteFunc(m.blocks, func(b block) bool {
		return b.language != "json" && !strings.HasPrefix(strings.TrimSpace(b.text), "{")
	})
	other := ""
	for _, b := range m.blocks {
		text := []byte(b.text)
		if strings.Contains(b.text, `"openapi"`) || strings.Contains(b.text, `"swagger"`) {
			err := check(text)
			if b.open {
				err = errors.New("the page ends inside the block: it is cut off")
			}
			if err != nil {
				return nil, "", fmt.Errorf("the JSON block in line %d: %w", b.line, err)
			}
			found = append(found, text)
		} else if err := valid(text); err != nil { // an example: iyzico's have numbers such as 000000, which are no JSON
			other = fmt.Sprintf("; the one in line %d is not even JSON: %v", b.line, err)
		}
	}
	switch {
	case len(found) > 0:
		return found, m.own(), nil
	case len(m.blocks) == 0 && page[0] == '<':
		return nil, "", html(page)
	case len(m.blocks) == 0:
		return nil, "", errors.New("expected a ```json block with an OpenAPI document, got a page without a JSON block")
	}
	return nil, "", fmt.Errorf("expected a ```json block with an OpenAPI document, got none among %d%s", len(m.blocks), other)
}

func html(page []byte) error {
	return fmt.Errorf("expected Markdown or JSON, got an HTML page that starts with %.60q; the site serves the "+
		"Markdown under the page's address with .md", page)
}

var (
	openAPI3     = regexp.MustCompile(`^3\.\d+(\.\d+)?$`)
	plainVersion = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$`) // it goes into a title
	// The generator writes names and values into Go source, some of them without escapes.
	unsafe = regexp.MustCompile("[\"`\\\\\\p{Cc}]")
	// These keys steer the generator, x-go-type up to any Go code; they are the overlay's, not iyzico's.
	steering = regexp.MustCompile(`^x-(go-|oapi-codegen|enum|omit|order$|deprecated-reason$)`)
)

// check refuses what is no OpenAPI document with an operation, and what the client must not be generated from.
func check(text []byte) error {
	if err := valid(text); err != nil {
		return err
	}
	var head struct {
		OpenAPI, Swagger string
		Info             struct{ Version string }
	}
	var all any
	if err := errors.Join(json.Unmarshal(text, &head), json.Unmarshal(text, &all)); err != nil {
		return fmt.Errorf("expected an OpenAPI document: %w", err)
	}
	switch {
	case head.Swagger != "":
		return fmt.Errorf("expected an OpenAPI 3 document, got Swagger %s", head.Swagger)
	case !openAPI3.MatchString(head.OpenAPI):
		return fmt.Errorf(`expected an OpenAPI 3 document, got "openapi": %q`, head.OpenAPI)
	case !plainVersion.MatchString(head.Info.Version):
		return fmt.Errorf("expected an info.version such as 1.0.1, got %q", head.Info.Version)
	case len(pages.Decode(text).Operations()) == 0:
		return errors.New("expected a document with an operation, got one without any")
	}
	return harmless(all, "$")
}

// harmless refuses keys that steer the generator, references out of the document, and names that would not stay inside
// the strings of Go source that they are written into. Texts may hold anything: they become comments.
func harmless(v any, at string) error {
	switch v := v.(type) {
	case map[string]any:
		for key, child := range v {
			name := at + "." + key
			text, isText := child.(string)
			switch {
			case unsafe.MatchString(key):
				return fmt.Errorf("%q: a name must not contain quotes, backslashes or control characters", name)
			case steering.MatchString(key) && !strings.HasSuffix(at, ".properties"):
				return fmt.Errorf("%s: it would steer our generator; that is for api/overlay.yaml alone", name)
			case key == "$ref" && isText && !strings.HasPrefix(text, "#/"):
				return fmt.Errorf("%s: expected a reference inside the document, got %q", name, text)
			case (key == "url" || key == "name" || strings.Contains(at, ".servers[")) && unsafe.MatchString(text):
				return fmt.Errorf("%s: it must not contain quotes, backslashes or control characters", name)
			}
			if err := harmless(child, name); err != nil {
				return err
			}
		}
	case []any:
		for i, child := range v {
			name := fmt.Sprintf("%s[%d]", at, i)
			if text, _ := child.(string); unsafe.MatchString(text) && (strings.HasSuffix(at, ".enum") || strings.HasSuffix(at, ".required")) {
				return fmt.Errorf("%s: a value must not contain quotes, backslashes or control characters", name)
			}
			if err := harmless(child, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// valid refuses what is no JSON or reads differently in different parsers: doubled keys and broken UTF-8.
func valid(text []byte) error {
	if err := jsontext.NewDecoder(bytes.NewReader(text)).SkipValue(); err != nil {
		return fmt.Errorf("invalid JSON: %w", err)
	}
	if !json.Valid(text) {
		return errors.New("invalid JSON: more behind the value")
	}
	return nil
}
