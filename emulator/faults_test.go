package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
)

// try sends a request that may break and returns what came of it.
func (a *account) try(req *http.Request) (resp *http.Response, body string, err error) {
	resp, err = http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

func TestFaults(t *testing.T) {
	const page502 = "<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head></html>\n"
	const html, jsonType = "text/html; charset=utf-8", "application/json"
	const accepted = `{"status":"success","locale":"en","systemTime":1759231970716}`
	tests := []struct {
		name        string
		fault       emulator.Fault
		status      int // 0: no response
		contentType string
		body        string
		broken      bool // the response ends too early
		effect      bool
	}{
		{"cut before the effect", emulator.Fault{Kind: emulator.Cut}, 0, "", "", false, false},
		{"response lost after the effect", emulator.Fault{Kind: emulator.Cut, AfterEffect: true}, 0, "", "", false, true},
		{"502", emulator.Fault{Kind: emulator.HTML}, 502, html, page502, false, false},
		{"502 after the effect", emulator.Fault{Kind: emulator.HTML, AfterEffect: true}, 502, html, page502, false, true},
		{"500", emulator.Fault{Kind: emulator.HTML, Status: 500}, 500, html, strings.Replace(page502, "Bad Gateway", "Internal Server Error", 1), false, false},
		{"429", emulator.Fault{Kind: emulator.RateLimited, RetryAfter: 1500 * time.Millisecond}, 429, jsonType,
			`{"status":"failure","errorCode":50000,"errorMessage":"Request Limit Exceeded","locale":"en"}`, false, false},
		{"system error", emulator.Fault{Kind: emulator.SystemError}, 500, jsonType,
			`{"status":"failure","errorCode":"100001","errorMessage":"System error","locale":"en","systemTime":1759231970716}`, false, false},
		{"failure with 200", emulator.Fault{Kind: emulator.FailureWith200}, 200, jsonType,
			`{"status":"failure","errorCode":"11","errorMessage":"Invalid request: fault injected by a test","locale":"en","systemTime":1759231970716}`, false, false},
		{"redirect", emulator.Fault{Kind: emulator.Redirect}, 307, html, "", false, false},
		{"truncated", emulator.Fault{Kind: emulator.Truncated}, 200, jsonType, accepted[:len(accepted)/2], false, true},
		{"torn", emulator.Fault{Kind: emulator.Torn}, 200, jsonType, accepted[:len(accepted)/2], true, true},
		{"wrong type", emulator.Fault{Kind: emulator.WrongType}, 200, "text/plain; charset=utf-8", accepted, false, true},
		{"huge", emulator.Fault{Kind: emulator.Huge, Size: 100000}, 200, jsonType, strings.Repeat(" ", 100000) + accepted, false, true},
		{"not enabled", emulator.Fault{Kind: emulator.Refusal, ErrorCode: "2000"}, 400, jsonType,
			`{"status":"failure","errorCode":"2000","errorMessage":"This service is only available to marketplace merchants","locale":"en","systemTime":1759231970716}`, false, false},
		{"401", emulator.Fault{Kind: emulator.Refusal, Status: 401, ErrorCode: "1000"}, 401, jsonType,
			`{"status":"failure","errorCode":"1000","errorMessage":"Invalid signature","locale":"en","systemTime":1759231970716}`, false, false},
		{"403", emulator.Fault{Kind: emulator.Refusal, Status: 403}, 403, jsonType,
			`{"status":"failure","errorCode":"11","errorMessage":"Invalid request: fault injected by a test","locale":"en","systemTime":1759231970716}`, false, false},
		{"422", emulator.Fault{Kind: emulator.Refusal, Status: 422}, 422, jsonType,
			`{"status":"failure","errorCode":"100001","errorMessage":"System error","locale":"en","systemTime":1759231970716}`, false, false},
		{"422 after the effect, with a message", emulator.Fault{Kind: emulator.Refusal, Status: 422, ErrorMessage: "later", AfterEffect: true}, 422, jsonType,
			`{"status":"failure","errorCode":"100001","errorMessage":"later","locale":"en","systemTime":1759231970716}`, false, true},
		{"late", emulator.Fault{Kind: emulator.Late, Lag: time.Hour}, 0, "", "", false, false},
		{"slow", emulator.Fault{Kind: emulator.Slow, Delay: time.Microsecond}, 200, jsonType, accepted, false, true},
		{"duplicate", emulator.Fault{Kind: emulator.Duplicate}, 400, jsonType,
			`{"status":"failure","errorCode":"11","errorMessage":"Invalid request: the mass payout is not in status INIT","locale":"en","systemTime":1759231970716}`, false, true},
		{"stale, nothing remembered", emulator.Fault{Kind: emulator.Stale}, 200, jsonType, accepted, false, true},
		{"other payout, not named here", emulator.Fault{Kind: emulator.OtherPayout}, 200, jsonType, accepted, false, true},
		{"read lag, no read", emulator.Fault{Kind: emulator.ReadLag}, 200, jsonType, accepted, false, true},
		{"delay that is over", emulator.Fault{Wait: closed()}, 200, jsonType, accepted, false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := open(t)
			id := a.init("p", pay("l", "1"))
			test.fault.Operation = emulator.OpAuth
			struck := a.Inject(test.fault)
			resp, body, err := a.try(a.request("POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"`+id+`"}`))
			switch {
			case test.status == 0:
				if err == nil {
					t.Fatalf("responded %d %s", resp.StatusCode, body)
				}
			case (err != nil) != test.broken || resp.StatusCode != test.status || resp.Header.Get("Content-Type") != test.contentType || body != test.body:
				t.Fatalf("%v %d %q\n%.300s", err, resp.StatusCode, resp.Header.Get("Content-Type"), body)
			}
			if test.status == 429 && resp.Header.Get("Retry-After") != "2" {
				t.Errorf("Retry-After %q", resp.Header.Get("Retry-After"))
			}
			if test.status == 307 && resp.Header.Get("Location") != "/elsewhere" {
				t.Errorf("Location %q", resp.Header.Get("Location"))
			}
			want := "INIT l:INIT"
			if test.effect {
				want = "PUBLISHED_TO_QUEUE l:QUEUED"
			}
			equal(t, "effect", a.items(id), want)
			if struck() != 1 || a.Calls(emulator.OpAuth) != 1 {
				t.Errorf("struck %d of %d calls", struck(), a.Calls(emulator.OpAuth))
			}
		})
	}
}

func TestFaultsPerCall(t *testing.T) {
	balance := func(a *account) string {
		resp, _, err := a.try(a.request("GET", "/v1/mass/payout/balance?locale=en", ""))
		if err != nil {
			return "cut"
		}
		return resp.Status[:3]
	}
	run := func(a *account, n int) string {
		var list []string
		for range n {
			list = append(list, balance(a))
		}
		return strings.Join(list, " ")
	}
	a := open(t)
	a.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Cut, Times: -1})
	a.Inject(emulator.Fault{Operation: emulator.OpBalance, Kind: emulator.HTML, Skip: 1, Times: 2})
	a.Inject(emulator.Fault{Kind: emulator.RateLimited, Skip: 4})
	equal(t, "skip and times", run(a, 7), "200 502 502 200 429 200 200")

	all := a.Inject(emulator.Fault{Kind: emulator.HTML, Times: -1})
	equal(t, "all", run(a, 3), "502 502 502")
	a.ClearFaults()
	equal(t, "cleared", run(a, 1), "200")
	if all() != 3 || a.Calls(emulator.OpBalance) != 11 || a.Calls("") != 0 {
		t.Errorf("struck %d, calls %d and %d", all(), a.Calls(emulator.OpBalance), a.Calls(""))
	}
}

