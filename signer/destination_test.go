package signer_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

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
		{live, "ftp://localhost", "", "neither https nor http"},

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
