package payfile

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/iyzico-go/masspayout/gen"
)

// Options say what a file does not, and how to read what can be read in two ways. The zero Options refuse what is
// missing or doubtful.
type Options struct {
	// Language is that of findings and notes.
	Language Language

	// ExternalID and Purpose are the payout's, for a table: it has none. With a JSON request, leave them empty.
	ExternalID string
	Purpose    gen.Purpose

	// Columns are the headings of fields that are not known by theirs; see [ParseColumns].
	Columns map[Field]string

	// Sheet is the name of the workbook's sheet to read, if several have payments.
	Sheet string

	// Currency and Description are those of all items whose row has none. A currency in the file that is another one is
	// a finding.
	Currency    gen.Currency
	Description string

	// RecipientType says which column the recipients are paid by, where a table has several, such as IBAN and Phone.
	RecipientType gen.RecipientType

	// DecimalMark is the mark before the decimals, ',' or '.'. Give it where amounts such as 1.250 stand in the file; 0
	// refuses them.
	DecimalMark rune

	// IDsAsWritten accepts item IDs that look like a spreadsheet's damage, such as 12E5.
	IDsAsWritten bool

	// NamesAsWritten accepts names and descriptions whose letters look garbled.
	NamesAsWritten bool

	// SkipZero leaves out the rows whose amount is 0 or empty. Without it, they are findings.
	SkipZero bool
}

// File is what a file holds.
type File struct {
	// Request has the items in the order of the file. It is valid: gen's Validate accepts it.
	Request gen.MassPayoutInitializeRequest

	// Sheet is the name of the workbook's sheet that was read; empty for a text file.
	Sheet string

	// Notes say what was ignored or changed on reading.
	Notes []Finding

	// Separator and DecimalComma are how the file writes a table, to write another like it.
	Separator    rune
	DecimalComma bool

	language Language
	rows     []int // of the file, for each item; nil for JSON
	headings []string
	columns  map[Field]int // from 0
	kindBy   map[gen.RecipientType]int
}

// Row is the row of the file that an item is in, from 1; 0 for JSON.
func (f *File) Row(item int) int {
	if item < 0 || item >= len(f.rows) {
		return 0
	}
	return f.rows[item]
}

// word is what a row is called: a text file has lines.
func (f *File) word() string {
	if f.Sheet == "" {
		return "line"
	}
	return "row"
}

// fieldsOfGen are the names that package gen has for the fields of an item.
var fieldsOfGen = map[string]Field{
	"itemExternalId": FieldID, "recipientName": FieldName, "amount.value": FieldAmount,
	"amount.currency": FieldCurrency, "description": FieldDescription, "recipientType": FieldKind,
	"recipientInfo": FieldRecipient,
}

// otherItem is where a finding of package gen names another item.
var otherItem = regexp.MustCompile(`items\[\d+\]`)

// Place turns a finding of package gen, of Validate or Warnings, into one with the place in the file and in the
// language.
func (f *File) Place(v gen.Violation) Finding {
	found := Finding{Message: v.Message, Sheet: f.Sheet, language: f.language}
	if f.rows == nil {
		found.Message = Translate(v.Message, f.language)
		switch {
		case v.Index < 0 && v.Field != "":
			found.Message = v.Field + ": " + found.Message
		case v.Index >= 0:
			found.Message = fmt.Sprintf("items[%d] (itemExternalId %q): %s: %s", v.Index, v.ItemExternalID, v.Field, found.Message)
		}
		return found
	}
	found.Message = Translate(otherItem.ReplaceAllStringFunc(v.Message, func(item string) string {
		i, err := strconv.Atoi(item[len("items[") : len(item)-1])
		if err != nil || i >= len(f.rows) {
			return item
		}
		return fmt.Sprintf(f.language.Pick(f.word()+" %d", "satır %d"), f.rows[i])
	}), f.language)
	if v.Index < 0 || v.Index >= len(f.rows) {
		if v.Field != "" {
			found.Message = v.Field + ": " + found.Message
		}
		return found
	}
	found.Row = f.rows[v.Index]
	field := fieldsOfGen[v.Field]
	column, ok := f.columns[field]
	if !ok && field == FieldName {
		column, ok = f.columns[FieldFirstName]
	}
	if !ok && (field == FieldRecipient || field == FieldKind) {
		column, ok = f.kindBy[f.Request.Items[v.Index].RecipientType]
	}
	if ok {
		found.Column, found.Heading = column+1, f.headings[column]
	}
	return found
}

// validate lets package gen judge the request: what it refuses must not be accepted here.
func (f *File) validate() Findings {
	var invalid *gen.ValidationError
	var findings Findings
	if errors.As(f.Request.Validate(), &invalid) {
		for _, v := range invalid.Violations {
			findings = append(findings, f.Place(v))
		}
	}
	return findings
}

func sortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
	})
}

// Used are the headings of the columns that were read, by column from 1; none for JSON.
func (f *File) Used() map[int]string {
	used := map[int]string{}
	for _, column := range f.columns {
		used[column+1] = f.headings[column]
	}
	return used
}

// Only is the file with some of its items alone, those of the request, under the request's name: findings about them
// keep their places.
func (f *File) Only(request gen.MassPayoutInitializeRequest) *File {
	only := *f
	only.Request = request
	if f.rows == nil {
		return &only
	}
	rows := map[string]int{}
	for i := range f.Request.Items {
		rows[f.Request.Items[i].ItemExternalID] = f.rows[i]
	}
	only.rows = nil
	for i := range request.Items {
		only.rows = append(only.rows, rows[request.Items[i].ItemExternalID])
	}
	return &only
}
