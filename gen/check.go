package gen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/iyzico-go/masspayout/gen/internal/unicodeform"
)

// Warnings returns what looks mistyped in the request, for a person to look at before paying: an IBAN whose length or
// check digits (ISO 13616) are wrong, a T.C. identity number whose check digits are wrong, a phone number in another
// form than +905551234567, a name without letters or with a number in it, two items of one amount to one recipient, two
// item IDs that a person would read as one (see [FoldName]), and several currencies. Of a test recipient of package
// emulator it says that it is one, and nothing else. No message shows a recipient's data.
//
// Nothing calls it by itself, and [MassPayoutInitializeRequest.Validate] does none of this: iyzico's own examples have
// such IBANs. What a warning finds may be right, and what it does not find may be wrong: only iyzico knows.
func (r MassPayoutInitializeRequest) Warnings() []Violation {
	c := checker{index: -1}
	var currencies []string
	for _, item := range r.Items {
		if currency := item.Amount.Currency; currency.Valid() && !slices.Contains(currencies, string(currency)) {
			currencies = append(currencies, string(currency))
		}
	}
	if slices.Sort(currencies); len(currencies) > 1 {
		c.add("amount.currency", fmt.Sprintf("the items have %d currencies (%s); %s", len(currencies),
			strings.Join(currencies, ", "), "iyzico's payout has one, and one total"))
	}
	firstPayment, firstID := make(map[[4]string]int, len(r.Items)), make(map[string]int, len(r.Items))
	for i, item := range r.Items {
		c.index, c.itemExternalID = i, item.ItemExternalID
		name := FoldName(item.ItemExternalID)
		if j, found := firstID[name]; !found {
			firstID[name] = i
		} else if other := r.Items[j].ItemExternalID; other != item.ItemExternalID { // Validate refuses equal ones
			c.add("itemExternalId", fmt.Sprintf(
				"differs from that of items[%d] (%s) only in case, white space or Unicode form", j, quote(other)))
		}
		if testRecipient.MatchString(string(item.RecipientType) + " " + item.RecipientInfo) {
			c.add("recipientInfo", "is a test recipient of the emulator: nobody has it at iyzico")
			continue
		}
		if find, ok := recipientProblems[item.RecipientType]; ok {
			c.add("recipientInfo", find(item.RecipientInfo))
		}
		c.add("recipientName", nameProblem(item.RecipientName))
		letterOrDigit := func(r rune) bool { return unicode.In(r, unicode.L, unicode.Nd) }
		info := strings.ToUpper(only(item.RecipientInfo, letterOrDigit))
		payment := [...]string{
			string(item.RecipientType), info, FormatDecimal(item.Amount.Value), string(item.Amount.Currency),
		}
		if j, repeated := firstPayment[payment]; repeated && info != "" {
			c.add("recipientInfo", fmt.Sprintf("items[%d] pays the same amount to the same recipient", j))
		} else {
			firstPayment[payment] = i
		}
	}
	return c.violations
}

// testRecipient matches the test recipients of package emulator.
var testRecipient = regexp.MustCompile(
	`^(IBAN TR0{20}|PHONE \+90500000|IDENTITY_NUMBER 0000000|MEMBER_ID 99900)(800[1-8]|900[1-4])$`)

// recipientProblems say what is wrong with a recipient, or "". MEMBER_ID has no form that iyzico documents.
var recipientProblems = map[RecipientType]func(string) string{
	RecipientTypeIBAN: ibanProblem, RecipientTypeIdentityNumber: identityProblem, RecipientTypePhone: phoneProblem,
}

// ibanLengths are the lengths of IBANs, by the countries of the IBAN registry (ISO 13616, maintained by SWIFT).
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
	"BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
	"ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
	"HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 27, "KW": 30, "KZ": 20,
	"LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
	"MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
	"PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
	"SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
	"YE": 30,
}

const ibanCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" // each at its value for the check digits

