package payout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// initialize makes sure that the payout is stored, and that its requestId is saved.
func (p *payment) initialize(ctx context.Context) error {
	var unknown error
	b := p.backoff()
	for sent, limited := 0, 0; ; {
		found, err := p.findOrSettle(ctx)
		switch {
		case err == nil:
			return p.adopt(ctx, found)
		case !errors.Is(err, ErrNotFound):
			return err
		case sent == sends:
			return unknown
		}
		before := p.state
		if err := p.save(ctx, StepInitializing, p.clock.Now()); err != nil {
			return err
		}
		stored, err := Init(ctx, p.client, *p.request)
		switch {
		case err == nil:
			p.state.RequestID = stored.RequestID
			return p.save(ctx, StepInitialized, time.Time{})
		case errors.Is(err, gen.ErrRateLimited) && limited < tries && ctx.Err() == nil:
			limited++
			p.state = before // nothing was stored
			if p.pause(ctx, b, err) != nil {
				return err
			}
		case errors.Is(err, gen.ErrRefused), errors.Is(err, gen.ErrRateLimited):
			// Nothing was stored. If no init before it may still arrive, the next run may come with another content.
			p.state = before
			return errors.Join(err, p.save(ctx, before.Step, before.Sent))
		default:
			if ctx.Err() != nil {
				return err
			}
			sent, unknown = sent+1, err
			p.failed(err, 0)
		}
	}
}

// findOrSettle looks for the payout by its externalId. While an init may still be on its way, "no" is no answer.
func (p *payment) findOrSettle(ctx context.Context) (found *Found, err error) {
	settleErr := p.untilSettled(ctx, func() bool {
		found, err = find(ctx, p.ask, ByExternalID(p.state.ExternalID))
		return p.state.Step != StepInitializing || !errors.Is(err, ErrNotFound)
	})
	return found, cmp.Or(settleErr, err)
}

// adopt goes on with a payout that is stored already.
func (p *payment) adopt(ctx context.Context, found *Found) error {
	if found.RequestID == "" {
		return fmt.Errorf("%s, in status %s: %w", p.ref(), found.Status, ErrNoRequestID)
	}
	p.state.RequestID = found.RequestID
	if p.state.Step == StepInitializing {
		return p.save(ctx, StepInitialized, time.Time{})
	}
	// Somebody else has stored it, or the state was lost: whether auth has been sent is not known.
	return p.save(ctx, StepAuthorizing, p.clock.Now())
}
