package payout

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// guard calls a Store, a Locker and a Clock, none of which can hang it forever.
type guard struct {
	Store
	timeout time.Duration
	hanging chan struct{} // closed when the call that hung has returned; nil if none hung
}

// call calls f with a deadline. If f does not return by then, it is left to itself, and late is given what it returns
// in the end.
func call[T any](
	ctx context.Context, g *guard, what string, f func(context.Context) (T, error), late func(T),
) (T, error) {
	var none T
	if g.hanging != nil {
		return none, fmt.Errorf("%s: an earlier call of the store has not returned", what)
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	type response struct {
		value T
		err   error
	}
	done, returned := make(chan response, 1), make(chan struct{})
	go func() {
		defer close(returned)
		value, err := f(ctx)
		done <- response{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
	}
	const grace = time.Second // a store that heeds its context is about to return
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case r := <-done:
		return r.value, r.err
	case <-timer.C:
	}
	g.hanging = returned
	go func() {
		if r := <-done; r.err == nil && late != nil {
			late(r.value)
		}
	}()
	return none, fmt.Errorf("%s: the store does not return: %w", what, ctx.Err())
}

// do is call of what returns nothing but an error.
func (g *guard) do(ctx context.Context, what string, f func(context.Context) error) error {
	_, err := call(ctx, g, what, func(ctx context.Context) (struct{}, error) { return struct{}{}, f(ctx) }, nil)
	return err
}

// now returns the store's time, or this machine's.
func (g *guard) now(ctx context.Context) (time.Time, error) {
	if clock, ok := g.Store.(Clock); ok {
		return call(ctx, g, "reading the store's time", clock.Now, nil)
	}
	return time.Now(), nil
}

// lock locks the store, if it can be. A lock that comes too late is given back.
func (m *machine) lock(ctx context.Context) (unlock func() error, err error) {
	locker, ok := m.store.Store.(Locker)
	if !ok {
		return func() error { return nil }, nil
	}
	unlock, err = call(ctx, m.store, "locking the state", locker.Lock, func(unlock func() error) { _ = unlock() })
	if err != nil {
		d := decision{err: err, moved: true, soon: true, advice: callAgain}
		if errors.Is(err, fs.ErrNotExist) { // of a FileStore: no later call finds it by itself
			d.soon, d.advice = false, "create the folder of the state's file, or correct its path"
		}
		return nil, m.stopped(d)
	}
	return unlock, nil
}

// unlock unlocks the store and joins what comes of it to err. While a call of the store hangs, the lock stays: what
// hangs may still save.
func (m *machine) unlock(unlock func() error, err error) error {
	if hanging := m.store.hanging; hanging != nil {
		go func() {
			<-hanging
			_ = unlock()
		}()
		return err
	}
	failed := m.store.do(context.Background(), "unlocking the state", func(context.Context) error { return unlock() })
	if failed == nil {
		return err
	}
	lost := errors.Is(failed, ErrLocked) || errors.Is(failed, ErrConflict) // another run may have sent anything
	stopped := m.stopped(decision{
		err: fmt.Errorf("unlocking the state: %w", failed), moved: lost, soon: true, advice: callAgain,
	})
	var before *Error
	if errors.As(err, &before) {
		both := *before
		both.Err = errors.Join(before.Err, stopped.Err)
		both.MoneyMayHaveMoved = before.MoneyMayHaveMoved || stopped.MoneyMayHaveMoved
		return &both
	}
	return stopped
}

// load loads the state and brings its durations up to now.
func (m *machine) load(ctx context.Context) error {
	loaded, err := call(ctx, m.store, "loading the state", m.store.Load, nil)
	if err != nil {
		return m.stopped(decision{err: err, moved: true, soon: !errors.Is(err, ErrState), advice: keepState})
	}
	if loaded.never() {
		loaded = newState(m.request.ExternalID, m.digest)
	} else if err := loaded.check(m.request.ExternalID, m.digest); err != nil {
		return m.stopped(decision{err: err, moved: true, advice: keepState})
	}
	if m.account != "" {
		if loaded.Account != "" && loaded.Account != m.account {
			err := fmt.Errorf("%w: the state is of account %q, this call of %q", ErrOtherPayout, loaded.Account, m.account)
			return m.stopped(decision{err: err, moved: true, advice: "use another state for another server or account"})
		}
		loaded.Account = m.account
	}
	m.state = loaded
	if m.cancel {
		m.state.CancelWanted = true
	}
	if m.result == nil || m.result.RequestID != m.state.RequestID {
		m.result = newResult(m.request, m.state.ref())
	}
	return m.elapse(ctx)
}

// elapse counts the time since the state was saved. Within a run the process's monotonic clock tells it. Between runs
// it is the wall clock, which may have been put forward or back: it counts as no more than the caller was asked to
// wait, as no more than has passed if this process saved the state, and as nothing if it went back. So it never
// shortens what is left to wait, and never makes it longer than it was.
func (m *machine) elapse(ctx context.Context) error {
	s := &m.state
	now, err := m.store.now(ctx)
	if err != nil {
		return m.stopped(decision{err: err, soon: true, advice: callAgain})
	}
	if s.Revision != 0 {
		elapsed := max(0, min(now.Sub(s.At), s.Wait))
		if m.revision == s.Revision {
			elapsed = time.Since(m.touched)
		} else if noted, ok := s.noted(); ok {
			elapsed = min(elapsed, noted)
		}
		s.Quiet += elapsed
		if s.StuckOn != "" {
			s.Stuck += elapsed
		}
	}
	s.At, s.Wait = now.Round(0).UTC(), 0
	m.touched = time.Now()
	return nil
}

// touch begins to count anew: from now on, nothing is sent.
func (m *machine) touch() {
	now := time.Now()
	m.state.At = m.state.At.Add(now.Sub(m.touched))
	m.touched = now
	m.state.Quiet = 0
}

// save makes the state durable. The caller's context does not keep it from that.
func (m *machine) save(ctx context.Context) error {
	next := m.state
	next.Revision++
	next.Version = stateVersion
	err := m.store.do(context.WithoutCancel(ctx), "saving the state", func(ctx context.Context) error {
		return m.store.Save(ctx, next)
	})
	if err != nil {
		return err
	}
	m.state = next
	m.revision = next.Revision
	m.state.note(m.touched)
	return nil
}

// stopSave is the error of a state that could not be saved. Nothing was sent after it, but if another run is under
// way, that may have sent anything.
func (m *machine) stopSave(err error) (Progress, error) {
	other := errors.Is(err, ErrConflict) || errors.Is(err, ErrLocked)
	return m.now("could not save"), m.stopped(decision{
		err: fmt.Errorf("saving the state: %w", err), moved: other, soon: true, advice: callAgain,
	})
}

// stopContext is the error of a context that has ended.
func (m *machine) stopContext(err error) (Progress, error) {
	return m.now("stopped"), m.stopped(decision{err: err, soon: true, advice: callAgain})
}

// stop saves that the payout stopped, so that another call counts anew, and returns why.
func (m *machine) stop(ctx context.Context, d decision) (Progress, error) {
	s := &m.state
	switch s.Step {
	case StepNew:
		s.Inits = 0
	case StepStored:
		s.Auths, s.Cancels = 0, 0
	}
	if d.step != "" {
		m.enter(d.step)
		s.Reviewed = nil
	}
	s.Looks, s.Stuck, s.StuckOn, s.Wait = 0, 0, "", 0
	stopped := m.stopped(d)
	if s.Revision == 0 && d.step == "" && !s.CancelWanted { // nothing to remember
		return m.now("stopped"), stopped
	}
	if err := m.save(ctx); err != nil {
		stopped.Err = errors.Join(stopped.Err, fmt.Errorf("saving the state: %w", err))
		stopped.Temporary = true
		stopped.MoneyMayHaveMoved = stopped.MoneyMayHaveMoved || errors.Is(err, ErrConflict) || errors.Is(err, ErrLocked)
	}
	return m.now("stopped"), stopped
}

// stopped returns the error of a decision.
func (m *machine) stopped(d decision) *Error {
	return &Error{
		Ref: m.state.ref(), Step: m.state.Step, MoneyMayHaveMoved: d.moved || m.state.AuthSent,
		Temporary: d.soon, Advice: d.advice, Err: d.err,
	}
}
