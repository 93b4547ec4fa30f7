package payfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// maxCell bounds a cell, in characters: what is longer is a quote that was closed too late.
const maxCell = 1000

var noCell Cell

func (r *reader) cell(column int) *Cell {
	if column < 0 || column >= len(r.row.Cells) {
		return &noCell
	}
	return &r.row.Cells[column]
}

// findAt adds a finding about a cell of the row that is being read; the first one counts.
func (r *reader) findAt(column int, message text) {
	if r.bad[column] {
		return
	}
	if r.bad == nil {
		r.bad = map[int]bool{}
	}
	r.bad[column] = true
	r.find(r.row.Number, column, message)
}

// read reads a row below the headings.
func (r *reader) read() {
	clear(r.bad)
	r.below++
	cell := r.cell(r.at.amount)
	if cell.Text != "" && !isDigit(cell.Text[0]) && slices.Contains(r.repeat, fold(cell.Text)) {
		r.repeated = append(r.repeated, r.row.Number)
		return
	}
	if !r.hasRecipient() {
		if !(r.below == 1 && r.secondHeadings()) {
			r.setAside()
		}
		return
	}
	r.settleAsides(false)
	before := len(r.findings)
	r.tooMuch()
	if r.paysTotal() {
		r.findAt(-1, text{"the name is that of a total, and the row has a recipient: empty the recipient's cell of a total",
			"ad bir toplamın adı, ama satırda alıcı var: toplam satırının alıcı hücresini boşaltın"})
	}
	a, known := r.amount(cell)
	if known && r.cutAmount(cell) {
		r.findAt(r.at.amount, text{"the amount seems to go on in the next cell: an amount with a comma must be in quotes",
			"tutar bir sonraki hücrede sürüyor gibi: virgüllü tutar tırnak içinde olmalıdır"})
	}
	if known && r.file.Separator == ',' {
		r.noteCut(cell)
	}
	if known && r.rivals != nil {
		r.findRival(a)
	}
	if known && a.value.IsZero() {
		if r.o.SkipZero {
			r.zero = append(r.zero, r.row.Number)
			return
		}
		r.findAt(r.at.amount, text{"the amount is 0 or empty: -skip-zero leaves such rows out",
			"tutar 0 ya da boş: -skip-zero böyle satırları almaz"})
	}
	item := gen.MassPayoutItem{
		Amount:      gen.Amount{Value: a.value, Currency: r.currency(a.currency, cell.Currency)},
		Description: r.description(),
	}
	item.RecipientType, item.RecipientInfo = r.recipient()
	item.RecipientName = r.name(item.RecipientType)
	if r.at.id >= 0 {
		item.ItemExternalID = r.id()
	}
	if len(r.findings) > before || !known {
		r.broken = true
		return
	}
	if r.row.Hidden {
		r.hidden = append(r.hidden, r.row.Number)
	}
	if r.file.rows == nil {
		r.makeRoom()
	}
	r.file.Request.Items = append(r.file.Request.Items, item)
	r.file.rows = append(r.file.rows, r.row.Number)
	r.add(item.Amount.Currency, a.kurus)
}

// secondHeadings looks whether the row below the headings has more of them, such as Brüt and Net below Ücret, and reads
// the two rows as one. It is a finding if it is not clear then which column is meant.
func (r *reader) secondHeadings() bool {
	filled, second := 0, -1
	for i := range r.row.Cells {
		c := &r.row.Cells[i]
		if c.Text == "" {
			continue
		}
		filled++
		m, _ := classify(c.Text)
		_, unit := units[fold(c.Text)]
		if second < 0 && (m.field == FieldAmount || i == r.at.amount && fold(c.Text) != "" || unit) {
			second = i
		}
	}
	switch {
	case second < 0 || !wordsAlone(r.row):
		return false
	case filled == 1 && second != r.at.amount && (r.uses(second) || strings.Join(r.named[:min(second, len(r.named))], "") == ""):
		return false // a title, such as Maaş in the first column
	}
	above := r.heading
	if !r.layoutBoth(&above, r.row) {
		r.ended = true
		r.findAt(second, text{"there is a second row of headings, and it is not clear which column is meant: put the headings " +
			"into one row",
			"ikinci bir başlık satırı var ve hangi sütunun kastedildiği belli değil: başlıkları tek satırda toplayın"})
	}
	return true
}

// wordsAlone reports whether a row has nothing but words, as headings are: no numbers, and no total.
func wordsAlone(row *Row) bool {
	for _, c := range row.Cells {
		if c.Kind != CellText || strings.ContainsAny(c.Text, "0123456789") || totalLabel(c.Text) {
			return false
		}
	}
	return true
}

