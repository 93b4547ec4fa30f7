package payout

import (
	"context"
	"fmt"
	"time"
)

// Store keeps the [State] of one payout between two calls of [Advance] or two runs of [Pay]. [FileStore] is one.
// Package storetest checks any other against this contract.
//
// A State belongs to one server and one account. It records the server that the [Client] names, and with [WithAccount]
// the account; a call of another is refused. Keep the states of a client that names no server apart.
//
// Keep the request as well, to continue the payout: the State holds a digest of it, and no recipient.
//
// # If the state is lost, or an older one is restored
//
// A payout whose state is lost is found again by its externalId and not stored twice. Before you start again, wait as
// long as iyzico's reads may lag, so that it can be found. After restoring an older state, wait [WithSettle] before you
// start: a request that only the newer state knew of may still be on its way.
type Store interface {
	// Load returns the State that Save saved last, or the zero State if none was ever saved. A State that exists but
	// cannot be read is an error: treating it as missing would start the payout anew.
	Load(ctx context.Context) (State, error)

	// Save replaces the saved State if its Revision is state.Revision-1 (0 for the zero State), comparing and replacing
	// atomically. Otherwise somebody else has saved, or the lock was lost: it returns an error that matches ErrConflict
	// and changes nothing. When it returns nil, the State must be durable, so that a power cut does not undo it. It
	// must never leave half a State.
	//
	// The context has a deadline, see [WithSaveTimeout], and is not canceled with the caller's. A Save that has not
	// returned by then counts as failed, and nothing is sent; the lock is not released before it returns.
	Save(ctx context.Context, state State) error
}

// Locker is a [Store] that keeps two runs of the same payout apart. [Pay] holds the lock for its whole run, [Advance]
// for one call. Without it, only Save's comparison protects against two runs; that suffices only if [WithSettle]
// exceeds [WithSaveTimeout] plus the longest exchange with iyzico.
type Locker interface {
	// Lock is called before Load. If another run holds the lock, it returns an error that matches ErrLocked
	// immediately, without waiting. The lock must end with the process that holds it, however that ends; a lease ends
	// some time after it.
	//
	// If the lock is lost during a run (a database session ended, a lock file was deleted), every later Save must fail,
	// with an error that matches ErrLocked if possible. Load and Save may therefore use the connection that holds the
	// lock. Errors of unlock are returned to the caller of Pay or Advance.
	Lock(ctx context.Context) (unlock func() error, err error)
}

// Clock is a [Store] that supplies the time. Implement it if several machines share a store, so that their clocks need
// not agree; a database can tell the time. Within one run, durations are measured with the process's monotonic clock.
type Clock interface {
	Now(ctx context.Context) (time.Time, error)
}

// guard bounds every call of a store.
type guard struct {
	Store
	timeout time.Duration
	hanging chan struct{} // closed when the call that hung has returned; nil if none hung
}

// callStore calls f with a deadline. If f does not return by then, it is left to itself, and late is given what it returns
// in the end.
func callStore[T any](
	ctx context.Context, g *guard, what string, f func(context.Context) (T, error), late func(T),
) (value T, err error) {
	if g.hanging != nil {
		return value, fmt.Errorf("%s: an earlier call of the store has not returned", what)
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	var got T
	var failed error
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		got, failed = f(ctx)
	}()
	select {
	case <-returned:
		return got, failed
	case <-ctx.Done():
	}
	const grace = time.Second // a store that heeds its context is about to return
	select {
	case <-returned:
		return got, failed
	case <-time.After(grace):
	}
	g.hanging = returned
	if late != nil {
		go func() {
			if <-returned; failed == nil {
				late(got)
			}
		}()
	}
	return value, fmt.Errorf("%s: the store does not return: %w", what, ctx.Err())
}

// load is the store's Load.
func (g *guard) load(ctx context.Context) (State, error) {
	return callStore(ctx, g, "loading the state", g.Load, nil)
}

// do is callStore for a function that returns only an error.
func (g *guard) do(ctx context.Context, what string, f func(context.Context) error) error {
	_, err := callStore(ctx, g, what, func(ctx context.Context) (struct{}, error) { return struct{}{}, f(ctx) }, nil)
	return err
}

// now returns the store's time, or this machine's.
func (g *guard) now(ctx context.Context) (time.Time, error) {
	if clock, ok := g.Store.(Clock); ok {
		return callStore(ctx, g, "reading the store's time", clock.Now, nil)
	}
	return time.Now(), nil
}
