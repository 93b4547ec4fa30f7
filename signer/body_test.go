package signer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// The bytes that arrive are the bytes that were signed, whatever kind of body the request has.
func TestBodyIsSignedAsSent(t *testing.T) {
	long := strings.Repeat("0123456789", 5000) // more than the chunks it is read in
	file, err := os.Open("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	fileContent, _ := os.ReadFile("doc.go")
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
				t.Errorf("the server got %d bytes, want %d", len(got.body), len(tt.want))
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

// A request can be signed again after it was sent, if it has GetBody or got one by being signed.
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
		{"half consumed", func(r *http.Request) { r.Body.Read(make([]byte, 5)) }, "give different bytes"},
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
		{"body replaced, GetBody forgotten", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("9876543210")) }, "give different bytes"},
		{"body replaced by a longer one", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("0123456789-")) }, "give different bytes"},
		{"body replaced by a shorter one", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("01234")) }, "give different bytes"},
		{"long body replaced at its end", func(r *http.Request) {
			r.Body, r.GetBody, r.ContentLength = io.NopCloser(strings.NewReader(long+"1")), get(strings.NewReader(long+"2"), nil), -1
		}, "give different bytes"},
		{"long body cut off after whole chunks", func(r *http.Request) {
			r.Body, r.GetBody, r.ContentLength = io.NopCloser(strings.NewReader(long[:8<<10])), get(strings.NewReader(long[:16<<10]), nil), -1
		}, "give different bytes"},
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
				t.Error("refused, and yet the request is changed")
			}
		})
	}
}

// Signing allocates the same number of times for a long payout as for a short one.
func TestAllocationsDoNotGrow(t *testing.T) {
	s := newSigner(t)
	allocs := func(lines int) float64 {
		req := newRequest(t, http.MethodPost, initURL, bytes.NewReader(payoutBody(lines)))
		return testing.AllocsPerRun(20, func() { edit(t, s, req) })
	}
	if one, many := allocs(1), allocs(10_000); many > one+2 {
		t.Errorf("%v allocations for 1 line, %v for 10000", one, many)
	}
}
