package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/signer"
)

const aboutSign = `emulator sign [flags] METHOD PATH [BODY] prints a curl command that sends a signed request.
BODY is the body itself, @ and the name of a file, or - for standard input. Pipe the command to sh to run it:

  emulator sign GET '/v1/mass/payout/balance?locale=en' | sh
  emulator sign POST /v1/mass/payout/auth '{"requestId":"79cdefc1-3ce6-4f51-bdd9-0c050274db64"}' | sh

To compare with a program of yours, sign with its random key, and see each step:

  emulator sign -steps -random-key 123456789 POST /v1/mass/payout/auth '{"requestId":"79cdefc1-..."}'

Keys of iyzico's sandbox belong into the environment, IYZICO_API_KEY and IYZICO_SECRET_KEY: flags show in lists of
processes. docs/signing.md explains the scheme.`

func sign(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("emulator sign", flag.ContinueOnError)
	server := flags.String("url", "http://127.0.0.1:8080", "`address` that the emulator prints")
	apiKey := flags.String("api-key", "", "API `key` of the merchant (default $IYZICO_API_KEY, or "+emulator.DefaultAPIKey+")")
	secretKey := flags.String("secret-key", "", "secret `key` of the merchant (default $IYZICO_SECRET_KEY, or "+
		emulator.DefaultSecretKey+")")
	randomKey := flags.String("random-key", "", "sign with this random `key`, instead of a new one")
	steps := flags.Bool("steps", false, "also print what is signed, the signature, and what the header is made of")
	if err := parse(flags, args, stderr, aboutSign); err != nil {
		return err
	}
	*apiKey = cmp.Or(*apiKey, os.Getenv("IYZICO_API_KEY"), emulator.DefaultAPIKey)
	*secretKey = cmp.Or(*secretKey, os.Getenv("IYZICO_SECRET_KEY"), emulator.DefaultSecretKey)
	if n := flags.NArg(); n < 2 || n > 3 {
		return usage("sign needs METHOD, PATH and perhaps BODY; -h explains them")
	}
	if !strings.HasPrefix(flags.Arg(1), "/") {
		return usage("sign: PATH must begin with a slash, such as /v1/mass/payout/balance")
	}
	if strings.ContainsFunc(*randomKey, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return usage("sign: -random-key must be letters and digits")
	}
	body, err := bodyOf(flags.Arg(2), stdin)
	if err != nil {
		return err
	}
	if bytes.IndexByte(body, 0) >= 0 {
		return usage("the body has a NUL byte, which no command line can hold")
	}
	signs, err := signer.New(*apiKey, *secretKey)
	if err != nil {
		return usageError{err, false}
	}
	target := strings.TrimRight(*server, "/") + flags.Arg(1) // a browser shows the address with a slash at its end
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
	path := req.URL.EscapedPath()
	if *randomKey != "" {
		req.Header.Set("Authorization", signer.Authorization(*apiKey, *secretKey, *randomKey, path, body))
		req.Header.Set("X-Iyzi-Rnd", *randomKey)
	}

	var out strings.Builder
	if *steps {
		fields, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(req.Header.Get("Authorization"), "IYZWSv2 "))
		_, signature, _ := strings.Cut(string(fields), "&signature:")
		fmt.Fprintf(&out, "# signed:    %s\n# signature: %s\n# fields:    %s\n",
			strings.ReplaceAll(req.Header.Get("X-Iyzi-Rnd")+path+string(body), "\n", "\n#            "), signature, fields)
	}
	lines := []string{"curl -sS -X " + quote(req.Method) + " " + quote(req.URL.String())}
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		lines = append(lines, "-H "+quote(name+": "+req.Header.Get(name)))
	}
	if len(body) > 0 {
		lines = append(lines, "--data-raw "+quote(string(body)))
	}
	_, err = fmt.Fprintln(stdout, out.String()+strings.Join(lines, " \\\n  "))
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
