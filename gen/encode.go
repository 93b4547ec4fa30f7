package gen

import (
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// encodeJSON encodes a request's body. The generated client calls it in place of json.Marshal.
//
// The one request that grows with its lines is encoded by hand, byte for byte as json.Marshal would encode it (the tests
// compare the two, and fail for a field that is forgotten here): encoding/json reads the output of every
// Amount.MarshalJSON a second time, which costs more than all the rest.
func encodeJSON(body any) ([]byte, error) {
	switch r := body.(type) {
	case MassPayoutInitializeRequest:
		return r.appendJSON(nil)
	case MassPayoutAuthRequest: // moves money: not even an empty id is left for the server to judge
		if _, err := r.RequestID.MarshalText(); err != nil {
			return nil, err
		}
	}
	return json.Marshal(body)
}

func (r *MassPayoutInitializeRequest) appendJSON(out []byte) ([]byte, error) {
	const lineLength = 256 // about that of a line, so that the memory is asked for once
	out = slices.Grow(out, (1+len(r.Items))*lineLength)
	out = append(out, '{')
	if r.ConversationID != "" {
		out = append(appendString(append(out, `"conversationId":`...), r.ConversationID), ',')
	}
	out = appendString(append(out, `"externalId":`...), r.ExternalID)
	out = append(out, `,"items":`...)
	if r.Items == nil {
		out = append(out, "null"...)
	} else {
		out = append(out, '[')
		for i := range r.Items {
			if i > 0 {
				out = append(out, ',')
			}
			var err error
			if out, err = r.Items[i].appendJSON(out); err != nil {
				return nil, err
			}
		}
		out = append(out, ']')
	}
	if r.Purpose != "" {
		out = appendString(append(out, `,"purpose":`...), string(r.Purpose))
	}
	return append(out, '}'), nil
}

func (i *MassPayoutItem) appendJSON(out []byte) ([]byte, error) {
	out, err := i.Amount.appendJSON(append(out, `{"amount":`...))
	if err != nil {
		return nil, err
	}
	out = appendString(append(out, `,"description":`...), i.Description)
	out = appendString(append(out, `,"itemExternalId":`...), i.ItemExternalID)
	if i.NonWithdrawable {
		out = append(out, `,"nonWithdrawable":true`...)
	}
	out = appendString(append(out, `,"recipientInfo":`...), i.RecipientInfo)
	if i.RecipientName != "" {
		out = appendString(append(out, `,"recipientName":`...), i.RecipientName)
	}
	out = appendString(append(out, `,"recipientType":`...), string(i.RecipientType))
	return append(out, '}'), nil
}

func (a *Amount) appendJSON(out []byte) ([]byte, error) {
	out = appendString(append(out, `{"currency":`...), string(a.Currency))
	out, err := appendPlain(append(out, `,"value":`...), a.Value)
	return append(out, '}'), err
}

// appendString appends s as a JSON string. What encoding/json would escape or replace is left to it.
func appendString(out []byte, s string) []byte {
	if !plain(s) {
		quoted, _ := json.Marshal(s) // a string has no error
		return append(out, quoted...)
	}
	return append(append(append(out, '"'), s...), '"')
}

// plain says whether encoding/json would write s as it is, but for the quotes.
func plain(s string) bool {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		case c == 0xE2: // begins U+2028 and U+2029, which are escaped
			return false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(s)
}
