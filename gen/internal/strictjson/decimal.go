package strictjson

import (
	"bytes"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// MaxDigits bounds the digits of a decimal in plain notation. It keeps a stray exponent such as 1e999999999 from
// filling the memory, and is far beyond any sum of money.
const MaxDigits = 1000

var zeros = strings.Repeat("0", MaxDigits)

// TooLong reports whether d, written out, has more than MaxDigits digits before or after the point.
func TooLong(d decimal.Decimal) bool {
	exponent := int(d.Exponent())
	return exponent < -MaxDigits || exponent > MaxDigits || d.NumDigits()+exponent > MaxDigits
}

// AppendDecimal appends d in plain notation, with the digits that it has. It uses none of decimal's own formatting,
// which obeys the switches decimal.TrimTrailingZeros and decimal.UseScientificNotation.
func AppendDecimal(out []byte, d decimal.Decimal) ([]byte, error) {
	if TooLong(d) {
		return nil, tooManyDigits()
	}
	digits := strconv.AppendInt(make([]byte, 0, 20), d.CoefficientInt64(), 10)
	if d.NumDigits() > 18 { // it may not fit in an int64
		digits = d.Coefficient().Append(nil, 10)
	}
	if d.IsNegative() {
		out, digits = append(out, '-'), digits[1:]
	}
	point := len(digits) + int(d.Exponent())
	switch {
	case d.IsZero() && point > 0: // 0E+3 is 0
		return append(out, '0'), nil
	case point <= 0:
		out = append(append(out, "0."...), zeros[:-point]...)
		return append(out, digits...), nil
	case point < len(digits):
		out = append(append(out, digits[:point]...), '.')
		return append(out, digits[point:]...), nil
	default:
		return append(append(out, digits...), zeros[:point-len(digits)]...), nil
	}
}

// parseDecimal reads a JSON number. decimal.NewFromString obeys the switch decimal.MaxDecodeExponent.
func parseDecimal(raw []byte, into *decimal.Decimal) error {
	if len(raw) == 0 || numberLength(raw) != len(raw) {
		return mustBe("a number such as 100.50")
	}
	mantissa, power := raw, 0
	if i := max(bytes.IndexByte(raw, 'e'), bytes.IndexByte(raw, 'E')); i >= 0 {
		mantissa = raw[:i]
		power, _ = strconv.Atoi(string(raw[i+1:])) // the nearest int, if it does not fit in one
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte{'.'})
	exponent := power - len(fraction)
	if len(raw) > len("-.e-1000")+2*MaxDigits || exponent < -MaxDigits || exponent > MaxDigits {
		return tooManyDigits()
	}
	digits := append(append(make([]byte, 0, 24), whole...), fraction...)
	coefficient, err := strconv.ParseInt(string(digits), 10, 64)
	value := decimal.New(coefficient, int32(exponent))
	if err != nil { // it does not fit in an int64
		large, _ := new(big.Int).SetString(string(digits), 10)
		value = decimal.NewFromBigInt(large, int32(exponent))
	}
	if TooLong(value) {
		return tooManyDigits()
	}
	*into = value
	return nil
}

func tooManyDigits() *Mismatch {
	return &Mismatch{Want: fmt.Sprintf("has more than %d digits", MaxDigits)}
}
