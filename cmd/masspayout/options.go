package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/iyzico-go/masspayout/cmd/masspayout/internal/sheet"
)

// options are what the flags say.
type options struct {
	file, id, purpose                  string
	out                                string
	template, strict                   bool
	json                               bool
	pay, resume                        bool
	yes, allowRefused, allowUnverified bool
	state                              string
	status, balance                    bool
	canceling                          bool
	cancel                             string
	language                           sheet.Language
	stdin                              io.Reader
	stdout                             *output
	stderr                             io.Writer
}

const usage = `masspayout takes mass payouts through their life. iyzico documents no way to reverse one that is paid.

  masspayout -f FILE                       create the payout; nobody is paid
  masspayout -f FILE -status               show where it stands
  masspayout -f FILE -pay                  show what will be paid, ask, authorize, follow it to its end
  masspayout -f FILE -resume               continue a run that was stopped or killed
  masspayout -cancel REQUESTID             cancel a payout that is not authorized
  masspayout -balance                      show what is left to pay out with
  masspayout -template > salaries.csv      write a CSV file to fill in

Without -f it takes the request that iyzico's documentation shows, and adds an item that the emulator refuses: without
another flag, it creates that payout in an emulator in this process, and with -pay it pays it there.

Flags:
`

const usageEnd = `
Environment:
  IYZICO_BASE_URL, IYZICO_API_KEY, IYZICO_SECRET_KEY
                   the server and the merchant's keys: all three, or none for an emulator in this process
  IYZICO_LOCALE    the language of iyzico's messages: tr or en (default: this program's)
  LC_ALL, LC_MESSAGES, LANG
                   the language of this program, if there is no -lang: Turkish if it begins with tr, else English

Exit codes:
  0   done; with -pay and -resume: everybody has been paid, but for refused items that -allow-refused accepted
  1   not done, not confirmed, not known, or not everybody has been paid
  2   refused before anything was sent: flags, file, environment or state are wrong
`

// parse reads the flags. An error that package flag has written about is errFlags.
func parse(args []string, stdin io.Reader, stdout *output, stderr io.Writer) (*options, error) {
	o := &options{stdin: stdin, stdout: stdout, stderr: stderr}
	flags := flag.NewFlagSet("masspayout", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
		fmt.Fprint(stderr, usageEnd)
	}
	flags.StringVar(&o.file, "f", "", "the payout, a `file` in the API's JSON or a CSV file, see -template; - reads "+
		"standard input")
	flags.StringVar(&o.id, "id", "", "`name` of the payout in a CSV file, its externalId: another one for each "+
		"payout, such as salaries-2026-11")
	flags.StringVar(&o.purpose, "purpose", "", "what the payout in a CSV file is for: `SALARY`, BONUS, SETTLEMENT, "+
		"GOODS or SERVICES")
	flags.StringVar(&o.out, "out", "", "write what became of each item to this CSV `file`")
	flags.BoolVar(&o.template, "template", false, "write a CSV file to fill in, and end")
	flags.BoolVar(&o.strict, "strict", false, "refuse what looks mistyped (an IBAN's check digits, for example) "+
		"instead of warning")
	flags.BoolVar(&o.json, "json", false, "print the payout as JSON")
	flags.BoolVar(&o.pay, "pay", false, "show what will be paid, ask, authorize, follow the payout to its end")
	flags.BoolVar(&o.resume, "resume", false, "continue a payout whose run was stopped or killed")
	flags.BoolVar(&o.yes, "yes", false, "do not ask before paying")
	flags.BoolVar(&o.allowRefused, "allow-refused", false, "pay the accepted items although others were refused")
	flags.BoolVar(&o.allowUnverified, "allow-unverified", false,
		"go on with a payout that was found under the externalId, although iyzico does not show its recipients; make "+
			"sure in iyzico's panel that it is yours")
	flags.StringVar(&o.state, "state", "", "`file` that stores the progress (default: payout-EXTERNALID.state)")
	flags.BoolVar(&o.status, "status", false, "show where the payout stands")
	flags.StringVar(&o.cancel, "cancel", "", "cancel the payout with this `requestId`")
	flags.BoolVar(&o.balance, "balance", false, "show what is left to pay out with")
	language := flags.String("lang", "", "language of this program: `tr` or en")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, errFlags
	}
	// An empty -cancel is a mistake and no create.
	flags.Visit(func(f *flag.Flag) { o.canceling = o.canceling || f.Name == "cancel" })
	switch *language {
	case "":
		o.language = environmentLanguage()
	case "en", "tr":
		o.language = sheet.Language(*language)
	default:
		return nil, errors.New("-lang must be tr or en")
	}
	return o, o.check(flags)
}

func environmentLanguage() sheet.Language {
	if strings.HasPrefix(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")), "tr") {
		return sheet.Turkish
	}
	return sheet.English
}

func (o *options) check(flags *flag.FlagSet) error {
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	modes := 0
	for _, on := range []bool{o.pay, o.resume, o.status, o.canceling, o.balance, o.template} {
		if on {
			modes++
		}
	}
	paying := o.pay || o.resume
	switch {
	case modes > 1:
		return errors.New("use only one of -pay, -resume, -status, -cancel, -balance and -template")
	case o.canceling && o.cancel == "":
		return errors.New("-cancel needs the requestId of a payout; -status shows it")
	case !o.needsRequest() && (o.file != "" || o.out != "" || o.strict):
		return errors.New("-cancel, -balance and -template take no -f, -out and -strict")
	case o.json && (o.canceling || o.template):
		return errors.New("-cancel and -template take no -json")
	case !paying && (o.yes || o.allowRefused || o.allowUnverified):
		return errors.New("-yes, -allow-refused and -allow-unverified belong to -pay and -resume")
	case o.state != "" && (o.status || !o.needsRequest()):
		return errors.New("-state belongs to creating and paying a payout")
	case paying && o.file == "-" && !o.yes:
		return errors.New("-f - reads the payout from standard input, so there is nowhere to ask: add -yes")
	}
	return nil
}

// needsRequest reports whether the command is about the payout in a file.
func (o *options) needsRequest() bool { return !o.canceling && !o.balance && !o.template }

// say returns the text in the user's language.
func (o *options) say(en, tr string) string { return o.language.Pick(en, tr) }
