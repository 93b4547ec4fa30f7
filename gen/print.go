package gen

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Recipients are people. What holds their IBAN, identity number, phone or name prints masked, on one line of bounded
// length, in any verb of fmt and through log/slog: the kind of recipient and four characters at most. So do dumps that
// call String, GoString or Format (davecgh/go-spew, kr/pretty). encoding/json writes everything, because that is how it is sent; so do slog's JSON
// handler with a plain slice, a map or a struct that holds one of these types, fmt with a struct that holds one in an
// unexported field, fmt where it reports a wrong verb (%!p(…), %!w(…)), and dumps that call no method (k0kubun/pp, spew with DisableMethods).

// maxShownItems is how many items a line shows.
const maxShownItems = 10

// format is the Format of every type here: String, whatever the verb.
func format(f fmt.State, v fmt.Stringer) { _, _ = io.WriteString(f, v.String()) }

// list returns items in brackets, the first few of them.
func list[T fmt.Stringer](items []T) string {
	var s strings.Builder
	s.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			s.WriteByte(' ')
		}
		if i == maxShownItems {
			fmt.Fprintf(&s, "and %d more", len(items)-i)
			break
		}
		s.WriteString(item.String())
	}
	return s.String() + "]"
}

// fields returns the fields of a response that are set, by name, all that is text masked.
func fields(v any) string {
	var s strings.Builder
	s.WriteByte('{')
	of := reflect.ValueOf(v)
	for i := range of.NumField() {
		value := of.Field(i)
		if value.IsZero() {
			continue
		}
		if s.Len() > 1 {
			s.WriteByte(' ')
		}
		s.WriteString(of.Type().Field(i).Name + ":")
		switch value := value.Interface().(type) {
		case decimal.Decimal:
			s.WriteString(plain(value))
		case []InvalidItem:
			s.WriteString(list(value))
		case fmt.Stringer:
			s.WriteString(value.String())
		case int64:
			s.WriteString(strconv.FormatInt(value, 10))
		case int:
			s.WriteString(strconv.Itoa(value))
		default:
			s.WriteString(shown(reflect.ValueOf(value).String()))
		}
	}
	return s.String() + "}"
}

// plain returns d with every digit.
func plain(d decimal.Decimal) string {
	digits, err := appendPlain(nil, d)
	if err != nil {
		return fmt.Sprintf("(more than %d digits)", maxDigits)
	}
	if len(digits) > 100 {
		return string(digits[:100]) + "…"
	}
	return string(digits)
}

// recipient masks a kind that is none of the API's, too: it may be a recipient's data in the wrong field.
func recipient(kind RecipientType, info string) string {
	if !kind.Valid() {
		kind = RecipientType(maskRecipient(string(kind)))
	}
	return oneLine(string(kind) + " " + maskRecipient(info))
}

// Recipient returns the kind of recipient and at most the last four characters, such as "IBAN …1326": for people to read.
func (i MassPayoutItem) Recipient() string { return recipient(i.RecipientType, i.RecipientInfo) }

// Recipient returns the kind of recipient and at most the last four characters, such as "IBAN …1326": for people to read.
func (l MassPayoutItemDetail) Recipient() string { return recipient(l.RecipientType, l.RecipientInfo) }

// MassPayoutItems are the items of a request. A []MassPayoutItem can be used in its place, and the other way round.
type MassPayoutItems []MassPayoutItem

// MassPayoutItemDetails are items of a stored payout. A []MassPayoutItemDetail can be used in its place, and the other
// way round.
type MassPayoutItemDetails []MassPayoutItemDetail

// String returns the amount as sent and its currency, such as "48250.75 TRY".
func (a Amount) String() string { return plain(a.Value) + " " + shown(string(a.Currency)) }

// String returns what names the item, the kind of recipient and its last characters, and the amount.
func (i MassPayoutItem) String() string {
	return fmt.Sprintf("{item %s: %s, %s}", quote(i.ItemExternalID), i.Recipient(), i.Amount)
}

// String returns the first items, masked.
func (i MassPayoutItems) String() string { return list(i) }

// String returns the request with its first items, masked.
func (r MassPayoutInitializeRequest) String() string {
	return fmt.Sprintf("{payout %s, purpose %s, conversation %s, %d items: %s}",
		quote(r.ExternalID), quote(string(r.Purpose)), quote(r.ConversationID), len(r.Items), r.Items)
}

// String returns what names the item, its status, the kind of recipient and its last characters, the amounts, and why it
// was not paid.
func (l MassPayoutItemDetail) String() string {
	s := fmt.Sprintf("{item %s, reference %s, payout %s, %s: %s, %s + %s commission", quote(l.ItemExternalID),
		quote(string(l.ReferenceCode)), quote(string(l.MassPayoutRequestID)), shown(string(l.ItemStatus)), l.Recipient(),
		Amount{Value: l.TotalAmount, Currency: l.CurrencyCode}, Amount{Value: l.CommissionAmount, Currency: l.CurrencyCode})
	if reasons := l.Reasons(); len(reasons) > 0 {
		s += ": " + shown(strings.Join(reasons[:min(len(reasons), maxShownItems)], "; "))
	}
	return s + "}"
}

