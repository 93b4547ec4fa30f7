package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
	"github.com/iyzico-go/masspayout/payout"
)

// cell is one of a table: a text, or an amount.
type cell struct {
	text   string
	amount *decimal.Decimal
}

// resultFile is the file of -out. It is replaced as a whole, or not at all. A nil resultFile means that there is none.
type resultFile struct {
	name       string
	externalID string
	temporary  *os.File
}

// newResultFile makes sure that the file can be written, and holds no other payout's result, before anything is sent.
func newResultFile(o *options, externalID string) (*resultFile, error) {
	if o.out == "" {
		return nil, nil
	}
	if out, err := os.Stat(o.out); err == nil {
		for _, name := range []string{o.file, o.state, o.again} {
			if other, err := os.Stat(name); err == nil && os.SameFile(out, other) {
				return nil, fail("-out would overwrite %s", "-out, %s dosyasının üzerine yazardı", name)
			}
		}
		if !out.Mode().IsRegular() {
			return nil, fail("-out: %s is not a file", "-out: %s bir dosya değil", o.out)
		}
		if ext := strings.ToLower(filepath.Ext(o.out)); ext != ".csv" && ext != ".xlsx" {
			return nil, fail("-out: %s is there already, and its name does not end in .xlsx or .csv",
				"-out: %s zaten var ve adı .xlsx ya da .csv ile bitmiyor", o.out)
		}
		if o.again == "" { // its payout is known later
			if err := checkResult(o.out, externalID); err != nil {
				return nil, err
			}
		} else {
			return nil, fail("-out: %s is there already: give another name", "-out: %s zaten var: başka bir ad verin", o.out)
		}
	}
	switch strings.ToLower(filepath.Ext(o.out)) {
	case ".csv", ".xlsx":
	default:
		return nil, fail("-out: the file's name must end in .xlsx or .csv", "-out: dosyanın adı .xlsx ya da .csv ile bitmelidir")
	}
	temporary, err := os.CreateTemp(filepath.Dir(o.out), "."+filepath.Base(o.out)+".*.tmp") // mode 0600
	if err != nil {
		return nil, because(err, "-out: %s cannot be written", "-out: %s yazılamıyor", o.out)
	}
	return &resultFile{name: o.out, externalID: externalID, temporary: temporary}, nil
}

// The headings by which a result is known again.
var payoutHeading = text{"Payout", "Toplu ödeme"}

// checkResult refuses to write over anything but an earlier result of the same payout.
func checkResult(name, externalID string) error {
	data, err := readFile(name)
	if err != nil {
		return because(err, "-out: %s", "-out: %s", name)
	}
	if len(data) == 0 {
		return nil
	}
	var rows [][]string
	if isWorkbook(data) {
		rows, err = readResultWorkbook(data)
	} else {
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
		r.FieldsPerRecord = -1
		if head, _, _ := bytes.Cut(data, []byte("\n")); bytes.Contains(head, []byte(`";"`)) {
			r.Comma = ';'
		}
		rows, err = r.ReadAll()
	}
	other := fail("-out: %s is there already, and is not a result of %q: give another name",
		"-out: %s zaten var ve %q toplu ödemesinin sonucu değil: başka bir ad verin", name, externalID)
	if err != nil || len(rows) == 0 {
		return other
	}
	column := slices.IndexFunc(rows[0], func(s string) bool { return s == payoutHeading.en || s == payoutHeading.tr })
	if column < 0 {
		return other
	}
	for _, row := range rows[1:] {
		if column >= len(row) || row[column] != visible(externalID) && row[column] != harmless(externalID) {
			return other
		}
	}
	return nil
}

// write puts the result in the place of what the file held.
func (f *resultFile) write(in *input, result *payout.Result, o *options) error {
	if f == nil {
		return nil
	}
	table := resultTable(in, result, o.language)
	temporary := f.temporary.Name()
	var err error
	if strings.EqualFold(filepath.Ext(f.name), ".xlsx") {
		err = writeWorkbook(f.temporary, table)
	} else {
		err = writeCSV(f.temporary, table, in.file.Separator, in.file.DecimalComma, o.language)
	}
	if err == nil {
		err = f.temporary.Sync()
	}
	if err = errors.Join(err, f.temporary.Close()); err == nil {
		err = os.Rename(temporary, f.name)
	}
	if err != nil {
		return because(err, "-out: %s could not be written", "-out: %s yazılamadı", f.name)
	}
	return nil
}

// discard removes what write did not use.
func (f *resultFile) discard() {
	if f != nil {
		_ = f.temporary.Close()
		_ = os.Remove(f.temporary.Name())
	}
}

