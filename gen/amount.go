package gen

import (
	"bytes"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// maxDigits bounds the digits of an amount in plain notation. It keeps a stray exponent such as 1e999999999 from filling
// the memory, and is far beyond any sum of money.
const maxDigits = 1000

// MarshalJSON writes the amount as the API reads it: the value as a bare JSON number with every digit, trailing zeros
// included, never in exponent form. decimal's own encoding quotes numbers unless decimal.MarshalJSONWithoutQuotes, a global
// variable, is set; this one depends on no global variable.
//
// It fails for a value of more than a thousand digits.
func (a Amount) MarshalJSON() ([]byte, error) {
	// The receiver is a value, so that an Amount encodes alike in a field, by itself and behind a pointer.
	out, err := a.appendJSON(make([]byte, 0, 64))
	if err != nil {
		return nil, fmt.Errorf("gen: %w", in("amount", err))
	}
	return out, nil
}

// UnmarshalJSON reads what MarshalJSON writes, and also a quoted value or one in exponent form. No digit is lost. An
// absent or null value becomes zero, which Validate reports.
//
// It fails for a value that is not a number or has more than a thousand digits, for a field that is there twice, and for
// one that the API does not have. The error does not quote the input.
func (a *Amount) UnmarshalJSON(data []byte) error { return unmarshal(data, a, "amount", true) }

// number is a decimal that marshals as Amount's does.
type number decimal.Decimal

func (n number) MarshalJSON() ([]byte, error) { return appendPlain(nil, decimal.Decimal(n)) }

// appendPlain appends d in plain notation, with the digits that it has. It uses none of decimal's own formatting, which
// obeys the switches decimal.TrimTrailingZeros and decimal.UseScientificNotation.
func appendPlain(out []byte, d decimal.Decimal) ([]byte, error) {
	if tooLong(d) {
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
	if tooLong(d) {
		digits := d.Coefficient().String()
		trimmed := strings.TrimRight(digits, "0")
		exponent := int(d.Exponent()) + len(digits) - len(trimmed)
		if exponent < -maxDigits || exponent+len(trimmed) > maxDigits {
			return fmt.Sprintf("%sE%+d", trimmed, exponent)
		}
		d, _ = decimal.NewFromString(fmt.Sprintf("%sE%d", trimmed, exponent))
	}
	out, _ := appendPlain(nil, d)
	if d.Exponent() < 0 {
		out = bytes.TrimSuffix(bytes.TrimRight(out, "0"), []byte{'.'})
	}
	return string(out)
}

// tooLong reports whether d, written out, has more than maxDigits digits before or after the point.
func tooLong(d decimal.Decimal) bool {
	exponent := int(d.Exponent())
	return exponent < -maxDigits || exponent > maxDigits || d.NumDigits()+exponent > maxDigits
}

// parseNumber reads a JSON number.
func parseNumber(raw []byte) (decimal.Decimal, error) {
	if len(raw) == 0 || numberLength(raw) != len(raw) {
		return decimal.Decimal{}, notANumber()
	}
	if len(raw) > len("-.e-1000")+2*maxDigits {
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
	var value decimal.Decimal
	if len(mantissa) <= 18 { // fits in an int64
		var coefficient int64
		for i, c := range mantissa {
			switch c {
			case '-':
			case '.':
				exponent -= len(mantissa) - i - 1
			default:
				coefficient = coefficient*10 + int64(c-'0')
			}
		}
		if mantissa[0] == '-' {
			coefficient = -coefficient
		}
		if exponent < -maxDigits || exponent > maxDigits {
			return decimal.Decimal{}, tooManyDigits()
		}
		value = decimal.New(coefficient, int32(exponent))
	} else {
		whole, fraction, _ := bytes.Cut(mantissa, []byte{'.'})
		exponent -= len(fraction)
		coefficient, ok := new(big.Int).SetString(string(whole)+string(fraction), 10)
		if !ok || exponent < -maxDigits || exponent > maxDigits {
			return decimal.Decimal{}, tooManyDigits()
		}
		value = decimal.NewFromBigInt(coefficient, int32(exponent))
	}
	if tooLong(value) {
		return decimal.Decimal{}, tooManyDigits()
	}
	return value, nil
}

func notANumber() *mismatch { return mustBe("a number such as 100.50") }

func tooManyDigits() *mismatch {
	return &mismatch{want: fmt.Sprintf("has more than %d digits", maxDigits)}
}
