package gen

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen/internal/strictjson"
)

// MarshalJSON writes the amount as the API reads it: the value as a bare JSON number with every digit, trailing zeros
// included, never in exponent form. decimal's own encoding quotes numbers unless decimal.MarshalJSONWithoutQuotes, a global
// variable, is set; this one depends on no global variable.
//
// It fails for a value of more than a thousand digits.
func (a Amount) MarshalJSON() ([]byte, error) {
	// The receiver is a value, so that an Amount encodes alike in a field, by itself and behind a pointer.
	w := strictjson.Writer{Out: make([]byte, 0, 64)}
	if a.writeJSON(&w); w.Err != nil {
		return nil, fmt.Errorf("gen: %w", strictjson.In("amount", w.Err))
	}
	return w.Out, nil
}

// UnmarshalJSON reads what MarshalJSON writes, and also a quoted value or one in exponent form. No digit is lost. An
// absent or null value becomes zero, which Validate reports.
//
// It fails for a value that is not a number or has more than a thousand digits, for a field that is there twice, and for
// one that the API does not have. The error does not quote the input. Do not use what holds an amount that failed: what
// encoding/json does with the fields behind it differs between Go 1.26 and 1.27.
func (a *Amount) UnmarshalJSON(data []byte) error { return unmarshal(data, a, "amount", true) }

// number is a decimal that marshals as Amount's does.
type number decimal.Decimal

func (n number) MarshalJSON() ([]byte, error) {
	return strictjson.AppendDecimal(nil, decimal.Decimal(n))
}

// FormatDecimal returns d in plain notation without trailing zeros: "100" for 100.00, "0.5" for 0.50, "1000" for 1E+3. Two
// decimals have one text exactly if they are equal, so that it can be compared, hashed and saved.
//
// It is what d.String returns unless the program sets decimal.TrimTrailingZeros or decimal.UseScientificNotation; those
// switches do not change it. Of more than a thousand digits it returns the coefficient and the exponent, such as
// "1E+2000".
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
