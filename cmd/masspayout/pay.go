package main

import (
	"bufio"
	"cmp"
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
	errNotPaid = fail("not everybody has been paid", "ödenmeyen kalem var")

	// errDeclined is the answer no to the question before paying.
	errDeclined = fail("not confirmed; nobody was paid", "onaylanmadı; kimseye ödenmedi")
)

// job is one payout that is being taken through its life: the file's, or a part of it.
type job struct {
	*target
	in      *input
	o       *options
	request gen.MassPayoutInitializeRequest
	file    string // of the state
	store   *payout.FileStore
	result  *payout.Result
}

// jobs are the payouts of the file: one, unless it is too large for one.
func jobs(t *target, in *input, o *options) ([]*job, error) {
	parts, err := payout.Split(in.request, payout.PartLimit{Items: o.split})
	if err != nil {
		return nil, err
	}
	if len(parts) > 1 && o.state != "" {
		return nil, fail("-state names one file, but the payout is split into %d: leave it out",
			"-state tek bir dosya gösterir, ama toplu ödeme %d parçaya bölünüyor: kullanmayın", len(parts))
	}
	var list []*job
	for _, part := range parts {
		j := &job{target: t, in: in, o: o, request: part}
		folder := cmp.Or(t.dir, filepath.Dir(o.state))
		if err := checkFolder(folder); err != nil {
			return nil, err
		}
		store, err := payout.FileStoreIn(folder, part.ExternalID)
		if errors.Is(err, payout.ErrOtherPayout) {
			return nil, &message{text: text{strings.TrimPrefix(err.Error(), "payout: "), fmt.Sprintf("%q adı, %s klasöründe durumu "+
				"olan bir toplu ödemenin adından yalnızca büyük-küçük harf, boşluk ya da Unicode biçimiyle ayrılıyor: onu "+
				"sürdürmek için adını aynen yazın, yeni bir liste için başka bir ad verin", part.ExternalID, folder)}}
		}
		if err != nil {
			return nil, err
		}
		if j.store = store; o.state != "" && !t.emulated {
			j.store = payout.NewFileStore(o.state)
		}
		j.file = j.store.Name()
		list = append(list, j)
	}
	return list, nil
}

// pay takes the payout of the file to its end, from wherever a run before left it.
func pay(ctx context.Context, t *target, in *input, o *options) error {
	if o.again != "" {
		if err := in.payAgain(ctx, t, o); err != nil {
			return badInput{err}
		}
	}
	list, err := jobs(t, in, o)
	if err != nil {
		return badInput{err}
	}
	if o.resume {
		if _, err := os.Stat(list[0].file); errors.Is(err, fs.ErrNotExist) {
			return badInput{fail("nothing to resume: there is no %s", "sürdürülecek bir şey yok: %s dosyası yok", list[0].file)}
		}
	}
	if in.builtIn && !o.allowRefused {
		o.allowRefused = true
		fmt.Fprintln(o.stderr, o.say("The emulator refuses one item of the built-in payout; the others are paid, as with "+
			"-allow-refused. Without that flag, your own payout would stop here.",
			"Emülatör, yerleşik toplu ödemenin bir kalemini reddeder; ötekiler -allow-refused ile olduğu gibi ödenir. Bu "+
				"seçenek olmadan, kendi toplu ödemeniz burada dururdu."))
		fmt.Fprintln(o.stderr)
	}
	if err := in.warnOfEarlier(list, o); err != nil {
		return err
	}
	if len(list) > 1 {
		if err := o.askToSplit(ctx, list); err != nil {
			return badInput{err}
		}
		for _, j := range list { // all are stored before one is paid, so that no part is lost in between
			if _, err := j.create(ctx); err != nil {
				return j.stopped(ctx, err)
			}
		}
	}
	for _, j := range list {
		if err = j.pay(ctx); err != nil && !errors.Is(err, errNotPaid) {
			break
		}
	}
	var results []*payout.Result
	for _, j := range list {
		results = append(results, j.result)
	}
	return errors.Join(err, showAll(in, list, results, o, err))
}

// showAll shows the result of all parts, if there is any, and says whether everybody is paid.
func showAll(in *input, list []*job, results []*payout.Result, o *options, failed error) error {
	if !slices.ContainsFunc(results, func(r *payout.Result) bool { return r != nil && !r.TakenAt.IsZero() }) {
		return nil
	}
	result := results[0]
	if len(list) > 1 {
		var err error
		if result, err = payout.Combine(in.request, results); err != nil {
			return err
		}
	}
	if err := showResult(in, result, o); err != nil {
		return err
	}
	if failed == nil && !everybodyPaid(result, o) {
		return errNotPaid
	}
	return nil
}

