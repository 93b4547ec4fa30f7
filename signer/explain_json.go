package signer

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A client that encodes its body twice, once to sign and once to send, may sign other bytes than it sends. This file
// rewrites a received JSON body the way common encoders write JSON.

// jsonNode is a JSON value with its scalars as they were received.
type jsonNode struct {
	kind    byte // '{', '[', '"' or 0 for a number, true, false or null
	raw     []byte
	members []jsonMember // of an object or, without keys, of an array
}

type jsonMember struct {
	key   []byte // with its quotes
	value jsonNode
}

const (
	maxJSONDepth = 64
	maxJSONNodes = 1 << 18
)

// parseJSON returns the value that body is, or false if it is not JSON or too large to be written again and again.
func parseJSON(body []byte) (jsonNode, bool) {
	if !json.Valid(body) {
		return jsonNode{}, false
	}
	p := jsonParser{rest: body}
	node := p.value(0)
	return node, !p.tooLarge
}

// jsonParser reads what json.Valid accepted.
type jsonParser struct {
	rest     []byte
	nodes    int
	tooLarge bool
}

func (p *jsonParser) value(depth int) jsonNode {
	p.nodes++
	if depth > maxJSONDepth || p.nodes > maxJSONNodes {
		p.tooLarge = true
	}
	p.space()
	if p.tooLarge || len(p.rest) == 0 {
		return jsonNode{}
	}
	switch c := p.rest[0]; c {
	case '"':
		return jsonNode{kind: '"', raw: p.text()}
	case '{', '[':
		node := jsonNode{kind: c}
		p.rest = p.rest[1:]
		for p.space(); !p.tooLarge && p.rest[0] != c+2; p.space() { // '}' is '{'+2, and ']' is '['+2
			if p.rest[0] == ',' {
				p.rest = p.rest[1:]
				p.space()
			}
			var m jsonMember
			if c == '{' {
				m.key = p.text()
				p.space()
				p.rest = p.rest[1:] // the colon
			}
			m.value = p.value(depth + 1)
			node.members = append(node.members, m)
		}
		if !p.tooLarge {
			p.rest = p.rest[1:]
		}
		return node
	}
	n := bytes.IndexAny(p.rest, ",]} \t\r\n")
	if n < 0 {
		n = len(p.rest)
	}
	raw := p.rest[:n]
	p.rest = p.rest[n:]
	return jsonNode{raw: raw}
}

func (p *jsonParser) text() []byte {
	n := 1
	for p.rest[n] != '"' {
		if p.rest[n] == '\\' {
			n++
		}
		n++
	}
	raw := p.rest[:n+1]
	p.rest = p.rest[n+1:]
	return raw
}

func (p *jsonParser) space() { p.rest = bytes.TrimLeft(p.rest, " \t\r\n") }

// jsonStyle is how an encoder writes JSON.
type jsonStyle struct {
	layout    jsonLayout
	escapes   jsonEscapes
	numbers   jsonNumbers
	sortKeys  bool
	omitNulls bool
}

type jsonLayout struct {
	code            string
	comma, colon    string
	newline, indent string // both empty: everything on one line
	openArrays      bool   // as Jackson prints them, the array's brackets on the lines of its elements
}

var jsonLayouts = []jsonLayout{
	{code: "body.compact", comma: ",", colon: ":"},
	{code: "body.spaced", comma: ", ", colon: ": "}, // Python
	{code: "body.spaced", comma: ",", colon: ": "},
	{code: "body.spaced", comma: ", ", colon: ":"},
	{code: "body.indented", comma: ",", colon: ": ", newline: "\n", indent: "  "},
	{code: "body.indented", comma: ",", colon: ": ", newline: "\n", indent: "    "},
	{code: "body.indented", comma: ",", colon: ": ", newline: "\n", indent: "\t"},
	{code: "body.indented", comma: ",", colon: ": ", newline: "\r\n", indent: "  "},
	{code: "body.indented", comma: ",", colon: ": ", newline: "\r\n", indent: "    "},
	{code: "body.indented", comma: ",", colon: " : ", newline: "\n", indent: "  ", openArrays: true},
	{code: "body.indented", comma: ",", colon: " : ", newline: "\r\n", indent: "  ", openArrays: true},
}

