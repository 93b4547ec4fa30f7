package payout

import (
	"errors"
	"fmt"
	"strings"

	"github.com/iyzico-go/masspayout/gen"
)

// NotAgain is an item that must not be paid again, with the reason.
type NotAgain struct {
	Item Item   `json:"item"`
	Why  string `json:"why"`
}

// PayAgain returns a request, under another externalId, with the items that may safely be paid again: those that were
// refused at init, came back to the balance, or were canceled before any of our auths. It also returns all other
// items, with the reason why not. Correct the recipients before you pay the request: what was refused or came back
// once will be again.
//
// Give the same externalId whenever you ask for the same result: under two of them, the items are paid twice.
//
// If nothing may be paid again, the request has no items, and its Validate reports that. The error is ErrOtherPayout
// if request is not that of the payout.
func (r *Result) PayAgain(
	request gen.MassPayoutInitializeRequest, externalID string,
) (again gen.MassPayoutInitializeRequest, not []NotAgain, err error) {
	switch {
	case r == nil:
		return again, nil, errors.New("payout: there is no result")
	case strings.TrimSpace(externalID) == "" || gen.FoldName(externalID) == gen.FoldName(r.ExternalID):
		return again, nil, errors.New("payout: externalId: must differ from the payout's")
	case Digest(request) != r.Digest:
		return again, nil, fmt.Errorf("payout: %w: the result belongs to another request", ErrOtherPayout)
	}
	of := make(map[string]gen.MassPayoutItem, len(request.Items))
	for _, item := range request.Items {
		of[canonical(item.ItemExternalID)] = item
	}
	again = request
	again.ExternalID, again.ConversationID, again.Items = externalID, "", nil
	for _, item := range r.Items {
		if why := r.notAgain(item); why != "" {
			not = append(not, NotAgain{Item: item, Why: why})
		} else {
			again.Items = append(again.Items, of[canonical(item.ItemExternalID)])
		}
	}
	return again, not, nil
}

// notAgain says why an item must not be paid again, or nothing.
func (r *Result) notAgain(item Item) string {
	switch item.Status.Funds() {
	case gen.FundsBack:
		return ""
	case gen.FundsNeverMoved:
		switch {
		case r.CanceledUnauthorized:
			return ""
		case item.RefusedLate:
			return "it was refused, but not known to be so before it was authorized: ask iyzico where the money is"
		case item.Status != gen.ItemStatusInvalid:
			return "it was canceled, but an auth may have come first: ask iyzico where the money is"
		}
		return ""
	case gen.FundsWithRecipient:
		return "it has been paid"
	case gen.FundsNotMoved:
		if phaseOf(r.Status).afterAuth() {
			return "it has not moved yet and still may, and its payout cannot be canceled any more: ask iyzico"
		}
		return "it has not moved yet and still may: Cancel its payout first"
	case gen.FundsOnTheWay:
		return "it is on the way"
	case gen.FundsUnsettled:
		return "it failed at the bank, and whether its money comes back is not known yet: wait until it says so"
	case gen.FundsStuck:
		return "it failed, and its money did not come back: ask iyzico for it"
	default:
		return "its status is not known: ask iyzico where its money is"
	}
}
