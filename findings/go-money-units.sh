#!/usr/bin/env bash
# Rhymond/go-money v1.0.15: an amount in lira read from JSON becomes kuruş, and NewFromFloat loses one
#
# Expected: the amount 48250.75 is refused, since the type holds whole kuruş, or is 4825075 of them; 19.99 lira are
#           1999.
# Seen:     48250.75 becomes 48250 kuruş, without an error: a hundredth, and .75 is gone. 19.99 becomes 1998. Its own
#           JSON has "amount" too, but in kuruş.
# Meaning:  with an API whose amounts are in lira, the field of the same name is a hundredfold one way, a hundredth
#           the other.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require github.com/Rhymond/go-money v1.0.15
MOD
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	"github.com/Rhymond/go-money"
)

func main() {
	var read money.Money
	err := json.Unmarshal([]byte(`{"amount":48250.75,"currency":"TRY"}`), &read)
	fmt.Println("read 48250.75:", read.Display(), err)
	written, err := json.Marshal(money.New(4825075, "TRY"))
	fmt.Println("written:", string(written), err)
	for _, lira := range []float64{19.99, 1.15, 1129.6, 48250.75} {
		fmt.Println("NewFromFloat", lira, "is", money.NewFromFloat(lira, "TRY").Amount())
	}
}
GO
go run . >seen
diff -u - seen <<'OUTPUT'
read 48250.75: ₺482.50 <nil>
written: {"amount":4825075,"currency":"TRY"} <nil>
NewFromFloat 19.99 is 1998
NewFromFloat 1.15 is 114
NewFromFloat 1129.6 is 112959
NewFromFloat 48250.75 is 4825075
OUTPUT
