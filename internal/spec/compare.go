package main

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
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
	revised := after.Text
	if before.Operation != after.Operation {
		c.moved(before.Operation, after.Operation)
		revised = under(after.Text, after.Operation, before.Operation)
	}
	c.Facts = pages.Diff(pages.Facts(before.Text, pages.Structure), pages.Facts(after.Text, pages.Structure))
	for _, fact := range c.Facts {
		if server, ok := strings.CutPrefix(pages.Subject(fact[2:]), "server "); ok {
			c.add(breaking, "%s the server %s: signed requests, and the money in them, %s there",
				map[byte]string{'-': "removed", '+': "added"}[fact[0]], server,
				map[byte]string{'-': "went", '+': "go"}[fact[0]])
		}
	}
	rules, err := oasdiff(before.Text, revised)
	if err != nil {
		c.add(risky, "oasdiff cannot compare the documents: %v", err)
	}
	for _, rule := range rules {
		c.add(rule.level, "%s", rule.text)
	}
	wire := pages.Diff(pages.Facts(before.Text, pages.Wire), pages.Facts(revised, pages.Wire))
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
	case len(wire) == 0 && len(c.Facts) > 0 && c.Level < additive:
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
	parameter := regexp.MustCompile(`\{[^}]*\}`)
	if parameter.ReplaceAllString(before, "{}") == parameter.ReplaceAllString(after, "{}") {
		c.add(namesOnly, "a parameter of the path has another name: %s is now %s", before, after)
		return
	}
	c.add(breaking, "moved: %s is now %s", before, after)
}

// defaultOf is the default in a fact.
func defaultOf(fact string) string { return regexp.MustCompile(` default=\S*`).FindString(fact) }

// under returns a document whose operation stands at another method and path.
func under(text []byte, from, to string) []byte {
	fromMethod, fromPath, _ := strings.Cut(from, " ")
	toMethod, toPath, _ := strings.Cut(to, " ")
	replaced := bytes.Replace(text, []byte(strconv.Quote(fromPath)), []byte(strconv.Quote(toPath)), 1)
	names := regexp.MustCompile(`\{[^}]*\}`)
	if old, current := names.FindAllString(toPath, -1), names.FindAllString(fromPath, -1); len(old) == len(current) {
		for i, name := range current {
			name := func(n string) []byte { return []byte(`"name": ` + strconv.Quote(strings.Trim(n, "{}"))) }(name)
			replaced = bytes.Replace(replaced, name, []byte(`"name": `+strconv.Quote(strings.Trim(old[i], "{}"))), 1)
		}
	}
	quote := func(method string) []byte { return []byte(strconv.Quote(strings.ToLower(method)) + ": {") }
	return bytes.Replace(replaced, quote(fromMethod), quote(toMethod), 1)
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
