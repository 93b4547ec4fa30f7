package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/cmd/masspayout/internal/sheet"
	"github.com/iyzico-go/masspayout/gen"
)

const iban = "TR330006100519786457841326"

// ayse and mehmet are what every layout below says.
var (
	ayse = gen.MassPayoutItem{
		ItemExternalID: "1001", RecipientType: gen.RecipientTypeIBAN, RecipientInfo: iban, RecipientName: "Ayşe Yılmaz",
		Amount: gen.Amount{Value: decimal.RequireFromString("48250.75"),
			Currency: gen.CurrencyTRY}, Description: "Kasım maaşı",
	}
	mehmet = gen.MassPayoutItem{
		ItemExternalID: "1002", RecipientType: gen.RecipientTypePhone, RecipientInfo: "+905551234567", RecipientName: "Mehmet Çağlar Öğüt",
		Amount: gen.Amount{Value: decimal.RequireFromString("1250"), Currency: gen.CurrencyTRY}, Description: "Prim",
	}
)

// windows1254 encodes the letters that the tests use.
func windows1254(s string) string {
	return strings.NewReplacer("ş", "\xfe", "Ş", "\xde", "ı", "\xfd", "İ", "\xdd", "ğ", "\xf0", "Ğ", "\xd0", "ç", "\xe7",
		"Ç", "\xc7",
		"ö", "\xf6", "Ö", "\xd6", "ü", "\xfc", "Ü", "\xdc", "€", "\x80", "\u00a0", "\xa0").Replace(s)
}

func TestRead(t *testing.T) {
	const turkish = "Kalem no;Alıcı adı;IBAN;Telefon;Tutar;Para birimi;Açıklama\r\n" +
		"1001;Ayşe Yılmaz;TR33 0006 1005 1978 6457 8413 26;;48.250,75;TL;Kasım maaşı\r\n" +
		"1002;Mehmet Çağlar Öğüt;;+90 555 123 45 67;1250;TRY;Prim\r\n"
	const english = "Item ID,Recipient name,Recipient type,Recipient info,Amount,Currency,Description\n" +
		"1001,Ayşe Yılmaz,IBAN,tr330006100519786457841326,\"48,250.75\",try,Kasım maaşı\n" +
		"1002,Mehmet Çağlar Öğüt,PHONE,+905551234567,1250.00,TRY,Prim\n"
	for _, tt := range []struct {
		name, file   string
		separator    rune
		decimalComma bool
	}{
		{"Turkish Excel", windows1254(turkish), ';', true},
		{"UTF-8", turkish, ';', true},
		{"UTF-8 with a byte order mark", "\uFEFF" + turkish, ';', true},
		{"English", english, ',', false},
		{"tabs", strings.ReplaceAll(turkish, ";", "\t"), '\t', true},
		{"named separator", "sep=;\r\n" + turkish, ';', true},
		{"lines as old Macs end them", strings.ReplaceAll(turkish, "\r\n", "\r"), ';', true},
		{"capital letters", strings.Replace(turkish, "Kalem no;Alıcı adı;IBAN;Telefon;Tutar;Para birimi;Açıklama",
			"KALEM NO;ALICI ADI;IBAN;TELEFON;TUTAR;PARA_BİRİMİ;AÇIKLAMA", 1), ';', true},
		{"synonyms", strings.Replace(turkish, "Kalem no;Alıcı adı;IBAN;Telefon;Tutar;Para birimi;Açıklama",
			"Sicil No;Adı Soyadı;IBAN No;Cep Tel.;Net Maaş;Döviz;Ödeme açıklaması", 1), ';', true},
		{"combining marks, as macOS writes them", strings.Replace(turkish, "Açıklama", "Ac\u0327ıklama", 1), ';', true},
		{"empty lines and rows", strings.ReplaceAll(turkish, "\r\n", "\r\n\r\n;;;;;;\r\n"), ';', true},
		{"no line end at the end", strings.TrimRight(turkish, "\r\n"), ';', true},
		{"quotes", strings.Replace(turkish, "Kasım maaşı", "\"Kasım\r\nmaaşı\"", 1), ';', true},
		{"no-break spaces", strings.Replace(strings.ReplaceAll(turkish, "TR33 0006", "TR33\u00a00006"), "48.250,75",
			"\u00a048\u00a0250,75", 1), ';', true},
		{"narrow no-break spaces", strings.Replace(turkish, "48.250,75", "48\u202f250,75", 1), ';', true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := sheet.Read([]byte(tt.file), sheet.English)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Items) != 2 || !equal(got.Items[0], ayse) || !equal(got.Items[1], mehmet) {
				t.Errorf("got %#v", []gen.MassPayoutItem(got.Items))
			}
			if got.Format != (sheet.Format{Separator: tt.separator, DecimalComma: tt.decimalComma}) {
				t.Errorf("got the format %+v", got.Format)
			}
		})
	}
}

