package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
)

// level is how much a change matters to whoever calls the API as it was.
type level int

const (
	nothing level = iota
	textOnly
	namesOnly // the same on the wire: schemas have other names, or parts another order
	additive
	risky
	breaking
)

func (l level) String() string {
	return [...]string{"nothing", "text only", "names only", "additive", "risky", "breaking"}[l]
}

// pageChange is what has changed on one page.
type pageChange struct {
	Page    pages.Page // as it is now
	Was     string     // the version before
	Level   level
	Changes []string // in words
	Facts   []string // that are other ones, with - and + before them
}

func (c *pageChange) add(l level, format string, args ...any) {
	c.Level = max(c.Level, l)
	c.Changes = append(c.Changes, fmt.Sprintf("**%s**: ", l)+fmt.Sprintf(format, args...))
}

// comparePage tells what has changed in a page's document. It compares iyzico's own documents, not what the overlay
// makes of them: the overlay removes parameters and replaces types, and a change of these would be lost.
func comparePage(before, after pages.Page) pageChange {
	c := pageChange{Page: after, Was: before.Version}
	switch {
	case len(before.Text) == 0 && after.Generates:
		c.add(additive, "a new operation, on a page that was not on record before")
		return c
	case len(before.Text) == 0:
		c.add(namesOnly, "the page was not on record before")
		return c
	case pages.Same(before.Text, after.Text):
		return c
	}
	was, revised := pages.Canonical(before.Text), pages.Canonical(after.Text)
	if bytes.Equal(was, revised) {
		return c // parameters and servers stand elsewhere, and say the same
	}
	revised = keepDecimals(was, revised)
	if before.Operation != after.Operation {
		c.moved(before.Operation, after.Operation)
		moved, err := under(revised, after.Operation, before.Operation)
		if err != nil {
			c.add(risky, "what has changed beside that cannot be told: %v", err)
			return c
		}
		revised = moved
	}
	c.Facts = pages.Diff(pages.Facts(before.Text, pages.Structure), pages.Facts(after.Text, pages.Structure))
	for _, fact := range c.Facts {
		if server, ok := strings.CutPrefix(pages.Subject(fact[2:]), "server "); ok {
			c.add(breaking, "%s the server %s: signed requests, and the money in them, %s there",
				map[byte]string{'-': "removed", '+': "added"}[fact[0]], server,
				map[byte]string{'-': "went", '+': "go"}[fact[0]])
		}
	}
	decimals := 0
	for i := 1; i < len(c.Facts); i++ {
		if subject := pages.Subject(c.Facts[i][2:]); number(c.Facts[i-1][2:]) == number(c.Facts[i][2:]) {
			decimals++
			c.add(namesOnly, "%s: `decimal` and `number` are the same bare JSON number, and the overlay makes an exact decimal "+
				"of both: nothing changes for users of this client", subject)
		}
	}
	rules, err := oasdiff(was, revised)
	if err != nil {
		c.add(risky, "oasdiff cannot compare the documents: %v", err)
	}
	for _, rule := range rules {
		c.add(rule.level, "%s", rule.text)
	}
	wire := pages.Diff(pages.Facts(was, pages.Wire), pages.Facts(revised, pages.Wire))
	wire = slices.DeleteFunc(wire, func(fact string) bool { return strings.HasPrefix(fact[2:], "server ") })
	unruled := len(wire) > 0 && len(rules) == 0 && err == nil
	for i := 1; i < len(wire); i++ {
		before, after := defaultOf(wire[i-1]), defaultOf(wire[i])
		if before != after && pages.Subject(wire[i-1][2:]) == pages.Subject(wire[i][2:]) {
			c.add(breaking, "another default, %s: to leave it out means something else than before", pages.Subject(wire[i][2:]))
			unruled = false
		}
	}
	texts := pages.Diff(pages.Facts(before.Text, pages.Texts), pages.Facts(after.Text, pages.Texts))
	switch {
	case unruled:
		c.add(risky, "no rule says what this means; see the lines below")
	case len(wire) == 0 && len(c.Facts) > 2*decimals && c.Level < additive:
		c.add(namesOnly, "the same on the wire; schemas have other names or places, or are in no operation")
	case len(texts)+len(c.Facts) == 0:
		c.add(namesOnly, "only the order of lists, or parts that no operation uses")
	}
	switch {
	case before.Version != after.Version && len(texts) == 2:
		c.add(textOnly, "the version, from %s to %s", before.Version, after.Version)
	case len(texts) > 0:
		c.add(textOnly, "texts")
	}
	if len(c.Facts) == 0 {
		c.Facts = texts
	}
	return c
}

// moved tells of an operation that is at another address. Another name of a path's parameter is none to the server.
func (c *pageChange) moved(before, after string) {
	if pages.Nameless(before) == pages.Nameless(after) {
		c.add(namesOnly, "a parameter of the path has another name: %s is now %s", before, after)
		return
	}
	c.add(breaking, "moved: %s is now %s", before, after)
}

