package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// overlaid is what api/overlay.yaml does to a document.
type overlaid struct {
	actions     int
	problems    []string          // actions that no longer do what they were written for
	ungenerated []string          // of these, what the generator cannot make
	leaves      map[string]*value // by path: what the overlay writes, and what the document says there
}

// value is one value that an action writes.
type value struct {
	action  int    // from 1
	key     string // in the action's update
	was, is string
}

// absent is what a document says where it says nothing.
const absent = "nothing"

// applyOverlay applies each action by itself, in order and strictly, as the generator does: the next one sees what the
// one before it made. It adds what the generator does not find: a correction of a property that is gone, which would
// bring it back without a type, and names of an enum's values that no longer fit, since they go by position.
func applyOverlay(document, file []byte) (overlaid, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return overlaid{}, fmt.Errorf("the document: %w", err)
	}
	all, err := overlay.ParseReader(bytes.NewReader(file))
	if err == nil {
		err = all.Validate()
	}
	if err != nil {
		return overlaid{}, fmt.Errorf("%s: %w", overlayFile, err)
	}
	result := overlaid{actions: len(all.Actions), leaves: map[string]*value{}}
	for i, action := range all.Actions {
		problem := func(format string, args ...any) {
			result.problems = append(result.problems, fmt.Sprintf("overlay action %d of %d, `%s`: %s.\n  It says: %s", i+1, len(all.Actions),
				action.Target, fmt.Sprintf(format, args...), oneLine(action.Description)))
		}
		path, err := all.NewPath(action.Target, nil)
		if err != nil {
			problem("it cannot be applied, %v", err)
			continue
		}
		nodes := path.Query(&root)
		if len(nodes) == 0 {
			problem("it no longer applies, its target is not in the document")
			continue
		}
		for _, node := range nodes {
			at, _ := place(&root, node)
			if at = strings.TrimPrefix(at, "."); action.Remove {
				result.leaves[at] = &value{i + 1, "", inline(node), "(removed)"}
			} else if gone := result.note(i+1, at, "", node, &action.Update); gone != "" {
				problem("it corrects a property that is not in the document, %s", gone)
			}
		}
		single := *all
		single.Actions = all.Actions[i : i+1]
		warnings, err := single.ApplyToStrict(&root)
		if err != nil {
			problem("it cannot be applied, %v", err)
		} else if strings.Contains(strings.Join(warnings, " "), "does nothing") {
			problem("it changes nothing, the document already says so")
		}
		for _, node := range nodes {
			if wrong := misnamed(node, &action.Update); wrong != "" {
				problem("it names an enum's values wrongly, x-enum-varnames go by position: %s", wrong)
			}
		}
	}
	result.ungenerated, err = ungenerated(&root)
	result.problems = append(result.problems, result.ungenerated...)
	return result, err
}

// ungenerated says which parameters api/templates/client.tmpl would fail on, in words that the generator has not.
func ungenerated(root *yaml.Node) (problems []string, err error) {
	var document any
	if err := root.Decode(&document); err != nil {
		return nil, err
	}
	text, err := json.Marshal(document)
	for _, fact := range pages.Decode(text).Facts(pages.Structure) {
		if p := parameter.FindStringSubmatch(fact); p != nil {
			problems = append(problems, fmt.Sprintf("%s has the parameter %s in its %s, and api/templates/client.tmpl generates "+
				"parameters of the path only: remove it by an action and let the signer send it, or extend the template", p[1], p[3], p[2]))
		}
	}
	return problems, err
}

// parameter is a fact about one that is not in the path.
var parameter = regexp.MustCompile(`^([A-Z]+ /[^,]*), (query|header|cookie) ([^ ]+): `)

