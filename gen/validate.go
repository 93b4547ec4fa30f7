package gen

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ValidationError is what Validate found. Its text shows no recipient's data.
type ValidationError struct {
	// Violations are all findings, in the order of the request's lines.
	Violations []Violation
}

// Violation is one finding of Validate.
type Violation struct {
	// Field is the field's name in the API's JSON, as "externalId" or "amount.value".
	Field string

	// Index is the line's, from 0; -1 where the finding is about the request as a whole.
	Index int

	// ItemExternalID is the line's, where it has one.
	ItemExternalID string

	// Message says what was expected.
	Message string
}

// String names the field, the line and what was expected.
func (v Violation) String() string {
	if v.Index < 0 {
		return fmt.Sprintf("%s: %s", v.Field, v.Message)
	}
	return fmt.Sprintf("items[%d] (itemExternalId %q): %s: %s", v.Index, v.ItemExternalID, v.Field, v.Message)
}

// Error lists the first findings and counts the rest.
func (e *ValidationError) Error() string {
	const shown = 20
	var s strings.Builder
	fmt.Fprintf(&s, "invalid payout: %d found", len(e.Violations))
	for i, v := range e.Violations {
		if i == shown {
			fmt.Fprintf(&s, "; and %d more", len(e.Violations)-i)
			break
		}
		fmt.Fprintf(&s, "; %s", v)
	}
	return s.String()
}

// Validate checks the request against what the spec and its descriptions require, before it is sent: missing fields,
// values that the spec's enums do not have, a recipientName missing for an IBAN, amounts that are not positive or finer
// than two decimals, no lines, two lines under one itemExternalId, text that is not UTF-8. It returns nil or a
// [*ValidationError] with every finding.
//
// It checks no checksums of IBANs or identity numbers: those of iyzico's own examples do not hold.
func (r MassPayoutInitializeRequest) Validate() error {
	c := checker{index: -1}
	c.required("externalId", r.ExternalID)
	c.utf8("conversationId", r.ConversationID)
	if r.Purpose != "" && !r.Purpose.Valid() {
		c.add("purpose", oneOf(r.Purpose, PurposeSalary, PurposeBonus, PurposeSettlement, PurposeGoods, PurposeServices))
	}
	if len(r.Items) == 0 {
		c.add("items", "expected at least one line")
	}
	first := make(map[string]int, len(r.Items))
	for i, item := range r.Items {
		c.index, c.itemExternalID = i, item.ItemExternalID
		item.check(&c)
		if j, repeated := first[item.ItemExternalID]; repeated && item.ItemExternalID != "" {
			c.add("itemExternalId", fmt.Sprintf("expected one of its own; items[%d] has the same", j))
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
		c.utf8("recipientName", i.RecipientName)
	}
	c.required("description", i.Description)
	i.Amount.check(c)
}

func (a *Amount) check(c *checker) {
	switch {
	case tooLong(a.Value):
		c.add("amount.value", fmt.Sprintf("expected at most %d digits", maxDigits))
	case !a.Value.IsPositive():
		c.add("amount.value", "expected more than 0, in major units; got "+a.number())
	case !a.Value.Equal(a.Value.Truncate(2)):
		c.add("amount.value", "expected at most two decimals; got "+a.number())
	}
	if !a.Currency.Valid() {
		c.add("amount.currency", oneOf(a.Currency, CurrencyTRY, CurrencyUSD, CurrencyEUR))
	}
}

// checker collects findings about the request, or about one of its lines at a time.
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
		c.add(field, "required, but missing")
		return
	}
	c.utf8(field, value)
}

// utf8 finds a text that JSON cannot carry: encoding/json would replace the broken part without a word.
func (c *checker) utf8(field, value string) {
	if !utf8.ValidString(value) {
		c.add(field, "expected UTF-8")
	}
}

// oneOf says what was expected. What was got instead is not shown: it may be a recipient's data in the wrong field.
func oneOf[T ~string](got T, values ...T) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	expected := "expected one of " + strings.Join(names, ", ")
	if got == "" {
		return "required, but missing; " + expected
	}
	return expected
}
