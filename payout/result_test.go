package payout

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

func exampleResult() *Result {
	balance := decimal.RequireFromString("100000.00")
	return &Result{
		ExternalID: "p", RequestID: "r", Digest: "1:d", Status: gen.PayoutStatusCompleted, Balance: &balance, OnlyOne: true,
		TakenAt: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
		Items: []Item{
			{ItemExternalID: "a", ReferenceCode: "ref", Status: gen.ItemStatusSuccess, Commission: decimal.RequireFromString("0.10"),
				Amount: gen.Amount{Value: decimal.RequireFromString("48250.75"), Currency: gen.CurrencyTRY}},
			{ItemExternalID: "b", Status: gen.ItemStatusInvalid, Code: "9001", Reasons: []string{"Ayşe is blocked"},
				Amount: gen.Amount{Value: decimal.RequireFromString("100"), Currency: gen.CurrencyUSD}},
		},
	}
}

// Amounts are numbers everywhere, and what is written can be read again.
func TestResultAsJSON(t *testing.T) {
	const want = `{"externalId":"p","requestId":"r","digest":"1:d","status":"COMPLETED","takenAt":"2026-11-24T12:00:00Z","onlyOne":true,"items":[` +
		`{"itemExternalId":"a","referenceCode":"ref","status":"SUCCESS","amount":{"currency":"TRY","value":48250.75},"commission":0.10},` +
		`{"itemExternalId":"b","status":"INVALID","code":"9001","reasons":["Ayşe is blocked"],"amount":{"currency":"USD","value":100},"commission":0}` +
		`],"balance":100000.00}`
	data, err := json.Marshal(exampleResult())
	if err != nil || string(data) != want {
		t.Errorf("%v\n got %s\nwant %s", err, data, want)
	}
	var read Result
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(&read); err != nil || string(again) != want {
		t.Errorf("%v\n got %s\nwant %s", err, again, want)
	}
	tallies, err := json.Marshal(exampleResult().Tallies())
	equal(t, "tallies", string(tallies), `[{"status":"SUCCESS","currency":"TRY","items":1,"amount":48250.75,"commission":0.10},`+
		`{"status":"INVALID","currency":"USD","items":1,"amount":100,"commission":0}]`)
	totals, err2 := json.Marshal(exampleResult().Requested())
	equal(t, "totals", string(totals), `{"TRY":48250.75,"USD":100}`)
	progress, err3 := json.Marshal(Progress{Ref: Ref{"r", "p"}, Step: StepNew, Did: "looked", Failure: ErrLocked, Wait: time.Second})
	equal(t, "progress", string(progress), `{"requestId":"r","externalId":"p","step":"new","did":"looked","wait":1000000000,"ended":false,`+
		`"at":"0001-01-01T00:00:00Z","result":null,"failure":{"text":"another run is under way","kinds":["locked"]}}`)
	balance, err4 := json.Marshal(&BalanceError{Need: Totals{"TRY": decimal.New(2, 0)}, Balance: decimal.New(15, -1)})
	equal(t, "balance", string(balance), `{"need":{"TRY":2},"balance":1.5}`)
	if err := errors.Join(err, err2, err3, err4); err != nil {
		t.Error(err)
	}
}

// A result that is not there prints, logs, marshals, and has nothing in it.
func TestNilResult(t *testing.T) {
	var r *Result
	data, err := json.Marshal(r)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("paid", "result", r)
	equal(t, "printed", fmt.Sprintf("%v %+v %#v %s", r, r, r, r), "no result no result no result no result")
	equal(t, "marshaled", fmt.Sprint(string(data), err), "null<nil>")
	if !strings.Contains(log.String(), `result="no result"`) {
		t.Error(log.String())
	}
	_, _, err = r.PayAgain(request("p"), "q")
	equal(t, "asked", fmt.Sprint(r.AllPaid(), r.ItemsIn(gen.FundsBack), r.Refused(), r.Tallies(), r.Totals(gen.FundsBack), r.Requested(), r.Need(), err),
		"false [] []  nothing nothing nothing payout: there is no result")
}

