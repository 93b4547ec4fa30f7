package payout

import (
	"context"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// Authorize moves the money. It looks first, and sends nothing unless the payout is in INIT: the error is ErrNotInit then.
// It sends once, and never repeats.
//
// After gen.ErrOutcomeUnknown the status tells, but not at once: another one than INIT says that the request arrived,
// INIT says that it did not only when it cannot be on its way any more, see [WithSettle]. Do not call Authorize again
// before. In an engine that runs an activity again by itself, give this one a single attempt. A look that failed gives
// gen.ErrOutcomeUnknown, too, though nothing was sent: the same caution fits.
func Authorize(ctx context.Context, client Client, ref Ref) error {
	found, err := mustBeInit(ctx, client, ref)
	if err != nil {
		return err
	}
	return authorize(ctx, client, found.RequestID)
}

// authorize sends once, without a look.
func authorize(ctx context.Context, client Client, id gen.RequestID) error {
	if _, err := client.AuthMassPayout(ctx, gen.MassPayoutAuthRequest{RequestID: id}); err != nil {
		return fmt.Errorf("authorizing %s: %w", ByRequestID(id), err)
	}
	return nil
}

func mustBeInit(ctx context.Context, client Retriever, ref Ref) (*Found, error) {
	found, err := Find(ctx, client, ref)
	switch {
	case err != nil:
		return nil, err
	case found.RequestID == "":
		return found, fmt.Errorf("%s: %w", ref, ErrNoRequestID)
	case found.Status != gen.PayoutStatusInit:
		return found, fmt.Errorf("%s: %w but %s", ref, ErrNotInit, found.Status)
	default:
		return found, nil
	}
}
