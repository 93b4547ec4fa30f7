package payout

import (
	"context"
	"errors"
	"fmt"
)

// readBack reads what iyzico has, before any money moves and beside the request.
func (p *payment) readBack(ctx context.Context) error {
	if p.state.Step != StepAuthorized {
		if err := p.findAgain(ctx); err != nil {
			return err
		}
	}
	b := p.backoff()
	for n := 1; ; n++ {
		result, err := review(ctx, p.ask, ByRequestID(p.state.RequestID), p.request, p.pageSize)
		if err == nil {
			p.result = result
			p.tell()
			return nil
		}
		if !errors.Is(err, ErrPaging) || n == tries { // lines may have moved while they were read
			return err
		}
		if p.pause(ctx, b, err) != nil {
			return err
		}
	}
}

// findAgain proves Find right, and the payout the only one: now that one is stored, its externalId must lead to it.
func (p *payment) findAgain(ctx context.Context) error {
	b := p.backoff()
	for n := 1; ; n++ {
		found, err := find(ctx, p.ask, ByExternalID(p.state.ExternalID))
		switch {
		case err == nil && found.RequestID != "" && found.RequestID != p.state.RequestID:
			return fmt.Errorf("%w: iyzico has requestId %s under the externalId of %s; nothing was authorized",
				ErrOtherPayout, string(found.RequestID), p.ref())
		case err == nil:
			return nil
		case !errors.Is(err, ErrNotFound):
			return err
		case n == tries:
			return fmt.Errorf("%s is stored, but its externalId does not lead to it; nothing was authorized: %w", p.ref(), err)
		}
		if p.pause(ctx, b, err) != nil {
			return err
		}
	}
}
