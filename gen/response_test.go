package gen_test

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// An accepted payout with refused lines is no error.
func TestAllAccepted(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		accepted     bool
		invalid      []gen.InvalidItem
	}{
		{"no field", `{"status":"success","requestId":"1"}`, true, nil},
		{"null", `{"status":"success","requestId":"1","invalidItems":null}`, true, nil},
		{"none", `{"status":"success","requestId":"1","invalidItems":[]}`, true, []gen.InvalidItem{}},
		{
			"two", `{"status":"success","requestId":"1","invalidItems":[
				{"externalId":"emp-1","errorCode":"200300","errorMessage":"Geçersiz IBAN"},{"externalId":"emp-2","errorCode":11}]}`, false,
			[]gen.InvalidItem{
				{ItemExternalID: "emp-1", ErrorCode: "200300", ErrorMessage: "Geçersiz IBAN"},
				{ItemExternalID: "emp-2", ErrorCode: gen.CodeInvalidRequest},
			},
		},
		{"unnamed", `{"status":"success","requestId":"1","invalidItems":[{}]}`, false, []gen.InvalidItem{{}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			payout, err := newClient(t, serve(t, answer(200, tt.answer))).InitMassPayout(context.Background(), readmeRequest())
			if err != nil {
				t.Fatal(err)
			}
			if payout.AllAccepted() != tt.accepted || !reflect.DeepEqual(payout.InvalidItems, tt.invalid) {
				t.Errorf("got AllAccepted %v, InvalidItems %v", payout.AllAccepted(), payout.InvalidItems)
			}
		})
	}
}

func TestBalance(t *testing.T) {
	for body, want := range map[string]string{
		`{"status":"success","balance":0}`:                       "0",
		`{"status":"success","balance":0.00}`:                    "0",
		`{"status":"success","balance":-12.50}`:                  "-12.5",
		`{"status":"success","balance":"1250.75"}`:               "1250.75",
		`{"status":"success","balance":12345678901234567890.01}`: "12345678901234567890.01",
	} {
		got, err := newClient(t, serve(t, answer(200, body))).RetrieveMassPayoutBalance(context.Background())
		if err != nil || !got.Balance.Equal(decimal.RequireFromString(want)) {
			t.Errorf("%s: got %v, %v", body, got, err)
		}
	}
}

// A page beyond the last one has no lines.
func TestEmptyPage(t *testing.T) {
	client := newClient(t, serve(t, answer(200,
		`{"status":"success","massPayout":{"massPayoutStatus":"COMPLETED"},"massPayoutItems":{"items":[],"total":3}}`)))
	got, err := client.RetrieveMassPayout(context.Background(), gen.MassPayoutRetrieveRequest{RequestID: requestID})
	if err != nil || len(got.MassPayoutItems.Items) != 0 || got.MassPayoutItems.Total != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestReasons(t *testing.T) {
	for in, want := range map[string][]string{
		`{}`:                          nil,
		`{"errorMessages":["a","b"]}`: {"a", "b"},
		`{"errorMessage":"c"}`:        {"c"},
		`{"errorMessages":[],"errorMessage":"c"}`:    {"c"},
		`{"errorMessages":["a"],"errorMessage":"c"}`: {"a"},
		`{"errorMessages":null,"errorMessage":null}`: nil,
	} {
		var line gen.MassPayoutItemDetail
		if err := json.Unmarshal([]byte(in), &line); err != nil {
			t.Fatal(err)
		}
		if got := line.Reasons(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}
