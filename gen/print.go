package gen

import (
	"bytes"
	"fmt"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen/internal/strictjson"
)

// Recipients are people. What holds their IBAN, identity number, phone or name prints masked, on one line of bounded
// length: the kind of recipient and four characters at most. The package's documentation says where it does not.

// How much is kept or shown.
const (
	maxShown      = 4 << 10 // bytes of a text that somebody else wrote are kept
	maxShownItems = 10      // items stand on a line
	maxLine       = 400     // bytes of one text stand on a line
	excerptLength = 200     // bytes of an unreadable response stand in an error
)

// list returns items in brackets, the first few of them.
func list[T fmt.Stringer](items []T) string {
	return "[" + strings.Join(first(maxShownItems, items), " ") + "]"
}

// first returns the texts of the first items, and how many more there are.
func first[T fmt.Stringer](most int, items []T) []string {
	var texts []string
	for _, item := range items[:min(most, len(items))] {
		texts = append(texts, item.String())
	}
	if len(items) > most {
		texts = append(texts, fmt.Sprintf("and %d more", len(items)-most))
	}
	return texts
}

// fields returns in braces what it is given as names and texts in turns, without the texts that are empty.
func fields(namesAndTexts ...string) string {
	var set []string
	for field := range slices.Chunk(namesAndTexts, 2) {
		if field[1] != "" {
			set = append(set, field[0]+":"+field[1])
		}
	}
	return "{" + strings.Join(set, " ") + "}"
}

// ifSet returns what print makes of a value that is not its type's zero.
func ifSet[T any](value T, print func(T) string) string {
	if reflect.ValueOf(&value).Elem().IsZero() {
		return ""
	}
	return print(value)
}

func number[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }

// plain returns d with every digit.
func plain(d decimal.Decimal) string {
	digits, err := strictjson.AppendDecimal(nil, d)
	if err != nil {
		return fmt.Sprintf("(more than %d digits)", strictjson.MaxDigits)
	}
	return cut(string(digits), 100)
}

// FormatDecimal returns d in plain notation without trailing zeros: "100" for 100.00, "0.5" for 0.50, "1000" for 1E+3.
// Two decimals have one text exactly if they are equal, so that it can be compared, hashed and saved.
//
// It is what d.String returns unless the program sets decimal.TrimTrailingZeros or decimal.UseScientificNotation; those
// switches do not change it. Of more than a thousand digits it returns coefficient and exponent, such as "1E+2000".
func FormatDecimal(d decimal.Decimal) string {
	if d.IsZero() {
		return "0"
	}
	if strictjson.TooLong(d) {
		digits := d.Coefficient().String()
		trimmed := strings.TrimRight(digits, "0")
		exponent := int(d.Exponent()) + len(digits) - len(trimmed)
		coefficient, _ := new(big.Int).SetString(trimmed, 10)
		if d = decimal.NewFromBigInt(coefficient, int32(exponent)); strictjson.TooLong(d) {
			return fmt.Sprintf("%sE%+d", trimmed, exponent)
		}
	}
	out, _ := strictjson.AppendDecimal(make([]byte, 0, 32), d)
	if d.Exponent() < 0 {
		out = bytes.TrimSuffix(bytes.TrimRight(out, "0"), []byte{'.'})
	}
	return string(out)
}

// words are what an enum's values look like, the known ones and those to come.
var words = regexp.MustCompile(`^[A-Za-z_]{0,40}$`)

// word masks what does not look like an enum's value: it may be a recipient's data in the wrong field.
func word(value string) string {
	if words.MatchString(value) {
		return value
	}
	return oneLine(maskRecipient(value))
}

// recipient also masks a kind that the API does not have: it may be a recipient's data in the wrong field.
func recipient(kind RecipientType, info string) string {
	if !kind.Valid() {
		kind = RecipientType(maskRecipient(string(kind)))
	}
	return oneLine(string(kind) + " " + maskRecipient(info))
}

// String returns the amount as sent and its currency, such as "48250.75 TRY".
func (a Amount) String() string { return plain(a.Value) + " " + word(string(a.Currency)) }

// String returns what names the item, the kind of recipient and its last characters, and the amount.
func (i MassPayoutItem) String() string {
	return fmt.Sprintf("{item %s: %s, %s}", quote(i.ItemExternalID), i.Recipient(), i.Amount)
}

// String returns the request with its first items, masked.
func (r MassPayoutInitializeRequest) String() string {
	return fmt.Sprintf("{payout %s, purpose %s, conversation %s, %d items: %s}",
		quote(r.ExternalID), quote(string(r.Purpose)), quote(r.ConversationID), len(r.Items), r.Items)
}

// String returns what names the item, its status, its recipient, masked, the amounts, and why it was not paid.
func (l MassPayoutItemDetail) String() string {
	s := fmt.Sprintf("{item %s, reference %s, payout %s, %s: %s, %s + %s commission", quote(l.ItemExternalID),
		quote(string(l.ReferenceCode)), quote(string(l.MassPayoutRequestID)), word(string(l.ItemStatus)), l.Recipient(),
		Amount{l.CurrencyCode, l.TotalAmount}, Amount{l.CurrencyCode, l.CommissionAmount})
	if reasons := l.Reasons(); len(reasons) > 0 {
		s += ": " + shown(strings.Join(reasons[:min(len(reasons), maxShownItems)], "; "))
	}
	return s + "}"
}

// String returns the item's ID, and iyzico's code and message, masked.
func (i InvalidItem) String() string {
	code, message := shown(string(i.ErrorCode)), shown(i.ErrorMessage)
	return fmt.Sprintf("{item %s refused: %s %s}", quote(i.ItemExternalID), code, message)
}

