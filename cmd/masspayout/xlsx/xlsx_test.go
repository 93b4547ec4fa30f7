package xlsx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/iyzico-go/masspayout/cmd/masspayout/xlsx"
	"github.com/iyzico-go/masspayout/payfile"
)

const headings = `<row r="1"><c r="A1" t="inlineStr"><is><t>Kalem No</t></is></c><c r="B1" t="inlineStr"><is><t>Ad Soyad</t></is></c>` +
	`<c r="C1" t="inlineStr"><is><t>IBAN</t></is></c><c r="D1" t="inlineStr"><is><t>Tutar (TL)</t></is></c>` +
	`<c r="E1" t="inlineStr"><is><t>Açıklama</t></is></c></row>`

// payment is a row whose amount's cell is given.
func payment(row int, amount string) string {
	return fmt.Sprintf(`<row r="%[1]d"><c r="A%[1]d"><v>%[1]d</v></c><c r="B%[1]d" t="inlineStr"><is><t>Ayşe Yılmaz</t></is></c>`+
		`<c r="C%[1]d" t="inlineStr"><is><t>TR330006100519786457841326</t></is></c>%[2]s`+
		`<c r="E%[1]d" t="inlineStr"><is><t>Maaş</t></is></c></row>`, row, amount)
}

func sheetOf(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
		`<sheetData>` + rows + `</sheetData></worksheet>`
}

// plain is a workbook of which edited replaces parts. Its style 1 is a date.
var plain = sync.OnceValues(func() ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	var out bytes.Buffer
	_, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	err = errors.Join(err, f.Write(&out))
	return out.Bytes(), err
})

