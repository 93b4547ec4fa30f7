// Package strictjson reads JSON into structs in one pass, within bounds, and refuses an object that could mean two things.
//
// encoding/json would read a response twice, take {"status":"failure","Status":"success"} for a success, spend minutes on
// a decimal of a million digits, and make gigabytes of megabytes of "{},{},".
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

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

// Options say how to read. The zero value reads what a server sends.
type Options struct {
	// Strict refuses unknown fields and text that is not UTF-8, for files that people write.
	Strict bool

	// Stopped is asked now and then; its error ends the reading.
	Stopped func() error
}

// Mismatch is the error of a value that is JSON, but not what was expected.
type Mismatch struct {
	Path string // such as items[1].amount
	Want string // such as "must be a string"

	// Unknown is the field's name if Want is that there is no such field. It may be anything.
	Unknown string

	fatal bool // even a refusal that has it cannot be trusted
}

func (m *Mismatch) Error() string {
	if m.Path == "" {
		return "the JSON " + m.Want
	}
	return m.Path + " " + m.Want
}

func mustBe(what string) *Mismatch { return &Mismatch{Want: "must be " + what} }

// In puts name in front of where err is, if err is a Mismatch.
func In(name string, err error) error {
	if err == errUTF8 {
		err = &Mismatch{Want: errUTF8.Error()}
	}
	if m, ok := err.(*Mismatch); ok && name != "" {
		if m.Path != "" && m.Path[0] != '[' {
			name += "."
		}
		m.Path = name + m.Path
	}
	return err
}

// Unmarshal reads the one value in data into v, a pointer. A null leaves what it stands for as it is.
func Unmarshal(data []byte, v any, o Options) error {
	r := newReader(data, o)
	into := reflect.ValueOf(v).Elem()
	if err := r.value(into, planOf(into.Type())); err != nil {
		return In("", err)
	}
	return r.end()
}

// Null reports whether data is null.
func Null(data []byte) bool { return string(bytes.TrimSpace(data)) == "null" }

// Text returns what a string says, "" for null, and any other JSON as it is written.
func Text(data []byte) string {
	r := newReader(data, Options{})
	if r.peek() == '"' {
		if text, err := r.text(); err == nil {
			return string(text)
		}
	}
	if Null(data) {
		return ""
	}
	return string(data)
}

// Member is a member of an object.
type Member struct {
	Name string
	JSON []byte // as it is written; nil if the object does not have it
}

// Object reads the one object in data into v, a pointer to a struct, and its members that are in kept, too. mismatched is
// the first field of v that is of another type; the rest is read all the same.
func Object(data []byte, v any, kept []Member, o Options) (mismatched, err error) {
	r := newReader(data, o)
	into := reflect.ValueOf(v).Elem()
	plan := planOf(into.Type())
	if r.peek() != '{' {
		return nil, errors.New("not a JSON object")
	}
	var seen uint64
	err = r.members(func(key []byte) error {
		i, known, err := plan.find(key, &seen)
		if err != nil {
			return err
		}
		keep := slices.IndexFunc(kept, func(m Member) bool { return bytes.EqualFold([]byte(m.Name), key) })
		if keep >= 0 && (kept[keep].JSON != nil || kept[keep].Name != string(key)) {
			return ambiguous(string(key))
		}
		r.space()
		start, depth := r.pos, r.depth
		if known {
			field := &plan.fields[i]
			err = r.value(into.Field(field.index), field.plan)
			if m, ok := In(field.name, err).(*Mismatch); ok && !m.fatal {
				if mismatched == nil {
					mismatched = m
				}
				r.pos, r.depth = start, depth
				err = r.skip()
			}
		} else {
			err = r.skip()
		}
		if keep >= 0 {
			kept[keep].JSON = r.data[start:r.pos]
		}
		return err
	})
	if err == nil {
		err = r.end()
	}
	return mismatched, err
}

// reader makes values of tokens.
type reader struct {
	tokens
	elements int
	memory   int      // of the elements
	names    []string // the first few of enums, so that each is allocated once
}

func newReader(data []byte, o Options) *reader {
	return &reader{tokens: tokens{data: data, strict: o.Strict, stopped: o.Stopped}}
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
	planName   // a string of few values
	planCustom // a string that reads its own JSON
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
	switch kind := t.Kind(); {
	case t == reflect.TypeFor[decimal.Decimal]():
		p.kind = planDecimal
	case kind == reflect.String && reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		p.kind = planCustom
	case kind == reflect.String && reflect.PointerTo(t).Implements(reflect.TypeFor[interface{ Valid() bool }]()):
		p.kind = planName
	case kind == reflect.String:
		p.kind = planString
	case kind == reflect.Int, kind == reflect.Int64:
		p.kind = planInt
	case kind == reflect.Bool:
		p.kind = planBool
	case kind == reflect.Slice:
		p.kind, p.elem, p.size = planSlice, planOf(t.Elem()), int(t.Elem().Size())
	case kind == reflect.Struct && t.NumField() <= 64:
		p.index = make(map[string]int)
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			p.index[name] = len(p.fields)
			p.fields = append(p.fields, field{name, i, planOf(t.Field(i).Type)})
		}
	default:
		panic(fmt.Sprintf("strictjson: no way to read a %v", t)) // the tests read every type
	}
	stored, _ := plans.LoadOrStore(t, p)
	return stored.(*plan)
}

// find returns the field that key names. A field that is there twice, or in another spelling, could mean anything.
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
func ambiguous(field string) *Mismatch {
	return &Mismatch{Path: field, Want: "is there twice, or in another spelling", fatal: true}
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
		s, err := r.string(p.kind == planName)
		if err == nil {
			v.SetString(s)
		}
		return err
	case planCustom:
		start := r.pos
		if err := r.skip(); err != nil {
			return err
		}
		if r.pos-start > maxText {
			return tooLongText()
		}
		return v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(r.data[start:r.pos])
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

// object reads the fields that p knows.
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
				return In(f.name, err)
			}
			return nil
		case r.strict:
			return &Mismatch{Want: "has an unknown field", Unknown: string(key), fatal: true}
		default:
			return r.skip()
		}
	})
}

var errElements = errors.New("more array elements than a payout has")

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
			return In("["+strconv.Itoa(n)+"]", err)
		}
		return nil
	})
}

// string reads a string; name tells that it has few values.
func (r *reader) string(name bool) (string, error) {
	b, err := r.text()
	if err != nil {
		return "", err
	}
	if len(b) > maxText {
		return "", tooLongText()
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

func tooLongText() *Mismatch {
	return &Mismatch{Want: fmt.Sprintf("is longer than %d bytes", maxText)}
}

// scalar reads a number or a string, as both are used for numbers.
func (r *reader) scalar() (raw []byte, ok bool, err error) {
	switch c := r.peek(); {
	case c == '"':
		raw, _, err = r.quoted()
		return raw, true, err
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
	d, err := parseDecimal(raw)
	if err != nil {
		return err
	}
	*v.Addr().Interface().(*decimal.Decimal) = d
	return nil
}
