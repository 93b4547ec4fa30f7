package emulator

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// An amount has at most this many digits, and an exponent no larger. iyzico
// documents no limit; this one keeps 1e999999999 from filling the memory.
const maxDigits = 30

// parseAmount reads the literal of a JSON number without losing a digit.
func parseAmount(literal string) (decimal.Decimal, bool) {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(literal), "e")
	if len(mantissa) > maxDigits+2 { // a sign and a point beside the digits
		return decimal.Decimal{}, false
	}
	if exponent != "" {
		e, err := strconv.Atoi(exponent)
		if err != nil || e > maxDigits || e < -maxDigits {
			return decimal.Decimal{}, false
		}
	}
	d, err := decimal.NewFromString(literal)
	return d, err == nil
}

// twoDecimals tells whether the value is no finer than the hundredth;
// zeros after it do no harm.
func twoDecimals(d decimal.Decimal) bool { return d.Equal(d.Truncate(2)) }

// number writes the amount as a bare JSON number with its scale, 100.50 as
// 100.50, whatever the switches of package decimal say.
func number(d decimal.Decimal) json.Number {
	return json.Number(d.StringFixed(max(0, -d.Exponent())))
}
