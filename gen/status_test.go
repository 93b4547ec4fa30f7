package gen_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

func TestPayoutStatus(t *testing.T) {
	for _, tt := range []struct {
		status      gen.PayoutStatus
		final, paid bool
	}{
		{"INIT", false, false},
		{"IN_PROGRESS", false, false},
		{"PUBLISHED_TO_QUEUE", false, false},
		{"COMPLETED", true, true},
		{"SUCCESS", true, true},
		{"FAIL", true, false},
		{"INSUFFICIENT_BALANCE", true, false},
		{"IYZICO_INSUFFICIENT_BALANCE", true, false},
		{"CANCELED", true, false},
		{"", false, false},
		{"completed", false, false},
		{"PARTIALLY_COMPLETED", false, false},
	} {
		if got := tt.status.Final(); got != tt.final {
			t.Errorf("%q.Final() = %v", tt.status, got)
		}
		if got := tt.status.Paid(); got != tt.paid {
			t.Errorf("%q.Paid() = %v", tt.status, got)
		}
	}
}

func TestItemStatus(t *testing.T) {
	for _, tt := range []struct {
		status      gen.ItemStatus
		final, paid bool
		funds       string
	}{
		{"INIT", false, false, "not moved yet"},
		{"INVALID", true, false, "never moved"},
		{"QUEUED", false, false, "on the way"},
		{"PROCESSING", false, false, "on the way"},
		{"SUCCESS", true, true, "with the recipient"},
		{"FAILED", false, false, "failed, not known to be back"},
		{"MASS_PAYOUT_CANCELED", true, false, "never moved"},
		{"DEPOSIT_SUCCESS", true, false, "back in the balance"},
		{"DEPOSIT_FAIL", true, false, "stuck"},
		{"", false, false, "unknown"},
		{"success", false, false, "unknown"},
		{"UNDER_REVIEW", false, false, "unknown"},
	} {
		if got := tt.status.Final(); got != tt.final {
			t.Errorf("%q.Final() = %v", tt.status, got)
		}
		if got := tt.status.Paid(); got != tt.paid {
			t.Errorf("%q.Paid() = %v", tt.status, got)
		}
		if got := fmt.Sprint(tt.status.Funds()); got != tt.funds {
			t.Errorf("%q.Funds() = %s, want %s", tt.status, got, tt.funds)
		}
	}
}

// A status of tomorrow is read, kept and printed as it came.
func TestUnknownStatusSurvives(t *testing.T) {
	const answer = `{"massPayoutStatus":"PAUSED_BY_BANK"}`
	var p gen.MassPayoutSummary
	if err := json.Unmarshal([]byte(answer), &p); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(p.MassPayoutStatus); got != "PAUSED_BY_BANK" {
		t.Errorf("printed %s", got)
	}
	line := gen.MassPayoutItemDetail{ItemExternalID: "emp-1001", ItemStatus: "UNDER_REVIEW"}
	if got, want := fmt.Sprint(line), `{item "emp-1001", reference "", payout "", UNDER_REVIEW:  , 0  + 0  commission}`; got != want {
		t.Errorf("printed %s\n   want %s", got, want)
	}
}
