package strictjson

import (
	"strings"
	"unicode/utf8"
)

// escaped are the bytes that encoding/json escapes, or that begin a character that it does.
var escaped = func() (table [256]bool) {
	for c := range table {
		table[c] = c < ' ' || strings.IndexByte("\"\\<>&\xe2", byte(c)) >= 0 // \xe2 begins U+2028 and U+2029
	}
	return table
}()

// AppendText appends s as a JSON string, byte for byte as json.Marshal would. What is not UTF-8 it leaves so.
func AppendText(out []byte, s string) []byte {
	out = append(out, '"')
	start := 0 // of what is to be copied as it is
	for i := 0; i < len(s); i++ {
		if !escaped[s[i]] {
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if c >= utf8.RuneSelf && c != '\u2028' && c != '\u2029' {
			continue
		}
		out = append(out, s[start:i]...)
		if short := strings.IndexRune("\"\\\b\f\n\r\t", c); short >= 0 {
			out = append(out, '\\', `"\bfnrt`[short])
		} else {
			const hex = "0123456789abcdef"
			out = append(out, '\\', 'u', hex[c>>12&0xf], hex[c>>8&0xf], hex[c>>4&0xf], hex[c&0xf])
		}
		i += size - 1
		start = i + 1
	}
	return append(append(out, s[start:]...), '"')
}
