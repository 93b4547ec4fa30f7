package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// The bounds of what is read, beside that on bytes. All are far beyond any payout.
const (
	maxElements = 100_000 // of all arrays together
	maxDepth    = 32
	maxText     = 64 << 10 // bytes of one text

	// The elements of arrays may take this many bytes, plus so many times the bytes that they are written in: "{}" is short.
	memoryFloor, memoryFactor = 1 << 20, 12
)

// reader reads JSON in one pass, in time and memory that grow with its length and no faster. encoding/json would read a
// response twice, take {"status":"failure","Status":"success"} for a success, spend minutes on a decimal of a million
// digits, and make gigabytes of megabytes of "{},{},".
type reader struct {
	data []byte
	pos  int
	ctx  context.Context

	// strict refuses fields that are not known and text that is not UTF-8, for files that people write.
	strict bool

	depth    int
	elements int
	memory   int // of the elements
	values   int
	names    []string // the first few of enums, so that each is allocated once
}

// mismatch is the error of a value that is JSON, but not what was expected.
type mismatch struct {
	path  string
	want  string
	fatal bool // even a refusal that has it cannot be trusted
}

func (m *mismatch) Error() string {
	if m.path == "" {
		return "the JSON " + m.want
	}
	return m.path + " " + m.want
}

func mustBe(what string) *mismatch { return &mismatch{want: "must be " + what} }

// in says where err is.
func in(name string, err error) error {
	if m, ok := err.(*mismatch); ok && name != "" {
		if m.path != "" && m.path[0] != '[' {
			name += "."
		}
		m.path = name + m.path
		return m
	}
	return err
}

var (
	errDepth    = fmt.Errorf("nested deeper than %d", maxDepth)
	errElements = errors.New("more array elements than a payout has")
)

func (r *reader) syntax() error { return fmt.Errorf("invalid JSON at byte %d", r.pos) }

// readAll reads the one value that data holds into v.
func (r *reader) readAll(v any) error {
	into := reflect.ValueOf(v).Elem()
	if err := r.value(into, planOf(into.Type())); err != nil {
		return err
	}
	return r.end()
}

func (r *reader) end() error {
	if r.space(); r.pos != len(r.data) {
		return r.syntax()
	}
	return nil
}

// unmarshal is the UnmarshalJSON of the types that encoding/json would read with less care.
func unmarshal[T any](data []byte, into *T, name string, strict bool) error {
	var read T
	r := reader{data: data, strict: strict}
	if r.peek() == 'n' { // by convention, null changes nothing
		return nil
	}
	if err := r.readAll(&read); err != nil {
		return fmt.Errorf("gen: %w", in(name, err))
	}
	*into = read
	return nil
}

// plan is how values of a type are read.
type plan struct {
	kind   planKind
	fields []field
	index  map[string]int
	elem   *plan
	size   int // of an elem
}

type planKind int

const (
	planStruct planKind = iota
	planSlice
	planString
	planName // a string of few values
	planText // any JSON as text
	planInt
	planBool
	planDecimal
)

type field struct {
	name  string
	index int // in the struct
	plan  *plan
}

var plans sync.Map // of reflect.Type to *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{}
	switch {
	case t == reflect.TypeFor[decimal.Decimal]():
		p.kind = planDecimal
	case t == reflect.TypeFor[ErrorCode]():
		p.kind = planText
	case t.Kind() == reflect.String && reflect.PointerTo(t).Implements(reflect.TypeFor[interface{ Valid() bool }]()):
		p.kind = planName
	case t.Kind() == reflect.String:
		p.kind = planString
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		p.kind = planInt
	case t.Kind() == reflect.Bool:
		p.kind = planBool
	case t.Kind() == reflect.Slice:
		p.kind, p.elem, p.size = planSlice, planOf(t.Elem()), int(t.Elem().Size())
	case t.Kind() == reflect.Struct && t.NumField() <= 64:
		p.index = make(map[string]int)
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			p.index[name] = len(p.fields)
			p.fields = append(p.fields, field{name, i, planOf(t.Field(i).Type)})
		}
	default:
		panic(fmt.Sprintf("gen: no way to read a %v", t)) // the tests read every type
	}
	stored, _ := plans.LoadOrStore(t, p)
	return stored.(*plan)
}

// value reads the next value into v; null leaves it as it is.
func (r *reader) value(v reflect.Value, p *plan) error {
	if err := r.tick(); err != nil {
		return err
	}
	c := r.peek()
	if c == 'n' {
		return r.literal("null")
	}
	switch p.kind {
	case planStruct:
		if c != '{' {
			return mustBe("an object")
		}
		return r.object(v, p)
	case planSlice:
		if c != '[' {
			return mustBe("an array")
		}
		return r.array(v, p)
	case planString, planName:
		if c != '"' {
			return mustBe("a string")
		}
		s, err := r.text(p.kind == planName)
		if err == nil {
			v.SetString(s)
		}
		return err
	case planText:
		s, err := r.anyText()
		if err == nil {
			v.SetString(s)
		}
		return err
	case planInt:
		return r.integer(v)
	case planBool:
		switch c {
		case 't':
			v.SetBool(true)
			return r.literal("true")
		case 'f':
			v.SetBool(false)
			return r.literal("false")
		}
		return mustBe("true or false")
	default:
		return r.decimal(v)
	}
}

