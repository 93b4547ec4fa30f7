package gen

import (
	"strings"
	"unicode"

	"github.com/iyzico-go/masspayout/gen/internal/unicodeform"
)

// FoldName returns what two names share that a person would read as one: upper or lower case, white space, characters
// that are not seen, and the Unicode form (NFC or NFD, as macOS writes file names) are left out. Compare two names by
// FoldName(a) == FoldName(b), for example the externalId of a new payout with those of earlier ones:
//
//	FoldName("NOV-1 ") == FoldName("nov-1")
//	FoldName("emp  1") == FoldName("emp 1")
//
// The Turkish I, ı, İ and i are one letter. The result is for comparing, not for people. [NFC] has its limits.
func FoldName(name string) string {
	seen := strings.Map(func(r rune) rune {
		if unseen(r) || unicode.Is(unicode.Variation_Selector, r) {
			return -1
		}
		return r
	}, name)
	return NFC(folds.Replace(strings.ToLower(strings.ToUpper(NFC(seen)))))
}

// folds are what upper and lower case do not make one: i with a dot above is the lower case of İ in some programs.
var folds = strings.NewReplacer("i\u0307", "i", "ß", "ss")

// unseen reports whether r is white space, or a character that fonts show nothing of.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || r > '~' && unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point)
}

// NFC returns text in the Unicode form NFC: one character for a letter and its accents, as keyboards write it. It knows
// the Latin, Greek and Cyrillic letters, so all of Turkish; other scripts stay as they are. Invalid UTF-8 becomes
// U+FFFD where text has a character to compose.
func NFC(text string) string { return unicodeform.NFC(text) }
