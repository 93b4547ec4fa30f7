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
