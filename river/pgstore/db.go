package pgstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/internal/statement"
)

// DB is the payouts of a PostgreSQL database. It is safe for concurrent use. [Migrate] creates its tables.
type DB struct {
	pool   *pgxpool.Pool
	mode   pgx.QueryExecMode
	long   pgx.QueryExecMode // of statements with a request
	sealer Sealer
	lease  time.Duration
	holder string // names this DB in leases

	mu   sync.Mutex
	held map[string]bool // the payouts that a run of this DB has locked, or is about to

	prepares atomic.Bool // statements outside of a caller's transaction
}

// DefaultLease is how long a payout's lock outlives a process that does not renew it, see [WithLease].
const DefaultLease = 30 * time.Second

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

// WithLease sets how long a payout's lock outlives a process that was killed, is frozen, or cannot reach the database;
// then another run may go on. One that lives renews it in time, whatever it waits for.
func WithLease(d time.Duration) Option {
	return func(db *DB) error {
		if d < time.Second {
			return fmt.Errorf("WithLease: must be at least a second, got %v", d)
		}
		db.lease = d
		return nil
	}
}

// New returns the payouts of the database behind pool. Any pgx pool will do, in any of pgx's modes, with any number of
// connections, directly or through PgBouncer in session or transaction mode: no connection is held while iyzico is asked.
func New(pool *pgxpool.Pool, opts ...Option) (*DB, error) {
	if pool == nil {
		return nil, errors.New("pgstore: the pool is nil")
	}
	db := &DB{pool: pool, mode: statement.Mode(pool), long: statement.LongMode(pool), lease: DefaultLease, holder: uuid.NewString(), held: map[string]bool{}}
	db.prepares.Store(pool.Config().ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement)
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

// hold reports whether no other run of this DB has the payout, which is held from then on.
func (db *DB) hold(externalID string) bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.held[externalID] {
		return false
	}
	db.held[externalID] = true
	return true
}

func (db *DB) letGo(externalID string) {
	db.mu.Lock()
	defer db.mu.Unlock()
	delete(db.held, externalID)
}

// scan runs a statement that returns a row.
func (db *DB) scan(ctx context.Context, sql string, args []any, into ...any) (err error) {
	return db.scanIn(ctx, db.mode, sql, args, into...)
}

// scanLong is scan for a statement that returns a request.
func (db *DB) scanLong(ctx context.Context, sql string, args []any, into ...any) (err error) {
	return db.scanIn(ctx, db.long, sql, args, into...)
}

// scanIn prepares the statement, where the pool's own statements are. If it is refused for that, it was not executed, and
// is sent once more as it is: after a change of the table, or behind a pooler in transaction mode, which loses what is
// prepared; then nothing is prepared any more.
func (db *DB) scanIn(ctx context.Context, mode pgx.QueryExecMode, sql string, args []any, into ...any) error {
	if db.prepares.Load() {
		err := db.try(ctx, pgx.QueryExecModeCacheStatement, sql, args, into...)
		if preparedLost(err) {
			db.prepares.Store(false)
		} else if !outdated(err) {
			return err
		}
	}
	return db.try(ctx, mode, sql, args, into...)
}

// try replaces a connection that turns out to be closed before the statement was sent, as often as the pool may have such
// ones.
func (db *DB) try(ctx context.Context, mode pgx.QueryExecMode, sql string, args []any, into ...any) (err error) {
	for range db.pool.Config().MaxConns + 1 {
		err = db.pool.QueryRow(ctx, sql, append([]any{mode}, args...)...).Scan(into...)
		if err == nil || ctx.Err() != nil || !pgconn.SafeToRetry(err) {
			break
		}
	}
	return err
}

// Store returns the store of the payout with this externalId.
func (db *DB) Store(externalID string) *Store { return &Store{db: db, externalID: externalID} }

// Insert stores a request for a payout to come, in the caller's transaction. Inserting the same request again does
// nothing. The error matches payout.ErrOtherPayout if there is a payout with other content under this externalId, or one
// whose externalId differs only in case, white space or Unicode form. An invalid request is refused with gen's error,
// before the transaction is touched.
func (db *DB) Insert(ctx context.Context, tx Tx, request gen.MassPayoutInitializeRequest) error {
	if err := request.Validate(); err != nil {
		return err
	}
	return db.InsertPart(ctx, tx, request, payout.Digest(request), Part{})
}

// Part says which payout of which list one is. The zero value is a payout outside of any list.
type Part struct {
	List    string
	Number  int            // from 1
	Tallies payout.Tallies // of the request: nothing is known of its items yet
	Encoded []byte         // the request's JSON, if it is at hand
}

