package pages

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Document is an OpenAPI document, with its numbers as they are written. The parameters and servers of its paths are
// those of the operations there, and both are in alphabetical order.
type Document map[string]any

// Facts are what a document says: the plain values of each object in it, by what the object is (an operation's
// parameter, body or response, or a field of a schema), whatever the order of keys and lists.
type Facts map[string]string

// texts are the keys that speak to people only. So do keys that start with x-: those that would steer the generator
// are refused when a page is read.
var texts = []string{"info", "description", "summary", "title", "example", "examples", "externalDocs", "tags",
	"operationId"}

// named are the keys of objects whose own keys are names, among which "description" is a property like any other.
var named = []string{"paths", "schemas", "properties", "patternProperties", "parameters", "responses", "requestBodies",
	"headers", "content", "securitySchemes", "variables", "mapping", "callbacks", "links", "encoding",
	"dependentSchemas", "$defs"}

// methods of a path item that hold an operation.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// Decode reads a document. What is no object says nothing.
func Decode(text []byte) Document {
	var d Document
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	_ = decoder.Decode(&d)
	gather := func(into, from map[string]any, key string) {
		if all := d.union(into[key], from[key]); len(all) > 0 {
			into[key] = all
		} else {
			delete(into, key)
		}
	}
	gather(d, nil, "servers")
	d.each(func(_ string, item, operation map[string]any) {
		gather(operation, item, "parameters")
		gather(operation, item, "servers")
	})
	for _, item := range members(d["paths"]) {
		delete(members(item), "parameters")
		delete(members(item), "servers")
	}
	return d
}

// union returns the members of lists of parameters, servers or tags, each once, in alphabetical order.
func (d Document) union(lists ...any) (all []any) {
	known := map[string]bool{}
	for _, l := range lists {
		l, _ := l.([]any)
		for _, v := range l {
			if id := d.name(v); !known[id] {
				known[id], all = true, append(all, v)
			}
		}
	}
	slices.SortFunc(all, func(a, b any) int { return strings.Compare(compact(a), compact(b)) })
	return all
}

// name is what tells a parameter, a server or a tag from others.
func (d Document) name(v any) string {
	p := members(d.resolve(v))
	return strings.TrimSpace(fmt.Sprint(cmp.Or(p["in"], any("")), " ", cmp.Or(p["url"], p["name"], p["$ref"])))
}

// each calls f for each operation of a document, such as "POST /v1/mass/payout/init".
func (d Document) each(f func(name string, item, operation map[string]any)) {
	for path, item := range members(d["paths"]) {
		for _, method := range methods {
			if operation, ok := members(item)[method].(map[string]any); ok {
				f(strings.ToUpper(method)+" "+path, members(item), operation)
			}
		}
	}
}

// Operations lists the operations of a document.
func (d Document) Operations() (all []string) {
	d.each(func(name string, _, _ map[string]any) { all = append(all, name) })
	slices.Sort(all)
	return all
}

// Version returns a document's info.version, if it is text.
func (d Document) Version() string { v, _ := members(d["info"])["version"].(string); return v }

// Bare returns a document without its texts. Two with the same facts are the same to a program.
func (d Document) Bare() Document { return bare(map[string]any(d), false).(map[string]any) }

// bare copies a value without its texts; names says that v's keys are names.
func bare(v any, names bool) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, child := range v {
			switch {
			case !names && (key == "enum" || key == "default" || key == "const"):
				out[key] = child
			case names || !slices.Contains(texts, key) && !strings.HasPrefix(key, "x-"):
				out[key] = bare(child, !names && slices.Contains(named, key))
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = bare(child, false)
		}
		return out
	}
	return v
}

var release = regexp.MustCompile(`^\d+\.\d+`) // 3.0.4 says nothing that 3.0.3 does not say

// Facts lists what a document says.
func (d Document) Facts() Facts {
	facts := Facts{}
	d.each(func(name string, _, operation map[string]any) { d.walk(facts, name, operation) })
	for _, section := range []string{"schemas", "securitySchemes"} {
		for name, part := range members(members(d["components"])[section]) {
			d.walk(facts, strings.TrimPrefix(section+" "+name, "schemas "), part)
		}
	}
	rest := maps.Collect(maps.All(d))
	delete(rest, "paths")
	delete(rest, "components")
	rest["openapi"] = release.FindString(fmt.Sprint(d["openapi"]))
	d.walk(facts, "document", rest)
	return facts
}

const schemas = "#/components/schemas/"

