package gen

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen/internal/strictjson"
)

// ValidationError is the error of Validate: all that it found. Its text shows no recipient's data.
type ValidationError struct {
	Violations []Violation // all findings, in the order of the request's items
}

// Violation is one finding of Validate.
type Violation struct {
	Field          string // the field's name in the API's JSON, such as "externalId" or "amount.value"
	Index          int    // the item's, from 0; -1 if the finding is about the request as a whole
	ItemExternalID string // the item's, if it has one
	Message        string // what the field must be
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
	problems := "1 problem"
	if n := len(e.Violations); n != 1 {
		problems = fmt.Sprintf("%d problems", n)
	}
	return "gen: invalid payout: " + problems + ": " + strings.Join(first(shown, e.Violations), "; ")
}

// Validate checks the request before it is sent, against what the spec and its descriptions require: missing fields,
// values that the spec's enums do not have, an IBAN without a recipientName, amounts that are not positive or have more
// than two decimals, no items, two items with one itemExternalId. In no text does it allow invalid UTF-8, white space
// at the ends, and characters that nobody sees and that make two equal texts different: control characters, line
// separators, marks of direction, and the replacement character U+FFFD. It returns nil or a [*ValidationError].
//
// It does not check what only iyzico can know or does not document: the checksums of IBANs and identity numbers (those
// of iyzico's own examples fail them), the form of phone numbers, whether a recipient exists, how long a text and how
// large an amount may be, how many items a payout may have, whether a currency suits the account, the balance, whether
// one recipient stands on two items, and whether ExternalID was used before. See
// [MassPayoutInitializeRequest.Warnings].
func (r MassPayoutInitializeRequest) Validate() error {
	c := checker{index: -1}
	r.check(&c)
	if len(r.Items) == 0 {
		c.add("items", "must have at least one item")
	}
	first := make(map[string]int, len(r.Items))
	for i := range r.Items {
		id := r.Items[i].ItemExternalID
		c.index, c.itemExternalID = i, id
		r.Items[i].check(&c)
		if j, repeated := first[id]; !repeated {
			first[id] = i
		} else if id != "" {
			c.add("itemExternalId", fmt.Sprintf("must be unique; items[%d] has the same one", j))
		}
	}
	if len(c.violations) == 0 {
		return nil
	}
	return &ValidationError{Violations: c.violations}
}

// checker collects findings about the request, or about one of its items at a time.
type checker struct {
	violations     []Violation
	index          int
	itemExternalID string
	in             string // in front of the field's name, such as "amount."
}

// add adds a finding, or none if the message is empty.
func (c *checker) add(field, message string) {
	if message != "" {
		c.violations = append(c.violations, Violation{c.in + field, c.index, c.itemExternalID, message})
	}
}

// oneOf finds a value that an enum does not have. It is not shown: it may be a recipient's data in the wrong field.
func (c *checker) oneOf(field, value string, valid bool, values string) {
	switch {
	case valid:
	case value == "":
		c.add(field, "is required; must be one of "+values)
	default:
		c.add(field, "must be one of "+values)
	}
}

func (c *checker) amount(field string, value decimal.Decimal) {
	switch {
	case strictjson.TooLong(value):
		c.add(field, fmt.Sprintf("must have at most %d digits", strictjson.MaxDigits))
	case !value.IsPositive():
		c.add(field, "must be greater than 0 (in major units), got "+plain(value))
	case value.Exponent() < -2 && !value.Equal(value.Truncate(2)):
		c.add(field, "must have at most two decimals, got "+plain(value))
	}
}

// text finds a text that is required but blank, and characters that a text must not have: what encoding/json would
// replace without a word, and what nobody sees.
func (c *checker) text(field, value string, required bool) {
	switch {
	case value != "" && strings.Trim(value, " ") == value && strings.IndexFunc(value, special) < 0:
	case required && strings.TrimSpace(value) == "":
		c.add(field, "is required")
	case !utf8.ValidString(value):
		c.add(field, "must be valid UTF-8")
	case strings.TrimFunc(value, unseen) != value:
		c.add(field, "must have no white space and no invisible character at its ends")
	default:
		for _, r := range value {
			if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
				c.add(field, fmt.Sprintf(
					"must have no control characters, marks of direction and replacement characters, got %U", r))
				return
			}
		}
	}
}

// special reports whether r is none of ASCII and the Latin letters. A text without such a character, as most are, needs
// no closer look, which would cost more than all else of Validate.
func special(r rune) bool { return (r < ' ' || '~' < r) && (r < 'À' || 'ſ' < r) }

// jsonBody is a request that is sent. The generated methods write it byte for byte as json.Marshal would, which reads
// the output of every Amount.MarshalJSON a second time: that costs more than all the rest. The tests compare the two.
type jsonBody interface {
	appendJSON(out []byte) ([]byte, error)
	readJSON(r *strictjson.Reader) error
}

// encodeJSON encodes a request's body, which is lost if that fails. Text that is not UTF-8 is an error: JSON cannot
// carry it. So is an ID that iyzico cannot have given: not even an empty one is left for the server to judge.
func encodeJSON(body jsonBody) ([]byte, error) {
	size := 128 // about, so that the memory is asked for once
	if r, ok := body.(*MassPayoutInitializeRequest); ok {
		size += len(r.Items) * 256
	}
	out, err := body.appendJSON(make([]byte, 0, size))
	if err == nil && !utf8.Valid(out) {
		err = strictjson.Read(out, strictjson.Options{Strict: true}, body.readJSON) // names the text
	}
	return out, err
}

// digits is a decimal that marshals with every digit.
type digits decimal.Decimal

func (d digits) MarshalJSON() ([]byte, error) {
	return strictjson.AppendDecimal(nil, decimal.Decimal(d))
}

// object is what the template makes a reader for.
type object[T any] interface {
	*T
	readJSON(r *strictjson.Reader) error
}

func readItems[S ~[]T, T any, P object[T]](r *strictjson.Reader, into *S) error {
	return strictjson.Array(r, into, func(item *T) error { return P(item).readJSON(r) })
}

// unmarshal is the UnmarshalJSON of the types that encoding/json would read with less care.
func unmarshal[T any, P object[T]](data []byte, into P, name string, strict bool) error {
	var read *T // nil after null, which by convention changes nothing
	err := strictjson.Read(data, strictjson.Options{Strict: strict}, func(r *strictjson.Reader) error {
		read = new(T)
		return P(read).readJSON(r)
	})
	if m, ok := err.(*strictjson.Mismatch); ok && m.Unknown != "" {
		m.Want = "has the unknown field " + quote(mask(m.Unknown))
	}
	if err != nil {
		return fmt.Errorf("gen: %w", strictjson.In(name, err))
	}
	if read != nil {
		*into = *read
	}
	return nil
}
