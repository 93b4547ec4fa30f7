package payfile_test

import (
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/payfile"
)

// Names as conversions spoil them, with what is guessed of each, and names that only look like that.
func TestGarbledNames(t *testing.T) {
	const (
		sign    = "a sign stands in the place of a letter"
		noName  = "a sign that no name has"
		central = "opened as Central European (Windows-1250; ţ in the place of ş)"
		codes   = "there are codes in the place of letters"
		mac     = "opened as that of an old Mac"
		dotless = "a small ı stands among capital letters"
	)
	for name, want := range map[string]string{
		"AYžE": sign, "IžIL KAYA": sign, "AYÌE": sign, "YAºMUR": sign, "Fatmaª": sign, "ÍZLEM": sign, "YA–MUR": sign, "OÚUZHAN": sign,
		"…ZLEM": sign, "Ay…e": sign,
		"AYﬁE": mac, "Ayﬂe": mac,
		"ALı KAYA": dotless, "KAYACı": dotless, "YıLMAZ": dotless, "ŞıK": dotless,
		"AYŢE": central, "Gülţen Ţahin": central, "AYĹžE": "opened as Central European (Windows-1250; Ĺź in the place of ş)",
		"Ay_e": noName, "Ay$e": noName, "=Ali": noName, "Ali;Veli": noName, "Ay~e": noName,
		`G\u00f6ktu`: codes, "G%C3%B6ktu%C4%9F": codes, "Göktu%C4%9F": codes,

		"José García": "", "Núñez": "", "NÚÑEZ": "", "Ana Cézar": "", "Íñigo": "", "Žižek": "", "Tomaž": "", "Dušan": "", "Işık": "", "ŞIK": "",
		"ALİ ŞIK": "", "Şık": "", "Ali – Veli Ltd.": "", "Ayşe-Fatma": "", "Yılmaz & Oğulları": "", "Hâkim": "", "Łukasz": "", "Ion Băsescu": "",
	} {
		_, err := payfile.Read([]byte("Ad Soyad\tIBAN\tTutar\n"+name+"\t"+iban+"\t5\n"),
			payfile.Options{ExternalID: "p", Currency: "TRY", Description: "Maaş"})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
	if _, err := payfile.Read([]byte("Ad Soyad\tIBAN\tTutar\tAçıklama\nAyşe\t"+iban+
		"\t5\t%50 avans; ek_ödeme = 1 $ – Kasım…\n"), payfile.Options{ExternalID: "p", Currency: "TRY"}); err != nil {
		t.Errorf("a description: %v", err)
	}
}