func equal(a, b gen.MassPayoutItem) bool {
	same := a.Amount.Value.Equal(b.Amount.Value)
	a.Amount.Value, b.Amount.Value = decimal.Decimal{}, decimal.Decimal{}
	return same && a == b
}

func TestAmounts(t *testing.T) {
	for _, tt := range []struct{ cell, want string }{ // an amount, or a part of what is found
		{"48.250,75", "48250.75"},
		{"48,250.75", "48250.75"},
		{"48250.75", "48250.75"},
		{"48250,75", "48250.75"},
		{"48 250,75", "48250.75"},
		{"48250,7", "48250.7"},
		{"1.250.000", "1250000"},
		{"1,250,000", "1250000"},
		{"1.250.000,5", "1250000.5"},
		{"1 250", "1250"},
		{"1250", "1250"},
		{"0,50", "0.5"},
		{"0.01", "0.01"},
		{"999999999999.99", "999999999999.99"},

		{"1.250", "1.250 can be read as 1250 and as 1 and a fraction: write 1250.00 or 1.25"},
		{"1,250", "1,250 can be read as 1250 and as 1 and a fraction"},
		{"999.999", "can be read as 999999"},
		{"0.250", "at most two decimals"},
		{"0,250", "at most two decimals"},
		{"1250.000", "at most two decimals"},
		{"1.250,755", "at most two decimals"},
		{"12.3456", "at most two decimals"},
		{"1,25E+05", "shortened this number"},
		{"1.25e5", "shortened this number"},
		{"0", "more than 0"},
		{"0,00", "more than 0"},
		{"007", "without zeros before it"},
		{"00,50", "without zeros before it"},
		{"#REF!", "a formula or its error"},
		{"#YOK", "a formula or its error"},
		{"=A1*2", "a formula or its error"},
		{"-48250,75", "expected an amount"},
		{"+48250,75", "expected an amount"},
		{"(48250,75)", "expected an amount"},
		{"48.250,75 TL", "expected an amount"},
		{"₺48250", "expected an amount"},
		{"48.250.75", "expected an amount"},
		{"48,250,75", "expected an amount"},
		{"4.8250,75", "expected an amount"},
		{"1.250 000,75", "expected an amount"},
		{"48 25", "expected an amount"},
		{".75", "expected an amount"},
		{"1250,", "expected an amount"},
		{"4825O", "expected an amount"},
		{"４８２５０", "expected an amount"},
		{"٤٨", "expected an amount"},
		{"1'250.00", "expected an amount"},
		{"NaN", "expected an amount"},
		{"9999999999999999", "at most 15 digits"},
		{"", "required, but empty"},
	} {
		t.Run(tt.cell, func(t *testing.T) {
			got, err := sheet.Read([]byte("id;Ad;IBAN;Tutar;Para birimi;Açıklama\na;Ayşe "+
				"Yılmaz;"+iban+";"+tt.cell+";TRY;Maaş\n"), sheet.English)
			switch {
			case err == nil && tt.want != got.Items[0].Amount.Value.String():
				t.Errorf("got %v, want %q", got.Items[0].Amount.Value, tt.want)
			case err != nil && !strings.Contains(err.Error(), tt.want):
				t.Errorf("got %q, want %q", err, tt.want)
			case err != nil && !strings.HasPrefix(err.Error(), "line 2, column 4 (Tutar): "):
				t.Errorf("got %q, want the place", err)
			}
		})
	}
}

