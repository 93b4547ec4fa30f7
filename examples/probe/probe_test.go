package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

const (
	testKey    = "sandbox-probe-key"
	testSecret = "sandbox-probe-secret"
	testIBAN   = "TR330006100519786457841326"
	testName   = "Ayşe İnci Yılmaz"
)

// choice is how a server differs from the emulator. ask may change a request, which is signed anew then, or answer it
// itself, by returning a response; tell may change a response.
type choice struct {
	ask  func(path string, query *string, body map[string]any) (response map[string]any)
	tell func(path string, status *int, header http.Header, body map[string]any)
}

// handler lays a choice over the emulator.
func (c choice) handler(t *testing.T, emu http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		body := decode(sent)
		var response map[string]any
		if c.ask != nil {
			query := r.URL.RawQuery
			before := encode(body)
			response = c.ask(r.URL.Path, &query, body)
			r.URL.RawQuery = query
			if after := encode(body); !bytes.Equal(before, after) {
				sent = after
				r.Header.Set("Authorization", signer.Authorization(testKey, testSecret, "random", r.URL.Path, sent))
			}
		}
		status, recorded := http.StatusBadRequest, httptest.NewRecorder()
		if response == nil {
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(sent)), int64(len(sent))
			emu.ServeHTTP(recorded, r)
			status, response = recorded.Code, decode(recorded.Body.Bytes())
		}
		if c.tell != nil {
			c.tell(r.URL.Path, &status, recorded.Header(), response)
		}
		maps.Copy(w.Header(), recorded.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(status)
		_, _ = w.Write(encode(response))
	}
}

func decode(data []byte) map[string]any {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var fields map[string]any
	_ = d.Decode(&fields) // no body has no fields
	return fields
}

func encode(fields map[string]any) []byte {
	if fields == nil {
		return nil
	}
	data, err := json.Marshal(fields)
	if err != nil {
		panic(err) // it was decoded from JSON
	}
	return data
}

// each changes the items of a response.
func each(change func(item map[string]any)) func(string, *int, http.Header, map[string]any) {
	return func(_ string, _ *int, _ http.Header, body map[string]any) {
		if page, ok := body["massPayoutItems"].(map[string]any); ok {
			for _, item := range page["items"].([]any) {
				change(item.(map[string]any))
			}
		}
		if item, ok := body["item"].(map[string]any); ok {
			change(item)
		}
	}
}

func refusal(message string) map[string]any {
	return map[string]any{"status": "failure", "errorCode": "11", "errorGroup": "VALIDATION", "errorMessage": message}
}

// add adds two amounts, of which either may be absent.
func add(a, b any) json.Number {
	if a == nil || b == nil {
		return "0"
	}
	return json.Number(decimal.RequireFromString(string(a.(json.Number))).Add(decimal.RequireFromString(string(b.(json.Number)))).String())
}

// asItIs is what the probe sees of the emulator without an option; what it does not name is confirmed.
var asItIs = map[string]verdict{
	"rate-limit": notSeen, "items-total": notSeen, "payout-total": notSeen,
	"auth-begins": notSeen, "auth-items": notSeen, "auth-balance": notSeen, "auth-end": notSeen, "failed-deposit": notSeen,
}

