package payfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// Read reads a text file: a table (CSV, TSV, TXT) or a JSON request. The error is of type [Findings] and has all
// findings at once.
func Read(data []byte, o Options) (*File, error) {
	content, problem := decode(data)
	if problem != nil {
		return nil, Findings{{Message: problem.in(o.Language), language: o.Language}}
	}
	start := bytes.TrimSpace(content[:min(len(content), 1024)])
	if len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		return readJSON(content, o)
	}
	return ReadTable(newText(content), o)
}

// ReadAll reads r up to [MaxSize], for Read, which refuses what is larger.
func ReadAll(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, MaxSize+1)) }

// textTable is a table in a text.
type textTable struct {
	csv       *csv.Reader
	separator rune
	before    int // lines before those that csv counts
	row       Row
}

func newText(content []byte) *textTable {
	t := &textTable{}
	content, t.before, t.separator = separator(content)
	t.csv = csv.NewReader(bytes.NewReader(content))
	t.csv.Comma = t.separator
	t.csv.FieldsPerRecord = -1
	t.csv.ReuseRecord = true
	return t
}

var separators = []rune{';', '\t', ',', '|'}

// separator finds out what separates the columns: what a first line such as sep=; says, or else by which of the
// possible ones a row of headings can be read.
func separator(content []byte) (rest []byte, lines int, separator rune) {
	if line, after, _ := bytes.Cut(content, []byte("\n")); bytes.HasPrefix(line, []byte("sep=")) {
		sep := bytes.TrimSuffix(line[len("sep="):], []byte("\r"))
		if len(sep) == 1 && bytes.ContainsAny(sep, ";,\t|") {
			return after, 1, rune(sep[0])
		}
	}
	head := content
	for i, lines := 0, 0; i < len(head); i++ {
		if head[i] == '\n' {
			if lines++; lines == maxTitleRows {
				head = head[:i+1]
			}
		}
	}
	best := -1
	for _, candidate := range separators {
		t := &textTable{csv: csv.NewReader(bytes.NewReader(head))}
		t.csv.Comma, t.csv.FieldsPerRecord = candidate, -1
		most := 0
		for {
			row, err := t.Next()
			if err != nil {
				break // it is found again when it is read for good
			}
			known := 0
			for _, cell := range row.Cells {
				if m, _ := classify(cell.Text); m.field != "" {
					known++
				}
			}
			most = max(most, known*100+min(len(row.Cells), 50))
		}
		if most > best {
			best, separator = most, candidate
		}
	}
	return content, 0, separator
}

// Name is empty: a text file has no sheets.
func (t *textTable) Name() string { return "" }

// Next reads a row. An error about quotes ends the reading: what follows could be read wrongly.
func (t *textTable) Next() (*Row, error) {
	cells, err := t.csv.Read()
	if err != nil {
		var syntax *csv.ParseError
		if !errors.As(err, &syntax) {
			return nil, err
		}
		problem := &TableError{Row: syntax.StartLine + t.before, en: `a quote (") is in a cell that is not in quotes: put ` +
			`the whole cell in quotes, and double those inside`,
			tr: `tırnaksız bir hücrede tırnak (") var: hücrenin tamamını tırnak içine alın, içindekileri çift yazın`}
		if syntax.Err == csv.ErrQuote {
			problem.en = `a quote (") is not closed, or something follows it`
			problem.tr = `tırnak (") kapanmamış ya da ardından başka bir şey geliyor`
		}
		return nil, problem
	}
	line, _ := t.csv.FieldPos(0)
	t.row.Number = line + t.before
	t.row.Cells = t.row.Cells[:0]
	for _, cell := range cells {
		t.row.Cells = append(t.row.Cells, Cell{Text: cell})
	}
	return &t.row, nil
}

// unwrapped takes away what keeps a spreadsheet from changing a cell: ="1001" and '1001 are 1001.
func unwrapped(s string) string {
	switch {
	case len(s) > 3 && s[0] == '=' && s[1] == '"' && s[len(s)-1] == '"':
		return strings.TrimSpace(strings.ReplaceAll(s[2:len(s)-1], `""`, `"`))
	case len(s) > 1 && s[0] == '\'':
		return strings.TrimSpace(s[1:])
	}
	return s
}
