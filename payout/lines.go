package payout

import (
	"context"
	"iter"

	"github.com/iyzico-go/masspayout/gen"
)

// Lines is all lines of a payout that are of one type, gen.ItemTypeValid or gen.ItemTypeInvalid: those that iyzico
// accepted, or refused, at init. The empty type is both, the accepted ones first. It holds one page in memory, see
// [WithPageSize].
//
// An error comes once and is the last that the sequence yields; the lines before it are good. It is one of gen's, or
// [ErrPaging] if the server gives a page twice, fewer lines than it says that there are, or another payout's, or the
// context's. Nothing is asked twice: a program that wants to go on after a failure starts again.
//
// The order is the server's. If it changes while the pages are read, lines may be missing or come twice.
func Lines(ctx context.Context, client Retriever, ref Ref, which gen.ItemType, opts ...Option) iter.Seq2[gen.MassPayoutItemDetail, error] {
	ask, size := retrieveFrom(client), newConfig(opts).pageSize
	types := []gen.ItemType{which}
	if which == "" {
		types = []gen.ItemType{gen.ItemTypeValid, gen.ItemTypeInvalid}
	}
	return func(yield func(gen.MassPayoutItemDetail, error) bool) {
		for _, which := range types {
			for answer, err := range pages(ctx, ask, ref, which, size) {
				if err != nil {
					yield(gen.MassPayoutItemDetail{}, err)
					return
				}
				for _, line := range answer.MassPayoutItems.Items {
					if !yield(line, nil) {
						return
					}
				}
			}
		}
	}
}
