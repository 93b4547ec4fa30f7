// Command masspayout takes mass payouts through their life, from a JSON file or from a spreadsheet's CSV file.
//
// Without a flag it starts an emulator in the process, creates the payout that iyzico's documentation shows, and prints
// what became of each item; with -pay it also pays it. No money moves and nothing leaves the machine. The environment
// points it at a server instead; masspayout -h says how, and lists all flags and exit codes.
//
//	masspayout -f salaries.csv -id salaries-2026-11              create the payout
//	masspayout -f salaries.csv -id salaries-2026-11 -status      show it
//	masspayout -f salaries.csv -id salaries-2026-11 -pay         show what will be paid, ask, authorize, follow it to its end
//	masspayout -f salaries.csv -id salaries-2026-11 -resume      continue a run that was stopped or killed
//	masspayout -cancel REQUESTID                                 cancel a payout that is not authorized
//	masspayout -balance                                          show what is left to pay out with
//	masspayout -template > salaries.csv                          write a CSV file to fill in
//
// # Spreadsheets
//
// A CSV file has a line of headings in Turkish or English (Kalem no, Alıcı adı, IBAN, Tutar, Para birimi, Açıklama, and
// others that -template shows) and a line for each item. Columns are separated by semicolons, commas or tabs; the text is
// UTF-8 or Windows-1254. 48.250,75 and 48250.75 are the same amount. What can be read in two ways is refused and never
// guessed: 1.250 may be a thousand or one and a quarter. All findings are printed at once, with line and column, and
// nothing is sent. A spreadsheet shortens long numbers (2,22E+10) and drops zeros and plus signs: format those columns
// as text.
//
// -out writes a CSV file of the same form with what became of each item. No cell of it is taken for a formula; an
// apostrophe before a cell shows where one would have been.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/iyzico-go/masspayout/cmd/masspayout/internal/sheet"
	"github.com/iyzico-go/masspayout/payout"
)

const (
	exitOK       = 0
	exitNot      = 1
	exitBadInput = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once; what was sent is saved
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &output{w: stdout}
	err := command(ctx, args, stdin, out, stderr)
	if out.err != nil && !errors.Is(err, out.err) {
		err = errors.Join(err, fmt.Errorf("writing the output: %w", out.err))
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) && !errors.Is(err, errFlags) {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintln(stderr, "payout:", printable(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "payout: ")))
		}
	}
	return exitCode(err)
}

// badInput is an error of what the caller gave: flags, request, environment, state. Nothing has been sent.
type badInput struct{ error }

func (e badInput) Unwrap() error { return e.error }

// errFlags is what package flag has already written about.
var errFlags = errors.New("bad flags")

func exitCode(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, new(badInput)), errors.Is(err, errFlags):
		return exitBadInput
	default:
		return exitNot
	}
}

func command(ctx context.Context, args []string, stdin io.Reader, stdout *output, stderr io.Writer) error {
	o, err := parse(args, stdin, stdout, stderr)
	if err != nil {
		return badInput{err}
	}
	if o.template {
		return sheet.Template(o.stdout, o.language)
	}
	var in *input
	if o.needsRequest() {
		if in, err = readInput(o); err != nil {
			return badInput{err}
		}
		defer in.result.discard()
	}
	t, err := connect(o)
	if err != nil {
		return badInput{err}
	}
	defer t.stop()
	switch {
	case o.pay, o.resume:
		err = pay(ctx, t, in, o)
	case o.status:
		_, err = showStatus(ctx, t.client, in, o)
	case o.canceling:
		err = cancel(ctx, t.client, o)
	case o.balance:
		err = showBalance(ctx, t.client, o)
	default:
		err = create(ctx, t, in, o)
	}
	unsent := errors.Is(err, payout.ErrState) || errors.Is(err, payout.ErrOtherPayout) || errors.Is(err, payout.ErrLocked)
	if unsent && t.sent.Load() == 0 {
		return badInput{err}
	}
	return err
}
