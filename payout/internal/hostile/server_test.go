package hostile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// post sends a request and returns the status and the body of its response.
func post(t *testing.T, via http.RoundTripper, url, path string, body any) (int, string, error) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	method := "POST"
	if path == "balance" || strings.HasPrefix(path, "retrieve/items/") {
		method = "GET"
	}
	req, err := http.NewRequest(method, url+"/v1/mass/payout/"+path, strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	rsp, err := (&http.Client{Transport: via, Timeout: time.Minute}).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer rsp.Body.Close()
	got, err := io.ReadAll(rsp.Body)
	return rsp.StatusCode, string(got), err
}

// stored stores requested(), and returns its requestId.
func stored(t *testing.T, s *Server) string {
	t.Helper()
	_, body, err := post(t, s, URL, "init", requested())
	var in struct{ RequestID string }
	if err != nil || json.Unmarshal([]byte(body), &in) != nil || in.RequestID == "" {
		t.Fatalf("init: %s, %v", body, err)
	}
	return in.RequestID
}

// shown is payout status: item=status ... of total.
func shown(t *testing.T, s *Server, question map[string]any) string {
	t.Helper()
	for key, value := range map[string]any{"page": 0, "size": 10, "itemType": "VALID"} {
		if _, ok := question[key]; !ok {
			question[key] = value
		}
	}
	_, body, err := post(t, s, URL, "retrieve", question)
	if err != nil {
		return err.Error()
	}
	var in struct {
		Status     string
		MassPayout struct{ MassPayoutStatus string }
		Items      struct {
			Items []struct{ ItemExternalID, ItemStatus string }
		} `json:"massPayoutItems"`
		Total any
	}
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		t.Fatal(err)
	}
	if in.Status != "success" {
		return body[strings.Index(body, `"errorCode"`):strings.Index(body, `,"errorMessage`)]
	}
	text := in.MassPayout.MassPayoutStatus + ":"
	for _, item := range in.Items.Items {
		text += " " + item.ItemExternalID + "=" + item.ItemStatus
	}
	return fmt.Sprint(text, " of ", in.Total)
}

