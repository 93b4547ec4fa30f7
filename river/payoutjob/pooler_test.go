//go:build unix

package payoutjob_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/internal/pgtest"
	"github.com/iyzico-go/masspayout/river/payoutjob"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

// withMode returns the URL of a database with pgx's mode for statements.
func withMode(url, mode string) string { return with(url, "default_query_exec_mode", mode) }

// All that the queue can do works in each of pgx's modes.
func TestModes(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			server := pgtest.Shared(t)
			s := openURL(t, server, withMode(database(t), mode), payoutjob.WithMaxItems(2))
			limiter, err := s.db.Limiter("merchant", 60_000, 1000)
			if err != nil {
				t.Fatal(err)
			}
			start(t, s.pool, worker(t, s.db, s.emu.URL, limiter.RoundTripper(http.DefaultTransport)))
			s.everything()
		})
	}
}

// everything calls all methods of the queue, and of pgstore that it does not call.
func (s *shop) everything() {
	t, ctx := s.t, s.t.Context()
	t.Helper()
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	inTx := func(f func(tx pgx.Tx) error) error { return pgx.BeginFunc(ctx, s.pool, f) }
	all, ids := items(3)
	list, err := s.enqueue(request("salaries", all...), 1)
	must("Enqueue", err)
	if _, err := s.enqueue(request("SALARIES", all...), 1); !errors.Is(err, payout.ErrOtherPayout) {
		t.Errorf("a name in other letters: Enqueue returned %v", err)
	}
	_, err = s.enqueue(request("salaries", all[:2]...), 1)
	must("Enqueue other content", err)
	list, err = s.enqueue(request("salaries", all...), 1)
	must("Enqueue again", err)
	if lists, err := s.queue.Lists(ctx); err != nil || len(lists) != 1 || len(lists[0].Parts) != 2 {
		t.Errorf("Lists returned %v, %v", lists, err)
	}
	_, err = s.approve("salaries", list.Digest, "Elif Işık")
	must("Approve", err)
	s.wait("salaries", finished)
	s.wantPaid("salaries", ids...)
	tallies, err := s.queue.Tallies(ctx, "salaries")
	must("Tallies", err)
	counts, err := s.queue.Counts(ctx)
	must("Counts", err)
	if got := fmt.Sprint(tallies, counts); got != "3 SUCCESS 301.5 TRY [{ended COMPLETED 2}]" {
		t.Errorf("it stands as %s", got)
	}

	_, err = s.enqueue(request("withdrawn", item("emp-w", "1")), 2)
	must("Enqueue", err)
	must("Withdraw", inTx(func(tx pgx.Tx) error { return s.queue.Withdraw(ctx, tx, "withdrawn") }))

	_, err = s.enqueue(request("stops", item("emp-x", "1"), itemTo("emp-y", "2", emulator.RecipientBlocked.MemberID())), 0)
	must("Enqueue", err)
	s.wait("stops", stopped)
	found, err := s.queue.NeedsPerson(ctx, time.Hour)
	must("NeedsPerson", err)
	if len(found) != 1 || found[0].Why != "it stopped with an error; see to its cause, then Resume" || found[0].Failures != 1 || found[0].FailingSince.IsZero() {
		t.Errorf("NeedsPerson returned %+v", found)
	}
	must("Resume", inTx(func(tx pgx.Tx) error { return s.queue.Resume(ctx, tx, "stops") }))
	s.wait("stops", stopped)
	must("Cancel", inTx(func(tx pgx.Tx) error { return s.queue.Cancel(ctx, tx, "stops") }))
	s.wait("stops", finished)
	must("Dismiss", inTx(func(tx pgx.Tx) error { return s.queue.Dismiss(ctx, tx, "stops") }))
	if open, err := s.queue.Payouts(ctx, ""); err != nil || len(open) > 0 {
		t.Errorf("Payouts returned %+v, %v", open, err)
	}
	_, err = s.pool.Exec(ctx, "UPDATE masspayout_payouts SET ended_at = now() - interval '31 days'")
	must("UPDATE", err)
	if n, err := s.db.DeleteRequests(ctx, 30*24*time.Hour); n != 3 || err != nil {
		t.Errorf("DeleteRequests returned %d, %v", n, err)
	}
	if _, err := s.db.Request(ctx, "stops"); !errors.Is(err, pgstore.ErrNoRequest) {
		t.Errorf("Request returned %v", err)
	}
}

