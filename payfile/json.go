package payfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/iyzico-go/masspayout/gen"
)

// readJSON reads a request in the API's own JSON. A field that the API does not have is an error, for it would be left
// out of what is sent; an error inside an item names the item.
func readJSON(data []byte, o Options) (*File, error) {
	l := o.Language
	refuse := func(message string) (*File, error) { return nil, Findings{{Message: message, language: l}} }
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return refuse(l.Pick(`this is a list (a JSON array); expected one payout: {"externalId": "...", "items": [...]}, `+
			`with the list as its items`,
			`bu bir liste (JSON dizisi); tek bir toplu ödeme olmalıdır: {"externalId": "...", "items": [...]}, liste de `+
				`items içinde`))
	}
	var raw struct {
		ExternalID     string            `json:"externalId"`
		ConversationID string            `json:"conversationId"`
		Purpose        gen.Purpose       `json:"purpose"`
		Items          []json.RawMessage `json:"items"`
	}
	f := &File{language: l}
	err := decodeStrictly(data, &raw)
	if err == nil {
		for i, item := range raw.Items {
			if err := decodeStrictly(item, new(gen.MassPayoutItem)); err != nil {
				var id struct {
					ItemExternalID string `json:"itemExternalId"`
				}
				_ = json.Unmarshal(item, &id) // it may have none that can be read
				return refuse(fmt.Sprintf("items[%d] (itemExternalId %q): %s", i, id.ItemExternalID, jsonProblem(err, l)))
			}
		}
		err = decodeStrictly(data, &f.Request)
	}
	if err != nil {
		return refuse(jsonProblem(err, l))
	}
	if o.ExternalID != "" && o.ExternalID != f.Request.ExternalID || o.Purpose != "" && o.Purpose != f.Request.Purpose {
		return refuse(l.Pick("the JSON has an externalId and a purpose of its own, which are others than those given",
			"JSON'un kendi externalId ve purpose değerleri var; verilenlerden başka"))
	}
	var findings Findings
	composed := 0
	for i := range f.Request.Items {
		item := &f.Request.Items[i]
		for _, field := range []struct {
			name  string
			value *string
		}{{"recipientName", &item.RecipientName}, {"description", &item.Description}} {
			before := *field.value
			*field.value = gen.NFC(before)
			if *field.value != before {
				composed++
			}
			problem := garbled(*field.value, field.name == "recipientName")
			if problem != nil && !o.NamesAsWritten {
				findings = append(findings, f.Place(gen.Violation{Index: i, ItemExternalID: item.ItemExternalID, Field: field.name,
					Message: problem.in(l)}))
			}
		}
	}
	for i, item := range f.Request.Items {
		if item.RecipientType == gen.RecipientTypeIBAN && impossibleIBAN(item.RecipientInfo) {
			findings = append(findings, f.Place(gen.Violation{Index: i, ItemExternalID: item.ItemExternalID,
				Field: "recipientInfo", Message: noCheckDigits.in(l)}))
		}
	}
	if composed > 0 {
		f.Notes = append(f.Notes, Finding{language: l, Message: fmt.Sprintf(l.Pick("%d texts had letters apart from their "+
			"accents (as macOS writes them); they were put together", "%d metinde harflerle işaretleri ayrı yazılmıştı (macOS "+
			"böyle yazar); birleştirildi"), composed)})
	}
	findings = append(findings, f.validate()...)
	if len(findings) > 0 {
		return nil, findings
	}
	return f, nil
}

func decodeStrictly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errMore
	}
	return nil
}

var errMore = errors.New("there is more after the request's JSON")

// jsonProblem is an error of a decoder in the language.
func jsonProblem(err error, l Language) string {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return l.Pick("the JSON ends too early", "JSON yarıda bitiyor")
	case errors.Is(err, errMore):
		return l.Pick(errMore.Error(), "isteğin JSON'undan sonra başka şeyler var")
	case errors.As(err, &syntax):
		return fmt.Sprintf(l.Pick("this is no valid JSON, at byte %d", "geçerli bir JSON değil, %d. baytta"), syntax.Offset)
	case errors.As(err, &wrongType):
		return fmt.Sprintf(l.Pick("%s has a value of another type than expected", "%s alanında beklenenden başka türde bir "+
			"değer var"), wrongType.Field)
	}
	wrong := strings.TrimPrefix(err.Error(), "gen: ")
	if said := Translate(wrong, l); l != Turkish || said != wrong {
		return said
	}
	return "isteğin JSON'unda beklenmeyen bir alan ya da değer var"
}

// IsJSON reports whether a file is JSON, by how it begins, in any encoding that Read knows.
func IsJSON(data []byte) bool {
	start := bytes.TrimLeft(data[:min(len(data), 1024)], "\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
	return len(start) > 0 && (start[0] == '{' || start[0] == '[')
}
