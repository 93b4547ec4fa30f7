package main

import (
	"cmp"
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
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// unread is a page that could not be read.
type unread struct {
	name string // of the page on record, or of the file
	err  error
}

// refreshed is what a refresh did.
type refreshed struct {
	notes   []string
	whole   bool     // all pages on record were asked for
	read    []string // files on record that were read
	unread  []unread
	index   index
	changed bool
	report  report // if it changed

	taken map[string]input // what was taken for each page, by its file on record
}

// refresh takes over what has changed on iyzico's pages, joins, regenerates and reports. Pages that cannot be read stay
// as they are. Where overlay or module no longer fit, the new pages stay, for a maintainer to repair them against.
// page is the file in api/pages that what is read belongs to, where that cannot be told.
func refresh(ctx context.Context, root, from, page string, l limits) (*refreshed, error) {
	if err := tree.Root(ctx, root); err != nil { // before anything is changed
		return nil, err
	}
	all, err := pages.Load(root)
	if err != nil {
		return nil, err
	}
	read, err := inputs(ctx, from, page, all, l)
	if err != nil {
		return nil, err
	}
	done := &refreshed{whole: from == ""}
	for _, in := range read {
		next, err := done.take(all, in)
		if err != nil {
			name := in.name
			if in.page >= 0 {
				name = all[in.page].File
			}
			done.unread = append(done.unread, unread{name, err})
			continue
		}
		all = next
	}
	if from == "" {
		if done.index, err = readIndex(ctx, root, all, l); err != nil {
			return nil, err
		}
		done.unread = append(done.unread, done.index.unread...)
	}
	if done.changed, err = write(root, all); err != nil || !done.changed {
		return done, err
	}
	var broken []string
	if err := generate(ctx, root); err != nil {
		broken = append(broken, err.Error())
	}
	if done.report, err = compare(ctx, root, "HEAD", broken); err != nil {
		return nil, fmt.Errorf("the new pages are in api/pages, but what changed cannot be told: %w", err)
	}
	done.report.Notes = append(done.notes, done.report.Notes...)
	return done, nil
}

// generating decides which page each operation is generated from: the Turkish one, which iyzico's merchants read, once it
// was read whole, else the other one. It records how the other one differs.
func generating(all []pages.Page) {
	for i := range all {
		for j := range all {
			if i == j || pages.Stem(all[i].File) != pages.Stem(all[j].File) || len(all[i].Text) == 0 {
				continue
			}
			if all[i].Language == "tr" && !all[i].Generates {
				all[i].Generates, all[j].Generates, all[i].Differences = true, false, nil
			}
			if all[i].Generates && len(all[j].Text) > 0 {
				all[j].Differences = languageDifferences(all[i], all[j])
			}
		}
	}
}

// write writes the pages and their record, and reports whether anything has changed by that.
func write(root string, all []pages.Page) (changed bool, err error) {
	files := map[string][]byte{}
	for _, page := range all {
		if len(page.Text) > 0 {
			files[filepath.Join(root, pages.Folder, page.File)] = page.Text
		}
	}
	if files[filepath.Join(root, pages.RecordFile)], err = pages.Encode(all); err != nil {
		return false, err
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if was, err := os.ReadFile(path); err == nil && string(was) == string(files[path]) {
			continue
		}
		changed = true
		if err := os.WriteFile(path, files[path], 0o644); err != nil { // git has what was there
			return true, err
		}
	}
	return changed, nil
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
	all, taken, notes := slices.Clone(all), map[string]input{}, slices.Clone(d.notes)
	maps.Copy(taken, d.taken)
	if len(found) > 1 {
		notes = append(notes, fmt.Sprintf("%s has %d OpenAPI documents", in.name, len(found)))
	}
	read, before := slices.Clone(d.read), len(all)
	for _, document := range found {
		index, err := which(&all, in, document, len(found) == 1)
		if err != nil {
			return nil, err
		}
		if index < 0 {
			notes = append(notes, fmt.Sprintf("%s also shows %s, which has a page of its own: it was not taken from there",
				in.name, strings.Join(pages.Operations(document), ", ")))
			continue
		}
		page := &all[index]
		if other, ok := taken[page.File]; ok && !pages.Same(other.text, document) {
			return nil, fmt.Errorf("expected one document of %s, got several that differ, in %s and in %s",
				page.Operation, other.name, in.name)
		}
		taken[page.File] = input{name: in.name, text: document}
		if err := put(page, document, in); err != nil {
			return nil, err
		}
		page.Generates = page.Generates || !slices.ContainsFunc(all, func(p pages.Page) bool {
			return p.Generates && pages.Stem(p.File) == pages.Stem(page.File)
		})
		generating(all)
		if read = append(read, page.File); in.page >= 0 && !in.decided {
			continue // as expected
		}
		if index >= before {
			notes = append(notes, fmt.Sprintf("%s is a new page. If one on record has moved there: `git restore api gen`, and say which with "+
				"PAGE=", page.File))
		}
		use := map[bool]string{false: ", which is only compared: another language's generates"}[page.Generates]
		notes = append(notes, fmt.Sprintf("%s is the %s page of %s, %s/%s%s", in.name, languages[page.Language],
			page.Operation, pages.Folder, page.File, use))
	}
	if asked := byName(all, in); len(asked) == 1 && !slices.Contains(read, all[asked[0]].File) {
		return nil, fmt.Errorf("expected the document of %s, got none", all[asked[0]].Operation)
	}
	d.taken, d.notes, d.read = taken, notes, read
	return all, nil
}

// led refuses what was read at the address of one page, and is another one by the address that redirects led to, or
// that it names as its own.
func led(all []pages.Page, in input) error {
	if in.page < 0 || in.decided {
		return nil
	}
	page := all[in.page]
	for _, other := range all {
		at := cmp.Or(other.Address, "none")
		if !same(at, page.Address) && (same(at, in.address) || same(at, in.own)) {
			return fmt.Errorf("expected the page %s, was led to that of %s", page.File, other.File)
		}
	}
	return nil
}

// put makes a document that of a page, unless it is already, whatever the order of its keys.
func put(page *pages.Page, document []byte, in input) error {
	if address, err := url.Parse(in.address); err == nil && in.address != "" {
		address.RawQuery, address.Fragment = "", ""
		page.Address = address.String()
	}
	if pages.Same(page.Text, document) {
		return nil
	}
	text, err := pages.Indent(document)
	if err != nil {
		return err
	}
	if page.SHA256, err = pages.Sum(document); err != nil {
		return err
	}
	if operations := pages.Operations(document); !slices.Contains(operations, page.Operation) {
		page.Operation = closest(operations, page.Operation)
	}
	page.Text, page.Version = text, pages.Version(document)
	page.Origin = "the page, " + time.Now().UTC().Format(time.DateOnly)
	if in.address == "" {
		page.Origin = fmt.Sprintf("a saved copy, %s, %s", in.name, time.Now().UTC().Format(time.DateOnly))
	}
	return nil
}

// closest is the operation that a moved one has most likely become: that with the longest common end.
func closest(operations []string, was string) string {
	common := func(a string) (n int) {
		for n < len(a) && n < len(was) && a[len(a)-1-n] == was[len(was)-1-n] {
			n++
		}
		return n
	}
	return slices.MaxFunc(operations, func(a, b string) int { return common(a) - common(b) })
}

// text is what a refresh tells.
func (d *refreshed) text() (string, error) {
	var b strings.Builder
	for _, file := range d.index.Gone {
		fmt.Fprintf(&b, "- **%s** is in the index of iyzico's pages no more\n", file)
	}
	for _, address := range d.index.New {
		fmt.Fprintf(&b, "- <%s> is a page about mass payouts that is not on record\n", plain(address))
	}
	for _, u := range d.unread {
		fmt.Fprintf(&b, "- **%s** could not be read, and stays as it is: %s\n", u.name, plain(u.err.Error()))
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	if d.changed {
		report, err := d.report.markdown()
		return bounded(b.String() + report), err
	}
	b.WriteString(strings.Join(append(d.notes, "What was read is what is in api/pages; nothing was changed. "+
		"`make report` tells of changes that are not committed yet.\n"), "\n"))
	return bounded(b.String()), nil
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
	issues := map[string]string{}
	for _, u := range d.unread {
		issues[titleUnread+filepath.Base(u.name)] = "The scheduled look at iyzico's pages failed for this one, so a change of it would go " +
			"unnoticed.\n\n" + fenced(u.err.Error()) + "\nIf it has moved: `make spec FROM=<its new address> PAGE=" + filepath.Base(u.name) +
			"` records the new one. This issue closes by itself.\n"
	}
	for _, address := range d.index.New[:min(len(d.index.New), 20)] {
		issues[titleNew+slug(address)] = fmt.Sprintf("<%s.md> is in the index of iyzico's pages, and not on record. If it describes an operation: `make spec "+
			"FROM=%s.md` takes it over. If not: add it to `%s`. This issue closes by itself.\n", plain(address), plain(address), pages.Overviews)
	}
	for _, file := range d.index.Gone {
		issues[titleGone+file] = "It is in the index of iyzico's pages no more. If another page has taken its place: `make spec FROM=<its address> PAGE=" +
			file + "`. If the operation is gone: remove the page, its entry in `" + pages.RecordFile + "`, and what is written by hand for " +
			"it. This issue closes by itself.\n"
	}
	settled := []string{titleUnread + "*"}
	if !d.whole {
		settled = nil
	}
	for _, file := range d.read {
		settled = append(settled, titleUnread+file)
	}
	if d.index.read {
		settled = append(settled, titleNew+"*", titleGone+"*")
	}
	files := map[string]string{"settled": strings.Join(append(settled, ""), "\n")}
	if d.changed && d.report.Repair() {
		files["draft"] = ""
	}
	for title, text := range issues {
		files["open/"+regexp.MustCompile(`[^\w.-]+`).ReplaceAllString(title, "-")] = title + "\n" + text
	}
	err := os.MkdirAll(filepath.Join(folder, "open"), 0o755)
	for name, text := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
	return err
}
