#!/usr/bin/env bash
# phonenumbers v1.8.1 (Go), google-libphonenumber 3.2.47, libphonenumber-js 1.13.16: +535... is a valid mobile, of
# Cuba
#
# Expected: a Turkish mobile that was typed with a plus and without 90 is invalid, above all when parsed for Turkey.
# Seen:     each of 1000 numbers +535xxxxxxx is valid, in Cuba; all three libraries agree. Other beginnings are now
#           and then numbers of Panama, Peru or Belize. The region TR that was passed changes nothing.
# Meaning:  "valid by libphonenumber" sends money by phone to another country's number. Ask for the region that came
#           out.
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
	"log"

	"github.com/nyaruka/phonenumbers"
)

func main() {
	for _, text := range []string{"+905350000000", "+5350000000", "+5320000000", "+5160000000", "+5550000000"} {
		number, err := phonenumbers.Parse(text, "TR")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("phonenumbers", text, phonenumbers.IsValidNumber(number), phonenumbers.GetRegionCodeForNumber(number))
	}
	valid := 0
	for n := range 1000 {
		number, err := phonenumbers.Parse(fmt.Sprintf("+535%07d", n*9999), "TR")
		if err == nil && phonenumbers.IsValidNumber(number) {
			valid++
		}
	}
	fmt.Println("phonenumbers: valid of 1000 that begin with +535:", valid)
}
GO
go run . >seen
node >>seen <<'JS'
const google = require('google-libphonenumber').PhoneNumberUtil.getInstance();
const { parsePhoneNumberFromString } = require('libphonenumber-js/max');
for (const text of ['+905350000000', '+5350000000', '+5320000000', '+5160000000', '+5550000000']) {
  const number = google.parse(text, 'TR');
  console.log('google-libphonenumber', text, google.isValidNumber(number), google.getRegionCodeForNumber(number));
  const js = parsePhoneNumberFromString(text, 'TR');
  console.log('libphonenumber-js', text, js.isValid(), js.country);
}
JS
diff -u - seen <<'OUTPUT'
phonenumbers +905350000000 true TR
phonenumbers +5350000000 true CU
phonenumbers +5320000000 false CU
phonenumbers +5160000000 false PE
phonenumbers +5550000000 false BR
phonenumbers: valid of 1000 that begin with +535: 1000
google-libphonenumber +905350000000 true TR
libphonenumber-js +905350000000 true TR
google-libphonenumber +5350000000 true CU
libphonenumber-js +5350000000 true CU
google-libphonenumber +5320000000 false CU
libphonenumber-js +5320000000 false CU
google-libphonenumber +5160000000 false PE
libphonenumber-js +5160000000 false PE
google-libphonenumber +5550000000 false BR
libphonenumber-js +5550000000 false BR
OUTPUT
