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
	problems    []string         // actions that no longer do what they were written for
	ungenerated []string         // of these, what the generator cannot make
	leaves      map[string]value // by path: what the overlay writes, and what the document says there
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
	result := overlaid{actions: len(all.Actions), leaves: map[string]value{}}
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
		update := decoded(&action.Update)
		for _, node := range nodes {
			at, _ := place(&root, node)
			if at = strings.TrimPrefix(at, "."); action.Remove {
				result.leaves[at] = value{i + 1, "", inline(decoded(node)), "(removed)"}
			} else if gone := result.note(i+1, at, "", decoded(node), update); gone != "" {
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
			if wrong := misnamed(decoded(node), update); wrong != "" {
				problem("it names an enum's values wrongly, x-enum-varnames go by position: %s", wrong)
			}
		}
	}
	result.ungenerated = ungenerated(decoded(&root))
	result.problems = append(result.problems, result.ungenerated...)
	return result, nil
}

// ungenerated says which parameters api/templates/client.tmpl would fail on, in words that the generator has not.
func ungenerated(document any) (problems []string) {
	for _, fact := range pages.Decode([]byte(inline(document))).Facts(pages.Structure) {
		if p := parameter.FindStringSubmatch(fact); p != nil {
			problems = append(problems, fmt.Sprintf("%s has the parameter %s in its %s, and api/templates/client.tmpl generates "+
				"parameters of the path only: remove it by an action and let the signer send it, or extend the template", p[1], p[3], p[2]))
		}
	}
	return problems
}

// parameter is a fact about one that is not in the path.
var parameter = regexp.MustCompile(`^([A-Z]+ /[^,]*), (query|header|cookie) ([^ ]+): `)

// note remembers what an action is about to write over at a place, and returns the name of a property that is not there
// though the update has no type for it. key is where in the update the value stands.
func (o *overlaid) note(action int, at, key string, was, update any) (gone string) {
	list, isList := was.([]any)
	object, isObject := was.(map[string]any)
	elements, appends := update.([]any)
	members, merges := update.(map[string]any)
	switch {
	case isList && appends:
		for _, element := range elements {
			old, text := any(nil), inline(element)
			if slices.ContainsFunc(list, func(v any) bool { return inline(v) == text }) {
				old = element
			}
			o.leaves[at+" "+text] = value{action, key + " " + text, inline(old), text}
		}
	case merges && (isObject || was == nil): // what an addition says is compared once the document says something there
		for _, name := range slices.Sorted(maps.Keys(members)) {
			child, isObject := members[name].(map[string]any)
			whole := child["type"] != nil || child["$ref"] != nil || child["allOf"] != nil
			if object[name] == nil && isObject && !whole && strings.HasSuffix(at, ".properties") {
				return name
			}
			if gone := o.note(action, at+"."+name, key+"."+name, object[name], members[name]); gone != "" {
				return gone
			}
		}
	default:
		o.leaves[at] = value{action, key, inline(was), inline(update)}
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

// misnamed follows an update down to its x-enum-varnames, and compares them with the enum beside them in the document.
func misnamed(document, update any) string {
	is, _ := document.(map[string]any)
	members, _ := update.(map[string]any)
	names, _ := is["x-enum-varnames"].([]any)
	enum, _ := is["enum"].([]any)
	if members["x-enum-varnames"] != nil && len(enum) != len(names) {
		return fmt.Sprintf("%s beside %s", inline(names), inline(enum))
	}
	fold := func(v any) string { return strings.ToLower(strings.ReplaceAll(inline(v), "_", "")) }
	for i, name := range names {
		// A name of its own is our choice; the name of another value is a shift.
		j := slices.IndexFunc(enum, func(v any) bool { return fold(v) == fold(name) })
		if members["x-enum-varnames"] != nil && j >= 0 && j != i {
			return fmt.Sprintf("the name %s stands at the place of %s", name, enum[i])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if wrong := misnamed(is[name], members[name]); wrong != "" {
			return wrong
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

// decoded is a node's value.
func decoded(node *yaml.Node) (v any) {
	_ = node.Decode(&v) // it is from a document that was read
	return v
}

// inline is a value in one line of JSON, a string as it is.
func inline(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	text, err := json.Marshal(v)
	if v == nil || err != nil {
		return absent
	}
	return string(text)
}

// oneLine makes one short line of a text that comes from outside.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 500 {
		s = string(runes[:500]) + " …"
	}
	return s
}
