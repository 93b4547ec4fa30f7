// Package payfile reads payments from the files that offices have: CSV and text files of spreadsheets and payroll
// programs, in Turkish or English, and the API's JSON. Workbooks (.xlsx) are read by package
// github.com/iyzico-go/masspayout/cmd/masspayout/xlsx, which needs a spreadsheet library and gives the same [File].
//
//	data, err := os.ReadFile("salaries.csv")
//	file, err := payfile.Read(data, payfile.Options{ExternalID: "salaries-2026-11", Currency: gen.CurrencyTRY})
//	var findings payfile.Findings
//	if errors.As(err, &findings) { // all that is wrong, each with its place
//	}
//	result, err := payout.Pay(ctx, client, file.Request, store)
//
// A table has a row of headings, in any order and any case, such as Alıcı Adı Soyadı, IBAN No and NET ÖDENECEK. Title
// rows above it, blank rows and columns, and columns that are not known are skipped; a row with the total is compared
// with the sum. [File.Notes] says what was skipped or changed, for a person to look at before paying.
//
// Nothing is guessed that decides who is paid or how much: what can be read in two ways is refused. 48.250,75, 48250.75
// and ₺48.250,75 are one amount; 1.250 may be a thousand or one and a quarter. What a spreadsheet has damaged (9,05E+11,
// a number that became a date, a garbled name) is refused as well.
package payfile

// Language is the language of findings and notes: English, if it is neither.
type Language string

// The languages.
const (
	English Language = "en"
	Turkish Language = "tr"
)

// Pick returns the text in the language.
func (l Language) Pick(en, tr string) string {
	if l == Turkish {
		return tr
	}
	return en
}

// text is one in both languages.
type text struct{ en, tr string }

func (t text) in(l Language) string { return l.Pick(t.en, t.tr) }
