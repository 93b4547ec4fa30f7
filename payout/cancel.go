package payout

import (
	"context"
	"errors"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// Cancel cancels a payout that nobody has authorized. It looks first, and sends nothing unless the payout is in INIT: the
// error is ErrNotInit then. A payout that is canceled already is no error. If the answer is lost, Cancel looks once more;
// it may be called again at any time.
func Cancel(ctx context.Context, client Client, ref Ref) error {
	found, err := mustBeInit(ctx, client, ref)
	if err != nil {
		if found != nil && found.Status == gen.PayoutStatusCanceled {
			return nil
		}
		return err
	}
	_, err = client.CancelMassPayout(ctx, found.RequestID)
	if err == nil {
		return nil
	}
	if errors.Is(err, gen.ErrOutcomeUnknown) {
		if again, findErr := Find(ctx, client, ref); findErr == nil && again.Status == gen.PayoutStatusCanceled {
			return nil
		}
	}
	return fmt.Errorf("canceling %s: %w", ref, err)
}
