package payout

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// Continue goes as far as it can without waiting; a job comes back after Progress.Wait.
func TestContinue(t *testing.T) {
	r := request("p", item("a", "1"), item("b", "2"))
	inBubble(t, func(a *account) {
		store := &memory{}
		var went []string
		for {
			p, err := Continue(a.t.Context(), a.client, r, store)
			wantError(t, err, nil)
			if step := fmt.Sprint(p.Step, " ", p.Wait > 0, " ", p.Ended); len(went) == 0 || went[len(went)-1] != step {
				went = append(went, step)
			}
			if p.Ended {
				equal(t, "result", statuses(p.Result), "a:SUCCESS b:SUCCESS")
				break
			}
			time.Sleep(p.Wait)
		}
		equal(t, "runs", fmt.Sprintf("%q", went), `["authorized true false" "ended false true"]`)
		equal(t, "calls", a.calls(), "init 1, auth 1, cancel 0")
	})
	inBubble(t, func(a *account) { // stopped before auth, then canceled
		store := &memory{}
		_, err := Continue(a.t.Context(), a.client, r, store, WithConfirm(func(context.Context, *Result) error { return errors.New("no") }))
		wantError(t, err, err, "not confirmed")
		p, err := Continue(a.t.Context(), a.client, r, store, WithCancel())
		for ; err == nil && !p.Ended; p, err = Continue(a.t.Context(), a.client, r, store) { // the wish is saved
			time.Sleep(p.Wait)
		}
		wantError(t, err, nil)
		equal(t, "result", statuses(p.Result), "a:MASS_PAYOUT_CANCELED b:MASS_PAYOUT_CANCELED")
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 1")
	})
	inBubble(t, func(a *account) { // not what was approved
		changed := request("p", item("a", "1"), item("b", "2.01"))
		_, err := Continue(a.t.Context(), a.client, changed, &memory{}, WithDigest(Digest(r)))
		wantError(t, err, ErrOtherPayout)
		wantStop(t, err, false, false)
		equal(t, "calls", a.calls(), "init 0, auth 0, cancel 0")
		_, err = Continue(a.t.Context(), a.client, r, &memory{}, WithDigest(Digest(r)))
		wantError(t, err, nil)
	})
}
