//go:build unix

package pgstore_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
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

// frame is a frame of HTTP/2.
func frame(kind, flags byte, stream uint32, payload ...byte) []byte {
	f := append([]byte{0, 0, byte(len(payload)), kind, flags}, binary.BigEndian.AppendUint32(nil, stream)...)
	return append(f, payload...)
}

// goAway is a server of HTTP/2 that gives up its first times connections when a request arrives, and answers 200 after
// that. It returns how many requests have arrived.
func goAway(t *testing.T, times int64) (server *httptest.Server, arrived *atomic.Int64) {
	t.Helper()
	const settings, headers, goaway = 4, 1, 7
	arrived = &atomic.Int64{}
	server = httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{NextProtos: []string{"h2"}}
	server.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){"h2": func(_ *http.Server, conn *tls.Conn, _ http.Handler) {
		defer conn.Close()
		preface := make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
		if _, err := io.ReadFull(conn, preface); err != nil {
			return
		}
		_, _ = conn.Write(frame(settings, 0, 0))
		for {
			head := make([]byte, 9)
			if _, err := io.ReadFull(conn, head); err != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, conn, int64(head[0])<<16|int64(head[1])<<8|int64(head[2])); err != nil {
				return
			}
			if head[3] != headers {
				continue
			}
			if arrived.Add(1) <= times {
				_, _ = conn.Write(frame(goaway, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) // the last stream is 0, the error none
				_, _ = io.Copy(io.Discard, conn)
				return
			}
			_, _ = conn.Write(frame(headers, 0x5, binary.BigEndian.Uint32(head[5:]), 0x88)) // the end of a response with :status 200
		}
	}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, arrived
}

// What net/http writes again counts again.
func TestLimiterCountsWhatIsWritten(t *testing.T) {
	t.Parallel()
	db, pool := open(t, pgtest.Shared(t))
	for _, again := range []int64{0, 1, 3} {
		server, arrived := goAway(t, again)
		limiter, err := db.Limiter("merchant", 60, 100)
		if err != nil {
			t.Fatal(err)
		}
		transport := server.Client().Transport.(*http.Transport)
		transport.ForceAttemptHTTP2 = true
		if _, err := pool.Exec(t.Context(), `INSERT INTO masspayout_limits VALUES ('merchant', '2100-01-01')
			ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at`); err != nil {
			t.Fatal(err)
		}
		// A request that is sent whatever its turn; net/http repeats it here, for nothing of it was processed.
		response, err := (&http.Client{Transport: limiter.RoundTripper(transport)}).Get(server.URL + "/v1/mass/payout/cancel/r-1")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		var turns int64
		if err := pool.QueryRow(t.Context(), "SELECT extract(epoch FROM next_at - '2100-01-01')::int FROM masspayout_limits").Scan(&turns); err != nil {
			t.Fatal(err)
		}
		if arrived.Load() != again+1 || turns != again+1 {
			t.Errorf("%d requests have arrived and %d turns were taken, expected %d", arrived.Load(), turns, again+1)
		}
	}
}
