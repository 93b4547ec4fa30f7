package payout

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
)

// locking is a memory that is a Locker, too.
type locking struct {
	*memory
	lock   func(context.Context) error
	unlock func() error
}

func (l locking) Lock(ctx context.Context) (func() error, error) { return l.unlock, l.lock(ctx) }

func free(context.Context) error { return nil }

// What came of a request is saved even if the caller's context ends meanwhile, within a bound; and nothing more is
// sent.
func TestContextEndsDuringAuth(t *testing.T) {
	inBubble(t, func(a *account) {
		ctx, cancel := context.WithCancel(a.t.Context())
		a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if operation(r) == "auth" {
				defer cancel()
			}
			return next.RoundTrip(r)
		}
		store := &memory{}
		store.onSave = func(ctx context.Context, _ State) error {
			if until, ok := ctx.Deadline(); !ok || time.Until(until) != DefaultSaveTimeout {
				t.Errorf("a save may take until %v", until)
			}
			return ctx.Err()
		}
		r := request("p", item("a", "1"))
		_, err := Pay(ctx, a.client, r, store)
		wantError(t, err, context.Canceled)
		wantStop(t, err, true, true)
		equal(t, "saved", fmt.Sprint(store.state.Step, " ", store.state.InFlight), "authorizing false")
		before := a.count()
		_, err = Pay(ctx, a.client, r, store)
		wantError(t, err, context.Canceled)
		equal(t, "requests after the context had ended", a.count()-before, 0)
		result, err := a.pay(r, store)
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS")
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
	})
}

// A save that takes its time is waited for. After one that takes too long nothing is sent, even if it works.
func TestSlowSave(t *testing.T) {
	for _, tt := range []struct {
		takes time.Duration
		heeds bool // the context's deadline
		sends bool
	}{
		{4 * time.Second, false, true},
		{DefaultSaveTimeout + 500*time.Millisecond, false, false}, // it returns nil, and too late
		{time.Hour, true, false},
		{time.Hour, false, false},
	} {
		t.Run(fmt.Sprint(tt.takes, tt.heeds), func(t *testing.T) {
			inBubble(t, func(a *account) {
				store := &memory{}
				slow := func(ctx context.Context, s State) error {
					if s.Step != StepAuthorizing || !s.InFlight {
						return nil
					}
					if tt.heeds {
						return sleep(ctx, tt.takes)
					}
					time.Sleep(tt.takes)
					return nil
				}
				store.do(slow)
				r := request("p", item("a", "1"))
				begun := time.Now()
				ctx, cancel := context.WithTimeout(a.t.Context(), time.Minute)
				defer cancel()
				_, err := Pay(ctx, a.client, r, locking{store, free, func() error { return nil }})
				if tt.sends {
					wantError(t, err, nil)
					equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
					return
				}
				wantError(t, err, context.DeadlineExceeded)
				wantStop(t, err, tt.takes == time.Hour, true)
				if took := time.Since(begun); took > time.Minute+DefaultSaveTimeout {
					t.Errorf("it hung for %v", took)
				}
				equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
				time.Sleep(2 * time.Hour) // what hung returns
				store.do(nil)
				result, err := a.pay(r, store)
				wantError(t, err, nil)
				equal(t, "result", statuses(result), "a:SUCCESS")
				equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
			})
		})
	}
}

// A store that hangs hangs nobody: an error comes in time, and a lock is not given back while a save may still come.
func TestHungStore(t *testing.T) {
	r := request("p", item("a", "1"))
	inBubble(t, func(a *account) {
		held, unlocked := make(chan struct{}), time.Time{}
		store := locking{&memory{}, free, func() error { unlocked = time.Now(); return nil }}
		store.onSave = func(context.Context, State) error { <-held; return errors.New("late") }
		begun := time.Now()
		_, err := Pay(a.t.Context(), a.client, r, store)
		wantError(t, err, context.DeadlineExceeded, "saving the state: the store does not return")
		wantStop(t, err, false, true)
		if took := time.Since(begun); took > DefaultSaveTimeout+2*time.Second || !unlocked.IsZero() {
			t.Errorf("it took %v, unlocked at %v", took, unlocked)
		}
		time.Sleep(time.Hour)
		close(held)
		synctest.Wait()
		if unlocked.IsZero() {
			t.Error("the lock was never given back")
		}
	})
	inBubble(t, func(a *account) { // a lock that comes too late is given back
		late, unlocked := make(chan struct{}), false
		store := locking{&memory{}, func(context.Context) error { <-late; return nil }, func() error { unlocked = true; return nil }}
		_, err := Pay(a.t.Context(), a.client, r, store)
		wantError(t, err, context.DeadlineExceeded, "locking the state: the store does not return")
		close(late)
		synctest.Wait()
		equal(t, "given back", unlocked, true)
		equal(t, "requests", a.count(), 0)
	})
}

