package pgstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/iyzico-go/masspayout/payout"
)

// Store keeps one payout's State in PostgreSQL. It is a [payout.Store], a [payout.Locker] and a [payout.Clock]; get it
// from [DB.Store]. It serves one run at a time. Lock it before Save, as package payout does.
//
// The lock is a lease: a token and a time in the payout's row, which [WithLease] sets and which is renewed until unlock.
// It needs no database session of its own, so it also works through a pooler in transaction mode. A process that is
// killed, frozen or cut off renews nothing, and once the lease has expired, another run may take it.
//
// A run that lost its lease without noticing cannot save: Save is one statement that changes the row only if it has
// this run's token and the revision that the State follows. What is not saved is not sent.
type Store struct {
	db         *DB
	externalID string
	deferring  bool // a Claim's: saves that nothing is sent after wait for Release

	mu      sync.Mutex
	token   string        // while locked
	renewed time.Time     // when the lease was renewed last, by the process's clock
	done    chan struct{} // closed at unlock

	known    bool   // whether row is what the database has, as long as this run is locked
	row      row    // as it was last read or saved
	saved    []byte // the State that Load returns: row's, or a later one that waits for Release
	initSent bool   // row's State says that an init may be on its way
	pending  *payout.State

	now  time.Time // the database's time
	read time.Time // when it was read, by the process's clock
}

// row is what the payout's row has of its State.
type row struct {
	revision int64
	state    []byte
}

var (
	_ payout.Store  = (*Store)(nil)
	_ payout.Locker = (*Store)(nil)
	_ payout.Clock  = (*Store)(nil)
)

// Lock implements [payout.Locker]. The error matches payout.ErrLocked if another run has the lock.
func (s *Store) Lock(ctx context.Context) (unlock func() error, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := CheckName("externalId", s.externalID); err != nil {
		return nil, err
	}
	if !s.db.hold(s.externalID) {
		return nil, fmt.Errorf("pgstore: %q: %w: by this process", s.externalID, payout.ErrLocked)
	}
	var r row
	var now time.Time
	token := uuid.NewString()
	err = s.db.scan(ctx, `
		INSERT INTO masspayout_payouts AS p (external_id, same_name, lease_token, lease_holder, lease_until)
		VALUES ($1, $5, $2, $3, clock_timestamp() + $4::interval)
		ON CONFLICT (external_id) DO UPDATE
		SET lease_token = excluded.lease_token, lease_holder = excluded.lease_holder, lease_until = excluded.lease_until
		WHERE coalesce(p.lease_until <= clock_timestamp(), true) OR p.lease_holder = excluded.lease_holder
		RETURNING revision, state, clock_timestamp()`,
		[]any{s.externalID, token, s.db.holder, s.db.lease, SameName(s.externalID)}, &r.revision, &r.state, &now)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		s.db.letGo(s.externalID)
		return nil, fmt.Errorf("pgstore: %q: %w", s.externalID, payout.ErrLocked)
	case err != nil:
		s.db.letGo(s.externalID)
		return nil, fmt.Errorf("pgstore: locking %q: %w", s.externalID, err)
	}
	s.begin(token, r, now)
	return s.unlock, nil
}

// begin is what follows when the row has this run's token.
func (s *Store) begin(token string, r row, now time.Time) {
	s.token, s.renewed, s.done = token, time.Now(), make(chan struct{})
	s.known, s.row, s.saved, s.pending = true, r, r.state, nil
	s.initSent = s.deferring && initSent(r.state)
	s.clock(now)
	go s.keep(s.done) // #nosec G118 -- it lives as long as the lock, not as the call
}

// initSent reports whether a State says that an init may be on its way, or cannot be read.
func initSent(data []byte) bool {
	if data == nil {
		return false
	}
	var state payout.State
	return json.Unmarshal(data, &state) != nil || sendsInit(state)
}

func sendsInit(state payout.State) bool { return state.InFlight && state.Step == payout.StepStoring }

