package emulator_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
)

// Whatever is sent, signed or not, the response is an envelope or the page that
// the data asked for, and nothing panics.
func FuzzServeHTTP(f *testing.F) {
	f.Add("init", "locale=tr", []byte(published), true)
	f.Add("init", "", []byte(`{"locale":"EN","externalId":"p","items":[{"amount":{"value":1e999999999}},7,null]}`), true)
	f.Add("init", "locale=en", []byte(`{"externalId":"emulator-response-lost","items":[{}]}`), true)
	f.Add("retrieve", "locale=en", []byte(`{"externalMassPayoutId":"massPayoutId-323ddd","page":0,"size":10000}`), true)
	f.Add("auth", "locale=en", []byte(`{"requestId":null}`), true)
	f.Add("cancel/%2e%2e", "locale=%zz", []byte{}, true)
	f.Add("balance", ";", []byte{}, false)
	f.Fuzz(func(t *testing.T, operation, query string, body []byte, signed bool) {
		emu, err := emulator.New(apiKey, secretKey)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time meets what the first has stored
			req, err := http.NewRequest("POST", "http://localhost/v1/mass/payout/"+operation, bytes.NewReader(body))
			if err != nil {
				t.Skip()
			}
			req.URL.RawQuery = query
			req.Header.Set("Content-Type", "application/json")
			if signed {
				req.Header.Set("Authorization", authorization(apiKey, secretKey, req.URL.EscapedPath(), string(body)))
			}
			w := httptest.NewRecorder()
			emu.ServeHTTP(w, req)
			if w.Code == http.StatusBadGateway {
				continue
			}
			var response struct{ Status, Locale string }
			if err := json.Unmarshal(w.Body.Bytes(), &response); err != nil {
				t.Fatalf("%v: %s", err, w.Body)
			}
			if response.Locale != "tr" && response.Locale != "en" || response.Status == "success" && w.Code != 200 {
				t.Errorf("HTTP %d %s", w.Code, w.Body)
			}
			if !signed && response.Status != "failure" {
				t.Errorf("unsigned, and yet %s", w.Body)
			}
		}
	})
}
