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
}

// DefaultIdleTimeout is how long a run may hold a payout's lock without a word to the database, see [WithIdleTimeout].
const DefaultIdleTimeout = 15 * time.Minute

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

// WithIdleTimeout sets how long a run may hold a payout's lock without a word to the database. After that, the database
// ends its session, and another worker may go on. Set it longer than the client's timeout and payout.WithLongestRetryAfter
// together, which is how long a run may wait for iyzico.
func WithIdleTimeout(d time.Duration) Option {
	return func(db *DB) error {
		if d < time.Second {
			return fmt.Errorf("WithIdleTimeout: must be at least a second, got %v", d)
		}
		db.idle = d
		return nil
	}
}

// New returns the payouts of the database behind pool. Each payout that is being worked on holds one connection for as
// long as that run takes: give the pool more connections than there are workers in this process.
func New(pool *pgxpool.Pool, opts ...Option) (*DB, error) {
	if pool == nil {
		return nil, errors.New("pgstore: the pool is nil")
	}
	db := &DB{pool: pool, idle: DefaultIdleTimeout}
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

// Tx is a transaction, or anything else that runs statements.
type Tx interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ErrNoRequest is returned for a payout whose request is not there: it was never inserted, or has been deleted after the
// payout's end.
var ErrNoRequest = errors.New("no request is stored")

// Request returns the stored request of a payout. It is personal data.
func (db *DB) Request(ctx context.Context, externalID string) (request gen.MassPayoutInitializeRequest, err error) {
	var data []byte
	err = db.pool.QueryRow(ctx, "SELECT request FROM masspayout_payouts WHERE external_id = $1", externalID).Scan(&data)
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
	return request, nil
}

// DeleteRequests deletes the requests, the personal data, of payouts that ended longer than after ago, and returns how
// many. The states and results stay: they name items by your own IDs alone.
func (db *DB) DeleteRequests(ctx context.Context, after time.Duration) (int64, error) {
	tag, err := db.pool.Exec(ctx, `
		UPDATE masspayout_payouts SET request = NULL, request_deleted_at = clock_timestamp()
		WHERE request IS NOT NULL AND ended_at < clock_timestamp() - $1::interval`, after)
	if err != nil {
		return 0, fmt.Errorf("pgstore: deleting requests: %w", err)
	}
	return tag.RowsAffected(), nil
}
