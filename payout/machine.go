package payout

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// Client is the set of API calls that [Pay], [Advance] and [Cancel] make. *[gen.Client] implements it. It must be
// safe for concurrent use, because pages are read a few at a time, and must not repeat a request by itself.
//
// The method Server() string, which *gen.Client has, names its server. That is saved in the [State], and another
// server's state is refused with [ErrOtherPayout], before anything is read or sent. Let a client that wraps another
// have it, too: one that names no server takes the state of any.
type Client interface {
	Reader
	InitMassPayout(
		context.Context, gen.MassPayoutInitializeRequest, ...gen.RequestEditorFn,
	) (*gen.MassPayoutInitializeResponse, error)
	AuthMassPayout(
		context.Context, gen.MassPayoutAuthRequest, ...gen.RequestEditorFn,
	) (*gen.MassPayoutAuthResponse, error)
	CancelMassPayout(context.Context, gen.RequestID, ...gen.RequestEditorFn) (*gen.MassPayoutAuthResponse, error)
}

// machine takes one payout further, for one call or run. What is here loads, saves, measures time and stops.
type machine struct {
	*config
	subject
	client   Client
	fetch    func(context.Context) (gen.MassPayoutInitializeRequest, error)
	digest   string // of the request
	server   string // as the client names it
	store    *guard
	measured time.Time // when the durations in state were right, by the process's clock
	failure  error     // of the last look, or of what was sent
}

// thisProcess tells this process's monotonic clock from another's.
var thisProcess, processBegan = rand.Text(), time.Now()

func newMachine(
	ctx context.Context, client Client, request *gen.MassPayoutInitializeRequest, store Store, opts []Option,
) (*machine, error) {
	m, err := machineFor(client, request.ExternalID, store, opts)
	if err != nil {
		return nil, err
	}
	return m, m.pays(ctx, request)
}

func machineFor(client Client, externalID string, store Store, opts []Option) (*machine, error) {
	c, err := newConfig(client, opts)
	if err == nil && store == nil {
		err = errors.New("payout: the store is nil")
	}
	if err != nil {
		return nil, err
	}
	c.process = cmp.Or(c.process, thisProcess)
	m := &machine{config: c, client: client, store: &guard{Store: store, timeout: c.saveTimeout}}
	if named, ok := client.(interface{ Server() string }); ok {
		m.server = named.Server()
	}
	m.given, m.state = externalID, State{Step: StepNew, ExternalID: externalID}
	return m, nil
}

func (m *machine) pays(ctx context.Context, request *gen.MassPayoutInitializeRequest) error {
	m.request = request
	err := request.Validate()
	if err == nil {
		m.digest = Digest(*request)
		err = m.accept(request, m.digest)
	}
	if err != nil {
		return m.invalid(ctx, err)
	}
	return nil
}

func (m *machine) fetchRequest(ctx context.Context) error {
	request, err := m.fetch(ctx)
	switch {
	case errors.As(err, new(*Error)):
		return err
	case err != nil:
		return m.unusable(ctx, decision{err: fmt.Errorf("fetching the request: %w", err), temporary: true, advice: callAgain})
	case request.ExternalID != m.given:
		return m.invalid(ctx, fmt.Errorf("%w: the request that was fetched for %q has the externalId %q",
			ErrOtherPayout, m.given, request.ExternalID))
	}
	return m.pays(ctx, &request)
}

// accept reports a valid request that the options do not allow.
func (c *config) accept(request *gen.MassPayoutInitializeRequest, digest string) error {
	first := request.Items[0].Amount.Currency
	for i, item := range request.Items {
		if item.Amount.Currency != first && !c.severalCurrencies {
			return fmt.Errorf("%w: items[%d] (itemExternalId %q): amount.currency is %q, expected %q as in items[0]; make one "+
				"payout for each currency, or allow it with WithSeveralCurrencies", ErrSeveralCurrencies,
				i, item.ItemExternalID, string(item.Amount.Currency), string(first))
		}
	}
	if c.digest != "" && c.digest != digest {
		return fmt.Errorf("%w: the request is not the one of the digest that was expected", ErrOtherPayout)
	}
	return nil
}

