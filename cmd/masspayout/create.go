package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
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

// create stores the payouts of the file and shows what became of each item. It saves the progress where -pay looks for
// it: then -pay knows that no auth is on its way, and need not wait for one.
func create(ctx context.Context, t *target, in *input, o *options) error {
	list, err := jobs(t, in, o)
	if err != nil {
		return badInput{err}
	}
	if err := in.warnOfEarlier(list, o); err != nil {
		return err
	}
	var results []*payout.Result
	step := payout.StepNew
	for _, j := range list {
		if step, err = j.create(ctx); err != nil {
			return j.stopped(ctx, err)
		}
		result, err := review(ctx, t, &j.request)
		if err != nil {
			return err
		}
		results = append(results, result)
	}
	if err := showAll(in, list, results, o, errDeclined); err != nil || o.json {
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
	case results[0].Status == gen.PayoutStatusInit:
		fmt.Fprintln(o.stdout, o.say("\nNobody is paid yet. To pay: the same command with -pay.",
			"\nHenüz kimseye ödeme yapılmadı. Ödemek için: aynı komut, -pay ile."))
	}
	return nil
}

// create stores a payout.
func (j *job) create(ctx context.Context) (payout.Step, error) {
	display := newDisplay(j.o, j)
	defer display.end()
	decline := func(context.Context, *payout.Result) error { return errDeclined }
	options := append(payOptions(j.target, j.o), payout.WithProgress(display.show), payout.WithConfirm(decline))
	state, err := j.store.Load(ctx)
	if err != nil {
		return "", err
	}
	if err := reach(ctx, j.target, state); err != nil {
		return "", err
	}
	step := state.Step
	for step == "" || step == payout.StepNew || step == payout.StepStoring {
		progress, err := payout.Advance(ctx, withoutAuth{j.client}, j.request, j.store, options...)
		if err == nil {
			err = sleep(ctx, progress.Wait)
		}
		if err != nil {
			return "", err
		}
		step = progress.Step
	}
	return step, nil
}

// reach tries whether the server can be reached with the keys, before a payout is begun: later, Pay waits for it.
func reach(ctx context.Context, t *target, state payout.State) error {
	if state.Step != "" && state.Step != payout.StepNew {
		return nil
	}
	if _, err := t.client.RetrieveMassPayoutBalance(ctx); err != nil {
		return because(err, "the balance cannot be read, so nothing else was sent",
			"bakiye okunamadı, bu yüzden başka hiçbir şey gönderilmedi")
	}
	return nil
}

// payOptions are those of every payout: looks that fit an emulator in this process, whose banks take a second, or the
// server's name in the state.
func payOptions(t *target, o *options) (list []payout.Option) {
	if t.emulated {
		list = append(list, payout.WithPollInterval(200*time.Millisecond, time.Second))
	} else {
		list = append(list, payout.WithAccount(t.server)) // a state of the sandbox is not one of production
	}
	if o.severalCurrencies {
		list = append(list, payout.WithSeveralCurrencies())
	}
	return list
}

// stopped adds to an error that ends a run what it means for the user: what was sent, and the one command to go on.
func (j *job) stopped(ctx context.Context, err error) error {
	o := j.o
	switch {
	case ctx.Err() != nil && j.emulated:
		fmt.Fprintln(o.stderr, o.say("Interrupted. The emulator and its payouts ended with this program.",
			"Kesildi. Emülatör ve içindeki toplu ödemeler programla birlikte kapandı."))
	case ctx.Err() != nil:
		fmt.Fprintln(o.stderr, o.say("Interrupted. ", "Kesildi. ")+j.sentSoFar())
	}
	if errors.Is(err, payout.ErrUnverified) {
		fmt.Fprintln(o.stderr, o.say("If iyzico's panel shows that the payout is yours: -pay -allow-unverified.",
			"iyzico panelinde toplu ödemenin size ait olduğunu gördüyseniz: -pay -allow-unverified."))
	}
	var stop *payout.Error
	again := ctx.Err() != nil || errors.Is(err, errDeclined) || errors.As(err, &stop) && stop.Temporary
	if j.emulated || !again {
		return err
	}
	how := o.commandToGoOn()
	if o.file == "-" {
		how += o.say(" , with the same payout on standard input", " , standart girdide aynı toplu ödemeyle")
	}
	fmt.Fprintf(o.stderr, o.say("To continue: %s\n", "Devam etmek için: %s\n"), printable(how))
	return err
}

// sentSoFar says what was sent and what was not, by the state.
func (j *job) sentSoFar() string {
	state, err := j.store.Load(context.Background())
	if err != nil {
		return j.o.say("What was sent is saved; nobody is paid twice.", "Gönderilenler kayıtlı; kimseye iki kez ödenmez.")
	}
	switch state.Step {
	case "", payout.StepNew:
		return j.o.say("Nothing was sent; nobody is paid.", "Hiçbir şey gönderilmedi; kimseye ödenmedi.")
	case payout.StepStoring:
		return j.o.say("The payout was sent to iyzico to be stored, and may be there; it was not authorized, so nobody is paid.",
			"Toplu ödeme kaydedilmek üzere iyzico'ya gönderildi, orada olabilir; onaylanmadığı için kimseye ödenmedi.")
	case payout.StepStored:
		return j.o.say("The payout is stored at iyzico; it was not authorized, so nobody is paid.",
			"Toplu ödeme iyzico'da kayıtlı; onaylanmadığı için kimseye ödenmedi.")
	case payout.StepAuthorizing:
		return j.o.say("The authorization was sent, and whether it arrived is not known: people may be paid. It is saved; "+
			"nobody is paid twice.",
			"Onay gönderildi, ulaşıp ulaşmadığı bilinmiyor: ödemeler yapılıyor olabilir. Kayıtlıdır; kimseye iki kez ödenmez.")
	case payout.StepAuthorized:
		return j.o.say("The payout is authorized, and iyzico pays it without this program; nobody is paid twice.",
			"Toplu ödeme onaylandı, iyzico bu program olmadan da öder; kimseye iki kez ödenmez.")
	}
	return j.o.say("What was sent is saved; nobody is paid twice.", "Gönderilenler kayıtlı; kimseye iki kez ödenmez.")
}

// commandToGoOn is the command that continues this one.
func (o *options) commandToGoOn() string {
	command := []string{"masspayout"}
	for _, argument := range o.args {
		switch argument {
		case "-pay", "--pay", "-pay=true", "--pay=true":
			argument = "-resume"
		}
		command = append(command, quoteArgument(argument))
	}
	return strings.Join(command, " ")
}

func quoteArgument(s string) string {
	plain := strings.IndexFunc(s, func(r rune) bool {
		return !strings.ContainsRune("-_./=,:+@", r) && !('0' <= r && r <= '9') && !('a' <= r && r <= 'z') && !('A' <= r && r <= 'Z')
	}) < 0
	if plain && s != "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
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
