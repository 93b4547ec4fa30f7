package payout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// Tally is how many lines are in one status, in one currency, and the exact sums of them.
type Tally struct {
	Status     gen.ItemStatus  `json:"status"`
	Currency   gen.Currency    `json:"currency"`
	Lines      int             `json:"lines"`
	Amount     decimal.Decimal `json:"amount"`
	Commission decimal.Decimal `json:"commission"`
}

// Tallies are sorted by currency and status.
type Tallies []Tally

// Lines is how many lines have their money there.
func (t Tallies) Lines(where gen.Funds) (lines int) {
	for _, tally := range t {
		if tally.Status.Funds() == where {
			lines += tally.Lines
		}
	}
	return lines
}

// Sums are the amounts of the lines that have their money there.
func (t Tallies) Sums(where gen.Funds) Sums {
	sums := Sums{}
	for _, tally := range t {
		if tally.Status.Funds() == where {
			sums.add(tally.Currency, tally.Amount)
		}
	}
	return sums
}

// String is one line of text: "3 SUCCESS 1500.50 TRY, 1 PROCESSING 20 TRY".
func (t Tallies) String() string {
	texts := make([]string, len(t))
	for i, tally := range t {
		texts[i] = fmt.Sprintf("%d %s %s", tally.Lines, cmp.Or(tally.Status, "without a status"),
			gen.Amount{Value: tally.Amount, Currency: tally.Currency})
	}
	return strings.Join(texts, ", ")
}

// count adds a line.
func (t *Tallies) count(status gen.ItemStatus, currency gen.Currency, amount, commission decimal.Decimal) {
	i, found := slices.BinarySearchFunc(*t, Tally{Status: status, Currency: currency}, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Status, b.Status))
	})
	if !found {
		*t = slices.Insert(*t, i, Tally{Status: status, Currency: currency})
	}
	tally := &(*t)[i]
	tally.Lines++
	tally.Amount = tally.Amount.Add(amount)
	tally.Commission = tally.Commission.Add(commission)
}

// Progress is where a payout stands. It holds nothing of a recipient.
type Progress struct {
	// Step is what Pay is about. It is StepAuthorized in Await.
	Step Step `json:"step"`

	// Ref names the payout, as far as it is known.
	Ref Ref `json:"ref"`

	// Status is the payout's, as it was last read.
	Status gen.PayoutStatus `json:"status"`

	// Tallies are its accepted lines, as they were last read, whole.
	Tallies Tallies `json:"tallies"`

	// At is when this was so.
	At time.Time `json:"at"`

	// Failure is a failure that may pass, if one has just happened, and Wait how long it will be before the next look.
	Failure error         `json:"-"`
	Wait    time.Duration `json:"wait"`
}

// String is one line of text, for a log.
func (p Progress) String() string {
	s := fmt.Sprintf("%s: %s", p.Ref, p.Step)
	if p.Status != "" {
		s += ", " + string(p.Status)
	}
	if len(p.Tallies) > 0 {
		s += ": " + p.Tallies.String()
	}
	if p.Failure != nil {
		s += fmt.Sprintf("; asking again in %v: %v", p.Wait.Round(time.Millisecond), p.Failure)
	}
	return s
}
