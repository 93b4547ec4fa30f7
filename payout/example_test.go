package payout_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/signer"
)

func ExamplePay() {
	folder, err := os.MkdirTemp("", "payout")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	emu, err := emulator.Start("sandbox-key", "sandbox-secret", emulator.WithStage(10*time.Millisecond))
	if err != nil {
		panic(err)
	}
	defer emu.Close()

	sign, err := signer.New("sandbox-key", "sandbox-secret")
	if err != nil {
		panic(err)
	}
	client, err := gen.New(emu.URL, sign.Edit) // gen.ServerURLSandbox
	if err != nil {
		panic(err)
	}
	line := func(id, member, amount string) gen.MassPayoutItem {
		return gen.MassPayoutItem{
			ItemExternalID: id,
			RecipientType:  gen.RecipientTypeMemberID,
			RecipientInfo:  member,
			Amount:         gen.Amount{Value: decimal.RequireFromString(amount), Currency: gen.CurrencyTRY},
			Description:    "Kasım maaşı",
		}
	}
	request := gen.MassPayoutInitializeRequest{
		ExternalID: "salaries-2026-11",
		Purpose:    gen.PurposeSalary,
		Items: []gen.MassPayoutItem{
			line("emp-1001", "2228853", "48250.75"),
			line("emp-1002", emulator.RecipientReturns.MemberID(), "51000"),
		},
	}

	store := payout.File(filepath.Join(folder, "salaries-2026-11.state"))
	quickly := payout.WithWaits(5*time.Millisecond, 10*time.Millisecond) // the defaults suit a bank

	ask := payout.WithConfirm(func(_ context.Context, r *payout.Result) error {
		fmt.Printf("about to pay %d lines, %s, of a balance of %s\n", len(r.Lines), r.Need(), r.Balance)
		return nil // an error stops it here
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()

	// After a crash or an error, the same call goes on from where it was.
	result, err := payout.Pay(ctx, client, request, store, ask, quickly)
	var refused *payout.RefusedLinesError
	switch {
	case errors.As(err, &refused):
		fmt.Println("cancel it, correct these lines, and pay under another externalId:", refused.Lines)
	case err != nil:
		fmt.Println("not at its end:", err)
	default:
		for _, line := range result.Lines {
			fmt.Println(line.ItemExternalID, line.Amount, line.Status.Funds())
		}
		fmt.Println("all paid:", result.AllPaid())
	}
	// Output:
	// about to pay 2 lines, 99250.75 TRY, of a balance of 1000000000
	// emp-1001 48250.75 TRY with the recipient
	// emp-1002 51000 TRY back in the balance
	// all paid: false
}