// One file, with everything that is wrong with it.
func TestFindings(t *testing.T) {
	const file = `id;Ad;IBAN;Telefon;TCKN;Tutar;Para birimi;Açıklama
a;Ayşe Yılmaz;TR330006100519786457841326;;;1.250;TRY;Maaş
a;Ali Veli;330006100519786457841326;;;100;TRY;Maaş
c;Ali Veli;;05551234567;;100;YEN;Maaş
d;Ali Veli;;905551234567;;100;TRY;
e;Ali Veli;;;2,22222E+10;100;TRY;Maaş
f;Ali Veli;;;2222222222;100;TRY;Maaş
;;;;;;;
1,2E+11;;TR330006100519786457841326;;;100;TRY;Maaş
h;Ali Veli;TR330006100519786457841326;;22222222220;100;TRY;Maaş
i;Ali Veli;;;;100;TRY;Maaş
j;Ali Veli;TR330006100519786457841326;;;100;TRY
;Ali Veli;TR33-0006;;;;;` + "Maa\u200bş\n"
	for _, tt := range []struct {
		language sheet.Language
		want     string
	}{
		{sheet.English, `line 2, column 6 (Tutar): 1.250 can be read as 1250 and as 1 and a fraction: write 1250.00 or 1.25
line 3, column 1 (id): line 2 has the same
line 3, column 3 (IBAN): the country is missing: write TR before it
line 4, column 4 (Telefon): expected a number such as +905551234567: a spreadsheet may have dropped the + or a zero; format the column as text
line 4, column 7 (Para birimi): expected TRY (or TL), USD or EUR
line 5, column 4 (Telefon): expected a number such as +905551234567: a spreadsheet may have dropped the + or a zero; format the column as text
line 5, column 8 (Açıklama): required, but empty
line 6, column 5 (TCKN): a spreadsheet has shortened this number and lost digits: format the column as text, and enter it anew
line 7, column 5 (TCKN): expected 11 digits: a spreadsheet may have dropped zeros; format the column as text
line 9, column 1 (id): a spreadsheet has shortened this number and lost digits: format the column as text, and enter it anew
line 9, column 2 (Ad): required, but empty
line 10, column 5 (TCKN): the item has more than one recipient: leave the one to be paid, and empty the other cells
line 11, column 3 (IBAN): required, but empty: the item has no recipient
line 12: 7 cells below 8 headings
line 13, column 1 (id): required, but empty
line 13, column 3 (IBAN): expected an IBAN such as TR33 0006 1005 1978 6457 8413 26
line 13, column 6 (Tutar): required, but empty
line 13, column 7 (Para birimi): required, but empty
line 13, column 8 (Açıklama): the cell has an invisible character: enter it anew`},
		{sheet.Turkish, `satır 2, sütun 6 (Tutar): 1.250 hem 1250 hem de 1 küsur olarak okunabilir: 1250,00 ya da 1,25 yazın
satır 3, sütun 1 (id): satır 2 ile aynı
satır 3, sütun 3 (IBAN): ülke kodu eksik: başına TR yazın
`},
	} {
		_, err := sheet.Read([]byte(file), tt.language)
		if err == nil || !strings.HasPrefix(err.Error()+"\n", tt.want) || tt.language == sheet.English &&
			err.Error() != tt.want {
			t.Errorf("got:\n%v\nwant:\n%s", err, tt.want)
		}
	}
}

