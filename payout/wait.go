package payout

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// tooLong reports whether patience is over.
func (m *machine) tooLong() bool {
	return m.state.StuckOn != "" && m.state.Stuck >= m.patience || m.patience == 0
}

// later says when to come back, and counts.
func (m *machine) later(ctx context.Context, did string, d decision) (Progress, error) {
	s := &m.state
	if d.do == actClose && s.StuckOn == "" {
		s.Looks = 0 // what is late comes soon
	}
	wait := m.backoff(s.Looks)
	s.Looks++
	switch {
	case d.settle:
		wait = min(wait, max(m.settle-s.Quiet, time.Millisecond))
		s.StuckOn = ""
	case d.do == actWait:
		s.Stuck, s.StuckOn = 0, ""
	default:
		if s.StuckOn == "" {
			s.Stuck = 0
		}
		s.StuckOn = d.why
		if d.do == actClose { // what takes long takes longer
			wait = max(wait, s.Stuck/2)
		}
		wait = min(wait, max(m.patience-s.Stuck, time.Millisecond))
	}
	wait = max(wait, m.retryAfter(m.failure))
	s.Wait = wait
	if err := m.save(ctx); err != nil {
		return m.stopSave(err)
	}
	p := m.now(did)
	p.Wait, p.Waiting = wait, d.why
	m.progress(p)
	return p, nil
}

// sendLater saves a state to which a send was taken back, and says when to come back. It is counted: see tooLong.
func (m *machine) sendLater(ctx context.Context, err error) (Progress, error) {
	m.failure = err
	p, stopped := m.later(ctx, "could not send", decision{do: actStuck, why: whySend})
	if err := ctx.Err(); err != nil && stopped == nil {
		return m.stopContext(err)
	}
	return p, stopped
}

// retryAfter returns how long the server asks to wait, bounded.
func (c *config) retryAfter(err error) time.Duration {
	var refused *gen.APIError
	if errors.As(err, &refused) {
		return min(refused.RetryAfter, c.longestRetryAfter)
	}
	return 0
}

// backoff returns how long to wait before look n: longer each time, up to a bound, and never quite the same, so that
// many programs that met the same failure do not come back together.
func (c *config) backoff(n int) time.Duration {
	wait := c.firstPoll
	for range n {
		if wait += wait / 2; wait >= c.lastPoll {
			wait = c.lastPoll
			break
		}
	}
	return wait - rand.N(wait/4+1)
}

// sleep waits for d, or until the context ends, and then returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// watches tell when each payout's state was saved last by this process, for calls of Advance that follow one another.
var watches = struct {
	sync.Mutex
	last map[watch]saved
}{last: map[watch]saved{}}

type watch struct{ externalID, digest string }

type saved struct {
	revision int64
	touched  time.Time
}

// note remembers when the state's durations were right, until it has ended.
func (s *State) note(touched time.Time) {
	watches.Lock()
	defer watches.Unlock()
	of := watch{s.ExternalID, s.Digest}
	if s.Step == StepEnded {
		delete(watches.last, of)
	} else {
		watches.last[of] = saved{s.Revision, touched}
	}
}

// noted returns for how long it has been so, if this process saved the state.
func (s *State) noted() (time.Duration, bool) {
	watches.Lock()
	defer watches.Unlock()
	last, ok := watches.last[watch{s.ExternalID, s.Digest}]
	elapsed := time.Since(last.touched)
	return elapsed, ok && last.revision == s.Revision && elapsed >= 0
}
