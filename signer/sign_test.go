package signer_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/iyzico-go/masspayout/signer"
)

// The vectors are from the unit tests of iyzico's Java and PHP SDKs.
func TestAuthorizationVectors(t *testing.T) {
	tests := []struct {
		name, apiKey, secretKey, randomKey, uriPath, body, want string
	}{
		{
			name:   "iyzipay-java",
			apiKey: "apiKey", secretKey: "secretKey", randomKey: "random", uriPath: "/v2/uri",
			body: `"[data\u003dvalue]"`,
			want: "IYZWSv2 YXBpS2V5OmFwaUtleSZyYW5kb21LZXk6cmFuZG9tJnNpZ25hdHVyZTphOTBlYzFhZWNkNjhlMzdjYzMwOTQyZjg1Y2U2YjBkNTM0MzVhNGNhNDVlMDQ3NjliNDZlM2MzNWQ4MWJmNmZl",
		},
		{
			name:   "iyzipay-php, the query cut off",
			apiKey: "test", secretKey: "test", randomKey: "123456789", uriPath: "/v2/subscription/customers/",
			want: "IYZWSv2 YXBpS2V5OnRlc3QmcmFuZG9tS2V5OjEyMzQ1Njc4OSZzaWduYXR1cmU6NmYzODQwOTlhYWUzMjhmNzJkYWY5Y2RhYjEwNWViMzdmYjI5NjIwMjUxYzQ3YjRjNTgzZDc0OGQ5ZDBhYjc2NA==",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := signer.Authorization(tt.apiKey, tt.secretKey, tt.randomKey, tt.uriPath, []byte(tt.body))
			if got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// RFC 4231, section 4. The message is split into the three signed parts, which shows that they are joined unchanged.
func TestRFC4231(t *testing.T) {
	tests := []struct{ name, key, message, want string }{
		{"4.2", strings.Repeat("\x0b", 20), "Hi There",
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{"4.3", "Jefe", "what do ya want for nothing?",
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"4.4", strings.Repeat("\xaa", 20), strings.Repeat("\xdd", 50),
			"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
		{"4.5", "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19", strings.Repeat("\xcd", 50),
			"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
		{"4.6, truncated to 128 bits", strings.Repeat("\x0c", 20), "Test With Truncation",
			"a3b6167473100ee06e0c796c2955552b"},
		{"4.7", strings.Repeat("\xaa", 131), "Test Using Larger Than Block-Size Key - Hash Key First",
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
		{"4.8", strings.Repeat("\xaa", 131), "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
			"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			value := signer.Authorization("a", tt.key, tt.message[:2], tt.message[2:5], []byte(tt.message[5:]))
			_, signature, _ := strings.Cut(decode(t, value), "&signature:")
			if len(signature) != hex.EncodedLen(32) || !strings.HasPrefix(signature, tt.want) {
				t.Errorf("got %s, want %s", signature, tt.want)
			}
		})
	}
}

// The header on iyzico's documentation page. Its secret key is not published, so only the text around the signature can
// be compared.
func TestAuthorizationPublishedHeader(t *testing.T) {
	const published = "IYZWSv2 YXBpS2V5OnNhbmRib3gtbDlNZDFHajNJWWNtdTROZGFXeGFTVW9Db1g3REM1UkEmcmFuZG9tS2V5OjEyMzQ1Njc4OSZzaWduYXR1cmU6MDc5ZGY0YjI0MjZmYzdmNDIwOGQ4ZjIyZmJjMDM0OTc5NDAxOWY4Y2UyYjA3MTFkZTc4MDhiNDg3NGY0ZTc5Ng=="
	got := signer.Authorization("sandbox-l9Md1Gj3IYcmu4NdaWxaSUoCoX7DC5RA", "not published", "123456789", "/", nil)
	const length = 64 // of the signature
	gotText, wantText := decode(t, got), decode(t, published)
	if g, w := gotText[:len(gotText)-length], wantText[:len(wantText)-length]; g != w {
		t.Errorf("\n got %s\nwant %s", g, w)
	}
	if len(got) != len(published) {
		t.Errorf("got %d characters, want %d", len(got), len(published))
	}
}

func decode(t testing.TB, value string) string {
	t.Helper()
	encoded, ok := strings.CutPrefix(value, "IYZWSv2 ")
	if !ok {
		t.Fatalf("no IYZWSv2 value: %q", value)
	}
	text, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEditSetsHeaders(t *testing.T) {
	req := newRequest(t, http.MethodPost, initURL, strings.NewReader(`{}`))
	edit(t, newSigner(t), req)
	checkSigned(t, req.Header, "/v1/mass/payout/init", `{}`)
	// The test binary of this module has no version.
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

// The path is signed as a server on loopback receives it.
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
				t.Errorf("the server received the path %q, want %q", path, tt.want)
			}
		})
	}
	rec.checkAll(t, len(tests))
}

// A proxy receives the absolute form of the URL. Only the path in it is signed.
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
			t.Errorf("%s: headers were set although Edit failed", name)
		}
	}
	for name, s := range map[string]*signer.Signer{"nil": nil, "zero": {}} {
		if err := s.Edit(context.Background(), newRequest(t, http.MethodGet, initURL, nil)); err == nil {
			t.Errorf("%s Signer: no error", name)
		}
	}
}

