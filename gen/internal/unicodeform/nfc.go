// Package unicodeform composes letters and their accents. golang.org/x/text would be a fifth module for every user.
package unicodeform

import (
	"slices"
	"strings"
	"sync"
)

// NFC returns text in the Unicode form NFC, as far as the Latin, Greek and Cyrillic letters go.
func NFC(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r >= firstAccent }) < 0 {
		return text // without accents to compose
	}
	apart, composed := forms()
	runes := make([]rune, 0, len(text))
	for _, r := range text {
		runes = decompose(apart, runes, r)
	}
	for i := 0; i < len(runes); i++ { // accents of one letter in Unicode's order
		start := i
		for i < len(runes) && class(runes[i]) != 0 {
			i++
		}
		slices.SortStableFunc(runes[start:i], func(a, b rune) int { return int(class(a)) - int(class(b)) })
	}
	return string(compose(composed, runes))
}

// forms returns the parts of each letter, and each letter by its parts.
var forms = sync.OnceValues(func() (map[rune][2]rune, map[[2]rune]rune) {
	apart, composed := map[rune][2]rune{}, map[[2]rune]rune{}
	for of := range slices.Chunk([]rune(parts), 3) {
		both := [2]rune{of[1], of[2]}
		apart[of[0]] = both
		if of[2] != 0 {
			composed[both] = of[0]
		}
	}
	return apart, composed
})

// class returns where an accent goes among those of a letter; 0 if r is no accent.
func class(r rune) uint8 {
	if i := int(r - firstAccent); 0 <= i && i < len(classes) {
		return classes[i]
	}
	return 0
}

func decompose(apart map[rune][2]rune, out []rune, r rune) []rune {
	parts, ok := apart[r]
	if !ok {
		return append(out, r)
	}
	out = decompose(apart, out, parts[0])
	if parts[1] != 0 {
		out = append(out, parts[1])
	}
	return out
}

// compose joins each letter with the accents after it, in place.
func compose(composed map[[2]rune]rune, runes []rune) []rune {
	out := runes[:0]
	letter, last := -1, uint8(0) // where the letter is, and the class of the last accent that stayed apart
	for _, r := range runes {
		class := class(r)
		if letter >= 0 && (len(out) == letter+1 || last < class) {
			if both, ok := composed[[2]rune{out[letter], r}]; ok {
				out[letter] = both
				continue
			}
		}
		if last = class; class == 0 {
			letter = len(out)
		}
		out = append(out, r)
	}
	return out
}
