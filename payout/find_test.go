package payout

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

func TestFind(t *testing.T) {
	a := open(t)
	blocked := itemTo("blocked", "1", emulator.RecipientBlocked.MemberID())
	id := a.init(request("x", item("a", "1"), blocked))
	onlyRefused := a.init(request("y", blocked))
	for _, tt := range []struct {
		ref  Ref
		want Found
	}{
		{ByExternalID("x"), Found{"x", id, "INIT"}},
		{ByRequestID(id), Found{"x", id, "INIT"}},
		{Ref{id, "x"}, Found{"x", id, "INIT"}},
		{ByExternalID("y"), Found{"y", onlyRefused, "INIT"}},
	} {
		found, err := Find(t.Context(), a.client, tt.ref)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, tt.ref.String(), *found, tt.want)
	}
	for _, ref := range []Ref{ByExternalID("z"), ByRequestID("no-such-id"), {id, "y"}} {
		_, err := Find(t.Context(), a.client, ref)
		wantError(t, err, ErrNotFound, ref.String())
		wantError(t, err, gen.ErrRefused) // as iyzico put it
	}
}

// A lost answer of init, and then the question what became of it.
func TestFindAfterLostAnswer(t *testing.T) {
	for _, arrived := range []bool{true, false} {
		a := open(t)
		a.Inject(emulator.Fault{Operation: emulator.OpInit, Kind: emulator.Cut, AfterEffect: arrived})
		_, err := Init(t.Context(), a.client, request("x", item("a", "1")))
		wantError(t, err, gen.ErrOutcomeUnknown)
		found, err := Find(t.Context(), a.client, ByExternalID("x"))
		if arrived && (err != nil || found.RequestID == "") {
			t.Errorf("arrived, and found %v, %v", found, err)
		}
		if !arrived {
			wantError(t, err, ErrNotFound)
		}
	}
}

// Whatever else goes wrong is not "no such payout".
func TestFindDoesNotKnow(t *testing.T) {
	for kind := emulator.Cut; kind <= emulator.Torn; kind++ {
		a := open(t)
		a.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: kind})
		if found, err := Find(t.Context(), a.client, ByExternalID("x")); err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("%v: found %v, %v", kind, found, err)
		}
		a.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: kind, Skip: 1}) // the control question
		if found, err := Find(t.Context(), a.client, ByExternalID("x")); err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("%v at the control question: found %v, %v", kind, found, err)
		}
	}

	a := open(t)
	for _, keys := range [][2]string{{apiKey, "another-secret"}, {"sandbox-other", secretKey}} {
		sign, err := signer.New(keys[0], keys[1])
		if err != nil {
			t.Fatal(err)
		}
		client, err := gen.New(a.URL, sign.Edit)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Find(t.Context(), client, ByExternalID("x"))
		wantError(t, err, gen.ErrRefused, "looking for")
		if errors.Is(err, ErrNotFound) {
			t.Errorf("a bad signature was taken for %v", err)
		}
	}
}

func TestFindAtOddServers(t *testing.T) {
	const empty = `{"status":"success","massPayoutItems":{"items":[]}}`
	const refusal = `{"status":"failure","errorCode":"5086","errorMessage":"Ödeme bulunamadı"}`
	line := func(extra string) string {
		return `{"status":"success","massPayout":{"massPayoutStatus":"INIT"},"massPayoutItems":{"items":[{"itemStatus":"INIT"` + extra + `}]}}`
	}
	type answer struct {
		status int
		body   string
	}
	for _, tt := range []struct {
		name          string
		ours, control answer
		want          string
	}{
		{"refused alike, whatever the code", answer{422, refusal}, answer{422, refusal}, "not found"},
		{"empty alike", answer{200, empty}, answer{200, empty}, "not found"},
		{"refused otherwise", answer{422, refusal}, answer{400, `{"status":"failure","errorCode":"11"}`}, "error"},
		{"refused, and the control exists", answer{422, refusal}, answer{200, line("")}, "error"},
		{"forbidden alike", answer{403, refusal}, answer{403, refusal}, "error"},
		{"without a requestId", answer{200, line("")}, answer{}, "INIT without requestId"},
		{"with a requestId", answer{200, line(`,"massPayoutRequestId":"id-1"`)}, answer{}, "INIT id-1"},
		{"a payout without a status", answer{200, strings.Replace(line(""), "INIT", "", 1)}, answer{}, "error"},
		{"a status of tomorrow", answer{200, strings.Replace(line(""), "INIT", "PAUSED", 1)}, answer{}, "PAUSED without requestId"},
	} {
		client := retriever(func(r gen.MassPayoutRetrieveRequest) (int, string) {
			if r.ExternalMassPayoutID == "x" {
				return tt.ours.status, tt.ours.body
			}
			return tt.control.status, tt.control.body
		})
		found, err := Find(t.Context(), client, ByExternalID("x"))
		got := "error"
		switch {
		case errors.Is(err, ErrNotFound):
			got = "not found"
		case err == nil && found.RequestID == "":
			got = string(found.Status) + " without requestId"
		case err == nil:
			got = string(found.Status) + " " + string(found.RequestID)
		}
		equal(t, tt.name, got, tt.want)
	}
}