func start(t *testing.T, c choice, opts ...emulator.Option) (*emulator.Emulator, *httptest.Server) {
	t.Helper()
	emu, err := emulator.New(testKey, testSecret, append(opts, emulator.WithStage(0))...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(c.handler(t, emu))
	t.Cleanup(server.Close)
	return emu, server
}

func testProbe(t *testing.T, url string) *probe {
	t.Helper()
	p, err := newProbe(settings{server: url, apiKey: testKey, secretKey: testSecret, iban: testIBAN, name: testName,
		amount: decimal.New(1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// check compares the verdicts with those of the emulator as it is, changed by want.
func check(t *testing.T, p *probe, want map[string]verdict) {
	t.Helper()
	for _, fact := range facts {
		expected := confirmed
		if v, ok := asItIs[fact.id]; ok {
			expected = v
		}
		if v, ok := want[fact.id]; ok {
			expected = v
		}
		if got := p.findings.of(fact.id); got.verdict != expected {
			t.Errorf("%s: %s (%s), want %s", fact.id, got.verdict, got.evidence, expected)
		}
	}
	for id := range want {
		if p.findings[id] == nil && want[id] != notSeen {
			t.Errorf("%s is no fact, or has no finding", id)
		}
	}
}

// The probe sees what it claims to see: each choice of a server changes the verdict about it, and no other.
func TestChoices(t *testing.T) {
	inTurn(t)
	commission := emulator.WithCommission(decimal.New(20, 0))
	names, refusals, lag := map[string]string{}, 0, 3
	for _, tt := range []struct {
		name    string
		choice  choice
		options []emulator.Option
		want    map[string]verdict
	}{
		{name: "as it is"},
		{name: "a commission", options: []emulator.Option{commission}, want: map[string]verdict{"items-total": confirmed,
			"payout-total": confirmed}},
		{
			name: "a commission, in the totals", options: []emulator.Option{commission},
			want: map[string]verdict{"items-total": contradicted, "payout-total": contradicted},
			choice: choice{tell: func(path string, status *int, h http.Header, body map[string]any) {
				each(func(item map[string]any) { item["totalAmount"] = add(item["totalAmount"], item["commissionAmount"]) })(path,
					status, h, body)
				if payout, ok := body["massPayout"].(map[string]any); ok {
					payout["totalAmount"] = add(payout["totalAmount"], payout["totalCommissionAmount"])
				}
			}},
		},
		{name: "paging beside the items", options: []emulator.Option{emulator.WithPagingBeside()},
			want: map[string]verdict{"page-place": contradicted}},
		{
			name: "pages from 1", want: map[string]verdict{"page-base": contradicted},
			choice: choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
				if page, ok := body["page"].(json.Number); ok {
					n, _ := strconv.Atoi(string(page))
					if name, _ := body["externalMassPayoutId"].(string); n == 0 && strings.HasPrefix(name, "Probe-") {
						return refusal("page counts from 1")
					}
					body["page"] = max(n-1, 0)
				}
				return nil
			}},
		},
		{
			name: "pages from 1, and 0 is the first, too", want: map[string]verdict{"page-base": contradicted},
			choice: choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
				if page, ok := body["page"].(json.Number); ok {
					n, _ := strconv.Atoi(string(page))
					body["page"] = max(n-1, 0)
				}
				return nil
			}},
		},
		{
			name: "a page has at most 100 items", want: map[string]verdict{"page-size-max": contradicted},
			choice: choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
				if body["size"] == json.Number("10000") {
					return refusal("size")
				}
				return nil
			}},
		},
		{
			name: "a page is cut to 50 items", want: map[string]verdict{"page-size": contradicted,
				"page-size-max": contradicted},
			choice: choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
				if size, ok := body["size"].(json.Number); ok && len(size) > 2 {
					body["size"] = 50
				}
				return nil
			}},
		},
		{
			name: "beyond the last page, the last one", want: map[string]verdict{"page-beyond": contradicted},
			choice: choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
				if body["page"] == json.Number("99") {
					body["page"] = 1
				}
				return nil
			}},
		},
		{
			name: "itemType is required", want: map[string]verdict{"item-type-missing": contradicted},
			choice: choice{ask: func(path string, _ *string, body map[string]any) map[string]any {
				if path == pathRetrieve && body["itemType"] == nil {
					return refusal("itemType")
				}
				return nil
			}},
		},
		{
			name: "itemType is ignored", want: map[string]verdict{"item-type": contradicted, "items-order": notSeen,
				"cancel-items": contradicted},
			choice: choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
				delete(body, "itemType")
				return nil
			}},
		},
		{
			name: "the locale must be in the query", options: []emulator.Option{emulator.WithStrictLocale()},
			want: map[string]verdict{"locale-missing": contradicted, "locale-body": contradicted},
		},
		{
			name: "wrong signatures with HTTP 401", options: []emulator.Option{emulator.WithSignatureStatus(401)},
			want: map[string]verdict{"refusal-http": contradicted},
		},
		{
			name: "the locale must not be missing", want: map[string]verdict{"locale-missing": contradicted},
			choice: choice{ask: func(_ string, query *string, body map[string]any) map[string]any {
				if *query == "" && body["locale"] == nil {
					return refusal("locale")
				}
				return nil
			}},
		},
		{
			name: "always Turkish", want: map[string]verdict{"locale-query": contradicted, "locale-echo": contradicted},
			choice: choice{ask: func(_ string, query *string, _ map[string]any) map[string]any {
				*query = strings.Replace(*query, "en", "tr", 1)
				return nil
			}},
		},
		{
			name: "items do not name their payout", want: map[string]verdict{"items-request-id": contradicted},
			choice: choice{tell: each(func(item map[string]any) { delete(item, "massPayoutRequestId") })},
		},
		{
			name: "masked recipients", want: map[string]verdict{"items-recipient": contradicted},
			choice: choice{tell: each(func(item map[string]any) {
				item["recipientInfo"], item["recipientName"] = "TR33**1326",
					"A*** Y***"
			})},
		},
		{
			name: "no description", want: map[string]verdict{"items-description": contradicted},
			choice: choice{tell: each(func(item map[string]any) { delete(item, "description") })},
		},
		{
			name: "a status that nobody documented", want: map[string]verdict{"statuses": contradicted},
			choice: choice{tell: each(func(item map[string]any) {
				if item["itemStatus"] == "INIT" {
					item["itemStatus"] = "WAITING"
				}
			})},
		},
		{
			name: "items in the other order", want: map[string]verdict{"items-order": contradicted},
			choice: choice{tell: func(_ string, _ *int, _ http.Header, body map[string]any) {
				if page, ok := body["massPayoutItems"].(map[string]any); ok {
					slices.Reverse(page["items"].([]any))
				}
			}},
		},
		{
			name: "refusals with HTTP 200", want: map[string]verdict{"refusal-http": contradicted},
			choice: choice{tell: func(_ string, status *int, _ http.Header, _ map[string]any) { *status = 200 }},
		},
		{
			name: "refusals without a code", want: map[string]verdict{"refusal-code": contradicted, "signature": contradicted,
				"api-key": contradicted},
			choice: choice{tell: func(_ string, _ *int, _ http.Header, body map[string]any) { delete(body, "errorCode") }},
		},
		{
			name: "signatures judged otherwise", want: map[string]verdict{"signature": contradicted, "api-key": contradicted},
			choice: choice{tell: func(_ string, _ *int, _ http.Header, body map[string]any) {
				if code, _ := body["errorCode"].(string); strings.HasPrefix(code, "100") {
					body["errorCode"] = "5"
				}
			}},
		},
		{
			name: "no such payout is an empty success", want: map[string]verdict{"not-found": contradicted,
				"not-found-same": contradicted, "not-found-id": contradicted, "not-found-item": contradicted, "locale-query": contradicted, "names-case": contradicted, "client": confirmed},
			choice: choice{tell: func(_ string, status *int, _ http.Header, body map[string]any) {
				if message, _ := body["errorMessage"].(string); strings.Contains(message, "bulunamadı") &&
					!strings.Contains(message, "api ") || strings.Contains(message, "not found") {
					*status = 200
					clear(body)
					body["status"] = "success"
				}
			}},
		},
		{
			name: "no such payout, each time in another way", want: map[string]verdict{"not-found-same": contradicted,
				"not-found-id": contradicted, "locale-query": contradicted},
			choice: choice{tell: func(path string, _ *int, _ http.Header, body map[string]any) {
				if path == pathRetrieve && body["status"] == "failure" {
					refusals++
					body["errorGroup"] = strconv.Itoa(refusals)
				}
			}},
		},
		{
			name: "names are looked up in any case", want: map[string]verdict{"names-case": contradicted},
			choice: choice{ask: func(path string, _ *string, body map[string]any) map[string]any {
				if name, ok := body["externalId"].(string); ok {
					names[strings.ToLower(name)] = name
				}
				if name, ok := body["externalMassPayoutId"].(string); ok && names[strings.ToLower(name)] != "" {
					body["externalMassPayoutId"] = names[strings.ToLower(name)]
				}
				return nil
			}},
		},
		{
			name: "time in seconds", want: map[string]verdict{"system-time": contradicted},
			choice: choice{tell: func(_ string, _ *int, _ http.Header, body map[string]any) {
				if ms, ok := body["systemTime"].(json.Number); ok {
					body["systemTime"] = ms[:len(ms)-3]
				}
			}},
		},
		{
			name: "no conversationId", want: map[string]verdict{"init-conversation": contradicted},
			choice: choice{tell: func(_ string, _ *int, _ http.Header, body map[string]any) { delete(body, "conversationId") }},
		},
		{
			name: "one item that cannot be paid refuses the payout", want: map[string]verdict{"init-invalid": contradicted,
				"item-type": notSeen},
			choice: choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
				if items, ok := body["items"].([]any); ok && len(items) == 3 {
					return refusal("recipientInfo")
				}
				return nil
			}},
		},
		{
			name: "an item that cannot be paid is accepted", want: map[string]verdict{"init-invalid": notSeen,
				"item-type": notSeen},
			choice: choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
				if items, ok := body["items"].([]any); ok && len(items) == 3 {
					items[2].(map[string]any)["recipientInfo"] = testIBAN
				}
				return nil
			}, tell: each(func(item map[string]any) {
				if strings.HasSuffix(item["itemExternalId"].(string), "-3") {
					item["recipientInfo"] = noIBAN
				}
			})},
		},
		{
			name: "a payout can be found a while after init", want: map[string]verdict{"find-at-once": contradicted},
			choice: choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
				if name, ok := body["externalMassPayoutId"].(string); ok && strings.HasPrefix(name, "Probe-") && lag > 0 {
					lag--
					return refusal("toplu ödeme bulunamadı")
				}
				return nil
			}},
		},
		{
			name: "cancel leaves the items", want: map[string]verdict{"cancel-items": contradicted},
			choice: choice{tell: each(func(item map[string]any) {
				if item["itemStatus"] == "MASS_PAYOUT_CANCELED" {
					item["itemStatus"] = "INIT"
				}
			})},
		},
		{
			name: "a canceled payout looks as before", want: map[string]verdict{"cancel": contradicted},
			choice: choice{tell: func(_ string, _ *int, _ http.Header, body map[string]any) {
				if payout, ok := body["massPayout"].(map[string]any); ok {
					payout["massPayoutStatus"] = "INIT"
				}
			}},
		},
		{
			name: "cancel may be repeated", want: map[string]verdict{"cancel-again": contradicted},
			choice: choice{tell: func(path string, status *int, _ http.Header, body map[string]any) {
				if strings.HasPrefix(path, pathCancel) {
					*status = 200
					clear(body)
					body["status"] = "success"
				}
			}},
		},
		{
			name: "headers of a rate limit", want: map[string]verdict{"rate-headers": contradicted},
			choice: choice{tell: func(_ string, _ *int, h http.Header, _ map[string]any) {
				h.Set("X-RateLimit-Remaining",
					"49")
			}},
		},
		{
			name: "two currencies are refused", want: map[string]verdict{"currencies": contradicted},
			choice: choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
				if name, _ := body["externalId"].(string); strings.HasSuffix(name, "-mixed") {
					return refusal("one currency only")
				}
				return nil
			}},
		},
		{
			name: "a success that gen cannot read", want: map[string]verdict{"client": contradicted},
			choice: choice{tell: func(path string, _ *int, _ http.Header, body map[string]any) {
				if strings.HasPrefix(path, pathItem) && body["status"] == "success" {
					body["conversationId"] = []any{}
				}
			}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			emu, server := start(t, tt.choice, tt.options...)
			server.Start()
			p := testProbe(t, server.URL)
			p.wait = 10 * time.Second // if it takes that long, it fails
			if err := p.run(context.Background()); err != nil && tt.want["client"] != contradicted {
				t.Fatal(err)
			}
			check(t, p, tt.want)
			if calls := emu.Calls(emulator.OpAuth); calls != 0 {
				t.Errorf("auth was sent %d times without -auth", calls)
			}
		})
	}
}

