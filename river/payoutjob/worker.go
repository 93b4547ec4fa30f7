package payoutjob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

// The defaults of the worker's options.
const (
	// DefaultTimeout is how long one run of the job may take.
	DefaultTimeout = 5 * time.Minute

	// DefaultGrace is how long a run may still take that is told to stop.
	DefaultGrace = 10 * time.Second

	// DefaultFirstRetry and DefaultLongestRetry bound the waits after temporary errors.
	DefaultFirstRetry   = 2 * time.Second
	DefaultLongestRetry = 5 * time.Minute
)

// maxSteps bounds the decisions of one run; a payout needs about ten from its beginning to its end.
const maxSteps = 100

// Worker works the payouts' jobs. Add it to River with [river.AddWorkerSafely].
type Worker struct {
	river.WorkerDefaults[Args]
	db                       *pgstore.DB
	client                   payout.Client
	options                  []payout.Option
	timeout, grace           time.Duration
	firstRetry, longestRetry time.Duration
	confirm                  func(context.Context, *payout.Result) error
}

// Option configures a [Worker]. A nil option or a bad value is an error of [NewWorker].
type Option func(*Worker) error

// WithPayoutOptions sets options of [payout.Advance]. payout.WithConfirm is not for here: use [WithConfirm].
func WithPayoutOptions(opts ...payout.Option) Option {
	return func(w *Worker) error { w.options = append(w.options, opts...); return nil }
}

// WithConfirm sets a callback that is asked when a payout is about to be authorized: its approvals are in order, and the
// commission and the refused items are known by now. An error stops the payout until a person resumes it.
func WithConfirm(f func(context.Context, *payout.Result) error) Option {
	return func(w *Worker) error {
		if f == nil {
			return errors.New("WithConfirm: the function is nil")
		}
		w.confirm = f
		return nil
	}
}

// WithTimeout sets how long one run of the job may take. A run reads all pages of a payout at most twice and waits for
// nothing. What is cut off goes on in the next run, but reads its pages again. Set river.Config.RescueStuckJobsAfter
// longer than it.
func WithTimeout(d time.Duration) Option {
	return func(w *Worker) error { return positive(&w.timeout, "WithTimeout", d) }
}

// WithGrace sets how long a run may still take after its context has ended, because of a shutdown or its timeout: an auth
// that is under way is better heard to its end than cut off, for then its outcome is not known.
func WithGrace(d time.Duration) Option {
	return func(w *Worker) error { return positive(&w.grace, "WithGrace", d) }
}

// WithRetry bounds the waits after temporary errors: they begin with first and double up to longest.
func WithRetry(first, longest time.Duration) Option {
	return func(w *Worker) error {
		if longest < first {
			return fmt.Errorf("WithRetry: longest: expected at least %v, got %v", first, longest)
		}
		w.longestRetry = longest
		return positive(&w.firstRetry, "WithRetry: first", first)
	}
}

func positive(set *time.Duration, name string, d time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("%s: expected more than 0, got %v", name, d)
	}
	*set = d
	return nil
}

// NewWorker returns a worker that pays through client.
func NewWorker(db *pgstore.DB, client payout.Client, opts ...Option) (*Worker, error) {
	if db == nil || client == nil {
		return nil, errors.New("payoutjob: the database or the client is nil")
	}
	w := &Worker{
		db: db, timeout: DefaultTimeout, grace: DefaultGrace, firstRetry: DefaultFirstRetry, longestRetry: DefaultLongestRetry,
		confirm: func(context.Context, *payout.Result) error { return nil },
	}
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("payoutjob: an option is nil")
		}
		if err := opt(w); err != nil {
			return nil, fmt.Errorf("payoutjob: %w", err)
		}
	}
	w.client = patient{client, w.grace}
	return w, nil
}

// Timeout implements [river.Worker].
func (w *Worker) Timeout(*river.Job[Args]) time.Duration { return w.timeout }

// NextRetry implements [river.Worker]. It concerns jobs whose worker died: they go on at once.
func (w *Worker) NextRetry(*river.Job[Args]) time.Time { return time.Now() }

// Work implements [river.Worker]: it takes the payout as far as it goes without waiting. What it returns, River keeps in
// the job's errors; it names nothing but where to look.
func (w *Worker) Work(ctx context.Context, job *river.Job[Args]) error {
	id := job.Args.ExternalID
	open, cancel, err := w.gate(ctx, id)
	if err != nil {
		return w.unavailable(ctx)
	}
	switch open {
	case gateEnded:
		return nil
	case gateStopped:
		return river.JobCancel(errStopped)
	case gateApproval:
		return river.JobSnooze(time.Hour) // Approve makes it available
	}
	store := w.db.Store(id)
	request, err := w.db.Request(ctx, id)
	if err != nil {
		return w.noRequest(ctx, store, id, err)
	}
	if cancel {
		if err := w.cancel(ctx, request, store); err != nil {
			return w.failed(ctx, store, id, payout.Progress{}, err)
		}
	}
	for range maxSteps {
		var p payout.Progress
		p, err = payout.Advance(ctx, w.client, request, store, append(w.options[:len(w.options):len(w.options)], w.confirmed(id))...)
		switch {
		case err != nil:
			return w.failed(ctx, store, id, p, err)
		case p.Ended:
			if err := w.record(ctx, store, id, p); err != nil {
				return w.unavailable(ctx)
			}
			return nil
		case p.Wait > 0:
			_ = w.record(ctx, store, id, p) // it only informs
			return river.JobSnooze(p.Wait)
		}
	}
	return river.JobSnooze(0)
}