// uses reports whether a column is one of those that are read.
func (r *reader) uses(column int) bool {
	for _, used := range r.file.columns {
		if used == column {
			return true
		}
	}
	return false
}

var (
	noteWords  = setOf("not notlar note notes memo remark remarks")
	countWords = setOf("gun gunu gunler sayisi day days adet saat hours")
)

// cutAmount reports whether the cells look as if a comma within the amount had cut it: 48 and 250.75, 1250 and 50.
func (r *reader) cutAmount(cell *Cell) bool {
	next := r.at.amount + 1
	if r.file.Separator != ',' || next >= len(r.named) || !digitsOnly(cell.Text) ||
		next != r.at.description && !noteWords.all(words(r.named[next])) {
		return false
	}
	rest, decimals, marked := strings.Cut(r.cell(next).Text, ".")
	return digitsOnly(rest) && (len(rest) <= 2 && !marked || len(rest) == 3 && (!marked || digitsOnly(decimals)))
}

// noteCut notes whether a decimal comma may have put the decimals into the next cell, of a column that is not read.
func (r *reader) noteCut(cell *Cell) {
	next := r.at.amount + 1
	if r.o.DecimalMark == '.' || next >= len(r.named) || r.uses(next) || !digitsOnly(cell.Text) {
		return
	}
	beside := r.cell(next).Text
	rest, decimals, marked := strings.Cut(beside, ".")
	switch {
	case !digitsOnly(rest):
		r.cutWords = r.cutWords || beside != ""
	case len(rest) <= 2 && !marked && !r.counts(next, rest), len(rest) == 3 && len(cell.Text) <= 3 && (!marked || digitsOnly(decimals)):
		r.cut = append(r.cut, r.row.Number)
	}
}

// counts reports whether a number is one of days or the like, as its heading says.
func (r *reader) counts(column int, number string) bool {
	n, err := strconv.Atoi(number)
	return err == nil && n <= 31 && (number[0] != '0' || len(number) == 1) &&
		countWords.any(words(r.named[column]))
}

// findCut finds that the comma is both the decimal mark and what separates the columns: in most rows, or where other
// rows have words in the place of the decimals.
func (r *reader) findCut() {
	if n := len(r.cut); n == 0 || !r.cutWords && n*2 <= len(r.file.Request.Items) {
		return
	}
	rows := rowsList(r.cut, r.l)
	r.find(r.cut[0], r.at.amount, text{"the comma seems to be both the decimal mark and what separates the columns, so that the " +
		"amount goes on in the next cell (rows " + rows + "): put such amounts in quotes, or save the file with semicolons; if they " +
		"are whole, -decimal-point says so",
		"virgül hem ondalık ayırıcı hem sütun ayırıcı gibi, tutar bir sonraki hücrede sürüyor (satır " + rows + "): böyle tutarları " +
			"tırnak içine alın ya da dosyayı noktalı virgülle kaydedin; kuruşsuzlarsa -decimal-point ile belirtin"})
}

// findRival finds that a column of what is left to pay, or paid by bank, has another amount than the one that is read.
func (r *reader) findRival(a amount) {
	for column := range r.rivals {
		other, problem := amountOf(r.cell(column), byte(r.o.DecimalMark))
		if problem == nil && !other.empty && (other.either != 0 || other.kurus != a.kurus) {
			r.findTwoAmounts(column)
			delete(r.rivals, column)
		}
	}
}

// findTwoAmounts finds that another column than the one of the amount may be what is paid.
func (r *reader) findTwoAmounts(other int) {
	name, amount := r.named[other], r.named[r.at.amount]
	r.find(r.heading.Number, r.at.amount, text{
		fmt.Sprintf("this or “%s” could be what is paid: say which, as with -columns 'amount=%s'", name, amount),
		fmt.Sprintf("ödenecek olan bu da “%s” de olabilir: hangisi olduğunu -columns 'amount=%s' gibi belirtin", name, amount)})
}

// makeRoom asks for the memory of all items at once, where the table knows about how many there are.
func (r *reader) makeRoom() {
	n := 16
	if sized, ok := r.table.(interface{ About() int }); ok {
		n = max(n, min(sized.About(), MaxRows))
	}
	r.file.Request.Items = make(gen.MassPayoutItems, 0, n)
	r.file.rows = make([]int, 0, n)
	if r.at.id >= 0 {
		r.ids = append(make([]rowID, 0, n), r.ids...)
	}
}