func TestReading(t *testing.T) {
	byName := func(more ...any) map[string]any {
		q := map[string]any{"externalMassPayoutId": "salaries"}
		for i := 0; i < len(more); i += 2 {
			q[more[i].(string)] = more[i+1]
		}
		return q
	}
	word := "ON_HOLD"
	pages := func(p Pages) World {
		return World{Script: on(Retrieve, 0, func(d *Deal) { d.Pages = p })}
	}
	tests := []struct {
		name     string
		world    World
		question map[string]any
		want     string
	}{
		{"all", World{}, byName(), "INIT: a=INIT b=INIT c=INIT of 3"},
		{"a page", World{}, byName("page", 1, "size", 2), "INIT: c=INIT of 3"},
		{"after the last page", World{}, byName("page", 5, "size", 2), "INIT: of 3"},
		{"accepted items", World{Fates: []Fate{Invalid, Paid}}, byName(), "INIT: b=INIT c=INIT of 2"},
		{"refused items", World{Fates: []Fate{Invalid, Paid}}, byName("itemType", "INVALID"), "INIT: a=INVALID of 1"},
		{"no such payout", World{}, byName("externalMassPayoutId", "other"), `"errorCode":"5501"`},
		{
			"no such payout, in numbers",
			World{NumericCodes: true},
			byName("externalMassPayoutId", "other"),
			`"errorCode":5501`,
		},
		{
			"no such payout, without a refusal",
			World{Missing: MissingNull},
			byName("externalMassPayoutId", "other"),
			": of <nil>",
		},
		{"two names that do not belong together", World{}, byName("requestId", "x"), `"errorCode":"5501"`},
		{"one of two names", World{Names: NamesExternalID}, byName("requestId", "x"), "INIT: a=INIT b=INIT c=INIT of 3"},
		{"late items", World{Late: time.Minute}, byName(), "INIT: a=INIT of 1"},
		{
			"as it was before init",
			World{Lag: time.Minute, Script: on(Retrieve, 1, func(d *Deal) { d.SummaryLag = time.Second })},
			byName(),
			`"errorCode":"5501"`,
		},
		{
			"items as they were before init",
			World{Script: on(Retrieve, 1, func(d *Deal) { d.Lag = time.Second })},
			byName(),
			"INIT: of 0",
		},
		{"another payout", World{Script: on(Retrieve, 1, func(d *Deal) { d.Foreign = ForeignDone })}, byName(),
			"COMPLETED: a=SUCCESS b=SUCCESS c=SUCCESS of 3"},
		{
			"a status that no list names",
			World{Script: on(Retrieve, 1, func(d *Deal) { d.Status, d.ItemStatus = &word, &word })},
			byName(),
			"ON_HOLD: a=ON_HOLD b=ON_HOLD c=ON_HOLD of 3",
		},
		{
			"a lookup refused",
			World{Script: on(Retrieve, 1, func(d *Deal) { d.Reply, d.Code = Refusal, "1000" })},
			byName(),
			`"errorCode":"1000"`,
		},
		{"items shifted", pages(Shifted), byName("size", 2), "INIT: b=INIT c=INIT of 3"},
		{"a page repeated", pages(Repeated), byName("page", 1, "size", 2), "INIT: a=INIT b=INIT of 3"},
		{"an item left out", pages(Omitting), byName(), "INIT: a=INIT c=INIT of 2"},
		{"an item left out that is counted", pages(Short), byName(), "INIT: a=INIT c=INIT of 3"},
		{"an item twice", pages(Doubled), byName(), "INIT: a=INIT b=INIT b=INIT c=INIT of 3"},
		{"the page ignored", pages(IgnoresPage), byName("page", 1, "size", 2), "INIT: a=INIT b=INIT of 3"},
		{
			"the type ignored",
			World{Fates: []Fate{Invalid, Paid}, Script: on(Retrieve, 0, func(d *Deal) { d.Pages = IgnoresType })},
			byName(),
			"INIT: a=INVALID b=INIT c=INIT of 3",
		},
		{"the size ignored", pages(IgnoresSize), byName(), "INIT: a=INIT b=INIT of 3"},
		{"a total that is wrong", pages(WrongTotal), byName(), "INIT: a=INIT b=INIT c=INIT of 4"},
		{"no total", pages(NoTotal), byName(), "INIT: a=INIT b=INIT c=INIT of <nil>"},
		{"an empty page", pages(EmptyPage), byName(), "INIT: of 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := New(test.world)
				stored(t, s)
				if got := shown(t, s, test.question); got != test.want {
					t.Errorf("got %s\nexpected %s\n%s", got, test.want, s.Log())
				}
			})
		})
	}
}

// A cached response is an older one to the same question, and no older than the world allows.
func TestCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(World{Stage: time.Second, Script: on(Retrieve, 0, func(d *Deal) { d.Cached = 2 * time.Hour })})
		id := stored(t, s)
		question := func() map[string]any { return map[string]any{"requestId": id} }
		shown(t, s, question())
		if _, _, err := post(t, s, URL, "auth", map[string]string{"requestId": id}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if got, want := shown(t, s, question()), "INIT: a=INIT b=INIT c=INIT of 3"; got != want {
			t.Errorf("after an hour: %s, expected %s", got, want)
		}
		time.Sleep(time.Hour)
		if got, want := shown(t, s, question()), "COMPLETED: a=SUCCESS b=SUCCESS c=SUCCESS of 3"; got != want {
			t.Errorf("after two hours: %s, expected %s", got, want)
		}
	})
}

// What is shown is no older than the lag.
func TestLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(
			World{
				Stage:  time.Second,
				Script: on(Retrieve, 0, func(d *Deal) { d.Lag, d.SummaryLag = time.Minute, 2*time.Minute }),
			},
		)
		id := stored(t, s)
		time.Sleep(time.Hour)
		if _, _, err := post(t, s, URL, "auth", map[string]string{"requestId": id}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"INIT: a=INIT b=INIT c=INIT of 3", "INIT: a=SUCCESS b=SUCCESS c=SUCCESS of 3",
			"COMPLETED: a=SUCCESS b=SUCCESS c=SUCCESS of 3"} {
			time.Sleep(50 * time.Second)
			if got := shown(t, s, map[string]any{"requestId": id}); got != want {
				t.Errorf("%s, expected %s", got, want)
			}
		}
	})
}

