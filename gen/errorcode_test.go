package gen_test

import (
	"encoding/json"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

// The API writes a code as a string on most answers and as a number on some. An odd one must not hide a refusal.
func TestErrorCodeIsRead(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want gen.ErrorCode
	}{
		{`{"errorCode":"1000"}`, gen.CodeInvalidSignature},
		{`{"errorCode":50000}`, gen.CodeRateLimit},
		{`{"errorCode":"50000"}`, gen.CodeRateLimit},
		{`{"errorCode":100001}`, gen.CodeSystemError},
		{`{"errorCode":"SOME_CODE"}`, "SOME_CODE"},
		{`{"errorCode":"a\"b"}`, `a"b`},
		{`{"errorCode":12345678901234567890}`, "12345678901234567890"}, // beyond a float and an int64
		{`{"errorCode":-1}`, "-1"},
		{`{"errorCode":1.5}`, "1.5"},
		{`{"errorCode":true}`, "true"},
		{`{"errorCode":{"code":11}}`, `{"code":11}`},
		{`{"errorCode":[11]}`, `[11]`},
		{`{"errorCode":""}`, ""},
		{`{"errorCode":null}`, ""},
		{`{}`, ""},
	} {
		var envelope gen.MassPayoutAuthResponse
		if err := json.Unmarshal([]byte(tt.in), &envelope); err != nil || envelope.ErrorCode != tt.want {
			t.Errorf("%s: got %q, %v; want %q", tt.in, envelope.ErrorCode, err, tt.want)
		}
		var item gen.InvalidItem
		if err := json.Unmarshal([]byte(tt.in), &item); err != nil || item.ErrorCode != tt.want {
			t.Errorf("%s in an InvalidItem: got %q, %v; want %q", tt.in, item.ErrorCode, err, tt.want)
		}
	}
}

func TestErrorCodesAreThoseOfTheDocumentation(t *testing.T) {
	for code, want := range map[gen.ErrorCode]string{
		gen.CodeInvalidRequest:   "11",
		gen.CodeInvalidSignature: "1000",
		gen.CodeUnknownKey:       "1001",
		gen.CodeRateLimit:        "50000",
		gen.CodeSystemError:      "100001",
	} {
		if string(code) != want {
			t.Errorf("got %s, want %s", code, want)
		}
	}
}
