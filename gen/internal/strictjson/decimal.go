package strictjson

import (
	"bytes"
	"fmt"
	"math/big"
	"strconv"

	"github.com/shopspring/decimal"
)

// MaxDigits bounds the digits of a decimal in plain notation. It keeps a stray exponent such as 1e999999999 from filling
// the memory, and is far beyond any sum of money.
const MaxDigits = 1000

// TooLong reports whether d, written out, has more than MaxDigits digits before or after the point.
func TooLong(d decimal.Decimal) bool {
	exponent := int(d.Exponent())
	return exponent < -MaxDigits || exponent > MaxDigits || d.NumDigits()+exponent > MaxDigits
}

// AppendDecimal appends d in plain notation, with the digits that it has. It uses none of decimal's own formatting, which
// obeys the switches decimal.TrimTrailingZeros and decimal.UseScientificNotation.
func AppendDecimal(out []byte, d decimal.Decimal) ([]byte, error) {
	if TooLong(d) {
		return nil, tooManyDigits()
	}
	start := len(out)
	if d.NumDigits() <= 18 { // fits in an int64
		out = strconv.AppendInt(out, d.CoefficientInt64(), 10)
	} else {
		out = d.Coefficient().Append(out, 10)
	}
	if d.IsZero() && d.Exponent() > 0 {
		return out, nil // 0E+3 is 0
	}
	for range d.Exponent() {
		out = append(out, '0')
	}
	scale := -int(d.Exponent())
	if scale <= 0 {
		return out, nil
	}
	if out[start] == '-' {
		start++
	}
	for len(out)-start <= scale { // at least one digit before the point
		out = append(out, '0')
		copy(out[start+1:], out[start:])
		out[start] = '0'
	}
	point := len(out) - scale
	out = append(out, 0)
	copy(out[point+1:], out[point:])
	out[point] = '.'
	return out, nil
}

// parseDecimal reads a JSON number. decimal.NewFromString obeys the switch decimal.MaxDecodeExponent.
func parseDecimal(raw []byte) (decimal.Decimal, error) {
	if len(raw) == 0 || numberLength(raw) != len(raw) {
		return decimal.Decimal{}, notANumber()
	}
	if len(raw) > len("-.e-1000")+2*MaxDigits {
		return decimal.Decimal{}, tooManyDigits()
	}
	mantissa, exponent := raw, 0
	if i := bytes.IndexAny(raw, "eE"); i >= 0 {
		n, err := strconv.ParseInt(string(raw[i+1:]), 10, 32)
		if err != nil {
			return decimal.Decimal{}, tooManyDigits()
		}
		mantissa, exponent = raw[:i], int(n)
	}
	digits := make([]byte, 0, 32) // with a sign
	for i, c := range mantissa {
		if c == '.' {
			exponent -= len(mantissa) - i - 1
		} else {
			digits = append(digits, c)
		}
	}
	if exponent < -MaxDigits || exponent > MaxDigits {
		return decimal.Decimal{}, tooManyDigits()
	}
	var value decimal.Decimal
	if len(digits) <= 18 { // fits in an int64
		coefficient, _ := strconv.ParseInt(string(digits), 10, 64)
		value = decimal.New(coefficient, int32(exponent))
	} else {
		coefficient, _ := new(big.Int).SetString(string(digits), 10)
		value = decimal.NewFromBigInt(coefficient, int32(exponent))
	}
	if TooLong(value) {
		return decimal.Decimal{}, tooManyDigits()
	}
	return value, nil
}

func notANumber() *Mismatch { return mustBe("a number such as 100.50") }

func tooManyDigits() *Mismatch {
	return &Mismatch{Want: fmt.Sprintf("has more than %d digits", MaxDigits)}
}
