package gen_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// retrieved is what RetrieveMassPayout makes of body, without a network in between.
func retrieved(ctx context.Context, body string) (*gen.MassPayoutRetrieveResponse, error) {
	client, err := gen.New(gen.ServerURLSandbox, nil, gen.WithHTTPClient(doerFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(body))}, nil
	})))
	if err != nil {
		return nil, err
	}
	return client.RetrieveMassPayout(ctx, gen.MassPayoutRetrieveRequest{RequestID: requestID})
}

// A response that says two things says nothing.
func TestAmbiguousEnvelopes(t *testing.T) {
	inTurn(t)
	for _, body := range []string{
		`{"status":"failure","Status":"success"}`,
		`{"Status":"success","status":"failure"}`,
		`{"status":"success","status":"failure"}`,
		`{"status":"failure","status":"success"}`,
		`{"status":"failure","status":"failure"}`,
		`{"STATUS":"success"}`,
		`{"ſtatus":"success"}`, // folds to status
		`{"\u0053tatus":"success"}`,
		`{"status":"failure","\u0073tatus":"success"}`,
		`{"status":"failure","errorCode":"11","errorcode":"50000"}`,
		`{"status":"failure","errorCode":"11","errorCode":50000}`,
		`{"status":"success","errorCode":"11"}`,
		`{"status":"success","errorCode":11,"errorMessage":"Geçersiz istek"}`,
	} {
		for _, op := range operations {
			full := strings.TrimSuffix(op.accepted, "}")
			full = strings.Replace(full, `"status":"success",`, "", 1)
			full = strings.Replace(full, `{"status":"success"`, "{", 1)
			if full != "{" {
				full += ","
			}
			for _, body := range []string{body, full + body[1:]} {
				t.Run(op.name+" "+body, func(t *testing.T) {
					accepted, err := op.call(t.Context(), newClient(t, serve(t, answer(200, body))))
					checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
				})
			}
		}
	}
}

// Neither does one whose items do.
func TestAmbiguousItems(t *testing.T) {
	for _, inside := range []string{
		`"massPayout":{"massPayoutStatus":"INIT","massPayoutStatus":"COMPLETED"}`,
		`"massPayout":{"massPayoutStatus":"INIT","MassPayoutStatus":"COMPLETED"}`,
		`"massPayout":{"massPayoutStatus":"INIT"},"massPayoutItems":{"items":[{"itemStatus":"INIT","itemStatus":"SUCCESS"}]}`,
		`"massPayout":{"massPayoutStatus":"INIT"},"massPayoutItems":{"items":[{"totalAmount":1,"TotalAmount":100}]}`,
		`"massPayout":{"massPayoutStatus":"INIT"},"massPayoutItems":{"items":[],"items":[{}]}`,
	} {
		got, err := retrieved(t.Context(), `{"status":"success",`+inside+`}`)
		if got != nil || !errors.Is(err, gen.ErrOutcomeUnknown) {
			t.Errorf("%s: got %v, %v", inside, got, err)
		}
	}
}