// Changing the body invalidates the signature if the editor runs after Edit, but not if it runs before.
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
			body := strings.Repeat(string(rune('a'+w)), 3_000*w) // up to several chunks
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

// The signed bytes are the received bytes, for every kind of body.
func TestBodyIsSignedAsSent(t *testing.T) {
	long := strings.Repeat("0123456789", 5000) // more than one chunk
	file, err := os.Open("sign.go")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	fileContent, _ := os.ReadFile("sign.go")
	tests := []struct {
		name string
		body io.Reader
		want string
	}{
		{"none", nil, ""},
		{"http.NoBody", http.NoBody, ""},
		{"empty bytes", bytes.NewReader(nil), ""},
		{"empty stream", onlyReader{strings.NewReader("")}, ""},
		{"bytes", bytes.NewReader([]byte(long)), long},
		{"buffer", bytes.NewBufferString("kasım"), "kasım"},
		{"string", strings.NewReader(long), long},
		{"whole chunks", strings.NewReader(long[:16<<10]), long[:16<<10]},
		{"stream", onlyReader{strings.NewReader(long)}, long},
		{"slow stream", onlyReader{iotest.OneByteReader(strings.NewReader("slow"))}, "slow"},
		{"file", file, string(fileContent)},
	}
	rec := newRecorder(t, nil)
	s := newSigner(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := newRequest(t, http.MethodPost, rec.URL+"/a", tt.body)
			edit(t, s, req)
			send(t, rec.Client(), req)
			seen := rec.requests()
			got := seen[len(seen)-1]
			checkSigned(t, got.header, "/a", tt.want)
			if got.body != tt.want {
				t.Errorf("the server received %d bytes, want %d", len(got.body), len(tt.want))
			}
			if got.contentLength != int64(len(tt.want)) {
				t.Errorf("Content-Length %d, want %d", got.contentLength, len(tt.want))
			}
			if req.Body != nil && req.Body != http.NoBody {
				again, err := req.GetBody()
				if err != nil {
					t.Fatal(err)
				}
				if b, _ := io.ReadAll(again); string(b) != tt.want {
					t.Errorf("GetBody gives %d bytes, want %d", len(b), len(tt.want))
				}
			}
		})
	}
	rec.checkAll(t, len(tests))
}

