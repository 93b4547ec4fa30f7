package pages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Document is an OpenAPI document, with its numbers as they are written. The parameters of its paths are those of the
// operations there.
type Document map[string]any

// View says which facts of a document are listed.
type View int

const (
	// Structure leaves out texts. Two documents with the same structure are the same to a program.
	Structure View = iota
	// Wire replaces every reference by what it refers to, and counts the parameters in a path. Two documents with the same
	// wire facts are the same to the server, even where a schema or a path's parameter has another name.
	Wire
	// Texts are the texts alone.
	Texts
)

// texts are the keys that speak to people only. So do keys that start with x-: those that would steer the generator
// are refused when a page is read.
var texts = []string{"info", "description", "summary", "title", "example", "examples", "externalDocs", "tags", "operationId"}

// named are the keys of objects whose own keys are names, among which "description" is a property like any other.
var named = []string{"paths", "schemas", "properties", "patternProperties", "parameters", "responses", "requestBodies", "headers",
	"content", "securitySchemes", "variables", "mapping", "callbacks", "links", "encoding", "dependentSchemas", "$defs"}

// methods of a path item that hold an operation.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// Decode reads a document. What is no object has no facts.
func Decode(text []byte) Document {
	document := decode(text)
	l := lister{document: document}
	id := func(parameter any) string {
		p := members(l.resolve(parameter))
		return fmt.Sprint(p["in"], " ", p["name"])
	}
	document.each(func(_, _ string, item, operation map[string]any) {
		all := list(operation["parameters"])
		for _, shared := range list(item["parameters"]) {
			if !slices.ContainsFunc(all, func(own any) bool { return id(own) == id(shared) }) {
				all = append(all, shared)
			}
		}
		if len(all) > 0 {
			operation["parameters"] = all
		}
	})
	for _, item := range members(document["paths"]) {
		delete(members(item), "parameters")
	}
	return document
}

func decode(text []byte) (document Document) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	_ = decoder.Decode(&document)
	return document
}

// each calls f for each operation of a document.
func (d Document) each(f func(method, path string, item, operation map[string]any)) {
	for path, item := range members(d["paths"]) {
		for _, method := range methods {
			if operation, ok := members(item)[method].(map[string]any); ok {
				f(strings.ToUpper(method), path, members(item), operation)
			}
		}
	}
}

// Facts lists what a document says, one line for each object in it, whatever the order of keys and lists: an
// operation's parameters, bodies and responses, and the fields of each schema.
func (d Document) Facts(view View) []string {
	if view != Texts {
		d = withoutTexts(map[string]any(d), false).(map[string]any)
		if version, ok := d["openapi"].(string); ok { // 3.0.4 says nothing that 3.0.3 does not say
			d["openapi"] = strings.Join(strings.Split(version+"..", ".")[:2], ".")
		}
	}
	l := &lister{document: d, view: view}
	for _, server := range list(d["servers"]) {
		l.walk(fmt.Sprint("server ", members(server)["url"]), server, nil)
	}
	d.each(func(method, path string, item, operation map[string]any) {
		at := method + " " + path
		if view == Wire {
			at = Nameless(at)
		}
		for _, parameter := range list(operation["parameters"]) {
			p := members(l.resolve(parameter))
			if i := strings.Index(path, fmt.Sprintf("{%v}", p["name"])); view == Wire && i >= 0 && p["in"] == "path" {
				p = maps.Clone(p)
				p["name"] = strings.Count(path[:i], "{")
			}
			l.walk(fmt.Sprintf("%s, %v %v", at, p["in"], p["name"]), p, nil)
		}
		for _, server := range slices.Concat(list(item["servers"]), list(operation["servers"])) {
			l.walk(fmt.Sprintf("server %v of %s", members(server)["url"], at), server, nil)
		}
		l.walk(at, without(operation, "parameters", "servers"), nil)
	})
	for path, item := range members(d["paths"]) {
		if rest := without(members(item), append(methods, "servers")...); len(rest) > 0 {
			l.walk("path "+path, rest, nil)
		}
	}
	for section, all := range members(d["components"]) {
		for name, part := range members(all) {
			switch {
			case section == "schemas" && view != Wire:
				l.walk(name, part, nil)
			case section == "securitySchemes" || view == Texts && section != "schemas":
				l.walk(section+" "+name, part, nil)
			}
		}
	}
	l.walk("document", without(d, "servers", "paths", "components"), nil)
	slices.Sort(l.lines)
	return slices.Compact(l.lines)
}

type lister struct {
	document Document
	view     View
	lines    []string
}

