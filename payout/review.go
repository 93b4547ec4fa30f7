package payout

import (
	"context"
	"fmt"
	"strings"

	"github.com/iyzico-go/masspayout/gen"
)

// Review reads all lines of a stored payout, accepted and refused, and lays them beside the request: what is about to be
// paid before the authorization, what became of each line after it. It repeats nothing.
//
// The error is ErrOtherPayout if iyzico has other lines than the request, or other amounts, or another IBAN; or if it
// names one of the request's lines neither among the accepted nor among the refused.
func Review(ctx context.Context, client Retriever, ref Ref, request gen.MassPayoutInitializeRequest, opts ...Option) (*Result, error) {
	return review(ctx, retrieveFrom(client), ref, &request, newConfig(opts).pageSize)
}

func review(ctx context.Context, ask retrieve, ref Ref, request *gen.MassPayoutInitializeRequest, size int) (*Result, error) {
	r := newResult(request, ref.RequestID)
	seen := make([]bool, len(r.Lines))
	for _, which := range []gen.ItemType{gen.ItemTypeValid, gen.ItemTypeInvalid} {
		first := which == gen.ItemTypeValid
		for answer, err := range pages(ctx, ask, ref, which, size) {
			if err != nil {
				return nil, err
			}
			if first { // the oldest status: the lines are no older
				r.Status, first = answer.MassPayout.MassPayoutStatus, false
			}
			for j := range answer.MassPayoutItems.Items {
				line := &answer.MassPayoutItems.Items[j]
				if r.RequestID == "" {
					r.RequestID = line.MassPayoutRequestID
				}
				i, err := r.take(line)
				if err == nil && !sameIBAN(&request.Items[i], line) {
					err = fmt.Errorf("%w: line %q has another IBAN at iyzico than in the request", ErrOtherPayout, line.ItemExternalID)
				}
				if err == nil && seen[i] {
					err = fmt.Errorf("%w: line %q came twice", ErrPaging, line.ItemExternalID)
				}
				if err != nil {
					return nil, fmt.Errorf("%s: %w", ref, err)
				}
				seen[i] = true
			}
		}
	}
	if r.Status == "" {
		return nil, fmt.Errorf("%s: the answer has no status: %w", ref, gen.ErrOutcomeUnknown)
	}
	missing, example := 0, ""
	for i, ok := range seen {
		if !ok {
			missing++
			example = r.Lines[i].ItemExternalID
		}
	}
	if missing > 0 {
		return nil, fmt.Errorf("%s: %w: iyzico names %d of the request's lines neither as accepted nor as refused, %q for one",
			ref, ErrOtherPayout, missing, example)
	}
	return r, nil
}

// sameIBAN compares IBANs, whose form leaves no room. Other recipients, and masked ones, may be written in many ways.
func sameIBAN(item *gen.MassPayoutItem, line *gen.MassPayoutItemDetail) bool {
	if item.RecipientType != gen.RecipientTypeIBAN || line.RecipientType != gen.RecipientTypeIBAN {
		return true
	}
	mine, theirs := plainIBAN(item.RecipientInfo), plainIBAN(line.RecipientInfo)
	return len(mine) != len(theirs) || mine == theirs || strings.Trim(theirs, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != ""
}

func plainIBAN(s string) string { return strings.ToUpper(strings.Join(strings.Fields(s), "")) }
