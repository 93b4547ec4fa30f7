package payout

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// jsonNumber marshals a decimal as a JSON number with every digit; by itself it marshals as text.
type jsonNumber decimal.Decimal

func (n jsonNumber) MarshalJSON() ([]byte, error) {
	d := decimal.Decimal(n)
	return []byte(d.StringFixed(max(0, -d.Exponent()))), nil
}

// Item is the outcome of one item of the request.
type Item struct {
	ItemExternalID string            `json:"itemExternalId"`
	ReferenceCode  gen.ReferenceCode `json:"referenceCode,omitempty"`

	// Status is iyzico's; empty if it is not known. Its method Funds returns where the money is.
	Status gen.ItemStatus `json:"status"`

	// Amount is the request's, in major units. Commission is iyzico's.
	Amount     gen.Amount      `json:"amount"`
	Commission decimal.Decimal `json:"commission"`

	// Code is iyzico's code of the refusal, if the response to init had one.
	Code gen.ErrorCode `json:"code,omitempty"`

	// RefusedLate is set if the item is INVALID and is not known to have been refused before our auth: its money may have
	// moved.
	RefusedLate bool `json:"refusedLate,omitempty"`

	// Reasons says why the item was refused or not paid, in iyzico's words. They may name the recipient: show them to
	// people who may see the payout, but do not log them. They are not printed, and JSON has them only within a *Result.
	Reasons []string `json:"reasons,omitempty"`
}

// MarshalJSON implements [json.Marshaler]. Reasons are left out.
func (i Item) MarshalJSON() ([]byte, error) {
	i.Reasons = nil
	return json.Marshal(wholeItem{i})
}

// wholeItem is an item with iyzico's reasons, as the JSON of a *Result has it.
type wholeItem struct{ Item }

func (w wholeItem) MarshalJSON() ([]byte, error) {
	type fields Item
	return json.Marshal(struct {
		fields
		ReferenceCode string     `json:"referenceCode,omitempty"`
		Commission    jsonNumber `json:"commission"`
	}{fields(w.Item), string(w.ReferenceCode), jsonNumber(w.Commission)})
}

// String returns the item without iyzico's reasons.
func (i Item) String() string {
	return fmt.Sprintf("{item %q: %s, %s, %s + %s commission, %d reasons}", i.ItemExternalID, i.Status, i.Status.Funds(),
		i.Amount, gen.Amount{Value: i.Commission, Currency: i.Amount.Currency}, len(i.Reasons))
}

// Format prints String for any verb.
func (i Item) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, i.String()) }

// LogValue returns String, for [log/slog].
func (i Item) LogValue() slog.Value { return slog.StringValue(i.String()) }

// update copies iyzico's view of the item.
func (i *Item) update(shown *gen.MassPayoutItemDetail) {
	i.ReferenceCode, i.Status = shown.ReferenceCode, shown.ItemStatus
	i.Commission, i.Reasons = shown.CommissionAmount, shown.Reasons()
}

// balanceCurrency is the currency that the balance is read as: iyzico documents none beside it.
const balanceCurrency = gen.CurrencyTRY

// Totals are exact sums of money in major units, one per currency.
type Totals map[gen.Currency]decimal.Decimal

// Currencies lists the currencies, sorted. If there is more than one, there is no single total.
func (t Totals) Currencies() []gen.Currency { return slices.Sorted(maps.Keys(t)) }

// String returns the sums with their currencies, such as "1500.50 TRY, 20 USD".
func (t Totals) String() string {
	texts := make([]string, 0, len(t))
	for _, currency := range t.Currencies() {
		texts = append(texts, gen.Amount{Value: t[currency], Currency: currency}.String())
	}
	if len(texts) == 0 {
		return "nothing"
	}
	return strings.Join(texts, ", ")
}

// MarshalJSON implements [json.Marshaler]. Amounts are numbers.
func (t Totals) MarshalJSON() ([]byte, error) {
	numbers := make(map[gen.Currency]jsonNumber, len(t))
	for currency, amount := range t {
		numbers[currency] = jsonNumber(amount)
	}
	return json.Marshal(numbers)
}

func (t Totals) add(currency gen.Currency, amount decimal.Decimal) {
	t[currency] = t[currency].Add(amount)
}

// Tally is how many items are in one status, in one currency, and their exact sums in major units.
type Tally struct {
	Status     gen.ItemStatus  `json:"status"`
	Currency   gen.Currency    `json:"currency"`
	Items      int             `json:"items"`
	Amount     decimal.Decimal `json:"amount"`
	Commission decimal.Decimal `json:"commission"`
}

// MarshalJSON implements [json.Marshaler]. Amounts are numbers.
func (t Tally) MarshalJSON() ([]byte, error) {
	type plain Tally
	return json.Marshal(struct {
		plain
		Amount     jsonNumber `json:"amount"`
		Commission jsonNumber `json:"commission"`
	}{plain(t), jsonNumber(t.Amount), jsonNumber(t.Commission)})
}

// Tallies are sorted by currency and status.
type Tallies []Tally

// Items returns how many items have their funds in the given state.
func (t Tallies) Items(funds gen.Funds) (items int) {
	for _, tally := range t {
		if tally.Status.Funds() == funds {
			items += tally.Items
		}
	}
	return items
}

// Totals returns the amounts of the items that have their funds in the given state.
func (t Tallies) Totals(funds gen.Funds) Totals {
	totals := Totals{}
	for _, tally := range t {
		if tally.Status.Funds() == funds {
			totals.add(tally.Currency, tally.Amount)
		}
	}
	return totals
}

// String returns one line of text: "3 SUCCESS 1500.50 TRY, 1 PROCESSING 20 TRY".
func (t Tallies) String() string {
	texts := make([]string, len(t))
	for i, tally := range t {
		texts[i] = fmt.Sprintf("%d %s %s", tally.Items, cmp.Or(tally.Status, "without a status"),
			gen.Amount{Value: tally.Amount, Currency: tally.Currency})
	}
	return strings.Join(texts, ", ")
}

// count adds an item.
func (t *Tallies) count(status gen.ItemStatus, currency gen.Currency, amount, commission decimal.Decimal) {
	i, found := slices.BinarySearchFunc(*t, Tally{Status: status, Currency: currency}, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Status, b.Status))
	})
	if !found {
		*t = slices.Insert(*t, i, Tally{Status: status, Currency: currency})
	}
	tally := &(*t)[i]
	tally.Items++
	tally.Amount = tally.Amount.Add(amount)
	tally.Commission = tally.Commission.Add(commission)
}
