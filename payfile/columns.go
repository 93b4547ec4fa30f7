package payfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/iyzico-go/masspayout/gen"
)

// Field is what a column holds. Its text is the name for it in [ParseColumns].
type Field string

// The fields. A recipient is in one column for its kind, such as IBAN, or in FieldKind and FieldRecipient together.
const (
	FieldID          Field = "id"
	FieldName        Field = "name"
	FieldFirstName   Field = "first-name"
	FieldLastName    Field = "last-name"
	FieldAmount      Field = "amount"
	FieldCurrency    Field = "currency"
	FieldDescription Field = "description"
	FieldIBAN        Field = "iban"
	FieldIdentity    Field = "identity"
	FieldPhone       Field = "phone"
	FieldMember      Field = "member"
	FieldKind        Field = "kind"
	FieldRecipient   Field = "recipient"
)

// fields are all fields, with the heading that a template has for each.
var fields = []struct {
	field   Field
	heading text
}{
	{FieldID, text{"Item ID", "Kalem no"}},
	{FieldName, text{"Recipient name", "Alıcı adı"}},
	{FieldFirstName, text{"First name", "Ad"}},
	{FieldLastName, text{"Last name", "Soyad"}},
	{FieldIBAN, text{"IBAN", "IBAN"}},
	{FieldIdentity, text{"T.C. identity number", "T.C. kimlik no"}},
	{FieldPhone, text{"Phone", "Telefon"}},
	{FieldMember, text{"Member ID", "Üye no"}},
	{FieldKind, text{"Recipient type", "Alıcı tipi"}},
	{FieldRecipient, text{"Recipient info", "Alıcı bilgisi"}},
	{FieldAmount, text{"Amount", "Tutar"}},
	{FieldCurrency, text{"Currency", "Para birimi"}},
	{FieldDescription, text{"Description", "Açıklama"}},
}

// Heading is the heading of a field that every version of this package reads, for a file to fill in.
func (f Field) Heading(l Language) string {
	for _, known := range fields {
		if known.field == f {
			return known.heading.in(l)
		}
	}
	return string(f)
}

// kinds are the columns for one kind of recipient each, the one that counts first.
var kinds = []struct {
	field Field
	kind  gen.RecipientType
}{
	{FieldIBAN, gen.RecipientTypeIBAN},
	{FieldPhone, gen.RecipientTypePhone},
	{FieldIdentity, gen.RecipientTypeIdentityNumber},
	{FieldMember, gen.RecipientTypeMemberID},
}

var columnName = regexp.MustCompile(`(?:^|,)\s*([a-z-]+)\s*=`)

// ParseColumns reads which headings hold which field, such as "amount=Net Ödenecek,iban=Hesap", for [Options]. The
// names are those of the fields. Where two columns have one heading, #4 or #D is the fourth column.
func ParseColumns(s string, l Language) (map[Field]string, error) {
	columns := map[Field]string{}
	starts := columnName.FindAllStringSubmatchIndex(s, -1)
	if strings.TrimSpace(s) != "" && (len(starts) == 0 || strings.TrimSpace(s[:starts[0][0]]) != "") {
		return nil, Findings{{Message: l.Pick("expected columns such as amount=Net Pay,iban=Account",
			"amount=Net Ödenecek,iban=Hesap gibi sütunlar olmalıdır"), language: l}}
	}
	for i, start := range starts {
		end := len(s)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		field, heading := Field(s[start[2]:start[3]]), strings.TrimSpace(s[start[1]:end])
		var names []string
		known := false
		for _, f := range fields {
			names, known = append(names, string(f.field)), known || f.field == field
		}
		switch _, twice := columns[field]; {
		case !known:
			return nil, Findings{{Message: fmt.Sprintf(l.Pick("there is no field %s; the fields are %s",
				"%s diye bir alan yok; alanlar: %s"), field, strings.Join(names, ", ")), language: l}}
		case twice || fold(heading) == "":
			return nil, Findings{{Message: fmt.Sprintf(l.Pick("expected one heading for %s", "%s için bir başlık olmalıdır"),
				field), language: l}}
		}
		columns[field] = heading
	}
	return columns, nil
}

// fold makes headings comparable, whoever wrote them: ALICI ADI, Alıcı Adı and alici_adi are one.
func fold(s string) string {
	var folded strings.Builder
	for _, r := range s {
		if r = foldRune(r); r != 0 {
			folded.WriteRune(r)
		}
	}
	return folded.String()
}