// defaultOf is the default in a fact.
func defaultOf(fact string) string { return regexp.MustCompile(` default=\S*`).FindString(fact) }

// number returns a fact in which a decimal is a number.
func number(fact string) string { return strings.ReplaceAll(fact, "type=decimal", "type=number") }

// keepDecimals returns a canonical document in which what was a decimal and is a number now, or the reverse, is as it was.
func keepDecimals(before, after []byte) []byte {
	var was, is any
	if errors.Join(json.Unmarshal(before, &was), json.Unmarshal(after, &is)) != nil {
		return after
	}
	var walk func(was, is any)
	walk = func(was, is any) {
		switch is := is.(type) {
		case map[string]any:
			was, _ := was.(map[string]any)
			for key, value := range is {
				if key == "type" && (was[key] == "decimal" && value == "number" || was[key] == "number" && value == "decimal") {
					is[key] = was[key]
				} else {
					walk(was[key], value)
				}
			}
		case []any:
			was, _ := was.([]any)
			for i, value := range is[:min(len(is), len(was))] {
				walk(was[i], value)
			}
		}
	}
	walk(was, is)
	kept, err := json.Marshal(is)
	if err != nil {
		return after
	}
	return kept
}

// under returns a document whose operation stands at another method and path.
func under(text []byte, from, to string) ([]byte, error) {
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	fromMethod, fromPath, _ := strings.Cut(from, " ")
	toMethod, toPath, _ := strings.Cut(to, " ")
	item := document.Paths.Value(fromPath)
	operation := item.GetOperation(fromMethod)
	item.SetOperation(fromMethod, nil)
	if len(item.Operations()) == 0 {
		document.Paths.Delete(fromPath)
	}
	current, old := parameters(fromPath), parameters(toPath)
	for i, parameter := range operation.Parameters {
		if n := slices.Index(current, parameter.Value.Name); n >= 0 && n < len(old) && parameter.Value.In == "path" {
			renamed := *parameter.Value
			renamed.Name = old[n]
			operation.Parameters[i] = &openapi3.ParameterRef{Value: &renamed}
		}
	}
	if document.Paths.Value(toPath) == nil {
		document.Paths.Set(toPath, &openapi3.PathItem{})
	}
	document.Paths.Value(toPath).SetOperation(toMethod, operation)
	return document.MarshalJSON()
}

// parameters lists the names of a path's parameters.
func parameters(path string) (names []string) {
	for _, match := range regexp.MustCompile(`\{([^}]*)\}`).FindAllStringSubmatch(path, -1) {
		names = append(names, match[1])
	}
	return names
}

// rule is a change that oasdiff has a rule for.
type rule struct {
	level level
	text  string
}

// oasdiff compares two documents by its rules.
func oasdiff(before, after []byte) ([]rule, error) {
	var specs [2]*load.SpecInfo
	for i, text := range [][]byte{before, after} {
		spec, err := openapi3.NewLoader().LoadFromData(text) // which follows no reference out of the document
		if err != nil {
			return nil, err
		}
		specs[i] = &load.SpecInfo{Spec: spec}
	}
	compared, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), specs[0], specs[1])
	if err != nil {
		return nil, err
	}
	english := checker.NewDefaultLocalizer()
	levels := map[checker.Level]level{checker.ERR: breaking, checker.WARN: risky, checker.INFO: additive}
	found := map[rule]bool{}
	for _, change := range checker.CheckBackwardCompatibilityUntilLevel(checker.NewConfig(checker.GetAllChecks()),
		compared, sources, checker.INFO) {
		// Whether iyzico raised its version as it should, and what it calls operations and groups them by, promises
		// nothing.
		id := change.GetId()
		if change.GetSection() == "info" || change.GetSection() == "components" ||
			strings.HasPrefix(id, "api-operation-id") || strings.HasPrefix(id, "api-tag") {
			continue
		}
		text := plain(change.GetUncolorizedText(english))
		if change.GetPath() != "" {
			text += fmt.Sprintf(" (`%s %s`)", change.GetOperation(), change.GetPath())
		}
		severity := levels[change.GetLevel()]
		if strings.HasPrefix(id, "response-") && strings.HasSuffix(id, "-removed") && !strings.Contains(id, "enum") {
			severity = max(severity, risky) // who reads it gets nothing from now on
		}
		found[rule{severity, text}] = true
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b rule) int {
		if a.level != b.level {
			return int(b.level - a.level)
		}
		return strings.Compare(a.text, b.text)
	}), nil
}

// languageDifferences lists the facts that a page has otherwise than the page that its operation is generated from.
// Where the operation has moved on one of them only, that says it all.
func languageDifferences(generates, other pages.Page) []string {
	if generates.Operation != other.Operation {
		return []string{"- " + generates.Operation, "+ " + other.Operation}
	}
	return pages.Diff(pages.Facts(generates.Text, pages.Structure), pages.Facts(other.Text, pages.Structure))
}
