package payout

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// Continue goes as far as it can without waiting; a job comes back after Progress.Wait.
func TestContinue(t *testing.T) {
	r := request("p", item("a", "1"), item("b", "2"))
	inBubble(t, func(a *account) {
		store := &memory{}
		var went []string
		for {
			p, err := Continue(a.t.Context(), a.client, r.ExternalID, has(r), store)
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
		_, err := Continue(a.t.Context(), a.client, r.ExternalID, has(r), store, WithConfirm(func(context.Context, *Result) error { return errors.New("no") }))
		wantError(t, err, err, "not confirmed")
		p, err := Continue(a.t.Context(), a.client, r.ExternalID, has(r), store, WithCancel())
		for ; err == nil && !p.Ended; p, err = Continue(a.t.Context(), a.client, r.ExternalID, has(r), store) { // the wish is saved
			time.Sleep(p.Wait)
		}
		wantError(t, err, nil)
		equal(t, "result", statuses(p.Result), "a:MASS_PAYOUT_CANCELED b:MASS_PAYOUT_CANCELED")
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 1")
	})
	inBubble(t, func(a *account) { // not what was approved
		changed := request("p", item("a", "1"), item("b", "2.01"))
		_, err := Continue(a.t.Context(), a.client, r.ExternalID, has(changed), &memory{}, WithDigest(Digest(r)))
		wantError(t, err, ErrOtherPayout)
		wantStop(t, err, false, false)
		equal(t, "calls", a.calls(), "init 0, auth 0, cancel 0")
		_, err = Continue(a.t.Context(), a.client, r.ExternalID, has(r), &memory{}, WithDigest(Digest(r)))
		wantError(t, err, nil)
	})
}

// A payout that is under way is looked at without its request, which is read only where it is compared.
func TestContinueFetchesTheRequest(t *testing.T) {
	r := request("p", item("a", "1"), item("b", "2"))
	inBubble(t, func(a *account) {
		store, fetched, runs := &memory{}, 0, 0
		for {
			before := fetched
			p, err := Continue(a.t.Context(), a.client, "p", func(context.Context) (gen.MassPayoutInitializeRequest, error) {
				fetched++
				return r, nil
			}, store)
			wantError(t, err, nil)
			if runs++; runs > 1 && !p.Ended {
				equal(t, "fetched while it is under way", fetched-before, 0)
			}
			if p.Ended {
				equal(t, "result", statuses(p.Result), "a:SUCCESS b:SUCCESS")
				break
			}
			time.Sleep(p.Wait)
		}
		equal(t, "fetched", fetched, 2) // to begin with, and in the end
		equal(t, "more than two runs", runs > 2, true)
	})
	for _, tt := range []struct {
		name   string
		then   gen.MassPayoutInitializeRequest // what is fetched once the payout is authorized
		err    error
		is     error
		says   string
		passes bool
	}{
		{"an error", r, errors.New("the disk is gone"), nil, "fetching the request: the disk is gone", true},
		{"an Error", r, &Error{Ref: ByExternalID("p"), Err: ErrLocked}, ErrLocked, "", false},
		{"another request", request("q", item("a", "1")), nil, ErrOtherPayout, `fetched for "p" has the externalId "q"`, false},
		{"other content", request("p", item("a", "1"), item("b", "200")), nil, ErrOtherPayout, "was started with other content", false},
		{"an invalid one", request("p"), nil, nil, "items", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(a *account) {
				store := &memory{}
				p, err := Continue(a.t.Context(), a.client, "p", has(r), store)
				wantError(t, err, nil)
				for err == nil && !p.Ended {
					time.Sleep(p.Wait)
					p, err = Continue(a.t.Context(), a.client, "p", func(context.Context) (gen.MassPayoutInitializeRequest, error) {
						return tt.then, tt.err
					}, store)
				}
				if tt.is == nil {
					tt.is = err
				}
				wantError(t, err, tt.is, tt.says)
				if tt.err == nil || tt.passes {
					wantStop(t, err, true, tt.passes)
				}
				p, err = Continue(a.t.Context(), a.client, "p", has(r), store) // and goes on
				wantError(t, err, nil)
				equal(t, "result", statuses(p.Result), "a:SUCCESS b:SUCCESS")
			})
		})
	}
}

// has returns a request when it is asked for.
func has(r gen.MassPayoutInitializeRequest) func(context.Context) (gen.MassPayoutInitializeRequest, error) {
	return func(context.Context) (gen.MassPayoutInitializeRequest, error) { return r, nil }
}