// A request that was sent can be signed and sent again.
func TestBodyOfASecondAttempt(t *testing.T) {
	rec := newRecorder(t, nil)
	s := newSigner(t)
	for _, body := range []io.Reader{strings.NewReader("payout"), onlyReader{strings.NewReader("payout")}} {
		req := newRequest(t, http.MethodPost, rec.URL+"/a", body)
		for range 2 {
			edit(t, s, req)
			send(t, rec.Client(), req)
		}
	}
	rec.checkAll(t, 4)
	for _, got := range rec.requests() {
		if got.body != "payout" {
			t.Errorf("body: %q", got.body)
		}
	}
}

func TestEditRefusesBodies(t *testing.T) {
	errDisk := errors.New("disk error")
	get := func(r io.Reader, err error) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) {
			if r == nil {
				return nil, err
			}
			return io.NopCloser(r), err
		}
	}
	long := strings.Repeat("x", 20_000)
	tests := []struct {
		name   string
		change func(*http.Request) // of a request with the body "0123456789"
		want   string
	}{
		{"consumed, no GetBody", func(r *http.Request) { r.GetBody = nil; io.ReadAll(r.Body) }, "the body has 0 bytes but ContentLength is 10"},
		{"half consumed, no GetBody", func(r *http.Request) { r.GetBody = nil; r.Body.Read(make([]byte, 5)) }, "the body has 5 bytes but ContentLength is 10"},
		{"half consumed", func(r *http.Request) { r.Body.Read(make([]byte, 5)) }, "have different bytes"},
		{"length without a body", func(r *http.Request) { r.Body, r.GetBody = nil, nil }, "the body has 0 bytes but ContentLength is 10"},
		{"GetBody fails", func(r *http.Request) { r.GetBody = get(nil, errDisk) }, "cannot be read again: disk error"},
		{"GetBody gives nil", func(r *http.Request) { r.GetBody = get(nil, nil) }, "cannot be read again"},
		{"GetBody cannot be read", func(r *http.Request) { r.GetBody = get(iotest.ErrReader(errDisk), nil) }, "disk error"},
		{"GetBody works once", func(r *http.Request) {
			first := get(strings.NewReader("0123456789"), nil)
			r.GetBody = func() (io.ReadCloser, error) { defer func() { first = get(nil, errDisk) }(); return first() }
		}, "cannot be read again: disk error"},
		{"stream cannot be read", func(r *http.Request) { r.GetBody = nil; r.Body = io.NopCloser(iotest.ErrReader(errDisk)) }, "disk error"},
		{"body cannot be read", func(r *http.Request) { r.Body = io.NopCloser(iotest.ErrReader(errDisk)) }, "disk error"},
		{"body breaks off", func(r *http.Request) {
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader("0123456789"), iotest.ErrReader(errDisk)))
		}, "disk error"},
		{"body replaced, GetBody forgotten", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("9876543210")) }, "have different bytes"},
		{"body replaced by a longer one", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("0123456789-")) }, "have different bytes"},
		{"body replaced by a shorter one", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("01234")) }, "have different bytes"},
		{"long body replaced at its end", func(r *http.Request) {
			r.Body, r.GetBody, r.ContentLength = io.NopCloser(strings.NewReader(long+"1")), get(strings.NewReader(long+"2"), nil), -1
		}, "have different bytes"},
		{"long body cut off after whole chunks", func(r *http.Request) {
			r.Body, r.GetBody, r.ContentLength = io.NopCloser(strings.NewReader(long[:8<<10])), get(strings.NewReader(long[:16<<10]), nil), -1
		}, "have different bytes"},
		{"ContentLength too small", func(r *http.Request) { r.ContentLength = 9 }, "the body has 10 bytes but ContentLength is 9"},
		{"ContentLength too large", func(r *http.Request) { r.ContentLength = 11 }, "the body has 10 bytes but ContentLength is 11"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := newRequest(t, http.MethodPost, initURL, strings.NewReader("0123456789"))
			tt.change(req)
			err := newSigner(t).Edit(context.Background(), req)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.HasPrefix(err.Error(), "signer: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error says %q, want %q", err, tt.want)
			}
			if strings.Contains(tt.want, errDisk.Error()) && !errors.Is(err, errDisk) {
				t.Errorf("errors.Is does not find the cause of %v", err)
			}
			if len(req.Header) != 0 || req.URL.RawQuery != "" {
				t.Error("the request was changed although Edit failed")
			}
		})
	}
}

