package pgstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/iyzico-go/masspayout/payout"
)

// Store keeps one payout's State in PostgreSQL. It is a [payout.Store], a [payout.Locker] and a [payout.Clock]; get it
// from [DB.Store]. It serves one run at a time. Lock it before Save, as package payout does.
//
// Lock takes a session advisory lock on a connection of its own, and everything until unlock uses that connection: if
// the session ends, so does the lock, and no Save can succeed any more. Save also asks whether its session has the lock,
// and compares the State's revision, which fences out a run that came back late.
//
// While it is locked, the connection says a word to the database every now and then. A process that is frozen, or whose
// machine is cut off, does not, and the database ends its session after [WithIdleTimeout]: another run may go on. When
// the process wakes up, it cannot save any more, and so it sends nothing.
//
// A session advisory lock needs a session, so the pool must not lead through PgBouncer in transaction mode. There, Save
// fails, saying so, and nothing is sent.
type Store struct {
	db         *DB
	externalID string

	mu       sync.Mutex    // the connection takes one statement at a time
	conn     *pgxpool.Conn // while locked
	alive    chan struct{} // closed at unlock
	revision int64
}

var (
	_ payout.Store  = (*Store)(nil)
	_ payout.Locker = (*Store)(nil)
	_ payout.Clock  = (*Store)(nil)
)

// Revision returns the revision that Load or Save has seen last; 0 before.
func (s *Store) Revision() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision
}

// queryRow runs a statement on the connection that holds the lock, or on any, if nothing is locked.
func (s *Store) queryRow(ctx context.Context, sql string, args []any, into ...any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		return s.conn.QueryRow(ctx, sql, args...).Scan(into...)
	}
	return s.db.pool.QueryRow(ctx, sql, args...).Scan(into...)
}

// lockKey is the advisory lock's number for the payout. Two payouts with the same one would only wait for each other.
func (s *Store) lockKey() int64 {
	hash := sha256.Sum256([]byte("masspayout\x00" + s.externalID))
	return int64(binary.BigEndian.Uint64(hash[:8]))
}

// Lock implements [payout.Locker]. The error matches payout.ErrLocked if another session has the lock.
func (s *Store) Lock(ctx context.Context) (unlock func() error, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		return nil, fmt.Errorf("pgstore: %q: %w: by this Store", s.externalID, payout.ErrLocked)
	}
	select {
	case s.db.locks <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("pgstore: locking %q: all connections that may hold locks do: %w", s.externalID, ctx.Err())
	}
	defer func() {
		if err != nil {
			<-s.db.locks
		}
	}()
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
	if _, err := conn.Exec(ctx, "SELECT set_config('idle_session_timeout', $1, false)", milliseconds(s.db.idle)); err != nil {
		_ = conn.Hijack().Close(context.WithoutCancel(ctx)) // ends the lock
		return nil, fmt.Errorf("pgstore: locking %q: %w", s.externalID, err)
	}
	s.conn, s.alive = conn, make(chan struct{})
	go s.keepAlive(s.alive) // #nosec G118 -- it lives as long as the lock, not as the call
	return s.unlock, nil
}

// keepAlive says a word to the database, so that it does not take this session for a frozen one, until unlock.
func (s *Store) keepAlive(unlocked <-chan struct{}) {
	ticker := time.NewTicker(s.db.idle / 3)
	defer ticker.Stop()
	for {
		select {
		case <-unlocked:
			return
		case <-ticker.C:
		}
		s.mu.Lock()
		if s.conn != nil {
			ctx, cancel := context.WithTimeout(context.Background(), s.db.idle/3)
			_ = s.conn.Ping(ctx) // if it fails, so does the next Save
			cancel()
		}
		s.mu.Unlock()
	}
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
	s.mu.Lock()
	defer s.mu.Unlock()
	conn := s.conn
	s.conn = nil
	close(s.alive)
	defer func() { <-s.db.locks }()
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
	var revision int64
	err := s.queryRow(ctx, "SELECT revision, state FROM masspayout_payouts WHERE external_id = $1", []any{s.externalID}, &revision, &data)
	s.saw(err, revision)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && data == nil && revision == 0 {
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

// saw keeps the revision that a statement without an error has shown.
func (s *Store) saw(err error, revision int64) {
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revision = revision
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
	err = s.queryRow(ctx, save, []any{s.externalID, state.Revision, state.Digest, data, string(state.Step),
		s.locked(), s.lockKey(), state.Step == payout.StepEnded}, &locked, &saved)
	switch {
	case err != nil:
		return fmt.Errorf("pgstore: saving %q: %w", s.externalID, err)
	case !locked:
		return fmt.Errorf("pgstore: saving %q: %w: the session that saves has lost the lock; a pool through PgBouncer in "+
			"transaction mode does not work", s.externalID, payout.ErrLocked)
	case saved == 0:
		return fmt.Errorf("pgstore: saving %q: %w", s.externalID, payout.ErrConflict)
	}
	s.saw(nil, state.Revision)
	return nil
}

func (s *Store) locked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn != nil
}

// Now implements [payout.Clock]: it returns the database's time.
func (s *Store) Now(ctx context.Context) (now time.Time, err error) {
	if err := s.queryRow(ctx, "SELECT clock_timestamp()", nil, &now); err != nil {
		return now, fmt.Errorf("pgstore: reading the time: %w", err)
	}
	return now, nil
}