// walk notes the plain values of an object, and those of the objects in it. A reference to a schema is a value. Every
// other one is followed once, and in what that leads to another one, as in a response to its headers: not in circles.
func (d Document) walk(facts Facts, at string, v any, within ...string) {
	object := members(v)
	ref, ok := object["$ref"].(string)
	if ok && !strings.HasPrefix(ref, schemas) && !slices.Contains(within, ref) && len(within) < 2 {
		object, within = members(d.resolve(v)), append(slices.Clip(within), ref)
	}
	var plain []string
	add := func(key, value string) {
		plain = append(plain, strings.TrimPrefix(key+"="+value, "$ref="+schemas))
	}
	for _, key := range keys(object) {
		switch child := object[key].(type) {
		case map[string]any:
			switch {
			case slices.Contains(named, key):
				for _, name := range keys(child) {
					d.walk(facts, at+map[bool]string{true: ".", false: ", "}[key == "properties"]+name, child[name], within...)
				}
			case key == "items":
				d.walk(facts, at+"[]", child, within...)
			default:
				d.walk(facts, at+" "+key, child, within...)
			}
		case []any:
			var words []string
			for i, part := range child {
				switch key {
				case "allOf", "oneOf", "anyOf", "prefixItems":
					d.walk(facts, fmt.Sprintf("%s %s[%d]", at, key, i), part, within...)
				case "parameters":
					d.walk(facts, at+", "+d.name(part), part, within...)
				case "servers":
					d.walk(facts, strings.TrimSuffix("server "+d.name(part)+" of "+at, " of document"), part)
				default:
					words = append(words, strings.Trim(compact(part), `"`))
				}
			}
			if slices.Sort(words); len(words) == len(child) {
				add(key, strings.Join(words, ","))
			}
		case string:
			add(key, strings.Join(strings.Fields(child), " "))
		default:
			add(key, compact(child))
		}
	}
	if len(object) == 0 {
		facts[at] += "{}"
	} else if len(plain) > 0 {
		facts[at] += strings.Join(plain, " ")
	}
}

// resolve follows references inside the document; anything else is returned as it is.
func (d Document) resolve(v any) any {
	for range 10 {
		ref, ok := members(v)["$ref"].(string)
		if !ok {
			break
		}
		v = map[string]any(d)
		for _, key := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			v = members(v)[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)]
		}
		if v == nil {
			return map[string]any{"$ref": ref}
		}
	}
	return v
}

// Nameless returns a path or an operation without the names of its parameters, which are none to the server.
func Nameless(path string) string { return Parameter.ReplaceAllString(path, "{}") }

// Parameter is one in a path.
var Parameter = regexp.MustCompile(`\{[^}]*\}`)

// Same reports whether two documents say the same, whatever the order of their keys, parameters and servers.
func Same(a, b []byte) bool { return bytes.Equal(a, b) || reflect.DeepEqual(Decode(a), Decode(b)) }

// Change is a fact of which two documents say different things, or one says nothing.
type Change struct{ Subject, Was, Is string }

func (c Change) String() string {
	switch "" {
	case c.Was:
		return fmt.Sprintf("%s: is new, %q", c.Subject, c.Is)
	case c.Is:
		return fmt.Sprintf("%s: is gone, was %q", c.Subject, c.Was)
	}
	return fmt.Sprintf("%s: is %q, was %q", c.Subject, c.Is, c.Was)
}

// Diff compares what two documents say.
func Diff(before, after Facts) (all []Change) {
	both := maps.Clone(before)
	maps.Copy(both, after)
	for _, subject := range keys(both) {
		if was, is := before[subject], after[subject]; was != is {
			all = append(all, Change{subject, was, is})
		}
	}
	return all
}

// Differences lists what two documents say otherwise, texts aside, as Lines does.
func Differences(a, b []byte) []string {
	return Lines(Diff(Decode(a).Bare().Facts(), Decode(b).Bare().Facts()))
}

// Lines lists changes with - and + before what each document says.
func Lines(changes []Change) (all []string) {
	for _, c := range changes {
		all = append(all, "- "+c.Subject+": "+c.Was, "+ "+c.Subject+": "+c.Is)
	}
	return slices.DeleteFunc(all, func(line string) bool { return strings.HasSuffix(line, ": ") })
}

func members(v any) map[string]any { m, _ := v.(map[string]any); return m }

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// compact is a value as JSON in one line.
func compact(v any) string {
	text, _ := json.Marshal(v) // which was read as JSON
	return string(text)
}

// ContractFile holds what the handwritten code was written for, see Contract.
const ContractFile = "gen/contract.txt"

// Contract is the facts of iyzico's document as the handwritten code knows it. A person keeps it: a line that has
// changed there says that somebody has looked at the code that it concerns.
type Contract struct {
	facts Facts
	look  map[string]string // by what the facts are of: a schema, an operation, or the servers
}

// owner is what a fact's subject belongs to.
var owner = regexp.MustCompile(`^([A-Z]+ /[^, ]+|[^.[ ]+)`)

// ParseContract reads the file: groups of facts, each under a line that says what to look at when one of
// them changes. Lines that start with # are comments.
func ParseContract(text string) (Contract, error) {
	c, look := Contract{Facts{}, map[string]string{}}, ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		subject, says, isFact := strings.Cut(line, ": ")
		place, isPlace := strings.CutPrefix(line, "look at ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case isPlace:
			look = place
		case look == "" || !isFact:
			return Contract{}, fmt.Errorf(`%s, line %d: expected a fact under a line that starts with "look at ", got %q`,
				ContractFile, i+1, line)
		default:
			c.facts[subject], c.look[owner.FindString(subject)] = says, look
		}
	}
	return c, nil
}

// Places returns what the contract says to look at, such as "gen: Validate, encodeJSON; emulator: judge".
func (c Contract) Places() []string { return slices.Compact(slices.Sorted(maps.Values(c.look))) }

// Compare says what a document has that the code was not written for, with what to look at.
func (c Contract) Compare(document []byte) (all []string) {
	for _, change := range Diff(c.facts, Decode(document).Bare().Facts()) {
		look := cmp.Or(c.look[owner.FindString(change.Subject)], "what should handle it: nothing written by hand does yet")
		all = append(all, fmt.Sprintf("%s. Look at %s", change, look))
	}
	return all
}
