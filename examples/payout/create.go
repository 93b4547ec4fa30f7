package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// create sends the request and shows the answer. No money moves.
func create(ctx context.Context, client *gen.ClientWithResponses, request gen.MassPayoutInitializeRequest, o *options) error {
	resp, err := client.InitMassPayoutWithResponse(ctx, request)
	if err == nil && o.json {
		fmt.Fprintf(o.stdout, "%s\n", resp.Body)
	}
	var stored *gen.MassPayoutInitializeResponse
	if err == nil {
		stored, err = resp.Result()
	}
	if errors.Is(err, gen.ErrOutcomeUnknown) {
		fmt.Fprintf(o.stderr, "The payout %q may have been stored. Look before you send it again: -status.\n", request.ExternalID)
	}
	if err != nil {
		return err
	}
	if !o.json {
		printAccepted(o.stdout, request, stored)
	}
	return nil
}