// InsertPart is Insert for a payout of a list that is in the table of lists. The request must be valid, and the digest its
// [payout.Digest]: to find either out takes its time for a long list. A payout that Insert has inserted becomes the list's,
// unless it has begun.
func (db *DB) InsertPart(ctx context.Context, tx Tx, request gen.MassPayoutInitializeRequest, digest string, part Part) error {
	id := request.ExternalID
	if err := CheckName("externalId", id); err != nil {
		return err
	}
	data, err := part.Encoded, error(nil)
	if data == nil {
		data, err = request.MarshalJSON()
	}
	if err == nil && db.sealer != nil {
		data, err = db.sealer.Seal(ctx, id, data)
	}
	if err == nil {
		err = db.insert(ctx, tx, id, digest, data, part)
	}
	if err != nil {
		return fmt.Errorf("pgstore: inserting %q: %w", id, err)
	}
	return nil
}

func (db *DB) insert(ctx context.Context, tx Tx, id, digest string, request []byte, part Part) error {
	tallies, err := marshal(append(payout.Tallies{}, part.Tallies...)) // [] for none
	if err != nil {
		return err
	}
	number := max(1, part.Number)
	tag, err := tx.Exec(ctx, `
		INSERT INTO masspayout_payouts (external_id, same_name, digest, request, list_id, part, tallies)
		VALUES ($1, $2, $3, $4, nullif($5::text, ''), $6, $7::text::json) ON CONFLICT DO NOTHING`,
		db.long, id, SameName(id), digest, request, part.List, number, tallies)
	if err != nil || tag.RowsAffected() > 0 {
		return err
	}
	var there, other string
	err = tx.QueryRow(ctx, "SELECT external_id, coalesce(digest, '') FROM masspayout_payouts WHERE external_id = $1 OR same_name = $2",
		db.mode, id, SameName(id)).Scan(&there, &other)
	switch {
	case err != nil:
		return err
	case there != id:
		return fmt.Errorf("%w: %q is there, which differs only in case, white space or Unicode form", payout.ErrOtherPayout, there)
	case other != digest:
		return fmt.Errorf("%w: it is there with other content", payout.ErrOtherPayout)
	case part.List == "":
		return nil
	}
	tag, err = tx.Exec(ctx, `
		UPDATE masspayout_payouts SET list_id = $2, part = $3, tallies = $4::text::json
		WHERE external_id = $1 AND list_id IS NULL AND revision = 0`, db.mode, id, part.List, number, tallies)
	if err == nil && tag.RowsAffected() == 0 {
		err = fmt.Errorf("%w: it is there already, outside of this list", payout.ErrOtherPayout)
	}
	return err
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
	if err := CheckName("externalId", externalID); err != nil {
		return request, err
	}
	err = db.scanLong(ctx, "SELECT request, coalesce(digest, '') FROM masspayout_payouts WHERE external_id = $1", []any{externalID}, &data, &digest)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return request, fmt.Errorf("pgstore: reading the request of %q: %w", externalID, err)
	}
	request, err = db.open(ctx, externalID, data)
	if err == nil && payout.Digest(request) != digest {
		err = fmt.Errorf("pgstore: %w: the request that is stored of %q has been changed", payout.ErrOtherPayout, externalID)
	}
	return request, err
}

// open decrypts and decodes a stored request.
func (db *DB) open(ctx context.Context, externalID string, data []byte) (request gen.MassPayoutInitializeRequest, err error) {
	if data == nil {
		return request, fmt.Errorf("pgstore: %w: %q", ErrNoRequest, externalID)
	}
	if db.sealer != nil {
		data, err = db.sealer.Open(ctx, externalID, data)
	}
	if err == nil {
		err = request.UnmarshalJSON(data)
	}
	if err != nil {
		return request, fmt.Errorf("pgstore: reading the request of %q: %w", externalID, err)
	}
	return request, nil
}

// DeleteRequests deletes the personal data of payouts that ended longer than after ago: the requests, and iyzico's reasons
// in the results. It returns how many payouts that were. What stays names items by your own IDs alone. Call it daily.
// A payout that never ends keeps its request. A list that nobody approves keeps its requests until it is withdrawn.
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
			LIMIT 1 FOR UPDATE SKIP LOCKED`, db.mode, after).Scan(&id, &data)
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
		if data, err = encode(state); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			UPDATE masspayout_payouts SET request = NULL, state = $2, request_deleted_at = clock_timestamp()
			WHERE external_id = $1`, db.mode, id, string(data))
		return err
	})
	return found, err
}

// Result returns what became of a payout, nil before its end.
func (db *DB) Result(ctx context.Context, externalID string) (*payout.Result, error) {
	state, err := db.Store(externalID).Load(ctx)
	return state.Result, err
}