func TestFilesThatAreNoTable(t *testing.T) {
	const headings = "id;Ad;IBAN;Tutar;Para birimi;Açıklama\n"
	for _, tt := range []struct{ name, file, want string }{
		{"empty", "", "line 1: the file is empty"},
		{"blank", "\r\n\r\n", "line 1: the file is empty"},
		{"headings alone", headings, "line 2: there is no item"},
		{"no headings", "1001;Ayşe Yılmaz;" + iban + ";100;TRY;Maaş\n",
			"line 1: expected headings in the first line, among them: Item ID, Recipient name, IBAN"},
		{"a workbook", "PK\x03\x04...", "an Excel workbook"},
		{"UTF-16", "\xff\xfei\x00d\x00", "UTF-16"},
		{"no text", "id;\x00", "not a text file"},
		{"two encodings", headings + "a;Ayşe Y\xfdlmaz;" + iban + ";100;TRY;Maa\xfe\n", "mixes UTF-8 and another encoding"},
		{"neither encoding", "id\x81", "neither UTF-8 nor Windows-1254"},
		{"a letter lost", headings + "a;Ay\uFFFDe;" + iban + ";100;TRY;x\n", "line 2, column 2 (Ad): a letter was lost"},
		{"heading unknown", "id;Ad;IBAN;Tutar;Para birimi;Açıklama;Departman\n",
			"line 1, column 7: the heading “Departman” is not known"},
		{"heading twice", "id;Ad;IBAN;Tutar;Net maaş;Para birimi;Açıklama\n",
			"line 1, column 5 (Net maaş): there is another column of this kind"},
		{"columns missing", "id;Tutar;IBAN\n", "line 1: there is no column “Currency”\nline 1: there is no column " +
			"“Description”\nline 1: there is no column “Recipient name”"},
		{"no recipients", "id;Tutar;Para birimi;Açıklama\n", "there is no column of recipients"},
		{"type without info", "id;Tutar;Para birimi;Açıklama;Alıcı tipi\n", "there is no column “Recipient info”"},
		{"both kinds of recipients", "id;Ad;IBAN;Tutar;Para birimi;Açıklama;Alıcı tipi;Alıcı bilgisi\n",
			"two kinds of columns of recipients"},
		{"a cell below no heading", "id;Ad;IBAN;Tutar;Para birimi;Açıklama;\na;Ayşe;" + iban + ";100;TRY;x;y\n",
			"line 2, column 7: there is a cell, but no heading above"},
		{"decimal comma between commas", "id,Ad,IBAN,Tutar,Para birimi,Açıklama\na,Ayşe," + iban + ",48.250,75,TRY,x\n",
			"line 2: 7 cells below 6 headings: an amount with a decimal comma must be in quotes"},
		{"quote not closed", headings + "a;\"Ayşe;" + iban + ";100;TRY;x\n", "line 2: a quote (\") is not closed"},
		{"quote inside", headings + "b;Ali;" + iban + ";1.250;TRY;x\na;Ay\"şe;" + iban + ";100;TRY;x\n",
			"line 2, column 4 (Tutar): 1.250 can be read as 1250 and as 1 and a fraction: write 1250.00 or 1.25\nline 3: a " +
				"quote (\") is in a cell that is not in quotes"},
		{"long cell", headings + "a;" + strings.Repeat("x", 1001) + ";" + iban + ";100;TRY;x\n", "more than 1000 characters"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sheet.Read([]byte(tt.file), sheet.English)
			var findings sheet.Findings
			if !errors.As(err, &findings) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			for _, data := range []string{iban, "Ayşe"} {
				if err != nil && strings.Contains(err.Error(), data) {
					t.Errorf("%v shows %q", err, data)
				}
			}
		})
	}
}

