package payfile

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// maxAmountDigits is how many digits a spreadsheet keeps; it writes zeros for the rest.
const maxAmountDigits = 15

// amount is one that was read.
type amount struct {
	value    decimal.Decimal
	kurus    int64        // the value in hundredths
	currency gen.Currency // that stands beside the number; empty if none does
	mark     byte         // before the decimals: '.', ',' or 0 for none
	either   byte         // the mark that can be read in two ways, as in 1.250; the value is not known then
	empty    bool         // nothing, or a dash in its place
}

// readAmount reads an amount as people and programs write it, if it can be read in one way; decimalMark says which mark
// stands before the decimals, 0 if that is to be seen.
func readAmount(cell string, decimalMark byte) (a amount, problem *text) {
	s := cell
	if first, last := s[0], s[len(s)-1]; !isDigit(first) || !isDigit(last) {
		if s, a.currency, problem = unit(s); problem != nil {
			return a, problem
		}
		switch {
		case s == "" && a.currency == "", s == "-", s == "–", s == "—":
			a.empty = true
			return a, nil
		case s == "", !isDigit(s[0]) || !isDigit(s[len(s)-1]):
			return a, notAmount(s)
		}
	}
	return a, a.read(s, decimalMark)
}

// maxGroups is more groups of digits than an amount can have.
const maxGroups = 8

// read reads digits with marks between them, if these allow one reading. s begins and ends with a digit.
func (a *amount) read(s string, decimalMark byte) *text {
	value, digits := int64(0), 0
	var firstMark, mark byte // mark is the last one
	marks, first, group := 0, 0, 0
	uneven := false // the groups between the first and the last one are not of three digits each, between the same marks
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isDigit(c) {
			value, digits, group = value*10+int64(c-'0'), digits+1, group+1
			continue
		}
		if c >= 0x80 { // a no-break space
			space, width := decodeSpace(s[i:])
			if !space {
				return notAmount(s)
			}
			c, i = ' ', i+width-1
		}
		if c != '.' && c != ',' && c != ' ' || group == 0 || marks == maxGroups-1 {
			return notAmount(s)
		}
		if marks == 0 {
			firstMark, first = c, group
		} else {
			uneven = uneven || group != 3 || mark != firstMark
		}
		mark, marks, group = c, marks+1, 0
	}
	decimals := 0
	switch {
	case marks == 0:
		first = group
	case marks > 1 && mark == firstMark, mark == ' ': // 1.250.000, 48 250
		uneven = uneven || group != 3 || mark != firstMark
	case marks == 1 && group == 3 && first <= 3 && s[:first] != "0" && decimalMark != mark:
		if decimalMark == 0 {
			a.either = mark
			return nil
		}
	default:
		a.mark, decimals, marks = mark, group, marks-1 // which are now those between thousands
	}
	if uneven && twoDecimalMarks(s) {
		return &text{"the amount has two decimal marks, a point and a comma", "tutarda iki ondalık ayırıcı var, nokta ve virgül"}
	}
	if uneven || marks > 0 && first > 3 {
		return notAmount(strings.ReplaceAll(s, ",", "."))
	}
	if decimalMark != 0 && (a.mark != 0 && a.mark != decimalMark || marks > 0 && firstMark == decimalMark) {
		return &text{"the mark before the decimals is not the one that was given",
			"ondalık ayırıcı, seçenekte verilenden başka"}
	}
	if decimals == 3 && s[len(s)-1] == '0' && decimalMark != 0 {
		value, digits, decimals = value/10, digits-1, 2
	}
	switch {
	case decimals > 2:
		return &text{"expected at most two decimals", "en çok iki ondalık basamak olmalıdır"}
	case s[0] == '0' && (first > 1 || marks > 0):
		return &text{"expected an amount without zeros before it", "tutar sıfırla başlamamalıdır"}
	case digits > maxAmountDigits:
		return &text{"expected at most 15 digits", "en çok 15 basamak olmalıdır"}
	}
	a.value, a.kurus = decimal.New(value, -int32(decimals)), value
	for range 2 - decimals {
		a.kurus *= 10
	}
	return nil
}

