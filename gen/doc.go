// Package gen is a Go client for iyzico's Mass Payout API (toplu ödeme), generated from iyzico's OpenAPI document. To
// pay people, use package [github.com/iyzico-go/masspayout/payout]: it drives this client, and nobody is paid twice.
//
//	sign, err := signer.New(apiKey, secretKey)
//	client, err := gen.New(gen.ServerURLSandbox, sign.Edit)
//	stored, err := client.InitMassPayout(ctx, request) // no money moves yet
//
// [New] returns a [Client] with one method for each operation. Each returns its response or an error.
//
// # Errors
//
// Every error of a call is an [*APIError] that matches exactly one of [ErrRefused], [ErrRateLimited],
// [ErrOutcomeUnknown] and [ErrNotSent]. After ErrOutcomeUnknown the payout may exist or be on its way: look before you
// repeat it.
//
// An accepted payout may have refused items; see [MassPayoutInitializeResponse.AllAccepted].
//
// # Units
//
// Amounts are exact decimals in major units: 100 is a hundred lira. Times are milliseconds since the Unix epoch.
//
// # What is written and read
//
// The client never repeats a call that stores a payout, moves money or cancels; of reads, see [WithReadRetries].
//
// A response is read up to a bound on its bytes ([WithMaxResponse]), and on the items, digits, depth and text in it. A
// response that has a field twice or in another spelling, or that says both success and failure, is
// [ErrOutcomeUnknown]. Amounts marshal to JSON as numbers with every digit, in requests and responses.
//
// # Privacy
//
// IBANs, identity numbers and phone numbers print masked, with at most four characters, and names do not print at all:
// in fmt with any verb, log/slog, and errors. These still show everything: encoding/json (that is how requests are
// sent), slog's JSON handler with a plain slice, map or struct that holds one of the types here, fmt with a struct that
// holds one in an unexported field or with the verb %p, and libraries that dump values without calling their methods
// (k0kubun/pp). A name in a message from iyzico is not masked. [WithObserver] is told nothing personal.
package gen