// foldRune is 0 for what does not count.
func foldRune(r rune) rune {
	switch r {
	case 'İ', 'I', 'ı', 'î', 'Î':
		return 'i'
	case 'ş', 'Ş':
		return 's'
	case 'ğ', 'Ğ':
		return 'g'
	case 'ç', 'Ç':
		return 'c'
	case 'ö', 'Ö':
		return 'o'
	case 'ü', 'Ü', 'û', 'Û':
		return 'u'
	case 'â', 'Â':
		return 'a'
	case '₺', '$', '€', '#':
		return r
	}
	if unicode.IsLetter(r) || unicode.IsDigit(r) { // not a combining mark, as macOS writes them
		return unicode.ToLower(r)
	}
	return 0
}

// words are the words of a heading, folded. aliciAdi is two, and T.C. is one.
func words(heading string) (list []string) {
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			list = append(list, word.String())
			word.Reset()
		}
	}
	lower := false
	runes := []rune(strings.ReplaceAll(heading, "₺", " ₺ "))
	for i, r := range runes {
		folded := foldRune(r)
		upper := unicode.IsUpper(r)
		switch {
		case folded == 0 && unicode.Is(unicode.Mn, r):
			continue
		case folded == 0 && r == '.' && i > 0 && word.Len() == 1 && i+1 < len(runes) && unicode.IsUpper(runes[i-1]) &&
			unicode.IsUpper(runes[i+1]) && (i+2 == len(runes) || !unicode.IsLetter(runes[i+2])):
			continue // T.C.
		case folded == 0:
			end()
		default:
			if upper && lower {
				end()
			}
			word.WriteRune(folded)
		}
		lower = unicode.IsLower(r)
	}
	end()
	return list
}

// units are the words of a heading that name a currency, and the ways to write one in a cell.
var units = map[string]gen.Currency{
	"try": gen.CurrencyTRY, "tl": gen.CurrencyTRY, "₺": gen.CurrencyTRY, "lira": gen.CurrencyTRY,
	"trl": gen.CurrencyTRY, "turklirasi": gen.CurrencyTRY, "yerel": gen.CurrencyTRY,
	"usd": gen.CurrencyUSD, "$": gen.CurrencyUSD, "dolar": gen.CurrencyUSD, "abddolari": gen.CurrencyUSD,
	"amerikandolari": gen.CurrencyUSD, "us$": gen.CurrencyUSD,
	"eur": gen.CurrencyEUR, "€": gen.CurrencyEUR, "euro": gen.CurrencyEUR, "avro": gen.CurrencyEUR,
}

// set is the words that are in it.
type set map[string]bool

func setOf(list string) set {
	s := set{}
	for _, word := range strings.Fields(list) {
		s[word] = true
	}
	return s
}

func (s set) any(list []string) bool {
	for _, word := range list {
		if s[word] {
			return true
		}
	}
	return false
}

func (s set) all(list []string) bool {
	for _, word := range list {
		if !s[word] {
			return false
		}
	}
	return len(list) > 0
}

var (
	numberWords = setOf("no nosu numara numarasi num nr number kodu kod code id #")
	whoseWords  = setOf("alici alicinin personel personelin calisan calisanin isci iscinin uye kisi musteri lehdar lehtar " +
		"beneficiary recipient payee employee banka bankasi odeme item maas")
	persons = setOf("pers per alici alicinin personel personelin calisan calisanin isci iscinin uye kisi lehdar lehtar " +
		"beneficiary recipient payee employee receiver")
	notWhose = setOf("gonderen gonderici borclu isveren firma sirket sube kaynak amir sender debtor ordering company " +
		"tarihi tarih date baba anne bolum departman gorev gorevi eski onceki gecmis iptal old previous")

	fullNames = setOf("ad adi isim ismi soyad soyadi soyisim soyismi ve adsoyad adisoyadi advesoyad isimsoyisim " +
		"adsoyadi adisoyad alici alicinin personel personelin calisan calisanin isci iscinin hesap sahibi sahibinin lehdar " +
		"lehtar alacakli kisi uye cari musteri unvan unvani name full names recipient s beneficiary payee employee " +
		"account holder tam iban of")
	firstNames = setOf("ad adi isim ismi first given firstname name")
	lastNames  = setOf("soyad soyadi soyisim soyismi last surname lastname family name")
	nameWords  = setOf("ad adi isim ismi adsoyad adisoyadi advesoyad isimsoyisim adsoyadi adisoyad name fullname")

	amounts = setOf("net odenecek odenen odenecekler tutar tutari ucret ucreti maas maasi odeme odemesi hakedis hakedisi " +
		"ele gecen gececek banka bankaya havale eft fast transfer gonderilecek yatacak yatan yatirilacak toplam aylik " +
		"personel islem transaction amount value pay salary payment total to be paid wage wages payable netto alacagi alacak miktar miktari " +
		"nettutar netmaas netucret netodeme netpay netsalary netamount item alici bankadan hak edis take home istihkak istihkaki kazanc " +
		"kazanci")
	amountWords = setOf("edis tutar tutari ucret ucreti maas maasi odenecek hakedis hakedisi gececek gecen yatacak yatirilacak " +
		"gonderilecek amount salary pay payable wage wages net netto nettutar netmaas netucret netodeme netpay netsalary " +
		"netamount miktar miktari")
	surelyNet = setOf("edis net netto odenecek tutar tutari gecen gececek yatacak yatirilacak gonderilecek amount payable " +
		"nettutar netmaas netucret netodeme netpay netsalary netamount hakedis hakedisi")
)

