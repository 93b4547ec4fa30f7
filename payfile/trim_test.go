package payfile_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/iyzico-go/masspayout/payfile"
)

// Whatever strings.TrimSpace would take away is seen, whichever character stands beside it.
func TestMayBeTrimmed(t *testing.T) {
	var spaces []string
	for r := range rune(unicode.MaxRune) {
		if unicode.IsSpace(r) {
			spaces = append(spaces, string(r))
		}
	}
	if len(spaces) != 25 {
		t.Errorf("%d kinds of white space, want the 25 of Unicode", len(spaces))
	}
	for _, letter := range []string{"", "a", "ı", "Ş", "ÿ", "ߺ", "\u0800", "€", "\xC3", "\x80"} {
		for _, space := range spaces {
			for _, s := range []string{space + letter, letter + space} {
				if !payfile.MayBeTrimmed(s) && strings.TrimSpace(s) != s {
					t.Errorf("%q is not trimmed", s)
				}
			}
		}
		if want := !utf8.ValidString(letter) || len(letter) > 2; payfile.MayBeTrimmed(letter) != want {
			t.Errorf("%q: got %t, want %t", letter, !want, want)
		}
	}
}
