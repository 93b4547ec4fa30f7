package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
)

// The size of a body bounds what it costs to read it, whatever is in it.
func TestDecodingCostsLittleMoreThanTheBody(t *testing.T) {
	inTurn(t)
	const size = 128 << 10
	fill := func(head, piece, tail string) string {
		return head + strings.Repeat(piece, (size-len(head)-len(tail))/len(piece)) + tail
	}
	tests := []struct{ name, body string }{
		{"numbers for items", fill(`{"externalId":"p","items":[0`, `,0`, `]}`)},
		{"empty items", fill(`{"externalId":"p","items":[{}`, `,{}`, `]}`)},
		{"empty arrays", fill(`{"externalId":"p","items":[[]`, `,[]`, `]}`)},
		{"many fields", fill(`{"a":0`, `,"a":0`, `}`)},
		{"many known fields", fill(`{"page":0`, `,"page":0`, `}`)},
		{"escaped field names", fill(`{"\u0061":0`, `,"\u0061":0`, `}`)},
		{"deep nesting", fill(`{"items":`, `[`, ``)},
		{"deep nesting, closed", `{"items":` + strings.Repeat(`[`, size/2) + strings.Repeat(`]`, size/2) + `}`},
		{"a huge number", fill(`{"externalId":"p","items":[{"itemExternalId":"a","amount":{"value":1`, `0`, `}}]}`)},
		{"a huge page", fill(`{"page":1`, `0`, `}`)},
		{"one huge string", fill(`{"externalId":"`, `x`, `"}`)},
		{"the same item", fill(`{"externalId":"p","items":[{"itemExternalId":"a"}`, `,{"itemExternalId":"a"}`, `]}`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := open(t)
			for _, target := range []string{initPath, retrievePath, "/v1/mass/payout/auth", "/v1/mass/payout/cancel/x"} {
				req := a.request("POST", target+"?locale=en", test.body)
				w := httptest.NewRecorder()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				a.ServeHTTP(w, req)
				runtime.ReadMemStats(&after)
				if w.Code != 400 && w.Code != 200 {
					t.Errorf("%s: HTTP %d", target, w.Code)
				}
				// The buffer that grows while the body is read, and the message that is signed; the race detector adds to them.
				if spent := float64(after.TotalAlloc-before.TotalAlloc) / size; spent > 16 {
					t.Errorf("%s: %.1f times the size of the body", target, spent)
				}
			}
		})
	}
}

// Items that are as short as can be, each with all problems, are bounded by their number, and by what each of them costs.
func TestManyBadItems(t *testing.T) {
	inTurn(t)
	items := func(n int, last string) string {
		var b strings.Builder
		b.WriteString(`{"externalId":"p","items":[{"itemExternalId":"first"}`)
		for i := range n - 2 {
			fmt.Fprintf(&b, `,{"itemExternalId":"%d"}`, i)
		}
		fmt.Fprintf(&b, `,{"itemExternalId":%q}]}`, last)
		return b.String()
	}
	a := open(t)
	for _, test := range []struct{ body, message string }{
		{items(50_001, "last"), "Invalid request: items must have at most 50000 items"},
		{items(50_000, "first"), "Invalid request: items[49999].itemExternalId must be unique; items[0] has the same one"},
	} {
		status, got := a.call("POST", initPath+"?locale=en", test.body)
		if status != 400 || field(t, got, "errorMessage") != test.message {
			t.Errorf("%d %.200s", status, got)
		}
	}
	const n = 4_000
	live := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := live()
	response := a.post("init", items(n, "last"))
	if got := strings.Count(response, `"errorCode":"11"`); got != n {
		t.Errorf("%d invalid items", got)
	}
	if each := (live() - before) / n; each > 5<<10 {
		t.Errorf("an item takes %d bytes of heap", each)
	}
	runtime.KeepAlive(a)
}

// No way of printing what the package hands out shows a key or a recipient.
func TestNothingPrintsSecrets(t *testing.T) {
	a := open(t, emulator.WithStage(0), emulator.WithExchanges(10))
	const iban, name = "TR920086402100005482911108", "Ayşe Yılmaz"
	id := a.init("p", `{"itemExternalId":"l","recipientType":"IBAN","recipientInfo":"`+iban+`","recipientName":"`+name+
		`","amount":{"value":1,"currency":"TRY"},"description":"d"}`)
	a.auth(id)
	a.SetOutcome("l", emulator.ItemSuccess)
	a.Inject(emulator.Fault{Kind: emulator.Cut, Times: -1})
	values := map[string]any{
		"Emulator": a.Emulator, "Server": a.Server, "*Server": *a.Server, "Client": a.Client(), "Transport": a.Client().Transport,
		"Faults": a.Faults(), "Ledger": a.Ledger(), "Accounts": a.Accounts(), "struct": struct{ E *emulator.Emulator }{a.Emulator},
		"hidden": struct{ e *emulator.Emulator }{a.Emulator}, "slice": []*emulator.Emulator{a.Emulator},
	}
	for what, v := range values {
		var printed strings.Builder
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&printed, verb+"\n", v)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("text", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("json", "v", v)
		printed.Write(log.Bytes())
		marshaled, _ := json.Marshal(v)
		printed.Write(marshaled)
		for _, secret := range []string{apiKey, secretKey, iban, "911108", name, fmt.Sprintf("%x", secretKey)} {
			if strings.Contains(printed.String(), secret) {
				t.Errorf("%s shows %q:\n%s", what, secret, printed.String())
			}
		}
	}
	equal(t, "Emulator", fmt.Sprintf("%+v", a.Emulator), "emulator.Emulator")
	equal(t, "Server", fmt.Sprintf("%v", a.Server), "emulator at "+a.URL)
}

// With 1,500 items, nothing grows with their number that is done for each of them.
func TestManyItemsAndRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("one request after another: run it without -short")
	}
	a := open(t, emulator.WithExchanges(1000))
	items := make([]string, 1_500)
	for i := range items {
		member := "2228853"
		if i%2 == 0 {
			member = emulator.RecipientNeverEnds.MemberID()
		}
		items[i] = payTo(fmt.Sprint("item-", i), member, "48250.75")
	}
	id := a.init("p", items...)
	response := a.post("retrieve", `{"requestId":"`+id+`","itemType":"VALID","page":14,"size":100}`)
	if n := strings.Count(response, `"itemStatus":"INIT"`); n != 100 {
		t.Errorf("%d items on the last page", n)
	}
	for _, want := range []string{`"totalAmount":72376125.00`, `"item-1400"`, `"item-1499"`, `"total":1500`} {
		if !strings.Contains(response, want) {
			t.Errorf("no %s on the last page", want)
		}
	}
	a.auth(id)
	a.clock.Advance(time.Hour)
	allocations := testing.AllocsPerRun(10, func() { a.Balance("TRY") })
	if allocations > 20 {
		t.Errorf("%.0f allocations for a look at the balance", allocations)
	}
	for i := range 1_500 {
		a.SetOutcome(fmt.Sprint("item-", i), emulator.ItemSuccess)
	}
	equal(t, "all paid", fmt.Sprint(len(a.Paid())), "1500")
	equal(t, "ended", a.items(id)[:9], "COMPLETED")
}
