package gen_test

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

// Create a payout. No money moves until it is authorized.
func Example() {
	server, err := emulator.Start("sandbox-api-key", "sandbox-secret-key")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	// A program says gen.ServerURLSandbox or gen.ServerURLProduction instead of server.URL.
	payout, err := paySalaries(context.Background(), server.URL, "sandbox-api-key", "sandbox-secret-key")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("all accepted:", payout.AllAccepted())
	// Output: all accepted: true
}

func paySalaries(ctx context.Context, server, apiKey, secretKey string) (*gen.MassPayoutInitializeResponse, error) {
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		return nil, err
	}
	client, err := gen.New(server, sign.Edit)
	if err != nil {
		return nil, err
	}
	request := gen.MassPayoutInitializeRequest{
		ExternalID: "salaries-2026-11",
		Purpose:    gen.PurposeSalary,
		Items: []gen.MassPayoutItem{{
			ItemExternalID: "emp-1001",
			RecipientType:  gen.RecipientTypeIBAN,
			RecipientInfo:  "TR330006100519786457841326",
			RecipientName:  "Ayşe Yılmaz",
			Amount:         gen.Amount{Value: decimal.RequireFromString("48250.75"), Currency: gen.CurrencyTRY},
			Description:    "Kasım maaşı",
		}},
	}
	if err := request.Validate(); err != nil {
		return nil, err
	}
	return client.InitMassPayout(ctx, request)
}
