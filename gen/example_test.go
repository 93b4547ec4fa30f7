package gen_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

// emulated is a client of an emulator that runs until the function it returns is called.
func emulated() (*gen.Client, func()) {
	server, err := emulator.Start("sandbox-api-key", "sandbox-secret-key")
	if err != nil {
		panic(err)
	}
	sign, err := signer.New("sandbox-api-key", "sandbox-secret-key", signer.WithLocale(signer.LocaleEN))
	if err != nil {
		panic(err)
	}
	client, err := gen.New(server.URL, sign.Edit)
	if err != nil {
		panic(err)
	}
	return client, func() { server.Close() }
}

// bonuses is a payout with a line to each of the recipients' IBANs.
func bonuses(externalID string, ibans ...string) gen.MassPayoutInitializeRequest {
	request := gen.MassPayoutInitializeRequest{ExternalID: externalID, Purpose: gen.PurposeBonus}
	for i, iban := range ibans {
		request.Items = append(request.Items, gen.MassPayoutItem{
			ItemExternalID: fmt.Sprintf("emp-%d", 1001+i),
			RecipientType:  gen.RecipientTypeIBAN,
			RecipientInfo:  iban,
			RecipientName:  "Ayşe Yılmaz",
			Amount:         gen.Amount{Value: decimal.RequireFromString("2500.50"), Currency: gen.CurrencyTRY},
			Description:    "Bayram ikramiyesi",
		})
	}
	return request
}

// What each outcome asks of a program.
func ExampleAPIError() {
	client, stop := emulated()
	defer stop()

	// The emulator takes an outcome from the payout's name.
	for _, externalID := range []string{
		"bonuses-2026", emulator.ExternalIDFailure200, emulator.ExternalIDRateLimited, emulator.ExternalIDResponseLost,
	} {
		request := bonuses(externalID, "TR330006100519786457841326")
		_, err := client.InitMassPayout(context.Background(), request)
		var apiErr *gen.APIError
		errors.As(err, &apiErr) // every error of a call is one
		switch {
		case err == nil:
			fmt.Println("accepted")
		case errors.Is(err, gen.ErrNotSent):
			fmt.Println("not sent: nothing was stored:", apiErr.Err)
		case errors.Is(err, gen.ErrRefused):
			fmt.Println("refused: nothing was stored; correct the request:", apiErr.Code, apiErr.Message)
		case errors.Is(err, gen.ErrRateLimited):
			fmt.Println("rate limited: nothing was stored; send it again after", apiErr.RetryAfter)
		case errors.Is(err, gen.ErrOutcomeUnknown):
			fmt.Println("unknown: it may have been stored; look before you send it again")
		}
	}
	// Output:
	// accepted
	// refused: nothing was stored; correct the request: 11 Invalid request: fault injected by a test
	// rate limited: nothing was stored; send it again after 1s
	// unknown: it may have been stored; look before you send it again
}

// An accepted payout names the lines that were refused.
func ExampleMassPayoutInitializeResponse_AllAccepted() {
	client, stop := emulated()
	defer stop()

	request := bonuses("bonuses-2026", "TR330006100519786457841326", emulator.RecipientBlocked.IBAN())
	payout, err := client.InitMassPayout(context.Background(), request)
	if err != nil {
		fmt.Println(err)
		return
	}
	if !payout.AllAccepted() {
		for _, refused := range payout.InvalidItems {
			fmt.Println(refused.ItemExternalID, refused.ErrorCode, refused.ErrorMessage)
		}
	}
	// Output: emp-1002 9001 the recipient's account is blocked
}

// Validate finds all at once what the API would refuse, and says where it is.
func ExampleMassPayoutInitializeRequest_Validate() {
	request := bonuses("bonuses-2026", "TR330006100519786457841326")
	request.Items[0].RecipientName = ""
	request.Items[0].Amount.Value = decimal.RequireFromString("2500.505")

	var invalid *gen.ValidationError
	if err := request.Validate(); errors.As(err, &invalid) {
		for _, violation := range invalid.Violations {
			fmt.Println(violation)
		}
	}
	// Output:
	// items[0] (itemExternalId "emp-1001"): recipientName: is required
	// items[0] (itemExternalId "emp-1001"): amount.value: must have at most two decimals, got 2500.505
}

// Requests print without their recipients.
func ExampleMassPayoutItem_String() {
	request := bonuses("bonuses-2026", "TR330006100519786457841326")
	fmt.Printf("%+v\n", request.Items[0])
	// Output: {item "emp-1001": IBAN …1326, 2500.50 TRY}
}

// Reads may be retried by the client itself. What stores or moves is never tried again.
func ExampleWithReadRetries() {
	server := httptest.NewServer(http.HandlerFunc(answersOnTheSecondAttempt()))
	defer server.Close()
	sign, err := signer.New("api-key", "secret-key")
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := gen.New(server.URL, sign.Edit, gen.WithReadRetries(3, time.Minute))
	if err != nil {
		fmt.Println(err)
		return
	}
	balance, err := client.RetrieveMassPayoutBalance(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(balance.Balance)
	// Output: 1250.75
}

// answersOnTheSecondAttempt is a gateway that is down for a moment.
func answersOnTheSecondAttempt() http.HandlerFunc {
	attempts := 0
	return func(w http.ResponseWriter, _ *http.Request) {
		if attempts++; attempts == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, `{"status":"success","balance":1250.75}`)
	}
}
