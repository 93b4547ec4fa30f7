//go:build unix

package pgstore_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/payout/storetest"
	"github.com/iyzico-go/masspayout/river/internal/pgtest"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// open returns a database with this package's tables, and a pool of connections to it.
func open(t *testing.T, server *pgtest.Server, opts ...pgstore.Option) (*pgstore.DB, *pgxpool.Pool) {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), server.Prepared(t, migrate))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Reset)
	db, err := pgstore.New(pool, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return db, pool
}

// insert stores a request in a transaction of its own.
func insert(t *testing.T, db *pgstore.DB, pool *pgxpool.Pool, r gen.MassPayoutInitializeRequest) {
	t.Helper()
	if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { return db.Insert(t.Context(), tx, r) }); err != nil {
		t.Fatalf("Insert returned %v", err)
	}
}

func migrate(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return pgstore.Migrate(ctx, conn)
}

// terminate ends every other session of the database, as an operator or a failover would.
func terminate(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	conn, err := pgx.ConnectConfig(t.Context(), pool.Config().ConnConfig.Copy())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	db, pool := open(t, server)
	names := 0
	fresh := func(t *testing.T) func() payout.Store {
		names++
		name := t.Name() + strings.Repeat("'", names)
		return func() payout.Store { return db.Store(name) }
	}
	storetest.Test(t, fresh)
	elsewhere, err := pgstore.New(pool) // as another process has
	if err != nil {
		t.Fatal(err)
	}
	fresh = func(t *testing.T) func() payout.Store {
		opened := 0
		return func() payout.Store {
			if opened++; opened > 1 {
				return elsewhere.Store(t.Name())
			}
			return db.Store(t.Name())
		}
	}
	t.Run("another run has taken the expired lease", func(t *testing.T) {
		storetest.TestLostLock(t, fresh, func(t *testing.T, _ payout.Store) {
			if _, err := pool.Exec(t.Context(), "UPDATE masspayout_payouts SET lease_token = 'another', lease_until = clock_timestamp()"); err != nil {
				t.Fatal(err)
			}
		})
	})
	t.Run("the lease was deleted", func(t *testing.T) {
		storetest.TestLostLock(t, fresh, func(t *testing.T, _ payout.Store) {
			if _, err := pool.Exec(t.Context(), "UPDATE masspayout_payouts SET lease_token = NULL, lease_until = NULL"); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// The lock is no session's: all may end, and the run goes on.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	db, pool := open(t, pgtest.Shared(t))
	store := db.Store("p")
	unlock, err := store.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Save(t.Context(), state(1)); err != nil {
		t.Fatal(err)
	}
	terminate(t, pool)
	if !strings.HasPrefix(pool.Config().ConnConfig.Host, "/") { // over TCP, only the next statement finds out, and fails
		for range pool.Config().MaxConns {
			_ = pool.Ping(t.Context())
		}
	}
	other, err := pgstore.New(pool)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Store("p").Lock(t.Context()); !errors.Is(err, payout.ErrLocked) {
		t.Errorf("another process: Lock returned %v", err)
	}
	if err := errors.Join(store.Save(t.Context(), state(2)), unlock()); err != nil {
		t.Error(err)
	}
	if loaded, err := other.Store("p").Load(t.Context()); err != nil || loaded.Revision != 2 {
		t.Errorf("loaded revision %d, %v; expected 2", loaded.Revision, err)
	}
}

func state(revision int64) payout.State {
	return payout.State{
		Version: 3, Revision: revision, ExternalID: "p", Digest: "2:" + strings.Repeat("a", 64), Step: payout.StepStoring, At: time.Unix(1, 0).UTC(),
	}
}

// A database whose transactions are serializable refuses one of two that meet. Its Save fails, and nothing is lost.
func TestSerializable(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	db, pool := open(t, server)
	if _, err := pool.Exec(t.Context(), "INSERT INTO masspayout_payouts (external_id, digest) VALUES ('p', 'd')"); err != nil {
		t.Fatal(err)
	}
	config := pool.Config()
	config.ConnConfig.RuntimeParams["default_transaction_isolation"] = "serializable"
	strict, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer strict.Close()
	serializable, err := pgstore.New(strict)
	if err != nil {
		t.Fatal(err)
	}
	store := serializable.Store("p")
	unlock, err := store.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Somebody holds the row, and commits while Save waits for it.
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "UPDATE masspayout_payouts SET digest = 'e' WHERE external_id = 'p'"); err != nil {
		t.Fatal(err)
	}
	saved := make(chan error)
	go func() { saved <- store.Save(t.Context(), state(1)) }()
	for waiting := 0; waiting == 0; {
		err := pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").
			Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-saved; err == nil || !strings.Contains(err.Error(), "40001") {
		t.Errorf("Save returned %v; expected a serialization failure", err)
	}
	if err := store.Save(t.Context(), state(1)); err != nil {
		t.Errorf("the next Save: %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
	if loaded, err := db.Store("p").Load(t.Context()); err != nil || loaded.Revision != 1 {
		t.Errorf("loaded revision %d, %v", loaded.Revision, err)
	}
}

// A frozen process does not renew its lease. It expires, and another run may go on.
func TestLeaseExpires(t *testing.T) {
	t.Parallel()
	first, pool := open(t, pgtest.Shared(t), pgstore.WithLease(time.Second))
	second, err := pgstore.New(pool, pgstore.WithLease(time.Second)) // as another process has
	if err != nil {
		t.Fatal(err)
	}
	frozen, other := first.Store("p"), second.Store("p")
	unlock, err := frozen.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unlock() }() // fails: the lease is another's
	// One that lives keeps the lock, for longer than the lease, whatever it waits for.
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for begun := time.Now(); time.Since(begun) < 3*time.Second; <-pause.C {
		if _, err := other.Lock(t.Context()); !errors.Is(err, payout.ErrLocked) {
			t.Fatalf("a second Lock returned %v", err)
		}
	}
	thaw := frozen.Freeze()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for ; ; <-pause.C {
		unlock, err := other.Lock(ctx)
		if err == nil {
			defer func() { _ = unlock() }()
			break
		}
		if !errors.Is(err, payout.ErrLocked) {
			t.Fatal(err)
		}
	}
	thaw()
	if err := frozen.Save(t.Context(), state(1)); !errors.Is(err, payout.ErrLocked) {
		t.Errorf("the run that was frozen: Save returned %v", err)
	}
	if err := other.Save(t.Context(), state(1)); err != nil {
		t.Error(err)
	}
}

// What was saved survives a database that is cut off, and the next run loads it. No other test of this package runs
// meanwhile.
func TestDatabaseRestart(t *testing.T) {
	server := pgtest.ToKill(t)
	db, pool := open(t, server)
	store := db.Store("p")
	unlock, err := store.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Save(t.Context(), state(1)); err != nil {
		t.Fatal(err)
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := store.Save(t.Context(), state(2)); err == nil {
		t.Error("Save returned nil without a database")
	}
	if err := unlock(); err == nil {
		t.Error("unlock returned nil without a database")
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	pool.Reset()
	again := db.Store("p")
	unlock, err = again.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if loaded, err := again.Load(t.Context()); err != nil || loaded.Revision != 1 {
		t.Errorf("loaded revision %d, %v; expected 1", loaded.Revision, err)
	}
	if err := errors.Join(again.Save(t.Context(), state(2)), unlock()); err != nil {
		t.Error(err)
	}
}

func request(externalID string, amount string) gen.MassPayoutInitializeRequest {
	return gen.MassPayoutInitializeRequest{ExternalID: externalID, Items: []gen.MassPayoutItem{{
		ItemExternalID: "emp-1001", RecipientType: gen.RecipientTypeIBAN, RecipientInfo: "TR330006100519786457841326",
		RecipientName: "Ayşe Yılmaz", Description: "Kasım maaşı",
		Amount: gen.Amount{Value: decimal.RequireFromString(amount), Currency: gen.CurrencyTRY},
	}}}
}

// hexSealer is a Sealer for tests alone.
type hexSealer struct{}

func (hexSealer) Seal(_ context.Context, id string, request []byte) ([]byte, error) {
	return []byte(id + "|" + hex.EncodeToString(request)), nil
}

func (hexSealer) Open(_ context.Context, id string, sealed []byte) ([]byte, error) {
	rest, ok := strings.CutPrefix(string(sealed), id+"|")
	if !ok {
		return nil, errors.New("sealed for another payout")
	}
	return hex.DecodeString(rest)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	db, pool := open(t, pgtest.Shared(t), pgstore.WithSealer(hexSealer{}))
	ctx := t.Context()
	insert := func(r gen.MassPayoutInitializeRequest) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return db.Insert(ctx, tx, r) })
	}
	for _, tt := range []struct {
		name    string
		request gen.MassPayoutInitializeRequest
		want    error
	}{
		{"first", request("p", "100.50"), nil},
		{"again", request("p", "100.5"), nil},
		{"other content", request("p", "100.51"), payout.ErrOtherPayout},
		{"another payout", request("q", "1"), nil},
	} {
		if err := insert(tt.request); !errors.Is(err, tt.want) {
			t.Errorf("%s: Insert returned %v, expected %v", tt.name, err, tt.want)
		}
	}
	var invalid *gen.ValidationError
	if err := insert(request("r", "-1")); !errors.As(err, &invalid) {
		t.Errorf("an invalid request: Insert returned %v", err)
	}

	got, err := db.Request(ctx, "p")
	if err != nil || payout.Digest(got) != payout.Digest(request("p", "100.50")) {
		t.Errorf("Request returned %v, %v", got, err)
	}
	var stored string
	if err := pool.QueryRow(ctx, "SELECT convert_from(request, 'UTF8') FROM masspayout_payouts WHERE external_id = 'p'").Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(stored, "TR330006100519786457841326") || json.Valid([]byte(stored)) {
		t.Errorf("the request was not sealed")
	}
	if _, err := pool.Exec(ctx, "UPDATE masspayout_payouts SET request = (SELECT request FROM masspayout_payouts WHERE external_id = 'p') WHERE external_id = 'q'"); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(ctx, "UPDATE masspayout_payouts SET digest = '1:other' WHERE external_id = 'p'"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Request(ctx, "p"); !errors.Is(err, payout.ErrOtherPayout) {
		t.Errorf("a request that is not the one of its digest: %v", err)
	}
	if _, err := db.Request(ctx, "q"); err == nil || !strings.Contains(err.Error(), "sealed for another payout") {
		t.Errorf("the request of another row: %v", err)
	}

	// Personal data is deleted some days after the payout's end, and not before: the request, and iyzico's reasons.
	ended := state(1)
	ended.Step, ended.RequestID = payout.StepEnded, "r-1"
	ended.Result = &payout.Result{ExternalID: "p", Items: []payout.Item{{ItemExternalID: "emp-1001", Reasons: []string{"Ayşe Yılmaz adına hesap yok"}}}}
	if err := db.Store("p").Save(ctx, ended); err != nil {
		t.Fatal(err)
	}
	if n, err := db.DeleteRequests(ctx, 30*24*time.Hour); n != 0 || err != nil {
		t.Errorf("DeleteRequests returned %d, %v", n, err)
	}
	if _, err := pool.Exec(ctx, "UPDATE masspayout_payouts SET ended_at = now() - interval '31 days' WHERE external_id = 'p'"); err != nil {
		t.Fatal(err)
	}
	if n, err := db.DeleteRequests(ctx, 30*24*time.Hour); n != 1 || err != nil {
		t.Errorf("DeleteRequests returned %d, %v", n, err)
	}
	if result, err := db.Result(ctx, "p"); err != nil || len(result.Items) != 1 || result.Items[0].Reasons != nil {
		t.Errorf("Result returned %v, %v; expected one item without reasons", result, err)
	}
	if _, err := db.Request(ctx, "p"); !errors.Is(err, pgstore.ErrNoRequest) {
		t.Errorf("a deleted request: %v", err)
	}
	if _, err := db.Request(ctx, "nobody"); !errors.Is(err, pgstore.ErrNoRequest) {
		t.Errorf("a request that never was: %v", err)
	}
}

// Requests are stored and read also by a pool that keeps no descriptions of statements.
func TestNoDescriptions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	_, described := open(t, pgtest.Shared(t))
	config := described.Config()
	config.ConnConfig.DescriptionCacheCapacity = 0
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	db, err := pgstore.New(pool)
	if err != nil {
		t.Fatal(err)
	}
	want := request("p", "100.50")
	insert(t, db, pool, want)
	claim, err := db.Claim(ctx, "p")
	if err != nil {
		t.Fatalf("Claim returned %v", err)
	}
	got, err := claim.Request(ctx)
	if err != nil || payout.Digest(got) != payout.Digest(want) {
		t.Errorf("Request returned %v, %v", got, err)
	}
	if _, err := claim.Release(ctx, pgstore.Report{Nothing: true}); err != nil {
		t.Errorf("Release returned %v", err)
	}
}

// Migrate may run at once and again, whatever the database's default isolation is, and as a role that must not create
// tables, once they are there.
func TestMigrate(t *testing.T) {
	t.Parallel()
	url := pgtest.Shared(t).Database(t)
	connect := func(setup string) *pgx.Conn {
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		if _, err := conn.Exec(t.Context(), setup); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	migrated := make(chan error)
	const n = 5
	for range n {
		conn := connect("SET default_transaction_isolation = serializable")
		go func() { migrated <- pgstore.Migrate(t.Context(), conn) }()
	}
	for range n {
		if err := <-migrated; err != nil {
			t.Error(err)
		}
	}
	role := fmt.Sprintf("migrating_%d", time.Now().UnixNano()) // roles are the whole server's
	drop := connect("CREATE ROLE " + role + "; GRANT SELECT ON masspayout_migrations TO " + role)
	t.Cleanup(func() { _, _ = drop.Exec(context.Background(), "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	conn := connect("SET ROLE " + role)
	if err := pgstore.Migrate(t.Context(), conn); err != nil {
		t.Errorf("as a role that may only read: %v", err)
	}
	if _, err := conn.Exec(t.Context(), "CREATE TABLE x ()"); err == nil {
		t.Skip("anybody may create tables here")
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	_, pool := open(t, pgtest.Shared(t))
	for name, opt := range map[string]pgstore.Option{
		"nil": nil, "WithSealer": pgstore.WithSealer(nil), "WithLease": pgstore.WithLease(time.Millisecond),
	} {
		if _, err := pgstore.New(pool, opt); err == nil || !strings.HasPrefix(err.Error(), "pgstore: ") {
			t.Errorf("%s: New returned %v", name, err)
		}
	}
	if _, err := pgstore.New(nil); err == nil {
		t.Error("no pool is no error")
	}
}

// The grants of the introduction name what is there, and keep onlookers from personal data.
func TestGrants(t *testing.T) {
	t.Parallel()
	_, pool := open(t, pgtest.Shared(t))
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	grants := regexp.MustCompile(`(?s)GRANT.*?;`).FindAllString(strings.ReplaceAll(string(doc), "//", ""), -1)
	if len(grants) != 4 {
		t.Fatalf("found %q", grants)
	}
	ctx := t.Context()
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }() // the roles are the whole server's
	for _, sql := range append([]string{"CREATE ROLE payouts", "CREATE ROLE onlookers"}, grants...) {
		if _, err := tx.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	rows, err := tx.Query(ctx, `
		SELECT column_name::text FROM information_schema.columns WHERE table_name = 'masspayout_payouts'
			AND NOT has_column_privilege('onlookers', 'masspayout_payouts', column_name, 'SELECT') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || strings.Join(hidden, ", ") != "request, state" {
		t.Errorf("onlookers cannot read %q, %v; expected request and state alone", hidden, err)
	}
}

// A table that is changed while workers run refuses the statements that they have prepared: they are sent again.
func TestTableIsChanged(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db, pool := open(t, pgtest.Shared(t))
	insert(t, db, pool, request("p", "1"))
	t.Cleanup(func() {
		if _, err := pool.Exec(context.Background(), "ALTER TABLE masspayout_payouts ALTER COLUMN failures TYPE int"); err != nil {
			t.Error(err)
		}
	})
	for _, change := range []string{"", "bigint", "int"} {
		if change != "" {
			if _, err := pool.Exec(ctx, "ALTER TABLE masspayout_payouts ALTER COLUMN failures TYPE "+change); err != nil {
				t.Fatal(err)
			}
		}
		claim, err := db.Claim(ctx, "p")
		if err != nil {
			t.Fatalf("after %q: Claim returned %v", change, err)
		}
		if _, err := claim.Release(ctx, pgstore.Report{Waiting: "a bank"}); err != nil {
			t.Fatalf("after %q: Release returned %v", change, err)
		}
	}
}

// A status with a NUL, which PostgreSQL would store and then not read, does not hide the tallies of all payouts.
func TestTalliesWithNUL(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db, pool := open(t, pgtest.Shared(t))
	insert(t, db, pool, request("p", "1"))
	claim, err := db.Claim(ctx, "p")
	if err != nil {
		t.Fatal(err)
	}
	tallies := payout.Tallies{{Status: "SUC\x00CESS", Currency: gen.CurrencyTRY, Items: 1}}
	if _, err := claim.Release(ctx, pgstore.Report{Tallies: tallies}); err != nil {
		t.Fatal(err)
	}
	var status string
	if err := pool.QueryRow(ctx, "SELECT status FROM masspayout_tallies WHERE external_id = 'p'").Scan(&status); err != nil || status != "SUC\uFFFDCESS" {
		t.Errorf("the status is %q, %v", status, err)
	}
}

// What is written is what json.Marshal makes of a State, whatever it says.
func TestEncode(t *testing.T) {
	ended := state(7)
	ended.Step = payout.StepEnded
	ended.Result = &payout.Result{ExternalID: "p", Status: "COMPLETED", TakenAt: time.Unix(2, 0).UTC(), Items: []payout.Item{
		{ItemExternalID: `<a> & "b" \ }`, Status: "SUCCESS", Amount: gen.Amount{Value: decimal.New(12345, -2), Currency: gen.CurrencyTRY},
			Reasons: []string{"\u2028\x00\xff"}},
	}}
	empty := ended
	empty.Result = &payout.Result{}
	for name, state := range map[string]payout.State{"zero": {}, "without a result": state(1), "with one": ended, "with an empty one": empty} {
		want, err := json.Marshal(state)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := pgstore.Encode(state); err != nil || string(got) != string(want) {
			t.Errorf("%s: %s, %v; expected %s", name, got, err, want)
		}
	}
}
