package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/signer"
)

const (
	testKey    = "sandbox-test-key"
	testSecret = "sandbox-test-secret"
)

// send signs a request and hands it to the emulator.
func send(t *testing.T, e *Emulator, method, target, body string) {
	t.Helper()
	req, err := http.NewRequest(method, "http://127.0.0.1"+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	sign, err := signer.New(testKey, testSecret)
	if err != nil {
		t.Fatal(err)
	}
	if err = sign.Edit(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	serve(e, req)
}

// serve survives the emulator's cutting the connection.
func serve(e *Emulator, req *http.Request) {
	defer func() { recover() }()
	e.ServeHTTP(httptest.NewRecorder(), req)
}

func recording(t *testing.T, n int, opts ...Option) *Emulator {
	t.Helper()
	e, err := New(testKey, testSecret, append([]Option{WithExchanges(n), WithStage(time.Minute),
		WithClock(func() time.Time { return time.UnixMilli(1759231970716) })}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestExchanges(t *testing.T) {
	e := recording(t, 10)
	seen := e.changed()
	send(t, e, "GET", "/v1/mass/payout/balance?locale=tr", "")
	select {
	case <-seen:
	default:
		t.Error("nobody was told of the exchange")
	}
	send(t, e, "POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"x"}`)
	e.Inject(Fault{Kind: Cut})
	send(t, e, "GET", "/nothing", "")
	serve(e, httptest.NewRequest("POST", "/v1/mass/payout/init", strings.NewReader(strings.Repeat("x", 20000))))

	list, total := e.exchanges(0, 3)
	if total != 4 || len(list) != 3 {
		t.Fatalf("%d of %d exchanges", len(list), total)
	}
	type row struct {
		id, operation, target, status, code, verdict, fault string
		signature                                           error
		body                                                string
	}
	var got []row
	rest, _ := e.exchanges(3, 10)
	for _, x := range append(list, rest...) {
		got = append(got, row{fmt.Sprint(x.ID), x.Method + " " + string(x.Operation), x.Target, fmt.Sprint(x.Status), x.ErrorCode,
			x.Verdict.en, x.Fault, x.Signature, fmt.Sprint(len(x.Body), " of ", x.BodySize)})
	}
	want := []row{
		{"4", "POST init", "/v1/mass/payout/init", "400", "1009", "Authorization header string must be sent", "", signer.ErrMalformed, "16384 of 20000"},
		{"3", "GET ", "/nothing?locale=tr", "0", "", "", "cut", nil, "0 of 0"},
		{"2", "POST auth", "/v1/mass/payout/auth?locale=en", "400", "11", "Invalid request: the mass payout was not found", "", nil, "17 of 17"},
		{"1", "GET balance", "/v1/mass/payout/balance?locale=tr", "200", "", "accepted", "", nil, "0 of 0"},
	}
	for i := range want {
		if !errors.Is(got[i].signature, want[i].signature) {
			t.Errorf("%s: %v", want[i].id, got[i].signature)
		}
		got[i].signature, want[i].signature = nil, nil
		if got[i] != want[i] {
			t.Errorf("\n got %v\nwant %v", got[i], want[i])
		}
	}
	if x, ok := e.exchange(2); !ok || string(x.Body) != `{"requestId":"x"}` || x.Header.Get("Authorization") == "" ||
		!strings.Contains(string(x.Response), `"errorCode":"11"`) {
		t.Errorf("%t %s", ok, x.Response)
	}
	if got := fmt.Sprintf("%+v", list[1]); got != `exchange 3: , HTTP 0, error code ""` {
		t.Error(got)
	}
}

func TestExchangesAreBounded(t *testing.T) {
	e := recording(t, 3)
	for range 5 {
		send(t, e, "GET", "/v1/mass/payout/balance?locale=tr", "")
	}
	ids := func() string {
		var ids []int64
		list, total := e.exchanges(0, 10)
		for _, x := range list {
			ids = append(ids, x.ID)
		}
		return fmt.Sprint(ids, total)
	}
	if got := ids(); got != "[5 4 3] 3" {
		t.Error(got)
	}
	if _, ok := e.exchange(2); ok {
		t.Error("exchange 2 is still there")
	}
	if _, ok := e.exchange(6); ok {
		t.Error("exchange 6 is already there")
	}
	e.clearExchanges()
	if got := ids(); got != "[] 0" {
		t.Error(got)
	}
	send(t, e, "GET", "/v1/mass/payout/balance?locale=tr", "")
	if got := ids(); got != "[6] 1" {
		t.Error(got)
	}
	off, err := New(testKey, testSecret)
	if err != nil {
		t.Fatal(err)
	}
	send(t, off, "GET", "/v1/mass/payout/balance?locale=tr", "")
	if _, total := off.exchanges(0, 10); total != 0 {
		t.Error("exchanges are recorded although nobody asked for it")
	}
}

func TestViews(t *testing.T) {
	e := recording(t, 10)
	send(t, e, "POST", "/v1/mass/payout/init?locale=tr", `{"externalId":"p","items":[
		{"itemExternalId":"a","recipientType":"IBAN","recipientInfo":"TR920086402100005482911108","recipientName":"Jane",
		 "amount":{"value":1.50,"currency":"TRY"},"description":"d"},
		{"itemExternalId":"b","recipientType":"MEMBER_ID","recipientInfo":"`+RecipientKeepsLater.MemberID()+`",
		 "amount":{"value":2,"currency":"TRY"},"description":"d"},
		{"itemExternalId":"c"}]}`)
	send(t, e, "POST", "/v1/mass/payout/init?locale=tr", `{"externalId":"q","items":[{"itemExternalId":"a"}]}`)
	list, total := e.payouts(1, 10)
	if total != 2 || len(list) != 1 || list[0].ExternalID != "p" {
		t.Fatalf("%d: %+v", total, list)
	}
	id := list[0].RequestID
	send(t, e, "POST", "/v1/mass/payout/auth?locale=tr", `{"requestId":"`+id+`"}`)
	e.AdvanceStage()
	e.AdvanceStage()

	p, ok := e.payout(id)
	got := fmt.Sprintln(ok, p.Status, p.Total, p.Paid, p.Items, p.Counts, len(p.History), p.Next.Sub(e.Now()))
	if want := "true COMPLETED 3.5 1.5 3 map[FAILED:1 INVALID:1 SUCCESS:1] 4 1m0s\n"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	items, total, ok := e.items(id, "", 0, 2)
	var lines []string
	for _, it := range items {
		lines = append(lines, fmt.Sprintln(it.ItemExternalID, it.Recipient, it.Amount, it.Status, it.Funds, it.Errors, it.Outcome))
		for _, c := range it.History {
			lines = append(lines, fmt.Sprintln(c.Status, c.At.Sub(time.UnixMilli(1759231970716))))
		}
	}
	const want = `a …1108 1.5 SUCCESS with the recipient [] [SUCCESS]
INIT 0s
QUEUED 0s
PROCESSING 1m0s
SUCCESS 2m0s
b …8007 2 FAILED unsettled [{ödeme yapılamadı the payment failed}] [FAILED DEPOSIT_FAIL]
INIT 0s
QUEUED 0s
PROCESSING 1m0s
FAILED 2m0s
`
	if got := strings.Join(lines, ""); got != want || total != 3 || !ok {
		t.Errorf("%d %t\n got %s\nwant %s", total, ok, got, want)
	}
	items, total, _ = e.items(id, ItemInvalid, 0, 10)
	if len(items) != 1 || total != 1 || items[0].Funds != FundsNeverMoved || items[0].Outcome != nil ||
		items[0].Errors[0].en != "items[2].recipientType is required" {
		t.Errorf("%d: %+v", total, items)
	}
	if _, _, ok := e.items("nothing", "", 0, 1); ok {
		t.Error("a payout that is not there has items")
	}
}
