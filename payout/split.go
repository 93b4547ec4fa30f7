package payout

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// The default bounds of a [PartLimit].
const (
	// DefaultPartItems is the largest number of items of one part.
	DefaultPartItems = 10_000

	// DefaultPartBytes is the largest size of the request that stores one part.
	DefaultPartBytes = 4 << 20
)

// PartLimit bounds a part that [Split] makes. iyzico documents no bound; what stands before it has one, and answers a
// larger request with HTTP status 413.
type PartLimit struct {
	// Items is the largest number of items; 0 means DefaultPartItems.
	Items int

	// Bytes is the largest size of the JSON that is sent; 0 means DefaultPartBytes.
	Bytes int
}

// Split cuts a request that is too large for one payout into parts, each a payout of its own with its own state. It
// returns the request itself if that is small enough. Joined in order, the items of the parts are those of the request.
//
// The same request and limit always give the same parts. The first part keeps the externalId; the others are named after
// it, such as "salaries-2026-11-part2-81f5f60e": the last eight digits are derived from the externalId and the number, so
// that such a name belongs to no other payout by accident. A name depends neither on the limit nor on the items. So a
// list that was begun whole, with another limit or with other items meets its own state, or its own payout at iyzico, and
// stops with [ErrOtherPayout]: nobody is paid in two different parts. For the same reason, begin a part only when all
// before it are stored, or record the whole list's [Digest] before the first.
//
// The error is gen's [*gen.ValidationError] if the request is invalid, and otherwise says that a bound is negative or
// which item alone is larger than limit.Bytes.
func Split(request gen.MassPayoutInitializeRequest, limit PartLimit) ([]gen.MassPayoutInitializeRequest, error) {
	if limit.Items < 0 || limit.Bytes < 0 {
		return nil, fmt.Errorf("payout: PartLimit: expected bounds of at least 0, got %d items, %d bytes",
			limit.Items, limit.Bytes)
	}
	if limit.Items == 0 {
		limit.Items = DefaultPartItems
	}
	if limit.Bytes == 0 {
		limit.Bytes = DefaultPartBytes
	}
	if err := request.Validate(); err != nil { // of the whole: two parts must not have one itemExternalId
		return nil, err
	}
	var parts []gen.MassPayoutInitializeRequest
	begin, size := 0, 0
	cut := func(end int) {
		part := request
		part.ExternalID, part.Items = partName(request.ExternalID, len(parts)+1), request.Items[begin:end:end]
		parts = append(parts, part)
		begin, size = end, 0
	}
	for i := range request.Items {
		item := len(encode(request.Items[i])) + len(",")
		if i > begin && (i-begin == limit.Items || size+item > limit.Bytes) {
			cut(i)
		}
		if i == begin {
			size = emptySize(request, len(parts)+1)
		}
		if size += item; size > limit.Bytes {
			return nil, fmt.Errorf("payout: items[%d] (itemExternalId %q): a payout of this item alone has %d bytes, more "+
				"than the %d that a part may have", i, request.Items[i].ItemExternalID, size, limit.Bytes)
		}
	}
	cut(len(request.Items))
	return parts, nil
}

// emptySize is the size of part n without items, less the comma that no item follows.
func emptySize(request gen.MassPayoutInitializeRequest, n int) int {
	request.ExternalID, request.Items = partName(request.ExternalID, n), []gen.MassPayoutItem{}
	return len(encode(request)) - len(",")
}

// partName is the externalId of part n, from 1, of a split request.
func partName(externalID string, n int) string {
	if n == 1 {
		return externalID
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "part %d of %s", n, canonical(externalID)))
	return fmt.Sprintf("%s-part%d-%s", externalID, n, hex.EncodeToString(sum[:4]))
}

// Combine returns one Result of a request that is paid in parts, from theirs, whatever their limit was. A part that has
// no result yet may be nil or missing; its items have no status then. RequestID is empty, as it is a part's; so is Status
// unless all parts have the same. Balance is nil, TakenAt is that of the earliest snapshot, OnlyOne is true if it is of
// all parts, and CanceledUnauthorized if it is of all that have canceled items.
//
// The Result has the [Digest] of the whole request, so that [Result.PayAgain] takes that.
//
// The error matches [ErrOtherPayout] if a result has an item that the request does not have, or has with another amount,
// or if two results have the same item.
func Combine(request gen.MassPayoutInitializeRequest, parts []*Result) (*Result, error) {
	whole := newResult(&request, Ref{ExternalID: request.ExternalID})
	index := make(map[string]int, len(request.Items))
	for i := range request.Items {
		index[canonical(request.Items[i].ItemExternalID)] = i
	}
	if len(index) != len(request.Items) {
		return nil, errors.New("payout: Combine: two items of the request have one itemExternalId")
	}
	seen := make([]bool, len(request.Items))
	left := len(request.Items)
	canceled, unclean := false, false
	first := true
	for _, part := range parts {
		if part == nil {
			continue
		}
		for i := range part.Items {
			item := &part.Items[i]
			at, ok := index[canonical(item.ItemExternalID)]
			switch {
			case !ok:
				return nil, otherPart(part, item, "which the request does not have")
			case seen[at]:
				return nil, otherPart(part, item, "which another result has, too")
			case !item.Amount.Value.Equal(request.Items[at].Amount.Value),
				item.Amount.Currency != request.Items[at].Amount.Currency:
				return nil, otherPart(part, item, "of which the request has another amount")
			}
			seen[at], whole.Items[at] = true, *item
			left--
			if item.Status == gen.ItemStatusMassPayoutCanceled {
				canceled, unclean = true, unclean || !part.CanceledUnauthorized
			}
		}
		if first {
			whole.Status, whole.TakenAt, whole.OnlyOne = part.Status, part.TakenAt, part.OnlyOne
			first = false
			continue
		}
		if whole.Status != part.Status {
			whole.Status = ""
		}
		if part.TakenAt.Before(whole.TakenAt) {
			whole.TakenAt = part.TakenAt
		}
		whole.OnlyOne = whole.OnlyOne && part.OnlyOne
	}
	if left > 0 { // what is not known of one part is not known of the whole
		whole.Status, whole.OnlyOne = "", false
	}
	whole.CanceledUnauthorized = canceled && !unclean
	return whole, nil
}

func otherPart(part *Result, item *Item, problem string) error {
	return fmt.Errorf("payout: %w: the result of %q has item %q, %s", ErrOtherPayout, part.ExternalID, item.ItemExternalID,
		problem)
}
