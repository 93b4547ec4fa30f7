// Command masspayout pays many people from a file: a workbook (.xlsx), a CSV or text file of a spreadsheet or a payroll
// program, or the API's JSON. It speaks English and Turkish.
//
//	masspayout -f salaries.xlsx -id salaries-2026-11 -pay      show what will be paid, ask, pay, follow it to its end
//	masspayout -f salaries.xlsx -id salaries-2026-11 -resume   continue a run that was stopped or killed
//
// Without a flag it starts an emulator in the process, creates the payout that iyzico's documentation shows, and prints
// what became of each item; with -pay it also pays it. No money moves and nothing leaves the machine. The environment
// points it at a server instead; masspayout -h says how, and lists all flags and exit codes. docs/command.md has the
// rest.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/iyzico-go/masspayout/payfile"
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
	o := &options{args: args, stdin: stdin, stdout: out, stderr: stderr, language: environmentLanguage()}
	err := command(ctx, o)
	if o.json && !errors.Is(err, flag.ErrHelp) {
		o.writeJSON(err)
	}
	if out.err != nil && !errors.Is(err, out.err) {
		err = errors.Join(err, because(out.err, "writing the output", "çıktı yazılamadı"))
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		for _, line := range o.explain(err) {
			fmt.Fprintln(stderr, "masspayout:", printable(line))
		}
	}
	return exitCode(err)
}

// writeJSON prints the outcome, with the exit code and the error in the same object. An error of writing is in o.stdout.
func (o *options) writeJSON(err error) {
	end := struct {
		ExitCode int    `json:"exitCode"`
		Error    string `json:"error,omitempty"`
	}{ExitCode: exitCode(err)}
	if err != nil {
		end.Error = strings.Join(o.explain(err), "\n")
	}
	tail, _ := json.Marshal(end) // a number and a text
	whole := tail
	if o.outcome != nil {
		whole = slices.Concat(bytes.TrimSuffix(o.outcome, []byte("}")), []byte(","), tail[1:])
	}
	var indented bytes.Buffer
	if json.Indent(&indented, whole, "", "  ") == nil && o.outcome != nil {
		whole = indented.Bytes()
	}
	_, _ = o.stdout.Write(append(whole, '\n'))
}

// keep keeps an outcome, an object, for writeJSON.
func (o *options) keep(outcome any) (err error) {
	o.outcome, err = json.Marshal(outcome)
	return err
}

// badInput is an error of what the caller gave: flags, request, environment, state. Nothing has been sent.
type badInput struct{ error }

func (e badInput) Unwrap() error { return e.error }

func exitCode(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, new(badInput)):
		return exitBadInput
	default:
		return exitNot
	}
}

func command(ctx context.Context, o *options) error {
	if err := o.parse(); err != nil {
		return badInput{err}
	}
	if o.template {
		return writeTemplate(o.stdout, o.language)
	}
	var in *input
	if o.needsRequest() {
		var err error
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
	case o.pay, o.resume, o.again != "":
		err = pay(ctx, t, in, o)
	case o.status:
		err = status(ctx, t, in, o)
	case o.canceling:
		err = cancel(ctx, t.client, o)
	case o.balance:
		err = showBalance(ctx, t.client, o)
	default:
		err = create(ctx, t, in, o)
	}
	unsent := errors.Is(err, payout.ErrState) || errors.Is(err, payout.ErrOtherPayout) || errors.Is(err, payout.ErrLocked) ||
		errors.As(err, new(payfile.Findings))
	if unsent && t.sent.Load() == 0 {
		return badInput{err}
	}
	return err
}
