package gen_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

func TestWarnings(t *testing.T) {
	const iban, identity, phone, member = gen.RecipientTypeIBAN, gen.RecipientTypeIdentityNumber, gen.RecipientTypePhone, gen.RecipientTypeMemberID
	tests := []struct {
		kind gen.RecipientType
		info string
		want string // a part of the only warning; none if empty
	}{
		{iban, "TR330006100519786457841326", ""}, // the examples of the IBAN registry
		{iban, "DE89370400440532013000", ""},
		{iban, "GB29NWBK60161331926819", ""},
		{iban, "NO9386011117947", ""},
		{iban, "MT84MALT011000012345MTLCAST001S", ""},
		{iban, "LC55HEMM000100010012001200023015", ""},
		{iban, "FR1420041010050500013M02606", ""},
		{iban, "TR920086402100005482911108", "check digits are wrong"}, // iyzico's example
		{iban, "TR330006100519786457841362", "check digits are wrong"}, // two digits swapped
		{iban, "TR000006100519786457000057", "check digits are wrong"}, // fits modulo 97, as 97 would
		{iban, "TR010006100519786457000039", "check digits are wrong"}, // as 98
		{iban, "TR990006100519786457000021", "check digits are wrong"}, // as 02
		{iban, "TR33000610051978645784132", "must have 26 characters as an IBAN of TR, got 25"},
		{iban, "DE893704004405320130001", "must have 22 characters as an IBAN of DE, got 23"},
		{iban, "ZZ330006100519786457841326", "a country that has IBANs"},
		{iban, "330006100519786457841326", "a country that has IBANs"},
		{iban, "TR33 0006 1005 1978 6457 8413 26", "without spaces"},
		{iban, "tr330006100519786457841326", "capital letters"},
		{iban, "TR33000610051978645784132６", "capital letters and digits"}, // a full-width digit
		{iban, "TR", "must be an IBAN"},
		{iban, "", "must be an IBAN"},

		{identity, "10000000146", ""}, // the one that documentation commonly shows
		{identity, "22222222220", ""}, // iyzico's example
		{identity, "10000000147", "check digits are wrong"},
		{identity, "10000000416", "check digits are wrong"},
		{identity, "00000000000", "check digits are wrong"},
		{identity, "1000000014", "11 digits"},
		{identity, "1000000014６", "11 digits"},
		{identity, "2.22222E+10", "11 digits"},

		{phone, "+905555555555", ""}, // iyzico's example
		{phone, "+4915112345678", ""},
		{phone, "05555555555", "such as +905551234567"},
		{phone, "905555555555", "such as +905551234567"},
		{phone, "+90 555 555 55 55", "such as +905551234567"},
		{phone, "+90555555555", "ten digits"},
		{phone, "+902125555555", "ten digits of which the first is 5"},
		{phone, "+5350000000", "no 90 after the +"}, // a valid mobile number of Cuba, or a Turkish one without 90
		{phone, "+5551234567", "no 90 after the +"},
		{phone, "+1234567", "8 to 15 digits"},
		{phone, "+1234567890123456", "8 to 15 digits"},
		{phone, "", "such as +905551234567"},

		{member, "2228853", ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %s", tt.kind, tt.info), func(t *testing.T) {
			item := readmeRequest().Items[0]
			item.RecipientType, item.RecipientInfo = tt.kind, tt.info
			got := gen.MassPayoutInitializeRequest{Items: gen.MassPayoutItems{item}}.Warnings()
			if tt.want == "" {
				if len(got) != 0 {
					t.Errorf("got %v, want no warning", got)
				}
				return
			}
			if len(got) != 1 || got[0].Field != "recipientInfo" || got[0].Index != 0 ||
				got[0].ItemExternalID != item.ItemExternalID || !strings.Contains(got[0].Message, tt.want) {
				t.Errorf("got %v, want one of recipientInfo with %q", got, tt.want)
			}
			if len(tt.info) > 4 && strings.Contains(fmt.Sprint(got), tt.info) {
				t.Errorf("%v shows the recipient", got)
			}
		})
	}
}

