// Package gen is a Go client for iyzico's Mass Payout API (toplu ödeme), generated from iyzico's OpenAPI document. To
// pay people, use package [github.com/iyzico-go/masspayout/payout]: it drives this client and pays nobody twice.
//
//	sign, err := signer.New(apiKey, secretKey)
//	client, err := gen.New(gen.ServerURLSandbox, sign.Edit)
//	stored, err := client.InitMassPayout(ctx, request) // no money moves yet
//
// [New] returns a [Client] with one method for each operation: [Client.InitMassPayout], [Client.AuthMassPayout],
// [Client.RetrieveMassPayout], [Client.RetrieveMassPayoutItem], [Client.CancelMassPayout] and
// [Client.RetrieveMassPayoutBalance]. Each returns the typed response of an accepted request, or an error.
//
// # Errors
//
// Every error of a call is an [*APIError] that matches exactly one of [ErrRefused], [ErrRateLimited],
// [ErrOutcomeUnknown] and [ErrNotSent]. After ErrOutcomeUnknown the payout may exist, or its money may be on the way:
// look before you send again.
//
// An accepted payout may have refused items; see [MassPayoutInitializeResponse.AllAccepted].
//
// # Units
//
// Amounts are exact decimals in major units: 100 is a hundred lira. Times are milliseconds since the Unix epoch.
//
// # Limits
//
// The client does not sign; give it a signer. It never retries. (net/http itself may repeat a GET on a stale
// kept-alive connection, never a POST.)
package gen