// What becomes of a request, and what the client sees of it.
func TestNetwork(t *testing.T) {
	tests := []struct {
		name string
		deal Deal
		want string // what the client sees
		took time.Duration
		is   error
		moved,
		later int // items moved when the client has its response, and in the end
	}{
		{name: "in order", want: `200 "status":"success"`, moved: 3, later: 3},
		{name: "not sent", deal: Deal{NotSent: true}, is: errRefused},
		{name: "request lost", deal: Deal{Lost: true, Reply: Dropped}, is: errDropped},
		{name: "response lost", deal: Deal{Reply: Dropped}, is: errDropped, moved: 3, later: 3},
		{
			name:  "delayed",
			deal:  Deal{After: time.Hour, Reply: Dropped, Wait: time.Second},
			is:    errDropped,
			took:  time.Second,
			later: 3,
		},
		{name: "hung", deal: Deal{Reply: Hung}, is: context.DeadlineExceeded, took: time.Minute, moved: 3, later: 3},
		{name: "half hung", deal: Deal{Reply: HungBody}, is: context.DeadlineExceeded, took: time.Minute, moved: 3, later: 3},
		{name: "cut", deal: Deal{Reply: CutBody}, is: io.ErrUnexpectedEOF, moved: 3, later: 3},
		{
			name:  "slow",
			deal:  Deal{After: 50 * time.Second},
			want:  `200 "status":"success"`,
			took:  50 * time.Second,
			moved: 3,
			later: 3,
		},
		{name: "rate limited", deal: Deal{Lost: true, Reply: RateLimited, HTTP: 429}, want: `429 "errorCode":50000`},
		{name: "a gateway's page", deal: Deal{Lost: true, Reply: HTML}, want: "502 <html>"},
		{name: "nothing", deal: Deal{Reply: ServerError, HTTP: 500}, want: "500 ", moved: 3, later: 3},
		{
			name:  "refused with effect",
			deal:  Deal{Reply: Refusal, Code: "1000", HTTP: 401},
			want:  `401 "errorCode":"1000"`,
			moved: 3,
			later: 3,
		},
		{name: "accepted without effect", deal: Deal{Lost: true, Reply: Accepted}, want: `200 "status":"success"`},
		{name: "two-faced", deal: Deal{Reply: Both}, want: `200 "errorCode":"100001"`, moved: 3, later: 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := New(World{Script: on(Auth, 1, func(d *Deal) { *d = test.deal })})
				id := stored(t, s)
				start := time.Now()
				status, body, err := post(t, s, URL, "auth", map[string]string{"requestId": id})
				part, _, _ := strings.Cut(test.want, " ")
				if !errors.Is(err, test.is) || test.is == nil &&
					(fmt.Sprint(status) != part || !strings.Contains(body, strings.TrimPrefix(test.want, part+" "))) {
					t.Errorf("got %d %s, %v; expected %s, %v", status, body, err, test.want, test.is)
				}
				if took := time.Since(start); took != test.took {
					t.Errorf("took %v, expected %v", took, test.took)
				}
				if got := len(s.Ledger()); got != test.moved {
					t.Errorf("moved %d items, expected %d", got, test.moved)
				}
				if s.Drain(); len(s.Ledger()) != test.later {
					t.Errorf("moved %d items in the end, expected %d", len(s.Ledger()), test.later)
				}
			})
		})
	}
}

