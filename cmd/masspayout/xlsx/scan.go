package xlsx

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/iyzico-go/masspayout/payfile"
)

// kindRow is what the scan knows of a row.
type kindRow struct {
	number int
	hidden bool
	cells  []kindCell
	err    error
}

// holdsNumber reports whether there is a number in the row, which the library must tell of as well.
func (k *kindRow) holdsNumber() bool {
	return slices.ContainsFunc(k.cells, func(c kindCell) bool { return c.kind == payfile.CellNumber && c.filled })
}

type kindCell struct {
	kind   payfile.CellKind
	filled bool // it has a value
	style  int32
}

// maxColumns is how many a sheet can have.
const maxColumns = 1 << 14

func (s *sheet) readKinds() {
	defer s.group.Done()
	defer close(s.kinds)
	send := func(rows []kindRow) bool {
		select {
		case s.kinds <- rows:
			return true
		case <-s.quit:
			return false
		}
	}
	sc := &scanner{r: bufio.NewReaderSize(s.part, 64<<10), sheet: s}
	for {
		var rows []kindRow
		select {
		case rows = <-s.spare:
		default:
			rows = make([]kindRow, batch)
		}
		n := 0
		for ; n < len(rows); n++ {
			if err := sc.row(&rows[n]); err != nil {
				if err != io.EOF {
					rows[n] = kindRow{err: err}
					n++
				}
				send(rows[:n])
				return
			}
		}
		if !send(rows) {
			return
		}
	}
}

// scanner reads the tags of a sheet's part, and of the rest only whether there is any.
type scanner struct {
	r     *bufio.Reader
	sheet *sheet
	last  int // row
	begun bool
	zero  bool // rows are hidden unless they say otherwise
	ended bool
}

var errUnordered = payfile.NewTableError(0, "the rows or cells of the sheet are out of order: open the workbook in the "+
	"spreadsheet, and save it anew",
	"sayfanın satırları ya da hücreleri sırasız: çalışma kitabını hesap tablosunda açıp yeniden kaydedin")

// tag reads up to the next tag, and reports whether there was a text before it. The tag is valid until the next call.
func (s *scanner) tag() (tag []byte, text bool, err error) {
	for {
		before, err := s.r.ReadSlice('<')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			text = true
			continue
		case err != nil:
			return nil, false, errDamaged
		}
		text = text || len(bytes.TrimSpace(before[:len(before)-1])) > 0
		if next, err := s.r.Peek(1); err == nil && next[0] == '!' {
			if err := s.skipDeclaration(); err != nil {
				return nil, false, err
			}
			text = true
			continue
		}
		tag, err = s.r.ReadSlice('>')
		if err != nil {
			return nil, false, errDamaged
		}
		return tag[:len(tag)-1], text, nil
	}
}

// skipDeclaration skips a comment or a section of characters, which may have tags in it.
func (s *scanner) skipDeclaration() error {
	end := []byte("-->")
	if head, err := s.r.Peek(3); err != nil || string(head) != "!--" {
		end = []byte("]]>")
		if head, err := s.r.Peek(8); err != nil || string(head) != "![CDATA[" {
			return errDamaged
		}
	}
	var last [3]byte
	for string(last[:]) != string(end) {
		b, err := s.r.ReadByte()
		if err != nil {
			return errDamaged
		}
		last[0], last[1], last[2] = last[1], last[2], b
	}
	return nil
}

// local is a tag's name without its prefix, and whether it ends here.
func local(tag []byte) (name string, closing, empty bool) {
	if len(tag) > 0 && tag[0] == '/' {
		closing, tag = true, tag[1:]
	}
	empty = len(tag) > 0 && tag[len(tag)-1] == '/'
	end := 0
	for end < len(tag) && tag[end] != '/' && !isSpace(tag[end]) {
		end++
	}
	tag = tag[:end]
	if colon := bytes.IndexByte(tag, ':'); colon >= 0 {
		tag = tag[colon+1:]
	}
	for _, known := range [...]string{"c", "v", "row", "f", "is", "t"} { // not allocated
		if string(tag) == known {
			return known, closing, empty
		}
	}
	return string(tag), closing, empty
}

// isSpace reports whether c is white space in XML.
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// attribute returns the value of an attribute, nil if the tag has none of this name.
func attribute(tag []byte, name string) []byte {
	for i := 0; i < len(tag); i++ {
		at := bytes.IndexByte(tag[i:], '=')
		if at < 0 {
			return nil
		}
		at += i
		key := bytes.TrimSpace(tag[:at])
		start := len(key)
		for start > 0 && !isSpace(key[start-1]) {
			start--
		}
		key = key[start:]
		begin := at + 1
		for begin < len(tag) && isSpace(tag[begin]) {
			begin++
		}
		if begin == len(tag) {
			return nil
		}
		quote := tag[begin]
		begin++
		length := bytes.IndexByte(tag[begin:], quote)
		if length < 0 {
			return nil
		}
		if string(key) == name {
			return tag[begin : begin+length]
		}
		i = begin + length
	}
	return nil
}

