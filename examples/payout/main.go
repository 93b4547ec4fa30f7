// Command payout creates a mass payout and shows what became of each line.
//
// Without anything else it starts an emulator in the process and sends the request that iyzico's documentation shows.
// -f sends another request, in the API's own JSON. The environment points it at a real server instead:
// IYZICO_BASE_URL, IYZICO_API_KEY, IYZICO_SECRET_KEY, and IYZICO_LOCALE (tr or en).
//
// Exit codes: 0 the payout was accepted, whole or in part; 1 it was refused, or its outcome is unknown; 2 bad input,
// and nothing was sent.
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
	flags := flag.NewFlagSet("payout", flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("f", "", "send the request in this `file`, in the API's own JSON; - is standard input")
	asJSON := flags.Bool("json", false, "print the answer as it came")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitBadInput
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "payout: unexpected argument %q\n", flags.Arg(0))
		return exitBadInput
	}
	request, err := readRequest(*file, stdin)
	if err != nil {
		fmt.Fprintln(stderr, "payout:", err)
		return exitBadInput
	}
	client, stop, err := connect(stderr)
	if err != nil {
		fmt.Fprintln(stderr, "payout:", err)
		return exitBadInput
	}
	defer stop()
	if err := create(ctx, client, request, *asJSON, stdout); err != nil {
		fmt.Fprintln(stderr, "payout:", err)
		var apiErr *gen.APIError
		if !errors.As(err, &apiErr) {
			return exitBadInput // it could not even be signed
		}
		if errors.Is(err, gen.ErrOutcomeUnknown) {
			fmt.Fprintf(stderr, "The payout %q may have been stored. Look before you send it again.\n", request.ExternalID)
		}
		return exitNot
	}
	return exitOK
}

// create sends the request and shows the answer.
func create(ctx context.Context, client *gen.ClientWithResponses, request gen.MassPayoutInitializeRequest, asJSON bool, w io.Writer) error {
	resp, err := client.InitMassPayoutWithResponse(ctx, request)
	if err != nil {
		return err
	}
	if asJSON {
		fmt.Fprintf(w, "%s\n", resp.Body)
	}
	payout, err := resp.Result()
	if err != nil {
		return err
	}
	if !asJSON {
		printAccepted(w, request, payout)
	}
	return nil
}
