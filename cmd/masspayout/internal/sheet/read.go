package sheet

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// Sheet is what a file holds.
type Sheet struct {
	Items  gen.MassPayoutItems
	Format Format

	language Language
	columns  map[field]int // from 0
	headings []string
	lines    []int // of the file, for each item
}

// Read reads the items of a payout. Its first line has the headings, in any order; see [Template]. The error is of type
// [Findings] and has all findings at once, in the language given.
func Read(data []byte, language Language) (*Sheet, error) {
	r := &reader{Sheet: Sheet{language: language, columns: map[field]int{}}, ids: map[string]int{}}
	content, problem := decode(data)
	if problem != nil {
		r.find(1, -1, *problem)
		return nil, r.findings
	}
	content, first := r.separator(content)
	r.csv = csv.NewReader(strings.NewReader(content))
	r.csv.Comma = r.Format.Separator
	r.csv.FieldsPerRecord = -1 // they are counted below, to go on
	r.line = first
	if r.header() {
		for len(r.findings) < maxFindings && r.row() {
		}
	}
	if len(r.findings) == 0 && len(r.Items) == 0 {
		r.find(r.lastLine+1, -1, text{"there is no item", "hiç kalem yok"})
	}
	r.Format.DecimalComma = r.commas > r.points || r.commas == r.points && r.Format.Separator == ';'
	r.validate()
	if len(r.findings) > 0 {
		slices.SortStableFunc(r.findings, func(a, b Finding) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, r.findings
	}
	return &r.Sheet, nil
}

// Place returns a finding of package gen with the place in the file that it is about.
func (s *Sheet) Place(v gen.Violation) Finding {
	f := Finding{Message: translate(v.Message, s.language), Line: 1, language: s.language}
	if v.Index < 0 || v.Index >= len(s.lines) {
		return f
	}
	f.Line = s.lines[v.Index]
	f.Message = otherItem.ReplaceAllStringFunc(v.Message, func(item string) string {
		i, err := strconv.Atoi(item[len("items[") : len(item)-1])
		if err != nil || i >= len(s.lines) {
			return item
		}
		return fmt.Sprintf(s.language.Pick("line %d", "satır %d"), s.lines[i])
	})
	f.Message = translate(f.Message, s.language)
	column, ok := s.columns[field(v.Field)]
	if !ok && (v.Field == "recipientInfo" || v.Field == "recipientType") {
		column, ok = s.columns[field(s.Items[v.Index].RecipientType)]
	}
	if ok {
		f.Column, f.Heading = column+1, s.headings[column]
	}
	return f
}

// maxFindings is enough for anybody to see that the whole file is wrong.
const maxFindings = 10_000

// otherItem is where a finding of package gen names another item.
var otherItem = regexp.MustCompile(`items\[\d+\]`)

type reader struct {
	Sheet
	csv      *csv.Reader
	line     int // lines before those that csv counts
	lastLine int
	ids      map[string]int // the line of each
	findings Findings

	points, commas int // amounts with a point, or a comma, before the decimals
}

// find adds a finding about a column from 0, or about the whole line.
func (r *reader) find(line, column int, message text) {
	f := Finding{Line: line, Column: column + 1, Message: message.in(r.language), language: r.language}
	if column >= 0 && column < len(r.headings) {
		f.Heading = r.headings[column]
	}
	r.findings = append(r.findings, f)
}

// separator finds out what separates the columns, by which of the possible ones the headings can be read, or as a first
// line such as sep=; says. It returns what follows that line, and how many lines were before.
func (r *reader) separator(content string) (rest string, lines int) {
	if line, after, _ := strings.Cut(content, "\n"); strings.HasPrefix(line, "sep=") {
		if sep := strings.TrimSuffix(line[len("sep="):], "\r"); sep == ";" || sep == "," || sep == "\t" {
			r.Format.Separator = rune(sep[0])
			return after, 1
		}
	}
	most := -1
	for _, separator := range []rune{';', ',', '\t'} {
		c := csv.NewReader(strings.NewReader(content))
		c.Comma = separator
		headings, _ := c.Read() // an error is found again when it is read for good
		known := 0
		for _, h := range headings {
			if fieldOf[fold(h)] != "" {
				known++
			}
		}
		if known > most {
			most, r.Format.Separator = known, separator
		}
	}
	return content, 0
}

// next reads a line of the table. A finding about quotes ends the reading: what follows could be read wrongly.
func (r *reader) next() (cells []string, line int, ok bool) {
	cells, err := r.csv.Read()
	if err == nil {
		line, _ = r.csv.FieldPos(0)
		line += r.line
		r.lastLine = line + strings.Count(cells[len(cells)-1], "\n")
		return cells, line, true
	}
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		message := text{
			`a quote (") is in a cell that is not in quotes: put the whole cell in quotes, and double those inside`,
			`tırnaksız bir hücrede tırnak (") var: hücrenin tamamını tırnak içine alın, içindekileri çift yazın`,
		}
		if syntax.Err == csv.ErrQuote {
			message = text{`a quote (") is not closed, or something follows it`,
				`tırnak (") kapanmamış ya da ardından başka bir şey geliyor`}
		}
		r.find(syntax.StartLine+r.line, -1, message)
	}
	return nil, 0, false
}

