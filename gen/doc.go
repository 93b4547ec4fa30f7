// Package gen is the client of iyzico's Mass Payout API: it pays many recipients in one request, out of a balance that
// the merchant keeps at iyzico. Its types and calls are generated from iyzico's OpenAPI document.
//
//	sign, err := signer.New(apiKey, secretKey)
//	client, err := gen.New(gen.ServerURLSandbox, sign.Edit)
//	err = request.Validate()
//	resp, err := client.InitMassPayoutWithResponse(ctx, request)
//	payout, err := resp.Result()
//
// # Outcomes
//
// Both the call and Result return an [*APIError] for every outcome but an accepted one; errors.Is tells [ErrRefused],
// [ErrRateLimited] and [ErrOutcomeUnknown] apart. After ErrOutcomeUnknown the payout may exist: look before you send
// again. Any other error comes from before the sending.
//
// An accepted payout may have refused lines; see [MassPayoutInitializeResponse.AllAccepted].
//
// # Units
//
// Amounts are exact decimals in major units: 100 is a hundred lira. Times are epoch milliseconds.
//
// # Limits
//
// The package does not sign; package signer does. It repeats nothing; only net/http repeats a GET, which reads, when a
// connection that it kept open turns out to be closed. InitMassPayout stores a payout, and only AuthMassPayout moves the
// money. The generated [NewClient] and [NewClientWithResponses] have none of the safe defaults of [New].
package gen
