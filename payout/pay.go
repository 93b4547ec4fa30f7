package payout

import (
	"context"
	"errors"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// Pay pays a payout, from wherever an earlier run left it, and follows it to its end. It repeats what [Advance] does,
// waiting in between. A call with the same request and store continues; nothing ever starts again.
//
// The error is nil when the payout has ended and iyzico carried it out, whether or not all items were paid:
// Result.AllPaid reports that, and the items say why not. Otherwise it is an [*Error]; call Pay again to continue. The
// Result is the last snapshot; it is nil only if the request or an option is wrong.
//
// A payout that has ended stays so: later calls return the saved Result and send nothing.
func Pay(
	ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, store Store, opts ...Option,
) (*Result, error) {
	return run(ctx, client, &request, store, false, opts)
}

// Cancel cancels a payout that has not been authorized, and follows it until that is certain. The wish is saved: later
// calls of Advance, Pay or Cancel continue canceling, and never authorize the payout. Cancel looks afterwards, because
// an auth may have won; then the error matches [ErrTooLate], and [Pay] follows the payout. The error matches
// [ErrNotFound] if there is nothing to cancel.
func Cancel(
	ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, store Store, opts ...Option,
) (*Result, error) {
	return run(ctx, client, &request, store, true, opts)
}

// run advances and waits, until the payout has ended.
func run(
	ctx context.Context, client Client, request *gen.MassPayoutInitializeRequest, store Store, cancel bool, opts []Option,
) (result *Result, err error) {
	m, err := newMachine(ctx, client, request, store, opts)
	if err != nil {
		return nil, err
	}
	m.cancel = cancel
	unlock, err := m.lock(ctx)
	if err != nil {
		return m.result, err
	}
	defer func() { err = m.unlock(unlock, err) }()
	for {
		p, err := m.advance(ctx)
		switch {
		case err != nil:
			return m.result, err
		case cancel && tooLate(p):
			return m.result, m.stopped(decision{
				err:   fmt.Errorf("%w: it is %s", ErrTooLate, p.Status),
				moved: true, advice: "follow it with Pay",
			})
		case p.Ended:
			return m.result, nil
		}
		if err := sleep(ctx, p.Wait); err != nil {
			return m.result, m.stopped(decision{err: errors.Join(err, p.Failure), soon: true, advice: callAgain})
		}
	}
}

// tooLate reports whether a payout that should be canceled is authorized.
func tooLate(p Progress) bool {
	phase := phaseOf(p.Status)
	return (p.Step == StepAuthorized || p.Ended) && (phase == phaseMoving || phase == phaseEnded)
}
