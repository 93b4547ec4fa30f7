package payoutjob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/internal/statement"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

// Kind is the kind of the job, as River's tables and riverui show it.
const Kind = "masspayout"

// Args are the job's: no more than the payout's name. The request is stored beside, see [pgstore.DB.Insert].
type Args struct {
	ExternalID string `json:"externalId" river:"unique"`
}

// Kind implements [river.JobArgs].
func (Args) Kind() string { return Kind }

// InsertOpts implements [river.JobArgsWithInsertOpts]. A payout has at most one job that is not finished. Attempts are
// used up only by workers that died, and are many: a payout must not be given up because machines were restarted.
func (Args) InsertOpts() river.InsertOpts {
	return river.InsertOpts{
		MaxAttempts: 1000,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}},
	}
}

// DefaultMaxItems is the longest list that is one payout, see [WithMaxItems]. iyzico documents none.
const DefaultMaxItems = 5000

// Queue is where payouts are enqueued, approved and looked at. It is safe for concurrent use.
type Queue struct {
	db       *pgstore.DB
	jobs     *river.Client[pgx.Tx]
	maxItems int
	insert   *river.InsertOpts
	mode     pgx.QueryExecMode
}

// QueueOption configures a [Queue]. A nil option or a bad value is an error of [NewQueue].
type QueueOption func(*Queue) error

// WithMaxItems sets the longest list that is one payout; a longer one is split, see [Queue.Enqueue].
func WithMaxItems(items int) QueueOption {
	return func(q *Queue) error {
		if items < 1 {
			return fmt.Errorf("WithMaxItems: expected at least 1, got %d", items)
		}
		q.maxItems = items
		return nil
	}
}

// WithInsertOpts sets the queue, priority or tags of jobs. How they are unique and their attempts stay as they are.
func WithInsertOpts(opts river.InsertOpts) QueueOption {
	return func(q *Queue) error {
		own := Args{}.InsertOpts()
		opts.UniqueOpts, opts.MaxAttempts = own.UniqueOpts, own.MaxAttempts
		q.insert = &opts
		return nil
	}
}

// NewQueue returns a queue on a database and a River client, which need not work jobs itself.
func NewQueue(db *pgstore.DB, jobs *river.Client[pgx.Tx], opts ...QueueOption) (*Queue, error) {
	if db == nil || jobs == nil {
		return nil, errors.New("payoutjob: the database or the River client is nil")
	}
	q := &Queue{db: db, jobs: jobs, maxItems: DefaultMaxItems, mode: statement.Mode(db.Pool())}
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("payoutjob: an option is nil")
		}
		if err := opt(q); err != nil {
			return nil, fmt.Errorf("payoutjob: %w", err)
		}
	}
	return q, nil
}

// List is what was enqueued and is approved as one: a payout, or the parts of a long one.
type List struct {
	// ID is the externalId of the request.
	ID string
	// Digest is [payout.Digest] of the whole request. Show it, or what it stands for, to whoever approves.
	Digest string
	// Parts are the externalIds of the payouts, in the order of the items. The first one's is the list's own.
	Parts []string
	// Approvals is how many persons must approve, and Approved who did.
	Approvals int
	Approved  []Approval
	// Released reports whether workers may pay it. From then on its content is fixed.
	Released bool
}