// How a payout ends, with its first item and its last.
func TestEndings(t *testing.T) {
	tests := []struct {
		ending Ending
		fate   Fate
		want   string
		moved  int
	}{
		{Completes, Paid, "COMPLETED: a=SUCCESS b=SUCCESS c=SUCCESS of 3", 3},
		{Succeeds, Stuck, "SUCCESS: a=DEPOSIT_FAIL b=SUCCESS c=SUCCESS of 3", 3},
		{RunsDry, Paid, "INSUFFICIENT_BALANCE: a=INIT b=INIT c=INIT of 3", 0},
		{RunsDryAtIyzico, Paid, "IYZICO_INSUFFICIENT_BALANCE: a=INIT b=INIT c=INIT of 3", 0},
		{Fails, Paid, "FAIL: a=INIT b=INIT c=INIT of 3", 0},
		{FailsAfterwards, Returned, "FAIL: a=DEPOSIT_SUCCESS b=SUCCESS c=SUCCESS of 3", 3},
		{DriesThenPays, Paid, "COMPLETED: a=SUCCESS b=SUCCESS c=SUCCESS of 3", 3},
		{BeginsLate, LeftInInit, "COMPLETED: a=INIT b=SUCCESS c=SUCCESS of 3", 2},
		{NeverBegins, Paid, "INIT: a=INIT b=INIT c=INIT of 3", 0},
		{Unlisted, Failed, "PARTIALLY_COMPLETED: a=FAILED b=SUCCESS c=SUCCESS of 3", 3},
		{Completes, NeverEnds, "COMPLETED: a=PROCESSING b=SUCCESS c=SUCCESS of 3", 3},
		{Completes, Slow, "COMPLETED: a=SUCCESS b=SUCCESS c=SUCCESS of 3", 3},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := New(World{Ending: test.ending, Fates: []Fate{test.fate, Paid}, Stage: time.Minute})
				id := stored(t, s)
				if _, _, err := post(t, s, URL, "auth", map[string]string{"requestId": id}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(24 * time.Hour)
				if got := shown(t, s, map[string]any{"requestId": id}); got != test.want {
					t.Errorf("got %s\n%s", got, s.Log())
				}
				if got := len(s.Ledger()); got != test.moved {
					t.Errorf("moved %d, expected %d", got, test.moved)
				}
			})
		})
	}
}

func TestTwins(t *testing.T) {
	for _, test := range []struct {
		twins Twins
		want  string
	}{{TwinsRefused, "none"}, {TwinsSame, "the same"}, {TwinsSecond, "another"}} {
		synctest.Test(t, func(t *testing.T) {
			s := New(World{Twins: test.twins})
			first := stored(t, s)
			_, body, err := post(t, s, URL, "init", requested())
			got := "another"
			if strings.Contains(body, codeDuplicate) {
				got = "none"
			} else if strings.Contains(body, first) {
				got = "the same"
			}
			if err != nil || got != test.want {
				t.Errorf("twins %d: the second has %s, %v; expected %s", test.twins, got, err, test.want)
			}
		})
	}
}

// Others authorize or cancel, and a squatter was there first.
func TestSomebodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(World{Others: []Other{{After: time.Minute}, {After: time.Hour, Cancel: true}}, Stage: time.Second})
		id := stored(t, s)
		time.Sleep(2 * time.Hour)
		if got, want := shown(
			t,
			s,
			map[string]any{"requestId": id},
		), "COMPLETED: a=SUCCESS b=SUCCESS c=SUCCESS of 3"; got != want {
			t.Errorf("%s, expected %s", got, want)
		}
		for _, m := range s.Ledger() {
			if m.By != Else {
				t.Errorf("moved by %s", m.By)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := New(
			World{Lag: time.Minute, Script: on(Retrieve, 0, func(d *Deal) { d.Lag, d.SummaryLag = time.Minute, time.Minute })},
		)
		s.Squat("salaries", requested().Items[:2])
		if got, want := shown(
			t,
			s,
			map[string]any{"externalMassPayoutId": "salaries"},
		), "INIT: a=INIT b=INIT of 2"; got != want {
			t.Errorf("squatter: %s, expected %s", got, want)
		}
	})
}

func TestDisguise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(World{Masks: true, Upper: true, Redescribes: true, Net: true, Commission: "20.00000000"})
		id := stored(t, s)
		for _, test := range []struct{ when, want string }{
			{"before auth", `"recipientInfo":"TR92********************78","recipientName":"J*** *oe"`},
			{"before auth", `"massPayoutRequestId":"` + strings.ToUpper(id) + `"`},
			{"before auth", `"description":"salary"`},
			{"before auth", `"totalAmount":100.50000000}`},
			{"after", `"description":"Toplu ödeme a"`},
			{"after", `"totalAmount":80.50000000}`},
		} {
			if test.when == "after" {
				_, _, _ = post(t, s, URL, "auth", map[string]string{"requestId": id})
			}
			_, body, err := post(
				t,
				s,
				URL,
				"retrieve",
				map[string]any{"requestId": id, "page": 0, "size": 1, "itemType": "VALID"},
			)
			if err != nil || !strings.Contains(body, test.want) {
				t.Errorf("%s: expected %s in\n%s, %v", test.when, test.want, body, err)
			}
		}
	})
}

