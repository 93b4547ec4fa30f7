#!/usr/bin/env bash
# shopspring/decimal v1.6.0: %.2v prints the first two characters of an amount
#
# Expected: v1.6.0 formats decimals, so %.2v and %.2s round to two decimals, as %.2f does, or are refused like %.2d.
# Seen:     they cut the text after two characters: 48250.75 prints as 48. Only %.2f rounds.
# Meaning:  a receipt or a confirmation shows a thousandth of what is paid, and looks right.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require github.com/shopspring/decimal v1.6.0
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/shopspring/decimal"
)

func main() {
	for _, amount := range []string{"48250.75", "5.10"} {
		d := decimal.RequireFromString(amount)
		for _, verb := range []string{"%.2f", "%.2v", "%.2s", "%8.2v", "%.2g"} {
			fmt.Printf("%s %s |"+verb+"|\n", amount, verb, d)
		}
	}
	fmt.Printf("float64 %%.2v |%.2v|\n", 48250.75)
}
GO
go run . >seen
diff -u - seen <<'OUTPUT'
48250.75 %.2f |48250.75|
48250.75 %.2v |48|
48250.75 %.2s |48|
48250.75 %8.2v |      48|
48250.75 %.2g |%!g(decimal.Decimal=48250.75)|
5.10 %.2f |5.10|
5.10 %.2v |5.|
5.10 %.2s |5.|
5.10 %8.2v |      5.|
5.10 %.2g |%!g(decimal.Decimal=5.1)|
float64 %.2v |4.8e+04|
OUTPUT
