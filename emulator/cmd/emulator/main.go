// Command emulator serves the mass payout emulator, for clients in any language.
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
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run returns the exit code: 1 if it cannot serve, 2 for bad flags.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8080", "`address` to listen on, port 0 for a free one")
	apiKey := flags.String("api-key", "", "API `key` of the merchant (required)")
	secretKey := flags.String("secret-key", "", "secret `key` of the merchant (required)")
	balance := flags.String("balance", "1000000000", "`amount` that the merchant can pay out, in each currency")
	stage := flags.Duration("stage", time.Second, "how long a line stays QUEUED, and then as long PROCESSING")
	remote := flags.Bool("allow-remote", false, "listen on an address that is not loopback")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "emulator stands in for iyzico's mass payout API. Payouts are kept in memory only.\n\nFlags:")
		flags.PrintDefaults()
		fmt.Fprintln(stderr, "\nTest recipients: go doc github.com/iyzico-go/masspayout/emulator")
	}
	bad := func(err error) int {
		fmt.Fprintln(stderr, "emulator:", strings.TrimPrefix(err.Error(), "emulator: "))
		return 2
	}

	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		return bad(errors.New("unexpected argument " + flags.Arg(0)))
	case *apiKey == "" || *secretKey == "":
		return bad(errors.New("-api-key and -secret-key are required"))
	}
	amount, err := decimal.NewFromString(*balance)
	if err != nil {
		return bad(errors.New("-balance is no number"))
	}
	if err := checkAddr(*addr, *remote); err != nil {
		return bad(err)
	}
	emu, err := emulator.New(*apiKey, *secretKey,
		emulator.WithBalance(amount),
		emulator.WithStage(*stage),
		emulator.WithLogger(slog.New(slog.NewTextHandler(stderr, nil))))
	if err != nil {
		return bad(err)
	}
	if err := serve(ctx, *addr, emu, stdout); err != nil {
		fmt.Fprintln(stderr, "emulator:", err)
		return 1
	}
	return 0
}

// checkAddr refuses to be reached from outside unless told to.
func checkAddr(addr string, remote bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	if ip := net.ParseIP(host); remote || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("-addr: %q is not loopback; -allow-remote listens there all the same", host)
}

// serve prints the URL once it listens, and returns when ctx is done.
func serve(ctx context.Context, addr string, handler http.Handler, stdout io.Writer) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	fmt.Fprintln(stdout, "http://"+listener.Addr().String())
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	shutdown, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(shutdown)
}
