package gen_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// bodyOf is the body that the client sends for r.
func bodyOf(t testing.TB, r gen.MassPayoutInitializeRequest) string {
	t.Helper()
	var body []byte
	client := newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doerFunc(func(req *http.Request) (_ *http.Response, err error) {
		body, err = io.ReadAll(req.Body)
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"status":"success","requestId":"1"}`))}, err
	})))
	if _, err := client.InitMassPayout(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// checkEncoding compares the hand-written encoding with that of encoding/json.
func checkEncoding(t *testing.T, r gen.MassPayoutInitializeRequest) {
	t.Helper()
	want, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := bodyOf(t, r); got != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRequestOnTheWire(t *testing.T) {
	var got, contentType string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, contentType = r.Method+" "+r.URL.Path+" "+string(body), r.Header.Get("Content-Type")
		_, _ = io.WriteString(w, `{"status":"success","requestId":"1"}`)
	})
	if _, err := newClient(t, url).InitMassPayout(context.Background(), readmeRequest()); err != nil {
		t.Fatal(err)
	}
	const want = `POST /v1/mass/payout/init {"externalId":"salaries-2026-11","items":[{"amount":{"currency":"TRY","value":48250.75},` +
		`"description":"Kasım maaşı","itemExternalId":"emp-1001","recipientInfo":"TR330006100519786457841326",` +
		`"recipientName":"Ayşe Yılmaz","recipientType":"IBAN"}],"purpose":"SALARY"}`
	if got != want {
		t.Errorf("the server saw\n%s, want\n%s", got, want)
	}
	if contentType != "application/json" {
		t.Errorf("Content-Type: got %q", contentType)
	}
}

func TestEncodingOfEveryField(t *testing.T) {
	var full gen.MassPayoutInitializeRequest
	fill(t, reflect.ValueOf(&full).Elem())
	checkEncoding(t, full)
	checkEncoding(t, gen.MassPayoutInitializeRequest{})

	// One field absent, and one field alone, of the request and of its line.
	for i := range reflect.TypeFor[gen.MassPayoutInitializeRequest]().NumField() {
		without, alone := full, gen.MassPayoutInitializeRequest{}
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		reflect.ValueOf(&alone).Elem().Field(i).Set(reflect.ValueOf(full).Field(i))
		checkEncoding(t, without)
		checkEncoding(t, alone)
	}
	for i := range reflect.TypeFor[gen.MassPayoutItem]().NumField() {
		without, alone := full.Items[0], gen.MassPayoutItem{}
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		reflect.ValueOf(&alone).Elem().Field(i).Set(reflect.ValueOf(full.Items[0]).Field(i))
		checkEncoding(t, gen.MassPayoutInitializeRequest{Items: []gen.MassPayoutItem{without, alone}})
	}

	checkEncoding(t, gen.MassPayoutInitializeRequest{Items: []gen.MassPayoutItem{}})
	checkEncoding(t, gen.MassPayoutInitializeRequest{Items: make([]gen.MassPayoutItem, 3)})
}

// fill gives every field a value that is not its zero value.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch {
	case !v.CanSet():
		t.Fatalf("the spec has a field of a new type with unexported fields: teach this function, and encode.go")
	case v.Type() == reflect.TypeFor[decimal.Decimal]():
		v.Set(reflect.ValueOf(decimal.New(10050, -2)))
	case v.Kind() == reflect.String:
		v.SetString(`ı"<x>`)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	default:
		t.Fatalf("the spec has a field of a new kind, %v: teach this function, and encode.go", v.Type())
	}
}

// texts are strings that encoding/json does not write as they are, and some that it does.
var texts = []string{
	"", "Ayşe Yılmaz", "İıĞğÜüŞşÖöÇç", `"quoted"`, `back\slash`, "<b>&amp;</b>", "line\nbreak\r\ttab", "\x00\x01\x1f\x7f",
	"\u2028 and \u2029", "\u2027\u202a", "€ 100", "\xff", "ş\xc5", "\xe2\x80", "\ufffd", "😀", "\xed\xa0\x80", "'", "/", "\u0080",
	`"`, `\`, "<", ">", "&", "\x00", "\x1f", " ", "\x7f", "\u2028", "\u2029",
}

func TestEncodingOfStrings(t *testing.T) {
	for _, s := range texts {
		checkEncoding(t, requestOf(s, s, s, s, s, s, s, s, s, true))
	}
}

func TestEncodingFailsForAnAmountTooLong(t *testing.T) {
	r := readmeRequest()
	r.Items[0].Amount.Value = decimal.New(1, 1<<30)
	url, requests := counted(t)
	_, err := newClient(t, url).InitMassPayout(context.Background(), r)
	checkNotSent(t, err)
	if !strings.Contains(err.Error(), "amount.value: more than 1000 digits") {
		t.Errorf("got error %v", err)
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("the server saw %d requests", n)
	}
}

func requestOf(externalID, conversationID, purpose, itemExternalID, recipientType, info, name, description, currency string,
	nonWithdrawable bool) gen.MassPayoutInitializeRequest {
	return gen.MassPayoutInitializeRequest{
		ExternalID:     externalID,
		ConversationID: conversationID,
		Purpose:        gen.Purpose(purpose),
		Items: []gen.MassPayoutItem{{
			ItemExternalID:  itemExternalID,
			RecipientType:   gen.RecipientType(recipientType),
			RecipientInfo:   info,
			RecipientName:   name,
			Description:     description,
			NonWithdrawable: nonWithdrawable,
			Amount:          gen.Amount{Value: decimal.New(10050, -2), Currency: gen.Currency(currency)},
		}},
	}
}

func FuzzEncoding(f *testing.F) {
	for i, s := range texts {
		next := texts[(i+1)%len(texts)]
		f.Add(s, next, s, next, s, next, s, next, s, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i, j string, nonWithdrawable bool) {
		checkEncoding(t, requestOf(a, b, c, d, e, g, h, i, j, nonWithdrawable))
	})
}