// tick counts the values, and looks at the context now and then.
func (r *reader) tick() error {
	if r.values++; r.values%1024 == 0 && r.ctx != nil {
		return ended(r.ctx)
	}
	return nil
}

// object reads the fields that p knows. A field that is there twice, or in another spelling, could mean anything.
func (r *reader) object(v reflect.Value, p *plan) error {
	var seen uint64
	return r.members(func(key []byte) error {
		i, ok, err := p.find(key, &seen)
		switch {
		case err != nil:
			return err
		case ok:
			f := &p.fields[i]
			if err := r.value(v.Field(f.index), f.plan); err != nil {
				return in(f.name, err)
			}
			return nil
		case r.strict:
			return &mismatch{want: "has the unknown field " + quote(mask(string(key))), fatal: true}
		default:
			return r.skip()
		}
	})
}

// find returns the field that key names.
func (p *plan) find(key []byte, seen *uint64) (i int, ok bool, err error) {
	i, ok = p.index[string(key)]
	if !ok {
		for _, f := range p.fields {
			if len(key) >= len(f.name) && bytes.EqualFold([]byte(f.name), key) {
				return 0, false, ambiguous(f.name)
			}
		}
		return 0, false, nil
	}
	if *seen&(1<<i) != 0 {
		return 0, false, ambiguous(p.fields[i].name)
	}
	*seen |= 1 << i
	return i, true, nil
}

// ambiguous is the error of an object that says two things, or might.
func ambiguous(field string) *mismatch {
	return &mismatch{path: field, want: "is there twice, or in another spelling", fatal: true}
}

// members calls read at the value of each member of an object.
func (r *reader) members(read func(key []byte) error) error {
	return r.sequence('}', func() error {
		if r.peek() != '"' {
			return r.syntax()
		}
		key, err := r.stringBytes()
		if err != nil {
			return err
		}
		if r.peek() != ':' {
			return r.syntax()
		}
		r.pos++
		return read(key)
	})
}

func (r *reader) array(v reflect.Value, p *plan) error {
	v.Set(reflect.MakeSlice(v.Type(), 0, 0)) // [] is not null
	return r.sequence(']', func() error {
		r.elements++
		r.memory += p.size
		if r.elements > maxElements || r.memory > memoryFloor+memoryFactor*len(r.data) {
			return errElements
		}
		n := v.Len()
		if n == v.Cap() {
			v.Grow(max(n, 4)) // twice as many: append would copy large slices more often
		}
		v.SetLen(n + 1)
		if err := r.value(v.Index(n), p.elem); err != nil {
			return in("["+strconv.Itoa(n)+"]", err)
		}
		return nil
	})
}

// sequence reads what an object or an array holds, its brackets and commas included.
func (r *reader) sequence(closing byte, read func() error) error {
	if r.depth++; r.depth > maxDepth {
		return errDepth
	}
	r.pos++
	for first := true; ; first = false {
		switch c := r.peek(); {
		case c == closing && first:
			r.pos++
			r.depth--
			return nil
		case first:
		case c == closing:
			r.pos++
			r.depth--
			return nil
		case c == ',':
			r.pos++
		default:
			return r.syntax()
		}
		if err := read(); err != nil {
			return err
		}
	}
}

// skip reads a value that nobody wants.
func (r *reader) skip() error {
	if err := r.tick(); err != nil {
		return err
	}
	switch c := r.peek(); c {
	case '{':
		return r.members(func([]byte) error { return r.skip() })
	case '[':
		return r.sequence(']', r.skip)
	case '"':
		_, err := r.rawString()
		return err
	case 't':
		return r.literal("true")
	case 'f':
		return r.literal("false")
	case 'n':
		return r.literal("null")
	default:
		_, err := r.number()
		return err
	}
}

// space goes to the next byte that is not white space.
func (r *reader) space() {
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case ' ', '\n', '\r', '\t':
			r.pos++
		default:
			return
		}
	}
}

// peek returns the next byte that is not white space; 0 at the end.
func (r *reader) peek() byte {
	if r.space(); r.pos < len(r.data) {
		return r.data[r.pos]
	}
	return 0
}

func (r *reader) literal(s string) error {
	if string(r.data[r.pos:min(r.pos+len(s), len(r.data))]) != s {
		return r.syntax()
	}
	r.pos += len(s)
	return nil
}

// number reads a JSON number.
func (r *reader) number() ([]byte, error) {
	n := numberLength(r.data[r.pos:])
	if n == 0 {
		return nil, r.syntax()
	}
	r.pos += n
	return r.data[r.pos-n : r.pos], nil
}

