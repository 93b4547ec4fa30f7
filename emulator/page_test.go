package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
)

// Nothing is at the page's addresses unless it is switched on: they are paths that the API does not have.
func TestNoPageByDefault(t *testing.T) {
	a := open(t)
	for _, path := range []string{"/", "/_emulator/", "/_emulator/state", "/_emulator/page.js"} {
		status, body := a.call("GET", path, "")
		if status != 404 || !strings.Contains(body, `"errorCode":"11"`) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if resp, _ := a.do(a.request("POST", "/_emulator/reset", "{}")); resp.StatusCode != 404 {
		t.Errorf("reset: HTTP status %d", resp.StatusCode)
	}
}

// The page is for this machine: whoever comes from elsewhere, or by a name that was bound to 127.0.0.1, gets nothing.
func TestPageIsLocal(t *testing.T) {
	emu, err := emulator.New(apiKey, secretKey, emulator.WithPage())
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		from, host string
		want       int
	}{
		{"127.0.0.1:5000", "127.0.0.1:8080", 200},
		{"127.0.0.1:5000", "localhost:8080", 200},
		{"127.0.0.1:5000", "LocalHost", 200},
		{"127.8.9.1:5000", "127.0.0.1", 200},
		{"[::1]:5000", "[::1]:8080", 200},
		{"[::1]:5000", "[::1]", 200},
		{"[::ffff:127.0.0.1]:5000", "127.0.0.1", 200},
		{"192.0.2.1:5000", "127.0.0.1:8080", 403},
		{"[2001:db8::1]:5000", "localhost", 403},
		{"in process", "127.0.0.1:8080", 403},
		{"127.0.0.1:5000", "evil.example:8080", 403},
		{"127.0.0.1:5000", "127.0.0.1.evil.example", 403},
		{"127.0.0.1:5000", "localhost.evil.example", 403},
		{"127.0.0.1:5000", "192.0.2.1", 403},
		{"127.0.0.1:5000", "0.0.0.0", 403},
		{"127.0.0.1:5000", "", 403},
	}
	for _, test := range tests {
		for _, path := range []string{"/_emulator/", "/_emulator/state", "/_emulator/page.css"} {
			req := httptest.NewRequest("GET", path, nil)
			req.RemoteAddr, req.Host = test.from, test.host
			w := httptest.NewRecorder()
			emu.ServeHTTP(w, req)
			if w.Code != test.want {
				t.Errorf("%s from %s as %q: HTTP status %d", path, test.from, test.host, w.Code)
			}
		}
	}
}