// Two workers pay through PgBouncer, which is killed meanwhile, and so are the sessions of the database. River listens
// through one in session mode; in transaction mode it polls. Statements that stay prepared need session mode.
func TestPooler(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ pooling, mode string }{
		{"session", "cache_statement"}, {"session", "cache_describe"}, {"session", "describe_exec"}, {"session", "exec"}, {"session", "simple_protocol"},
		{"transaction", "cache_describe"}, {"transaction", "exec"}, {"transaction", "simple_protocol"},
	} {
		if tt.pooling == "session" && tt.mode != "cache_statement" && os.Getenv("MASSPAYOUT_SOAK") == "" {
			continue // a session of the pooler is one of the database: TestModes has its modes
		}
		t.Run(tt.pooling+" "+tt.mode, func(t *testing.T) {
			t.Parallel()
			server := pgtest.Shared(t)
			direct := database(t)
			bouncer := pgtest.StartBouncer(t, server, tt.pooling, map[string]int{"session": 40, "transaction": 3}[tt.pooling])
			s := openURL(t, server, withMode(bouncer.URL(direct), tt.mode))
			admin, err := pgxpool.New(t.Context(), direct)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(admin.Close)

			var killed, terminated sync.Once
			started := make(chan struct{}) // closed when both workers are: River's Start fails without its session
			meddle := meddler(func(r *http.Request) (*http.Response, error) {
				switch operation(r) {
				case "init": // saved as about to be sent
					select {
					case <-started:
					case <-r.Context().Done():
					}
					terminated.Do(func() {
						if _, err := admin.Exec(context.Background(), `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
							WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
							t.Error(err)
						}
					})
				case "auth":
					killed.Do(func() {
						bouncer.Kill()
						if err := bouncer.Restart(server); err != nil {
							t.Error(err)
						}
					})
				}
				return http.DefaultTransport.RoundTrip(r)
			})
			const n = 2
			for i := range n {
				if _, err := s.enqueue(request(fmt.Sprint("p", i), item(fmt.Sprint("emp-", i, "-a"), "100"), item(fmt.Sprint("emp-", i, "-b"), "0.01")), 0); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 {
				pool, db := connect(t, s.url)
				startWith(t, pool, worker(t, db, s.emu.URL, meddle), func(c *river.Config) { c.PollOnly = tt.pooling == "transaction" })
			}
			close(started)
			for i := range n {
				s.wait(fmt.Sprint("p", i), finished)
				s.wantPaid(fmt.Sprint("p", i), fmt.Sprint("emp-", i, "-a"), fmt.Sprint("emp-", i, "-b"))
			}
			if a := s.emu.Calls(emulator.OpAuth); a != n {
				t.Errorf("auth was sent %d times", a)
			}
			if tt.pooling == "session" {
				return
			}
			// Nothing is left behind on a session that the next client gets.
			var locks int
			if err := admin.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").
				Scan(&locks); err != nil || locks > 0 {
				t.Errorf("%d advisory locks are left, %v", locks, err)
			}
		})
	}
}

// In transaction mode one of two runs has a payout, whatever sessions their statements meet.
func TestPoolerLocks(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	direct := database(t)
	bouncer := pgtest.StartBouncer(t, server, "transaction", 2)
	s := openURL(t, server, withMode(bouncer.URL(direct), "exec"))
	all, ids := items(5)
	if _, err := s.enqueue(request("p", all...), 0); err != nil {
		t.Fatal(err)
	}
	dbs := make([]*pgstore.DB, 8)
	for i := range dbs {
		_, dbs[i] = connect(t, s.url)
	}
	var claims []*pgstore.Claim
	for _, db := range dbs {
		claim, err := db.Claim(t.Context(), "p")
		switch {
		case err == nil:
			claims = append(claims, claim)
		case !errors.Is(err, payout.ErrLocked):
			t.Error(err)
		}
	}
	if len(claims) != 1 {
		t.Fatalf("%d runs have the payout", len(claims))
	}
	if _, err := claims[0].Release(t.Context(), pgstore.Report{Nothing: true}); err != nil {
		t.Error(err)
	}
	startWith(t, s.pool, worker(t, s.db, s.emu.URL, http.DefaultTransport), func(c *river.Config) { c.PollOnly = true })
	s.wait("p", finished)
	s.wantPaid("p", ids...)
}

// Statements that stay prepared get lost in transaction mode. This module then does without, but River does not: the
// errors that it meets name pgx's modes that work.
func TestPoolerPreparedStatements(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	direct := database(t)
	bouncer := pgtest.StartBouncer(t, server, "transaction", 1)
	var refused error
	for range 20 { // two clients that take turns on one session
		pool, db := connect(t, withMode(bouncer.URL(direct), "cache_statement"))
		if _, err := db.Claim(t.Context(), "nobody"); !errors.Is(err, pgstore.ErrNoPayout) {
			t.Errorf("Claim returned %v", err)
		}
		var n int
		if err := pool.QueryRow(t.Context(), "SELECT $1::int", 1).Scan(&n); err != nil {
			refused = err
		}
		pool.Close()
	}
	if refused == nil || !pgstore.Permanent(refused) || !strings.Contains(pgstore.Explain(refused), "default_query_exec_mode=exec") {
		t.Errorf("the pooler refuses with %v", refused)
	}
}

// A job is picked up at once where River can listen, and at the next poll where it cannot.
func TestPickUp(t *testing.T) {
	if os.Getenv("MASSPAYOUT_SOAK") == "" {
		t.Skip("it waits: set MASSPAYOUT_SOAK=1")
	}
	t.Parallel()
	const poll = 2 * time.Second
	for _, pooling := range []string{"", "session", "transaction"} {
		t.Run("pooling: "+pooling, func(t *testing.T) {
			t.Parallel()
			server := pgtest.Shared(t)
			direct := database(t)
			url, pollOnly := direct, pooling == "transaction"
			if pooling != "" {
				url = pgtest.StartBouncer(t, server, pooling, 20).URL(direct)
			}
			s := openURL(t, server, withMode(url, "exec"))
			startWith(t, s.pool, worker(t, s.db, s.emu.URL, http.DefaultTransport), func(c *river.Config) {
				c.PollOnly, c.FetchPollInterval, c.FetchCooldown = pollOnly, poll, 100*time.Millisecond
			})
			// The first may come before River listens.
			var took []time.Duration
			for i := range 5 {
				id := fmt.Sprint("p", i)
				if _, err := s.enqueue(request(id, item("emp-"+id, "1")), 0); err != nil {
					t.Fatal(err)
				}
				s.wait(id, func([]payoutjob.Payout) bool { return s.emu.Calls(emulator.OpInit) > i })
				var waited time.Duration
				if err := s.pool.QueryRow(t.Context(), "SELECT attempted_at - created_at FROM river_job WHERE args->>'externalId' = $1", id).Scan(&waited); err != nil {
					t.Fatal(err)
				}
				took = append(took, waited.Round(time.Millisecond))
			}
			t.Logf("picked up after %v", took)
			for _, d := range took {
				if d > poll+5*time.Second {
					t.Errorf("a job was picked up after %v", d)
				}
			}
		})
	}
}
