package gen_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// written are values and what they are on the wire: bare, with every digit, without an exponent.
var written = []struct {
	value decimal.Decimal
	want  string
}{
	{decimal.Decimal{}, `0`},
	{decimal.New(0, 0), `0`},
	{decimal.New(0, -2), `0.00`},
	{decimal.New(0, 3), `0`},
	{decimal.New(100, 0), `100`},
	{decimal.New(10050, -2), `100.50`},
	{decimal.New(1, -2), `0.01`},
	{decimal.New(100, -2), `1.00`},
	{decimal.New(10, -2), `0.10`},
	{decimal.New(8, 3), `8000`},
	{decimal.New(1, -7), `0.0000001`},
	{decimal.New(2000000000, -8), `20.00000000`},
	{decimal.New(-5, -2), `-0.05`},
	{decimal.New(-10050, -2), `-100.50`},
	{decimal.New(-8, 3), `-8000`},
	{decimal.New(999999999999999999, 0), `999999999999999999`},                // 18 digits
	{decimal.New(1000000000000000000, 0), `1000000000000000000`},              // 19 digits
	{decimal.RequireFromString("9999999999999999999"), `9999999999999999999`}, // beyond an int64
	{decimal.New(-9223372036854775808, -2), `-92233720368547758.08`},
	{decimal.RequireFromString("123456789012345678901234567890.12"), `123456789012345678901234567890.12`},
	{decimal.RequireFromString("0.100000000000000000001"), `0.100000000000000000001`},
	{decimal.NewFromBigInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(998), nil), 1), `1` + strings.Repeat("0", 999)},
}

func TestAmountIsWritten(t *testing.T) {
	for _, tt := range written {
		checkWritten(t, tt.value, tt.want)
	}
}

// checkWritten compares an amount's encoding in every place that it may stand in.
func checkWritten(t *testing.T, value decimal.Decimal, want string) {
	t.Helper()
	a := gen.Amount{Value: value, Currency: gen.CurrencyTRY}
	want = `{"currency":"TRY","value":` + want + `}`
	for place, tt := range map[string]struct {
		v    any
		want string
	}{
		"value":            {a, want},
		"pointer":          {&a, want},
		"field":            {struct{ A gen.Amount }{a}, `{"A":` + want + `}`},
		"pointer in field": {struct{ A *gen.Amount }{&a}, `{"A":` + want + `}`},
		"slice":            {[]gen.Amount{a, a}, `[` + want + `,` + want + `]`},
		"map":              {map[string]gen.Amount{"a": a}, `{"a":` + want + `}`},
	} {
		got, err := json.Marshal(tt.v)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s of %s: got %s, %v; want %s", place, value, got, err, tt.want)
		}
	}
	item := gen.MassPayoutItem{Amount: a}
	got := bodyOf(t, gen.MassPayoutInitializeRequest{Items: []gen.MassPayoutItem{item}})
	if !strings.Contains(got, `"amount":`+want) {
		t.Errorf("request: got %s, want an amount of %s", got, want)
	}
}

func TestFormatDecimal(t *testing.T) {
	nines, _ := new(big.Int).SetString("-"+strings.Repeat("9", 1000), 10)
	zeros := new(big.Int).Exp(big.NewInt(10), big.NewInt(1001), nil)
	for _, tt := range []struct {
		value decimal.Decimal
		want  string
	}{
		{decimal.Decimal{}, "0"},
		{decimal.New(0, -2), "0"},
		{decimal.New(0, 3), "0"},
		{decimal.New(100, 0), "100"},
		{decimal.New(10000, -2), "100"},
		{decimal.New(10050, -2), "100.5"},
		{decimal.New(8, 3), "8000"},
		{decimal.New(1, -7), "0.0000001"},
		{decimal.New(-100, -2), "-1"},
		{decimal.New(-5, -2), "-0.05"},
		{decimal.RequireFromString("123456789012345678901234567890.120"), "123456789012345678901234567890.12"},
		{decimal.New(1, 2000), "1E+2000"},
		{decimal.New(-1200, 2000), "-12E+2002"},
		{decimal.New(1, -2000), "1E-2000"},
		{decimal.New(0, 2000), "0"},
		{decimal.NewFromBigInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(1500), nil), -1500), "1"},
		// Of a thousand digits, with zeros after the point or without.
		{decimal.NewFromBigInt(nines, 0), "-" + strings.Repeat("9", 1000)},
		{decimal.NewFromBigInt(nines, 0).Mul(decimal.NewFromBigInt(zeros, -1001)), "-" + strings.Repeat("9", 1000)},
	} {
		if got := gen.FormatDecimal(tt.value); got != tt.want {
			t.Errorf("%v: got %s, expected %s", tt.value, got, tt.want)
		}
		if !strings.Contains(tt.want, "E") && tt.value.String() != tt.want {
			t.Errorf("decimal writes %s, expected %s", tt.value, tt.want)
		}
	}
}

