package explain

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// tryBodies tries the bodies with up to most known mistakes, and so many mistakes elsewhere: a client that encodes its
// body twice, once to sign and once to send, may sign other bytes than it sends.
func (s *search) tryBodies(most, elsewhere int) bool {
	try := func(codes, body string) bool {
		s.body, s.bodyCodes = body, strings.Fields(codes)
		return s.try(0, elsewhere)
	}
	whole := func(code string, values ...string) bool {
		return slices.ContainsFunc(values, func(value string) bool { return value != s.received && try(code, value) })
	}
	empty := []string{"{}", `""`, "[]"}
	isEmpty := s.received == "null" || slices.Contains(empty, s.received)
	switch {
	case s.received != "" && whole("body.left_out", ""):
		return true
	case s.received == "" || isEmpty:
		return whole("body.null", "null") || whole("body.placeholder", empty...)
	case len(s.received) > maxWriting/16:
		return false
	}
	var inner string
	json.Unmarshal([]byte(s.received), &inner)
	quoted, _ := json.Marshal(s.received)
	return whole("body.newline", strings.TrimSpace(s.received), s.received+"\n", s.received+"\r\n",
		strings.ReplaceAll(s.received, "\r\n", "\n"), strings.ReplaceAll(s.received, "\n", "\r\n")) ||
		whole("body.charset", turkish.Replace(s.received), nonASCII.ReplaceAllString(s.received, "?"), "\ufeff"+s.received) ||
		whole("body.encoded_twice", inner, string(quoted)) ||
		s.tryEncoders(most, try)
}

// turkish writes Turkish letters in ISO-8859-9 and windows-1254, as Java does on Windows.
var turkish = strings.NewReplacer("ç", "\xe7", "Ç", "\xc7", "ğ", "\xf0", "Ğ", "\xd0", "ı", "\xfd", "İ", "\xdd",
	"ö", "\xf6", "Ö", "\xd6", "ş", "\xfe", "Ş", "\xde", "ü", "\xfc", "Ü", "\xdc")

// nonASCII is what .NET's and Java's ASCII encoders write as a question mark.
var nonASCII = regexp.MustCompile(`[^\x00-\x7f]`)

// writer is one way of writing JSON: it changes a text that has no white space between its tokens.
type writer struct {
	code  string
	write func(string) string
}

func same(text string) string { return text }

var contents = []writer{
	{"", same},
	{"body.key_order", sortKeys},
	{"body.numbers", amounts(0, "")},                 // 100.50 as 100.5, 100.0 as 100
	{"body.numbers", amounts(1, "")},                 // 100 as 100.0
	{"body.numbers", amounts(2, "")},                 // 100 as 100.00
	{"body.amounts_quoted", amounts(asWritten, `"`)}, // 100 as "100"
	{"body.amounts_quoted", amounts(asWritten, "")},  // "100" as 100
}

var escapes = []writer{
	{"", same},
	{"body.escapes_raw", unescape},
	{"body.escapes_ascii", escape("", `\u%04x`)},
	{"body.escapes_ascii", escape("", `\u%04X`)},
	{"body.escapes_php", escape("/", `\u%04x`)},
	{"body.escapes_php", escape("\u2028\u2029/", "")},
	{"body.escapes_go", escape("<>&\u2028\u2029", "")},
	{"body.escapes_java", escape("<>&='\u2028\u2029", "")},
	{"body.escapes_dotnet", escape("<>&'+`\x7f", `\u%04X`)},
}

var layouts = []writer{
	{"body.compact", same},
	{"body.spaced", spaced},
	{"body.indented", indented("  ", "\n")},
	{"body.indented", indented("    ", "\n")},
	{"body.indented", indented("\t", "\n")},
	{"body.indented", indented("  ", "\r\n")},
}