func (m *machine) invalid(ctx context.Context, err error) *Error {
	return m.unusable(ctx, decision{err: err, advice: "correct the request; this call sent nothing"})
}

// unusable returns the error of a request that cannot be used, and tells how far the payout of its state is.
func (m *machine) unusable(ctx context.Context, d decision) *Error {
	saved, loadErr := m.store.load(ctx)
	if loadErr == nil && saved.Step != "" && canonical(saved.ExternalID) == canonical(m.given) {
		m.state = saved
	}
	d.moneyMayHaveMoved = loadErr != nil && !noFile(loadErr) || saved.AuthSent
	return m.stopped(d)
}

func (m *machine) lock(ctx context.Context) (unlock func() error, err error) {
	locker, ok := m.store.Store.(Locker)
	if !ok {
		return func() error { return nil }, nil
	}
	unlock, err = callStore(ctx, m.store, "locking the state", locker.Lock)
	if err != nil {
		saved, loadErr := m.store.load(ctx)
		never := !otherRun(err) && (loadErr == nil && saved.never() || noFile(loadErr))
		return nil, m.stopped(storeFailed(err, never, true))
	}
	return unlock, nil
}

// storeFailed decides about a store that failed. If it never kept anything of the payout, nothing was ever sent;
// unless another run is under way. Otherwise unknown says whether the state may tell of something that was sent.
func storeFailed(err error, never, unknown bool) decision {
	d := decision{err: fmt.Errorf("%w: %w", ErrStore, err), moneyMayHaveMoved: !never && unknown || otherRun(err)}
	switch repair := repairFile(err); {
	case never && errors.As(err, new(neverState)):
		d.advice = otherFile
	case errors.Is(err, ErrState):
		d.advice = keepState
	case otherRun(err):
		d.err, d.temporary, d.advice = err, true, callAgain
	case repair != "" && never:
		d.advice = repair + "; nothing was ever sent of this payout"
	case repair != "" && repair != makeRoom: // whose room comes back, maybe
		d.advice = repair + ", then call again to continue"
	default:
		d.temporary, d.advice = true, callAgain
	}
	return d
}

// unlock joins its error to err. While a call of the store hangs, the lock stays: what hangs may still save.
func (m *machine) unlock(unlock func() error, err error) error {
	if hanging := m.store.hanging; hanging != nil {
		go func() {
			<-hanging
			_ = unlock()
		}()
		return err
	}
	_, failed := callStore(context.Background(), m.store, "unlocking the state", func(context.Context) (any, error) {
		return nil, unlock()
	})
	if failed == nil {
		return err
	}
	stopped := m.stopped(decision{err: failed, moneyMayHaveMoved: otherRun(failed), temporary: true, advice: callAgain})
	if before, ok := errors.AsType[*Error](err); ok {
		return before.and(stopped)
	}
	return stopped
}

// otherRun reports whether an error of the store means that another run is under way, which may have sent anything.
func otherRun(err error) bool { return errors.Is(err, ErrConflict) || errors.Is(err, ErrLocked) }

// load loads the state and brings its durations up to now.
func (m *machine) load(ctx context.Context) error {
	loaded, err := m.store.load(ctx)
	if err != nil {
		return m.stopped(storeFailed(err, noFile(err), true))
	}
	if m.request == nil && loaded.Step != StepAuthorized {
		if err := m.fetchRequest(ctx); err != nil {
			return err
		}
	}
	if loaded.never() {
		loaded = newState(canonical(m.request.ExternalID), m.digest) // so that it is found in whatever form the list is saved
		loaded.Account = m.account
	} else if err := loaded.check(); err != nil {
		return m.stopped(decision{err: err, moneyMayHaveMoved: true, advice: keepState})
	}
	sameRun := loaded.Revision == m.state.Revision
	if err := m.begin(&loaded); err != nil {
		return err
	}
	m.state.CancelWanted = m.state.CancelWanted || m.wantCancel
	return m.elapse(ctx, sameRun)
}