func TestWarningsOfNames(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"Ayşe Yılmaz", ""},
		{"李 明", ""},
		{"3M Sanayi ve Ticaret A.Ş. 2024", ""},
		{"", ""},
		{"48250", "hardly any letters"},
		{"-", "hardly any letters"},
		{"TR330006100519786457841326", "long number"},
	} {
		item := readmeRequest().Items[0]
		item.RecipientName = tt.name
		got := gen.MassPayoutInitializeRequest{Items: gen.MassPayoutItems{item}}.Warnings()
		if tt.want == "" && len(got) != 0 || tt.want != "" && (len(got) != 1 || got[0].Field != "recipientName" ||
			!strings.Contains(got[0].Message, tt.want)) {
			t.Errorf("%q: got %v, want %q", tt.name, got, tt.want)
		}
	}
}

func TestWarningsOfTheSamePaymentTwice(t *testing.T) {
	a := readmeRequest().Items[0]
	same, other, more := a, a, a
	same.ItemExternalID, other.ItemExternalID, more.ItemExternalID = "same", "other", "more"
	same.Description = "once more"
	same.Amount.Value = decimal.RequireFromString("48250.7500")
	other.Amount.Currency = gen.CurrencyEUR
	more.Amount.Value = a.Amount.Value.Add(decimal.New(1, -2))
	got := gen.MassPayoutInitializeRequest{Items: gen.MassPayoutItems{a, other, more, same}}.Warnings()
	if len(got) != 2 || got[0].Field != "amount.currency" || got[1].Index != 3 || got[1].ItemExternalID != "same" ||
		got[1].Message != "items[0] pays the same amount to the same recipient" {
		t.Errorf("got %v, want one of the currencies and one of items[3]", got)
	}
}

func TestWarningsOfCurrencies(t *testing.T) {
	const try, usd, eur = gen.CurrencyTRY, gen.CurrencyUSD, gen.CurrencyEUR
	for _, tt := range []struct {
		currencies []gen.Currency
		want       string
	}{
		{[]gen.Currency{try}, "[]"},
		{[]gen.Currency{usd, usd}, "[]"},
		{[]gen.Currency{try, "GBP"}, "[]"}, // Validate refuses it
		{[]gen.Currency{try, usd}, "[amount.currency: the items have 2 currencies (TRY, USD); iyzico's payout has one, and one total]"},
		{[]gen.Currency{usd, try, eur, try}, "[amount.currency: the items have 3 currencies (EUR, TRY, USD); iyzico's payout has one, and one total]"},
	} {
		var request gen.MassPayoutInitializeRequest
		for i, currency := range tt.currencies {
			item := readmeRequest().Items[0]
			item.ItemExternalID, item.Amount.Currency = fmt.Sprint("emp-", i), currency
			item.Amount.Value = decimal.New(int64(100+i), 0)
			request.Items = append(request.Items, item)
		}
		if got := fmt.Sprint(request.Warnings()); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.currencies, got, tt.want)
		}
	}
}

func TestWarningsOfIDsThatReadAlike(t *testing.T) {
	for _, tt := range []struct{ a, b, want string }{
		{"emp-1", "emp-2", ""},
		{"emp-1", "emp-1", ""}, // Validate refuses it
		{"emp-1", "EMP-1", `items[1] (itemExternalId "EMP-1"): itemExternalId: differs from that of items[0] ("emp-1") only in case, white space or Unicode form`},
		{"emp 1", "emp  1", `items[1] (itemExternalId "emp  1"): itemExternalId: differs from that of items[0] ("emp 1") only in case, white space or Unicode form`},
		{"emp 1", "emp\u00a01", `items[1] (itemExternalId "emp\u00a01"): itemExternalId: differs from that of items[0] ("emp 1") only in case, white space or Unicode form`},
		{"maaş", "maas\u0327", "items[1] (itemExternalId \"maas\u0327\"): itemExternalId: differs from that of items[0] (\"maaş\") only in case, white space or Unicode form"},
	} {
		first, second := readmeRequest().Items[0], readmeRequest().Items[0]
		first.ItemExternalID, second.ItemExternalID = tt.a, tt.b
		second.Amount.Value = decimal.New(1, 0)
		got := gen.MassPayoutInitializeRequest{Items: gen.MassPayoutItems{first, second}}.Warnings()
		if tt.want == "" && len(got) != 0 || tt.want != "" && (len(got) != 1 || got[0].String() != tt.want) {
			t.Errorf("%+q and %+q: got %+q, want %+q", tt.a, tt.b, got, tt.want)
		}
	}
}

