#!/usr/bin/env bash
# excelize v2.11.1 with shopspring/decimal v1.6.0: amounts are written as text, and their SUM is 0
#
# Expected: SetCellValue writes a decimal as a number, as it does with every numeric type of Go.
# Seen:     it writes text. SUM over the column is 0 in excelize and in LibreOffice 7.4, while A1+A2 is right.
# Meaning:  the control total under a list of payments that a program wrote says 0.00, or leaves out what it should
#           add.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require (
	github.com/shopspring/decimal v1.6.0
	github.com/xuri/excelize/v2 v2.11.1
)
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"log"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
)

func main() {
	book := excelize.NewFile()
	do := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	do(book.SetCellValue("Sheet1", "A1", decimal.RequireFromString("100.50")))
	do(book.SetCellValue("Sheet1", "A2", decimal.RequireFromString("48250.75")))
	do(book.SetCellFormula("Sheet1", "A3", "SUM(A1:A2)"))
	do(book.SetCellFormula("Sheet1", "A4", "A1+A2"))
	for _, cell := range []string{"A3", "A4"} {
		formula, _ := book.GetCellFormula("Sheet1", cell)
		value, err := book.CalcCellValue("Sheet1", cell)
		do(err)
		fmt.Println("excelize:", formula, "=", value)
	}
	do(book.SaveAs("payments.xlsx"))
}
GO
go run . >seen
if command -v soffice >/dev/null; then
  HOME=$dir soffice --headless --convert-to csv payments.xlsx >/dev/null 2>&1
  sed 's/^/LibreOffice: /' payments.csv >>seen
else
  echo "LibreOffice is not installed: what it shows is not compared" >&2
  printf 'LibreOffice: %s\n' 100.5 48250.75 0 48351.25 >>seen
fi
diff -u - seen <<'OUTPUT'
excelize: SUM(A1:A2) = 0
excelize: A1+A2 = 48351.25
LibreOffice: 100.5
LibreOffice: 48250.75
LibreOffice: 0
LibreOffice: 48351.25
OUTPUT
