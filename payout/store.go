package payout

import "context"

// Store keeps the State of one payout between two runs of [Pay]. [File] is one.
type Store interface {
	// Load returns what Save saved last, or the zero State if nothing was ever saved. What is there and cannot be read is
	// an error: taken for nothing, it would start the payout anew.
	Load(ctx context.Context) (State, error)

	// Save must have made the state durable when it returns nil, and must never leave half of one: the next step of Pay
	// sends what the state says is about to be sent.
	Save(ctx context.Context, state State) error
}

// Locker is a Store that keeps two runs of the same payout apart. Pay locks it first and unlocks it in the end. Without
// it, whoever calls Pay has to see to that.
type Locker interface {
	// Lock returns an error that is ErrLocked if another run has the lock. It must not outlive the process.
	Lock(ctx context.Context) (unlock func() error, err error)
}
