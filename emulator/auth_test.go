package emulator_test

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/signer"
)

const (
	badSignatureTR  = `{"status":"failure","errorCode":"1000","errorMessage":"Geçersiz imza","locale":"tr","systemTime":1759231970716}`
	badSignatureEN  = `{"status":"failure","errorCode":"1000","errorMessage":"Invalid signature","locale":"en","systemTime":1759231970716}`
	unknownKeyTR    = `{"status":"failure","errorCode":"1001","errorMessage":"api bilgileri bulunamadı","locale":"tr","systemTime":1759231970716}`
	noSignatureTR   = `{"status":"failure","errorCode":"1007","errorMessage":"Signature gönderilmesi zorunludur","locale":"tr","systemTime":1759231970716}`
	noHeaderTR      = `{"status":"failure","errorCode":"1009","errorMessage":"Authorization header string gönderilmesi zorunludur","locale":"tr","systemTime":1759231970716}`
	noHeaderEN      = `{"status":"failure","errorCode":"1009","errorMessage":"Authorization header string must be sent","locale":"en","systemTime":1759231970716}`
	noHeaderEchoing = `{"status":"failure","errorCode":"1009","errorMessage":"Authorization header string gönderilmesi zorunludur","locale":"tr","systemTime":1759231970716,"conversationId":"c"}`
)

func TestUnsignedGetsNothingButARefusal(t *testing.T) {
	const path = "/v1/mass/payout/init"
	body := payout("p", pay("l", "1"))
	signed := authorization(apiKey, secretKey, path, body)
	content, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(signed, "IYZWSv2 "))
	tests := []struct {
		name, target, header, body, want string
	}{
		{"no header", path + "?locale=tr", "", body, noHeaderTR},
		{"in English", path + "?locale=en", "", body, noHeaderEN},
		{"in English by the body", path, "", `{"locale":"EN"}`, noHeaderEN},
		{"no locale", path, "", body, noHeaderTR},
		{"not base64", path + "?locale=tr", "IYZWSv2 %%%", body, badSignatureTR},
		{"another scheme", path + "?locale=tr", "IYZWS " + signed[8:], body, badSignatureTR},
		{"tampered body", path + "?locale=tr", signed, strings.Replace(body, "1", "9", 1), badSignatureTR},
		{"one space more", path + "?locale=tr", signed, body + " ", badSignatureTR},
		{"another path", "/v1/mass/payout/auth?locale=tr", signed, body, badSignatureTR},
		{"another secret", path + "?locale=tr", authorization(apiKey, "wrong", path, body), body, badSignatureTR},
		{"wrong, in English", path + "?locale=en", authorization(apiKey, "wrong", path, body), body, badSignatureEN},
		{"unknown key", path + "?locale=tr", authorization("other", secretKey, path, body), body, unknownKeyTR},
		{"no signature", path + "?locale=tr", "IYZWSv2 " + base64.StdEncoding.EncodeToString(content[:20]), body, noSignatureTR},
		{"empty signature", path + "?locale=tr", "IYZWSv2 " + base64.StdEncoding.EncodeToString(content[:len(content)-64]), body, noSignatureTR},
		{"neither JSON nor locale", path, "IYZWSv2 AAAA", "{", noSignatureTR},
		{"unknown path", "/nothing", "", body, noHeaderTR},
		{"conversationId in the body", path, "", `{"conversationId":"c"}`, noHeaderEchoing},
		{"conversationId in the query", path + "?conversationId=c", "", body, noHeaderEchoing},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := open(t)
			req := a.request("POST", test.target, test.body)
			req.Header.Del("Authorization")
			if test.header != "" {
				req.Header.Set("Authorization", test.header)
			}
			resp, response := a.do(req)
			if resp.StatusCode != 400 {
				t.Errorf("HTTP %d", resp.StatusCode)
			}
			equal(t, "response", response, test.want)

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
		_, response := a.do(req)
		equal(t, target, response, badSignatureTR)
	}
	equal(t, "items", a.items(id), "INIT l:INIT")
}

