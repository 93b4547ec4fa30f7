package payoutjob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
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

// Worker works the payouts' jobs. Add it to River with [river.AddWorkerSafely].
type Worker struct {
	river.WorkerDefaults[Args]
	db                       *pgstore.DB
	client                   payout.Client
	options                  []payout.Option
	timeout, grace           time.Duration
	firstRetry, longestRetry time.Duration
	confirm                  func(context.Context, *payout.Result) error
	log                      *slog.Logger
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

// WithLogger sets where the worker logs, in place of slog.Default(): at WARN whatever stops a payout, and errors that could
// not be written into its row; at INFO errors that may pass. Nothing of a recipient is logged.
func WithLogger(log *slog.Logger) Option {
	return func(w *Worker) error {
		if log == nil {
			return errors.New("WithLogger: the logger is nil")
		}
		w.log = log
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
// that is under way should finish, since cutting it off leaves its outcome unknown.
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
		confirm: func(context.Context, *payout.Result) error { return nil }, log: slog.Default(),
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
	claim, err := w.db.Claim(ctx, id)
	switch {
	case errors.Is(err, payout.ErrLocked):
		return river.JobSnooze(jitter(w.firstRetry))
	case errors.Is(err, pgstore.ErrNoPayout):
		w.log.WarnContext(ctx, "payoutjob: the job has no payout", "externalId", id)
		return river.JobCancel(pgstore.ErrNoPayout)
	case err != nil:
		return w.unreadable(ctx, id, err)
	}
	switch claim.Gate {
	case pgstore.GateEnded:
		return nil
	case pgstore.GateStopped:
		return river.JobCancel(errStopped)
	case pgstore.GateApproval:
		return river.JobSnooze(time.Hour) // Approve makes it available
	}
	opts := append(w.options[:len(w.options):len(w.options)], w.confirmed(claim), payout.WithDigest(claim.Digest))
	if claim.CancelWanted {
		opts = append(opts, payout.WithCancel())
	}
	request := func(ctx context.Context) (gen.MassPayoutInitializeRequest, error) {
		request, err := claim.Request(ctx)
		if err != nil {
			err = w.noRequest(ctx, claim, id, err)
		}
		return request, err
	}
	p, err := payout.Continue(ctx, w.client, id, request, claim, opts...)
	if err != nil {
		return w.failed(ctx, claim, id, p, err)
	}
	report := pgstore.Report{Status: p.Status, Waiting: p.Waiting, Looked: p.Wait > 0, Tallies: tallies(p.Result)}
	if p.Failure != nil && !p.Ended {
		report.Err = w.stands(ctx, claim, id, triedAgain, p.Failure)
		report.Err.Temporary = true
		if pgstore.Permanent(p.Failure) { // such as of a Limiter
			return w.failed(ctx, claim, id, p, report.Err)
		}
	}
	failures, err := w.release(ctx, claim, report)
	switch {
	case errors.Is(err, payout.ErrLocked): // somebody else has gone on since
		return river.JobSnooze(0)
	case err != nil:
		return w.unreadable(ctx, id, err)
	case p.Ended:
		return nil
	case report.Err != nil:
		return w.snooze(ctx, id, report.Err, failures, p.Wait)
	default:
		return river.JobSnooze(p.Wait)
	}
}

// stands returns an error of a payout, at the step of its State.
func (w *Worker) stands(ctx context.Context, claim *pgstore.Claim, id, advice string, err error) *payout.Error {
	state, loadErr := claim.Load(ctx)
	return &payout.Error{
		Ref: payout.ByExternalID(id), Step: cmp.Or(state.Step, payout.StepNew), MoneyMayHaveMoved: state.AuthSent || loadErr != nil,
		Advice: advice, Err: err,
	}
}

// What a person is told, the second after what there is to do.
const (
	triedAgain = "it is tried again"
	thenResume = ", then resume the payout"
)

// noRequest is the error of a request that cannot be read.
func (w *Worker) noRequest(ctx context.Context, claim *pgstore.Claim, id string, err error) *payout.Error {
	stopped := w.stands(ctx, claim, id, "see to the stored request"+thenResume, err)
	switch {
	case errors.Is(err, pgstore.ErrNoRequest):
	case errors.As(err, new(*pgconn.PgError)), ctx.Err() != nil:
		stopped.Temporary, stopped.Advice = true, triedAgain // stopped looks at the SQLSTATE
	default:
		stopped.Temporary = true
		stopped.Err = errors.New("the stored request cannot be read: is the Sealer's key there?") // err may quote it
	}
	return stopped
}

// errStopped is what River keeps of a permanent error.
var errStopped = errors.New("the payout has stopped and needs a person: see masspayout_payouts.error")

// confirmed asks once more, right before auth: the approvals are still there, and they are for this content.
func (w *Worker) confirmed(claim *pgstore.Claim) payout.Option {
	return payout.WithConfirm(func(ctx context.Context, result *payout.Result) error {
		switch gate, cancel, err := claim.Approved(ctx, result.Digest); {
		case err != nil:
			return fmt.Errorf("%w: %w", errUnavailable, err)
		case cancel:
			return errCancel
		case gate != pgstore.GateOpen:
			return errors.New("it is not approved")
		}
		return w.confirm(ctx, result)
	})
}

var (
	// errUnavailable: the next run may find out whether to pay.
	errUnavailable = errors.New("the database does not say that it is to be paid")

	// errCancel: the next run cancels it.
	errCancel = errors.New("it is to be canceled")
)

// failed says what becomes of the job after an error.
func (w *Worker) failed(ctx context.Context, claim *pgstore.Claim, id string, p payout.Progress, err error) error {
	stopped := w.stopped(id, err)
	report := pgstore.Report{Status: p.Status, Tallies: tallies(p.Result), Err: stopped}
	switch {
	case errors.Is(err, payout.ErrLocked):
		_, _ = w.release(ctx, claim, pgstore.Report{Nothing: true})
		return river.JobSnooze(jitter(w.firstRetry)) // the other run tells how it goes
	case errors.Is(ctx.Err(), context.Canceled), errors.Is(err, errCancel): // a shutdown: the next run goes on at once
		report.Nothing, report.Err = true, nil
	}
	failures, releaseErr := w.release(ctx, claim, report)
	switch {
	case errors.Is(releaseErr, payout.ErrLocked): // somebody else has gone on since
		return river.JobSnooze(0)
	case releaseErr != nil:
		return w.unreadable(ctx, id, errors.Join(err, releaseErr))
	case report.Nothing:
		return river.JobSnooze(0)
	}
	return w.verdict(ctx, id, stopped, failures)
}

// stopped returns err as what is written into the payout's row. An error of the database that does not pass by itself
// is permanent, whatever package payout, which knows no database, says of it.
func (w *Worker) stopped(id string, err error) *payout.Error {
	var stopped *payout.Error
	if !errors.As(err, &stopped) { // an option is wrong
		return &payout.Error{Ref: payout.ByExternalID(id), MoneyMayHaveMoved: true, Advice: "correct the worker" + thenResume, Err: err}
	}
	if pgstore.Permanent(err) {
		permanent := *stopped
		permanent.Temporary, permanent.Advice = false, pgstore.Explain(err)+thenResume
		return &permanent
	}
	if errors.Is(err, errUnavailable) { // the database, while it was asked for the approvals
		temporary := *stopped
		temporary.Temporary = true
		return &temporary
	}
	return stopped
}

// verdict says what becomes of the job after an error that has been written down.
func (w *Worker) verdict(ctx context.Context, id string, stopped *payout.Error, failures int) error {
	if !stopped.Temporary {
		w.log.WarnContext(ctx, "payoutjob: the payout has stopped and needs a person", "externalId", id, "error", stopped)
		return river.JobCancel(errStopped)
	}
	return w.snooze(ctx, id, stopped, failures, w.retryIn(stopped, failures))
}

// snooze has the job come back after an error that may pass.
func (w *Worker) snooze(ctx context.Context, id string, err *payout.Error, failures int, wait time.Duration) error {
	w.log.InfoContext(ctx, "payoutjob: the payout waits after an error", "externalId", id, "failures", failures+1, "wait", wait, "error", err)
	return river.JobSnooze(wait)
}

// retryIn is how long to wait after a temporary error: longer each time, and as long as iyzico asks for.
func (w *Worker) retryIn(err error, failures int) time.Duration {
	wait := w.longestRetry
	if failures < 16 {
		wait = min(wait, w.firstRetry<<failures)
	}
	var api *gen.APIError
	if errors.As(err, &api) {
		wait = max(wait, min(api.RetryAfter, payout.DefaultLongestRetryAfter))
	}
	return jitter(wait)
}

// unreadable is failed for a payout whose row could not be read or written, so that nothing of it is known.
func (w *Worker) unreadable(ctx context.Context, id string, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return river.JobSnooze(0)
	}
	stopped := &payout.Error{
		Ref: payout.ByExternalID(id), MoneyMayHaveMoved: true, Temporary: !pgstore.Permanent(err),
		Advice: triedAgain, Err: err,
	}
	if !stopped.Temporary {
		stopped.Advice = pgstore.Explain(err) + thenResume
	}
	brief, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	failures, failErr := w.db.Fail(brief, id, stopped)
	if failErr != nil {
		return w.unrecorded(ctx, id, stopped, failErr)
	}
	return w.verdict(ctx, id, stopped, failures)
}

// unrecorded is verdict for an error that could not be written into the payout's row, because of err. The log has it, and
// if it is permanent, or what kept it from being written is, so has the job, which is canceled.
func (w *Worker) unrecorded(ctx context.Context, id string, stopped *payout.Error, err error) error {
	wait := jitter(w.firstRetry)
	permanent := pgstore.Permanent(err)
	w.log.WarnContext(ctx, "payoutjob: the payout's row could not be written", "externalId", id, "stops", permanent, "wait", wait,
		"error", stopped, "because", err)
	if permanent {
		return river.JobCancel(fmt.Errorf("the payout has stopped and needs a person, and masspayout_payouts could not be written%s: %s",
			sqlState(err), pgstore.Explain(err)+thenResume))
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		wait = 0
	}
	return river.JobSnooze(wait)
}

func sqlState(err error) string {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return " (SQLSTATE " + refused.Code + ")"
	}
	return ""
}

// jitter keeps many jobs that met the same failure from coming back together.
func jitter(d time.Duration) time.Duration { return d - rand.N(d/4+1) }

// recordTimeout is how long writing down a run's outcome may take, also after its context has ended.
const recordTimeout = 5 * time.Second

func (w *Worker) release(ctx context.Context, claim *pgstore.Claim, report pgstore.Report) (failures int, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	return claim.Release(ctx, report)
}

// tallies are those of a payout whose items have been read.
func tallies(result *payout.Result) payout.Tallies {
	if result == nil || result.TakenAt.IsZero() {
		return nil
	}
	return result.Tallies()
}

// patient is a client that waits a while for the responses to init, auth and cancel after the context has ended.
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
