package gen_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

const gatewayPage = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>"

// Every call meets every answer.
func TestOutcome(t *testing.T) {
	inTurn(t)
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		want   error // nil: accepted
	}{
		// The answer's status decides, not the HTTP code.
		{"success 200", accepting(200), nil},
		{"success 201", accepting(201), nil},
		{"success 400", accepting(400), nil},
		{"success 500", accepting(500), nil},
		{"failure 200", answer(200, `{"status":"failure","errorCode":"11","errorMessage":"Geçersiz istek"}`), gen.ErrRefused},
		{"failure 400", answer(400, `{"status":"failure","errorCode":"11"}`), gen.ErrRefused},
		{"failure 401", answer(401, `{"status":"failure","errorCode":"1000"}`), gen.ErrRefused},
		{"failure 404", answer(404, `{"status":"failure","errorCode":1001}`), gen.ErrRefused},
		{"failure 422", answer(422, `{"status":"failure"}`), gen.ErrRefused},
		{"failure, nulls", answer(400, `{"status":"failure","errorCode":null,"errorMessage":null,"systemTime":null,"invalidItems":null}`), gen.ErrRefused},
		{"failure, odd code", answer(400, `{"status":"failure","errorCode":{"code":11}}`), gen.ErrRefused},
		{"failure, unknown fields", answer(400, `{"status":"failure","trace":{"a":[1]}}`), gen.ErrRefused},

		// The server says that it failed, not that it refused.
		{"failure 500", answer(500, `{"status":"failure","errorCode":"11"}`), gen.ErrOutcomeUnknown},
		{"failure 502", answer(502, `{"status":"failure"}`), gen.ErrOutcomeUnknown},
		{"failure 503", answer(503, `{"status":"failure"}`), gen.ErrOutcomeUnknown},
		{"system error", answer(200, `{"status":"failure","errorCode":"100001","errorMessage":"Sistem hatası"}`), gen.ErrOutcomeUnknown},
		{"system error as a number", answer(400, `{"status":"failure","errorCode":100001}`), gen.ErrOutcomeUnknown},

		{"rate limit", answer(200, `{"status":"failure","errorCode":50000,"errorMessage":"Request Limit Exceeded","locale":"en"}`), gen.ErrRateLimited},
		{"rate limit as a string", answer(400, `{"status":"failure","errorCode":"50000"}`), gen.ErrRateLimited},
		{"rate limit 503", answer(503, `{"status":"failure","errorCode":50000}`), gen.ErrRateLimited},
		{"429", answer(429, `{"status":"failure","errorCode":"11"}`), gen.ErrRateLimited},
		{"429 HTML", answer(429, gatewayPage), gen.ErrRateLimited},
		{"429 empty", answer(429, ``), gen.ErrRateLimited},

		// No readable result: whatever the HTTP code says, nobody knows what has been done.
		{"HTML 200", answer(200, gatewayPage), gen.ErrOutcomeUnknown},
		{"HTML 404", answer(404, gatewayPage), gen.ErrOutcomeUnknown},
		{"HTML 502", answer(502, gatewayPage), gen.ErrOutcomeUnknown},
		{"empty 200", answer(200, ``), gen.ErrOutcomeUnknown},
		{"empty 204", answer(204, ``), gen.ErrOutcomeUnknown},
		{"empty 400", answer(400, ``), gen.ErrOutcomeUnknown},
		{"white space", answer(200, "\n \n"), gen.ErrOutcomeUnknown},
		{"null", answer(200, `null`), gen.ErrOutcomeUnknown},
		{"array", answer(200, `[]`), gen.ErrOutcomeUnknown},
		{"array of an answer", answer(200, `[{"status":"success","requestId":"1"}]`), gen.ErrOutcomeUnknown},
		{"object", answer(200, `{}`), gen.ErrOutcomeUnknown},
		{"string", answer(200, `"x"`), gen.ErrOutcomeUnknown},
		{"number", answer(200, `1`), gen.ErrOutcomeUnknown},
		{"success in a string", answer(200, `"{\"status\":\"success\"}"`), gen.ErrOutcomeUnknown},
		{"truncated success", answer(200, `{"status":"success","requestId":"79cd`), gen.ErrOutcomeUnknown},
		{"truncated failure", answer(400, `{"status":"failure","errorCode":"11`), gen.ErrOutcomeUnknown},
		{"trailing garbage", answer(400, `{"status":"failure"}x`), gen.ErrOutcomeUnknown},
		{"two answers", answer(200, `{"status":"failure"}{"status":"failure"}`), gen.ErrOutcomeUnknown},
		{"no status", answer(200, `{"requestId":"1","balance":1,"item":{"itemStatus":"INIT"},"massPayout":{"massPayoutStatus":"INIT"}}`), gen.ErrOutcomeUnknown},
		{"null status", answer(200, `{"status":null}`), gen.ErrOutcomeUnknown},
		{"unknown status", answer(200, `{"status":"pending"}`), gen.ErrOutcomeUnknown},
		{"unknown status 400", answer(400, `{"status":"FAILURE"}`), gen.ErrOutcomeUnknown},
		{"status of another type", answer(200, `{"status":true}`), gen.ErrOutcomeUnknown},
		{"systemTime of another type", answer(200, `{"status":"success","requestId":"1","systemTime":"now"}`), gen.ErrOutcomeUnknown},
		{"systemTime of another type in a failure", answer(400, `{"status":"failure","systemTime":"now"}`), gen.ErrRefused},
		{"every field of another type in a failure", answer(400, `{"status":"failure","errorCode":[],"errorMessage":5,"errorGroup":{},`+
			`"locale":1,"conversationId":123,"systemTime":"now","invalidItems":{}}`), gen.ErrRefused},
		{"another API's refusal", answer(400, `{"error":"bad_request"}`), gen.ErrOutcomeUnknown},

		// A wrong content type is common and says nothing.
		{"success as text", accepting(200, "Content-Type", "text/html"), nil},
		{"success without a type", accepting(200, "Content-Type", ""), nil},
		{"failure as text", answer(400, `{"status":"failure"}`, "Content-Type", "text/plain"), gen.ErrRefused},
		{"failure without a type", answer(400, `{"status":"failure"}`, "Content-Type", ""), gen.ErrRefused},

		{"cut off", cutOff(200, `{"status":"success","requestId":"1"`), gen.ErrOutcomeUnknown},
		{"cut off after the JSON", cutOff(400, `{"status":"failure"}`), gen.ErrOutcomeUnknown},
		{"cut off 429", cutOff(429, `{"status":"failure"`), gen.ErrRateLimited},
		{"closed without an answer", hijack(""), gen.ErrOutcomeUnknown},
		{"no HTTP", hijack("hello\r\n\r\n"), gen.ErrOutcomeUnknown},
		{"gzip", accepting(200, "Content-Encoding", "gzip"), nil},
		{"broken gzip", answer(200, `{"status":"success"}`, "Content-Encoding", "gzip"), gen.ErrOutcomeUnknown},
		{"encoding unknown", answer(200, "\x8b\x05\x80", "Content-Encoding", "br"), gen.ErrOutcomeUnknown},
		{"redirect, success", answer(307, `{"status":"success","requestId":"79cdefc1-3ce6-4f51-bdd9-0c050274db64","balance":1}`), gen.ErrOutcomeUnknown},
		{"redirect, failure", answer(302, `{"status":"failure","errorCode":"11"}`), gen.ErrOutcomeUnknown},
	} {
		var current atomic.Pointer[operation]
		client := newClient(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
			tt.answer(w, r.WithContext(context.WithValue(r.Context(), acceptedKey{}, current.Load().accepted)))
		}))
		for _, op := range operations {
			t.Run(tt.name+"/"+op.name, func(t *testing.T) {
				current.Store(&op)
				accepted, err := op.call(context.Background(), client)
				checkOutcome(t, accepted, err, tt.want)
			})
		}
	}
}

