package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/iyzico-go/masspayout/internal/pages"
)

// finding is what a person must look at although no page has changed, which becomes an issue, or a test that fails.
// What it is comes from outside.
type finding struct{ Title, What, Help string }

// Titles of findings, as they begin.
const (
	titleUnread = "iyzico's page cannot be read: "
	titleNew    = "iyzico has a new page: "
	titleGone   = "iyzico's page is gone: "
)

// refresh takes over what has changed on iyzico's pages, joins, regenerates and reports. Pages that cannot be read stay
// as they are. Where overlay or module no longer fit, the new pages stay, for a maintainer to repair them against.
// page is the file in api/pages that what is read belongs to, where that cannot be told.
func refresh(ctx context.Context, client *retryablehttp.Client, root, from, page string) (rep report, err error) {
	all, err := pages.Load(root)
	if err != nil {
		return report{}, err
	}
	look, cancel := context.WithTimeout(ctx, 10*time.Minute) // all the time that a site may take to respond
	defer cancel()
	read, err := inputs(look, client, from, page, all)
	if err != nil {
		return report{}, err
	}
	unread := func(name string, err error) {
		name = filepath.Base(name)
		help := "It stays as it is; changes go unnoticed. If it has moved: `make spec FROM=<its new address> PAGE=" + name +
			"` records the new one."
		if !slices.ContainsFunc(all, func(p pages.Page) bool { return p.File == name }) {
			help = "Nothing was taken over from it."
		}
		rep.Found = append(rep.Found, finding{titleUnread + name, err.Error(), help})
	}
	have := intake{pages: all}
	for _, in := range read {
		if have, err = have.take(in); err != nil {
			unread(cmp.Or(in.want, in.name), err)
		}
	}
	for _, file := range slices.Sorted(maps.Keys(have.taken)) {
		rep.settled = append(rep.settled, titleUnread+file)
	}
	if from == "" {
		rep.settled = append(rep.settled, titleUnread+"*")
		found, err := readIndex(look, client, root, have.pages)
		if rep.Found = append(rep.Found, found...); err != nil {
			unread(indexFile, err)
		} else {
			rep.settled = append(rep.settled, titleNew+"*", titleGone+"*")
		}
	}
	rep.Notes = have.notes
	changed, err := write(root, have.pages)
	if rep.Unchanged = !changed; err != nil || rep.Unchanged {
		return rep, err
	}
	if err := rep.compare(ctx, root, "HEAD", generate(ctx, root)); err != nil {
		return rep, fmt.Errorf("the new pages are in api/pages, but what changed cannot be told: %w", err)
	}
	return rep, nil
}

// write writes the pages and their record, and reports whether anything has changed by that.
func write(root string, all []pages.Page) (changed bool, err error) {
	record, err := pages.Encode(all)
	files := map[string][]byte{pages.RecordFile: record}
	for _, page := range all {
		if len(page.Text) > 0 {
			files[pages.Folder+"/"+page.File] = page.Text
		}
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if was, readErr := os.ReadFile(path); err == nil && (readErr != nil || !bytes.Equal(was, text)) {
			changed, err = true, os.WriteFile(path, text, 0o644) // git has what was there
		}
	}
	return changed, err
}

// writeWatch writes what the scheduled look does with the findings: in open/ a file for each issue that should be open,
// its title in the first line; in settled the titles of those that no longer need be, each a pattern; and a file draft
// where the change cannot be merged as it is. Nothing is said of pages that were not read.
func (r *report) writeWatch(folder string) error {
	files := map[string]string{"settled": strings.Join(append(r.settled, ""), "\n")}
	for _, f := range r.Found {
		name := regexp.MustCompile(`[^\w.-]+`).ReplaceAllString(f.Title, "-")
		files["open/"+name] = f.Title + "\nThe scheduled look at iyzico's pages found:\n\n" + fenced(f.What) + "\n" + f.Help +
			" This issue closes by itself.\n"
	}
	if r.Repair() {
		files["draft"] = ""
	}
	err := os.MkdirAll(filepath.Join(folder, "open"), 0o755)
	for name, text := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
	return err
}

// intake is the pages on record, as what was read makes them.
type intake struct {
	pages []pages.Page
	taken map[string]input // what was taken for a page, by its file
	notes []string
}

