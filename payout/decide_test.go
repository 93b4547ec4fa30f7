package payout

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

// Every row of the table of a payout's life, by what is saved and what is seen.
func TestDecide(t *testing.T) {
	some := errors.New("some")
	is := func(step Step, change func(*State)) State {
		s := State{Step: step}
		if step == StepAuthorizing {
			s.AuthSent = true
		}
		if change != nil {
			change(&s)
		}
		return s
	}
	outcome := func(o Outcome) func(*State) {
		return func(s *State) { s.Outcome, s.LastError = o, &Cause{Text: "refused"} }
	}
	confirmed := func(s *State) { s.Confirmed, s.Reviewed = "d", "sums" }
	there := func(p phase, change func(*seen)) seen {
		v := seen{there: true, phase: p}
		if change != nil {
			change(&v)
		}
		return v
	}
	equalPayout := there(phaseInit, nil)
	wanted := func(s *State) { s.CancelWanted = true }

	tests := []struct {
		row     string
		state   State
		seen    seen
		settled bool
		want    string // what is done; the step; c: clean; m: money may have moved; t: temporary
	}{
		{"new: a look failed", is(StepNew, nil), seen{failure: some}, true, "stuck t"},
		{"new: a look was refused", is(StepNew, nil), seen{failure: some, final: true}, true, "stop"},
		{"later: a look was refused", is(StepStored, nil), seen{failure: some, final: true}, true, "stuck t"},
		{"authorized: a look failed", is(StepAuthorized, nil), seen{failure: some}, true, "stuck t"},

		{"new: nothing under our name, proven", is(StepNew, nil), seen{gone: true}, true, "send storing"},
		{"new: nothing under our name, not proven", is(StepNew, nil), seen{}, true, "stuck t"},
		{"new: sent n times", is(StepNew, func(s *State) { s.Inits = 3 }), seen{gone: true}, true, "stop t"},
		{"new: all equal", is(StepNew, nil), equalPayout, true, "save authorizing"},
		{"new: all equal, and authorized by somebody", is(StepNew, nil), there(phaseMoving, nil), true, "save authorizing"},
		{"new: differs", is(StepNew, nil), there(phaseInit, func(v *seen) { v.differs = some }), true, "stop"},
		{"new: differs, and is past INIT", is(StepNew, nil), there(phaseEnded, func(v *seen) { v.differs = some }), true, "stop m"},
		{"new: not all shown", is(StepNew, nil), there(phaseInit, func(v *seen) { v.hidden = some }), true, "stop"},
		{"new: no requestId", is(StepNew, nil), there(phaseInit, func(v *seen) { v.hidden, v.nameless = some, true }), true, "stop"},
		{"new: items are missing", is(StepNew, nil), there(phaseInit, func(v *seen) { v.partial = some }), true, "stuck"},
		{"new: cancel is wanted, nothing there", is(StepNew, wanted), seen{gone: true}, true, "stop"},
		{"new: cancel is wanted, all equal", is(StepNew, wanted), equalPayout, true, "save authorizing"},

		{"storing: found, all equal", is(StepStoring, outcome(OutcomeUnknown)), equalPayout, false, "save stored"},
		{"storing: refused, but found, all equal", is(StepStoring, outcome(OutcomeRefused)), equalPayout, false, "save stored"},
		{"storing: found, differs", is(StepStoring, nil), there(phaseInit, func(v *seen) { v.differs = some }), false, "stop"},
		{"storing: found, not all shown", is(StepStoring, nil), there(phaseInit, func(v *seen) { v.hidden = some }), false, "stop"},
		{"storing: nothing found, not settled", is(StepStoring, outcome(OutcomeUnknown)), seen{gone: true}, false, "wait"},
		{"storing: refused, nothing found, not settled", is(StepStoring, outcome(OutcomeRefused)), seen{gone: true}, false, "wait"},
		{"storing: refused, nothing found, settled", is(StepStoring, outcome(OutcomeRefused)), seen{gone: true}, true, "stop new"},
		{"storing: unknown, nothing found, settled", is(StepStoring, outcome(OutcomeUnknown)), seen{gone: true}, true, "save new"},
		{"storing: settled, not proven", is(StepStoring, outcome(OutcomeUnknown)), seen{}, true, "stuck t"},

		{"stored: items differ", is(StepStored, confirmed), there(phaseInit, func(v *seen) { v.differs = some }), true, "stop"},
		{"stored: another requestId", is(StepStored, confirmed), there(phaseInit, func(v *seen) { v.second = some }), true, "stop"},
		{"stored: after auth", is(StepStored, confirmed), there(phaseMoving, nil), true, "save authorized"},
		{"stored: CANCELED", is(StepStored, confirmed), there(phaseCanceled, nil), true, "save authorized c"},
		{"stored: not found", is(StepStored, nil), seen{}, true, "stuck m"},
		{"stored: a status that no list names", is(StepStored, nil), there(phaseUnknown, nil), true, "stuck m"},
		{"stored: INIT, an item is missing", is(StepStored, nil), there(phaseInit, func(v *seen) { v.partial = some }), true, "stuck"},
		{"stored: INIT, an item has moved", is(StepStored, confirmed), there(phaseInit, func(v *seen) { v.moved = some }), true, "stuck m"},
		{"stored: refused items, or the balance", is(StepStored, nil), there(phaseInit, func(v *seen) { v.refused = some }), true, "stop"},
		{"stored: not confirmed", is(StepStored, nil), there(phaseInit, func(v *seen) { v.digest = "d" }), true, "ask"},
		{"stored: confirmed something else", is(StepStored, confirmed), there(phaseInit, func(v *seen) { v.digest = "e" }), true, "ask"},
		{"stored: confirmed, reviewed again", is(StepStored, func(s *State) { s.Confirmed = "d" }),
			there(phaseInit, func(v *seen) { v.digest = "d" }), true, "save stored"},
		{"stored: not what was reviewed", is(StepStored, confirmed), there(phaseInit, func(v *seen) { v.changed = true }), true, "stuck stored"},
		{"stored: all in order", is(StepStored, confirmed), equalPayout, true, "send authorizing"},
		{"stored: all in order, sent n times", is(StepStored, func(s *State) { confirmed(s); s.Auths = 3 }), equalPayout, true, "stop m"},

		{"stored: cancel is wanted", is(StepStored, wanted), equalPayout, true, "send canceling"},
		{"stored: cancel is wanted, whatever the items are", is(StepStored, wanted),
			there(phaseInit, func(v *seen) { v.differs, v.moved, v.refused = some, some, some }), true, "send canceling"},
		{"stored: cancel is wanted, after auth", is(StepStored, wanted), there(phaseEnded, nil), true, "save authorized"},
		{"stored: cancel is wanted, CANCELED", is(StepStored, wanted), there(phaseCanceled, nil), true, "save authorized c"},
		{"stored: cancel is wanted, not found", is(StepStored, wanted), seen{}, true, "stuck m"},
		{"stored: cancel was sent n times", is(StepStored, func(s *State) { wanted(s); s.Cancels = 3 }), equalPayout, true, "stop"},

		{"authorizing: after auth", is(StepAuthorizing, nil), there(phaseMoving, nil), false, "save authorized"},
		{"authorizing: CANCELED is not clean", is(StepAuthorizing, nil), there(phaseCanceled, nil), true, "save authorized"},
		{"authorizing: INIT, not settled", is(StepAuthorizing, outcome(OutcomeUnknown)), equalPayout, false, "wait"},
		{"authorizing: refused, INIT, not settled", is(StepAuthorizing, outcome(OutcomeRefused)), equalPayout, false, "wait"},
		{"authorizing: accepted, INIT, not settled", is(StepAuthorizing, outcome(OutcomeAccepted)), equalPayout, false, "wait"},
		{"authorizing: accepted, INIT, settled", is(StepAuthorizing, outcome(OutcomeAccepted)), equalPayout, true, "save authorized"},
		{"authorizing: refused, INIT, settled", is(StepAuthorizing, outcome(OutcomeRefused)), equalPayout, true, "stop stored m"},
		{"authorizing: unknown, INIT, settled", is(StepAuthorizing, outcome(OutcomeUnknown)), equalPayout, true, "save stored"},
		{"authorizing: settled, not found", is(StepAuthorizing, outcome(OutcomeUnknown)), seen{}, true, "stuck m"},
		{"authorizing: settled, a status that no list names", is(StepAuthorizing, nil), there(phaseUnknown, nil), true, "stuck m"},
		{"authorizing: settled, INIT, an item has moved", is(StepAuthorizing, nil), there(phaseInit, func(v *seen) { v.moved = some }), true, "stuck m"},

		{"canceling: CANCELED", is(StepCanceling, nil), there(phaseCanceled, nil), false, "save authorized c"},
		{"canceling: auth won", is(StepCanceling, nil), there(phaseMoving, nil), false, "save authorized"},
		{"canceling: INIT, not settled", is(StepCanceling, nil), equalPayout, false, "wait"},
		{"canceling: INIT, settled", is(StepCanceling, nil), equalPayout, true, "save stored"},
		{"canceling: settled, not found", is(StepCanceling, nil), seen{}, true, "stuck m"},

		{"authorized: under way", is(StepAuthorized, nil), there(phaseMoving, nil), true, "wait"},
		{"authorized: INIT", is(StepAuthorized, nil), equalPayout, true, "stuck m"},
		{"authorized: not found", is(StepAuthorized, nil), seen{}, true, "stuck m"},
		{"authorized: a status that no list names", is(StepAuthorized, nil), there(phaseUnknown, nil), true, "stuck m"},
		{"authorized: ended, every item at its end", is(StepAuthorized, nil), there(phaseEnded, nil), true, "end"},
		{"authorized: CANCELED, every item at its end", is(StepAuthorized, nil), there(phaseCanceled, nil), true, "end"},
		{"authorized: ended, an item is not", is(StepAuthorized, nil), there(phaseEnded, func(v *seen) { v.open = true }), true, "close"},
		{"authorized: ended, an item is missing", is(StepAuthorized, nil), there(phaseEnded, func(v *seen) { v.partial = some }), true, "close"},
		{"authorized: ended, an item is another's", is(StepAuthorized, nil), there(phaseEnded, func(v *seen) { v.differs = some }), true, "stuck m"},
	}
	c, err := newConfig(shelf(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	names := [...]string{"wait", "stop", "save", "ask", "send", "end", "close", "stuck"}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			d := decide(&tt.state, &tt.seen, tt.settled, c)
			got := names[d.action]
			if d.step != "" {
				got += " " + string(d.step)
			}
			for _, flag := range []struct {
				set  bool
				name string
			}{{d.canceledUnauthorized, " c"}, {d.moneyMayHaveMoved, " m"}, {d.temporary, " t"}} {
				if flag.set {
					got += flag.name
				}
			}
			if got != tt.want {
				t.Errorf("decided %q, want %q", got, tt.want)
			}
			if (d.action == actStop || d.action == actStuck) && d.err == nil {
				t.Error("it stops without a cause")
			}
			if (d.action == actWait || d.action == actStuck || d.action == actClose) && d.waiting == "" {
				t.Error("it waits, and does not say for what")
			}
		})
	}
}

