package strictjson

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// tokens reads JSON token by token, in time and memory that are linear in its length. encoding/json/jsontext can take
// the place of this file: see CONTRIBUTING.md.
type tokens struct {
	Options
	data   []byte
	pos    int
	depth  int
	values int
}

func (t *tokens) syntax() error { return fmt.Errorf("invalid JSON at byte %d", t.pos) }

// tick counts the values, and asks now and then whether to stop.
func (t *tokens) tick() error {
	if t.values++; t.values%1024 == 0 && t.Stopped != nil {
		return t.Stopped()
	}
	return nil
}

// peek goes to the next byte that is not white space, and returns it; 0 at the end.
func (t *tokens) peek() byte {
	for ; t.pos < len(t.data); t.pos++ {
		if c := t.data[t.pos]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
	}
	return 0
}

// members calls read at the value of each member of an object.
func (t *tokens) members(read func(key []byte) error) error {
	return t.sequence('}', func() error {
		if t.peek() != '"' {
			return t.syntax()
		}
		key, err := t.text()
		if err != nil {
			return err
		}
		if t.peek() != ':' {
			return t.syntax()
		}
		t.pos++
		return read(key)
	})
}

// sequence calls read at each element of an array or an object, whose opening bracket is next.
func (t *tokens) sequence(closing byte, read func() error) error {
	if t.depth++; t.depth > maxDepth {
		return errDepth
	}
	t.pos++
	for first := true; ; first = false {
		c := t.peek()
		switch {
		case c == closing:
			t.pos++
			t.depth--
			return nil
		case first:
		case c == ',':
			t.pos++
		default:
			return t.syntax()
		}
		if err := read(); err != nil {
			return err
		}
	}
}

// skip reads a value that nobody wants.
func (t *tokens) skip() error {
	if err := t.tick(); err != nil {
		return err
	}
	switch t.peek() {
	case '{':
		return t.members(func([]byte) error { return t.skip() })
	case '[':
		return t.sequence(']', t.skip)
	case '"':
		raw, plain, err := t.quoted()
		if err == nil && !plain {
			_, err = t.unquote(raw)
		}
		return err
	case 't', 'f', 'n':
		return t.literal()
	default:
		_, err := t.number()
		return err
	}
}

// literal reads true, false or null.
func (t *tokens) literal() error {
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(t.data[t.pos:], []byte(word)) {
			t.pos += len(word)
			return nil
		}
	}
	return t.syntax()
}

// number reads a number as it is written.
func (t *tokens) number() ([]byte, error) {
	n := numberLength(t.data[t.pos:])
	if n == 0 {
		return nil, t.syntax()
	}
	t.pos += n
	return t.data[t.pos-n : t.pos], nil
}

// numberLength is the length of the JSON number that data begins with; 0 if it begins with none.
func numberLength(data []byte) int {
	i := 0
	one := func(c, or byte) bool {
		found := i < len(data) && (data[i] == c || data[i] == or)
		if found {
			i++
		}
		return found
	}
	digits := func() bool {
		start := i
		for i < len(data) && '0' <= data[i] && data[i] <= '9' {
			i++
		}
		return i > start
	}
	one('-', '-')
	if !one('0', '0') && !digits() || one('.', '.') && !digits() {
		return 0
	}
	if one('e', 'E') {
		one('+', '-')
		if !digits() {
			return 0
		}
	}
	return i
}

// text reads a string. The bytes are good until the next one is read.
func (t *tokens) text() ([]byte, error) {
	raw, plain, err := t.quoted()
	if err != nil || plain {
		return raw, err
	}
	return t.unquote(raw)
}

// quoted reads a string without its quotes, as it is written; unquote checks its escapes. plain tells that it is ASCII
// without any.
func (t *tokens) quoted() (raw []byte, plain bool, err error) {
	plain = true
	for i := t.pos + 1; i < len(t.data); i++ {
		if !special[t.data[i]] {
			continue
		}
		switch c := t.data[i]; {
		case c == '"':
			raw = t.data[t.pos+1 : i]
			t.pos = i + 1
			return raw, plain, nil
		case c < ' ':
			return nil, false, t.syntax()
		case c == '\\':
			i++
		}
		plain = false
	}
	return nil, false, t.syntax()
}

// special has the bytes that quoted looks at.
var special = func() (is [256]bool) {
	for c := range is {
		is[c] = c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\'
	}
	return is
}()

// unquote decodes what stands between the quotes of a string. What is not UTF-8 is an error if strict is set, or else
// becomes U+FFFD, as in encoding/json.
func (t *tokens) unquote(raw []byte) ([]byte, error) {
	valid := utf8.Valid(raw)
	if valid && bytes.IndexByte(raw, '\\') < 0 {
		return raw, nil
	}
	out := make([]byte, 0, len(raw))
	for rest := string(raw); rest != ""; {
		char, _, after, err := strconv.UnquoteChar(rest, '"')
		switch {
		case rest[0] == '\\' && strings.IndexByte(`"\/bfnrtu`, rest[1]) < 0: // Go knows more escapes
			return nil, t.syntax()
		case err == nil:
			rest = after
		case rest[1] == '/':
			char, rest = '/', rest[2:]
		case hex4(rest[2:]) < 0:
			return nil, t.syntax()
		default: // half of a surrogate pair, of which Go knows none
			char, rest = hex4(rest[2:]), rest[6:]
			if strings.HasPrefix(rest, `\u`) && utf16.DecodeRune(char, hex4(rest[2:])) != utf8.RuneError {
				char, rest = utf16.DecodeRune(char, hex4(rest[2:])), rest[6:]
			}
			valid = valid && utf8.ValidRune(char)
		}
		out = utf8.AppendRune(out, char) // U+FFFD for half of a pair
	}
	if !valid && t.Strict {
		return nil, &Mismatch{Want: "is not valid UTF-8"}
	}
	return out, nil
}

// hex4 returns the number of the four hexadecimal digits that s begins with; -1 if it does not.
func hex4(s string) rune {
	n, err := strconv.ParseUint(s[:min(4, len(s))], 16, 16)
	if err != nil || len(s) < 4 {
		return -1
	}
	return rune(n)
}
