package payout

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
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
// digestVersion must change, too, and the states of the old one must still be read.
func TestDigestIsGolden(t *testing.T) {
	equal(t, "the example", Digest(example()), "1:5ff58c96675db68fbde5afa2d7e0e8a1930a3e9db89e8471340d506de508150c")
	equal(t, "nothing", Digest(gen.MassPayoutInitializeRequest{}), "1:78a376721818e5667e28cc7301a4b6a0fefd939940135d650c7b4d796fe0bbc3")
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
				equal(t, amount, Digest(r), "1:5ff58c96675db68fbde5afa2d7e0e8a1930a3e9db89e8471340d506de508150c")
			}
		})
	}
}

// A text that is not UTF-8 has the same digest whatever Go's version makes of it in JSON, and no other text has it.
func TestDigestOfBrokenText(t *testing.T) {
	seen := map[string]string{}
	for text, want := range map[string]string{
		"a\xffb":                       "1:7127b8c01727a0cb53523c8fef6ae8ee2aaabaa71574e389391034917029251c",
		"a\xfeb":                       "1:8320610ebdbe7a66e792cc14e40fe69946f9611889ae90bcfe3f54711b0846a5",
		"a\uFFFDb":                     "1:46026c2119b8cac6694d752266977e247f8027001406721c7c4cb8acdfed3735",
		"\xc5\x9f ş":                   "1:d0f350ff377091826017311df024ebd98fc077e0d2a60e6ac7dee908a35f8bc5",
		"\xc5":                         "1:7ad00e4de24ee61b9e241a831c95272c38a9618ba274192962fe3c571d3f8857",
		"\b\f<&>\u2028\u2029\x7f\x1f😀": "1:057aa8641d2d1fbae635613e4bbead8521654bc267806f68d8fd7efbcc05f89f",
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

// What is hashed is what encoding/json writes, whatever is in a text.
func FuzzDigestIsOfJSON(f *testing.F) {
	for _, text := range []string{"", "Ayşe Yılmaz", `a "quoted" \\ name`, "<&>", "\u2028 \u2029 \u2030", "a\tb\x00c\x7f", "😀"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		want, err := json.Marshal([]string{text, encode(text)})
		if err != nil {
			t.Fatal(err)
		}
		got := append(appendText(append(appendText([]byte("["), []byte(text)), ','), []byte(encode(text))), ']')
		if string(got) != string(want) {
			t.Errorf("appended %s, expected %s", got, want)
		}
		if got, want := string(appendCanonical(nil, text)), encode(canonical(text)); got != want {
			t.Errorf("appended %s, expected %s", got, want)
		}
	})
}

// A text that cannot be sent has the digest of no other, either.
func TestDigestOfInvalidTexts(t *testing.T) {
	if Digest(request("\xff")) == Digest(request("\x00ff")) {
		t.Error("two externalIds have one digest")
	}
}