// A request is what a person has written: what can be read in two ways, or left out without a word, is refused.
func TestRequestFilesAreReadStrictly(t *testing.T) {
	const item = `{"itemExternalId":"emp-1","recipientType":"IBAN","recipientInfo":"TR330006100519786457841326","recipientName":"Ayşe",` +
		`"amount":{"value":100.50,"currency":"TRY"},"description":"maaş"}`
	for in, want := range map[string]string{
		`{"externalId":"a","items":[],"Items":[]}`:            "gen: items is there twice, or in another spelling",
		`{"externalId":"a","externalId":"b"}`:                 "gen: externalId is there twice, or in another spelling",
		`{"ExternalId":"a"}`:                                  "gen: externalId is there twice, or in another spelling",
		`{"items":[{"desciption":"a"}]}`:                      `gen: items[0] has the unknown field "desciption"`,
		`{"items":[{"amount":{"value":1,"value":2}}]}`:        "gen: items[0].amount.value is there twice, or in another spelling",
		`{"items":[{"amount":{"value":1,"Value":2}}]}`:        "gen: items[0].amount.value is there twice, or in another spelling",
		`{"items":[{"amount":{"value":1,"unit":"kuruş"}}]}`:   `gen: items[0].amount has the unknown field "unit"`,
		`{"items":[` + item + `,{"amount":{"value":"x"}}]}`:   "gen: items[1].amount.value must be a number such as 100.50",
		`{"items":[{"amount":{"value":1e1001}}]}`:             "gen: items[0].amount.value has more than 1000 digits",
		`{"items":[{"nonWithdrawable":"yes"}]}`:               "gen: items[0].nonWithdrawable must be true or false",
		`{"items":{}}`:                                        "gen: items must be an array",
		`{"items":[1]}`:                                       "gen: items[0] must be an object",
		"{\"externalId\":\"\xff\"}":                           "gen: externalId is not valid UTF-8",
		`{"externalId":"\ud800"}`:                             "gen: externalId is not valid UTF-8",
		`{"externalId":"` + strings.Repeat("a", 65537) + `"}`: "gen: externalId is longer than 65536 bytes",
		`[]`: "gen: the JSON must be an object",
		`{"TR330006100519786457841326\u202e\n` + strings.Repeat("a", 1000) + `":1}`: `gen: the JSON has the unknown field "…1326\u202e\n…"`,
	} {
		r := gen.MassPayoutInitializeRequest{ExternalID: "unchanged"}
		err := json.Unmarshal([]byte(in), &r)
		if err == nil || err.Error() != want {
			t.Errorf("%.100s:\ngot  %v\nwant %s", in, err, want)
		}
		if r.ExternalID != "unchanged" || r.Items != nil {
			t.Errorf("%.100s: the request was changed", in)
		}
	}

	var got gen.MassPayoutInitializeRequest
	if err := json.Unmarshal([]byte(`{"externalId":"a\u0131\ud83d\ude00","purpose":"SALARY","items":[`+item+`]}`), &got); err != nil {
		t.Fatal(err)
	}
	want := gen.MassPayoutInitializeRequest{ExternalID: "aı😀", Purpose: gen.PurposeSalary, Items: gen.MassPayoutItems{{
		ItemExternalID: "emp-1", RecipientType: gen.RecipientTypeIBAN, RecipientInfo: "TR330006100519786457841326", RecipientName: "Ayşe",
		Amount: gen.Amount{Value: decimal.New(10050, -2), Currency: gen.CurrencyTRY}, Description: "maaş",
	}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if err := json.Unmarshal([]byte(`null`), &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("null: got %v, %v; want no change", got, err)
	}
}

// What an independent reader makes of a response, ours does, too.
func FuzzReading(f *testing.F) {
	for _, seed := range []string{
		`{"status":"success","massPayout":{"massPayoutStatus":"INIT","merchantId":1,"totalAmount":1.50},"massPayoutItems":{"items":[{"itemExternalId":"a","errorMessages":["b"],"itemStatus":"INIT"}],"total":1}}`,
		`{"status":"success","page":1,"massPayout":{"externalId":"\u00e7\ud83d\ude00\n\"","massPayoutStatus":"INIT"},"x":[{"y":[null,true,false,-0.5e+7,"z"]}]}`,
		`{"status":"failure","errorCode":11}`, `{"status":"success","massPayoutItems":{"items":[]}}`, ` {} `, `[`, `{"a"`, `{"a":}`, `{"a":1,}`, `{"a":01}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got, err := retrieved(t.Context(), body)
		if err != nil {
			if json.Valid([]byte(body)) || !strings.Contains(err.Error(), "refused") {
				return
			}
			t.Fatalf("%q is not JSON, but was read: %v", body, err)
		}
		var want struct {
			Status     string `json:"status"`
			MassPayout struct {
				ExternalID       string `json:"externalId"`
				MassPayoutStatus string `json:"massPayoutStatus"`
			} `json:"massPayout"`
			MassPayoutItems struct {
				Items []struct {
					ItemExternalID string   `json:"itemExternalId"`
					ErrorMessages  []string `json:"errorMessages"`
				} `json:"items"`
			} `json:"massPayoutItems"`
		}
		if err := json.Unmarshal([]byte(body), &want); err != nil {
			t.Fatalf("%q was read as %v; encoding/json: %v", body, got, err)
		}
		if string(got.Status) != want.Status || got.MassPayout.ExternalID != want.MassPayout.ExternalID ||
			string(got.MassPayout.MassPayoutStatus) != want.MassPayout.MassPayoutStatus || len(got.MassPayoutItems.Items) != len(want.MassPayoutItems.Items) {
			t.Fatalf("%q: got %v, want %v", body, got, want)
		}
		for i, item := range want.MassPayoutItems.Items {
			if got := got.MassPayoutItems.Items[i]; got.ItemExternalID != item.ItemExternalID || !reflect.DeepEqual(got.ErrorMessages, item.ErrorMessages) {
				t.Fatalf("%q: item %d: got %v, want %v", body, i, got, item)
			}
		}
	})
}

// However a response is made, it costs memory in proportion to its size, and its error is short.
func TestHostileResponsesAreBounded(t *testing.T) {
	inTurn(t)
	const size = 256 << 10 // so that the test stays quick
	fillTo := func(size int, before, part, after string) string {
		return before + strings.Repeat(part, (size-len(before)-len(after))/len(part)) + after
	}
	fill := func(before, part, after string) string { return fillTo(size, before, part, after) }
	const head, items = `{"status":"success","massPayout":{"massPayoutStatus":"INIT"},`, `"massPayoutItems":{"items":[`
	for name, body := range map[string]string{
		"items":                fill(head+items, `{},`, `{}]}}`),
		"reasons":              fill(head+items+`{"errorMessages":[`, `"",`, `""]}]}}`),
		"digits":               fill(head+items+`{"totalAmount":`, `9`, `}]}}`),
		"digits in quotes":     fill(head+items+`{"totalAmount":"`, `9`, `"}]}}`),
		"decimals":             fill(head+items+`{"totalAmount":0.`, `0`, `1}]}}`),
		"exponent":             fill(head+items+`{"totalAmount":1e`, `9`, `}]}}`),
		"whole number":         fill(head+`"page":`, `1`, `}`),
		"depth":                fill(head+`"x":`, `[`, ``),
		"depth of objects":     fill(head+`"x":`, `{"a":`, ``),
		"text":                 fill(head+items+`{"description":"`, `a`, `"}]}}`),
		"escapes":              fill(head+items+`{"description":"`, `\u00e7`, `"}]}}`),
		"name of a field":      fill(head+`"`, `a`, `":1}`),
		"unknown":              fill(head+`"x":[`, `{},`, `{}]}`),
		"many fields":          fill(head, `"x":1,`, `"y":1}`),
		"message":              fill(`{"status":"failure","errorCode":"11","errorMessage":"`, `a1`, `"}`),
		"code":                 fill(`{"status":"failure","errorCode":"`, `a`, `"}`),
		"code of another type": fill(`{"status":"failure","errorCode":[`, `1,`, `1]}`),
		"refused items":        fill(`{"status":"failure","invalidItems":[`, `{},`, `{}]}`),
		"messages of items":    fillTo(size/8, `{"status":"failure","invalidItems":[`, `{"errorMessage":"`+strings.Repeat("1 ", 200)+`"},`, `{}]}`),
		"digits of a message":  fill(`{"status":"failure","errorCode":"11","errorMessage":"`, `1 `, `"}`),
		"white space":          fill(`{"status":"success"`, ` `, `}`),
		"no JSON":              fill(``, `<p>TR33 0006 1005 1978 6457 8413 26`, ``),
		"quotes":               fill(``, `"`, ``),
		"open text":            fill(`{"status":"`, `\"`, ``),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got, err := retrieved(t.Context(), body)
			runtime.ReadMemStats(&after)
			most := uint64(10 << 20)
			if strings.HasSuffix(name, "items") { // which may take 1 MiB and twelve times their bytes, anew each time that they grow
				most = 20 << 20
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > most {
				t.Errorf("%d KiB were allocated for a response of %d", allocated>>10, len(body)>>10)
			}
			if printed := fmt.Sprintf("%v %+v %#v", got, got, got); len(printed) > 30_000 {
				t.Errorf("the response prints as %d bytes", len(printed))
			}
			if err != nil && (len(err.Error()) > 2000 || strings.Contains(err.Error(), "\n")) {
				t.Errorf("the error has %d bytes: %.3000s", len(err.Error()), err)
			}
		})
	}
}

