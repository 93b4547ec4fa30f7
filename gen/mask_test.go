package gen_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

// iyzico may repeat in a message what it refuses. What looks like a recipient is masked; what does not can be read.
func TestMessagesAreMasked(t *testing.T) {
	for message, want := range map[string]string{
		"Geçersiz IBAN TR920086402100005482911108":         "Geçersiz IBAN …1108",
		"Geçersiz IBAN: TR92 0086 4021 0000 5482 9111 08.": "Geçersiz IBAN: …1 08.",
		"(tr920086402100005482911108)":                     "(…1108)",
		"IBAN=TR92-0086-4021-0000-5482-9111-08":            "IBAN=…1-08",
		"invalid IBAN GB29NWBK60161331926819":              "invalid IBAN …6819",
		"kimlik 22222222220 bulunamadı":                    "kimlik …220 bulunamadı",
		"+905555555555":                                    "…5555",
		"0 (555) 555 55 55 aranamadı":                      "…5 55 aranamadı",
		"üye 2228853":                                      "üye …53",
		"Geçersiz istek":                                   "Geçersiz istek",
		"en az 100.50 TRY, en fazla 50000 TRY":             "en az 100.50 TRY, en fazla 50000 TRY",
		"description must be at most 255 characters":       "description must be at most 255 characters",
		"two\r\nlines \x1b[31mred":                         `two\r\nlines \x1b[31mred`,
	} {
		quoted, _ := json.Marshal(message)
		err := failedWith(t, answer(400, `{"status":"failure","errorCode":"11","errorMessage":`+string(quoted)+`}`))
		if got, want := err.Error(), "iyzico: InitMassPayout: refused: 11 "+want+" (HTTP 400)"; got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if strings.Contains(err.Message, "0086") || strings.Contains(err.Message, "2222222") {
			t.Errorf("Message: got %q", err.Message)
		}
	}
}

// A part of an answer may hold recipients. Its keys tell a person what it was.
func TestExcerptIsMasked(t *testing.T) {
	const line = `{"itemExternalId":"ext-0077","recipientType":"IBAN","recipientInfo":"TR920086402100005482911108",` +
		`"recipientName":"Ayşegül \"A\" Karahanoğlu","phone":+905321476928, "id" : 98765432154,"names":["Jane Customer","Xavier Quigley"]`
	for body, want := range map[string]string{
		line:                                                        `{"itemExternalId":"…","recipientType":"…","recipientInfo":"…","recipientName":"…","phone":…6928, "id" : …154,"names":["…","…"]`,
		`{"recipientName":"Ayşegül Kar`:                             `{"recipientName":"…`,
		`{"recipientName":"Ayşegül\`:                                `{"recipientName":"…`,
		`{"recipientName":"Ay` + "\xc5":                             `{"recipientName":"…`,
		`"{\"recipientName\":\"Jane Customer\"}"`:                   `"…"`,
		`{"a":{"recipientName"` + "\n\t" + `:"Jane Customer"}`:      `{"a":{"recipientName" :"…"}`,
		"<p>\x00\x1b[31m IBAN TR92 0086 4021 0000 5482 9111 08</p>": `<p> [31m IBAN …1 08</p>`,
		"":                           "",
		"\xff\xfe":                   "\ufffd",
		strings.Repeat("ş", 150):     strings.Repeat("ş", 100) + "…",
		strings.Repeat("<br> ", 1e5): strings.Repeat("<br> ", 40) + "…",
	} {
		for _, cut := range []string{"cut off", "complete"} {
			handler := cutOff(200, body)
			if cut == "complete" {
				handler = answer(200, body)
			}
			if len(body) > 1000 && cut == "cut off" {
				continue
			}
			err := failedWith(t, handler)
			if err.Excerpt != want {
				t.Errorf("%s:\ngot  %q\nwant %q", cut, err.Excerpt, want)
			}
			checkPrintsNoRecipient(t, cut, err.Error())
			if len(err.Error()) > 500 {
				t.Errorf("%s: the text has %d bytes", cut, len(err.Error()))
			}
		}
	}
}

// However an answer of lines is cut off, its error shows no recipient.
func TestExcerptOfEveryCut(t *testing.T) {
	var lines []string
	for _, r := range recipients {
		lines = append(lines, fmt.Sprintf(`{"recipientType":%q, "recipientInfo":%q,"recipientName":%q}`, r.kind, r.info, r.name))
	}
	body := `{"status":"success","massPayoutItems":{"items":[` + strings.Join(lines, ",") + `]}}`
	for i := range len(body) {
		cut := body[:i]
		client := newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doerFunc(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(cut))}, nil
		})))
		_, err := client.RetrieveMassPayout(context.Background(), gen.MassPayoutRetrieveRequest{RequestID: requestID})
		if err == nil {
			t.Fatalf("%s was read", body[:i])
		}
		checkPrintsNoRecipient(t, body[:i], fmt.Sprintf("%v", err))
	}
}