type jsonEscapes struct {
	code   string // empty: as received
	ascii  bool   // everything outside ASCII as \uXXXX
	upper  bool   // hex digits of \uXXXX in upper case
	slash  bool   // \/
	lines  bool   // U+2028 and U+2029 as \uXXXX
	others string // more characters that are written as \uXXXX
}

var jsonEscapeStyles = []jsonEscapes{
	{},
	{code: "body.escapes_raw"},
	{code: "body.escapes_ascii", ascii: true},
	{code: "body.escapes_ascii", ascii: true, upper: true},
	{code: "body.escapes_php", ascii: true, slash: true},
	{code: "body.escapes_php", slash: true, lines: true},
	{code: "body.escapes_go", others: "<>&", lines: true},
	{code: "body.escapes_java", others: "<>&='", lines: true},
	{code: "body.escapes_dotnet", ascii: true, upper: true, others: "<>&'+`\"\x7f"},
}

type jsonNumbers int

const (
	numbersAsReceived     jsonNumbers = iota
	numbersShortest                   // 100.50 as 100.5, 100.0 as 100
	numbersFloat                      // 100 as 100.0
	amountsFloat                      // the same for amounts only
	amountsTwoDecimals                // 100 as 100.00
	amountsQuoted                     // 100 as "100"
	amountsNotQuoted                  // "100" as 100
	amountsQuotedDecimals             // 100 as "100.00"
	numberStyles
)

func (n jsonNumbers) code() string {
	switch n {
	case amountsQuoted, amountsNotQuoted, amountsQuotedDecimals:
		return "body.amounts_quoted"
	}
	return "body.numbers"
}

func (n jsonNode) append(dst []byte, s *jsonStyle, depth int) []byte {
	switch n.kind {
	case '"':
		return s.escapes.append(dst, n.raw)
	case '{', '[':
	default:
		return s.numbers.append(dst, n.raw, false)
	}
	l := &s.layout
	members := n.members
	if n.kind == '{' && s.omitNulls {
		members = slices.DeleteFunc(slices.Clone(members), func(m jsonMember) bool {
			return string(m.value.raw) == "null"
		})
	}
	if n.kind == '{' && s.sortKeys {
		members = slices.Clone(members)
		slices.SortStableFunc(members, func(a, b jsonMember) int {
			return cmp.Compare(decodeKey(a.key), decodeKey(b.key))
		})
	}
	dst = append(dst, n.kind)
	if len(members) == 0 {
		if l.openArrays {
			dst = append(dst, ' ')
		}
		return append(dst, n.kind+2)
	}
	inLine := l.newline == "" || l.openArrays && n.kind == '['
	if !inLine {
		depth++
	}
	for i, m := range members {
		if i > 0 {
			dst = append(dst, l.comma...)
		}
		switch {
		case !inLine:
			dst = appendLine(dst, l, depth)
		case l.openArrays:
			dst = append(dst, ' ')
		}
		if n.kind == '[' {
			dst = m.value.append(dst, s, depth)
			continue
		}
		dst = s.escapes.append(dst, m.key)
		dst = append(dst, l.colon...)
		quoted := s.numbers == amountsNotQuoted && m.value.kind == '"'
		switch isAmount := isAmountKey(m.key); {
		case isAmount && m.value.kind == 0:
			dst = s.numbers.append(dst, m.value.raw, true)
		case isAmount && quoted && isNumber(m.value.raw[1:len(m.value.raw)-1]):
			dst = append(dst, m.value.raw[1:len(m.value.raw)-1]...)
		default:
			dst = m.value.append(dst, s, depth)
		}
	}
	switch {
	case !inLine:
		dst = appendLine(dst, l, depth-1)
	case l.openArrays:
		dst = append(dst, ' ')
	}
	return append(dst, n.kind+2)
}

func decodeKey(raw []byte) string {
	var key string
	json.Unmarshal(raw, &key)
	return key
}

func appendLine(dst []byte, l *jsonLayout, depth int) []byte {
	dst = append(dst, l.newline...)
	for range depth {
		dst = append(dst, l.indent...)
	}
	return dst
}

func isAmountKey(key []byte) bool {
	switch string(key) {
	case `"value"`, `"amount"`, `"price"`, `"paidPrice"`:
		return true
	}
	return false
}

func isNumber(raw []byte) bool {
	return len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9') && json.Valid(raw)
}

