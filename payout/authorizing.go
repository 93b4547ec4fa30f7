package payout

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// authorize sends auth if the payout is in INIT and no auth can be on its way, after everything was checked.
func (p *payment) authorize(ctx context.Context) error {
	if arrived, err := p.arrived(ctx); arrived || err != nil {
		return err
	}
	if err := p.check(ctx); err != nil {
		return err
	}
	var unknown error
	b := p.backoff()
	for sent, limited := 0, 0; ; {
		// This is the last look before the sending: the confirmation, or a wait, may have taken long.
		if arrived, err := p.arrived(ctx); arrived || err != nil {
			return err
		}
		if sent == sends {
			return unknown
		}
		before := p.state
		if err := p.save(ctx, StepAuthorizing, p.clock.Now()); err != nil {
			return err
		}
		err := authorize(ctx, p.client, p.state.RequestID)
		switch {
		case err == nil:
			return p.save(ctx, StepAuthorized, time.Time{})
		case errors.Is(err, gen.ErrRateLimited) && limited < tries && ctx.Err() == nil:
			limited++
			p.state = before // nobody looked at it
			if p.pause(ctx, b, err) != nil {
				return err
			}
		case errors.Is(err, gen.ErrRefused), errors.Is(err, gen.ErrRateLimited):
			return p.refused(ctx, before, err)
		default:
			if ctx.Err() != nil {
				return err
			}
			sent, unknown = sent+1, err
			p.failed(err, 0)
		}
	}
}

// arrived says whether the payout has left INIT, and saves it. While an auth may still be on its way, INIT is no answer.
func (p *payment) arrived(ctx context.Context) (bool, error) {
	var found *Found
	var err error
	settleErr := p.untilSettled(ctx, func() bool {
		found, err = find(ctx, p.ask, ByRequestID(p.state.RequestID))
		return err != nil || found.Status != gen.PayoutStatusInit || p.state.Step != StepAuthorizing
	})
	if err := cmp.Or(settleErr, err); err != nil {
		return false, err
	}
	p.result.Status = found.Status
	if found.Status == gen.PayoutStatusInit {
		return false, nil
	}
	return true, p.save(ctx, StepAuthorized, time.Time{})
}

// refused looks whether the payout has left INIT by an earlier auth, which would explain the refusal.
func (p *payment) refused(ctx context.Context, before State, refusal error) error {
	found, err := find(ctx, p.ask, ByRequestID(p.state.RequestID))
	if err != nil {
		return refusal
	}
	if found.Status != gen.PayoutStatusInit {
		p.result.Status = found.Status
		return p.save(ctx, StepAuthorized, time.Time{})
	}
	p.state = before
	return errors.Join(refusal, p.save(ctx, before.Step, before.Sent))
}

// check is everything that may stop a payout before it is authorized.
func (p *payment) check(ctx context.Context) error {
	refused := p.result.Refused()
	if accepted := len(p.result.Lines) - len(refused); accepted == 0 || len(refused) > 0 && !p.allowRefused {
		return &RefusedLinesError{Lines: refused, Accepted: accepted}
	}
	err := p.persist(ctx, tries, p.failed, func() error {
		balance, err := CheckBalance(ctx, p.client, p.result.Need())
		p.result.Balance = &balance
		return err
	})
	if err != nil {
		return err
	}
	return p.confirm(ctx, p.result)
}