// keep renews the lease until unlock, if saves do not.
func (s *Store) keep(done <-chan struct{}) {
	ticker := time.NewTicker(s.db.lease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
		}
		s.mu.Lock()
		if s.token != "" && time.Since(s.renewed) >= s.db.lease/3 {
			ctx, cancel := context.WithTimeout(context.Background(), s.db.lease/3)
			var mine bool
			err := s.db.scan(ctx, `
				UPDATE masspayout_payouts SET lease_until = clock_timestamp() + $3::interval
				WHERE external_id = $1 AND lease_token = $2 RETURNING true`, []any{s.externalID, s.token, s.db.lease}, &mine)
			cancel()
			if err == nil { // else the next Save finds out
				s.renewed = time.Now()
			}
		}
		s.mu.Unlock()
	}
}

// unlock gives the lease back. If the database cannot be told, the lease expires, or this process takes it again.
func (s *Store) unlock() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), unlockTimeout)
	defer cancel()
	var mine bool
	err := s.db.scan(ctx, `
		WITH unused AS (
			DELETE FROM masspayout_payouts WHERE external_id = $1 AND lease_token = $2 AND revision = 0 AND digest IS NULL RETURNING 1
		), used AS (
			UPDATE masspayout_payouts SET lease_token = NULL, lease_holder = NULL, lease_until = NULL
			WHERE external_id = $1 AND lease_token = $2 AND NOT (revision = 0 AND digest IS NULL) RETURNING 1
		)
		SELECT EXISTS (SELECT FROM unused) OR EXISTS (SELECT FROM used)`, []any{s.externalID, s.token}, &mine)
	s.end()
	if err == nil && !mine {
		err = fmt.Errorf("%w: the lease was lost", payout.ErrLocked)
	}
	if err != nil {
		return fmt.Errorf("pgstore: unlocking %q: %w", s.externalID, err)
	}
	return nil
}

const unlockTimeout = 5 * time.Second

// end is what follows when the row may have another run's token.
func (s *Store) end() {
	close(s.done)
	s.token, s.known, s.pending = "", false, nil
	s.db.letGo(s.externalID)
}

// Load implements [payout.Store]. A payout that [DB.Insert] did not insert has the zero State. While this run has the
// lock, it returns what was read with it or saved since; if another run has taken the lock, the next Save says so.
func (s *Store) Load(ctx context.Context) (state payout.State, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known {
		if err := CheckName("externalId", s.externalID); err != nil {
			return state, err
		}
		var r row
		var now time.Time
		err := s.db.scan(ctx, "SELECT revision, state, clock_timestamp() FROM masspayout_payouts WHERE external_id = $1",
			[]any{s.externalID}, &r.revision, &r.state, &now)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return state, fmt.Errorf("pgstore: loading %q: %w", s.externalID, err)
		}
		s.row, s.saved, s.initSent, s.pending = r, r.state, s.deferring && initSent(r.state), nil
		s.known = s.token != ""
		if err == nil {
			s.clock(now)
		}
	}
	if s.saved == nil && s.row.revision == 0 {
		return state, nil
	}
	if err := json.Unmarshal(s.saved, &state); err != nil {
		return payout.State{}, fmt.Errorf("pgstore: loading %q: %w: %w", s.externalID, payout.ErrState, err)
	}
	return state, nil
}

