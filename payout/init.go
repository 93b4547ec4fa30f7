package payout

import (
	"context"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// Init validates the request and stores the payout. It sends once; no money moves.
//
// Refused lines are in the answer's InvalidItems and are no error. After gen.ErrOutcomeUnknown the payout may exist: wait
// for as long as the request may still arrive, see [WithSettle], then ask [Find].
func Init(ctx context.Context, client Client, request gen.MassPayoutInitializeRequest) (*gen.MassPayoutInitializeResponse, error) {
	if err := request.Validate(); err != nil {
		return nil, err
	}
	stored, err := client.InitMassPayout(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("storing payout %q: %w", request.ExternalID, err)
	}
	return stored, nil
}