// cancelTime is how long a run waits for a cancel to be certain. What is not by then, Advance goes on with: the wish is saved.
const cancelTime = 2 * time.Second

// cancel sees to it that the wish to cancel is in the payout's state.
func (w *Worker) cancel(ctx context.Context, request gen.MassPayoutInitializeRequest, store *pgstore.Store) error {
	state, err := store.Load(ctx)
	if err == nil && (state.CancelWanted || state.Step == payout.StepEnded) {
		return nil
	}
	short, stop := context.WithTimeout(ctx, cancelTime)
	defer stop()
	_, err = payout.Cancel(short, w.client, request, store, w.options...)
	if errors.Is(err, payout.ErrTooLate) {
		return nil // Advance follows it, and NeedsPerson tells
	}
	if err != nil && short.Err() != nil && ctx.Err() == nil {
		if state, loadErr := store.Load(ctx); loadErr == nil && state.CancelWanted {
			return nil
		}
	}
	return err
}

// noRequest is failed for a request that cannot be read.
func (w *Worker) noRequest(ctx context.Context, store *pgstore.Store, id string, err error) error {
	state, loadErr := store.Load(ctx)
	if loadErr != nil { // it is the database
		return w.unavailable(ctx)
	}
	stopped := &payout.Error{
		Ref: payout.ByExternalID(id), Step: state.Step, MoneyMayHaveMoved: state.AuthSent,
		Advice: "see to the stored request, then resume the payout", Err: err,
	}
	if !errors.Is(err, pgstore.ErrNoRequest) && !errors.Is(err, payout.ErrOtherPayout) {
		stopped.Temporary = true
		stopped.Err = errors.New("the stored request cannot be read: is the Sealer's key there?") // err may quote it
	}
	return w.failed(ctx, store, id, payout.Progress{}, stopped)
}

// errStopped is what River keeps of a permanent error.
var errStopped = errors.New("the payout has stopped and needs a person: see masspayout_payouts.error")

// What gate says.
const (
	gateOpen = iota
	gateApproval
	gateStopped
	gateEnded
)

// gate reports whether the payout may be worked on, and whether it is to be canceled, by the database alone.
func (w *Worker) gate(ctx context.Context, id string) (gate int, cancel bool, err error) {
	var ended, stopped, approved bool
	err = w.db.Pool().QueryRow(ctx, `
		SELECT p.ended_at IS NOT NULL AND p.request IS NULL, p.stopped_at IS NOT NULL, l.list_id IS NULL OR l.released_at IS NOT NULL AND l.approvals <= (
			SELECT count(*) FROM masspayout_approvals a WHERE a.list_id = l.list_id AND a.digest = l.digest AND a.version = l.version),
			p.cancel_at IS NOT NULL
		FROM masspayout_payouts p LEFT JOIN masspayout_lists l USING (list_id) WHERE p.external_id = $1`, id).
		Scan(&ended, &stopped, &approved, &cancel)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return gateStopped, cancel, nil
	case err != nil:
		return gateStopped, cancel, err
	case stopped:
		return gateStopped, cancel, nil
	case ended:
		return gateEnded, cancel, nil
	case !approved:
		return gateApproval, cancel, nil
	}
	return gateOpen, cancel, nil
}

// confirmed asks once more, right before auth: the approvals are still there, and they are for this content.
func (w *Worker) confirmed(id string) payout.Option {
	return payout.WithConfirm(func(ctx context.Context, result *payout.Result) error {
		gate, cancel, err := w.gate(ctx, id)
		if err != nil {
			return fmt.Errorf("%w: %w", errUnavailable, err)
		}
		var digest string
		if err := w.db.Pool().QueryRow(ctx, "SELECT digest FROM masspayout_payouts WHERE external_id = $1", id).Scan(&digest); err != nil {
			return fmt.Errorf("%w: %w", errUnavailable, err)
		}
		if cancel {
			return fmt.Errorf("%w: it is to be canceled", errUnavailable) // by the next run
		}
		if gate != gateOpen || digest != result.Digest {
			return errors.New("it is not approved")
		}
		return w.confirm(ctx, result)
	})
}

// errUnavailable: the next run may find out whether to pay.
var errUnavailable = errors.New("the database does not say that it is to be paid")

