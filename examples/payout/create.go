package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// create sends the request and shows the answer. No money moves.
func create(ctx context.Context, client *gen.Client, request gen.MassPayoutInitializeRequest, o *options) error {
	stored, err := client.InitMassPayout(ctx, request)
	if errors.Is(err, gen.ErrOutcomeUnknown) {
		fmt.Fprintf(o.stderr, "The payout %q may have been stored. Look before you send it again: -status.\n", request.ExternalID)
	}
	if err != nil {
		return err
	}
	if o.json {
		return json.NewEncoder(o.stdout).Encode(stored)
	}
	printAccepted(o.stdout, request, stored)
	return nil
}