// append writes raw, a number or a literal such as true.
func (n jsonNumbers) append(dst, raw []byte, amount bool) []byte {
	if n == numbersAsReceived || n == amountsNotQuoted || !isNumber(raw) ||
		!amount && n != numbersShortest && n != numbersFloat {
		return append(dst, raw...)
	}
	if n == amountsQuoted {
		return append(append(append(dst, '"'), raw...), '"')
	}
	whole, fraction, ok := plainNumber(string(raw))
	if !ok {
		return append(dst, raw...)
	}
	if n == amountsQuotedDecimals {
		dst = append(dst, '"')
	}
	dst = append(dst, whole...)
	switch n {
	case numbersFloat, amountsFloat:
		fraction += "0"[min(1, len(fraction)):]
	case amountsTwoDecimals, amountsQuotedDecimals:
		fraction += "00"[min(2, len(fraction)):]
	}
	if fraction != "" {
		dst = append(dst, '.')
		dst = append(dst, fraction...)
	}
	if n == amountsQuotedDecimals {
		dst = append(dst, '"')
	}
	return dst
}

// plainNumber returns a JSON number without its exponent and without zeros at the end of its fraction.
func plainNumber(raw string) (whole, fraction string, ok bool) {
	raw, exponent, _ := strings.Cut(strings.ToLower(raw), "e")
	whole, fraction, _ = strings.Cut(raw, ".")
	shift := 0
	for _, c := range strings.TrimLeft(exponent, "+-") {
		if shift = shift*10 + int(c-'0'); shift > 40 {
			return "", "", false
		}
	}
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	if strings.HasPrefix(exponent, "-") {
		whole = strings.Repeat("0", shift) + whole
		whole, fraction = whole[:len(whole)-shift], whole[len(whole)-shift:]+fraction
	} else {
		fraction += strings.Repeat("0", shift)
		whole, fraction = whole+fraction[:shift], fraction[shift:]
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	return sign + whole, strings.TrimRight(fraction, "0"), true
}

// append writes a JSON string, given with its quotes, with other escapes.
func (e *jsonEscapes) append(dst, raw []byte) []byte {
	if e.code == "" {
		return append(dst, raw...)
	}
	dst = append(dst, '"')
	for s := raw[1 : len(raw)-1]; len(s) > 0; {
		r, n := decodeJSONRune(s)
		s = s[n:]
		dst = e.appendRune(dst, r)
	}
	return append(dst, '"')
}

// decodeJSONRune returns the first character of a JSON string's content, and how many bytes of it that took.
func decodeJSONRune(s []byte) (rune, int) {
	if s[0] != '\\' || len(s) < 2 {
		return utf8.DecodeRune(s)
	}
	switch s[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		first := unicodeEscape(s)
		if utf16.IsSurrogate(first) && len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
			if r := utf16.DecodeRune(first, unicodeEscape(s[6:])); r != utf8.RuneError {
				return r, 12
			}
		}
		return first, 6
	}
	return rune(s[1]), 2
}

// unicodeEscape reads \uXXXX.
func unicodeEscape(s []byte) (r rune) {
	for _, c := range s[2:6] {
		r <<= 4
		switch {
		case c <= '9':
			r |= rune(c - '0')
		default:
			r |= rune(c|0x20-'a') + 10
		}
	}
	return r
}

func (e *jsonEscapes) appendRune(dst []byte, r rune) []byte {
	switch {
	case utf16.IsSurrogate(r) || r < utf8.RuneSelf && strings.IndexByte(e.others, byte(r)) >= 0:
		return e.appendUnicode(dst, r)
	case r == '"' || r == '\\' || r == '/' && e.slash:
		return append(dst, '\\', byte(r))
	case r < ' ':
		if i := strings.IndexByte("\b\f\n\r\t", byte(r)); i >= 0 {
			return append(dst, '\\', "bfnrt"[i])
		}
		return e.appendUnicode(dst, r)
	case r > 0xffff && e.ascii:
		high, low := utf16.EncodeRune(r)
		return e.appendUnicode(e.appendUnicode(dst, high), low)
	case r >= utf8.RuneSelf && e.ascii, e.lines && (r == '\u2028' || r == '\u2029'):
		return e.appendUnicode(dst, r)
	}
	return utf8.AppendRune(dst, r)
}

func (e *jsonEscapes) appendUnicode(dst []byte, r rune) []byte {
	digits := "0123456789abcdef"
	if e.upper {
		digits = "0123456789ABCDEF"
	}
	return append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
