package emulator

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// object holds the fields of a JSON object that the API knows, their names compared exactly: package json would take
// "ExternalID" for "externalId", which iyzico does not promise. The values are parts of the body, not copies, so that a
// large body costs little more than its size.
type object map[string]json.RawMessage

// known are the names that object keeps.
var known = func() map[string]bool {
	names := map[string]bool{}
	for _, name := range strings.Fields(`externalId conversationId locale purpose items requestId externalMassPayoutId
		itemType page size itemExternalId recipientType recipientInfo recipientName description nonWithdrawable amount
		value currency`) {
		names[name] = true
	}
	return names
}()

// parseObject reads a body: one JSON object in UTF-8 and nothing after it.
func parseObject(b []byte) (object, bool) {
	if !utf8.Valid(b) || !json.Valid(b) { // json.Valid also bounds the depth of nesting
		return nil, false
	}
	return fields(b)
}

// fields reads an object that is known to be valid JSON. Of two fields with one name, the last counts.
func fields(b []byte) (object, bool) {
	b = bytes.TrimLeft(b, space)
	if len(b) == 0 || b[0] != '{' {
		return nil, false
	}
	o := object{}
	for b = b[1:]; ; {
		b = bytes.TrimLeft(b, space+",")
		if b[0] == '}' {
			return o, true
		}
		end := valueEnd(b)
		name := b[:end]
		b = bytes.TrimLeft(b[end:], space+":")
		end = valueEnd(b)
		if name := fieldName(name); name != "" {
			o[name] = json.RawMessage(b[:end:end])
		}
		b = b[end:]
	}
}

const space = " \t\r\n"

// fieldName returns the name that a literal stands for, or "" if the API does not know it.
func fieldName(literal []byte) string {
	var name [32]byte // longer than any that is known
	n := 0
	for i := 1; i < len(literal)-1; i++ {
		c := literal[i]
		if c == '\\' {
			if literal[i+1] != 'u' {
				return "" // no known name has such a character
			}
			code, err := strconv.ParseUint(string(literal[i+2:i+6]), 16, 8)
			if err != nil {
				return ""
			}
			c = byte(code)
			i += len("u0000")
		}
		if n == len(name) {
			return ""
		}
		name[n] = c
		n++
	}
	if !known[string(name[:n])] {
		return ""
	}
	return string(name[:n])
}

// elements calls f with each element of an array that is known to be valid JSON, until f returns false. It reports
// whether b is an array.
func elements(b []byte, f func(value []byte) bool) bool {
	if len(b) == 0 || b[0] != '[' {
		return false
	}
	for b = b[1:]; ; {
		b = bytes.TrimLeft(b, space+",")
		if b[0] == ']' {
			return true
		}
		end := valueEnd(b)
		if !f(b[:end]) {
			return true
		}
		b = b[end:]
	}
}

// valueEnd returns where the value at the beginning of b ends. b is known to be valid JSON.
func valueEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // the end of what a number or a literal stands in
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return len(b)
}

// has reports whether the field is there; null counts as absent.
func (o object) has(name string) bool {
	raw, ok := o[name]
	return ok && string(raw) != "null"
}

// str reads a string. It is not ok if the field holds another type.
func (o object) str(name string) (s string, ok bool) {
	if !o.has(name) {
		return "", true
	}
	if json.Unmarshal(o[name], &s) != nil {
		return "", false
	}
	return s, true
}

// integer reads a whole number. It is not ok if the field is absent, holds another type, or does not fit.
func (o object) integer(name string) (n int64, ok bool) {
	if !o.has(name) || json.Unmarshal(o[name], &n) != nil {
		return 0, false
	}
	return n, true
}

// An amount has at most this many digits, and an exponent no larger. iyzico documents no limit; this one keeps
// 1e999999999 from filling the memory.
const maxDigits = 30

// parseAmount reads the literal of a JSON number without losing a digit.
func parseAmount(literal string) (decimal.Decimal, bool) {
	if len(literal) > 2*maxDigits {
		return decimal.Decimal{}, false
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(literal), "e")
	if len(mantissa) > maxDigits+2 { // a sign and a point beside the digits
		return decimal.Decimal{}, false
	}
	if exponent != "" {
		e, err := strconv.Atoi(exponent)
		if err != nil || e > maxDigits || e < -maxDigits {
			return decimal.Decimal{}, false
		}
	}
	d, err := decimal.NewFromString(literal)
	return d, err == nil
}

// twoDecimals reports whether the value is no finer than a hundredth; zeros after it do no harm.
func twoDecimals(d decimal.Decimal) bool { return d.Equal(d.Truncate(2)) }

// number writes the amount as a bare JSON number with its scale, 100.50 as 100.50, whatever the switches of package
// decimal say.
func number(d decimal.Decimal) json.Number {
	return json.Number(d.StringFixed(max(0, -d.Exponent())))
}
