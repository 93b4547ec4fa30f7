package payout

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

// Whatever stands in a file of a state, it is read as what it says or refused, and what was read is written alike.
func FuzzState(f *testing.F) {
	for _, step := range []Step{StepNew, StepStoring, StepAuthorizing, StepEnded} {
		data, err := json.Marshal(validState(step))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"version":3,"step":"ended","result":{"items":[{"amount":{"value":1e9}}]},"lastError":{"kinds":["refused"]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		state, err := decodeState(data)
		if err != nil {
			if !errors.Is(err, ErrState) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if err := state.check(); err == nil && state.Step != StepNew && state.Step != StepStoring && state.RequestID == "" {
			t.Errorf("a state without a requestId passes: %s", data)
		}
		first, err := json.Marshal(state)
		if err != nil {
			return // an amount that is too long to be written
		}
		again, err := decodeState(first)
		second, err2 := json.Marshal(again)
		if err != nil || err2 != nil || string(first) != string(second) {
			t.Errorf("%v, %v\n%s\n%s", err, err2, first, second)
		}
	})
}

// A masked value never hides a difference that it shows: what a mask covers may be anything, and nothing else.
func FuzzMasked(f *testing.F) {
	f.Add("TR92****08", "TR920086402100005482911108")
	f.Add("…1108", "TR920086402100005482911108")
	f.Add("a*b*c", "axbxc")
	f.Fuzz(func(t *testing.T, shown, mine string) {
		switch masked(shown, mine, nameMask) {
		case equalShown:
			if shown != mine {
				t.Errorf("%q is told from %q by nothing", shown, mine)
			}
		case notShown:
			if first := []rune(shown); len(first) > 0 && !nameMask.MatchString(string(first[0])) && (mine == "" || []rune(mine)[0] != first[0]) {
				t.Errorf("%q does not begin as %q", shown, mine)
			}
		}
		_ = sameRecipient(gen.RecipientTypePhone, shown, mine)
	})
}
