package pgstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// DB is the payouts of a PostgreSQL database. It is safe for concurrent use. [Migrate] creates its tables.
type DB struct {
	pool   *pgxpool.Pool
	sealer Sealer
	idle   time.Duration
	locks  chan struct{} // one for each connection that may hold a lock
}

// DefaultIdleTimeout is how long a session that holds a payout's lock may be silent, see [WithIdleTimeout].
const DefaultIdleTimeout = 30 * time.Second

// Sealer encrypts requests, which are personal data, on their way into the database, and decrypts them on their way back.
// Bind the ciphertext to the externalId, as additional data, so that nobody can exchange two rows.
type Sealer interface {
	Seal(ctx context.Context, externalID string, request []byte) ([]byte, error)
	Open(ctx context.Context, externalID string, sealed []byte) ([]byte, error)
}

// Option configures a [DB]. A nil option or a bad value is an error of [New].
type Option func(*DB) error

// WithSealer encrypts requests with s. Without it they are stored as JSON.
func WithSealer(s Sealer) Option {
	return func(db *DB) error {
		if s == nil {
			return errors.New("WithSealer: the Sealer is nil")
		}
		db.sealer = s
		return nil
	}
}

// WithIdleTimeout sets how long a session that holds a payout's lock may be silent before the database ends it, and another
// worker may go on. A worker that lives speaks three times as often, whatever it waits for; one that is frozen, or whose
// machine is gone without a word, does not.
func WithIdleTimeout(d time.Duration) Option {
	return func(db *DB) error {
		if d < time.Second {
			return fmt.Errorf("WithIdleTimeout: must be at least a second, got %v", d)
		}
		db.idle = d
		return nil
	}
}

// New returns the payouts of the database behind pool, which must have at least 3 connections. Each payout that is being
// worked on holds one for as long as that run takes. Two are kept free of locks, for approvals, the limiter and River,
// without which no run comes to its end: give the pool as many more as there are workers in this process, or some wait. Make
// one DB for a pool.
func New(pool *pgxpool.Pool, opts ...Option) (*DB, error) {
	if pool == nil {
		return nil, errors.New("pgstore: the pool is nil")
	}
	size := int(pool.Config().MaxConns)
	if size <= unlocked {
		return nil, fmt.Errorf("pgstore: the pool: expected at least %d connections, got %d (pool_max_conns)", unlocked+1, size)
	}
	db := &DB{pool: pool, idle: DefaultIdleTimeout, locks: make(chan struct{}, size-unlocked)}
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("pgstore: an option is nil")
		}
		if err := opt(db); err != nil {
			return nil, fmt.Errorf("pgstore: %w", err)
		}
	}
	return db, nil
}

// unlocked is how many connections of the pool never hold a lock: River listens on one, and a run that has a lock needs
// another for a moment. If all held locks, each would wait for the others.
const unlocked = 2

// Store returns the store of the payout with this externalId.
func (db *DB) Store(externalID string) *Store { return &Store{db: db, externalID: externalID} }

// Insert stores a request for a payout to come, in the caller's transaction. Inserting the same request again does
// nothing; inserting another one under an externalId that is already there is an error that matches
// payout.ErrOtherPayout. The request must be valid.
func (db *DB) Insert(ctx context.Context, tx Tx, request gen.MassPayoutInitializeRequest) error {
	if err := request.Validate(); err != nil {
		return err
	}
	data, err := json.Marshal(request)
	if err == nil && db.sealer != nil {
		data, err = db.sealer.Seal(ctx, request.ExternalID, data)
	}
	if err != nil {
		return fmt.Errorf("pgstore: inserting %q: %w", request.ExternalID, err)
	}
	digest := payout.Digest(request)
	var there string
	err = tx.QueryRow(ctx, `
		INSERT INTO masspayout_payouts AS p (external_id, digest, request) VALUES ($1, $2, $3)
		ON CONFLICT (external_id) DO UPDATE SET digest = p.digest
		RETURNING digest`, request.ExternalID, digest, data).Scan(&there)
	switch {
	case err != nil:
		return fmt.Errorf("pgstore: inserting %q: %w", request.ExternalID, err)
	case there != digest:
		return fmt.Errorf("pgstore: %w: %q is there with other content", payout.ErrOtherPayout, request.ExternalID)
	}
	return nil
}

// Pool returns the pool.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Tx is a transaction, or anything else that runs statements.
type Tx interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ErrNoRequest is returned for a payout whose request is not there: it was never inserted, or has been deleted after the
// payout's end.
var ErrNoRequest = errors.New("no request is stored")

// Request returns the stored request of a payout, which is personal data. The error matches ErrNoRequest if there is none,
// and payout.ErrOtherPayout if it is not the one that was inserted.
func (db *DB) Request(ctx context.Context, externalID string) (request gen.MassPayoutInitializeRequest, err error) {
	var data []byte
	var digest string
	err = db.pool.QueryRow(ctx, "SELECT request, digest FROM masspayout_payouts WHERE external_id = $1", externalID).Scan(&data, &digest)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && data == nil {
		return request, fmt.Errorf("pgstore: %w: %q", ErrNoRequest, externalID)
	}
	if err == nil && db.sealer != nil {
		data, err = db.sealer.Open(ctx, externalID, data)
	}
	if err == nil {
		err = json.Unmarshal(data, &request)
	}
	if err != nil {
		return request, fmt.Errorf("pgstore: reading the request of %q: %w", externalID, err)
	}
	if payout.Digest(request) != digest {
		return request, fmt.Errorf("pgstore: %w: the request that is stored of %q has been changed", payout.ErrOtherPayout, externalID)
	}
	return request, nil
}

// DeleteRequests deletes the personal data of payouts that ended longer than after ago: the requests, and iyzico's reasons
// in the results. It returns how many payouts that were. What stays names items by your own IDs alone. Call it daily.
// A payout that never ends keeps its request, and so does a list that nobody approves.
func (db *DB) DeleteRequests(ctx context.Context, after time.Duration) (deleted int, err error) {
	for {
		more, err := db.deleteRequest(ctx, after)
		if err != nil {
			return deleted, fmt.Errorf("pgstore: deleting requests: %w", err)
		}
		if !more {
			return deleted, nil
		}
		deleted++
	}
}

// deleteRequest deletes one, so that no transaction is long. It leaves revision: the payout has ended, nothing is saved.
func (db *DB) deleteRequest(ctx context.Context, after time.Duration) (found bool, err error) {
	err = pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		var id string
		var data []byte
		err := tx.QueryRow(ctx, `
			SELECT external_id, state FROM masspayout_payouts
			WHERE request IS NOT NULL AND ended_at < clock_timestamp() - $1::interval
			LIMIT 1 FOR UPDATE SKIP LOCKED`, after).Scan(&id, &data)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found = true
		var state payout.State
		if err := json.Unmarshal(data, &state); err != nil {
			return fmt.Errorf("%q: %w: %w", id, payout.ErrState, err)
		}
		if state.Result != nil {
			for i := range state.Result.Items {
				state.Result.Items[i].Reasons = nil
			}
		}
		if data, err = json.Marshal(state); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			UPDATE masspayout_payouts SET request = NULL, state = $2, request_deleted_at = clock_timestamp()
			WHERE external_id = $1`, id, data)
		return err
	})
	return found, err
}

// Result returns what became of a payout, nil before its end.
func (db *DB) Result(ctx context.Context, externalID string) (*payout.Result, error) {
	state, err := db.Store(externalID).Load(ctx)
	return state.Result, err
}
