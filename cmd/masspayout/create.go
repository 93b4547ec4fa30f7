package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// withoutAuth is a client that authorizes nothing, whatever is asked of it.
type withoutAuth struct{ *gen.Client }

func (withoutAuth) AuthMassPayout(
	context.Context, gen.MassPayoutAuthRequest, ...gen.RequestEditorFn,
) (*gen.MassPayoutAuthResponse, error) {
	return nil, fmt.Errorf("this command does not authorize: %w", gen.ErrNotSent)
}

// create stores the payout and shows what became of each item. It saves the progress where -pay looks for it: then -pay
// knows that no auth is on its way, and need not wait for one.
func create(ctx context.Context, t *target, in *input, o *options) error {
	file, err := stateFile(t, in, o)
	if err != nil {
		return badInput{err}
	}
	store := payout.NewFileStore(file)
	display := newDisplay(o)
	decline := func(context.Context, *payout.Result) error { return errDeclined }
	options := append(payOptions(t), payout.WithProgress(display.show), payout.WithConfirm(decline))
	state, err := store.Load(ctx)
	if err != nil {
		return err
	}
	if err := reach(ctx, t, state); err != nil {
		return err
	}
	step := state.Step
	for step == "" || step == payout.StepNew || step == payout.StepStoring {
		progress, err := payout.Advance(ctx, withoutAuth{t.client}, in.request, store, options...)
		if err == nil {
			err = sleep(ctx, progress.Wait)
		}
		if err != nil {
			display.end()
			return stopped(ctx, err, t, o)
		}
		step = progress.Step
	}
	display.end()
	result, err := showStatus(ctx, t.client, in, o)
	if err != nil || o.json {
		return err
	}
	switch {
	case t.emulated:
		fmt.Fprintln(o.stdout, o.say("\nNobody is paid, and the emulator ends here. With -pay, the payout is paid in it.",
			"\nKimseye ödeme yapılmadı ve emülatör burada kapanır. -pay ile toplu ödeme emülatörde ödenir."))
	case step == payout.StepAuthorizing:
		fmt.Fprintln(o.stdout, o.say("\nThe payout was already there, and whether it is being authorized is not known: "+
			"-pay waits two minutes before it goes on.",
			"\nToplu ödeme zaten vardı ve onaylanıp onaylanmadığı bilinmiyor: -pay devam etmeden önce iki dakika bekler."))
	case result.Status == gen.PayoutStatusInit:
		fmt.Fprintln(o.stdout, o.say("\nNobody is paid yet. To pay: the same command with -pay.",
			"\nHenüz kimseye ödeme yapılmadı. Ödemek için: aynı komut, -pay ile."))
	}
	return nil
}

// reach tries whether the server can be reached with the keys, before a payout is begun: later, Pay waits for it.
func reach(ctx context.Context, t *target, state payout.State) error {
	if state.Step != "" && state.Step != payout.StepNew {
		return nil
	}
	_, err := t.client.RetrieveMassPayoutBalance(ctx)
	if err != nil {
		return fmt.Errorf("the balance cannot be read, so nothing else was sent: %w", err)
	}
	return nil
}

// payOptions are those of every payout: looks that fit an emulator in this process, whose banks take a second, or the
// server's name in the state.
func payOptions(t *target) []payout.Option {
	if t.emulated {
		return []payout.Option{payout.WithPollInterval(200*time.Millisecond, time.Second)}
	}
	return []payout.Option{payout.WithAccount(t.server)} // a state of the sandbox is not one of production
}

// stopped adds to an error that ends a run what it means for the user, and how to continue.
func stopped(ctx context.Context, err error, t *target, o *options) error {
	switch {
	case ctx.Err() != nil && t.emulated:
		fmt.Fprintln(o.stderr, o.say("Interrupted. The emulator and its payouts ended with this program.",
			"Kesildi. Emülatör ve içindeki toplu ödemeler programla birlikte kapandı."))
	case ctx.Err() != nil:
		fmt.Fprintln(o.stderr, o.say("Interrupted. What was sent is saved; nobody is paid twice.",
			"Kesildi. Gönderilenler kayıtlı; kimseye iki kez ödeme yapılmaz."))
	}
	if errors.Is(err, payout.ErrUnverified) {
		fmt.Fprintln(o.stderr, o.say("If iyzico's panel shows that the payout is yours: -pay -allow-unverified.",
			"iyzico panelinde toplu ödemenin size ait olduğunu gördüyseniz: -pay -allow-unverified."))
	}
	var stop *payout.Error
	again := ctx.Err() != nil || errors.Is(err, errDeclined) || errors.As(err, &stop) && stop.Temporary
	if t.emulated || !again {
		return err
	}
	var how string
	switch {
	case o.pay && o.file == "-":
		how = o.say("the same command with -resume in place of -pay, and the same payout on standard input",
			"aynı komut, -pay yerine -resume ile ve standart girdide aynı toplu ödemeyle")
	case o.pay:
		how = o.say("the same command with -resume in place of -pay", "aynı komut, -pay yerine -resume ile")
	case o.file == "-":
		how = o.say("the same command, with the same payout on standard input",
			"aynı komut, standart girdide aynı toplu ödemeyle")
	default:
		how = o.say("the same command", "aynı komut")
	}
	fmt.Fprintf(o.stderr, o.say("To continue: %s.\n", "Devam etmek için: %s.\n"), how)
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
