// Package record keeps where api/openapi.json comes from, in a block of api/README.md that readers see as a table.
package record

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// The marks around the block. Everything outside them is written by hand and left alone.
const (
	begin = "<!-- source: written by make spec -->"
	end   = "<!-- /source -->"
)

// Record says where the document comes from.
type Record struct {
	Page    string // the address of the page
	Copy    string // the name of the saved copy that was read in place of the page, if one was
	Date    string // when it was read, as 2026-11-22
	Version string // info.version
	SHA256  string // of the compact form with a final newline
}

// String is the block, without a final newline.
func (r Record) String() string {
	from := fromPage
	if r.Copy != "" {
		from = fromCopy + cell(r.Copy)
	}
	return strings.Join([]string{
		begin, "",
		"| `openapi.json` | |",
		"|---|---|",
		"| page | <" + cell(r.Page) + "> |",
		"| read from | " + from + " |",
		"| read on | " + r.Date + " |",
		"| `info.version` | " + cell(r.Version) + " |",
		"| SHA-256 of the compact form, with a final newline | `" + r.SHA256 + "` |",
		"", end,
	}, "\n")
}

const (
	fromPage = "the page"
	fromCopy = "a saved copy of the page, "
)

// cell keeps a text from ending its cell.
func cell(text string) string {
	return strings.NewReplacer("|", "%7C", "\n", " ", "<", "%3C", ">", "%3E").Replace(text)
}

var row = regexp.MustCompile(`(?m)^\| (.*?) \| (.*?) \|\r?$`)

// Parse reads the block of a README. An empty block is an empty record.
func Parse(readme string) (Record, error) {
	start, stop, err := find(readme)
	if err != nil {
		return Record{}, err
	}
	var r Record
	rows := row.FindAllStringSubmatch(readme[start:stop], -1)
	for _, cells := range rows {
		value := strings.Trim(cells[2], "<>`")
		switch {
		case cells[1] == "page":
			r.Page = value
		case cells[1] == "read from":
			r.Copy, _ = strings.CutPrefix(value, fromCopy)
			if r.Copy == fromPage {
				r.Copy = ""
			}
		case cells[1] == "read on":
			r.Date = value
		case cells[1] == "`info.version`":
			r.Version = value
		case strings.HasPrefix(cells[1], "SHA-256"):
			r.SHA256 = value
		}
	}
	if len(rows) > 0 && (r.Page == "" || r.SHA256 == "") {
		return Record{}, errors.New("expected rows \"page\" and \"SHA-256\" in the source block")
	}
	return r, nil
}

// Replace puts r in the place of the block.
func Replace(readme string, r Record) (string, error) {
	start, stop, err := find(readme)
	if err != nil {
		return "", err
	}
	return readme[:start] + r.String() + readme[stop:], nil
}

// find returns where the block starts and ends.
func find(readme string) (start, stop int, err error) {
	start, stop = strings.Index(readme, begin), strings.Index(readme, end)
	if start < 0 || stop < start || strings.Count(readme, begin) > 1 || strings.Count(readme, end) > 1 {
		return 0, 0, fmt.Errorf("expected one block between %q and %q", begin, end)
	}
	return start, stop + len(end), nil
}
