package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/iyzico-go/masspayout/gen"
)

// published is the request that iyzico's documentation shows, completed with the descriptions that its spec requires,
// and with a line more, to a recipient that the emulator refuses.
//
//go:embed request.json
var published []byte

// readRequest reads and validates the request in the file, or the published one without a file's name.
func readRequest(file string, stdin io.Reader) (gen.MassPayoutInitializeRequest, error) {
	data, name, err := published, "request.json", error(nil)
	switch file {
	case "":
	case "-":
		name = "standard input"
		data, err = io.ReadAll(stdin)
	default:
		name = file
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return gen.MassPayoutInitializeRequest{}, err
	}
	request, err := decodeRequest(data)
	if err == nil {
		err = request.Validate()
	}
	if err != nil {
		return request, fmt.Errorf("%s: %w", name, err)
	}
	return request, nil
}

// decodeRequest reads a request in the API's own JSON. A field that the API does not have is an error, for it would be
// left out of what is sent; an error inside a line names the line.
func decodeRequest(data []byte) (gen.MassPayoutInitializeRequest, error) {
	var request gen.MassPayoutInitializeRequest
	var raw struct {
		ExternalID     string            `json:"externalId"`
		ConversationID string            `json:"conversationId"`
		Purpose        gen.Purpose       `json:"purpose"`
		Items          []json.RawMessage `json:"items"`
	}
	if err := decodeStrictly(data, &raw); err != nil {
		return request, err
	}
	request = gen.MassPayoutInitializeRequest{
		ExternalID: raw.ExternalID, ConversationID: raw.ConversationID, Purpose: raw.Purpose,
		Items: make([]gen.MassPayoutItem, len(raw.Items)),
	}
	for i, line := range raw.Items {
		if err := decodeStrictly(line, &request.Items[i]); err != nil {
			var id struct {
				ItemExternalID string `json:"itemExternalId"`
			}
			_ = json.Unmarshal(line, &id) // the line may have none that can be read
			return request, fmt.Errorf("items[%d] (itemExternalId %q): %w", i, id.ItemExternalID, err)
		}
	}
	return request, nil
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
