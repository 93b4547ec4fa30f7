#!/usr/bin/env bash
# encoding/json of Go 1.26.8 and 1.27.3: a page read into the variable of the page before keeps that page's people
#
# Expected: a slice is set to length 0 and filled anew, as the documentation says, so its elements start empty.
# Seen:     an element keeps every field that the new JSON leaves out: from whoever stood at that place before.
# Meaning:  in a loop over pages with one variable, a paid item shows the name and the bank's reason of a failed one.
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
	"log"
	"runtime"
)

type item struct {
	ID      string   `json:"itemExternalId"`
	Status  string   `json:"itemStatus"`
	Name    string   `json:"recipientName,omitempty"`
	Reasons []string `json:"errorMessages,omitempty"`
}

func main() {
	var page struct {
		Items []item `json:"items"`
	}
	for _, response := range []string{
		`{"items":[{"itemExternalId":"a","itemStatus":"FAILED","recipientName":"Ayşe","errorMessages":["closed"]}]}`,
		`{"items":[{"itemExternalId":"b","itemStatus":"SUCCESS"}]}`,
	} {
		if err := json.Unmarshal([]byte(response), &page); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %+v\n", runtime.Version(), page.Items)
	}
}
GO
GOTOOLCHAIN=go1.26.8 go run . >seen
GOTOOLCHAIN=go1.27.3 go run . >>seen
diff -u - seen <<'OUTPUT'
go1.26.8: [{ID:a Status:FAILED Name:Ayşe Reasons:[closed]}]
go1.26.8: [{ID:b Status:SUCCESS Name:Ayşe Reasons:[closed]}]
go1.27.3: [{ID:a Status:FAILED Name:Ayşe Reasons:[closed]}]
go1.27.3: [{ID:b Status:SUCCESS Name:Ayşe Reasons:[closed]}]
OUTPUT