// Reading stops when the context ends, also between two bytes that are there already.
func TestReadingStopsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	body := `{"status":"success","massPayout":{"massPayoutStatus":"INIT"},"x":[` + strings.Repeat("1,", 1<<20) + "1]}"
	client := newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doerFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: &lastRead{Reader: strings.NewReader(body), atEnd: cancel}}, nil
	})))
	accepted, err := resultOf(client.RetrieveMassPayout(ctx, gen.MassPayoutRetrieveRequest{RequestID: requestID}))
	checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want a context.Canceled", err)
	}
}

// lastRead calls atEnd when all has been read.
type lastRead struct {
	io.Reader
	atEnd func()
}

func (r *lastRead) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF {
		r.atEnd()
	}
	return n, err
}

func (*lastRead) Close() error { return nil }

// Numbers in quotes are read: merchantId stands so in clients that work.
func TestQuotedNumbers(t *testing.T) {
	got, err := retrieved(t.Context(), `{"status":"success","systemTime":"1759231970716","massPayout":{"massPayoutStatus":"INIT","merchantId":"3409087",
		"totalAmount":"100.50"},"massPayoutItems":{"items":[],"page":"1","size":"50","total":"0"}}`)
	if err != nil || got.MassPayout.MerchantID != 3409087 || got.SystemTime != 1759231970716 || got.MassPayoutItems.Size != 50 ||
		got.MassPayout.TotalAmount.String() != "100.5" {
		t.Errorf("got %v, %v", got, err)
	}
}

