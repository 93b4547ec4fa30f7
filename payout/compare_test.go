package payout

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

func TestRecipientsAreCompared(t *testing.T) {
	const iban = "TR920086402100005482911108"
	tests := []struct {
		kind        gen.RecipientType
		shown, mine string
		want        sameness
	}{
		{gen.RecipientTypeIBAN, iban, iban, equalShown},
		{gen.RecipientTypeIBAN, "TR92 0086 4021 0000 5482 9111 08", iban, equalShown},
		{gen.RecipientTypeIBAN, "tr920086402100005482911108", iban, equalShown},
		{gen.RecipientTypeIBAN, "TR920086402100005482911107", iban, different},
		{gen.RecipientTypeIBAN, "TR92008640210000548291110", iban, different},
		{gen.RecipientTypeIBAN, "", iban, notShown},
		{gen.RecipientTypeIBAN, "   ", iban, notShown},
		{gen.RecipientTypeIBAN, "TR92********************08", iban, notShown},
		{gen.RecipientTypeIBAN, "TR92********************09", iban, different},
		{gen.RecipientTypeIBAN, "TR93********************08", iban, different},
		{gen.RecipientTypeIBAN, "TR92****…**08", iban, notShown},
		{gen.RecipientTypeIBAN, "…1108", iban, notShown},
		{gen.RecipientTypeIBAN, "…1109", iban, different},
		{gen.RecipientTypeIBAN, "TR92****1110", iban, different}, // which is in it, and not its end
		{gen.RecipientTypeIBAN, "TR92****5482", iban, different},
		{gen.RecipientTypeIBAN, "…9111", iban, different},
		{gen.RecipientTypeIBAN, "0086****08", iban, different}, // which is in it, and not its beginning
		{gen.RecipientTypeIBAN, "TR92****9111****5482****", iban, different},
		{gen.RecipientTypeIBAN, "TR92****5482****9111****", iban, notShown},
		{gen.RecipientTypeIBAN, "TR92 XXXX XXXX XXXX XXXX XXXX 08", iban, notShown},
		{gen.RecipientTypeIBAN, "TR92 XXXX XXXX XXXX 5482 XXXX 08", iban, notShown},
		{gen.RecipientTypeIBAN, "TR92 XXXX XXXX XXXX 5483 XXXX 08", iban, different},
		{gen.RecipientTypeIBAN, "**************************", iban, notShown},
		{gen.RecipientTypeIBAN, "2228853", iban, different},
		{gen.RecipientTypeMemberID, "2228853", "2228853", equalShown},
		{gen.RecipientTypeMemberID, "2228854", "2228853", different},
		{gen.RecipientTypeMemberID, "22288530", "2228853", different},
		{gen.RecipientTypeMemberID, "222****", "2228853", notShown},
		{gen.RecipientTypeMemberID, "223****", "2228853", different},
		{gen.RecipientTypeMemberID, "222-8853", "2228853", different},
		{gen.RecipientTypeMemberID, "memberX1", "member21", different},
		{gen.RecipientTypeMemberID, "a1", "A1", different},
		{gen.RecipientTypeIdentityNumber, "22222222220", "22222222220", equalShown},
		{gen.RecipientTypeIdentityNumber, "22222222221", "22222222220", different},
		{gen.RecipientTypeIdentityNumber, "2*********0", "22222222220", notShown},
		{gen.RecipientTypeIdentityNumber, "2*********1", "22222222220", different},
		{gen.RecipientTypePhone, "+905555555555", "+905555555555", equalShown},
		{gen.RecipientTypePhone, "05555555555", "+905555555555", equalShown},
		{gen.RecipientTypePhone, "555 555 55 55", "+905555555555", equalShown},
		{gen.RecipientTypePhone, "+90 (555) 555-55-55", "05555555555", equalShown},
		{gen.RecipientTypePhone, "+905555555556", "+905555555555", different},
		{gen.RecipientTypePhone, "+495555555555", "+905555555555", different},
		{gen.RecipientTypePhone, "+90******5555", "+905555555555", notShown},
		{gen.RecipientTypePhone, "+90******5556", "+905555555555", different},
	}
	for _, tt := range tests {
		if got := sameRecipient(tt.kind, tt.shown, tt.mine); got != tt.want {
			t.Errorf("%s %q beside %q is %d, want %d", tt.kind, tt.shown, tt.mine, got, tt.want)
		}
	}
}

func TestNamesAreCompared(t *testing.T) {
	tests := []struct {
		shown, mine string
		want        sameness
	}{
		{"Ayşe Yılmaz", "Ayşe Yılmaz", equalShown},
		{"AYŞE YILMAZ", "Ayşe Yılmaz", equalShown},
		{"İSMAİL IŞIK", "ismail ışık", equalShown},
		{" Ayşe  Yılmaz ", "Ayşe Yılmaz", equalShown},
		{"Ayşe Yıldız", "Ayşe Yılmaz", different},
		{"Ayşe", "Ayşe Yılmaz", different},
		{"", "Ayşe Yılmaz", notShown},
		{"A*** Y*****", "Ayşe Yılmaz", notShown},
		{"A* Y*", "Ayşe Yılmaz", notShown},
		{"B*** Y*****", "Ayşe Yılmaz", different},
		{"A* Z*", "Ayşe Yılmaz", different},
	}
	for _, tt := range tests {
		if got := masked(foldName(tt.shown), foldName(tt.mine), nameMask); got != tt.want {
			t.Errorf("%q beside %q is %d, want %d", tt.shown, tt.mine, got, tt.want)
		}
	}
}

