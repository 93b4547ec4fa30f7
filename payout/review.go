package payout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// Review reads all items of a stored payout, accepted and refused, and compares them with the request: before auth to
// see what will be paid, after it to see the outcome of each item. It waits for rate limits to pass, within bounds, and
// continues at the same page.
//
// The error matches [ErrOtherPayout] if iyzico shows another payout than the request, naming the item and the field;
// [ErrInconsistentPages] if items repeat or some of the request's are missing; [ErrUnverified] if the responses do not name
// the payout; and an error of package gen if a page cannot be read. Whether an item that is INVALID after auth was refused
// before it, only the Result of [Pay] tells: that of Review does not offer it for paying again.
func Review(
	ctx context.Context, client Reader, ref Ref, request gen.MassPayoutInitializeRequest, opts ...Option,
) (*Result, error) {
	c, err := newConfig(opts)
	switch {
	case err != nil:
		return nil, err
	case client == nil:
		return nil, errors.New("payout: the client is nil")
	case ref == Ref{}:
		return nil, errors.New("payout: expected an externalId or a requestId to review")
	}
	want := ref
	if want.ExternalID == "" {
		want.ExternalID = request.ExternalID
	}
	read := newRetriever(client, c, 0).readAll(ctx, ref, want, newMatcher(&request, Digest(request), nil))
	switch {
	case read.failure != nil:
		return nil, read.failure
	case read.differs != nil:
		return nil, read.differs
	case read.partial != nil:
		return nil, read.partial
	case read.unnamed != nil:
		return nil, read.unnamed
	case read.result.Status == "":
		return nil, fmt.Errorf("reviewing the %s: the response has no status: %w", ref, gen.ErrOutcomeUnknown)
	}
	if phaseOf(read.result.Status).afterAuth() {
		read.result.refusedLate(&State{})
	}
	return read.result, nil
}

// reading is what a reading of all items showed. But for a failure, its result has what was read.
type reading struct {
	failure error // a page could not be read
	unnamed error // a response does not say whose it is
	result  *Result
	first   *gen.MassPayoutRetrieveResponse
	differs error
	hidden  error
	partial error   // items are missing, or the pages do not agree
	moved   error   // an item is neither INIT nor INVALID
	unlike  error   // an item that was refused at init is INIT
	open    bool    // an item's money is not at its end
	pages   [][]int // the accepted items of each page, by their index in the request
}

// readAll reads the accepted items, and the refused ones if the accepted were not all, and compares them. want is what is
// known of the payout.
func (r *retriever) readAll(ctx context.Context, ask, want Ref, items *matcher) *reading {
	read := &reading{result: newResult(items.request, items.digest, want)}
	read.result.TakenAt = time.Now().Round(0).UTC()
	seen := make([]bool, len(items.request.Items))
	left := len(seen)
	for _, which := range []gen.ItemType{gen.ItemTypeValid, gen.ItemTypeInvalid} {
		if left == 0 || read.partial != nil {
			break
		}
		for response, err := range r.pages(ctx, ask, want, which) {
			if read.first == nil && response != nil { // the oldest status: the items are no older
				read.first, read.result.Status = response, response.MassPayout.MassPayoutStatus
			}
			if response != nil && !names(response, want) {
				read.unnamed = unnamed(want)
			}
			if errors.Is(err, ErrInconsistentPages) {
				read.partial = err
				break
			}
			if err != nil {
				return &reading{failure: err}
			}
			var indexes []int
			beforeAuth := !phaseOf(read.result.Status).afterAuth()
			for j := range response.MassPayoutItems.Items {
				shown := &response.MassPayoutItems.Items[j]
				if read.result.RequestID == "" {
					read.result.RequestID = shown.MassPayoutRequestID
				}
				i := items.take(shown, beforeAuth)
				indexes = append(indexes, i)
				if i < 0 {
					continue
				}
				if seen[i] {
					if read.partial == nil {
						read.partial = fmt.Errorf("%w: item %q came twice", ErrInconsistentPages, shown.ItemExternalID)
					}
					continue
				}
				seen[i], left = true, left-1
				read.result.Items[i].update(shown)
			}
			if which == gen.ItemTypeValid {
				read.pages = append(read.pages, indexes)
			}
		}
	}
	for i := range read.result.Items {
		item := &read.result.Items[i]
		read.open = read.open || !item.Status.Final()
		if !seen[i] && read.partial == nil {
			read.partial = fmt.Errorf("%w: iyzico shows %d items of %d, and not %q", ErrInconsistentPages,
				len(seen)-left, len(seen), item.ItemExternalID)
		}
	}
	read.differs, read.hidden, read.moved, read.unlike = items.differs, items.hidden, items.moved, items.unlike
	return read
}

// newReviewed returns what is compared with in the last look, and what a confirmation confirms.
func newReviewed(result *Result, page *gen.MassPayoutRetrieveResponse) *Reviewed {
	_, total := paging(page)
	return &Reviewed{
		Total:      total,
		Amount:     page.MassPayout.TotalAmount,
		Commission: page.MassPayout.TotalCommissionAmount,
		Digest:     confirmDigest(result),
	}
}

// confirmDigest is the digest of what a confirmation confirms.
func confirmDigest(result *Result) string {
	refused := []string{}
	commission := Totals{}
	for i := range result.Items {
		item := &result.Items[i]
		if item.Status == gen.ItemStatusInvalid {
			refused = append(refused, canonical(item.ItemExternalID))
		}
		commission.add(item.Amount.Currency, item.Commission)
	}
	slices.Sort(refused)
	commissions := []string{}
	for _, currency := range commission.Currencies() {
		commissions = append(commissions, gen.FormatDecimal(commission[currency])+" "+string(currency))
	}
	return digestOf([]byte(encode(struct {
		Request     string   `json:"request"`
		RequestID   string   `json:"requestId"`
		Refused     []string `json:"refused"`
		Commissions []string `json:"commissions"`
	}{result.Digest, string(result.RequestID), refused, commissions})))
}
