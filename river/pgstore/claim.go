package pgstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// Gate says whether a payout may be worked on.
type Gate int

const (
	// GateOpen: it may.
	GateOpen Gate = iota
	// GateApproval: it waits for approvals.
	GateApproval
	// GateStopped: it has stopped with a permanent error, until a person resumes it.
	GateStopped
	// GateEnded: it has ended, and its request has been deleted.
	GateEnded
)

// gates selects the gate and the wish to cancel of payout $1.
const gates = `
SELECT CASE
		WHEN p.stopped_at IS NOT NULL THEN 2
		WHEN p.ended_at IS NOT NULL AND p.request IS NULL THEN 3
		WHEN l.list_id IS NOT NULL AND (l.released_at IS NULL OR l.approvals > (
			SELECT count(*) FROM masspayout_approvals a WHERE a.list_id = l.list_id AND a.digest = l.digest AND a.version = l.version)) THEN 1
		ELSE 0 END AS gate,
	p.cancel_at IS NOT NULL AS cancel, coalesce(p.digest, '') AS digest
FROM masspayout_payouts p LEFT JOIN masspayout_lists l USING (list_id) WHERE p.external_id = $1`

// Claim is a payout that a run of its job has locked. It is the [payout.Store] of that run, and a [payout.Clock]. Its
// Load asks nothing of the database. Unlike other stores' Save, its Save writes only before a request that changes
// something is sent, and when init has been answered, which names the payout. Other saves are written with the next of
// these, or by [Claim.Release]. If the process dies before, it has sent nothing since, so nothing is lost.
type Claim struct {
	store   *Store
	request []byte
	hasRead bool // request is what there is

	// Digest is payout.Digest of the request that was inserted, which the one that is stored must have: see
	// [payout.WithDigest].
	Digest string
	// Gate says whether the payout may be worked on. If it is not GateOpen, nothing is locked.
	Gate Gate
	// CancelWanted: somebody wants the payout canceled.
	CancelWanted bool
}

var (
	_ payout.Store = (*Claim)(nil)
	_ payout.Clock = (*Claim)(nil)
)

// ErrNoPayout is returned for a payout of which the database knows nothing.
var ErrNoPayout = errors.New("no such payout")

// Claim locks a payout for a run of its job and reads what the run needs, in one transaction. Call Release in the end.
// The error matches payout.ErrLocked if another run has it, and ErrNoPayout if it is not there.
func (db *DB) Claim(ctx context.Context, externalID string) (c *Claim, err error) {
	if err := CheckName("externalId", externalID); err != nil {
		return nil, err
	}
	if !db.hold(externalID) {
		return nil, fmt.Errorf("pgstore: claiming %q: %w: by this process", externalID, payout.ErrLocked)
	}
	claimed := false
	defer func() {
		if !claimed {
			db.letGo(externalID)
		}
	}()
	c = &Claim{store: db.Store(externalID)}
	c.store.deferring = true
	var r row
	var now time.Time
	token := uuid.NewString()
	err = db.scanLong(ctx, `
		WITH gate AS (`+gates+`), claimed AS (
			UPDATE masspayout_payouts p SET lease_token = $2, lease_holder = $3, lease_until = clock_timestamp() + $4::interval
			FROM gate
			WHERE p.external_id = $1 AND gate.gate = 0 AND (coalesce(p.lease_until <= clock_timestamp(), true) OR p.lease_holder = $3)
			RETURNING p.revision, p.state, p.step <> $5 AS with_request, CASE WHEN p.step <> $5 THEN p.request END AS request
		)
		SELECT g.gate, g.cancel, g.digest, c.revision IS NOT NULL, coalesce(c.revision, 0), c.state,
			coalesce(c.with_request, false), c.request, clock_timestamp()
		FROM gate g LEFT JOIN claimed c ON true`, []any{externalID, token, db.holder, db.lease, string(payout.StepAuthorized)},
		&c.Gate, &c.CancelWanted, &c.Digest, &claimed, &r.revision, &r.state, &c.hasRead, &c.request, &now)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, fmt.Errorf("pgstore: claiming %q: %w", externalID, ErrNoPayout)
	case err != nil:
		return nil, fmt.Errorf("pgstore: claiming %q: %w", externalID, err)
	case c.Gate == GateOpen && !claimed:
		return nil, fmt.Errorf("pgstore: claiming %q: %w", externalID, payout.ErrLocked)
	}
	if claimed {
		c.store.begin(token, r, now)
	}
	return c, nil
}

// Load implements [payout.Store].
func (c *Claim) Load(ctx context.Context) (payout.State, error) { return c.store.Load(ctx) }

// Save implements [payout.Store].
func (c *Claim) Save(ctx context.Context, state payout.State) error { return c.store.Save(ctx, state) }

// Now implements [payout.Clock].
func (c *Claim) Now(ctx context.Context) (time.Time, error) { return c.store.Now(ctx) }

// Request returns the stored request. It was read with the claim, unless the payout is authorized: what is under way is
// seldom compared with it. The error matches ErrNoRequest if there is none.
func (c *Claim) Request(ctx context.Context) (request gen.MassPayoutInitializeRequest, err error) {
	db, id := c.store.db, c.store.externalID
	if !c.hasRead {
		err = db.scanLong(ctx, "SELECT request FROM masspayout_payouts WHERE external_id = $1", []any{id}, &c.request)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return request, fmt.Errorf("pgstore: reading the request of %q: %w", id, err)
		}
		c.hasRead = true
	}
	return db.open(ctx, id, c.request)
}

