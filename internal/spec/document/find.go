// Package document finds iyzico's OpenAPI document in the page that publishes it, checks that it is the one that this
// client is generated from, and writes it in the form in which it is kept.
package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Find returns the OpenAPI document in a page: the one ```json block of a Markdown page that is one, or the page itself
// if it is bare JSON. Everything around the block is ignored, as are blocks with other JSON.
func Find(page []byte) ([]byte, error) {
	page = bytes.TrimSpace(bytes.TrimPrefix(page, []byte("\xef\xbb\xbf")))
	switch {
	case len(page) == 0:
		return nil, errors.New("the page is empty, expected Markdown or JSON")
	case page[0] == '{' || page[0] == '[':
		if err := valid(page); err != nil {
			return nil, err
		}
		return page, nil
	case isHTML(page):
		return nil, fmt.Errorf("expected Markdown or JSON, got an HTML page that starts with %q; the site serves the "+
			"Markdown under the page's address with .md", excerpt(page))
	}
	return findBlock(blocks(page))
}

// findBlock picks the one block that is an OpenAPI document.
func findBlock(all []block) ([]byte, error) {
	var candidates []block
	var broken error
	jsons := 0
	for _, b := range all {
		if !b.isJSON() {
			continue
		}
		jsons++
		err := valid(b.text)
		if err == nil && b.open {
			err = errors.New("the page ends inside the block")
		}
		switch {
		case err != nil && bytes.Contains(b.text, []byte(`"openapi"`)):
			return nil, fmt.Errorf("the JSON block in line %d: %w", b.line, err)
		case err != nil:
			// An example: iyzico's have numbers such as 000000, which are no JSON.
			broken = fmt.Errorf("; the one in line %d is not even JSON: %w", b.line, err)
		case hasKey(b.text, "openapi"):
			candidates = append(candidates, b)
		}
	}
	switch {
	case len(candidates) == 1:
		return candidates[0].text, nil
	case len(candidates) > 1:
		lines := make([]string, len(candidates))
		for i, b := range candidates {
			lines[i] = fmt.Sprint(b.line)
		}
		return nil, fmt.Errorf("expected one OpenAPI document, got %d, in the blocks in lines %s", len(candidates),
			strings.Join(lines, ", "))
	case jsons == 0:
		return nil, errors.New("expected a ```json block with an OpenAPI document, got a page without a JSON block")
	case broken != nil:
		return nil, fmt.Errorf("expected a ```json block with an OpenAPI document, got none among %d%w", jsons, broken)
	}
	return nil, fmt.Errorf("expected a ```json block with an OpenAPI document, got none among %d", jsons)
}

// block is a fenced code block.
type block struct {
	info string // what stands behind the opening fence
	text []byte
	line int  // of the opening fence, from 1
	open bool // the page ended before the closing fence
}

func (b block) isJSON() bool {
	language, _, _ := strings.Cut(b.info, " ")
	return strings.EqualFold(language, "json")
}

// blocks finds the fenced code blocks of a Markdown page. A fence may be indented by any amount, as in a list or a tab.
func blocks(page []byte) []block {
	var found []block
	var current *block
	fence := ""
	for i, line := range strings.Split(string(page), "\n") {
		trimmed := strings.TrimSpace(line)
		mark := fenceOf(trimmed)
		switch {
		case current == nil && mark != "":
			current = &block{info: strings.TrimSpace(trimmed[len(mark):]), line: i + 1}
			fence = mark
		case current == nil:
		case mark != "" && mark[0] == fence[0] && len(mark) >= len(fence) && len(trimmed) == len(mark):
			found = append(found, *current)
			current = nil
		default:
			current.text = append(append(current.text, line...), '\n')
		}
	}
	if current != nil {
		current.open = true
		found = append(found, *current)
	}
	return found
}

// fenceOf is the run of at least three backquotes or tildes that a line starts with, or nothing.
func fenceOf(line string) string {
	for _, mark := range []string{"`", "~"} {
		if n := len(line) - len(strings.TrimLeft(line, mark)); n >= 3 {
			return line[:n]
		}
	}
	return ""
}

func isHTML(page []byte) bool {
	start := strings.ToLower(string(page[:min(len(page), 1024)]))
	return strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") ||
		strings.HasPrefix(start, "<?xml") || strings.Contains(start, "<head")
}

func hasKey(text []byte, key string) bool {
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil {
		return false
	}
	_, ok := object[key]
	return ok
}

// excerpt is the start of a page, for a message.
func excerpt(page []byte) string {
	return string(page[:min(len(page), 60)])
}
