package gen

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ValidationError is the error of Validate: all that it found. Its text shows no recipient's data.
type ValidationError struct {
	// Violations are all findings, in the order of the request's items.
	Violations []Violation
}

// Violation is one finding of Validate.
type Violation struct {
	// Field is the field's name in the API's JSON, such as "externalId" or "amount.value".
	Field string

	// Index is the item's, from 0; -1 if the finding is about the request as a whole.
	Index int

	// ItemExternalID is the item's, if it has one.
	ItemExternalID string

	// Message says what the field must be.
	Message string
}

// String names the field and the item, and says what the field must be.
func (v Violation) String() string {
	if v.Index < 0 {
		return fmt.Sprintf("%s: %s", v.Field, v.Message)
	}
	return fmt.Sprintf("items[%d] (itemExternalId %s): %s: %s", v.Index, quote(v.ItemExternalID), v.Field, v.Message)
}

// Error lists the first findings and counts the rest.
func (e *ValidationError) Error() string {
	const shown = 20
	var s strings.Builder
	s.WriteString("gen: invalid payout: 1 problem")
	if n := len(e.Violations); n != 1 {
		s.Reset()
		fmt.Fprintf(&s, "gen: invalid payout: %d problems", n)
	}
	for i, v := range e.Violations {
		if i == shown {
			fmt.Fprintf(&s, "; and %d more", len(e.Violations)-i)
			break
		}
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		s.WriteString(separator + v.String())
	}
	return s.String()
}

// Validate checks the request before it is sent, against what the spec and its descriptions require: missing fields,
// values that the spec's enums do not have, an IBAN without a recipientName, amounts that are not positive or have more
// than two decimals, no items, two items with one itemExternalId. In no text it allows invalid UTF-8, white space at the
// ends, and characters that nobody sees and that make two equal texts different: control characters, line separators,
// marks of direction, and the replacement character U+FFFD. It returns nil or a [*ValidationError] with every problem.
//
// It does not check what only iyzico can know or does not document: the checksums of IBANs and identity numbers (those of
// iyzico's own examples fail them), the form of phone numbers, whether a recipient exists, how long a text and how large
// an amount may be, how many items a payout may have, whether a currency suits the account, the balance, whether one
// recipient stands on two items, and whether ExternalID was used before. [MassPayoutInitializeRequest.Warnings] looks for
// what is mistyped.
func (r MassPayoutInitializeRequest) Validate() error {
	c := checker{index: -1}
	c.required("externalId", r.ExternalID)
	c.text("conversationId", r.ConversationID)
	if r.Purpose != "" && !r.Purpose.Valid() {
		c.add("purpose", oneOf(r.Purpose, PurposeSalary, PurposeBonus, PurposeSettlement, PurposeGoods, PurposeServices))
	}
	if len(r.Items) == 0 {
		c.add("items", "must have at least one item")
	}
	first := make(map[string]int, len(r.Items))
	for i, item := range r.Items {
		c.index, c.itemExternalID = i, item.ItemExternalID
		item.check(&c)
		if j, repeated := first[item.ItemExternalID]; repeated && item.ItemExternalID != "" {
			c.add("itemExternalId", fmt.Sprintf("must be unique; items[%d] has the same one", j))
		} else {
			first[item.ItemExternalID] = i
		}
	}
	if len(c.violations) == 0 {
		return nil
	}
	return &ValidationError{Violations: c.violations}
}

func (i *MassPayoutItem) check(c *checker) {
	c.required("itemExternalId", i.ItemExternalID)
	if !i.RecipientType.Valid() {
		c.add("recipientType", oneOf(i.RecipientType,
			RecipientTypePhone, RecipientTypeIBAN, RecipientTypeIdentityNumber, RecipientTypeMemberID))
	}
	c.required("recipientInfo", i.RecipientInfo)
	if i.RecipientType == RecipientTypeIBAN {
		c.required("recipientName", i.RecipientName)
	} else {
		c.text("recipientName", i.RecipientName)
	}
	c.required("description", i.Description)
	i.Amount.check(c)
}

func (a *Amount) check(c *checker) {
	switch {
	case tooLong(a.Value):
		c.add("amount.value", fmt.Sprintf("must have at most %d digits", maxDigits))
	case !a.Value.IsPositive():
		c.add("amount.value", "must be greater than 0 (in major units), got "+plain(a.Value))
	case !a.Value.Equal(a.Value.Truncate(2)):
		c.add("amount.value", "must have at most two decimals, got "+plain(a.Value))
	}
	if !a.Currency.Valid() {
		c.add("amount.currency", oneOf(a.Currency, CurrencyTRY, CurrencyUSD, CurrencyEUR))
	}
}

// checker collects findings about the request, or about one of its items at a time.
type checker struct {
	violations     []Violation
	index          int
	itemExternalID string
}

func (c *checker) add(field, message string) {
	c.violations = append(c.violations, Violation{
		Field: field, Index: c.index, ItemExternalID: c.itemExternalID, Message: message,
	})
}

