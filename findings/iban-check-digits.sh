#!/usr/bin/env bash
# go-iban v0.0.0-20220324081643; npm: iban 0.0.14, ibantools 4.5.4, fast-iban 1.2.0, ibankit 1.6.5, validator
# 13.15.35: one account has two valid IBANs
#
# Expected: an account has one valid IBAN: check digits are 02 to 98, and every checker refuses others.
# Seen:     five of six take 99 for 02, 01 for 98 and 00 for 97, since 97 divides the difference. Where a Turkish IBAN
#           has digits only, its bank code and the 0 behind it, some take a letter.
# Meaning:  "is this account in the list twice?" compares texts and misses it; which typing error is found depends on
#           the library of the page that asked.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off
npm install --silent --no-audit --no-fund --ignore-scripts iban@0.0.14 ibantools@4.5.4 fast-iban@1.2.0 ibankit@1.6.5 \
  validator@13.15.35 >/dev/null

cat >go.mod <<'MOD'
module finding

go 1.26

require github.com/almerlucke/go-iban v0.0.0-20220324081643-09bcab81b879
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/almerlucke/go-iban/iban"
)

func main() {
	for _, text := range os.Args[1:] {
		_, err := iban.NewIBAN(text)
		fmt.Printf("%s go-iban %t\n", text, err == nil)
	}
}
GO
cat >run.js <<'JS'
const iban = require('iban'), tools = require('ibantools'), fast = require('fast-iban');
const kit = require('ibankit'), validator = require('validator');
for (const text of process.argv.slice(2)) {
  console.log(text, 'iban', iban.isValid(text), 'ibantools', tools.isValidIBAN(text), 'fast-iban', fast.validateIBAN(text),
    'ibankit', kit.IBAN.isValid(text), 'validator', validator.isIBAN(text));
}
JS
set -- TR020006100000000000100051 TR990006100000000000100051 TR980006100000000000100069 TR010006100000000000100069 \
  TR970006100000000000100087 TR000006100000000000100087 TR4500061A5197864578413260 TR100A061051978645784132AB
{ go run . "$@"; node run.js "$@"; } >seen
diff -u - seen <<'OUTPUT'
TR020006100000000000100051 go-iban true
TR990006100000000000100051 go-iban true
TR980006100000000000100069 go-iban true
TR010006100000000000100069 go-iban true
TR970006100000000000100087 go-iban true
TR000006100000000000100087 go-iban true
TR4500061A5197864578413260 go-iban true
TR100A061051978645784132AB go-iban false
TR020006100000000000100051 iban true ibantools true fast-iban true ibankit true validator true
TR990006100000000000100051 iban true ibantools false fast-iban true ibankit true validator true
TR980006100000000000100069 iban true ibantools true fast-iban true ibankit true validator true
TR010006100000000000100069 iban true ibantools false fast-iban true ibankit true validator true
TR970006100000000000100087 iban true ibantools true fast-iban true ibankit true validator true
TR000006100000000000100087 iban true ibantools false fast-iban true ibankit true validator true
TR4500061A5197864578413260 iban false ibantools true fast-iban true ibankit true validator true
TR100A061051978645784132AB iban false ibantools false fast-iban true ibankit false validator false
OUTPUT
