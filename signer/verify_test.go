package signer_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

func oneKey(apiKey, secretKey string) func(string) (string, bool) {
	return func(asked string) (string, bool) { return secretKey, asked == apiKey }
}

func encode(text string) string {
	return "IYZWSv2 " + base64.StdEncoding.EncodeToString([]byte(text))
}

func TestVerify(t *testing.T) {
	const path, body = "/v1/mass/payout/init", `{"externalId":"kasım"}`
	good := authorizationOf("123456789", path, body)
	_, signature, _ := strings.Cut(decode(t, good), "&signature:")
	const start = "apiKey:" + testAPIKey + "&randomKey:123456789&signature:"
	if decode(t, good) != start+signature {
		t.Fatal("the table below does not fit")
	}
	tests := []struct {
		name          string
		target        string
		authorization []string
		body          string
		want          error
	}{
		{"good", path, []string{good}, body, nil},
		{"query is not signed", path + "?locale=tr&a=/b?c", []string{good}, body, nil},
		{"absolute form", "http://proxy.example.com" + path + "?locale=tr", []string{good}, body, nil},
		{"escaped path", "/a%2fb", []string{authorizationOf("1", "/a%2fb", body)}, body, nil},
		{"no body", path, []string{authorizationOf("1", path, "")}, "", nil},

		{"other body", path, []string{good}, body + " ", signer.ErrSignature},
		{"body without the escapes it came with", path, []string{authorizationOf("1", path, `"\u003d"`)}, `"="`, signer.ErrSignature},
		{"other path", "/v1/mass/payout/auth", []string{good}, body, signer.ErrSignature},
		{"same path, escaped otherwise", "/a%2Fb", []string{authorizationOf("1", "/a%2fb", body)}, body, signer.ErrSignature},
		{"other secret key", path, []string{signer.Authorization(testAPIKey, "other", "1", path, []byte(body))}, body, signer.ErrSignature},
		{"signature in upper case", path, []string{encode(start + strings.ToUpper(signature))}, body, signer.ErrSignature},
		{"signature cut short", path, []string{encode(start + signature[:63])}, body, signer.ErrSignature},
		{"signature and more", path, []string{encode(start + signature + "0")}, body, signer.ErrSignature},
		{"line feed in the base64", path, []string{good[:20] + "\n" + good[20:]}, body, signer.ErrSignature},
		{"line feed after the base64", path, []string{good + "\n"}, body, signer.ErrSignature},

		{"unknown key", path, []string{signer.Authorization("other", testSecretKey, "1", path, []byte(body))}, body, signer.ErrUnknownKey},
		{"unknown key, signed with the empty one", path, []string{signer.Authorization("other", "", "1", path, []byte(body))}, body, signer.ErrUnknownKey},

		{"no header", path, nil, body, signer.ErrMalformed},
		{"empty header", path, []string{""}, body, signer.ErrMalformed},
		{"two headers", path, []string{good, good}, body, signer.ErrMalformed},
		{"other scheme", path, []string{"Basic " + good[len("IYZWSv2 "):]}, body, signer.ErrMalformed},
		{"scheme alone", path, []string{"IYZWSv2 "}, body, signer.ErrMalformed},
		{"no base64", path, []string{"IYZWSv2 %%%"}, body, signer.ErrMalformed},
		{"base64 without its padding", path, []string{strings.TrimRight(encode(start+signature+"0"), "=")}, body, signer.ErrMalformed},
		{"no fields", path, []string{encode("x")}, body, signer.ErrMalformed},
		{"no signature", path, []string{encode("apiKey:a&randomKey:b")}, body, signer.ErrMalformed},
		{"no random key", path, []string{encode("apiKey:a&signature:" + signature)}, body, signer.ErrMalformed},
		{"other order", path, []string{encode("randomKey:b&apiKey:a&signature:" + signature)}, body, signer.ErrMalformed},
		{"empty API key", path, []string{encode("apiKey:&randomKey:b&signature:" + signature)}, body, signer.ErrMalformed},
		{"empty random key", path, []string{encode("apiKey:a&randomKey:&signature:" + signature)}, body, signer.ErrMalformed},
		{"empty signature", path, []string{encode(start)}, body, signer.ErrMalformed},
		{"a field more", path, []string{encode("apiKey:a&b:c&randomKey:d&signature:" + signature)}, body, signer.ErrMalformed},
		{"random key with the character between the fields", path, []string{signer.Authorization(testAPIKey, testSecretKey, "1&b:2", path, []byte(body))}, body, signer.ErrMalformed},
		{"random key that takes the start of the path", "/payout/init", []string{signer.Authorization(testAPIKey, testSecretKey, "1/v1/mass", "/payout/init", []byte(body))}, body, signer.ErrMalformed},
		{"endless", path, []string{encode("apiKey:" + strings.Repeat("a", 1<<20) + "&randomKey:b&signature:" + signature)}, body, signer.ErrMalformed},
		{"no path", "*", []string{authorizationOf("1", "*", body)}, body, signer.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := &http.Request{
				Method:     http.MethodPost,
				RequestURI: tt.target,
				// A router may have changed the URL; what was received counts.
				URL:    &url.URL{Path: "/rewritten"},
				Header: http.Header{"Authorization": tt.authorization, "X-Iyzi-Rnd": {"another one"}},
			}
			err := signer.Verify(req, []byte(tt.body), oneKey(testAPIKey, testSecretKey))
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), testAPIKey) || strings.Contains(err.Error(), "other")) {
				t.Errorf("the error shows the key: %v", err)
			}
		})
	}
}

