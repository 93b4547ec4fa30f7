#!/usr/bin/env bash
# gocsv v0.0.0-20240520201108, beside csvutil v1.10.0: numbers in a CSV file become others, without an error
#
# Expected: "48,250" is no float64 and "48250.75" no int64, so both are errors, as in csvutil; 05001112233 is that
#           number.
# Seen:     gocsv reads 48,250 as 48.25, cuts 48250.75 to 48250, and reads an integer with a leading 0 as octal.
# Meaning:  a thousandth of the amount is paid, kuruş are lost, and a phone or staff number becomes another person's.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require (
	github.com/gocarina/gocsv v0.0.0-20240520201108-78e41c74b4b1
	github.com/jszwec/csvutil v1.10.0
)
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/gocarina/gocsv"
	"github.com/jszwec/csvutil"
)

type row struct {
	Amount float64 `csv:"amount"`
	Kurus  int64   `csv:"kurus"`
	Phone  int64   `csv:"phone"`
}

func main() {
	for _, text := range []string{
		"amount,kurus,phone\n\"48,250\",1,2\n",
		"amount,kurus,phone\n1,48250.75,2\n",
		"amount,kurus,phone\n1,1,05001112233\n",
		"amount,kurus,phone\n1,1,0x10\n",
	} {
		var byGocsv, byCSVUtil []row
		err := gocsv.UnmarshalString(text, &byGocsv)
		fmt.Printf("gocsv: %.2f %d %d %v\n", byGocsv[0].Amount, byGocsv[0].Kurus, byGocsv[0].Phone, err)
		if err := csvutil.Unmarshal([]byte(text), &byCSVUtil); err != nil {
			fmt.Println("csvutil:", err)
		} else {
			fmt.Printf("csvutil: %.2f %d %d\n", byCSVUtil[0].Amount, byCSVUtil[0].Kurus, byCSVUtil[0].Phone)
		}
	}
}
GO
go run . >seen
diff -u - seen <<'OUTPUT'
gocsv: 48.25 1 2 <nil>
csvutil: csvutil: cannot unmarshal "48,250" into Go value of type float64: field "amount" line 2 column 1
gocsv: 1.00 48250 2 <nil>
csvutil: csvutil: cannot unmarshal "48250.75" into Go value of type int64: field "kurus" line 2 column 3
gocsv: 1.00 1 671388827 <nil>
csvutil: 1.00 1 5001112233
gocsv: 1.00 1 16 <nil>
csvutil: csvutil: cannot unmarshal "0x10" into Go value of type int64: field "phone" line 2 column 5
OUTPUT
