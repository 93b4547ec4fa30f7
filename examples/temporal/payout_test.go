package temporal

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/signer"
)

// The workflow runs in Temporal's test environment, against an emulator: the same person counts once, another content
// does not count, and nothing is sent before the second approval.
func TestPayout(t *testing.T) {
	emu, err := emulator.Start("sandbox-key", "sandbox-secret", emulator.WithStage(0))
	if err != nil {
		t.Fatal(err)
	}
	defer emu.Close()
	sign, err := signer.New("sandbox-key", "sandbox-secret")
	if err != nil {
		t.Fatal(err)
	}
	client, err := gen.New(emu.URL, sign.Edit)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, recipient string
		stopped         bool
	}{{"all paid", "5001", false}, {"a recipient is refused", emulator.RecipientBlocked.MemberID(), true}} {
		t.Run(tt.name, func(t *testing.T) {
			request := gen.MassPayoutInitializeRequest{ExternalID: tt.name, Items: []gen.MassPayoutItem{{
				ItemExternalID: tt.name, RecipientType: gen.RecipientTypeMemberID, RecipientInfo: tt.recipient, Description: "Kasım maaşı",
				Amount: gen.Amount{Value: decimal.RequireFromString("100.50"), Currency: gen.CurrencyTRY},
			}}}
			store := filepath.Join(t.TempDir(), "payout.state")
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			env.RegisterActivity(&Activities{
				Client:  client,
				Request: func(context.Context, string) (gen.MassPayoutInitializeRequest, error) { return request, nil },
				Store:   func(string) payout.Store { return payout.NewFileStore(store) },
			})
			digest := payout.Digest(request)
			before := emu.Calls(emulator.OpRetrieve)
			for i, a := range []Approval{{"Ayşe", digest}, {"Ayşe", digest}, {"Mehmet", "1:other"}, {"Mehmet", digest}} {
				env.RegisterDelayedCallback(func() {
					if n := emu.Calls(emulator.OpRetrieve); n != before {
						t.Errorf("iyzico was asked before approval %d", i)
					}
					env.SignalWorkflow(SignalApprove, a)
				}, time.Duration(i+1)*time.Hour)
			}
			env.ExecuteWorkflow(Payout, Input{ExternalID: tt.name, Digest: digest, Approvals: 2})
			var summary Summary
			err := env.GetWorkflowError()
			if err == nil {
				err = env.GetWorkflowResult(&summary)
			}
			if !tt.stopped && (err != nil || !summary.AllPaid || emu.Paid()[tt.name] != 1) {
				t.Errorf("%+v, %v, paid %d times", summary, err, emu.Paid()[tt.name])
			}
			var failed *temporal.ApplicationError
			var details payout.Error
			if tt.stopped && (!errors.As(err, &failed) || failed.Type() != Stopped || failed.Details(&details) != nil || details.MoneyMayHaveMoved) {
				t.Errorf("%v, %v", err, &details)
			}
		})
	}
}
