package payfile_test

import (
	"testing"

	"github.com/iyzico-go/masspayout/payfile"
)

// Headings as payroll programs, banks and people write them.
func TestHeadings(t *testing.T) {
	for field, headings := range map[payfile.Field][]string{
		payfile.FieldAmount: {"NET ÖDENECEK", "Net Ödenecek (TL)", "Net Ücret", "NET ÜCRET TUTARI", "Ödenecek Net Tutar", "Tutar", "TUTARI",
			"Tutar (TL)", "Ödeme Tutarı", "ÖDEME TUTARI (TRY)", "Havale Tutarı", "Net Maaş (₺)", "Ele Geçen", "ELE GEÇEN ÜCRET", "Maaş",
			"Net Hakediş", "Amount (TRY)", "Net Pay", "Net Salary", "net_odenecek", "Banka Ödenecek Tutar", "Net", "MİKTAR",
			"Kasım Maaşı", "Kasım 2026 Net Maaş", "NET ÜCRET 11/2026", "Net Hak Ediş", "Bankadan Ödenecek", "Take-home pay",
			"Net İstihkak", "Net Kazanç", "Banka Ödemesi"},
		payfile.FieldIBAN: {"IBAN", "Iban No", "ALICI IBAN NO", "Alıcı IBAN", "Banka IBAN", "IBAN NUMARASI", "Beneficiary IBAN",
			"Personel IBAN No", "Hesap No", "Account Number", "ALICI_IBAN"},
		payfile.FieldName: {"Adı Soyadı", "ADI SOYADI", "Ad Soyad", "Adı-Soyadı", "Personel Adı Soyadı", "Alıcı Ünvanı",
			"Alıcı Adı Soyadı / Ünvanı", "Hesap Sahibi", "Hesap Adı", "Full Name", "İsim Soyisim", "Unvanı", "ADI VE SOYADI"},
		payfile.FieldFirstName: {"Adı", "AD", "İSİM", "First Name", "Personel Adı", "Alıcı Adı", "Beneficiary Name"},
		payfile.FieldLastName:  {"Soyadı", "SOYAD", "Soyisim", "Last Name", "Personel Soyadı", "Surname", "Soy Ad", "SOY İSİM"},
		payfile.FieldIdentity: {"T.C. Kimlik No", "TC Kimlik No", "TCKN", "T.C. NO", "TC KİMLİK NUMARASI", "T.C.Kimlik No", "Kimlik No",
			"Alıcı TCKN"},
		payfile.FieldPhone:       {"Cep Tel", "CEP TELEFONU", "GSM No", "Telefon", "Tel No", "Mobile Phone", "Cep Tel."},
		payfile.FieldID:          {"Sicil No", "SİCİL NO", "Personel No", "Kalem No", "Sıra No", "S.No", "Item ID", "Referans No", "Personel Kodu", "Pers.Kodu", "Pers. No", "Pers. Kod", "İşçi No", "Çalışan Kodu"},
		payfile.FieldCurrency:    {"Para Birimi", "Döviz Cinsi", "Currency", "DÖVİZ"},
		payfile.FieldDescription: {"Açıklama", "AÇIKLAMA", "Ödeme Açıklaması", "Description", "Ac\u0327ıklama", "AÇIKLAMALAR"},
		"": {"Banka Adı", "Şube Adı", "Baba Adı", "Brüt Ücret", "Günlük Ücret", "Toplam Kesinti", "Bölüm", "Departman", "Görevi", "SGK Primi",
			"Gelir Vergisi", "Fazla Mesai Ücreti", "Gönderen IBAN", "İşe Giriş Tarihi", "Ödeme Tarihi", "Ev Tel", "Gün", "Asgari Ücret",
			"Avans Tutarı", "Firma Adı", "Toplam", "Elden Ödenecek", "Kasım 2026", "Net Brüt", "Döviz Kuru", "Kur", "Geçen Maaş",
			"Kazanç", "Kalan", "Bakiye", "Ödenen", "Banka"},
	} {
		for _, heading := range headings {
			if got := payfile.Classify(heading); got != field {
				t.Errorf("%s: got %q, want %q", heading, got, field)
			}
		}
	}
}