// A page of another site can make a browser send requests here; it changes nothing by them.
func TestNoWritesFromOtherSites(t *testing.T) {
	a := openPage(t)
	a.init("p", pay("a", "1"))
	tests := []struct {
		name    string
		headers map[string]string
		want    int
	}{
		{"curl", nil, 200},
		{"the page itself", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": a.URL}, 200},
		{"typed into the address bar", map[string]string{"Sec-Fetch-Site": "none"}, 200},
		{"another site", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403},
		{"another port of this machine", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:9"}, 403},
		{"an old browser", map[string]string{"Origin": "https://evil.example"}, 403},
		{"a sandboxed frame", map[string]string{"Origin": "null"}, 403},
	}
	for _, test := range tests {
		for _, write := range [][2]string{{"POST", "clock"}, {"DELETE", "faults"}} {
			req, err := http.NewRequestWithContext(t.Context(), write[0], a.URL+"/_emulator/"+write[1],
				strings.NewReader(`{"advanceMillis":1}`))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range test.headers {
				req.Header.Set(name, value)
			}
			if resp, _ := a.do(req); resp.StatusCode != test.want {
				t.Errorf("%s, %s: HTTP status %d", test.name, write[1], resp.StatusCode)
			}
		}
	}
	// 3 of the 7 may.
	equal(t, "the clock went ahead by", a.Now().Sub(start).String(), "3ms")
}

// Everything comes from the emulator, and nothing that a request brings can run.
func TestPageHeaders(t *testing.T) {
	a := openPage(t)
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
			"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
			"require-trusted-types-for 'script'; trusted-types 'none'",
		"Cross-Origin-Resource-Policy": "same-origin",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cache-Control":                "no-store",
	}
	for path, contentType := range map[string]string{
		"":         "text/html; charset=utf-8",
		"page.css": "text/css; charset=utf-8",
		"page.js":  "text/javascript; charset=utf-8",
		"icon.svg": "image/svg+xml",
		"state":    "application/json",
		"nothing":  "application/json",
	} {
		resp, body := a.do(a.request("GET", "/_emulator/"+path, ""))
		for name, value := range want {
			equal(t, path+" "+name, resp.Header.Get(name), value)
		}
		equal(t, path+" Content-Type", resp.Header.Get("Content-Type"), contentType)
		if path == "" || path == "page.css" {
			for _, no := range []string{"style=", "onclick", "javascript:", "http:", "https:", "//", "@import", "url("} {
				if strings.Contains(body, no) {
					t.Errorf("%q has %s in it", path, no)
				}
			}
		}
	}
	if total := a.Calls("") + a.Calls(emulator.OpBalance); total != 0 {
		t.Errorf("the page's requests were counted: %d", total)
	}
	if _, got := a.control("GET", "requests", ""); got != `{"requests":[],"total":0}` {
		t.Error("the page's requests were recorded")
	}
}

// One address is enough: a browser is led to the page, everybody else meets the API.
func TestBrowserFindsThePage(t *testing.T) {
	a := openPage(t)
	req := a.request("GET", "/", "")
	req.Header.Set("Accept", "text/html,application/xhtml+xml")
	resp, _ := a.do(req)
	equal(t, "browser", resp.Status+" "+resp.Header.Get("Location"), "303 See Other /_emulator/")
	if status, _ := a.call("GET", "/", ""); status != 404 {
		t.Errorf("client: HTTP status %d", status)
	}
	resp, _ = a.do(a.request("GET", "/_emulator", ""))
	equal(t, "without a slash", resp.Header.Get("Location"), "/_emulator/")
}

func TestPageLanguage(t *testing.T) {
	a := openPage(t)
	tests := []struct{ query, cookie, accept, want string }{
		{"", "", "", "en"},
		{"", "", "tr-TR,tr;q=0.9,en;q=0.8", "tr"},
		{"", "", "de, en;q=0.5, tr;q=0.7", "tr"},
		{"", "", "en-GB,tr;q=0.9", "en"},
		{"", "", "tr;q=0", "en"},
		{"", "", "tr;q=x", "en"},
		{"", "tr", "en", "tr"},
		{"", "xx", "tr", "tr"},
		{"?lang=en", "tr", "tr", "en"},
		{"?lang=tr", "", "en", "tr"},
		{"?lang=../x", "", "tr", "tr"},
	}
	for _, test := range tests {
		req := a.request("GET", "/_emulator/"+test.query, "")
		req.Header.Set("Accept-Language", test.accept)
		if test.cookie != "" {
			req.AddCookie(&http.Cookie{Name: "emulator-lang", Value: test.cookie})
		}
		resp, body := a.do(req)
		if !strings.Contains(body, `<html lang="`+test.want+`">`) {
			t.Errorf("%+v: not in %s", test, test.want)
		}
		remembered := slices.ContainsFunc(resp.Cookies(), func(c *http.Cookie) bool {
			return c.Name == "emulator-lang" && c.Value == test.want && c.HttpOnly && c.SameSite == http.SameSiteStrictMode
		})
		if chosen := test.query == "?lang="+test.want; remembered != chosen {
			t.Errorf("%+v: remembered %t", test, remembered)
		}
	}
	for lang, want := range map[string]string{"tr": "alıcının hesabı blokeli", "en": "account is blocked"} {
		id := a.init("p", payTo("a", emulator.RecipientBlocked.MemberID(), "1"))
		if _, got := a.control("GET", "payouts/"+id+"/items?lang="+lang, ""); !strings.Contains(got, want) {
			t.Errorf("%s: %s", lang, got)
		}
	}
}

// Wherever a client puts its keys and recipients, the page and its API show none of them.
func TestPageShowsNoSecret(t *testing.T) {
	a := openPage(t)
	const iban, name, identity = "TR920086402100005482911108", "Ayşe Yılmaz", "12345678901"
	body := payout("p-"+secretKey, `{"itemExternalId":"a","recipientType":"IBAN","recipientInfo":"`+iban+
		`","recipientName":"`+name+`","description":"`+name+` `+identity+`","amount":{"value":1,"currency":"TRY"}}`)
	a.post("init", body)
	a.post("retrieve", `{"externalMassPayoutId":"p-`+secretKey+`","page":0,"size":10}`)
	wrong := a.request("POST", "/v1/mass/payout/init?locale=en&iban="+iban+"&key="+secretKey, body+" ")
	wrong.Header.Set("Authorization", authorizationOver("123456789/v1/mass/payout/init"+body))
	wrong.Header.Set("X-Key", secretKey)
	wrong.Header.Set("User-Agent", "client with "+secretKey+" and "+apiKey)
	wrong.Header.Set("Cookie", "session="+iban)
	a.do(wrong)
	form := a.request("POST", "/v1/mass/payout/init/"+iban, "recipientInfo="+iban+"&name="+name)
	a.do(form)

	var all strings.Builder
	for _, path := range []string{"", "state", "ledger", "payouts", "requests", "requests/1", "requests/2", "requests/3",
		"requests/4", "requests/3?lang=tr"} {
		_, got := a.control("GET", path, "")
		all.WriteString(got)
	}
	_, payouts := a.control("GET", "payouts", "")
	_, items := a.control("GET", "payouts/"+uuid.FindString(payouts)+"/items", "")
	all.WriteString(items)
	shown := all.String()
	for _, secret := range []string{apiKey, secretKey, iban, iban[4:20], name, "Yılmaz", identity, "5678901"} {
		if strings.Contains(shown, secret) {
			at := strings.Index(shown, secret)
			t.Errorf("%q is shown: %s", secret, shown[max(0, at-120):min(len(shown), at+60)])
		}
	}
	// It is not as if nothing were shown.
	for _, want := range []string{`\"recipientInfo\":\"…1108\"`, `\"recipientName\":\"…\"`, `"recipient":"…1108"`,
		"body.newline", "client with … and …", `"value":"IYZWSv2 apiKey:…&randomKey:123456789&signature:…"`} {
		if !strings.Contains(shown, want) {
			t.Errorf("%s is not shown", want)
		}
	}
}

// A signature that no known mistake produces says so, and what to check.
func TestUnexplainedSignature(t *testing.T) {
	a := openPage(t)
	req := a.request("GET", "/v1/mass/payout/balance?locale=en", "")
	req.Header.Set("Authorization", authorization(apiKey, "some-other-secret", "/v1/mass/payout/balance", ""))
	a.do(req)
	for lang, want := range map[string]string{
		"en": `"why":"The signature is wrong. No known mistake produces this signature. Check the secret key, `,
		"tr": `"why":"İmza hatalı. Bilinen hiçbir hata bu imzayı üretmiyor. Secret key'i kontrol edin, `,
	} {
		for _, path := range []string{"requests", "requests/1"} {
			if _, got := a.control("GET", path+"?lang="+lang, ""); !strings.Contains(got, want) {
				t.Errorf("%s: no %s in %s", path, want, got)
			}
		}
	}
}

// However much a client sends, what is kept of it stays small.
func TestWhatIsKeptIsBounded(t *testing.T) {
	a := openPage(t)
	req := a.request("POST", "/v1/mass/payout/init?locale=en&x="+strings.Repeat("q", 100_000), strings.Repeat(" ", 1_000_000))
	for i := range 100 {
		req.Header.Set("X-Filler-"+strings.Repeat("f", i), strings.Repeat("v", 4_000))
	}
	a.do(req)
	status, got := a.control("GET", "requests/1", "")
	if status != 200 || len(got) > 64<<10 {
		t.Errorf("HTTP status %d, %d bytes", status, len(got))
	}
	if !strings.Contains(got, `"bytes":1000000,`) || !strings.Contains(got, `"truncated":true`) {
		t.Errorf("the size is not told: %.500s", got)
	}
}
