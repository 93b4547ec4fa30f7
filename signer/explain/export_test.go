package explain

import (
	"maps"
	"slices"
)

// Codes are the codes of all mistakes that Explain knows.
func Codes() []string { return slices.Sorted(maps.Keys(deviations)) }

// DeviationOf returns the deviation with the given code.
func DeviationOf(code string) Deviation { return Explanation{}.with(code).Deviations[0] }

// Rewrite returns body as all known encoders write it, without and with other numbers.
func Rewrite(body []byte) (same, otherNumbers []string) {
	s := search{received: string(body)}
	if s.readJSON(); s.compact == "" {
		return nil, nil
	}
	for _, content := range contents {
		for _, escape := range escapes {
			for _, layout := range layouts {
				text := layout.write(escape.write(content.write(s.compact)))
				if content.code == "" || content.code == "body.key_order" {
					same = append(same, text)
				} else {
					otherNumbers = append(otherNumbers, text)
				}
			}
		}
	}
	return same, otherNumbers
}
