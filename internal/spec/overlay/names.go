package overlay

import (
	"fmt"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

const varNames = "x-enum-varnames"

// misnamed finds enums whose x-enum-varnames have another length than the enum, or stand in another order: a name that
// is another value's, as it happens when iyzico puts a new value in the middle.
func misnamed(file *overlay.Overlay, root *yaml.Node) []Problem {
	var problems []Problem
	for i, action := range file.Actions {
		path, err := file.NewPath(action.Target, nil)
		if err != nil || action.Update.IsZero() {
			continue // the first is already reported
		}
		for _, node := range path.Query(root) {
			for _, detail := range misnamedIn(node, &action.Update) {
				problems = append(problems, Problem{
					Number: i + 1, Of: len(file.Actions), Target: action.Target, Description: action.Description,
					Kind: Misnamed, Detail: detail,
				})
			}
		}
	}
	return problems
}

// misnamedIn follows the update down to its x-enum-varnames, and compares them with the enum beside them.
func misnamedIn(node, update *yaml.Node) []string {
	var details []string
	if names := get(update, varNames); names != nil {
		if detail := compareNames(get(node, "enum"), get(node, varNames)); detail != "" {
			details = append(details, detail)
		}
	}
	if update.Kind != yaml.MappingNode {
		return details
	}
	for i := 0; i+1 < len(update.Content); i += 2 {
		if child := get(node, update.Content[i].Value); child != nil {
			details = append(details, misnamedIn(child, update.Content[i+1])...)
		}
	}
	return details
}

// compareNames says what is wrong, or nothing.
func compareNames(enum, names *yaml.Node) string {
	if enum == nil || names == nil {
		return "it stands beside no enum"
	}
	values, goNames := scalars(enum), scalars(names)
	if len(values) != len(goNames) {
		return fmt.Sprintf("the enum has %d values, %s; x-enum-varnames has %d names, %s", len(values),
			strings.Join(values, ", "), len(goNames), strings.Join(goNames, ", "))
	}
	byName := make(map[string]string, len(values))
	for _, value := range values {
		byName[fold(value)] = value
	}
	for i, name := range goNames {
		// A name of its own is the maintainers' choice; the name of another value is a shift.
		if other, ok := byName[fold(name)]; ok && other != values[i] {
			return fmt.Sprintf("the name %s stands at the place of %s", name, values[i])
		}
	}
	return ""
}

// fold makes IDENTITY_NUMBER and IdentityNumber alike.
func fold(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

func scalars(list *yaml.Node) []string {
	values := make([]string, 0, len(list.Content))
	for _, node := range list.Content {
		values = append(values, node.Value)
	}
	return values
}