// tooMuch finds cells that belong to no column.
func (r *reader) tooMuch() {
	if n := len(r.row.Cells); n > len(r.named) && r.file.Separator == ',' {
		r.findAt(-1, text{fmt.Sprintf("%d cells below %d headings: an amount with a decimal comma must be in quotes", n,
			len(r.named)),
			fmt.Sprintf("%d başlığın altında %d hücre var: ondalık virgüllü tutar tırnak içinde olmalıdır", len(r.named), n)})
		return
	}
	for i := range r.row.Cells {
		c := &r.row.Cells[i]
		switch {
		case c.Text == "" || i < len(r.named) && r.named[i] != "":
			if len(c.Text) > maxCell && utf8.RuneCountInString(c.Text) > maxCell {
				r.findAt(i, text{"the cell has more than 1000 characters", "hücrede 1000'den çok karakter var"})
			}
		case r.file.Sheet != "" && strings.Join(r.named[min(i, len(r.named)):], "") == "": // a remark beside the table
			r.rest[i] = true
		default: // a separator within a cell may have moved the others
			r.findAt(i, text{"there is a cell, but no heading above", "başlıksız bir sütunda dolu hücre var"})
		}
	}
}

// hasRecipient reports whether the row names somebody to pay.
func (r *reader) hasRecipient() bool {
	if r.at.kind >= 0 {
		return r.cell(r.at.recipient).Text != ""
	}
	for i, column := range r.at.kinds {
		s := r.cell(column).Text
		if s != "" && !totalLabel(s) && (isDigit(s[len(s)-1]) || strings.ContainsAny(s, "0123456789") || kinds[i].kind == gen.RecipientTypeMemberID ||
			r.cell(r.at.amount).Text != "") { // a text and no amount is a signature below the table
			return true
		}
	}
	return false
}

// totalLabel reports whether a text names a total: GENEL TOPLAM, Ara Toplam, Total.
func totalLabel(s string) bool {
	if len(s) < 3 || len(s) > 80 || isDigit(s[0]) || isDigit(s[2]) {
		return false
	}
	folded := fold(s)
	return strings.Contains(folded, "toplam") || strings.Contains(folded, "yekun") || strings.HasPrefix(folded, "total") ||
		strings.HasSuffix(folded, "total") || folded == "sum"
}

var (
	totalWords = setOf("genel ara alt toplam toplami toplamlar yekun total totals grand sub subtotal sum t o p l a m")

	signatures = setOf("duzenleyen hazirlayan onaylayan onay imza imzalayan kontrol yetkili muhasebe prepared approved checked " +
		"signature signed")

	officers = setOf("mudur muduru musavir musaviri direktor direktoru manager director accountant")

	// notPersons are words of titles between the rows, or of lines below them.
	notPersons = setOf("departman departmani bolum bolumu sube subesi birim birimi ekip ekibi servis servisi mudurlugu " +
		"mudurluk mudur muduru personel personeli liste listesi maas maaslar maaslari odeme odemeler odemeleri not notlar sayfa devam " +
		"fabrika magaza merkez depo uretim satis idari isciler calisanlar department branch staff team page list")
)

// namesTotal reports whether a text is nothing but the name of a total, and no person's, such as Ayşe Toplam.
func namesTotal(s string) bool { return totalLabel(s) && totalWords.all(words(s)) }

// paysTotal reports whether a row with a recipient is a total by its name.
func (r *reader) paysTotal() bool {
	name := r.cell(r.at.name).Text
	if name == "" {
		if name = r.cell(r.at.first).Text; r.at.last >= 0 && r.cell(r.at.last).Text != "" {
			name = strings.TrimSpace(name + " " + r.cell(r.at.last).Text)
		}
	}
	if name == "" {
		return false
	}
	if c := name[len(name)-1]; c == ':' || c == '.' {
		name = strings.TrimRight(name, ":. ")
	}
	if len(name) < 4 {
		return false
	}
	switch name[len(name)-4:] { // the other names need no closer look
	case "plam", "PLAM", "otal", "OTAL", "ekun", "EKUN", "kün", "KÜN", "amı", "LAMI", "mlar", "MLAR", "tals", "TALS", " A M", " a m":
		return namesTotal(name)
	}
	return false
}

// labels reports whether a cell names the row's total. A last name, or the name of somebody with an ID, may be Toplam.
func (r *reader) labels(column int) bool {
	s := r.cell(column).Text
	switch {
	case !totalLabel(s):
		return false
	case column == r.at.last && r.cell(r.at.first).Text != "":
		return namesTotal(r.cell(r.at.first).Text + " " + s)
	case column == r.at.name && !namesTotal(s):
		list := words(s) // Ayşe Toplam below one payment of the same amount; that of Satış would be Toplamı
		return !r.numbered() && !(len(list) == 2 && list[1] == "toplam" && r.sinceTotal() == 1)
	}
	return true
}

