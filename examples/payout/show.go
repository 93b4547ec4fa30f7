package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// showStatus shows where the request's payout stands, whoever created it.
func showStatus(ctx context.Context, client *gen.Client, request gen.MassPayoutInitializeRequest, o *options) error {
	result, err := payout.Review(ctx, client, payout.ByExternalID(request.ExternalID), request)
	if err != nil {
		return err
	}
	return printResult(request, result, o)
}

// cancel cancels a payout that nobody has authorized.
func cancel(ctx context.Context, client *gen.Client, id gen.RequestID, w io.Writer) error {
	if _, err := id.MarshalText(); err != nil {
		return badInput{err}
	}
	if _, err := client.CancelMassPayout(ctx, id); err != nil {
		return err
	}
	fmt.Fprintf(w, "canceled   %s\n", id)
	return nil
}

// showBalance shows what is left to pay out with.
func showBalance(ctx context.Context, client *gen.Client, o *options) error {
	response, err := client.RetrieveMassPayoutBalance(ctx)
	if err != nil {
		return err
	}
	if o.json {
		return json.NewEncoder(o.stdout).Encode(response)
	}
	fmt.Fprintf(o.stdout, "balance    %s\n", response.Balance.StringFixed(2))
	return nil
}

// printResult shows where each line's money is.
func printResult(request gen.MassPayoutInitializeRequest, result *payout.Result, o *options) error {
	if !o.json {
		printMoney(o.stdout, request, result)
		return nil
	}
	e := json.NewEncoder(o.stdout)
	e.SetIndent("", "  ")
	return e.Encode(result)
}