// walk adds the line of an object, with its plain values, and those of the objects in it. within are the references
// that led here.
func (l *lister) walk(at string, v any, within []string) {
	if ref, ok := members(v)["$ref"].(string); ok && l.view == Wire && !slices.Contains(within, ref) {
		l.walk(at, l.resolve(v), append(slices.Clone(within), ref))
		return
	}
	var plain []string
	add := func(key, value string) {
		if l.view != Texts || slices.Contains(texts, key) || strings.HasPrefix(key, "x-") || strings.HasPrefix(at, "document info") {
			plain = append(plain, strings.TrimPrefix(key+"="+value, "$ref=#/components/schemas/"))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(members(v))) {
		switch child := members(v)[key].(type) {
		case map[string]any:
			switch {
			case slices.Contains(named, key):
				for name, part := range child {
					if key == "responses" || key == "headers" || key == "requestBodies" {
						part = l.resolve(part)
					}
					l.walk(at+map[bool]string{true: ".", false: ", "}[key == "properties"]+name, part, within)
				}
			case l.view == Texts && key != "info" && slices.Contains(texts, key): // an example that is an object
				add(key, compact(child))
			case key == "requestBody":
				l.walk(at+" "+key, l.resolve(child), within)
			default:
				l.walk(at+map[bool]string{true: "[]", false: " " + key}[key == "items"], child, within)
			}
		case []any:
			if slices.Contains([]string{"allOf", "oneOf", "anyOf", "prefixItems"}, key) {
				for i, part := range child {
					l.walk(fmt.Sprintf("%s %s[%d]", at, key, i), part, within)
				}
				continue
			}
			words := make([]string, len(child))
			for i, word := range child {
				words[i] = strings.Trim(compact(word), `"`)
			}
			slices.Sort(words)
			add(key, strings.Join(words, ","))
		case string:
			add(key, strings.Join(strings.Fields(child), " "))
		default:
			add(key, compact(child))
		}
	}
	if len(plain) > 0 || len(members(v)) == 0 && l.view != Texts {
		l.lines = append(l.lines, at+": "+strings.Join(plain, " "))
	}
}

// resolve follows references inside the document; anything else is returned as it is.
func (l *lister) resolve(v any) any {
	for range 10 {
		ref, ok := members(v)["$ref"].(string)
		if !ok {
			break
		}
		v = map[string]any(l.document)
		for _, key := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			v = members(v)[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)]
		}
		if v == nil {
			return map[string]any{"unresolved": ref}
		}
	}
	return v
}

// Operations lists the operations of a document, such as "POST /v1/mass/payout/init".
func (d Document) Operations() (all []string) {
	d.each(func(method, path string, _, _ map[string]any) { all = append(all, method+" "+path) })
	slices.Sort(all)
	return all
}

// Version returns a document's info.version.
func (d Document) Version() string { return fmt.Sprint(members(d["info"])["version"]) }

// Canonical returns a document as JSON in one line whose keys, servers and parameters are in alphabetical order. Two
// documents with the same one say the same.
func (d Document) Canonical() []byte {
	sorted(list(d["servers"]))
	d.each(func(_, _ string, _, operation map[string]any) { sorted(list(operation["parameters"])) })
	return []byte(compact(d))
}

func sorted(values []any) {
	slices.SortStableFunc(values, func(a, b any) int { return strings.Compare(compact(a), compact(b)) })
}

// Nameless returns a path or an operation without the names of its parameters, which are none to the server.
func Nameless(path string) string { return parameter.ReplaceAllString(path, "{}") }

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// Same reports whether two documents are equal, whatever the order of their keys.
func Same(a, b []byte) bool { return bytes.Equal(a, b) || reflect.DeepEqual(decode(a), decode(b)) }

// Change is a fact of which two documents say different things: its line in each, or nothing.
type Change struct{ Subject, Was, Is string }

// Diff compares two sorted lists of facts.
func Diff(before, after []string) (all []Change) {
	for _, line := range before {
		if _, found := slices.BinarySearch(after, line); !found {
			all = append(all, Change{Subject: Subject(line), Was: line})
		}
	}
	for _, line := range after {
		if _, found := slices.BinarySearch(before, line); found {
			continue
		}
		subject := Subject(line)
		if i := slices.IndexFunc(all, func(c Change) bool { return c.Subject == subject && c.Is == "" }); i >= 0 {
			all[i].Is = line
		} else {
			all = append(all, Change{Subject: subject, Is: line})
		}
	}
	slices.SortStableFunc(all, func(a, b Change) int { return strings.Compare(a.Subject, b.Subject) })
	return all
}

// Lines lists changes with - and + before the lines of each.
func Lines(changes []Change) (all []string) {
	for _, c := range changes {
		for _, line := range []string{"- " + c.Was, "+ " + c.Is} {
			if len(line) > 2 {
				all = append(all, line)
			}
		}
	}
	return all
}

// Subject is what a fact is about.
func Subject(line string) string { subject, _, _ := strings.Cut(line, ": "); return subject }

// withoutTexts copies a value without its texts; names says that v's keys are names.
func withoutTexts(v any, names bool) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, child := range v {
			switch {
			case !names && (key == "enum" || key == "default" || key == "const"):
				out[key] = child
			case names || !slices.Contains(texts, key) && !strings.HasPrefix(key, "x-"):
				out[key] = withoutTexts(child, !names && slices.Contains(named, key))
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = withoutTexts(child, false)
		}
		return out
	}
	return v
}

func members(v any) map[string]any { m, _ := v.(map[string]any); return m }

func list(v any) []any { l, _ := v.([]any); return l }

func without(v map[string]any, keys ...string) map[string]any {
	m := maps.Clone(v)
	maps.DeleteFunc(m, func(key string, _ any) bool { return slices.Contains(keys, key) })
	return m
}

// compact is a value as JSON in one line.
func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