// sinceTotal is how many payments there are since the last total.
func (r *reader) sinceTotal() int {
	r.store()
	items := 0
	for _, s := range r.group {
		items += s.items
	}
	return items
}

// numbered reports whether the row has an item's ID, and not how many there are.
func (r *reader) numbered() bool {
	id := r.cell(r.at.id).Text
	return classesOf(id)&unseen == 0 && strings.ContainsAny(id, "0123456789") && id != strconv.Itoa(len(r.file.Request.Items))
}

// person reports whether the name's cell could be that of somebody, and is no title between the rows.
func (r *reader) person() bool {
	s := r.cell(r.at.name).Text
	list := words(s)
	return 2 <= len(list) && len(list) <= 4 && !strings.ContainsAny(s, "0123456789:;()/") && !totalLabel(s) &&
		!notPersons.any(list) && !signatures.any(list) && !months.any(list)
}

// signature reports whether a row is one of signatures below the table: its first cell says so.
func signature(row *Row) bool {
	for i := range row.Cells {
		if s := row.Cells[i].Text; s != "" {
			list := words(s)
			return len(list) > 0 && (signatures[list[0]] || officers.any(list))
		}
	}
	return false
}

// amount reads the amount's cell. It is not known if there is a finding.
func (r *reader) amount(cell *Cell) (a amount, known bool) {
	a, problem := amountOf(cell, byte(r.o.DecimalMark))
	if problem != nil {
		r.findAt(r.at.amount, *problem)
		return a, false
	}
	switch {
	case a.either != 0:
		r.either = append(r.either, place{r.row.Number, r.at.amount, strings.TrimFunc(cell.Text, func(c rune) bool {
			return !('0' <= c && c <= '9')
		}), a.either})
		return a, false
	case a.mark == '.':
		r.points++
	case a.mark == ',':
		r.commas++
	}
	return a, true
}

func amountOf(cell *Cell, decimalMark byte) (a amount, problem *text) {
	switch cell.Kind {
	case CellNumber:
		a.value, problem = readNumber(cell.Text)
		if problem == nil {
			a.kurus = a.value.Shift(2).IntPart()
		}
		return a, problem
	case CellDate:
		return a, &text{"this is a date, not an amount", "bu bir tutar değil, tarih"}
	case CellBoolean:
		return a, &text{"this is TRUE or FALSE, not an amount", "bu bir tutar değil, DOĞRU ya da YANLIŞ"}
	case CellError:
		return a, formulaError(cell.Text)
	case CellFormula:
		return a, &text{"this is a formula whose value is not stored: open the file in the spreadsheet, and save it",
			"değeri kayıtlı olmayan bir formül: dosyayı hesap tablosunda açıp kaydedin"}
	}
	if cell.Text == "" {
		a.empty = true
		return a, nil
	}
	return readAmount(cell.Text, decimalMark)
}

// currency is what the row says, or the amount, its number's format, its heading, or the option, in this order. They
// must agree.
func (r *reader) currency(beside, shown gen.Currency) gen.Currency {
	said, column := gen.Currency(""), r.at.amount
	if r.at.currency >= 0 {
		cell := r.cell(r.at.currency).Text
		switch cell {
		case "":
		case "TL", "TRY", "₺":
			said, column = gen.CurrencyTRY, r.at.currency
		default:
			var ok bool
			if said, ok = units[fold(cell)]; !ok {
				r.findAt(r.at.currency, text{"expected TRY (or TL), USD or EUR", "TRY (ya da TL), USD ya da EUR olmalıdır"})
				return ""
			}
			column = r.at.currency
		}
	}
	for _, other := range [...]gen.Currency{beside, shown, r.unit} {
		switch {
		case other == "":
		case said == "":
			said = other
		case said != other:
			r.findAt(column, text{"the currency is not that of the amount or of its heading",
				"para birimi, tutarın ya da başlığının para biriminden başka"})
			return said
		}
	}
	switch {
	case said == "" && r.o.Currency == "":
		r.findAt(max(r.at.currency, -1), text{"no currency is given: add a column, or give all items one with -currency TRY",
			"para birimi yok: bir sütun ekleyin ya da bütün kalemlere -currency TRY ile verin"})
	case said == "":
		said = r.o.Currency
	case r.o.Currency != "" && said != r.o.Currency:
		r.findAt(column, text{"the currency is another one than -currency says", "para birimi -currency ile verilenden başka"})
	}
	return said
}