// maskRecipient leaves the last four characters of an IBAN or another number, and fewer of a short one.
func maskRecipient(info string) string {
	if info == "" {
		return ""
	}
	runes := []rune(info)
	return "…" + string(runes[len(runes)-min(4, len(runes)/3):])
}

// numbers is what an IBAN, an identity number or a phone number looks like in a shape: an IBAN in one piece, one in
// groups of four, and seven digits or more, in groups of any kind or not, with a country's letters before them or not.
var numbers = regexp.MustCompile(`\b[Aa]{2}00[Aa0]{11,30}\b|` +
	`\bAA00(?:[-#]{1,3}[A0]{4}){2,7}(?:[-#]{1,3}[A0]{1,4})?\b|` +
	`(?:\b[Aa]{2})?\+?0(?:[-+]{0,3}0){6,}`)

// harmless matches what is not a person's number: 127.0.0.1, and the date of a certificate.
var harmless = regexp.MustCompile(`^(?:(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)|` +
	`20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?: \d\d)?)$`)

// secrets are masked first: user and password of a URL, as of a proxy; an Authorization header and its parts; keys.
var secrets = []struct {
	pattern *regexp.Regexp
	masked  string
}{
	{regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*://)[^"]*@|\b[\w.%+-]+:[^\s"@]+@`), "${1}…@"},
	{regexp.MustCompile(`(?i)\b(iyzwsv2|basic|bearer)[\s"':]+[\w+/=.&:%-]+|` +
		`\b(api_?-?key|secret_?-?key|random_?-?key|x-iyzi-rnd|signature)["']?\s*[:=]\s*["']?[^\s&"',;}]+`), "$1$2 …"},
	{regexp.MustCompile(`(?i)\bsandbox-[A-Za-z0-9]{16,}|[A-Za-z0-9+/]{40,}={0,2}`), "…"},
}

// cut returns a text of at most so many bytes, and an ellipsis if there were more.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// mask masks what may be a recipient or a key in a text that somebody else wrote, and keeps maxShown bytes of it.
func mask(text string) string {
	text = cut(text, maxShown)
	for _, s := range secrets {
		text = s.pattern.ReplaceAllString(text, s.masked)
	}
	if strings.IndexFunc(text, unicode.IsDigit) < 0 {
		return text
	}
	runes := []rune(text)
	for _, found := range slices.Backward(numbers.FindAllStringIndex(strings.Map(shape, text), -1)) {
		if number := string(runes[found[0]:found[1]]); !harmless.MatchString(number) {
			runes = slices.Replace(runes, found[0], found[1], []rune(maskRecipient(number))...)
		}
	}
	return string(runes)
}

// shape returns 0 for a digit of any script, A or a for a letter, - for what people put between the digits of a number,
// + for itself, # for all else.
func shape(r rune) rune {
	switch {
	case unicode.IsDigit(r):
		return '0'
	case unicode.IsUpper(r):
		return 'A'
	case unicode.IsLetter(r):
		return 'a'
	case unicode.IsSpace(r), unicode.In(r, unicode.Pd, unicode.Cf, unicode.Zs, unicode.Mn),
		strings.ContainsRune("._/\\()*·•−'’|~", r):
		return '-'
	case r == '+':
		return '+'
	}
	return '#'
}

// quote returns text in quotes, on one line of bounded length.
func quote(text string) string { return `"` + strings.ReplaceAll(oneLine(text), `"`, `\"`) + `"` }

// shown returns what a line shows of a text that somebody else wrote.
func shown(text string) string { return oneLine(mask(text)) }

// oneLine returns text on one line of bounded length, in which nothing can forge another line or steer a terminal:
// control characters, spaces but the plain one, what is not seen or turns the direction, and invalid UTF-8 are escaped.
func oneLine(text string) string {
	var s strings.Builder
	for char := range strings.SplitSeq(text, "") {
		if s.Len() >= maxLine {
			s.WriteString("…")
			break
		}
		r, _ := utf8.DecodeRuneInString(char)
		if r != ' ' && (unicode.IsSpace(r) || !unicode.IsGraphic(r) || !utf8.ValidString(char)) {
			char = strings.Trim(strconv.QuoteToASCII(char), `"`)
		}
		s.WriteString(char)
	}
	return s.String()
}

// excerpt is the beginning of a response that cannot be read, for a person to see what it was: a gateway's page, a part
// of a response. Quoted values are masked, for a part of a response may hold recipients' names; so are the texts of XML
// that is not a page. Names of fields stay.
func excerpt(body []byte) string {
	text := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(body[:min(len(body), 4*excerptLength)]), "�"),
		func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if markup := strings.HasPrefix(text, "<"); markup && !htmlPage.MatchString(text) {
		text = xmlText.ReplaceAllString(xmlData.ReplaceAllString(text, "…"), ">…")
		text = xmlValue.ReplaceAllString(text, "='…'")
	}
	return cut(shown(quoted.ReplaceAllStringFunc(text, func(found string) string {
		parts := quoted.FindStringSubmatch(found)
		if parts[1] != "" { // the key of an object
			return found
		}
		return `"…` + parts[2]
	})), excerptLength)
}

var (
	htmlPage = regexp.MustCompile(`(?i)^<(!doctype html|html|head|body|h[1-6]|p|center|title|div|br|pre)\b`)
	xmlText  = regexp.MustCompile(`>[^<>]*[^<>\s][^<>]*`)
	xmlData  = regexp.MustCompile(`<!\[CDATA\[.*?(\]\]>|$)`)
	xmlValue = regexp.MustCompile(`=\s*'[^']*'?`)
	quoted   = regexp.MustCompile(`("(?:[^"\\]|\\.)*" *:)|"(?:[^"\\]|\\.)*(?:(")|\\?$)`)
)
