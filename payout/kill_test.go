package payout

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

// The tests in this file run Pay, kill it at one of the points that it passes, and run it again until it comes to its
// end, while the emulator has a fault. Then the emulator's ledger must agree with Pay's result.
//
// The points are the stages of each save and, of each request, before it is sent, while it is under way, and when its
// answer is there.

// soak asks for the long run: MASSPAYOUT_SOAK=1.
var soak = os.Getenv("MASSPAYOUT_SOAK") != ""

// TestMain lets the test binary be the program that is killed.
func TestMain(m *testing.M) {
	if job := os.Getenv("MASSPAYOUT_CHILD"); job != "" {
		child(job)
	}
	os.Exit(m.Run())
}

// job is what one process has to do.
type job struct {
	URL, State string
	Lines      int // in place of Request: one of so many lines, which is paid and measured
	KillAt     int // the point at which it waits to be killed, from 1; 0: none
	Request    gen.MassPayoutInitializeRequest
}

// child pays as any program would, but for its clock. At the point where it shall be killed it says so.
func child(text string) {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		panic(err)
	}
	if j.Lines > 0 {
		j.measure()
		os.Exit(0)
	}
	_, err := j.pay(&manual{Clock: emulator.NewClock(start)}, func(point string, during bool) {
		fmt.Println(point)
		if !during {
			<-time.After(time.Hour) // for the kill
		}
	})
	if err != nil {
		fmt.Println("error:", err)
	}
	os.Exit(0)
}

// pay runs Pay and calls die at the point where it shall be killed. A die that returns lets a request go on its way; a
// point comes after it.
func (j *job) pay(clock Clock, die func(point string, during bool)) (*Result, error) {
	passed := 0
	at := func(point string) {
		if passed++; passed == j.KillAt {
			die(point, strings.HasSuffix(point, "under way"))
		}
	}
	store := File(j.State)
	store.at = func(point string) { at("save: " + point) }
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := connect(fatal{}, j.URL, gen.WithTimeout(100*time.Millisecond), gen.WithHTTPClient(&http.Client{
		Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			op := filepath.Base(r.URL.Path)
			at(op + ": before it is sent")
			at(op + ": under way")
			resp, err := transport.RoundTrip(r)
			at(op + ": answered")
			return resp, err
		})}))
	return Pay(context.Background(), client, j.Request, store, WithClock(clock), WithRefusedLines(), WithPageSize(4))
}

// fatal stands in for a test where there is none.
type fatal struct{ testing.TB }

func (fatal) Helper()           {}
func (fatal) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// bank is an emulator whose time goes by with each request, and that notes an auth that comes when one has been carried
// out already.
type bank struct {
	*emulator.Emulator
	URL    string
	server *httptest.Server
	mu     sync.Mutex
	twice  []string
}

var wealth = decimal.New(1, 6)

func newBank(t *testing.T) *bank {
	var asked atomic.Int64
	e, err := emulator.New(apiKey, secretKey, emulator.WithBalance(wealth), emulator.WithStage(3*time.Second),
		emulator.WithClock(func() time.Time { return start.Add(time.Duration(asked.Add(1)) * time.Second) }))
	if err != nil {
		t.Fatal(err)
	}
	b := &bank{Emulator: e}
	b.server = httptest.NewServer(b)
	b.URL = b.server.URL
	return b
}

func (b *bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/auth") && !b.Balance("TRY").Equal(wealth) {
		b.mu.Lock()
		b.twice = append(b.twice, "auth was sent again after it had been carried out")
		b.mu.Unlock()
	}
	b.Emulator.ServeHTTP(w, r)
}

// killed is the payout of these tests, and how it ends.
var (
	killed = request("salaries",
		item("a", "10.10"), item("b", "20.20"),
		itemTo("blocked", "5", emulator.RecipientBlocked.MemberID()),
		itemTo("fails", "1", emulator.RecipientFails.MemberID()),
		itemTo("returns", "2", emulator.RecipientReturns.MemberID()),
		itemTo("stuck", "3", emulator.RecipientKeepsMoney.MemberID()),
		in(gen.CurrencyUSD, item("dollars", "7")))
	killedEnds = "a:SUCCESS b:SUCCESS blocked:INVALID fails:FAILED returns:DEPOSIT_SUCCESS stuck:DEPOSIT_FAIL dollars:SUCCESS"
)

// faulty is a fault, and its name. The first is none.
type faulty struct {
	name string
	emulator.Fault
	none bool
}

// everyFault is every kind of fault, before and after the effect, of each operation that Pay uses; of retrieve, for each
// of its first calls.
func everyFault(retrieves int) []faulty {
	never := make(chan struct{})
	list := []faulty{{name: "no fault", none: true}}
	add := func(op emulator.Operation, skip int) {
		for kind := emulator.Delay; kind <= emulator.Huge; kind++ {
			for _, after := range []bool{false, true} {
				f := emulator.Fault{Operation: op, Kind: kind, AfterEffect: after, Skip: skip, Size: 2 << 20, RetryAfter: 7 * time.Second}
				if kind == emulator.Delay {
					f.Wait = never // the client's timeout ends it
				}
				if kind >= emulator.Truncated && !after || !after && op != emulator.OpInit && op != emulator.OpAuth {
					continue // the same as after it
				}
				list = append(list, faulty{name: fmt.Sprintf("%s/%d %v after=%v", op, skip, kind, after), Fault: f})
			}
		}
	}
	add(emulator.OpInit, 0)
	add(emulator.OpAuth, 0)
	add(emulator.OpBalance, 0)
	for skip := range retrieves {
		add(emulator.OpRetrieve, skip)
	}
	return list
}