// plain is a text in one line, in the Unicode form NFC.
func (r *reader) plain(column int, name bool) string {
	cell := r.cell(column)
	s := cell.Text
	switch {
	case cell.Kind == CellError, cell.Kind == CellFormula:
		r.findAt(column, text{"there is a formula with an error, or without a stored value",
			"hatalı ya da değeri kayıtlı olmayan bir formül var"})
		return ""
	case isErrorText(s):
		r.findAt(column, text{"there is a formula with an error, or without a stored value",
			"hatalı ya da değeri kayıtlı olmayan bir formül var"})
		return ""
	case ordinary(s, name):
		return s
	}
	if strings.Contains(s, "  ") || strings.IndexFunc(s, func(c rune) bool { return c != ' ' && unicode.IsSpace(c) }) >= 0 {
		s = strings.Join(strings.Fields(s), " ")
	}
	if composed := gen.NFC(s); composed != s {
		s = composed
		if n := len(r.composed); n == 0 || r.composed[n-1] != r.row.Number {
			r.composed = append(r.composed, r.row.Number)
		}
	}
	problem := garbled(s, name)
	switch {
	case hasInvisible(s):
		r.findAt(column, invisibleCharacter)
	case problem != nil && (!r.o.NamesAsWritten || problem == lostLetter && strings.ContainsRune(s, utf8.RuneError)):
		r.findAt(column, text{problem.en + "; or -names-as-written takes it as it is",
			problem.tr + "; ya da -names-as-written ile olduğu gibi alınır"})
	}
	return s
}

// ordinary reports whether a text has only ASCII and Turkish letters, with single spaces between them, and nothing that
// speaks of damage: what most cells have, and needs no closer look.
func ordinary(s string, name bool) bool {
	before := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case sound[c]:
		case c == ' ':
			if before == ' ' {
				return false
			}
		case seen(c):
			if name || c == '&' || c == '%' || c == '\\' {
				return false
			}
		case c < utf8.RuneSelf, i+1 == len(s):
			return false
		default:
			switch i++; s[i-1 : i+1] {
			case "ı":
				if 'A' <= before && before <= 'Z' && (i+1 == len(s) || !('a' <= s[i+1] && s[i+1] <= 'z')) {
					return false
				}
				c = 'a' // any small letter
			case "ç", "ğ", "ö", "ş", "ü":
				c = 'a'
			case "İ":
				if 'a' <= before && before <= 'z' {
					return false
				}
				c = 'A'
			case "Ç", "Ğ", "Ö", "Ş", "Ü":
				c = 'A' // any capital
			default:
				return false
			}
		}
		before = c
	}
	return true
}

// sound are the characters of ASCII that are seen, and do not speak of damage.
var sound = func() (table [256]bool) {
	for c := range table {
		table[c] = seen(byte(c)) && strings.IndexByte(damage, byte(c)) < 0
	}
	return table
}()

func hasInvisible(s string) bool { return strings.IndexFunc(s, invisible) >= 0 }

func (r *reader) description() string {
	if r.at.description >= 0 {
		if cell := r.cell(r.at.description); cell.Text != "" && cell.Text == r.last && cell.Kind == CellText {
			return r.last // one copy of what all rows say
		}
		if s := r.plain(r.at.description, false); s != "" {
			r.last = s
			return s
		}
	}
	if r.o.Description == "" && r.at.description >= 0 {
		r.findAt(r.at.description, text{"required, but empty; -description gives one to all items without",
			"zorunlu, ama boş; -description boş olanların hepsine bir açıklama verir"})
	}
	return r.o.Description
}

func (r *reader) name(kind gen.RecipientType) string {
	name := ""
	if r.at.first >= 0 {
		first, last := r.plain(r.at.first, true), r.plain(r.at.last, true)
		switch {
		case first == "":
			r.nameMissing(r.at.first, kind)
		case last == "":
			r.nameMissing(r.at.last, kind)
		}
		if name = first; last != "" && first != "" {
			name += " " + last
		} else if first == "" {
			name = last
		}
	} else if r.at.name >= 0 {
		if name = r.plain(r.at.name, true); name == "" {
			r.nameMissing(r.at.name, kind)
		}
	}
	return name
}

// nameMissing finds that a part of the name is missing, which an IBAN needs.
func (r *reader) nameMissing(column int, kind gen.RecipientType) {
	if kind == gen.RecipientTypeIBAN {
		r.findAt(column, text{"required, but empty", "zorunlu, ama boş"})
	}
}

