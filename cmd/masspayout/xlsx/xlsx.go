// Package xlsx reads payments from workbooks of Excel, LibreOffice and others (.xlsx), as package payfile reads them
// from text files: with the same options, findings and notes.
//
//	file, err := xlsx.Read(data, payfile.Options{ExternalID: "salaries-2026-11", Currency: gen.CurrencyTRY})
package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
)

// The bounds of a workbook, in bytes. What it holds is larger than the file, and far larger in one made to do harm.
const (
	MaxSize     = 64 << 20
	maxUnpacked = 256 << 20
)

// Is reports whether a file is a workbook or another kind of ZIP archive, by how it begins.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// Read reads the payments of a workbook: of the sheet that has a row of headings, or of the one that the options name.
// It reads what cells hold and not what they show: 48250.754 that is shown as 48.250,75 is refused. The error is of
// type [payfile.Findings] and has all findings at once.
func Read(data []byte, o payfile.Options) (file *payfile.File, err error) {
	defer func() {
		if recover() != nil { // the spreadsheet library meets what no program writes
			file, err = nil, damaged(o)
		}
	}()
	b, err := open(data, o)
	if err != nil {
		return nil, err
	}
	defer b.file.Close()
	name, notes, err := b.choose()
	if err != nil {
		return nil, err
	}
	s, err := b.sheet(name)
	if err != nil {
		return nil, err
	}
	defer s.close()
	file, err = payfile.ReadTable(s, o)
	if err != nil {
		return nil, err
	}
	for column, heading := range file.Used() {
		if s.hiddenColumn(column) {
			notes = append(notes, payfile.NewFinding(o.Language, name, 0, column, heading,
				"the column is hidden, and is used", "sütun gizli, ama kullanılıyor", true))
		}
	}
	slices.SortStableFunc(notes, func(a, b payfile.Finding) int { return a.Column - b.Column })
	file.Notes = append(notes, file.Notes...)
	return file, nil
}

func refuse(o payfile.Options, en, tr string) error {
	return payfile.Findings{payfile.NewFinding(o.Language, "", 0, 0, "", en, tr, false)}
}

func damaged(o payfile.Options) error {
	return refuse(o, "the workbook is damaged or of an unknown kind: open it in the spreadsheet, and save it anew as .xlsx",
		"çalışma kitabı bozuk ya da bilinmeyen türde: hesap tablosunda açıp yeniden .xlsx olarak kaydedin")
}

// book is an open workbook.
type book struct {
	o      payfile.Options
	zip    *zip.Reader
	file   *excelize.File
	parts  map[string]*zip.File // by name, in lower case
	styles []style
	is1904 bool
}

func open(data []byte, o payfile.Options) (*book, error) {
	if len(data) > MaxSize {
		return nil, refuse(o, "the workbook is larger than 64 MiB: split it", "çalışma kitabı 64 MiB'den büyük: bölün")
	}
	b := &book{o: o, parts: map[string]*zip.File{}}
	var err error
	if b.zip, err = zip.NewReader(bytes.NewReader(data), int64(len(data))); err != nil {
		return nil, damaged(o)
	}
	unpacked := uint64(0)
	for _, part := range b.zip.File {
		b.parts[strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))] = part
		if unpacked += part.UncompressedSize64; unpacked > maxUnpacked || part.UncompressedSize64 > maxUnpacked {
			return nil, refuse(o, "the workbook would be larger than 256 MiB unpacked: copy the list into a new one",
				"çalışma kitabı açılınca 256 MiB'den büyük: listeyi yeni bir kitaba kopyalayın")
		}
	}
	switch {
	case b.parts["xl/workbook.bin"] != nil:
		return nil, refuse(o, "this is a binary workbook (.xlsb): save it as .xlsx",
			"bu bir ikili çalışma kitabı (.xlsb): .xlsx olarak kaydedin")
	case b.parts["mimetype"] != nil && b.parts["content.xml"] != nil:
		return nil, refuse(o, "this is an OpenDocument spreadsheet (.ods): save it as .xlsx",
			"bu bir OpenDocument hesap tablosu (.ods): .xlsx olarak kaydedin")
	case b.parts["[content_types].xml"] == nil:
		return nil, refuse(o, "this is a ZIP archive and not a workbook (.xlsx)", "bu bir ZIP arşivi, çalışma kitabı (.xlsx) değil")
	}
	for name, part := range b.parts {
		if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
			if !isUTF8(part) {
				return nil, refuse(o, "the workbook is not written in UTF-8 ("+path.Base(name)+"): open it in the spreadsheet, and "+
					"save it anew as .xlsx",
					"çalışma kitabı UTF-8 ile yazılmamış ("+path.Base(name)+"): hesap tablosunda açıp yeniden .xlsx olarak kaydedin")
			}
		}
	}
	if b.file, err = excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true,
		UnzipSizeLimit: maxUnpacked}); err != nil {
		return nil, damaged(o)
	}
	if props, err := b.file.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		b.is1904 = *props.Date1904
	}
	b.readStyles()
	return b, nil
}

