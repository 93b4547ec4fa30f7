package payout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// Pay pays a payout, from wherever an earlier run left it, and follows it to its end: it repeats [Advance], waiting in
// between. A call with the same request and store continues, and after the end only returns the saved Result.
//
// The error is nil when the payout has ended and iyzico carried it out, whether or not all items were paid:
// Result.AllPaid reports that, and the items say why not. Otherwise it is an [*Error]; call Pay again to continue. The
// Result is the last snapshot; it is nil only if the request or an option is wrong.
//
// The externalId is sent in Unicode's form NFC, so that a list saved in another form is found again without its state.
func Pay(
	ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, store Store, opts ...Option,
) (*Result, error) {
	m, err := newMachine(ctx, client, &request, store, opts)
	if err != nil {
		return nil, err
	}
	return m.pay(ctx, hasEnded)
}

// Cancel cancels a payout that has not been authorized, and follows it until that is certain. The wish is saved: later
// calls of Advance, Pay or Cancel continue canceling, and never authorize the payout. If an auth has won, the error
// matches [ErrTooLate], and [Pay] follows the payout; it matches [ErrNotFound] if there is nothing to cancel.
func Cancel(
	ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, store Store, opts ...Option,
) (*Result, error) {
	return Pay(ctx, client, request, store, append(slices.Clip(opts), WithCancel())...)
}

// pay advances and waits, until the payout is as far as is wanted.
func (m *machine) pay(ctx context.Context, far func(Progress) bool) (*Result, error) {
	late := func(p Progress) bool { // a payout that should be canceled is authorized
		phase := phaseOf(p.Status)
		return m.wantCancel && (p.Ended || p.Step == StepAuthorized) && (phase == phaseMoving || phase == phaseEnded)
	}
	p, err := m.run(ctx, math.MaxInt, func(p Progress) bool { return far(p) || late(p) })
	if err == nil && late(p) {
		err = m.stopped(decision{
			err: fmt.Errorf("%w: it is %s", ErrTooLate, p.Status), moneyMayHaveMoved: true, advice: "follow it with Pay",
		})
	}
	return m.result, err
}

// Advance takes a payout one decision further: it loads the state, reads what it needs, decides, saves, sends at most
// one request that changes anything, saves its outcome, and returns. It waits only for a read's rate limit, bounded.
// Call it again after Progress.Wait, for example from a scheduler, until Progress.Ended. Its error is as [Pay]'s.
func Advance(
	ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, store Store, opts ...Option,
) (Progress, error) {
	m, err := newMachine(ctx, client, &request, store, opts)
	if err != nil {
		return Progress{}, err
	}
	return m.run(ctx, 1, goesNoFurther)
}

// maxDecisions bounds one call of Continue; a payout needs about ten from its beginning to its end.
const maxDecisions = 100

// Continue takes a payout as far as it goes without waiting: it repeats [Advance] until Progress.Wait is positive or
// the payout has ended, and locks the store once. It suits a job that is to come back after Progress.Wait.
//
// request returns the request with this externalId. It is called at most once, and not at all while iyzico says that
// the payout is under way: most calls need not read a long list. Its error is temporary unless it is an [*Error].
func Continue(
	ctx context.Context, client Client, externalID string,
	request func(context.Context) (gen.MassPayoutInitializeRequest, error), store Store, opts ...Option,
) (Progress, error) {
	m, err := machineFor(client, externalID, store, opts)
	if err != nil {
		return Progress{}, err
	}
	m.fetch = request
	return m.run(ctx, maxDecisions, goesNoFurther)
}

func hasEnded(p Progress) bool { return p.Ended }

func goesNoFurther(p Progress) bool { return p.Ended || p.Wait > 0 }

// run decides so many times at most, and waits in between, until it has come as far as is wanted.
func (m *machine) run(ctx context.Context, most int, far func(Progress) bool) (p Progress, err error) {
	unlock, err := m.lock(ctx)
	if err != nil {
		return m.now(Progress{}), err
	}
	defer func() { err = m.unlock(unlock, err) }()
	for n := 1; ; n++ {
		p, err := m.advance(ctx)
		if err != nil || n == most || far(p) {
			return p, err
		}
		if ended := sleep(ctx, p.Wait); ended != nil {
			return p, m.passes(errors.Join(ended, p.Failure))
		}
	}
}