// id reads the item's ID.
func (r *reader) id() string {
	cell := r.cell(r.at.id)
	id, problem := cell.Text, (*text)(nil)
	switch cell.Kind {
	case CellNumber:
		id, problem = wholeNumber(cell.Text)
	case CellDate:
		problem = becameDate
	case CellError, CellFormula, CellBoolean:
		problem = &text{"expected an ID, not a formula's error or TRUE and FALSE",
			"bir no olmalıdır; formül hatası ya da DOĞRU/YANLIŞ olamaz"}
	default:
		if digitsOnly(id) {
			r.ids = append(r.ids, rowID{r.row.Number, id})
			return id
		}
		if !r.o.IDsAsWritten {
			switch {
			case isErrorText(id):
				problem = &text{"expected an ID, not a formula's error or TRUE and FALSE",
					"bir no olmalıdır; formül hatası ya da DOĞRU/YANLIŞ olamaz"}
			case isScientific(id):
				problem = &text{shortened.en + "; if this is the ID, -ids-as-written takes it",
					shortened.tr + "; no gerçekten buysa -ids-as-written ile alınır"}
			case len(id) >= 5 && isDate(id):
				problem = &text{becameDate.en + "; if this is the ID, -ids-as-written takes it",
					becameDate.tr + "; no gerçekten buysa -ids-as-written ile alınır"}
			}
		}
	}
	if id == "" && problem == nil {
		problem = &text{"required, but empty", "zorunlu, ama boş"}
	}
	if problem == nil && classesOf(id)&unseen != 0 {
		if id = gen.NFC(id); strings.ContainsRune(id, utf8.RuneError) || hasInvisible(id) || strings.ContainsAny(id, "\n\r\t") {
			problem = &invisibleCharacter
		}
	}
	if problem != nil {
		r.findAt(r.at.id, *problem)
		return id
	}
	r.ids = append(r.ids, rowID{r.row.Number, id})
	return id
}

type rowID struct {
	row int
	id  string
}

// findRepeated finds IDs that two rows have. It is left to Validate where there are no other findings.
func (r *reader) findRepeated() {
	first := make(map[string]int, len(r.ids))
	for _, one := range r.ids {
		if row, twice := first[one.id]; twice {
			r.find(one.row, r.at.id, text{fmt.Sprintf("must be unique; %s %d has the same one", r.file.word(), row),
				fmt.Sprintf("benzersiz olmalıdır; satır %d ile aynı", row)})
		} else {
			first[one.id] = one.row
		}
	}
}

var becameDate = &text{"a spreadsheet has made this a date: format the column as text, and enter it anew",
	"hesap tablosu bunu tarihe çevirmiş: sütunu metin olarak biçimlendirip yeniden girin"}

// wholeNumber is a number that is an ID: a spreadsheet stores 1001 as 1001, 1001.0 or 1.001E3.
func wholeNumber(s string) (string, *text) {
	if digitsOnly(s) && len(s) <= maxAmountDigits {
		return s, nil
	}
	d, err := decimal.NewFromString(s)
	if err != nil || len(s) > 40 || !d.IsInteger() || d.Exponent() > maxAmountDigits ||
		len(d.BigInt().String()) > maxAmountDigits || d.IsNegative() {
		return s, shortened
	}
	return d.BigInt().String(), nil
}

// recipient reads who is paid.
func (r *reader) recipient() (gen.RecipientType, string) {
	if r.at.kind >= 0 {
		kind, ok := recipientTypes[fold(r.cell(r.at.kind).Text)]
		if !ok {
			r.findAt(r.at.kind, text{"expected IBAN, PHONE, IDENTITY_NUMBER or MEMBER_ID",
				"IBAN, telefon, T.C. kimlik no ya da üye no olmalıdır"})
			return "", ""
		}
		return kind, r.info(kind, r.at.recipient)
	}
	first, count := -1, 0
	for i, column := range r.at.kinds {
		if r.cell(column).Text == "" {
			continue
		}
		count++
		if kinds[i].kind == r.o.RecipientType || first < 0 && r.o.RecipientType == "" {
			first = i
		}
	}
	switch {
	case first < 0: // -recipient says another kind
		column := r.file.kindBy[r.o.RecipientType]
		r.findAt(column, text{"required, but empty: the item has no recipient", "zorunlu, ama boş: kalemin alıcısı yok"})
		return "", ""
	case r.o.RecipientType == "" && count > 1 && kinds[first].field != FieldIBAN:
		r.findAt(r.at.kinds[first], text{"the item has more than one recipient: say with -recipient by what all are paid, or " +
			"empty the other cells",
			"kalemin birden çok alıcısı var: hepsinin neyle ödeneceğini -recipient ile belirtin ya da öteki hücreleri boşaltın"})
		return "", ""
	case count > 1:
		r.others++
	case r.at.kinds[0] >= 0 && kinds[first].field != FieldIBAN:
		r.onlyOther = append(r.onlyOther, place{row: r.row.Number, column: r.at.kinds[0]})
	}
	return kinds[first].kind, r.info(kinds[first].kind, r.at.kinds[first])
}

