package emulator_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/signer"
)

const (
	badSignatureTR = `{"status":"failure","locale":"tr","systemTime":1759231970716,"errorCode":"1000","errorMessage":"Geçersiz imza","errorGroup":"AUTHENTICATION"}`
	badSignatureEN = `{"status":"failure","locale":"en","systemTime":1759231970716,"errorCode":"1000","errorMessage":"Invalid signature","errorGroup":"AUTHENTICATION"}`
	unknownKeyTR   = `{"status":"failure","locale":"tr","systemTime":1759231970716,"errorCode":"1001","errorMessage":"api bilgileri bulunamadı","errorGroup":"AUTHENTICATION"}`
)

func TestUnsignedGetsNothingButARefusal(t *testing.T) {
	const path = "/v1/mass/payout/init"
	body := payout("p", pay("l", "1"))
	signed := authorization(apiKey, secretKey, path, body)
	content, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(signed, "IYZWSv2 "))
	tests := []struct {
		name, target, header, body, want string
	}{
		{"no header", path + "?locale=tr", "", body, badSignatureTR},
		{"in English", path + "?locale=en", "", body, badSignatureEN},
		{"no locale", path, "", body, badSignatureTR},
		{"no base64", path + "?locale=tr", "IYZWSv2 %%%", body, badSignatureTR},
		{"another scheme", path + "?locale=tr", "IYZWS " + signed[8:], body, badSignatureTR},
		{"tampered body", path + "?locale=tr", signed, strings.Replace(body, "1", "9", 1), badSignatureTR},
		{"one space more", path + "?locale=tr", signed, body + " ", badSignatureTR},
		{"another path", "/v1/mass/payout/auth?locale=tr", signed, body, badSignatureTR},
		{"another secret", path + "?locale=tr", authorization(apiKey, "wrong", path, body), body, badSignatureTR},
		{"unknown key", path + "?locale=tr", authorization("other", secretKey, path, body), body, unknownKeyTR},
		{"no signature", path + "?locale=tr", "IYZWSv2 " + base64.StdEncoding.EncodeToString(content[:20]), body, badSignatureTR},
		{"neither JSON nor locale", path, "IYZWSv2 AAAA", "{", badSignatureTR},
		{"unknown path", "/nothing", "", body, badSignatureTR},
		{"its conversationId is not told", path, "", `{"conversationId":"c"}`, badSignatureTR},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := open(t)
			req := a.request("POST", test.target, test.body)
			req.Header.Del("Authorization")
			if test.header != "" {
				req.Header.Set("Authorization", test.header)
			}
			resp, answer := a.do(req)
			if resp.StatusCode != 400 {
				t.Errorf("HTTP %d", resp.StatusCode)
			}
			equal(t, "answer", answer, test.want)

			_, stored := a.call("POST", "/v1/mass/payout/retrieve?locale=en", `{"externalMassPayoutId":"p","page":0,"size":1}`)
			if !strings.Contains(stored, "the mass payout was not found") {
				t.Errorf("stored: %s", stored)
			}
		})
	}
}

func TestUnsignedCannotAuthorizeOrCancel(t *testing.T) {
	a := open(t)
	id := a.init("p", pay("l", "1"))
	for _, target := range []string{"auth?locale=tr", "cancel/" + id + "?locale=tr"} {
		req := a.request("POST", "/v1/mass/payout/"+target, `{"requestId":"`+id+`"}`)
		req.Header.Set("Authorization", authorization(apiKey, "wrong", "/v1/mass/payout/"+target, `{"requestId":"`+id+`"}`))
		_, answer := a.do(req)
		equal(t, target, answer, badSignatureTR)
	}
	equal(t, "lines", a.lines(id), "INIT l:INIT")
}

// The random key stands in the Authorization; the header x-iyzi-rnd may be
// missing, as in the Java SDK, or another one.
func TestRandomKeyHeaderIsIgnored(t *testing.T) {
	a := open(t)
	req := a.request("GET", "/v1/mass/payout/balance?locale=tr", "")
	req.Header.Set("x-iyzi-rnd", "something else")
	if resp, answer := a.do(req); resp.StatusCode != 200 {
		t.Error(answer)
	}
}

func TestSignerIsUnderstood(t *testing.T) {
	a := open(t)
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequest("POST", a.URL+"/v1/mass/payout/init", strings.NewReader(payout("p", pay("l", "1"))))
	if err := sign.Edit(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	_, answer := a.do(req)
	equal(t, "answer", mask(answer), `{"status":"success","locale":"tr","systemTime":1759231970716,"requestId":"UUID","invalidItems":[]}`)
}

func TestNewRefusesKeysAndOptions(t *testing.T) {
	for _, keys := range [][2]string{{"", "s"}, {"k", ""}, {" k", "s"}} {
		if _, err := emulator.New(keys[0], keys[1]); err == nil {
			t.Errorf("New accepted the keys %q", keys)
		}
	}
	for name, opt := range map[string]emulator.Option{
		"clock": emulator.WithClock(nil), "logger": emulator.WithLogger(nil), "stage": emulator.WithStage(-1),
	} {
		if _, err := emulator.New("k", "s", opt); err == nil {
			t.Errorf("New accepted the %s", name)
		}
	}
}

// Only the Java SDK, which sends no x-iyzi-rnd, is answered without a locale where it has no body to say it in.
func TestLocaleOfARequestWithoutABody(t *testing.T) {
	a := open(t)
	for _, tt := range []struct{ name, target, randomKey, want string }{
		{"locale", "/v1/mass/payout/balance?locale=en", "123456789", `"status":"success","locale":"en"`},
		{"none", "/v1/mass/payout/balance", "123456789", `"errorMessage":"Geçersiz istek: locale zorunludur: tr veya en"`},
		{"none, as the Java SDK", "/v1/mass/payout/balance", "", `"status":"success","locale":"tr"`},
		{"unknown, as the Java SDK", "/v1/mass/payout/balance?locale=de", "", `"errorMessage":"Geçersiz istek: locale zorunludur: tr veya en"`},
	} {
		req := a.request("GET", tt.target, "")
		if req.Header.Del("x-iyzi-rnd"); tt.randomKey != "" {
			req.Header.Set("x-iyzi-rnd", tt.randomKey)
		}
		if _, answer := a.do(req); !strings.Contains(answer, tt.want) {
			t.Errorf("%s: got %s, want %s in it", tt.name, answer, tt.want)
		}
	}
}

// A fault that a test has injected waits for the signed request that it is meant for.
func TestUnsignedStrikesNoFault(t *testing.T) {
	a := open(t)
	struck := a.Inject(emulator.Fault{Kind: emulator.SystemError})
	req := a.request("GET", "/v1/mass/payout/balance?locale=tr", "")
	req.Header.Set("Authorization", "IYZWSv2 AAAA")
	_, answer := a.do(req)
	equal(t, "unsigned", answer, badSignatureTR)
	if status, answer := a.call("GET", "/v1/mass/payout/balance?locale=tr", ""); status != 500 || struck() != 1 {
		t.Errorf("signed: HTTP %d %s, struck %d", status, answer, struck())
	}
}