// The test recipients of package emulator look like mistyped ones, and are none.
func TestWarningsOfTestRecipients(t *testing.T) {
	for _, tt := range []struct {
		kind gen.RecipientType
		info string
		test bool
	}{
		{gen.RecipientTypeIBAN, "TR000000000000000000008001", true},
		{gen.RecipientTypeIBAN, "TR000000000000000000009004", true},
		{gen.RecipientTypePhone, "+905000008003", true},
		{gen.RecipientTypeIdentityNumber, "00000009002", true},
		{gen.RecipientTypeMemberID, "999008008", true},
		{gen.RecipientTypeIBAN, "TR000000000000000000008009", false}, // has no meaning to the emulator
		{gen.RecipientTypePhone, "00000009002", false},
	} {
		item := readmeRequest().Items[0]
		item.RecipientType, item.RecipientInfo = tt.kind, tt.info
		again := item
		again.ItemExternalID = "emp-1002"
		got := gen.MassPayoutInitializeRequest{Items: gen.MassPayoutItems{item, again}}.Warnings()
		const want = "recipientInfo: is a test recipient of the emulator: nobody has it at iyzico"
		is := len(got) == 2 && got[0].Field+": "+got[0].Message == want && got[1].Field+": "+got[1].Message == want
		if is != tt.test {
			t.Errorf("%s %s: got %v, a test recipient: %v", tt.kind, tt.info, got, tt.test)
		}
	}
}

// iyzico's published example is a valid request, whatever the warnings say of it.
func TestWarningsOfThePublishedRequest(t *testing.T) {
	var published gen.MassPayoutInitializeRequest
	if err := json.Unmarshal([]byte(publishedRequest), &published); err != nil {
		t.Fatal(err)
	}
	for i := range published.Items {
		published.Items[i].Description = "Payment for services" // left out in the example, but required by the spec
	}
	if err := published.Validate(); err != nil {
		t.Errorf("Validate: %v", err)
	}
	const want = `[items[0] (itemExternalId "ext-65656"): recipientInfo: the IBAN's check digits are wrong: a character is mistyped or two are swapped]`
	if got := fmt.Sprint(published.Warnings()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzWarnings(f *testing.F) {
	f.Add("TR330006100519786457841326", "Ayşe Yılmaz", uint8(0))
	f.Add("22222222220", "", uint8(1))
	f.Add("+905555555555", "\x00", uint8(2))
	f.Fuzz(func(t *testing.T, info, name string, kind uint8) {
		kinds := []gen.RecipientType{gen.RecipientTypeIBAN, gen.RecipientTypeIdentityNumber, gen.RecipientTypePhone,
			gen.RecipientTypeMemberID}
		request := gen.MassPayoutInitializeRequest{Items: gen.MassPayoutItems{
			{ItemExternalID: "a", RecipientType: kinds[int(kind)%len(kinds)], RecipientInfo: info, RecipientName: name},
		}}
		for _, w := range request.Warnings() {
			// The messages have words and example numbers of their own.
			if text := w.String(); len(info) > 12 && strings.Contains(text, info) && !strings.Contains("+905551234567", info) {
				t.Errorf("%s shows the recipient %q", text, info)
			}
		}
	})
}
