package main

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
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

// which returns the index of the page that a document is of, or -1 if it only stands beside that of the page it was read
// from. What is known of the page that it was read from decides, else its operation and language together. A page that is
// not on record yet is added to all. alone says that the page has no other document.
func which(all *[]pages.Page, in input, document []byte, alone bool) (int, error) {
	operations, language := pages.Decode(document).Operations(), languageOf(document)
	if !slices.ContainsFunc(operations, func(o string) bool { return strings.Contains(o, "/mass/payout/") }) {
		return 0, fmt.Errorf("expected a page of the Mass Payout API, got that of another API, with %s", strings.Join(operations, ", "))
	}
	has := func(page pages.Page) bool {
		return slices.ContainsFunc(operations, func(o string) bool { return pages.Nameless(o) == pages.Nameless(page.Operation) })
	}
	var named []int
	if in.as == "" {
		named = byName(*all, in)
	}
	if len(named) > 1 {
		known := named
		named = slices.DeleteFunc(slices.Clone(named), func(i int) bool { return !has((*all)[i]) })
		if len(named) != 1 {
			return 0, undecided(*all, in, known)
		}
	}
	if len(named) == 1 {
		known := (*all)[named[0]]
		elsewhere := slices.ContainsFunc(*all, func(p pages.Page) bool { // its other language may have moved before
			return has(p) && pages.Stem(p.File) != pages.Stem(known.File)
		})
		switch {
		case has(known) || alone && !elsewhere: // as known, or it has moved
			if language != "" && language != known.Language && !in.decided {
				return 0, fmt.Errorf("expected the %s page of %s, got the %s one", languages[known.Language], known.Operation,
					languages[language])
			}
			return named[0], nil
		case alone:
			return 0, fmt.Errorf("expected the page of %s, got that of another operation, %s", known.Operation,
				strings.Join(operations, ", "))
		case elsewhere:
			return -1, nil
		}
	}
	var fits []int // of its operation and language
	language = cmp.Or(languageIn(in), language)
	for i, page := range *all {
		switch {
		case in.as != "" || !has(page):
		case len(named) == 0 && len(page.Text) > 0 && pages.Same(page.Text, document):
			return i, nil // word for word
		case language == "" || language == page.Language:
			fits = append(fits, i)
		}
	}
	switch {
	case len(fits) > 1 || len(fits) == 1 && language == "": // it may be another language's, which is not on record
		return 0, undecided(*all, in, fits)
	case len(fits) == 1:
		return fits[0], nil
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
	if len(files) == 1 {
		other := map[string]string{"tr": "en", "en": "tr"}[all[indices[0]].Language]
		files = append(files, pages.Stem(files[0])+"."+other+".json")
	}
	return fmt.Errorf("%s may be each of %s; say which with -page, as in make spec FROM=%s PAGE=%s", in.name,
		strings.Join(files, ", "), in.name, files[0])
}

// newPage is a page of its own for an operation or a language that is not on record.
func newPage(all []pages.Page, in input, operation, language string) pages.Page {
	file := in.as
	if file == "" {
		nameless := pages.Nameless(operation)
		_, rest, _ := strings.Cut(nameless, " /")
		version, words, _ := strings.Cut(rest, "/mass/payout/")
		stem := strings.ReplaceAll(strings.Trim(strings.ReplaceAll(words, "/{}", ""), "/"), "/", "-")
		for _, page := range all {
			if pages.Nameless(page.Operation) == nameless { // another language of it
				stem = pages.Stem(page.File)
			}
		}
		if slices.ContainsFunc(all, func(p pages.Page) bool {
			return pages.Stem(p.File) == stem && pages.Nameless(p.Operation) != nameless
		}) {
			stem = version + "-" + stem
		}
		file = stem + "." + cmp.Or(language, "en") + ".json"
	}
	language = strings.TrimPrefix(path.Ext(strings.TrimSuffix(file, ".json")), ".")
	return pages.Page{File: file, Operation: operation, Language: language, Address: cmp.Or(in.address, in.own)}
}

// sign is where an address, behind its host, or a file's name says the language.
var sign = regexp.MustCompile(`^\w+://[^/]+/(?:(en)|urunler)/|\.(en|tr)\.\w+$`)

// languageIn is the language that an input's address or name says.
func languageIn(in input) string {
	for _, name := range []string{cmp.Or(in.address, in.own), in.name} {
		if found := sign.FindStringSubmatch(name); found != nil {
			return cmp.Or(found[1], found[2], "tr")
		}
	}
	return ""
}

var (
	turkish = regexp.MustCompile(`[çÇğĞıİöÖşŞüÜ]`)
	english = regexp.MustCompile(`(^|\s)(the|of|for|is|are|to|and|an|by)(\s|$)`)
)

// languageOf tells the language of a document's texts: Turkish by its letters, English by its small words, and nothing
// where it has neither or both.
func languageOf(document []byte) string {
	var all, tr, en int
	for _, fact := range pages.Decode(document).Facts(pages.Texts) {
		switch all++; {
		case strings.HasPrefix(fact, "server "):
			all--
		case turkish.MatchString(fact):
			tr++
		case english.MatchString(fact):
			en++
		}
	}
	switch {
	case tr > 0 && tr*4 >= all && tr >= en:
		return "tr"
	case en > 0 && tr*4 < en:
		return "en"
	}
	return ""
}