// tryEncoders is tryBodies for what encoders of JSON write.
func (s *search) tryEncoders(most int, try func(codes, body string) bool) bool {
	write := func(w writer, text string) string {
		s.writing -= len(text)
		return w.write(text)
	}
	for _, content := range contents {
		changed := write(content, s.compact)
		for _, escape := range escapes {
			if min(len(content.code), 1)+min(len(escape.code), 1) > most || s.compact == "" {
				continue
			}
			escaped := write(escape, changed)
			for i, layout := range layouts {
				encoder := escape.code
				if i != s.layout {
					encoder = strings.TrimSpace(encoder + " " + layout.code)
				}
				mistakes := min(len(content.code), 1) + min(len(encoder), 1) // another encoder changes both
				if mistakes == 0 || mistakes > most {
					continue
				}
				body := write(layout, escaped)
				if s.incomplete = s.incomplete || s.writing < 0; s.writing < 0 {
					return false
				}
				if try(encoder+" "+content.code, body) ||
					mistakes < most && try(encoder+" "+content.code+" body.newline", body+"\n") {
					return true
				}
			}
		}
	}
	return false
}

// readJSON sets compact to the body without white space between its tokens, and layout to the one that it was received
// in, or -1. If the body is not JSON, or too large or deep to be written again and again, compact stays empty.
func (s *search) readJSON() {
	var b bytes.Buffer
	if len(s.received) > maxWriting/16 || json.Compact(&b, []byte(s.received)) != nil {
		return
	}
	if _, ok := parse(b.String()); ok {
		s.compact = b.String()
		s.layout = slices.IndexFunc(layouts, func(l writer) bool { return l.write(s.compact) == strings.TrimSpace(s.received) })
	}
}

// mapTokens replaces the strings of a JSON text, and what stands between them.
func mapTokens(text string, inQuotes, between func(string) string) string {
	var b strings.Builder
	for len(text) > 0 {
		n := max(strings.IndexByte(text, '"'), 0)
		if n == 0 && text[0] != '"' {
			n = len(text)
		}
		b.WriteString(between(text[:n]))
		if text = text[n:]; len(text) > 0 {
			for n = 1; text[n] != '"'; n++ {
				if text[n] == '\\' {
					n++
				}
			}
			b.WriteString(inQuotes(text[:n+1]))
			text = text[n+1:]
		}
	}
	return b.String()
}

func spaced(text string) string {
	return mapTokens(text, same, strings.NewReplacer(",", ", ", ":", ": ").Replace)
}

func indented(indent, newline string) func(string) string {
	return func(text string) string {
		var b bytes.Buffer
		json.Indent(&b, []byte(text), "", indent)
		return strings.ReplaceAll(b.String(), "\n", newline)
	}
}

var escapePattern = regexp.MustCompile(`\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.`)

