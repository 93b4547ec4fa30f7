package payout

import (
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// Ref names a stored payout: by iyzico's name of it, by your own, or by both, which must then belong together.
type Ref struct {
	RequestID  gen.RequestID `json:"requestId,omitempty"`
	ExternalID string        `json:"externalId,omitempty"`
}

// ByRequestID names a payout by the requestId that iyzico gave it.
func ByRequestID(id gen.RequestID) Ref { return Ref{RequestID: id} }

// ByExternalID names a payout by the externalId that you gave it.
func ByExternalID(id string) Ref { return Ref{ExternalID: id} }

// String is the names that there are.
func (r Ref) String() string {
	switch {
	case r.RequestID == "":
		return fmt.Sprintf("payout %q", r.ExternalID)
	case r.ExternalID == "":
		return fmt.Sprintf("payout with requestId %s", string(r.RequestID))
	default:
		return fmt.Sprintf("payout %q (requestId %s)", r.ExternalID, string(r.RequestID))
	}
}

// request asks for one page of the payout's lines.
func (r Ref) request(which gen.ItemType, page, size int) gen.MassPayoutRetrieveRequest {
	return gen.MassPayoutRetrieveRequest{
		RequestID: r.RequestID, ExternalMassPayoutID: r.ExternalID, ItemType: which, Page: page, Size: size,
	}
}