func (m *machine) advance(ctx context.Context) (Progress, error) {
	did, err := m.decide(ctx)
	if err != nil && !did.Ended {
		return m.now(Progress{Did: "stopped"}), err
	}
	p := m.now(did)
	m.progress(p)
	return p, err
}

// decide loads, looks, decides and acts. It returns what was done, and how long to wait for what.
func (m *machine) decide(ctx context.Context) (did Progress, err error) {
	m.status, m.failure = "", nil
	if err := m.load(ctx); err != nil {
		return did, err
	}
	if m.state.Step == StepEnded {
		return m.ended()
	}
	if m.state.InFlight { // the process that sent it has ended
		m.unknown()
		m.state.SinceSend = 0
		if err := m.save(ctx); err != nil {
			return did, err
		}
	}
	if err := ctx.Err(); err != nil {
		return did, m.passes(err)
	}
	settled := m.state.SinceSend >= m.settle
	l := m.look(ctx)
	if m.request == nil && ctx.Err() == nil && (l.phase == phaseInit || l.phase.ended() && l.unnamed == nil) {
		if err := m.fetchRequest(ctx); err != nil {
			return did, err
		}
		if err := m.begin(&m.state); err != nil {
			return did, err
		}
		l = m.look(ctx)
	}
	if err := ctx.Err(); err != nil {
		return did, m.passes(err)
	}
	return m.act(ctx, l, decide(&m.state, &l.seen, settled, m.config))
}

// look looks at the payout, and keeps what counts whatever is decided.
func (m *machine) look(ctx context.Context) *look {
	from := looker{&retriever{m.client, m.config, cmp.Or(m.state.PageSize, m.pageSize)}, m.subject}
	l := from.take(ctx)
	m.failure = l.failure
	m.status = cmp.Or(l.status, m.status)
	m.result = cmp.Or(l.result, m.result)
	m.state.PageSize = cmp.Or(l.pageSize, m.state.PageSize)
	if l.named {
		m.state.OnlyOne = l.onlyOne
	}
	if m.state.RequestID != "" {
		m.state.Named = m.state.Named || l.identified
		if l.refusedItems != nil {
			m.state.Refused = l.refusedItems
		}
	}
	return &l
}

func (m *machine) act(ctx context.Context, l *look, d decision) (did Progress, err error) {
	d.moneyMayHaveMoved = d.moneyMayHaveMoved || l.moved != nil
	switch {
	case d.action == actSend && m.state.StalledOn == whySend && m.tooLong():
		var last error
		if m.state.LastError != nil {
			last = m.state.LastError
		}
		return did, m.stop(ctx, decision{err: noProgress("requests do not get through", last),
			temporary: mayPass(last), advice: adviceFor(last)})
	case d.action == actSend:
		return m.submit(ctx, d.step)
	case d.action == actSave:
		return m.goOn(ctx, l, d)
	case d.action == actAsk:
		return m.ask(ctx, l)
	case d.action == actEnd, d.action == actClose && m.tooLong():
		return m.end(ctx)
	case d.action == actStop, d.action == actStuck && m.tooLong():
		return did, m.stop(ctx, d)
	}
	if d.step == StepStored {
		m.state.Reviewed = "" // look at all items again
	}
	return m.later(ctx, "looked", d)
}

