package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
)

// published is the request that iyzico's documentation shows, completed with the descriptions that its spec requires,
// and with an item more, to a recipient that the emulator refuses.
//
//go:embed request.json
var published []byte

// input is the payout that the command is about, what is to be said about it, and the file of its result.
type input struct {
	file     *payfile.File
	request  gen.MassPayoutInitializeRequest
	builtIn  bool
	digest   string // of the file
	notes    []string
	warnings []string
	result   *resultFile
}

// maxInput bounds a file, in bytes.
const maxInput = payfile.MaxSize

// readInput reads the payout in the file, or the published one without a file, and refuses what is not as the user
// expects it.
func readInput(o *options) (*input, error) {
	data, name, err := load(o)
	if err != nil {
		return nil, err
	}
	in := &input{builtIn: o.file == ""}
	sum := sha256.Sum256(data)
	in.digest = hex.EncodeToString(sum[:])
	reading := payfile.Options{
		Language: o.language, ExternalID: o.id, Purpose: gen.Purpose(strings.ToUpper(o.purpose)), Sheet: o.sheet,
		Description: strings.TrimSpace(o.description), DecimalMark: o.decimalMark(), IDsAsWritten: o.idsAsWritten,
		NamesAsWritten: o.namesAsWritten, SkipZero: o.skipZero,
	}
	if reading.Columns, err = payfile.ParseColumns(o.columns, o.language); err != nil {
		return nil, because(err, "-columns", "-columns")
	}
	if o.currency != "" {
		amount, err := payfile.ParseAmount("1 "+o.currency, payfile.Options{Language: o.language})
		if err != nil {
			return nil, fail("-currency must be TRY, USD or EUR", "-currency TRY, USD ya da EUR olmalıdır")
		}
		reading.Currency = amount.Currency
	}
	if o.recipient != "" {
		kind, ok := map[string]gen.RecipientType{"iban": gen.RecipientTypeIBAN, "phone": gen.RecipientTypePhone,
			"identity": gen.RecipientTypeIdentityNumber, "member": gen.RecipientTypeMemberID}[strings.ToLower(o.recipient)]
		if !ok {
			return nil, fail("-recipient must be iban, phone, identity or member",
				"-recipient iban, phone, identity ya da member olmalıdır")
		}
		reading.RecipientType = kind
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, fail("%s: the file is empty", "%s: dosya boş", name)
	}
	isJSON := payfile.IsJSON(data)
	if !isJSON && o.id == "" && o.again == "" {
		return nil, fail("a table needs -id: the payout's name, another one for each payout, such as salaries-2026-11",
			"tablo için -id gerekir: toplu ödemenin adı, her biri için başka, örneğin maas-2026-11")
	}
	if o.again != "" && o.id == "" && !isJSON {
		if reading.ExternalID, err = baseName(o.again); err != nil {
			return nil, err
		}
	}
	if isWorkbook(data) {
		in.file, err = readWorkbook(data, reading)
	} else {
		in.file, err = payfile.Read(data, reading)
	}
	if err != nil {
		return nil, because(err, "%s", "%s", name)
	}
	in.request = in.file.Request
	for _, note := range in.file.Notes {
		if note.Warning {
			in.warnings = append(in.warnings, note.String())
		} else {
			in.notes = append(in.notes, note.String())
		}
	}
	if err := in.check(o); err != nil {
		return nil, err
	}
	// The built-in IBANs are wrong, as iyzico published them.
	if in.builtIn && !o.strict {
		in.warnings = nil
	}
	if o.strict && len(in.warnings) > 0 {
		for _, w := range in.warnings {
			fmt.Fprintln(o.stderr, o.say("warning:", "uyarı:"), printable(w))
		}
		return nil, fail("%s: -strict refuses it because of %d warnings", "%s: -strict, %d uyarı nedeniyle reddetti", name,
			len(in.warnings))
	}
	if !o.asks() {
		in.tell(o.stderr, o)
	}
	in.result, err = newResultFile(o, in.request.ExternalID)
	return in, err
}

// asks reports whether the user will be asked, and so be shown the notes then.
func (o *options) asks() bool { return (o.pay || o.resume || o.again != "") && !o.yes }

// tell says what was ignored or changed on reading, and what looks wrong.
func (in *input) tell(w io.Writer, o *options) {
	for _, note := range in.notes {
		fmt.Fprintln(w, o.say("note:", "not:"), printable(note))
	}
	for _, warning := range in.warnings {
		fmt.Fprintln(w, o.say("warning:", "uyarı:"), printable(warning))
	}
	if len(in.notes)+len(in.warnings) > 0 {
		fmt.Fprintln(w)
	}
}

// load reads the file, up to a bound.
func load(o *options) (data []byte, name string, err error) {
	switch o.file {
	case "":
		return published, o.say("the built-in request", "yerleşik istek"), nil
	case "-":
		name = o.say("standard input", "standart girdi")
		data, err = io.ReadAll(io.LimitReader(o.stdin, maxInput+1))
	default:
		name = filepath.Base(o.file)
		data, err = readFile(o.file)
	}
	switch {
	case err != nil:
		return nil, name, because(err, "reading %s", "%s okunamadı", printable(o.file))
	case len(data) > maxInput:
		return nil, name, tooLarge(name)
	}
	return data, name, nil
}

func tooLarge(name string) error {
	return fail("%s is larger than 64 MiB: split it", "%s 64 MiB'den büyük: bölün", name)
}

func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fail("it is a folder", "bu bir klasör")
	case info.Size() > maxInput: // before anything of it is read
		return nil, fail("it is larger than 64 MiB: split it", "64 MiB'den büyük: bölün")
	}
	return io.ReadAll(io.LimitReader(file, maxInput+1))
}
