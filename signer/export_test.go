package signer

import (
	"maps"
	"slices"
)

const ModulePath = modulePath

var ModuleVersion = moduleVersion

// DeviationCodes are the codes of all mistakes that Explain knows.
func DeviationCodes() []string { return slices.Sorted(maps.Keys(deviations)) }

// DeviationOf returns the deviation with the given code.
func DeviationOf(code string) Deviation { return deviation(code) }

// RewriteJSON returns body as all known encoders write it, without and with other numbers.
func RewriteJSON(body []byte) (same, otherNumbers [][]byte) {
	node, ok := parseJSON(body)
	if !ok {
		return nil, nil
	}
	for _, layout := range jsonLayouts {
		for _, escapes := range jsonEscapeStyles {
			same = append(same, node.append(nil, &jsonStyle{layout: layout, escapes: escapes}, 0))
		}
		same = append(same, node.append(nil, &jsonStyle{layout: layout, sortKeys: true}, 0))
	}
	for numbers := range numberStyles {
		otherNumbers = append(otherNumbers, node.append(nil, &jsonStyle{layout: jsonLayouts[0], numbers: numbers}, 0))
	}
	return same, otherNumbers
}