// goOn enters a step, from new and storing with the payout that was found, if there is one.
func (m *machine) goOn(ctx context.Context, l *look, d decision) (Progress, error) {
	s := &m.state
	s.CanceledUnauthorized = s.CanceledUnauthorized || d.canceledUnauthorized
	if (s.Step == StepNew || s.Step == StepStoring) && l.there {
		if l.refusedItems != nil {
			s.Refused = l.refusedItems
		}
		s.ExternalID, m.request.ExternalID = l.found.ExternalID, l.found.ExternalID
		if l.found.RequestID != "" {
			s.RequestID, s.Adopted = l.found.RequestID, true
		}
		if s.Step == StepNew { // somebody else stored it, or the state was lost: an auth may have been sent
			s.AuthSent, s.Outcome, s.LastError = true, OutcomeUnknown, nil
			m.sentNow()
		}
	}
	if s.Step != d.step {
		m.enter(d.step)
	}
	if d.step == StepStored {
		s.Reviewed, s.SinceReview = l.reviewed, 0
	}
	if d.step == StepAuthorized && l.phase == phaseMoving {
		return m.later(ctx, "went on", decision{action: actWait, waiting: whyMoving})
	}
	return Progress{Did: "went on"}, m.save(ctx)
}

func (m *machine) ask(ctx context.Context, l *look) (did Progress, err error) {
	if err := m.confirm(ctx, m.result); err != nil {
		return did, m.stop(ctx, refuse(fmt.Errorf("not confirmed: %w", err), "call again and confirm, or Cancel the payout"))
	}
	if err := ctx.Err(); err != nil {
		return did, m.passes(err)
	}
	m.state.Confirmed, m.state.Reviewed, m.state.SinceReview, m.state.Polls = l.digest, l.reviewed, 0, 0
	return Progress{Did: "confirmed"}, m.save(ctx)
}

func (m *machine) end(ctx context.Context) (Progress, error) {
	result := *m.result
	result.CanceledUnauthorized = m.state.CanceledUnauthorized
	m.enter(StepEnded)
	m.state.Result = &result
	if err := m.save(ctx); err != nil {
		return Progress{}, err
	}
	return m.ended()
}

// ended returns the saved result. A payout that iyzico ended without moving all items to an end is an error each time.
func (m *machine) ended() (did Progress, err error) {
	r := m.state.Result
	m.result, m.status = r, r.Status
	switch r.Status {
	case gen.PayoutStatusFail, gen.PayoutStatusInsufficientBalance, gen.PayoutStatusIyzicoInsufficientBalance:
		if open := len(r.where(Item.isOpen)); open > 0 {
			err = fmt.Errorf("%w: it ended %s, and the money of %d of %d items has not reached its end (%s)",
				ErrNotCarriedOut, r.Status, open, len(r.Items), r.Tallies())
			const advice = "the Result says where the money of each item is"
			err = m.stopped(decision{err: err, moneyMayHaveMoved: true, advice: advice})
		}
	}
	return Progress{Did: "ended", Ended: true}, err
}

// submit is the one place that sends what changes anything: init, auth and cancel. What is about to be sent is saved
// first, so that whoever loads it knows that it may be on its way; only what was provably not sent is taken back.
func (m *machine) submit(ctx context.Context, step Step) (did Progress, err error) {
	before := m.state
	request, send := m.open(step)
	begun := time.Now()
	if err := m.save(ctx); err != nil {
		return did, err
	}
	now := time.Now()
	pause := max(now.Sub(begun), now.Round(0).Sub(begun.Round(0)).Abs()) // one stops in sleep, one can be set
	if ctx.Err() != nil || pause > m.saveTimeout {
		m.takeBack(before)
		return m.sendLater(ctx, errors.New("too much time passed between the last look and sending"))
	}
	err = send(ctx)
	m.sentNow() // the exchange has ended: settle counts from here
	m.state.InFlight = false
	m.state.LastError = newCause(err)
	api := apiError(err)
	switch {
	case err == nil:
		m.state.Outcome = OutcomeAccepted
		if step == StepStoring {
			m.enter(StepStored)
		}
	case errors.Is(err, gen.ErrNotSent):
		m.takeBack(before)
		if errors.Is(err, gen.ErrEditor) {
			return did, m.stop(ctx, refuse(err, adviceFor(err)))
		}
		return m.sendLater(ctx, err)
	case step == StepStoring && api != nil && api.StatusCode == http.StatusRequestEntityTooLarge:
		m.takeBack(before) // as every copy of it is refused; whether one was stored, the next call looks
		m.state.InitUnsure, m.state.SinceSend = true, 0
		return did, m.stop(ctx, refuse(fmt.Errorf("%w: %w", ErrTooLarge, err), splitIt))
	case errors.Is(err, gen.ErrRateLimited): // which says nothing about what happened behind it
		m.unknown()
		m.state.Inits, m.state.Auths, m.state.Cancels = before.Inits, before.Auths, before.Cancels // bounded by patience
		return m.sendLater(ctx, err)
	case errors.Is(err, gen.ErrRefused):
		m.state.Outcome = OutcomeRefused
	default:
		m.unknown()
	}
	m.state.StalledFor, m.state.StalledOn = 0, ""
	m.failure = cmp.Or(err, m.failure)
	if stopped, ok := errors.AsType[*Error](m.save(ctx)); ok {
		stopped.Err = errors.Join(stopped.Err, err)
		return did, stopped
	}
	if err := ctx.Err(); err != nil {
		return did, m.passes(err)
	}
	return Progress{Did: "sent " + request}, nil
}

