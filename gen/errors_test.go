package gen_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// failedWith is the *APIError of an InitMassPayout that met the answer.
func failedWith(t *testing.T, answer http.HandlerFunc) *gen.APIError {
	t.Helper()
	_, err := resultOf(newClient(t, serve(t, answer)).InitMassPayout(context.Background(), readmeRequest()))
	var apiError *gen.APIError
	if !errors.As(fmt.Errorf("paying salaries: %w", err), &apiError) {
		t.Fatalf("got error %v, want an *APIError", err)
	}
	return apiError
}

func TestAPIErrorOfARefusal(t *testing.T) {
	got := failedWith(t, answer(422, `{"status":"failure","errorCode":"11","errorMessage":"Geçersiz istek","errorGroup":"VALIDATION",
		"locale":"tr","systemTime":1759231970716,"conversationId":"conversationId-894",
		"invalidItems":[{"externalId":"emp-1001","errorCode":200300,"errorMessage":"Geçersiz IBAN"}]}`, "Retry-After", "120"))
	want := &gen.APIError{
		Operation:      "InitMassPayout",
		StatusCode:     422,
		Status:         "failure",
		Code:           "11",
		Message:        "Geçersiz istek",
		Group:          "VALIDATION",
		Locale:         "tr",
		ConversationID: "conversationId-894",
		SystemTime:     1759231970716,
		InvalidItems:   []gen.InvalidItem{{ItemExternalID: "emp-1001", ErrorCode: "200300", ErrorMessage: "Geçersiz IBAN"}},
		RetryAfter:     2 * time.Minute,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	const text = `iyzico: InitMassPayout: refused: 11 Geçersiz istek; {item "emp-1001" refused: 200300 Geçersiz IBAN} (HTTP 422), retry after 2m0s`
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		if printed := fmt.Sprintf(verb, got); printed != text {
			t.Errorf("%s: got  %s\nwant %s", verb, printed, text)
		}
	}
	if got.Error() != text {
		t.Errorf("Error: got %s", got.Error())
	}
}

// Items that cannot all be read are not read in part.
func TestAPIErrorOfARefusalWithBrokenItems(t *testing.T) {
	got := failedWith(t, answer(422, `{"status":"failure","errorCode":"11","invalidItems":[{"externalId":"emp-1"},7]}`))
	if got.Code != "11" || got.InvalidItems != nil {
		t.Errorf("got code %s and items %v, want 11 and none", got.Code, got.InvalidItems)
	}
}

func TestAPIErrorOfAnUnreadableAnswer(t *testing.T) {
	got := failedWith(t, answer(503, gatewayPage, "Retry-After", "1"))
	if got.Err == nil {
		t.Error("Err: got nil, want why there is no readable answer")
	}
	got.Err = nil
	want := &gen.APIError{
		Operation:  "InitMassPayout",
		StatusCode: 503,
		RetryAfter: time.Second,
		Excerpt:    "<html> <head><title>502 Bad Gateway</title></head> </html>",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	const text = `iyzico: InitMassPayout: outcome unknown (HTTP 503), retry after 1s: <html> <head><title>502 Bad Gateway</title></head> </html>`
	if got.Error() != text {
		t.Errorf("got  %s\nwant %s", got.Error(), text)
	}
}

func TestAPIErrorOfACutOffAnswer(t *testing.T) {
	got := failedWith(t, cutOff(200, `{"status":"success"`))
	if !errors.Is(got, io.ErrUnexpectedEOF) || got.StatusCode != 200 || got.Operation != "InitMassPayout" || got.Excerpt != `{"status":"…"` {
		t.Errorf("got StatusCode %d, Operation %q, Excerpt %q, error %v", got.StatusCode, got.Operation, got.Excerpt, got)
	}
}

// The text of a payout with many refused lines stays short; the error has them all.
func TestAPIErrorNamesAFewLines(t *testing.T) {
	got := failedWith(t, answer(400, `{"status":"failure","invalidItems":[{"externalId":"1"},{"externalId":"2"},{"externalId":"3"},
		{"externalId":"4"},{"externalId":"5"}]}`))
	const text = `iyzico: InitMassPayout: refused; {item "1" refused:  }; {item "2" refused:  }; {item "3" refused:  }; and 2 more (HTTP 400)`
	if got.Error() != text {
		t.Errorf("got  %s\nwant %s", got.Error(), text)
	}
	if len(got.InvalidItems) != 5 {
		t.Errorf("InvalidItems: got %d", len(got.InvalidItems))
	}
}

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