// The switches are decimal's, and the host program's to set.
func TestAmountObeysNoSwitchOfDecimal(t *testing.T) {
	restore := func(quotes, trim, scientific bool, exponent, precision int) func() {
		return func() {
			decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation = quotes, trim, scientific
			decimal.MaxDecodeExponent, decimal.DivisionPrecision = exponent, precision
		}
	}
	t.Cleanup(restore(decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation,
		decimal.MaxDecodeExponent, decimal.DivisionPrecision))

	request := readmeRequest()
	for i := range 8 {
		quotes, trim, scientific := i&1 != 0, i&2 != 0, i&4 != 0
		exponent, precision := 0, 0
		if quotes {
			exponent, precision = 1<<30, 1
		}
		restore(quotes, trim, scientific, exponent, precision)()

		for _, tt := range written {
			checkWritten(t, tt.value, tt.want)
		}
		for _, tt := range read {
			checkRead(t, tt.in, tt.want)
		}
		for _, in := range refused {
			checkRefused(t, in)
		}
		if err := request.Validate(); err != nil {
			t.Error(err)
		}
		hundred := decimal.New(10000, -2)
		if got := gen.FormatDecimal(hundred) + " " + gen.FormatDecimal(decimal.New(8, 3)); got != "100 8000" {
			t.Errorf("FormatDecimal: got %s", got)
		}
		long := decimal.NewFromBigInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(1500), nil), -1497)
		if got := gen.FormatDecimal(long); got != "1000" {
			t.Errorf("FormatDecimal: got %s of 1500 digits", got)
		}
		if got := (gen.Amount{Value: hundred, Currency: "TRY"}).String(); got != "100.00 TRY" {
			t.Errorf("String: got %s", got)
		}

		if decimal.MarshalJSONWithoutQuotes != quotes || decimal.TrimTrailingZeros != trim ||
			decimal.UseScientificNotation != scientific || decimal.MaxDecodeExponent != exponent ||
			decimal.DivisionPrecision != precision {
			t.Fatal("gen has changed a switch of decimal")
		}
	}
}

// read are JSON values and the exact decimals that they are, as MarshalJSON writes them.
var read = []struct{ in, want string }{
	{`100`, `100`},
	{`100.50`, `100.50`},
	{`20.00000000`, `20.00000000`},
	{`"100.50"`, `100.50`},
	{`"-1"`, `-1`},
	{`-0.05`, `-0.05`},
	{`0`, `0`},
	{`-0`, `0`},
	{`8E+3`, `8000`},
	{`8e3`, `8000`},
	{`"8E3"`, `8000`},
	{`1.5e3`, `1500`},
	{`1.2345e2`, `123.45`},
	{`1e-7`, `0.0000001`},
	{`0.10000000000000000001`, `0.10000000000000000001`}, // a float would lose the last digit
	{`123456789012345678901234567890.12`, `123456789012345678901234567890.12`},
	{`1e999`, `1` + strings.Repeat("0", 999)},
	{`-` + strings.Repeat("9", 1000) + `.` + strings.Repeat("9", 1000), `-` + strings.Repeat("9", 1000) + `.` + strings.Repeat("9", 1000)},
	{`null`, `0`},
}

func TestAmountIsRead(t *testing.T) {
	for _, tt := range read {
		checkRead(t, tt.in, tt.want)
	}
	var a gen.Amount
	if err := json.Unmarshal([]byte(`{"currency":"XAU"}`), &a); err != nil || a.Currency != "XAU" || !a.Value.IsZero() {
		t.Errorf("absent value, unknown currency: got %v, %v", a, err)
	}
}

func checkRead(t *testing.T, in, want string) {
	t.Helper()
	var a gen.Amount
	if err := json.Unmarshal([]byte(`{"currency":"TRY","value":`+in+`}`), &a); err != nil {
		t.Errorf("%s: %v", in, err)
		return
	}
	got, err := json.Marshal(a)
	if want := `{"currency":"TRY","value":` + want + `}`; err != nil || string(got) != want {
		t.Errorf("%s: got %s, %v; want %s", in, got, err, want)
	}
}

// refused are JSON values that are no amount. Those with a huge exponent would fill the memory, were they written out.
var refused = []string{
	`"one hundred"`, `""`, `" "`, `"NaN"`, `"Infinity"`, `"-"`, `"+1"`, `" 1"`, `"1 "`, `"1e5 "`, `"0x10"`, `"1_000"`,
	`"1,5"`, `".5"`, `"5."`, `"007"`, `"\u0031"`, `"\"1\""`, `true`, `[100]`, `{"a":100}`, `"null"`, `"TR330006100519786457841326"`,
	`1e1000`, `1e999999999`, `-1e999999999`, `1e-999999999`, `0e999999999`, `1e99999999999999999999`, `"1e999999999"`,
	strings.Repeat("9", 1001), `0.` + strings.Repeat("9", 1001), strings.Repeat("9", 100_000),
}

func TestAmountRefuses(t *testing.T) {
	for _, in := range refused {
		checkRefused(t, in)
	}
	// The error's text may be logged, and a recipient's data may stand in the wrong field.
	for _, in := range []string{`{"value":"secret"}`, `{"value":{"secret":1}}`, `{"currency":["secret"]}`, `"secret"`, `["secret"]`} {
		var a gen.Amount
		if err := json.Unmarshal([]byte(in), &a); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got error %v, want one that does not quote it", in, err)
		}
	}
}

