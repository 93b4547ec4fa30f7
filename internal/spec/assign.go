package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// languages by their code in the record.
var languages = map[string]string{"tr": "Turkish", "en": "English"}

// assign returns the index of the recorded page that a document is of: the one of its operation and language, or, for
// an operation that is not on record, the one whose schemas it has. expected is the page that was asked for, or -1;
// name is what it was read from. A page in a language that is not on record is added to all.
func assign(all *[]pages.Page, document []byte, expected int, name string) (index int, err error) {
	operations := pages.Operations(document)
	language := languageOf(document)
	var candidates []int
	for i, page := range *all {
		if slices.Contains(operations, page.Operation) {
			candidates = append(candidates, i)
		}
	}
	if len(candidates) == 0 {
		moved := -1
		for i, page := range *all {
			if (expected < 0 || i == expected) && similarity(document, page) > 0 &&
				(moved < 0 || similarity(document, page) > similarity(document, (*all)[moved])) {
				moved = i
			}
		}
		if moved < 0 {
			return 0, fmt.Errorf("expected a page of the Mass Payout API, got that of another API, with %s",
				strings.Join(operations, ", "))
		}
		return moved, nil
	}
	if expected >= 0 {
		page := (*all)[expected]
		switch {
		case !slices.Contains(operations, page.Operation):
			return 0, fmt.Errorf("expected the page of %s, got that of another operation, %s", page.Operation,
				strings.Join(operations, ", "))
		case language != "" && language != page.Language:
			return 0, fmt.Errorf("expected the %s page of %s, got the %s one", languages[page.Language], page.Operation,
				languages[language])
		}
		return expected, nil
	}
	// Of several pages the one in the document's language, or in that of its name, else the most alike.
	rank := func(i int) int {
		page := (*all)[i]
		rank := similarity(document, page)
		if page.Language == language || language == "" && strings.Contains(name, "."+page.Language+".") {
			rank += 1_000_000
		}
		return rank
	}
	index = slices.MaxFunc(candidates, func(a, b int) int { return cmp.Or(rank(a)-rank(b), b-a) })
	if page := (*all)[index]; language != "" && language != page.Language {
		index++
		*all = slices.Insert(*all, index, pages.Page{
			File: slug(page.File) + "." + language + ".json", Operation: page.Operation, Language: language,
		})
	}
	return index, nil
}

// similarity counts the facts of a document's own schemas that are recorded of a page, too.
func similarity(document []byte, page pages.Page) int {
	n, known := 0, pages.Facts(page.Text, pages.Structure)
	for _, fact := range pages.Facts(document, pages.Structure) {
		_, found := slices.BinarySearch(known, fact)
		if subject := pages.Subject(fact); found && !strings.Contains(subject, " ") && subject != "document" {
			n++
		}
	}
	return n
}

// languageOf tells the language of a document's texts, or nothing where it has none.
func languageOf(document []byte) string {
	all, turkish := 0, 0
	for _, fact := range pages.Facts(document, pages.Texts) {
		if strings.Contains(fact, "description=") && !strings.HasPrefix(fact, "server ") {
			if all++; strings.ContainsAny(fact, "çÇğĞıİöÖşŞüÜ") {
				turkish++
			}
		}
	}
	switch {
	case all == 0:
		return ""
	case turkish*4 >= all:
		return "tr"
	}
	return "en"
}

// describe says which page a document was taken for.
func describe(page pages.Page, name string) string {
	use := ""
	if !page.Generates {
		use = ", which is only compared: another language's generates"
	}
	return fmt.Sprintf("%s is the %s page of %s, %s/%s%s", name, languages[page.Language], page.Operation, pages.Folder,
		page.File, use)
}

// slug is what names a page in its address or a saved copy's name.
func slug(name string) string {
	name, _, _ = strings.Cut(path.Base(strings.ReplaceAll(name, `\`, "/")), ".")
	return name
}
