package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// kibibyte is an element that takes 1,024 bytes of memory and may take two of JSON.
type kibibyte struct {
	A1, A2, A3, A4, A5, A6, A7, A8 struct{ A, B, C, D, E, F, G, H string }
}

// The elements of arrays may take a MiB, and twelve times what they are written in.
func TestMemoryIsBounded(t *testing.T) {
	if size := reflect.TypeFor[kibibyte]().Size(); size != 1024 {
		t.Skipf("a kibibyte has %d bytes here", size)
	}
	for n, fits := range map[int]bool{1024: true, 1061: true, 1062: false, 5000: false} { // 1024n <= 1<<20 + 12(3n+1)
		var got []kibibyte
		err := Unmarshal([]byte("["+strings.Repeat("{},", n-1)+"{}]"), &got, Options{})
		if fits && (err != nil || len(got) != n) || !fits && !errors.Is(err, errElements) {
			t.Errorf("%d elements: read %d, error %v", n, len(got), err)
		}
	}
	// Written in more bytes, more of them fit.
	var got []kibibyte
	if err := Unmarshal([]byte("["+strings.Repeat("{"+strings.Repeat(" ", 100)+"},", 4999)+"{}]"), &got, Options{}); err != nil || len(got) != 5000 {
		t.Errorf("read %d, error %v", len(got), err)
	}
}

func TestElementsAreBounded(t *testing.T) {
	for n, fits := range map[int]bool{100_000: true, 100_001: false} {
		var got []bool
		err := Unmarshal([]byte("["+strings.Repeat("true,", n-1)+"true]"), &got, Options{})
		if fits && (err != nil || len(got) != n) || !fits && !errors.Is(err, errElements) {
			t.Errorf("%d elements: read %d, error %v", n, len(got), err)
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	for n, want := range map[int]error{31: nil, 32: errDepth} { // beside the object around it
		var got struct{}
		err := Unmarshal([]byte(`{"x":`+strings.Repeat("[", n)+strings.Repeat("]", n)+`}`), &got, Options{})
		if !errors.Is(err, want) {
			t.Errorf("%d arrays: error %v, want %v", n, err, want)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	for n, want := range map[int]string{65536: "", 65537: "x is longer than 65536 bytes"} {
		var got struct {
			X string `json:"x"`
		}
		err := Unmarshal([]byte(`{"x":"`+strings.Repeat("a", n)+`"}`), &got, Options{})
		if want == "" && (err != nil || len(got.X) != n) || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%d bytes: %v, want %q", n, err, want)
		}
	}
}

// Of the fields of an envelope, the JSON is kept as it is written; a field of another type does not end the reading.
func TestObject(t *testing.T) {
	for _, tt := range []struct {
		in, status string
		count      int
		kept       string
		mismatched string
		failure    string
	}{
		{`{"status":"ok","count":2,"x":[1]}`, "ok", 2, `"ok"`, "", ""},
		{`{"status": {"a":1} ,"count":2}`, "", 2, `{"a":1}`, "status must be a string", ""},
		{`{"count":"many","status":"ok"}`, "ok", 0, `"ok"`, "count must be a whole number", ""},
		{`{"code":7,"code":8}`, "", 0, "", "", "code is there twice, or in another spelling"},
		{`{"CODE":7}`, "", 0, "", "", "CODE is there twice, or in another spelling"},
		{`{"status":"ok"`, "", 0, "", "", "invalid JSON at byte 14"},
		{`{"status":"ok"} x`, "", 0, "", "", "invalid JSON at byte 16"},
		{`[]`, "", 0, "", "", "not a JSON object"},
	} {
		var got struct {
			Status string `json:"status"`
			Count  int    `json:"count"`
		}
		kept := []Member{{Name: "status"}, {Name: "code"}}
		mismatched, err := Object([]byte(tt.in), &got, kept, Options{})
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
		if err != nil || got.Status != tt.status || got.Count != tt.count || string(kept[0].JSON) != tt.kept || text != tt.mismatched {
			t.Errorf("%s: got %+v, kept %q, mismatched %q, error %v", tt.in, got, kept[0].JSON, text, err)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		`"a\u0131\n"`: "aı\n", `7`: "7", ` null `: "", `{"a":1}`: `{"a":1}`, `"open`: `"open`, ``: "",
	} {
		if got := Text([]byte(in)); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

// A Writer writes what encoding/json writes.
func FuzzWriter(f *testing.F) {
	f.Add("a", "b<>&\u2028\"\\\b\f\n\r\t\x01", int64(10050), int32(-2), 7, true)
	f.Fuzz(func(t *testing.T, a, b string, coefficient int64, exponent int32, n int, flag bool) {
		if exponent < -900 || exponent > 900 {
			return
		}
		value := decimal.New(coefficient, exponent)
		digits, err := AppendDecimal(nil, value)
		if err != nil {
			t.Fatal(err)
		}
		var w Writer
		w.Open()
		w.Text(`"a":`, a)
		w.OptionalText(`"b":`, b)
		w.Decimal(`"d":`, value)
		w.OptionalBool(`"f":`, flag)
		w.Int(`"n":`, n)
		w.Close('}')
		want, err := json.Marshal(struct {
			A string          `json:"a"`
			B string          `json:"b,omitempty"`
			D json.RawMessage `json:"d"`
			F bool            `json:"f,omitempty"`
			N int             `json:"n"`
		}{a, b, digits, flag, n})
		if err != nil {
			t.Fatal(err)
		}
		if valid := fmt.Sprintf("%+q %+q", a, b); !strings.Contains(valid, `\x`) && !strings.Contains(valid, `\ufffd`) && string(w.Out) != string(want) {
			t.Errorf("got  %s\nwant %s", w.Out, want)
		}
	})
}
