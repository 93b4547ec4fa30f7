package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// showStatus shows where the request's payout stands, whoever created it.
func showStatus(ctx context.Context, client *gen.Client, in *input, o *options) (*payout.Result, error) {
	ref := payout.ByExternalID(in.request.ExternalID)
	if _, err := payout.Find(ctx, client, ref); err != nil {
		return nil, noSuch(err, fmt.Sprintf("%q", in.request.ExternalID))
	}
	result, err := payout.Review(ctx, client, ref, in.request)
	if err != nil {
		return nil, err
	}
	return result, showResult(in, result, o)
}

// noSuch says that there is no such payout where that is known: that iyzico refuses to show it is not the point then.
func noSuch(err error, name string) error {
	if errors.Is(err, payout.ErrNotFound) {
		return fmt.Errorf("%w: %s", payout.ErrNotFound, name)
	}
	return err
}

// cancel cancels a payout that nobody has authorized, and looks whether it is.
func cancel(ctx context.Context, client *gen.Client, o *options) error {
	id := gen.RequestID(o.cancel)
	if _, err := id.MarshalText(); err != nil {
		return badInput{err}
	}
	_, err := client.CancelMassPayout(ctx, id)
	found, findErr := payout.Find(ctx, client, payout.ByRequestID(id))
	switch {
	case err != nil && errors.Is(findErr, payout.ErrNotFound):
		return noSuch(findErr, o.cancel)
	case findErr != nil:
		return errors.Join(err, fmt.Errorf("whether it is canceled is not known: %w", findErr))
	case found.Status == gen.PayoutStatusCanceled:
		fmt.Fprintf(o.stdout, o.say("canceled  %s\n", "iptal edildi  %s\n"), o.cancel)
		return nil
	case err != nil:
		return fmt.Errorf("not canceled, the payout is %s: %w", found.Status, err)
	default:
		return fmt.Errorf("iyzico accepted the cancel, but the payout is %s: run the command again to look", found.Status)
	}
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
	fmt.Fprintf(o.stdout, "%s  %s\n", o.say("balance", "bakiye"), number(response.Balance, o))
	return nil
}

// showResult shows where each item's money is, and writes it to the file of -out.
func showResult(in *input, result *payout.Result, o *options) error {
	if o.json {
		e := json.NewEncoder(o.stdout)
		e.SetIndent("", "  ")
		if err := e.Encode(result); err != nil {
			return err
		}
	} else {
		printResult(o.stdout, in, result, o)
	}
	return in.result.write(in, result, o)
}
