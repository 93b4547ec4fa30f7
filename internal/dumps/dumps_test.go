// Package dumps holds one test: what libraries that print any value by reflection show of gen's types and errors. It is
// a module of its own, so that they are in nobody's go.mod.
package dumps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/davecgh/go-spew/spew"
	"github.com/k0kubun/pp/v3"
	"github.com/kr/pretty"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
	"github.com/iyzico-go/masspayout/signer/explain"
)

const (
	apiKey, secretKey = "sandbox-apiKeyCanary", "sandbox-secretKeyCanary"
	iban, name        = "TR330006100519786457841326", "Kanarya"
	identity, phone   = "98765432154", "+905321476928"
)

var canaries = []string{apiKey, secretKey, iban[:20], iban[6:22], name, identity[:8], phone[4:10]}

// dumps print a value.
var dumps = map[string]func(v any) string{
	"%v":          func(v any) string { return fmt.Sprintf("%v", v) },
	"%+v":         func(v any) string { return fmt.Sprintf("%+v", v) },
	"%#v":         func(v any) string { return fmt.Sprintf("%#v", v) },
	"%s":          func(v any) string { return fmt.Sprintf("%s", v) },
	"%q":          func(v any) string { return fmt.Sprintf("%q", v) },
	"%d":          func(v any) string { return fmt.Sprintf("%d", v) },
	"spew":        func(v any) string { return spew.Sdump(v) },
	"spew %#+v":   func(v any) string { return spew.Sprintf("%#+v", v) },
	"pp":          func(v any) string { p := pp.New(); p.SetColoringEnabled(false); return p.Sprint(v) },
	"kr/pretty":   func(v any) string { return pretty.Sprint(v) },
	"pretty %# v": func(v any) string { return fmt.Sprintf("%# v", pretty.Formatter(v)) },
	"slog text": func(v any) string {
		var s strings.Builder
		slog.New(slog.NewTextHandler(&s, nil)).Info("x", "value", v)
		return s.String()
	},
	"slog JSON": func(v any) string {
		var s strings.Builder
		slog.New(slog.NewJSONHandler(&s, nil)).Info("x", "value", v)
		return s.String()
	},
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(req *http.Request) (*http.Response, error) { return d(req) }

// values are gen's types with canaries in them, and the errors of every call that meets a response with canaries.
func values(t *testing.T) map[string]any {
	t.Helper()
	const body = `{"status":"success","requestId":"1","balance":1,"item":{"itemStatus":"FAILED","recipientType":"IBAN","recipientInfo":"` + iban +
		`","recipientName":"` + name + `","errorMessages":["` + iban + `"]},"massPayout":{"massPayoutStatus":"INIT"},"massPayoutItems":{"items":[
		{"itemStatus":"INIT","recipientType":"IBAN","recipientInfo":"` + iban + `","recipientName":"` + name + `"},
		{"itemStatus":"INIT","recipientType":"PHONE","recipientInfo":"` + phone + `","recipientName":"` + name + `","errorMessage":"` + identity + `"}]}}`
	request := gen.MassPayoutInitializeRequest{ExternalID: "a", Items: gen.MassPayoutItems{
		{ItemExternalID: "1", RecipientType: gen.RecipientTypeIBAN, RecipientInfo: iban, RecipientName: name},
		{ItemExternalID: "2", RecipientType: gen.RecipientTypeIdentityNumber, RecipientInfo: identity, RecipientName: name},
	}}
	all := map[string]any{"request": request, "items": request.Items, "item": request.Items[0], "invalid": request.Validate()}
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		t.Fatal(err)
	}
	for kind, send := range map[string]doer{
		"accepted": func(*http.Request) (*http.Response, error) { return respond(200, body) },
		"refused": func(req *http.Request) (*http.Response, error) {
			return respond(400, `{"status":"failure","errorCode":"11","errorMessage":"`+iban+` `+req.Header.Get("Authorization")+` `+phone+`"}`)
		},
		"cut": func(*http.Request) (*http.Response, error) { return respond(200, body[:300]) },
		"typed": func(*http.Request) (*http.Response, error) {
			return respond(200, `{"status":"success","balance":"`+name+`","massPayout":"`+name+`","item":"`+iban+`","requestId":["`+name+`"]}`)
		},
		"broken": func(req *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("malformed response %q to %v", iban, req.Header)
		},
		"html": func(*http.Request) (*http.Response, error) { return respond(502, "<p>"+iban+" "+identity) },
	} {
		client, err := gen.New(gen.ServerURLSandbox, sign.Edit, gen.WithHTTPClient(send))
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		add := func(op string, v any, err error) {
			all[kind+" "+op] = v
			for e, n := err, 0; e != nil; e, n = errors.Unwrap(e), n+1 {
				all[fmt.Sprintf("%s %s error %d", kind, op, n)] = e
			}
		}
		r1, err := client.InitMassPayout(ctx, request)
		add("init", r1, err)
		r2, err := client.AuthMassPayout(ctx, gen.MassPayoutAuthRequest{RequestID: "1"})
		add("auth", r2, err)
		r3, err := client.CancelMassPayout(ctx, "1")
		add("cancel", r3, err)
		r4, err := client.RetrieveMassPayout(ctx, gen.MassPayoutRetrieveRequest{RequestID: "1", Size: 10})
		add("retrieve", r4, err)
		r5, err := client.RetrieveMassPayoutItem(ctx, "1")
		add("item", r5, err)
		r6, err := client.RetrieveMassPayoutBalance(ctx)
		add("balance", r6, err)
	}
	return all
}

