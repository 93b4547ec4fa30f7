package payfile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/iyzico-go/masspayout/gen"
)

// MaxRows bounds the rows of a table that hold something.
const MaxRows = 500_000

// maxTitleRows is how many rows there may be above the headings.
const maxTitleRows = 100

// maxFindings is enough for anybody to see that the whole file is wrong.
const maxFindings = 10_000

// Table is a sheet of a workbook, or a text file's table: what [ReadTable] reads.
type Table interface {
	// Name is the sheet's name, empty for a text file.
	Name() string

	// Next returns the next row, which is valid until the next call, or io.EOF. Blank rows may be left out. An error of
	// type *TableError is a finding; any other one ends the reading as well.
	Next() (*Row, error)
}

// Row is one row of a Table.
type Row struct {
	Number int // in the file, from 1
	Hidden bool
	Cells  []Cell
}

// Cell is one cell of a Row.
type Cell struct {
	// Text is what the cell holds: a text as it was written, a number with all digits that are stored, with a decimal
	// point, whatever it is shown as.
	Text     string
	Kind     CellKind
	Currency gen.Currency // of a number's format, if it shows one
}

// CellKind is the type of what a cell holds.
type CellKind uint8

// The kinds. All cells of a text file are CellText.
const (
	CellText CellKind = iota
	CellNumber
	CellDate // Text is the date, such as 02.01.2026
	CellBoolean
	CellError   // Text is the error, such as #DIV/0!
	CellFormula // a formula whose value is not stored
)

// TableError is a finding of a Table: what is wrong with the file where it was being read.
type TableError struct {
	Row    int
	en, tr string
}

// NewTableError returns a finding in both languages about a row, or about the whole sheet if the row is 0.
func NewTableError(row int, en, tr string) *TableError { return &TableError{row, en, tr} }

// Error returns the text in English.
func (e *TableError) Error() string { return e.en }

// ErrNoHeadings is matched by the error of a table without a row of headings.
var ErrNoHeadings = errors.New("no headings")

// noHeadings are findings that match ErrNoHeadings.
type noHeadings struct{ Findings }

func (noHeadings) Is(target error) bool { return target == ErrNoHeadings }
func (e noHeadings) Unwrap() error      { return e.Findings }

// ReadTable reads the payments of a table. The error is of type [Findings] and has all findings at once; it also
// matches [ErrNoHeadings] if the table has no row of headings.
func ReadTable(t Table, o Options) (*File, error) {
	r := newReader(t, o)
	if !r.headings() {
		return nil, r.failed()
	}
	for len(r.findings) < maxFindings && r.next() {
		r.read()
	}
	return r.end()
}

type reader struct {
	o        Options
	l        Language
	table    Table
	file     *File
	row      *Row
	ended    bool
	none     bool // no row of headings
	findings Findings
	rowsRead int
	below    int // rows below the headings that were read
	heading  Row // the row of headings

	at     columns
	unit   gen.Currency // in the amount's heading
	named  []string     // headings, all of them
	repeat []string     // headings of the amount, folded, to know a row that repeats them
	ids    []rowID
	bad    map[int]bool // columns with a finding in this row
	rest   map[int]bool // columns without a heading that hold something

	currencyOf gen.Currency // of running
	running    *sum
	sums       map[gen.Currency]sum // of all items
	group      map[gen.Currency]sum // since the last total
	broken     bool                 // an amount could not be read, so that there is no sum
	last       string               // description
	pending    []aside
	either     []place // amounts such as 1.250
	points     int     // amounts with a point before the decimals
	commas     int
	others     int // items that have an IBAN and another recipient beside it
	onlyOther  []place
	cut        []int        // rows whose amount may go on in the next cell, of a column that is not read
	cutWords   bool         // in the other rows that cell has words
	rivals     map[int]bool // columns of what is left to pay, or paid by bank, if they hold amounts

	hidden, zero, composed, phones, identities, totals, repeated, skipped []int
}

type place struct {
	row, column int
	text        string
	mark        byte
}

// sum is exact, in kuruş.
type sum struct {
	kurus int64
	items int
}

