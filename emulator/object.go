package emulator

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// object is a JSON object whose names are compared exactly. Package json
// would take "ExternalID" for "externalId", which iyzico does not promise.
type object map[string]json.RawMessage

// parseObject reads one JSON object and nothing after it, in UTF-8.
func parseObject(b []byte) (object, bool) {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 || b[0] != '{' || !utf8.Valid(b) {
		return nil, false
	}
	var o object
	if json.Unmarshal(b, &o) != nil {
		return nil, false
	}
	return o, true
}

// has tells whether the field is there; null counts as absent.
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

// integer reads a whole number. It is not ok if the field is absent, holds
// another type, or does not fit.
func (o object) integer(name string) (n int, ok bool) {
	if !o.has(name) || json.Unmarshal(o[name], &n) != nil {
		return 0, false
	}
	return n, true
}