// Enqueue stores a request, and enqueues its job, in the caller's transaction: they are there when it commits, together
// with whatever else the caller writes, or not at all. After an error nothing of it is there, even if the transaction goes on.
//
// If approvals is 1 or 2, nothing is sent before so many different persons have approved the list, see [Queue.Approve];
// with 0 it is paid at once.
//
// A list longer than [WithMaxItems] becomes several payouts, see [payout.Split]. They are approved as one, and have one
// [Queue.Result].
//
// Enqueueing the same content again changes nothing, whatever the queue's options are by then. Other content under the same
// externalId replaces a list that is not released, and voids its approvals; for one that is, the error matches
// payout.ErrOtherPayout. So it does for the same content with another number of approvals, and if the externalId differs from that of another list or payout only in case, white
// space or Unicode form: it is more likely the same one, misspelled, than a second one to be paid. An invalid request is
// refused with gen's error, before the transaction is touched.
func (q *Queue) Enqueue(ctx context.Context, tx pgx.Tx, request gen.MassPayoutInitializeRequest, approvals int) (List, error) {
	list := List{ID: request.ExternalID, Approvals: approvals}
	if approvals < 0 || approvals > 2 {
		return list, fmt.Errorf("payoutjob: expected 0, 1 or 2 approvals, got %d", approvals)
	}
	if err := request.Validate(); err != nil {
		return list, err
	}
	encoded, err := request.MarshalJSON()
	parts := []gen.MassPayoutInitializeRequest{request}
	if err == nil && (len(request.Items) > q.maxItems || len(encoded) > payout.DefaultPartBytes) {
		encoded = nil
		parts, err = payout.Split(request, payout.PartLimit{Items: q.maxItems})
	}
	if err != nil {
		return list, err
	}
	if err := pgstore.CheckName("externalId", list.ID); err != nil {
		return list, err
	}
	list.Digest = payout.Digest(request)
	err = pgx.BeginFunc(ctx, tx, func(whole pgx.Tx) error { // a savepoint: of what fails, nothing stays, whatever the caller does
		list, err = q.enqueue(ctx, whole, list, parts, encoded)
		return err
	})
	return list, err
}