// aside is a row that is no item, until it is known what it is.
type aside struct {
	row      int
	total    []int64 // the readings of its amount, in kuruş; none if it has no amount
	unit     gen.Currency
	labeled  bool
	named    bool // it has the name of somebody
	numbered bool // it has the ID of an item
	signed   bool // it says who signs
	column   int
}

// columns are the places of the fields in use, -1 for none.
type columns struct {
	id, name, first, last, amount, currency, description, kind, recipient int
	kinds                                                                 [4]int // in the order of kinds
}

func newReader(t Table, o Options) *reader {
	r := &reader{o: o, l: o.Language, table: t, sums: map[gen.Currency]sum{},
		group: map[gen.Currency]sum{}, rest: map[int]bool{}}
	r.file = &File{Sheet: t.Name(), language: o.Language, columns: map[Field]int{}, kindBy: map[gen.RecipientType]int{}}
	r.file.Request.ExternalID, r.file.Request.Purpose = o.ExternalID, o.Purpose
	if text, ok := t.(*ahead); ok {
		r.file.Separator = rune(text.separator)
	}
	return r
}

// next reads the next row that holds something.
func (r *reader) next() bool {
	for !r.ended {
		row, err := r.table.Next()
		if err != nil {
			r.ended = true
			var problem *TableError
			switch {
			case err == io.EOF:
			case errors.As(err, &problem):
				r.find(problem.Row, -1, text{problem.en, problem.tr})
			default:
				r.find(0, -1, text{"the file cannot be read: " + err.Error(), "dosya okunamıyor ya da bozuk"})
			}
			return false
		}
		blank := true
		for i := range row.Cells {
			c := &row.Cells[i]
			if n := len(c.Text); n > 0 && !(seen(c.Text[0]) && seen(c.Text[n-1])) && mayBeTrimmed(c.Text) {
				c.Text = strings.TrimSpace(c.Text)
			}
			if c.Text != "" {
				if c.Text[0] == '=' || c.Text[0] == '\'' {
					c.Text = unwrapped(c.Text)
				}
				blank = false
			} else if c.Kind == CellFormula {
				blank = false
			}
		}
		if blank {
			continue
		}
		if r.rowsRead++; r.rowsRead > MaxRows {
			r.ended = true
			r.find(row.Number, -1, text{"there are more than 500,000 rows: split the file",
				"500.000'den çok satır var: dosyayı bölün"})
			return false
		}
		r.row = row
		return true
	}
	return false
}

// seen reports whether c is a character of ASCII that is seen.
func seen(c byte) bool { return c-'!' <= '~'-'!' }

// mayBeTrimmed is false for a text that begins and ends with what is no white space: ASCII, or a letter of two bytes in
// UTF-8, such as the Turkish ones. strings.TrimSpace is slow where there is one.
func mayBeTrimmed(s string) bool {
	n := len(s)
	if n == 0 {
		return false
	}
	letter := func(c byte) bool { return 0xC3 <= c && c <= 0xDF } // its first byte; U+0085 and U+00A0 begin with 0xC2
	return !(seen(s[0]) || letter(s[0])) || !(seen(s[n-1]) || s[n-1] >= 0x80 && n > 1 && letter(s[n-2]))
}

// find adds a finding about a column from 0, or about the whole row with -1.
func (r *reader) find(row, column int, message text) {
	r.findings = append(r.findings, r.finding(row, column, message))
}

func (r *reader) finding(row, column int, message text) Finding {
	f := Finding{Sheet: r.file.Sheet, Row: row, Column: column + 1, Message: message.in(r.l), language: r.l}
	if column >= 0 && column < len(r.named) {
		f.Heading = r.named[column]
	}
	return f
}

func (r *reader) failed() error {
	sortFindings(r.findings)
	if r.none {
		return noHeadings{r.findings}
	}
	return r.findings
}

