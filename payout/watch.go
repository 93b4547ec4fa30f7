package payout

import (
	"sync"
	"time"
)

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
