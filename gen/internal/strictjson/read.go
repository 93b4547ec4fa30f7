// Package strictjson reads JSON in one pass, within bounds, and refuses an object that could mean two things.
//
// encoding/json would read a response twice, take {"status":"failure","Status":"success"} for a success, spend minutes
// on a decimal of a million digits, and make gigabytes of megabytes of "{},{},".
package strictjson

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"
)

// The bounds of what is read, beside that on bytes. All are far beyond any payout.
const (
	maxElements = 100_000 // of all arrays together
	maxDepth    = 32
	maxText     = 64 << 10 // bytes of one text

	// The elements of arrays may take this many bytes, and so many for each that they are written in: "{}" is short.
	memoryFloor, memoryFactor = 1 << 20, 12
)

var errElements = errors.New("more array elements than a payout has")
var errDepth = fmt.Errorf("nested deeper than %d", maxDepth)

// Options say how to read. The zero value reads what a server sends.
type Options struct {
	Strict     bool         // refuses unknown fields and text that is not UTF-8, for files that people write
	Stopped    func() error // is asked now and then, if set; its error ends the reading
	Mismatched *error       // if set, takes the outermost object's first field of another type, and the rest is read
}

// Mismatch is the error of a value that is JSON, but not what was expected.
type Mismatch struct {
	Path    string // such as items[1].amount
	Want    string // such as "must be a string"
	Unknown string // the field's name if Want is that there is no such field; it may be anything
	fatal   bool   // even a refusal that has it cannot be trusted
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
	if m, ok := err.(*Mismatch); ok && name != "" {
		if m.Path != "" && m.Path[0] != '[' {
			name += "."
		}
		m.Path = name + m.Path
	}
	return err
}

// Reader makes values of tokens.
type Reader struct {
	tokens
	elements int
	memory   int      // of the elements
	names    []string // the first few that Name has read
}

// Read reads the one value in data by read. A null leaves what it stands for as it is, here and wherever one is read.
func Read(data []byte, o Options, read func(*Reader) error) error {
	r := &Reader{tokens: tokens{Options: o, data: data}}
	if err := r.value(func() error { return read(r) }); err != nil {
		return err
	}
	if r.peek(); r.pos != len(r.data) {
		return r.syntax()
	}
	return nil
}

// value reads a value that may be null.
func (r *Reader) value(read func() error) error {
	if err := r.tick(); err != nil {
		return err
	}
	if r.peek() == 'n' {
		return r.literal()
	}
	return read()
}

// Object reads an object of at most 64 fields: read reads the value of the one that it is given. A field that is there
// twice, or in another spelling, could mean anything.
func (r *Reader) Object(fields []string, read func(field string) error) error {
	if r.peek() != '{' {
		return mustBe("an object")
	}
	var seen uint64
	return r.members(func(key []byte) error {
		i := slices.IndexFunc(fields, func(field string) bool { return field == string(key) })
		other := i
		if i < 0 {
			other = slices.IndexFunc(fields, func(field string) bool { return bytes.EqualFold([]byte(field), key) })
		}
		switch {
		case other != i, i >= 0 && seen&(1<<i) != 0:
			return &Mismatch{Path: fields[other], Want: "is there twice, or in another spelling", fatal: true}
		case i < 0 && r.Strict:
			return &Mismatch{Want: "has an unknown field", Unknown: string(key), fatal: true}
		case i < 0:
			return r.skip()
		}
		seen |= 1 << i
		start, depth := r.pos, r.depth
		err := In(fields[i], r.value(func() error { return read(fields[i]) }))
		if m, ok := err.(*Mismatch); ok && !m.fatal && depth == 1 && r.Mismatched != nil {
			if *r.Mismatched == nil {
				*r.Mismatched = err
			}
			r.pos, r.depth = start, depth
			return r.skip()
		}
		return err
	})
}

// Array reads an array; read reads each element.
func Array[S ~[]T, T any](r *Reader, into *S, read func(*T) error) error {
	if r.peek() != '[' {
		return mustBe("an array")
	}
	*into = S{} // [] is not null
	size := int(reflect.TypeFor[T]().Size())
	return r.sequence(']', func() error {
		r.elements++
		r.memory += size
		if r.elements > maxElements || r.memory > memoryFloor+memoryFactor*len(r.data) {
			return errElements
		}
		n := len(*into)
		if n == cap(*into) {
			reflect.ValueOf(into).Elem().Grow(max(n, 4)) // twice as many: append would copy large slices more often
		}
		*into = (*into)[:n+1]
		err := r.value(func() error { return read(&(*into)[n]) })
		if err != nil {
			return In("["+strconv.Itoa(n)+"]", err)
		}
		return nil
	})
}

// Text reads a string.
func (r *Reader) Text(into *string) error {
	text, err := r.bounded()
	*into = string(text)
	return err
}

// Name reads a string that stands there often, such as an enum's value: it is allocated once.
func (r *Reader) Name(into *string) error {
	text, err := r.bounded()
	if i := slices.IndexFunc(r.names, func(name string) bool { return name == string(text) }); i >= 0 {
		*into = r.names[i]
		return err
	}
	*into = string(text)
	if len(r.names) < 16 {
		r.names = append(r.names, *into)
	}
	return err
}

// bounded reads a string. The bytes are good until the next one is read.
func (r *Reader) bounded() ([]byte, error) {
	if r.peek() != '"' {
		return nil, mustBe("a string")
	}
	text, err := r.text()
	if len(text) > maxText {
		err = tooLong()
	}
	return text, err
}

func tooLong() *Mismatch { return &Mismatch{Want: fmt.Sprintf("is longer than %d bytes", maxText)} }

// Any reads what a string says, and any other value as it is written; one that is too long, too, beside the error.
func (r *Reader) Any(into *string) (err error) {
	var text []byte
	if r.peek() == '"' {
		text, err = r.text()
	} else {
		start := r.pos
		err = r.skip()
		text = r.data[start:r.pos]
	}
	*into = string(text)
	if err == nil && len(text) > maxText {
		return tooLong()
	}
	return err
}

// Bool reads true or false.
func (r *Reader) Bool(into *bool) error {
	*into = r.peek() == 't'
	if !*into && r.peek() != 'f' {
		return mustBe("true or false")
	}
	return r.literal()
}

// Int reads a whole number.
func Int[T int | int64](r *Reader, into *T) error {
	raw, err := r.scalar()
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || len(raw) > 20 || int64(T(n)) != n {
		return mustBe("a whole number")
	}
	*into = T(n)
	return nil
}

// Decimal reads a number with every digit.
func (r *Reader) Decimal(into *decimal.Decimal) error {
	raw, err := r.scalar()
	if err != nil {
		return err
	}
	return parseDecimal(raw, into)
}

// scalar reads a number or a string, as both are used for numbers; nil if it is neither.
func (r *Reader) scalar() ([]byte, error) {
	switch c := r.peek(); {
	case c == '"':
		raw, _, err := r.quoted()
		return raw, err
	case c == '-' || '0' <= c && c <= '9':
		return r.number()
	default:
		return nil, nil
	}
}
