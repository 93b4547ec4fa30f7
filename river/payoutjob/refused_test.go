//go:build unix

package payoutjob_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/rivertype"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/payoutjob"
)

// journal keeps what a worker logs.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// at returns the messages of a level that name a SQLSTATE.
func (j *journal) at(level slog.Level, code string) (messages []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for line := range bytes.Lines(j.text.Bytes()) {
		var entry struct{ Level, Msg string }
		if json.Unmarshal(line, &entry) == nil && entry.Level == level.String() && strings.Contains(string(line), code) {
			messages = append(messages, entry.Msg)
		}
	}
	return messages
}

// refuse makes the database refuse statements that change a payout's row, as a wrong migration, a lack of space or a
// failover would: with a SQLSTATE, when the condition on OLD and NEW holds, until the trigger is dropped.
func refuse(t *testing.T, s *shop, code, when string) (drop func()) {
	t.Helper()
	if _, err := s.pool.Exec(t.Context(), fmt.Sprintf(`
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF %s THEN RAISE EXCEPTION 'refused by a test' USING ERRCODE = '%s'; END IF;
			RETURN NEW;
		END $$;
		CREATE TRIGGER refuse BEFORE UPDATE ON masspayout_payouts FOR EACH ROW EXECUTE FUNCTION refuse()`, when, code)); err != nil {
		t.Fatal(err)
	}
	drop = func() {
		t.Helper()
		if _, err := s.pool.Exec(context.Background(), "DROP FUNCTION IF EXISTS refuse CASCADE"); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(drop)
	return drop
}

const (
	saves    = "NEW.revision <> OLD.revision"
	theEnd   = "NEW.step = 'ended'"
	theClaim = "NEW.lease_token IS NOT NULL AND OLD.lease_token IS NULL"
	all      = "true"
)

// What the database refuses for good stops the payout, is written down, needs a person with a reason, and is logged at
// WARN; the job says it where the row cannot. What may pass is counted, seen, and tried again. Which errors are which,
// pgstore's TestPermanent has.
func TestDatabaseRefuses(t *testing.T) {
	t.Parallel()
	const stoppedWhy, noJobWhy = "it stopped with an error; see to its cause, then Resume", "it has no job, as one that was canceled; Resume"
	for _, tt := range []struct {
		code, when string
		why        string // NeedsPerson's, and what the job's error has where the row has none
		auths      int    // that are sent before
	}{
		{"22P02", saves, stoppedWhy, 0},
		{"22021", theEnd, stoppedWhy, 1},
		{"42703", theClaim, stoppedWhy, 0}, // no such column
		{"42501", all, noJobWhy + ": JobCancelError: the payout has stopped and needs a person, and masspayout_payouts could not be written " +
			"(SQLSTATE 42501): grant the workers' role what the documentation of pgstore lists, then resume the payout", 0},
	} {
		t.Run(tt.code+" when "+tt.when, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			log := &journal{}
			start(t, s.pool, worker(t, s.db, s.emu.URL, http.DefaultTransport, payoutjob.WithLogger(slog.New(slog.NewJSONHandler(log, nil)))))
			if _, err := s.enqueue(request("before", item("emp-0", "1")), 0); err != nil {
				t.Fatal(err)
			}
			s.wait("before", finished)
			before := s.emu.Calls(emulator.OpAuth)
			if _, err := s.enqueue(request("p", item("emp-1", "100")), 1); err != nil {
				t.Fatal(err)
			}
			drop := refuse(t, s, tt.code, tt.when)
			if _, err := s.approve("p", payout.Digest(request("p", item("emp-1", "100"))), "Elif Demir"); err != nil { // starts the job
				t.Fatal(err)
			}
			p := s.wait("p", func(p []payoutjob.Payout) bool { return p[0].JobState == "" })[0]
			found, err := s.queue.NeedsPerson(t.Context(), time.Hour)
			if err != nil || len(found) != 1 || found[0].Why != tt.why {
				t.Errorf("NeedsPerson returned %+v, %v", found, err)
			}
			if recorded := tt.why == stoppedWhy; recorded != p.Stopped || recorded != (p.Err != nil && !p.Err.Temporary && strings.Contains(p.Err.Error(), tt.code)) {
				t.Errorf("it stands as %+v", p)
			}
			if len(log.at(slog.LevelWarn, tt.code)) != 1 {
				t.Errorf("the log is %s", log.text.String())
			}
			if n := s.emu.Calls(emulator.OpAuth) - before; n != tt.auths {
				t.Errorf("auth was sent %d times, expected %d", n, tt.auths)
			}
			// A person sees to the cause.
			drop()
			if err := pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error { return s.queue.Resume(t.Context(), tx, "p") }); err != nil {
				t.Fatal(err)
			}
			s.wait("p", finished)
			s.wantPaid("p", "emp-1")
			if n := s.emu.Calls(emulator.OpAuth) - before; n != 1 {
				t.Errorf("auth was sent %d times", n)
			}
		})
	}
	for _, tt := range []struct {
		code, when string
		recorded   bool
	}{
		{"40001", saves, true},
		{"25006", all, false}, // a replica, for now
	} {
		t.Run(tt.code+" for a while when "+tt.when, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			log := &journal{}
			if _, err := s.enqueue(request("p", item("emp-1", "100")), 0); err != nil {
				t.Fatal(err)
			}
			drop := refuse(t, s, tt.code, tt.when)
			client := start(t, s.pool, worker(t, s.db, s.emu.URL, http.DefaultTransport, payoutjob.WithLogger(slog.New(slog.NewJSONHandler(log, nil))),
				payoutjob.WithRetry(50*time.Millisecond, 100*time.Millisecond)))
			if tt.recorded {
				p := s.wait("p", func(p []payoutjob.Payout) bool { return p[0].Failures >= 2 })[0]
				if !p.Err.Temporary || !strings.Contains(p.Err.Error(), tt.code) || p.FailingSince.IsZero() || p.FailingSince.After(p.RunAt) || p.NextRun.IsZero() || p.Stopped {
					t.Errorf("it stands as %+v", p)
				}
			}
			level := slog.LevelInfo
			if !tt.recorded {
				level = slog.LevelWarn
			}
			s.wait("p", func([]payoutjob.Payout) bool { return len(log.at(level, tt.code)) >= 2 })
			drop()
			p := s.wait("p", finished)[0]
			s.wantPaid("p", "emp-1")
			if p.Failures != 0 || p.Err != nil || !p.FailingSince.IsZero() {
				t.Errorf("in the end it stands as %+v", p)
			}
			if job := onlyJob(t, client); job.Attempt != 1 || len(job.Errors) > 0 || job.State != rivertype.JobStateCompleted {
				t.Errorf("the job is %s, attempt %d, errors %v", job.State, job.Attempt, job.Errors)
			}
			if n := s.emu.Calls(emulator.OpAuth); n != 1 {
				t.Errorf("auth was sent %d times", n)
			}
		})
	}
}

