//go:build unix

package pgstore_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/iyzico-go/masspayout/river/internal/pgtest"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

// Workers together stay below the limit.
func TestLimiter(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	first, pool := open(t, server)
	strict := pool.Config() // one of two that meet at the row is refused
	strict.ConnConfig.RuntimeParams["default_transaction_isolation"] = "serializable"
	serializable, err := pgxpool.NewWithConfig(t.Context(), strict)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(serializable.Reset)
	second, err := pgstore.New(serializable)
	if err != nil {
		t.Fatal(err)
	}
	var arrived atomic.Int64
	emulator := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived.Add(1) }))
	defer emulator.Close()
	client := func(db *pgstore.DB, name string, perMinute, burst int) *http.Client {
		limiter, err := db.Limiter(name, perMinute, burst)
		if err != nil {
			t.Fatal(err)
		}
		return &http.Client{Transport: limiter.RoundTripper(http.DefaultTransport)}
	}
	get := func(c *http.Client, path string) *http.Response {
		response, err := c.Get(emulator.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response
	}

	const n, burst, every = 30, 3, 20 * time.Millisecond
	begun := time.Now()
	var wg sync.WaitGroup
	one, two := client(first, "a", 3000, burst), client(second, "a", 3000, burst)
	for _, c := range []*http.Client{one, two, two, two, two, two} {
		wg.Go(func() {
			for range n / 6 {
				if got := get(c, "/retrieve").StatusCode; got != 200 {
					t.Errorf("status %d", got)
				}
			}
		})
	}
	wg.Wait()
	if took := time.Since(begun); took < (n-burst)*every {
		t.Errorf("%d requests took %v, at least %v are expected", n, took, (n-burst)*every)
	}
	if arrived.Load() != n {
		t.Errorf("%d requests arrived", arrived.Load())
	}

	// One request a minute: what only reads is told to come back; what was saved as about to be sent is sent.
	slow := client(first, "b", 1, 1)
	for _, tt := range []struct {
		path  string
		want  int
		turns int // that are taken
	}{
		{"/retrieve", 200, 1}, {"/retrieve", 429, 1}, {"/balance", 429, 1}, {"/init", 200, 2}, {"/auth", 200, 3},
		{"/cancel/r-1", 200, 4}, {"/retrieve", 429, 4},
	} {
		before := arrived.Load()
		response := get(slow, tt.path)
		after, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		if response.StatusCode != tt.want || (arrived.Load() > before) != (tt.want == 200) ||
			(after > 60*(tt.turns-1) && after <= 60*tt.turns) != (tt.want == 429) {
			t.Errorf("%s: status %d, Retry-After %d, %d arrived", tt.path, response.StatusCode, after, arrived.Load()-before)
		}
	}
	if get(client(second, "c", 1, 1), "/retrieve").StatusCode != 200 {
		t.Error("another merchant waits, too")
	}
	if _, err := first.Limiter("", 0, 0); err == nil {
		t.Error("a limiter of nothing is no error")
	}
}
