package pgstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/iyzico-go/masspayout/payout"
)

// Store keeps one payout's State in PostgreSQL. It is a [payout.Store], a [payout.Locker] and a [payout.Clock]; get it
// from [DB.Store]. It serves one run at a time, and must be locked before Save.
//
// Lock takes a session advisory lock on a connection of its own, and everything until unlock uses that connection: if
// the session ends, so does the lock, and no Save can succeed any more. Save also asks whether its session has the lock,
// and compares the State's revision, which fences out a run that came back late.
//
// A process that is frozen keeps its session, and so the lock, until the database ends a session that has been idle for
// longer than [WithIdleTimeout]. When the process wakes up, it cannot save any more, and so it sends nothing.
//
// A session advisory lock needs a session, so the pool must not lead through PgBouncer in transaction mode. There, Save
// fails, saying so, and nothing is sent.
type Store struct {
	db         *DB
	externalID string
	conn       *pgxpool.Conn // while locked
}

var (
	_ payout.Store  = (*Store)(nil)
	_ payout.Locker = (*Store)(nil)
	_ payout.Clock  = (*Store)(nil)
)

// querier is the connection that holds the lock, or the pool.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func (s *Store) querier() querier {
	if s.conn != nil {
		return s.conn
	}
	return s.db.pool
}

// lockKey is the advisory lock's number for the payout. Two payouts with the same one would only wait for each other.
func (s *Store) lockKey() int64 {
	hash := sha256.Sum256([]byte("masspayout\x00" + s.externalID))
	return int64(binary.BigEndian.Uint64(hash[:8]))
}

// Lock implements [payout.Locker]. The error matches payout.ErrLocked if another session has the lock.
func (s *Store) Lock(ctx context.Context) (unlock func() error, err error) {
	if s.conn != nil {
		return nil, fmt.Errorf("pgstore: %w: by this Store", payout.ErrLocked)
	}
	conn, err := s.acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("pgstore: locking %q: %w", s.externalID, err)
	}
	var locked bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", s.lockKey()).Scan(&locked); err != nil {
		conn.Release()
		return nil, fmt.Errorf("pgstore: locking %q: %w", s.externalID, err)
	}
	if !locked {
		conn.Release()
		return nil, fmt.Errorf("pgstore: %q: %w", s.externalID, payout.ErrLocked)
	}
	s.conn = conn
	if _, err := conn.Exec(ctx, "SELECT set_config('idle_session_timeout', $1, false)", milliseconds(s.db.idle)); err != nil {
		return nil, errors.Join(fmt.Errorf("pgstore: locking %q: %w", s.externalID, err), s.unlock())
	}
	return s.unlock, nil
}

// acquire returns a connection that answers: one that the pool kept may have been ended by the database.
func (s *Store) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	for {
		conn, err := s.db.pool.Acquire(ctx)
		if err != nil {
			return nil, err
		}
		if err = conn.Ping(ctx); err == nil || !conn.Conn().IsClosed() {
			return conn, nil
		}
		conn.Release() // closed: the pool drops it
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// unlock gives the connection back without the lock. One that cannot be unlocked is closed, which ends the lock as well.
func (s *Store) unlock() error {
	conn := s.conn
	s.conn = nil
	ctx, cancel := context.WithTimeout(context.Background(), unlockTimeout)
	defer cancel()
	var held bool
	err := conn.QueryRow(ctx, "SELECT pg_advisory_unlock($1)", s.lockKey()).Scan(&held)
	if err == nil && held {
		_, err = conn.Exec(ctx, "RESET idle_session_timeout")
	}
	if err == nil && held {
		conn.Release()
		return nil
	}
	closed := conn.Hijack()
	_ = closed.Close(ctx)
	if err == nil {
		err = payout.ErrLocked // somebody released it on this session
	}
	return fmt.Errorf("pgstore: unlocking %q: %w", s.externalID, err)
}

const unlockTimeout = 5 * time.Second

// Load implements [payout.Store]. A payout that [DB.Insert] did not insert has the zero State.
func (s *Store) Load(ctx context.Context) (payout.State, error) {
	var state payout.State
	var data []byte
	err := s.querier().QueryRow(ctx, "SELECT state FROM masspayout_payouts WHERE external_id = $1", s.externalID).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && data == nil {
		return state, nil
	}
	if err != nil {
		return state, fmt.Errorf("pgstore: loading %q: %w", s.externalID, err)
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return payout.State{}, fmt.Errorf("pgstore: loading %q: %w: %w", s.externalID, payout.ErrState, err)
	}
	return state, nil
}

// save replaces the state if its revision is the next one and, where this session must have the lock, it has it. A
// server that acknowledges commits before they are on the disk is told not to, for this transaction.
const save = `
WITH durable AS (
	SELECT CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END
), mine AS (
	SELECT NOT $6 OR EXISTS (
		SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid() AND objsubid = 1
			AND (classid::bigint << 32 | objid::bigint) = $7::bigint
	) AS locked FROM durable
), saved AS (
	INSERT INTO masspayout_payouts AS p (external_id, digest, revision, state, step, saved_at, ended_at)
	SELECT $1, $3, $2::bigint, $4, $5, clock_timestamp(), CASE WHEN $8 THEN clock_timestamp() END FROM mine
	WHERE locked AND ($2::bigint = 1 OR EXISTS (SELECT FROM masspayout_payouts WHERE external_id = $1))
	ON CONFLICT (external_id) DO UPDATE
	SET revision = excluded.revision, state = excluded.state, step = excluded.step, saved_at = excluded.saved_at,
		ended_at = coalesce(p.ended_at, excluded.ended_at)
	WHERE p.revision = excluded.revision - 1
	RETURNING 1
)
SELECT (SELECT locked FROM mine), (SELECT count(*) FROM saved)`

// Save implements [payout.Store]. The error matches payout.ErrConflict if somebody else has saved, and payout.ErrLocked if
// the lock was lost.
func (s *Store) Save(ctx context.Context, state payout.State) error {
	data, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("pgstore: saving %q: %w", s.externalID, err)
	}
	var locked bool
	var saved int
	err = s.querier().QueryRow(ctx, save, s.externalID, state.Revision, state.Digest, data, string(state.Step),
		s.conn != nil, s.lockKey(), state.Step == payout.StepEnded).Scan(&locked, &saved)
	switch {
	case err != nil:
		return fmt.Errorf("pgstore: saving %q: %w", s.externalID, err)
	case !locked:
		return fmt.Errorf("pgstore: saving %q: %w: the session that saves has lost the lock; a pool through PgBouncer in "+
			"transaction mode does not work", s.externalID, payout.ErrLocked)
	case saved == 0:
		return fmt.Errorf("pgstore: saving %q: %w", s.externalID, payout.ErrConflict)
	}
	return nil
}

// Now implements [payout.Clock]: it returns the database's time.
func (s *Store) Now(ctx context.Context) (now time.Time, err error) {
	if err := s.querier().QueryRow(ctx, "SELECT clock_timestamp()").Scan(&now); err != nil {
		return now, fmt.Errorf("pgstore: reading the time: %w", err)
	}
	return now, nil
}
