// Command probe finds out, with the keys of a sandbox account, what no document of iyzico's settles and this library
// relies on: what a second init under one externalId does, how a payout that does not exist is refused, where pages
// begin, and so on. Run it before going live, see docs/going-live.md. Nobody who wrote this library could.
//
//	IYZICO_API_KEY=sandbox-... IYZICO_SECRET_KEY=sandbox-... go run github.com/iyzico-go/masspayout/examples/probe@latest
//
// It stores payouts of two or three items of a lira each, looks at them, and cancels them. It authorizes nothing,
// unless -auth says up to which sum. It prints a table of facts, each confirmed, contradicted or not seen, and writes
// the table and the exchanges with iyzico to a file that can be attached to an issue: no key, no recipient and no
// balance is in it.
//
// With -emulator it asks the emulator instead, to show what a report looks like.
//
// Environment: IYZICO_API_KEY and IYZICO_SECRET_KEY; IYZICO_BASE_URL, by default the sandbox's, and never the
// production host; PROBE_IBAN and PROBE_NAME, the recipient, by default the example of the IBAN registry and an invented name.
//
// Exit codes: 0 nothing is contradicted; 1 something is, or the probe could not finish; 2 bad input, nothing was sent.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("probe", flag.ContinueOnError)
	flags.SetOutput(stderr)
	emulated := flags.Bool("emulator", false, "ask an emulator in this process")
	file := flags.String("o", "", "write the report to this `file` (default: probe-DATE-TIME.md)")
	amount := flags.String("amount", "1.00", "the `amount` of an item, in lira")
	auth := flags.String("auth", "", "also authorize one item, if amount and commission are at most this `sum` in "+
		"lira; to PROBE_IBAN and PROBE_NAME")
	pause := flags.Duration("pause", time.Second, "wait between two requests")
	wait := flags.Duration("wait", 2*time.Minute, "how long to wait for what happens by itself")
	flags.Usage = func() {
		fmt.Fprint(stderr, "probe finds out what no document of iyzico's settles: see docs/going-live.md.\n\nFlags:\n")
		flags.PrintDefaults()
		fmt.Fprint(stderr, "\nEnvironment: IYZICO_API_KEY, IYZICO_SECRET_KEY; IYZICO_BASE_URL (default: the sandbox); "+
			"PROBE_IBAN, PROBE_NAME\n"+
			"Exit codes: 0 nothing is contradicted; 1 something is, or the probe could not finish; 2 bad input, nothing was "+
			"sent\n")
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	bad := func(err error) int {
		fmt.Fprintln(stderr, "probe:", err)
		return 2
	}
	if flags.NArg() > 0 {
		return bad(errors.New("unexpected argument"))
	}
	s := settings{
		server: cmp.Or(os.Getenv("IYZICO_BASE_URL"),
			gen.ServerURLSandbox), apiKey: os.Getenv("IYZICO_API_KEY"), secretKey: os.Getenv("IYZICO_SECRET_KEY"),
		iban: cmp.Or(os.Getenv("PROBE_IBAN"), "TR330006100519786457841326"), name: cmp.Or(os.Getenv("PROBE_NAME"),
			"Deneme Kullanıcısı"),
		pause: *pause, wait: *wait,
	}
	if *emulated {
		emu, err := emulator.Start("sandbox-probe-key", "sandbox-probe-secret", emulator.WithStage(0))
		if err != nil {
			return bad(err)
		}
		defer emu.Close()
		s.server, s.apiKey, s.secretKey, s.pause = emu.URL, "sandbox-probe-key", "sandbox-probe-secret", 0
	}
	if err := s.check(*amount, *auth); err != nil {
		return bad(err)
	}
	p, err := newProbe(s)
	if err != nil {
		return bad(err)
	}
	if *file == "" {
		*file = "probe-" + time.Now().UTC().Format("20060102-150405") + ".md"
	}
	// Before anything is sent, to know that it can be written.
	report, err := os.OpenFile(*file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return bad(err)
	}

	err = p.run(ctx)
	m := newMasker(s.apiKey, s.secretKey, s.iban, s.name)
	p.print(stdout, m)
	if writeErr := errors.Join(p.write(report, m, err), report.Close()); writeErr != nil {
		fmt.Fprintln(stderr, "probe: writing the report:", writeErr)
		return 1
	}
	fmt.Fprintf(stdout, "\nThe exchanges are in %s, without keys, recipients and balance.\n", *file)
	if err != nil {
		fmt.Fprintln(stderr, "probe:", m.sentence(err.Error()))
		return 1
	}
	for _, fact := range facts {
		if p.findings.of(fact.id).verdict == contradicted {
			return 1
		}
	}
	return 0
}