// save replaces the state if its revision is the next one and the lease is this run's, or nobody's if this run has not
// locked. A server that acknowledges commits before they are on the disk is told not to, for this transaction.
const save = `
WITH durable AS (
	SELECT CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END
), saved AS (
	INSERT INTO masspayout_payouts AS p (external_id, same_name, digest, revision, state, step, saved_at, ended_at)
	SELECT $1, $10, $2, $3::bigint, $4::text, $5, clock_timestamp(), CASE WHEN $6::bool THEN clock_timestamp() END FROM durable
	WHERE $7::bigint = 0 AND $8 = '' OR EXISTS (SELECT FROM masspayout_payouts WHERE external_id = $1)
	ON CONFLICT (external_id) DO UPDATE
	SET digest = coalesce(p.digest, excluded.digest), revision = excluded.revision, state = excluded.state, step = excluded.step,
		saved_at = excluded.saved_at, ended_at = coalesce(p.ended_at, excluded.ended_at),
		lease_until = CASE WHEN $8 <> '' THEN clock_timestamp() + $9::interval ELSE p.lease_until END
	WHERE p.revision = $7::bigint AND
		CASE WHEN $8 <> '' THEN p.lease_token = $8 ELSE coalesce(p.lease_until <= clock_timestamp(), true) END
	RETURNING 1
)
SELECT EXISTS (SELECT FROM saved),
	(SELECT CASE WHEN $8 <> '' THEN lease_token IS DISTINCT FROM $8 ELSE lease_until > clock_timestamp() END
		FROM masspayout_payouts WHERE external_id = $1),
	clock_timestamp()`

// Save implements [payout.Store]. The error matches payout.ErrConflict if somebody else has saved, and payout.ErrLocked if
// the lock was lost, or is another run's.
func (s *Store) Save(ctx context.Context, state payout.State) error {
	data, err := encode(state)
	if err != nil {
		return fmt.Errorf("pgstore: saving %q: %w", s.externalID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	last := state.Revision - 1
	if s.deferring {
		if s.pending != nil && s.pending.Revision != last || s.pending == nil && s.known && s.row.revision != last {
			return fmt.Errorf("pgstore: saving %q: %w", s.externalID, payout.ErrConflict)
		}
		if s.token != "" && s.known && !state.InFlight && !s.initSent {
			s.saved, s.pending = data, &state
			return nil
		}
		if s.pending != nil {
			last = s.row.revision
		}
	}
	var saved bool
	var lost *bool
	var now time.Time
	err = s.db.scan(ctx, save, []any{s.externalID, state.Digest, state.Revision, string(data), string(state.Step),
		state.Step == payout.StepEnded, last, s.token, s.db.lease, SameName(s.externalID)}, &saved, &lost, &now)
	switch {
	case err != nil:
		err = fmt.Errorf("pgstore: saving %q: %w", s.externalID, err)
	case !saved && (lost != nil && *lost || lost == nil && s.token != ""):
		err = fmt.Errorf("pgstore: saving %q: %w: the lease is not this run's", s.externalID, payout.ErrLocked)
	case !saved:
		err = fmt.Errorf("pgstore: saving %q: %w", s.externalID, payout.ErrConflict)
	}
	if err != nil {
		s.known, s.pending = false, nil // what the database has is not known any more
		return err
	}
	s.row, s.saved, s.initSent, s.pending = row{state.Revision, data}, data, sendsInit(state), nil
	s.known = s.token != ""
	s.renewed = time.Now()
	s.clock(now)
	return nil
}

// encode is json.Marshal in half the time: that would go through the JSON of a Result, which may be long, once more.
func encode(state payout.State) ([]byte, error) {
	result := state.Result
	state.Result = nil
	data, err := json.Marshal(state)
	if err != nil || result == nil {
		return data, err
	}
	encoded, err := result.MarshalJSON()
	return slices.Concat(bytes.TrimSuffix(data, []byte("}")), []byte(`,"result":`), encoded, []byte("}")), err
}

// clock keeps the database's time.
func (s *Store) clock(now time.Time) { s.now, s.read = now, time.Now() }

// Now implements [payout.Clock]: it returns the database's time. While this run has the lock, that is what the last
// statement said, and what has passed since.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == "" {
		var now time.Time
		if err := s.db.scan(ctx, "SELECT clock_timestamp()", nil, &now); err != nil {
			return now, fmt.Errorf("pgstore: reading the time: %w", err)
		}
		return now, nil
	}
	return s.now.Add(time.Since(s.read)), nil
}
