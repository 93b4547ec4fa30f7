package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

var (
	// errNotPaid is a payout that has ended with items that are not paid; the table says which.
	errNotPaid = errors.New("not everybody has been paid")

	// errDeclined is the answer no to the question before paying.
	errDeclined = errors.New("not confirmed; nobody was paid")
)

// pay takes the request's payout to its end, from wherever a run before left it.
func pay(ctx context.Context, t *target, in *input, o *options) error {
	file, err := stateFile(t, in, o)
	if err != nil {
		return badInput{err}
	}
	store := payout.NewFileStore(file)
	if in.builtIn && !o.allowRefused {
		o.allowRefused = true
		fmt.Fprintln(o.stderr, o.say("The emulator refuses one item of the built-in payout; the others are paid, as with "+
			"-allow-refused. Without that flag, your own payout would stop here.",
			"Emülatör, yerleşik toplu ödemenin bir kalemini reddeder; ötekiler -allow-refused ile olduğu gibi ödenir. Bu "+
				"seçenek olmadan, kendi toplu ödemeniz burada dururdu."))
		fmt.Fprintln(o.stderr)
	}
	display := newDisplay(o)
	people := o.stdout // who are shown what will be paid, and asked
	if o.json {
		people = &output{w: o.stderr}
	}
	ask := func(ctx context.Context, result *payout.Result) error {
		display.end()
		if o.yes {
			return nil
		}
		printResult(people, in, result, o)
		return confirm(ctx, people, result, o)
	}
	options := append(payOptions(t), payout.WithProgress(display.show), payout.WithConfirm(ask))
	if o.allowRefused {
		options = append(options, payout.WithRefusedItems())
	}
	if o.allowUnverified {
		options = append(options, payout.WithUnverified())
	}
	state, err := store.Load(ctx)
	if err != nil {
		return err
	}
	if err := reach(ctx, t, state); err != nil {
		return err
	}
	result, err := payout.Pay(ctx, t.client, in.request, store, options...)
	display.end()
	var stop *payout.Error
	unmoved := errors.As(err, &stop) && !stop.MoneyMayHaveMoved
	switch { // the last snapshot is of before
	case errors.Is(err, errDeclined) && unmoved:
		return stopped(ctx, errDeclined, t, o)
	case errors.Is(err, errDeclined), err != nil && ctx.Err() != nil:
		return stopped(ctx, err, t, o)
	}
	if result != nil && !result.TakenAt.IsZero() {
		if showErr := showResult(in, result, o); showErr != nil {
			return errors.Join(err, showErr)
		}
	}
	switch {
	case err == nil && !everybodyPaid(result, o):
		return errNotPaid
	case err == nil:
		return nil
	}
	if refused := (*payout.RefusedItemsError)(nil); errors.As(err, &refused) && unmoved {
		fmt.Fprintln(o.stderr, o.say("Nobody was paid. To pay the accepted items, add -allow-refused.",
			"Kimseye ödeme yapılmadı. Kabul edilen kalemleri ödemek için -allow-refused ekleyin."))
		if !t.emulated {
			fmt.Fprintf(o.stderr, o.say("To cancel the payout: masspayout -cancel %s\n",
				"Toplu ödemeyi iptal etmek için: masspayout -cancel %s\n"), printable(string(result.RequestID)))
		}
		return refused
	}
	return stopped(ctx, err, t, o)
}

// everybodyPaid reports whether all items are paid, but for those refused that the user allowed.
func everybodyPaid(result *payout.Result, o *options) bool {
	if !o.allowRefused {
		return result.AllPaid()
	}
	return len(result.ItemsIn(gen.FundsWithRecipient)) > 0 && !slices.ContainsFunc(result.Items,
		func(item payout.Item) bool {
			return !item.Status.Paid() && item.Status != gen.ItemStatusInvalid
		})
}

// stateFile is where the progress is kept. That of an emulator in this process goes with it.
func stateFile(t *target, in *input, o *options) (string, error) {
	if t.emulated {
		return filepath.Join(t.dir, "payout.state"), nil
	}
	file := o.state
	if file == "" {
		file = "payout-" + strings.Map(func(r rune) rune {
			if r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
				return r
			}
			return '_'
		}, in.request.ExternalID) + ".state"
	}
	if o.resume {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("nothing to resume: there is no %s", file)
		}
	}
	return file, nil
}

// confirm asks whether to pay. Anything but yes is no, and so is an interrupt while nobody has answered. What could not
// be shown is not asked.
func confirm(ctx context.Context, people *output, result *payout.Result, o *options) error {
	waiting := result.ItemsIn(gen.FundsNotMoved)
	amounts, commission := result.Totals(gen.FundsNotMoved), payout.Totals{}
	for _, item := range waiting {
		if item.Commission.IsPositive() {
			commission[item.Amount.Currency] = commission[item.Amount.Currency].Add(item.Commission)
		}
	}
	fmt.Fprintln(people)
	if refused := len(result.Refused()); refused > 0 {
		fmt.Fprintln(people, countItems(refused, o)+o.say(" refused, and will not be paid.", " reddedildi ve ödenmeyecek."))
	}
	what := total(amounts, o)
	if len(commission) > 0 {
		what += o.say(" and a commission of ", " ve komisyon olarak ") + total(commission, o)
	}
	fmt.Fprintf(people, o.say("Pay %s now, %s? This cannot be undone. [yes/no] ",
		"%s şimdi ödensin mi: %s? Bu işlem geri alınamaz. [evet/hayır] "),
		countItems(len(waiting), o), what)
	if people.err != nil {
		return errDeclined
	}
	answered := make(chan string, 1)
	go func() {
		answer, err := bufio.NewReader(o.stdin).ReadString('\n')
		if err != nil && err != io.EOF {
			answer = "" // what cannot be read is not a yes
		}
		answered <- answer
	}()
	answer := ""
	select {
	case answer = <-answered:
	case <-ctx.Done():
	}
	fmt.Fprintln(people)
	if answer = strings.TrimSpace(answer); ctx.Err() != nil || answer != "yes" && answer != "evet" {
		return errDeclined
	}
	return nil
}
