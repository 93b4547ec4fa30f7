//go:build unix

package payoutjob_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/internal/pgtest"
	"github.com/iyzico-go/masspayout/river/payoutjob"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

// More runs than connections wait for each other, but not forever: a run that holds a lock gets what else it needs.
func TestFewConnections(t *testing.T) {
	t.Parallel()
	s := open(t)
	config, err := pgxpool.ParseConfig(s.url)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 3
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Reset)
	db, err := pgstore.New(pool)
	if err != nil {
		t.Fatal(err)
	}
	limiter, err := db.Limiter("m", 1_000_000, 1000)
	if err != nil {
		t.Fatal(err)
	}
	start(t, pool, worker(t, db, s.emu.URL, limiter.RoundTripper(http.DefaultTransport)))
	for i := range 6 {
		if _, err := s.enqueue(request(fmt.Sprint("p", i), item(fmt.Sprint("emp-", i), "100")), 0); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 6 {
		s.wait(fmt.Sprint("p", i), finished)
		s.wantPaid(fmt.Sprint("p", i), fmt.Sprint("emp-", i))
	}
}

// Two approve at once. Whatever the isolation of their transactions, the list is released, or one of them hears that it
// must try again.
func TestApproveAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, isolation := range []pgx.TxIsoLevel{pgx.ReadCommitted, pgx.RepeatableRead, pgx.Serializable} {
		t.Run(string(isolation), func(t *testing.T) {
			ctx := t.Context()
			id := strings.ReplaceAll(string(isolation), " ", "-")
			list, err := s.enqueue(request(id, item("emp-1", "100")), 2)
			if err != nil {
				t.Fatal(err)
			}
			begin := func() pgx.Tx {
				tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: isolation})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = tx.Rollback(context.WithoutCancel(ctx)) })
				if _, err := tx.Exec(ctx, "SELECT count(*) FROM masspayout_lists"); err != nil { // the snapshot
					t.Fatal(err)
				}
				return tx
			}
			first, second := begin(), begin()
			if _, err := s.queue.Approve(ctx, first, id, list.Digest, "Elif"); err != nil {
				t.Fatal(err)
			}
			if err := first.Commit(ctx); err != nil {
				t.Fatal(err)
			}
			_, err = s.queue.Approve(ctx, second, id, list.Digest, "Mehmet")
			if err == nil {
				err = second.Commit(ctx)
			}
			var refused *pgconn.PgError
			if again := errors.As(err, &refused) && refused.Code == "40001"; err != nil && !again {
				t.Fatal(err)
			} else if again {
				_ = second.Rollback(ctx)
				if _, err := s.approve(id, list.Digest, "Mehmet"); err != nil {
					t.Fatal(err)
				}
			}
			if list, err := s.queue.List(ctx, id); err != nil || !list.Released || len(list.Approved) != 2 {
				t.Errorf("the list is %+v, %v", list, err)
			}
		})
	}
}

