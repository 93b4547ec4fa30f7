package payout

import (
	"reflect"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

func example() gen.MassPayoutInitializeRequest {
	return gen.MassPayoutInitializeRequest{
		ExternalID: "massPayoutId-323ddd",
		Purpose:    gen.PurposeSalary,
		Items: []gen.MassPayoutItem{
			{ItemExternalID: "ext-65656", RecipientType: gen.RecipientTypeIBAN, RecipientInfo: "TR920086402100005482911108",
				RecipientName: "John Doe", Amount: gen.Amount{Value: decimal.RequireFromString("100"), Currency: gen.CurrencyTRY},
				Description: "Payment for services"},
			{ItemExternalID: "ext-9545455", RecipientType: gen.RecipientTypeMemberID, RecipientInfo: "2228853",
				Amount: gen.Amount{Value: decimal.RequireFromString("8000.5"), Currency: gen.CurrencyTRY}, Description: "maaş",
				NonWithdrawable: true},
		},
	}
}

// Golden values: a state that is saved must be known again by every later version. If one of these changes,
// digestVersion must change, too, and once there is a release, the states of the old one must still be read.
func TestDigestIsGolden(t *testing.T) {
	equal(t, "the example", Digest(example()), "2:5a64cd0a2c4f4c315676cc402abd7cf8c6857a5b16d331b20c42381735c349b5")
	equal(t, "nothing", Digest(gen.MassPayoutInitializeRequest{}), "2:070b13c004e9475fa155cd84d90de9f87db1b7dea6707329638a6ce66043d246")
}

// Global variables of the decimal library change what it prints, and no digest.
func TestDigestWhateverTheDecimalLibraryPrints(t *testing.T) {
	for name, set := range map[string]*bool{
		"TrimTrailingZeros": &decimal.TrimTrailingZeros, "UseScientificNotation": &decimal.UseScientificNotation,
		"MarshalJSONWithoutQuotes": &decimal.MarshalJSONWithoutQuotes,
	} {
		t.Run(name, func(t *testing.T) {
			*set = !*set
			defer func() { *set = !*set }()
			for _, amount := range []string{"100", "100.00", "1e2", "1.00E+2"} {
				r := example()
				r.Items[0].Amount.Value = decimal.RequireFromString(amount)
				equal(t, amount, Digest(r), "2:5a64cd0a2c4f4c315676cc402abd7cf8c6857a5b16d331b20c42381735c349b5")
			}
		})
	}
}

// No other text has the digest of one that is not UTF-8, which cannot be sent.
func TestDigestOfBrokenText(t *testing.T) {
	seen := map[string]string{}
	for text, want := range map[string]string{
		"a\xffb":                       "2:640142a8e4bbb89872ea6eb79b3be09e89bcdc3d456bbb42fd723ad3206e86bd",
		"a\xfeb":                       "2:4bd24ae160feccbfa620d4ccdf2c6f3e7b6d6d3667d7d7c6a94c0ea77ab5034c",
		"a\uFFFDb":                     "2:27b2ce95e814d07394c77b4afe7044e592ebd8429a5ab58c13632af6bc729eb2",
		"\xc5\x9f ş":                   "2:fc1dda1a4ec39838c628a45134e6f0a0b2b06e4d4f8560ff66ad9472b67535cf",
		"\xc5":                         "2:bd54d7e79654c22ce31947904d6058e99298e4c87771bcd3c4e30fe78698034c",
		"\b\f<&>\u2028\u2029\x7f\x1f😀": "2:ab6726427cb81d484fdda6bb9310566dfb0bc2aa4a65f62a86face3a400e31a0",
	} {
		got := Digest(gen.MassPayoutInitializeRequest{ExternalID: text})
		equal(t, strconv.Quote(text), got, want)
		if other, ok := seen[got]; ok {
			t.Errorf("%q has the digest of %q", text, other)
		}
		seen[got] = text
	}
}

// The same content has the same digest.
func TestDigestOfTheSame(t *testing.T) {
	want := Digest(example())
	for name, change := range map[string]func(*gen.MassPayoutInitializeRequest){
		"another order":          func(r *gen.MassPayoutInitializeRequest) { r.Items[0], r.Items[1] = r.Items[1], r.Items[0] },
		"another conversationId": func(r *gen.MassPayoutInitializeRequest) { r.ConversationID = "c" },
		"100.00 for 100": func(r *gen.MassPayoutInitializeRequest) {
			r.Items[0].Amount.Value = decimal.RequireFromString("100.00")
		},
		"1e2 for 100": func(r *gen.MassPayoutInitializeRequest) { r.Items[0].Amount.Value = decimal.RequireFromString("1e2") },
	} {
		r := example()
		change(&r)
		if got := Digest(r); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Every other change changes it, whatever field there is: one that is new, and forgotten in Digest, fails here.
func TestDigestOfAnother(t *testing.T) {
	seen := map[string]string{Digest(example()): "the example"}
	check := func(name string, r gen.MassPayoutInitializeRequest) {
		t.Helper()
		digest := Digest(r)
		if other, ok := seen[digest]; ok {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[digest] = name
	}
	for i := range reflect.TypeFor[gen.MassPayoutInitializeRequest]().NumField() {
		switch name := reflect.TypeFor[gen.MassPayoutInitializeRequest]().Field(i).Name; name {
		case "Items", "ConversationID":
		default:
			r := example()
			reflect.ValueOf(&r).Elem().Field(i).SetString("other")
			check(name, r)
		}
	}
	for i := range reflect.TypeFor[gen.MassPayoutItem]().NumField() {
		name := reflect.TypeFor[gen.MassPayoutItem]().Field(i).Name
		r := example()
		r.Items = append([]gen.MassPayoutItem(nil), r.Items...)
		switch field := reflect.ValueOf(&r.Items[0]).Elem().Field(i); {
		case name == "Amount":
			r.Items[0].Amount.Value = decimal.RequireFromString("100.01")
			check("another amount", r)
			r.Items[0].Amount.Value, r.Items[0].Amount.Currency = decimal.RequireFromString("100"), gen.CurrencyUSD
			check("another currency", r)
			continue
		case field.Kind() == reflect.Bool:
			field.SetBool(!field.Bool())
		default:
			field.SetString("other")
		}
		check(name, r)
	}
	r := example()
	r.Items = r.Items[:1]
	check("an item less", r)
	r = example()
	r.Items[0].RecipientInfo, r.Items[1].RecipientInfo = r.Items[1].RecipientInfo, r.Items[0].RecipientInfo
	check("two recipients changed places", r)
}

// What moves from one field to the next, or from an item to another, changes it.
func FuzzDigestOfTwoTexts(f *testing.F) {
	for _, seed := range [][2]string{{"ab", "c"}, {"", "\x02\x02"}, {"\x00ff", "\xff"}, {"Ayşe", "Yılmaz"}, {"\x80", "\x01"}} {
		f.Add(seed[0], seed[1], seed[1], seed[0])
	}
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		if canonical(a) == canonical(c) && canonical(b) == canonical(d) {
			return
		}
		if string(appendTexts(nil, a, b)) == string(appendTexts(nil, c, d)) {
			t.Errorf("%q, %q and %q, %q give the same bytes", a, b, c, d)
		}
		if string(appendTexts(appendTexts(nil, a), b, c)) == string(appendTexts(appendTexts(nil, a, b), c)) {
			t.Errorf("%q, %q and %q give the same bytes in whatever groups they are", a, b, c)
		}
		one, other := example(), example()
		one.Items[0].RecipientName, one.Items[0].Description = a, b
		other.Items[0].RecipientName, other.Items[0].Description = c, d
		if Digest(one) == Digest(other) {
			t.Errorf("%q, %q and %q, %q have the same digest", a, b, c, d)
		}
	})
}

// A text that cannot be sent has the digest of no other, either.
func TestDigestOfInvalidTexts(t *testing.T) {
	if Digest(request("\xff")) == Digest(request("\x00ff")) {
		t.Error("two externalIds have one digest")
	}
}