// twoDecimalMarks reports whether an amount is like 12.50,75.
func twoDecimalMarks(s string) bool {
	parts := strings.FieldsFunc(s, func(c rune) bool { return c == '.' || c == ',' })
	return len(parts) == 3 && len(parts[1]) <= 2 && strings.Count(s, ".") == 1
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// decodeSpace reports whether s begins with a space that is not ASCII, and how long it is.
func decodeSpace(s string) (bool, int) {
	for i, r := range s {
		if i > 0 {
			return true, i
		}
		if !unicode.IsSpace(r) {
			return false, 0
		}
	}
	return true, len(s)
}

// unit takes the currency from beside a number, and an apostrophe or spaces.
func unit(s string) (number string, currency gen.Currency, problem *text) {
	s = strings.TrimSpace(s)
	trimmed := strings.TrimFunc(s, func(r rune) bool { return !('0' <= r && r <= '9') })
	if trimmed == "" {
		if _, known := units[fold(s)]; known {
			s = ""
		}
		return s, "", nil
	}
	at := strings.Index(s, trimmed)
	before, after := strings.TrimSpace(s[:at]), strings.TrimSpace(s[at+len(trimmed):])
	if before == "" && after == ".-" || before == "" && after == ",-" { // 1250,-
		after = ""
	}
	for _, beside := range []string{before, after} {
		if beside == "" {
			continue
		}
		beside = strings.TrimSuffix(beside, ".")
		known, ok := units[fold(beside)]
		if !ok || currency != "" && currency != known {
			return "", "", notAmount(s)
		}
		currency = known
	}
	return trimmed, currency, nil
}

// notAmount says what a cell has in the place of an amount.
func notAmount(s string) *text {
	switch {
	case isError(s):
		return formulaError(s)
	case strings.HasPrefix(s, "="):
		return &text{"this is a formula, not an amount: save the file with its values",
			"bu bir tutar değil, formül: dosyayı değerleriyle kaydedin"}
	case isScientific(s):
		return &text{"a spreadsheet has shortened this number and lost digits: format the column as a number " +
			"with two decimals, and enter it anew",
			"hesap tablosu bu sayıyı kısaltmış ve basamak kaybetmiş: sütunu iki ondalıklı sayı olarak biçimlendirip yeniden " +
				"girin"}
	case isDate(s):
		return &text{"this is a date, not an amount", "bu bir tutar değil, tarih"}
	case strings.HasPrefix(s, "-"), strings.HasPrefix(s, "("), strings.HasSuffix(s, "-"), strings.HasPrefix(s, "−"):
		return negative
	}
	return &text{"expected an amount such as 48250.75 or 48.250,75 TL", "48.250,75 TL ya da 48250.75 gibi bir tutar olmalıdır"}
}

var negative = &text{"the amount is negative; expected more than 0", "tutar eksi; 0'dan büyük olmalıdır"}

func formulaError(s string) *text {
	return &text{"the formula has an error (" + clean(s) + ") in the place of an amount",
		"tutar yerine formül hatası var (" + clean(s) + ")"}
}

// isError reports whether a cell shows that its formula failed: #REF!, #SAYI/0!, #YOK, #N/A, Err:502.
func isError(s string) bool {
	if strings.HasPrefix(s, "Err:") || strings.HasPrefix(s, "Hata:") {
		return true
	}
	return len(s) > 1 && s[0] == '#' && (strings.ContainsAny(s, "!?/") || unicode.IsUpper(rune(s[1])) && !strings.ContainsAny(s, "0123456789"))
}

// errorTexts are what Excel and its like show for a formula that failed, folded.
var errorTexts = setOf("#yok #na #ad #name #ref #basv #sayi #num #sayi0 #div0 #bol0 #deger #value #bos #null #tasma #spill")

// isErrorText reports whether a text, which could be a name or an ID, is what a spreadsheet shows for a failed formula.
func isErrorText(s string) bool {
	if s == "" || s[0] != '#' && s[0] != 'E' && s[0] != 'H' || len(s) > 12 {
		return false
	}
	if _, code, found := cutAny(s, ":"); found {
		return isError(s) && digitsOnly(code)
	}
	return s[0] == '#' && errorTexts[fold(s)]
}

// isScientific reports whether s is a number as a spreadsheet shortens it: 9,05E+11.
func isScientific(s string) bool {
	mantissa, exponent, found := cutAny(s, "eE")
	if !found {
		return false
	}
	mantissa = strings.TrimLeft(mantissa, "+-")
	exponent = strings.TrimLeft(exponent, "+-")
	whole, places, marked := cutAny(mantissa, ".,")
	return digitsOnly(whole) && (!marked || digitsOnly(places)) && digitsOnly(exponent)
}

func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// months are how spreadsheets shorten them, folded.
var months = setOf("oca sub mar nis may haz tem agu eyl eki kas ara jan feb apr jun jul aug sep oct nov dec ocak subat " +
	"mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik january february march april june july august " +
	"september october november december")

// isDate reports whether s is a date as a spreadsheet writes one: 02/01/2026, 2.01.2026, 2026-01-02, 02.Oca, Oca.26.
func isDate(s string) bool {
	if day, _, found := strings.Cut(s, " "); found && strings.Contains(s, ":") { // with a time
		s = day
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '/' || r == '-' || r == ' ' })
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	numbers, named, year := 0, 0, 0
	for _, part := range parts {
		switch n, err := strconv.Atoi(part); {
		case err == nil && len(part) == 4 && 1900 <= n && n < 2200:
			year++
		case err == nil && len(part) <= 2 && n >= 0 && n <= 99:
			numbers++
		case months[fold(part)]:
			named++
		default:
			return false
		}
	}
	if named > 0 {
		return named == 1
	}
	if len(parts) != 3 {
		return false
	}
	return year == 1 && numbers == 2 || numbers == 3 && (strings.Count(s, "/") == 2 || strings.Count(s, ".") == 2 ||
		strings.Count(s, "-") == 2)
}