// open says in the state that the step's request is about to be sent, and returns what sends it, once.
func (m *machine) open(step Step) (request string, send func(context.Context) error) {
	s := &m.state
	s.Step, s.InFlight, s.Outcome, s.LastError, s.SinceSend, s.Polls = step, true, OutcomeUnknown, nil, 0, 0
	switch step {
	case StepStoring:
		s.Inits++
		return "init", m.sendInit
	case StepAuthorizing:
		s.Auths++
		s.AuthSent = true
		m.forget()
		return "auth", func(ctx context.Context) error {
			_, err := m.client.AuthMassPayout(ctx, gen.MassPayoutAuthRequest{RequestID: s.RequestID})
			return err
		}
	default:
		s.Cancels++
		m.forget()
		return "cancel", func(ctx context.Context) error {
			_, err := m.client.CancelMassPayout(ctx, s.RequestID)
			return err
		}
	}
}

// sendInit also takes over what the response says of the items.
func (m *machine) sendInit(ctx context.Context) error {
	response, err := m.client.InitMassPayout(ctx, *m.request)
	if err != nil {
		return err
	}
	if len(response.InvalidItems) > 0 {
		m.state.Refused = map[string]gen.ErrorCode{}
		for _, item := range response.InvalidItems {
			m.state.Refused[canonical(item.ItemExternalID)] = item.ErrorCode
		}
		m.state.RefusedCount = len(m.state.Refused)
	}
	if response.RequestID.Check() != nil {
		return fmt.Errorf("the response to init has no requestId of letters, digits and -._~, but %q",
			string(response.RequestID))
	}
	m.state.RequestID = response.RequestID
	return nil
}

// forget drops the items' statuses from the snapshot, because what is about to be sent may change them.
func (m *machine) forget() {
	forgotten := *m.result
	forgotten.Status, forgotten.Items = "", slices.Clone(m.result.Items)
	for i := range forgotten.Items {
		if item := &forgotten.Items[i]; !item.refused() {
			item.Status = ""
		}
	}
	m.result = &forgotten
}

// unknown says in the state that the outcome of what was sent is not known.
func (m *machine) unknown() {
	m.state.InFlight, m.state.Outcome = false, OutcomeUnknown
	m.state.InitUnsure = m.state.InitUnsure || m.state.Step == StepStoring
}

// takeBack returns to the state before open: nothing was sent.
func (m *machine) takeBack(before State) {
	before.Revision, before.At = m.state.Revision, m.state.At
	m.state = before
}

// sendLater saves a state to which a send was taken back, and says when to come back.
func (m *machine) sendLater(ctx context.Context, err error) (did Progress, stopped error) {
	m.failure, m.state.LastError = err, newCause(err)
	did, stopped = m.later(ctx, "could not send", decision{action: actStuck, waiting: whySend})
	if stopped == nil && ctx.Err() != nil {
		stopped = m.passes(ctx.Err())
	}
	return did, stopped
}