// begin goes on with a state, unless it is another server's, account's or payout's, or another list's under the same
// externalId. What is not named is not compared, nor the list before the request is fetched.
func (m *machine) begin(s *State) error {
	name, digest := m.given, s.Digest
	if m.request != nil {
		name, digest = m.request.ExternalID, m.digest
	}
	var problem string
	advice := keepState
	switch {
	case s.Server != "" && m.server != "" && s.Server != m.server:
		advice, problem = otherState, fmt.Sprintf("the state of %q was made for the server %s, and this call is to %s",
			s.ExternalID, s.Server, m.server)
	case m.account != "" && s.Account != m.account:
		advice, problem = otherState, fmt.Sprintf("the state of %q was made for the account %q, and this call is of %q",
			s.ExternalID, cmp.Or(s.Account, "(none is named)"), m.account)
	case canonical(s.ExternalID) != canonical(name):
		problem = fmt.Sprintf("the state belongs to %q, the request to %q", s.ExternalID, name)
	case s.Digest != digest && (s.Step != StepNew || s.AuthSent || s.CancelWanted): // else nothing of it is on its way
		problem = fmt.Sprintf("%q was started with other content", s.ExternalID)
	}
	if problem != "" {
		m.state.Step = s.Step
		return m.stopped(decision{
			err: fmt.Errorf("%w: %s", ErrOtherPayout, problem), moneyMayHaveMoved: true, advice: advice,
		})
	}
	next := *s
	if s.Digest != digest { // of a list that was never stored: should it turn up, the look by name finds it
		next = newState(s.ExternalID, digest)
		next.Revision, next.Server, next.Account, next.PageSize = s.Revision, s.Server, s.Account, s.PageSize
		next.InitUnsure, next.At, next.SinceSend = s.InitUnsure, s.At, s.SinceSend
	}
	next.Server = cmp.Or(next.Server, m.server)
	m.state = next
	if m.request != nil {
		m.request.ExternalID = s.ExternalID // as it was sent, in whatever Unicode form the list was saved since
		if m.result == nil || m.result.RequestID != s.RequestID {
			m.result = newResult(m.request, m.digest, s.ref())
		}
	}
	return nil
}

// elapse adds the time since the state was saved to its durations. If this process saved it, its monotonic clock tells
// that time. Otherwise the store's clock does, which may have been put forward or back: it counts as no more than the
// caller was asked to wait, and as nothing if it went back. A time in which nobody called is no stall.
func (m *machine) elapse(ctx context.Context, sameRun bool) (err error) {
	s := &m.state
	now := time.Now()
	if clock, ok := m.store.Store.(Clock); ok {
		if now, err = callStore(ctx, m.store, "reading the store's time", clock.Now); err != nil {
			return m.passes(err)
		}
	}
	m.measured = time.Now()
	if s.Revision != 0 {
		elapsed := min(now.Sub(s.At), s.Wait)
		if s.Process == m.process {
			elapsed = m.measured.Sub(processBegan) - s.ProcessTime
		}
		elapsed = max(0, elapsed)
		s.SinceSend += elapsed
		if s.SinceReview += elapsed; s.Process != m.process {
			s.SinceReview = reviewHolds // that much may have passed
		}
		if !sameRun {
			elapsed = min(elapsed, s.Wait)
		}
		if s.StalledOn != "" {
			s.StalledFor += elapsed
		}
	}
	s.At, s.Wait = now.Round(0).UTC(), 0
	return nil
}

// sentNow begins to measure anew: from now on, nothing is sent.
func (m *machine) sentNow() {
	now := time.Now()
	m.state.At = m.state.At.Add(now.Sub(m.measured))
	m.measured = now
	m.state.SinceSend = 0
}

