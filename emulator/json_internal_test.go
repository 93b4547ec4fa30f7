package emulator

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// Reading without copying finds the fields that package json finds, and refuses what it refuses.
func FuzzParseObject(f *testing.F) {
	for _, body := range []string{
		`{}`, ` { } `, `{"externalId":"p"}`, `{"externalId" : "a\"}" , "items":[ {"value":1e5},[ ],{ } ,"]" ] }`,
		`{"\u0069tems":[1],"items\u0000":2,"item\/s":3}`, `{"page":0,"page":1}`, `{"a":{"page":1},"page":2}`,
		`[]`, `null`, `{`, `{"page":1}x`, `{"page":truefalse}`, `{"page":-0.5e-3 ,"size":false}`, "{\"page\":\"\xff\"}",
		`{"a name that is longer than any that is known":1,"externalMassPayoutIdexternalMassPayoutId":2}`,
		`{"externalId":"\ud83d\ude00\\","\u00e9":1}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, ok := parseObject(body)
		var want map[string]json.RawMessage
		isObject := utf8.Valid(body) && json.Unmarshal(body, &want) == nil && want != nil
		if ok != isObject {
			t.Fatalf("parseObject %t, package json %t", ok, isObject)
		}
		for name := range known {
			if !bytes.Equal(got[name], want[name]) {
				t.Errorf("%s is %q, not %q", name, got[name], want[name])
			}
		}
		var all []json.RawMessage
		if raw := got["items"]; raw != nil && json.Unmarshal(raw, &all) == nil && all != nil {
			var i int
			if !elements(raw, func(value []byte) bool {
				if !bytes.Equal(value, all[i]) {
					t.Errorf("element %d is %q, not %q", i, value, all[i])
				}
				i++
				return true
			}) || i != len(all) {
				t.Errorf("%d of %d elements", i, len(all))
			}
		}
	})
}