// headings finds the row of headings and what its columns hold, and reports whether the rows below can be read.
func (r *reader) headings() bool {
	most, best, above := 0, (*Row)(nil), (*Row)(nil)
	joined, mark := 0, byte(0) // the row whose only cell has the headings of several columns, and what separates them
	for range maxTitleRows {
		if !r.next() {
			break
		}
		row := &Row{Number: r.row.Number, Cells: slices.Clone(r.row.Cells)}
		if joined == 0 {
			if mark = r.joins(row); mark != 0 {
				joined = row.Number
			}
		}
		if known := r.count(row); known > most {
			most, best = known, row
		}
		if r.sufficient(row) {
			return above != nil && r.begins(above, row) && r.layoutBoth(above, row) || r.layout(row)
		}
		if above != nil && r.begins(above, row) && r.count(row) > 0 && wordsAlone(row) && r.layoutBoth(above, row) {
			return true
		}
		above = row
	}
	if len(r.findings) > 0 {
		return false
	}
	r.none = most < 2
	if r.rowsRead == 0 {
		r.find(0, -1, text{"the file is empty", "dosya boş"})
		return false
	}
	if most >= 2 {
		return r.layout(best)
	}
	if joined > 0 {
		separator := string(mark)
		if mark == '\t' {
			separator = r.l.Pick("tab", "sekme")
		}
		r.find(joined, -1, text{"each cell holds several columns, with " + separator + " between them: split them in the spreadsheet " +
			"(Text to Columns), or read the CSV that they come from",
			"her hücrede, aralarında " + separator + " olan birkaç sütun var: hesap tablosunda ayırın (Metni Sütunlara Dönüştür) ya " +
				"da bunların geldiği CSV'yi okutun"})
		return false
	}
	var list []string
	for _, f := range fields {
		if f.field != FieldKind && f.field != FieldRecipient && f.field != FieldMember {
			list = append(list, f.heading.in(r.l))
		}
	}
	known := strings.Join(list, ", ")
	r.find(0, -1, text{"there is no row of headings; expected one with headings such as " + known + ", or name yours with " +
		"-columns 'amount=...,iban=...'",
		"başlık satırı yok; şöyle başlıklar olmalıdır: " + known + "; ya da kendi başlıklarınızı -columns " +
			"'amount=...,iban=...' ile belirtin"})
	return false
}

// matches are what the headings of a row stand for.
func (r *reader) matches(row *Row) []match {
	list := make([]match, len(row.Cells))
	for i, cell := range row.Cells {
		if cell.Kind == CellText && len(cell.Text) <= 200 {
			list[i], _ = classify(cell.Text)
		}
		for field, heading := range r.o.Columns {
			switch {
			case cell.Text != "" && (fold(cell.Text) == fold(heading) || isColumn(heading, i)):
				list[i] = match{field, 0}
			case list[i].field == field && list[i].rank > 0:
				list[i] = match{}
			}
		}
	}
	return list
}

// joins returns what separates the headings in the only cell of a row that holds several, or 0.
func (r *reader) joins(row *Row) byte {
	only := ""
	for i := range row.Cells {
		if s := row.Cells[i].Text; s != "" {
			if only != "" || len(s) > maxCell {
				return 0
			}
			only = s
		}
	}
	for _, mark := range separators {
		known := 0
		for _, heading := range strings.Split(only, string(mark)) {
			if m, _ := classify(strings.Trim(heading, ` "`)); m.field != "" {
				known++
			}
		}
		if known >= 2 {
			return mark
		}
	}
	return 0
}

// isColumn reports whether a heading that an option gives is a column's number or letter: #4 or #D is that at 3.
func isColumn(heading string, at int) bool {
	column, found := strings.CutPrefix(heading, "#")
	return found && (column == strconv.Itoa(at+1) || strings.EqualFold(column, columnLetters(at+1)))
}

func (r *reader) count(row *Row) int {
	seen := map[Field]bool{}
	for _, m := range r.matches(row) {
		if m.field != "" {
			seen[m.field] = true
		}
	}
	return len(seen)
}

