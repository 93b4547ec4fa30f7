//go:build unix

package payoutjob_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/rivertype"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/river/internal/pgtest"
	"github.com/iyzico-go/masspayout/river/payoutjob"
	"github.com/iyzico-go/masspayout/river/pgstore"

	"github.com/riverqueue/river"
)

// The tests in this file take something away in the middle of a payout. Afterwards, the emulator's ledger must agree with
// the database, and each item must have been paid once.

// terminate ends all sessions of the database, as an operator or a failover would.
func terminate(t *testing.T, s *shop) {
	t.Helper()
	if _, err := s.pool.Exec(context.Background(), `
		SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		t.Error(err)
	}
}

// crash is something that happens once, before or after a request.
type crash struct {
	name   string
	at     string
	after  bool
	happen func(t *testing.T, s *shop)
	auths  int // how often auth may be sent
}

func TestCrash(t *testing.T) {
	t.Parallel()
	for _, tt := range []crash{
		{"sessions ended while reading", "balance", false, terminate, 1},
		{"sessions ended between the save and init", "init", false, terminate, 1},
		{"sessions ended between the save and auth", "auth", false, terminate, 1},
		{"sessions ended after auth", "auth", true, terminate, 1},
		{"somebody else saves between the save and init", "init", false, func(t *testing.T, s *shop) {
			if _, err := s.pool.Exec(context.Background(), `UPDATE masspayout_payouts SET revision = revision + 1,
				state = jsonb_set(state::jsonb, '{revision}', to_jsonb(revision + 1))::text`); err != nil {
				t.Error(err)
			}
		}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.test(t)
		})
	}
}

// No other test of this package runs meanwhile.
func TestDatabaseRestart(t *testing.T) {
	pgtest.ToKill(t)
	for _, tt := range []crash{
		{"between the save and auth", "auth", false, restart, 1},
		{"after init", "init", true, restart, 1},
	} {
		t.Run(tt.name, tt.test)
	}
}

func (c crash) test(t *testing.T) {
	s := open(t)
	all, ids := items(5)
	var once sync.Once
	enqueued := make(chan struct{}) // Enqueue has heard that its transaction is committed
	start(t, s.pool, worker(t, s.db, s.emu.URL, meddler(func(r *http.Request) (*http.Response, error) {
		if operation(r) != c.at {
			return http.DefaultTransport.RoundTrip(r)
		}
		select {
		case <-enqueued:
		case <-t.Context().Done():
		}
		if !c.after {
			once.Do(func() { c.happen(t, s) })
		}
		response, err := http.DefaultTransport.RoundTrip(r)
		if c.after {
			once.Do(func() { c.happen(t, s) })
		}
		return response, err
	})))
	if _, err := s.enqueue(request("p", all...), 0); err != nil {
		t.Fatal(err)
	}
	close(enqueued)
	s.wait("p", finished)
	s.wantPaid("p", ids...)
	if n := s.emu.Calls(emulator.OpAuth); n > c.auths {
		t.Errorf("auth was sent %d times", n)
	}
	if n := s.emu.Calls(emulator.OpInit); n != 1 {
		t.Errorf("init was sent %d times", n)
	}
}

func restart(t *testing.T, s *shop) {
	if err := s.server.Kill(); err != nil {
		t.Error(err)
	}
	if err := s.server.Restart(); err != nil {
		t.Error(err)
	}
}

// River's rescue may start a job that is still running. The lock lets one of them work, and the other comes back later.
func TestTwoWorkersAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	all, ids := items(5)
	if _, err := s.enqueue(request("p", all...), 0); err != nil {
		t.Fatal(err)
	}
	workers := make([]*payoutjob.Worker, 4)
	for i := range workers {
		_, db := connect(t, s.url)
		workers[i] = worker(t, db, s.emu.URL, http.DefaultTransport)
	}
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(func() {
			for range 1000 {
				err := w.Work(t.Context(), &river.Job[payoutjob.Args]{JobRow: &rivertype.JobRow{}, Args: payoutjob.Args{ExternalID: "p"}})
				if err == nil {
					return
				}
				snooze, ok := err.(*rivertype.JobSnoozeError)
				if !ok {
					t.Errorf("Work returned %v", err)
					return
				}
				time.Sleep(snooze.Duration)
			}
			t.Error("it does not end")
		})
	}
	wg.Wait()
	s.wantPaid("p", ids...)
	if i, a := s.emu.Calls(emulator.OpInit), s.emu.Calls(emulator.OpAuth); i != 1 || a != 1 {
		t.Errorf("init was sent %d times, auth %d times", i, a)
	}
}

// A worker that is told to stop hears its auth to the end, gives its job back, and another goes on at once.
func TestShutdown(t *testing.T) {
	t.Parallel()
	s := open(t)
	all, ids := items(5)
	atAuth, stopping := make(chan struct{}), make(chan struct{})
	var once sync.Once
	first := start(t, s.pool, worker(t, s.db, s.emu.URL, meddler(func(r *http.Request) (*http.Response, error) {
		if operation(r) == "auth" {
			once.Do(func() { close(atAuth) })
			<-stopping
			if err := r.Context().Err(); err != nil {
				t.Errorf("auth was cut off: %v", err)
			}
		}
		return http.DefaultTransport.RoundTrip(r)
	})))
	if _, err := s.enqueue(request("p", all...), 0); err != nil {
		t.Fatal(err)
	}
	<-atAuth
	stopped := make(chan error)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		stopped <- first.StopAndCancel(ctx)
	}()
	time.AfterFunc(100*time.Millisecond, func() { close(stopping) })
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	p := s.wait("p", func(p []payoutjob.Payout) bool { return p[0].JobState == "available" })[0]
	if p.Err != nil || p.Attempt != 0 {
		t.Errorf("it stands as %+v", p)
	}
	s.start()
	s.wait("p", finished)
	s.wantPaid("p", ids...)
	if a := s.emu.Calls(emulator.OpAuth); a != 1 {
		t.Errorf("auth was sent %d times", a)
	}
}

// TestMain lets the test binary be the worker that is killed or frozen.
func TestMain(m *testing.M) {
	if text := os.Getenv("MASSPAYOUT_CHILD"); text != "" {
		runChild(text)
		return
	}
	if err := flag.Set("test.parallel", "6"); err != nil { // they wait rather than compute
		panic(err)
	}
	pgtest.Main(m)
}

// child is a worker process.
type child struct {
	Database, Emulator string
	StopAt             string // the point at which it freezes itself
}

// runChild works the payout "p" until it ends. It prints a line for each point that it passes, and there reads one.
func runChild(text string) {
	var c child
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		panic(err)
	}
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, c.Database)
	if err != nil {
		panic(err)
	}
	db, err := pgstore.New(pool, pgstore.WithLease(2*time.Second))
	if err != nil {
		panic(err)
	}
	in := bufio.NewReader(os.Stdin)
	var mu sync.Mutex
	at := func(point string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println("at", point)
		if point == c.StopAt {
			c.StopAt = ""
			_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		}
		_, _ = in.ReadString('\n')
	}
	if err := c.work(ctx, worker(fatal{}, db, c.Emulator, passing(at))); err != nil {
		panic(err)
	}
	fmt.Println("ended")
	os.Exit(0)
}

// passing is a transport that tells each point that a request passes.
func passing(at func(point string)) meddler {
	return func(r *http.Request) (*http.Response, error) {
		at(operation(r) + ": before it is sent")
		response, err := http.DefaultTransport.RoundTrip(r)
		at(operation(r) + ": answered")
		return response, err
	}
}

// work works the payout "p" until it ends.
func (c child) work(ctx context.Context, w *payoutjob.Worker) error {
	for {
		err := w.Work(ctx, &river.Job[payoutjob.Args]{JobRow: &rivertype.JobRow{}, Args: payoutjob.Args{ExternalID: "p"}})
		snooze, ok := err.(*rivertype.JobSnoozeError)
		if !ok {
			return err
		}
		time.Sleep(snooze.Duration)
	}
}

// runHere does in this process what runChild does in one of its own, and returns the points that it passed.
func (c child) runHere(t *testing.T, opts ...payoutjob.Option) (points []string) {
	t.Helper()
	_, db := connect(t, c.Database)
	var mu sync.Mutex
	if err := c.work(t.Context(), worker(t, db, c.Emulator, passing(func(point string) {
		mu.Lock()
		defer mu.Unlock()
		points = append(points, point)
	}), opts...)); err != nil {
		t.Fatal(err)
	}
	return points
}

// fatal stands in for a test where there is none.
type fatal struct{ testing.TB }

func (fatal) Helper()           {}
func (fatal) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// runUntil runs the child, which is killed at point number killAt, from 1.
func (c child) runUntil(t *testing.T, killAt int) (points []string) {
	t.Helper()
	process, lines, in := c.start(t)
	for lines.Scan() {
		point, ok := strings.CutPrefix(lines.Text(), "at ")
		if !ok {
			continue
		}
		if points = append(points, point); len(points) == killAt {
			if err := process.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			break
		}
		if _, err := fmt.Fprintln(in); err != nil {
			t.Fatal(err)
		}
	}
	_ = process.Wait() // it was killed
	return points
}

func (c child) start(t *testing.T) (*exec.Cmd, *bufio.Scanner, *os.File) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	process := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	process.Env = append(os.Environ(), "MASSPAYOUT_CHILD="+string(text))
	process.Stderr = os.Stderr
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { write.Close() })
	process.Stdin = read
	out, err := process.StdoutPipe()
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	return process, bufio.NewScanner(out), write
}

// A worker that is killed at any request is taken over by another process. (That River gives the job to it is tested by
// command fleet; here each process takes it by itself.)
func TestKilled(t *testing.T) {
	t.Parallel()
	list, ids := items(3)
	begin := func(t *testing.T) (*shop, child) {
		s := open(t)
		if _, err := s.enqueue(request("p", list...), 0); err != nil {
			t.Fatal(err)
		}
		return s, child{Database: s.url, Emulator: s.emu.URL}
	}
	s, c := begin(t)
	points := c.runHere(t)
	s.wantPaid("p", ids...)
	for i, point := range points {
		some := strings.HasPrefix(point, "auth") || point == "init: answered"
		if os.Getenv("MASSPAYOUT_SOAK") == "" && !some {
			continue
		}
		t.Run(fmt.Sprintf("%d %s", i+1, point), func(t *testing.T) {
			t.Parallel()
			s, c := begin(t)
			if passed := c.runUntil(t, i+1); !slices.Equal(passed, points[:i+1]) {
				t.Logf("it went another way: %q", passed)
			}
			c.runHere(t)
			s.wantPaid("p", ids...)
			if n := s.emu.Calls(emulator.OpAuth); n > 1 {
				t.Errorf("auth was sent %d times", n)
			}
		})
	}
}

// A worker is frozen between the save and its auth, for longer than its session may be silent and anybody waits. Another
// one takes over and pays. Then the first wakes up and sends its auth: nothing can keep it from that, and iyzico's rule
// that auth moves only items in INIT keeps it from paying again. It cannot save, and says so.
func TestFrozenBeforeAuth(t *testing.T) {
	t.Parallel()
	list, ids := items(3)
	for _, point := range []string{"balance: answered", "auth: before it is sent", "auth: answered"} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if _, err := s.enqueue(request("p", list...), 0); err != nil {
				t.Fatal(err)
			}
			frozen := child{Database: s.url, Emulator: s.emu.URL, StopAt: point}
			process, lines, in := frozen.start(t)
			for lines.Scan() && lines.Text() != "at "+point {
				if _, err := fmt.Fprintln(in); err != nil {
					t.Fatal(err)
				}
			}
			child{Database: s.url, Emulator: s.emu.URL}.runHere(t, payoutjob.WithRetry(100*time.Millisecond, 100*time.Millisecond))
			s.wantPaid("p", ids...)
			if err := process.Process.Signal(syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
			go func() {
				for range 1000 {
					if _, err := fmt.Fprintln(in); err != nil {
						return
					}
				}
			}()
			ended := false
			for lines.Scan() {
				ended = ended || lines.Text() == "ended"
			}
			if err := process.Wait(); err != nil || !ended {
				t.Errorf("the worker that woke up: %v, ended %v", err, ended)
			}
			s.wantPaid("p", ids...)
			sent := 1
			if point == "auth: before it is sent" {
				sent = 2
			}
			if n := s.emu.Calls(emulator.OpAuth); n != sent {
				t.Errorf("auth was sent %d times, expected %d", n, sent)
			}
		})
	}
}