// save makes the state durable. The caller's context does not keep it from that. After an error nothing is sent.
func (m *machine) save(ctx context.Context) error {
	next := m.state
	next.Version = stateVersion
	next.Revision++
	next.Process, next.ProcessTime = m.process, m.measured.Sub(processBegan)
	_, err := callStore(context.WithoutCancel(ctx), m.store, "saving the state", func(ctx context.Context) (any, error) {
		return nil, m.store.Save(ctx, next)
	})
	if err == nil {
		m.state = next
		return nil
	}
	never := m.state.Revision == 0 && !m.state.AuthSent // nor found that somebody else sent anything
	if never {
		m.state.Step = StepNew
	}
	return m.stopped(storeFailed(err, never, false))
}

func (m *machine) enter(step Step) {
	s := &m.state
	s.Step, s.Polls = step, 0
	if s.StalledOn != whySend || step != StepNew && step != StepStored { // where it is tried again
		s.StalledFor, s.StalledOn = 0, ""
	}
}

// now completes what was done by where the payout stands.
func (m *machine) now(did Progress) Progress {
	did.Ref, did.Step, did.Status, did.Result = m.state.ref(), m.state.Step, m.status, m.result
	did.Failure, did.At = m.failure, time.Now()
	return did
}

// later asks to be called again later, and counts.
func (m *machine) later(ctx context.Context, did string, d decision) (Progress, error) {
	s := &m.state
	if d.action == actClose && s.StalledOn == "" {
		s.Polls = 0 // what is late comes soon
	}
	wait := m.backoff(s.Polls)
	s.Polls++
	switch {
	case d.untilSettled:
		wait = min(wait, max(m.settle-s.SinceSend, time.Millisecond))
		if s.StalledOn != whySend {
			s.StalledOn = ""
		}
	case d.action == actWait:
		s.StalledFor, s.StalledOn = 0, ""
	default:
		if s.StalledOn == "" {
			s.StalledFor = 0
		}
		s.StalledOn = d.waiting
		if d.action == actClose { // what takes long takes longer
			wait = max(wait, s.StalledFor/2)
		}
		wait = min(wait, max(m.patience-s.StalledFor, time.Millisecond))
	}
	wait = max(wait, m.retryAfter(m.failure))
	s.Wait = wait
	return Progress{Did: did, Wait: wait, Waiting: d.waiting}, m.save(ctx)
}

// tooLong reports whether patience is over.
func (m *machine) tooLong() bool {
	return m.state.StalledOn != "" && m.state.StalledFor >= m.patience || m.patience == 0
}

func (m *machine) passes(err error) *Error {
	return m.stopped(decision{err: err, temporary: true, advice: callAgain})
}

// stop saves that the payout stopped, so that another call counts anew, and returns why.
func (m *machine) stop(ctx context.Context, d decision) error {
	s := &m.state
	switch s.Step {
	case StepNew:
		s.Inits = 0
	case StepStored:
		s.Auths, s.Cancels = 0, 0
	}
	if d.step != "" {
		m.enter(d.step)
		s.Reviewed = ""
	}
	s.Polls, s.StalledFor, s.StalledOn, s.Wait = 0, 0, "", 0
	stopped := m.stopped(d)
	if s.Revision == 0 && d.step == "" && !s.CancelWanted { // nothing to remember
		return stopped
	}
	if failed, ok := errors.AsType[*Error](m.save(ctx)); ok {
		stopped = stopped.and(failed)
		if stopped.Temporary = failed.Temporary; !failed.Temporary {
			stopped.Advice = failed.Advice
		}
	}
	return stopped
}

func (m *machine) stopped(d decision) *Error {
	return &Error{
		Ref: m.state.ref(), Step: m.state.Step, MoneyMayHaveMoved: d.moneyMayHaveMoved || m.state.AuthSent,
		Temporary: d.temporary, Advice: d.advice, Err: d.err,
	}
}
