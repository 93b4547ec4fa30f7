package signer_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

func TestLocaleInTheQuery(t *testing.T) {
	tests := []struct{ query, want, wantInEN string }{
		{"", "locale=tr", "locale=en"},
		{"page=1&count=10", "page=1&count=10&locale=tr", "page=1&count=10&locale=en"},
		{"locale=tr", "locale=tr", "locale=en"},
		{"locale=en", "locale=en", "locale=en"},
		{"locale=en&page=1", "locale=en&page=1", "page=1&locale=en"},
		{"locale=en&a=1&locale=en", "a=1&locale=en", "a=1&locale=en"},
		{"l%6Fcale=e%6e", "l%6Fcale=e%6e", "locale=en"},
		{"b=%zz&a=+%20;&&c", "b=%zz&a=+%20;&&c&locale=tr", "b=%zz&a=+%20;&&c&locale=en"},
		{"mylocale=de&localeX=de&Locale=de", "mylocale=de&localeX=de&Locale=de&locale=tr", "mylocale=de&localeX=de&Locale=de&locale=en"},
	}
	s := newSigner(t)
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			req := newRequest(t, http.MethodGet, initURL+"?"+tt.query, nil)
			for range 2 { // a second time changes nothing
				edit(t, s, req)
				if got := req.URL.RawQuery; got != tt.want {
					t.Errorf("Edit: %s, want %s", got, tt.want)
				}
			}
			for _, order := range []string{"before", "after"} {
				req := newRequest(t, http.MethodGet, initURL+"?"+tt.query, nil)
				if order == "after" {
					edit(t, s, req)
				}
				if err := signer.InLocale(signer.LocaleEN)(context.Background(), req); err != nil {
					t.Fatal(err)
				}
				if order == "before" {
					edit(t, s, req)
				}
				if got := req.URL.RawQuery; got != tt.wantInEN {
					t.Errorf("InLocale %s Edit: %s, want %s", order, got, tt.wantInEN)
				}
				checkSigned(t, req.Header, "/v1/mass/payout/init", "")
			}
		})
	}
}

// InLocale overrides any locale in the URL, even one that Edit refuses.
func TestInLocaleReplacesWhatEditWouldRefuse(t *testing.T) {
	req := newRequest(t, http.MethodGet, initURL+"?locale=de&locale=fr&a=1", nil)
	if err := signer.InLocale(signer.LocaleTR)(context.Background(), req); err != nil {
		t.Fatal(err)
	}
	edit(t, newSigner(t, signer.WithLocale(signer.LocaleEN)), req)
	if got := req.URL.RawQuery; got != "a=1&locale=tr" {
		t.Errorf("query: %s", got)
	}
}

func TestInLocaleRefuses(t *testing.T) {
	for _, l := range []signer.Locale{"", "TR", "de", "tr ", "tr&a=b"} {
		req := newRequest(t, http.MethodGet, initURL, nil)
		err := signer.InLocale(l)(context.Background(), req)
		if err == nil || !strings.HasPrefix(err.Error(), "signer: ") {
			t.Errorf("%q: error %v", l, err)
		}
		if req.URL.RawQuery != "" {
			t.Errorf("%q: the editor failed, but the query is %s", l, req.URL.RawQuery)
		}
	}
	for _, req := range []*http.Request{nil, {}} {
		if err := signer.InLocale(signer.LocaleTR)(context.Background(), req); err == nil {
			t.Error("no request or no URL: no error")
		}
	}
}
