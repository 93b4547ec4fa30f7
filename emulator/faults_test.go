package emulator_test

import (
	"context"
	"errors"
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
	const html, json = "text/html; charset=utf-8", "application/json"
	const accepted = `{"status":"success","locale":"en","systemTime":1759231970716}`
	tests := []struct {
		name        string
		fault       emulator.Fault
		status      int // 0: no answer
		contentType string
		body        string
		broken      bool // the answer ends too early
		effect      bool
	}{
		{"cut before the effect", emulator.Fault{Kind: emulator.Cut}, 0, "", "", false, false},
		{"answer lost after the effect", emulator.Fault{Kind: emulator.Cut, AfterEffect: true}, 0, "", "", false, true},
		{"502", emulator.Fault{Kind: emulator.HTML}, 502, html, page502, false, false},
		{"502 after the effect", emulator.Fault{Kind: emulator.HTML, AfterEffect: true}, 502, html, page502, false, true},
		{"500", emulator.Fault{Kind: emulator.HTML, Status: 500}, 500, html, strings.Replace(page502, "Bad Gateway", "Internal Server Error", 1), false, false},
		{"429", emulator.Fault{Kind: emulator.RateLimited, RetryAfter: 1500 * time.Millisecond}, 429, json,
			`{"status":"failure","errorCode":50000,"errorMessage":"Request Limit Exceeded","locale":"en"}`, false, false},
		{"system error", emulator.Fault{Kind: emulator.SystemError}, 500, json,
			`{"status":"failure","errorCode":"100001","errorMessage":"System error","locale":"en","systemTime":1759231970716}`, false, false},
		{"failure with 200", emulator.Fault{Kind: emulator.FailureWith200}, 200, json,
			`{"status":"failure","errorCode":"11","errorMessage":"Invalid request: fault injected by a test","locale":"en","systemTime":1759231970716}`, false, false},
		{"redirect", emulator.Fault{Kind: emulator.Redirect}, 307, html, "", false, false},
		{"truncated", emulator.Fault{Kind: emulator.Truncated}, 200, json, accepted[:len(accepted)/2], false, true},
		{"torn", emulator.Fault{Kind: emulator.Torn}, 200, json, accepted[:len(accepted)/2], true, true},
		{"wrong type", emulator.Fault{Kind: emulator.WrongType}, 200, "text/plain; charset=utf-8", accepted, false, true},
		{"huge", emulator.Fault{Kind: emulator.Huge, Size: 100000}, 200, json, strings.Repeat(" ", 100000) + accepted, false, true},
		{"delay that is over", emulator.Fault{Wait: closed()}, 200, json, accepted, false, true},
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
					t.Fatalf("answered %d %s", resp.StatusCode, body)
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

// A delay lasts until the test says so, or until the client has had enough.
func TestDelay(t *testing.T) {
	a := open(t)
	id := a.init("p", pay("l", "1"))
	release := make(chan struct{})
	a.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Delay, AfterEffect: true, Wait: release})
	status := make(chan int)
	go func() {
		resp, _, err := a.try(a.request("POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"`+id+`"}`))
		if err != nil {
			t.Error(err)
			close(status)
			return
		}
		status <- resp.StatusCode
	}()
	for a.items(id) != "PUBLISHED_TO_QUEUE l:QUEUED" { // the effect is there before the answer
	}
	close(release)
	if got := <-status; got != 200 {
		t.Errorf("HTTP %d", got)
	}

	other := a.init("q", pay("l", "1"))
	arrived := make(chan struct{})
	ctx, giveUp := context.WithCancel(t.Context())
	struck := a.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Delay, Wait: arrived})
	go func() {
		for struck() == 0 {
		}
		giveUp()
	}()
	_, _, err := a.try(a.request("POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"`+other+`"}`).WithContext(ctx))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	equal(t, "never reached", a.items(other), "INIT l:INIT")
}

// An answer lost at init is found again by its externalId.
func TestLostInitIsFound(t *testing.T) {
	a := open(t)
	a.Inject(emulator.Fault{Operation: emulator.OpInit, Kind: emulator.Cut, AfterEffect: true})
	if _, _, err := a.try(a.request("POST", initPath+"?locale=en", payout("p", pay("l", "1")))); err == nil {
		t.Fatal("answered")
	}
	answer := a.post("retrieve", `{"externalMassPayoutId":"p","page":0,"size":1}`)
	again := a.init("p", pay("l", "1"))
	if !strings.Contains(answer, `"massPayoutRequestId":"`+again+`"`) {
		t.Errorf("no way back to %s in %s", again, answer)
	}
}

func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}
