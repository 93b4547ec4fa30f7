package xlsx_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/iyzico-go/masspayout/cmd/masspayout/xlsx"
	"github.com/iyzico-go/masspayout/payfile"
)

// An amount in merged cells is the amount of the first row. excelize's GetCellValue repeats it in the others.
func TestAMergedAmountIsPaidOnce(t *testing.T) {
	f := excelize.NewFile()
	rows := [][]any{
		{"Sicil No", "Ad Soyad", "IBAN", "Tutar", "Açıklama"},
		{"emp-1", "Ayşe Yılmaz", "TR330006100519786457841326", 5000.25, "Maaş"},
		{"emp-2", "Ali Veli", "TR730006100519786457841327", nil, "Maaş"},
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.MergeCell("Sheet1", "D2", "D3"); err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if _, err := f.WriteTo(&data); err != nil {
		t.Fatal(err)
	}

	_, err := xlsx.Read(data.Bytes(), payfile.Options{ExternalID: "p", Currency: "TRY"})
	if err == nil || !strings.Contains(err.Error(), "row 3, column D (Tutar): the amount is 0 or empty") {
		t.Errorf("got %v, want the second row's empty amount", err)
	}
	file, err := xlsx.Read(data.Bytes(), payfile.Options{ExternalID: "p", Currency: "TRY", SkipZero: true})
	if err != nil {
		t.Fatal(err)
	}
	if items := file.Request.Items; len(items) != 1 || items[0].Amount.Value.String() != "5000.25" {
		t.Errorf("got %v, want emp-1 and 5000.25 alone", items)
	}
}

// A number that is shown as 15% is no amount, although 0.15 could be one.
func TestAPercentageIsNoAmount(t *testing.T) {
	f := excelize.NewFile()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 10})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{
		{"Sicil No", "Ad Soyad", "IBAN", "Tutar", "Açıklama"},
		{"emp-1", "Ayşe Yılmaz", "TR330006100519786457841326", 0.15, "Maaş"},
	} {
		if err := f.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "D2", "D2", style); err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if _, err := f.WriteTo(&data); err != nil {
		t.Fatal(err)
	}
	_, err = xlsx.Read(data.Bytes(), payfile.Options{ExternalID: "p", Currency: "TRY"})
	if err == nil || !strings.Contains(err.Error(), "row 2, column D (Tutar): expected an amount such as 48250.75") {
		t.Errorf("got %v, want the percentage", err)
	}
}

// The name of a sheet is one in any case, as Turkish has it.
func TestNameOfASheet(t *testing.T) {
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", "Kasım İzni"); err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{
		{"Sicil No", "Ad Soyad", "IBAN", "Tutar", "Açıklama"},
		{"emp-1", "Ayşe Yılmaz", "TR330006100519786457841326", 15, "Maaş"},
	} {
		if err := f.SetSheetRow("Kasım İzni", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	var data bytes.Buffer
	if _, err := f.WriteTo(&data); err != nil {
		t.Fatal(err)
	}
	for name, known := range map[string]bool{"Kasım İzni": true, "KASIM İZNİ": true, "kasım izni": true, "kasim izni": false,
		"Kasım": false} {
		_, err := xlsx.Read(data.Bytes(), payfile.Options{ExternalID: "p", Currency: "TRY", Sheet: name})
		if (err == nil) != known || err != nil && !strings.Contains(err.Error(), "; there are: Kasım İzni") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A cell below no heading, within the table, may be a part of a name or an ID. A remark to the right of it is none.
func TestCellsBelowNoHeading(t *testing.T) {
	const iban = "TR330006100519786457841326"
	for _, tt := range []struct {
		name string
		rows [][]any
		want string
	}{
		{"the last name", [][]any{{"Sicil No", "Adı Soyadı", nil, "IBAN", "Net Ücret"}, {1, "Ali", "Kaya", iban, 5}},
			"row 2, column C: there is a cell, but no heading above"},
		{"an ID", [][]any{{nil, "Adı Soyadı", "IBAN", "Net Ücret"}, {1, "Ali Kaya", iban, 5}},
			"row 2, column A: there is a cell, but no heading above"},
		{"a remark", [][]any{{"Adı Soyadı", "IBAN", "Net Ücret"}, {"Ali Kaya", iban, 5, nil, "yeni"}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := excelize.NewFile()
			for i, row := range tt.rows {
				if err := f.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
					t.Fatal(err)
				}
			}
			var data bytes.Buffer
			if _, err := f.WriteTo(&data); err != nil {
				t.Fatal(err)
			}
			_, err := xlsx.Read(data.Bytes(), payfile.Options{ExternalID: "p", Currency: "TRY", Description: "Maaş"})
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A sheet whose rows are hidden by default shows none of those that do not say otherwise.
func TestRowsHiddenByDefault(t *testing.T) {
	f := excelize.NewFile()
	for i, row := range [][]any{
		{"Ad Soyad", "IBAN", "Tutar"},
		{"Ayşe Yılmaz", "TR330006100519786457841326", 15},
		{"Ali Veli", "TR470006400000112345678901", 16},
	} {
		if err := f.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	hidden := true
	if err := f.SetSheetProps("Sheet1", &excelize.SheetPropsOptions{ZeroHeight: &hidden}); err != nil {
		t.Fatal(err)
	}
	if err := f.SetRowHeight("Sheet1", 3, 15); err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if _, err := f.WriteTo(&data); err != nil {
		t.Fatal(err)
	}
	file, err := xlsx.Read(data.Bytes(), payfile.Options{ExternalID: "p", Currency: "TRY", Description: "Maaş"})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(file.Notes); !strings.Contains(got, "hidden rows that are paid: 2]") {
		t.Errorf("got %s, want row 2 alone", got)
	}
}
