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
// name is what it was read from; taken has what was read already. A page in a language that is not on record is added to
// all.
func assign(all *[]pages.Page, document []byte, expected int, name string, taken map[string]input) (index int,
	err error) {
	operations := pages.Operations(document)
	language := languageOf(document)
	var candidates []int
	for i, page := range *all {
		if slices.Contains(operations, page.Operation) {
			candidates = append(candidates, i)
		}
	}
	if len(candidates) == 0 {
		return unknown(all, document, expected, language, taken)
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
		index = len(*all) // at the end: others are known by their place
		*all = append(*all, pages.Page{
			File: slug(page.File) + "." + language + ".json", Operation: page.Operation, Language: language,
		})
	}
	return index, nil
}

// unknown returns the index of the page of an operation that is not on record: the one that it has moved from, or a new
// one. What an operation moved from has the same last word in its path, or a schema that no other operation has. To take
// another operation's page for one that moved would replace, say, auth by a refund. What was read at its place has not
// moved.
func unknown(all *[]pages.Page, document []byte, expected int, language string, taken map[string]input) (index int,
	err error) {
	operations := pages.Operations(document)
	best := 0
	for i, page := range *all {
		n := similarity(document, page)
		if _, stays := taken[page.File]; !stays && n > best && (i == expected || expected < 0 && (word(operations[0]) == word(page.Operation) ||
			ofItsOwn(*all, page, document))) {
			index, best = i, n
		}
	}
	switch {
	case best > 0:
		return index, nil
	case expected >= 0 || !strings.Contains(operations[0], "/mass/payout/"):
		return 0, fmt.Errorf("expected a page of the Mass Payout API, got that of another API, with %s",
			strings.Join(operations, ", "))
	}
	language = cmp.Or(language, "en")
	*all = append(*all, pages.Page{
		File: fmt.Sprintf("%s.%s.json", word(operations[0]), language), Operation: operations[0], Language: language,
		Generates: true,
	})
	return len(*all) - 1, nil
}

// unknownLast puts documents, or what has them, whose operations are on record first.
func unknownLast[T any](all []pages.Page, list []T, documents func(T) [][]byte) {
	unknown := func(v T) (n int) {
		for _, document := range documents(v) {
			operations := pages.Operations(document)
			if !slices.ContainsFunc(all, func(p pages.Page) bool { return slices.Contains(operations, p.Operation) }) {
				n = 1
			}
		}
		return n
	}
	slices.SortStableFunc(list, func(a, b T) int { return unknown(a) - unknown(b) })
}

// word is the last one in an operation's path that is no parameter.
func word(operation string) string {
	words := strings.Split(operation, "/")
	words = slices.DeleteFunc(words, func(word string) bool { return strings.HasPrefix(word, "{") })
	return words[len(words)-1]
}

// ofItsOwn reports whether a document has a schema of a page's that no other operation's page has.
func ofItsOwn(all []pages.Page, page pages.Page, document []byte) bool {
	return slices.ContainsFunc(schemas(page.Text), func(name string) bool {
		return slices.Contains(schemas(document), name) && !slices.ContainsFunc(all, func(other pages.Page) bool {
			return other.Operation != page.Operation && slices.Contains(schemas(other.Text), name)
		})
	})
}

// schemas lists the names of a document's schemas.
func schemas(document []byte) (names []string) {
	for _, fact := range pages.Facts(document, pages.Structure) {
		if subject := pages.Subject(fact); !strings.ContainsAny(subject, " .[") && subject != "document" {
			names = append(names, subject)
		}
	}
	return names
}

// similarity counts the facts of a document's own schemas that are also recorded of a page.
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
