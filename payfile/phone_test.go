package payfile_test

import (
	"strings"
	"testing"
)

// A plus without 90 makes other countries' numbers of Turkish ones: +5350000000 is valid in Cuba.
func TestPlusWithout90(t *testing.T) {
	for _, tt := range []struct{ cell, want string }{ // a number, or a part of what is found
		{"+5350000000", "90 is missing after the +"},
		{"+555 123 45 67", "90 is missing after the +"},
		{"+905551234567", "+905551234567"},
		{"+90 (0) 555 123 45 67", "+905551234567"},
		{"5551234567", "+905551234567"},
		{"+4915112345678", "+4915112345678"},
		{"0555 AYSE 233", "without letters"},
		{"0555 123 45 67 (eşi)", "without letters"},
		{"0555 123 45 67 x5", "without letters"},
	} {
		got, err := read("id;Ad;Cep Tel;Tutar;Para birimi;Açıklama\na;Ayşe Yılmaz;" + tt.cell + ";1,00;TRY;Maaş\n")
		switch {
		case err == nil && got.Request.Items[0].RecipientInfo != tt.want:
			t.Errorf("%s: got %s, want %q", tt.cell, got.Request.Items[0].RecipientInfo, tt.want)
		case err != nil && !strings.Contains(err.Error(), "(Cep Tel): ") || err != nil && !strings.Contains(err.Error(), tt.want):
			t.Errorf("%s: got %q, want %q", tt.cell, err, tt.want)
		}
	}
}
