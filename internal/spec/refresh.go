package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// unread is a page that could not be read.
type unread struct {
	Name string // of the page on record, or of the file
	Err  error
}

// refreshed is what a refresh did.
type refreshed struct {
	notes   []string
	whole   bool     // all pages on record were asked for
	read    []string // files on record that were read
	Unread  []unread
	Index   index
	changed bool
	report  report // if it changed

	taken map[string]input // what was taken for each page, by its file on record
}

// refresh takes over what has changed on iyzico's pages, joins, regenerates and reports. Pages that cannot be read stay
// as they are. Where overlay or module no longer fit, the new pages stay, for a maintainer to repair them against.
// page is the file in api/pages that what is read belongs to, where that cannot be told.
func refresh(ctx context.Context, root, from, page string, l limits) (*refreshed, error) {
	all, err := pages.Load(root)
	if err != nil {
		return nil, err
	}
	look, cancel := context.WithTimeout(ctx, l.all)
	defer cancel()
	read, err := inputs(look, from, page, all, l)
	if err != nil {
		return nil, err
	}
	done := &refreshed{whole: from == ""}
	for _, in := range read {
		next, err := done.take(all, in)
		switch {
		case err == nil:
			all = next
		case in.page >= 0:
			done.Unread = append(done.Unread, unread{all[in.page].File, err})
		default:
			done.Unread = append(done.Unread, unread{in.name, err})
		}
	}
	if from == "" {
		if done.Index, err = readIndex(look, root, all, l); err != nil {
			return nil, err
		}
		done.Unread = append(done.Unread, done.Index.unread...)
	}
	if done.changed, err = write(root, all); err != nil || !done.changed {
		return done, err
	}
	var broken []string
	if _, err := generate(ctx, root); err != nil {
		broken = []string{err.Error()}
	}
	if done.report, err = compare(ctx, root, "HEAD", broken); err != nil {
		return nil, fmt.Errorf("the new pages are in api/pages, but what changed cannot be told: %w", err)
	}
	done.report.Notes = append(done.notes, done.report.Notes...)
	return done, nil
}

