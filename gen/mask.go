package gen

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maskRecipient leaves the last four characters of an IBAN, an identity number or a phone number, and fewer of a short
// one.
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

// numbers is what an IBAN, an identity number or a phone number looks like in a shape: an IBAN in one piece, one in groups
// of four, and seven digits or more, in groups of any kind or not, with a country's letters before them or not.
var numbers = regexp.MustCompile(`\b[Aa]{2}00[Aa0]{11,30}\b|\bAA00(?:-{1,3}[A0]{4}){2,7}(?:-{1,3}[A0]{1,4})?\b|(?:\b[Aa]{2})?\+?0(?:[-+]{0,3}0){6,}`)

// addresses are no numbers of a person: 127.0.0.1:8080.
var addresses = regexp.MustCompile(`^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$`)

// secrets are an Authorization header and its parts, wherever they are repeated.
var secrets = regexp.MustCompile(`(?i)\b(iyzwsv2|basic|bearer)[\s"':]+[\w+/=.&:%-]+|` +
	`\b(api_?-?key|secret_?-?key|random_?-?key|x-iyzi-rnd|signature)(["']?\s*[:=]\s*["']?)[^\s&"',;}]+|[A-Za-z0-9+/]{40,}={0,2}`)

// mask masks what may be a recipient or a key in a text that somebody else wrote.
func mask(text string) string {
	if len(text) > 2*maxShown { // what is shown is far shorter
		text = strings.ToValidUTF8(text[:2*maxShown], "") + "…"
	}
	text = secrets.ReplaceAllStringFunc(text, func(found string) string {
		if parts := secrets.FindStringSubmatch(found); parts[1]+parts[2] != "" {
			return parts[1] + parts[2] + " …"
		}
		return "…"
	})
	shape, offsets := shapeOf(text)
	var s strings.Builder
	end := 0
	for _, found := range numbers.FindAllStringIndex(shape, -1) {
		from, to := offsets[found[0]], offsets[found[1]]
		if addresses.MatchString(text[from:to]) {
			continue
		}
		s.WriteString(text[end:from])
		s.WriteString(maskRecipient(text[from:to]))
		end = to
	}
	s.WriteString(text[end:])
	return s.String()
}

// shapeOf returns text with one character for each of its characters: 0 for a digit of any script, A or a for a letter,
// - for what people put between the digits of a number, + for itself, # for all else; and where each of text's characters begins.
func shapeOf(text string) (shape string, offsets []int) {
	var s strings.Builder
	for i, r := range text {
		offsets = append(offsets, i)
		switch {
		case unicode.IsDigit(r):
			s.WriteByte('0')
		case unicode.IsUpper(r):
			s.WriteByte('A')
		case unicode.IsLetter(r):
			s.WriteByte('a')
		case unicode.IsSpace(r), unicode.In(r, unicode.Pd, unicode.Cf, unicode.Zs, unicode.Mn), strings.ContainsRune("._/\\()*·•−'’|", r):
			s.WriteByte('-')
		case r == '+':
			s.WriteByte('+')
		default:
			s.WriteByte('#')
		}
	}
	return s.String(), append(offsets, len(text))
}

// maxLine is how many bytes of one text a line shows.
const maxLine = 400

// quote returns text in quotes, on one line of bounded length.
func quote(text string) string { return `"` + strings.ReplaceAll(oneLine(text), `"`, `\"`) + `"` }

// shown returns what a line shows of a text that somebody else wrote.
func shown(text string) string { return oneLine(mask(text)) }

// oneLine returns text on one line of bounded length, in which nothing can forge another line or steer a terminal:
// control characters, and those that are not seen or turn the direction, are escaped.
func oneLine(text string) string {
	var s strings.Builder
	for i, r := range text {
		if s.Len() >= maxLine {
			s.WriteString("…")
			break
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "�"):
			s.WriteString(`\x` + strconv.FormatUint(uint64(text[i]), 16))
		case r == ' ' || unicode.IsGraphic(r) && !unicode.IsSpace(r):
			s.WriteRune(r)
		default: // control characters, zero-width and bidirectional ones, other spaces
			s.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return s.String()
}

// excerptLength is how many bytes of an unreadable response an error shows.
const excerptLength = 200

// excerpt is the beginning of a response that cannot be read, for a person to see what it was: a gateway's page, a part
// of a response. Quoted values are masked, for a part of a response may hold recipients' names; keys stay.
func excerpt(body []byte) string {
	const enough = 4 * excerptLength
	if len(body) > enough {
		body = body[:enough]
	}
	text := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(body), "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	text = shown(maskQuoted(text))
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