// The vectors of iyzico's SDKs, from the server's side.
func TestVerifyVectors(t *testing.T) {
	java := httptest.NewRequest(http.MethodPost, "/v2/uri", nil)
	java.Header.Set("Authorization", "IYZWSv2 YXBpS2V5OmFwaUtleSZyYW5kb21LZXk6cmFuZG9tJnNpZ25hdHVyZTphOTBlYzFhZWNkNjhlMzdjYzMwOTQyZjg1Y2U2YjBkNTM0MzVhNGNhNDVlMDQ3NjliNDZlM2MzNWQ4MWJmNmZl")
	if err := signer.Verify(java, []byte(`"[data\u003dvalue]"`), oneKey("apiKey", "secretKey")); err != nil {
		t.Errorf("iyzipay-java: %v", err)
	}
	php := httptest.NewRequest(http.MethodGet, "https://api.iyzipay.com/v2/subscription/customers/?page=1&count=10", nil)
	php.Header.Set("Authorization", "IYZWSv2 YXBpS2V5OnRlc3QmcmFuZG9tS2V5OjEyMzQ1Njc4OSZzaWduYXR1cmU6NmYzODQwOTlhYWUzMjhmNzJkYWY5Y2RhYjEwNWViMzdmYjI5NjIwMjUxYzQ3YjRjNTgzZDc0OGQ5ZDBhYjc2NA==")
	if err := signer.Verify(php, nil, oneKey("test", "test")); err != nil {
		t.Errorf("iyzipay-php: %v", err)
	}
}

func TestVerifyWithoutWhatItNeeds(t *testing.T) {
	signed := http.Header{"Authorization": {authorizationOf("1", "/", "")}}
	if err := signer.Verify(nil, nil, oneKey(testAPIKey, testSecretKey)); !errors.Is(err, signer.ErrMalformed) {
		t.Errorf("no request: %v", err)
	}
	if err := signer.Verify(&http.Request{}, nil, oneKey(testAPIKey, testSecretKey)); !errors.Is(err, signer.ErrMalformed) {
		t.Errorf("no header: %v", err)
	}
	if err := signer.Verify(&http.Request{Header: signed}, nil, oneKey(testAPIKey, testSecretKey)); !errors.Is(err, signer.ErrMalformed) {
		t.Errorf("no URL: %v", err)
	}
	req := &http.Request{Header: signed, URL: &url.URL{}}
	if err := signer.Verify(req, nil, nil); !errors.Is(err, signer.ErrUnknownKey) {
		t.Errorf("no keys: %v", err)
	}
	if err := signer.Verify(req, nil, oneKey(testAPIKey, testSecretKey)); err != nil {
		t.Errorf("path of the URL: %v", err)
	}
	req.Header = http.Header{"Authorization": {signer.Authorization(testAPIKey, "", "1", "/", nil)}}
	if err := signer.Verify(req, nil, oneKey(testAPIKey, "")); !errors.Is(err, signer.ErrUnknownKey) {
		t.Errorf("empty secret key: %v", err)
	}
}