// figures are what these tests covered.
type figures struct{ runs, kills, ended, struck atomic.Int64 }

func (f *figures) String() string {
	return fmt.Sprintf("%d payouts, %d kills, %d faults met, %d runs that ended with an error and were repeated",
		f.runs.Load(), f.kills.Load(), f.struck.Load(), f.ended.Load())
}

// survive runs Pay with a fault and a kill, until it comes to its end, and compares result and ledger. It returns false if
// there was no such point to kill at.
func survive(t *testing.T, fault faulty, killAt int, kill func(*job) (point string), f *figures) (reached bool) {
	t.Helper()
	b := newBank(t)
	defer b.server.Close()
	struck := func() int { return 0 }
	if !fault.none {
		struck = b.Inject(fault.Fault)
	}
	j := &job{URL: b.URL, State: filepath.Join(t.TempDir(), "state"), KillAt: killAt, Request: killed}
	point := "no kill"
	if killAt > 0 {
		point = kill(j)
		if point == "" {
			return false
		}
		f.kills.Add(1)
	}
	f.runs.Add(1)
	j.KillAt = 0
	var result *Result
	var err error
	for range 5 {
		result, err = j.pay(&manual{Clock: emulator.NewClock(start)}, nil)
		if err == nil {
			break
		}
		f.ended.Add(1)
	}
	f.struck.Add(int64(struck()))
	where := fmt.Sprintf("%s, killed at %d (%s)", fault.name, killAt, point)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return true
	}
	agree(t, where, result, killedEnds, b)
	return true
}

// agree compares a result with the ledger.
func agree(t *testing.T, where string, result *Result, want string, b *bank) {
	t.Helper()
	if got := statuses(result); want != "" && got != want {
		t.Errorf("%s\n got %s\nwant %s", where, got, want)
	}
	paid := b.Paid()
	for _, line := range result.Lines {
		times := paid[line.ItemExternalID]
		if times > 1 || (times == 1) != line.Status.Paid() {
			t.Errorf("%s: %v, and the ledger has paid it %d times", where, line, times)
		}
		delete(paid, line.ItemExternalID)
	}
	if len(paid) > 0 {
		t.Errorf("%s: paid, and not in the result: %v", where, paid)
	}
	for _, what := range b.twice {
		t.Errorf("%s: %s", where, what)
	}
}

// process runs a job in a process of its own and kills it with SIGKILL at the job's point. It returns the point, or "" if
// the process ended before.
func process(t *testing.T) func(*job) string {
	return func(j *job) string {
		text, err := json.Marshal(j)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "MASSPAYOUT_CHILD="+string(text), "GORACE=atexit_sleep_ms=0")
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		point, _ := bufio.NewReader(out).ReadString('\n')
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if point == "" || strings.HasPrefix(point, "error:") {
			return ""
		}
		return strings.TrimSpace(point)
	}
}

// abandoned is what a run ends with that is killed inside of this process.
type abandoned string

// abandon runs a job in this process and leaves it at its point: a panic, which nothing in Pay recovers. What a process
// would lose by its end, the lock, goes with the panic, too.
func abandon(j *job) (point string) {
	defer func() {
		if p, ok := recover().(abandoned); ok {
			point = string(p)
		}
	}()
	_, _ = j.pay(&manual{Clock: emulator.NewClock(start)}, func(at string, _ bool) { panic(abandoned(at)) })
	return ""
}

// TestKillProcess kills a process at every point without a fault, and, for each fault, at some of the points; in the long
// run at all of them.
func TestKillProcess(t *testing.T) {
	begin := time.Now()
	var f figures
	points := 0
	for survive(t, faulty{name: "no fault", none: true}, points+1, process(t), &f) {
		points++
	}
	if points < 40 {
		t.Errorf("only %d points to kill at", points)
	}
	faults := everyFault(2)[1:]
	var work []func(*testing.T)
	for i, fault := range faults {
		step := points
		if soak {
			step = 1
		}
		for at := 1 + 7*i%step; at <= points; at += step {
			work = append(work, func(t *testing.T) { survive(t, fault, at, process(t), &f) })
		}
	}
	inParallel(t, work)
	t.Logf("SIGKILL at %d points, %d faults: %v, in %v", points, len(faults), &f, time.Since(begin).Round(time.Millisecond))
}

// TestKillEverywhere leaves Pay at every point, with every fault.
func TestKillEverywhere(t *testing.T) {
	begin := time.Now()
	var f figures
	retrieves, step := 3, 17
	if soak {
		retrieves, step = 16, 1
	}
	faults := everyFault(retrieves)
	var work []func(*testing.T)
	for i, fault := range faults {
		work = append(work, func(t *testing.T) {
			survive(t, fault, 0, nil, &f)
			step, first := step, 1+i%step
			if fault.none {
				step, first = 1, 1
			}
			for at := first; survive(t, fault, at, abandon, &f) || at < 40; at += step {
			}
		})
	}
	inParallel(t, work)
	t.Logf("%d faults: %v, in %v", len(faults), &f, time.Since(begin).Round(time.Millisecond))
}

// inParallel does the work on a few goroutines, since most of it waits.
func inParallel(t *testing.T, work []func(*testing.T)) {
	queue := make(chan func(*testing.T))
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for do := range queue {
				do(t)
			}
		})
	}
	for _, do := range work {
		queue <- do
	}
	close(queue)
	workers.Wait()
}