// A second init that stores a second payout is seen, and both are canceled.
func TestSecondInitStoresAnother(t *testing.T) {
	inits := 0
	emu, server := start(t, choice{ask: func(_ string, _ *string, body map[string]any) map[string]any {
		if name, ok := body["externalId"].(string); ok {
			if inits++; inits > 1 {
				body["externalId"] = name + strings.Repeat("-again", inits)
			}
		}
		return nil
	}})
	server.Start()
	p := testProbe(t, server.URL)
	if err := p.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	check(t, p, map[string]verdict{"init-same": contradicted, "init-other": contradicted})
	if calls := emu.Calls(emulator.OpCancel); calls != 5 { // one of the first payout is sent again
		t.Errorf("cancel was sent %d times, want one for each of 4 payouts, and the one again", calls)
	}
}

// An interrupted probe leaves nothing behind, whether the response to init has arrived or not.
func TestInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	emu, server := start(t, choice{tell: func(path string, _ *int, _ http.Header, _ map[string]any) {
		if strings.HasSuffix(path, "/init") {
			interrupt()
		}
	}})
	server.Start()
	p := testProbe(t, server.URL)
	_ = p.run(ctx) // what it says depends on what came first
	x := p.retrieve(context.Background(), "", turkish, fields{"externalMassPayoutId": p.prefix + "-a"})
	if status, calls := x.str("massPayout", "massPayoutStatus"), emu.Calls(emulator.OpCancel); status != "CANCELED" ||
		calls != 1 {
		t.Errorf("the payout is %s, cancel was sent %d times; want CANCELED, 1", status, calls)
	}
}

