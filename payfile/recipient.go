package payfile

import (
	"strings"
	"unicode"

	"github.com/iyzico-go/masspayout/gen"
)

var shortened = &text{"a spreadsheet has shortened this number and lost digits: format the column as text, and enter " +
	"it anew",
	"hesap tablosu bu sayıyı kısaltmış ve basamak kaybetmiş: sütunu metin olarak biçimlendirip yeniden girin"}

// readRecipient reads who is paid: an IBAN, a number or a member's ID in the form of the API. changed reports whether
// more than spaces and case were changed.
func readRecipient(kind gen.RecipientType, cell string) (info string, changed bool, problem *text) {
	info = cell
	characters := classesOf(cell)
	if characters&unseen != 0 {
		if hasInvisible(cell) {
			return cell, false, &invisibleCharacter
		}
		info = strings.Join(strings.Fields(cell), "") // people group numbers by spaces
		characters = classesOf(info)
	}
	if info != "" && isDigit(info[0]) && isScientific(info) {
		return info, false, shortened
	}
	switch kind {
	case gen.RecipientTypeIBAN:
		info, problem = readIBAN(info, characters)
		return info, false, problem
	case gen.RecipientTypeIdentityNumber:
		return readIdentity(info)
	case gen.RecipientTypePhone:
		return readPhone(cell)
	default:
		if characters&^lower != 0 && classesOf(strings.NewReplacer("_", "", "-", "").Replace(info))&^lower != 0 {
			return info, false, &text{"expected letters and digits alone", "yalnızca harf ve rakam olmalıdır"}
		}
		return info, false, nil
	}
}

// class is a set of kinds of characters, but for capital letters and digits.
type class uint8

const (
	lower  class = 1 << iota
	sign         // of ASCII
	unseen       // what is not seen, and all beyond ASCII
)

var classes = func() (table [256]class) {
	for c := range table {
		switch {
		case 'a' <= c && c <= 'z':
			table[c] = lower
		case 'A' <= c && c <= 'Z', isDigit(byte(c)):
		case seen(byte(c)):
			table[c] = sign
		default:
			table[c] = unseen
		}
	}
	return table
}()

// classesOf are those of all characters.
func classesOf(s string) (all class) {
	for i := range len(s) {
		all |= classes[s[i]]
	}
	return all
}

func readIBAN(s string, characters class) (string, *text) {
	if rest, found := cutPrefixFold(s, "iban"); found {
		s = strings.TrimPrefix(rest, ":")
		characters = classesOf(s)
	}
	switch {
	case characters&(sign|unseen) != 0:
		return s, expectedIBAN
	case characters&lower != 0:
		s = strings.ToUpper(s)
	}
	switch {
	case len(s) == 24 && digitsOnly(s):
		return s, &text{"the country is missing: write TR before it", "ülke kodu eksik: başına TR yazın"}
	case len(s) < 15 || len(s) > 34 || isDigit(s[0]) || isDigit(s[1]) || !isDigit(s[2]) || !isDigit(s[3]):
		return s, expectedIBAN
	case s[:2] == "TR" && len(s) != 26:
		return s, &text{"an IBAN that begins with TR has 26 characters; this one is cut off or too long",
			"TR ile başlayan IBAN 26 karakterdir; bu eksik ya da fazla"}
	case impossibleIBAN(s):
		return s, noCheckDigits
	}
	return s, nil
}

// impossibleIBAN reports whether the check digits are none that there are. ISO 13616 gives 02 to 98: 00, 01 and 99 pass
// its arithmetic wherever 97, 98 and 02 do. Those of package emulator, of bank 00000, are test recipients.
func impossibleIBAN(s string) bool {
	return len(s) > 4 && (s[2:4] == "00" || s[2:4] == "01" || s[2:4] == "99") && !strings.HasPrefix(s, "TR00000000000000000000")
}

var noCheckDigits = &text{"an IBAN's check digits, after the country, are 02 to 98: a digit is mistyped",
	"IBAN'da ülke kodundan sonraki kontrol basamakları 02 ile 98 arasındadır: bir rakam yanlış"}

var expectedIBAN = &text{"expected an IBAN such as TR33 0006 1005 1978 6457 8413 26",
	"TR33 0006 1005 1978 6457 8413 26 gibi bir IBAN olmalıdır"}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// readIdentity also reads what a spreadsheet makes of the number: 12.345.678.901 or 12345678901,00.