// Content that was replaced, and is back, needs its approvals anew.
func TestApprovalsAreVoid(t *testing.T) {
	t.Parallel()
	s := open(t)
	shown, other := request("p", item("emp-1", "100")), request("p", item("emp-1", "1000"))
	if _, err := s.enqueue(shown, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := s.approve("p", payout.Digest(shown), "Elif"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.enqueue(other, 2); err != nil {
		t.Fatal(err)
	}
	if list, err := s.enqueue(shown, 2); err != nil || len(list.Approved) != 0 {
		t.Errorf("the list is %+v, %v", list, err)
	}
	for _, person := range []string{"Mehmet", "Elif"} {
		if list, err := s.approve("p", payout.Digest(shown), person); err != nil || list.Released != (person == "Elif") {
			t.Errorf("the list is %+v, %v", list, err)
		}
	}
}

func TestSamePerson(t *testing.T) {
	t.Parallel()
	s := open(t)
	list, err := s.enqueue(request("p", item("emp-1", "100")), 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		person string
		valid  bool
	}{
		{"Gül Şen", true},
		{"Gu\u0308l S\u0327en", true}, // decomposed
		{"Ｇül Şen", true},             // full width
		{"Gül\u00a0Şen", true},
		{"Gül\u200b Şen", false}, // invisible
		{"Gül Şen\u202e", false},
		{"Gül\x00Şen", false},
		{"\u200b", false},
		{"Gül\xff", false},
	} {
		list, err := s.approve("p", list.Digest, tt.person)
		if (err == nil) != tt.valid {
			t.Errorf("%q: Approve returned %v", tt.person, err)
		}
		if tt.valid && len(list.Approved) != 1 {
			t.Errorf("%q is another person: %v", tt.person, list.Approved)
		}
	}
}

// A run that is never done in time comes back later and later, and shows.
func TestTimeout(t *testing.T) {
	t.Parallel()
	s := open(t)
	start(t, s.pool, worker(t, s.db, s.emu.URL, meddler(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}), payoutjob.WithTimeout(50*time.Millisecond), payoutjob.WithGrace(time.Millisecond)))
	if _, err := s.enqueue(request("p", item("emp-1", "100")), 0); err != nil {
		t.Fatal(err)
	}
	p := s.wait("p", func(p []payoutjob.Payout) bool { return p[0].Err != nil })[0]
	if !p.Err.Temporary || !errors.Is(p.Err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", p.Err)
	}
	s.wait("p", func([]payoutjob.Payout) bool {
		found, err := s.queue.NeedsPerson(t.Context(), 0)
		return err == nil && len(found) > 0
	})
}

// Tables need not be in the schema public, and the names of payouts may be anything.
func TestSchemaAndNames(t *testing.T) {
	t.Parallel()
	s := openSchema(t, "pay roll")
	s.start()
	for i, id := range []string{`'; DROP TABLE masspayout_payouts; --`, `%s`, `"`, `maaş 2026/11`, `\`} {
		emp := fmt.Sprint("emp-", i)
		if _, err := s.enqueue(request(id, item(emp, "100")), 0); err != nil {
			t.Fatal(err)
		}
		s.wait(id, finished)
		s.wantPaid(id, emp)
	}
	if _, err := s.queue.Payouts(t.Context(), "\x00"); err == nil {
		t.Error("a NUL is no error")
	}
	if _, err := s.enqueue(request("\x00", item("emp-9", "100")), 0); err == nil {
		t.Error("a NUL is no error")
	}
	if found, err := s.queue.NeedsPerson(t.Context(), 0); err != nil || len(found) > 0 {
		t.Error(found, err)
	}
}

// Money that is stuck needs a person, until one has seen to it.
func TestDismiss(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.start()
	if _, err := s.enqueue(request("p", itemTo("emp-1", "100", emulator.RecipientKeepsMoney.MemberID())), 0); err != nil {
		t.Fatal(err)
	}
	dismiss := func() error {
		return pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error { return s.queue.Dismiss(t.Context(), tx, "p") })
	}
	s.wait("p", finished)
	for _, want := range []int{1, 0} {
		found, err := s.queue.NeedsPerson(t.Context(), time.Hour)
		if err != nil || len(found) != want {
			t.Errorf("NeedsPerson returned %v, %v", found, err)
		}
		if err := dismiss(); err != nil {
			t.Error(err)
		}
	}
	if err := pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error { return s.queue.Dismiss(t.Context(), tx, "q") }); err == nil {
		t.Error("dismissed a payout that does not exist")
	}
}

// A payout that has stopped before auth is canceled through the queue; one that is authorized is not.
func TestCancel(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.start()
	cancel := func(id string) error {
		return pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error { return s.queue.Cancel(t.Context(), tx, id) })
	}
	blocked := emulator.RecipientBlocked.MemberID()
	if _, err := s.enqueue(request("p", item("emp-1", "100"), itemTo("emp-2", "200", blocked)), 0); err != nil {
		t.Fatal(err)
	}
	s.wait("p", stopped)
	if err := cancel("p"); err != nil {
		t.Fatal(err)
	}
	p := s.wait("p", finished)[0]
	if !p.Ended || p.Stopped || p.Status != gen.PayoutStatusCanceled || len(s.emu.Ledger()) > 0 {
		t.Errorf("it stands as %+v", p)
	}

	if _, err := s.enqueue(request("q", item("emp-3", "100")), 0); err != nil {
		t.Fatal(err)
	}
	s.wait("q", finished)
	if err := cancel("q"); err != nil {
		t.Fatal(err)
	}
	s.wait("q", finished)
	s.wantPaid("q", "emp-3")
	if found, err := s.queue.NeedsPerson(t.Context(), time.Hour); err != nil || len(found) != 1 || !strings.HasPrefix(found[0].Why, "it was to be canceled") {
		t.Errorf("NeedsPerson returned %v, %v", found, err)
	}

	// Nobody works on it before it is canceled: iyzico never hears of it.
	if _, err := s.enqueue(request("waits", item("emp-4", "100")), 1); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"waits", "nobody"} {
		if err := cancel(id); err == nil || !strings.HasPrefix(err.Error(), "payoutjob: canceling") {
			t.Errorf("%s: Cancel returned %v", id, err)
		}
	}
	if err := pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error {
		_, err := s.queue.Enqueue(t.Context(), tx, request("new", item("emp-5", "100")), 0)
		return errors.Join(err, s.queue.Cancel(t.Context(), tx, "new"))
	}); err != nil {
		t.Fatal(err)
	}
	if p := s.wait("new", stopped)[0]; !errors.Is(p.Err, payout.ErrNotFound) || s.emu.Paid()["emp-5"] > 0 {
		t.Errorf("it stands as %+v, %v", p, p.Err)
	}
	if n := s.emu.Calls(emulator.OpInit); n != 2 {
		t.Errorf("init was sent %d times", n)
	}
}

// Somebody cancels while a run is at each request: it is paid once, or canceled and not paid, and stays so.
func TestCancelWhileRunning(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, at := range []string{"init", "balance", "auth"} {
		var once sync.Once
		client := start(t, s.pool, worker(t, s.db, s.emu.URL, meddler(func(r *http.Request) (*http.Response, error) {
			if operation(r) == at {
				once.Do(func() {
					if err := pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error { return s.queue.Cancel(t.Context(), tx, at) }); err != nil {
						t.Error(err)
					}
				})
			}
			return http.DefaultTransport.RoundTrip(r)
		})))
		if _, err := s.enqueue(request(at, item("emp-"+at, "100")), 0); err != nil {
			t.Fatal(err)
		}
		p := s.wait(at, finished)[0]
		want := 0
		if at == "auth" {
			want = 1
		}
		if p.Stopped && !errors.Is(p.Err, payout.ErrNotFound) || s.emu.Paid()["emp-"+at] != want {
			t.Errorf("%s: paid %d times, %+v, %v", at, s.emu.Paid()["emp-"+at], p, p.Err)
		}
		if err := client.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// An operator cancels the job while auth is on its way: its response is waited for, and Resume goes on without sending it again.
func TestCanceledJobAtAuth(t *testing.T) {
	t.Parallel()
	s := open(t)
	var once sync.Once
	var client *river.Client[pgx.Tx]
	ready := make(chan struct{})
	client = start(t, s.pool, worker(t, s.db, s.emu.URL, meddler(func(r *http.Request) (*http.Response, error) {
		if operation(r) == "auth" {
			once.Do(func() {
				<-ready
				if _, err := client.JobCancel(t.Context(), onlyJob(t, client).ID); err != nil {
					t.Error(err)
				}
			})
		}
		return http.DefaultTransport.RoundTrip(r)
	})))
	close(ready)
	if _, err := s.enqueue(request("p", item("emp-1", "100")), 0); err != nil {
		t.Fatal(err)
	}
	p := s.wait("p", func(p []payoutjob.Payout) bool { return p[0].JobState == "" })[0]
	if !p.Ended { // the cancel came before the run was over
		if p.Stopped || p.Err != nil {
			t.Errorf("it stands as %+v", p)
		}
		found, err := s.queue.NeedsPerson(t.Context(), time.Hour)
		if err != nil || len(found) != 1 || !strings.HasPrefix(found[0].Why, "it has no job") {
			t.Errorf("NeedsPerson returned %v, %v", found, err)
		}
		if err := pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error { return s.queue.Resume(t.Context(), tx, "p") }); err != nil {
			t.Fatal(err)
		}
	}
	s.wait("p", finished)
	s.wantPaid("p", "emp-1")
	if n := s.emu.Calls(emulator.OpAuth); n != 1 {
		t.Errorf("auth was sent %d times", n)
	}
}

// A database that ends long statements and idle sessions, as some companies' do, pays all the same.
func TestDatabaseTimeouts(t *testing.T) {
	t.Parallel()
	s := openCopy(t, pgtest.Shared(t))
	if _, err := s.pool.Exec(t.Context(), `DO $$ BEGIN
		EXECUTE format('ALTER DATABASE %I SET idle_session_timeout = 300', current_database());
		EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = 2000', current_database());
		EXECUTE format('ALTER DATABASE %I SET statement_timeout = 5000', current_database());
		EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database());
	END $$`); err != nil {
		t.Fatal(err)
	}
	s.pool.Reset()
	var idle atomic.Int64
	start(t, s.pool, worker(t, s.db, s.emu.URL, meddler(func(r *http.Request) (*http.Response, error) {
		if operation(r) == "balance" && idle.Add(1) <= 2 { // silent for longer than other sessions may be
			time.Sleep(600 * time.Millisecond)
		}
		return http.DefaultTransport.RoundTrip(r)
	})))
	all, ids := items(5)
	if _, err := s.enqueue(request("p", all...), 0); err != nil {
		t.Fatal(err)
	}
	s.wait("p", finished)
	s.wantPaid("p", ids...)
	if i, a := s.emu.Calls(emulator.OpInit), s.emu.Calls(emulator.OpAuth); i != 1 || a != 1 {
		t.Errorf("init was sent %d times, auth %d times", i, a)
	}
}

// One part of a list stops, the others go on; the result of the list is not at its end before all are.
func TestSplitOnePartStops(t *testing.T) {
	t.Parallel()
	s := open(t, payoutjob.WithMaxItems(2))
	client := s.start()
	blocked := emulator.RecipientBlocked.MemberID()
	r := request("p", item("emp-1", "100"), item("emp-2", "100"), itemTo("emp-3", "50", blocked), item("emp-4", "100.01"), item("emp-5", "100"))
	if _, err := s.enqueue(r, 0); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ stopped, ended, items int }{{1, 2, 3}, {0, 3, 5}} {
		payouts := s.wait("p", finished)
		stopped := 0
		for _, p := range payouts {
			if p.Stopped {
				stopped++
			}
		}
		result, err := s.queue.Result(t.Context(), "p")
		if err != nil {
			t.Fatal(err)
		}
		if stopped != tt.stopped || result.Ended != (tt.ended == 3) || result.AllPaid() || len(result.Items()) != tt.items {
			t.Errorf("%d stopped, ended %v, all paid %v, %d items; expected %+v", stopped, result.Ended, result.AllPaid(), len(result.Items()), tt)
		}
		if stopped == 0 {
			break
		}
		if err := client.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.start(payoutjob.WithPayoutOptions(payout.WithRefusedItems()))
		if err := pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error { return s.queue.Resume(t.Context(), tx, "p-part2-270ff1ad") }); err != nil {
			t.Fatal(err)
		}
	}
	tallies, err := s.queue.Tallies(t.Context(), "p")
	if err != nil || tallies.String() != "1 INVALID 50 TRY, 4 SUCCESS 400.01 TRY" {
		t.Error(tallies, err)
	}
	for _, id := range []string{"emp-1", "emp-2", "emp-4", "emp-5"} {
		if n := s.emu.Paid()[id]; n != 1 {
			t.Errorf("%s was paid %d times", id, n)
		}
	}
}