func TestUnlockFails(t *testing.T) {
	broken := errors.New("the session is gone")
	inBubble(t, func(a *account) {
		store := locking{&memory{}, free, func() error { return broken }}
		r := request("p", item("a", "1"))
		result, err := a.pay(r, store)
		wantError(t, err, broken, "unlocking the state")
		equal(t, "result", statuses(result), "a:SUCCESS")
		progress, err := Advance(a.t.Context(), a.client, r, store)
		wantError(t, err, broken)
		equal(t, "ended", progress.Ended, true)
		_, err = a.pay(request("p", item("a", "2")), store) // both errors are told
		wantError(t, err, broken)
		wantError(t, err, ErrOtherPayout)
	})
	inBubble(t, func(a *account) {
		store := locking{&memory{}, free, func() error { return ErrLocked }} // lost: another run may have sent auth
		_, err := a.pay(request("p", item("a", "9")), store, WithConfirm(func(context.Context, *Result) error { return broken }))
		wantError(t, err, broken)
		wantError(t, err, ErrLocked)
		wantStop(t, err, true, false)
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	})
	inBubble(t, func(a *account) {
		store := locking{&memory{}, func(context.Context) error { return ErrLocked }, nil}
		_, err := a.pay(request("p", item("a", "1")), store)
		wantError(t, err, ErrLocked)
		wantStop(t, err, true, true)
		equal(t, "requests", a.count(), 0)
	})
}

// wild is a memory whose clock jumps.
type wild struct {
	*memory
	by time.Duration // at each look at it
	n  *int
}

func (w wild) Now(context.Context) (time.Time, error) {
	*w.n++
	return time.Now().Add(time.Duration(*w.n) * w.by), nil
}

// Within a run the process's own clock tells when an auth that was lost has settled, whatever the store's clock does.
func TestClockJumpsWithinARun(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		inBubble(t, func(a *account) {
			var auths []time.Time
			a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
				if operation(r) == "auth" {
					if len(auths) == 0 {
						time.Sleep(25 * time.Second)
						auths = append(auths, time.Now()) // the end of the exchange
						return nil, errors.New("cut")
					}
					auths = append(auths, time.Now())
				}
				return next.RoundTrip(r)
			}
			result, err := a.pay(request("p", item("a", "1")), wild{&memory{}, by, new(int)})
			wantError(t, err, nil)
			equal(t, "result", statuses(result), "a:SUCCESS")
			if len(auths) != 2 || auths[1].Sub(auths[0]) < DefaultSettle || auths[1].Sub(auths[0]) > DefaultSettle+time.Minute {
				t.Errorf("auth was sent at %v", auths)
			}
		})
	}
}

// A scheduler that calls too early, and again and again, does not make an auth that was lost settle sooner: neither in
// this process nor in others.
func TestCalledTooEarly(t *testing.T) {
	for _, others := range []bool{false, true} {
		t.Run(fmt.Sprint("other processes ", others), func(t *testing.T) {
			inBubble(t, func(a *account) { calledTooEarly(t, a, others) })
		})
	}
}

func calledTooEarly(t *testing.T, a *account, others bool) {
	var lost time.Time
	a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if operation(r) == "auth" && lost.IsZero() {
			lost = time.Now()
			return nil, errors.New("cut")
		}
		return next.RoundTrip(r)
	}
	store, r := &memory{}, request("p", item("a", "1"))
	var again time.Time
	for n := 0; ; n++ {
		var opts []Option
		if others {
			opts = append(opts, AsProcess(fmt.Sprint(n)))
		}
		progress, err := Advance(a.t.Context(), a.client, r, store, opts...)
		wantError(t, err, nil)
		if strings.HasSuffix(a.calls(), "auth 2, cancel 0") && again.IsZero() {
			again = time.Now()
		}
		if progress.Ended || err != nil {
			break
		}
		if n%100 == 0 {
			time.Sleep(progress.Wait)
		}
		time.Sleep(time.Millisecond)
	}
	if took := again.Sub(lost); took < DefaultSettle || took > 2*DefaultSettle {
		t.Errorf("auth was sent again after %v", took)
	}
}

// Two accounts of one process that pay the same request do not share a clock: when the store's clock runs ahead, an
// auth of the one that was lost does not settle sooner because the other one saves, too.
func TestTwoAccountsInOneProcess(t *testing.T) {
	inBubble(t, func(a *account) {
		b := openAccount(a.t)
		auths := 0
		a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if operation(r) == "auth" {
				auths++
				return nil, errors.New("cut")
			}
			return next.RoundTrip(r)
		}
		r, here, there := request("p", item("a", "1")), wild{&memory{}, time.Hour, new(int)}, wild{&memory{}, time.Hour, new(int)}
		begun := time.Now()
		for time.Since(begun) < DefaultSettle-time.Second {
			_, err := Advance(a.t.Context(), a.client, r, here)
			wantError(t, err, nil)
			_, err = Advance(a.t.Context(), b.client, r, there)
			wantError(t, err, nil)
			time.Sleep(time.Second)
		}
		equal(t, "auths before the first has settled", auths, 1)
		if there.state.Step != StepEnded || here.state.Step != StepAuthorizing {
			t.Errorf("the one is %s, the other %s", here.state.Step, there.state.Step)
		}
	})
}

