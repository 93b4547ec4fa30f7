package signer_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

func TestNewRefusesKeys(t *testing.T) {
	const good = "abcDEF123+/="
	bad := []struct{ name, key, want string }{
		{"empty", "", "empty"},
		{"only a space", " ", "white space around"},
		{"space before", " k3y", "white space around"},
		{"space after", "k3y ", "white space around"},
		{"newline after", "k3y\n", "white space around"},
		{"tab before", "\tk3y", "white space around"},
		{"no-break space after", "k3y\u00a0", "white space around"},
		{"space inside", "k 3y", "contains white space"},
		{"control character inside", "k\x003y", "control characters"},
		{"byte order mark before", "\ufeffk3y", "outside ASCII"},
		{"invalid UTF-8", "k3y\xff", "outside ASCII"},
	}
	for _, tt := range bad {
		t.Run(tt.name, func(t *testing.T) {
			_, errAPI := signer.New(tt.key, good)
			_, errSecret := signer.New(good, tt.key)
			for kind, err := range map[string]error{"API key": errAPI, "secret key": errSecret} {
				if err == nil {
					t.Fatalf("the %s %q was accepted", kind, tt.key)
				}
				if got := err.Error(); !strings.Contains(got, tt.want) || !strings.Contains(got, kind) {
					t.Errorf("the error says %q, want %q about the %s", got, tt.want, kind)
				}
				if strings.Contains(err.Error(), "3y") || strings.Contains(err.Error(), good) {
					t.Errorf("the error shows a key: %v", err)
				}
			}
		})
	}
	if _, err := signer.New("a&b", good); err == nil {
		t.Error(`an API key with "&" was accepted`)
	}
	if _, err := signer.New(good, good); err != nil {
		t.Error(err)
	}
}

func TestNewRefusesOptions(t *testing.T) {
	for name, opt := range map[string]signer.Option{
		"nil":                             nil,
		"unknown locale":                  signer.WithLocale("de"),
		"upper case locale":               signer.WithLocale("TR"),
		"empty locale":                    signer.WithLocale(""),
		"empty client version":            signer.WithClientVersion(""),
		"client version with a line feed": signer.WithClientVersion("a\nb"),
	} {
		if _, err := signer.New("a", "b", opt); err == nil {
			t.Errorf("%s: no error", name)
		} else if !strings.HasPrefix(err.Error(), "signer: ") {
			t.Errorf("%s: the error %q does not name the package", name, err)
		}
	}
}

func TestEditSetsHeaders(t *testing.T) {
	req := newRequest(t, http.MethodPost, initURL, strings.NewReader(`{}`))
	edit(t, newSigner(t), req)
	checkSigned(t, req.Header, "/v1/mass/payout/init", `{}`)
	// The version is "devel" because a test binary of this module has none.
	if got := req.Header.Get("x-iyzi-client-version"); got != "masspayout-go-devel" {
		t.Errorf("x-iyzi-client-version: %q", got)
	}
	if got := req.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type: %q", got)
	}
	if got := req.URL.String(); got != initURL+"?locale=tr" {
		t.Errorf("URL: %s", got)
	}

	req = newRequest(t, http.MethodGet, initURL, nil)
	req.Header = nil
	edit(t, newSigner(t, signer.WithClientVersion("shop-1.2"), signer.WithLocale(signer.LocaleEN)), req)
	checkSigned(t, req.Header, "/v1/mass/payout/init", "")
	if got := req.Header.Get("x-iyzi-client-version"); got != "shop-1.2" {
		t.Errorf("x-iyzi-client-version: %q", got)
	}
	if got := req.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type without a body: %q", got)
	}
	if got := req.URL.RawQuery; got != "locale=en" {
		t.Errorf("query: %s", got)
	}
}

