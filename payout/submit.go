package payout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// submit is the one place that sends what changes anything: init, auth and cancel alike. What is about to be sent is
// saved first, as an open exchange, so that whoever loads it knows that it may be on its way; only what was provably
// not sent is taken back.
func (m *machine) submit(ctx context.Context, step Step) (did Progress, err error) {
	before := m.state
	request := m.open(step)
	begun := time.Now()
	if err := m.save(ctx); err != nil {
		return did, err
	}
	if ctx.Err() != nil || paused(begun, m.saveTimeout) {
		m.takeBack(before)
		return m.sendLater(ctx, errors.New("too much time passed between the last look and sending"))
	}
	err = m.send(ctx, step)
	m.sentNow() // the exchange has ended: settle counts from here
	m.state.InFlight = false
	m.state.LastError = newCause(err)
	switch {
	case err == nil:
		m.state.Outcome = OutcomeAccepted
		if step == StepStoring {
			m.enter(StepStored)
		}
	case errors.Is(err, gen.ErrNotSent):
		m.takeBack(before)
		m.state.LastError = newCause(err)
		if errors.Is(err, gen.ErrEditor) {
			return did, m.stop(ctx, refuse(err, adviceFor(err)))
		}
		return m.sendLater(ctx, err)
	case step == StepStoring && tooLarge(err): // as every copy of it is; whether one was stored, the next call looks
		m.takeBack(before)
		m.state.InitUnsure, m.state.SinceSend = true, 0
		return did, m.stop(ctx, refuse(fmt.Errorf("%w: %w", ErrTooLarge, err), splitIt))
	case errors.Is(err, gen.ErrRateLimited): // which says nothing about what happened behind it
		m.unknown()
		m.state.Inits, m.state.Auths, m.state.Cancels = before.Inits, before.Auths, before.Cancels // bounded by patience
		return m.sendLater(ctx, err)
	case errors.Is(err, gen.ErrRefused):
		m.state.Outcome = OutcomeRefused
	default:
		m.unknown()
	}
	m.state.StalledFor, m.state.StalledOn = 0, ""
	m.failure = cmp.Or(err, m.failure)
	if stopped, ok := errors.AsType[*Error](m.save(ctx)); ok {
		stopped.Err = errors.Join(stopped.Err, err)
		return did, stopped
	}
	if err := ctx.Err(); err != nil {
		return did, m.stopContext(err)
	}
	return Progress{Did: "sent " + request}, nil
}

// tooLarge reports a request that was refused for its size.
func tooLarge(err error) bool {
	api := apiError(err)
	return api != nil && api.StatusCode == http.StatusRequestEntityTooLarge
}

// open says in the state that the step's request is about to be sent, and names that.
func (m *machine) open(step Step) (request string) {
	s := &m.state
	s.Step, s.InFlight, s.Outcome, s.LastError, s.SinceSend, s.Polls = step, true, OutcomeUnknown, nil, 0, 0
	switch step {
	case StepStoring:
		s.Inits++
		return "init"
	case StepAuthorizing:
		s.Auths++
		s.AuthSent = true
		m.forget()
		return "auth"
	default:
		s.Cancels++
		m.forget()
		return "cancel"
	}
}

// forget drops the items' statuses from the snapshot, because what is about to be sent may change them.
func (m *machine) forget() {
	if m.result == nil {
		return
	}
	forgotten := *m.result
	forgotten.Status, forgotten.Items = "", slices.Clone(m.result.Items)
	for i := range forgotten.Items {
		if item := &forgotten.Items[i]; item.Status != gen.ItemStatusInvalid {
			item.Status = ""
		}
	}
	m.result = &forgotten
}

// unknown says in the state that the outcome of what was sent is not known.
func (m *machine) unknown() {
	m.state.InFlight, m.state.Outcome = false, OutcomeUnknown
	if m.state.Step == StepStoring {
		m.state.InitUnsure = true
	}
}

// takeBack returns to the state before open: nothing was sent.
func (m *machine) takeBack(before State) {
	opened := m.state
	m.state = before
	m.state.Revision, m.state.At = opened.Revision, opened.At
}

// send sends the step's request, once.
func (m *machine) send(ctx context.Context, step Step) error {
	switch step {
	case StepStoring:
		response, err := m.client.InitMassPayout(ctx, *m.request)
		if err != nil {
			return err
		}
		m.refusedAtInit(response.InvalidItems)
		if response.RequestID.Check() != nil {
			return fmt.Errorf("the response to init has no requestId of letters, digits and -._~, but %q",
				string(response.RequestID))
		}
		m.state.RequestID = response.RequestID
		return nil
	case StepAuthorizing:
		_, err := m.client.AuthMassPayout(ctx, gen.MassPayoutAuthRequest{RequestID: m.state.RequestID})
		return err
	default:
		_, err := m.client.CancelMassPayout(ctx, m.state.RequestID)
		return err
	}
}

// refusedAtInit notes what the response to init refused. If it names an item that the request does not have, only its
// number says how many of ours are refused.
func (m *machine) refusedAtInit(items []gen.InvalidItem) {
	if len(items) == 0 {
		return
	}
	ours, unknown := indexOf(m.request.Items), false
	m.state.Refused = make(map[string]gen.ErrorCode, len(items))
	for _, item := range items {
		id := canonical(item.ItemExternalID)
		m.state.Refused[id] = item.ErrorCode
		_, known := ours[id]
		unknown = unknown || !known
	}
	if unknown {
		m.state.RefusedCount = len(m.state.Refused)
	}
}

// paused reports whether more than limit has passed since begun, by the monotonic clock or by the wall clock: the
// first stands still while a machine sleeps, the second can be put back.
func paused(begun time.Time, limit time.Duration) bool {
	now := time.Now()
	wall := now.Round(0).Sub(begun.Round(0))
	return now.Sub(begun) > limit || wall > limit || wall < -limit
}

// sendLater saves a state to which a send was taken back, and says when to come back. It is counted: see tooLong.
func (m *machine) sendLater(ctx context.Context, err error) (Progress, error) {
	m.failure = err
	did, stopped := m.later(ctx, "could not send", decision{action: actStuck, waiting: whySend})
	if ended := ctx.Err(); ended != nil && stopped == nil {
		stopped = m.stopContext(ended)
	}
	return did, stopped
}