func ibanProblem(iban string) string {
	switch want, known := ibanLengths[iban[:min(2, len(iban))]]; {
	case strings.Trim(iban, ibanCharacters) != "":
		return "must be an IBAN of capital letters and digits only, without spaces"
	case len(iban) < 4:
		return "must be an IBAN"
	case !known:
		return "must be an IBAN that begins with the code of a country that has IBANs, such as TR"
	case len(iban) != want:
		return fmt.Sprintf("must have %d characters as an IBAN of %s, got %d", want, iban[:2], len(iban))
	}
	remainder := 0
	for _, r := range iban[4:] + iban[:4] {
		value := strings.IndexRune(ibanCharacters, r)
		if value > 9 { // a letter counts as two digits
			remainder *= 10
		}
		remainder = (remainder*10 + value) % 97
	}
	// 00, 01 and 99 would fit wherever 97, 98 and 02 do; only 02 to 98 are given (ISO 13616).
	if check := iban[2:4]; remainder != 1 || check == "00" || check == "01" || check == "99" {
		return "the IBAN's check digits are wrong: a character is mistyped or two are swapped"
	}
	return ""
}

func identityProblem(number string) string {
	if len(number) != 11 || !allDigits(number) {
		return "must be a T.C. identity number of 11 digits"
	}
	digit := func(i int) int { return int(number[i] - '0') }
	odd, even := digit(0)+digit(2)+digit(4)+digit(6)+digit(8), digit(1)+digit(3)+digit(5)+digit(7)
	tenth := ((odd*7-even)%10 + 10) % 10
	if digit(0) == 0 || digit(9) != tenth || digit(10) != (odd+even+tenth)%10 {
		return "the identity number's check digits are wrong: a digit is mistyped or two are swapped"
	}
	return ""
}

func phoneProblem(phone string) string {
	number, international := strings.CutPrefix(phone, "+")
	switch {
	case !international || !allDigits(number):
		return "must be a phone number such as +905551234567: + and the country's code, then digits only"
	case strings.HasPrefix(number, "90") && (len(number) != 12 || number[2] != '5'):
		return "must be a mobile number such as +905551234567: +90, then ten digits of which the first is 5"
	case len(number) == 10 && number[0] == '5': // +535... is a mobile of Cuba, and valid to libraries
		return "must be a mobile number such as +905551234567: this one has no 90 after the +"
	case len(number) < 8 || len(number) > 15 || number[0] == '0': // ITU-T E.164
		return "must be a phone number of 8 to 15 digits, the country's code first"
	}
	return ""
}

// nameProblem finds a name that is something else, such as the number of the next column.
func nameProblem(name string) string {
	switch {
	case name == "":
		return "" // Validate knows where one is required
	case utf8.RuneCountInString(only(name, unicode.IsLetter)) < 2:
		return "must be a name; this one has hardly any letters"
	case utf8.RuneCountInString(only(name, unicode.IsDigit)) >= 7:
		return "must be a name; this one has a long number in it"
	}
	return ""
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// only returns the characters of text that are as wanted.
func only(text string, wanted func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if wanted(r) {
			return r
		}
		return -1
	}, text)
}

// FoldName returns what two names share that a person would read as one: upper or lower case, white space, characters
// that are not seen, and the Unicode form (NFC or NFD, as macOS writes file names) are left out. Compare two names by
// FoldName(a) == FoldName(b), for example the externalId of a new payout with those of earlier ones:
//
//	FoldName("NOV-1 ") == FoldName("nov-1")
//	FoldName("emp  1") == FoldName("emp 1")
//
// The Turkish I, ı, İ and i are one letter. The result is for comparing, not for people. [NFC] has its limits.
func FoldName(name string) string {
	seen := only(name, func(r rune) bool { return !unseen(r) && !unicode.Is(unicode.Variation_Selector, r) })
	return NFC(folds.Replace(strings.ToLower(strings.ToUpper(NFC(seen)))))
}

// folds are what upper and lower case do not make one: i with a dot above is the lower case of İ in some programs.
var folds = strings.NewReplacer("i\u0307", "i", "ß", "ss")

// unseen reports whether r is white space, or a character that fonts show nothing of.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || r > '~' && unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point)
}

// NFC returns text in the Unicode form NFC: one character for a letter and its accents, as keyboards write it. It knows
// the Latin, Greek and Cyrillic letters, so all of Turkish; other scripts stay as they are. Invalid UTF-8 becomes
// U+FFFD where text has a character to compose.
func NFC(text string) string { return unicodeform.NFC(text) }
