//go:build unix

package payoutjob_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/internal/pgtest"
	"github.com/iyzico-go/masspayout/river/payoutjob"
	"github.com/iyzico-go/masspayout/river/pgstore"
	"github.com/iyzico-go/masspayout/signer"
)

const apiKey, secretKey = "sandbox-key", "sandbox-secret"

// shop is a company's database, and the emulator that it pays through.
type shop struct {
	t      *testing.T
	server *pgtest.Server
	url    string
	pool   *pgxpool.Pool
	db     *pgstore.DB
	emu    *emulator.Server
	queue  *payoutjob.Queue
}

func open(t *testing.T, opts ...payoutjob.QueueOption) *shop {
	t.Helper()
	return openURL(t, pgtest.Shared(t), database(t), opts...)
}

// database returns the URL of a database with all tables. What a test leaves there besides rows, it removes.
func database(t *testing.T) string {
	t.Helper()
	return pgtest.Shared(t).Lend(t, migrate, `
		DELETE FROM masspayout_approvals; DELETE FROM masspayout_payouts; DELETE FROM masspayout_lists; DELETE FROM masspayout_limits;
		DELETE FROM river_job; DELETE FROM river_leader; DELETE FROM river_notification; DELETE FROM river_queue`)
}

// migrate creates all tables.
func migrate(ctx context.Context, url string) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := pgstore.Migrate(ctx, pool); err != nil {
		return err
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// openSchema is open with all tables in a schema of this name.
func openSchema(t *testing.T, schema string) *shop {
	t.Helper()
	server := pgtest.Shared(t)
	database := server.Database(t)
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "CREATE SCHEMA "+pgx.Identifier{schema}.Sanitize()); err != nil {
		t.Fatal(err)
	}
	database = with(database, "search_path", pgx.Identifier{schema}.Sanitize())
	if err := migrate(t.Context(), database); err != nil {
		t.Fatal(err)
	}
	return openURL(t, server, database)
}

