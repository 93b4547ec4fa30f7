// Command payout creates mass payouts and takes them through their life.
//
// Without a flag it starts an emulator in the process, creates the payout that iyzico's documentation shows, and prints
// what became of each line. No money moves until -pay. The environment points it at a real server instead:
// IYZICO_BASE_URL, IYZICO_API_KEY, IYZICO_SECRET_KEY, and IYZICO_LOCALE (tr or en).
//
//	payout [-f FILE] [-json]             create the payout
//	payout [-f FILE] -pay [-yes]         create it, show what will be paid, ask, authorize, follow it to its end
//	payout [-f FILE] -resume [-yes]      the same, from where a run before was stopped or killed
//	payout [-f FILE] -status             show the payout of this request; -json as JSON
//	payout -cancel REQUESTID             cancel a payout that is not authorized
//	payout -balance                      show what is left to pay out with
//
// Exit codes: 0 done: the payout was accepted, whole or in part, and with -pay all lines were paid; 1 not: refused,
// unknown, or not all paid; 2 bad input, and nothing was sent that moves money.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

const (
	exitOK       = 0
	exitNot      = 1
	exitBadInput = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	err := command(ctx, args, stdin, stdout, stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) && !errors.Is(err, errFlags) {
		fmt.Fprintln(stderr, "payout:", printable(err.Error()))
	}
	return exitCode(err)
}

// badInput is an error of what the caller gave: flags, request, environment. Nothing has been sent.
type badInput struct{ error }

func (e badInput) Unwrap() error { return e.error }

// errFlags is what package flag has already written about.
var errFlags = errors.New("bad flags")

func exitCode(err error) int {
	var bad badInput
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, &bad), errors.Is(err, payout.ErrState), errors.Is(err, payout.ErrOtherPayout), errors.Is(err, payout.ErrLocked):
		return exitBadInput
	default:
		return exitNot
	}
}

// options are what the flags say.
type options struct {
	file                           string
	json                           bool
	pay, resume, yes, allowRefused bool
	state                          string
	status, balance                bool
	cancel                         string
	stdin                          io.Reader
	stdout, stderr                 io.Writer
}

func parse(args []string, stdin io.Reader, stdout, stderr io.Writer) (*options, error) {
	o := &options{stdin: stdin, stdout: stdout, stderr: stderr}
	flags := flag.NewFlagSet("payout", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.file, "f", "", "the request, a `file` in the API's own JSON; - is standard input")
	flags.BoolVar(&o.json, "json", false, "print the answer as it came, or the payout's result as JSON")
	flags.BoolVar(&o.pay, "pay", false, "pay: show what will be paid, ask, authorize, follow to the end")
	flags.BoolVar(&o.resume, "resume", false, "pay, from where a run before was stopped or killed")
	flags.BoolVar(&o.yes, "yes", false, "do not ask before paying")
	flags.BoolVar(&o.allowRefused, "allow-refused", false, "pay the accepted lines although others were refused")
	flags.StringVar(&o.state, "state", "", "keep the progress of -pay in this `file` (default: named after the externalId)")
	flags.BoolVar(&o.status, "status", false, "show where the payout stands")
	flags.StringVar(&o.cancel, "cancel", "", "cancel the payout with this `requestId`")
	flags.BoolVar(&o.balance, "balance", false, "show what is left to pay out with")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, errFlags
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	modes := 0
	for _, on := range []bool{o.pay, o.resume, o.status, o.cancel != "", o.balance} {
		if on {
			modes++
		}
	}
	paying := o.pay || o.resume
	switch {
	case modes > 1:
		return nil, errors.New("expected one of -pay, -resume, -status, -cancel, -balance")
	case o.json && o.cancel != "":
		return nil, errors.New("-json does not go with -cancel")
	case !paying && (o.yes || o.allowRefused || o.state != ""):
		return nil, errors.New("-yes, -allow-refused and -state belong to -pay and -resume")
	case paying && o.file == "-" && !o.yes:
		return nil, errors.New("standard input has the request, so that nobody can be asked: expected -yes")
	}
	return o, nil
}

func command(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parse(args, stdin, stdout, stderr)
	if err != nil {
		return badInput{err}
	}
	var request gen.MassPayoutInitializeRequest
	if o.cancel == "" && !o.balance {
		if request, err = readRequest(o.file, o.stdin); err != nil {
			return badInput{err}
		}
	}
	t, err := connect(o.stderr)
	if err != nil {
		return badInput{err}
	}
	defer t.stop()
	switch {
	case o.pay, o.resume:
		return pay(ctx, t, request, o)
	case o.status:
		return showStatus(ctx, t.client, request, o)
	case o.cancel != "":
		return cancel(ctx, t.client, gen.RequestID(o.cancel), o.stdout)
	case o.balance:
		return showBalance(ctx, t.client, o)
	default:
		return create(ctx, t.client, request, o)
	}
}
