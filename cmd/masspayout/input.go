package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/iyzico-go/masspayout/cmd/masspayout/internal/sheet"
	"github.com/iyzico-go/masspayout/gen"
)

// published is the request that iyzico's documentation shows, completed with the descriptions that its spec requires,
// and with an item more, to a recipient that the emulator refuses.
//
//go:embed request.json
var published []byte

// input is the payout that the command is about, and the file of its result.
type input struct {
	request gen.MassPayoutInitializeRequest
	builtIn bool
	format  sheet.Format
	result  *resultFile
}

// maxInput bounds a file, in bytes.
const maxInput = 256 << 20

// readInput reads the payout in the file, or the published one without a file, and warns of what looks mistyped.
func readInput(o *options) (*input, error) {
	data, name, err := published, "the built-in request", error(nil)
	switch o.file {
	case "":
	case "-":
		name = "standard input"
		data, err = io.ReadAll(io.LimitReader(o.stdin, maxInput))
	default:
		name = o.file
		data, err = os.ReadFile(o.file)
	}
	if err != nil {
		return nil, err
	}
	in := &input{builtIn: o.file == "", format: sheet.DefaultFormat(o.language)}
	place := func(v gen.Violation) string { return v.String() }
	if isCSV(o.file, data) {
		if o.id == "" {
			return nil, errors.New("a CSV file needs -id: the payout's externalId, another one for each payout, such as " +
				"salaries-2026-11")
		}
		s, err := sheet.Read(data, o.language)
		if err != nil {
			return nil, fmt.Errorf("%s:\n%w", name, err)
		}
		in.request = gen.MassPayoutInitializeRequest{ExternalID: o.id, Purpose: gen.Purpose(strings.ToUpper(o.purpose)),
			Items: s.Items}
		in.format = s.Format
		place = func(v gen.Violation) string { return s.Place(v).String() }
	} else if o.id != "" || o.purpose != "" {
		return nil, errors.New("-id and -purpose belong to a CSV file; a JSON file has externalId and purpose")
	} else if in.request, err = decodeRequest(data); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := in.request.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	// The built-in IBANs are wrong, as iyzico published them.
	if warnings := in.request.Warnings(); len(warnings) > 0 && (!in.builtIn || o.strict) {
		for _, w := range warnings {
			fmt.Fprintf(o.stderr, "%s %s\n", o.say("warning:", "uyarı:"), printable(place(w)))
		}
		if o.strict {
			return nil, fmt.Errorf("%s: -strict refuses it because of %d warnings", name, len(warnings))
		}
		fmt.Fprintln(o.stderr)
	}
	in.result, err = newResultFile(o)
	return in, err
}

// isCSV tells the two formats apart, by the file's name or else by how it begins.
func isCSV(name string, data []byte) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".tsv", ".txt":
		return true
	case ".json":
		return false
	}
	start := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\uFEFF")))
	return len(start) > 0 && !bytes.ContainsRune([]byte("{["), rune(start[0]))
}

// decodeRequest reads a request in the API's own JSON. A field that the API does not have is an error, for it would be
// left out of what is sent; an error inside an item names the item.
func decodeRequest(data []byte) (gen.MassPayoutInitializeRequest, error) {
	var request gen.MassPayoutInitializeRequest
	var raw struct {
		ExternalID     string            `json:"externalId"`
		ConversationID string            `json:"conversationId"`
		Purpose        gen.Purpose       `json:"purpose"`
		Items          []json.RawMessage `json:"items"`
	}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return request, errors.New(`this is a list (a JSON array); expected one payout: ` +
			`{"externalId": "...", "items": [...]}, with the list as its items`)
	}
	if err := decodeStrictly(data, &raw); err != nil {
		return request, err
	}
	for i, item := range raw.Items {
		if err := decodeStrictly(item, new(gen.MassPayoutItem)); err != nil {
			var id struct {
				ItemExternalID string `json:"itemExternalId"`
			}
			_ = json.Unmarshal(item, &id) // it may have none that can be read
			return request, fmt.Errorf("items[%d] (itemExternalId %q): %w", i, id.ItemExternalID, err)
		}
	}
	return request, decodeStrictly(data, &request)
}

func decodeStrictly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("the JSON ends too early")
		}
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is more after the request's JSON")
	}
	return nil
}