// A payout whose response was lost at init is found by its externalId.
func TestLostInitIsFound(t *testing.T) {
	a := open(t)
	a.Inject(emulator.Fault{Operation: emulator.OpInit, Kind: emulator.Cut, AfterEffect: true})
	if _, _, err := a.try(a.request("POST", initPath+"?locale=en", payout("p", pay("l", "1")))); err == nil {
		t.Fatal("responded")
	}
	response := a.post("retrieve", `{"externalMassPayoutId":"p","page":0,"size":1}`)
	again := a.init("p", pay("l", "1"))
	if !strings.Contains(response, `"massPayoutRequestId":"`+again+`"`) {
		t.Errorf("no way back to %s in %s", again, response)
	}
}

func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// Late requests are carried out when nobody expects them any more.
func TestLate(t *testing.T) {
	a := open(t)
	id := a.init("p", pay("l", "1"))
	a.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Late, Lag: time.Hour})
	a.Inject(emulator.Fault{Operation: emulator.OpInit, Kind: emulator.Late, Lag: 30 * time.Minute})
	a.try(a.request("POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"`+id+`"}`))
	a.try(a.request("POST", initPath+"?locale=en", payout("q", pay("m", "1"))))

	a.clock.Advance(time.Hour - 1)
	equal(t, "a moment before", a.items(id), "INIT l:INIT")
	a.clock.Advance(2*time.Minute + 1)
	equal(t, "an hour and two stages later", a.items(id), "COMPLETED l:SUCCESS")
	if at := a.Ledger()[0].At; !at.Equal(start.Add(time.Hour + 2*time.Minute)) {
		t.Errorf("paid at %s", at)
	}
	a.post("retrieve", `{"externalMassPayoutId":"q","page":0,"size":1}`)
}

// What comes late meets the balance of its own time.
func TestLateFindsWhatCameBackBefore(t *testing.T) {
	a := open(t, emulator.WithBalance(d("10")))
	first := a.init("p", payTo("l", emulator.RecipientReturns.MemberID(), "10"))
	second := a.init("q", pay("m", "10"))
	a.auth(first)
	a.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Late, Lag: 3 * time.Minute})
	a.try(a.request("POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"`+second+`"}`))
	a.clock.Advance(time.Hour)
	equal(t, "the second payout", a.items(second), "COMPLETED m:SUCCESS")
}

// A cache between gives an old response again, byte for byte.
func TestStale(t *testing.T) {
	a := open(t)
	id := a.init("p", pay("l", "1"))
	body := `{"requestId":"` + id + `","page":0,"size":100}`
	before := a.post("retrieve", body)
	a.auth(id)
	a.clock.Advance(time.Hour)
	struck := a.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: emulator.Stale})
	equal(t, "the same request", a.post("retrieve", body), before)
	if struck() != 1 {
		t.Errorf("struck %d", struck())
	}
	equal(t, "the next one", a.items(id), "COMPLETED l:SUCCESS")
}