// enqueue is Enqueue for the parts of a list; encoded is the only one's JSON, if there is only one.
func (q *Queue) enqueue(ctx context.Context, tx pgx.Tx, list List, parts []gen.MassPayoutInitializeRequest, encoded []byte) (List, error) {
	tag, err := q.exec(ctx, tx, `
		INSERT INTO masspayout_lists (list_id, same_name, digest, parts, approvals) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, list.ID, pgstore.SameName(list.ID), list.Digest, len(parts), list.Approvals)
	if err != nil {
		return list, fmt.Errorf("payoutjob: enqueueing %q: %w", list.ID, err)
	}
	if tag.RowsAffected() == 0 {
		if err := q.otherName(ctx, tx, list.ID); err != nil {
			return list, err
		}
		there, err := q.lock(ctx, tx, list.ID)
		switch {
		case err != nil && !errors.Is(err, ErrNoList): // ErrNoList: it was withdrawn
			return list, err
		case err == nil && there.Digest == list.Digest && there.Approvals == list.Approvals:
			return there, nil
		case there.Released:
			return there, fmt.Errorf("payoutjob: enqueueing %q: %w: it is there and released, with other content or approvals", list.ID, payout.ErrOtherPayout)
		case err == nil && there.Digest == list.Digest: // by mistake, it may be: two persons' approval is not undone by that
			return there, fmt.Errorf("payoutjob: enqueueing %q: %w: it is there and needs %d approvals, not %d; to change that, Withdraw it first",
				list.ID, payout.ErrOtherPayout, there.Approvals, list.Approvals)
		}
		if err := q.replace(ctx, tx, list, len(parts)); err != nil {
			return list, err
		}
	}
	for i, part := range parts {
		digest := list.Digest
		if len(parts) > 1 {
			digest = payout.Digest(part)
		}
		if err := q.db.InsertPart(ctx, tx, part, digest, pgstore.Part{
			List: list.ID, Number: i + 1, Tallies: requested(part), Encoded: encoded,
		}); err != nil {
			return list, err
		}
		list.Parts = append(list.Parts, part.ExternalID)
	}
	return q.release(ctx, tx, list)
}

// otherName reports a list whose name differs from id only in case, white space or Unicode form.
func (q *Queue) otherName(ctx context.Context, tx pgx.Tx, id string) error {
	var there string
	err := q.queryRow(ctx, tx, "SELECT list_id FROM masspayout_lists WHERE same_name = $1 AND list_id <> $2", pgstore.SameName(id), id).Scan(&there)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("payoutjob: enqueueing %q: %w", id, err)
	default:
		return fmt.Errorf("payoutjob: enqueueing %q: %w: %q is there, which differs only in case, white space or Unicode form",
			id, payout.ErrOtherPayout, there)
	}
}

// replace makes room for other content of a list that is not released, or was withdrawn.
func (q *Queue) replace(ctx context.Context, tx pgx.Tx, list List, parts int) error {
	_, err := q.exec(ctx, tx, "DELETE FROM masspayout_payouts WHERE list_id = $1", list.ID)
	if err == nil {
		_, err = q.exec(ctx, tx, `
			UPDATE masspayout_lists SET digest = $2, parts = $3, approvals = $4, version = version + 1, same_name = $5, withdrawn_at = NULL,
				created_at = CASE WHEN withdrawn_at IS NULL THEN created_at ELSE clock_timestamp() END
			WHERE list_id = $1`, list.ID, list.Digest, parts, list.Approvals, pgstore.SameName(list.ID))
	}
	if err != nil {
		return fmt.Errorf("payoutjob: replacing %q: %w", list.ID, err)
	}
	return nil
}

// requested are the tallies of a request of which nothing is known yet.
func requested(request gen.MassPayoutInitializeRequest) payout.Tallies {
	sums := map[gen.Currency]payout.Tally{}
	for i := range request.Items {
		amount := request.Items[i].Amount
		t := sums[amount.Currency]
		t.Currency, t.Items, t.Amount = amount.Currency, t.Items+1, t.Amount.Add(amount.Value)
		sums[amount.Currency] = t
	}
	return slices.SortedFunc(maps.Values(sums), func(a, b payout.Tally) int { return cmp.Compare(a.Currency, b.Currency) })
}

// Withdraw deletes a list that is not released, with its requests, which are personal data, in the caller's transaction.
// Approvals stay on record, but count no more. The name is free again. For a list that is released the error matches
// payout.ErrTooLate: cancel its parts. It matches ErrNoList if there is none, or if it was withdrawn before.
func (q *Queue) Withdraw(ctx context.Context, tx pgx.Tx, listID string) error {
	list, err := q.lock(ctx, tx, listID)
	switch {
	case err != nil:
		return err
	case list.Released:
		return fmt.Errorf("payoutjob: withdrawing %q: %w: it is released; cancel its parts", listID, payout.ErrTooLate)
	}
	_, err = q.exec(ctx, tx, "DELETE FROM masspayout_payouts WHERE list_id = $1", listID)
	if err == nil {
		_, err = q.exec(ctx, tx, "UPDATE masspayout_lists SET withdrawn_at = clock_timestamp(), same_name = NULL, version = version + 1 WHERE list_id = $1", listID)
	}
	if err != nil {
		return fmt.Errorf("payoutjob: withdrawing %q: %w", listID, err)
	}
	return nil
}

// exec and queryRow run a statement of ours, see statement.Mode.
func (q *Queue) exec(ctx context.Context, tx pgstore.Tx, sql string, args ...any) (pgconn.CommandTag, error) {
	return tx.Exec(ctx, sql, append([]any{q.mode}, args...)...)
}

func (q *Queue) queryRow(ctx context.Context, tx reader, sql string, args ...any) pgx.Row {
	return tx.QueryRow(ctx, sql, append([]any{q.mode}, args...)...)
}

// lock returns a list and keeps others from changing it until the transaction ends. The update changes nothing, but lets
// one of two fail that meet in transactions with a snapshot, where neither would see the other's approval.
func (q *Queue) lock(ctx context.Context, tx pgx.Tx, id string) (List, error) {
	if err := pgstore.CheckName("the list", id); err != nil {
		return List{ID: id}, err
	}
	if _, err := q.exec(ctx, tx, "UPDATE masspayout_lists SET parts = parts WHERE list_id = $1", id); err != nil {
		return List{ID: id}, fmt.Errorf("payoutjob: locking %q: %w", id, err)
	}
	return q.readList(ctx, tx, id)
}

// ErrNoList is returned for a list that was never enqueued, or was withdrawn.
var ErrNoList = errors.New("no such list")

// reader is a pool or a transaction.
type reader interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func (q *Queue) readList(ctx context.Context, tx reader, id string) (List, error) {
	list := List{ID: id}
	if err := pgstore.CheckName("the list", id); err != nil {
		return list, err
	}
	err := q.queryRow(ctx, tx, "SELECT digest, approvals, released_at IS NOT NULL FROM masspayout_lists WHERE list_id = $1 AND withdrawn_at IS NULL", id).
		Scan(&list.Digest, &list.Approvals, &list.Released)
	if errors.Is(err, pgx.ErrNoRows) {
		return list, fmt.Errorf("payoutjob: %w: %q", ErrNoList, id)
	}
	if err == nil {
		list.Parts, err = collect(ctx, q, tx, pgx.RowTo[string],
			"SELECT external_id FROM masspayout_payouts WHERE list_id = $1 ORDER BY part", id)
	}
	if err == nil {
		list.Approved, err = collect(ctx, q, tx, pgx.RowToStructByPos[Approval],
			"SELECT person, approved_at FROM masspayout_approvals JOIN masspayout_lists USING (list_id, digest, version) "+
				"WHERE list_id = $1 ORDER BY approved_at", id)
	}
	if err != nil {
		return list, fmt.Errorf("payoutjob: reading %q: %w", id, err)
	}
	return list, nil
}

func collect[T any](ctx context.Context, q *Queue, tx reader, f pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, sql, append([]any{q.mode}, args...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, f)
}

// release enqueues the jobs of a list that has its approvals, and that this transaction has locked.
func (q *Queue) release(ctx context.Context, tx pgx.Tx, list List) (List, error) {
	if list.Released || len(list.Approved) < list.Approvals {
		return list, nil
	}
	if _, err := q.exec(ctx, tx, "UPDATE masspayout_lists SET released_at = clock_timestamp() WHERE list_id = $1", list.ID); err != nil {
		return list, fmt.Errorf("payoutjob: releasing %q: %w", list.ID, err)
	}
	for _, part := range list.Parts {
		if err := q.start(ctx, tx, part); err != nil {
			return list, err
		}
	}
	list.Released = true
	return list, nil
}

// start enqueues a payout's job, or makes the one that waits available.
func (q *Queue) start(ctx context.Context, tx pgx.Tx, externalID string) error {
	job, err := q.jobs.InsertTx(ctx, tx, Args{ExternalID: externalID}, q.insert)
	if err == nil && job.UniqueSkippedAsDuplicate {
		_, err = q.jobs.JobRetryTx(ctx, tx, job.Job.ID)
	}
	switch {
	case pgstore.Permanent(err):
		return fmt.Errorf("payoutjob: enqueueing %q: %w: %s", externalID, err, pgstore.Explain(err))
	case err != nil:
		return fmt.Errorf("payoutjob: enqueueing %q: %w", externalID, err)
	}
	return nil
}

// Cancel has a payout canceled that is not authorized, in the caller's transaction: its job runs at once, and does what
// [payout.Cancel] does. From then on no auth is sent. If one came first, the payout is followed to its end, and
// [Queue.NeedsPerson] lists it. If iyzico has nothing to cancel, it stops with an error that matches payout.ErrNotFound.
// Cancel each of a list's parts: its own name is the first part's alone. A list that waits for approval is not known to
// iyzico: use Withdraw.
func (q *Queue) Cancel(ctx context.Context, tx pgx.Tx, externalID string) error {
	return q.goOn(ctx, tx, externalID, "canceling", ", cancel_at = coalesce(cancel_at, clock_timestamp())")
}

// Resume goes on with a payout that has stopped with a permanent error, once a person has removed its cause; or whose job
// was canceled. It is done in the caller's transaction. Nothing is started anew: the payout goes on where it was.
func (q *Queue) Resume(ctx context.Context, tx pgx.Tx, externalID string) error {
	return q.goOn(ctx, tx, externalID, "resuming", "")
}

// goOn makes a payout's job run at once; set is what else it changes.
func (q *Queue) goOn(ctx context.Context, tx pgx.Tx, externalID, doing, set string) error {
	if err := pgstore.CheckName("externalId", externalID); err != nil {
		return err
	}
	tag, err := q.exec(ctx, tx, `
		UPDATE masspayout_payouts SET stopped_at = NULL, failures = 0, failing_since = NULL`+set+`
		WHERE external_id = $1 AND (list_id IS NULL OR EXISTS (
			SELECT FROM masspayout_lists l WHERE l.list_id = masspayout_payouts.list_id AND l.released_at IS NOT NULL))`, externalID)
	if err == nil && tag.RowsAffected() == 0 {
		err = errors.New("it was never enqueued, or waits for approval (then Withdraw its list)")
	}
	if err != nil {
		return fmt.Errorf("payoutjob: %s %q: %w", doing, externalID, err)
	}
	return q.start(ctx, tx, externalID)
}
