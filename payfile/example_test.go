package payfile_test

import (
	"errors"
	"fmt"

	"github.com/iyzico-go/masspayout/payfile"
)

// A list of a payroll program, with a title, headings of its own, and a total that is checked.
func ExampleRead() {
	data := []byte(`KASIM 2026 MAAŞ LİSTESİ;;;
Sicil No;Personel Adı Soyadı;Banka IBAN;NET ÖDENECEK (TL)
0012;Ayşe Yılmaz;TR33 0006 1005 1978 6457 8413 26;48.250,75
;;GENEL TOPLAM;48.250,75
`)
	file, err := payfile.Read(data, payfile.Options{ExternalID: "salaries-2026-11", Description: "Kasım maaşı"})
	if err != nil {
		panic(err)
	}
	for _, item := range file.Request.Items {
		fmt.Println(item.ItemExternalID, item.Amount)
	}
	for _, note := range file.Notes {
		fmt.Println(note)
	}
	// Output:
	// 0012 48250.75 TRY
	// totals that agree with the sum: rows 4
}

// All that is wrong with a file is told at once.
func ExampleFindings() {
	data := []byte("Ad Soyad;IBAN;Tutar\nAyÅŸe Yılmaz;9,05E+11;1.250 TL\n")
	file, err := payfile.Read(data, payfile.Options{ExternalID: "salaries-2026-11", Description: "Kasım maaşı"})
	var findings payfile.Findings
	if errors.As(err, &findings) {
		for _, finding := range findings {
			fmt.Println(finding) // its place, and what was expected
		}
	}
	fmt.Println(file == nil)
	// Output:
	// line 2, column 1 (Ad Soyad): the letters are garbled: the text is UTF-8 and was opened as Windows-1254 (Ã¶ in the place of ö); import the file as UTF-8; or -names-as-written takes it as it is
	// line 2, column 2 (IBAN): a spreadsheet has shortened this number and lost digits: format the column as text, and enter it anew
	// line 2, column 3 (Tutar): 1.250 can be read as 1250 and as 1 and a fraction: write 1250.00 or 1.25; -decimal-comma or -decimal-point says how
	// true
}
