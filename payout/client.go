package payout

import (
	"context"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// Reader is the set of API calls that only read. *[gen.Client] implements it.
type Reader interface {
	RetrieveMassPayout(
		ctx context.Context, body gen.MassPayoutRetrieveRequest, editors ...gen.RequestEditorFn,
	) (*gen.MassPayoutRetrieveResponse, error)
	RetrieveMassPayoutBalance(
		ctx context.Context, editors ...gen.RequestEditorFn,
	) (*gen.MassPayoutBalanceResponse, error)
}

// Client is the set of API calls that [Pay], [Advance] and [Cancel] make. *[gen.Client] implements it. It must be
// safe for concurrent use, because pages are read a few at a time, and must not repeat a request by itself.
//
// A Client that also has the method Server() string, as *gen.Client has, says by it which server it calls. That is saved
// in the [State], and another server's state is refused with [ErrOtherPayout], before anything is read or sent. If you
// wrap a client, let yours have that method, too: a Client that names no server takes the state of any.
type Client interface {
	Reader
	InitMassPayout(
		ctx context.Context, body gen.MassPayoutInitializeRequest, editors ...gen.RequestEditorFn,
	) (*gen.MassPayoutInitializeResponse, error)
	AuthMassPayout(
		ctx context.Context, body gen.MassPayoutAuthRequest, editors ...gen.RequestEditorFn,
	) (*gen.MassPayoutAuthResponse, error)
	CancelMassPayout(
		ctx context.Context, requestID gen.RequestID, editors ...gen.RequestEditorFn,
	) (*gen.MassPayoutAuthResponse, error)
}

// serverOf returns what the client says of its server.
func serverOf(client Client) string {
	if named, ok := client.(interface{ Server() string }); ok {
		return named.Server()
	}
	return ""
}

// Ref names a stored payout: by iyzico's ID, by yours, or by both, which must then belong together.
type Ref struct {
	RequestID  gen.RequestID `json:"requestId,omitempty"`
	ExternalID string        `json:"externalId,omitempty"`
}

// ByRequestID names a payout by the requestId that iyzico gave it.
func ByRequestID(id gen.RequestID) Ref { return Ref{RequestID: id} }

// ByExternalID names a payout by the externalId that you gave it.
func ByExternalID(id string) Ref { return Ref{ExternalID: id} }

// String returns the IDs that are set.
func (r Ref) String() string {
	switch {
	case r.RequestID == "":
		return fmt.Sprintf("payout %q", r.ExternalID)
	case r.ExternalID == "":
		return fmt.Sprintf("payout with requestId %q", string(r.RequestID))
	default:
		return fmt.Sprintf("payout %q (requestId %q)", r.ExternalID, string(r.RequestID))
	}
}

// request asks for one page of the payout's items.
func (r Ref) request(which gen.ItemType, page, size int) gen.MassPayoutRetrieveRequest {
	return gen.MassPayoutRetrieveRequest{
		RequestID: r.RequestID, ExternalMassPayoutID: r.ExternalID, ItemType: which, Page: page, Size: size,
	}
}
