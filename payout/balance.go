package payout

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// balanceCurrency is the currency that the balance is read as: iyzico documents none beside it.
const balanceCurrency = gen.CurrencyTRY

// CheckBalance reads the balance and compares it with need. It is read as lira, and other currencies are not compared:
// whether they suffice, iyzico decides. The error is a [*BalanceError] if it is too small.
func CheckBalance(ctx context.Context, client Client, need Sums) (decimal.Decimal, error) {
	answer, err := client.RetrieveMassPayoutBalance(ctx)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("reading the balance: %w", err)
	}
	if needed, ok := need[balanceCurrency]; ok && needed.GreaterThan(answer.Balance) {
		return answer.Balance, &BalanceError{Need: need, Balance: answer.Balance}
	}
	return answer.Balance, nil
}