// take returns the intake with the documents of one input taken over, all of them or none.
func (t intake) take(in input) (intake, error) {
	if in.err != nil {
		return t, in.err
	}
	found, own, err := documents(in.text)
	if err != nil {
		return t, err
	}
	in.own = own
	known, err := t.known(in)
	if err != nil {
		return t, err
	}
	next := intake{slices.Clone(t.pages), map[string]input{}, slices.Clone(t.notes)}
	maps.Copy(next.taken, t.taken)
	note := func(format string, args ...any) { next.notes = append(next.notes, fmt.Sprintf(format, args...)) }
	others := "none"
	for _, document := range found {
		index, err := next.which(in, known, document, len(found) == 1)
		if err != nil {
			return t, err
		}
		if index < 0 {
			others = "that of another operation, " + strings.Join(pages.Decode(document).Operations(), ", ")
			note("%s also shows %s, which has a page of its own: it was not taken from there", in.name, others)
			continue
		}
		page := &next.pages[index]
		if other, ok := next.taken[page.File]; ok && !pages.Same(other.text, document) {
			return t, fmt.Errorf("expected one document of %s, got several that differ, in %s and in %s", page.Operation,
				other.name, in.name)
		}
		next.taken[page.File] = input{name: in.name, text: document}
		if err := put(page, document, in); err != nil {
			return t, err
		}
		next.generating(pages.Stem(page.File))
		if index >= len(t.pages) {
			note("%s is a new page. If one on record has moved there, or it is in another language: `git restore api gen`, "+
				"and say which it is, as in PAGE=%s.tr.json", page.File, pages.Stem(page.File))
		}
		if in.want == "" || in.decided { // else it is as expected
			use := map[bool]string{false: ", which is only compared: another language's generates"}[page.Generates]
			note("%s is the %s page of %s, api/pages/%s%s", in.name, languages[page.Language], page.Operation, page.File, use)
		}
	}
	for _, i := range known {
		if _, ok := next.taken[t.pages[i].File]; !ok && len(known) == 1 {
			return t, fmt.Errorf("expected the page of %s, got %s", t.pages[i].Operation, others)
		}
	}
	return next, nil
}

// known returns the pages on record that an input is by what was asked for, else by its address, the address that it
// names as its own, or its file's name; all of an operation's own if there are several on one page. It refuses what was
// read at the address of one page, and is another one by the address that redirects led to, or that it names.
func (t intake) known(in input) (found []int, err error) {
	name := strings.TrimSuffix(path.Base(in.name), path.Ext(in.name))
	for i, page := range t.pages {
		there := same(page.Address, in.address) || same(page.Address, in.own)
		named := in.address == "" && (name == strings.TrimSuffix(page.File, ".json") || name == slug(page.Address))
		if in.want == page.File || in.want == "" && (there || named) {
			found = append(found, i)
		} else if in.want != "" && !in.decided && there && !same(page.Address, in.name) {
			return nil, fmt.Errorf("expected the page %s, was led to that of %s", in.want, page.File)
		}
	}
	return found, nil
}

// which returns the index of the page that a document is of, or -1 if it only stands beside that of the page it is on.
// What is known of the page that it is on decides, else its operation and language together. A page that is not on
// record yet is added. alone says that the page has no other document.
func (t *intake) which(in input, known []int, document []byte, alone bool) (int, error) {
	operations, language := pages.Decode(document).Operations(), languageOf(document)
	if !slices.ContainsFunc(operations, func(o string) bool { return strings.Contains(o, "/mass/payout/") }) {
		return 0, fmt.Errorf("expected a page of the Mass Payout API, got that of another API, with %q", operations)
	}
	var of, fit []int // the pages of its operations, and those of these that are known
	for i, page := range t.pages {
		is := func(operation string) bool { return pages.Nameless(operation) == pages.Nameless(page.Operation) }
		if slices.ContainsFunc(operations, is) {
			of = append(of, i)
			if slices.Contains(known, i) {
				fit = append(fit, i)
			}
		}
	}
	switch {
	case len(known) > 1 && len(fit) != 1: // several operations on one page, or a name and an address that disagree
		return 0, t.undecided(in, known)
	case len(known) == 1 && len(fit) == 0:
		if slices.ContainsFunc(of, func(i int) bool { // its other language may have moved before
			return pages.Stem(t.pages[i].File) != pages.Stem(t.pages[known[0]].File)
		}) {
			return -1, nil
		} else if alone { // it has moved
			fit = known
		}
	}
	if len(fit) == 1 {
		page := t.pages[fit[0]]
		if language != "" && language != page.Language && !in.decided {
			return 0, fmt.Errorf("expected the %s page of %s, got the %s one", languages[page.Language], page.Operation,
				languages[language])
		}
		return fit[0], nil
	}
	language = cmp.Or(languageIn(in), language)
	for _, i := range of {
		page := t.pages[i]
		switch {
		case in.decided && len(known) == 0: // a person says that it is a new page
		case len(page.Text) > 0 && pages.Same(page.Text, document):
			return i, nil
		case language == "" || language == page.Language:
			fit = append(fit, i)
		}
	}
	switch {
	case len(fit) > 1 || len(fit) == 1 && language == "": // it may be another language's, which is not on record
		return 0, t.undecided(in, fit)
	case len(fit) == 1:
		return fit[0], nil
	}
	t.pages = append(t.pages, t.newPage(in, operations[0], of, language))
	return len(t.pages) - 1, nil
}

// undecided asks for the flag that says which page it is.
func (t *intake) undecided(in input, indices []int) error {
	files := make([]string, len(indices))
	for n, i := range indices {
		files[n] = t.pages[i].File
	}
	fresh := strings.NewReplacer(".tr.json", ".en.json", ".en.json", ".tr.json").Replace(files[0])
	if len(files) > 1 { // both languages are on record
		fresh = pages.Stem(files[0]) + "-2.tr.json"
	}
	return fmt.Errorf("%s may be each of %s; say which with -page, as in make spec FROM=%s PAGE=%s, or name a new one, "+
		"as in PAGE=%s", in.name, strings.Join(files, ", "), in.name, files[0], fresh)
}

