package payout

import (
	"context"
	"time"
)

// Store keeps the [State] of one payout between two calls of [Advance] or two runs of [Pay]. [FileStore] is one.
// Package storetest checks any other against this contract.
//
// What must be kept beside the State to resume is the request: the State holds a digest of it, and no recipient.
//
// # If the state is lost, or an older one is restored
//
// A payout whose state is lost is found again by its externalId and not stored twice; wait as long as iyzico's reads
// may lag before you start, so that it can be found. After an older state has been restored, wait [WithSettle] before
// you start: a request that the newer state knew of may still be on its way.
type Store interface {
	// Load returns the State that Save saved last, or the zero State if none was ever saved. What is there and cannot
	// be read is an error: taken for nothing, it would start the payout anew.
	Load(ctx context.Context) (State, error)

	// Save replaces the saved State if its Revision is state.Revision-1 (the zero State's is 0), compared and
	// replaced in one. Otherwise, somebody else has saved, or the lock was lost: it returns an error that matches
	// ErrConflict and changes nothing. When it returns nil, the State must be durable: a power cut must not take it
	// back. It must never leave half of one.
	//
	// The context has a deadline, see [WithSaveTimeout], and is not canceled with the caller's. A Save that does not
	// return by then is taken for failed, and nothing is sent; the lock is not released before it returns.
	Save(ctx context.Context, state State) error
}

// Locker is a [Store] that keeps two runs of the same payout apart. [Pay] locks it for its whole run, [Advance] for
// one call. Without it Save's comparison alone protects from two runs; that suffices only if [WithSettle] is longer
// by [WithSaveTimeout] and the longest exchange with iyzico.
type Locker interface {
	// Lock is called before Load. It returns an error that matches ErrLocked at once if another run has the lock: it
	// must not wait for it. The lock must end with the process that holds it, however that ends.
	//
	// If the lock is lost in mid-run (a database session that ended, a lock file that was deleted), every Save from
	// then on must fail, with an error that matches ErrLocked if it can be told. Load and Save may therefore use the
	// connection that holds the lock. Errors of unlock are returned to the caller of Pay or Advance.
	Lock(ctx context.Context) (unlock func() error, err error)
}

// Clock is a [Store] that supplies the time. Implement it where several machines share a store, so that their clocks
// need not agree; a database has the time. Within one run, durations are measured by the process's own monotonic
// clock.
type Clock interface {
	Now(ctx context.Context) (time.Time, error)
}
