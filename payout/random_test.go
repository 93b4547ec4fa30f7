package payout

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

// TestRandom pays random payouts through random faults and kills, with requests among them that arrive when their sender
// has long given up, at a bank that knows an externalId again and at one that does not. MASSPAYOUT_SEED=n repeats one
// payout; otherwise the seeds count from 1, or from the time in the long run, which is logged.
func TestRandom(t *testing.T) {
	begin := time.Now()
	first, count := uint64(1), uint64(150)
	if soak {
		first, count = uint64(begin.UnixNano()), 10_000
	}
	if text := os.Getenv("MASSPAYOUT_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		first, count = seed, 1
	}
	var f figures
	var stopped sync.Map
	var work []func(*testing.T)
	for i := range count {
		work = append(work, func(t *testing.T) {
			if reason := random(t, first+i, &f); reason != "" {
				n, _ := stopped.LoadOrStore(reason, new(atomic.Int32))
				n.(*atomic.Int32).Add(1)
			}
		})
	}
	inParallel(t, work)
	t.Logf("seeds %d to %d: %v, in %v", first, first+count-1, &f, time.Since(begin).Round(time.Millisecond))
	stopped.Range(func(reason, n any) bool {
		t.Logf("stopped before money moved, %d times: %v", n.(*atomic.Int32).Load(), reason)
		return true
	})
}

// random pays one payout. It returns why Pay stopped for good, if it did.
func random(t *testing.T, seed uint64, f *figures) (stopped string) {
	rnd := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t, rnd)
	defer w.server.Close()
	j := &job{URL: w.URL, State: filepath.Join(t.TempDir(), "state"), Request: randomRequest(rnd)}
	f.runs.Add(1)
	kills := rnd.IntN(4)
	var result *Result
	var err error
	for range 25 {
		j.KillAt = 0
		if kills > 0 {
			kills--
			j.KillAt = 1 + rnd.IntN(90)
		}
		point := func() (point string) {
			defer func() {
				if p := recover(); p != nil {
					point = string(p.(abandoned))
				}
			}()
			result, err = j.payThrough(w, func(at string, _ bool) { panic(abandoned(at)) })
			return ""
		}()
		if point != "" {
			f.kills.Add(1)
			continue
		}
		if err == nil {
			break
		}
		f.ended.Add(1)
	}
	w.arrive(w.clock.Now().Add(1000 * time.Hour)) // what is still on its way arrives at last
	f.struck.Add(int64(w.met))
	where := fmt.Sprintf("MASSPAYOUT_SEED=%d", seed)
	for _, what := range w.violations {
		t.Errorf("%s: %s", where, what)
	}
	paid := w.paid()
	if err != nil {
		// It may stop for good, but only where no money moves.
		if len(paid) > 0 || w.authorized() {
			t.Errorf("%s: stopped after money moved: %v", where, err)
		}
		text, _, _ := strings.Cut(err.Error(), ":")
		if i := strings.Index(err.Error(), "iyzico has requestId"); i >= 0 {
			text = "two payouts under one externalId"
		}
		return text
	}
	for i, line := range result.Lines {
		times := paid[line.ItemExternalID]
		if times > 1 || (times == 1) != line.Status.Paid() || !line.Status.Final() && line.Status != gen.ItemStatusFailed {
			t.Errorf("%s: %v, and the ledgers have paid it %d times", where, line, times)
		}
		if got, want := line.ItemExternalID, j.Request.Items[i].ItemExternalID; got != want {
			t.Errorf("%s: line %d is %s, want %s", where, i, got, want)
		}
		delete(paid, line.ItemExternalID)
	}
	if len(paid) > 0 || len(result.Lines) != len(j.Request.Items) {
		t.Errorf("%s: %d lines of %d, %v paid besides", where, len(result.Lines), len(j.Request.Items), paid)
	}
	return ""
}

func randomRequest(rnd *rand.Rand) gen.MassPayoutInitializeRequest {
	recipients := []string{"2228853", "2228853", "2228853", emulator.RecipientBlocked.MemberID(), emulator.RecipientFails.MemberID(),
		emulator.RecipientReturns.MemberID(), emulator.RecipientKeepsMoney.MemberID()}
	currencies := []gen.Currency{gen.CurrencyTRY, gen.CurrencyTRY, gen.CurrencyUSD, gen.CurrencyEUR}
	items := []gen.MassPayoutItem{item("line-0", "0.01")} // one that is paid, to be paid twice
	for i := range rnd.IntN(9) {
		line := itemTo(fmt.Sprintf("line-%d", i+1), decimal.New(1+rnd.Int64N(1_000_000), -2).String(), recipients[rnd.IntN(len(recipients))])
		items = append(items, in(currencies[rnd.IntN(len(currencies))], line))
	}
	return request("random", items...)
}

// world is where a random payout happens: one emulator, or, if it knows no externalId again, one more for each init; and
// a network between, which fails now and then.
type world struct {
	URL       string
	server    *httptest.Server
	clock     *manual
	t         *testing.T
	forgetful bool

	mu         sync.Mutex
	emulators  []*emulator.Emulator
	byRequest  map[gen.RequestID]*emulator.Emulator
	violations []string

	rnd    *rand.Rand
	faults map[int]netFault // by number of the request
	sent   int
	met    int
	late   []delivery
}