// note remembers what an action is about to write over at a place, and returns the name of a property that is not there
// though the update has no type for it. key is where in the update the value stands.
func (o *overlaid) note(action int, at, key string, node, update *yaml.Node) (gone string) {
	if node.Kind == yaml.SequenceNode && update.Kind == yaml.SequenceNode { // it is appended to
		for _, element := range update.Content {
			same := func(n *yaml.Node) bool { return n.Value == element.Value }
			was := &yaml.Node{Kind: yaml.ScalarNode, Value: absent}
			if i := slices.IndexFunc(node.Content, same); i >= 0 {
				was = node.Content[i]
			}
			o.leaves[at+" "+element.Value] = &value{action, key + " " + element.Value, inline(was), inline(element)}
		}
		return ""
	}
	if node.Kind != yaml.MappingNode || update.Kind != yaml.MappingNode {
		o.leaves[at] = &value{action, key, inline(node), inline(update)}
		return ""
	}
	for i := 0; i+1 < len(update.Content); i += 2 {
		name, value := update.Content[i].Value, update.Content[i+1]
		child := get(node, name)
		if child == nil {
			whole := slices.ContainsFunc([]string{"type", "$ref", "allOf"},
				func(k string) bool { return get(value, k) != nil })
			if value.Kind == yaml.MappingNode && !whole && strings.HasSuffix(at, ".properties") {
				return name
			}
			child = &yaml.Node{Kind: yaml.ScalarNode, Value: absent}
			if value.Kind == yaml.MappingNode { // what an addition says is compared once the document says something there
				child = &yaml.Node{Kind: yaml.MappingNode}
			}
		}
		if gone := o.note(action, at+"."+name, key+"."+name, child, value); gone != "" {
			return gone
		}
	}
	return ""
}

// place is where in a document a node stands, such as .components.schemas.Amount.
func place(in, node *yaml.Node) (path string, found bool) {
	if in == node {
		return "", true
	}
	for i, child := range in.Content {
		path, found := place(child, node)
		switch {
		case !found:
		case in.Kind == yaml.SequenceNode:
			return fmt.Sprintf("[%d]%s", i, path), true
		case in.Kind == yaml.MappingNode:
			return "." + in.Content[i-1].Value + path, true
		default:
			return path, true
		}
	}
	return "", false
}

// misnamed follows an update down to its x-enum-varnames, and compares them with the enum beside them.
func misnamed(node, update *yaml.Node) string {
	if names := get(node, "x-enum-varnames"); names != nil && get(update, "x-enum-varnames") != nil {
		enum := get(node, "enum")
		if enum == nil || len(enum.Content) != len(names.Content) {
			return fmt.Sprintf("%s beside %s", inline(names), inline(enum))
		}
		fold := func(n *yaml.Node) string { return strings.ToLower(strings.ReplaceAll(n.Value, "_", "")) }
		for i, name := range names.Content {
			// A name of its own is our choice; the name of another value is a shift.
			if j := slices.IndexFunc(enum.Content, func(v *yaml.Node) bool { return fold(v) == fold(name) }); j >= 0 &&
				j != i {
				return fmt.Sprintf("the name %s stands at the place of %s", name.Value, enum.Content[i].Value)
			}
		}
	}
	for i := 0; update.Kind == yaml.MappingNode && i+1 < len(update.Content); i += 2 {
		if child := get(node, update.Content[i].Value); child != nil {
			if wrong := misnamed(child, update.Content[i+1]); wrong != "" {
				return wrong
			}
		}
	}
	return ""
}

// beneath lists what has changed under the overlay's values, and values that have become needless: those that iyzico
// has in every place where the action writes them.
func beneath(before, after overlaid) (changed, needless []string) {
	needed := map[string]bool{}
	for _, leaf := range after.leaves {
		if leaf.was != leaf.is {
			needed[fmt.Sprint(leaf.action, leaf.key)] = true
		}
	}
	for _, path := range slices.Sorted(maps.Keys(after.leaves)) {
		leaf, isText := after.leaves[path], strings.HasSuffix(path, ".description") || strings.HasSuffix(path, ".summary")
		old, known := before.leaves[path]
		switch {
		case !needed[fmt.Sprint(leaf.action, leaf.key)]:
			needless = append(needless, fmt.Sprintf("action %d: `%s: %s` is no longer needed, iyzico says so itself", leaf.action, path,
				oneLine(leaf.is)))
		case leaf.was != leaf.is && known && old.was != leaf.was && !(isText && old.was == absent):
			changed = append(changed, fmt.Sprintf("action %d sets `%s` to %q, and iyzico has changed it under that: was %q, is %q", leaf.action,
				path, oneLine(leaf.is), oneLine(old.was), oneLine(leaf.was)))
		}
	}
	return changed, needless
}

// get returns the value of a key of a mapping, or nil.
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

// inline is a value in one line of JSON-like YAML.
func inline(node *yaml.Node) string {
	if node == nil {
		return absent
	}
	if node.Kind == yaml.ScalarNode {
		return node.Value
	}
	flow := *node
	flow.Style = yaml.FlowStyle
	out, err := yaml.Marshal(&flow)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(out))
}

// oneLine makes one short line of a text that comes from outside.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 500 {
		s = string(runes[:500]) + " …"
	}
	return s
}