// generating decides which page of those with a stem its operation is generated from: the Turkish one, which iyzico's
// merchants read, once it was read whole, else the one that is. It records how the others differ.
func generating(all []pages.Page, stem string) {
	var chosen *pages.Page
	for i := range all {
		page := &all[i]
		if pages.Stem(page.File) == stem && len(page.Text) > 0 &&
			(chosen == nil || page.Language == "tr" || page.Generates && chosen.Language != "tr") {
			chosen = page
		}
	}
	for i := range all {
		page := &all[i]
		if pages.Stem(page.File) != stem {
			continue
		}
		if page.Generates = page == chosen; page.Generates {
			page.Differences = nil
		} else if len(page.Text) > 0 {
			page.Differences = languageDifferences(*chosen, *page)
		}
	}
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

// take returns the pages on record with the documents of one input taken over, all of them or none.
func (d *refreshed) take(all []pages.Page, in input) ([]pages.Page, error) {
	if in.err != nil {
		return nil, in.err
	}
	found, own, err := documents(in.text)
	if err != nil {
		return nil, err
	}
	in.own = own
	if err := led(all, in); err != nil {
		return nil, err
	}
	before := len(all)
	all, next := slices.Clone(all), refreshed{notes: slices.Clone(d.notes), read: slices.Clone(d.read), taken: map[string]input{}}
	maps.Copy(next.taken, d.taken)
	note := func(format string, args ...any) { next.notes = append(next.notes, fmt.Sprintf(format, args...)) }
	if len(found) > 1 {
		note("%s has %d OpenAPI documents", in.name, len(found))
	}
	for _, document := range found {
		index, err := which(&all, in, document, len(found) == 1)
		if err != nil {
			return nil, err
		}
		if index < 0 {
			note("%s also shows %s, which has a page of its own: it was not taken from there", in.name,
				strings.Join(pages.Decode(document).Operations(), ", "))
			continue
		}
		page := &all[index]
		if other, ok := next.taken[page.File]; ok && !pages.Same(other.text, document) {
			return nil, fmt.Errorf("expected one document of %s, got several that differ, in %s and in %s", page.Operation, other.name,
				in.name)
		}
		next.taken[page.File] = input{name: in.name, text: document}
		if err := put(page, document, in); err != nil {
			return nil, err
		}
		generating(all, pages.Stem(page.File))
		next.read = append(next.read, page.File)
		if index >= before {
			note("%s is a new page. If one on record has moved there: `git restore api gen`, and say which with PAGE=", page.File)
			if in.as == "" && languageIn(in) == "" && languageOf(document) == "" {
				note("Nothing says in which language it is. If that is Turkish: PAGE=%s.tr.json", pages.Stem(page.File))
			}
		}
		if in.page < 0 || in.decided { // else it is as expected
			use := map[bool]string{false: ", which is only compared: another language's generates"}[page.Generates]
			note("%s is the %s page of %s, %s/%s%s", in.name, languages[page.Language], page.Operation, pages.Folder, page.File, use)
		}
	}
	if asked := byName(all, in); len(asked) == 1 && !slices.Contains(next.read, all[asked[0]].File) {
		return nil, fmt.Errorf("expected the document of %s, got none", all[asked[0]].Operation)
	}
	d.taken, d.notes, d.read = next.taken, next.notes, next.read
	return all, nil
}

// led refuses what was read at the address of one page, and is another one by the address that redirects led to, or
// that it names as its own.
func led(all []pages.Page, in input) error {
	for _, other := range all {
		elsewhere := same(in.address, other.Address) || same(in.own, other.Address)
		if in.page >= 0 && !in.decided && elsewhere && !same(all[in.page].Address, other.Address) {
			return fmt.Errorf("expected the page %s, was led to that of %s", all[in.page].File, other.File)
		}
	}
	return nil
}

// put makes a document that of a page, unless it is already, whatever the order of its keys.
func put(page *pages.Page, document []byte, in input) (err error) {
	if address, err := url.Parse(in.address); err == nil && in.address != "" {
		address.RawQuery, address.Fragment = "", ""
		page.Address = address.String()
	}
	if pages.Same(page.Text, document) {
		return nil
	}
	decoded, today := pages.Decode(document), time.Now().UTC().Format(time.DateOnly)
	if operations := decoded.Operations(); !slices.Contains(operations, page.Operation) {
		page.Operation = closest(operations, page.Operation)
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

// closest is the operation that a moved one has most likely become: that with the longest common end.
func closest(operations []string, was string) string {
	common := func(a string) (n int) {
		for n < min(len(a), len(was)) && a[len(a)-1-n] == was[len(was)-1-n] {
			n++
		}
		return n
	}
	return slices.MaxFunc(operations, func(a, b string) int { return common(a) - common(b) })
}

// text is what a refresh tells.
func (d *refreshed) text() (string, error) {
	if !d.changed {
		d.report = report{Notes: d.notes, Unchanged: true}
	}
	d.report.Found = d
	return d.report.markdown()
}

const (
	titleUnread = "iyzico's page cannot be read: "
	titleNew    = "iyzico has a new page: "
	titleGone   = "iyzico's page is gone: "
)

// writeWatch writes what the scheduled look does with the findings: in open/ a file for each issue that should be open,
// its title in the first line; in settled the titles of those that no longer need be, each a pattern; and a file draft
// where the change cannot be merged as it is. Nothing is said of pages that were not read.
func (d *refreshed) writeWatch(folder string) error {
	var settled []string
	files := map[string]string{}
	open := func(title, text string, args ...any) {
		name := regexp.MustCompile(`[^\w.-]+`).ReplaceAllString(title, "-")
		files["open/"+name] = title + "\n" + fmt.Sprintf(text, args...) + " This issue closes by itself.\n"
	}
	for _, u := range d.Unread {
		file := filepath.Base(u.Name)
		open(titleUnread+file, "The scheduled look at iyzico's pages failed for this one, so a change of it would go unnoticed.\n\n%s\n"+
			"If it has moved: `make spec FROM=<its new address> PAGE=%s` records the new one.", fenced(u.Err.Error()), file)
	}
	for _, address := range d.Index.New[:min(len(d.Index.New), 20)] {
		open(titleNew+slug(address), "<%s.md> is in the index of iyzico's pages, and not on record. If it describes an operation: `make spec "+
			"FROM=%[1]s.md` takes it over. If not: add it to `%s`.", plain(address), pages.Overviews)
	}
	for _, file := range d.Index.Gone {
		open(titleGone+file, "It is in the index of iyzico's pages no more. If another page has taken its place: `make spec "+
			"FROM=<its address> PAGE=%s`. If the operation is gone: remove the page, its entry in `%s`, and what is written by hand for it.",
			file, pages.RecordFile)
	}
	if d.whole {
		settled = append(settled, titleUnread+"*")
	}
	for _, file := range d.read {
		settled = append(settled, titleUnread+file)
	}
	if d.Index.read {
		settled = append(settled, titleNew+"*", titleGone+"*")
	}
	files["settled"] = strings.Join(append(settled, ""), "\n")
	if d.changed && d.report.Repair() {
		files["draft"] = ""
	}
	err := os.MkdirAll(filepath.Join(folder, "open"), 0o755)
	for name, text := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
	return err
}
