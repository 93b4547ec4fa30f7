package payoutjob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

// Payout is where one payout stands. It holds nothing of a recipient.
type Payout struct {
	ExternalID string
	ListID     string
	Part       int
	Step       payout.Step
	Status     gen.PayoutStatus // iyzico's, as it was last seen
	Waiting    string           // what the last run found to wait for
	Items      int
	Amount     payout.Totals // of all items, in major units
	Approved   int           // of Approvals
	Approvals  int
	Looks      int // runs that found nothing to do but to wait
	RunAt      time.Time
	Ended      bool
	Stopped    bool          // by a permanent error: it needs a person
	Err        *payout.Error // of the last run; nil if it had none

	Failures     int       // runs in a row that ended in an error
	FailingSince time.Time // when the first of these ended

	// JobState is River's: available, scheduled, running or retryable; empty if the payout has no job.
	JobState string
	Attempt  int       // grows with each worker that died
	NextRun  time.Time // when the job is due; zero if there is none
}

// payouts selects payouts with their live job.
const payouts = `
WITH live AS (
	SELECT args->>'externalId' AS external_id, state::text AS state, attempt, scheduled_at, attempted_at FROM %[1]s
	WHERE kind = '` + Kind + `' AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled')
)
SELECT p.external_id, coalesce(p.list_id, p.external_id), p.part, p.step, p.status, p.waiting,
	(SELECT coalesce(sum(items), 0) FROM masspayout_tallies t WHERE t.external_id = p.external_id)::bigint,
	(SELECT coalesce(json_object_agg(currency, trim_scale(amount)::text), '{}') FROM (
		SELECT currency, sum(amount) AS amount FROM masspayout_tallies t WHERE t.external_id = p.external_id GROUP BY currency) c),
	(SELECT count(*) FROM masspayout_approvals a WHERE a.list_id = l.list_id AND a.digest = l.digest AND a.version = l.version), coalesce(l.approvals, 0),
	p.looks, coalesce(p.run_at, p.created_at), p.ended_at IS NOT NULL, p.stopped_at IS NOT NULL, p.error, p.failures, p.failing_since,
	coalesce(live.state, ''), coalesce(live.attempt, 0), live.scheduled_at, %[2]s
FROM masspayout_payouts p
LEFT JOIN masspayout_lists l USING (list_id)
LEFT JOIN live USING (external_id)
`

// attention is a payout with a reason why a person should look at it, or none.
type attention struct {
	Payout
	why string
}

// payouts runs the query above: reason is an expression for why, and where is what follows.
func (q *Queue) payouts(ctx context.Context, reason, where string, args ...any) ([]attention, error) {
	rows, err := collect(ctx, q, q.db.Pool(), scanPayout, fmt.Sprintf(payouts, q.jobTable(), reason)+where, args...)
	if err != nil {
		return nil, fmt.Errorf("payoutjob: looking at payouts: %w", err)
	}
	return rows, nil
}

// jobTable is River's table of jobs.
func (q *Queue) jobTable() string {
	if schema := q.jobs.Schema(); schema != "" {
		return pgx.Identifier{schema, "river_job"}.Sanitize()
	}
	return pgx.Identifier{"river_job"}.Sanitize()
}

func scanPayout(row pgx.CollectableRow) (p attention, err error) {
	var amount, failure []byte
	var failingSince, nextRun *time.Time
	err = row.Scan(&p.ExternalID, &p.ListID, &p.Part, &p.Step, &p.Status, &p.Waiting, &p.Items, &amount, &p.Approved, &p.Approvals,
		&p.Looks, &p.RunAt, &p.Ended, &p.Stopped, &failure, &p.Failures, &failingSince, &p.JobState, &p.Attempt, &nextRun, &p.why)
	if err != nil {
		return p, err
	}
	if nextRun != nil {
		p.NextRun = *nextRun
	}
	if failingSince != nil {
		p.FailingSince = *failingSince
	}
	if failure != nil {
		p.Err = new(payout.Error)
		if err := json.Unmarshal(failure, p.Err); err != nil {
			return p, err
		}
	}
	return p, json.Unmarshal(amount, &p.Amount)
}

