package sheet

import (
	"fmt"
	"strings"
)

// Finding is what keeps a file from being read, or deserves a look. It shows nothing of a recipient's.
type Finding struct {
	Line    int    // of the file, from 1
	Column  int    // of the table, from 1; 0: the whole line
	Heading string // the column's
	Message string

	language Language
}

// String names the place and what was expected.
func (f Finding) String() string {
	place := fmt.Sprintf(f.language.Pick("line %d", "satır %d"), f.Line)
	if f.Column > 0 {
		place += fmt.Sprintf(f.language.Pick(", column %d", ", sütun %d"), f.Column)
	}
	if f.Heading != "" {
		place += " (" + f.Heading + ")"
	}
	return place + ": " + f.Message
}

// Findings is the error of a file that cannot be read: all of them, in the order of the file.
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