// resultTable is what came in, and what became of it.
func resultTable(in *input, result *payout.Result, l payfile.Language) [][]cell {
	headings := []text{{"Item ID", "Kalem no"}, {"Recipient name", "Alıcı adı"}, {"Recipient type", "Alıcı tipi"},
		{"Recipient info", "Alıcı bilgisi"}, {"Amount", "Tutar"}, {"Currency", "Para birimi"}, {"Description", "Açıklama"}, {"Outcome", "Sonuç"},
		{"Reason", "Neden"}, {"Commission", "Komisyon"}, {"iyzico status", "iyzico durumu"},
		{"iyzico reference", "iyzico referansı"}, payoutHeading, {"requestId", "requestId"},
		{"Row in the file", "Dosyadaki satır"}}
	var first []cell
	for _, h := range headings {
		first = append(first, cell{text: h.in(l)})
	}
	table := [][]cell{first}
	for i, item := range result.Items {
		came, row := &in.request.Items[i], ""
		if n := in.file.Row(i); n > 0 {
			row = strconv.Itoa(n)
		}
		table = append(table, []cell{{text: item.ItemExternalID}, {text: came.RecipientName},
			{text: kindText(came.RecipientType, l)}, {text: came.RecipientInfo},
			{amount: &item.Amount.Value}, {text: string(item.Amount.Currency)}, {text: came.Description},
			{text: fundsText(item.Status, l)}, {text: strings.Join(item.Reasons, "; ")}, {amount: &item.Commission},
			{text: string(item.Status)}, {text: string(item.ReferenceCode)}, {text: in.request.ExternalID},
			{text: string(result.RequestID)}, {text: row}})
	}
	return table
}

// writeCSV writes a table, every cell in quotes, to be opened in a spreadsheet: no cell of it is taken for a formula.
func writeCSV(w io.Writer, table [][]cell, separator rune, decimalComma bool, l payfile.Language) error {
	if separator == 0 || separator == '\t' {
		separator = []rune(l.Pick(",", ";"))[0]
	}
	if separator == ',' {
		decimalComma = false
	}
	out := bufio.NewWriter(w)
	_, _ = out.WriteString("\uFEFF") // without it Excel takes UTF-8 for Windows-1254; Flush returns an error of any write
	for _, row := range table {
		for i, c := range row {
			if i > 0 {
				_, _ = out.WriteRune(separator)
			}
			s := c.text
			if c.amount != nil {
				s = amountText(*c.amount, decimalComma)
			}
			_, _ = out.WriteString(`"` + strings.ReplaceAll(harmless(s), `"`, `""`) + `"`)
		}
		_, _ = out.WriteString("\r\n")
	}
	return out.Flush()
}

// amountText has at least two decimals, and every digit.
func amountText(d decimal.Decimal, decimalComma bool) string {
	s := d.StringFixed(2)
	if !d.Equal(d.Truncate(2)) {
		s = gen.FormatDecimal(d)
	}
	if decimalComma {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s
}

// writeTemplate writes a file to fill in. Its example is refused until its amount is replaced, so that nobody pays it by
// mistake.
func writeTemplate(w io.Writer, l payfile.Language) error {
	var headings, example []cell
	for _, c := range []struct {
		field   payfile.Field
		example string
	}{
		{payfile.FieldID, "1001"}, {payfile.FieldName, "Ayşe Yılmaz"},
		{payfile.FieldIBAN, "TR33 0006 1005 1978 6457 8413 26"}, {payfile.FieldIdentity, ""}, {payfile.FieldPhone, ""},
		{payfile.FieldMember, ""}, {payfile.FieldAmount, l.Pick("for example 48250.75", "örneğin 48.250,75")},
		{payfile.FieldCurrency, "TRY"}, {payfile.FieldDescription, l.Pick("Salary, November", "Kasım maaşı")},
	} {
		headings, example = append(headings, cell{text: c.field.Heading(l)}), append(example, cell{text: c.example})
	}
	return writeCSV(w, [][]cell{headings, example}, 0, l == payfile.Turkish, l)
}

// formula is where a spreadsheet may see the beginning of a formula: where a cell begins, and after what another
// setting takes for the end of a cell.
var formula = regexp.MustCompile(`(^|[;,"])([\s\p{Zs}"]*)([=+\-@＝＋－＠])`)

// harmless keeps a spreadsheet from taking a cell of a CSV file, or a part of it, for a formula (OWASP, CSV injection):
// an apostrophe before it makes it text.
func harmless(s string) string { return formula.ReplaceAllString(visible(s), "$1$2'$3") }

// visible makes spaces of control and invisible characters.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}