// netFault is what the network does to one request.
type netFault int

const (
	cutBefore netFault = iota
	cutAfter
	pageBefore // a gateway's page of HTML
	pageAfter
	limited
	halfAnswer
	refusedBefore
	arrivesLate // if it is init or auth
	netFaults
)

// delivery is a request that arrives late.
type delivery struct {
	at  time.Time
	req *http.Request
}

func newWorld(t *testing.T, rnd *rand.Rand) *world {
	w := &world{t: t, clock: &manual{Clock: emulator.NewClock(start)}, forgetful: rnd.IntN(2) == 0,
		byRequest: map[gen.RequestID]*emulator.Emulator{}, rnd: rand.New(rand.NewPCG(rnd.Uint64(), 0)), faults: map[int]netFault{}}
	for range rnd.IntN(6) {
		w.faults[rnd.IntN(20)] = netFault(rnd.IntN(int(netFaults)))
	}
	w.emulators = append(w.emulators, w.newEmulator())
	w.server = httptest.NewServer(w)
	w.URL = w.server.URL
	return w
}

func (w *world) newEmulator() *emulator.Emulator {
	e, err := emulator.New(apiKey, secretKey, emulator.WithBalance(wealth), emulator.WithStage(5*time.Second),
		emulator.WithClock(func() time.Time { w.clock.Advance(time.Second); return w.clock.Now() }))
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// ServeHTTP gives a request to the emulator that knows its requestId, or the first; an init to a new one, if a bank that
// knows no externalId again has had one already.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var names struct{ RequestID gen.RequestID }
	_ = json.Unmarshal(body, &names)
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.emulators[0]
	if known, ok := w.byRequest[names.RequestID]; ok {
		e = known
	}
	op := filepath.Base(r.URL.Path)
	if op == "auth" && w.moved() {
		w.violations = append(w.violations, "auth came after money had moved")
	}
	if op == "init" && w.forgetful && len(w.byRequest) > 0 {
		e = w.newEmulator()
		w.emulators = append(w.emulators, e)
	}
	recorder := httptest.NewRecorder()
	e.ServeHTTP(recorder, r)
	if op == "init" {
		_ = json.Unmarshal(recorder.Body.Bytes(), &names)
		w.byRequest[names.RequestID] = e
	}
	rw.WriteHeader(recorder.Code)
	_, _ = rw.Write(recorder.Body.Bytes())
}

// moved says whether an auth has been carried out.
func (w *world) moved() bool {
	for _, e := range w.emulators {
		if !e.Balance("TRY").Equal(wealth) {
			return true
		}
	}
	return false
}

func (w *world) authorized() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.moved()
}

func (w *world) paid() map[string]int {
	times := map[string]int{}
	for _, e := range w.emulators {
		for id, n := range e.Paid() {
			times[id] += n
		}
	}
	return times
}

// send is the network. A request that arrives late does so within the time that WithSettle reckons with; an init even
// long after it.
func (w *world) send(transport http.RoundTripper, r *http.Request) (*http.Response, error) {
	w.arrive(w.clock.Now())
	fault, ok := w.faults[w.sent]
	w.sent++
	op := filepath.Base(r.URL.Path)
	if !ok || fault == arrivesLate && op != "init" && op != "auth" {
		return transport.RoundTrip(r)
	}
	w.met++
	answer := func(code int, header, body string) (*http.Response, error) {
		return &http.Response{StatusCode: code, Header: http.Header{"Retry-After": {header}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
	switch fault {
	case cutBefore:
		return nil, errors.New("cut")
	case pageBefore:
		return answer(502, "", "<html>")
	case limited:
		return answer(429, "7", `{"status":"failure","errorCode":50000}`)
	case refusedBefore:
		return answer(400, "", `{"status":"failure","errorCode":"11"}`)
	case arrivesLate:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		again := r.Clone(context.Background())
		again.Body = io.NopCloser(bytes.NewReader(body))
		wait := time.Duration(w.rnd.Int64N(int64(DefaultSettle) * 9 / 10))
		if op == "init" && w.rnd.IntN(2) == 0 {
			wait *= 5
		}
		w.late = append(w.late, delivery{w.clock.Now().Add(wait), again})
		return nil, errors.New("no answer")
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return nil, err
	case fault == cutAfter:
		return nil, errors.New("cut")
	case fault == halfAnswer:
		return answer(200, "", string(body[:len(body)/2]))
	default:
		return answer(502, "", "<html>")
	}
}

// arrive delivers what is due.
func (w *world) arrive(now time.Time) {
	var still []delivery
	for _, d := range w.late {
		if d.at.After(now) {
			still = append(still, d)
			continue
		}
		if resp, err := http.DefaultTransport.RoundTrip(d.req); err == nil {
			resp.Body.Close()
		}
	}
	w.late = still
}

// payThrough is pay in a world.
func (j *job) payThrough(w *world, die func(string, bool)) (*Result, error) {
	passed := 0
	at := func(point string) {
		if passed++; passed == j.KillAt {
			die(point, false)
		}
	}
	store := File(j.State)
	store.at = at
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := connect(w.t, w.URL, gen.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		at("before")
		resp, err := w.send(transport, r)
		at("after")
		return resp, err
	})}))
	return Pay(context.Background(), client, j.Request, store, WithClock(w.clock), WithRefusedLines(), WithPageSize(4))
}
