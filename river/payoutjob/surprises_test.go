//go:build unix

package payoutjob_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/payoutjob"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

// The tests in this file are about what River or PostgreSQL do that one may not expect.

// StopAndCancel gives a job back with attempt 0, as if nobody had ever worked on it, and whether subscribers are told is a
// matter of luck. So no payout may be followed by River's attempts or events: the payout's row tells how it goes.
func TestStopAndCancel(t *testing.T) {
	t.Parallel()
	s := open(t)
	reached := make(chan struct{})
	var once sync.Once
	client := start(t, s.pool, worker(t, s.db, s.emu.URL, meddler(func(r *http.Request) (*http.Response, error) {
		once.Do(func() { close(reached) })
		<-r.Context().Done()
		return nil, r.Context().Err()
	})))
	if _, err := s.enqueue(request("p", item("emp-1", "100")), 0); err != nil {
		t.Fatal(err)
	}
	<-reached
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := client.StopAndCancel(ctx); err != nil {
		t.Fatal(err)
	}
	p := s.wait("p", func(p []payoutjob.Payout) bool { return p[0].JobState == "available" })[0]
	if p.Attempt != 0 || p.Failures != 0 || p.Err != nil || p.Stopped || p.Ended {
		t.Errorf("it stands as %+v", p)
	}
	s.start()
	s.wait("p", finished)
	s.wantPaid("p", "emp-1")
}

// Unique jobs compare the text of JSON, in which 1.10 and 1.1 differ. A payout's job has its name alone, as text.
func TestArgsAreANameAlone(t *testing.T) {
	t.Parallel()
	if args, err := json.Marshal(payoutjob.Args{ExternalID: "maaş 1.10"}); err != nil || string(args) != `{"externalId":"maaş 1.10"}` {
		t.Errorf("the job's arguments are %s, %v", args, err)
	}
	s := open(t)
	client, err := river.NewClient(riverpgxv5.New(s.pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		skip bool
	}{{"nov-1.1", false}, {"nov-1.1", true}, {"nov-1.10", false}} { // two names are two payouts
		job, err := client.Insert(t.Context(), payoutjob.Args{ExternalID: tt.name}, nil)
		if err != nil || job.UniqueSkippedAsDuplicate != tt.skip {
			t.Errorf("%s: skipped %v, %v; expected %v", tt.name, job.UniqueSkippedAsDuplicate, err, tt.skip)
		}
	}
}

// A job of a user's own, with resumable steps, that enqueues a payout in a plain line between them.
type payrollArgs struct{}

func (payrollArgs) Kind() string { return "payroll" }

type payrollWorker struct {
	river.WorkerDefaults[payrollArgs]
	s            *shop
	steps, plain int
}

func (w *payrollWorker) Work(ctx context.Context, job *river.Job[payrollArgs]) error {
	river.ResumableStep(ctx, "close the books", nil, func(context.Context) error { w.steps++; return nil })
	w.plain++
	if _, err := w.s.enqueue(request("p", item("emp-1", "100")), 0); err != nil {
		return err
	}
	river.ResumableStep(ctx, "tell", nil, func(context.Context) error {
		if job.Attempt < 3 {
			return errors.New("the mail server is away")
		}
		return nil
	})
	return nil
}

func (w *payrollWorker) NextRetry(*river.Job[payrollArgs]) time.Time { return time.Now() }

// Plain lines of a resumable job run at every attempt, steps that are done do not. Enqueue may be a plain line: the same
// content again changes nothing.
func TestEnqueueInAResumableJob(t *testing.T) {
	t.Parallel()
	s := open(t)
	w := &payrollWorker{s: s}
	workers := river.NewWorkers()
	if err := errors.Join(river.AddWorkerSafely(workers, w), river.AddWorkerSafely(workers, worker(t, s.db, s.emu.URL, http.DefaultTransport))); err != nil {
		t.Fatal(err)
	}
	client, err := river.NewClient(riverpgxv5.New(s.pool), &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}}, Workers: workers,
		FetchCooldown: 5 * time.Millisecond, FetchPollInterval: 20 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	done, unsubscribe := client.Subscribe(river.EventKindJobCompleted)
	defer unsubscribe()
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Insert(t.Context(), payrollArgs{}, nil); err != nil {
		t.Fatal(err)
	}
	for event := range done {
		if event.Job.Kind == "payroll" {
			break
		}
	}
	s.wait("p", finished)
	if err := client.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.steps != 1 || w.plain != 3 {
		t.Errorf("the step ran %d times, the plain line %d times; expected 1 and 3", w.steps, w.plain)
	}
	s.wantPaid("p", "emp-1")
}

