package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/signer"
)

const aboutSign = `emulator sign [flags] METHOD PATH [BODY] prints a curl command that sends a signed request.
BODY is the body itself, @ and the name of a file, or - for standard input. Pipe the command to sh to run it:

  emulator sign GET '/v1/mass/payout/balance?locale=en' | sh
  emulator sign POST /v1/mass/payout/auth '{"requestId":"79cdefc1-3ce6-4f51-bdd9-0c050274db64"}' | sh`

func sign(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("emulator sign", flag.ContinueOnError)
	url := flags.String("url", "http://127.0.0.1:8080", "`address` that the emulator prints")
	apiKey, secretKey := keys(flags)
	if err := parse(flags, args, stderr, aboutSign); err != nil {
		return err
	}
	if n := flags.NArg(); n < 2 || n > 3 {
		return usage("sign needs METHOD, PATH and perhaps BODY; -h explains them")
	}
	if !strings.HasPrefix(flags.Arg(1), "/") {
		return usage("sign: PATH must begin with a slash, such as /v1/mass/payout/balance")
	}
	body, err := bodyOf(flags.Arg(2), stdin)
	if err != nil {
		return err
	}
	signs, err := signer.New(*apiKey, *secretKey)
	if err != nil {
		return usageError{err, false}
	}
	target := strings.TrimRight(*url, "/") + flags.Arg(1) // a browser shows the address with a slash at its end
	req, err := http.NewRequestWithContext(ctx, flags.Arg(0), target, bytes.NewReader(body))
	if err != nil {
		return usage("%w", err)
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if err := signs.Edit(ctx, req); err != nil {
		return usageError{err, false}
	}

	lines := []string{"curl -sS -X " + quote(req.Method) + " " + quote(req.URL.String())}
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		lines = append(lines, "-H "+quote(name+": "+req.Header.Get(name)))
	}
	if len(body) > 0 {
		if bytes.IndexByte(body, 0) >= 0 {
			return usage("the body has a NUL byte, which no command line can hold")
		}
		lines = append(lines, "--data-raw "+quote(string(body)))
	}
	_, err = fmt.Fprintln(stdout, strings.Join(lines, " \\\n  "))
	return err
}

func bodyOf(arg string, stdin io.Reader) ([]byte, error) {
	if name, ok := strings.CutPrefix(arg, "@"); ok {
		return os.ReadFile(name)
	}
	if arg == "-" {
		return io.ReadAll(stdin)
	}
	return []byte(arg), nil
}

// quote quotes s for a POSIX shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
