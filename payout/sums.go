package payout

import (
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// Sums are exact sums of money, one per currency.
type Sums map[gen.Currency]decimal.Decimal

// Currencies lists the currencies, sorted. More than one: there is no total but one per currency.
func (s Sums) Currencies() []gen.Currency { return slices.Sorted(maps.Keys(s)) }

// String is the sums with their currencies, as "1500.50 TRY, 20 USD".
func (s Sums) String() string {
	texts := make([]string, 0, len(s))
	for _, currency := range s.Currencies() {
		texts = append(texts, gen.Amount{Value: s[currency], Currency: currency}.String())
	}
	if len(texts) == 0 {
		return "nothing"
	}
	return strings.Join(texts, ", ")
}

func (s Sums) add(currency gen.Currency, amount decimal.Decimal) {
	s[currency] = s[currency].Add(amount)
}
