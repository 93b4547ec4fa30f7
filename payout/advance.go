package payout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// Progress is what one call of [Advance] did, and when the next is of use. It marshals to JSON. It holds nothing of a
// recipient but what iyzico may have written into the reasons of its Result, which are not printed.
type Progress struct {
	Ref

	// Step is the step that is saved now.
	Step Step `json:"step"`

	// Did says what was done, for people to read.
	Did string `json:"did"`

	// Wait is how long until the next call is of use; 0: at once.
	Wait time.Duration `json:"wait"`

	// Waiting says what is waited for; empty if nothing is.
	Waiting string `json:"waiting,omitempty"`

	// Failure is what failed and made it wait: it may pass. It is nil if nothing failed.
	Failure error `json:"-"`

	// Ended reports whether the payout has ended. Result is final then, and no further call sends anything.
	Ended bool `json:"ended"`

	// Status is the payout's, as it was last seen; empty if nobody looked.
	Status gen.PayoutStatus `json:"status,omitempty"`

	// At is when this was so, by this machine's clock.
	At time.Time `json:"at"`

	// Result is the last snapshot of the items that this call, or this run of Pay, read. Statuses are empty where none was
	// read, or where something has been sent since.
	Result *Result `json:"result"`
}

// String returns one line of text, for a log.
func (p Progress) String() string {
	s := fmt.Sprintf("%s: %s: %s", p.Ref, p.Step, p.Did)
	if p.Status != "" {
		s += ", " + string(p.Status)
	}
	if p.Waiting != "" {
		s += fmt.Sprintf("; waiting %v for %s", p.Wait.Round(time.Millisecond), p.Waiting)
	}
	if p.Failure != nil {
		s += fmt.Sprintf(": %v", p.Failure)
	}
	return s
}

// MarshalJSON implements [json.Marshaler].
func (p Progress) MarshalJSON() ([]byte, error) {
	type plain Progress
	return json.Marshal(struct {
		RequestID string `json:"requestId,omitempty"`
		plain
		Failure *Cause `json:"failure,omitempty"`
	}{string(p.RequestID), plain(p), newCause(p.Failure)})
}

// Advance takes a payout one decision further: it loads the state, reads what it needs, decides, saves, sends at most one
// request that changes anything, saves what came of it, and returns. It does not wait for the payout; within a reading it
// waits out a rate limit, bounded. Call it from a job queue or a scheduler, again after Progress.Wait, until
// Progress.Ended. [Pay] is that loop.
//
// The error is an [*Error], but for an option, client or store that is wrong; if it is Temporary, the same call later may
// go on.
func Advance(ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, store Store, opts ...Option) (progress Progress, err error) {
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

// machine is what takes a payout further: one step at a time, within one call of Advance, or one run of Pay or Cancel.
type machine struct {
	*config
	client  Client
	request *gen.MassPayoutInitializeRequest
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

func newMachine(ctx context.Context, client Client, request *gen.MassPayoutInitializeRequest, store Store, opts []Option) (*machine, error) {
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
		return nil, m.stopped(decision{err: err, moved: loadErr != nil || saved.AuthSent, advice: "correct the request; this call sent nothing"})
	}
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
		return m.stop(ctx, decision{err: fmt.Errorf("not confirmed: %w", err), advice: "call again to be asked again, or Cancel the payout"})
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

// tooLong reports whether patience is over.
func (m *machine) tooLong() bool {
	return m.state.StuckOn != "" && m.state.Stuck >= m.patience || m.patience == 0
}

// later says when to come back, and counts.
func (m *machine) later(ctx context.Context, did string, d decision) (Progress, error) {
	s := &m.state
	if d.do == actClose && s.StuckOn == "" {
		s.Looks = 0 // what is late comes soon
	}
	wait := m.backoff(s.Looks)
	s.Looks++
	switch {
	case d.settle:
		wait = min(wait, max(m.settle-s.Quiet, time.Millisecond))
		s.StuckOn = ""
	case d.do == actWait:
		s.Stuck, s.StuckOn = 0, ""
	default:
		if s.StuckOn == "" {
			s.Stuck = 0
		}
		s.StuckOn = d.why
		if d.do == actClose { // what takes long takes longer
			wait = max(wait, s.Stuck/2)
		}
		wait = min(wait, max(m.patience-s.Stuck, time.Millisecond))
	}
	wait = max(wait, m.retryAfter(m.failure))
	s.Wait = wait
	if err := m.save(ctx); err != nil {
		return m.stopSave(err)
	}
	p := m.now(did)
	p.Wait, p.Waiting = wait, d.why
	m.progress(p)
	return p, nil
}

// sendLater saves a state to which a send was taken back, and says when to come back. It is counted: see tooLong.
func (m *machine) sendLater(ctx context.Context, err error) (Progress, error) {
	m.failure = err
	p, stopped := m.later(ctx, "could not send", decision{do: actStuck, why: whySend})
	if err := ctx.Err(); err != nil && stopped == nil {
		return m.stopContext(err)
	}
	return p, stopped
}

// retryAfter returns how long the server asks to wait, bounded.
func (c *config) retryAfter(err error) time.Duration {
	var refused *gen.APIError
	if errors.As(err, &refused) {
		return min(refused.RetryAfter, c.longestRetryAfter)
	}
	return 0
}

// backoff returns how long to wait before look n: longer each time, up to a bound, and never quite the same, so that many
// programs that met the same failure do not come back together.
func (c *config) backoff(n int) time.Duration {
	wait := c.firstPoll
	for range n {
		if wait += wait / 2; wait >= c.lastPoll {
			wait = c.lastPoll
			break
		}
	}
	return wait - rand.N(wait/4+1)
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
		return p, m.stopped(decision{err: err, moved: true, advice: "see Result for where the money of each item is"})
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
	return fmt.Errorf("%w: it ended %s, and the money of %d of %d items is not at its end (%s)",
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
