package signer_test

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

func TestRoundTripperSignsEachRequest(t *testing.T) {
	rec := newRecorder(t, nil)
	c := &http.Client{Transport: newSigner(t).RoundTripper(nil)}
	for _, body := range []io.Reader{nil, strings.NewReader("a"), onlyReader{strings.NewReader("b")}} {
		send(t, c, newRequest(t, http.MethodPost, rec.URL+"/a%2fb?page=1", body))
	}
	rec.checkAll(t, 3)
	for _, got := range rec.requests() {
		if got.target != "/a%2fb?page=1&locale=tr" {
			t.Errorf("target: %s", got.target)
		}
	}
}

func TestRoundTripperLeavesTheRequestAlone(t *testing.T) {
	rec := newRecorder(t, nil)
	rt := newSigner(t).RoundTripper(rec.Client().Transport)
	req := newRequest(t, http.MethodPost, rec.URL+"/a?page=1", strings.NewReader("payout"))
	req.Header.Set("Authorization", "IYZWSv2 stale")
	req.Header.Set("X-Iyzi-Rnd", "stale")
	before := req.Clone(req.Context())
	for range 2 { // the second time with a body that was read
		resp, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	rec.checkAll(t, 2)
	if !reflect.DeepEqual(req.Header, before.Header) || *req.URL != *before.URL ||
		req.ContentLength != before.ContentLength || req.Body != before.Body {
		t.Errorf("the request was changed:\n got %v %v\nwant %v %v", req.URL, req.Header, before.URL, before.Header)
	}
}

// Every attempt of a retrying client has its own signature.
func TestRoundTripperUnderRetries(t *testing.T) {
	rec := newRecorder(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n < 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	c := &http.Client{Transport: newSigner(t).RoundTripper(nil)}
	req := newRequest(t, http.MethodPost, rec.URL+"/v1/mass/payout/retrieve", strings.NewReader(`{"page":0}`))
	for range 3 { // as a client above the transport repeats a request: with a fresh body
		send(t, c, req)
		req.Body, _ = req.GetBody()
	}
	rec.checkAll(t, 3)
}

func TestRoundTripperFollowsRedirectsOnItsHost(t *testing.T) {
	for _, code := range []int{http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		rec := newRecorder(t, func(w http.ResponseWriter, _ *http.Request, n int) {
			if n == 0 {
				w.Header().Set("Location", "/other")
				w.WriteHeader(code)
			}
		})
		c := &http.Client{Transport: newSigner(t).RoundTripper(nil)}
		send(t, c, newRequest(t, http.MethodPost, rec.URL+"/a", strings.NewReader("payout")))
		rec.checkAll(t, 2)
		if got := rec.requests()[1].target; got != "/other?locale=tr" {
			t.Errorf("%d: target %s", code, got)
		}
	}
}

func TestRoundTripperRefusesARedirectToAnotherHost(t *testing.T) {
	elsewhere := newRecorder(t, nil)
	rec := newRecorder(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Location", elsewhere.URL+"/a")
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	c := &http.Client{Transport: newSigner(t).RoundTripper(nil)}
	_, err := c.Do(newRequest(t, http.MethodPost, rec.URL+"/a", strings.NewReader("payout")))
	if err == nil || !strings.Contains(err.Error(), "redirect to another host") {
		t.Errorf("error: %v", err)
	}
	rec.checkAll(t, 1)
	elsewhere.checkAll(t, 0)
}

type closeCounter struct {
	io.Reader
	closed int
}

func (c *closeCounter) Close() error { c.closed++; return nil }

// roundTripperFunc is a transport for tests.
type roundTripperFunc func(*http.Request) (*http.Response, error)

func (f roundTripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRoundTripperClosesTheBody(t *testing.T) {
	errDown := errors.New("down")
	base := roundTripperFunc(func(r *http.Request) (*http.Response, error) {
		r.Body.Close()
		return nil, errDown
	})
	for name, tt := range map[string]struct {
		url  string
		sent bool
	}{
		"sent":    {"https://localhost/a", true},
		"refused": {"http://example.com/a", false},
	} {
		body := &closeCounter{Reader: strings.NewReader("payout")}
		_, err := newSigner(t).RoundTripper(base).RoundTrip(newRequest(t, http.MethodPost, tt.url, body))
		if err == nil || errors.Is(err, errDown) != tt.sent {
			t.Errorf("%s: error %v", name, err)
		}
		if body.closed == 0 {
			t.Errorf("%s: the body is not closed", name)
		}
	}
	for name, req := range map[string]*http.Request{"nil": nil, "zero": {}} {
		if _, err := newSigner(t).RoundTripper(base).RoundTrip(req); err == nil {
			t.Errorf("%s request: no error", name)
		}
	}
	if _, err := (*signer.Signer)(nil).RoundTripper(base).RoundTrip(newRequest(t, http.MethodGet, initURL, nil)); err == nil {
		t.Error("nil Signer: no error")
	}
}

type idleCloser struct {
	roundTripperFunc
	closed bool
}

func (c *idleCloser) CloseIdleConnections() { c.closed = true }

func TestRoundTripperClosesIdleConnections(t *testing.T) {
	base := &idleCloser{}
	(&http.Client{Transport: newSigner(t).RoundTripper(base)}).CloseIdleConnections()
	if !base.closed {
		t.Error("CloseIdleConnections did not reach the transport below")
	}
	(&http.Client{Transport: newSigner(t).RoundTripper(roundTripperFunc(nil))}).CloseIdleConnections()
}