// The same seed does the same, to the last line of the log.
func TestSeedReplays(t *testing.T) {
	run := func(seed uint64) (log string) {
		synctest.Test(t, func(t *testing.T) {
			s := New(Random(seed, naiveSettle, time.Hour))
			client := naive{
				resends: 3,
				trusts:  true,
				looks:   100,
				http:    &http.Client{Transport: s, Timeout: time.Minute},
				request: requested(),
			}
			client.run()
			s.Drain()
			log = s.Log()
		})
		return log
	}
	different := map[string]bool{}
	for seed := range uint64(20) {
		first := run(seed)
		if again := run(seed); again != first {
			t.Errorf("seed %d:\n%s\nand again:\n%s", seed, first, again)
		}
		different[first] = true
	}
	if len(different) != 20 {
		t.Errorf("%d different runs of 20 seeds", len(different))
	}
}

// In a world that pays again, no request is later and no reading older than what the settle time allows for.
func TestWorldsThatPayAgainKeepTheirBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after another: run it without -short")
	}
	for seed := range uint64(500) {
		w := Random(seed, naiveSettle, time.Hour)
		if !w.PaysAgain {
			continue
		}
		if w.Delay+w.Lag > naiveSettle || w.Late > w.Lag || w.Squatter != NoSquatter ||
			len(w.Others) > 0 && !w.Others[0].Cancel ||
			w.Odds[Duplicated] > 0 {
			t.Errorf("%v", w)
		}
		s := New(w)
		for n := range 50 {
			for _, op := range []Op{Init, Auth, Retrieve, Cancel} {
				d := s.deal(Call{Op: op, N: n})
				if d.After > w.Delay || d.Again > 0 || max(d.Lag, d.SummaryLag, d.Cached) > w.Lag {
					t.Fatalf("seed %d: %s: %+v", seed, op, d)
				}
			}
		}
	}
}

// Each fault happens in some world, so that none is only a name.
func TestEveryFaultHappens(t *testing.T) {
	happened := map[Fault]int{}
	for _, fault := range Faults {
		s := New(World{Delay: time.Minute, Lag: time.Minute, Odds: map[Fault]float64{fault: 1}})
		for _, op := range []Op{Init, Auth, Retrieve, Balance} {
			d := s.deal(Call{Op: op, N: 1})
			if d != (Deal{}) {
				happened[fault]++
			}
		}
	}
	for _, fault := range Faults {
		if happened[fault] == 0 {
			t.Errorf("%q never happens", fault)
		}
	}
}

// A killed process has no effect any more, and what it had sent has.
func TestProcess(t *testing.T) {
	tests := []struct {
		killAt       int
		saved, moved int
	}{
		{1, 0, 0}, // before save
		{2, 1, 0}, // after save
		{3, 1, 0}, // before auth is sent
		{4, 1, 3}, // while auth is on its way
		{5, 1, 3}, // before the second save
		{6, 2, 3}, // after it
		{0, 2, 3},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.killAt), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := New(World{})
				id := stored(t, s)
				disk := &Disk{}
				p := s.Start(t.Context(), disk, test.killAt)
				defer p.Stop()
				saves := 0
				for _, data := range []string{"one", "two"} {
					_ = p.Save(p.Context(), []byte(data), anything)
					if string(disk.Data()) == data {
						saves++
					}
					if data == "one" {
						_, _, _ = post(t, p, URL, "auth", map[string]string{"requestId": id})
					}
				}
				if s.Drain(); saves != test.saved || len(s.Ledger()) != test.moved {
					t.Errorf("%d saves and %d items moved, expected %d and %d", saves, len(s.Ledger()), test.saved, test.moved)
				}
				if p.Dead() != (test.killAt != 0) || p.Dead() && p.Context().Err() == nil {
					t.Errorf("dead: %v, its context: %v", p.Dead(), p.Context().Err())
				}
			})
		})
	}
}

