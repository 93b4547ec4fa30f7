package signer_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

const (
	testAPIKey    = "test-api-key"
	testSecretKey = "test-secret-key"
	initURL       = "https://sandbox-api.iyzipay.com/v1/mass/payout/init"
)

func newSigner(t testing.TB, opts ...signer.Option) *signer.Signer {
	t.Helper()
	s, err := signer.New(testAPIKey, testSecretKey, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newRequest(t testing.TB, method, url string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func edit(t testing.TB, s *signer.Signer, req *http.Request) {
	t.Helper()
	if err := s.Edit(context.Background(), req); err != nil {
		t.Fatal(err)
	}
}

// authorizationOf implements the scheme a second time, without using the package under test.
func authorizationOf(randomKey, path string, body string) string {
	mac := hmac.New(sha256.New, []byte(testSecretKey))
	io.WriteString(mac, randomKey+path+body)
	return "IYZWSv2 " + base64.StdEncoding.EncodeToString([]byte(
		"apiKey:"+testAPIKey+"&randomKey:"+randomKey+"&signature:"+hex.EncodeToString(mac.Sum(nil))))
}

// checkSigned fails the test unless h has the right signature for path and body.
func checkSigned(t testing.TB, h http.Header, path, body string) {
	t.Helper()
	randomKey := h.Get("x-iyzi-rnd")
	if randomKey == "" {
		t.Error("no x-iyzi-rnd")
	}
	want := authorizationOf(randomKey, path, body)
	if got := h.Values("Authorization"); len(got) != 1 || got[0] != want {
		t.Errorf("Authorization for path %q and body %q:\n got %q\nwant %q", path, body, got, want)
	}
}

// onlyReader hides every method but Read. net/http sets no GetBody for it.
type onlyReader struct{ io.Reader }

// received is a request that a server on loopback received.
type received struct {
	method, target, host, body string
	header                     http.Header
	contentLength              int64
}

// recorder is a server on loopback that records its requests.
type recorder struct {
	*httptest.Server
	mu   sync.Mutex
	seen []received
}

// newRecorder starts a recorder. respond, if not nil, writes the response to the request with the given number, from 0.
func newRecorder(t testing.TB, respond func(w http.ResponseWriter, r *http.Request, n int)) *recorder {
	t.Helper()
	rec := &recorder{}
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		rec.mu.Lock()
		n := len(rec.seen)
		rec.seen = append(rec.seen, received{r.Method, r.RequestURI, r.Host, string(body), r.Header.Clone(), r.ContentLength})
		rec.mu.Unlock()
		if respond != nil {
			respond(w, r, n)
		}
	}))
	t.Cleanup(rec.Close)
	return rec
}

func (r *recorder) requests() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.seen...)
}

// checkAll fails the test unless want requests were received, each correctly signed with its own random key.
func (r *recorder) checkAll(t testing.TB, want int) {
	t.Helper()
	seen := r.requests()
	if len(seen) != want {
		t.Fatalf("the server received %d requests, want %d", len(seen), want)
	}
	randomKeys := map[string]bool{}
	for _, got := range seen {
		path, _, _ := strings.Cut(got.target, "?")
		checkSigned(t, got.header, path, got.body)
		randomKeys[got.header.Get("x-iyzi-rnd")] = true
	}
	if len(randomKeys) != want {
		t.Errorf("%d random keys for %d requests", len(randomKeys), want)
	}
}

func send(t testing.TB, c *http.Client, req *http.Request) *http.Response {
	t.Helper()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return resp
}