// Payouts returns the payouts of a list in their order, or if listID is empty, all that have not ended, the oldest first.
func (q *Queue) Payouts(ctx context.Context, listID string) ([]Payout, error) {
	where, args := "WHERE p.ended_at IS NULL ORDER BY p.created_at, p.external_id", []any(nil)
	if listID != "" {
		if err := pgstore.CheckName("the list", listID); err != nil {
			return nil, err
		}
		where, args = "WHERE p.list_id = $1 ORDER BY p.part", []any{listID}
	}
	rows, err := q.payouts(ctx, "''", where, args...)
	list := make([]Payout, len(rows))
	for i := range rows {
		list[i] = rows[i].Payout
	}
	return list, err
}

// Lists returns the lists that wait for approval, the oldest first.
func (q *Queue) Lists(ctx context.Context) ([]List, error) {
	ids, err := collect(ctx, q, q.db.Pool(), pgx.RowTo[string],
		"SELECT list_id FROM masspayout_lists WHERE released_at IS NULL AND withdrawn_at IS NULL ORDER BY created_at")
	if err != nil {
		return nil, fmt.Errorf("payoutjob: looking at lists: %w", err)
	}
	lists := make([]List, 0, len(ids))
	for _, id := range ids {
		list, err := q.List(ctx, id)
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	return lists, nil
}

// List returns a list, with who approved it.
func (q *Queue) List(ctx context.Context, id string) (List, error) {
	return q.readList(ctx, q.db.Pool(), id)
}

// Tallies adds up the items of a list, or if listID is empty, of all payouts, per status and currency, as they were last
// read. The status is empty where it is not known.
func (q *Queue) Tallies(ctx context.Context, listID string) (payout.Tallies, error) {
	if listID != "" {
		if err := pgstore.CheckName("the list", listID); err != nil {
			return nil, err
		}
	}
	tallies, err := collect(ctx, q, q.db.Pool(), scanTally, `
		SELECT t.status, t.currency, sum(t.items)::bigint, trim_scale(sum(t.amount))::text, trim_scale(sum(t.commission))::text
		FROM masspayout_tallies t JOIN masspayout_payouts p USING (external_id)
		WHERE $1 = '' OR p.list_id = $1
		GROUP BY t.currency, t.status ORDER BY t.currency, t.status`, listID)
	if err != nil {
		return nil, fmt.Errorf("payoutjob: adding up items: %w", err)
	}
	return tallies, nil
}

func scanTally(row pgx.CollectableRow) (t payout.Tally, err error) {
	var amount, commission string
	if err := row.Scan(&t.Status, &t.Currency, &t.Items, &amount, &commission); err != nil {
		return t, err
	}
	if t.Amount, err = decimal.NewFromString(amount); err != nil {
		return t, err
	}
	t.Commission, err = decimal.NewFromString(commission)
	return t, err
}

// Count is how many payouts stand at a step, with a status of iyzico's.
type Count struct {
	Step    payout.Step
	Status  gen.PayoutStatus
	Payouts int
}

// Counts returns how many payouts stand where.
func (q *Queue) Counts(ctx context.Context) ([]Count, error) {
	counts, err := collect(ctx, q, q.db.Pool(), pgx.RowToStructByPos[Count],
		"SELECT step, status, count(*) FROM masspayout_payouts GROUP BY step, status ORDER BY step, status")
	if err != nil {
		return nil, fmt.Errorf("payoutjob: counting payouts: %w", err)
	}
	return counts, nil
}

// Attention is a payout that a person should look at, and why.
type Attention struct {
	Payout
	Why string
}

// reasons are why a payout needs a person, each with when it does. $1 is the patience, and $2 are the statuses of items
// that need nobody.
const reasons = `
CROSS JOIN LATERAL (VALUES
	(1, p.stopped_at IS NOT NULL, 'it stopped with an error; see to its cause, then Resume'),
	(2, p.stopped_at IS NULL AND p.ended_at IS NULL AND live.state IS NULL AND (l.list_id IS NULL OR l.released_at IS NOT NULL),
		'it has no job, as one that was canceled; Resume'),
	(3, p.stopped_at IS NULL AND p.failing_since < clock_timestamp() - $1::interval, 'it has been failing for too long; it will be tried again'),
	(4, l.released_at IS NULL AND l.created_at < clock_timestamp() - $1::interval, 'it has waited too long for approval; Approve or Withdraw its list'),
	(5, p.stopped_at IS NULL AND (
			live.state <> 'running' AND live.scheduled_at < clock_timestamp() - $1::interval OR
			live.state = 'running' AND live.attempted_at < clock_timestamp() - $1::interval),
		'its job is overdue: is any worker running, and what does it log?'),
	(6, p.stopped_at IS NULL AND p.ended_at IS NOT NULL AND p.dismissed_at IS NULL AND EXISTS (
			SELECT FROM masspayout_tallies s WHERE s.external_id = p.external_id AND NOT s.status = ANY ($2)),
		'it has ended, and the money of an item is stuck, or nobody knows where it is; see to it, then Dismiss'),
	(7, p.stopped_at IS NULL AND p.cancel_at IS NOT NULL AND p.dismissed_at IS NULL AND
			(p.step = 'authorized' OR p.ended_at IS NOT NULL) AND p.status NOT IN ('', '` + string(gen.PayoutStatusCanceled) + `'),
		'it was to be canceled, but is authorized; once it has ended, Dismiss')
) AS reason(number, holds, why)
WHERE reason.holds ORDER BY reason.number, p.created_at, p.external_id`

// why is the reason, and where the last job of the payout was canceled, what River keeps of that.
const why = `reason.why || CASE WHEN reason.number = 2 THEN coalesce((
	SELECT ': ' || (j.errors[array_upper(j.errors, 1)]->>'error') FROM %s j
	WHERE j.kind = '` + Kind + `' AND j.args @> jsonb_build_object('externalId', p.external_id) ORDER BY j.id DESC LIMIT 1), '') ELSE '' END`

// NeedsPerson returns the payouts that do not go on by themselves: those that stopped with a permanent error, those
// that should have a job and have none, those that have failed, waited for an approval, or been due for longer than
// patience, those that ended while the money of an item is stuck, or nobody knows where it is, and those that were
// authorized before they could be canceled. A payout is listed once for each reason.
func (q *Queue) NeedsPerson(ctx context.Context, patience time.Duration) ([]Attention, error) {
	rows, err := q.payouts(ctx, fmt.Sprintf(why, q.jobTable()), reasons, patience, needNobody)
	var found []Attention
	for _, row := range rows {
		found = append(found, Attention{row.Payout, row.why})
	}
	return found, err
}

// Dismiss takes a payout that has ended off the list of NeedsPerson, once a person has seen to what was left of it. It is
// done in the caller's transaction.
func (q *Queue) Dismiss(ctx context.Context, tx pgx.Tx, externalID string) error {
	if err := pgstore.CheckName("externalId", externalID); err != nil {
		return err
	}
	tag, err := q.exec(ctx, tx, "UPDATE masspayout_payouts SET dismissed_at = clock_timestamp() WHERE external_id = $1 AND ended_at IS NOT NULL", externalID)
	if err == nil && tag.RowsAffected() == 0 {
		err = errors.New("there is no such payout, or it has not ended")
	}
	if err != nil {
		return fmt.Errorf("payoutjob: dismissing %q: %w", externalID, err)
	}
	return nil
}

// needNobody are the statuses of items whose money is where it should be, or back.
var needNobody = []string{
	string(gen.ItemStatusSuccess), string(gen.ItemStatusDepositSuccess), string(gen.ItemStatusInvalid), string(gen.ItemStatusMassPayoutCanceled),
}

// Result is what became of a list: of a payout, or of the parts of a long one together.
type Result struct {
	List
	// Ended reports whether all parts have ended.
	Ended bool
	// Results are the parts', in their order; nil for one that has not ended.
	Results []*payout.Result
}

// AllPaid reports whether the recipients of all items of all parts have their money.
func (r *Result) AllPaid() bool {
	for _, part := range r.Results {
		if !part.AllPaid() {
			return false
		}
	}
	return len(r.Results) > 0
}

// Items returns the items of the parts that have ended, in the order of the request.
func (r *Result) Items() (items []payout.Item) {
	for _, part := range r.Results {
		if part != nil {
			items = append(items, part.Items...)
		}
	}
	return items
}

// Result returns what became of a list.
func (q *Queue) Result(ctx context.Context, listID string) (*Result, error) {
	list, err := q.List(ctx, listID)
	if err != nil {
		return nil, err
	}
	r := &Result{List: list, Ended: true}
	for _, part := range list.Parts {
		result, err := q.db.Result(ctx, part)
		if err != nil {
			return nil, err
		}
		r.Ended = r.Ended && result != nil
		r.Results = append(r.Results, result)
	}
	return r, nil
}
