package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// review reads where a payout stands, whoever created it.
func review(ctx context.Context, t *target, request *gen.MassPayoutInitializeRequest) (*payout.Result, error) {
	ref := payout.ByExternalID(request.ExternalID)
	if _, err := payout.Find(ctx, t.client, ref); err != nil {
		return nil, noSuch(err, request.ExternalID)
	}
	return payout.Review(ctx, t.client, ref, *request)
}

// status shows where the payouts of the file stand.
func status(ctx context.Context, t *target, in *input, o *options) error {
	parts, err := payout.Split(in.request, payout.PartLimit{Items: o.split})
	if err != nil {
		return badInput{err}
	}
	var results []*payout.Result
	for i := range parts {
		result, err := review(ctx, t, &parts[i])
		if err != nil {
			return err
		}
		results = append(results, result)
	}
	result := results[0]
	if len(parts) > 1 {
		if result, err = payout.Combine(in.request, results); err != nil {
			return err
		}
	}
	return showResult(in, result, o)
}

// noSuch says that there is no such payout where that is known: that iyzico refuses to show it is not the point then.
func noSuch(err error, name string) error {
	if errors.Is(err, payout.ErrNotFound) {
		return fail("there is no such payout: %s", "böyle bir toplu ödeme yok: %s", name)
	}
	return err
}

// cancel cancels a payout that nobody has authorized, and looks whether it is.
func cancel(ctx context.Context, client *gen.Client, o *options) error {
	id := gen.RequestID(o.cancel)
	if err := id.Check(); err != nil {
		return badInput{err}
	}
	_, err := client.CancelMassPayout(ctx, id)
	found, findErr := payout.Find(ctx, client, payout.ByRequestID(id))
	switch {
	case err != nil && errors.Is(findErr, payout.ErrNotFound):
		return noSuch(findErr, o.cancel)
	case findErr != nil:
		return errors.Join(err, because(findErr, "whether it is canceled is not known", "iptal edilip edilmediği bilinmiyor"))
	case found.Status == gen.PayoutStatusCanceled:
		if o.json {
			err = o.keep(map[string]string{"requestId": o.cancel, "status": string(found.Status)})
			return errors.Join(err, noteCanceled(".", o.cancel))
		}
		fmt.Fprintf(o.stdout, o.say("canceled  %s\n", "iptal edildi  %s\n"), o.cancel)
		return noteCanceled(".", o.cancel)
	case err != nil:
		return because(err, "not canceled, the payout is %s", "iptal edilmedi, toplu ödemenin durumu: %[2]s",
			found.Status, statuses[found.Status].tr)
	default:
		return fail("iyzico accepted the cancel, but the payout is %s: run the command again to look",
			"iyzico iptali kabul etti, ama toplu ödemenin durumu %[2]s: görmek için komutu yeniden çalıştırın", found.Status,
			statuses[found.Status].tr)
	}
}

// showBalance shows what is left to pay out with.
func showBalance(ctx context.Context, client *gen.Client, o *options) error {
	response, err := client.RetrieveMassPayoutBalance(ctx)
	if err != nil {
		return err
	}
	if o.json {
		return o.keep(response)
	}
	fmt.Fprintf(o.stdout, "%s  %s\n", o.say("balance", "bakiye"), number(response.Balance, o))
	return nil
}

// showResult shows where each item's money is, and writes it to the file of -out.
func showResult(in *input, result *payout.Result, o *options) error {
	if o.json {
		if err := o.keep(result); err != nil {
			return err
		}
	} else {
		printResult(o.stdout, &in.request, result, o)
	}
	return in.result.write(in, result, o)
}
