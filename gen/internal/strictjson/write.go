package strictjson

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// Writer appends objects to Out, byte for byte as json.Marshal would. A key is given as it is written: `"name":`. Every
// member ends with a comma, which Close replaces after the last one.
type Writer struct {
	Out []byte
	Err error // the first

	// Check looks at each text for what is not UTF-8, and names it. Without it, such text is written as it is.
	Check bool
}

// Open begins an object.
func (w *Writer) Open() { w.Out = append(w.Out, '{') }

// Close ends an object or an array.
func (w *Writer) Close(bracket byte) {
	if last := len(w.Out) - 1; w.Out[last] == ',' {
		w.Out = w.Out[:last]
	}
	w.Out = append(w.Out, bracket)
}

func (w *Writer) fail(key string, err error) {
	if w.Err == nil {
		w.Err = In(key[1:len(key)-2], err)
	}
}

// Text writes a string.
func (w *Writer) Text(key, value string) {
	w.Out = append(w.Out, key...)
	w.quote(value)
	w.Out = append(w.Out, ',')
	if w.Check && !utf8.ValidString(value) {
		w.fail(key, errUTF8)
	}
}

// OptionalText writes a string that is not empty.
func (w *Writer) OptionalText(key, value string) {
	if value != "" {
		w.Text(key, value)
	}
}

// OptionalBool writes true.
func (w *Writer) OptionalBool(key string, value bool) {
	if value {
		w.Out = append(append(w.Out, key...), "true,"...)
	}
}

// Int writes a whole number.
func (w *Writer) Int(key string, value int) {
	w.Out = append(strconv.AppendInt(append(w.Out, key...), int64(value), 10), ',')
}

// Decimal writes a number with every digit.
func (w *Writer) Decimal(key string, value decimal.Decimal) {
	out, err := AppendDecimal(append(w.Out, key...), value)
	if err != nil {
		w.fail(key, err)
		return
	}
	w.Out = append(out, ',')
}

// escaped are the bytes that encoding/json escapes, or that begin a character that it does.
var escaped = func() (table [256]bool) {
	for c := range ' ' {
		table[c] = true
	}
	for _, c := range []byte{'"', '\\', '<', '>', '&', "\u2028"[0]} {
		table[c] = true
	}
	return table
}()

// quote appends s as a JSON string, with the escapes that encoding/json uses. What is not UTF-8 it leaves so. It appends
// to Out in place, which is cheaper than to return what it has appended to: a pointer is stored where Out has grown alone.
func (w *Writer) quote(s string) {
	w.Out = append(w.Out, '"')
	start := 0 // of what is to be copied as it is
	for i := 0; i < len(s); i++ {
		if !escaped[s[i]] {
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if c >= utf8.RuneSelf && c != '\u2028' && c != '\u2029' {
			continue
		}
		w.Out = append(w.Out, s[start:i]...)
		if short := strings.IndexRune("\"\\\b\f\n\r\t", c); short >= 0 {
			w.Out = append(w.Out, '\\', `"\bfnrt`[short])
		} else {
			const hex = "0123456789abcdef"
			w.Out = append(w.Out, '\\', 'u', hex[c>>12&0xf], hex[c>>8&0xf], hex[c>>4&0xf], hex[c&0xf])
		}
		i += size - 1
		start = i + 1
	}
	w.Out = append(w.Out, s[start:]...)
	w.Out = append(w.Out, '"')
}