// pay takes one payout to its end. The last snapshot is in j.result, if it is of after the confirmation.
func (j *job) pay(ctx context.Context) error {
	o := j.o
	display := newDisplay(o, j)
	defer display.end()
	ask := func(ctx context.Context, result *payout.Result) error {
		display.end()
		if !o.yes {
			if err := j.confirm(ctx, result); err != nil {
				return err
			}
		} else if !o.json {
			j.show(o.stdout, result)
		}
		return j.receipt(result)
	}
	options := append(payOptions(j.target, o), payout.WithProgress(display.show), payout.WithConfirm(ask))
	if o.allowRefused {
		options = append(options, payout.WithRefusedItems())
	}
	if o.allowUnverified {
		options = append(options, payout.WithUnverified())
	}
	state, err := j.store.Load(ctx)
	if err != nil {
		return err
	}
	if err := reach(ctx, j.target, state); err != nil {
		return err
	}
	result, err := payout.Pay(ctx, j.client, j.request, j.store, options...)
	display.end()
	var stop *payout.Error
	unmoved := errors.As(err, &stop) && !stop.MoneyMayHaveMoved
	switch { // the last snapshot is of before
	case errors.Is(err, errDeclined) && unmoved:
		return j.stopped(ctx, errDeclined)
	case errors.Is(err, errDeclined), err != nil && ctx.Err() != nil:
		return j.stopped(ctx, err)
	}
	j.result = result
	if err == nil {
		return j.receipt(result)
	}
	if refused := (*payout.RefusedItemsError)(nil); errors.As(err, &refused) && unmoved {
		fmt.Fprintln(o.stderr, o.say("Nobody was paid. To pay the accepted items, add -allow-refused.",
			"Kimseye ödeme yapılmadı. Kabul edilen kalemleri ödemek için -allow-refused ekleyin."))
		if !j.emulated {
			fmt.Fprintf(o.stderr, o.say("To cancel the payout: masspayout -cancel %s\n",
				"Toplu ödemeyi iptal etmek için: masspayout -cancel %s\n"), printable(string(result.RequestID)))
		}
		return refused
	}
	return j.stopped(ctx, err)
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

// people is who is shown what will be paid, and asked.
func (o *options) people() *output {
	if o.json {
		return &output{w: o.stderr}
	}
	return o.stdout
}

// confirm shows all that will be paid, and asks.
func (j *job) confirm(ctx context.Context, result *payout.Result) error {
	o, people := j.o, j.o.people()
	items, what := j.show(people, result)
	o.forgetTyped()
	fmt.Fprintf(people, o.say("Pay %s now, %s? This cannot be undone. [yes/no] ",
		"%s şimdi ödensin mi: %s? Bu işlem geri alınamaz. [evet/hayır] "), items, what)
	return o.answer(ctx, people)
}

// show shows all that will be paid, and returns how many items that are, and their total. What is to be said about the
// file has been said if nobody is asked.
func (j *job) show(people *output, result *payout.Result) (items, what string) {
	o := j.o
	printResult(people, &j.request, result, o)
	waiting := result.ItemsIn(gen.FundsNotMoved)
	amounts, commission := result.Totals(gen.FundsNotMoved), payout.Totals{}
	for _, item := range waiting {
		if item.Commission.IsPositive() {
			commission[item.Amount.Currency] = commission[item.Amount.Currency].Add(item.Commission)
		}
	}
	fmt.Fprintln(people)
	if result.Balance != nil {
		need := result.Need() // iyzico shows the balance without a currency, and it is compared in lira
		before, after := number(*result.Balance, o), number(result.Balance.Sub(need[gen.CurrencyTRY]), o)
		if delete(need, gen.CurrencyTRY); len(need) == 0 {
			fmt.Fprintf(people, o.say("Balance: %s before, %s after.\n", "Bakiye: önce %s, sonra %s.\n"), before, after)
		} else {
			fmt.Fprintf(people, o.say("Balance: %s before; what iyzico takes from it for %s is not known.\n",
				"Bakiye: önce %s; %s için bundan ne düşüleceği bilinmiyor.\n"), before, total(need, o))
		}
	}
	if o.asks() {
		j.in.tell(people, o)
	}
	if refused := len(result.Refused()); refused > 0 {
		fmt.Fprintln(people, countItems(refused, o)+o.say(" refused, and will not be paid.", " reddedildi ve ödenmeyecek."))
	}
	what = total(amounts, o)
	if len(commission) > 0 {
		what += o.say(" and a commission of ", " ve komisyon olarak ") + total(commission, o)
	}
	return countItems(len(waiting), o), what
}

// askToSplit asks whether the file may be paid in several payouts.
func (o *options) askToSplit(ctx context.Context, list []*job) error {
	people := o.people()
	fmt.Fprintf(people, o.say("The file has too many items for one payout. It becomes %d payouts, each with its own state:\n",
		"Dosyada bir toplu ödeme için çok fazla kalem var. Her birinin kendi durum dosyası olan %d toplu ödeme olur:\n"),
		len(list))
	for _, j := range list {
		fmt.Fprintf(people, "  %s  %s, %s\n", printable(j.request.ExternalID), countItems(len(j.request.Items), o),
			total(totalsOf(j.request.Items), o))
	}
	if o.yes {
		return nil
	}
	o.forgetTyped()
	fmt.Fprint(people, o.say("Go on? Before each is paid, you are asked again. [yes/no] ",
		"Devam edilsin mi? Her biri ödenmeden önce yeniden sorulur. [evet/hayır] "))
	return o.answer(ctx, people)
}

// forgetTyped discards what was typed at the terminal before a question is shown: it answers none.
func (o *options) forgetTyped() {
	terminal, ok := o.stdin.(*os.File)
	if !ok || !isTerminal(terminal) {
		return
	}
	if o.lines != nil {
		_, _ = o.lines.Discard(o.lines.Buffered())
	}
	discardTyped(terminal)
}

// answer reads the answer to a question. Anything but yes is no, and so is an interrupt while nobody has answered. What
// could not be shown is not asked.
func (o *options) answer(ctx context.Context, people *output) error {
	if people.err != nil {
		return errDeclined
	}
	if o.lines == nil {
		o.lines = bufio.NewReader(o.stdin)
	}
	answered := make(chan string, 1)
	go func() {
		answer, err := o.lines.ReadString('\n')
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
	if answer = strings.ToLower(strings.TrimSpace(answer)); ctx.Err() != nil || answer != "yes" && answer != "evet" {
		return errDeclined
	}
	return nil
}
