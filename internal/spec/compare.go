package main

import (
	"bytes"
	"cmp"
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
	case bytes.Equal(before.Text, after.Text):
		return c
	}
	was, is := pages.Decode(before.Text), pages.Decode(after.Text)
	old, revised := was.Canonical(), is.Canonical()
	if bytes.Equal(old, revised) {
		return c // keys, parameters and servers stand elsewhere, and say the same
	}
	if pages.Nameless(before.Operation) != pages.Nameless(after.Operation) {
		c.add(breaking, "moved: %s is now %s", before.Operation, after.Operation)
		moved, err := under(revised, after.Operation, before.Operation)
		if err != nil {
			c.add(risky, "what has changed beside that cannot be told: %v", err)
			return c
		}
		revised = moved
	} else if before.Operation != after.Operation { // which is none to the server
		c.add(namesOnly, "a parameter of the path has another name: %s is now %s", before.Operation, after.Operation)
	}
	facts, decimals := pages.Diff(was.Facts(pages.Structure), is.Facts(pages.Structure)), 0
	for _, fact := range facts {
		server, isServer := strings.CutPrefix(fact.Subject, "server ")
		if isServer && fact.Was != "" {
			c.add(breaking, "removed the server %s: signed requests, and the money in them, went there", server)
		}
		if isServer && fact.Is != "" {
			c.add(breaking, "added the server %s: signed requests, and the money in them, go there", server)
		}
		if strings.ReplaceAll(fact.Was, "type=decimal", "type=number") == strings.ReplaceAll(fact.Is, "type=decimal", "type=number") {
			decimals++
			c.add(namesOnly, "%s: `decimal` and `number` are the same bare JSON number, and the overlay makes an exact decimal "+
				"of both: nothing changes for users of this client", fact.Subject)
		}
	}
	if decimals > 0 {
		old, revised = oneNumber(old), oneNumber(revised)
	}
	rules, err := oasdiff(old, revised)
	if err != nil {
		c.add(risky, "oasdiff cannot compare the documents: %v", err)
	}
	for _, rule := range rules {
		c.add(rule.level, "%s", rule.text)
	}
	wire := pages.Diff(pages.Decode(old).Facts(pages.Wire), pages.Decode(revised).Facts(pages.Wire))
	wire = slices.DeleteFunc(wire, func(fact pages.Change) bool { return strings.HasPrefix(fact.Subject, "server ") })
	unruled := len(wire) > 0 && len(rules) == 0 && err == nil
	for _, fact := range wire {
		if fact.Was != "" && fact.Is != "" && standard.FindString(fact.Was) != standard.FindString(fact.Is) {
			c.add(breaking, "another default, %s: to leave it out means something else than before", fact.Subject)
			unruled = false
		}
	}
	texts := pages.Diff(was.Facts(pages.Texts), is.Facts(pages.Texts))
	switch {
	case unruled:
		c.add(risky, "no rule says what this means; see the lines below")
	case len(wire) == 0 && len(facts) > decimals && c.Level < additive:
		c.add(namesOnly, "the same on the wire; schemas have other names or places, or are in no operation")
	case len(texts)+len(facts) == 0:
		c.add(namesOnly, "only the order of lists, or parts that no operation uses")
	}
	if before.Version != after.Version && len(texts) == 1 {
		c.add(textOnly, "the version, from %s to %s", before.Version, after.Version)
	} else if len(texts) > 0 {
		c.add(textOnly, "texts")
	}
	if c.Facts = pages.Lines(facts); len(facts) == 0 {
		c.Facts = pages.Lines(texts)
	}
	return c
}

// standard is the default in a fact.
var standard = regexp.MustCompile(` default=\S*`)

// oneNumber returns a canonical document in which each number is a decimal.
func oneNumber(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte(`"type":"number"`), []byte(`"type":"decimal"`))
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// under returns a document whose operation stands at another method and path.
func under(text []byte, from, to string) ([]byte, error) {
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	fromMethod, fromPath, _ := strings.Cut(from, " ")
	names := placeholder.FindAllString(fromPath, -1) // which stay, as those in the operation do
	toMethod, toPath, _ := strings.Cut(placeholder.ReplaceAllStringFunc(to, func(name string) string {
		if len(names) > 0 {
			name, names = names[0], names[1:]
		}
		return name
	}), " ")
	item := document.Paths.Value(fromPath)
	operation := item.GetOperation(fromMethod)
	item.SetOperation(fromMethod, nil)
	if len(item.Operations()) == 0 {
		document.Paths.Delete(fromPath)
	}
	document.AddOperation(toPath, toMethod, operation)
	return document.MarshalJSON()
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
		// Whether iyzico raised its version as it should, and what it calls operations, promises nothing.
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
		return cmp.Or(int(b.level-a.level), strings.Compare(a.text, b.text))
	}), nil
}

// languageDifferences lists the facts that a page has otherwise than the page that its operation is generated from.
// Where the operation has moved on one of them only, that says it all.
func languageDifferences(generates, other pages.Page) []string {
	if generates.Operation != other.Operation {
		return []string{"- " + generates.Operation, "+ " + other.Operation}
	}
	return pages.Lines(pages.Diff(pages.Decode(generates.Text).Facts(pages.Structure), pages.Decode(other.Text).Facts(pages.Structure)))
}
