package payout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// Advance takes a payout one decision further: it loads the state, reads what it needs, decides, saves, sends at most
// one request that changes anything, saves its outcome, and returns. It does not wait for the payout; within a read it
// waits for a rate limit to pass, within bounds. Call it from a job queue or a scheduler, again after Progress.Wait,
// until Progress.Ended. [Pay] is that loop.
//
// The error is an [*Error], except for a wrong option, client or store. If it is Temporary, the same call may succeed
// later.
func Advance(
	ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, store Store, opts ...Option,
) (progress Progress, err error) {
	m, err := newMachine(ctx, client, &request, store, opts)
	if err != nil {
		return Progress{}, err
	}
	unlock, err := m.lock(ctx)
	if err != nil {
		return m.now(""), err
	}
	defer func() { err = m.unlock(unlock, err) }()
	return m.advance(ctx)
}

// machine is what takes a payout further: one step at a time, within one call of Advance, or one run of Pay or
// Cancel.
type machine struct {
	*config
	client  Client
	request *gen.MassPayoutInitializeRequest
	digest  string
	store   *guard
	cancel  bool // Cancel was called

	state    State
	touched  time.Time // when state.Quiet and state.Stuck were right, by the process's clock
	revision int64     // the state's when it was touched; 0: not in this run
	status   gen.PayoutStatus
	failure  error
	result   *Result
	ends     [][]int // the items of each page, by their index in the request, when the payout had ended
}

func newMachine(
	ctx context.Context, client Client, request *gen.MassPayoutInitializeRequest, store Store, opts []Option,
) (*machine, error) {
	c, err := newConfig(opts)
	switch {
	case err != nil:
		return nil, err
	case client == nil:
		return nil, errors.New("payout: the client is nil")
	case store == nil:
		return nil, errors.New("payout: the store is nil")
	}
	m := &machine{config: c, client: client, request: request, store: &guard{Store: store, timeout: c.saveTimeout}}
	m.state = State{Step: StepNew, ExternalID: request.ExternalID}
	if err := request.Validate(); err != nil {
		saved, loadErr := call(ctx, m.store, "loading the state", store.Load, nil)
		return nil, m.stopped(decision{
			err: err, moved: loadErr != nil || saved.AuthSent, advice: "correct the request; this call sent nothing",
		})
	}
	m.digest = Digest(*request)
	return m, nil
}

// advance is one decision.
func (m *machine) advance(ctx context.Context) (Progress, error) {
	m.status, m.failure = "", nil
	if err := m.load(ctx); err != nil {
		return m.now("could not load"), err
	}
	if m.state.Step == StepEnded {
		return m.ended()
	}
	if m.state.Open { // the process that sent it did not live to say what came of it
		m.unknown()
		m.state.Quiet = 0
		if err := m.save(ctx); err != nil {
			return m.stopSave(err)
		}
	}
	if err := ctx.Err(); err != nil {
		return m.stopContext(err)
	}
	settled := m.state.Quiet >= m.settle
	look := m.look(ctx)
	if err := ctx.Err(); err != nil {
		return m.stopContext(err)
	}
	return m.act(ctx, &look, decide(&m.state, &look.seen, settled, m.config))
}

// act carries a decision out.
func (m *machine) act(ctx context.Context, look *look, d decision) (Progress, error) {
	m.failure = look.seen.failure
	d.moved = d.moved || look.moved != nil
	switch d.do {
	case actSend:
		if m.state.StuckOn == whySend && m.state.Stuck >= m.patience {
			return m.stop(ctx, decision{err: errNotLetThrough, soon: true, advice: callAgain})
		}
		return m.submit(ctx, d.step)
	case actSave:
		m.state.Clean = m.state.Clean || d.clean
		m.adopt(look)
		if m.state.Step != d.step {
			m.enter(d.step)
		}
		if d.step == StepStored {
			m.state.Reviewed = look.reviewed
		}
		if d.step == StepAuthorized && look.phase == phaseMoving {
			return m.later(ctx, "went on", decision{do: actWait, why: whyMoving})
		}
		if err := m.save(ctx); err != nil {
			return m.stopSave(err)
		}
		return m.again("went on")
	case actAsk:
		return m.ask(ctx, look)
	case actEnd:
		return m.end(ctx)
	case actClose:
		if m.tooLong() {
			return m.end(ctx)
		}
		return m.later(ctx, "looked", d)
	case actStuck:
		if m.tooLong() {
			return m.stop(ctx, d)
		}
		if d.step == StepStored {
			m.state.Reviewed = nil // look at all items again
		}
		return m.later(ctx, "looked", d)
	case actStop:
		return m.stop(ctx, d)
	default:
		return m.later(ctx, "looked", d)
	}
}

// adopt goes on with a payout that was found under our externalId.
func (m *machine) adopt(look *look) {
	s := &m.state
	switch s.Step {
	case StepNew: // somebody else has stored it, or the state was lost: whether auth has been sent is not known
		s.RequestID, s.Adopted, s.AuthSent = look.requestID, true, true
		s.Outcome, s.Refusal, s.Quiet = OutcomeUnknown, nil, 0
		m.touch()
	case StepStoring:
		if look.requestID != "" {
			s.RequestID, s.Adopted = look.requestID, true
		}
	}
}

// enter begins a step.
func (m *machine) enter(step Step) {
	s := &m.state
	s.Step = step
	s.Looks, s.Stuck, s.StuckOn = 0, 0, ""
}

// ask asks for the confirmation and saves it.
func (m *machine) ask(ctx context.Context, look *look) (Progress, error) {
	if err := m.confirm(ctx, m.result); err != nil {
		return m.stop(ctx, decision{
			err: fmt.Errorf("not confirmed: %w", err), advice: "call again and confirm, or Cancel the payout",
		})
	}
	if err := ctx.Err(); err != nil {
		return m.stopContext(err)
	}
	m.state.Confirmed, m.state.Reviewed = look.digest, look.reviewed
	m.state.Looks = 0
	if err := m.save(ctx); err != nil {
		return m.stopSave(err)
	}
	return m.again("confirmed")
}

// now returns where the payout stands.
func (m *machine) now(did string) Progress {
	return Progress{
		Ref: m.state.ref(), Step: m.state.Step, Did: did, Failure: m.failure,
		Status: m.status, At: time.Now(), Result: m.result,
	}
}

// again asks to be called again at once.
func (m *machine) again(did string) (Progress, error) {
	p := m.now(did)
	m.progress(p)
	return p, nil
}

// forget drops the items' statuses from the snapshot, because what is about to be sent may change them.
func (m *machine) forget() {
	if m.result == nil {
		return
	}
	forgotten := *m.result
	forgotten.Status, forgotten.Items = "", slices.Clone(m.result.Items)
	for i := range forgotten.Items {
		if item := &forgotten.Items[i]; item.Status != gen.ItemStatusInvalid {
			item.Status = ""
		}
	}
	m.result = &forgotten
}

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
