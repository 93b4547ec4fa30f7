package payout

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

// The tests in this file run Pay in a process of its own, kill that with SIGKILL at one of the points that it passes,
// and run it again. Then the emulator's ledger must agree with Pay's result. The points are the stages of each save
// and, of each request, before it is sent, while it is under way, and when its response is there.

// TestMain lets the test binary be the program that is killed.
func TestMain(m *testing.M) {
	if text := os.Getenv("MASSPAYOUT_CHILD"); text != "" {
		runChild(text)
		os.Exit(0)
	}
	if limit := os.Getenv("MASSPAYOUT_EMULATOR"); limit != "" { // of a benchmark
		runEmulator(limit)
	}
	flag.Parse()
	if testing.Short() { // megabytes, one after another: see InTurn
		if err := flag.Set("test.skip", "^TestFileStore$/^a_thousand_items,_and_three_megabytes$"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// child is what one process has to do.
type child struct {
	URL, State string
	KillAt     int // the point at which it waits to be killed, from 1; 0: none
	Request    gen.MassPayoutInitializeRequest
}

// outcome is what it writes in the end, after a line for each point.
type outcome struct {
	Result *Result
	Error  *Error
}

func runChild(text string) {
	var c child
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		panic(err)
	}
	passed := 0
	at := func(point string) {
		passed++
		fmt.Println("at", point)
		if passed == c.KillAt && !strings.HasSuffix(point, "under way") { // that goes on until the kill comes
			select {}
		}
	}
	store := NewFileStore(c.State)
	store.at = func(point string) { at("save: " + point) }
	transport := meddler(func(r *http.Request) (*http.Response, error) {
		at(operation(r) + ": before it is sent")
		at(operation(r) + ": under way")
		resp, err := http.DefaultTransport.RoundTrip(r)
		at(operation(r) + ": answered")
		return resp, err
	})
	client := connect(fatal{}, c.URL, gen.WithHTTPClient(&http.Client{Transport: transport}))
	result, err := Pay(context.Background(), client, c.Request, store, quick()...)
	o := outcome{Result: result}
	if err != nil {
		o.Error = err.(*Error)
	}
	data, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	fmt.Printf("outcome %s\n", data)
}

// quick makes Pay fast where the server answers at once.
func quick() []Option {
	return []Option{
		WithPollInterval(time.Millisecond, 10*time.Millisecond), WithSettle(50 * time.Millisecond), WithPageSize(2),
		WithConcurrentPages(1), WithRefusedItems(), WithPatience(100 * time.Millisecond),
	}
}

// meddler is a function that sends.
type meddler func(*http.Request) (*http.Response, error)

func (f meddler) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// fatal stands in for a test where there is none.
type fatal struct{ testing.TB }

func (fatal) Helper()           {}
func (fatal) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// run runs the child until it ends or is killed, and returns the points that it passed.
func (c child) run(t *testing.T) (points []string, o *outcome) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	process := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	process.Env = append(os.Environ(), "MASSPAYOUT_CHILD="+string(text), "GORACE=atexit_sleep_ms=0")
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if point, ok := strings.CutPrefix(lines.Text(), "at "); ok {
			if points = append(points, point); len(points) == c.KillAt {
				if err := process.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		} else if data, ok := strings.CutPrefix(lines.Text(), "outcome "); ok {
			if err := json.Unmarshal([]byte(data), &o); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := process.Wait(); err != nil && c.KillAt == 0 {
		t.Fatal(err)
	}
	if o == nil && c.KillAt == 0 {
		t.Fatal("the child says nothing")
	}
	return points, o
}

// life is a payout to one recipient of each kind, at an emulator.
func life(t *testing.T, name string) (*emulator.Server, child) {
	t.Helper()
	emu, err := emulator.Start(apiKey, secretKey, emulator.WithStage(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { emu.Close() })
	return emu, child{
		URL: emu.URL, State: filepath.Join(t.TempDir(), "payout.state"),
		Request: request(name, item("paid", "1"), itemTo("refused", "2", emulator.RecipientBlocked.MemberID()),
			itemTo("back", "4", emulator.RecipientReturns.MemberID()), item("paid, too", "8")),
	}
}

const lived = "paid:SUCCESS refused:INVALID back:DEPOSIT_SUCCESS paid, too:SUCCESS"

// A process that is killed at any point is taken over by the next, and nobody is paid twice.
func TestKilled(t *testing.T) {
	_, whole := life(t, "whole")
	points, o := whole.run(t)
	if o.Error != nil || statuses(o.Result) != lived {
		t.Fatal(o.Error, o.Result)
	}
	sometimes := map[string]bool{ // beside the whole of auth, which is always tried
		"init: under way #1": true, "init: answered #1": true, "save: half written #2": true,
		"save: renamed, folder not synced #1": true, "retrieve: answered #9": true,
	}
	count := map[string]int{}
	for i, point := range points {
		count[point]++
		point = fmt.Sprintf("%s #%d", point, count[point])
		if os.Getenv("MASSPAYOUT_SOAK") == "" && !sometimes[point] && !strings.HasPrefix(point, "auth: ") &&
			!(i > 0 && strings.HasPrefix(points[i-1], "auth: answered")) {
			continue
		}
		t.Run(point, func(t *testing.T) {
			OneOfMany(t)
			emu, c := life(t, "killed")
			c.KillAt = i + 1
			passed, _ := c.run(t)
			c.KillAt = 0
			_, o := c.run(t)
			if o.Error != nil || statuses(o.Result) != lived {
				t.Errorf("killed at %v: %v, %s", passed[len(passed)-1], o.Error, statuses(o.Result))
			}
			for id, n := range map[string]int{"paid": 1, "paid, too": 1, "back": 1} {
				if got := emu.Paid()[id]; got != n && (id != "back" || got > 1) {
					t.Errorf("%s was paid %d times", id, got)
				}
			}
			if n := emu.Calls(emulator.OpAuth); n > 2 || n == 2 && !strings.HasPrefix(passed[len(passed)-1], "auth: under way") {
				t.Errorf("auth was sent %d times", n)
			}
		})
	}
}

// Two processes at once: one of them pays, and the other says that it does.
func TestTwoRuns(t *testing.T) {
	_, c := life(t, "two")
	store := NewFileStore(c.State)
	unlock, err := store.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	points, o := c.run(t)
	wantError(t, o.Error, ErrLocked)
	if !o.Error.Temporary || !o.Error.MoneyMayHaveMoved || len(points) > 0 {
		t.Error(o.Error, points)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if _, o := c.run(t); o.Error != nil {
		t.Error(o.Error)
	}
}
