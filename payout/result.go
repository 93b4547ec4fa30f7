package payout

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// Result compares a payout with its request: a snapshot of what iyzico said of each item. It holds no recipient. In
// JSON, amounts are numbers; iyzico's reasons are only in that of a *Result, not in that of an Item or of a Result by
// value, which end in logs.
type Result struct {
	ExternalID string        `json:"externalId"`
	RequestID  gen.RequestID `json:"requestId,omitempty"`

	// Digest is [Digest] of the request, for an approval to name what it approves.
	Digest string `json:"digest"`

	// Status is the payout's, as the snapshot showed it.
	Status gen.PayoutStatus `json:"status"`

	// TakenAt is when the snapshot was begun, by this machine's clock; zero if iyzico has not been asked for the
	// items.
	TakenAt time.Time `json:"takenAt,omitzero"`

	// Balance is the balance available before the payout was confirmed; nil if it was not read.
	Balance *decimal.Decimal `json:"balance,omitempty"`

	// OnlyOne reports whether the payout is known to be the only one under its externalId. It is false if responses do
	// not name the requestId; not all of them do.
	OnlyOne bool `json:"onlyOne"`

	// CanceledUnauthorized reports whether the payout was canceled while none of our auths could be on its way. Only
	// then are its canceled items known never to have moved.
	CanceledUnauthorized bool `json:"canceledUnauthorized,omitempty"`

	// Items are the items of the request, all of them, in its order.
	Items []Item `json:"items"`
}

// MarshalJSON implements [json.Marshaler].
func (r *Result) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	type plain Result
	items := make([]wholeItem, len(r.Items))
	for i := range items {
		items[i] = wholeItem{r.Items[i]}
	}
	return json.Marshal(struct {
		*plain
		Items     []wholeItem `json:"items"`
		RequestID string      `json:"requestId,omitempty"`
		Balance   *jsonNumber `json:"balance,omitempty"`
	}{(*plain)(r), items, string(r.RequestID), (*jsonNumber)(r.Balance)})
}

// String returns the payout's IDs, its status and its tallies.
func (r *Result) String() string {
	if r == nil {
		return "no result"
	}
	return fmt.Sprintf("%s: %s: %s", Ref{RequestID: r.RequestID, ExternalID: r.ExternalID}, r.Status, r.Tallies())
}

// Format prints String for any verb.
func (r *Result) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue returns String, for [log/slog].
func (r *Result) LogValue() slog.Value { return slog.StringValue(r.String()) }

// AllPaid reports whether every recipient has the money.
func (r *Result) AllPaid() bool {
	if r == nil {
		return false
	}
	for i := range r.Items {
		if !r.Items[i].Status.Paid() {
			return false
		}
	}
	return len(r.Items) > 0
}

// ItemsIn returns the items whose funds are in the given state.
func (r *Result) ItemsIn(funds gen.Funds) (items []Item) {
	if r == nil {
		return nil
	}
	for _, item := range r.Items {
		if item.Status.Funds() == funds {
			items = append(items, item)
		}
	}
	return items
}

// Refused returns the items that iyzico refused at init.
func (r *Result) Refused() (items []Item) {
	if r == nil {
		return nil
	}
	for _, item := range r.Items {
		if item.Status == gen.ItemStatusInvalid {
			items = append(items, item)
		}
	}
	return items
}

// Tallies counts the items and adds up their amounts, per status and currency.
func (r *Result) Tallies() Tallies {
	if r == nil {
		return nil
	}
	var tallies Tallies
	for i := range r.Items {
		item := &r.Items[i]
		tallies.count(item.Status, item.Amount.Currency, item.Amount.Value, item.Commission)
	}
	return tallies
}

// Totals returns the sums of the items whose funds are in the given state.
func (r *Result) Totals(funds gen.Funds) Totals { return r.Tallies().Totals(funds) }

// Requested returns the sums of all items.
func (r *Result) Requested() Totals {
	totals := Totals{}
	if r == nil {
		return totals
	}
	for i := range r.Items {
		totals.add(r.Items[i].Amount.Currency, r.Items[i].Amount.Value)
	}
	return totals
}

// Need returns the balance required for the items that were not refused, commission included.
func (r *Result) Need() Totals {
	totals := Totals{}
	if r == nil {
		return totals
	}
	for i := range r.Items {
		if item := &r.Items[i]; item.Status != gen.ItemStatusInvalid {
			totals.add(item.Amount.Currency, item.Amount.Value.Add(item.Commission))
		}
	}
	return totals
}

// newResult returns the request's items, of which nothing is known yet.
func newResult(request *gen.MassPayoutInitializeRequest, digest string, ref Ref) *Result {
	r := &Result{
		ExternalID: request.ExternalID, RequestID: ref.RequestID, Digest: digest,
		Items: make([]Item, len(request.Items)),
	}
	for i := range request.Items {
		r.Items[i] = Item{ItemExternalID: request.Items[i].ItemExternalID, Amount: request.Items[i].Amount}
	}
	return r
}

// NotAgain is an item that must not be paid again, with the reason.
type NotAgain struct {
	Item Item   `json:"item"`
	Why  string `json:"why"`
}

// PayAgain returns a request, under another externalId, with the items that may safely be paid again: those that were
// refused at init, came back to the balance, or were canceled before any of our auths. It also returns all other items,
// with the reason why not. Correct the recipients before you pay the request: what was refused or came back once will
// be again.
//
// Give the same externalId whenever you ask for the same result: under two of them, the items are paid twice.
//
// If nothing may be paid again, the request has no items, and its Validate reports that. The error is ErrOtherPayout if
// request is not that of the payout.
func (r *Result) PayAgain(
	request gen.MassPayoutInitializeRequest, externalID string,
) (gen.MassPayoutInitializeRequest, []NotAgain, error) {
	var none gen.MassPayoutInitializeRequest
	switch {
	case r == nil:
		return none, nil, errors.New("payout: there is no result")
	case strings.TrimSpace(externalID) == "" || gen.FoldName(externalID) == gen.FoldName(r.ExternalID):
		return none, nil, errors.New("payout: externalId: must differ from the payout's")
	case Digest(request) != r.Digest:
		return none, nil, fmt.Errorf("payout: %w: the result belongs to another request", ErrOtherPayout)
	}
	of := make(map[string]gen.MassPayoutItem, len(request.Items))
	for _, item := range request.Items {
		of[canonical(item.ItemExternalID)] = item
	}
	again, not := request, []NotAgain(nil)
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

// refusedLate marks the INVALID items that are not known to have been refused before auth.
func (r *Result) refusedLate(s *State) {
	for i := range r.Items {
		item := &r.Items[i]
		item.RefusedLate = item.Status == gen.ItemStatusInvalid && !s.refusedBeforeAuth(canonical(item.ItemExternalID))
	}
}

// notAgain says why an item must not be paid again, or nothing.
func (r *Result) notAgain(item Item) string {
	switch item.Status.Funds() {
	case gen.FundsBack:
		return ""
	case gen.FundsNeverMoved:
		switch {
		case item.RefusedLate && !r.CanceledUnauthorized:
			return "it was refused, but not known to be so before it was authorized: ask iyzico where the money is"
		case item.Status == gen.ItemStatusInvalid || r.CanceledUnauthorized:
			return ""
		}
		return "it was canceled, but an auth may have come first: ask iyzico where the money is"
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