// Advice to give the payout another name is given only while nothing can have been stored or moved under this one.
func TestAdviceOfAnotherName(t *testing.T) {
	c, _ := newConfig(shelf(nil), nil)
	differs := seen{there: true, phase: phaseInit, differences: differences{differs: errors.New("another amount")}}
	refused := &Cause{Text: "refused"}
	tests := []struct {
		state State
		seen  seen
		want  bool
	}{
		{State{Step: StepNew}, differs, true},
		{State{Step: StepNew}, seen{there: true, phase: phaseEnded, differences: differences{differs: differs.differs}}, false},
		{State{Step: StepNew}, seen{there: true, phase: phaseUnknown, differences: differences{differs: differs.differs}}, false},
		{State{Step: StepNew}, seen{there: true, phase: phaseInit, differences: differences{differs: differs.differs, moved: errors.New("PROCESSING")}}, false},
		{State{Step: StepStoring, Outcome: OutcomeRefused, LastError: refused}, seen{gone: true}, true},
		{State{Step: StepStoring, Outcome: OutcomeRefused, LastError: refused, InitUnsure: true}, seen{gone: true}, false},
		{State{Step: StepNew, InitUnsure: true}, differs, false},
		{State{Step: StepStored, AuthSent: true}, differs, false},
		{State{Step: StepAuthorizing, AuthSent: true, Outcome: OutcomeRefused, LastError: refused}, seen{there: true, phase: phaseInit}, false},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.state.Step, tt.state.InitUnsure, tt.state.AuthSent), func(t *testing.T) {
			d := decide(&tt.state, &tt.seen, true, c)
			if d.action != actStop || strings.Contains(d.advice, "another externalId") != tt.want {
				t.Errorf("decided %v with the advice %q", d.action, d.advice)
			}
		})
	}
}

// No status is taken for another: not one that no list names, not one in other letters, not an item's.
func TestPhases(t *testing.T) {
	tests := map[gen.PayoutStatus]phase{
		"INIT":                        phaseInit,
		"IN_PROGRESS":                 phaseMoving,
		"PUBLISHED_TO_QUEUE":          phaseMoving,
		"COMPLETED":                   phaseEnded,
		"SUCCESS":                     phaseEnded,
		"FAIL":                        phaseEnded,
		"INSUFFICIENT_BALANCE":        phaseEnded,
		"IYZICO_INSUFFICIENT_BALANCE": phaseEnded,
		"CANCELED":                    phaseCanceled,
		"":                            phaseUnknown,
		"init":                        phaseUnknown,
		"ON_HOLD":                     phaseUnknown,
		"PROCESSING":                  phaseUnknown,
		"FAILED":                      phaseUnknown,
	}
	for status, want := range tests {
		if got := phaseOf(status); got != want {
			t.Errorf("%q is %v, want %v", status, got, want)
		}
	}
}
