package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// kibibyte is an element that takes 1,024 bytes of memory and may take two of JSON.
type kibibyte struct {
	A1, A2, A3, A4, A5, A6, A7, A8 struct{ A, B, C, D, E, F, G, H string }
}

func readKibibytes(into *[]kibibyte, data string) error {
	return Read([]byte(data), Options{}, func(r *Reader) error {
		return Array(r, into, func(*kibibyte) error { return r.Object(nil, nil) })
	})
}

// The elements of arrays may take a MiB, and twelve times what they are written in.
func TestMemoryIsBounded(t *testing.T) {
	if size := reflect.TypeFor[kibibyte]().Size(); size != 1024 {
		t.Skipf("a kibibyte has %d bytes here", size)
	}
	for n, fits := range map[int]bool{1024: true, 1061: true, 1062: false, 5000: false} { // 1024n <= 1<<20 + 12(3n+1)
		var got []kibibyte
		err := readKibibytes(&got, "["+strings.Repeat("{},", n-1)+"{}]")
		if fits && (err != nil || len(got) != n) || !fits && !errors.Is(err, errElements) {
			t.Errorf("%d elements: read %d, error %v", n, len(got), err)
		}
	}
	// Written in more bytes, more of them fit.
	var got []kibibyte
	if err := readKibibytes(&got, "["+strings.Repeat("{"+strings.Repeat(" ", 100)+"},", 4999)+"{}]"); err != nil || len(got) != 5000 {
		t.Errorf("read %d, error %v", len(got), err)
	}
}

func TestElementsAreBounded(t *testing.T) {
	for n, fits := range map[int]bool{100_000: true, 100_001: false} {
		var got []bool
		err := Read([]byte("["+strings.Repeat("true,", n-1)+"true]"), Options{}, func(r *Reader) error {
			return Array(r, &got, r.Bool)
		})
		if fits && (err != nil || len(got) != n) || !fits && !errors.Is(err, errElements) {
			t.Errorf("%d elements: read %d, error %v", n, len(got), err)
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	for n, want := range map[int]error{31: nil, 32: errDepth} { // beside the object around it
		err := Read([]byte(`{"x":`+strings.Repeat("[", n)+strings.Repeat("]", n)+`}`), Options{}, func(r *Reader) error {
			return r.Object(nil, nil)
		})
		if !errors.Is(err, want) {
			t.Errorf("%d arrays: error %v, want %v", n, err, want)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	for n, want := range map[int]string{65536: "", 65537: "x is longer than 65536 bytes"} {
		var got string
		err := Read([]byte(`{"x":"`+strings.Repeat("a", n)+`"}`), Options{}, func(r *Reader) error {
			return r.Object([]string{"x"}, func(string) error { return r.Text(&got) })
		})
		if want == "" && (err != nil || len(got) != n) || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%d bytes: %v, want %q", n, err, want)
		}
	}
}

// A field of another type does not end the reading of the outermost object, if Mismatched is set.
func TestMismatched(t *testing.T) {
	for _, tt := range []struct {
		in         string
		read       string
		mismatched string
		failure    string
	}{
		{`{"status":"ok","count":2,"x":[1]}`, "ok 2 ", "", ""},
		{`{"status": {"a":[1]} ,"count":2}`, " 2 ", "status must be a string", ""},
		{`{"count":"many","status":7,"any":{"a":1}}`, ` 0 {"a":1}`, "count must be a whole number", ""},
		{`{"inner":{"status":7},"count":1}`, " 1 ", "inner.status must be a string", ""},
		{`{"status":null,"count":1}`, " 1 ", "", ""},
		{`{"count":1,"count":2}`, "", "", "count is there twice, or in another spelling"},
		{`{"COUNT":7}`, "", "", "count is there twice, or in another spelling"},
		{`{"inner":{"count":7,"Count":8}}`, "", "", "inner.count is there twice, or in another spelling"},
		{`{"status":"ok"`, "", "", "invalid JSON at byte 14"},
		{`{"status":"ok"} x`, "", "", "invalid JSON at byte 16"},
		{`[]`, "", "", "the JSON must be an object"},
	} {
		var status, anything string
		var count int
		var mismatched error
		err := Read([]byte(tt.in), Options{Mismatched: &mismatched}, func(r *Reader) error {
			var read func(string) error
			read = func(field string) error {
				switch field {
				case "status":
					return r.Text(&status)
				case "count":
					return Int(r, &count)
				case "any":
					return r.Any(&anything)
				default:
					return r.Object([]string{"status", "count"}, read)
				}
			}
			return r.Object([]string{"status", "count", "any", "inner"}, read)
		})
		if tt.failure != "" {
			if err == nil || err.Error() != tt.failure {
				t.Errorf("%s: got error %v, want %s", tt.in, err, tt.failure)
			}
			continue
		}
		text := ""
		if mismatched != nil {
			text = mismatched.Error()
		}
		if got := fmt.Sprintf("%s %d %s", status, count, anything); err != nil || got != tt.read || text != tt.mismatched {
			t.Errorf("%s: got %q, mismatched %q, error %v", tt.in, got, text, err)
		}
	}
}

func TestAny(t *testing.T) {
	for in, want := range map[string]string{
		`"a\u0131\n"`: "aı\n", `"a\/\ud83d\ude00"`: "a/😀", `7`: "7", ` null `: "", `{"a":1}`: `{"a":1}`, ` [ 1, "x" ] `: `[ 1, "x" ]`, `true`: "true", `""`: "",
	} {
		var got string
		err := Read([]byte(in), Options{}, func(r *Reader) error { return r.Any(&got) })
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", in, got, err, want)
		}
	}
}

// AppendText writes what encoding/json writes.
func FuzzAppendText(f *testing.F) {
	for _, text := range []string{"", "a", "b<>&\u2028\"\\\b\f\n\r\t\x01", "ş\u2027\u2029\u202a😀", "\x7f\u0080"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip() // which encoding/json replaces
		}
		want, err := json.Marshal(text)
		if got := AppendText([]byte("x"), text); err != nil || string(got) != "x"+string(want) {
			t.Errorf("got  %s\nwant x%s", got, want)
		}
	})
}
