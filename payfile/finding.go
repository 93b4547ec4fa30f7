package payfile

import (
	"fmt"
	"slices"
	"strings"
)

// Finding is what keeps a file from being read, or deserves a look before paying. It shows nothing of a recipient's.
type Finding struct {
	Sheet   string // the name of the workbook's sheet; empty for a text file
	Row     int    // of the file, from 1; 0: the whole file
	Column  int    // of the file, from 1; 0: the whole row
	Heading string // the column's
	Message string // in the language of [Options]
	Warning bool   // of a note: it may change who is paid, or how much

	language Language
}

// String names the place and what was expected.
func (f Finding) String() string {
	var place []string
	if f.Sheet != "" && f.Row > 0 {
		place = append(place, fmt.Sprintf(f.language.Pick("sheet %s", "sayfa %s"), f.Sheet))
	}
	switch {
	case f.Row > 0 && f.Sheet != "":
		place = append(place, fmt.Sprintf(f.language.Pick("row %d", "satır %d"), f.Row))
	case f.Row > 0:
		place = append(place, fmt.Sprintf(f.language.Pick("line %d", "satır %d"), f.Row))
	}
	if f.Column > 0 {
		column := fmt.Sprint(f.Column)
		if f.Sheet != "" {
			column = columnLetters(f.Column)
		}
		column = fmt.Sprintf(f.language.Pick("column %s", "sütun %s"), column)
		if f.Heading != "" {
			column += " (" + f.Heading + ")"
		}
		place = append(place, column)
	}
	if len(place) == 0 {
		return f.Message
	}
	return strings.Join(place, ", ") + ": " + f.Message
}

// columnLetters is how a spreadsheet names a column: A, B, and AA after Z.
func columnLetters(column int) (letters string) {
	for ; column > 0; column = (column - 1) / 26 {
		letters = string(rune('A'+(column-1)%26)) + letters
	}
	return letters
}

// Findings is the error of a file that cannot be read: all that is wrong, in the order of the file.
type Findings []Finding

// Error lists the findings, one a line. Beyond a hundred it counts the rest.
func (f Findings) Error() string {
	const shown = 100
	lines := make([]string, 0, len(f))
	for i, finding := range f {
		if i == shown {
			lines = append(lines, fmt.Sprintf(finding.language.Pick("and %d more", "ve %d bulgu daha"), len(f)-i))
			break
		}
		lines = append(lines, finding.String())
	}
	return strings.Join(lines, "\n")
}

// rowsList names some rows: 5, 6, 9 and 12 more.
func rowsList(rows []int, l Language) string {
	const shown = 8
	slices.Sort(rows)
	var s strings.Builder
	for i, row := range rows {
		if i == shown {
			fmt.Fprintf(&s, l.Pick(" and %d more", " ve %d satır daha"), len(rows)-i)
			break
		}
		if i > 0 {
			s.WriteString(", ")
		}
		fmt.Fprint(&s, row)
	}
	return s.String()
}

// NewFinding returns a finding in the language, for packages that read other kinds of files. Row and column are from 1;
// 0 means all.
func NewFinding(l Language, sheet string, row, column int, heading, en, tr string, warning bool) Finding {
	return Finding{Sheet: sheet, Row: row, Column: column, Heading: heading, Message: l.Pick(en, tr), Warning: warning,
		language: l}
}

// In is String in another language than the options said, for findings of package gen.
func (f Finding) In(l Language) string {
	f.language, f.Message = l, Translate(f.Message, l)
	return f.String()
}