func respond(status int, body string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// Neither a signer nor an explanation of a wrong signature shows a key or what was signed to any of them, also where a
// caller keeps them in a field that is not exported.
func TestDumpsShowNoKey(t *testing.T) {
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest("POST", "https://sandbox-api.iyzipay.com/v1/mass/payout/init?locale=tr", strings.NewReader(iban))
	if err != nil {
		t.Fatal(err)
	}
	if err := sign.Edit(context.Background(), req); err != nil {
		t.Fatal(err)
	}
	right := explain.Explain(req, []byte(iban), apiKey, secretKey)
	left := explain.Explain(req, []byte(iban+"\n"), apiKey, secretKey)
	if !right.Explained || right.ToSign()[2].Value != iban || left.String() == right.String() {
		t.Fatalf("%v, %v", right, left)
	}
	for name, v := range map[string]any{
		"signer": sign, "its value": *sign, "its transport": sign.RoundTripper(nil), "right": right, "wrong": left, "pointer": &left,
		"fields": struct {
			s *signer.Signer
			v signer.Signer
			e explain.Explanation
		}{sign, *sign, left},
	} {
		for how, dump := range dumps {
			printed := dump(v)
			for _, canary := range canaries {
				if strings.Contains(printed, canary) {
					t.Errorf("%s by %s: %q is in %.300s", name, how, canary, printed)
				}
			}
		}
	}
}

// known are the dumps that call no method of what they print, and so show what is stored: the documentation says so.
var known = map[string]bool{"pp": true}

func TestDumpsShowNoCanary(t *testing.T) {
	for name, v := range values(t) {
		_, isError := v.(error)
		for how, dump := range dumps {
			if known[how] && !isError {
				continue
			}
			printed := dump(v)
			for _, canary := range canaries {
				if strings.Contains(printed, canary) {
					t.Errorf("%s by %s: %q is in %.300s", name, how, canary, printed)
				}
			}
		}
	}
}

// The limits that the documentation names are still there; when one falls, it is time to say so.
func TestKnownLimits(t *testing.T) {
	item := gen.MassPayoutItem{RecipientInfo: iban}
	for how := range known {
		if !strings.Contains(dumps[how](item), iban) {
			t.Errorf("%s masks now", how)
		}
	}
	if data, err := json.Marshal(item); err != nil || !strings.Contains(string(data), iban) {
		t.Errorf("encoding/json is how an item is sent: got %s, %v", data, err)
	}
}