// edited is a workbook whose parts are replaced.
func edited(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	data, err := plain()
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range r.File {
		content, replaced := parts[part.Name]
		delete(parts, part.Name)
		if !replaced {
			in, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(in)
			if err != nil {
				t.Fatal(err)
			}
			content = string(data)
		}
		if content == "" {
			continue
		}
		to, err := w.CreateHeader(&zip.FileHeader{Name: part.Name}) // packing takes longer than all else
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(to, content); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range parts {
		to, err := w.CreateHeader(&zip.FileHeader{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(to, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func withSheet(t testing.TB, sheet string) []byte {
	return edited(t, map[string]string{"xl/worksheets/sheet1.xml": sheet})
}

// What the cells of an amount's column can hold.
func TestAmounts(t *testing.T) {
	for _, tt := range []struct{ name, cell, want string }{
		{"a number", `<c r="D2"><v>48250.75</v></c>`, "48250.75"},
		{"the nearest float, as Gnumeric writes it", `<c r="D2"><v>5.09999999999999999991</v></c>`, "5.10"},
		{"the nearest float, in 17 digits", `<c r="D2"><v>48250.749999999993</v></c>`, "48250.75"},
		{"an exponent", `<c r="D2"><v>4.825075E4</v></c>`, "48250.75"},
		{"a round number with an exponent", `<c r="D2"><v>1E3</v></c>`, "1000.00"},
		{"a formula with its value", `<c r="D2"><f>A1*2</f><v>100.5</v></c>`, "100.50"},
		{"a text", `<c r="D2" t="str"><v>48.250,75 TL</v></c>`, "48250.75"},

		{"three decimals", `<c r="D2"><v>48250.754</v></c>`, "row 2, column D (Tutar (TL)): expected at most two decimals"},
		{"three decimals that a text would group", `<c r="D2"><v>1.125</v></c>`, "expected at most two decimals"},
		{"beyond a float's error", `<c r="D2"><v>48250.7499999</v></c>`, "expected at most two decimals"},
		{"a date", `<c r="D2" s="1"><v>46022</v></c>`, "this is a date, not an amount"},
		{"TRUE", `<c r="D2" t="b"><v>1</v></c>`, "this is TRUE or FALSE"},
		{"an error", `<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>`, "the formula has an error (#DIV/0!)"},
		{"a formula without a value", `<c r="D2"><f>SUM(D3:D9)</f></c>`, "a formula whose value is not stored"},
		{"a formula with an empty value", `<c r="D2"><f>SUM(D3:D9)</f><v></v></c>`, "a formula whose value is not stored"},
		{"negative", `<c r="D2"><v>-5</v></c>`, "the amount is negative"},
		{"zero", `<c r="D2"><v>0</v></c>`, "the amount is 0 or empty"},
		{"empty", ``, "the amount is 0 or empty"},
		{"16 digits", `<c r="D2"><v>1234567890123456</v></c>`, "at most 15 digits"},
		{"huge", `<c r="D2"><v>1E300</v></c>`, "shortened this number"},
		{"tiny", `<c r="D2"><v>1E-300</v></c>`, "shortened this number"},
		{"no number", `<c r="D2"><v>NaN</v></c>`, "expected an amount"},
		{"ambiguous text", `<c r="D2" t="str"><v>1.250</v></c>`, "can be read as 1250"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := withSheet(t, sheetOf(headings+payment(2, tt.cell)))
			file, err := xlsx.Read(data, payfile.Options{ExternalID: "p"})
			switch {
			case err == nil && file.Request.Items[0].Amount.String() != tt.want+" TRY":
				t.Errorf("got %s, want %s", file.Request.Items[0].Amount, tt.want)
			case err != nil && !strings.Contains(err.Error(), tt.want):
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// A flag that says how texts are written changes no number.
func TestDecimalCommaLeavesNumbers(t *testing.T) {
	data := withSheet(t, sheetOf(headings+payment(2, `<c r="D2"><v>1.25</v></c>`)+payment(3, `<c r="D3" t="str"><v>1.250</v></c>`)))
	file, err := xlsx.Read(data, payfile.Options{ExternalID: "p", DecimalMark: ','})
	if err != nil || file.Request.Items[0].Amount.String() != "1.25 TRY" || file.Request.Items[1].Amount.String() != "1250 TRY" {
		t.Errorf("%v, %v", file, err)
	}
}

func utf16Of(s string) string {
	out := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(strings.Replace(s, "UTF-8", "UTF-16", 1))) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return string(out)
}

// bomb is a workbook that says of a part that it is larger than all may be.
func bomb(t *testing.T) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	if _, err := w.CreateRaw(&zip.FileHeader{Name: "xl/media/big", Method: zip.Deflate, UncompressedSize64: 257 << 20}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What the spreadsheet library reads as less than there is, or nothing, without an error.
func TestDamaged(t *testing.T) {
	good := sheetOf(headings + payment(2, `<c r="D2"><v>1</v></c>`) + payment(3, `<c r="D3"><v>2</v></c>`))
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"a sheet in UTF-16", withSheet(t, utf16Of(good)), "is not written in UTF-8 (sheet1.xml)"},
		{"a sheet in Windows-1254", withSheet(t, strings.Replace(good, "UTF-8", "windows-1254", 1)), "is not written in UTF-8"},
		{"shared strings in UTF-16", edited(t, map[string]string{"xl/worksheets/sheet1.xml": good,
			"xl/sharedStrings.xml": utf16Of(`<?xml version="1.0" encoding="UTF-8"?><sst/>`)}), "is not written in UTF-8"},
		{"no rows", withSheet(t, sheetOf("")), "the file is empty"},
		{"cut off between rows", withSheet(t, good[:strings.Index(good, `<row r="3"`)]), "the sheet is damaged"},
		{"cut off within a row", withSheet(t, good[:strings.Index(good, `<c r="D3"`)]), "the sheet is damaged"},
		{"broken in the middle", withSheet(t, strings.Replace(good, `<row r="3">`, `<row r="3"></c>`, 1)), "the sheet is damaged"},
		{"rows out of order", withSheet(t, strings.Replace(good, `<row r="3">`, `<row r="1">`, 1)), "out of order"},
		{"cells out of order", withSheet(t, strings.Replace(good, `<c r="D3">`, `<c r="A3">`, 1)), "out of order"},
		{"no workbook", []byte("PK\x03\x04"), "damaged"},
		{"a ZIP archive", func() []byte {
			var out bytes.Buffer
			w := zip.NewWriter(&out)
			if _, err := w.Create("salaries.csv"); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		}(), "this is a ZIP archive"},
		{"a binary workbook", edited(t, map[string]string{"xl/workbook.bin": "x"}), "binary workbook (.xlsb)"},
		{"an OpenDocument spreadsheet", edited(t, map[string]string{"mimetype": "x", "content.xml": "<x/>"}), "OpenDocument"},
		{"a bomb", bomb(t), "larger than 256 MiB unpacked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := xlsx.Read(tt.data, payfile.Options{ExternalID: "p"})
			var findings payfile.Findings
			if !errors.As(err, &findings) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := xlsx.Read(withSheet(t, good), payfile.Options{ExternalID: "p"}); err != nil {
		t.Errorf("the whole one: %v", err)
	}
}

// Comments, sections and prefixes, as other programs write them, do not keep the two readings from agreeing.
func TestOtherXML(t *testing.T) {
	rows := headings + payment(2, `<c r="D2"><!-- > <c r="D2"> --><v>1.5</v></c>`) +
		strings.Replace(payment(3, `<c r="D3"><v>2</v></c>`), "Ayşe Yılmaz", "<![CDATA[Ali <c> Veli]]>", 1)
	plain := sheetOf(rows)
	without := strings.NewReplacer(`<!-- > <c r="D2"> -->`, "", "<![CDATA[Ali <c> Veli]]>", "Ali &lt;c&gt; Veli").Replace(plain)
	prefixed := strings.Replace(regexp.MustCompile(`<(/?)([a-z])`).ReplaceAllString(without, "<${1}x:$2"), "xmlns=", "xmlns:x=", 1)
	for name, sheet := range map[string]string{"plain": plain, "prefixed": prefixed} {
		file, err := xlsx.Read(withSheet(t, sheet), payfile.Options{ExternalID: "p", NamesAsWritten: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := file.Request.Items; len(got) != 2 || got[0].Amount.String() != "1.50 TRY" || got[1].RecipientName != "Ali <c> Veli" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A date that describes a payment is shown as one; the workbook says from when its days count.
func TestDates(t *testing.T) {
	for _, tt := range []struct{ properties, want string }{
		{``, "30.11.2026"}, {`<workbookPr date1904="1"/>`, "01.12.2030"},
	} {
		row := strings.Replace(payment(2, `<c r="D2"><v>1</v></c>`), `<c r="E2" t="inlineStr"><is><t>Maaş</t></is></c>`,
			`<c r="E2" s="1"><v>46356</v></c>`, 1)
		data := edited(t, map[string]string{"xl/worksheets/sheet1.xml": sheetOf(headings + row),
			"xl/workbook.xml": `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
				`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` + tt.properties +
				`<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`})
		file, err := xlsx.Read(data, payfile.Options{ExternalID: "p"})
		if err != nil || file.Request.Items[0].Description != tt.want {
			t.Errorf("%s: %v, %v; want %s", tt.properties, file, err, tt.want)
		}
	}
}

// A column that nobody sees, and that is used, is named.
func TestHiddenColumn(t *testing.T) {
	sheet := strings.Replace(sheetOf(headings+payment(2, `<c r="D2"><v>1</v></c>`)), "<sheetData>",
		`<cols><col min="4" max="4" hidden="1"/></cols><sheetData>`, 1)
	file, err := xlsx.Read(withSheet(t, sheet), payfile.Options{ExternalID: "p"})
	if err != nil || len(file.Notes) == 0 || !file.Notes[0].Warning ||
		file.Notes[0].String() != "column D (Tutar (TL)): the column is hidden, and is used" {
		t.Errorf("%v, %v", file, err)
	}
}

// What is accepted can be sent; what is refused has findings. Nothing panics.
func FuzzRead(f *testing.F) {
	f.Add(sheetOf(headings + payment(2, `<c r="D2"><v>48250.75</v></c>`)))
	f.Add(sheetOf(headings + payment(2, `<c r="D2" t="e" s="9"><f>A1</f><v>#N/A</v></c>`)))
	f.Add(`<worksheet><cols><col min="1" max="2" hidden="true"/></cols><sheetData><row hidden="1"><c><v>1</v></c></row></sheetData>`)
	f.Add(`<x:worksheet><x:sheetData><!-- --><x:row r="7"><x:c r="B7" t="d"><x:v>2026-01-01</x:v></x:c></x:row></x:sheetData>`)
	f.Fuzz(func(t *testing.T, sheet string) {
		file, err := xlsx.Read(withSheet(t, sheet), payfile.Options{ExternalID: "p"})
		var findings payfile.Findings
		switch {
		case err != nil && (!errors.As(err, &findings) || len(findings) == 0):
			t.Fatalf("%T: %v", err, err)
		case err == nil:
			if err := file.Request.Validate(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