// header reads the headings, and reports whether the lines below can be read.
func (r *reader) header() bool {
	cells, line, ok := r.next()
	if !ok {
		if len(r.findings) == 0 {
			r.find(1, -1, text{"the file is empty", "dosya boş"})
		}
		return false
	}
	var unknown []int
	for i, cell := range cells {
		f := fieldOf[fold(cell)]
		r.headings = append(r.headings, "")
		switch _, twice := r.columns[f]; {
		case f == "":
			unknown = append(unknown, i)
		case twice:
			r.headings[i] = clean(cell)
			r.find(line, i, text{"there is another column of this kind", "bu türden başka bir sütun daha var"})
		default:
			r.headings[i] = clean(cell)
			r.columns[f] = i
		}
	}
	if len(r.columns) < 3 { // so few that this may be an item; it is not shown
		var known []string
		for _, c := range columns {
			known = append(known, c.heading.in(r.language))
		}
		list := strings.Join(known, ", ")
		r.find(line, -1, text{"expected headings in the first line, among them: " + list + "; -template prints such a file",
			"ilk satırda başlıklar olmalıdır, örneğin: " + list + "; -template böyle bir dosya yazar"})
		return false
	}
	for _, i := range unknown {
		if strings.TrimSpace(cells[i]) != "" {
			name := clean(cells[i])
			r.find(line, i, text{"the heading “" + name + "” is not known, and would be left out: remove the column, or see " +
				"-template",
				"“" + name + "” başlığı tanınmıyor ve gönderilmezdi: sütunu silin ya da -template çıktısına bakın"})
		}
	}
	for _, f := range []field{fieldID, fieldAmount, fieldCurrency, fieldDescription} {
		r.require(line, f)
	}
	has := func(f field) bool { _, ok := r.columns[f]; return ok }
	kinds := slices.ContainsFunc(recipientFields, has)
	switch {
	case !kinds && !has(fieldType) && !has(fieldInfo):
		r.find(line, -1, text{"there is no column of recipients: IBAN, Phone, T.C. identity number or Member ID",
			"alıcı sütunu yok: IBAN, Telefon, T.C. kimlik no ya da Üye no"})
	case kinds && (has(fieldType) || has(fieldInfo)):
		r.find(line, -1, text{"there are two kinds of columns of recipients: use Recipient type and Recipient info, or " +
			"IBAN and the like, not both",
			"iki türlü alıcı sütunu var: ya Alıcı tipi ile Alıcı bilgisi ya da IBAN gibi sütunlar olmalıdır"})
	case !kinds:
		r.require(line, fieldType)
		r.require(line, fieldInfo)
	}
	if has(fieldIBAN) {
		r.require(line, fieldName)
	}
	return len(r.findings) == 0
}

func (r *reader) require(line int, f field) {
	if _, ok := r.columns[f]; !ok {
		r.find(line, -1, text{"there is no column “" + headingOf(f, English) + "”", "“" + headingOf(f, Turkish) +
			"” sütunu yok"})
	}
}