func TestFaults(t *testing.T) {
	inTurn(t)
	for _, tt := range []struct {
		name  string
		fault emulator.Fault
		want  map[string]verdict
	}{
		{"rate limited", emulator.Fault{Operation: emulator.OpItem, Kind: emulator.RateLimited, Times: -1},
			map[string]verdict{"rate-limit": confirmed, "not-found-item": notSeen, "item-alone": notSeen}},
		{"a gateway's page", emulator.Fault{Operation: emulator.OpItem, Kind: emulator.HTML, Times: -1},
			map[string]verdict{"envelope": contradicted, "not-found-item": notSeen, "item-alone": notSeen}},
		{"no response", emulator.Fault{Operation: emulator.OpItem, Kind: emulator.Cut, Times: -1},
			map[string]verdict{"not-found-item": notSeen, "item-alone": notSeen}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			emu, server := start(t, choice{})
			server.Start()
			emu.Inject(tt.fault)
			p := testProbe(t, server.URL)
			if err := p.run(context.Background()); err != nil {
				t.Fatal(err)
			}
			check(t, p, tt.want)
		})
	}
}

func TestHTTP2(t *testing.T) {
	_, server := start(t, choice{})
	server.EnableHTTP2 = true
	server.StartTLS()
	p := testProbe(t, server.URL)
	p.rec.base = server.Client().Transport
	if err := p.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	check(t, p, map[string]verdict{"http-1": contradicted})
}