// A field of another type is named, and what it holds is not: it may be anybody's name.
func TestMismatchesNameTheField(t *testing.T) {
	for inside, want := range map[string]string{
		`"massPayoutItems":{"items":[{},{"totalAmount":"Ayşe Yılmaz"}]}`: "massPayoutItems.items[1].totalAmount must be a number such as 100.50",
		`"massPayoutItems":{"items":[{"itemStatus":7}]}`:                 "massPayoutItems.items[0].itemStatus must be a string",
		`"massPayoutItems":{"items":"Ayşe Yılmaz"}`:                      "massPayoutItems.items must be an array",
		`"massPayoutItems":{"total":1.5}`:                                "massPayoutItems.total must be a whole number",
		`"massPayout":"Ayşe Yılmaz"`:                                     "massPayout must be an object",
	} {
		_, err := retrieved(t.Context(), `{"status":"success",`+inside+`}`)
		if err == nil || !strings.Contains(err.Error(), "the response is not JSON in iyzico's format: "+want+" (HTTP 200)") {
			t.Errorf("%s: got %v\nwant %s", inside, err, want)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(e.Error(), "Ayşe") {
				t.Errorf("%s: %v", inside, e)
			}
		}
	}
}

// Amounts marshal as numbers with every digit, in every type that the spec generates, whatever decimal's switches say.
func TestAmountsMarshalAsNumbers(t *testing.T) {
	amount := decimal.RequireFromString("12345678901234567890.10")
	defer func(was bool) { decimal.MarshalJSONWithoutQuotes = was }(decimal.MarshalJSONWithoutQuotes)
	for _, withoutQuotes := range []bool{false, true} {
		decimal.MarshalJSONWithoutQuotes = withoutQuotes
		for _, v := range []any{
			new(gen.Amount), new(gen.MassPayoutItem), new(gen.MassPayoutInitializeRequest), new(gen.MassPayoutItemDetail), new(gen.MassPayoutItemsPage),
			new(gen.MassPayoutSummary), new(gen.MassPayoutRetrieveResponse), new(gen.MassPayoutItemRetrieveResponse), new(gen.MassPayoutBalanceResponse),
		} {
			amounts := setAmounts(reflect.ValueOf(v).Elem(), amount)
			data, err := json.Marshal(v)
			if err != nil || amounts == 0 || bytes.Count(data, []byte(`":12345678901234567890.10`)) != amounts {
				t.Errorf("%T: %d amounts, got %s, %v", v, amounts, data, err)
			}
			again := reflect.New(reflect.TypeOf(v).Elem())
			if err := json.Unmarshal(data, again.Interface()); err != nil || !reflect.DeepEqual(again.Interface(), v) {
				t.Errorf("%T: read again as %v, %v", v, again.Interface(), err)
			}
		}
	}
}

// setAmounts sets every decimal in v, and makes one element of each slice of structs.
func setAmounts(v reflect.Value, amount decimal.Decimal) (n int) {
	switch {
	case v.Type() == reflect.TypeFor[decimal.Decimal]():
		v.Set(reflect.ValueOf(amount))
		return 1
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return setAmounts(v.Index(0), amount)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			n += setAmounts(v.Field(i), amount)
		}
	}
	return n
}
