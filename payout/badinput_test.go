package payout

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

func TestUnknownRequestID(t *testing.T) {
	a := open(t)
	for _, id := range []gen.RequestID{"79cdefc1-3ce6-4f51-bdd9-0c050274db64", "no-such-id"} {
		wantError(t, Authorize(t.Context(), a.client, ByRequestID(id)), ErrNotFound, string(id))
		wantError(t, Cancel(t.Context(), a.client, ByRequestID(id)), ErrNotFound, string(id))
		_, err := Review(t.Context(), a.client, ByRequestID(id), request("x", item("a", "1")))
		wantError(t, err, gen.ErrRefused, string(id))
	}
	if err := Authorize(t.Context(), a.client, ByRequestID("../init")); err == nil {
		t.Error("a requestId that changes the path was taken")
	}
	equal(t, "calls", a.calls(), "init 0, auth 0, cancel 0")
}

func TestAuthorizeAndCancelOnlyFromInit(t *testing.T) {
	a := open(t)
	ref := a.authorized(item("a", "1"))
	wantError(t, Authorize(t.Context(), a.client, ref), ErrNotInit, "PUBLISHED_TO_QUEUE")
	wantError(t, Cancel(t.Context(), a.client, ref), ErrNotInit, "PUBLISHED_TO_QUEUE")
	equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
	if _, err := Await(t.Context(), a.client, ref, WithClock(a.clock)); err != nil {
		t.Fatal(err)
	}
	equal(t, "paid", a.Paid(), "map[a:1]")

	canceled := ByRequestID(a.init(request("y", item("b", "1"))))
	for range 2 { // the second finds it done
		if err := Cancel(t.Context(), a.client, canceled); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, Authorize(t.Context(), a.client, canceled), ErrNotInit, "CANCELED")
	equal(t, "calls", a.calls(), "init 2, auth 1, cancel 1")
}

func TestCancelAfterLostAnswer(t *testing.T) {
	a := open(t)
	ref := ByRequestID(a.init(request("x", item("a", "1"))))
	a.Inject(emulator.Fault{Operation: emulator.OpCancel, Kind: emulator.HTML})
	wantError(t, Cancel(t.Context(), a.client, ref), gen.ErrOutcomeUnknown, "canceling")
	a.Inject(emulator.Fault{Operation: emulator.OpCancel, Kind: emulator.HTML, AfterEffect: true})
	if err := Cancel(t.Context(), a.client, ref); err != nil {
		t.Error(err)
	}
}

// A state that Pay cannot go on with: nothing is sent, and the file stays as it is.
func TestPayWithABadState(t *testing.T) {
	a := open(t)
	store := a.store()
	mine := request("x", item("a", "1"))
	later := errors.New("later")
	notYet := WithConfirm(func(context.Context, *Result) error { return later })
	_, err := a.pay(mine, store, notYet)
	wantError(t, err, later)
	good, err := os.ReadFile(store.path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(good)
	for _, tt := range []struct {
		name, state string
		request     gen.MassPayoutInitializeRequest
		is          error
		text        string
	}{
		{"another externalId", text, request("y", item("a", "1")), ErrOtherPayout, `the state is of "x", the request of "y"`},
		{"another amount", text, request("x", item("a", "1.01")), ErrOtherPayout, `"x" was started with another content`},
		{"another recipient", text, request("x", itemTo("a", "1", "2228854")), ErrOtherPayout, "another content"},
		{"a line more", text, request("x", item("a", "1"), item("b", "1")), ErrOtherPayout, "another content"},
		{"empty", "", mine, ErrState, "cut off"},
		{"cut off at the start", text[:1], mine, ErrState, "cut off"},
		{"cut off in the middle", text[:len(text)/2], mine, ErrState, "cut off"},
		{"cut off before its end", strings.TrimSuffix(text, "}\n"), mine, ErrState, "cut off"},
		{"two", text + text, mine, ErrState, "something follows it"},
		{"null", "null", mine, ErrState, "its version is 0"},
		{"another file", `{"name":"x"}`, mine, ErrState, "unknown field"},
		{"of tomorrow", strings.Replace(text, `"version": 1`, `"version": 2`, 1), mine, ErrState, "its version is 2"},
		{"an unknown step", strings.Replace(text, "initialized", "authorised", 1), mine, ErrState, `its step "authorised"`},
		{"without a requestId", strings.Replace(text, `"requestId"`, `"requestID"`, 1), mine, nil, ""}, // encoding/json takes it
		{"without a digest", text[:strings.Index(text, `"digest"`)] + `"digest":""}`, mine, ErrState, "no digest"},
		{"zeros, as after a power cut", strings.Repeat("\x00", len(text)), mine, ErrState, "cut off"},
	} {
		if err := os.WriteFile(store.path, []byte(tt.state), 0o600); err != nil {
			t.Fatal(err)
		}
		before := a.Calls(emulator.OpRetrieve)
		_, err := a.pay(tt.request, store, notYet)
		if tt.is == nil {
			wantError(t, err, later)
			continue
		}
		wantError(t, err, tt.is, tt.text)
		equal(t, tt.name+": questions", a.Calls(emulator.OpRetrieve)-before, 0)
		after, _ := os.ReadFile(store.path)
		equal(t, tt.name+": file", string(after), tt.state)
	}
	equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")

	// With the right state, it goes on.
	if err := os.WriteFile(store.path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := a.pay(request("x", item("a", "1.00")), store)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "statuses", statuses(result), "a:SUCCESS")
}

func TestPayWithoutAStore(t *testing.T) {
	a := open(t)
	if _, err := a.pay(request("x", item("a", "1")), nil); err == nil {
		t.Error("no error")
	}
	equal(t, "calls", a.calls(), "init 0, auth 0, cancel 0")
}
