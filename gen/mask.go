package gen

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maskRecipient leaves the last four characters of an IBAN, an identity number or a phone number, and fewer of a short one.
func maskRecipient(info string) string {
	if info == "" {
		return ""
	}
	keep := min(4, utf8.RuneCountInString(info)/3)
	cut := len(info)
	for range keep {
		_, size := utf8.DecodeLastRuneInString(info[:cut])
		cut -= size
	}
	return "…" + info[cut:]
}

// longDigits is what an IBAN, an identity number or a phone number looks like inside a text: seven digits or more, in
// groups or not, with a country's letters before them or not; or an IBAN with letters in it, as other countries have.
var longDigits = regexp.MustCompile(`(?i)\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b|(?:\b[A-Z]{2})?\+?\d(?:[ \-()]{0,2}\d){6,}`)

// maskDigits masks what may be a recipient in a text that somebody else wrote.
func maskDigits(text string) string {
	return longDigits.ReplaceAllStringFunc(text, maskRecipient)
}

// oneLine has one space where text has white space and control characters, which could forge a line of a log.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// excerptLength is how many bytes of an unreadable answer an error shows.
const excerptLength = 200

// excerpt is the beginning of an answer that cannot be read, for a person to see what it was: a gateway's page, a part
// of an answer. Quoted values are masked, for a part of an answer may hold recipients' names; keys stay.
func excerpt(body []byte) string {
	const enough = 4 * excerptLength
	if len(body) > enough {
		body = body[:enough]
	}
	text := maskDigits(maskQuoted(oneLine(strings.ToValidUTF8(string(body), "�"))))
	if len(text) > excerptLength {
		text = strings.ToValidUTF8(text[:excerptLength], "") + "…"
	}
	return text
}

// maskQuoted replaces what stands in quotes, unless a colon follows it, as it follows a key of an object.
func maskQuoted(text string) string {
	var s strings.Builder
	for {
		before, rest, found := strings.Cut(text, `"`)
		s.WriteString(before)
		if !found {
			return s.String()
		}
		end := 0
		for end < len(rest) && rest[end] != '"' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(rest) { // cut off inside of it
			s.WriteString(`"…`)
			return s.String()
		}
		text = rest[end+1:]
		if strings.HasPrefix(strings.TrimLeft(text, " "), ":") {
			s.WriteString(`"` + rest[:end] + `"`)
		} else {
			s.WriteString(`"…"`)
		}
	}
}
