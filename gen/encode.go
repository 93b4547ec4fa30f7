package gen

import (
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// encodeJSON encodes a request's body.
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

// appendString appends s as a JSON string, with the escapes that encoding/json uses.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	start := 0 // of what is to be copied as it is
	for i := 0; i < len(s); {
		c, size := rune(s[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(s[i:])
		}
		escape := c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029' ||
			c == utf8.RuneError && size == 1
		if escape {
			out = appendEscape(append(out, s[start:i]...), c)
			start = i + size
		}
		i += size
	}
	return append(append(out, s[start:]...), '"')
}

func appendEscape(out []byte, c rune) []byte {
	switch c {
	case '"', '\\':
		return append(out, '\\', byte(c))
	case '\b':
		return append(out, '\\', 'b')
	case '\f':
		return append(out, '\\', 'f')
	case '\n':
		return append(out, '\\', 'n')
	case '\r':
		return append(out, '\\', 'r')
	case '\t':
		return append(out, '\\', 't')
	}
	const hex = "0123456789abcdef"
	return append(out, '\\', 'u', hex[c>>12&0xf], hex[c>>8&0xf], hex[c>>4&0xf], hex[c&0xf])
}