// failed says what becomes of the job after an error of Advance.
func (w *Worker) failed(ctx context.Context, store *pgstore.Store, id string, p payout.Progress, err error) error {
	var stopped *payout.Error
	switch {
	case !errors.As(err, &stopped):
		return err // an option is wrong
	case errors.Is(err, payout.ErrLocked), errors.Is(err, payout.ErrConflict):
		return river.JobSnooze(jitter(w.firstRetry)) // the other run tells how it goes
	case errors.Is(ctx.Err(), context.Canceled):
		return river.JobSnooze(0) // a shutdown: another worker goes on at once
	case errors.Is(err, errUnavailable):
		return w.unavailable(ctx)
	}
	failures, recordErr := w.recordFailure(ctx, store, id, p, stopped)
	switch {
	case errors.Is(recordErr, pgx.ErrNoRows): // somebody else has gone on since
		return river.JobSnooze(0)
	case recordErr != nil:
		return w.unavailable(ctx)
	case !stopped.Temporary:
		return river.JobCancel(errStopped)
	}
	wait := w.longestRetry
	if failures < 16 {
		wait = min(wait, w.firstRetry<<failures)
	}
	var api *gen.APIError
	if errors.As(err, &api) {
		wait = max(wait, min(api.RetryAfter, payout.DefaultLongestRetryAfter))
	}
	return river.JobSnooze(jitter(wait))
}

// unavailable comes back later, because the database is not there.
func (w *Worker) unavailable(ctx context.Context) error {
	if ctx.Err() != nil {
		return river.JobSnooze(0)
	}
	return river.JobSnooze(jitter(w.firstRetry))
}

// jitter keeps many jobs that met the same failure from coming back together.
func jitter(d time.Duration) time.Duration { return d - rand.N(d/4+1) }

// recordTimeout is how long writing down a run's outcome may take, also after its context has ended.
const recordTimeout = 5 * time.Second

// record writes down what a run without an error told.
func (w *Worker) record(ctx context.Context, store *pgstore.Store, id string, p payout.Progress) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	return pgx.BeginFunc(ctx, w.db.Pool(), func(tx pgx.Tx) error {
		looks := 0
		if p.Wait > 0 {
			looks = 1
		}
		tag, err := tx.Exec(ctx, `
			UPDATE masspayout_payouts SET status = coalesce(nullif($3, ''), status), waiting = $4, looks = looks + $5, run_at = clock_timestamp(),
				error = NULL, failures = 0, failing_since = NULL
			WHERE external_id = $1 AND revision = $2`, id, store.Revision(), string(p.Status), p.Waiting, looks)
		if err != nil || tag.RowsAffected() == 0 { // 0: somebody else has gone on since
			return err
		}
		return recordTallies(ctx, tx, id, p.Result)
	})
}

// recordFailure writes down the error of a run, if nobody has gone on since, and returns how many failed in a row before.
func (w *Worker) recordFailure(ctx context.Context, store *pgstore.Store, id string, p payout.Progress, stopped *payout.Error) (failures int, err error) {
	data, err := json.Marshal(stopped)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	err = pgx.BeginFunc(ctx, w.db.Pool(), func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			UPDATE masspayout_payouts SET status = coalesce(nullif($3, ''), status), waiting = '', run_at = clock_timestamp(), error = $4,
				failures = failures + 1, failing_since = coalesce(failing_since, clock_timestamp()),
				stopped_at = CASE WHEN $5 THEN clock_timestamp() END
			WHERE external_id = $1 AND revision = $2 RETURNING failures - 1`,
			id, store.Revision(), string(p.Status), data, !stopped.Temporary).Scan(&failures)
		if err != nil {
			return err
		}
		return recordTallies(ctx, tx, id, p.Result)
	})
	return failures, err
}

// recordTallies replaces the tallies of a payout whose items have been read.
func recordTallies(ctx context.Context, tx pgx.Tx, id string, result *payout.Result) error {
	if result == nil || result.TakenAt.IsZero() {
		return nil
	}
	if _, err := tx.Exec(ctx, "DELETE FROM masspayout_tallies WHERE external_id = $1", id); err != nil {
		return err
	}
	for _, t := range result.Tallies() {
		if err := insertTally(ctx, tx, id, t); err != nil {
			return err
		}
	}
	return nil
}

// patient is a client whose requests that change something are heard to their end, for a while, when the context ends.
type patient struct {
	payout.Client
	grace time.Duration
}

func (c patient) InitMassPayout(ctx context.Context, body gen.MassPayoutInitializeRequest, editors ...gen.RequestEditorFn) (*gen.MassPayoutInitializeResponse, error) {
	ctx, cancel := linger(ctx, c.grace)
	defer cancel()
	return c.Client.InitMassPayout(ctx, body, editors...)
}

func (c patient) AuthMassPayout(ctx context.Context, body gen.MassPayoutAuthRequest, editors ...gen.RequestEditorFn) (*gen.MassPayoutAuthResponse, error) {
	ctx, cancel := linger(ctx, c.grace)
	defer cancel()
	return c.Client.AuthMassPayout(ctx, body, editors...)
}

func (c patient) CancelMassPayout(ctx context.Context, requestID gen.RequestID, editors ...gen.RequestEditorFn) (*gen.MassPayoutAuthResponse, error) {
	ctx, cancel := linger(ctx, c.grace)
	defer cancel()
	return c.Client.CancelMassPayout(ctx, requestID, editors...)
}

// linger returns a context that ends some time after ctx.
func linger(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return longer, func() { stop(); cancel() }
}
