package gen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// maxDigits bounds an amount's digits, written out. It keeps a stray exponent, as in 1e999999999, from filling the
// memory, and is far beyond any sum of money.
const maxDigits = 1000

// MarshalJSON writes the amount as the API reads it: the value as a bare JSON number with every digit that it has,
// trailing zeros included, and never in exponent form. decimal's own encoding quotes the number unless a switch of the
// whole process says otherwise (decimal.MarshalJSONWithoutQuotes); this one depends on no switch.
//
// It fails for a value of more than a thousand digits.
func (a Amount) MarshalJSON() ([]byte, error) {
	// The receiver is a value, so that an Amount encodes alike in a field, by itself and behind a pointer.
	return a.appendJSON(make([]byte, 0, 64))
}

// UnmarshalJSON reads what MarshalJSON writes; besides, a value in quotes or in exponent form. No digit is lost. An
// absent or null value is zero, which Validate finds with the line that it is in.
//
// It fails for a value that is no number or has more than a thousand digits. The error does not quote the input.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var raw struct {
		Currency Currency        `json:"currency"`
		Value    json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	value, err := parseNumber(raw.Value)
	if err != nil {
		return fmt.Errorf("amount.value: %w", err)
	}
	*a = Amount{Currency: raw.Currency, Value: value}
	return nil
}

// appendPlain appends d in plain notation, with the digits that it has. It uses none of decimal's own formatting, which
// obeys the switches decimal.TrimTrailingZeros and decimal.UseScientificNotation.
func appendPlain(out []byte, d decimal.Decimal) ([]byte, error) {
	if tooLong(d) {
		return nil, fmt.Errorf("amount.value: more than %d digits", maxDigits)
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

// tooLong says whether d, written out, has more than maxDigits digits before or after the point.
func tooLong(d decimal.Decimal) bool {
	exponent := int(d.Exponent())
	return exponent < -maxDigits || exponent > maxDigits || d.NumDigits()+exponent > maxDigits
}

var errNoNumber = errors.New("expected a number, as 100.50")

// parseNumber reads a JSON number, bare or in quotes; nothing or null is zero.
func parseNumber(raw []byte) (decimal.Decimal, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return decimal.Decimal{}, nil
	}
	if raw[0] == '"' {
		raw = bytes.TrimSuffix(raw[1:], []byte{'"'})
	}
	if len(raw) == 0 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') || !json.Valid(raw) {
		return decimal.Decimal{}, errNoNumber
	}
	if len(raw) > len("-.")+2*maxDigits {
		return decimal.Decimal{}, fmt.Errorf("more than %d digits", maxDigits)
	}
	digits, exponentText, _ := strings.Cut(strings.ToLower(string(raw)), "e")
	whole, fraction, _ := strings.Cut(digits, ".")
	exponent := 0
	if exponentText != "" {
		n, err := strconv.ParseInt(exponentText, 10, 32)
		if err != nil {
			return decimal.Decimal{}, fmt.Errorf("more than %d digits", maxDigits)
		}
		exponent = int(n)
	}
	coefficient, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return decimal.Decimal{}, errNoNumber
	}
	exponent -= len(fraction)
	if exponent < -maxDigits || exponent > maxDigits {
		return decimal.Decimal{}, fmt.Errorf("more than %d digits", maxDigits)
	}
	value := decimal.NewFromBigInt(coefficient, int32(exponent))
	if tooLong(value) {
		return decimal.Decimal{}, fmt.Errorf("more than %d digits", maxDigits)
	}
	return value, nil
}