// known are headings by what they are, folded, in the order in which one is taken before another.
var known = func() map[string]match {
	byHeading := map[string]match{}
	for _, list := range []struct {
		field    Field
		rank     int
		headings string
	}{
		{FieldID, 1, `itemexternalid itemid itemno item id externalid kalemno kalemid kalemnumarasi kalem kirilimno odemeno
			odemeid islemno reference referenceno referans referansno referanskodu paymentid paymentreference uniqueid`},
		{FieldID, 2, `sicilno sicil sicilnumarasi sicilkodu personelsicilno personelno personelkodu personelid
			personelsicil perskodu persno perssicilno calisanno calisanid employeeid employeeno carikodu carino carihesapkodu musterino kartno bordrono`},
		{FieldID, 3, `sirano sira sno sn siranumarasi no nr # rownumber`},
		{FieldLastName, 1, `soyad soyadi soyisim soyismi`},
		{FieldAmount, 1, `bankaodemesi bankaodeme bankayaodeme`},
		{FieldName, 2, `alici personel calisan isci lehdar lehtar alacakli recipient beneficiary payee employee hesapsahibi
			accountholder cariunvan cariunvani cari`},
		{FieldName, 3, `unvan unvani`},
		{FieldIBAN, 2, `hesapno hesapnumarasi bankahesapno bankahesapnumarasi aliciahesapno alicihesapno maashesapno
			accountnumber accountno bankaccount hesap`},
		{FieldIdentity, 1, `tcidentitynumber identitynumber identityno nationalid nationalidnumber tckimlikno
			tckimliknumarasi tckimlik tckn tcno tc tckimliknosu kimlikno kimliknumarasi vatandaslikno tcvatandaslikno
			idnumber aliciatckn alicitckn personeltckn tcknno alicitckimlikno`},
		{FieldIdentity, 2, `tcknvkn vkntckn vergitckimlikno kimlik`},
		{FieldMember, 1, `memberid member memberno uyeno uyenumarasi uyeid iyzicouyeno iyzicouyeid`},
		{FieldKind, 1, `recipienttype alicitipi alicituru`},
		{FieldRecipient, 1, `recipientinfo alicibilgisi`},
		{FieldCurrency, 1, `currency currencycode amountcurrency parabirimi parabirimikodu doviz dovizcinsi dovizkodu
			dovizturu doviztipi paracinsi parakodu pb`},
		{FieldDescription, 1, `description paymentdescription memo aciklama aciklamasi odemeaciklamasi islemaciklamasi
			aciklama1 aciklamalar odemenotu aliciaciklama aliciaciklamasi konu odemekonusu`},
	} {
		for _, heading := range strings.Fields(list.headings) {
			byHeading[heading] = match{list.field, list.rank}
		}
	}
	return byHeading
}()

var (
	// whole are words of a heading of what is paid, whatever other amounts stand beside it.
	whole = setOf("net netto odenecek gececek gecen yatacak yatirilacak gonderilecek payable nettutar netmaas netucret " +
		"netodeme netpay netsalary netamount hakedis hakedisi")

	// cash are words of headings of a part that is not paid to a bank, and may be in what is called the net amount.
	cash = setOf("elden nakit nakden cash")

	// parts are words of headings of an amount that is taken from another one, or is what is left of it.
	parts = setOf("kalan avans avansi icra kesinti kesintisi kesintiler kesintileri stopaj yatan remaining advance " +
		"deduction deductions kurus cents")
)