// Edit does not copy a body that can be read again: signing a payout of 10,000 items 5 times allocates less than one
// copy of its body.
func TestEditDoesNotCopyTheBody(t *testing.T) {
	s := newSigner(t)
	body := payoutBody(10_000)
	req := newRequest(t, http.MethodPost, initURL, bytes.NewReader(body))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 5 {
		edit(t, s, req)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > uint64(len(body)) {
		t.Errorf("%d bytes allocated for a body of %d", n, len(body))
	}
}

func TestDestination(t *testing.T) {
	const plain, sandbox = "is not loopback", "sandbox key for the production host"
	live := [2]string{"live-api", "live-secret"}
	sandboxAPI := [2]string{"sandbox-k1", "k2"}
	sandboxSecret := [2]string{"k1", "sandbox-k2"}
	tests := []struct {
		keys      [2]string
		url, host string
		want      string // in the error; empty for none
	}{
		{live, "https://api.iyzipay.com", "", ""},
		{live, "https://sandbox-api.iyzipay.com", "", ""},
		{live, "http://api.iyzipay.com", "", plain},
		{live, "http://example.com", "localhost", plain},
		{live, "http://10.0.0.1:8080", "", plain},
		{live, "http://localhost.example.com", "", plain},
		{live, "http://127.0.0.1.example.com", "", plain},
		{live, "http://0.0.0.0", "", plain},
		{live, "http://[2001:db8::1]", "", plain},
		{live, "http://localhost", "", ""},
		{live, "http://LOCALHOST.:8080", "", ""},
		{live, "http://127.0.0.1:8080", "", ""},
		{live, "http://127.255.255.254", "", ""},
		{live, "http://[::1]:8080", "", ""},
		{live, "http://[::ffff:127.0.0.1]", "", ""},
		{live, "http://127.0.0.1:8080", "api.iyzipay.com", ""},
		{live, "ftp://localhost", "", "must be https, or http"},

		{sandboxAPI, "https://sandbox-api.iyzipay.com", "", ""},
		{sandboxAPI, "https://api.iyzipay.com", "", sandbox},
		{sandboxSecret, "https://api.iyzipay.com", "", sandbox},
		{sandboxSecret, "https://API.Iyzipay.Com", "", sandbox},
		{sandboxSecret, "https://api.iyzipay.com:443", "", sandbox},
		{sandboxSecret, "https://api.iyzipay.com.", "", sandbox},
		{sandboxSecret, "https://api.iyzipay.com.:443", "", sandbox},
		{sandboxSecret, "https://127.0.0.1", "api.iyzipay.com", sandbox},
		{sandboxSecret, "https://127.0.0.1", "API.iyzipay.com.:443", sandbox},
		{sandboxSecret, "https://api.iyzipay.com", "sandbox-api.iyzipay.com", sandbox},
		{sandboxSecret, "https://api.iyzipay.com.example.com", "", ""},
		{sandboxSecret, "http://127.0.0.1:8080", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.keys[0]+" "+tt.url+" "+tt.host, func(t *testing.T) {
			s, err := signer.New(tt.keys[0], tt.keys[1])
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(tt.url + "/v1/mass/payout/balance")
			if err != nil {
				t.Fatal(err)
			}
			err = s.Edit(context.Background(), &http.Request{Method: http.MethodGet, URL: u, Host: tt.host})
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.want != "" && err == nil:
				t.Error("not refused")
			case tt.want != "" && !strings.Contains(err.Error(), tt.want):
				t.Errorf("the error says %q, want %q", err, tt.want)
			case err != nil && (strings.Contains(err.Error(), tt.keys[0]) || strings.Contains(err.Error(), tt.keys[1])):
				t.Errorf("the error shows a key: %v", err)
			}
		})
	}
}