// isUTF8 looks at how a part begins. The spreadsheet library reads a sheet in UTF-16 as an empty one.
func isUTF8(part *zip.File) bool {
	r, err := part.Open()
	if err != nil {
		return true // it is found when it is read
	}
	defer r.Close()
	head := make([]byte, 128)
	n, _ := r.Read(head)
	head = bytes.ToLower(head[:n])
	if bytes.IndexByte(head, 0) >= 0 || bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return false
	}
	if declaration, _, found := bytes.Cut(head, []byte("?>")); found && bytes.Contains(declaration, []byte("encoding")) {
		return bytes.Contains(declaration, []byte("utf-8")) || bytes.Contains(declaration, []byte("us-ascii"))
	}
	return true
}

// sameName reports whether two names of sheets differ only in case, as English or Turkish has it: KASIM is Kasım.
func sameName(a, b string) bool {
	a, b = gen.NFC(a), gen.NFC(b)
	return strings.EqualFold(a, b) || strings.EqualFold(strings.ToLowerSpecial(unicode.TurkishCase, a),
		strings.ToLowerSpecial(unicode.TurkishCase, b))
}

// choose returns the sheet to read, and notes about those that are not.
func (b *book) choose() (string, []payfile.Finding, error) {
	var shown, hidden []string
	for _, name := range b.file.GetSheetList() {
		if sameName(name, b.o.Sheet) {
			return name, nil, nil
		}
		if _, err := b.part(name); err != nil { // a chart
			continue
		}
		if visible, err := b.file.GetSheetVisible(name); err == nil && !visible {
			hidden = append(hidden, name)
		} else {
			shown = append(shown, name)
		}
	}
	list := strings.Join(append(slices.Clone(shown), hidden...), ", ")
	if b.o.Sheet != "" {
		return "", nil, refuse(b.o, fmt.Sprintf("there is no sheet “%s”; there are: %s", b.o.Sheet, list),
			fmt.Sprintf("“%s” diye bir sayfa yok; olanlar: %s", b.o.Sheet, list))
	}
	found, first := []string(nil), error(nil)
	for _, name := range shown {
		if len(shown) == 1 {
			found = shown
			break
		}
		s, err := b.sheet(name)
		if err == nil {
			err = payfile.CheckHeadings(s, b.o)
			s.close()
		}
		if !errors.Is(err, payfile.ErrNoHeadings) {
			found = append(found, name)
		} else if first == nil {
			first = err
		}
	}
	switch {
	case len(found) > 1:
		list := strings.Join(found, ", ")
		return "", nil, refuse(b.o, "there are payments on several sheets: say which with -sheet: "+list,
			"birden çok sayfada ödeme var: hangisi olduğunu -sheet ile belirtin: "+list)
	case len(found) == 0 && len(shown) == 0:
		return "", nil, refuse(b.o, "there is no sheet, or all are hidden: say which with -sheet: "+list,
			"sayfa yok ya da hepsi gizli: hangisi olduğunu -sheet ile belirtin: "+list)
	case len(found) == 0:
		return "", nil, first
	}
	var notes []payfile.Finding
	if len(hidden) > 0 {
		list := strings.Join(hidden, ", ")
		notes = append(notes, payfile.NewFinding(b.o.Language, "", 0, 0, "", "hidden sheets, not read: "+list,
			"gizli, okunmayan sayfalar: "+list, true))
	}
	if others := slices.DeleteFunc(slices.Clone(shown), func(name string) bool { return name == found[0] }); len(others) > 0 {
		list := strings.Join(others, ", ")
		notes = append(notes, payfile.NewFinding(b.o.Language, "", 0, 0, "", "other sheets, not read: "+list,
			"okunmayan öteki sayfalar: "+list, false))
	}
	return found[0], notes, nil
}
