package main

import (
	"encoding/json"
	"fmt"
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
	changes [breaking + 1][]string // in words
	Facts   []string               // that are other ones, with - and + before them
}

func (c *pageChange) add(l level, format string, args ...any) {
	c.Level = max(c.Level, l)
	if text := fmt.Sprintf("**%s**: ", l) + fmt.Sprintf(format, args...); !slices.Contains(c.changes[l], text) {
		c.changes[l] = append(c.changes[l], text)
	}
}

// Changes lists the changes, those that matter most first.
func (c pageChange) Changes() (all []string) {
	for l := breaking; l > nothing; l-- {
		all = append(all, c.changes[l]...)
	}
	return all
}

// comparePage tells what has changed in a page's document. It compares iyzico's own documents, not what the overlay
// makes of them: the overlay removes parameters and replaces types, and a change of these would be lost.
func comparePage(before, after pages.Page) pageChange {
	c := pageChange{Page: after, Was: before.Version}
	switch {
	case len(before.Text) == 0:
		c.add(map[bool]level{true: additive, false: namesOnly}[after.Generates], "the page was not on record before")
		return c
	case pages.Same(before.Text, after.Text):
		return c
	}
	was, is := pages.Decode(before.Text), pages.Decode(after.Text)
	facts, all := pages.Diff(was.Bare().Facts(), is.Bare().Facts()), pages.Diff(was.Facts(), is.Facts())
	if pages.Nameless(before.Operation) != pages.Nameless(after.Operation) {
		c.add(breaking, "moved: %s is now %s", before.Operation, after.Operation)
	}
	decimals := 0
	for _, fact := range facts {
		server, isServer := strings.CutPrefix(fact.Subject, "server ")
		if isServer && fact.Was != "" {
			c.add(breaking, "removed the server %s: signed requests, and the money in them, went there", server)
		}
		if isServer && fact.Is != "" {
			c.add(breaking, "added the server %s: signed requests, and the money in them, go there", server)
		}
		if oneNumber.Replace(fact.Was) == oneNumber.Replace(fact.Is) {
			decimals++
			c.add(namesOnly, "%s: `decimal` and `number` are the same bare JSON number, and the overlay makes an exact decimal "+
				"of both: nothing changes for users of this client", fact.Subject)
		}
	}
	ruled, wire, err := c.oasdiff(was.Bare(), is.Bare(), before.Operation, after.Operation)
	wire = wire || slices.ContainsFunc(facts, func(fact pages.Change) bool { return fact.Subject == "document" })
	switch {
	case err != nil:
		c.add(risky, "what has changed beside that cannot be told: %v", err)
	case wire && !ruled && c.Level < breaking:
		c.add(risky, "no rule says what this means; see the lines below")
	case !wire && len(facts) > decimals && c.Level < additive:
		c.add(namesOnly, "the same on the wire; schemas or parameters have other names or places, or are in no operation")
	case len(all) == 0:
		c.add(namesOnly, "only the order of lists, or parts that no operation uses")
	}
	if len(all) > len(facts) {
		c.add(textOnly, "texts, or the version")
	}
	if c.Facts = pages.Lines(facts); len(facts) == 0 {
		c.Facts = pages.Lines(all)
	}
	return c
}

// oneNumber makes decimals of numbers, in facts and in documents.
var oneNumber = strings.NewReplacer("type=number", "type=decimal", `"type":"number"`, `"type":"decimal"`)

// oasdiff adds the changes between two documents that it has rules for. One operation may have moved. It reports whether
// there are any, and whether anything differs on the wire.
func (c *pageChange) oasdiff(before, after pages.Document, was, is string) (ruled, wire bool, err error) {
	var specs [2]*load.SpecInfo
	for i, document := range []pages.Document{before, after} {
		text, _ := json.Marshal(document)                                                       // which was read as JSON
		spec, err := openapi3.NewLoader().LoadFromData([]byte(oneNumber.Replace(string(text)))) // which reads nothing else
		if err != nil {
			return false, false, err
		}
		specs[i] = &load.SpecInfo{Spec: spec}
	}
	moveBack(specs[1].Spec, is, was)
	compared, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), specs[0], specs[1])
	if err != nil || compared.Empty() {
		return false, false, err
	}
	english := checker.NewDefaultLocalizer()
	levels := map[checker.Level]level{checker.ERR: breaking, checker.WARN: risky, checker.INFO: additive}
	for _, change := range checker.CheckBackwardCompatibilityUntilLevel(checker.NewConfig(checker.GetAllChecks()),
		compared, sources, checker.INFO) {
		id, severity := change.GetId(), levels[change.GetLevel()]
		switch {
		case id == checker.APISchemasRemovedId: // it may have another name now, or be needless
			continue
		case strings.Contains(id, "-default-value-"):
			severity = breaking // to leave it out means something else than before
		case strings.HasPrefix(id, "response-") && strings.HasSuffix(id, "-removed") && !strings.Contains(id, "enum"):
			severity = max(severity, risky) // who reads it gets nothing from now on
		}
		text := plain(change.GetUncolorizedText(english))
		if change.GetPath() != "" {
			text += fmt.Sprintf(" (`%s %s`)", change.GetOperation(), change.GetPath())
		}
		ruled = true
		c.add(severity, "%s", text)
	}
	return ruled, !compared.PathsDiff.Empty() || !compared.SecurityDiff.Empty(), nil
}

// moveBack puts an operation that has moved, or whose path has other names of its parameters, to where it was, so that
// what else has changed is seen.
func moveBack(document *openapi3.T, from, to string) {
	fromMethod, fromPath, _ := strings.Cut(from, " ")
	toMethod, toPath, _ := strings.Cut(to, " ")
	item := document.Paths.Value(fromPath)
	if from == to || item == nil || item.GetOperation(fromMethod) == nil {
		return
	}
	operation := item.GetOperation(fromMethod)
	names, were := pages.Parameter.FindAllString(fromPath, -1), pages.Parameter.FindAllString(toPath, -1)
	for _, p := range operation.Parameters {
		if i := slices.Index(names, "{"+p.Value.Name+"}"); p.Value.In == "path" && i >= 0 && i < len(were) {
			p.Value.Name = strings.Trim(were[i], "{}")
		}
	}
	item.SetOperation(fromMethod, nil)
	if len(item.Operations()) == 0 {
		document.Paths.Delete(fromPath)
	}
	document.AddOperation(toPath, toMethod, operation)
}