func checkRefused(t *testing.T, in string) {
	t.Helper()
	a := gen.Amount{Value: decimal.New(7, 0)}
	err := json.Unmarshal([]byte(`{"value":`+in+`}`), &a)
	if len(in) > 50 {
		in = in[:50] + "…"
	}
	if err == nil {
		t.Errorf("%s: was read", in)
		return
	}
	if text := err.Error(); text != "gen: amount.value must be a number such as 100.50" && text != "gen: amount.value has more than 1000 digits" {
		t.Errorf("%s: got error %q", in, text)
	}
	if !a.Value.Equal(decimal.New(7, 0)) {
		t.Errorf("%s: the amount was changed to %s", in, a)
	}
}

func TestAmountTooLongIsNotWritten(t *testing.T) {
	for _, value := range []decimal.Decimal{
		decimal.New(1, 1000), decimal.New(1, 1<<30), decimal.New(1, -1001), decimal.New(1, -1<<31), decimal.New(0, 1<<30),
	} {
		if got, err := json.Marshal(gen.Amount{Value: value}); err == nil {
			t.Errorf("exponent %d: got %.50s, want an error", value.Exponent(), got)
		}
		if got, want := (gen.Amount{Value: value, Currency: "TRY"}).String(), "(more than 1000 digits) TRY"; got != want {
			t.Errorf("exponent %d: String: got %.50s, want %s", value.Exponent(), got, want)
		}
	}
}

// A field that the spec gains is written and read, but not checked unless the overlay says so.
func TestAmountHasTheFieldsThatItsMethodsKnow(t *testing.T) {
	var got []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[gen.Amount]()) {
		got = append(got, fmt.Sprintf("%s %s %s", field.Name, field.Type, field.Tag.Get("json")))
	}
	want := []string{"Currency gen.Currency currency", "Value decimal.Decimal value"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Amount has the fields %q, and its methods know %q.\n"+
			"The spec has changed: add the new fields to Amount's x-checks in the overlay; then change this list.", got, want)
	}
}

func FuzzAmount(f *testing.F) {
	for _, tt := range read {
		f.Add(tt.in)
	}
	for _, in := range refused {
		f.Add(in)
	}
	f.Add(strings.Repeat("1", 1000) + "." + strings.Repeat("1", 1000))
	f.Fuzz(func(t *testing.T, in string) {
		var first, second gen.Amount
		if err := json.Unmarshal([]byte(`{"value":`+in+`}`), &first); err != nil {
			return
		}
		out, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("%s was read but is not written: %v", in, err)
		}
		if err := json.Unmarshal(out, &second); err != nil {
			t.Fatalf("%s was read and written, but is not read again: %v", in, err)
		}
		if !first.Value.Equal(second.Value) || first.Currency != second.Currency {
			t.Fatalf("%s: first read %s, then %s", in, first, second)
		}
		if again, _ := json.Marshal(second); string(again) != string(out) {
			t.Fatalf("%s: first written %s, then %s", in, out, again)
		}
	})
}

// After a failed UnmarshalJSON, encoding/json of Go 1.26 stops, and that of Go 1.27 reads on. In both, the failed value is
// as it was, its error is returned, and nothing of it is half read.
func TestAFailedAmountChangesNothing(t *testing.T) {
	was := gen.Amount{Value: decimal.New(7, 0), Currency: gen.CurrencyTRY}
	type report struct {
		Before string             `json:"before"`
		Amount gen.Amount         `json:"amount"`
		Item   gen.MassPayoutItem `json:"item"`
		After  string             `json:"after"`
	}
	for in, want := range map[string]string{
		`{"before":"a","amount":{"currency":"EUR","value":"x"},"after":"b"}`: "gen: amount.value must be a number such as 100.50",
		`{"before":"a","amount":{"value":1,"value":2},"after":"b"}`:          "gen: amount.value is there twice, or in another spelling",
		`{"before":"a","item":{"description":"x","amount":{"value":true}}}`:  "gen: item.amount.value must be a number such as 100.50",
		`{"amount":{"value":"x"},"item":{"amount":{"value":"y"}}}`:           "gen: amount.value must be a number such as 100.50",
	} {
		got := report{Amount: was, Item: gen.MassPayoutItem{Amount: was}}
		err := json.Unmarshal([]byte(in), &got)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %s", in, err, want)
		}
		if got.Amount != was || got.Item.Amount != was || got.Item.Description != "" {
			t.Errorf("%s: a value was half read: %+v", in, got)
		}
	}
	// A request reads its items itself: one that fails leaves the whole request as it was.
	request := gen.MassPayoutInitializeRequest{ExternalID: "was"}
	err := json.Unmarshal([]byte(`{"externalId":"is","items":[{"amount":{"value":"x"}},{"itemExternalId":"emp-2"}],"purpose":"SALARY"}`), &request)
	if err == nil || request.ExternalID != "was" || request.Items != nil || request.Purpose != "" {
		t.Errorf("got %v, %v", request, err)
	}
}
