#!/usr/bin/env bash
# Go 1.26, x/text v0.44.0, Node 20: İ as macOS and PDF files write it (I and a dot) has three lower-case forms
#
# Expected: unicode.TurkishCase, made for this, makes "istanbul" of İSTANBUL in both Unicode forms (one character, or
#           two).
# Seen:     of two characters it makes an ı with a dot above it, strings.ToLower an i with one, and x/text and
#           JavaScript an i. Of one character all but JavaScript's plain toLowerCase make an i.
# Meaning:  two lists with the same people do not match, and the wrong letter is not seen: ı̇ and i look alike.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require golang.org/x/text v0.44.0
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

func main() {
	for _, text := range []string{"\u0130", "I\u0307"} {
		fmt.Printf("%+q: strings.ToLower %+q, TurkishCase %+q, x/text %+q\n", text, strings.ToLower(text),
			strings.ToLowerSpecial(unicode.TurkishCase, text), cases.Lower(language.Turkish).String(text))
	}
}
GO
go run . >seen
node >>seen <<'JS'
const codes = text => [...text].map(c => 'U+' + c.codePointAt(0).toString(16).padStart(4, '0')).join(' ');
for (const text of ['\u0130', 'I\u0307']) {
  console.log(`${codes(text)}: toLowerCase ${codes(text.toLowerCase())}, in tr ${codes(text.toLocaleLowerCase('tr'))}`);
}
JS
diff -u - seen <<'OUTPUT'
"\u0130": strings.ToLower "i", TurkishCase "i", x/text "i"
"I\u0307": strings.ToLower "i\u0307", TurkishCase "\u0131\u0307", x/text "i"
U+0130: toLowerCase U+0069 U+0307, in tr U+0069
U+0049 U+0307: toLowerCase U+0069 U+0307, in tr U+0069
OUTPUT