// sufficient reports whether a row has what a payment needs at least: an amount, and a recipient.
func (r *reader) sufficient(row *Row) bool {
	has := map[Field]bool{}
	for _, m := range r.matches(row) {
		has[m.field] = true
	}
	return has[FieldAmount] && (has[FieldIBAN] || has[FieldIdentity] || has[FieldPhone] || has[FieldMember] ||
		has[FieldKind] && has[FieldRecipient])
}

// layout decides which columns are used.
func (r *reader) layout(row *Row) bool {
	list := r.matches(row)
	r.heading = *row
	chosen := map[Field]int{}
	r.named = make([]string, len(row.Cells))
	for i, cell := range row.Cells {
		r.named[i] = clean(cell.Text)
	}
	for field, heading := range r.o.Columns {
		if !slices.ContainsFunc(list, func(m match) bool { return m.field == field && m.rank == 0 }) {
			r.find(row.Number, -1, text{"there is no heading “" + clean(heading) + "”, as -columns says",
				"-columns ile verilen “" + clean(heading) + "” başlığı yok"})
		}
	}
	for i, m := range list {
		j, taken := chosen[m.field]
		switch {
		case m.field == "":
		case !taken || m.rank < list[j].rank:
			chosen[m.field] = i
		case m.rank == list[j].rank && m.rank > 0 && m.field == FieldID && m.rank == 3:
		case m.rank == list[j].rank:
			name := r.named[i]
			if fold(name) == fold(r.named[j]) { // it names both
				name = "#" + strconv.Itoa(i+1)
			}
			r.find(row.Number, i, text{
				fmt.Sprintf("this column and “%s” could both be meant: say which with -columns '%s=%s'", r.named[j], m.field, name),
				fmt.Sprintf("bu sütun da “%s” de olabilir: hangisi olduğunu -columns '%s=%s' ile belirtin", r.named[j],
					m.field, name)})
		}
	}
	column := func(field Field) int {
		if i, ok := chosen[field]; ok {
			return i
		}
		return -1
	}
	if column(FieldFirstName) >= 0 && column(FieldLastName) < 0 {
		if _, whole := chosen[FieldName]; !whole || list[chosen[FieldName]].rank > list[chosen[FieldFirstName]].rank {
			chosen[FieldName] = chosen[FieldFirstName]
		}
		delete(chosen, FieldFirstName)
	}
	if column(FieldLastName) >= 0 && column(FieldFirstName) < 0 {
		r.find(row.Number, column(FieldLastName), text{"there is a column for the last name, but none for the first",
			"soyadı sütunu var, adı sütunu yok"})
	}
	if column(FieldFirstName) >= 0 { // two columns are more than one of lower rank
		if i := column(FieldName); i >= 0 && list[i].rank > 0 {
			if list[i].rank > 1 {
				delete(chosen, FieldName)
			} else {
				delete(chosen, FieldFirstName)
				delete(chosen, FieldLastName)
			}
		}
	}
	if column(FieldKind) >= 0 && column(FieldRecipient) < 0 || column(FieldKind) < 0 && column(FieldRecipient) >= 0 {
		delete(chosen, FieldKind)
		delete(chosen, FieldRecipient)
	}
	r.at = columns{id: column(FieldID), name: column(FieldName), first: column(FieldFirstName),
		last: column(FieldLastName), amount: column(FieldAmount), currency: column(FieldCurrency),
		description: column(FieldDescription), kind: column(FieldKind), recipient: column(FieldRecipient)}
	kindColumns := 0
	for i, k := range kinds {
		r.at.kinds[i] = column(k.field)
		if r.at.kinds[i] >= 0 {
			kindColumns++
			r.file.kindBy[k.kind] = r.at.kinds[i]
		}
	}
	if r.at.amount >= 0 {
		_, r.unit = classify(row.Cells[r.at.amount].Text)
		r.repeat = []string{fold(row.Cells[r.at.amount].Text)}
	}
	r.file.columns, r.file.headings = chosen, r.named
	r.require(row.Number, kindColumns)
	if len(r.findings) > 0 {
		r.findGarbled(row)
	}

	used := map[int]bool{}
	for _, i := range chosen {
		used[i] = true
	}
	var ignored []string
	for i, name := range r.named {
		if name != "" && !used[i] {
			ignored = append(ignored, name)
			if r.at.amount >= 0 && list[r.at.amount].rank > 0 && rivals(r.named[r.at.amount], name) {
				r.findTwoAmounts(i)
			} else if r.at.amount >= 0 && list[r.at.amount].rank > 0 && leftOrByBank(name) {
				if r.rivals == nil {
					r.rivals = map[int]bool{}
				}
				r.rivals[i] = true
			}
		}
	}
	if len(ignored) > 0 {
		r.note(row.Number, false, text{"not read: " + strings.Join(ignored, ", "),
			"okunmayan sütunlar: " + strings.Join(ignored, ", ")})
	}
	return len(r.findings) == 0
}

