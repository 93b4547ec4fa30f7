#!/usr/bin/env bash
# excelize v2.11.1: an amount in merged cells is read once for each row
#
# Expected: an amount merged over three rows stands in the first one, and the two below are empty, as GetRows reads
#           them.
# Seen:     GetCellValue returns the amount in all three rows; GetRows, tealeg/xlsx v3.3.13 and xlsxreader v1.2.8 do
#           not.
# Meaning:  a program that reads a list cell by cell pays one amount to three people.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require (
	github.com/tealeg/xlsx/v3 v3.3.13
	github.com/thedatashed/xlsxreader v1.2.8
	github.com/xuri/excelize/v2 v2.11.1
)
MOD
cat >main.go <<'GO'
package main

import (
	"bytes"
	"fmt"
	"log"

	"github.com/tealeg/xlsx/v3"
	"github.com/thedatashed/xlsxreader"
	"github.com/xuri/excelize/v2"
)

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func main() {
	made := excelize.NewFile()
	for row, name := range []string{"Ali", "Ayşe", "Can"} {
		if err := made.SetCellStr("Sheet1", fmt.Sprintf("A%d", row+1), name); err != nil {
			log.Fatal(err)
		}
	}
	if err := made.SetCellFloat("Sheet1", "B1", 5000.25, 2, 64); err != nil {
		log.Fatal(err)
	}
	if err := made.MergeCell("Sheet1", "B1", "B3"); err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	must(made.WriteTo(&file))

	book := must(excelize.OpenReader(bytes.NewReader(file.Bytes())))
	for _, cell := range []string{"B1", "B2", "B3"} {
		fmt.Printf("excelize GetCellValue %s: %q\n", cell, must(book.GetCellValue("Sheet1", cell)))
	}
	fmt.Printf("excelize GetRows: %q\n", must(book.GetRows("Sheet1")))

	sheet := must(xlsx.OpenBinary(file.Bytes())).Sheets[0]
	for row := range 3 {
		fmt.Printf("tealeg B%d: %q\n", row+1, must(sheet.Cell(row, 1)).String())
	}
	for row := range must(xlsxreader.NewReader(file.Bytes())).ReadRows("Sheet1") {
		fmt.Printf("xlsxreader row %d: %d cells\n", row.Index, len(row.Cells))
	}
}
GO
go run . >seen
diff -u - seen <<'OUTPUT'
excelize GetCellValue B1: "5000.25"
excelize GetCellValue B2: "5000.25"
excelize GetCellValue B3: "5000.25"
excelize GetRows: [["Ali" "5000.25"] ["Ayşe"] ["Can"]]
tealeg B1: "5000.25"
tealeg B2: ""
tealeg B3: ""
xlsxreader row 1: 2 cells
xlsxreader row 2: 1 cells
xlsxreader row 3: 1 cells
OUTPUT
