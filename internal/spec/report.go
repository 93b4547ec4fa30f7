package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/iyzico-go/masspayout/internal/spec/release"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
	"golang.org/x/exp/apidiff"
)

// report is what a change of iyzico's pages means.
type report struct {
	Found     []finding // by a refresh
	settled   []string  // by it: patterns of titles that findings of another one had
	Unchanged bool      // by it
	Notes     []string  // about the pages that were read
	Level     level     // of the page that changed most
	Pages     []pageChange
	Languages []string  // differences between two languages of an operation that are new or gone
	Broken    []string  // what could not be done: joining, generating, comparing
	Overlay   overlaid  // without any action if it is not known
	Beneath   []string  // values that changed under the overlay's
	Look      []string  // handwritten code that a change concerns
	GoAPI     []string  // how it changes
	Untold    string    // why that is not known
	Failing   []finding // tests
	Next      string    // the next version, in words
}

// compare compares a commit with the working tree, and tests that. broken is why the client could not be generated.
func (r *report) compare(ctx context.Context, root, commit string, broken error) error {
	base, remove, err := tree.Checkout(ctx, root, commit)
	if err != nil {
		return err
	}
	defer remove()
	before, err := pages.Load(base)
	if err != nil {
		return fmt.Errorf("%s has no pages that could be compared: %w", commit, err)
	}
	after, err := pages.Load(root)
	if err != nil {
		return err
	}
	r.comparePages(before, after)
	was, wasErr := overlayOf(base)
	is, isErr := overlayOf(root)
	table, tableErr := os.ReadFile(filepath.Join(root, pages.ContractFile))
	contract, contractErr := pages.ParseContract(string(table))
	joined, err := pages.Join(after)
	switch others := errors.Join(wasErr, isErr, tableErr, contractErr); {
	case err != nil: // then the overlay's document is an old one
		broken = err
	case others != nil:
		broken = errors.Join(broken, others)
	default:
		r.Look, r.Overlay, r.Beneath = contract.Compare(is.document), is, beneath(was, is)
		if broken == nil && !bytes.Equal(joined, is.document) {
			broken = errors.New(joinedFile + " is not what the pages make: make generate")
		}
	}
	r.Failing = failing(ctx, root)
	var checker release.Checker
	current, err := checker.Check(ctx, root)
	old, oldErr := checker.Check(ctx, base)
	if broken != nil {
		r.Broken, r.Untold = []string{broken.Error()}, "what is in gen was not generated from these pages"
	} else if err := errors.Join(err, oldErr); err != nil {
		r.Untold = err.Error()
	}
	if r.Untold != "" {
		return nil
	}
	for _, change := range apidiff.ModuleChanges(old, current).Changes {
		kind := map[bool]string{true: "addition: `", false: "**breaking**: `"}[change.Compatible]
		r.GoAPI = append(r.GoAPI, kind+change.Message+"`")
	}
	last, least, err := checker.Least(ctx, root, current)
	if r.Next = fmt.Sprintf("At least %s, after %s. %s", least, last, release.Rule); last == "" {
		r.Next = "It cannot be told: this clone has no tag of a release. `git fetch --tags` brings them, to a shallow " +
			"clone with --unshallow; if there is no release yet, the first is " + release.First + "."
	}
	return err
}

// comparePages compares each page with what it was, and the languages of each operation.
func (r *report) comparePages(before, after []pages.Page) {
	for _, page := range after {
		was, other := pages.Page{File: page.File}, pages.Page{}
		for _, old := range before {
			if old.File == page.File {
				was = old
			} else if old.Generates && pages.Stem(old.File) == pages.Stem(page.File) {
				other = old
			}
		}
		if was.Address != page.Address {
			r.Notes = append(r.Notes, fmt.Sprintf("The page of %s has moved to <%s>", page.File, page.Address))
		}
		change := comparePage(was, page)
		if len(was.Text) == 0 && page.Generates && other.Generates {
			change = comparePage(other, page)
			change.add(namesOnly, "generates from now on, in place of %s", other.File)
		}
		if len(page.Text) > 0 && change.Level > nothing {
			r.Level, r.Pages = max(r.Level, change.Level), append(r.Pages, change)
		}
		for _, line := range slices.Concat(was.Differences, page.Differences) {
			now := slices.Contains(page.Differences, line)
			if now != slices.Contains(was.Differences, line) {
				when := map[bool]string{true: "new", false: "no longer"}[now]
				r.Languages = append(r.Languages, fmt.Sprintf("%s, %s: `%s`", page.File, when, line))
			}
		}
	}
}

// Repair reports whether a maintainer must do something before the change can be merged.
func (r *report) Repair() bool {
	return len(r.Broken)+len(r.Overlay.Problems)+len(r.Failing) > 0 || r.Untold != ""
}

//go:embed report.md.tmpl
var reportTemplate string

