#!/usr/bin/env bash
# phonenumbers v1.8.1 (Go), google-libphonenumber 3.2.47, libphonenumber-js 1.13.16: a word in the cell, three results
#
# Expected: two ports of one library agree on what is a number, and letters are not digits of a Turkish mobile.
# Seen:     "0500 AYSE 233" is the valid number +905002973233 for Go and Google, and none for libphonenumber-js. "0501
#           111 22 33 (eşi)" ("his wife's") is a valid number for libphonenumber-js, and none for the others. x5 is
#           an extension to all; "dahili 5", which means the same, becomes seven more digits for the first two.
# Meaning:  the number that the page showed is not the one that the server pays.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off
npm install --silent --no-audit --no-fund --ignore-scripts google-libphonenumber@3.2.47 libphonenumber-js@1.13.16 >/dev/null

cat >go.mod <<'MOD'
module finding

go 1.26

require github.com/nyaruka/phonenumbers v1.8.1
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/nyaruka/phonenumbers"
)

func main() {
	for _, text := range []string{"0500 AYSE 233", "0501 111 22 33 (eşi)", "0501 111 22 33 x5", "0501 111 22 33 dahili 5"} {
		number, err := phonenumbers.Parse(text, "TR")
		if err != nil {
			fmt.Printf("phonenumbers %s: none\n", text)
			continue
		}
		fmt.Printf("phonenumbers %s: %s %t\n", text, phonenumbers.Format(number, phonenumbers.E164), phonenumbers.IsValidNumber(number))
	}
}
GO
go run . >seen
node >>seen <<'JS'
const { PhoneNumberUtil, PhoneNumberFormat } = require('google-libphonenumber');
const google = PhoneNumberUtil.getInstance();
const { parsePhoneNumberFromString } = require('libphonenumber-js/max');
for (const text of ['0500 AYSE 233', '0501 111 22 33 (eşi)', '0501 111 22 33 x5', '0501 111 22 33 dahili 5']) {
  let result = 'none';
  try {
    const number = google.parse(text, 'TR');
    result = `${google.format(number, PhoneNumberFormat.E164)} ${google.isValidNumber(number)}`;
  } catch { /* none */ }
  console.log(`google-libphonenumber ${text}: ${result}`);
  const js = parsePhoneNumberFromString(text, 'TR');
  console.log(`libphonenumber-js ${text}: ${js ? `${js.number} ${js.isValid()}` : 'none'}`);
}
JS
diff -u - seen <<'OUTPUT'
phonenumbers 0500 AYSE 233: +905002973233 true
phonenumbers 0501 111 22 33 (eşi): none
phonenumbers 0501 111 22 33 x5: +905011112233 true
phonenumbers 0501 111 22 33 dahili 5: +9050111122333244545 false
google-libphonenumber 0500 AYSE 233: +905002973233 true
libphonenumber-js 0500 AYSE 233: none
google-libphonenumber 0501 111 22 33 (eşi): none
libphonenumber-js 0501 111 22 33 (eşi): +905011112233 true
google-libphonenumber 0501 111 22 33 x5: +905011112233 true
libphonenumber-js 0501 111 22 33 x5: +905011112233 true
google-libphonenumber 0501 111 22 33 dahili 5: +9050111122333244540 false
libphonenumber-js 0501 111 22 33 dahili 5: none
OUTPUT
