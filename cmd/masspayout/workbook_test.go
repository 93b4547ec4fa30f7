//go:build !noxlsx

package main

import (
	"bytes"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
)

// In a workbook _x2026_ is the character U+2026. excelize reads it so; not every way to write escapes it.
func TestWorkbookKeepsTexts(t *testing.T) {
	for _, id := range []string{"inv_x2026_11", "a_x005F_b", "x_x20_1", "emp-1001", "12E5", "=1+1"} {
		var file bytes.Buffer
		if err := writeWorkbook(&file, [][]cell{{{text: "ID"}}, {{text: id}}}); err != nil {
			t.Fatal(err)
		}
		rows, err := readResultWorkbook(file.Bytes())
		if want := [][]string{{"ID"}, {id}}; err != nil || !slices.EqualFunc(rows, want, slices.Equal) {
			t.Errorf("wrote %q, read %q, %v", id, rows, err)
		}
	}
}

// excelize writes a decimal as a text, of which a spreadsheet's SUM makes 0.
func TestWorkbookAmountsAddUp(t *testing.T) {
	table := [][]cell{{{text: "Amount"}}}
	for _, amount := range []string{"100.50", "48250.75"} {
		d := decimal.RequireFromString(amount)
		table = append(table, []cell{{amount: &d}})
	}
	var file bytes.Buffer
	if err := writeWorkbook(&file, table); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	sheet := f.GetSheetName(0)
	if err := f.SetCellFormula(sheet, "A4", "SUM(A2:A3)"); err != nil {
		t.Fatal(err)
	}
	if sum, err := f.CalcCellValue(sheet, "A4", excelize.Options{RawCellValue: true}); err != nil || sum != "48351.25" {
		t.Errorf("the sum is %s, %v", sum, err)
	}
}