// deaf is a client whose answers about a payout never carry its requestId.
type deaf struct{ *gen.Client }

func (d deaf) RetrieveMassPayout(ctx context.Context, r gen.MassPayoutRetrieveRequest, e ...gen.RequestEditorFn) (*gen.MassPayoutRetrieveResponse, error) {
	resp, err := d.Client.RetrieveMassPayout(ctx, r, e...)
	if err == nil {
		for i := range resp.MassPayoutItems.Items {
			resp.MassPayoutItems.Items[i].MassPayoutRequestID = ""
		}
	}
	return resp, err
}

func TestPayWhereAnswersNameNoRequestID(t *testing.T) {
	a := open(t)
	result, err := Pay(t.Context(), deaf{a.client}, request("x", item("a", "1")), a.store(), WithClock(a.clock))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "init answered", statuses(result), "a:SUCCESS")

	a.Inject(emulator.Fault{Operation: emulator.OpInit, Kind: emulator.Cut, AfterEffect: true})
	store := a.store()
	for range 2 {
		_, err = Pay(t.Context(), deaf{a.client}, request("y", item("b", "1")), store, WithClock(a.clock))
		wantError(t, err, ErrNoRequestID, `payout "y", in status INIT`)
	}
	equal(t, "calls", a.calls(), "init 2, auth 1, cancel 0")
}

// blind is a client that is told of every externalId that there is no such payout.
type blind struct{ *gen.Client }

func (b blind) RetrieveMassPayout(ctx context.Context, r gen.MassPayoutRetrieveRequest, e ...gen.RequestEditorFn) (*gen.MassPayoutRetrieveResponse, error) {
	if r.RequestID == "" {
		return nil, &gen.APIError{StatusCode: 400, Status: gen.StatusFailure, Code: gen.CodeInvalidRequest}
	}
	return b.Client.RetrieveMassPayout(ctx, r, e...)
}

// Where "no such payout" is what a server always says, nothing is authorized on the strength of it.
func TestPayDoesNotTrustAServerThatFindsNothing(t *testing.T) {
	a := open(t)
	_, err := Pay(t.Context(), blind{a.client}, request("x", item("a", "1")), a.store(), WithClock(a.clock))
	wantError(t, err, ErrNotFound, "is stored, but its externalId does not lead to it; nothing was authorized")
	equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
}

// twin is a client at which another payout is found under every externalId.
type twin struct{ *gen.Client }

func (c twin) RetrieveMassPayout(ctx context.Context, r gen.MassPayoutRetrieveRequest, e ...gen.RequestEditorFn) (*gen.MassPayoutRetrieveResponse, error) {
	resp, err := c.Client.RetrieveMassPayout(ctx, r, e...)
	if err == nil && r.RequestID == "" {
		for i := range resp.MassPayoutItems.Items {
			resp.MassPayoutItems.Items[i].MassPayoutRequestID = "twin-" + resp.MassPayoutItems.Items[i].MassPayoutRequestID
		}
	}
	return resp, err
}

// iyzico may have stored two payouts under one externalId, by an init that arrived late: neither is authorized.
func TestPayOfTwoUnderOneName(t *testing.T) {
	a := open(t)
	store := a.store()
	for range 2 {
		_, err := Pay(t.Context(), twin{a.client}, request("x", item("a", "1")), store, WithClock(a.clock))
		wantError(t, err, ErrOtherPayout, "iyzico has requestId twin-", "nothing was authorized")
	}
	equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
}