// A context that ends while the state is saved keeps the request from being sent.
func TestContextEndsDuringSave(t *testing.T) {
	for step, sent := range map[Step]string{StepStoring: "init", StepAuthorizing: "auth"} {
		inBubble(t, func(a *account) {
			ctx, cancel := context.WithCancel(a.t.Context())
			store, r := &memory{}, request("p", item("a", "1"))
			store.do(func(_ context.Context, s State) error {
				if s.InFlight && s.Step == step {
					cancel()
				}
				return nil
			})
			before := a.count()
			_, err := Pay(ctx, a.client, r, store)
			wantError(t, err, context.Canceled)
			wantStop(t, err, false, true)
			if n := strings.Count(strings.Join(a.sent[before:], " "), sent); n != 0 {
				t.Errorf("%s was sent", sent)
			}
			equal(t, "open", store.state.InFlight, false)
			result, err := a.pay(r, store)
			wantError(t, err, nil)
			equal(t, "result", statuses(result), "a:SUCCESS")
			equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
		})
	}
}

// The time of the store is asked for between runs: it counts, and its errors stop.
func TestClockOfTheStore(t *testing.T) {
	inBubble(t, func(a *account) {
		store := &memory{}
		r := request("p", item("a", "1"))
		_, err := a.pay(r, brokenClock{store})
		wantError(t, err, errClock)
		wantStop(t, err, false, true)
		equal(t, "requests", a.count(), 0)
		_, err = a.pay(r, wild{store, 0, new(int)})
		wantError(t, err, nil)
	})
}

var errClock = errors.New("no time")

type brokenClock struct{ *memory }

func (brokenClock) Now(context.Context) (time.Time, error) { return time.Time{}, errClock }

// Retry-After is obeyed, within a bound, whatever was asked.
func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct{ asked, waits time.Duration }{
		{90 * time.Second, 90 * time.Second}, {time.Hour, DefaultLongestRetryAfter}, {time.Second, DefaultFirstPoll},
	} {
		for _, operation := range []emulator.Operation{emulator.OpRetrieve, emulator.OpInit, emulator.OpAuth, emulator.OpBalance} {
			t.Run(fmt.Sprint(operation, " asks to wait ", tt.asked), func(t *testing.T) {
				OneOfMany(t)
				inBubble(t, func(a *account) {
					a.Inject(emulator.Fault{Operation: operation, Kind: emulator.RateLimited, RetryAfter: tt.asked})
					var waits []Progress
					result, err := a.pay(request("p", item("a", "1")), &memory{}, WithProgress(func(p Progress) {
						if p.Failure != nil {
							waits = append(waits, p)
						}
					}))
					wantError(t, err, nil)
					equal(t, "result", statuses(result), "a:SUCCESS")
					if len(waits) != 1 || waits[0].Wait > tt.waits || waits[0].Wait < tt.waits*3/4 {
						t.Errorf("it waited %v", waits)
					}
				})
			})
		}
	}
}

// A rate limit does nothing, but what was unknown before it stays unknown.
func TestRateLimitKeepsWhatIsUnknown(t *testing.T) {
	inBubble(t, func(a *account) {
		a.Inject(emulator.Fault{Operation: emulator.OpInit, Kind: emulator.Cut})
		a.Inject(emulator.Fault{Operation: emulator.OpInit, Kind: emulator.RateLimited, RetryAfter: 20 * time.Second})
		a.Inject(emulator.Fault{Operation: emulator.OpInit, Kind: emulator.FailureWith200})
		store := &memory{}
		_, err := a.pay(request("p", item("a", "1")), store)
		wantError(t, err, err, "refused: 11", "the same externalId")
		wantStop(t, err, false, false)
		if strings.Contains(err.Error(), "another externalId") {
			t.Error(err)
		}
		equal(t, "unsure", store.state.InitUnsure, true)
	})
	inBubble(t, func(a *account) {
		a.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.RateLimited, RetryAfter: 20 * time.Second, Times: -1})
		store := &memory{}
		begun := time.Now()
		_, err := a.pay(request("p", item("a", "1")), store)
		wantError(t, err, ErrNoProgress, "do not get through")
		wantStop(t, err, true, true)
		if took := time.Since(begun); took < DefaultPatience || took > DefaultPatience+2*time.Minute {
			t.Errorf("it tried for %v", took)
		}
		for i, operation := range a.sent {
			if operation == "auth" && a.sent[i-1] != "retrieve" {
				t.Errorf("auth was sent again without a look: %v", a.sent)
			}
		}
		a.ClearFaults()
		result, err := a.pay(request("p", item("a", "1")), store)
		wantError(t, err, nil)
		equal(t, "result", statuses(result), "a:SUCCESS")
	})
}