// A name with a NUL, none, or one that is too long for an index, is refused before PostgreSQL sees it, so that the caller's transaction can go on.
func TestNULDoesNotAbortTheTransaction(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	with := func(change func(*gen.MassPayoutInitializeRequest)) gen.MassPayoutInitializeRequest {
		r := request("p", item("emp-1", "100"))
		change(&r)
		return r
	}
	for _, bad := range []string{"nov\x00", "", "nov\xff", strings.Repeat("nov", 1000), strings.Repeat("\ufdfa", 400)} {
		for name, call := range map[string]func(tx pgx.Tx) error{
			"Enqueue, its name": func(tx pgx.Tx) error {
				_, err := s.queue.Enqueue(ctx, tx, with(func(r *gen.MassPayoutInitializeRequest) { r.ExternalID = bad }), 0)
				return err
			},
			"Enqueue, an item": func(tx pgx.Tx) error {
				_, err := s.queue.Enqueue(ctx, tx, with(func(r *gen.MassPayoutInitializeRequest) { r.Items[0].ItemExternalID = bad }), 0)
				return err
			},
			"Enqueue, a currency": func(tx pgx.Tx) error {
				_, err := s.queue.Enqueue(ctx, tx, with(func(r *gen.MassPayoutInitializeRequest) { r.Items[0].Amount.Currency = gen.Currency(bad) }), 0)
				return err
			},
			"Insert": func(tx pgx.Tx) error {
				return s.db.Insert(ctx, tx, with(func(r *gen.MassPayoutInitializeRequest) { r.ExternalID = bad }))
			},
			"Approve, the list":   func(tx pgx.Tx) error { _, err := s.queue.Approve(ctx, tx, bad, "1:d", "Elif"); return err },
			"Approve, the digest": func(tx pgx.Tx) error { _, err := s.queue.Approve(ctx, tx, "p", bad, "Elif"); return err },
			"Approve, the person": func(tx pgx.Tx) error { _, err := s.queue.Approve(ctx, tx, "p", "1:d", bad); return err },
			"Withdraw":            func(tx pgx.Tx) error { return s.queue.Withdraw(ctx, tx, bad) },
			"Limiter":             func(pgx.Tx) error { _, err := s.db.Limiter(bad, 60, 10); return err },
			"DB.Result":           func(pgx.Tx) error { _, err := s.db.Result(ctx, bad); return err },
			"Tallies":             func(pgx.Tx) error { _, err := s.queue.Tallies(ctx, cmp.Or(bad, "\x00")); return err },
			"Cancel":              func(tx pgx.Tx) error { return s.queue.Cancel(ctx, tx, bad) },
			"Resume":              func(tx pgx.Tx) error { return s.queue.Resume(ctx, tx, bad) },
			"Dismiss":             func(tx pgx.Tx) error { return s.queue.Dismiss(ctx, tx, bad) },
		} {
			if len(bad) > 1000 && name == "Enqueue, an item" {
				continue // no index has it
			}
			tx, err := s.pool.Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := call(tx); err == nil {
				t.Errorf("%s: %.20q is no error", name, bad)
			}
			if _, err := tx.Exec(ctx, "SELECT 1"); err != nil {
				t.Errorf("%s: %q: the transaction is %v", name, bad, err)
			}
			if err := tx.Rollback(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A list that nobody approves is withdrawn: its requests are gone, and its name is free.
func TestWithdraw(t *testing.T) {
	t.Parallel()
	s := open(t, payoutjob.WithMaxItems(2))
	s.start()
	ctx := t.Context()
	withdraw := func(id string) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return s.queue.Withdraw(ctx, tx, id) })
	}
	all, ids := items(3)
	wrong, err := s.enqueue(request("nov-1", all...), 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.approve("nov-1", wrong.Digest, "Elif"); err != nil {
		t.Fatal(err)
	}
	if found, err := s.queue.NeedsPerson(ctx, 0); err != nil || len(found) != 2 || found[0].Why != "it has waited too long for approval; Approve or Withdraw its list" {
		t.Errorf("NeedsPerson returned %+v, %v", found, err)
	}
	if err := withdraw("nov-1"); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"Withdraw again": withdraw("nov-1"),
		"Approve":        func() error { _, err := s.approve("nov-1", wrong.Digest, "Mehmet"); return err }(),
		"List":           func() error { _, err := s.queue.List(ctx, "nov-1"); return err }(),
		"Result":         func() error { _, err := s.queue.Result(ctx, "nov-1"); return err }(),
	} {
		if !errors.Is(err, payoutjob.ErrNoList) {
			t.Errorf("%s returned %v", name, err)
		}
	}
	lists, err := s.queue.Lists(ctx)
	found, err2 := s.queue.NeedsPerson(ctx, 0)
	if errors.Join(err, err2) != nil || len(lists)+len(found) > 0 {
		t.Errorf("left are %v, %v, %v, %v", lists, found, err, err2)
	}
	if _, err := s.db.Request(ctx, "nov-1"); !errors.Is(err, pgstore.ErrNoRequest) {
		t.Errorf("Request returned %v", err)
	}

	// The same content again needs all its approvals anew; so would its name in other letters be free.
	list, err := s.enqueue(request("nov-1", all...), 2)
	if err != nil || len(list.Approved) > 0 || list.Released {
		t.Fatal(list, err)
	}
	for _, person := range []string{"Mehmet", "Zeynep"} {
		if list, err = s.approve("nov-1", list.Digest, person); err != nil {
			t.Fatal(err)
		}
	}
	s.wait("nov-1", finished)
	s.wantPaid("nov-1", ids...)
	if err := withdraw("nov-1"); !errors.Is(err, payout.ErrTooLate) {
		t.Errorf("a released list: Withdraw returned %v", err)
	}
}

// A name that a person would read as one that is there is refused, whoever comes first, and nothing is written.
func TestNamesThatReadAsOne(t *testing.T) {
	t.Parallel()
	s := open(t, payoutjob.WithMaxItems(2))
	if _, err := s.enqueue(request("Maaş nov-1", item("emp-1", "100")), 1); err != nil {
		t.Fatal(err)
	}
	all, _ := items(3)
	for _, tt := range []struct {
		name string
		ok   bool
	}{
		{"maaş NOV-1", false},
		{"Maaş  nov-1", false},      // two spaces
		{"Maas\u0327 nov-1", false}, // decomposed
		{"Ｍaaş nov-1", false},       // full width
		{"MAAŞ NOV-1", false},
		{"Maaş nov-2", true},
		{"Maaş nov-1.", true},
	} {
		for _, content := range [][]gen.MassPayoutItem{all[:1], all} { // one payout, or two
			_, err := s.enqueue(request(tt.name, content...), 0)
			if tt.ok && err != nil && !errors.Is(err, payout.ErrOtherPayout) || !tt.ok && !errors.Is(err, payout.ErrOtherPayout) {
				t.Errorf("%q: Enqueue returned %v", tt.name, err)
			}
			if tt.ok {
				break
			}
		}
	}
	var names int
	if err := s.pool.QueryRow(t.Context(), "SELECT count(*) FROM masspayout_payouts").Scan(&names); err != nil || names != 3 {
		t.Errorf("%d payouts are there, %v; expected 3", names, err)
	}
	// At once, in two transactions: one of them waits for the other.
	first, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.queue.Enqueue(t.Context(), first, request("dec-1", all[0]), 0); err != nil {
		t.Fatal(err)
	}
	second := make(chan error)
	go func() {
		_, err := s.enqueue(request("DEC-1", all[0]), 0)
		second <- err
	}()
	if err := first.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-second; !errors.Is(err, payout.ErrOtherPayout) {
		t.Errorf("at once: Enqueue returned %v", err)
	}
}