type acceptedKey struct{}

// accepting gives the operation's accepted answer, compressed if header says so.
func accepting(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := r.Context().Value(acceptedKey{}).(string)
		if slices.Contains(header, "gzip") {
			var s strings.Builder
			z := gzip.NewWriter(&s)
			_, _ = io.WriteString(z, body)
			_ = z.Close()
			body = s.String()
		}
		answer(status, body, header...)(w, r)
	}
}

// cutOff announces more than it sends.
func cutOff(status int, body string) http.HandlerFunc {
	return answer(status, body, "Content-Length", "1000")
}

// hijack sends raw and closes the connection.
func hijack(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, raw)
		_ = conn.Close()
	}
}

// A success without that which makes it one.
func TestSuccessWithoutAResultIsNoResult(t *testing.T) {
	for name, answers := range map[string][]string{
		"InitMassPayout": {`{"status":"success"}`, `{"status":"success","requestId":""}`, `{"status":"success","requestId":null}`,
			`{"status":"success","requestId":1}`, `{"status":"success","requestId":"1","invalidItems":{}}`},
		"RetrieveMassPayout": {`{"status":"success"}`, `{"status":"success","massPayout":null}`, `{"status":"success","massPayout":{}}`,
			`{"status":"success","massPayout":[]}`, `{"status":"success","massPayoutItems":{}}`,
			`{"status":"success","massPayout":{"massPayoutStatus":"INIT"},"massPayoutItems":{"items":{}}}`,
			`{"status":"success","massPayout":{"massPayoutStatus":"INIT","totalAmount":"much"}}`},
		"RetrieveMassPayoutItem": {`{"status":"success"}`, `{"status":"success","item":null}`, `{"status":"success","item":{}}`,
			`{"status":"success","item":"INIT"}`},
		"RetrieveMassPayoutBalance": {`{"status":"success"}`, `{"status":"success","balance":null}`, `{"status":"success","balance":""}`,
			`{"status":"success","balance":{}}`, `{"status":"success","balance":1e999999999}`},
	} {
		op := operations[slices.IndexFunc(operations, func(op operation) bool { return op.name == name })]
		for _, body := range answers {
			accepted, err := op.call(context.Background(), newClient(t, serve(t, answer(200, body))))
			if !t.Run(name+" "+body, func(t *testing.T) { checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown) }) {
				t.Logf("%+v", accepted)
			}
		}
	}
}

