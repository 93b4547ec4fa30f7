package gen

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Warnings returns what looks mistyped in the request, for a person to look at before paying: an IBAN whose length or
// check digits (ISO 13616) are wrong, a T.C. identity number whose check digits are wrong, a phone number in another form
// than +905551234567, a name without letters or with a number in it, two items of one amount to one recipient, two item
// IDs that a person would read as one (see [FoldName]), and several currencies. Of a test recipient of package emulator it
// says that it is one, and nothing else. No message shows a recipient's data.
//
// Nothing calls it by itself, and [MassPayoutInitializeRequest.Validate] does none of this: iyzico's own examples have
// such IBANs. What a warning finds may be right, and what it does not find may be wrong: only iyzico knows whether an
// account exists and whose it is.
func (r MassPayoutInitializeRequest) Warnings() []Violation {
	c := checker{index: -1}
	found := map[string]bool{}
	for _, item := range r.Items {
		if item.Amount.Currency.Valid() {
			found[string(item.Amount.Currency)] = true
		}
	}
	if currencies := slices.Sorted(maps.Keys(found)); len(currencies) > 1 {
		c.add("amount.currency", fmt.Sprintf("the items have %d currencies (%s); iyzico's payout has one, and one total",
			len(currencies), strings.Join(currencies, ", ")))
	}
	firstPayment, firstID := make(map[[4]string]int, len(r.Items)), make(map[string]int, len(r.Items))
	for i, item := range r.Items {
		c.index, c.itemExternalID = i, item.ItemExternalID
		name := FoldName(item.ItemExternalID)
		if j, found := firstID[name]; !found {
			firstID[name] = i
		} else if r.Items[j].ItemExternalID != item.ItemExternalID { // Validate refuses equal ones
			c.add("itemExternalId", fmt.Sprintf("differs from that of items[%d] (%s) only in case, white space or Unicode form",
				j, quote(r.Items[j].ItemExternalID)))
		}
		if testRecipient.MatchString(string(item.RecipientType) + " " + item.RecipientInfo) {
			c.add("recipientInfo", "is a test recipient of the emulator: nobody has it at iyzico")
			continue
		}
		if problem := item.recipientProblem(); problem != "" {
			c.add("recipientInfo", problem)
		}
		if problem := nameProblem(item.RecipientName); problem != "" {
			c.add("recipientName", problem)
		}
		info := lettersAndDigits(item.RecipientInfo)
		payment := [...]string{string(item.RecipientType), info, FormatDecimal(item.Amount.Value), string(item.Amount.Currency)}
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

// recipientProblem says what is wrong with the recipient, or "". MEMBER_ID has no form that iyzico documents.
func (i *MassPayoutItem) recipientProblem() string {
	switch i.RecipientType {
	case RecipientTypeIBAN:
		return ibanProblem(i.RecipientInfo)
	case RecipientTypeIdentityNumber:
		return identityProblem(i.RecipientInfo)
	case RecipientTypePhone:
		return phoneProblem(i.RecipientInfo)
	default:
		return ""
	}
}

// ibanCountries are the countries of the IBAN registry (ISO 13616, maintained by SWIFT) by the length of their IBANs.
var ibanCountries = map[int]string{
	15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
	22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
	25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT JO MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
	29: "BR EG PS QA UA", 30: "KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}

// ibanLengths is ibanCountries by country.
var ibanLengths = func() map[string]int {
	lengths := map[string]int{}
	for length, countries := range ibanCountries {
		for _, country := range strings.Fields(countries) {
			lengths[country] = length
		}
	}
	return lengths
}()

func ibanProblem(iban string) string {
	for _, r := range iban {
		if (r < 'A' || r > 'Z') && !isDigit(r) {
			return "must be an IBAN of capital letters and digits only, without spaces"
		}
	}
	if len(iban) < 4 {
		return "must be an IBAN"
	}
	switch want, known := ibanLengths[iban[:2]]; {
	case !known:
		return "must be an IBAN that begins with the code of a country that has IBANs, such as TR"
	case len(iban) != want:
		return fmt.Sprintf("must have %d characters as an IBAN of %s, got %d", want, iban[:2], len(iban))
	}
	remainder := 0
	for _, r := range iban[4:] + iban[:4] {
		if isDigit(r) {
			remainder = (remainder*10 + int(r-'0')) % 97
		} else {
			remainder = (remainder*100 + int(r-'A') + 10) % 97
		}
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
	var d [11]int
	for i := range d {
		d[i] = int(number[i] - '0')
	}
	odd, even := d[0]+d[2]+d[4]+d[6]+d[8], d[1]+d[3]+d[5]+d[7]
	tenth := ((odd*7-even)%10 + 10) % 10
	if d[0] == 0 || d[9] != tenth || d[10] != (odd+even+tenth)%10 {
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
	letters, digits := 0, 0
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	switch {
	case name == "":
		return "" // Validate knows where one is required
	case letters < 2:
		return "must be a name; this one has hardly any letters"
	case digits >= 7:
		return "must be a name; this one has a long number in it"
	}
	return ""
}

// lettersAndDigits is a recipient in the one form in which two of them are compared.
func lettersAndDigits(info string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, info))
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func allDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !isDigit(r) }) < 0
}