// begins reports whether a row is the first of two rows of headings, such as Personel above Adı and Soyadı: it has one
// where the row below has none.
func (r *reader) begins(above, below *Row) bool {
	if above.Number+1 != below.Number {
		return false
	}
	for i, m := range r.matches(above) {
		if m.field != "" && (i >= len(below.Cells) || below.Cells[i].Text == "") {
			return true
		}
	}
	return false
}

// layoutBoth decides by two rows of headings which columns are used, and reports whether that is clear.
func (r *reader) layoutBoth(above, below *Row) bool {
	both := &Row{Number: below.Number, Cells: make([]Cell, max(len(above.Cells), len(below.Cells)))}
	over := ""
	for i := range both.Cells {
		upper, lower := "", ""
		if i < len(above.Cells) {
			upper = above.Cells[i].Text
		}
		if i < len(below.Cells) {
			lower = below.Cells[i].Text
		}
		switch {
		case upper != "":
			over = upper
		case lower != "": // a heading above several columns stands in the first of them
			upper = over
		}
		both.Cells[i].Text = strings.TrimSpace(upper + " " + lower)
	}
	trial := newReader(r.table, r.o)
	if !trial.layout(both) {
		return false
	}
	for i, cell := range below.Cells { // another amount, unless it is gross
		if m, _ := classify(cell.Text); m.field == FieldAmount && i != trial.at.amount &&
			!setOf("brut gross").any(words(both.Cells[i].Text)) {
			return false
		}
	}
	for _, row := range []*Row{above, below} {
		if i := trial.at.amount; i < len(row.Cells) {
			trial.repeat = append(trial.repeat, fold(row.Cells[i].Text))
		}
	}
	trial.note(below.Number, false, text{"two rows of headings were read as one", "iki başlık satırı birlikte okundu"})
	trial.row, trial.rowsRead, trial.below, trial.ended = r.row, r.rowsRead, r.below, r.ended
	*r = *trial
	return true
}

// findGarbled says of headings with garbled letters what happened to them: that is why they are not known.
func (r *reader) findGarbled(row *Row) {
	for i, cell := range row.Cells {
		if problem := garbled(strings.NewReplacer("₺", "", "€", "", "_", "", "%", "", "$", "", "=", "", ";", "", "|", "").Replace(cell.Text), true); problem != nil {
			r.find(row.Number, i, *problem)
		}
	}
}

