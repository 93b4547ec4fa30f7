package explain

import (
	"maps"
	"slices"
)

// Codes are the codes of all mistakes that Explain knows.
func Codes() []string { return slices.Sorted(maps.Keys(texts().Mistakes)) }

// Codes returns the codes of the deviations, in the same order.
func (e Explanation) Codes() []string {
	codes := make([]string, len(e.Deviations))
	for i, d := range e.Deviations {
		codes[i] = d.Code
	}
	return codes
}

// DeviationOf returns the deviation with the given code.
func DeviationOf(code string) Deviation { return Explanation{}.with(code).Deviations[0] }

// Rewrite returns body as all known encoders write it, without and with other numbers.
func Rewrite(body []byte) (same, otherNumbers []string) {
	d := parse(string(body))
	if d == nil {
		return nil, nil
	}
	for _, content := range contents {
		for _, encoder := range encoders {
			text := encoder.layout(d.root.appendTo(nil, content, encoder.escape))
			if content.amount == nil {
				same = append(same, text)
			} else {
				otherNumbers = append(otherNumbers, text)
			}
		}
	}
	return same, otherNumbers
}