// What prints shows no reason: iyzico may name the recipient there.
func TestResultPrintsNoReasons(t *testing.T) {
	r := exampleResult()
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("", "result", r, "items", r.Items[1])
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %+v %#v", r, r, r, *r, r.Items), log.String()} {
		if strings.Contains(text, "Ayşe") {
			t.Error(text)
		}
	}
	equal(t, "printed", r, `payout "p" (requestId "r"): COMPLETED: 1 SUCCESS 48250.75 TRY, 1 INVALID 100 USD`)
	equal(t, "need", r.Need(), "48250.85 TRY")
}

// Sums are exact, whatever the amounts are, and have the digits of the most exact amount.
func TestTalliesAreExact(t *testing.T) {
	tests := []struct {
		times   int
		amounts []string
		want    string
	}{
		{1, nil, "[]"},
		{3, []string{"0.1"}, `[{"amount":0.3}]`},
		{2, []string{"100", "0.50", "0.005"}, `[{"amount":201.010}]`},
		{2, []string{"1e2", "1E+3"}, `[{"amount":2200}]`},
		{100, []string{"999999999999999999", "0.01"}, `[{"amount":99999999999999999901.00}]`},
		{100, []string{"-99999999999999.9999"}, `[{"amount":-9999999999999999.9900}]`},
		{2, []string{"123456789012345678901234567890.5", "-1"}, `[{"amount":246913578024691357802469135779.0}]`},
	}
	for _, tt := range tests {
		var r Result
		for range tt.times {
			for _, amount := range tt.amounts {
				r.Items = append(r.Items, Item{Amount: gen.Amount{Value: decimal.RequireFromString(amount)}})
			}
		}
		got := []string{}
		for _, tally := range r.Tallies() {
			got = append(got, `{"amount":`+string(exactly(tally.Amount))+`}`)
		}
		equal(t, fmt.Sprint(tt.times, " times ", tt.amounts), "["+strings.Join(got, ",")+"]", tt.want)
	}
}

// Only what cannot arrive any more is offered for paying again.
func TestPayAgain(t *testing.T) {
	tests := []struct {
		status   gen.ItemStatus
		canceled bool // before any auth of ours
		again    bool
		why      string
	}{
		{"INIT", false, false, "has not moved yet"},
		{"INIT", true, false, "has not moved yet"},
		{"INVALID", false, true, ""},
		{"QUEUED", false, false, "on the way"},
		{"PROCESSING", false, false, "on the way"},
		{"SUCCESS", false, false, "has been paid"},
		{"FAILED", false, false, "not known"},
		{"FAILED", true, false, "not known"},
		{"DEPOSIT_SUCCESS", false, true, ""},
		{"DEPOSIT_FAIL", false, false, "did not come back"},
		{"MASS_PAYOUT_CANCELED", true, true, ""},
		{"MASS_PAYOUT_CANCELED", false, false, "an auth may have come first"},
		{"", false, false, "not known"},
		{"ON_HOLD", true, false, "not known"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status, tt.canceled), func(t *testing.T) {
			r := request("p", item("a", "1"))
			r.ConversationID = "c"
			result := newResult(&r, Digest(r), ByExternalID("p"))
			result.Items[0].Status, result.CanceledUnauthorized = tt.status, tt.canceled
			again, not, err := result.PayAgain(r, "q")
			if err != nil {
				t.Fatal(err)
			}
			if tt.again {
				equal(t, "again", fmt.Sprint(again.Items, not, again.ConversationID, again.Purpose, again.ExternalID), fmt.Sprint(r.Items, not, "", r.Purpose, "q"))
			} else if len(again.Items) != 0 || len(not) != 1 || not[0].Item.ItemExternalID != "a" || !strings.Contains(not[0].Why, tt.why) {
				t.Errorf("again %v, not %v", again.Items, not)
			}
		})
	}
	r := request("p", item("a", "1"), item("b", "2"))
	result := newResult(&r, Digest(r), ByExternalID("p"))
	for _, name := range []string{"", " ", "p", "P"} {
		_, _, err := result.PayAgain(r, name)
		wantError(t, err, err, "externalId: must differ")
	}
	_, _, err := result.PayAgain(request("p", item("a", "1")), "q")
	wantError(t, err, ErrOtherPayout)
}