// row reads the next row, or returns io.EOF behind the last one.
func (s *scanner) row(into *kindRow) error {
	for !s.ended {
		tag, _, err := s.tag()
		if err != nil {
			return err
		}
		name, closing, empty := local(tag)
		switch {
		case name == "col" && !closing && !s.begun:
			s.column(tag)
		case name == "sheetFormatPr" && !closing && !s.begun:
			zero := string(attribute(tag, "zeroHeight"))
			s.zero = zero == "1" || zero == "true"
		case name == "sheetData":
			s.begun, s.ended = true, closing || empty
		case name == "row" && s.begun && !closing:
			return s.cells(tag, empty, into)
		}
	}
	return io.EOF
}

func (s *scanner) column(tag []byte) {
	hidden := string(attribute(tag, "hidden"))
	if hidden != "1" && hidden != "true" {
		return
	}
	from, err := strconv.Atoi(string(attribute(tag, "min")))
	to, err2 := strconv.Atoi(string(attribute(tag, "max")))
	if err == nil && err2 == nil {
		s.sheet.columns = append(s.sheet.columns, hiddenColumns{from, to})
	}
}

func (s *scanner) cells(tag []byte, empty bool, into *kindRow) error {
	number := s.last + 1
	if r := attribute(tag, "r"); r != nil {
		n, err := strconv.Atoi(string(r))
		if err != nil || n < number {
			return errUnordered
		}
		number = n
	}
	s.last = number
	hidden := string(attribute(tag, "hidden"))
	*into = kindRow{number: number, hidden: hidden == "1" || hidden == "true" ||
		s.zero && hidden == "" && attribute(tag, "ht") == nil, cells: into.cells[:0]}
	for !empty {
		tag, _, err := s.tag()
		if err != nil {
			return err
		}
		name, closing, emptyCell := local(tag)
		switch {
		case name == "row" && closing:
			return nil
		case name == "c" && !closing:
			if err := s.cell(tag, emptyCell, into); err != nil {
				return err
			}
		}
	}
	return nil
}

// cell reads one, up to its end.
func (s *scanner) cell(tag []byte, empty bool, into *kindRow) error {
	column := len(into.cells)
	if r := attribute(tag, "r"); r != nil {
		column = columnOf(r)
		if column < len(into.cells) || column >= maxColumns {
			return errUnordered
		}
	}
	for len(into.cells) < column {
		into.cells = append(into.cells, kindCell{})
	}
	c := kindCell{kind: payfile.CellNumber}
	written := attribute(tag, "t")
	switch string(written) {
	case "s", "str", "inlineStr":
		c.kind = payfile.CellText
	case "b":
		c.kind = payfile.CellBoolean
	case "e":
		c.kind = payfile.CellError
	case "d":
		c.kind = payfile.CellDate
	}
	if style := attribute(tag, "s"); style != nil {
		n, err := strconv.Atoi(string(style))
		if err != nil || n < 0 || n >= maxStyles {
			return errDamaged
		}
		c.style = int32(n)
	}
	formula, value, inValue := false, false, false
	for !empty {
		tag, text, err := s.tag()
		if err != nil {
			return err
		}
		name, closing, emptyTag := local(tag)
		if inValue && closing && name == "v" {
			c.filled, inValue = c.filled || text, false
		}
		switch {
		case name == "c" && closing:
			empty = true
		case name == "f":
			formula = true
		case name == "v" && !closing:
			value, inValue = true, !emptyTag
		}
	}
	if formula && !c.filled && (c.kind == payfile.CellNumber || !value) { // a text may be empty
		c.kind = payfile.CellFormula
	}
	into.cells = append(into.cells, c)
	return nil
}

// columnOf is the column of a cell's name from 0: that of B7 is 1. It is -1 if there is none.
func columnOf(name []byte) int {
	column := 0
	for _, c := range name {
		switch {
		case 'A' <= c && c <= 'Z':
			column = column*26 + int(c-'A') + 1
		case 'a' <= c && c <= 'z':
			column = column*26 + int(c-'a') + 1
		default:
			return column - 1
		}
		if column > maxColumns {
			return maxColumns
		}
	}
	return column - 1
}