// check refuses what must not be tried, before anything is sent.
func (s *settings) check(amount, auth string) error {
	u, err := url.Parse(s.server)
	if err != nil {
		return errors.New("IYZICO_BASE_URL is not a URL")
	}
	sandbox, _ := url.Parse(gen.ServerURLSandbox)
	ip := net.ParseIP(u.Hostname())
	if u.Hostname() != sandbox.Hostname() && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("the probe runs against the sandbox, %s, or a loopback address only", gen.ServerURLSandbox)
	}
	if s.apiKey == "" || s.secretKey == "" {
		return errors.New("set IYZICO_API_KEY and IYZICO_SECRET_KEY to a sandbox account's keys; -emulator needs none")
	}
	if s.amount, err = decimal.NewFromString(amount); err != nil || !s.amount.IsPositive() ||
		!s.amount.Equal(s.amount.Truncate(2)) || s.amount.GreaterThan(decimal.New(10, 0)) {
		return errors.New("-amount: expected more than 0 and at most 10 lira, such as 1.00")
	}
	if auth == "" {
		return nil
	}
	if s.auth, err = decimal.NewFromString(auth); err != nil || s.auth.LessThan(s.amount) ||
		s.auth.GreaterThan(decimal.New(100, 0)) {
		return errors.New("-auth: expected the most that may be paid, from -amount to 100 lira")
	}
	if os.Getenv("PROBE_IBAN") == "" || os.Getenv("PROBE_NAME") == "" {
		return errors.New("-auth: set PROBE_IBAN and PROBE_NAME to a recipient who knows of it")
	}
	return nil
}

// print shows what was found out.
func (p *probe) print(w io.Writer, m *masker) {
	for _, fact := range facts {
		found := p.findings.of(fact.id)
		fmt.Fprintf(w, "%-12s  %s\n", found.verdict, fact.claim)
		if found.evidence != "" {
			fmt.Fprintf(w, "%-12s    %s\n", "", m.evidence(found.evidence))
		}
	}
	fmt.Fprintf(w, "\n%s\n", p.findings.summary())
}

// write writes the report.
func (p *probe) write(w io.Writer, m *masker, failure error) error {
	var s strings.Builder
	fmt.Fprintf(&s, "# What iyzico's mass payout API does\n\n%s, %s, masspayout %s: %s.\n\n",
		time.Now().UTC().Format(time.DateOnly), m.text(p.server), version(), p.findings.summary())
	if failure != nil {
		fmt.Fprintf(&s, "The probe could not finish: %s\n\n", m.sentence(failure.Error()))
	}
	fmt.Fprint(&s, "| fact | result | evidence | exchanges | what depends on it |\n|---|---|---|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "<", "&lt;", "`", "'")
	for _, fact := range facts {
		found := p.findings.of(fact.id)
		evidence := cell.Replace(m.evidence(found.evidence))
		fmt.Fprintf(&s, "| %s | %s | %s | %s | %s |\n", fact.claim, found.verdict, evidence, found.places(), fact.why)
	}
	fmt.Fprint(&s, "\n## Exchanges\n\nKeys, recipients and the balance are taken out. "+
		"A text that may be one is shown by its length, a number by its form.\n\n")
	for _, x := range p.rec.exchanges {
		x.write(&s, m)
	}
	_, err := io.WriteString(w, s.String())
	return err
}

// version is the library's, if it is known.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "of unknown version"
}
