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