// required finds a field that is missing or blank.
func (c *checker) required(field, value string) {
	if strings.TrimSpace(value) == "" {
		c.add(field, "is required")
		return
	}
	c.text(field, value)
}

// text finds characters that a text must not have: what encoding/json would replace without a word, and what nobody sees.
func (c *checker) text(field, value string) {
	if !utf8.ValidString(value) {
		c.add(field, "must be valid UTF-8")
		return
	}
	if strings.TrimFunc(value, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }) != value {
		c.add(field, "must have no white space and no invisible character at its ends")
		return
	}
	for _, r := range value {
		if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			c.add(field, fmt.Sprintf("must have no control characters, marks of direction and replacement characters, got %U", r))
			return
		}
	}
}

// oneOf says what was expected. What was got instead is not shown: it may be a recipient's data in the wrong field.
func oneOf[T ~string](got T, values ...T) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	expected := "must be one of " + strings.Join(names, ", ")
	if got == "" {
		return "is required; " + expected
	}
	return expected
}

// UnmarshalJSON reads a request, as from a file. Beside what is no JSON it refuses what json.Unmarshal would read in one
// of two ways, or leave out without a word: a field that is there twice or in another spelling ("Items"), a field that
// the API does not have, text that is not UTF-8, an amount of more than a thousand digits. null changes nothing.
func (r *MassPayoutInitializeRequest) UnmarshalJSON(data []byte) error {
	return unmarshal(data, r, "", true)
}

// UnmarshalJSON reads an item as that of [MassPayoutInitializeRequest] reads it.
func (i *MassPayoutItem) UnmarshalJSON(data []byte) error { return unmarshal(data, i, "item", true) }

// encodeJSON encodes a request's body. Text that is not UTF-8 is an error: JSON cannot carry it.
//
// The one request that grows with its items is encoded by hand, byte for byte as json.Marshal would encode it (the tests
// compare the two, and fail for a field that is forgotten here): encoding/json reads the output of every
// Amount.MarshalJSON a second time, which costs more than all the rest.
func encodeJSON(body any) ([]byte, error) {
	switch r := body.(type) {
	case MassPayoutInitializeRequest:
		out, err := r.appendJSON(nil)
		if err == nil && !utf8.Valid(out) {
			return nil, r.notUTF8()
		}
		return out, err
	case MassPayoutAuthRequest: // moves money: not even an empty id is left for the server to judge
		if _, err := r.RequestID.MarshalText(); err != nil {
			return nil, err
		}
	case MassPayoutRetrieveRequest:
		if !utf8.ValidString(r.ExternalMassPayoutID + string(r.ItemType)) {
			return nil, &mismatch{path: "externalMassPayoutId", want: "is not valid UTF-8"}
		}
	}
	return json.Marshal(body)
}

// notUTF8 returns an error that names the first text that is not UTF-8; nil if there is none.
func (r *MassPayoutInitializeRequest) notUTF8() error {
	bad := func(path string) error { return &mismatch{path: path, want: "is not valid UTF-8"} }
	switch {
	case !utf8.ValidString(r.ExternalID):
		return bad("externalId")
	case !utf8.ValidString(r.ConversationID):
		return bad("conversationId")
	case !utf8.ValidString(string(r.Purpose)):
		return bad("purpose")
	}
	for i := range r.Items {
		item := &r.Items[i]
		field := ""
		switch {
		case !utf8.ValidString(item.ItemExternalID):
			field = "itemExternalId"
		case !utf8.ValidString(string(item.RecipientType)):
			field = "recipientType"
		case !utf8.ValidString(item.RecipientInfo):
			field = "recipientInfo"
		case !utf8.ValidString(item.RecipientName):
			field = "recipientName"
		case !utf8.ValidString(item.Description):
			field = "description"
		case !utf8.ValidString(string(item.Amount.Currency)):
			field = "amount.currency"
		default:
			continue
		}
		return bad(fmt.Sprintf("items[%d].%s", i, field))
	}
	return nil
}

func (r *MassPayoutInitializeRequest) appendJSON(out []byte) ([]byte, error) {
	const head, item = 128, 256 // about their lengths, so that the memory is asked for once
	out = slices.Grow(out, head+len(r.Items)*item)
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
				return nil, in("items["+strconv.Itoa(i)+"]", err)
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
		return nil, in("amount", err)
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
	if err != nil {
		return nil, in("value", err)
	}
	return append(out, '}'), nil
}

// escaped are the bytes that encoding/json escapes, or that begin a character that it does.
var escaped = func() (table [256]bool) {
	for c := range ' ' {
		table[c] = true
	}
	for _, c := range []byte{'"', '\\', '<', '>', '&', "\u2028"[0]} {
		table[c] = true
	}
	return table
}()

// appendString appends s as a JSON string, with the escapes that encoding/json uses. What is not UTF-8 it leaves so.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	start := 0 // of what is to be copied as it is
	for i := 0; i < len(s); i++ {
		if !escaped[s[i]] {
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if c >= utf8.RuneSelf && c != '\u2028' && c != '\u2029' {
			continue
		}
		out = appendEscape(append(out, s[start:i]...), c)
		i += size - 1
		start = i + 1
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