func TestReadLag(t *testing.T) {
	a := open(t)
	first := a.init("p", pay("l", "1"))
	a.clock.Advance(time.Hour)
	a.auth(first)
	second := a.init("q", pay("m", "1"))
	a.clock.Advance(2 * time.Minute) // both stages of p

	a.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: emulator.ReadLag, Times: 4, Lag: 90 * time.Second})
	equal(t, "before the second stage", a.items(first), "PUBLISHED_TO_QUEUE l:QUEUED")
	response := a.post("retrieve", `{"requestId":"`+first+`","page":0,"size":1}`)
	if strings.Contains(response, "completedDate") || !strings.Contains(response, `"totalSuccessfulAmount":0,`) {
		t.Errorf("the future shows in %s", response)
	}
	a.clock.Advance(20 * time.Second)
	equal(t, "not seen yet", a.items(first), "PUBLISHED_TO_QUEUE l:QUEUED")
	a.clock.Advance(10 * time.Second)
	equal(t, "the first stage shows", a.items(second), "INIT m:INIT")
	equal(t, "without a lag", a.items(first), "COMPLETED l:SUCCESS")

	a = open(t, emulator.WithReadLag(time.Minute))
	id := a.init("p", pay("l", "1"))
	a.refused("retrieve", `{"requestId":"`+id+`","page":0,"size":1}`, "the mass payout was not found")
	a.clock.Advance(time.Minute)
	equal(t, "found a minute later", a.items(id), "INIT l:INIT")
	code := reference(t, a.post("retrieve", `{"requestId":"`+id+`","page":0,"size":1}`))
	a.auth(id)
	_, item := a.call("GET", "/v1/mass/payout/retrieve/items/"+code+"?locale=en", "")
	if !strings.Contains(item, `"itemStatus":"INIT"`) {
		t.Errorf("one item: %s", item)
	}
	equal(t, "the balance does not lag", a.balance(), "999999999")
}

// In iyzico's published example a payout is PUBLISHED_TO_QUEUE and its items are INIT.
func TestItemsOlderThanTheirPayout(t *testing.T) {
	a := open(t, emulator.WithItemLag(30*time.Second))
	id := a.init("p", pay("l", "1"), pay("refused", "0"))
	a.auth(id)
	equal(t, "as published", a.items(id), "PUBLISHED_TO_QUEUE l:INIT refused:INVALID")
	a.clock.Advance(2 * time.Minute)
	equal(t, "the payout has ended", a.items(id), "COMPLETED l:PROCESSING refused:INVALID")
	a.clock.Advance(30 * time.Second)
	equal(t, "its item has, too", a.items(id), "COMPLETED l:SUCCESS refused:INVALID")
}