// require finds what no column and no option gives.
func (r *reader) require(row, kindColumns int) {
	missing := func(en, tr string, examples ...string) {
		list := strings.Join(examples, ", ")
		r.find(row, -1, text{"there is no column for " + en + "; headings that fit: " + list +
			", or name yours with -columns", tr + " için sütun yok; uyan başlıklar: " + list +
			"; ya da kendi başlığınızı -columns ile belirtin"})
	}
	if r.at.amount < 0 {
		missing("the amount", "tutar", r.l.Pick("Amount, Net Pay", "Tutar, Net Ödenecek, Net Ücret"))
	}
	if kindColumns == 0 && r.at.kind < 0 {
		missing("the recipient", "alıcı", "IBAN", r.l.Pick("Phone, T.C. identity number, Member ID",
			"Cep Tel, T.C. Kimlik No, Üye No"))
	}
	if r.at.kinds[0] >= 0 && r.at.name < 0 && r.at.first < 0 &&
		(r.o.RecipientType == "" || r.o.RecipientType == gen.RecipientTypeIBAN) {
		missing("the recipient's name, which an IBAN needs", "IBAN ile birlikte gereken alıcı adı",
			r.l.Pick("Recipient name, Name, First name with Last name", "Adı Soyadı, Alıcı Adı, Adı ile Soyadı"))
	}
	if kindColumns > 0 && r.at.kind >= 0 {
		r.find(row, r.at.kind, text{"there are two kinds of columns of recipients: use Recipient type and Recipient info, or " +
			"IBAN and the like, not both",
			"iki türlü alıcı sütunu var: ya Alıcı tipi ile Alıcı bilgisi ya da IBAN gibi sütunlar olmalıdır"})
	}
	if r.at.description < 0 && r.o.Description == "" {
		r.find(row, -1, text{"there is no column for the description; give all items one with -description",
			"açıklama için sütun yok; bütün kalemlere -description ile bir açıklama verin"})
	}
	if r.o.RecipientType != "" && r.at.kind < 0 && kindColumns > 0 {
		if _, ok := r.file.kindBy[r.o.RecipientType]; !ok {
			r.find(row, -1, text{"there is no column for recipients of the kind that -recipient says",
				"-recipient ile verilen türde alıcı sütunu yok"})
		}
	}
}

func (r *reader) note(row int, warning bool, message text) {
	f := r.finding(row, -1, message)
	f.Warning = warning
	r.file.Notes = append(r.file.Notes, f)
}

// end judges what only the whole table shows.
func (r *reader) end() (*File, error) {
	f := r.file
	f.DecimalComma = r.commas > r.points || r.commas == r.points && (f.Separator == ';' || r.l == Turkish)
	for _, p := range r.either {
		r.findEither(p)
	}
	if r.others > 0 && r.o.RecipientType == "" {
		for _, p := range r.onlyOther {
			r.find(p.row, p.column, text{"the other rows are paid by IBAN, and this one has none: fill it in, or say with " +
				"-recipient by what all are paid",
				"öteki satırlar IBAN ile ödeniyor, bunda IBAN yok: doldurun ya da hepsinin neyle ödeneceğini -recipient ile " +
					"belirtin"})
		}
	}
	r.settleAsides(true)
	r.findCut()
	if len(r.findings) == 0 && len(f.Request.Items) == 0 {
		r.find(0, -1, text{"there is no payment below the headings", "başlıkların altında hiç ödeme yok"})
	}
	if len(r.findings) > 0 {
		r.findRepeated()
	} else {
		if r.at.id < 0 {
			r.deriveIDs()
		}
		r.ids = nil
		r.findings = f.validate()
	}
	if len(r.findings) > 0 {
		return nil, r.failed()
	}
	r.notes()
	slices.SortStableFunc(f.Notes, func(a, b Finding) int { return cmp.Compare(a.Row, b.Row) })
	return f, nil
}

