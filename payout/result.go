package payout

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// Result is a payout beside its request: what became of each line, as iyzico told it last. It holds no recipient.
type Result struct {
	ExternalID string           `json:"externalId"`
	RequestID  gen.RequestID    `json:"requestId,omitempty"`
	Status     gen.PayoutStatus `json:"status"`

	// Balance is what was left to pay out with before Pay authorized; nil where it did not ask.
	Balance *decimal.Decimal `json:"balance,omitempty"`

	// Lines are the request's, all of them, in its order.
	Lines []Line `json:"lines"`

	index map[string]int // by ItemExternalID
}

// Line is what became of one line of the request.
type Line struct {
	ItemExternalID string            `json:"itemExternalId"`
	ReferenceCode  gen.ReferenceCode `json:"referenceCode,omitempty"`

	// Status is iyzico's; empty if it has not named the line yet. Its method Money says where the money is.
	Status gen.ItemStatus `json:"status"`

	Amount     gen.Amount      `json:"amount"`
	Commission decimal.Decimal `json:"commission"`

	// Reasons are why the line was refused or not paid, as iyzico wrote it. They may name the recipient: show them to
	// whoever may see the payout, and do not log them. They are not printed.
	Reasons []string `json:"reasons,omitempty"`
}

// String is the line without iyzico's reasons.
func (l Line) String() string {
	return fmt.Sprintf("{line %q: %s, %s, %s + %s commission, %d reasons}", l.ItemExternalID, l.Status, l.Status.Funds(),
		l.Amount, gen.Amount{Value: l.Commission, Currency: l.Amount.Currency}, len(l.Reasons))
}

// Format prints String for any verb.
func (l Line) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, l.String()) }

// LogValue is String, for log/slog.
func (l Line) LogValue() slog.Value { return slog.StringValue(l.String()) }

// String is the payout and its tallies.
func (r *Result) String() string {
	return fmt.Sprintf("%s: %s: %s", r.ref(), r.Status, r.Tallies())
}

// Format prints String for any verb.
func (r *Result) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue is String, for log/slog.
func (r *Result) LogValue() slog.Value { return slog.StringValue(r.String()) }

// AllPaid says whether the recipients of all lines have their money.
func (r *Result) AllPaid() bool {
	for i := range r.Lines {
		if !r.Lines[i].Status.Paid() {
			return false
		}
	}
	return len(r.Lines) > 0
}

// In are the lines whose money is there.
func (r *Result) In(where gen.Funds) (lines []Line) {
	for _, line := range r.Lines {
		if line.Status.Funds() == where {
			lines = append(lines, line)
		}
	}
	return lines
}

// Refused are the lines that iyzico refused at init.
func (r *Result) Refused() (lines []Line) {
	for _, line := range r.Lines {
		if line.Status == gen.ItemStatusInvalid {
			lines = append(lines, line)
		}
	}
	return lines
}

// Tallies are all lines, per status and currency.
func (r *Result) Tallies() Tallies {
	var tallies Tallies
	for i := range r.Lines {
		line := &r.Lines[i]
		tallies.count(line.Status, line.Amount.Currency, line.Amount.Value, line.Commission)
	}
	return tallies
}

// Sums are the amounts of the lines whose money is there.
func (r *Result) Sums(where gen.Funds) Sums { return r.Tallies().Sums(where) }

// Requested are the amounts of all lines.
func (r *Result) Requested() Sums {
	sums := Sums{}
	for i := range r.Lines {
		sums.add(r.Lines[i].Amount.Currency, r.Lines[i].Amount.Value)
	}
	return sums
}

// Need is what the lines that were not refused take out of the balance, their commission included.
func (r *Result) Need() Sums {
	sums := Sums{}
	for i := range r.Lines {
		if line := &r.Lines[i]; line.Status != gen.ItemStatusInvalid {
			sums.add(line.Amount.Currency, line.Amount.Value.Add(line.Commission))
		}
	}
	return sums
}

func (r *Result) ref() Ref { return Ref{RequestID: r.RequestID, ExternalID: r.ExternalID} }

// newResult has the request's lines, of which nothing is known yet.
func newResult(request *gen.MassPayoutInitializeRequest, id gen.RequestID) *Result {
	r := &Result{
		ExternalID: request.ExternalID, RequestID: id,
		Lines: make([]Line, len(request.Items)),
		index: make(map[string]int, len(request.Items)),
	}
	for i := range request.Items {
		item := &request.Items[i]
		r.Lines[i] = Line{ItemExternalID: item.ItemExternalID, Amount: item.Amount}
		r.index[item.ItemExternalID] = i
	}
	return r
}

// take takes over what iyzico says about a line. The error is ErrOtherPayout if the request has no such line.
func (r *Result) take(line *gen.MassPayoutItemDetail) (i int, err error) {
	i, ok := r.index[line.ItemExternalID]
	if !ok {
		return 0, fmt.Errorf("%w: iyzico has a line %q, the request has none", ErrOtherPayout, line.ItemExternalID)
	}
	mine := &r.Lines[i]
	if !sameAmount(mine.Amount, line) {
		return 0, fmt.Errorf("%w: line %q is about %s at iyzico, and %s in the request", ErrOtherPayout, line.ItemExternalID,
			gen.Amount{Value: line.TotalAmount, Currency: line.CurrencyCode}, mine.Amount)
	}
	mine.ReferenceCode, mine.Status, mine.Reasons = line.ReferenceCode, line.ItemStatus, line.Reasons()
	mine.Commission = line.CommissionAmount
	return i, nil
}

// sameAmount compares what iyzico says of it. Whether its total contains the commission is not documented. A refused line
// may have lost its amount.
func sameAmount(a gen.Amount, line *gen.MassPayoutItemDetail) bool {
	if line.CurrencyCode != "" && line.CurrencyCode != a.Currency {
		return line.ItemStatus == gen.ItemStatusInvalid
	}
	return line.TotalAmount.IsZero() || line.TotalAmount.Equal(a.Value) ||
		line.TotalAmount.Equal(a.Value.Add(line.CommissionAmount)) || line.ItemStatus == gen.ItemStatusInvalid
}