// Verify accepts what Edit signs, unless a byte of the path, the body or the header is changed.
func FuzzSignVerify(f *testing.F) {
	f.Add("/v1/mass/payout/init", "locale=tr", []byte(`{"externalId":"1"}`), uint(0), byte(1))
	f.Add("/ödeme/a b?c%2f", "a=1&locale=en&b=%zz", []byte(nil), uint(200), byte(0x20))
	f.Add("//a/../b", "", bytes.Repeat([]byte("0"), 9000), uint(9000), byte(0x80))
	s := newSigner(f)
	f.Fuzz(func(t *testing.T, path, query string, body []byte, at uint, flip byte) {
		req := newRequest(t, http.MethodPost, "https://localhost", bytes.NewReader(body))
		req.URL.Path, req.URL.RawQuery = path, query
		if s.Edit(t.Context(), req) != nil {
			return // a path without a slash or a query with another locale
		}
		verify := func(target, authorization string, body []byte) error {
			received := &http.Request{RequestURI: target, Header: http.Header{"Authorization": {authorization}}}
			return signer.Verify(received, body, oneKey(testAPIKey, testSecretKey))
		}
		target := req.URL.RequestURI()
		authorization := req.Header.Get("Authorization")
		if err := verify(target, authorization, body); err != nil {
			t.Fatalf("%q: %v", target, err)
		}
		if n := strings.Count(req.URL.RawQuery, "locale="); query == "" && n != 1 {
			t.Fatalf("%d locales in %q", n, req.URL.RawQuery)
		}
		if flip == 0 {
			return
		}
		target, _, _ = strings.Cut(target, "?")
		changed := []byte(target + authorization + string(body))
		i := int(at % uint(len(changed)))
		changed[i] ^= flip
		if i < len(target) && changed[i] == '?' {
			return // what follows is a query now; the rest of the path may be empty
		}
		a, b := len(target), len(target)+len(authorization)
		if err := verify(string(changed[:a]), string(changed[a:b]), changed[b:]); err == nil {
			t.Fatalf("accepted with byte %d of %q changed", i, changed)
		}
	})
}

// Verify neither panics nor accepts a request that was not signed with the key.
func FuzzVerify(f *testing.F) {
	f.Add(authorizationOf("1", "/", ""), "", "/", []byte(nil))
	f.Add("", "apiKey:"+testAPIKey+"&randomKey:1&signature:", "http://host/a?b", []byte("x"))
	f.Add("", "apiKey:&randomKey:&signature:&randomKey:&signature:", "://", []byte("x"))
	f.Add("IYZWSv2 ====", "", "?", []byte(nil))
	f.Fuzz(func(t *testing.T, authorization, text, target string, body []byte) {
		if text != "" {
			authorization = encode(text) // past the base64, which the fuzzer would hardly get right
		}
		req := &http.Request{RequestURI: target, Header: http.Header{"Authorization": {authorization}}}
		err := signer.Verify(req, body, oneKey(testAPIKey, testSecretKey))
		if err != nil {
			if !errors.Is(err, signer.ErrMalformed) && !errors.Is(err, signer.ErrUnknownKey) && !errors.Is(err, signer.ErrSignature) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		_, randomKey, _ := strings.Cut(decode(t, authorization), "&randomKey:")
		randomKey, _, _ = strings.Cut(randomKey, "&")
		path, _, _ := strings.Cut(target, "?")
		if !strings.HasPrefix(path, "/") {
			_, path, _ = strings.Cut(path, "://")
			_, path, _ = strings.Cut(path, "/")
			path = "/" + path
		}
		if authorization != authorizationOf(randomKey, path, string(body)) {
			t.Fatalf("accepted %q for %q", authorization, target)
		}
	})
}