// recipientTypes are the ways to write a kind of recipient, folded.
var recipientTypes = map[string]gen.RecipientType{
	"iban": gen.RecipientTypeIBAN, "banka": gen.RecipientTypeIBAN, "hesap": gen.RecipientTypeIBAN,
	"phone": gen.RecipientTypePhone, "telefon": gen.RecipientTypePhone, "gsm": gen.RecipientTypePhone,
	"cep": gen.RecipientTypePhone, "ceptel": gen.RecipientTypePhone, "ceptelefonu": gen.RecipientTypePhone,
	"identitynumber": gen.RecipientTypeIdentityNumber, "tckn": gen.RecipientTypeIdentityNumber,
	"tckimlikno": gen.RecipientTypeIdentityNumber, "kimlikno": gen.RecipientTypeIdentityNumber,
	"memberid": gen.RecipientTypeMemberID, "uyeno": gen.RecipientTypeMemberID,
}

// info reads a recipient's cell.
func (r *reader) info(kind gen.RecipientType, column int) string {
	cell := r.cell(column)
	s := cell.Text
	switch cell.Kind {
	case CellNumber:
		whole, problem := wholeNumber(s)
		if problem != nil {
			r.findAt(column, *problem)
			return ""
		}
		s = whole
	case CellDate:
		r.findAt(column, *becameDate)
		return ""
	case CellError, CellFormula, CellBoolean:
		r.findAt(column, text{"expected a recipient, not a formula's error or TRUE and FALSE",
			"bir alıcı olmalıdır; formül hatası ya da DOĞRU/YANLIŞ olamaz"})
		return ""
	}
	info, changed, problem := readRecipient(kind, s)
	if problem != nil {
		r.findAt(column, *problem)
		return ""
	}
	if changed && kind == gen.RecipientTypePhone {
		r.phones = append(r.phones, r.row.Number)
	} else if changed {
		r.identities = append(r.identities, r.row.Number)
	}
	return info
}

// add adds an item's amount to the sums.
func (r *reader) add(currency gen.Currency, kurus int64) {
	if r.running == nil || r.currencyOf != currency {
		r.store()
		r.currencyOf, r.running = currency, &sum{}
	}
	r.running.kurus += kurus
	r.running.items++
	if r.running.kurus > 1e17 {
		r.store()
	}
}

// store adds what was added up since the currency was another one to the sums of all, and of those since the last total.
func (r *reader) store() {
	if r.running == nil {
		return
	}
	for _, sums := range []map[gen.Currency]sum{r.sums, r.group} {
		s := sums[r.currencyOf]
		s.kurus += r.running.kurus
		s.items += r.running.items
		if s.kurus > 4e18 {
			r.find(r.file.rows[len(r.file.rows)-1], r.at.amount, text{"the amounts add up to more than can be",
				"tutarların toplamı olamayacak kadar büyük"})
			s.kurus = 0
		}
		sums[r.currencyOf] = s
	}
	r.running = nil
}

// setAside keeps a row without a recipient until it is known what it is: a total, or a line below the table.
func (r *reader) setAside() {
	a := aside{row: r.row.Number, column: r.at.amount}
	filled, labels := 0, 0
	for i := range r.row.Cells {
		c := &r.row.Cells[i]
		if c.Text == "" {
			continue
		}
		filled++
		if c.Kind == CellText && i != r.at.amount {
			a.labeled = a.labeled || r.labels(i)
			labels++
		}
	}
	cell := r.cell(r.at.amount)
	if cell.Text != "" || cell.Kind == CellFormula {
		switch read, problem := amountOf(cell, byte(r.o.DecimalMark)); {
		case problem != nil && (a.labeled || labels == 0 || problem == negative):
			r.find(r.row.Number, r.at.amount, *problem)
			return
		case problem != nil: // a text such as a signature
		case read.either != 0:
			whole, rest, _ := cutAny(strings.TrimFunc(cell.Text, func(c rune) bool { return !('0' <= c && c <= '9') }), ".,")
			n, _ := strconv.ParseInt(whole+rest, 10, 64) // six digits at most
			a.total = []int64{n * 100}
			if strings.HasSuffix(rest, "0") {
				a.total = append(a.total, n/10)
			}
		case !read.empty:
			a.total, a.unit = []int64{read.kurus}, read.currency
		}
	}
	a.numbered = !a.labeled && r.numbered()
	a.signed = signature(r.row)
	a.named = filled > 1 && (r.cell(r.at.name).Text != "" || r.cell(r.at.first).Text != "") || r.person()
	r.pending = append(r.pending, a)
}

