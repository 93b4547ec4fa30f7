package payout

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

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
	c, err := newConfig(opts)
	switch {
	case err != nil:
		return nil, err
	case client == nil:
		return nil, errors.New("payout: the client is nil")
	}
	found, err := newRetriever(client, c, 0).find(ctx, ref)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// unnamed is the error of a response that does not say whose it is.
func unnamed(want Ref) error {
	return fmt.Errorf("%w: asked for the %s, the response does not name it", ErrUnverified, want)
}

// find also returns what it found if a response did not name it.
func (r *retriever) find(ctx context.Context, ref Ref) (*Found, error) {
	if strings.TrimSpace(ref.ExternalID) == "" && strings.TrimSpace(string(ref.RequestID)) == "" {
		return nil, errors.New("payout: expected an externalId or a requestId to look for")
	}
	found := &Found{ExternalID: ref.ExternalID, RequestID: ref.RequestID}
	for _, which := range []gen.ItemType{gen.ItemTypeValid, gen.ItemTypeInvalid} {
		response, err := r.retrieve(ctx, ref, ref, which, 0, 1)
		if no, ok := negative(err); ok {
			return nil, r.prove(ctx, ref, no, err)
		}
		if err != nil {
			return nil, err
		}
		found.Status = cmp.Or(found.Status, response.MassPayout.MassPayoutStatus)
		if !names(response, ref) {
			return found, unnamed(ref)
		}
		if found.ExternalID == "" {
			found.ExternalID = response.MassPayout.ExternalID
		}
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
func usable(id gen.RequestID) bool {
	return id.Check() == nil
}

// prove returns ErrNotFound if the refusal of ref proves that there is no such payout, and another error if not.
func (r *retriever) prove(ctx context.Context, ref Ref, no denial, refused error) error {
	control := Ref{}
	if ref.RequestID != "" {
		control.RequestID = gen.RequestID(uuid.NewString())
	}
	if ref.ExternalID != "" {
		control.ExternalID = "control-" + rand.Text()
	}
	_, err := r.retrieve(ctx, control, control, gen.ItemTypeValid, 0, 1)
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

// denial is what a response looks like that may mean that there is no such payout.
type denial struct {
	status int
	code   gen.ErrorCode
	group  string
}

// negative reports whether err may mean that there is no such payout. Refusals about keys, signature, permission or a
// product that is not enabled never do, and neither does one that gives no code.
func negative(err error) (denial, bool) {
	if errors.Is(err, errNothing) {
		return denial{}, true
	}
	var refused *gen.APIError
	if !errors.Is(err, gen.ErrRefused) || !errors.As(err, &refused) {
		return denial{}, false
	}
	if aboutAccess(refused) {
		return denial{}, false
	}
	return denial{status: refused.StatusCode, code: refused.Code, group: refused.Group}, true
}

// aboutAccess reports whether a refusal is about keys, signature, permission or a product that is not enabled, or gives
// no code: it says nothing about what was sent.
func aboutAccess(refused *gen.APIError) bool {
	switch refused.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	}
	code, err := strconv.Atoi(string(refused.Code))
	return refused.Code == "" ||
		err == nil && (code/100 == 10 || code/100 == 20 || code/1000 == 100) // 1000 to 1099, 2000 to 2099, 100001 and the like
}

// aboutContent reports whether a refusal is about what was sent: only codes that are numbers are known to be, and not all.
func aboutContent(refused *gen.APIError) bool {
	_, err := strconv.Atoi(string(refused.Code))
	return err == nil && !aboutAccess(refused)
}