func readIdentity(s string) (string, bool, *text) {
	number := s
	if whole, decimals, found := cutAny(number, ","); found && strings.Trim(decimals, "0") == "" && decimals != "" {
		number = whole
	} else if whole, found := strings.CutSuffix(number, ".00"); found {
		number = whole
	} else if whole, found := strings.CutSuffix(number, ".0"); found {
		number = whole
	}
	if groups := strings.FieldsFunc(number, func(r rune) bool { return r == '.' || r == ',' }); len(groups) == 4 &&
		len(groups[0]) == 2 && len(groups[1]) == 3 && len(groups[2]) == 3 && len(groups[3]) == 3 {
		number = strings.Join(groups, "")
	}
	switch {
	case len(number) == 11 && digitsOnly(number) && number[0] != '0':
		return number, number != s, nil
	case digitsOnly(number) && len(number) == 10:
		return s, false, &text{"expected 11 digits; ten are a tax number (VKN), or a digit is missing",
			"11 rakam olmalıdır; on rakam vergi numarasıdır (VKN) ya da bir rakam eksik"}
	case digitsOnly(number) && len(number) < 11:
		return s, false, &text{"expected 11 digits: a spreadsheet may have dropped some; format the column as text",
			"11 rakam olmalıdır: hesap tablosu rakam silmiş olabilir; sütunu metin olarak biçimlendirin"}
	}
	return s, false, &text{"expected 11 digits, the first of them not 0", "11 rakam olmalıdır, ilki 0 olamaz"}
}

// readPhone reads Turkish mobile numbers as people write them, and others with + and the country's code.
func readPhone(s string) (string, bool, *text) {
	var digits strings.Builder
	plus := false
	for i, r := range s {
		switch {
		case '0' <= r && r <= '9':
			digits.WriteRune(r)
		case r == '+' && digits.Len() == 0 && !plus:
			plus = true
		case unicode.IsSpace(r), strings.ContainsRune("()-–./", r) && i > 0, r == '(':
		default:
			return s, false, &text{"expected one phone number such as +905551234567, without letters",
				"+905551234567 gibi tek bir telefon numarası olmalıdır, harf olamaz"}
		}
	}
	number := digits.String()
	if decimals := strings.LastIndexAny(s, ".,"); decimals > 0 && digitsOnly(s[:decimals]) && len(s)-decimals <= 3 {
		return s, false, &text{"a spreadsheet has made this a number with decimals: format the column as text",
			"hesap tablosu bunu ondalıklı sayıya çevirmiş: sütunu metin olarak biçimlendirin"}
	}
	turkish := number
	switch {
	case plus && strings.HasPrefix(number, "90"), !plus && strings.HasPrefix(number, "90") && len(number) >= 12:
		turkish = strings.TrimPrefix(number[2:], "0")
	case plus && len(number) == 10 && number[0] == '5': // +535... is also a mobile of Cuba
		return s, false, &text{"90 is missing after the +: write +90 and the ten digits",
			"+ işaretinden sonra 90 eksik: +90 ve on rakamı yazın"}
	case plus:
		if len(number) < 8 || len(number) > 15 || number[0] == '0' {
			return s, false, &text{"expected a phone number of 8 to 15 digits, the country's code first",
				"ülke koduyla başlayan, 8 ile 15 arasında rakamı olan bir telefon numarası olmalıdır"}
		}
		return "+" + number, "+"+number != s, nil
	case strings.HasPrefix(number, "0090"):
		turkish = strings.TrimPrefix(number[4:], "0")
	case strings.HasPrefix(number, "00"):
		return s, false, ambiguousPhone
	default:
		turkish = strings.TrimPrefix(number, "0")
	}
	switch {
	case len(turkish) == 10 && turkish[0] == '5':
		return "+90" + turkish, "+90"+turkish != s, nil
	case len(turkish) == 10 && '2' <= turkish[0] && turkish[0] <= '4' && (turkish != number || plus):
		return s, false, &text{"this is a landline; expected a mobile number such as +905551234567",
			"bu bir sabit hat; +905551234567 gibi bir cep telefonu olmalıdır"}
	case plus || strings.HasPrefix(number, "05") || strings.HasPrefix(number, "905") || strings.HasPrefix(number, "5"):
		return s, false, &text{"a Turkish mobile number has ten digits after +90, of which the first is 5; this one has more " +
			"or fewer",
			"Türkiye'de cep telefonu +90'dan sonra 5 ile başlayan on rakamdır; bunda eksik ya da fazla rakam var"}
	}
	return s, false, ambiguousPhone
}

var ambiguousPhone = &text{"the country of this number is not clear: write + and the country's code before it, as in " +
	"+905551234567",
	"bu numaranın ülkesi belli değil: +905551234567 gibi, başına + ve ülke kodunu yazın"}