func TestAuthorize(t *testing.T) {
	inTurn(t)
	ends := map[string]verdict{"auth-begins": confirmed, "auth-items": confirmed, "auth-balance": confirmed,
		"auth-end": confirmed}
	with := func(id string, v verdict) map[string]verdict {
		want := maps.Clone(ends)
		want[id] = v
		return want
	}
	for _, tt := range []struct {
		name    string
		choice  choice
		bound   string
		iban    string
		options []emulator.Option
		want    map[string]verdict
		wantErr string
	}{
		{name: "paid", bound: "1", want: ends},
		{name: "with commission", bound: "1.5", options: []emulator.Option{emulator.WithCommission(decimal.New(5, -1))},
			want: maps.Collect(func(yield func(string, verdict) bool) {
				for id, v := range ends {
					_ = yield(id, v)
				}
				_ = yield("items-total", confirmed) && yield("payout-total", confirmed)
			})},
		{name: "commission beyond the bound", bound: "1.49",
			options: []emulator.Option{emulator.WithCommission(decimal.New(5, -1))},
			want:    map[string]verdict{"items-total": confirmed, "payout-total": confirmed}, wantErr: "amount and commission " +
				"are 1.5, more than the bound 1.49"},
		{name: "another payout is shown", bound: "1", wantErr: "the payout is not the one that was stored",
			choice: choice{tell: func(path string, _ *int, h http.Header, body map[string]any) {
				if payout, ok := body["massPayout"].(map[string]any); ok && strings.HasSuffix(payout["externalId"].(string),
					"-auth") {
					each(func(item map[string]any) { item["massPayoutRequestId"] = "another" })(path, nil, h, body)
				}
			}}},
		{name: "failed for good", bound: "1", iban: emulator.RecipientFails.IBAN(), want: with("failed-deposit", notSeen)},
		{name: "an item that stays INIT for a while", bound: "1", want: with("auth-items", contradicted),
			choice: func() choice {
				authorized, looks := false, 0
				return choice{tell: func(path string, _ *int, h http.Header, body map[string]any) {
					authorized = authorized || strings.HasSuffix(path, "/auth")
					if path == pathRetrieve && authorized {
						if looks++; looks == 1 {
							each(func(item map[string]any) { item["itemStatus"] = "INIT" })(path, nil, h, body)
						}
					}
				}}
			}()},
		{name: "failed, then back", bound: "1", iban: emulator.RecipientReturns.IBAN(), want: with("failed-deposit",
			confirmed),
			choice: func() choice {
				looks := 0
				return choice{tell: each(func(item map[string]any) {
					if item["itemStatus"] == "DEPOSIT_SUCCESS" {
						if looks++; looks == 1 {
							item["itemStatus"] = "FAILED"
						}
					}
				})}
			}()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			emu, server := start(t, tt.choice, tt.options...)
			server.Start()
			p := testProbe(t, server.URL)
			p.auth, p.wait = decimal.RequireFromString(tt.bound), 200*time.Millisecond
			if tt.iban != "" {
				p.iban = tt.iban
			}
			err := p.run(context.Background())
			if tt.wantErr == "" && err != nil || tt.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tt.wantErr)) {
				t.Errorf("got %v, want %q", err, tt.wantErr)
			}
			if tt.want == nil {
				tt.want = map[string]verdict{}
			}
			if tt.iban != "" { // a balance to which the money has come back by the first look
				tt.want["auth-balance"] = p.findings.of("auth-balance").verdict
			}
			check(t, p, tt.want)
			wantAuths, wantCancels := 1, 3
			if tt.wantErr != "" {
				wantAuths, wantCancels = 0, 4
			}
			if auths, cancels := emu.Calls(emulator.OpAuth), emu.Calls(emulator.OpCancel); auths != wantAuths ||
				cancels != wantCancels {
				t.Errorf("auth was sent %d times, cancel %d times; want %d, %d", auths, cancels, wantAuths, wantCancels)
			}
		})
	}
}