// unescape writes the characters that stand behind \/ and \uXXXX.
func unescape(text string) string {
	return escapePattern.ReplaceAllStringFunc(text, func(e string) (r string) {
		r, err := strconv.Unquote(`"` + strings.TrimSuffix(e, `\/`) + `"`)
		if len(e) == 12 { // a pair, which only package json knows
			err = json.Unmarshal([]byte(`"`+e+`"`), &r)
		}
		switch {
		case e == `\/`:
			return "/"
		case err != nil || r < " " || r == "\ufffd":
			return e
		case r == `"` || r == `\`:
			return `\` + r
		}
		return r
	})
}

// escape returns a function that writes a slash as \/ and other characters as \uXXXX, if they are among those named
// or, if there is a format, outside ASCII.
func escape(named, format string) func(string) string {
	characters := func(text string) string {
		var b []byte
		for _, r := range text {
			switch {
			case r == '/' && strings.Contains(named, "/"):
				b = append(b, `\/`...)
			case strings.ContainsRune(named, r), r >= utf8.RuneSelf && format != "":
				for _, unit := range utf16.Encode([]rune{r}) {
					b = fmt.Appendf(b, cmp.Or(format, `\u%04x`), unit)
				}
			default:
				b = utf8.AppendRune(b, r)
			}
		}
		return string(b)
	}
	return func(text string) string { return mapTokens(unescape(text), characters, same) }
}

// asWritten is the number of decimals of an amount that keeps its form.
const asWritten = -1

var amountPattern = regexp.MustCompile(`"(?:value|amount|price|paidPrice)":("?(-?[0-9][0-9.]{0,39}(?:[eE][+-]?[0-9]{1,2})?)"?)[,}]`)

// amounts returns a function that writes amounts with at least so many decimals, as many as they need, and in quotes.
func amounts(decimals int, quote string) func(string) string {
	return func(text string) string {
		var b []byte
		end := 0
		for _, at := range amountPattern.FindAllStringSubmatchIndex(text, -1) {
			number := text[at[4]:at[5]]
			if at[2] < at[4] && decimals != asWritten {
				continue // one in quotes
			}
			if exact, ok := new(big.Rat).SetString(number); ok && decimals != asWritten {
				digits, _ := exact.FloatPrec()
				number = exact.FloatString(max(digits, decimals))
			}
			b = append(append(b, text[end:at[2]]...), quote+number+quote...)
			end = at[3]
		}
		return string(b) + text[end:]
	}
}

// node is a JSON value: a scalar, or an object or array with its members.
type node struct {
	raw     string
	keys    []string // of an object, in quotes
	members []*node
}

// parse reads compact JSON. It is not ok if that has too many values or is too deep.
func parse(text string) (root *node, ok bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	left := maxNodes
	var value func(depth int) *node
	value = func(depth int) *node {
		start := decoder.InputOffset()
		token, err := decoder.Token()
		n := &node{raw: strings.TrimLeft(text[start:decoder.InputOffset()], ",:")}
		if left--; err != nil || depth > 64 {
			left = 0
		}
		if _, ok := token.(json.Delim); ok {
			for decoder.More() && left > 0 {
				if n.raw == "{" {
					n.keys = append(n.keys, value(depth+1).raw)
				}
				n.members = append(n.members, value(depth+1))
			}
			decoder.Token()
		}
		return n
	}
	root = value(0)
	return root, left > 0
}

func (n *node) append(dst []byte) []byte {
	dst = append(dst, n.raw...)
	for i, m := range n.members {
		if i > 0 {
			dst = append(dst, ',')
		}
		if n.raw == "{" {
			dst = append(append(dst, n.keys[i]...), ':')
		}
		dst = m.append(dst)
	}
	if n.raw == "{" || n.raw == "[" {
		dst = append(dst, n.raw[0]+2) // '}' is '{'+2, and ']' is '['+2
	}
	return dst
}

func (n *node) visit(f func(*node)) {
	f(n)
	for _, m := range n.members {
		m.visit(f)
	}
}

func (n *node) Len() int           { return len(n.keys) }
func (n *node) Less(i, j int) bool { return n.keys[i] < n.keys[j] }
func (n *node) Swap(i, j int) {
	n.keys[i], n.keys[j] = n.keys[j], n.keys[i]
	n.members[i], n.members[j] = n.members[j], n.members[i]
}

func sortKeys(text string) string {
	root, ok := parse(text)
	if !ok {
		return text
	}
	root.visit(func(n *node) { sort.Stable(n) })
	return string(root.append(nil))
}

// tryKeyOrders tries the keys of the body in every other order, one order for all objects with the same keys.
func (s *search) tryKeyOrders() bool {
	if s.compact == "" || s.incomplete {
		return false
	}
	root, _ := parse(s.compact)
	alike := map[string][]*node{}
	root.visit(func(n *node) {
		if keys := strings.Join(n.keys, ","); len(n.keys) > 1 && len(n.keys) <= maxKeys {
			alike[keys] = append(alike[keys], n)
		}
	})
	kinds := slices.Collect(maps.Values(alike))
	s.bodyCodes = []string{"body.key_order"}
	var permute func(kind, i int) bool
	permute = func(kind, i int) bool {
		if kind == len(kinds) {
			s.body = layouts[max(s.layout, 0)].write(string(root.append(nil)))
			s.work -= len(s.body)
			return s.try(0, 0)
		}
		if i == len(kinds[kind][0].keys) {
			return permute(kind+1, 0)
		}
		for j := i; j < len(kinds[kind][0].keys) && s.work > 0; j++ {
			swap := func() {
				for _, n := range kinds[kind] {
					n.Swap(i, j)
				}
			}
			swap()
			if permute(kind, i+1) {
				return true
			}
			swap()
		}
		return false
	}
	return permute(0, 0)
}