// with returns the URL of a database with a setting.
func with(database, name, value string) string {
	u, err := url.Parse(database)
	if err != nil {
		panic(err)
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String()
}

// openCopy is open with a database that no other test gets.
func openCopy(t *testing.T, server *pgtest.Server) *shop {
	t.Helper()
	return openURL(t, server, server.Prepared(t, migrate))
}

func openURL(t *testing.T, server *pgtest.Server, database string, opts ...payoutjob.QueueOption) *shop {
	t.Helper()
	s := &shop{t: t, server: server, url: database}
	var err error
	if s.emu, err = emulator.Start(apiKey, secretKey, emulator.WithStage(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.emu.Close() })
	s.pool, s.db = connect(t, s.url)
	jobs, err := river.NewClient(riverpgxv5.New(s.pool), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		s.queue, err = payoutjob.NewQueue(s.db, jobs, opts...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func connect(t testing.TB, url string) (*pgxpool.Pool, *pgstore.DB) {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = min(config.MaxConns, 3) // each costs PostgreSQL more than what it is asked
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Reset) // Close would wait for what a failed test left open
	db, err := pgstore.New(pool, pgstore.WithLease(2*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return pool, db
}

// meddler is a transport that a test gets in between.
type meddler func(*http.Request) (*http.Response, error)

func (f meddler) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// operation is init, auth, retrieve or balance.
func operation(r *http.Request) string { return path.Base(r.URL.Path) }

// worker returns a worker that is as quick as the emulator.
func worker(t testing.TB, db *pgstore.DB, emulator string, transport http.RoundTripper, opts ...payoutjob.Option) *payoutjob.Worker {
	t.Helper()
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		t.Fatal(err)
	}
	client, err := gen.New(emulator, sign.Edit, gen.WithHTTPClient(&http.Client{Transport: transport}), gen.WithTimeout(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	opts = append([]payoutjob.Option{payoutjob.WithRetry(10*time.Millisecond, 100*time.Millisecond), payoutjob.WithPayoutOptions(
		payout.WithPollInterval(time.Millisecond, 10*time.Millisecond), payout.WithSettle(100*time.Millisecond),
		payout.WithPageSize(2), payout.WithPatience(time.Second))}, opts...)
	w, err := payoutjob.NewWorker(db, client, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// start starts a River client that works with w, until the test ends.
func start(t testing.TB, pool *pgxpool.Pool, w *payoutjob.Worker) *river.Client[pgx.Tx] {
	t.Helper()
	return startWith(t, pool, w, func(*river.Config) {})
}

// startWith is start with other settings of River's.
func startWith(t testing.TB, pool *pgxpool.Pool, w *payoutjob.Worker, set func(*river.Config)) *river.Client[pgx.Tx] {
	t.Helper()
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, w); err != nil {
		t.Fatal(err)
	}
	config := &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}}, Workers: workers,
		FetchCooldown: 5 * time.Millisecond, FetchPollInterval: 100 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
		RescueStuckJobsAfter: 10 * time.Minute, LeaderElectionDisabled: true, // nothing here is for a leader to do
	}
	set(config)
	client, err := river.NewClient(riverpgxv5.New(pool), config)
	if err == nil {
		err = client.Start(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := client.StopAndCancel(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
	return client
}

func (s *shop) start(opts ...payoutjob.Option) *river.Client[pgx.Tx] {
	s.t.Helper()
	return start(s.t, s.pool, worker(s.t, s.db, s.emu.URL, http.DefaultTransport, opts...))
}

// enqueue enqueues a request in a transaction of its own.
func (s *shop) enqueue(r gen.MassPayoutInitializeRequest, approvals int) (list payoutjob.List, err error) {
	err = pgx.BeginFunc(s.t.Context(), s.pool, func(tx pgx.Tx) error {
		list, err = s.queue.Enqueue(s.t.Context(), tx, r, approvals)
		return err
	})
	return list, err
}

func (s *shop) approve(list, digest, person string) (l payoutjob.List, err error) {
	err = pgx.BeginFunc(s.t.Context(), s.pool, func(tx pgx.Tx) error {
		l, err = s.queue.Approve(s.t.Context(), tx, list, digest, person)
		return err
	})
	return l, err
}

// wait waits until the list stands as until wants.
func (s *shop) wait(list string, until func([]payoutjob.Payout) bool) []payoutjob.Payout {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 45*time.Second)
	defer cancel()
	var payouts []payoutjob.Payout
	var err error
	for {
		select {
		case <-ctx.Done():
			s.t.Fatalf("gave up waiting: %+v, %v", payouts, err)
		case <-time.After(100 * time.Millisecond): // what it asks costs PostgreSQL as much as a payout does
		}
		if payouts, err = s.queue.Payouts(ctx, list); err == nil && len(payouts) > 0 && until(payouts) {
			return payouts
		}
	}
}

func finished(payouts []payoutjob.Payout) bool {
	for _, p := range payouts {
		if p.JobState != "" || !p.Ended && !p.Stopped {
			return false
		}
	}
	return true
}

func stopped(payouts []payoutjob.Payout) bool { return payouts[0].Stopped && payouts[0].JobState == "" }

// wantPaid checks that each item of a list was paid once, and that the database says so.
func (s *shop) wantPaid(list string, items ...string) {
	s.t.Helper()
	result, err := s.queue.Result(s.t.Context(), list)
	if err != nil || !result.Ended || !result.AllPaid() {
		s.t.Errorf("Result returned %v, %v; expected all to be paid", result, err)
		return
	}
	paid := s.emu.Paid()
	for i, item := range result.Items() {
		if i >= len(items) || item.ItemExternalID != items[i] {
			s.t.Fatalf("the result has item %q at %d; expected %v", item.ItemExternalID, i, items)
		}
		if paid[item.ItemExternalID] != 1 {
			s.t.Errorf("%q was paid %d times", item.ItemExternalID, paid[item.ItemExternalID])
		}
	}
	if len(result.Items()) != len(items) {
		s.t.Errorf("the result has %d items; expected %d", len(result.Items()), len(items))
	}
}

func request(externalID string, items ...gen.MassPayoutItem) gen.MassPayoutInitializeRequest {
	return gen.MassPayoutInitializeRequest{ExternalID: externalID, Purpose: gen.PurposeSalary, Items: items}
}

func item(id, amount string) gen.MassPayoutItem { return itemTo(id, amount, "5001") }

func itemTo(id, amount, member string) gen.MassPayoutItem {
	return gen.MassPayoutItem{
		ItemExternalID: id, RecipientType: gen.RecipientTypeMemberID, RecipientInfo: member, RecipientName: "Ayşe Yılmaz",
		Description: "Kasım maaşı", Amount: gen.Amount{Value: decimal.RequireFromString(amount), Currency: gen.CurrencyTRY},
	}
}

// items are n items with ids of their own.
func items(n int) (list []gen.MassPayoutItem, ids []string) {
	for i := range n {
		ids = append(ids, fmt.Sprintf("emp-%d", i))
		list = append(list, item(ids[i], "100.50"))
	}
	return list, ids
}
