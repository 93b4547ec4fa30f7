package payout

import (
	"encoding/json"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

// The steps one by one, as a durable-execution engine runs them: what each gives goes through JSON.
func TestSteps(t *testing.T) {
	a := open(t)
	ctx := t.Context()
	r := request("x", item("a", "10.50"), in(gen.CurrencyUSD, item("b", "20")))

	_, err := Find(ctx, a.client, ByExternalID("x"))
	wantError(t, err, ErrNotFound)
	stored, err := Init(ctx, a.client, r)
	if err != nil {
		t.Fatal(err)
	}
	found, err := Find(ctx, a.client, ByExternalID("x"))
	if err != nil {
		t.Fatal(err)
	}
	ref := ByRequestID(through(t, *found).RequestID)
	equal(t, "requestId", string(ref.RequestID), string(stored.RequestID))

	review, err := Review(ctx, a.client, ref, r, WithPageSize(1))
	if err != nil {
		t.Fatal(err)
	}
	before := through(t, *review)
	equal(t, "review", &before, `payout "x" (requestId `+string(ref.RequestID)+`): INIT: 1 INIT 10.50 TRY, 1 INIT 20 USD`)
	if _, err := CheckBalance(ctx, a.client, through(t, before.Need())); err != nil {
		t.Fatal(err)
	}
	if err := Authorize(ctx, a.client, through(t, ref)); err != nil {
		t.Fatal(err)
	}
	last, err := Await(ctx, a.client, ref, WithClock(a.clock))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "progress", through(t, last).Tallies, "1 SUCCESS 10.5 TRY, 1 SUCCESS 20 USD")
	after, err := Review(ctx, a.client, ref, r)
	if err != nil {
		t.Fatal(err)
	}
	paid := through(t, *after)
	equal(t, "all paid", paid.AllPaid(), true)
	equal(t, "paid", paid.Sums(gen.FundsWithRecipient), "10.50 TRY, 20 USD")
}

// through is v after it has been JSON.
func through[T any](t *testing.T, v T) (out T) {
	t.Helper()
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}