// The random key stands in the Authorization; the header x-iyzi-rnd may be
// missing, as in the Java SDK, or another one.
func TestRandomKeyHeaderIsIgnored(t *testing.T) {
	a := open(t)
	req := a.request("GET", "/v1/mass/payout/balance?locale=tr", "")
	req.Header.Set("x-iyzi-rnd", "something else")
	if resp, response := a.do(req); resp.StatusCode != 200 {
		t.Error(response)
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
	_, response := a.do(req)
	equal(t, "response", mask(response), `{"status":"success","locale":"tr","systemTime":1759231970716,"requestId":"UUID","invalidItems":[]}`)
}

func TestNewRefusesKeysAndOptions(t *testing.T) {
	for _, keys := range [][2]string{{"", "s"}, {"k", ""}, {" k", "s"}} {
		if _, err := emulator.New(keys[0], keys[1]); err == nil {
			t.Errorf("New accepted the keys %q", keys)
		}
	}
	for _, tt := range []struct {
		opt  emulator.Option
		want string
	}{
		{nil, "emulator: an option is nil"},
		{emulator.WithClock(nil), "emulator: the clock must not be nil"},
		{emulator.WithLogger(nil), "emulator: the logger must not be nil"},
		{emulator.WithStage(-1), "emulator: the duration of a stage must not be negative"},
		{emulator.WithBalance(d("-0.01")), "emulator: the balance must not be negative"},
		{emulator.WithCommission(d("-0.01")), "emulator: the commission must not be negative"},
		{emulator.WithDeposit(emulator.ItemSuccess), "emulator: a FAILED item can only become DEPOSIT_SUCCESS or DEPOSIT_FAIL"},
		{emulator.WithReadLag(-1), "emulator: the read lag must not be negative"},
		{emulator.WithItemLag(-1), "emulator: the item lag must not be negative"},
		{emulator.WithLocale("TR"), "emulator: the locale must be tr or en"},
		{emulator.WithSignatureStatus(0), "emulator: the HTTP status of signature refusals must be between 200 and 599"},
		{emulator.WithReadTimeout(0), "emulator: the read timeout must be positive"},
		{emulator.WithExchanges(0), "emulator: the number of exchanges must be between 1 and 100000"},
	} {
		_, err := emulator.New("k", "s", tt.opt)
		if err == nil {
			t.Errorf("New accepted the option that wants %q", tt.want)
			continue
		}
		equal(t, "error", err.Error(), tt.want)
	}
}

// The log, and a header if an option says so, tell why a signature is wrong. Neither shows a key.
func TestWrongSignatureIsExplained(t *testing.T) {
	const path, body = initPath, `{"externalId":"p"}`
	tests := []struct{ name, header, want string }{
		{"no header", "", "header.missing"},
		{"old scheme", "IYZWS " + apiKey + ":c2hhMQ==", "scheme.old"},
		{"signed with the query", authorizationOf(apiKey, secretKey, path+"?locale=en"+body), "path.query"},
		{"signed with a host", authorizationOf(apiKey, secretKey, "https://sandbox-api.iyzipay.com"+path+body), "path."},
		{"keys swapped", authorization(secretKey, apiKey, path, body), "keys.swapped"},
		{"signed without the body", authorization(apiKey, secretKey, path, ""), "body.left_out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			a := open(t, emulator.WithLogger(slog.New(slog.NewTextHandler(&log, nil))), emulator.WithExplanation())
			silent := open(t)
			for _, to := range []*account{a, silent} {
				req := to.request("POST", path+"?locale=en", body)
				req.Header.Del("Authorization")
				if test.header != "" {
					req.Header.Set("Authorization", test.header)
				}
				resp, response := to.do(req)
				if resp.StatusCode != 400 {
					t.Errorf("HTTP %d", resp.StatusCode)
				}
				told := resp.Header.Get("X-Emulator-Explanation")
				if to == a && !strings.Contains(told, test.want) || to == silent && told != "" {
					t.Errorf("explanation %q, want %q in it", told, test.want)
				}
				for _, secret := range []string{apiKey, secretKey} {
					if strings.Contains(told+response+log.String(), secret) {
						t.Errorf("a key shows in %s%s%s", told, response, log.String())
					}
				}
			}
			if !strings.Contains(log.String(), `why="`) || !strings.Contains(log.String(), test.want) {
				t.Errorf("log: %s", log.String())
			}
		})
	}
}

// Many wrong signatures at once wait for each other, and each is explained.
func TestManyWrongSignaturesAtOnce(t *testing.T) {
	a := open(t, emulator.WithExplanation())
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			req := a.request("GET", "/v1/mass/payout/balance?locale=en", "")
			req.Header.Set("Authorization", authorizationOf(apiKey, secretKey, "/v1/mass/payout/balance?locale=en"))
			resp, err := a.Client().Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			if why := resp.Header.Get("X-Emulator-Explanation"); !strings.Contains(why, "path.query") {
				t.Errorf("explanation %q", why)
			}
		})
	}
	all.Wait()
}

func TestSignatureStatus(t *testing.T) {
	a := open(t, emulator.WithSignatureStatus(401))
	req := a.request("GET", "/v1/mass/payout/balance?locale=tr", "")
	req.Header.Set("Authorization", authorization(apiKey, "wrong", "/v1/mass/payout/balance", ""))
	resp, response := a.do(req)
	if resp.StatusCode != 401 {
		t.Errorf("HTTP %d", resp.StatusCode)
	}
	equal(t, "response", response, badSignatureTR)
}

// A fault that a test has injected waits for the signed request that it is meant for.
func TestUnsignedStrikesNoFault(t *testing.T) {
	a := open(t)
	struck := a.Inject(emulator.Fault{Kind: emulator.SystemError})
	req := a.request("GET", "/v1/mass/payout/balance?locale=tr", "")
	req.Header.Set("Authorization", "IYZWSv2 AAAA")
	_, response := a.do(req)
	equal(t, "unsigned", response, noSignatureTR)
	if status, response := a.call("GET", "/v1/mass/payout/balance?locale=tr", ""); status != 500 || struck() != 1 {
		t.Errorf("signed: HTTP %d %s, struck %d", status, response, struck())
	}
}