// The payout may have been stored although nothing was heard of it.
func TestOutcomeWithoutAnAnswer(t *testing.T) {
	silent := func(t *testing.T, atRequest func()) string {
		done := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			atRequest()
			<-done
		}))
		t.Cleanup(func() { close(done); s.Close() })
		return s.URL
	}
	for _, op := range operations {
		t.Run(op.name+"/server gone", func(t *testing.T) {
			s := httptest.NewServer(answer(200, op.accepted))
			s.Close()
			accepted, err := op.call(context.Background(), newClient(t, s.URL))
			checkOutcome(t, accepted, err, gen.ErrNotSent)
		})
		t.Run(op.name+"/timeout", func(t *testing.T) {
			accepted, err := op.call(context.Background(), newClient(t, silent(t, func() {}), gen.WithTimeout(time.Millisecond)))
			checkLate(t, accepted, err)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want a context.DeadlineExceeded", err)
			}
		})
		t.Run(op.name+"/deadline", func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			defer cancel()
			accepted, err := op.call(ctx, newClient(t, silent(t, func() {})))
			checkLate(t, accepted, err)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want a context.DeadlineExceeded", err)
			}
		})
		t.Run(op.name+"/cancelled", func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			accepted, err := op.call(ctx, newClient(t, silent(t, cancel)))
			checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want a context.Canceled", err)
			}
		})
		t.Run(op.name+"/timeout within the answer", func(t *testing.T) {
			done := make(chan struct{})
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, op.accepted[:10])
				_ = http.NewResponseController(w).Flush()
				<-done
			})
			defer close(done)
			// Long enough for the headers to arrive on any machine would be a guess: either way the outcome is unknown.
			accepted, err := op.call(context.Background(), newClient(t, url, gen.WithTimeout(50*time.Millisecond)))
			checkLate(t, accepted, err)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want a context.DeadlineExceeded", err)
			}
		})
	}
}

// checkLate checks that the outcome is unknown; or, on a slow machine, that there was no time even to connect.
func checkLate(t *testing.T, accepted any, err error) {
	t.Helper()
	if errors.Is(err, gen.ErrNotSent) {
		checkNotSent(t, err)
		return
	}
	checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
}

// A new operation of the spec is a method of Client, and has a place in this package's tests.
func TestEveryOperationIsTested(t *testing.T) {
	tested := []string{}
	for _, op := range operations {
		tested = append(tested, op.name)
	}
	methods := []string{}
	client := reflect.TypeFor[*gen.Client]()
	for i := range client.NumMethod() {
		if name := client.Method(i).Name; name != "Server" { // which calls nobody
			methods = append(methods, name)
		}
	}
	slices.Sort(tested)
	if !slices.Equal(tested, methods) {
		t.Errorf("Client has the methods %q\nhelpers_test.go tests %q", methods, tested)
	}
}

