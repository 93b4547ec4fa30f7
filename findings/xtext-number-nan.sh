#!/usr/bin/env bash
# golang.org/x/text v0.44.0 with shopspring/decimal v1.6.0: a decimal in Turkish is "NaN", or is not in Turkish
#
# Expected: number.Decimal and currency.Amount, which take any value, print 48.250,75 for a decimal or its text.
# Seen:     both print NaN, for the decimal and for a string; only Go's own numbers work. Printf with %v or %.2f,
#           which puts floats into Turkish form, prints a decimal in English form.
# Meaning:  who wants "48.250,75" on a confirmation is led to go through float64, which loses kuruş in large sums.
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
	golang.org/x/text v0.44.0
)
MOD
cat >main.go <<'GO'
package main

import (
	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

func main() {
	amount := decimal.RequireFromString("48250.75")
	turkish := message.NewPrinter(language.Turkish)
	turkish.Println("number:", number.Decimal(48250.75), number.Decimal(amount), number.Decimal("48250.75"))
	turkish.Println("currency:", currency.ISO(currency.TRY.Amount(48250.75)), currency.ISO(currency.TRY.Amount(amount)))
	turkish.Printf("printf: %v %v %.2f %.2f\n", 48250.75, amount, 48250.75, amount)
}
GO
go run . >seen
diff -u - seen <<'OUTPUT'
number: 48.250,75 NaN NaN
currency: TRY 48.250,75 TRY NaN
printf: 48.250,75 48250.75 48.250,75 48250.75
OUTPUT
