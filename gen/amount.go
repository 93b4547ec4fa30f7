package gen

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen/internal/strictjson"
)

// digits is a decimal that marshals with every digit.
type digits decimal.Decimal

func (d digits) MarshalJSON() ([]byte, error) {
	return strictjson.AppendDecimal(nil, decimal.Decimal(d))
}

// FormatDecimal returns d in plain notation without trailing zeros: "100" for 100.00, "0.5" for 0.50, "1000" for 1E+3.
// Two decimals have one text exactly if they are equal, so that it can be compared, hashed and saved.
//
// It is what d.String returns unless the program sets decimal.TrimTrailingZeros or decimal.UseScientificNotation; those
// switches do not change it. Of more than a thousand digits it returns coefficient and exponent, such as "1E+2000".
func FormatDecimal(d decimal.Decimal) string {
	if d.IsZero() {
		return "0"
	}
	if strictjson.TooLong(d) {
		digits := d.Coefficient().String()
		trimmed := strings.TrimRight(digits, "0")
		exponent := int(d.Exponent()) + len(digits) - len(trimmed)
		if exponent < -strictjson.MaxDigits || exponent+len(trimmed) > strictjson.MaxDigits {
			return fmt.Sprintf("%sE%+d", trimmed, exponent)
		}
		d, _ = decimal.NewFromString(fmt.Sprintf("%sE%d", trimmed, exponent))
	}
	out, _ := strictjson.AppendDecimal(nil, d)
	if d.Exponent() < 0 {
		out = bytes.TrimSuffix(bytes.TrimRight(out, "0"), []byte{'.'})
	}
	return string(out)
}
