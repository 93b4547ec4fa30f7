package payout

import (
	"reflect"
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
