#!/usr/bin/env bash
# excelize v2.11.1: an ID such as inv_x2026_11 is written as it is and read back as another
#
# Expected: a text that SetCellStr wrote is the text that GetCellValue reads, and other readers agree.
# Seen:     excelize reads _x2026_ as the character U+2026 that this means in a workbook, but escapes it only when its
#           StreamWriter writes. exceljs 4.4.0 reads as excelize does; tealeg/xlsx v3.3.13 and xlsxreader v1.2.8 keep
#           the text.
# Meaning:  the item ID in a list and the one in the result of paying it differ, and no two programs agree on it.
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
	if err := made.SetCellStr("Sheet1", "A1", "inv_x2026_11"); err != nil {
		log.Fatal(err)
	}
	if _, err := made.NewSheet("Streamed"); err != nil {
		log.Fatal(err)
	}
	stream := must(made.NewStreamWriter("Streamed"))
	if err := stream.SetRow("A1", []any{"inv_x2026_11"}); err != nil {
		log.Fatal(err)
	}
	if err := stream.Flush(); err != nil {
		log.Fatal(err)
	}
	if err := made.SaveAs("ids.xlsx"); err != nil {
		log.Fatal(err)
	}
	for _, sheet := range []string{"Sheet1", "Streamed"} {
		fmt.Println("excelize,", sheet+":", must(must(excelize.OpenFile("ids.xlsx")).GetCellValue(sheet, "A1")))
	}
	fmt.Println("tealeg:", must(must(xlsx.OpenFile("ids.xlsx")).Sheets[0].Cell(0, 0)).String())
	for row := range must(xlsxreader.OpenFile("ids.xlsx")).ReadRows("Sheet1") {
		fmt.Println("xlsxreader:", row.Cells[0].Value)
	}
}
GO
go run . >seen
npm install --silent --no-audit --no-fund --ignore-scripts exceljs@4.4.0 >/dev/null
node >>seen <<'JS'
const { Workbook } = require('exceljs');
const book = new Workbook();
book.xlsx.readFile('ids.xlsx').then(() => console.log('exceljs:', book.worksheets[0].getCell('A1').value));
JS
diff -u - seen <<'OUTPUT'
excelize, Sheet1: inv…11
excelize, Streamed: inv_x2026_11
tealeg: inv_x2026_11
xlsxreader: inv_x2026_11
exceljs: inv…11
OUTPUT
