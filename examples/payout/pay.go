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
	"strings"
	"time"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// errNotPaid is a payout that has ended with lines that are not paid; the table says which.
var errNotPaid = errors.New("not all lines were paid")

// errDeclined is the answer no to the question before paying.
var errDeclined = errors.New("not confirmed; nothing was paid")

// pay takes the request's payout to its end, from wherever a run before left it.
func pay(ctx context.Context, t *target, request gen.MassPayoutInitializeRequest, o *options) error {
	file, err := stateFile(t, request, o)
	if err != nil {
		return badInput{err}
	}
	display := newDisplay(o.stdout, o.json)
	people := o.stdout // who are shown what will be paid, and asked
	if o.json {
		people = o.stderr
	}
	options := []payout.Option{
		payout.WithProgress(display.show),
		payout.WithConfirm(func(ctx context.Context, result *payout.Result) error {
			display.end()
			if o.yes {
				return nil
			}
			printMoney(people, request, result)
			return confirm(ctx, o.stdin, people, result)
		}),
	}
	if o.allowRefused {
		options = append(options, payout.WithRefusedItems())
	}
	if t.emulated { // its banks take a second
		options = append(options, payout.WithPollInterval(200*time.Millisecond, time.Second))
	}
	result, err := payout.Pay(ctx, t.client, request, payout.NewFileStore(file), options...)
	display.end()
	if result != nil && !errors.Is(err, errDeclined) {
		if printErr := printResult(request, result, o); printErr != nil {
			return errors.Join(err, printErr)
		}
	}
	if err == nil && !result.AllPaid() {
		return errNotPaid
	}
	if err != nil && !t.emulated {
		fmt.Fprintf(o.stderr, "The progress is in %s. -resume goes on from there.\n", file)
	}
	if refused := (*payout.RefusedItemsError)(nil); errors.As(err, &refused) {
		return fmt.Errorf("%w. -allow-refused pays the accepted lines, -cancel %s cancels the payout", err, result.RequestID)
	}
	return err
}

// stateFile is where the progress is kept. That of an emulator in this process goes with it.
func stateFile(t *target, request gen.MassPayoutInitializeRequest, o *options) (string, error) {
	if t.emulated {
		if o.resume || o.state != "" {
			return "", errors.New("-resume and -state need a server that outlives this command: set IYZICO_BASE_URL")
		}
		return filepath.Join(t.dir, "payout.state"), nil
	}
	file := o.state
	if file == "" {
		file = "payout-" + strings.Map(func(r rune) rune {
			if r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
				return r
			}
			return '_'
		}, request.ExternalID) + ".state"
	}
	if o.resume {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("nothing to resume: there is no %s", file)
		}
	}
	return file, nil
}

// confirm asks whether to pay. Anything but yes is no, and so is an interrupt while nobody has answered.
func confirm(ctx context.Context, stdin io.Reader, w io.Writer, result *payout.Result) error {
	fmt.Fprintf(w, "\nPay %s now? Nothing takes it back. [yes/no] ", total(result.Totals(gen.FundsNotMoved)))
	answered := make(chan string, 1)
	go func() {
		answer, err := bufio.NewReader(stdin).ReadString('\n')
		if err != nil && err != io.EOF {
			answer = "" // what cannot be read is no yes
		}
		answered <- answer
	}()
	answer := ""
	select {
	case answer = <-answered:
	case <-ctx.Done():
	}
	fmt.Fprintln(w)
	if strings.TrimSpace(answer) != "yes" {
		return errDeclined
	}
	return nil
}