// String returns the first items, masked.
func (l MassPayoutItemDetails) String() string { return list(l) }

// String returns the item's ID, and iyzico's code and message, masked.
func (i InvalidItem) String() string {
	return fmt.Sprintf("{item %s refused: %s %s}", quote(i.ItemExternalID), shown(string(i.ErrorCode)), shown(i.ErrorMessage))
}

// String returns the fields that are set, masked.
func (p MassPayoutItemsPage) String() string { return fields(p) }

// String returns the fields that are set, masked.
func (s MassPayoutSummary) String() string { return fields(s) }

// String returns the fields that are set, masked.
func (r MassPayoutInitializeResponse) String() string { return fields(r) }

// String returns the fields that are set, masked.
func (r MassPayoutAuthResponse) String() string { return fields(r) }

// String returns the fields that are set, masked.
func (r MassPayoutBalanceResponse) String() string { return fields(r) }

// String returns the fields that are set, masked.
func (r MassPayoutRetrieveResponse) String() string { return fields(r) }

// String returns the fields that are set, masked.
func (r MassPayoutItemRetrieveResponse) String() string { return fields(r) }

// GoString returns String, for libraries that dump values.
func (i MassPayoutItem) GoString() string { return i.String() }

// GoString returns String, for libraries that dump values.
func (l MassPayoutItemDetail) GoString() string { return l.String() }

// GoString returns String, for libraries that dump values.
func (i InvalidItem) GoString() string { return i.String() }

// Format prints String for any verb.
func (i MassPayoutItem) Format(f fmt.State, _ rune) { format(f, i) }

// Format prints String for any verb.
func (i MassPayoutItems) Format(f fmt.State, _ rune) { format(f, i) }

// Format prints String for any verb.
func (r MassPayoutInitializeRequest) Format(f fmt.State, _ rune) { format(f, r) }

// Format prints String for any verb.
func (l MassPayoutItemDetail) Format(f fmt.State, _ rune) { format(f, l) }

// Format prints String for any verb.
func (l MassPayoutItemDetails) Format(f fmt.State, _ rune) { format(f, l) }

// Format prints String for any verb.
func (i InvalidItem) Format(f fmt.State, _ rune) { format(f, i) }

// Format prints String for any verb.
func (p MassPayoutItemsPage) Format(f fmt.State, _ rune) { format(f, p) }

// Format prints String for any verb.
func (s MassPayoutSummary) Format(f fmt.State, _ rune) { format(f, s) }

// Format prints String for any verb.
func (r MassPayoutInitializeResponse) Format(f fmt.State, _ rune) { format(f, r) }

// Format prints String for any verb.
func (r MassPayoutAuthResponse) Format(f fmt.State, _ rune) { format(f, r) }

// Format prints String for any verb.
func (r MassPayoutBalanceResponse) Format(f fmt.State, _ rune) { format(f, r) }

// Format prints String for any verb.
func (r MassPayoutRetrieveResponse) Format(f fmt.State, _ rune) { format(f, r) }

// Format prints String for any verb.
func (r MassPayoutItemRetrieveResponse) Format(f fmt.State, _ rune) { format(f, r) }

// LogValue returns String, for log/slog.
func (i MassPayoutItem) LogValue() slog.Value { return slog.StringValue(i.String()) }

// LogValue returns String, for log/slog.
func (i MassPayoutItems) LogValue() slog.Value { return slog.StringValue(i.String()) }

// LogValue returns String, for log/slog.
func (r MassPayoutInitializeRequest) LogValue() slog.Value { return slog.StringValue(r.String()) }

// LogValue returns String, for log/slog.
func (l MassPayoutItemDetail) LogValue() slog.Value { return slog.StringValue(l.String()) }

// LogValue returns String, for log/slog.
func (l MassPayoutItemDetails) LogValue() slog.Value { return slog.StringValue(l.String()) }

// LogValue returns String, for log/slog.
func (i InvalidItem) LogValue() slog.Value { return slog.StringValue(i.String()) }

// LogValue returns String, for log/slog.
func (p MassPayoutItemsPage) LogValue() slog.Value { return slog.StringValue(p.String()) }

// LogValue returns String, for log/slog.
func (s MassPayoutSummary) LogValue() slog.Value { return slog.StringValue(s.String()) }

// LogValue returns String, for log/slog.
func (r MassPayoutInitializeResponse) LogValue() slog.Value { return slog.StringValue(r.String()) }

// LogValue returns String, for log/slog.
func (r MassPayoutAuthResponse) LogValue() slog.Value { return slog.StringValue(r.String()) }

// LogValue returns String, for log/slog.
func (r MassPayoutBalanceResponse) LogValue() slog.Value { return slog.StringValue(r.String()) }

// LogValue returns String, for log/slog.
func (r MassPayoutRetrieveResponse) LogValue() slog.Value { return slog.StringValue(r.String()) }

// LogValue returns String, for log/slog.
func (r MassPayoutItemRetrieveResponse) LogValue() slog.Value { return slog.StringValue(r.String()) }
