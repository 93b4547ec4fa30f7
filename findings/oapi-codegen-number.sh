#!/usr/bin/env bash
# oapi-codegen v2.8.2: an amount of type number becomes a float32, and is sent as another one
#
# Expected: "type": "number" becomes float64, as encoding/json, ogen and protobuf's JSON have it.
# Seen:     it becomes float32, which holds seven digits: 1234567.89 is sent as 1234567.9, and 16777217 as 16777216.
# Meaning:  the obvious correction of a vendor's "type": "decimal" loses kuruş from 131,072 lira on.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require github.com/oapi-codegen/oapi-codegen/v2 v2.8.2
MOD
cat >openapi.json <<'JSON'
{
  "openapi": "3.0.3", "info": {"title": "amounts", "version": "1"}, "paths": {},
  "components": {"schemas": {"Amount": {"type": "object", "required": ["value"],
    "properties": {"value": {"type": "number"}}}}}
}
JSON
go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -generate types,skip-prune -package main -o types.go openapi.json
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"log"
)

func main() {
	for _, value := range []string{"48250.75", "131072.01", "1234567.89", "16777217"} {
		var amount Amount
		if err := json.Unmarshal([]byte(`{"value":`+value+`}`), &amount); err != nil {
			log.Fatal(err)
		}
		sent, err := json.Marshal(amount)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %T, sent as %s\n", value, amount.Value, sent)
	}
}
GO
go run . >seen
diff -u - seen <<'OUTPUT'
48250.75: float32, sent as {"value":48250.75}
131072.01: float32, sent as {"value":131072.02}
1234567.89: float32, sent as {"value":1234567.9}
16777217: float32, sent as {"value":16777216}
OUTPUT
