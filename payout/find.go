package payout

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"github.com/iyzico-go/masspayout/gen"
)

// Found is a payout that exists.
type Found struct {
	ExternalID string           `json:"externalId,omitempty"`
	RequestID  gen.RequestID    `json:"requestId,omitempty"` // empty where no answer names it
	Status     gen.PayoutStatus `json:"status"`
}

// Find tells whether a payout exists, for example after the answer of init was lost, and where it stands. It asks once
// and repeats nothing.
//
// The error is ErrNotFound if the payout does not exist. Any other error says that this is not known: ask again.
//
// The requestId comes from a line's massPayoutRequestId, of an accepted line or else of a refused one, for iyzico's
// answers name it nowhere else, and in that place only by the official Java SDK. Where they do not, Found.RequestID is
// empty.
//
// # What counts as "does not exist"
//
// iyzico does not document how it says so, and any refusal would be the wrong reading: of a signature, for example. So
// Find asks a control question: the same about a random name that nobody has ever used. Only if the two answers are alike
// (refusals with the same HTTP status, code and group, or successes without a payout) the payout does not exist. An
// answer about the keys, the signature or permissions never counts.
//
// That would still be wrong for a server that refuses every such question. Before it moves money, [Pay] therefore asks by
// externalId once more, when the payout has been stored and the answer must be yes.
func Find(ctx context.Context, client Retriever, ref Ref) (*Found, error) {
	return find(ctx, retrieveFrom(client), ref)
}

func find(ctx context.Context, ask retrieve, ref Ref) (*Found, error) {
	found := &Found{ExternalID: ref.ExternalID, RequestID: ref.RequestID}
	for _, which := range []gen.ItemType{gen.ItemTypeValid, gen.ItemTypeInvalid} {
		answer, err := ask(ctx, ref.request(which, 0, 1))
		if no := negative(answer, err); no != (refusal{}) {
			return nil, notFound(ctx, ask, ref, no, err)
		}
		if err == nil {
			err = sameAs(ref, answer)
		}
		if err != nil {
			return nil, fmt.Errorf("looking for %s: %w", ref, err)
		}
		found.Status = answer.MassPayout.MassPayoutStatus
		if found.Status == "" {
			return nil, fmt.Errorf("looking for %s: the answer has no status: %w", ref, gen.ErrOutcomeUnknown)
		}
		if found.ExternalID == "" {
			found.ExternalID = answer.MassPayout.ExternalID
		}
		for i := range answer.MassPayoutItems.Items {
			if found.RequestID == "" {
				found.RequestID = answer.MassPayoutItems.Items[i].MassPayoutRequestID
			}
		}
		if found.RequestID != "" {
			break
		}
	}
	return found, nil
}

// notFound decides whether the answer no to a question about ref means that there is no such payout.
func notFound(ctx context.Context, ask retrieve, ref Ref, no refusal, err error) error {
	control := Ref{}
	if ref.RequestID != "" {
		control.RequestID = gen.RequestID(randomUUID())
	}
	if ref.ExternalID != "" {
		control.ExternalID = "control-" + rand.Text()
	}
	answer, controlErr := ask(ctx, control.request(gen.ItemTypeValid, 0, 1))
	if negative(answer, controlErr) == no {
		return fmt.Errorf("%s: %w", ref, errors.Join(ErrNotFound, err))
	}
	if controlErr != nil && !errors.Is(controlErr, gen.ErrRefused) {
		return fmt.Errorf("looking for %s: the control question: %w", ref, controlErr)
	}
	if err == nil {
		err = fmt.Errorf("the answer has no payout: %w", gen.ErrOutcomeUnknown)
	}
	return fmt.Errorf("looking for %s: %w (the answer to the control question is another one)", ref, err)
}

// refusal is what an answer looks like that may mean that there is no such payout. The zero value is any other answer.
type refusal struct {
	status int
	code   gen.ErrorCode
	group  string
	empty  bool
}

func negative(answer *gen.MassPayoutRetrieveResponse, err error) refusal {
	var refused *gen.APIError
	switch {
	case err == nil && answer.MassPayout.MassPayoutStatus == "" && answer.MassPayout.ExternalID == "" && len(answer.MassPayoutItems.Items) == 0:
		return refusal{empty: true}
	case !errors.Is(err, gen.ErrRefused), !errors.As(err, &refused):
		return refusal{}
	case refused.Code == gen.CodeInvalidSignature, refused.Code == gen.CodeUnknownKey,
		refused.StatusCode == http.StatusUnauthorized, refused.StatusCode == http.StatusForbidden:
		return refusal{}
	default:
		return refusal{status: refused.StatusCode, code: refused.Code, group: refused.Group}
	}
}

func randomUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
