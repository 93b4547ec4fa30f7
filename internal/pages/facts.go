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

// View says which facts of a document are listed.
type View int

const (
	// Structure leaves out texts. Two documents with the same structure are the same to a program.
	Structure View = iota
	// Wire replaces every reference by what it refers to. Two documents with the same wire facts are the same to the
	// server, even where a schema has another name or none.
	Wire
	// Texts are the texts alone.
	Texts
)

// texts are the keys that speak to people only. So do keys that start with x-: those that would steer the generator
// are refused when a page is read.
var texts = []string{"info", "description", "summary", "title", "example", "examples", "externalDocs", "tags",
	"operationId"}

// named are the keys of objects whose own keys are names, among which "description" is a property like any other.
var named = []string{
	"paths", "schemas", "properties", "patternProperties", "parameters", "responses", "requestBodies", "headers",
	"content",
	"securitySchemes", "variables", "mapping", "callbacks", "links", "encoding", "dependentSchemas", "$defs",
}

// methods of a path item that hold an operation.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// Facts lists what a document says, one line for each object in it, whatever the order of keys and lists: an
// operation's parameters, bodies and responses, and the fields of each schema.
func Facts(text []byte, view View) []string {
	document := decode(text)
	if view != Texts {
		document = withoutTexts(document, false).(map[string]any)
		if version, ok := document["openapi"].(string); ok { // 3.0.4 says nothing that 3.0.3 does not say
			document["openapi"] = strings.Join(strings.Split(version+"..", ".")[:2], ".")
		}
	}
	l := &lister{document: document, view: view}
	for _, server := range list(document["servers"]) {
		l.walk(fmt.Sprint("server ", members(server)["url"]), server, nil)
	}
	for path, item := range members(document["paths"]) {
		item := members(item)
		for _, method := range methods {
			operation, ok := item[method].(map[string]any)
			if !ok {
				continue
			}
			at := strings.ToUpper(method) + " " + path
			for _, parameter := range slices.Concat(list(item["parameters"]), list(operation["parameters"])) {
				p := l.resolve(parameter)
				l.walk(fmt.Sprintf("%s, %v %v", at, members(p)["in"], members(p)["name"]), p, nil)
			}
			for _, server := range slices.Concat(list(item["servers"]), list(operation["servers"])) {
				l.walk(fmt.Sprintf("server %v of %s", members(server)["url"], at), server, nil)
			}
			l.walk(at, without(operation, "parameters", "servers"), nil)
		}
		if rest := without(item, append(methods, "parameters", "servers")...); len(rest) > 0 {
			l.walk("path "+path, rest, nil)
		}
	}
	for section, all := range members(document["components"]) {
		for name, part := range members(all) {
			switch {
			case section == "schemas" && view != Wire:
				l.walk(name, part, nil)
			case section == "securitySchemes" || view == Texts && section != "schemas":
				l.walk(section+" "+name, part, nil)
			}
		}
	}
	l.walk("document", without(document, "servers", "paths", "components"), nil)
	slices.Sort(l.lines)
	return slices.Compact(l.lines)
}

type lister struct {
	document map[string]any
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
	for _, key := range slices.Sorted(maps.Keys(members(v))) {
		switch child := members(v)[key].(type) {
		case map[string]any:
			if slices.Contains(named, key) {
				for name, part := range child {
					if key == "responses" || key == "headers" || key == "requestBodies" {
						part = l.resolve(part)
					}
					l.walk(at+map[bool]string{true: ".", false: ", "}[key == "properties"]+name, part, within)
				}
				continue
			}
			if key == "requestBody" {
				child = members(l.resolve(child))
			}
			if l.view == Texts && key != "info" && slices.Contains(texts, key) { // an example that is an object
				plain = append(plain, key+"="+compact(child))
				continue
			}
			l.walk(at+map[bool]string{true: "[]", false: " " + key}[key == "items"], child, within)
		case []any:
			if key == "allOf" || key == "oneOf" || key == "anyOf" || key == "prefixItems" {
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
			plain = append(plain, key+"="+strings.Join(words, ","))
		case string:
			plain = append(plain, strings.TrimPrefix(key+"="+strings.Join(strings.Fields(child), " "),
				"$ref=#/components/schemas/"))
		default:
			plain = append(plain, key+"="+compact(child))
		}
	}
	if l.view == Texts {
		plain = slices.DeleteFunc(plain, func(value string) bool {
			key, _, _ := strings.Cut(value, "=")
			return !slices.Contains(texts, key) && !strings.HasPrefix(key, "x-") && !strings.HasPrefix(at, "document info")
		})
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
		var at any = l.document
		for _, key := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			at = members(at)[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)]
		}
		if at == nil {
			return map[string]any{"unresolved": ref}
		}
		v = at
	}
	return v
}

// Operations lists the operations of a document, such as "POST /v1/mass/payout/init".
func Operations(text []byte) []string {
	var all []string
	for path, item := range members(decode(text)["paths"]) {
		for method := range members(item) {
			if slices.Contains(methods, method) {
				all = append(all, strings.ToUpper(method)+" "+path)
			}
		}
	}
	slices.Sort(all)
	return all
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// Nameless returns a path or an operation without the names of its parameters, which are none to the server.
func Nameless(path string) string { return parameter.ReplaceAllString(path, "{}") }

// Has reports whether a document has an operation, whatever the names of its path's parameters.
func Has(text []byte, operation string) bool {
	return slices.ContainsFunc(Operations(text), func(o string) bool { return Nameless(o) == Nameless(operation) })
}

// Version returns a document's info.version.
func Version(text []byte) string { return fmt.Sprint(members(decode(text)["info"])["version"]) }

// Same reports whether two documents are equal, whatever the order of their keys.
func Same(a, b []byte) bool { return reflect.DeepEqual(decode(a), decode(b)) }

// Diff lists the differences of two sorted lists of facts, with - and + before them, both sides of a fact together.
func Diff(before, after []string) []string {
	var all []string
	for _, side := range []struct {
		sign   string
		of, in []string
	}{{"- ", before, after}, {"+ ", after, before}} {
		for _, line := range side.of {
			if _, found := slices.BinarySearch(side.in, line); !found {
				all = append(all, side.sign+line)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return strings.Compare(Subject(a[2:]), Subject(b[2:])) })
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

// decode reads an object, with its numbers as they are written.
func decode(text []byte) map[string]any {
	var v map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	_ = decoder.Decode(&v) // what is no object has no facts
	return v
}

func members(v any) map[string]any { m, _ := v.(map[string]any); return m }

func list(v any) []any { l, _ := v.([]any); return l }

func without(v any, keys ...string) map[string]any {
	m := maps.Clone(members(v))
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
