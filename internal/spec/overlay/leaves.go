package overlay

import (
	"strconv"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// Leaf is one value that an action writes over a value of the document. Comparing the leaves of two documents tells what
// the overlay hides: a value that was corrected upstream, or that changed underneath a correction.
type Leaf struct {
	Action      int // from 1
	Description string
	Path        string // of the value, from the document's root
	Was         string // what the document said
	Is          string // what the action makes it say
}

// Redundant says that the action changes nothing here.
func (l Leaf) Redundant() bool { return l.Was == l.Is }

// leavesOf lists what the action will write over. Values that it adds are no leaves.
func leavesOf(file *overlay.Overlay, root *yaml.Node, index int) ([]Leaf, error) {
	action := file.Actions[index]
	path, err := file.NewPath(action.Target, nil)
	if err != nil {
		return nil, err
	}
	var leaves []Leaf
	for i, node := range path.Query(root) {
		at := action.Target
		if i > 0 {
			at += " (" + strconv.Itoa(i+1) + ")"
		}
		switch {
		case action.Remove:
			text, err := text(node)
			if err != nil {
				return nil, err
			}
			leaves = append(leaves, Leaf{Path: at, Was: text, Is: "(removed)"})
		case !action.Update.IsZero():
			leaves = append(leaves, overwritten(at, node, &action.Update)...)
		}
	}
	for i := range leaves {
		leaves[i].Action, leaves[i].Description = index+1, oneLine(action.Description)
	}
	return leaves, nil
}

// overwritten walks the keys that the document and the update have in common.
func overwritten(at string, node, update *yaml.Node) []Leaf {
	if node.Kind != update.Kind {
		was, _ := text(node)
		is, _ := text(update)
		return []Leaf{{Path: at, Was: was, Is: is}}
	}
	switch node.Kind {
	case yaml.ScalarNode:
		return []Leaf{{Path: at, Was: node.Value, Is: update.Value}}
	case yaml.MappingNode:
		var leaves []Leaf
		for i := 0; i+1 < len(update.Content); i += 2 {
			key := update.Content[i].Value
			if child := get(node, key); child != nil {
				leaves = append(leaves, overwritten(at+"."+key, child, update.Content[i+1])...)
			}
		}
		return leaves
	}
	return nil // a list is added to, nothing is written over
}

// get is the value of a key of a mapping, or nil.
func get(mapping *yaml.Node, key string) *yaml.Node {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func text(node *yaml.Node) (string, error) {
	out, err := yaml.Marshal(node)
	return strings.TrimSpace(string(out)), err
}
