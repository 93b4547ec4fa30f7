package docs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/signer"
)

const apiKey, secretKey = "sandbox-key", "sandbox-secret"

// quickly suits an emulator, as the defaults suit a bank.
var quickly = payout.WithPollInterval(5*time.Millisecond, 10*time.Millisecond)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func sandbox(apiKey, secretKey string) (*gen.Client, error) {
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		return nil, err
	}
	return gen.New(gen.ServerURLSandbox, sign.Edit)
}

// account is a merchant's account at an emulator, with a folder for states.
func account() (emu *emulator.Server, client *gen.Client, folder string) {
	emu = must(emulator.Start(apiKey, secretKey, emulator.WithStage(10*time.Millisecond)))
	client = must(gen.New(emu.URL, must(signer.New(apiKey, secretKey)).Edit))
	return emu, client, must(os.MkdirTemp("", "payout"))
}

// settlement is a payout to the owner of a phone number, and to whom else.
func settlement(others ...emulator.Recipient) gen.MassPayoutInitializeRequest {
	request := gen.MassPayoutInitializeRequest{
		ExternalID: "sellers-2026-w48",
		Purpose:    gen.PurposeSettlement,
		Items: []gen.MassPayoutItem{{
			ItemExternalID: "seller-7",
			RecipientType:  gen.RecipientTypePhone,
			RecipientInfo:  "+905555555555",
			Amount:         gen.Amount{Value: decimal.RequireFromString("1250.40"), Currency: gen.CurrencyTRY},
			Description:    "48. hafta hak edişi",
		}},
	}
	for i, recipient := range others {
		item := request.Items[0]
		item.ItemExternalID, item.RecipientInfo = fmt.Sprintf("seller-%d", 8+i), recipient.Phone()
		request.Items = append(request.Items, item)
	}
	return request
}

// The address is iyzico's; nothing is sent.
func Example_sandbox() {
	_, err := sandbox(apiKey, secretKey)
	fmt.Println(err)
	// Output: <nil>
}

// A person approves the digest of a request. What was approved is compared when everything else is known.
func Example_confirm() {
	emu, client, folder := account()
	defer emu.Close()
	defer os.RemoveAll(folder)

	request, ctx := settlement(), context.Background()
	store := payout.NewFileStore(filepath.Join(folder, "sellers.state"))
	approval := payout.Digest(request)

	ask := payout.WithConfirm(func(ctx context.Context, r *payout.Result) error {
		fmt.Printf("%d items, %s with commission, of a balance of %s\n", len(r.Items), r.Need(), r.Balance)
		if r.Digest != approval {
			return errors.New("what was approved has changed")
		}
		return nil
	})
	result, err := payout.Pay(ctx, client, request, store, ask, quickly)
	fmt.Println(result.AllPaid(), err)
	// Output:
	// 1 items, 1250.40 TRY with commission, of a balance of 1000000000
	// true <nil>
}

// A list that is too large for one payout, or for this limit.
func Example_large() {
	emu, client, folder := account()
	defer emu.Close()
	defer os.RemoveAll(folder)
	request, ctx := settlement(), context.Background()
	for i := range 999 {
		item := request.Items[0]
		item.ItemExternalID = fmt.Sprintf("seller-%d", 10+i)
		request.Items = append(request.Items, item)
	}
	ask := payout.WithConfirm(func(ctx context.Context, r *payout.Result) error {
		fmt.Printf("%d items, %s\n", len(r.Items), r.Need())
		return nil
	})

	states := func(externalID string) (payout.Store, error) { return payout.FileStoreIn(folder, externalID) }
	result, err := payout.PaySplit(ctx, client, request, payout.PartLimit{Items: 500}, states, ask)
	fmt.Println(result, err, emu.Calls(emulator.OpAuth))
	// Output:
	// 1000 items, 1250400.00 TRY
	// payout "sellers-2026-w48": COMPLETED: 1000 SUCCESS 1250400.00 TRY <nil> 2
}

// What stops a payout, and what to do.
func Example_errors() {
	emu, client, folder := account()
	defer emu.Close()
	defer os.RemoveAll(folder)
	store := payout.NewFileStore(filepath.Join(folder, "sellers.state"))
	_, err := payout.Pay(context.Background(), client, settlement(emulator.RecipientBlocked), store, quickly)

	var stop *payout.Error
	if errors.As(err, &stop) {
		fmt.Println("at step:", stop.Step)
		fmt.Println("money may have moved:", stop.MoneyMayHaveMoved)
		fmt.Println("may succeed later:", stop.Temporary)
		fmt.Println("to do:", stop.Advice)
	}
	// Output:
	// at step: stored
	// money may have moved: false
	// may succeed later: false
	// to do: Cancel the payout, or pay the accepted items: WithRefusedItems
}

// Two items were not paid. One came back and may be paid again, the other got stuck.
func Example_payAgain() {
	emu, client, folder := account()
	defer emu.Close()
	defer os.RemoveAll(folder)
	request := settlement(emulator.RecipientReturns, emulator.RecipientKeepsMoney)
	store := payout.NewFileStore(filepath.Join(folder, "sellers.state"))
	result := must(payout.Pay(context.Background(), client, request, store, quickly))

	again, not, err := result.PayAgain(request, "sellers-2026-w48-b")
	if err != nil {
		panic(err)
	}
	for _, item := range again.Items {
		fmt.Println("may be paid again:", item.ItemExternalID)
	}
	for _, item := range not {
		fmt.Println("not", item.Item.ItemExternalID+":", item.Why)
	}
	// Output:
	// may be paid again: seller-8
	// not seller-7: it has been paid
	// not seller-9: it failed, and its money did not come back: ask iyzico for it
}

// The response to auth is lost after the money has left. The same call continues, and nobody is paid twice.
func Example_lostResponse() {
	emu, client, folder := account()
	defer emu.Close()
	defer os.RemoveAll(folder)
	store := payout.NewFileStore(filepath.Join(folder, "sellers.state"))

	emu.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Cut, AfterEffect: true})
	result := must(payout.Pay(context.Background(), client, settlement(), store, quickly))
	fmt.Println(result.AllPaid(), emu.Paid())
	// Output: true map[seller-7:1]
}

// Messages in English for one call, and one line for each call in a log.
func Example_observer() {
	emu, _, folder := account()
	defer emu.Close()
	defer os.RemoveAll(folder)
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: onlyOutcome}))
	sign := must(signer.New(apiKey, secretKey))

	client, err := gen.New(emu.URL, sign.Edit, gen.WithObserver(func(ctx context.Context, call gen.Call) {
		log.InfoContext(ctx, "iyzico", "call", call)
	}))
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	balance, err := client.RetrieveMassPayoutBalance(ctx, signer.InLocale(signer.LocaleEN))
	if err != nil {
		panic(err)
	}
	fmt.Println(balance.Locale)
	// Output:
	// msg=iyzico call.operation=RetrieveMassPayoutBalance call.outcome=accepted
	// en
}

// onlyOutcome leaves out what differs from run to run.
func onlyOutcome(_ []string, a slog.Attr) slog.Attr {
	switch a.Key {
	case slog.MessageKey, "operation", "outcome", "call":
		return a
	default:
		return slog.Attr{}
	}
}