// row reads one item.
func (r *reader) row() bool {
	cells, line, ok := r.next()
	if !ok {
		return false
	}
	if !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
		return true
	}
	if len(cells) != len(r.headings) {
		message := text{fmt.Sprintf("%d cells below %d headings", len(cells), len(r.headings)),
			fmt.Sprintf("%d başlığın altında %d hücre var", len(r.headings), len(cells))}
		if r.Format.Separator == ',' && len(cells) > len(r.headings) {
			message.en += ": an amount with a decimal comma must be in quotes, or the columns separated by semicolons"
			message.tr += ": ondalık virgüllü tutar tırnak içinde olmalı ya da sütunlar noktalı virgülle ayrılmalıdır"
		}
		r.find(line, -1, message)
		return true
	}
	row := row{reader: r, line: line, cells: cells}
	row.check()
	item := gen.MassPayoutItem{
		ItemExternalID: row.id(),
		RecipientName:  row.words(fieldName),
		Description:    row.words(fieldDescription),
		Amount:         gen.Amount{Value: row.amount(), Currency: row.currency()},
	}
	item.RecipientType, item.RecipientInfo = row.recipient()
	if item.RecipientType == gen.RecipientTypeIBAN {
		row.required(fieldName)
	}
	row.required(fieldDescription)
	r.Items, r.lines = append(r.Items, item), append(r.lines, line)
	return true
}

// validate also lets package gen judge the items: what it refuses must not be accepted here.
func (r *reader) validate() {
	if len(r.findings) > 0 {
		return
	}
	var invalid *gen.ValidationError
	if errors.As(gen.MassPayoutInitializeRequest{ExternalID: "-", Items: r.Items}.Validate(), &invalid) {
		for _, v := range invalid.Violations {
			r.findings = append(r.findings, r.Place(v))
		}
	}
}

// row is one line of the table.
type row struct {
	*reader
	line  int
	cells []string
	bad   map[int]bool // columns with a finding
}

func (r *row) find(f field, message text) {
	column, ok := r.columns[f]
	if !ok {
		column = -1
	}
	r.findAt(column, message)
}

func (r *row) findAt(column int, message text) {
	if r.bad[column] {
		return
	}
	if r.bad == nil {
		r.bad = map[int]bool{}
	}
	r.bad[column] = true
	r.reader.find(r.line, column, message)
}

// maxCell bounds a cell, in characters: what is longer is a quote that was closed too late.
const maxCell = 1000

// check finds what no cell may have.
func (r *row) check() {
	for i, cell := range r.cells {
		switch {
		case r.headings[i] == "" && strings.TrimSpace(cell) != "":
			r.findAt(i, text{"there is a cell, but no heading above", "başlıksız bir sütunda dolu hücre var"})
		case utf8.RuneCountInString(cell) > maxCell:
			r.findAt(i, text{"the cell has more than 1000 characters", "hücrede 1000'den çok karakter var"})
		case strings.ContainsFunc(cell, invisible):
			r.findAt(i, text{"the cell has an invisible character: enter it anew",
				"hücrede görünmeyen bir karakter var: yeniden girin"})
		case strings.ContainsRune(cell, utf8.RuneError):
			r.findAt(i, text{"a letter was lost in an earlier conversion: enter it anew",
				"önceki bir dönüştürmede bir harf kaybolmuş: yeniden girin"})
		}
	}
}

// invisible reports whether r is a control or a format character, such as a zero-width space or one that turns the
// direction. White space is neutral.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
}

// cell is the field's cell without white space around it; empty if there is no such column.
func (r *row) cell(f field) string {
	column, ok := r.columns[f]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.cells[column])
}

func (r *row) required(f field) bool {
	if r.cell(f) != "" {
		return true
	}
	r.find(f, text{"required, but empty", "zorunlu, ama boş"})
	return false
}

// words is a text in one line.
func (r *row) words(f field) string { return strings.Join(strings.Fields(r.cell(f)), " ") }

func (r *row) id() string {
	id := r.cell(fieldID)
	switch line, twice := r.ids[id]; {
	case !r.required(fieldID):
	case strings.ContainsFunc(id, unicode.IsControl):
		r.find(fieldID, text{"expected one line", "tek satır olmalıdır"})
	case scientific.MatchString(id):
		r.find(fieldID, shortened)
	case twice:
		r.find(fieldID, text{fmt.Sprintf("line %d has the same", line), fmt.Sprintf("satır %d ile aynı", line)})
	default:
		r.ids[id] = r.line
	}
	return id
}

func (r *row) amount() (value decimal.Decimal) {
	if !r.required(fieldAmount) {
		return value
	}
	value, mark, problem := parseAmount(r.cell(fieldAmount))
	switch {
	case problem != nil:
		r.find(fieldAmount, *problem)
	case mark == '.':
		r.points++
	case mark == ',':
		r.commas++
	}
	return value
}

func (r *row) currency() gen.Currency {
	if !r.required(fieldCurrency) {
		return ""
	}
	currency, ok := currencies[strings.ToLower(r.cell(fieldCurrency))]
	if !ok {
		r.find(fieldCurrency, text{"expected TRY (or TL), USD or EUR", "TRY (ya da TL), USD ya da EUR olmalıdır"})
	}
	return currency
}