// readNumber reads an amount from the number that a workbook's cell holds. Programs store 5.10 as the binary fraction
// next to it, and some write more of its digits than are true: the number is taken for one with two decimals if its
// first 15 digits, as many as a binary fraction keeps, are those.
func readNumber(s string) (decimal.Decimal, *text) {
	if len(s) > 40 {
		return decimal.Decimal{}, notAmount("")
	}
	if digitsOnly(s) && len(s) <= maxAmountDigits {
		n, _ := strconv.ParseInt(s, 10, 64) // 15 digits fit
		return decimal.New(n, 0), nil
	}
	value, err := decimal.NewFromString(s)
	if err != nil || value.Exponent() > maxAmountDigits || value.Exponent() < -60 {
		return decimal.Decimal{}, notAmount(s)
	}
	rounded := value.Round(2)
	switch {
	case value.IsNegative():
		return value, notAmount("-")
	case len(rounded.Coefficient().String()) > maxAmountDigits+2 || rounded.GreaterThanOrEqual(decimal.New(1, maxAmountDigits)):
		return value, &text{"expected at most 15 digits", "en çok 15 basamak olmalıdır"}
	case value.Equal(rounded):
	case !significant(value, maxAmountDigits).Equal(rounded):
		return value, &text{"expected at most two decimals; round it in the spreadsheet",
			"en çok iki ondalık basamak olmalıdır; hesap tablosunda yuvarlayın"}
	}
	if rounded.Exponent() > -2 { // as it is stored: 100 and not 1E+2
		rounded = decimal.NewFromBigInt(new(big.Int).Set(rounded.Shift(2).BigInt()), -2)
	}
	return rounded, nil
}

// significant rounds to that many digits from the first one that is not zero.
func significant(d decimal.Decimal, digits int) decimal.Decimal {
	return d.Round(int32(digits-d.NumDigits()) - d.Exponent())
}

// ParseAmount reads an amount as a file may have it, such as 48.250,75 TL. Without a currency beside it, that of the
// options is taken, if any. The error is of type [Findings].
func ParseAmount(s string, o Options) (gen.Amount, error) {
	s = strings.TrimSpace(s)
	refuse := func(t text) (gen.Amount, error) {
		return gen.Amount{}, Findings{{Message: t.in(o.Language), language: o.Language}}
	}
	if s == "" {
		return refuse(*notAmount(""))
	}
	a, problem := readAmount(s, byte(o.DecimalMark))
	switch {
	case problem != nil:
		return refuse(*problem)
	case a.either != 0:
		return refuse(text{s + " can be read in two ways: write its decimals", s + " iki türlü okunabilir: kuruşunu da yazın"})
	case a.empty || !a.value.IsPositive():
		return refuse(text{"expected more than 0", "0'dan büyük olmalıdır"})
	}
	if a.currency == "" {
		a.currency = o.Currency
	}
	return gen.Amount{Value: a.value, Currency: a.currency}, nil
}