// settleAsides decides what the rows before the one that is being read were, or before the end.
func (r *reader) settleAsides(end bool) {
	if len(r.pending) > 0 || end {
		r.store()
	}
	signed := false // this row, or one above it at the end
	for _, a := range r.pending {
		signed = end && len(a.total) == 0 && (signed || a.signed)
		switch {
		case signed:
			r.skipped = append(r.skipped, a.row)
		case len(a.total) > 0 && a.total[0] == 0 && !a.labeled && !a.named:
			r.skipped = append(r.skipped, a.row)
		case len(a.total) > 0 && (a.labeled || end && !a.named && !a.numbered):
			r.checkTotal(a)
		case a.named && r.o.SkipZero && (len(a.total) == 0 || a.total[0] == 0) && !a.labeled:
			r.zero = append(r.zero, a.row)
		case len(a.total) > 0:
			r.find(a.row, a.column, text{"there is an amount, but no recipient", "tutar var, ama alıcı yok"})
		case a.named && !a.labeled && !(end && len(r.totals) > 0):
			r.find(a.row, -1, text{"there is a name, but no recipient and no amount", "ad var, ama alıcı ve tutar yok"})
		default:
			r.skipped = append(r.skipped, a.row)
		}
	}
	r.pending = r.pending[:0]
	if end && len(r.totals) > 0 && !r.broken {
		items := 0
		for _, s := range r.group {
			items += s.items
		}
		if n := len(r.file.rows); items > 0 && items <= n {
			r.find(r.file.rows[n-items], -1, text{"this payment is below the last total, which does not contain it",
				"bu ödeme son toplam satırının altında, toplama dahil değil"})
		}
	}
}

// checkTotal compares a total with the sum of all payments above, or of those since the total before.
func (r *reader) checkTotal(a aside) {
	if r.broken || len(r.either) > 0 {
		return // there are other findings, and no sum
	}
	for _, sums := range []map[gen.Currency]sum{r.group, r.sums} {
		all := int64(0)
		for currency, s := range sums {
			if (a.unit == "" || a.unit == currency) && has(a.total, s.kurus) {
				r.agreed(a)
				return
			}
			all += s.kurus
		}
		if len(sums) > 1 && has(a.total, all) {
			r.agreed(a)
			return
		}
	}
	shown := func(kurus int64) string {
		return strings.Replace(decimal.New(kurus, -2).StringFixed(2), ".", r.l.Pick(".", ","), 1)
	}
	want := ""
	for currency, s := range r.sums {
		want += " " + shown(s.kurus) + " " + string(currency)
	}
	if want == "" {
		want = " 0"
	}
	r.find(a.row, a.column, text{"the total is " + shown(a.total[0]) + ", but the payments above add up to" + want,
		"toplam " + shown(a.total[0]) + " yazıyor, ama yukarıdaki ödemelerin toplamı" + want})
}

func has(list []int64, n int64) bool {
	for _, one := range list {
		if one == n {
			return true
		}
	}
	return false
}

func (r *reader) agreed(a aside) {
	r.totals = append(r.totals, a.row)
	clear(r.group)
}

// deriveIDs gives the items IDs where the file has none, from the recipient and the name, so that the same person has
// the same ID in whatever order the rows stand, and numbers those of one person.
func (r *reader) deriveIDs() {
	seen := map[string]int{}
	for i := range r.file.Request.Items {
		item := &r.file.Request.Items[i]
		digest := sha256.Sum256([]byte(string(item.RecipientType) + "\x00" + item.RecipientInfo + "\x00" + item.RecipientName))
		id := "r-" + hex.EncodeToString(digest[:5])
		seen[id]++
		if n := seen[id]; n > 1 {
			id += "-" + strconv.Itoa(n)
		}
		item.ItemExternalID = id
	}
	r.note(0, false, text{"there is no column of item IDs; each item's ID is derived from its recipient and name",
		"kalem numarası sütunu yok; her kalemin numarası alıcısından ve adından türetildi"})
}
