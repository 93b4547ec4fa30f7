package signer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/iyzico-go/masspayout/signer"
)

// iyzico is a fake iyzico for the examples. Its only merchant has the keys "api-key" and "secret-key".
func iyzico() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		known := func(apiKey string) (string, bool) { return "secret-key", apiKey == "api-key" }
		if err := signer.Verify(r, body, known); err != nil {
			io.WriteString(w, `{"status":"failure","errorCode":"1000"}`)
			return
		}
		fmt.Fprintf(w, `{"status":"success","locale":"%s"}`, r.URL.Query().Get("locale"))
	}))
}

// Sign a request and send it with net/http.
func Example() {
	server := iyzico() // or https://sandbox-api.iyzipay.com
	defer server.Close()

	sign, err := signer.New("api-key", "secret-key")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/v1/mass/payout/retrieve",
		strings.NewReader(`{"externalMassPayoutId":"salaries-2026-11","itemType":"VALID","page":0,"size":50}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := sign.Edit(ctx, req); err != nil {
		fmt.Println(err)
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(string(body), err)
	// Output: {"status":"success","locale":"tr"} <nil>
}

// Request iyzico's messages for one call in English. With package gen, pass the editor to the call:
//
//	balance, err := client.RetrieveMassPayoutBalance(ctx, signer.InLocale(signer.LocaleEN))
func ExampleInLocale() {
	sign, err := signer.New("api-key", "secret-key") // the default is Turkish
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet,
		"https://sandbox-api.iyzipay.com/v1/mass/payout/balance", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	// The client's editors run before those of the call.
	for _, edit := range []func(context.Context, *http.Request) error{sign.Edit, signer.InLocale(signer.LocaleEN)} {
		if err := edit(ctx, req); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(req.URL)
	// Output: https://sandbox-api.iyzipay.com/v1/mass/payout/balance?locale=en
}

// A transport signs each request that goes through it, and so each attempt of a client above it that retries reads. With
// package gen there is no need for one: gen.WithReadRetries signs each attempt, too.
func ExampleSigner_RoundTripper() {
	server := iyzico()
	defer server.Close()
	sign, err := signer.New("api-key", "secret-key")
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: sign.RoundTripper(http.DefaultTransport), Timeout: time.Minute}
	resp, err := client.Get(server.URL + "/v1/mass/payout/balance")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(string(body), err)
	// Output: {"status":"success","locale":"tr"} <nil>
}

// Verify the signature in a handler, with the raw body and a limit on its size.
func ExampleVerify() {
	secretKeys := map[string]string{"api-key": "secret-key"}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 10<<20))
		if err != nil {
			http.Error(w, "cannot read the body", http.StatusBadRequest)
			return
		}
		err = signer.Verify(r, body, func(apiKey string) (string, bool) {
			secretKey, ok := secretKeys[apiKey]
			return secretKey, ok
		})
		switch {
		case errors.Is(err, signer.ErrUnknownKey):
			http.Error(w, "who are you?", http.StatusUnauthorized)
		case err != nil:
			http.Error(w, "invalid signature", http.StatusUnauthorized)
		default:
			fmt.Fprintf(w, "%s, signed", body)
		}
	})

	for _, secretKey := range []string{"secret-key", "another"} {
		sign, err := signer.New("api-key", secretKey)
		if err != nil {
			fmt.Println(err)
			return
		}
		req := httptest.NewRequest(http.MethodPost, "https://localhost/v1/mass/payout/init", strings.NewReader(`{}`))
		if err := sign.Edit(context.Background(), req); err != nil {
			fmt.Println(err)
			return
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 {}, signed
	// 401 invalid signature
}
