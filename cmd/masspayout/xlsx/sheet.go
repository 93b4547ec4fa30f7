package xlsx

import (
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/xuri/excelize/v2"

	"github.com/iyzico-go/masspayout/payfile"
)

// sheet reads a sheet twice at the same time: the spreadsheet library tells what its cells hold, and a scan of the same
// part tells what the library leaves out when it streams: the types of the cells, their formats, which formulas have no
// value, which rows are hidden, and whether the part ends as it should.
type sheet struct {
	book  *book
	name  string
	rows  *excelize.Rows
	part  io.ReadCloser
	quit  chan struct{}
	group sync.WaitGroup

	texts   chan []textRow
	kinds   chan []kindRow
	text    []textRow // of the batch, what is left
	kind    []kindRow
	spare   chan []kindRow
	used    []kindRow
	columns []hiddenColumns
	row     payfile.Row
	failed  error
}

type textRow struct {
	number int
	cells  []string
	err    error
}

// hiddenColumns are from and to, from 1.
type hiddenColumns struct{ from, to int }

const batch = 256

// part returns the name of the part that a sheet is in.
func (b *book) part(sheet string) (string, error) {
	var workbook struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	main := "xl/workbook.xml"
	var roots struct {
		List []struct {
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := b.decode("_rels/.rels", &roots); err == nil {
		for _, root := range roots.List {
			if strings.HasSuffix(root.Type, "/officeDocument") {
				main = strings.TrimPrefix(root.Target, "/")
			}
		}
	}
	folder := path.Dir(main)
	if err := b.decode(main, &workbook); err != nil {
		return "", err
	}
	if err := b.decode(path.Join(folder, "_rels", path.Base(main)+".rels"), &relations); err != nil {
		return "", err
	}
	for _, s := range workbook.Sheets {
		if s.Name != sheet {
			continue
		}
		for _, relation := range relations.List {
			if relation.ID == s.ID && strings.HasSuffix(relation.Type, "/worksheet") {
				if strings.HasPrefix(relation.Target, "/") {
					return relation.Target[1:], nil
				}
				return path.Join(folder, relation.Target), nil
			}
		}
	}
	return "", fmt.Errorf("no part for the sheet")
}

func (b *book) decode(name string, into any) error {
	part := b.parts[strings.ToLower(name)]
	if part == nil {
		return fmt.Errorf("no part %s", name)
	}
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return xml.NewDecoder(io.LimitReader(r, maxUnpacked)).Decode(into)
}

// sheet begins to read one.
func (b *book) sheet(name string) (*sheet, error) {
	part, err := b.part(name)
	if err != nil || b.parts[strings.ToLower(part)] == nil {
		return nil, damaged(b.o)
	}
	s := &sheet{book: b, name: name, quit: make(chan struct{}), texts: make(chan []textRow, 4),
		kinds: make(chan []kindRow, 4), spare: make(chan []kindRow, 8)}
	if s.part, err = b.parts[strings.ToLower(part)].Open(); err != nil {
		return nil, damaged(b.o)
	}
	if s.rows, err = b.file.Rows(name); err != nil {
		s.part.Close()
		return nil, damaged(b.o)
	}
	s.group.Add(2)
	go s.readTexts()
	go s.readKinds()
	return s, nil
}

// close ends the reading, whether or not all was read.
func (s *sheet) close() {
	close(s.quit)
	s.group.Wait()
	_ = s.rows.Close()
	_ = s.part.Close()
}

// errDamaged ends a sheet that cannot be read to its end.
var errDamaged = payfile.NewTableError(0, "the sheet is damaged: open the workbook in the spreadsheet, and save it anew",
	"sayfa bozuk: çalışma kitabını hesap tablosunda açıp yeniden kaydedin")

func (s *sheet) readTexts() {
	defer s.group.Done()
	defer close(s.texts)
	send := func(rows []textRow) bool {
		select {
		case s.texts <- rows:
			return true
		case <-s.quit:
			return false
		}
	}
	defer func() {
		if recover() != nil {
			send([]textRow{{err: errDamaged}})
		}
	}()
	var rows []textRow
	for number := 1; s.rows.Next(); number++ {
		cells, err := s.rows.Columns()
		if err != nil {
			rows = append(rows, textRow{err: errDamaged})
			break
		}
		if len(cells) == 0 {
			continue
		}
		if rows == nil {
			rows = make([]textRow, 0, batch)
		}
		if rows = append(rows, textRow{number: number, cells: cells}); len(rows) == batch {
			if !send(rows) {
				return
			}
			rows = nil
		}
	}
	if s.rows.Error() != nil {
		rows = append(rows, textRow{err: errDamaged})
	}
	if len(rows) > 0 {
		send(rows)
	}
}

// Name is the sheet's name.
func (s *sheet) Name() string { return s.name }

// Next joins what the two readers know of a row.
func (s *sheet) Next() (*payfile.Row, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	row, err := s.next()
	s.failed = err
	return row, err
}

func (s *sheet) next() (*payfile.Row, error) {
	if len(s.text) == 0 {
		var more bool
		if s.text, more = <-s.texts; !more {
			return nil, s.ended()
		}
	}
	text := s.text[0]
	s.text[0] = textRow{}
	s.text = s.text[1:]
	if text.err != nil {
		return nil, text.err
	}
	var kind *kindRow
	for kind == nil {
		if err := s.moreKinds(); err != nil {
			return nil, err
		}
		k := &s.kind[0]
		s.kind = s.kind[1:]
		switch {
		case k.err != nil:
			return nil, k.err
		case k.number == text.number:
			kind = k
		case k.number > text.number, k.holdsNumber():
			return nil, errDamaged
		}
	}
	s.row.Number, s.row.Hidden = text.number, kind.hidden
	s.row.Cells = s.row.Cells[:0]
	for i, value := range text.cells {
		cell := payfile.Cell{Text: value}
		if i < len(kind.cells) {
			c := kind.cells[i]
			cell.Kind = c.kind
			if c.kind == payfile.CellNumber {
				switch style := s.book.style(int(c.style)); {
				case value == "":
					cell.Kind = payfile.CellText
				case style.date:
					cell.Kind, cell.Text = payfile.CellDate, s.date(value)
				case style.percent: // 0.15 is shown as 15%, and neither is an amount
					cell.Kind, cell.Text = payfile.CellText, value+"%"
				default:
					cell.Currency = style.currency
				}
			}
		}
		s.row.Cells = append(s.row.Cells, cell)
	}
	return &s.row, nil
}

// moreKinds makes sure that there is a row of kinds.
func (s *sheet) moreKinds() error {
	if len(s.kind) > 0 {
		return nil
	}
	if s.used != nil {
		select {
		case s.spare <- s.used:
		default:
		}
	}
	var more bool
	if s.kind, more = <-s.kinds; !more {
		return errDamaged
	}
	s.used = s.kind
	return nil
}

// ended makes sure that the scan saw the end of the sheet, too, and no row that the library did not tell of.
func (s *sheet) ended() error {
	for {
		for _, k := range s.kind {
			if k.err != nil {
				return k.err
			}
			if k.holdsNumber() {
				return errDamaged
			}
		}
		s.kind = nil
		var more bool
		if s.kind, more = <-s.kinds; !more {
			return io.EOF
		}
	}
}

func (s *sheet) hiddenColumn(column int) bool {
	for _, hidden := range s.columns {
		if hidden.from <= column && column <= hidden.to {
			return true
		}
	}
	return false
}

// date is how a date is written that a number stands for.
func (s *sheet) date(number string) string {
	days, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number
	}
	t, err := excelize.ExcelDateToTime(days, s.book.is1904)
	if err != nil {
		return number
	}
	return t.Format("02.01.2006")
}