// Every field of an item that iyzico shows is compared; the error names the item and the field, and shows no value.
func TestItemsAreCompared(t *testing.T) {
	mine := gen.MassPayoutItem{
		ItemExternalID: "emp-1", RecipientType: gen.RecipientTypeIBAN, RecipientInfo: "TR920086402100005482911108",
		RecipientName: "Ayşe Yılmaz", Amount: gen.Amount{Value: decimal.RequireFromString("100"), Currency: gen.CurrencyTRY},
		Description: "salary",
	}
	tests := []struct {
		name                 string
		change               func(*gen.MassPayoutItemDetail)
		differs, after, hide string // the field, before auth, after auth, and the one that is not shown
	}{
		{name: "equal", change: func(*gen.MassPayoutItemDetail) {}},
		{name: "with the commission", change: amounts("120", "20")},
		{name: "net of the commission", change: amounts("80", "20"), differs: "amount"},
		{name: "another amount", change: amounts("10000", "20"), differs: "amount", after: "amount"},
		{name: "less, with a negative commission", change: amounts("50", "-50"), differs: "amount", after: "amount"},
		{name: "more, net of a negative commission", change: amounts("150", "-50"), differs: "amount", after: "amount"},
		{name: "no amount", change: amounts("0", "0"), hide: "amount"},
		{name: "another currency", change: func(i *gen.MassPayoutItemDetail) { i.CurrencyCode = "USD" }, differs: "currency", after: "currency"},
		{name: "no currency", change: func(i *gen.MassPayoutItemDetail) { i.CurrencyCode = "" }, hide: "currency"},
		{name: "another type", change: func(i *gen.MassPayoutItemDetail) { i.RecipientType = "PHONE" }, differs: "recipientType", after: "recipientType"},
		{name: "no type", change: func(i *gen.MassPayoutItemDetail) { i.RecipientType = "" }, hide: "recipientType"},
		{name: "another recipient", change: func(i *gen.MassPayoutItemDetail) { i.RecipientInfo = "TR920086402100005482911107" }, differs: "recipientInfo", after: "recipientInfo"},
		{name: "masked", change: func(i *gen.MassPayoutItemDetail) { i.RecipientInfo = "TR92****08" }, hide: "recipientInfo"},
		{name: "another name", change: func(i *gen.MassPayoutItemDetail) { i.RecipientName = "Fatma Demir" }, differs: "recipientName", after: "recipientName"},
		{name: "no name", change: func(i *gen.MassPayoutItemDetail) { i.RecipientName = "" }, hide: "recipientName"},
		{name: "another description", change: func(i *gen.MassPayoutItemDetail) { i.Description = "bonus" }, differs: "description"},
		{name: "a description that was cut off", change: func(i *gen.MassPayoutItemDetail) { i.Description = "sal" }, hide: "description"},
		{name: "a description that was cut off, and says so", change: func(i *gen.MassPayoutItemDetail) { i.Description = "sal..." }, hide: "description"},
		{name: "a description that goes on", change: func(i *gen.MassPayoutItemDetail) { i.Description = "salary, and bonus" }, differs: "description"},
		{name: "no description", change: func(i *gen.MassPayoutItemDetail) { i.Description = "" }},
		{name: "a stranger", change: func(i *gen.MassPayoutItemDetail) { i.ItemExternalID = "emp-2" }, differs: "the request does not have", after: "that the request does not have"},
		{name: "refused, its amount lost", change: func(i *gen.MassPayoutItemDetail) {
			i.ItemStatus, i.TotalAmount, i.CurrencyCode, i.RecipientInfo = gen.ItemStatusInvalid, decimal.Decimal{}, "", ""
		}},
		{name: "refused, another recipient", change: func(i *gen.MassPayoutItemDetail) {
			i.ItemStatus, i.RecipientInfo = gen.ItemStatusInvalid, "TR920086402100005482911107"
		}, differs: "recipientInfo", after: "recipientInfo"},
	}
	r := request("p", mine)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			shown := gen.MassPayoutItemDetail{
				ItemExternalID: "emp-1", RecipientType: "IBAN", RecipientInfo: mine.RecipientInfo, RecipientName: mine.RecipientName,
				TotalAmount: mine.Amount.Value, CurrencyCode: "TRY", Description: "salary", ItemStatus: gen.ItemStatusInit,
			}
			tt.change(&shown)
			for _, beforeAuth := range []bool{true, false} {
				m := newMatcher(&r, "", nil)
				m.take(&shown, beforeAuth)
				want := tt.differs
				if !beforeAuth {
					want = tt.after
				}
				wantField(t, "differs", m.differs, ErrOtherPayout, want)
				if beforeAuth {
					wantField(t, "hidden", m.hidden, ErrUnverified, tt.hide)
				}
			}
		})
	}
}

func amounts(total, commission string) func(*gen.MassPayoutItemDetail) {
	return func(i *gen.MassPayoutItemDetail) {
		i.TotalAmount, i.CommissionAmount = decimal.RequireFromString(total), decimal.RequireFromString(commission)
	}
}

func wantField(t *testing.T, what string, err, kind error, field string) {
	t.Helper()
	if field == "" {
		if err != nil {
			t.Errorf("%s: %v, want none", what, err)
		}
		return
	}
	wantError(t, err, kind, "emp-", field)
	for _, secret := range []string{"9111", "Ayşe", "Fatma", "10000"} {
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s shows %q: %v", what, secret, err)
		}
	}
}
