// Package sheet reads a payout's items from a CSV file as spreadsheets write it, in Turkish or English, and writes what
// became of them to another.
//
// It guesses nothing that decides who is paid or how much: what can be read in two ways is refused, with its line and
// column.
package sheet

// Language is one of people's: English, if it is neither.
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
