package payout

import (
	"context"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// end saves the result and returns it.
func (m *machine) end(ctx context.Context) (Progress, error) {
	result := *m.result
	result.CanceledUnauthorized = m.state.Clean
	m.enter(StepEnded)
	m.state.Result = &result
	if err := m.save(ctx); err != nil {
		return m.stopSave(err)
	}
	return m.ended()
}

// ended returns the saved result. A payout that was not carried out is an error each time.
func (m *machine) ended() (Progress, error) {
	m.result = m.state.Result
	m.status = m.result.Status
	p := m.now("ended")
	p.Ended = true
	m.progress(p)
	if err := notCarriedOut(m.result); err != nil {
		return p, m.stopped(decision{err: err, moved: true, advice: "the Result says where the money of each item is"})
	}
	return p, nil
}

// notCarriedOut reports a payout that iyzico ended without moving all items to an end.
func notCarriedOut(r *Result) error {
	switch r.Status {
	case gen.PayoutStatusFail, gen.PayoutStatusInsufficientBalance, gen.PayoutStatusIyzicoInsufficientBalance:
	default:
		return nil
	}
	open := 0
	for i := range r.Items {
		if !atEnd(r.Items[i].Status) {
			open++
		}
	}
	if open == 0 {
		return nil
	}
	return fmt.Errorf("%w: it ended %s, and the money of %d of %d items has not reached its end (%s)",
		ErrNotCarriedOut, r.Status, open, len(r.Items), r.Tallies())
}

// atEnd reports whether an item's money has come to its end.
func atEnd(status gen.ItemStatus) bool {
	switch status.Funds() {
	case gen.FundsWithRecipient, gen.FundsBack, gen.FundsStuck, gen.FundsNeverMoved:
		return true
	default:
		return false
	}
}