// A server that repeats all that it was sent, in every form and at every place, gets none of it into the report.
func TestReportShowsNoSecret(t *testing.T) {
	inTurn(t)
	secrets := []string{testKey, testSecret, testIBAN, testName, "İnci", "Yılmaz", "TR33 0006 1005 1978 6457 8413 26",
		"tr33-0006-1005-1978-6457-8413-26",
		"AYŞE İNCİ YILMAZ", "ayşe inci yılmaz", "330006100519786457841326"}
	var seen []string // the header that signed
	responses := 0
	_, server := start(t, choice{tell: func(_ string, _ *int, h http.Header, body map[string]any) {
		if body == nil {
			return
		}
		// Each response repeats a quarter of it: in words of their own, or each at the end of the one before.
		echoed, separator := append(secrets, seen...), []string{" / ", "|"}[responses%2]
		half := len(echoed) / 2
		all := "x" + strings.Join([][]string{echoed[:half], echoed[half:]}[responses/2%2], separator) + separator + seen[0]
		responses++
		for _, field := range []string{"errorMessage", "errorGroup", "locale", "conversationId", "note", "recipientName", testName, testIBAN} {
			body[field] = all
		}
		body["errorMessages"] = []any{all, map[string]any{all: all}, json.Number("330006100519786457841326")}
		h.Set("X-Echo", "x")
		h.Set("Server", testKey)
		h["Retry-After"] = []string{testSecret}
		h.Set("X-RateLimit-For", testIBAN)
		each(func(item map[string]any) { item["description"], item["errorMessage"] = all, all })("", nil, h, body)
	}})
	next := server.Config.Handler
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = []string{strings.TrimPrefix(r.Header.Get("Authorization"), "IYZWSv2 ")}
		next.ServeHTTP(w, r)
	})
	server.Start()
	p := testProbe(t, server.URL)
	err := p.run(context.Background())
	m := newMasker(testKey, testSecret, testIBAN, testName)
	var report, table bytes.Buffer
	p.print(&table, m)
	if writeErr := p.write(&report, m, err); writeErr != nil {
		t.Fatal(writeErr)
	}
	if len(p.rec.exchanges) < 25 || !strings.Contains(report.String(), "(hidden)") {
		t.Errorf("%d exchanges, want some 30, and something hidden", len(p.rec.exchanges))
	}
	text := squeeze(report.String() + table.String())
	for _, secret := range append(secrets, seen...) {
		if strings.Contains(text, squeeze(secret)) {
			t.Errorf("%q is in the report", secret)
		}
	}
	if strings.Contains(text, squeeze("1000000000")) {
		t.Error("the balance is in the report")
	}
}

