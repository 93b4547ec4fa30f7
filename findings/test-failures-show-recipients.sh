#!/usr/bin/env bash
# testify v1.12.1, gomega v1.44.0, go-cmp v0.7.0: a failed comparison prints what a masked type hides
#
# Expected: a type with String, GoString and Format prints by them; testify's "expected:" line shows that it does.
# Seen:     the diff below that line shows the fields, and so do ElementsMatch, gomega and cmp.Diff.
# Meaning:  one failed test with production data puts IBANs and names into a CI log, although logs of the program have
#           none.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require (
	github.com/google/go-cmp v0.7.0
	github.com/onsi/gomega v1.44.0
	github.com/stretchr/testify v1.12.1
)
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"github.com/stretchr/testify/assert"
)

type recipient struct{ IBAN string }

func (r recipient) String() string             { return "IBAN …" + r.IBAN[len(r.IBAN)-4:] }
func (r recipient) GoString() string           { return r.String() }
func (r recipient) Format(f fmt.State, _ rune) { fmt.Fprint(f, r.String()) }

// failed keeps the text of a failed test.
type failed struct{ strings.Builder }

func (*failed) Helper()                     {}
func (f *failed) Errorf(t string, a ...any) { fmt.Fprintf(f, t, a...) }
func (f *failed) Fatalf(t string, a ...any) { fmt.Fprintf(f, t, a...) }

func main() {
	a, b := recipient{"TR330006100519786457841326"}, recipient{"TR920086402100005482911108"}
	show := func(what, text string) {
		fmt.Printf("%s: masked %t, in full %t\n", what, strings.Contains(text, "…1326"), strings.Contains(text, a.IBAN))
	}
	var text failed
	assert.Equal(&text, a, b)
	show("testify Equal", text.String())
	text.Reset()
	assert.ElementsMatch(&text, []recipient{a}, []recipient{b})
	show("testify ElementsMatch", text.String())
	text.Reset()
	assert.Contains(&text, []recipient{a}, b)
	show("testify Contains", text.String())
	text.Reset()
	gomega.NewWithT(&text).Expect(a).To(gomega.Equal(b))
	show("gomega Equal", text.String())
	show("cmp.Diff", cmp.Diff(a, b))
}
GO
go run . >seen
diff -u - seen <<'OUTPUT'
testify Equal: masked true, in full true
testify ElementsMatch: masked false, in full true
testify Contains: masked true, in full false
gomega Equal: masked false, in full true
cmp.Diff: masked false, in full true
OUTPUT