func TestOtherPayout(t *testing.T) {
	a := open(t)
	a.Inject(emulator.Fault{Operation: emulator.OpInit, Kind: emulator.OtherPayout})
	response := a.post("init", payout("p", pay("l", "1")))
	if id := a.init("p", pay("l", "1")); field(t, response, "requestId") == id {
		t.Error("init: the requestId is the right one")
	}

	id := a.init("p", pay("l", "1"))
	a.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: emulator.OtherPayout})
	equal(t, "nobody's payout", a.items(id), "INIT emulator-other-item:INIT")
	a.init("q", pay("m", "2"), pay("n", "3"))
	a.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: emulator.OtherPayout})
	equal(t, "the other payout", a.items(id), "INIT m:INIT n:INIT")
	code := reference(t, a.post("retrieve", `{"requestId":"`+id+`","page":0,"size":1}`))
	a.Inject(emulator.Fault{Operation: emulator.OpItem, Kind: emulator.OtherPayout})
	_, item := a.call("GET", "/v1/mass/payout/retrieve/items/"+code+"?locale=en", "")
	if !strings.Contains(item, `"itemExternalId":"m"`) {
		t.Errorf("item: %s", item)
	}
}

func TestDuplicateReservesOnce(t *testing.T) {
	a := open(t)
	a.Inject(emulator.Fault{Kind: emulator.Duplicate, Times: -1})
	response := a.post("init", payout("p", pay("l", "1")))
	a.refused("auth", `{"requestId":"`+field(t, response, "requestId")+`"}`, "the mass payout is not in status INIT")
	equal(t, "balance", a.balance(), "999999999")
}

func TestPendingFaults(t *testing.T) {
	a := open(t)
	list := func() string {
		var list []string
		for _, f := range a.Faults() {
			list = append(list, fmt.Sprintf("%d %s %d", f.ID, f.Kind, f.Struck))
		}
		return strings.Join(list, ", ")
	}
	a.Inject(emulator.Fault{Kind: emulator.HTML})
	a.Inject(emulator.Fault{Kind: emulator.RateLimited, Times: 2})
	a.Inject(emulator.Fault{Kind: emulator.Cut})
	equal(t, "injected", list(), "1 html 0, 2 rate-limited 0, 3 cut 0")
	for range 2 {
		a.try(a.request("GET", "/v1/mass/payout/balance?locale=en", ""))
	}
	equal(t, "after two calls", list(), "2 rate-limited 1, 3 cut 0")
	if !a.ClearFault(2) || a.ClearFault(1) {
		t.Error("only 2 is there to be cleared")
	}
	equal(t, "cleared", list(), "3 cut 0")
}

// The names of the kinds are part of the HTTP API.
func TestKindNames(t *testing.T) {
	names, err := json.Marshal(emulator.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "names", string(names), `["delay","cut","html","rate-limited","system-error","failure-200","redirect","truncated","torn","wrong-type",`+
		`"huge","refusal","late","stale","read-lag","other-payout","duplicate","slow"]`)
	var kinds []emulator.Kind
	if err := json.Unmarshal(names, &kinds); err != nil || kinds[11] != emulator.Refusal {
		t.Errorf("%v, %v", kinds, err)
	}
	if err := json.Unmarshal([]byte(`["nothing"]`), &kinds); err == nil || !strings.Contains(err.Error(), "emulator: the fault kind must be one of delay, cut, ") {
		t.Errorf("error %v", err)
	}
	equal(t, "unknown", emulator.Kind(99).String(), "unknown")
}

func TestInvalidFaults(t *testing.T) {
	for _, tt := range []struct {
		fault emulator.Fault
		want  string
	}{
		{emulator.Fault{Operation: "pay"}, "emulator: the fault's operation must be init, auth, retrieve, item, cancel, balance or empty"},
		{emulator.Fault{Kind: 99}, "emulator: fault kind 99 is unknown"},
		{emulator.Fault{Kind: -1}, "emulator: fault kind -1 is unknown"},
		{emulator.Fault{Kind: emulator.HTML, Status: 100}, "emulator: the fault's HTTP status must be between 200 and 599"},
		{emulator.Fault{Kind: emulator.Slow, Delay: -1}, "emulator: the fault's durations must not be negative"},
		{emulator.Fault{Kind: emulator.Huge, Size: -1}, "emulator: the fault's Size and Skip must not be negative"},
		{emulator.Fault{Kind: emulator.HTML, Status: 503}, "<nil>"},
	} {
		equal(t, "error", fmt.Sprint(tt.fault.Validate()), tt.want)
	}
}