// squeeze makes texts comparable that differ in spaces, signs and capital letters.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'İ', r == 'ı':
			return 'i'
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func TestMaskerKeepsWhatIsHarmless(t *testing.T) {
	m := newMasker(testKey, testSecret, testIBAN, "Ali Can")
	for _, tt := range []struct{ in, want string }{
		{"79cdefc1-3ce6-4f51-bdd9-0c050274db64", "79cdefc1-3ce6-4f51-bdd9-0c050274db64"},
		{"VALIDATION", "VALIDATION"},
		{"cancel", "cancel"},
		{"ALİ", "(hidden)"},
		{"Ali Can Ali", "(hidden) (hidden)"},
		{"\x1b[31m", "·[31m"},
	} {
		if got := m.text(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
	const body = `{"status":"success","balance":1234.50,"merchantId":1000001,"items":[{"recipientInfo":"x y","totalAmount":100.50}],"errorMessage":"IBAN TR12 3456 7890 12","b":true,"n":null}`
	const want = `{"status": "success", "balance": 9999.99, "merchantId": 9999999, "items": [{"recipientInfo": (text of 3 characters), "totalAmount": 100.50}], ` +
		`"errorMessage": "IBAN TR(number)", "b": true, "n": <nil>}`
	if got := m.body([]byte(body), ""); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, broken := range []string{"<html>" + testIBAN, `{"a":`, `{} {}`, strings.Repeat("[", 100)} {
		if got := m.body([]byte(broken), "text/html"); !strings.HasSuffix(got, "bytes of text/html that are not JSON)") {
			t.Errorf("%s: got %s", broken, got)
		}
	}
}

func TestEmulator(t *testing.T) {
	if testing.Short() {
		t.Skip("the same as TestCommand does: run it without -short")
	}
	t.Chdir(t.TempDir())
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), []string{"-emulator"}, &stdout, &stderr)
	if code != 0 || !strings.Contains(stdout.String(), "confirmed     Pages count from 0.\n                page 0: "+
		"item 1; page 1: item 2\n") || stderr.Len() > 0 {
		t.Errorf("exit code %d, printed:\n%s%s", code, &stdout, &stderr)
	}
	if reports, _ := filepath.Glob("probe-*.md"); len(reports) != 1 {
		t.Errorf("got the reports %v, want one", reports)
	}
}

