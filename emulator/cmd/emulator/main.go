// Command emulator serves a fake iyzico mass payout API, for tests of programs in any language, and signs requests to
// it for curl.
//
//	emulator [flags]
//	emulator sign [flags] METHOD PATH [BODY]
//
// The first form prints its address, such as http://127.0.0.1:8080, logs each request to standard error (and says there
// which keys to use, unless they were chosen), and serves until it is interrupted. Open the address in a browser on the
// same machine: the page there shows payouts, the ledger, every request and why its signature is wrong, lists the test
// recipients, and makes things go wrong by a click; docs/emulator-api.md does the same with curl. Payouts are kept in
// memory only. -h lists the flags.
//
// The second form prints a curl command that sends one signed request, with a body that is written as such, read from
// the file that follows an @, or read from standard input if it is -. A signature never expires. docs/signing.md
// explains the scheme, and how to compare a program of yours with this command:
//
//	$ emulator &
//	http://127.0.0.1:8080
//	$ emulator sign GET '/v1/mass/payout/balance?locale=en'
//	curl -sS -X 'GET' 'http://127.0.0.1:8080/v1/mass/payout/balance?locale=en' \
//	  -H 'Authorization: IYZWSv2 YXBpS2V5...' \
//	  -H 'Content-Type: application/json' \
//	  -H 'X-Iyzi-Client-Version: masspayout-go-devel' \
//	  -H 'X-Iyzi-Rnd: 8c1f...'
//	$ emulator sign GET '/v1/mass/payout/balance?locale=en' | sh
//	{"status":"success","locale":"en","systemTime":1759231970716,"balance":1000000000}
//
// Both forms use the keys sandbox-key and sandbox-secret unless told otherwise.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run returns the exit code: 1 if it cannot do what it should, 2 for bad flags and arguments.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	do := serve
	if len(args) > 0 && args[0] == "sign" {
		do, args = sign, args[1:]
	}
	err := do(ctx, args, stdin, stdout, stderr)
	var bad usageError
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &bad):
		if !bad.told {
			fmt.Fprintln(stderr, "emulator:", strings.TrimPrefix(bad.Error(), "emulator: "))
		}
		return 2
	default:
		fmt.Fprintln(stderr, "emulator:", strings.TrimPrefix(err.Error(), "emulator: "))
		return 1
	}
}

// usageError is an error in the flags or arguments.
type usageError struct {
	error
	told bool // package flag has already printed it
}

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...), false} }

// parse reads the flags of one form of the command; about says what it does.
func parse(flags *flag.FlagSet, args []string, stderr io.Writer, about string) error {
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, about+"\n\nFlags:")
		flags.PrintDefaults()
	}
	err := flags.Parse(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return usageError{err, true}
}

const aboutServe = `emulator serves a fake iyzico mass payout API. Payouts are kept in memory only.
Open the address that it prints in a browser to watch, and to make things go wrong.
"emulator sign -h" explains how to send it signed requests with curl.`

func serve(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8080", "`address` to listen on, port 0 for a free one")
	apiKey := flags.String("api-key", emulator.DefaultAPIKey, "API `key` of the merchant")
	secretKey := flags.String("secret-key", emulator.DefaultSecretKey, "secret `key` of the merchant")
	balance := flags.String("balance", "1000000000", "`amount` that the merchant can pay out, in each currency")
	commission := flags.String("commission", "0", "commission of each item, an `amount` in the item's currency")
	stage := flags.Duration("stage", time.Second, "how long an item stays QUEUED, and then PROCESSING")
	locale := flags.String("locale", "tr",
		"`language` of responses to requests that name none, tr or en; strict refuses such requests")
	pageLimit := flags.Int("page-limit", 10_000, "how many `items` a page of retrieve may have")
	largePages := flags.String("large-pages", "refuse",
		"what becomes of a request for more: refuse, cap, or echo a smaller size")
	remote := flags.Bool("allow-remote", false, "listen on an address that is not a loopback address")
	if err := parse(flags, args, stderr, aboutServe); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return usage("unexpected argument %s", flags.Arg(0))
	}
	opts := []emulator.Option{
		emulator.WithPage(),
		emulator.WithStage(*stage),
		emulator.WithPageLimit(*pageLimit, emulator.LargePages(*largePages)),
		emulator.WithLogger(slog.New(slog.NewTextHandler(stderr, nil))),
	}
	for name, amount := range map[string]struct {
		value  string
		option func(decimal.Decimal) emulator.Option
	}{"balance": {*balance, emulator.WithBalance}, "commission": {*commission, emulator.WithCommission}} {
		d, err := decimal.NewFromString(amount.value)
		if err != nil {
			return usage("-%s is not a number", name)
		}
		opts = append(opts, amount.option(d))
	}
	if *locale == "strict" {
		opts = append(opts, emulator.WithStrictLocale())
	} else {
		opts = append(opts, emulator.WithLocale(*locale))
	}
	if err := checkAddr(*addr, *remote); err != nil {
		return err
	}
	emu, err := emulator.New(*apiKey, *secretKey, opts...)
	if err != nil {
		return usageError{err, false}
	}
	hint := ""
	if *apiKey == emulator.DefaultAPIKey && *secretKey == emulator.DefaultSecretKey { // others may be real, and are not printed
		hint = fmt.Sprintf("API key %s, secret key %s. Open the address in a browser to watch.\n", *apiKey, *secretKey)
	}
	return listen(ctx, *addr, emu, stdout, stderr, hint)
}

// checkAddr refuses to be reached from outside unless told to.
func checkAddr(addr string, remote bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return usage("-addr: %w", err)
	}
	if ip := net.ParseIP(host); remote || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return usage("-addr: %q is not a loopback address; add -allow-remote to listen on it anyway", host)
}

// listen prints the address and the hint once it listens, and returns when ctx is done.
func listen(ctx context.Context, addr string, handler http.Handler, stdout, stderr io.Writer, hint string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	fmt.Fprintln(stdout, "http://"+listener.Addr().String())
	io.WriteString(stderr, hint)
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	shutdown, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(shutdown)
}
