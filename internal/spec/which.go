package main

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// languages by their code in the record.
var languages = map[string]string{"tr": "Turkish", "en": "English"}

// byName returns the pages on record that an input is by its address, the address that it names as its own, or its
// file's name; all of an operation's own if there are several on one page.
func byName(all []pages.Page, in input) (found []int) {
	if in.page >= 0 {
		return []int{in.page}
	}
	name := strings.TrimSuffix(path.Base(in.name), path.Ext(in.name))
	for i, page := range all {
		if page.Address != "" && (same(page.Address, in.address) || same(page.Address, in.own)) ||
			in.address == "" && (name == strings.TrimSuffix(page.File, ".json") || name == slug(page.Address)) {
			found = append(found, i)
		}
	}
	return found
}

// same reports whether two addresses are of one page.
func same(a, b string) bool { return b != "" && pageAddress(a) == pageAddress(b) }

// pageAddress is an address without what the site adds or leaves out.
func pageAddress(address string) string {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	return strings.TrimSuffix(strings.TrimSuffix(address, "/"), ".md")
}

// slug is the last word of a page's address.
func slug(address string) string { return path.Base(pageAddress(address)) }

// which returns the index of the page that a document is of, or -1 if it only stands beside that of the page it was
// read from. What is known of the page that it was read from decides,
// else its operation and language together. A page that is not on record yet is added to all. alone says that the
// page has no other document.
func which(all *[]pages.Page, in input, document []byte, alone bool) (int, error) {
	operations, language := pages.Operations(document), languageOf(document)
	if !slices.ContainsFunc(operations, func(o string) bool { return strings.Contains(o, "/mass/payout/") }) {
		return 0, fmt.Errorf("expected a page of the Mass Payout API, got that of another API, with %s",
			strings.Join(operations, ", "))
	}
	if in.as != "" {
		*all = append(*all, newPage(*all, in, operations[0], language))
		return len(*all) - 1, nil
	}
	named := byName(*all, in)
	var fits, others []int // of its operation and language; of its operation
	for i, page := range *all {
		if len(named) == 0 && len(page.Text) > 0 && pages.Same(page.Text, document) {
			return i, nil // word for word
		}
		if !pages.Has(document, page.Operation) {
			continue
		}
		if len(named) != 1 || i == named[0] || pages.Stem(page.File) != pages.Stem((*all)[named[0]].File) {
			others = append(others, i) // its other language may have moved before
		}
		if language == "" || language == page.Language {
			fits = append(fits, i)
		}
	}
	both := slices.DeleteFunc(slices.Clone(named), func(i int) bool { return !slices.Contains(others, i) })
	if len(both) == 1 || len(both) == 0 && len(named) == 1 && len(others) == 0 && alone { // as known, or it has moved
		index := append(both, named...)[0]
		if page := (*all)[index]; language != "" && language != page.Language && !in.decided {
			return 0, fmt.Errorf("expected the %s page of %s, got the %s one", languages[page.Language], page.Operation,
				languages[language])
		}
		return index, nil
	}
	switch {
	case len(named) == 1 && len(others) > 0 && alone:
		return 0, fmt.Errorf("expected the page of %s, got that of another operation, %s", (*all)[named[0]].Operation,
			strings.Join(operations, ", "))
	case len(named) == 1 && len(others) > 0:
		return -1, nil // it has a page of its own
	case len(named) > 1:
		return 0, undecided(*all, in, named)
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		return 0, undecided(*all, in, fits)
	}
	*all = append(*all, newPage(*all, in, operations[0], language))
	return len(*all) - 1, nil
}

// undecided asks for the flag that says which page it is.
func undecided(all []pages.Page, in input, indices []int) error {
	var files []string
	for _, i := range indices {
		files = append(files, all[i].File)
	}
	return fmt.Errorf("%s may be each of %s; say which with -page, as in make spec FROM=%s PAGE=%s", in.name,
		strings.Join(files, ", "), in.name, files[0])
}

// newPage is a page of its own for an operation or a language that is not on record.
func newPage(all []pages.Page, in input, operation, language string) pages.Page {
	file := in.as
	if file == "" {
		language = cmp.Or(languageIn(in), language, "en")
		_, rest, _ := strings.Cut(operation, " /")
		version, words, _ := strings.Cut(rest, "/mass/payout/")
		stem := strings.Trim(strings.ReplaceAll(pages.Nameless(words), "/{}", ""), "/")
		stem = strings.ReplaceAll(stem, "/", "-")
		for _, page := range all {
			if pages.Nameless(page.Operation) == pages.Nameless(operation) { // another language of it
				stem = pages.Stem(page.File)
			}
		}
		taken := func(p pages.Page) bool {
			return pages.Stem(p.File) == stem && pages.Nameless(p.Operation) != pages.Nameless(operation)
		}
		if slices.ContainsFunc(all, taken) {
			stem = version + "-" + stem
		}
		file = stem + "." + language + ".json"
	}
	language = strings.TrimPrefix(path.Ext(strings.TrimSuffix(file, ".json")), ".")
	return pages.Page{File: file, Operation: operation, Language: language, Address: cmp.Or(in.address, in.own)}
}

// languageIn is the language that an input's address or name says.
func languageIn(in input) string {
	address, err := url.Parse(cmp.Or(in.address, in.own))
	switch {
	case err == nil && strings.HasPrefix(address.Path, "/en/"):
		return "en"
	case err == nil && strings.HasPrefix(address.Path, "/urunler/"):
		return "tr"
	}
	word := strings.TrimPrefix(path.Ext(strings.TrimSuffix(in.name, path.Ext(in.name))), ".")
	if languages[word] == "" {
		word = ""
	}
	return word
}

// languageOf tells the language of a document's texts: Turkish by its letters, English by its small words, and nothing
// where it has neither or both.
func languageOf(document []byte) string {
	all, turkish, english := 0, 0, 0
	for _, fact := range pages.Facts(document, pages.Texts) {
		if strings.HasPrefix(fact, "server ") {
			continue
		}
		words := strings.Fields(fact)
		all++
		switch {
		case strings.ContainsAny(fact, "çÇğĞıİöÖşŞüÜ"):
			turkish++
		case slices.ContainsFunc(words, func(word string) bool {
			return slices.Contains([]string{"the", "of", "for", "is", "are", "to", "and", "an", "by"}, word)
		}):
			english++
		}
	}
	switch {
	case turkish > 0 && turkish*4 >= all && turkish >= english:
		return "tr"
	case english > 0 && turkish*4 < english:
		return "en"
	}
	return ""
}