func TestEditReplacesAnOldSignature(t *testing.T) {
	s := newSigner(t)
	req := newRequest(t, http.MethodPost, initURL, strings.NewReader(`{}`))
	req.Header = http.Header{
		"Authorization":         {"IYZWSv2 old", "Basic old"},
		"authorization":         {"IYZWSv2 old"},
		"x-iyzi-rnd":            {"old"},
		"X-IYZI-CLIENT-VERSION": {"old"},
		"content-type":          {"application/json; charset=utf-8"},
		"X-Other":               {"kept"},
	}
	edit(t, s, req)
	first := req.Header.Get("Authorization")
	edit(t, s, req)
	if req.Header.Get("Authorization") == first {
		t.Error("the second signature is the first one")
	}
	checkSigned(t, req.Header, "/v1/mass/payout/init", `{}`)
	var b bytes.Buffer
	if err := req.Header.Write(&b); err != nil {
		t.Fatal(err)
	}
	written := b.String()
	if strings.Contains(written, "old") {
		t.Errorf("something old is left:\n%s", written)
	}
	for _, want := range []string{"content-type: application/json; charset=utf-8\r\n", "X-Other: kept\r\n"} {
		if !strings.Contains(written, want) {
			t.Errorf("%q is missing in\n%s", want, written)
		}
	}
	if n := strings.Count(strings.ToLower(written), "content-type"); n != 1 {
		t.Errorf("%d Content-Type headers", n)
	}
}

// The path must be signed as it arrives, so a server on loopback tells how it did.
func TestPathIsSignedAsSent(t *testing.T) {
	tests := []struct {
		name string
		url  url.URL
		want string
	}{
		{"plain", url.URL{Path: "/v1/mass/payout/init"}, "/v1/mass/payout/init"},
		{"empty", url.URL{}, "/"},
		{"query is not signed", url.URL{Path: "/a", RawQuery: "page=1&count=10"}, "/a"},
		{"question mark without a query", url.URL{Path: "/a", ForceQuery: true}, "/a"},
		{"trailing slash", url.URL{Path: "/a/"}, "/a/"},
		{"two slashes in front", url.URL{Path: "//a//b"}, "//a//b"},
		{"non-ASCII", url.URL{Path: "/ödeme/Kasım"}, "/%C3%B6deme/Kas%C4%B1m"},
		{"space", url.URL{Path: "/a b"}, "/a%20b"},
		{"escaped question mark", url.URL{Path: "/a?b"}, "/a%3Fb"},
		{"escaped slash", url.URL{Path: "/a/b", RawPath: "/a%2Fb"}, "/a%2Fb"},
		{"escape in lower case", url.URL{Path: "/ö", RawPath: "/%c3%b6"}, "/%c3%b6"},
		{"RawPath that does not fit", url.URL{Path: "/a", RawPath: "/b"}, "/a"},
		{"other characters", url.URL{Path: "/a;b,c:d@e!$&'()*+="}, "/a;b,c:d@e%21$&%27%28%29%2A+="},
		{"other characters, as the RawPath has them", url.URL{Path: "/e!'()*", RawPath: "/e!'()*"}, "/e!'()*"},
		{"opaque", url.URL{Opaque: "/a%2fb"}, "/a%2fb"},
		{"fragment is not sent", url.URL{Path: "/a", Fragment: "b"}, "/a"},
	}
	rec := newRecorder(t, nil)
	s := newSigner(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := newRequest(t, http.MethodPost, rec.URL, strings.NewReader("body"))
			u := tt.url
			u.Scheme, u.Host = req.URL.Scheme, req.URL.Host
			req.URL = &u
			edit(t, s, req)
			checkSigned(t, req.Header, tt.want, "body")
			send(t, rec.Client(), req)
			seen := rec.requests()
			if path, _, _ := strings.Cut(seen[len(seen)-1].target, "?"); path != tt.want {
				t.Errorf("the server got the path %q, want %q", path, tt.want)
			}
		})
	}
	rec.checkAll(t, len(tests))
}

// A proxy gets the absolute form of the URL; the path in it is signed all the same.
func TestPathThroughAProxy(t *testing.T) {
	proxy := newRecorder(t, nil)
	proxyURL, _ := url.Parse(proxy.URL)
	c := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxyURL)}}
	defer c.CloseIdleConnections()
	req := newRequest(t, http.MethodGet, "http://localhost:1/a%2fb", nil)
	edit(t, newSigner(t), req)
	send(t, c, req)
	got := proxy.requests()[0]
	if got.target != "http://localhost:1/a%2fb?locale=tr" {
		t.Errorf("target: %s", got.target)
	}
	checkSigned(t, got.header, "/a%2fb", "")
}

