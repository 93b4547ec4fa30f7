package payfile_test

import (
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/payfile"
)

// Where two columns have one heading, a number or a letter says which is meant.
func TestColumnsByNumber(t *testing.T) {
	const other = "TR470006400000112345678901"
	for _, tt := range []struct{ columns, want string }{
		{"iban=#2", iban}, {"iban=#4", other}, {"iban=#D", other}, {"iban=#d,amount=Tutar", other},
		{"iban=#5", "line 2: there is no heading “#5”, as -columns says"},
		{"iban=IBAN", "line 2, column 4 (IBAN): this column and “IBAN” could both be meant: say which with -columns 'iban=#4'"},
	} {
		columns, err := payfile.ParseColumns(tt.columns, payfile.English)
		if err != nil {
			t.Fatal(err)
		}
		file, err := payfile.Read([]byte("KASIM;;;\nAd Soyad;IBAN;Tutar;IBAN\nAyşe Yılmaz;"+iban+";100;"+other+"\n"),
			payfile.Options{ExternalID: "p", Currency: "TRY", Description: "Maaş", Columns: columns})
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = file.Request.Items[0].RecipientInfo
		}
		if !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: got %s, want %s", tt.columns, got, tt.want)
		}
	}
}
