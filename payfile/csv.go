package payfile

import (
	"bytes"
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
	t := readAhead(newText(content))
	defer t.stop()
	return ReadTable(t, o)
}

// ReadAll reads r up to [MaxSize], for Read, which refuses what is larger.
func ReadAll(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, MaxSize+1)) }

// textTable is a table in a text. It is read by our own code, and not by encoding/csv, which copies each row: a cell here
// is a part of the text. A test compares the two.
type textTable struct {
	text      string
	at        int // of text, what is read next
	line      int // at at, from 1
	separator byte
	row       Row
	about     int // lines
}

// About is about how many rows there are.
func (t *textTable) About() int { return t.about }

func newText(content []byte) *textTable {
	rest, before, separator := separator(content)
	return &textTable{text: string(rest), line: before + 1, separator: separator, about: lines(rest)}
}

// lines is about how many there are: the first ones tell.
func lines(content []byte) int {
	head := content[:min(len(content), 64<<10)]
	return (bytes.Count(head, []byte("\n")) + 1) * (len(content)/max(len(head), 1) + 1)
}

var separators = []byte{';', '\t', ',', '|'}

// separator finds out what separates the columns: what a first line such as sep=; says, or else by which of the
// possible ones a row of headings can be read.
func separator(content []byte) (rest []byte, lines int, separator byte) {
	if line, after, _ := bytes.Cut(content, []byte("\n")); bytes.HasPrefix(line, []byte("sep=")) {
		sep := bytes.TrimSuffix(line[len("sep="):], []byte("\r"))
		if len(sep) == 1 && bytes.ContainsAny(sep, ";,\t|") {
			return after, 1, sep[0]
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
	best, headings := -1, map[string]bool{} // whether a text is one
	for _, candidate := range separators {
		t := &textTable{text: string(head), line: 1, separator: candidate}
		most := 0
		for {
			row, err := t.Next()
			if err != nil {
				break // it is found again when it is read for good
			}
			known := 0
			for _, cell := range row.Cells {
				heading, seen := headings[cell.Text]
				if !seen {
					m, _ := classify(cell.Text)
					heading = m.field != ""
					headings[cell.Text] = heading
				}
				if heading {
					known++
				}
			}
			if most = max(most, known*100+min(len(row.Cells), 50)); known >= 3 {
				break // these are the headings
			}
		}
		if most > best {
			best, separator = most, candidate
		}
	}
	return content, 0, separator
}

// Name is empty: a text file has no sheets.
func (t *textTable) Name() string { return "" }

var (
	bareQuote = text{`a quote (") is in a cell that is not in quotes: put the whole cell in quotes, and double those inside`,
		`tırnaksız bir hücrede tırnak (") var: hücrenin tamamını tırnak içine alın, içindekileri çift yazın`}
	openQuote = text{`a quote (") is not closed, or something follows it`,
		`tırnak (") kapanmamış ya da ardından başka bir şey geliyor`}
)

// Next reads a row as RFC 4180 has it, with any line ends. Blank lines are left out. An error about quotes ends the
// reading: what follows could be read wrongly.
func (t *textTable) Next() (*Row, error) {
	for t.at < len(t.text) && (t.text[t.at] == '\n' || strings.HasPrefix(t.text[t.at:], "\r\n")) {
		t.at += strings.IndexByte(t.text[t.at:], '\n') + 1
		t.line++
	}
	if t.at == len(t.text) {
		return nil, io.EOF
	}
	t.row.Number, t.row.Cells = t.line, t.row.Cells[:0]
	line, _, ended := strings.Cut(t.text[t.at:], "\n")
	if strings.IndexByte(line, '"') < 0 {
		t.split(strings.TrimSuffix(line, "\r"))
		if t.at += len(line); ended {
			t.at++
			t.line++
		}
		return &t.row, nil
	}
	for {
		var cell string
		if strings.HasPrefix(t.text[t.at:], `="`) { // ="1001", as some programs write it without more quotes
			t.at++
		}
		if t.at < len(t.text) && t.text[t.at] == '"' {
			var ok bool
			if cell, ok = t.quoted(); !ok {
				return nil, &TableError{t.row.Number, openQuote.en, openQuote.tr}
			}
		} else {
			end := t.at
			for end < len(t.text) && t.text[end] != t.separator && t.text[end] != '\n' {
				if t.text[end] == '"' {
					return nil, &TableError{t.line, bareQuote.en, bareQuote.tr}
				}
				end++
			}
			cell = t.text[t.at:end]
			if (end == len(t.text) || t.text[end] == '\n') && strings.HasSuffix(cell, "\r") {
				cell = cell[:len(cell)-1]
			}
			t.at = end
		}
		t.row.Cells = append(t.row.Cells, Cell{Text: cell})
		if t.at == len(t.text) {
			return &t.row, nil
		}
		t.at++
		if t.text[t.at-1] == '\n' {
			t.line++
			return &t.row, nil
		}
	}
}

// split reads the cells of a line without quotes: it is all of a row, and this is the fast way.
func (t *textTable) split(line string) {
	cells := t.row.Cells
	for {
		i := strings.IndexByte(line, t.separator)
		if i < 0 {
			break
		}
		cells = append(cells, Cell{Text: line[:i]})
		line = line[i+1:]
	}
	t.row.Cells = append(cells, Cell{Text: line})
}

// quoted reads a cell in quotes, up to the separator, the line end, or the end of the text.
func (t *textTable) quoted() (cell string, ok bool) {
	start, doubled := t.at+1, false
	for end := start; ; {
		i := strings.IndexByte(t.text[end:], '"')
		if i < 0 {
			return "", false
		}
		end += i + 1
		if end < len(t.text) && t.text[end] == '"' {
			doubled = true
			end++
			continue
		}
		cell = t.text[start : end-1]
		t.line += strings.Count(cell, "\n")
		if doubled {
			cell = strings.ReplaceAll(cell, `""`, `"`)
		}
		if strings.HasPrefix(t.text[end:], "\r\n") {
			end++
		}
		t.at = end
		return cell, end == len(t.text) || t.text[end] == t.separator || t.text[end] == '\n'
	}
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