// A read that fails is in the row and in the log; a save that finds another revision, too. Both are tried again.
func TestWhyItWaits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, operation string
		meddle          func(s *shop, r *http.Request) (*http.Response, error)
		want            string
	}{
		{"iyzico answers a read with 503", "retrieve", func(_ *shop, r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusServiceUnavailable, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
		}, "503"},
		{"somebody changes the row's revision", "init", func(s *shop, r *http.Request) (*http.Response, error) {
			_, err := s.pool.Exec(r.Context(), "UPDATE masspayout_payouts SET revision = revision + 3")
			return nil, err
		}, "saved by somebody else"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			log := &journal{}
			start(t, s.pool, worker(t, s.db, s.emu.URL, meddler(func(r *http.Request) (*http.Response, error) {
				if operation(r) == tt.operation {
					if response, err := tt.meddle(s, r); response != nil || err != nil {
						return response, err
					}
				}
				return http.DefaultTransport.RoundTrip(r)
			}), payoutjob.WithLogger(slog.New(slog.NewJSONHandler(log, nil)))))
			if _, err := s.enqueue(request("p", item("emp-1", "100")), 0); err != nil {
				t.Fatal(err)
			}
			p := s.wait("p", func(p []payoutjob.Payout) bool { return p[0].Failures > 2 })[0]
			if p.Stopped || p.Err == nil || !p.Err.Temporary || !strings.Contains(p.Err.Error(), tt.want) || p.FailingSince.IsZero() {
				t.Errorf("it stands as %+v", p)
			}
			if len(log.at(slog.LevelInfo, tt.want)) < 2 || len(log.at(slog.LevelWarn, tt.want)) > 0 {
				t.Errorf("the log is %s", log.text.String())
			}
		})
	}
}

// A database that refuses the limiter for good stops the payout, like one that refuses its row.
func TestLimiterRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := s.pool.Exec(t.Context(), "ALTER TABLE masspayout_limits RENAME TO renamed"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := s.pool.Exec(context.Background(), "ALTER TABLE renamed RENAME TO masspayout_limits"); err != nil {
			t.Error(err)
		}
	})
	limiter, err := s.db.Limiter("merchant", 6000, 100)
	if err != nil {
		t.Fatal(err)
	}
	start(t, s.pool, worker(t, s.db, s.emu.URL, limiter.RoundTripper(http.DefaultTransport)))
	if _, err := s.enqueue(request("p", item("emp-1", "100")), 0); err != nil {
		t.Fatal(err)
	}
	p := s.wait("p", func(p []payoutjob.Payout) bool { return p[0].JobState == "" })[0]
	if !p.Stopped || p.Err == nil || !strings.Contains(p.Err.Error(), "42P01") || !strings.Contains(p.Err.Advice, "pgstore.Migrate") {
		t.Errorf("it stands as %+v", p)
	}
}
