package payout

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"

	"github.com/google/uuid"

	"github.com/iyzico-go/masspayout/gen"
)

// Found is a payout that exists.
type Found struct {
	ExternalID string           `json:"externalId,omitempty"`
	RequestID  gen.RequestID    `json:"requestId,omitempty"` // empty where no response names it
	Status     gen.PayoutStatus `json:"status"`
}

// Find reports whether a payout exists, for example after the response to init was lost, and its status. It never
// retries.
//
// The error matches [ErrNotFound] if the payout does not exist. Any other error means that this is not known: ask
// again. A request that was sent may arrive after you looked, so trust "not found" only after [WithSettle], as [Pay]
// does.
//
// The requestId comes from an item's massPayoutRequestId; no other field has it, and only the official Java SDK knows
// this one. If it is missing, Found.RequestID is empty. A response that does not name the payout proves nothing: the error
// matches [ErrUnverified].
//
// # What counts as "does not exist"
//
// iyzico does not document how it says so. Most refusals mean something else, for example a wrong signature. So a
// refusal is believed only if an unused random ID gets the same one (HTTP status, code and group; or a success
// without a payout), and if the balance can be read with the same keys. Refusals about keys, signature, permissions or
// a product that is not enabled, and those without a code, never count.
//
// That would still be wrong for a server that refuses every such request. Before it moves money, Pay therefore asks by
// externalId once more, when the payout has been stored and must be found.
func Find(ctx context.Context, client Reader, ref Ref, opts ...Option) (*Found, error) {
	r, err := newRetriever(client, ref, "look for", opts)
	if err != nil {
		return nil, err
	}
	found, err := r.find(ctx, ref)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// find also returns what it found if a response did not name it.
func (r *retriever) find(ctx context.Context, ref Ref) (*Found, error) {
	found := &Found{ExternalID: ref.ExternalID, RequestID: ref.RequestID}
	for _, which := range []gen.ItemType{gen.ItemTypeValid, gen.ItemTypeInvalid} {
		response, err := r.retrieve(ctx, query{ref, ref, which, 0, 1})
		if no, ok := negative(err); ok {
			return nil, r.prove(ctx, ref, no, err)
		}
		if err != nil {
			return nil, err
		}
		found.Status = cmp.Or(found.Status, response.MassPayout.MassPayoutStatus)
		if err := unnamed(response, ref); err != nil {
			return found, err
		}
		found.ExternalID = cmp.Or(found.ExternalID, response.MassPayout.ExternalID)
		for _, item := range response.MassPayoutItems.Items {
			if found.RequestID == "" && usable(item.MassPayoutRequestID) {
				found.RequestID = item.MassPayoutRequestID
			}
		}
		if found.RequestID != "" {
			break
		}
	}
	return found, nil
}

// usable reports whether gen can send the ID: it must be iyzico's, of letters, digits and -._~.
func usable(id gen.RequestID) bool { return id.Check() == nil }

// prove returns ErrNotFound if the refusal of ref proves that there is no such payout, and another error if not.
func (r *retriever) prove(ctx context.Context, ref Ref, no denial, refused error) error {
	control := Ref{}
	if ref.RequestID != "" {
		control.RequestID = gen.RequestID(uuid.NewString())
	}
	if ref.ExternalID != "" {
		control.ExternalID = "control-" + rand.Text()
	}
	_, err := r.retrieve(ctx, query{control, control, gen.ItemTypeValid, 0, 1})
	controlNo, ok := negative(err)
	switch {
	case ok && controlNo == no:
	case ok || err == nil:
		return fmt.Errorf("%w; and an unused random ID gets a different response", unproven{refused})
	default:
		return fmt.Errorf("looking for an unused random ID: %w", err)
	}
	if _, err := r.RetrieveMassPayoutBalance(ctx); err != nil {
		return fmt.Errorf("reading the balance, to prove the keys: %w", err)
	}
	return fmt.Errorf("%s: %w: %w", ref, ErrNotFound, refused)
}

// unproven is a refusal that proves nothing: it is not the cause of anything.
type unproven struct{ refused error }

func (u unproven) Error() string { return u.refused.Error() }