func anything([]byte) error { return nil }

var errBusy = errors.New("somebody else has saved")

// A lock goes with its process, and a process that has lost it cannot save.
func TestLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, disk := New(World{}), &Disk{}
		first, second := s.Start(t.Context(), disk, 0), s.Start(t.Context(), disk, 0)
		defer first.Stop()
		defer second.Stop()
		if _, err := first.Lock(); err != nil {
			t.Fatal(err)
		}
		if _, err := second.Lock(); !errors.Is(err, ErrHeld) {
			t.Errorf("a second lock: %v", err)
		}
		first.Kill()
		unlock, err := second.Lock()
		if err != nil {
			t.Fatal(err)
		}
		disk.LoseLock()
		if err := second.Save(t.Context(), []byte("x"), anything); !errors.Is(err, ErrHeld) {
			t.Errorf("a save without the lock: %v", err)
		}
		if err := unlock(); !errors.Is(err, ErrHeld) {
			t.Errorf("to unlock: %v", err)
		}
	})
}

func TestDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, disk := New(World{}), &Disk{}
		disk.Script = func(n int) SaveFault { return SaveFault(n - 1) }
		p := s.Start(t.Context(), disk, 0)
		defer p.Stop()
		for _, test := range []struct {
			data, after string
			err         error
			took        time.Duration
		}{
			{"1", "1", nil, 0}, {"2", "1", ErrSave, 0}, {"3", "3", ErrSave, 0},
			{"4", "3", context.DeadlineExceeded, time.Hour}, {"5", "5", context.DeadlineExceeded, time.Hour},
			{"6", "6", nil, late},
			{"7", "7", nil, late}, {"8", "8", nil, time.Hour + dawdle}, {"9", "8", errBusy, 0},
		} {
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			may := anything
			if test.err == errBusy {
				may = func([]byte) error { return errBusy }
			}
			if err := p.Save(
				ctx,
				[]byte(test.data),
				may,
			); !errors.Is(err, test.err) || string(disk.Data()) != test.after ||
				time.Since(start) != test.took {
				t.Errorf("save %s: %v after %v, and there is %s", test.data, err, time.Since(start), disk.Data())
			}
		}
		disk.Restore(
			[]byte(`{"a":"2026-11-24T10:00:00.5Z","b":["2026-11-24T10:00:00Z"],"n":12345678901234567890,"s":"2026"}`),
		)
		if err := disk.Jump(time.Hour); err != nil {
			t.Fatal(err)
		}
		if got, want := string(
			disk.Data(),
		), `{"a":"2026-11-24T09:00:00.5Z","b":["2026-11-24T09:00:00Z"],"n":12345678901234567890,"s":"2026"}`; got != want {
			t.Errorf("%s, expected %s", got, want)
		}
	})
}

// It works over loopback, too.
func TestLoopback(t *testing.T) {
	s := New(World{Script: func(call Call, d *Deal) {
		switch {
		case call.Op == Auth && call.N == 1:
			d.Reply = Dropped
		case call.Op == Auth && call.N == 2:
			d.Reply = CutBody
		}
	}})
	server := httptest.NewServer(s)
	defer server.Close()
	_, body, err := post(t, http.DefaultTransport, server.URL, "init", requested())
	var in struct{ RequestID string }
	if err != nil || json.Unmarshal([]byte(body), &in) != nil || in.RequestID == "" {
		t.Fatalf("init: %s, %v", body, err)
	}
	for n, want := range []error{io.EOF, io.ErrUnexpectedEOF, nil} {
		if _, _, err := post(
			t,
			http.DefaultTransport,
			server.URL,
			"auth",
			map[string]string{"requestId": in.RequestID},
		); !errors.Is(
			err,
			want,
		) {
			t.Errorf("auth %d: %v, expected %v", n+1, err, want)
		}
	}
	if got := s.Calls(Auth); got != 3 {
		t.Errorf("%d auths, expected 3", got)
	}
	if _, body, err := post(
		t,
		http.DefaultTransport,
		server.URL,
		"balance",
		nil,
	); err != nil ||
		!strings.Contains(body, `"balance":100000000.00`) {
		t.Errorf("balance: %s, %v", body, err)
	}
}