// numberLength is the length of the JSON number that data begins with; 0 if it begins with none.
func numberLength(data []byte) int {
	i := 0
	digits := func() bool {
		start := i
		for i < len(data) && '0' <= data[i] && data[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(data) && data[i] == '-' {
		i++
	}
	if i < len(data) && data[i] == '0' {
		i++
	} else if !digits() {
		return 0
	}
	if i < len(data) && data[i] == '.' {
		if i++; !digits() {
			return 0
		}
	}
	if i < len(data) && (data[i] == 'e' || data[i] == 'E') {
		if i++; i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		if !digits() {
			return 0
		}
	}
	return i
}

// scalar reads a number or a string, as both are used for numbers.
func (r *reader) scalar() (raw []byte, ok bool, err error) {
	switch c := r.peek(); {
	case c == '"':
		if raw, err = r.rawString(); err != nil {
			return nil, false, err
		}
		return raw[1 : len(raw)-1], true, nil
	case c == '-' || '0' <= c && c <= '9':
		raw, err = r.number()
		return raw, true, err
	default:
		return nil, false, nil
	}
}

func (r *reader) integer(v reflect.Value) error {
	raw, ok, err := r.scalar()
	if err != nil {
		return err
	}
	if ok && len(raw) <= 20 {
		if n, err := strconv.ParseInt(string(raw), 10, v.Type().Bits()); err == nil {
			v.SetInt(n)
			return nil
		}
	}
	return mustBe("a whole number")
}

func (r *reader) decimal(v reflect.Value) error {
	raw, ok, err := r.scalar()
	if err != nil {
		return err
	}
	if !ok {
		return notANumber()
	}
	d, err := parseNumber(raw)
	if err != nil {
		return err
	}
	*v.Addr().Interface().(*decimal.Decimal) = d
	return nil
}

// text reads a string.
func (r *reader) text(name bool) (string, error) {
	b, err := r.stringBytes()
	if err != nil {
		return "", err
	}
	if len(b) > maxText {
		return "", &mismatch{want: fmt.Sprintf("is longer than %d bytes", maxText)}
	}
	if r.strict && !utf8.Valid(b) {
		return "", &mismatch{want: "is not valid UTF-8"}
	}
	if !name {
		return string(b), nil
	}
	for _, s := range r.names {
		if s == string(b) {
			return s, nil
		}
	}
	s := string(b)
	if len(r.names) < 16 {
		r.names = append(r.names, s)
	}
	return s, nil
}

// anyText reads a string, or any other JSON as it is written.
func (r *reader) anyText() (string, error) {
	if r.peek() == '"' {
		return r.text(false)
	}
	start := r.pos
	if err := r.skip(); err != nil {
		return "", err
	}
	if r.pos-start > maxText {
		return "", &mismatch{want: fmt.Sprintf("is longer than %d bytes", maxText)}
	}
	return string(r.data[start:r.pos]), nil
}

// stringBytes reads a string. The bytes are good until the next one is read.
func (r *reader) stringBytes() ([]byte, error) {
	raw, err := r.rawString()
	if err != nil {
		return nil, err
	}
	raw = raw[1 : len(raw)-1]
	for _, c := range raw {
		if c == '\\' || c >= utf8.RuneSelf {
			return r.unescape(raw)
		}
	}
	return raw, nil
}

// rawString reads a string with its quotes, as it is written.
func (r *reader) rawString() ([]byte, error) {
	for i := r.pos + 1; i < len(r.data); i++ {
		switch c := r.data[i]; {
		case c == '"':
			raw := r.data[r.pos : i+1]
			r.pos = i + 1
			return raw, nil
		case c < ' ':
			return nil, r.syntax()
		case c == '\\':
			if i++; i == len(r.data) {
				return nil, r.syntax()
			}
			switch r.data[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if _, ok := hex4(r.data[i+1:]); !ok {
					return nil, r.syntax()
				}
				i += 4
			default:
				return nil, r.syntax()
			}
		}
	}
	return nil, r.syntax()
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var n rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			n = n<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			n = n<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return n, true
}

// unescape decodes what stands between a string's quotes. What is not UTF-8 becomes the replacement character, as in
// encoding/json, unless the reader is strict.
func (r *reader) unescape(raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return raw, nil
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		c := raw[i]
		if c >= utf8.RuneSelf {
			char, size := utf8.DecodeRune(raw[i:])
			if char == utf8.RuneError && size == 1 && r.strict {
				return nil, &mismatch{want: "is not valid UTF-8"}
			}
			out = utf8.AppendRune(out, char)
			i += size
			continue
		}
		if c != '\\' {
			out = append(out, c)
			i++
			continue
		}
		c = raw[i+1]
		i += 2
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			char, _ := hex4(raw[i:])
			i += 4
			if utf16.IsSurrogate(char) {
				second := rune(-1)
				if i+6 <= len(raw) && raw[i] == '\\' && raw[i+1] == 'u' {
					second, _ = hex4(raw[i+2:])
				}
				char = utf16.DecodeRune(char, second)
				if char != utf8.RuneError {
					i += 6
				} else if r.strict {
					return nil, &mismatch{want: "is not valid UTF-8"}
				}
			}
			out = utf8.AppendRune(out, char)
			continue
		}
		out = append(out, c)
	}
	return out, nil
}
