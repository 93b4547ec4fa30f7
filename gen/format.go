package gen

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Recipients are people. What holds their IBAN, identity number, phone or name prints masked, in any verb of fmt and
// through log/slog: the kind of recipient and four characters at most. encoding/json writes everything, for that is how
// it is sent; so do slog's JSON handler with a plain slice, a map or a struct that holds one of them, fmt with a struct
// that holds one in an unexported field, and fmt where it reports a wrong verb, as %!p(…) or %!w(…), for then it calls no
// method.

// String is the line without its recipient: what names it, the kind of recipient and the last characters, the amount.
func (i MassPayoutItem) String() string {
	return fmt.Sprintf("{item %q: %s, %s}", i.ItemExternalID, i.Recipient(), i.Amount)
}

// Recipient is the kind of recipient and at most the last four characters, as "IBAN …1326": for people to read.
func (i MassPayoutItem) Recipient() string { return recipient(i.RecipientType, i.RecipientInfo) }

// Format prints String for any verb.
func (i MassPayoutItem) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, i.String()) }

// LogValue is String, for log/slog.
func (i MassPayoutItem) LogValue() slog.Value { return slog.StringValue(i.String()) }

// recipient masks a kind that is none of the API's, too: it may be a recipient's data in the wrong field.
func recipient(kind RecipientType, info string) string {
	if !kind.Valid() {
		kind = RecipientType(maskRecipient(string(kind)))
	}
	return string(kind) + " " + maskRecipient(info)
}

// MassPayoutItems are lines to be sent. A []MassPayoutItem can be used in its place, and the other way round.
type MassPayoutItems []MassPayoutItem

// LogValue is the lines masked, for log/slog, whose JSON handler would write a plain slice as it is sent.
func (i MassPayoutItems) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprint([]MassPayoutItem(i)))
}

// MassPayoutItemDetails are lines of a stored payout. A []MassPayoutItemDetail can be used in its place, and the other way round.
type MassPayoutItemDetails []MassPayoutItemDetail

// LogValue is the lines masked, for log/slog, whose JSON handler would write a plain slice as it came.
func (l MassPayoutItemDetails) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprint([]MassPayoutItemDetail(l)))
}

// String is the amount as sent and its currency, as "48250.75 TRY".
func (a Amount) String() string { return a.number() + " " + string(a.Currency) }

// number is the value as sent.
func (a Amount) number() string {
	value, err := appendPlain(nil, a.Value)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return string(value)
}

// Format prints the request with its lines masked, for any verb.
func (r MassPayoutInitializeRequest) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, r.String())
}

// String is the request with its lines masked.
func (r MassPayoutInitializeRequest) String() string {
	return fmt.Sprintf("{payout %q, purpose %q, conversation %q, %d lines: %v}",
		r.ExternalID, r.Purpose, r.ConversationID, len(r.Items), r.Items)
}

// LogValue is String, for log/slog.
func (r MassPayoutInitializeRequest) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String is the line without its recipient: what names it, where it stands, the kind of recipient and the last
// characters, the amount, and why it was not paid.
func (l MassPayoutItemDetail) String() string {
	s := fmt.Sprintf("{line %q, reference %q, payout %q, %s: %s, %s + %s commission", l.ItemExternalID, l.ReferenceCode,
		l.MassPayoutRequestID, l.ItemStatus, l.Recipient(),
		Amount{Value: l.TotalAmount, Currency: l.CurrencyCode}, Amount{Value: l.CommissionAmount, Currency: l.CurrencyCode})
	if reasons := l.Reasons(); len(reasons) > 0 {
		s += ": " + maskDigits(strings.Join(reasons, "; "))
	}
	return s + "}"
}

// Recipient is the kind of recipient and at most the last four characters, as "IBAN …1326": for people to read.
func (l MassPayoutItemDetail) Recipient() string { return recipient(l.RecipientType, l.RecipientInfo) }

// Format prints String for any verb.
func (l MassPayoutItemDetail) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, l.String()) }

// LogValue is String, for log/slog.
func (l MassPayoutItemDetail) LogValue() slog.Value { return slog.StringValue(l.String()) }

// Format prints the page with its lines masked.
func (p MassPayoutItemsPage) Format(f fmt.State, verb rune) {
	// Without a Format of its own, a pointer to a page inside of something else would be a wrong verb for most verbs.
	type fields MassPayoutItemsPage
	fmt.Fprintf(f, fmt.FormatString(f, verb), fields(p))
}

// LogValue is what Format prints for %+v, for log/slog.
func (p MassPayoutItemsPage) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", p)) }

// Format prints the answer with its lines and iyzico's message masked.
func (r MassPayoutRetrieveResponse) Format(f fmt.State, verb rune) {
	type fields MassPayoutRetrieveResponse // without this method
	r.ErrorMessage = maskDigits(r.ErrorMessage)
	fmt.Fprintf(f, fmt.FormatString(f, verb), fields(r))
}

// LogValue is what Format prints for %+v, for log/slog.
func (r MassPayoutRetrieveResponse) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%+v", r))
}

// Format prints the answer with its line and iyzico's message masked.
func (r MassPayoutItemRetrieveResponse) Format(f fmt.State, verb rune) {
	type fields MassPayoutItemRetrieveResponse // without this method
	r.ErrorMessage = maskDigits(r.ErrorMessage)
	fmt.Fprintf(f, fmt.FormatString(f, verb), fields(r))
}

// LogValue is what Format prints for %+v, for log/slog.
func (r MassPayoutItemRetrieveResponse) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%+v", r))
}

// String is the refused line's name, and iyzico's code and message, in which runs of digits are masked.
func (i InvalidItem) String() string {
	return fmt.Sprintf("{item %q refused: %s %s}", i.ItemExternalID, i.ErrorCode, maskDigits(i.ErrorMessage))
}

// Format prints String for any verb.
func (i InvalidItem) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, i.String()) }

// LogValue is String, for log/slog.
func (i InvalidItem) LogValue() slog.Value { return slog.StringValue(i.String()) }

// Format prints the answer with iyzico's messages masked.
func (r MassPayoutInitializeResponse) Format(f fmt.State, verb rune) {
	type fields MassPayoutInitializeResponse // without this method
	r.ErrorMessage = maskDigits(r.ErrorMessage)
	fmt.Fprintf(f, fmt.FormatString(f, verb), fields(r))
}

// LogValue is what Format prints for %+v, for log/slog.
func (r MassPayoutInitializeResponse) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%+v", r))
}
