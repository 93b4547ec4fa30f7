package payout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"

	"github.com/iyzico-go/masspayout/gen"
)

// pages asks for one page after the other, until all are read. It yields at least one answer, if only to tell the
// payout's status, or one error, after which it ends.
func pages(ctx context.Context, ask retrieve, ref Ref, which gen.ItemType, size int) iter.Seq2[*gen.MassPayoutRetrieveResponse, error] {
	return func(yield func(*gen.MassPayoutRetrieveResponse, error) bool) {
		r := reading{ref: ref, seed: maphash.MakeSeed()}
		for page := 0; ; page++ {
			if err := ctx.Err(); err != nil {
				yield(nil, fmt.Errorf("%s: %w", ref, err))
				return
			}
			answer, err := ask(ctx, ref.request(which, page, size))
			if err != nil {
				if !r.complete() || !errors.Is(err, gen.ErrRefused) { // a server may refuse a page beyond the last
					yield(nil, fmt.Errorf("%s: page %d of its lines: %w", ref, page, err))
				}
				return
			}
			last, err := r.page(page, answer)
			if err != nil {
				yield(nil, fmt.Errorf("%s: page %d of its lines: %w", ref, page, err))
				return
			}
			if r.repeated {
				return
			}
			if !yield(answer, nil) || last {
				return
			}
		}
	}
}

// reading is what has to be remembered of the pages read so far.
type reading struct {
	ref         Ref
	seed        maphash.Seed
	read, total int // lines
	previous    uint64
	marked      uint64 // an earlier page, the last whose number is a power of two
	repeated    bool
}

// complete says whether as many lines were read as the server says that there are. That alone is no reason to stop: the
// number is documented by its name only and might count pages.
func (r *reading) complete() bool { return r.total > 0 && r.read >= r.total }

// page looks at page n and says whether it is the last one.
func (r *reading) page(n int, answer *gen.MassPayoutRetrieveResponse) (last bool, err error) {
	if err := sameAs(r.ref, answer); err != nil {
		return false, err
	}
	items := answer.MassPayoutItems.Items
	size, total := paging(answer)
	if total > 0 {
		r.total = total
	}
	if len(items) == 0 {
		if r.read < r.total {
			return false, fmt.Errorf("%w: %d lines of %d", ErrPaging, r.read, r.total)
		}
		return true, nil
	}
	// A page that has come before is the end of a server that gives its last page for every one beyond it, if all lines
	// were read. If not, it ignores the page's number and would go on for ever. Comparing with the page before and with
	// one further back finds a repetition of any length.
	sum := r.sum(items)
	if n > 0 && (sum == r.previous || sum == r.marked) {
		if r.read != r.total {
			return false, fmt.Errorf("%w: the server gave it before; %d lines read, and it says that there are %d", ErrPaging, r.read, r.total)
		}
		r.repeated = true
		return true, nil
	}
	r.previous = sum
	if n&(n-1) == 0 {
		r.marked = sum
	}
	r.read += len(items)
	// A page that the server itself calls short, and that completes the total, saves the question for an empty one.
	return r.complete() && size > len(items), nil
}

// sum is the same for two pages of the same lines, whatever has become of them in between.
func (r *reading) sum(items []gen.MassPayoutItemDetail) uint64 {
	var h maphash.Hash
	h.SetSeed(r.seed)
	for i := range items {
		for _, s := range []string{string(items[i].ReferenceCode), items[i].ItemExternalID, items[i].RecipientInfo} {
			h.WriteString(s)
			h.WriteByte(0)
		}
	}
	return h.Sum64()
}

// paging is the size of the page and how many lines there are, which iyzico's worked example has inside massPayoutItems
// and its schema beside it.
func paging(answer *gen.MassPayoutRetrieveResponse) (size, total int) {
	inside := answer.MassPayoutItems
	return cmp.Or(inside.Size, answer.Size), cmp.Or(inside.Total, answer.Total)
}

// sameAs finds an answer about another payout than the one asked for.
func sameAs(ref Ref, answer *gen.MassPayoutRetrieveResponse) error {
	if got := answer.MassPayout.ExternalID; ref.ExternalID != "" && got != "" && got != ref.ExternalID {
		return fmt.Errorf("%w: the answer is about %q", ErrOtherPayout, got)
	}
	for i := range answer.MassPayoutItems.Items {
		got := answer.MassPayoutItems.Items[i].MassPayoutRequestID
		if ref.RequestID != "" && got != "" && got != ref.RequestID {
			return fmt.Errorf("%w: the answer has a line of requestId %s", ErrOtherPayout, string(got))
		}
	}
	return nil
}
