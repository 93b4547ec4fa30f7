package payout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// Await follows a payout that has been authorized to its end: until the payout's status is final and none of its
// accepted lines is on its way, or in a status that this package does not know. A payout that nobody authorizes does not
// end; bound ctx.
//
// It reads all accepted lines at each look, page by page. Between two looks it waits, longer each time, see [WithWaits],
// and at least as long as the look took. Failures that may pass, a rate limit or an answer lost, it waits out, as long
// as Retry-After says or longer. A refusal ends it.
//
// The progress is the last that was read whole, with an error, too.
func Await(ctx context.Context, client Retriever, ref Ref, opts ...Option) (Progress, error) {
	f := follower{config: newConfig(opts), ref: ref, line: func(*gen.MassPayoutItemDetail) error { return nil }}
	f.last = Progress{Step: StepAuthorized, Ref: ref}
	err := f.follow(ctx, retrieveFrom(client))
	return f.last, err
}

// follower follows one payout.
type follower struct {
	*config
	ref  Ref
	line func(*gen.MassPayoutItemDetail) error // is given each line of each look
	want int                                   // how many accepted lines there are, where that is known
	last Progress
}

func (f *follower) follow(ctx context.Context, ask retrieve) error {
	ask = f.patiently(ask, 0, f.failed)
	b := f.backoff()
	for broken := 0; ; {
		start := f.clock.Now()
		now, ended, err := f.look(ctx, ask)
		wait := max(b.wait(), f.clock.Now().Sub(start))
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("following the %s: %w", f.ref, ctx.Err())
		case errors.Is(err, ErrPaging) && broken < tries: // lines may have moved while they were read
			broken++
			f.failed(err, wait)
		case err != nil:
			return fmt.Errorf("following the %s: %w", f.ref, err)
		default:
			broken = 0
			if !ended {
				now.Wait = wait
			}
			f.last = now
			f.progress(copyOf(now))
			if ended {
				return nil
			}
		}
		if err := f.clock.Sleep(ctx, wait); err != nil {
			return fmt.Errorf("following the %s: %w", f.ref, err)
		}
	}
}

// look reads all accepted lines once.
func (f *follower) look(ctx context.Context, ask retrieve) (now Progress, ended bool, err error) {
	now = Progress{Step: f.last.Step, Ref: f.last.Ref}
	lines := 0
	for answer, err := range pages(ctx, ask, f.ref, gen.ItemTypeValid, f.pageSize) {
		if err != nil {
			return now, false, err
		}
		if lines == 0 {
			now.Status = answer.MassPayout.MassPayoutStatus // the oldest: the lines are no older
		}
		for i := range answer.MassPayoutItems.Items {
			line := &answer.MassPayoutItems.Items[i]
			now.Tallies.count(line.ItemStatus, line.CurrencyCode, line.TotalAmount, line.CommissionAmount)
			if err := f.line(line); err != nil {
				return now, false, err
			}
			lines++
		}
	}
	now.At = f.clock.Now()
	return now, over(now) && lines >= f.want, nil
}

// over says whether nothing of the payout can change any more. A line still INIT has been left out by a payout that
// ended without paying; in one that was carried out its status is behind.
func over(p Progress) bool {
	if !p.Status.Final() {
		return false
	}
	return !slices.ContainsFunc(p.Tallies, func(t Tally) bool {
		return !t.Status.Final() && t.Status != gen.ItemStatusFailed && (t.Status != gen.ItemStatusInit || p.Status.Paid())
	})
}

// failed tells of a failure that may pass.
func (f *follower) failed(err error, wait time.Duration) {
	now := copyOf(f.last)
	now.Failure, now.Wait = err, wait
	f.progress(now)
}

func copyOf(p Progress) Progress {
	p.Tallies = slices.Clone(p.Tallies)
	return p
}
