package payout

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// number marshals a decimal as a JSON number with every digit; by itself it marshals as text.
type number decimal.Decimal

func (n number) MarshalJSON() ([]byte, error) {
	d := decimal.Decimal(n)
	return []byte(d.StringFixed(max(0, -d.Exponent()))), nil
}

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
	numbers := make(map[gen.Currency]number, len(t))
	for currency, amount := range t {
		numbers[currency] = number(amount)
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
		Amount     number `json:"amount"`
		Commission number `json:"commission"`
	}{plain(t), number(t.Amount), number(t.Commission)})
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