// recipient reads the one column that is filled of those for one kind each, or the two for any.
func (r *row) recipient() (gen.RecipientType, string) {
	if _, ok := r.columns[fieldType]; ok {
		info := r.cell(fieldInfo)
		if !r.required(fieldType) || !r.required(fieldInfo) {
			return "", info
		}
		kind, ok := recipientTypes[fold(r.cell(fieldType))]
		if !ok {
			r.find(fieldType, text{"expected IBAN, PHONE, IDENTITY_NUMBER or MEMBER_ID",
				"IBAN, telefon, T.C. kimlik no ya da üye no olmalıdır"})
			return "", info
		}
		return kind, r.info(kind, fieldInfo)
	}
	var filled []field
	for _, f := range recipientFields {
		if r.cell(f) != "" {
			filled = append(filled, f)
		}
	}
	switch len(filled) {
	case 0:
		for _, f := range recipientFields { // show it at the first that the file has
			if _, ok := r.columns[f]; ok {
				r.find(f, text{"required, but empty: the item has no recipient", "zorunlu, ama boş: kalemin alıcısı yok"})
				break
			}
		}
		return "", ""
	case 1:
		return gen.RecipientType(filled[0]), r.info(gen.RecipientType(filled[0]), filled[0])
	default:
		r.find(filled[1], text{"the item has more than one recipient: leave the one to be paid, and empty the other cells",
			"kalemin birden çok alıcısı var: ödenecek olanı bırakın, öteki hücreleri boşaltın"})
		return "", ""
	}
}

var shortened = text{"a spreadsheet has shortened this number and lost digits: format the column as text, and " +
	"enter it anew",
	"hesap tablosu bu sayıyı kısaltmış ve basamak kaybetmiş: sütunu metin olarak biçimlendirip yeniden girin"}

var (
	ibanForm     = regexp.MustCompile(`^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$`)
	identityForm = regexp.MustCompile(`^\d{11}$`)
	phoneForm    = regexp.MustCompile(`^\+[1-9]\d{7,14}$`)
	memberForm   = regexp.MustCompile(`^[0-9A-Za-z_-]+$`)
	digits       = regexp.MustCompile(`^\d+$`)
)

// info reads who is paid. People group numbers by spaces: these go, and nothing else is changed.
func (r *row) info(kind gen.RecipientType, f field) string {
	info := strings.Join(strings.Fields(r.cell(f)), "")
	if scientific.MatchString(info) {
		r.find(f, shortened)
		return info
	}
	switch kind {
	case gen.RecipientTypeIBAN:
		if isASCII(info) {
			info = strings.ToUpper(info)
		}
		switch {
		case ibanForm.MatchString(info):
		case len(info) == 24 && digits.MatchString(info):
			r.find(f, text{"the country is missing: write TR before it", "ülke kodu eksik: başına TR yazın"})
		default:
			r.find(f, text{"expected an IBAN such as TR33 0006 1005 1978 6457 8413 26",
				"TR33 0006 1005 1978 6457 8413 26 gibi bir IBAN olmalıdır"})
		}
	case gen.RecipientTypeIdentityNumber:
		if !identityForm.MatchString(info) {
			message := text{"expected 11 digits", "11 rakam olmalıdır"}
			if digits.MatchString(info) && len(info) < 11 {
				message.en += ": a spreadsheet may have dropped zeros; format the column as text"
				message.tr += ": hesap tablosu baştaki sıfırları silmiş olabilir; sütunu metin olarak biçimlendirin"
			}
			r.find(f, message)
		}
	case gen.RecipientTypePhone:
		if !phoneForm.MatchString(info) {
			message := text{"expected a number such as +905551234567", "+905551234567 gibi bir numara olmalıdır"}
			if digits.MatchString(info) {
				message.en += ": a spreadsheet may have dropped the + or a zero; format the column as text"
				message.tr += ": hesap tablosu + işaretini ya da baştaki sıfırı silmiş olabilir; sütunu metin olarak biçimlendirin"
			}
			r.find(f, message)
		}
	case gen.RecipientTypeMemberID:
		if !memberForm.MatchString(info) {
			r.find(f, text{"expected letters and digits alone", "yalnızca harf ve rakam olmalıdır"})
		}
	}
	return info
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// clean is a heading in one line, of a length to be shown.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 40 {
		s = string(runes[:40]) + "…"
	}
	return s
}
