package payout

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// Progress describes what one call of [Advance] did, and when to call next. It marshals to JSON. It holds nothing of a
// recipient except what iyzico may have written into the reasons of its Result, which are not printed.
type Progress struct {
	Ref

	// Step is the step that is saved now.
	Step Step `json:"step"`

	// Did says what was done, for people to read.
	Did string `json:"did"`

	// Wait is how long to wait before the next call; 0 means to call at once.
	Wait time.Duration `json:"wait"`

	// Waiting names what the payout waits for; empty if it does not wait.
	Waiting string `json:"waiting,omitempty"`

	// Failure is the failure that made it wait, which may pass; nil if nothing failed.
	Failure error `json:"-"`

	// Ended reports whether the payout has ended. Result is final then, and no further call sends anything.
	Ended bool `json:"ended"`

	// Status is the payout's status when last seen; empty if nobody looked.
	Status gen.PayoutStatus `json:"status,omitempty"`

	// At is the time of this Progress, by this machine's clock.
	At time.Time `json:"at"`

	// Result is the last snapshot of the items that this call, or this run of Pay, has read. Statuses are empty if none
	// was read, or if something has been sent since.
	Result *Result `json:"result"`
}

// String returns one line of text, for a log.
func (p Progress) String() string {
	s := fmt.Sprintf("%s: %s: %s", p.Ref, p.Step, p.Did)
	if p.Status != "" {
		s += ", " + string(p.Status)
	}
	if p.Waiting != "" {
		s += fmt.Sprintf("; waiting %v for %s", p.Wait.Round(time.Millisecond), p.Waiting)
	}
	if p.Failure != nil {
		s += fmt.Sprintf(": %v", p.Failure)
	}
	return s
}

// MarshalJSON implements [json.Marshaler].
func (p Progress) MarshalJSON() ([]byte, error) {
	type plain Progress
	return json.Marshal(struct {
		RequestID string `json:"requestId,omitempty"`
		plain
		Failure *Cause `json:"failure,omitempty"`
	}{string(p.RequestID), plain(p), newCause(p.Failure)})
}
