package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// unread is a page that could not be read.
type unread struct {
	name string // of the page on record, or of the file
	err  error
}

// refreshed is what a refresh did.
type refreshed struct {
	notes   []string
	unread  []unread
	changed bool
	report  report // if it changed

	taken map[string]input // what was taken for each page, by its file on record
}

// refresh takes over what has changed on iyzico's pages, joins, regenerates and reports. Pages that cannot be read stay
// as they are. Where overlay or module no longer fit, the new pages stay, for a maintainer to repair them against.
func refresh(ctx context.Context, root, from string, l limits) (refreshed, error) {
	if repository, err := open(ctx, root); err != nil { // before anything is changed
		return refreshed{}, err
	} else {
		repository.Close()
	}
	all, err := pages.Load(root)
	if err != nil {
		return refreshed{}, err
	}
	read, err := inputs(ctx, from, all, l)
	if err != nil {
		return refreshed{}, err
	}
	unknownLast(all, read, func(in input) [][]byte {
		found, _ := documents(in.text) // its error is told below
		return found
	})
	var done refreshed
	files := map[string][]byte{}
	for _, in := range read {
		was, wasFiles, wasNotes, wasTaken := slices.Clone(all), maps.Clone(files), done.notes, maps.Clone(done.taken)
		err := done.take(&all, in, files, root)
		if err == nil {
			continue
		}
		all, files, done.notes, done.taken = was, wasFiles, wasNotes, wasTaken // also what was right beside what was wrong
		name := in.name
		if in.page >= 0 {
			name = all[in.page].File
		}
		done.unread = append(done.unread, unread{name, err})
	}
	for i := range all {
		if g := generating(all, all[i]); !all[i].Generates && len(all[i].Text) > 0 && g >= 0 {
			all[i].Differences = languageDifferences(all[g], all[i])
		}
	}
	record, err := pages.Encode(all)
	if err != nil {
		return refreshed{}, err
	}
	files[filepath.Join(root, pages.RecordFile)] = record
	for path, text := range files {
		if was, err := os.ReadFile(path); err != nil || string(was) != string(text) {
			done.changed = true
		}
	}
	if !done.changed {
		return done, nil
	}
	for path, text := range files { // git has what was there
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return refreshed{}, err
		}
	}
	var broken []string
	if err := generate(ctx, root); err != nil {
		broken = append(broken, err.Error())
	}
	if done.report, err = compare(ctx, root, "HEAD", broken); err != nil {
		return refreshed{}, fmt.Errorf("the new pages are in api/pages, but what changed cannot be told: %w", err)
	}
	done.report.Notes = append(done.notes, done.report.Notes...)
	return done, nil
}

// generating is the index of the page that generates what another language's page is about: they share their files'
// stem.
func generating(all []pages.Page, other pages.Page) int {
	return slices.IndexFunc(all, func(p pages.Page) bool { return p.Generates && slug(p.File) == slug(other.File) })
}

// take takes over the documents of one page that was read.
func (d *refreshed) take(all *[]pages.Page, in input, files map[string][]byte, root string) error {
	if in.err != nil {
		return in.err
	}
	found, err := documents(in.text)
	if err != nil {
		return err
	}
	if len(found) > 1 {
		d.notes = append(d.notes, fmt.Sprintf("%s has %d OpenAPI documents; each is taken for its own operation",
			in.name, len(found)))
	}
	unknownLast(*all, found, func(document []byte) [][]byte { return [][]byte{document} })
	taken, asked := 0, false
	var errs []error
	for _, document := range found {
		expected := in.page
		if len(found) > 1 && expected >= 0 && !slices.Contains(pages.Operations(document), (*all)[expected].Operation) {
			expected = -1 // another operation beside the one that the page is of
		}
		index, err := assign(all, document, expected, in.name, d.taken)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		file := (*all)[index].File
		if other, ok := d.taken[file]; ok && !pages.Same(other.text, document) {
			return fmt.Errorf("expected one document of %s, got several that differ, in %s and in %s",
				(*all)[index].Operation, other.name, in.name)
		}
		if d.taken == nil {
			d.taken = map[string]input{}
		}
		d.taken[file] = input{name: in.name, text: document}
		asked = asked || index == in.page
		taken++
		d.notes = append(d.notes, describe((*all)[index], in.name))
		if err := d.put(&(*all)[index], document, in, files, root); err != nil {
			return err
		}
	}
	if taken > 0 && in.page >= 0 && !asked {
		errs = append(errs, fmt.Errorf("expected the document of %s, got none", (*all)[in.page].Operation))
	}
	return errors.Join(errs...)
}

// put makes a document that of a page, unless it is already, whatever the order of its keys.
func (d *refreshed) put(page *pages.Page, document []byte, in input, files map[string][]byte, root string) error {
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
	files[filepath.Join(root, pages.Folder, page.File)] = text
	return nil
}

// closest is the operation that a moved one has most likely become: that with the longest common end.
func closest(operations []string, was string) string {
	return slices.MaxFunc(operations, func(a, b string) int { return commonEnd(a, was) - commonEnd(b, was) })
}

func commonEnd(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// text is what a refresh tells.
func (d *refreshed) text() (string, error) {
	text := strings.Join(append(d.notes, "What was read is what is in api/pages; nothing was changed. "+
		"`make report` tells of changes that are not committed yet."), "\n") + "\n"
	if d.changed {
		var err error
		if text, err = d.report.markdown(); err != nil {
			return "", err
		}
	}
	if len(d.unread) > 0 {
		text += "\n## Pages that could not be read, and stay as they are\n\n"
	}
	for _, u := range d.unread {
		text += fmt.Sprintf("- **%s**: %s\n", u.name, plain(u.err.Error()))
	}
	return text, nil
}

// writeUnread writes a file about each page that could not be read, under the page's name.
func (d *refreshed) writeUnread(folder string) error {
	err := os.MkdirAll(folder, 0o755)
	for _, u := range d.unread {
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, filepath.Base(u.name)), []byte(fenced(u.err.Error())),
			0o644))
	}
	return err
}