func TestPlace(t *testing.T) {
	s, err := sheet.Read([]byte("id;Ad;IBAN;Tutar;Para birimi;Açıklama\n\na;12;TR330006100519786457841327;100;TRY;x\nb;12;TR330006100519786457841327;100,00;TRY;x\n"),
		sheet.English)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range (gen.MassPayoutInitializeRequest{Items: s.Items}).Warnings() {
		got = append(got, s.Place(w).String())
	}
	want := []string{
		"line 3, column 3 (IBAN): the IBAN's check digits are wrong: a character is mistyped or two are swapped",
		"line 3, column 2 (Ad): must be a name; this one has hardly any letters",
		"line 4, column 3 (IBAN): the IBAN's check digits are wrong: a character is mistyped or two are swapped",
		"line 4, column 2 (Ad): must be a name; this one has hardly any letters",
		"line 4, column 3 (IBAN): line 3 pays the same amount to the same recipient",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Every warning that a file can get is there in Turkish.
func TestWarningsInTurkish(t *testing.T) {
	const file = `id;Ad;IBAN;TCKN;Telefon;Tutar;Para birimi;Açıklama
a;Ayşe Yılmaz;TR330006100519786457841327;;;1,00;TRY;x
b;Ayşe Yılmaz;TR33000610051978645784132;;;1,00;TRY;x
c;Ayşe Yılmaz;ZZ330006100519786457841326;;;1,00;TRY;x
d;;;10000000147;;1,00;TRY;x
e;;;;+902125555555;1,00;TRY;x
f;12;TR330006100519786457841326;;;1,00;TRY;x
g;Ayşe 05551234567;TR330006100519786457841326;;;1;TRY;x
`
	s, err := sheet.Read([]byte(file), sheet.Turkish)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range (gen.MassPayoutInitializeRequest{Items: s.Items}).Warnings() {
		got = append(got, s.Place(w).String())
	}
	want := []string{
		"satır 2, sütun 3 (IBAN): IBAN'ın kontrol basamakları tutmuyor: bir karakter yanlış ya da iki karakter yer değiştirmiş",
		"satır 3, sütun 3 (IBAN): TR ile başlayan IBAN 26 karakter olmalıdır, bu 25 karakter",
		"satır 4, sütun 3 (IBAN): IBAN, TR gibi, IBAN kullanan bir ülkenin koduyla başlamalıdır",
		"satır 5, sütun 4 (TCKN): T.C. kimlik numarasının kontrol basamakları tutmuyor: bir rakam yanlış ya da iki rakam yer değiştirmiş",
		"satır 6, sütun 5 (Telefon): +905551234567 gibi bir cep telefonu olmalıdır: +90, ardından 5 ile başlayan on rakam",
		"satır 7, sütun 2 (Ad): bir ad olmalıdır; bunda neredeyse hiç harf yok",
		"satır 8, sütun 2 (Ad): bir ad olmalıdır; bunda uzun bir sayı var",
		"satır 8, sütun 3 (IBAN): satır 7 aynı alıcıya aynı tutarı ödüyor",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWrite(t *testing.T) {
	outcomes := sheet.Outcomes{ExternalID: "salaries-2026-11", RequestID: "r-1", Items: []sheet.Outcome{
		{ItemExternalID: "1001", Recipient: "IBAN …1326", Amount: ayse.Amount,
			Commission: decimal.RequireFromString("20.00000000"), Status: gen.ItemStatusSuccess, ReferenceCode: "c-1"},
		{ItemExternalID: "1002", Recipient: "PHONE …4567", Amount: mehmet.Amount, Status: gen.ItemStatusFailed,
			Reasons: []string{"hesap kapalı", "iade bekleniyor"}},
	}}
	for _, tt := range []struct {
		language sheet.Language
		want     string
	}{
		{sheet.Turkish, "\uFEFF" +
			`"Kalem no";"Alıcı";"Tutar";"Para birimi";"Sonuç";"Neden";"Komisyon";"iyzico durumu";"iyzico referansı";"Toplu ödeme";"requestId"` + "\r\n" +
			`"1001";"IBAN …1326";"48250,75";"TRY";"ödendi";"";"20,00";"SUCCESS";"c-1";"salaries-2026-11";"r-1"` + "\r\n" +
			`"1002";"PHONE …4567";"1250,00";"TRY";"ödenemedi; paranın dönüp dönmediği henüz belli değil";"hesap kapalı; iade bekleniyor";"0,00";"FAILED";"";"salaries-2026-11";"r-1"` + "\r\n"},
		{sheet.English, "\uFEFF" +
			`"Item ID","Recipient","Amount","Currency","Outcome","Reason","Commission","iyzico status","iyzico reference","Payout","requestId"` + "\r\n" +
			`"1001","IBAN …1326","48250.75","TRY","paid","","20.00","SUCCESS","c-1","salaries-2026-11","r-1"` + "\r\n" +
			`"1002","PHONE …4567","1250.00","TRY","failed; not known yet whether the money comes back","hesap kapalı; iade bekleniyor","0.00","FAILED","","salaries-2026-11","r-1"` + "\r\n"},
	} {
		var file bytes.Buffer
		if err := sheet.Write(&file, outcomes, sheet.DefaultFormat(tt.language), tt.language); err != nil ||
			file.String() != tt.want {
			t.Errorf("error %v, got:\n%s\nwant:\n%s", err, &file, tt.want)
		}
	}
}

// Whatever an item is called, and whatever a spreadsheet takes for the separator, no cell begins as a formula does.
func TestWriteNoFormulas(t *testing.T) {
	for _, evil := range []string{
		"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " " +
			"=1", "\u00a0=1", "＝1", "＋1", "－1", "＠x", `=HYPERLINK("http://x")`,
		"x;=1", "x,=1", "x\t=1", "x\n=1", "x\r\n=1", `x";=1`, `";=1`, `"`, `""=1`, "\u202e=1", "\ufeff=1", "\x00=1",
	} {
		outcomes := sheet.Outcomes{ExternalID: evil, RequestID: gen.RequestID(evil), Items: []sheet.Outcome{{
			ItemExternalID: evil, Recipient: evil, Status: gen.ItemStatus(evil), Reasons: []string{evil}, ReferenceCode: gen.ReferenceCode(evil),
			Amount: gen.Amount{Value: decimal.New(1, 0), Currency: gen.Currency(evil)},
		}}}
		for _, written := range []rune{';', ',', '\t'} {
			var file bytes.Buffer
			if err := sheet.Write(&file, outcomes, sheet.Format{Separator: written}, sheet.English); err != nil {
				t.Fatal(err)
			}
			for _, read := range []rune{';', ',', '\t'} {
				r := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.String(), "\uFEFF")))
				r.Comma, r.LazyQuotes, r.FieldsPerRecord = read, true, -1
				rows, err := r.ReadAll()
				if err != nil || read == written && (len(rows) != 2 || len(rows[1]) != 11) {
					t.Fatalf("%q: %d rows, %v", evil, len(rows), err)
				}
				for _, row := range rows {
					for _, cell := range row {
						if strings.IndexAny(strings.TrimSpace(strings.Trim(cell, `"`)), "=+-@＝＋－＠") == 0 {
							t.Errorf("%q between %q, read between %q: cell %q", evil, written, read, cell)
						}
					}
				}
			}
		}
	}
}

// The template can be read as soon as its example has an amount, and not before.
func TestTemplate(t *testing.T) {
	for _, language := range []sheet.Language{sheet.English, sheet.Turkish} {
		var file bytes.Buffer
		if err := sheet.Template(&file, language); err != nil {
			t.Fatal(err)
		}
		if _, err := sheet.Read(file.Bytes(), sheet.English); err == nil || strings.Count(err.Error(), "\n") != 0 ||
			!strings.Contains(err.Error(), "line 2") ||
			!strings.Contains(err.Error(), "expected an amount") {
			t.Errorf("got %v, want the amount of the example alone", err)
		}
		filled := strings.NewReplacer("for example ", "", "örneğin ", "").Replace(file.String())
		s, err := sheet.Read([]byte(filled), sheet.English)
		if err != nil || len(s.Items) != 1 || !s.Items[0].Amount.Value.Equal(ayse.Amount.Value) ||
			s.Items[0].RecipientInfo != iban {
			t.Errorf("filled in: got %v, %v", s, err)
		}
		if w := (gen.MassPayoutInitializeRequest{Items: s.Items}).Warnings(); len(w) != 0 {
			t.Errorf("filled in: warnings %v", w)
		}
	}
}

// What is accepted can be sent, and written and read again it is the same. What is refused has a place.
func FuzzRead(f *testing.F) {
	f.Add([]byte("id;Ad;IBAN;Tutar;Para birimi;Açıklama\na;Ayşe Yılmaz;" + iban + ";48.250,75;TRY;Maaş\n"))
	f.Add([]byte("sep=,\nItem ID,Recipient type,Recipient " +
		"info,Amount,Currency,Description\n\"a\",PHONE,+905551234567,\"1,250.00\",usd,\"x\ny\"\n"))
	f.Add([]byte(windows1254("id\tÜye no\tTutar\tPara birimi\tAçıklama\na\t123\t1 250,5\t€\tğüşıöç\n")))
	f.Add([]byte("\"\";\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := sheet.Read(data, sheet.English)
		if err != nil {
			var findings sheet.Findings
			if !errors.As(err, &findings) || len(findings) == 0 {
				t.Fatalf("%T: %v", err, err)
			}
			for _, finding := range findings {
				if finding.Line < 1 || finding.Message == "" {
					t.Errorf("%+v", finding)
				}
			}
			return
		}
		if err := (gen.MassPayoutInitializeRequest{ExternalID: "x", Items: s.Items}).Validate(); err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		again.WriteString("id;Recipient name;Recipient type;Recipient info;Amount;Currency;Description\n")
		w := csv.NewWriter(&again)
		w.Comma = ';'
		for _, i := range s.Items {
			_ = w.Write([]string{i.ItemExternalID, i.RecipientName, string(i.RecipientType), i.RecipientInfo,
				i.Amount.Value.StringFixed(2), string(i.Amount.Currency), i.Description})
		}
		w.Flush()
		second, err := sheet.Read(again.Bytes(), sheet.English)
		if err != nil {
			t.Fatalf("%v\n%s", err, &again)
		}
		for i := range s.Items {
			if !equal(s.Items[i], second.Items[i]) {
				t.Errorf("%#v, then %#v", s.Items[i], second.Items[i])
			}
		}
	})
}