// markdown is the report in words for a pull request.
func (r *report) markdown() (string, error) {
	words := template.New("report").Funcs(template.FuncMap{"fenced": fenced, "few": few, "plain": plain, "contains": strings.Contains})
	var b strings.Builder
	err := template.Must(words.Parse(reportTemplate)).Execute(&b, r)
	text := b.String()
	if len(text) > 60_000 { // GitHub takes 65,536 characters
		text = text[:strings.LastIndex(text[:60_000], "\n##")+1] + "The rest is left out: `git diff api gen` has every change.\n"
	}
	return text, err
}

// tested are the tests that a change of iyzico's API can break; one of api compares the emulator with the pages. Left
// out are those of hostile servers, time and memory, and of payout all that know no fields: no page changes these.
var tested = [][]string{
	{"-skip", "Hostile|Memory|Bounded|EveryCut|Fuzz", "./gen", "./api"},
	{"-run", "Digest|Compar|Same|Item|Split|Request|Field|Example", "./payout"},
}

// What go test prints of each test and package that fails, of a part of a test, and what says nothing of them.
var (
	fails = regexp.MustCompile(`(?m)^(?:--- FAIL: |FAIL[ \t]+\S).*`)
	parts = regexp.MustCompile(`(?m)^[ \t]+--- FAIL: .*`)
	noise = regexp.MustCompile(`(?m)^(?:\d{4}/\d\d/\d\d \d\d:|go: downloading |ok[ \t]|\?[ \t]).*\n`)
)

// failing runs these tests, and returns what those print that fail, and as help which these are.
func failing(ctx context.Context, root string) (failed []finding) {
	for _, tests := range tested {
		args := append([]string{"test", "-vet=off", "-short", "-timeout=5m"}, tests...)
		if out, err := tree.Run(ctx, root, []string{"MASSPAYOUT_SOAK="}, "go", args...); err != nil {
			names := few(append(fails.FindAllString(out, -1), parts.FindAllString(out, -1)...))
			said := strings.TrimSuffix(err.Error(), strings.TrimSpace(out)) + "\n" + out // a compiler's words first
			failed = append(failed, finding{"go test " + strings.Join(tests[2:], " "), noise.ReplaceAllString(said, ""),
				strings.Join(names, "\n")})
		}
	}
	return failed
}

// few cuts a list that is too long, and its lines.
func few(lines []string) (cut []string) {
	for i, line := range lines {
		if i == 30 {
			return append(cut, fmt.Sprintf("… and %d more", len(lines)-i))
		}
		cut = append(cut, oneLine(line))
	}
	return cut
}

// oneLine makes one short line of a text that comes from outside, which ends no code block.
func oneLine(s string) string {
	return fmt.Sprintf("%.500s", strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "```", ""))
}

// plain is such a line without the meaning of HTML and mentions in it.
func plain(text string) string {
	return strings.NewReplacer("<", "&lt;", "@", "@\u200b").Replace(oneLine(text))
}

// fenced is a text as a code block of a list's item, cut where it is long.
func fenced(text string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "```", ""), "\n")
	if len(lines) > 40 {
		lines = append(lines[:40], "…")
	}
	for i, line := range lines {
		lines[i] = fmt.Sprintf("  %.300s\n", line)
	}
	return "  ````\n" + strings.Join(lines, "") + "  ````\n"
}

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
		if a, b := standard.FindString(fact.Was), standard.FindString(fact.Is); a != b && fact.Was != "" && fact.Is != "" {
			c.add(breaking, "another default, %s: to leave it out means something else than before", fact.Subject)
		}
		if a, b := numeric.FindString(fact.Was), numeric.FindString(fact.Is); a != b && a != "" && b != "" {
			decimals++
			c.add(namesOnly, "%s: `decimal` and `number` are the same bare JSON number, and the overlay makes an exact decimal "+
				"of both: nothing changes for users of this client", fact.Subject)
		}
	}
	ruled, wire, err := c.oasdiff(was.Bare(), is.Bare(), before.Operation, after.Operation, decimals)
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

// standard is the default in a fact, numeric the type.
var standard, numeric = regexp.MustCompile(`\bdefault=\S*`), regexp.MustCompile(`\btype=(decimal|number)\b`)

// oasdiff adds the changes that it has rules for, and reports whether there are any, and any difference on the wire.
// Where decimals became numbers, all are numbers.
func (c *pageChange) oasdiff(before, after pages.Document, was, is string, decimals int) (ruled, wire bool, err error) {
	var specs [2]*load.SpecInfo
	for i, document := range []pages.Document{before, after} {
		text, _ := json.Marshal(document)                                                            // which was read as JSON
		text = bytes.Replace(text, []byte(`"type":"decimal"`), []byte(`"type":"number"`), -decimals) // all, or none
		spec, err := openapi3.NewLoader().LoadFromData(text)                                         // which follows no reference out of the document
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
		text := plain(change.GetUncolorizedText(checker.NewDefaultLocalizer()))
		if change.GetPath() != "" {
			text += fmt.Sprintf(" (`%s %s`)", change.GetOperation(), change.GetPath())
		}
		ruled = true
		c.add(severity, "%s", text)
	}
	return ruled, !compared.PathsDiff.Empty() || !compared.SecurityDiff.Empty(), nil
}

// moveBack puts an operation that has moved, or names its path's parameters anew, to where it was, to compare the rest.
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