// newPage is a page of its own for an operation, or for another language of one that some pages on record are of.
func (t *intake) newPage(in input, operation string, of []int, language string) pages.Page {
	version, words := split(operation)
	stem := strings.ReplaceAll(strings.ReplaceAll(words, "/{}", ""), "/", "-")
	if len(of) > 0 {
		operation, stem = t.pages[of[0]].Operation, pages.Stem(t.pages[of[0]].File)
	} else if slices.ContainsFunc(t.pages, func(p pages.Page) bool { return pages.Stem(p.File) == stem }) {
		stem = version + "-" + stem
	}
	file := cmp.Or(in.want, stem+"."+cmp.Or(language, "en")+".json")
	language = strings.TrimPrefix(path.Ext(strings.TrimSuffix(file, ".json")), ".")
	return pages.Page{File: file, Operation: operation, Language: language, Address: cmp.Or(in.address, in.own)}
}

// split returns an operation's version and what stands behind it, without the names of parameters.
func split(operation string) (version, words string) {
	_, address, _ := strings.Cut(pages.Nameless(operation), " /")
	version, words, _ = strings.Cut(address, "/mass/payout/")
	return version, words
}

// put makes a document that of a page, unless it is already.
func put(page *pages.Page, document []byte, in input) (err error) {
	if in.address != "" {
		page.Address, _, _ = strings.Cut(in.address, "?")
	}
	if pages.Same(page.Text, document) {
		return nil
	}
	decoded, today := pages.Decode(document), time.Now().UTC().Format(time.DateOnly)
	if operations := decoded.Operations(); !slices.Contains(operations, page.Operation) { // it has moved
		_, words := split(page.Operation)
		i := slices.IndexFunc(operations, func(o string) bool { return strings.HasSuffix(pages.Nameless(o), "/"+words) })
		page.Operation = operations[max(i, 0)]
	}
	page.Version, page.Origin = decoded.Version(), "the page, "+today
	if in.address == "" {
		page.Origin = fmt.Sprintf("a saved copy, %s, %s", in.name, today)
	}
	if page.Text, err = pages.Indent(document); err == nil {
		page.SHA256, err = pages.Sum(document)
	}
	return err
}

// generating decides which page of those with a stem its operation is generated from: the Turkish one, which iyzico's
// merchants read, once it was read whole, else the one that is. It records how the others differ.
func (t *intake) generating(stem string) {
	var group []*pages.Page
	claims := map[*pages.Page]int{}
	for i := range t.pages {
		if page := &t.pages[i]; pages.Stem(page.File) == stem && len(page.Text) > 0 {
			group = append(group, page)
			claims[page] = map[bool]int{true: 2}[page.Language == "tr"] + map[bool]int{true: 1}[page.Generates]
		}
	}
	chosen := slices.MaxFunc(group, func(a, b *pages.Page) int { return claims[a] - claims[b] })
	for _, page := range group {
		page.Generates, page.Differences = page == chosen, nil
		if page.Operation != chosen.Operation { // it has moved on one of them only, which says it all
			page.Differences = []string{"- " + chosen.Operation, "+ " + page.Operation}
		} else if page != chosen {
			page.Differences = pages.Differences(chosen.Text, page.Text)
		}
	}
}

// languages by their code in the record.
var languages = map[string]string{"tr": "Turkish", "en": "English"}

var (
	// sign is where an address, behind its host, or a file's name says the language.
	sign    = regexp.MustCompile(`^\w+://[^/]+/(?:(en)|urunler)/|\.(en|tr)\.\w+$`)
	turkish = regexp.MustCompile(`[çÇğĞıİöÖşŞüÜ]`)
	english = regexp.MustCompile(`(^|\s)(the|of|for|is|are|to|and|an|by)(\s|$)`)
)

// languageIn is the language that an input's address or name says.
func languageIn(in input) string {
	for _, name := range []string{cmp.Or(in.address, in.own), in.name} {
		if found := sign.FindStringSubmatch(name); found != nil {
			return cmp.Or(found[1], found[2], "tr")
		}
	}
	return ""
}

// languageOf tells the language of a document's texts: Turkish by its letters, English by its small words, and nothing
// where it has neither or both.
func languageOf(document []byte) string {
	decoded := pages.Decode(document)
	delete(decoded, "servers")
	facts := pages.Diff(decoded.Bare().Facts(), decoded.Facts()) // those with texts
	tr, en := 0, 0
	for _, fact := range facts {
		if turkish.MatchString(fact.Is) {
			tr++
		} else if english.MatchString(fact.Is) {
			en++
		}
	}
	switch {
	case tr > 0 && tr*4 >= len(facts) && tr >= en:
		return "tr"
	case en > 0 && tr*4 < en:
		return "en"
	}
	return ""
}
