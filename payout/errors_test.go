package payout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// A job queue keeps an error as JSON, and asks it the same things afterwards.
func TestErrorThroughJSON(t *testing.T) {
	refusal := &gen.APIError{
		Operation: "AuthMassPayout", StatusCode: 400, Status: gen.StatusFailure, Code: "11", Group: "g", Message: "no",
		RetryAfter: time.Second,
	}
	refused := &RefusedItemsError{Accepted: 1, Items: []Item{{ItemExternalID: "a", Status: "INVALID", Code: "9001", Reasons: []string{"Ayşe"}}}}
	balance := &BalanceError{Need: Totals{gen.CurrencyTRY: decimal.RequireFromString("100.50")}, Balance: decimal.RequireFromString("1")}
	for _, cause := range []error{
		fmt.Errorf("%w: more", ErrOtherPayout), errors.Join(ErrNoProgress, ErrNotFound), refusal, fmt.Errorf("init: %w", refused),
		balance, context.DeadlineExceeded, errors.New("nothing special"), fmt.Errorf("%w: %w", ErrConflict, context.Canceled),
	} {
		before := &Error{
			Ref: Ref{RequestID: "r/?", ExternalID: "p"}, Step: StepStored, MoneyMayHaveMoved: true, Temporary: true,
			Advice: "wait", Err: cause,
		}
		data, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "Ayşe") {
			t.Errorf("it shows iyzico's reasons: %s", data)
		}
		after := new(Error)
		if err := json.Unmarshal(data, after); err != nil {
			t.Fatal(err)
		}
		equal(t, "text", after.Error(), before.Error())
		for _, kind := range kinds {
			if errors.Is(after, kind.err) != errors.Is(before, kind.err) {
				t.Errorf("%v: errors.Is of %v is %v", before, kind.err, errors.Is(after, kind.err))
			}
		}
		var api *gen.APIError
		if got := errors.As(after, &api); got != errors.As(before, new(*gen.APIError)) || got && !reflect.DeepEqual(api, refusal) {
			t.Errorf("%v: errors.As finds %v", before, api)
		}
		var items *RefusedItemsError
		if got := errors.As(after, &items); got != errors.As(before, new(*RefusedItemsError)) || got && items.Items[0].Code != "9001" {
			t.Errorf("%v: errors.As finds %v", before, items)
		}
		var small *BalanceError
		if got := errors.As(after, &small); got != errors.As(before, new(*BalanceError)) || got && small.Error() != balance.Error() {
			t.Errorf("%v: errors.As finds %v", before, small)
		}
		after.Err = nil
		before.Err = nil
		if !reflect.DeepEqual(after, before) {
			t.Errorf("got %+v, want %+v", after, before)
		}
		again, err := json.Marshal(before)
		if err != nil || json.Unmarshal(again, after) != nil || after.Err != nil {
			t.Errorf("without a cause: %s, %v, %v", again, err, after.Err)
		}
	}
}

// Each sentinel has one name in JSON, which stays.
func TestKindsAreNamed(t *testing.T) {
	names := map[string]bool{}
	for _, kind := range kinds {
		if names[kind.name] {
			t.Errorf("%q comes twice", kind.name)
		}
		names[kind.name] = true
	}
	equal(t, "kinds", len(kinds), 21)
}

func TestErrorTexts(t *testing.T) {
	items := make([]Item, 5)
	for i := range items {
		items[i] = Item{ItemExternalID: fmt.Sprint("emp-", i), Code: "9001", Reasons: []string{"Ayşe is blocked"}}
	}
	tests := []struct {
		err  error
		want string
	}{
		{&RefusedItemsError{Items: items[:1], Accepted: 2}, `iyzico refused 1 of 3 items: "emp-0" (9001)`},
		{&RefusedItemsError{Items: items}, `iyzico refused 5 of 5 items: "emp-0" (9001), "emp-1" (9001), "emp-2" (9001) and 2 more`},
		{&BalanceError{Need: Totals{"TRY": decimal.New(2, 0), "USD": decimal.New(1, 0)}, Balance: decimal.New(1, 0)},
			"the balance is too small: 2 TRY, 1 USD needed, 1 TRY available"},
		{&Error{Ref: ByExternalID("p"), Step: StepNew, Err: ErrLocked, Advice: "call again"},
			`payout: payout "p": new: another run is under way (this program authorized nothing); call again`},
		{&Error{Ref: ByRequestID("r"), Step: StepAuthorizing, Err: ErrNoProgress, MoneyMayHaveMoved: true},
			`payout: payout with requestId "r": authorizing: no progress (money may have moved)`},
	}
	for _, tt := range tests {
		equal(t, "text", tt.err, tt.want)
	}
}

// One error is one line of a log, even if several causes were joined.
func TestErrorIsOneLine(t *testing.T) {
	err := &Error{Ref: Ref{ExternalID: "p"}, Step: StepStored, Err: errors.Join(errors.New("first"), errors.New("second"))}
	if got, want := err.Error(), `payout: payout "p": stored: first; second (this program authorized nothing)`; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
