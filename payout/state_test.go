package payout

import (
	"cmp"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

func validState(step Step) State {
	r := request("p", item("a", "1"))
	s := newState(r.ExternalID, Digest(r))
	s.Revision, s.Step, s.RequestID, s.At = 1, step, "r", time.Unix(1, 0)
	s.AuthSent = step == StepAuthorizing
	if step == StepEnded {
		s.Result = &Result{}
	}
	return s
}

// What this package did not write is refused, and what is of another payout.
func TestStateIsChecked(t *testing.T) {
	for _, step := range []Step{StepNew, StepStoring, StepStored, StepAuthorizing, StepCanceling, StepAuthorized, StepEnded} {
		s, r := validState(step), request("p", item("a", "1"))
		if err := checked(s, r); err != nil {
			t.Errorf("%s: %v", step, err)
		}
		s.At = time.Time{}
		wantError(t, checked(s, r), ErrState, "no time")
	}
	tests := []struct {
		name   string
		step   Step
		change func(*State)
		kind   error
		want   string
	}{
		{"another version", StepStored, func(s *State) { s.Version = 1 }, ErrState, "version is 1, expected 3"},
		{"no revision", StepStored, func(s *State) { s.Revision = 0 }, ErrState, "no revision"},
		{"nothing but what an older version saved", StepStored, func(s *State) { *s = State{RequestID: "r", AuthSent: true} }, ErrState, "version is 0"},
		{"a step that is not known", StepStored, func(s *State) { s.Step = "paid" }, ErrState, `step "paid"`},
		{"no step", StepStored, func(s *State) { s.Step = "" }, ErrState, "step"},
		{"stored without a requestId", StepStored, func(s *State) { s.RequestID = "" }, ErrState, "no requestId"},
		{"authorizing without a requestId", StepAuthorizing, func(s *State) { s.RequestID = "" }, ErrState, "no requestId"},
		{"authorized without a requestId", StepAuthorized, func(s *State) { s.RequestID = "" }, ErrState, "no requestId"},
		{"authorizing, and no auth was sent", StepAuthorizing, func(s *State) { s.AuthSent = false }, ErrState, "no auth"},
		{"no externalId", StepStored, func(s *State) { s.ExternalID = "" }, ErrState, "no externalId"},
		{"no digest", StepStored, func(s *State) { s.Digest = "" }, ErrState, "no digest"},
		{"a digest of another version", StepStored, func(s *State) { s.Digest = "1" + s.Digest[1:] }, ErrState, "no digest"},
		{"a time that is negative", StepStored, func(s *State) { s.SinceSend = -1 }, ErrState, "negative"},
		{"an exchange where nothing is sent", StepStored, func(s *State) { s.InFlight = true }, ErrState, "nothing is sent"},
		{"ended without a result", StepEnded, func(s *State) { s.Result = nil }, ErrState, "without a result"},
		{"another payout", StepStored, func(s *State) { s.ExternalID = "q" }, ErrOtherPayout, `"q"`},
		{"other content", StepStored, func(s *State) { s.Digest = digestVersion + strings.Repeat("0", 64) }, ErrOtherPayout, "other content"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			OneOfMany(t)
			s, r := validState(tt.step), request("p", item("a", "1"))
			tt.change(&s)
			wantError(t, checked(s, r), tt.kind, tt.want)

			inBubble(t, func(a *account) { // nothing is asked, nothing is sent, nothing is saved
				store := &memory{state: s}
				_, err := a.pay(r, store)
				wantError(t, err, tt.kind)
				wantStop(t, err, true, false)
				equal(t, "requests", a.count(), 0)
				equal(t, "saves", len(store.saves), 0)
			})
		})
	}
}

// An id is kept whatever is in it.
func TestStateKeepsIDs(t *testing.T) {
	s := validState(StepStored)
	s.RequestID = "a/b?c=\"d\"\n€😀"
	s.Result = &Result{RequestID: s.RequestID, Items: []Item{{ItemExternalID: "x", ReferenceCode: gen.ReferenceCode("../" + s.RequestID)}}}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var got State
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if got.RequestID != s.RequestID || got.Result.RequestID != s.RequestID || got.Result.Items[0].ReferenceCode != s.Result.Items[0].ReferenceCode {
		t.Errorf("got %s", data)
	}
}

// checked is what keeps a state from being that of a request.
func checked(s State, r gen.MassPayoutInitializeRequest) error {
	m := machine{config: &config{}, subject: subject{request: &r}, digest: Digest(r)}
	return cmp.Or(s.check(), m.begin(&s))
}

// An item that only a read has shown as refused is not known to have been refused before auth while no auth of ours has
// followed: somebody else may have authorized the payout, and the read of its status lagged.
func TestRefusedBeforeAuth(t *testing.T) {
	for _, tt := range []struct {
		name  string
		state State
		want  bool
	}{
		{"init's response refused it",
			State{Refused: map[string]gen.ErrorCode{"a": "9001"}}, true},
		{"a read shows it, and we authorized nothing",
			State{Refused: map[string]gen.ErrorCode{"a": ""}}, false},
		{"a read showed it, and our auth followed",
			State{Refused: map[string]gen.ErrorCode{"a": ""}, AuthSent: true}, true},
		{"nothing showed it before auth",
			State{AuthSent: true}, false},
	} {
		result := Result{Status: gen.PayoutStatusCompleted, Items: []Item{{ItemExternalID: "a", Status: gen.ItemStatusInvalid}}}
		tt.state.markRefusedLate(&result)
		if offered := result.notAgain(result.Items[0]) == ""; offered != tt.want {
			t.Errorf("%s: offered for paying again: %v, want %v", tt.name, offered, tt.want)
		}
	}
}
