//go:build unix

package payoutjob_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/payout"
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