// Approved asks the database once more whether the payout may be paid: its approvals are there, they are for this digest,
// and nobody wants it canceled.
func (c *Claim) Approved(ctx context.Context, digest string) (gate Gate, cancel bool, err error) {
	var there string
	err = c.store.db.scan(ctx, gates, []any{c.store.externalID}, &gate, &cancel, &there)
	if err != nil {
		return GateStopped, cancel, fmt.Errorf("pgstore: reading the approvals of %q: %w", c.store.externalID, err)
	}
	if gate == GateOpen && there != digest {
		gate = GateApproval
	}
	return gate, cancel, nil
}

// Report is what a run of a payout's job tells of it, for people to look at.
type Report struct {
	// Nothing: it came to nothing that is worth telling, as at a shutdown. What is there stays.
	Nothing bool
	Status  gen.PayoutStatus // iyzico's; empty: as before
	Waiting string
	Looked  bool           // it found nothing to do but to wait
	Tallies payout.Tallies // nil: as before
	Err     *payout.Error  // nil if it had none
}

// Release writes down what a run told and the State that it saved last, and gives the lock back, in one transaction. It
// returns how many runs before have failed in a row. The error matches payout.ErrLocked if another run has gone on since.
func (c *Claim) Release(ctx context.Context, report Report) (failures int, err error) {
	s := c.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == "" {
		return 0, nil
	}
	defer s.end()
	var failure, state, step, tallies *string
	if report.Err != nil {
		if failure, err = marshal(report.Err); err != nil {
			return 0, err
		}
	}
	if report.Tallies != nil {
		if tallies, err = marshal(readable(report.Tallies)); err != nil {
			return 0, err
		}
	}
	revision, ended := s.row.revision, false
	if s.pending != nil {
		text, of := string(s.saved), string(s.pending.Step)
		revision, ended, state, step = s.pending.Revision, s.pending.Step == payout.StepEnded, &text, &of
	}
	err = s.db.scan(ctx, `
		WITH durable AS (
			SELECT CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END
		)
		UPDATE masspayout_payouts p SET
			revision = $4::bigint, state = coalesce($5::text, state), step = coalesce($6::text, step),
			saved_at = CASE WHEN $5::text IS NULL THEN saved_at ELSE clock_timestamp() END,
			ended_at = coalesce(ended_at, CASE WHEN $7::bool THEN clock_timestamp() END),
			status = coalesce(nullif($8::text, ''), status),
			waiting = CASE WHEN $13::bool THEN waiting ELSE $9::text END,
			looks = looks + CASE WHEN $10::bool THEN 1 ELSE 0 END,
			run_at = clock_timestamp(),
			error = CASE WHEN $13::bool THEN error ELSE $11::text::json END,
			failures = CASE WHEN $13::bool THEN failures WHEN $11::text IS NULL THEN 0 ELSE failures + 1 END,
			failing_since = CASE WHEN $13::bool THEN failing_since WHEN $11::text IS NOT NULL THEN coalesce(failing_since, clock_timestamp()) END,
			stopped_at = CASE WHEN $12::bool THEN clock_timestamp() ELSE stopped_at END,
			tallies = coalesce($14::text::json, tallies),
			lease_token = NULL, lease_holder = NULL, lease_until = NULL
		FROM durable
		WHERE external_id = $1 AND lease_token = $2 AND revision = $3::bigint
		RETURNING failures`,
		[]any{s.externalID, s.token, s.row.revision, revision, state, step, ended, string(report.Status), report.Waiting, report.Looked,
			failure, report.Err != nil && !report.Err.Temporary, report.Nothing, tallies}, &failures)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("pgstore: releasing %q: %w: another run has gone on since", s.externalID, payout.ErrLocked)
	}
	if err != nil {
		return 0, fmt.Errorf("pgstore: releasing %q: %w", s.externalID, err)
	}
	return max(0, failures-1), nil
}

// readable returns tallies whose statuses, which are iyzico's, have no NUL: PostgreSQL stores it, but cannot read it.
func readable(tallies payout.Tallies) payout.Tallies {
	tallies = slices.Clone(tallies)
	for i := range tallies {
		tallies[i].Status = gen.ItemStatus(strings.ReplaceAll(string(tallies[i].Status), "\x00", "\uFFFD"))
	}
	return tallies
}

func marshal(v any) (*string, error) {
	data, err := json.Marshal(v)
	text := string(data)
	return &text, err
}

// Fail writes down the error of a run that could not claim the payout, unless another run has it. It returns how many
// runs before have failed in a row.
func (db *DB) Fail(ctx context.Context, externalID string, failed *payout.Error) (failures int, err error) {
	data, err := marshal(failed)
	if err != nil {
		return 0, err
	}
	err = db.scan(ctx, `
		UPDATE masspayout_payouts SET error = $2::text::json, failures = failures + 1, run_at = clock_timestamp(),
			failing_since = coalesce(failing_since, clock_timestamp()),
			stopped_at = CASE WHEN $3::bool THEN clock_timestamp() ELSE stopped_at END
		WHERE external_id = $1 AND (coalesce(lease_until <= clock_timestamp(), true) OR lease_holder = $4) RETURNING failures - 1`,
		[]any{externalID, *data, !failed.Temporary, db.holder}, &failures)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("pgstore: writing down the error of %q: %w", externalID, err)
	}
	return failures, nil
}
