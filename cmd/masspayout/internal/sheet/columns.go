package sheet

import (
	"strings"
	"unicode"

	"github.com/iyzico-go/masspayout/gen"
)

// field is what a column holds, by the name of the request's field that a finding of gen names.
type field string

const (
	fieldID          field = "itemExternalId"
	fieldName        field = "recipientName"
	fieldAmount      field = "amount.value"
	fieldCurrency    field = "amount.currency"
	fieldDescription field = "description"
	fieldType        field = "recipientType"
	fieldInfo        field = "recipientInfo"

	// A column for one kind of recipient, in place of the two above.
	fieldIBAN     field = "IBAN"
	fieldIdentity field = "IDENTITY_NUMBER"
	fieldPhone    field = "PHONE"
	fieldMember   field = "MEMBER_ID"
)

// recipientFields are the columns for one kind of recipient each.
var recipientFields = []field{fieldIBAN, fieldIdentity, fieldPhone, fieldMember}

// columns are the fields with their headings: the one that the template has, and all that are read, folded.
var columns = []struct {
	field    field
	heading  text
	synonyms string
}{
	{fieldID, text{"Item ID", "Kalem no"},
		`itemexternalid itemid itemno item id kalemno kalemnumarasi kalem kirilimno odemeno sirano sicilno personelno
		calisanno employeeid employeeno reference referenceno referans referansno paymentid`},
	{fieldName, text{"Recipient name", "Alıcı adı"},
		`recipientname recipient name fullname beneficiary beneficiaryname payee payeename employeename accountholder
		ad adi aliciadi aliciadisoyadi aliciadsoyad alici adisoyadi adsoyad advesoyad isim isimsoyisim aliciunvani unvan
		personeladi calisanadi hesapsahibi`},
	{fieldIBAN, text{"IBAN", "IBAN"}, `iban ibanno ibannumarasi ibannumber aliciiban recipientiban hesapiban`},
	{fieldIdentity, text{"T.C. identity number", "T.C. kimlik no"},
		`tcidentitynumber identitynumber nationalid nationalidnumber tckimlikno tckimliknumarasi tckn tcno kimlikno
		kimliknumarasi`},
	{fieldPhone, text{"Phone", "Telefon"},
		`phone phonenumber mobile mobilephone telefon telefonno telefonnumarasi ceptelefonu ceptelefonno cep ceptel gsm
		gsmno`},
	{fieldMember, text{"Member ID", "Üye no"}, `memberid member memberno uyeno uyenumarasi iyzicouyeno`},
	{fieldType, text{"Recipient type", "Alıcı tipi"}, `recipienttype alicitipi alicituru`},
	{fieldInfo, text{"Recipient info", "Alıcı bilgisi"}, `recipientinfo alicibilgisi`},
	{fieldAmount, text{"Amount", "Tutar"},
		`amount amountvalue netamount netpay netsalary tutar odemetutari odenecektutar nettutar netmaas netucret netodeme`},
	{fieldCurrency, text{"Currency", "Para birimi"},
		`currency currencycode amountcurrency parabirimi doviz dovizcinsi dovizkodu`},
	{fieldDescription, text{"Description", "Açıklama"},
		`description paymentdescription memo aciklama odemeaciklamasi`},
}

var fieldOf = func() map[string]field {
	fields := map[string]field{}
	for _, c := range columns {
		for _, synonym := range strings.Fields(c.synonyms) {
			fields[synonym] = c.field
		}
		fields[fold(c.heading.en)], fields[fold(c.heading.tr)] = c.field, c.field
	}
	return fields
}()

// headingOf is the template's heading of a field.
func headingOf(f field, l Language) string {
	for _, c := range columns {
		if c.field == f {
			return c.heading.in(l)
		}
	}
	return string(f)
}

// recipientTypes are the ways to write a kind of recipient, folded.
var recipientTypes = map[string]gen.RecipientType{
	"iban":  gen.RecipientTypeIBAN,
	"phone": gen.RecipientTypePhone, "telefon": gen.RecipientTypePhone, "gsm": gen.RecipientTypePhone,
	"identitynumber": gen.RecipientTypeIdentityNumber, "tckn": gen.RecipientTypeIdentityNumber,
	"tckimlikno": gen.RecipientTypeIdentityNumber, "kimlikno": gen.RecipientTypeIdentityNumber,
	"memberid": gen.RecipientTypeMemberID, "uyeno": gen.RecipientTypeMemberID,
}

// currencies are the ways to write a currency, in lower case.
var currencies = map[string]gen.Currency{
	"try": gen.CurrencyTRY, "tl": gen.CurrencyTRY, "₺": gen.CurrencyTRY,
	"usd": gen.CurrencyUSD, "$": gen.CurrencyUSD, "eur": gen.CurrencyEUR, "€": gen.CurrencyEUR,
}

// fold makes headings comparable, whoever wrote them: ALICI ADI, Alıcı Adı and alici_adi are one.
func fold(s string) string {
	var folded strings.Builder
	for _, r := range s {
		switch r {
		case 'İ', 'I', 'ı', 'î', 'Î':
			r = 'i'
		case 'ş', 'Ş':
			r = 's'
		case 'ğ', 'Ğ':
			r = 'g'
		case 'ç', 'Ç':
			r = 'c'
		case 'ö', 'Ö':
			r = 'o'
		case 'ü', 'Ü', 'û', 'Û':
			r = 'u'
		case 'â', 'Â':
			r = 'a'
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) { // not a combining mark, as macOS writes them
			folded.WriteRune(unicode.ToLower(r))
		}
	}
	return folded.String()
}