// A Client that New did not make sends nothing and does not panic.
func TestAClientThatNewDidNotMake(t *testing.T) {
	for _, client := range []*gen.Client{nil, {}} {
		for _, op := range operations {
			accepted, err := op.call(context.Background(), client)
			checkOutcome(t, accepted, err, gen.ErrNotSent)
			if want := "iyzico: " + op.name + ": not sent: the Client was not made by New"; err.Error() != want {
				t.Errorf("got error %q\nwant %q", err, want)
			}
		}
	}
}

// iyzico adds fields and values; what this version does not know must not hide what it does.
func TestAnswersOfTomorrowAreRead(t *testing.T) {
	const line = `{"itemExternalId":"ext-0077","referenceCode":"a97b14a2-1e22-4ceb-bafb-38b61c4c4477","recipientType":"WALLET",
		"itemStatus":"UNDER_REVIEW","totalAmount":100.50,"commissionAmount":"20.00000000","currencyCode":"GBP","new":{"a":[1]}}`
	client := newClient(t, serve(t, answer(200, `{"status":"success","new":null,"page":2,"size":50,"total":101,
		"massPayout":{"massPayoutStatus":"PAUSED","currency":"GBP","merchantId":9223372036854775807,"totalAmount":0.10000000000000000001,"new":1},
		"massPayoutItems":{"items":[`+line+`],"page":3,"size":51,"total":102,"new":true}}`)))
	got, err := client.RetrieveMassPayout(context.Background(), gen.MassPayoutRetrieveRequest{RequestID: requestID})
	if err != nil {
		t.Fatal(err)
	}
	want := &gen.MassPayoutRetrieveResponse{
		Status: "success", Page: 2, Size: 50, Total: 101,
		MassPayout: gen.MassPayoutSummary{
			MassPayoutStatus: "PAUSED", Currency: "GBP", MerchantID: 9223372036854775807,
			TotalAmount: decimal.RequireFromString("0.10000000000000000001"),
		},
		MassPayoutItems: gen.MassPayoutItemsPage{
			Page: 3, Size: 51, Total: 102,
			Items: []gen.MassPayoutItemDetail{{
				ItemExternalID: "ext-0077", ReferenceCode: referenceCode, RecipientType: "WALLET", ItemStatus: "UNDER_REVIEW",
				CurrencyCode: "GBP", TotalAmount: decimal.New(10050, -2), CommissionAmount: decimal.New(2000000000, -8),
			}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// The answer that iyzico publishes. Its systemTime does not fit into 32 bits.
func TestPublishedAnswer(t *testing.T) {
	client := newClient(t, serve(t, answer(200, `{"status":"success","systemTime":1759231970716,"conversationId":"conversationId-894",
		"requestId":"79cdefc1-3ce6-4f51-bdd9-0c050274db64"}`)))
	got, err := client.InitMassPayout(context.Background(), readmeRequest())
	want := &gen.MassPayoutInitializeResponse{
		Status: gen.StatusSuccess, SystemTime: 1759231970716, ConversationID: "conversationId-894", RequestID: requestID,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	if field, _ := reflect.TypeFor[gen.MassPayoutInitializeResponse]().FieldByName("SystemTime"); field.Type.Kind() != reflect.Int64 {
		t.Errorf("SystemTime is an %v", field.Type) // an int passes on 64-bit machines
	}
}

// Some servers write every field of an envelope, with a zero where there is no error.
func TestSuccessWithAnErrorCodeOfNothing(t *testing.T) {
	for _, code := range []string{`null`, `""`, `0`, `"0"`} {
		for _, op := range operations {
			body := strings.Replace(op.accepted, "{", `{"errorCode":`+code+`,"errorMessage":null,"errorGroup":"",`, 1)
			accepted, err := op.call(t.Context(), newClient(t, serve(t, answer(200, body))))
			checkOutcome(t, accepted, err, nil)
		}
	}
}

// An accepted payout with refused lines is no error.
func TestAllAccepted(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		accepted     bool
		invalid      []gen.InvalidItem
	}{
		{"no field", `{"status":"success","requestId":"1"}`, true, nil},
		{"null", `{"status":"success","requestId":"1","invalidItems":null}`, true, nil},
		{"none", `{"status":"success","requestId":"1","invalidItems":[]}`, true, []gen.InvalidItem{}},
		{
			"two", `{"status":"success","requestId":"1","invalidItems":[
				{"externalId":"emp-1","errorCode":"200300","errorMessage":"Geçersiz IBAN"},{"externalId":"emp-2","errorCode":11}]}`, false,
			[]gen.InvalidItem{
				{ItemExternalID: "emp-1", ErrorCode: "200300", ErrorMessage: "Geçersiz IBAN"},
				{ItemExternalID: "emp-2", ErrorCode: gen.CodeInvalidRequest},
			},
		},
		{"unnamed", `{"status":"success","requestId":"1","invalidItems":[{}]}`, false, []gen.InvalidItem{{}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			payout, err := newClient(t, serve(t, answer(200, tt.answer))).InitMassPayout(context.Background(), readmeRequest())
			if err != nil {
				t.Fatal(err)
			}
			if payout.AllAccepted() != tt.accepted || !reflect.DeepEqual(payout.InvalidItems, tt.invalid) {
				t.Errorf("got AllAccepted %v, InvalidItems %v", payout.AllAccepted(), payout.InvalidItems)
			}
		})
	}
}

func TestBalance(t *testing.T) {
	for body, want := range map[string]string{
		`{"status":"success","balance":0}`:                       "0",
		`{"status":"success","balance":0.00}`:                    "0",
		`{"status":"success","balance":-12.50}`:                  "-12.5",
		`{"status":"success","balance":"1250.75"}`:               "1250.75",
		`{"status":"success","balance":12345678901234567890.01}`: "12345678901234567890.01",
	} {
		got, err := newClient(t, serve(t, answer(200, body))).RetrieveMassPayoutBalance(context.Background())
		if err != nil || !got.Balance.Equal(decimal.RequireFromString(want)) {
			t.Errorf("%s: got %v, %v", body, got, err)
		}
	}
}

// A page beyond the last one has no lines.
func TestEmptyPage(t *testing.T) {
	client := newClient(t, serve(t, answer(200,
		`{"status":"success","massPayout":{"massPayoutStatus":"COMPLETED"},"massPayoutItems":{"items":[],"total":3}}`)))
	got, err := client.RetrieveMassPayout(context.Background(), gen.MassPayoutRetrieveRequest{RequestID: requestID})
	if err != nil || len(got.MassPayoutItems.Items) != 0 || got.MassPayoutItems.Total != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestReasons(t *testing.T) {
	for in, want := range map[string][]string{
		`{}`:                          nil,
		`{"errorMessages":["a","b"]}`: {"a", "b"},
		`{"errorMessage":"c"}`:        {"c"},
		`{"errorMessages":[],"errorMessage":"c"}`:    {"c"},
		`{"errorMessages":["a"],"errorMessage":"c"}`: {"a"},
		`{"errorMessages":null,"errorMessage":null}`: nil,
	} {
		var line gen.MassPayoutItemDetail
		if err := json.Unmarshal([]byte(in), &line); err != nil {
			t.Fatal(err)
		}
		if got := line.Reasons(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

// No sum that iyzico documents is below zero. A response that has one is not shown, nor added up.
func TestNegativeAmountsAreNotRead(t *testing.T) {
	for body, want := range map[string]string{
		`"massPayoutItems":{"items":[{"commissionAmount":1},{"commissionAmount":-1000}]}`: "massPayoutItems.items[1].commissionAmount",
		`"massPayoutItems":{"items":[{"totalAmount":-0.01}]}`:                             "massPayoutItems.items[0].totalAmount",
		`"massPayoutItems":{"items":[{"totalAmount":-0.0,"commissionAmount":"-0"}]}`:      "",
		`"massPayout":{"massPayoutStatus":"INIT","totalAmount":-1}`:                       "massPayout.totalAmount",
		`"massPayout":{"massPayoutStatus":"INIT","totalCommissionAmount":-1}`:             "massPayout.totalCommissionAmount",
		`"massPayout":{"massPayoutStatus":"INIT","totalSuccessfulAmount":-1}`:             "massPayout.totalSuccessfulAmount",
	} {
		got, err := retrieved(t.Context(), `{"status":"success",`+body+`}`)
		if want == "" {
			checkOutcome(t, got, err, nil)
			continue
		}
		if got != nil || !errors.Is(err, gen.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "the response has a negative "+want+" (HTTP 200)") {
			t.Errorf("%s: got %v, %v", body, got, err)
		}
	}
	client := newClient(t, serve(t, answer(200, `{"status":"success","item":{"itemStatus":"INIT","commissionAmount":-1000}}`)))
	accepted, err := resultOf(client.RetrieveMassPayoutItem(t.Context(), referenceCode))
	checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
	client = newClient(t, serve(t, answer(200, `{"status":"success","balance":-5}`))) // a debit is possible
	accepted, err = resultOf(client.RetrieveMassPayoutBalance(t.Context()))
	checkOutcome(t, accepted, err, nil)
}