func TestCommand(t *testing.T) {
	_, server := start(t, choice{})
	server.Start()
	for _, tt := range []struct {
		name       string
		env        map[string]string
		args       []string
		wantCode   int
		wantStdout string
		wantStderr string
	}{
		{name: "a server", env: map[string]string{"IYZICO_BASE_URL": server.URL, "IYZICO_API_KEY": testKey,
			"IYZICO_SECRET_KEY": testSecret}, args: []string{"-pause", "0"},
			wantStdout: "The exchanges are in report.md, without keys, recipients and balance."},
		{name: "wrong key", env: map[string]string{"IYZICO_BASE_URL": server.URL, "IYZICO_API_KEY": testKey,
			"IYZICO_SECRET_KEY": "sandbox-x"}, args: []string{"-pause", "0"},
			wantCode: 1, wantStderr: "the balance cannot be read, so nothing else was tried: iyzico: " +
				"RetrieveMassPayoutBalance: refused: 1000 Geçersiz imza"},
		{name: "no keys", wantCode: 2, wantStderr: "set IYZICO_API_KEY and IYZICO_SECRET_KEY"},
		{name: "production", env: map[string]string{"IYZICO_BASE_URL": gen.ServerURLProduction, "IYZICO_API_KEY": "k",
			"IYZICO_SECRET_KEY": "s"}, wantCode: 2, wantStderr: "against the sandbox"},
		{name: "auth to nobody", env: map[string]string{"IYZICO_API_KEY": testKey, "IYZICO_SECRET_KEY": testSecret},
			args: []string{"-auth", "5"}, wantCode: 2, wantStderr: "set PROBE_IBAN and PROBE_NAME"},
		{name: "auth of too much", env: map[string]string{"IYZICO_API_KEY": testKey, "IYZICO_SECRET_KEY": testSecret},
			args: []string{"-auth", "101"}, wantCode: 2, wantStderr: "-auth: expected the most"},
		{name: "amount", env: map[string]string{"IYZICO_API_KEY": testKey, "IYZICO_SECRET_KEY": testSecret},
			args: []string{"-amount", "11"}, wantCode: 2, wantStderr: "-amount: expected"},
		{name: "help", args: []string{"-h"}, wantStderr: "Exit codes: 0 nothing is contradicted"},
		{name: "no flag of ours", args: []string{"-x"}, wantCode: 2, wantStderr: "not defined: -x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for _, name := range []string{"IYZICO_BASE_URL", "IYZICO_API_KEY", "IYZICO_SECRET_KEY", "PROBE_IBAN", "PROBE_NAME"} {
				t.Setenv(name, tt.env[name])
			}
			var stdout, stderr bytes.Buffer
			code := run(context.Background(), append(tt.args, "-o", "report.md"), &stdout, &stderr)
			if code != tt.wantCode || !strings.Contains(stdout.String(), tt.wantStdout) || !strings.Contains(stderr.String(),
				tt.wantStderr) {
				t.Errorf("exit code %d, want %d, printed:\n%s%s", code, tt.wantCode, &stdout, &stderr)
			}
			info, err := os.Stat("report.md")
			if sent := tt.wantCode < 2 && tt.name != "help"; sent != (err == nil) {
				t.Errorf("there is a report: %v, want %v", err == nil, sent)
			} else if sent && info.Mode().Perm() != 0o600 {
				t.Errorf("the report's mode is %v", info.Mode())
			}
			if sent := tt.wantCode < 2 && tt.name != "help"; sent && tt.wantCode == 0 {
				stderr.Reset()
				if code := run(context.Background(), append(tt.args, "-o", "report.md"), &stdout, &stderr); code != 2 {
					t.Errorf("over a report: exit code %d, stderr %s", code, &stderr)
				}
			}
		})
	}
}

// The documentation says what to do about facts by the words of the report.
func TestDocumentationNamesTheFacts(t *testing.T) {
	doc, err := os.ReadFile("../../docs/going-live.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(doc), "| contradicted | then |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := 0
	for row := range strings.Lines(table) {
		claim, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " |")
		if !slices.ContainsFunc(facts, func(f fact) bool { return f.claim == claim }) {
			t.Errorf("%q is no fact", claim)
		}
		rows++
	}
	if rows < 10 {
		t.Errorf("%d rows", rows)
	}
}

func FuzzMasker(f *testing.F) {
	f.Add(`{"errorMessage":"x ` + testIBAN + `","y":{"status":"` + testName + `"}}`)
	f.Add(`["TR33.0006 1005-1978_6457/8413 26", 330006100519786457841326, {"status": 1e9}]`)
	m := newMasker(testKey, testSecret, testIBAN, testName)
	f.Fuzz(func(t *testing.T, body string) {
		shown := squeeze(m.body([]byte(body), "application/json"))
		for _, secret := range []string{testKey, testSecret, testIBAN, testName} {
			if strings.Contains(shown, squeeze(secret)) {
				t.Errorf("%q is shown", secret)
			}
		}
	})
}

// inTurn skips what happens one after another where -short is given: `make test` runs it without the race detector, which
// takes several times as long and has nothing to find there.
func inTurn(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one thing after another: run it without -short")
	}
}
