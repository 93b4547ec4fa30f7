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

// Two salaries are paid through an emulator, which takes the place of iyzico's sandbox here.
func Example() {
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
	item := func(id, member, amount string) gen.MassPayoutItem {
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
			item("emp-1001", "2228853", "48250.75"),
			item("emp-1002", emulator.RecipientReturns.MemberID(), "51000"),
		},
	}

	store := payout.NewFileStore(filepath.Join(folder, "salaries-2026-11.state"))
	quickly := payout.WithPollInterval(5*time.Millisecond, 10*time.Millisecond) // the defaults suit a bank

	ask := payout.WithConfirm(func(_ context.Context, r *payout.Result) error {
		fmt.Printf("about to pay %d items, %s, of a balance of %s\n", len(r.Items), r.Need(), r.Balance)
		return nil // an error stops it here
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()

	// After a crash or an error, the same call continues.
	result, err := payout.Pay(ctx, client, request, store, ask, quickly)
	var refused *payout.RefusedItemsError
	switch {
	case errors.As(err, &refused):
		fmt.Println("cancel it, correct these items, and pay under another externalId:", refused.Items)
	case err != nil:
		fmt.Println("not at its end:", err)
	default:
		for _, item := range result.Items {
			fmt.Println(item.ItemExternalID, item.Amount, item.Status.Funds())
		}
		fmt.Println("all paid:", result.AllPaid())
	}
	// Output:
	// about to pay 2 items, 99250.75 TRY, of a balance of 1000000000
	// emp-1001 48250.75 TRY with the recipient
	// emp-1002 51000 TRY back in the balance
	// all paid: false
}

// A job queue, or cron, calls Advance and waits in its own way.
func ExampleAdvance() {
	folder, err := os.MkdirTemp("", "payout")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	emu, err := emulator.Start("sandbox-key", "sandbox-secret", emulator.WithStage(0))
	if err != nil {
		panic(err)
	}
	defer emu.Close()
	sign, err := signer.New("sandbox-key", "sandbox-secret")
	if err != nil {
		panic(err)
	}
	client, err := gen.New(emu.URL, sign.Edit)
	if err != nil {
		panic(err)
	}
	request := gen.MassPayoutInitializeRequest{
		ExternalID: "bonus-2026-11",
		Items: []gen.MassPayoutItem{{
			ItemExternalID: "emp-1001", RecipientType: gen.RecipientTypeMemberID, RecipientInfo: "2228853",
			Amount: gen.Amount{Value: decimal.RequireFromString("100"), Currency: gen.CurrencyTRY}, Description: "bonus",
		}},
	}
	store := payout.NewFileStore(filepath.Join(folder, "bonus-2026-11.state"))

	for {
		progress, err := payout.Advance(context.Background(), client, request, store)
		if err != nil {
			panic(err) // retry it later if it is Temporary
		}
		fmt.Println(progress.Step)
		if progress.Ended {
			return
		}
		time.Sleep(progress.Wait) // or schedule the next call
	}
	// Output:
	// stored
	// stored
	// authorizing
	// authorized
	// ended
}