// rivals reports whether a heading, though that of an amount, may not be that of what is paid, because there is another
// one: of Maaş, Avans and Kalan, it is not clear that Maaş is meant.
func rivals(amount, other string) bool {
	list := words(other)
	return cash.any(list) || !whole.any(words(amount)) && (parts.any(list) || setOf("genel toplam").all(without(list, setOf("tl try"))))
}

var (
	leftWords  = setOf("kalan bakiye bakiyesi banka bankaya bankadan bank yatan remaining remainder balance")
	leftBeside = setOf("tutar tutari odenen odeme net ucret maas hesaba amount tl try")
)

// leftOrByBank reports whether a heading names what is left to pay or what is paid by bank, if there are amounts below:
// Kalan Tutar, Bakiye, Bankaya, Ödenen. Banka may be the bank's name as well.
func leftOrByBank(heading string) bool {
	list := words(heading)
	return fold(heading) == "odenen" || leftWords.any(list) && leftBeside.all(append(without(list, leftWords), "tutar"))
}

// match is a field that a heading may stand for. Of two columns for a field, the one with the lower rank is meant.
type match struct {
	field Field
	rank  int
}

var (
	identityWord  = setOf("tc")
	mobileWords   = setOf("cep ceptel ceptelefonu gsm mobile mobil")
	landlineWords = setOf("ev is sabit dahili faks fax")
	phoneWords    = setOf("telefon telefonu tel phone telephone phonenumber")
)

// classify says what a heading stands for, and which currency it names.
func classify(heading string) (m match, currency gen.Currency) {
	list := words(heading)
	kept := list[:0:0]
	for _, word := range list {
		if unit, ok := units[word]; ok && len(list) > 1 {
			currency = unit
			continue
		}
		kept = append(kept, word)
	}
	joined := strings.Join(kept, "")
	if m, ok := known[joined]; ok {
		return m, currency
	}
	contains := func(part string) bool { return strings.Contains(joined, part) }
	switch {
	case notWhose.any(kept):
		return match{}, currency
	case setOf("gecen").any(kept) && !setOf("ele banka bankaya hesaba").any(kept): // Geçen Maaş is that of last month
		return match{}, currency
	case contains("iban") && !nameWords.any(kept) && !contains("sahib"):
		return match{FieldIBAN, 1}, currency
	case contains("tckn"), identityWord.any(kept) && numberWords.any(kept):
		return match{FieldIdentity, 1}, currency
	case mobileWords.any(kept):
		return match{FieldPhone, 1}, currency
	case landlineWords.any(kept):
		return match{}, currency
	case phoneWords.any(kept):
		return match{FieldPhone, 2}, currency
	case persons.any(kept) && numberWords.all(without(kept, persons)): // Pers. Kod
		return match{FieldID, 2}, currency
	case lastNames.all(without(kept, persons)) && !firstNames.all(without(kept, persons)):
		return match{FieldLastName, 1}, currency
	case firstNames.all(without(kept, persons)): // the whole name, if there is no column for the last one
		return match{FieldFirstName, 1}, currency
	case fullNames.all(kept) && (nameWords.any(kept) || contains("soyad") || contains("unvan") || contains("sahibi")):
		return match{FieldName, 1}, currency
	case amounts.all(withoutDate(kept)) && amountWords.any(kept):
		if surelyNet.any(kept) && !setOf("odenen").any(kept) { // Ödenen may have been paid already
			return match{FieldAmount, 1}, currency
		}
		return match{FieldAmount, 2}, currency
	}
	if m, ok := known[strings.Join(without(kept, whoseWords), "")]; ok && len(kept) > 1 && m.rank < 3 {
		return match{m.field, m.rank + 1}, currency
	}
	return match{}, currency
}

// withoutDate takes away the months and years of Kasım 2026 Net Maaş.
func withoutDate(list []string) []string {
	return slices.DeleteFunc(without(list, months), digitsOnly)
}

func without(list []string, words set) (rest []string) {
	for _, word := range list {
		if !words[word] {
			rest = append(rest, word)
		}
	}
	return rest
}

// clean is a heading in one line, of a length to be shown.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 40 {
		s = string(runes[:40]) + "…"
	}
	return s
}
