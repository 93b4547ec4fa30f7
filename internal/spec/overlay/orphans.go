package overlay

import (
	"slices"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// typed are the keys that make a schema by themselves. A property with one of them is an addition, one without any is a
// correction of a property that must be there.
var typed = []string{"type", "$ref", "allOf", "oneOf", "anyOf"}

// orphans names the properties that the action corrects and the document does not have.
func orphans(file *overlay.Overlay, root *yaml.Node, action overlay.Action) []string {
	path, err := file.NewPath(action.Target, nil)
	if err != nil || action.Remove || action.Update.IsZero() {
		return nil // the first is reported elsewhere
	}
	var names []string
	for _, node := range path.Query(root) {
		names = append(names, orphansIn(node, &action.Update)...)
	}
	return names
}

func orphansIn(node, update *yaml.Node) []string {
	if update.Kind != yaml.MappingNode || node == nil {
		return nil // what the document does not have at all is added
	}
	var names []string
	for i := 0; i+1 < len(update.Content); i += 2 {
		key, value := update.Content[i].Value, update.Content[i+1]
		child := get(node, key)
		if key == "properties" && value.Kind == yaml.MappingNode {
			names = append(names, missing(child, value)...)
		}
		names = append(names, orphansIn(child, value)...)
	}
	return names
}

// missing compares the properties of an update with those of the document.
func missing(has, update *yaml.Node) []string {
	var names []string
	for i := 0; i+1 < len(update.Content); i += 2 {
		name, value := update.Content[i].Value, update.Content[i+1]
		isType := func(key string) bool { return get(value, key) != nil }
		if get(has, name) == nil && !slices.ContainsFunc(typed, isType) {
			names = append(names, name)
		}
	}
	return names
}
