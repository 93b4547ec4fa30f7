package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/signer"
)

const (
	apiKey    = "sandbox-e2e-api-key"
	secretKey = "sandbox-e2e-secret-key"
)

// client is a program that pays: in the story it is the integrator's.
type client struct {
	t    *testing.T
	url  string
	sign *signer.Signer
}

func start(t *testing.T, opts ...emulator.Option) (*emulator.Server, *client) {
	t.Helper()
	server, err := emulator.Start(apiKey, secretKey, append([]emulator.Option{emulator.WithPage()}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		t.Fatal(err)
	}
	return server, &client{t, server.URL, sign}
}

// send sends a signed request. It returns the HTTP status, 0 if the connection was closed, and the requestId.
func (c *client) send(name, method, target, body string) (status int, requestID string) {
	c.t.Helper()
	req := c.request(name, method, target, body)
	if err := c.sign.Edit(c.t.Context(), req); err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Iyzi-Client-Version", name) // not signed
	return c.do(req)
}

// sendSignedWithQuery makes the mistake that is made most often.
func (c *client) sendSignedWithQuery(name, method, target, body string) (status int) {
	c.t.Helper()
	const randomKey = "1764027062000123456789"
	req := c.request(name, method, target, body)
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(randomKey + target + body))
	req.Header.Set("Authorization", "IYZWSv2 "+base64.StdEncoding.EncodeToString([]byte("apiKey:"+apiKey+
		"&randomKey:"+randomKey+"&signature:"+hex.EncodeToString(mac.Sum(nil)))))
	status, _ = c.do(req)
	return status
}

func (c *client) request(name, method, target, body string) *http.Request {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+target, bytes.NewReader([]byte(body)))
	if err != nil {
		c.t.Fatal(err)
	}
	if body == "" {
		req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", name)
	return req
}

func (c *client) do(req *http.Request) (status int, requestID string) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	var read struct{ RequestID string }
	json.Unmarshal(body, &read)
	return resp.StatusCode, read.RequestID
}

// item is one item of a payout, to an IBAN.
func item(id, iban, amount string) string {
	return `{"itemExternalId":` + quote(id) + `,"recipientType":"IBAN","recipientInfo":` + quote(iban) +
		`,"recipientName":"Ayşe Yılmaz","description":"Kasım","amount":{"value":` + amount + `,"currency":"TRY"}}`
}

func payout(externalID string, items ...string) string {
	return `{"externalId":` + quote(externalID) + `,"purpose":"SALARY","items":[` + strings.Join(items, ",") + `]}`
}