// notes says what was ignored or changed.
func (r *reader) notes() {
	for _, n := range []struct {
		rows    []int
		warning bool
		message text
	}{
		{r.hidden, true, text{"hidden rows that are paid: ", "gizli olup ödenecek satırlar: "}},
		{r.zero, true, text{"left out, because the amount is 0 or empty: rows ",
			"tutarı 0 ya da boş olduğu için alınmayan satırlar: "}},
		{r.repeated, false, text{"left out, because they repeat the headings: rows ",
			"başlıkları yinelediği için alınmayan satırlar: "}},
		{r.skipped, false, text{"left out, because they hold no payment: rows ", "ödeme olmadığı için alınmayan satırlar: "}},
		{r.totals, false, text{"totals that agree with the sum: rows ", "toplamı tutan toplam satırları: "}},
		{r.phones, false, text{"phone numbers written as +… with the country's code: rows ",
			"ülke koduyla +… olarak yazılan telefon numaraları: satır "}},
		{r.identities, false, text{"identity numbers that a spreadsheet had made numbers, restored: rows ",
			"hesap tablosunun sayıya çevirdiği, geri çevrilen kimlik numaraları: satır "}},
		{r.composed, false, text{"letters and accents that were apart (as macOS writes them) were put together: rows ",
			"ayrı yazılmış harf ve işaretler (macOS böyle yazar) birleştirildi: satır "}},
	} {
		if len(n.rows) > 0 {
			list := rowsList(n.rows, r.l)
			r.note(0, n.warning, text{n.message.en + list, n.message.tr + list})
		}
	}
	if len(r.rest) > 0 {
		var list []string
		for column := range r.rest {
			list = append(list, columnLetters(column+1))
		}
		slices.Sort(list)
		joined := strings.Join(list, ", ")
		r.note(0, false, text{"columns without a heading, not read: " + joined, "başlıksız, okunmayan sütunlar: " + joined})
	}
	if r.others > 0 && r.o.RecipientType == "" {
		r.note(0, false, text{"several kinds of recipients have a column; all are paid by IBAN",
			"birden çok alıcı türü için sütun var; hepsi IBAN ile ödenir"})
	}
	if r.o.DecimalMark != 0 && r.commas > 0 && r.points > 0 {
		return
	}
	if r.commas > 0 && r.points > 0 && r.file.Sheet == "" {
		r.note(0, true, text{"some amounts have a decimal comma, others a decimal point",
			"bazı tutarlarda ondalık virgül, bazılarında ondalık nokta var"})
	}
}

// findEither tells of an amount such as 1.250, and what the other amounts say about it.
func (r *reader) findEither(p place) {
	grouping := text{"", ""}
	switch {
	case p.mark == '.' && r.commas > 0 && r.points == 0, p.mark == ',' && r.points > 0 && r.commas == 0:
		flag := "-decimal-comma"
		if p.mark == ',' {
			flag = "-decimal-point"
		}
		whole := strings.ReplaceAll(p.text, string(p.mark), "")
		grouping = text{"; in the other amounts of the column it separates thousands: " + flag + " reads it as " + whole,
			"; sütunun öteki tutarlarında binlik ayırıcı: " + flag + " ile " + whole + " olarak okunur"}
	case p.mark == '.' && r.points > 0 && r.commas == 0:
		grouping = text{"; in the other amounts of the column it is the decimal mark: -decimal-point reads it so",
			"; sütunun öteki tutarlarında ondalık ayırıcı: -decimal-point ile öyle okunur"}
	case p.mark == ',' && r.commas > 0 && r.points == 0:
		grouping = text{"; in the other amounts of the column it is the decimal mark: -decimal-comma reads it so",
			"; sütunun öteki tutarlarında ondalık ayırıcı: -decimal-comma ile öyle okunur"}
	default:
		grouping = text{"; -decimal-comma or -decimal-point says how", "; -decimal-comma ya da -decimal-point ile belirtin"}
	}
	whole, rest, _ := cutAny(p.text, ".,")
	if rest[2] != '0' { // two decimals would be another amount
		r.find(p.row, p.column, text{
			p.text + " can be read as " + whole + rest + " and as " + whole + " and a fraction: write " + whole + rest +
				".00; a fraction must have two decimals, and this one has three" + grouping.en,
			p.text + " hem " + whole + rest + " hem de " + whole + " küsur olarak okunabilir: " + whole + rest +
				",00 yazın; küsur iki basamak olmalıdır, bunda üç basamak var" + grouping.tr})
		return
	}
	r.find(p.row, p.column, text{
		p.text + " can be read as " + whole + rest + " and as " + whole + " and a fraction: write " + whole + rest +
			".00 or " + whole + "." + rest[:2] + grouping.en,
		p.text + " hem " + whole + rest + " hem de " + whole + " küsur olarak okunabilir: " + whole + rest + ",00 ya da " +
			whole + "," + rest[:2] + " yazın" + grouping.tr})
}

// CheckHeadings reads a table up to its row of headings. The error matches [ErrNoHeadings] if it has none; any other
// one says what is wrong with them.
func CheckHeadings(t Table, o Options) error {
	r := newReader(t, o)
	if r.headings() {
		return nil
	}
	return r.failed()
}
