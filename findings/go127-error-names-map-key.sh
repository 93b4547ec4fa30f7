#!/usr/bin/env bash
# encoding/json of Go 1.27.3, beside Go 1.26.8: an error's text names the key of the map that it stopped at
#
# Expected: the text of an UnmarshalTypeError names types and struct fields of the program, never what was read.
# Seen:     so it is with Go 1.26. With Go 1.27 the path goes on through maps and slices, keys and indexes included.
# Meaning:  where payments are kept by IBAN or identity number, a wrong value in one writes that person's number to
#           the log.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26
MOD
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"runtime"
)

func main() {
	var payments struct {
		ByIBAN map[string]int `json:"byIban"`
	}
	err := json.Unmarshal([]byte(`{"byIban":{"TR330006100519786457841326":"100,50"}}`), &payments)
	fmt.Println(runtime.Version()+":", err)
}
GO
GOTOOLCHAIN=go1.26.8 go run . >seen
GOTOOLCHAIN=go1.27.3 go run . >>seen
diff -u - seen <<'OUTPUT'
go1.26.8: json: cannot unmarshal string into Go struct field .byIban of type int
go1.27.3: json: cannot unmarshal string into Go struct field .byIban.TR330006100519786457841326 of type int
OUTPUT