func TestEditRefusesURLs(t *testing.T) {
	s := newSigner(t)
	for name, req := range map[string]*http.Request{
		"nil request":          nil,
		"zero request":         {},
		"empty URL":            {URL: &url.URL{}},
		"no scheme":            {URL: &url.URL{Host: "localhost", Path: "/"}},
		"no host":              {URL: &url.URL{Scheme: "https", Path: "/"}},
		"relative path":        {URL: &url.URL{Scheme: "https", Host: "localhost", Path: "a"}},
		"query in Opaque":      {URL: &url.URL{Scheme: "https", Host: "localhost", Opaque: "/a?b=c"}},
		"locale unknown":       {URL: &url.URL{Scheme: "https", Host: "localhost", RawQuery: "locale=de"}},
		"locale in upper case": {URL: &url.URL{Scheme: "https", Host: "localhost", RawQuery: "locale=TR"}},
		"locale empty":         {URL: &url.URL{Scheme: "https", Host: "localhost", RawQuery: "locale"}},
		"two locales":          {URL: &url.URL{Scheme: "https", Host: "localhost", RawQuery: "locale=tr&locale=en"}},
	} {
		err := s.Edit(context.Background(), req)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if !strings.HasPrefix(err.Error(), "signer: ") {
			t.Errorf("%s: the error %q does not name the package", name, err)
		}
		if req != nil && len(req.Header) != 0 {
			t.Errorf("%s: refused, and yet headers are set", name)
		}
	}
	for name, s := range map[string]*signer.Signer{"nil": nil, "zero": {}} {
		if err := s.Edit(context.Background(), newRequest(t, http.MethodGet, initURL, nil)); err == nil {
			t.Errorf("%s Signer: no error", name)
		}
	}
}

// A call's own editor runs after the client's. One that changes the body then breaks the signature; run before, it is
// signed with the rest.
func TestEditorsOrder(t *testing.T) {
	sign := newSigner(t)
	changeBody := func(_ context.Context, req *http.Request) error {
		changed := newRequest(t, req.Method, req.URL.String(), strings.NewReader("changed"))
		req.Body, req.GetBody, req.ContentLength = changed.Body, changed.GetBody, changed.ContentLength
		return nil
	}
	verify := func(editors ...func(context.Context, *http.Request) error) error {
		req := newRequest(t, http.MethodPost, initURL, strings.NewReader("original"))
		for _, e := range editors {
			if err := e(context.Background(), req); err != nil {
				t.Fatal(err)
			}
		}
		var body bytes.Buffer
		body.ReadFrom(req.Body)
		if body.String() != "changed" {
			t.Fatalf("body: %q", body.String())
		}
		return signer.Verify(req, body.Bytes(), oneKey(testAPIKey, testSecretKey))
	}
	if err := verify(sign.Edit, changeBody); err != signer.ErrSignature {
		t.Errorf("changed after signing: %v", err)
	}
	if err := verify(changeBody, sign.Edit); err != nil {
		t.Errorf("changed before signing: %v", err)
	}
}

func TestConcurrentUse(t *testing.T) {
	const workers, each = 8, 200
	s := newSigner(t)
	var mu sync.Mutex
	randomKeys := map[string]bool{}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			body := strings.Repeat(string(rune('a'+w)), 20_000*w)
			for range each {
				req := newRequest(t, http.MethodPost, initURL, strings.NewReader(body))
				if err := s.Edit(context.Background(), req); err != nil {
					t.Error(err)
					return
				}
				checkSigned(t, req.Header, "/v1/mass/payout/init", body)
				mu.Lock()
				randomKeys[req.Header.Get("X-Iyzi-Rnd")] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(randomKeys) != workers*each {
		t.Errorf("%d random keys for %d requests", len(randomKeys), workers*each)
	}
	for k := range randomKeys {
		if len(k) < 22 || strings.Trim(k, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
			t.Fatalf("the random key %q is short or has a character that the header could be misread by", k)
		}
	}
}
