package pgstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptrace"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Limiter keeps all workers together below a number of requests a minute, by a row of the database. iyzico documents no
// limit for mass payout; of other endpoints, 50 to 400 calls a minute.
type Limiter struct {
	db    *DB
	name  string
	every time.Duration
	burst int
}

// Limiter returns the limiter with this name, one for each merchant. After a silence, burst requests may be made at once.
func (db *DB) Limiter(name string, perMinute, burst int) (*Limiter, error) {
	if err := CheckName("the limiter", name); err != nil {
		return nil, err
	}
	if perMinute < 1 || burst < 1 {
		return nil, fmt.Errorf("pgstore: a limiter needs at least one request a minute and at once, got %d, %d", perMinute, burst)
	}
	return &Limiter{db, name, time.Minute / time.Duration(perMinute), burst}, nil
}

// longestWait is how long a request waits for its turn. It is short, for a payout's lock is held meanwhile.
const longestWait = time.Second

// RoundTripper returns a transport, for the http.Client of gen.WithHTTPClient, that lets each request wait for its turn
// before next sends it. If that is too far away, it sends nothing and returns 429 with a Retry-After, which package payout
// obeys: the job comes back later. Requests that change something also take a turn, but do not wait for it: they have been
// saved as about to be sent, and must be sent soon or not at all.
//
// What counts is what is written: where net/http repeats a request, as it does with reads whose connection the server has
// given up, each time takes a turn.
func (l *Limiter) RoundTripper(next http.RoundTripper) http.RoundTripper { return limited{l, next} }

type limited struct {
	*Limiter
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	if sends(r) {
		l.mustTake(r.Context())
		return l.next.RoundTrip(l.counted(r))
	}
	wait, err := l.take(r.Context(), false)
	if err == nil && wait > longestWait {
		closeBody(r)
		return tooMany(r, wait), nil
	}
	if err == nil && wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			err = r.Context().Err()
		}
	}
	if err != nil {
		closeBody(r)
		return nil, err
	}
	return l.next.RoundTrip(l.counted(r))
}

// counted returns the request, for which one turn has been taken, so that each time that it is written again takes another.
func (l limited) counted(r *http.Request) *http.Request {
	var written atomic.Int64
	return r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		WroteHeaders: func() {
			if written.Add(1) > 1 {
				l.mustTake(r.Context())
			}
		},
	}))
}

// mustTake takes a turn for what is sent in any case. What goes wrong must not keep it.
func (l *Limiter) mustTake(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	_, _ = l.take(ctx, true)
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}

// sends reports whether a request is init, auth or cancel.
func sends(r *http.Request) bool {
	switch path.Base(r.URL.Path) {
	case "init", "auth":
		return true
	}
	return path.Base(path.Dir(r.URL.Path)) == "cancel"
}

func tooMany(r *http.Request, wait time.Duration) *http.Response {
	body := `{"status":"failure","errorMessage":"the limiter of these workers: too many requests"}`
	return &http.Response{
		Status: "429 Too Many Requests", StatusCode: http.StatusTooManyRequests, Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor,
		Header: http.Header{
			"Content-Type": {"application/json"},
			"Retry-After":  {strconv.Itoa(int(math.Ceil(wait.Seconds())))},
		},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

// take takes a turn and returns how far away it is. A turn farther away than longestWait is taken only if it must be. That
// a crash of the database forgets the last turns does no harm, so nobody waits for its disk.
func (l *Limiter) take(ctx context.Context, must bool) (wait time.Duration, err error) {
	for {
		wait, err = l.tryTake(ctx, must)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "40001" { // two met, in a database that is serializable by default
			return wait, err
		}
	}
}

func (l *Limiter) tryTake(ctx context.Context, must bool) (wait time.Duration, err error) {
	err = l.db.scan(ctx, `
		WITH fast AS (SELECT set_config('synchronous_commit', 'off', true))
		INSERT INTO masspayout_limits AS l (name, next_at) SELECT $1, clock_timestamp() + $2::interval FROM fast
		ON CONFLICT (name) DO UPDATE SET next_at = greatest(l.next_at, clock_timestamp() - $3::interval) + $2::interval
		WHERE $4 OR l.next_at <= clock_timestamp() + $5::interval
		RETURNING next_at - $2::interval - clock_timestamp()`,
		[]any{l.name, l.every, time.Duration(l.burst-1) * l.every, must, longestWait}, &wait)
	if errors.Is(err, pgx.ErrNoRows) {
		err = l.db.scan(ctx, "SELECT next_at - clock_timestamp() FROM masspayout_limits WHERE name = $1", []any{l.name}, &wait)
		wait = max(wait, longestWait+1) // it was not taken
	}
	if err != nil {
		return 0, fmt.Errorf("pgstore: taking a turn of %q: %w", l.name, err)
	}
	return wait, nil
}
