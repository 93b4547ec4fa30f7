package sheet

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
)

// An amount is read only if it can be read in one way: the separators are those of a number written by a person or a
// spreadsheet, and what stands for the decimals has one or two digits.
var (
	plainNumber = regexp.MustCompile(`^(?:0|[1-9]\d*)(?:[.,]\d{1,2})?$`)                 // 48250 48250.75 48250,7
	dotGroups   = regexp.MustCompile(`^[1-9]\d{0,2}(?:\.\d{3})+,\d{1,2}$`)               // 48.250,75
	commaGroups = regexp.MustCompile(`^[1-9]\d{0,2}(?:,\d{3})+\.\d{1,2}$`)               // 48,250.75
	spaceGroups = regexp.MustCompile(`^[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d{1,2})?$`)        // 48 250,75
	twoGroups   = regexp.MustCompile(`^[1-9]\d{0,2}(?:(?:\.\d{3}){2,}|(?:,\d{3}){2,})$`) // 1.250.000
	ambiguous   = regexp.MustCompile(`^[1-9]\d{0,2}[.,]\d{3}$`)                          // 1.250
	manyPlaces  = regexp.MustCompile(`^(?:\d{1,3}(?:[., ]\d{3})+|\d+)[.,]\d{3,}$`)       // 12345.678
	scientific  = regexp.MustCompile(`^[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+$`)               // 2,22E+10
	excelError  = regexp.MustCompile(`^#[A-ZÇĞİÖŞÜ/0]+[!?]?$`)                           // #REF! #YOK
	leadingZero = regexp.MustCompile(`^0\d`)
)

// maxAmountDigits is how many digits a spreadsheet keeps; it writes zeros for the rest.
const maxAmountDigits = 15

// parseAmount reads an amount, and reports which mark it has before the decimals: '.', ',' or 0 for none.
func parseAmount(cell string) (value decimal.Decimal, mark byte, problem *text) {
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) { // also a no-break space
			return ' '
		}
		return r
	}, cell)
	switch {
	case ambiguous.MatchString(s):
		whole, rest := s[:len(s)-4], s[len(s)-3:]
		return value, 0, &text{
			s + " can be read as " + whole + rest + " and as " + whole + " and a fraction: write " + whole + rest + ".00 or " +
				whole + "." + rest[:2],
			s + " hem " + whole + rest + " hem de " + whole + " küsur olarak okunabilir: " + whole + rest + ",00 ya da " +
				whole + "," + rest[:2] + " yazın",
		}
	case plainNumber.MatchString(s), dotGroups.MatchString(s), commaGroups.MatchString(s), spaceGroups.MatchString(s):
		if i := len(s) - 3; i > 0 && (s[i] == '.' || s[i] == ',') {
			mark = s[i]
		} else if i := len(s) - 2; i > 0 && (s[i] == '.' || s[i] == ',') {
			mark = s[i]
		}
	case twoGroups.MatchString(s):
	case scientific.MatchString(s):
		return value, 0, &text{"a spreadsheet has shortened this number and lost digits: format the column as a number " +
			"with two decimals, and enter it anew",
			"hesap tablosu bu sayıyı kısaltmış ve basamak kaybetmiş: sütunu iki ondalıklı sayı olarak biçimlendirip yeniden " +
				"girin"}
	case manyPlaces.MatchString(s):
		return value, 0, &text{"expected at most two decimals", "en çok iki ondalık basamak olmalıdır"}
	case leadingZero.MatchString(s):
		return value, 0, &text{"expected an amount without zeros before it", "tutar sıfırla başlamamalıdır"}
	case excelError.MatchString(s), strings.HasPrefix(s, "="):
		return value, 0, &text{"this is a formula or its error, not an amount",
			"bu bir tutar değil, formül ya da formül hatası"}
	default:
		return value, 0, &text{"expected an amount such as 48250.75 or 48.250,75, without a currency",
			"48.250,75 ya da 48250.75 gibi, para birimi olmadan bir tutar olmalıdır"}
	}
	digits := strings.Map(func(r rune) rune {
		switch {
		case byte(r) == mark && mark != 0:
			return '.'
		case r == '.' || r == ',' || r == ' ':
			return -1
		}
		return r
	}, s)
	if len(strings.Replace(digits, ".", "", 1)) > maxAmountDigits {
		return value, 0, &text{"expected at most 15 digits", "en çok 15 basamak olmalıdır"}
	}
	value, err := decimal.NewFromString(digits)
	if err != nil || !value.IsPositive() {
		return decimal.Decimal{}, 0, &text{"expected more than 0", "0'dan büyük olmalıdır"}
	}
	return value, mark, nil
}
