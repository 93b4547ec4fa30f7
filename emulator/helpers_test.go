package emulator_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
)

const (
	apiKey    = "sandbox-test-key"
	secretKey = "sandbox-test-secret"
)

// start is the moment at which every test begins: systemTime 1759231970716.
var start = time.UnixMilli(1759231970716)

// account is an emulator on loopback and the clock that it goes by.
type account struct {
	*emulator.Server
	t     *testing.T
	clock *emulator.ManualClock
}

func open(t *testing.T, opts ...emulator.Option) *account {
	t.Helper()
	clock := emulator.NewManualClock(start)
	server, err := emulator.Start(apiKey, secretKey,
		append([]emulator.Option{emulator.WithClock(clock.Now), emulator.WithStage(time.Minute)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return &account{server, t, clock}
}

// authorization signs as iyzico's documentation says, without package signer.
func authorization(apiKey, secretKey, path, body string) string {
	path, _, _ = strings.Cut(path, "?")
	return authorizationOf(apiKey, secretKey, path+body)
}

// authorizationOf signs a message, whatever it is.
func authorizationOf(apiKey, secretKey, message string) string {
	const randomKey = "123456789"
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(randomKey + message))
	return "IYZWSv2 " + base64.StdEncoding.EncodeToString([]byte("apiKey:"+apiKey+
		"&randomKey:"+randomKey+"&signature:"+hex.EncodeToString(mac.Sum(nil))))
}

// request makes a signed request; target is path and query.
func (a *account) request(method, target, body string) *http.Request {
	a.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.URL+target, reader)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization(apiKey, secretKey, target, body))
	req.Header.Set("Content-Type", "application/json")
	return req
}

func (a *account) do(req *http.Request) (*http.Response, string) {
	a.t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return resp, string(body)
}

func (a *account) call(method, target, body string) (status int, response string) {
	a.t.Helper()
	resp, response := a.do(a.request(method, target, body))
	if got := resp.Header.Get("Content-Type"); got != "application/json" {
		a.t.Errorf("%s %s: Content-Type %q", method, target, got)
	}
	return resp.StatusCode, response
}

// post asks an operation in English and wants it accepted.
func (a *account) post(operation, body string) string {
	a.t.Helper()
	status, response := a.call("POST", "/v1/mass/payout/"+operation+"?locale=en", body)
	if status != 200 || !strings.HasPrefix(response, `{"status":"success",`) {
		a.t.Fatalf("%s: %d %s", operation, status, response)
	}
	return response
}

// init stores a payout and returns its requestId.
func (a *account) init(externalID string, items ...string) (requestID string) {
	a.t.Helper()
	return field(a.t, a.post("init", payout(externalID, items...)), "requestId")
}

func (a *account) auth(requestID string) {
	a.t.Helper()
	a.post("auth", `{"requestId":"`+requestID+`"}`)
}

// items retrieves itemExternalId:itemStatus of each item, and the payout's status.
func (a *account) items(requestID string) string {
	a.t.Helper()
	response := a.post("retrieve", `{"requestId":"`+requestID+`","page":0,"size":100}`)
	var got struct {
		MassPayout      struct{ MassPayoutStatus string }
		MassPayoutItems struct {
			Items []struct{ ItemExternalID, ItemStatus string }
		}
	}
	if err := json.Unmarshal([]byte(response), &got); err != nil {
		a.t.Fatal(err)
	}
	list := []string{got.MassPayout.MassPayoutStatus}
	for _, l := range got.MassPayoutItems.Items {
		list = append(list, l.ItemExternalID+":"+l.ItemStatus)
	}
	return strings.Join(list, " ")
}

func payout(externalID string, items ...string) string {
	return `{"externalId":"` + externalID + `","items":[` + strings.Join(items, ",") + `]}`
}

// pay is an item to a member; amount is a JSON number.
func pay(id, amount string) string { return payTo(id, "2228853", amount) }

func payTo(id, member, amount string) string {
	return `{"itemExternalId":"` + id + `","recipientType":"MEMBER_ID","recipientInfo":"` + member +
		`","amount":{"value":` + amount + `,"currency":"TRY"},"description":"d"}`
}

func field(t *testing.T, response, name string) string {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(response), &o); err != nil {
		t.Fatalf("%v: %s", err, response)
	}
	s, _ := o[name].(string)
	return s
}

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

// mask writes UUID for each random identifier, so that a response can be
// compared with a literal.
func mask(response string) string { return uuid.ReplaceAllString(response, "UUID") }

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s\n got %s\nwant %s", what, got, want)
	}
}

// inTurn skips what happens one after another where -short is given: `make test` runs it without the race detector, which
// takes several times as long and has nothing to find there.
func inTurn(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one thing after another: run it without -short")
	}
}
