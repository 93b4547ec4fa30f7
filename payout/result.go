package payout

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// Ref names a stored payout: by iyzico's ID, by yours, or by both, which must then belong together.
type Ref struct {
	RequestID  gen.RequestID `json:"requestId,omitempty"`
	ExternalID string        `json:"externalId,omitempty"`
}

// ByRequestID names a payout by the requestId that iyzico gave it.
func ByRequestID(id gen.RequestID) Ref { return Ref{RequestID: id} }

// ByExternalID names a payout by the externalId that you gave it.
func ByExternalID(id string) Ref { return Ref{ExternalID: id} }

// String returns the IDs that are set.
func (r Ref) String() string {
	switch {
	case r.RequestID == "":
		return fmt.Sprintf("payout %q", r.ExternalID)
	case r.ExternalID == "":
		return fmt.Sprintf("payout with requestId %q", string(r.RequestID))
	default:
		return fmt.Sprintf("payout %q (requestId %q)", r.ExternalID, string(r.RequestID))
	}
}

// Step is how far our side of a payout has come. What iyzico says about it is its status.
type Step string

const (
	StepNew         Step = "new"         // no init that may have arrived has been sent
	StepStoring     Step = "storing"     // init has been sent, or is about to be
	StepStored      Step = "stored"      // the payout is stored, and no auth can be on its way
	StepAuthorizing Step = "authorizing" // auth has been sent, or is about to be, or somebody else may be sending it
	StepCanceling   Step = "canceling"   // cancel has been sent, or is about to be
	StepAuthorized  Step = "authorized"  // the payout is authorized or canceled: only reads follow
	StepEnded       Step = "ended"       // the payout has ended, and its Result is saved
)

// Result compares a payout with its request: a snapshot of what iyzico said of each item. It holds no recipient. In
// JSON, amounts are numbers; only that of a *Result has iyzico's reasons, as an Item or Result by value may be logged.
type Result struct {
	ExternalID string           `json:"externalId"`
	RequestID  gen.RequestID    `json:"requestId,omitempty"`
	Digest     string           `json:"digest"` // [Digest] of the request, for an approval to name what it approves
	Status     gen.PayoutStatus `json:"status"` // as the snapshot showed it
	// TakenAt is when the snapshot was begun, by this machine's clock; zero if the items were never read.
	TakenAt time.Time        `json:"takenAt,omitzero"`
	Balance *decimal.Decimal `json:"balance,omitempty"` // available before the confirmation; nil if it was not read
	// OnlyOne reports whether it is known to be the only one under its externalId: responses must name the requestId.
	OnlyOne bool `json:"onlyOne"`
	// CanceledUnauthorized: it was canceled while none of our auths could be on its way. Only then no item has moved.
	CanceledUnauthorized bool   `json:"canceledUnauthorized,omitempty"`
	Items                []Item `json:"items"` // all of the request, in its order
	// pages are the items of each page of a payout that has ended, by their index, to read again only some.
	pages [][]int
}

// newResult returns the request's items, of which nothing is known yet.
func newResult(request *gen.MassPayoutInitializeRequest, digest string, ref Ref) *Result {
	items := make([]Item, len(request.Items))
	for i := range request.Items {
		items[i] = Item{ItemExternalID: request.Items[i].ItemExternalID, Amount: request.Items[i].Amount}
	}
	return &Result{ExternalID: request.ExternalID, RequestID: ref.RequestID, Digest: digest, Items: items}
}

// AllPaid reports whether every recipient has the money.
func (r *Result) AllPaid() bool {
	return len(r.items()) > 0 && len(r.where(func(item Item) bool { return !item.Status.Paid() })) == 0
}

// ItemsIn returns the items whose funds are in the given state.
func (r *Result) ItemsIn(funds gen.Funds) []Item {
	return r.where(func(item Item) bool { return item.Status.Funds() == funds })
}

// Refused returns the items that iyzico refused at init.
func (r *Result) Refused() []Item { return r.where(Item.refused) }

func (r *Result) where(is func(Item) bool) (items []Item) {
	for _, item := range r.items() {
		if is(item) {
			items = append(items, item)
		}
	}
	return items
}

// Tallies counts the items and adds up their amounts, per status and currency.
func (r *Result) Tallies() (tallies Tallies) {
	type kind struct {
		status   gen.ItemStatus
		currency gen.Currency
	}
	type sums struct{ amount, commission adder }
	index, added := map[kind]int{}, []sums{}
	items := r.items()
	for n := range items {
		item := &items[n]
		of := kind{item.Status, item.Amount.Currency}
		i, found := index[of]
		if !found {
			i = len(tallies)
			index[of], added = i, append(added, sums{})
			tallies = append(tallies, Tally{Status: of.status, Currency: of.currency})
		}
		tallies[i].Items++
		added[i].amount.add(item.Amount.Value)
		added[i].commission.add(item.Commission)
	}
	for i := range tallies {
		tallies[i].Amount, tallies[i].Commission = added[i].amount.sum(), added[i].commission.sum()
	}
	slices.SortFunc(tallies, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Status, b.Status))
	})
	return tallies
}

// adder adds up decimals; those of one exponent, as nearly all are, in an integer, and not with an allocation for each.
type adder struct {
	others   decimal.Decimal
	part     int64 // of coefficients
	exponent int32
}

func (a *adder) add(d decimal.Decimal) {
	const most = math.MaxInt64 / 2
	if small := d.NumDigits() <= 18; !small || d.Exponent() != a.exponent || a.part < -most || a.part > most {
		*a = adder{others: a.sum().Add(d), exponent: d.Exponent()}
		return
	}
	a.part += d.CoefficientInt64()
}

func (a *adder) sum() decimal.Decimal { return a.others.Add(decimal.New(a.part, a.exponent)) }

// Totals returns the sums of the items whose funds are in the given state.
func (r *Result) Totals(funds gen.Funds) Totals { return r.Tallies().Totals(funds) }

// Requested returns the sums of all items.
func (r *Result) Requested() Totals {
	return r.Tallies().sum(func(t Tally) (decimal.Decimal, bool) { return t.Amount, true })
}

// Need returns the balance required for the items that were not refused, commission included.
func (r *Result) Need() Totals {
	return r.Tallies().sum(func(t Tally) (decimal.Decimal, bool) {
		return t.Amount.Add(t.Commission), t.Status != gen.ItemStatusInvalid
	})
}

// items returns the items, of which a nil Result has none.
func (r *Result) items() []Item {
	if r == nil {
		return nil
	}
	return r.Items
}

// String returns the payout's IDs, its status and its tallies.
func (r *Result) String() string {
	if r == nil {
		return "no result"
	}
	return fmt.Sprintf("%s: %s: %s", Ref{RequestID: r.RequestID, ExternalID: r.ExternalID}, r.Status, r.Tallies())
}

// Format prints String for any verb.
func (r *Result) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue returns String, for [log/slog].
func (r *Result) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalJSON implements [json.Marshaler].
func (r *Result) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	type plain Result
	content := struct {
		*plain
		Items   []itemJSON  `json:"items"`
		Balance json.Number `json:"balance,omitempty"`
	}{plain: (*plain)(r), Items: make([]itemJSON, len(r.Items))}
	for i := range r.Items {
		content.Items[i] = r.Items[i].json()
	}
	if r.Balance != nil {
		content.Balance = exactly(*r.Balance)
	}
	return json.Marshal(content)
}

// Item is the outcome of one item of the request.
type Item struct {
	ItemExternalID string            `json:"itemExternalId"`
	ReferenceCode  gen.ReferenceCode `json:"referenceCode,omitempty"`
	// Status is iyzico's; empty if it is not known. Its method Funds returns where the money is.
	Status     gen.ItemStatus  `json:"status"`
	Amount     gen.Amount      `json:"amount"`         // the request's, in major units
	Commission decimal.Decimal `json:"commission"`     // iyzico's, in major units
	Code       gen.ErrorCode   `json:"code,omitempty"` // of the refusal, if the response to init had one
	// RefusedLate is set if the item is INVALID, but not known to have been so before our auth: its money may have moved.
	RefusedLate bool `json:"refusedLate,omitempty"`
	// Reasons says why the item was refused or not paid, in iyzico's words. They may name the recipient: show them to
	// people who may see the payout, but do not log them. They are not printed, and JSON has them only within a *Result.
	Reasons []string `json:"reasons,omitempty"`
}

// isOpen reports whether the item's money has not reached its end.
func (i Item) isOpen() bool { return !i.Status.Final() }

func (i Item) refused() bool { return i.Status == gen.ItemStatusInvalid }

func (i *Item) update(shown *gen.MassPayoutItemDetail) {
	i.ReferenceCode, i.Status = shown.ReferenceCode, shown.ItemStatus
	i.Commission, i.Reasons = shown.CommissionAmount, shown.Reasons()
}

// String returns the item without iyzico's reasons.
func (i Item) String() string {
	return fmt.Sprintf("{item %q: %s, %s, %s + %s commission, %d reasons}", i.ItemExternalID, i.Status, i.Status.Funds(),
		i.Amount, gen.Amount{Value: i.Commission, Currency: i.Amount.Currency}, len(i.Reasons))
}

// Format prints String for any verb.
func (i Item) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, i.String()) }

// LogValue returns String, for [log/slog].
func (i Item) LogValue() slog.Value { return slog.StringValue(i.String()) }

// MarshalJSON implements [json.Marshaler]. Reasons are left out.
func (i Item) MarshalJSON() ([]byte, error) {
	i.Reasons = nil
	return json.Marshal(i.json())
}

// itemJSON is an item as the JSON of a *Result has it, with iyzico's reasons. What marshals itself is slow.
type itemJSON struct {
	plainItem
	Amount struct {
		Currency gen.Currency `json:"currency"`
		Value    json.Number  `json:"value"`
	} `json:"amount"`
	Commission json.Number `json:"commission"`
}

type plainItem Item

func (i *Item) json() itemJSON {
	content := itemJSON{plainItem: plainItem(*i), Commission: exactly(i.Commission)}
	content.Amount.Currency, content.Amount.Value = i.Amount.Currency, exactly(i.Amount.Value)
	return content
}

func exactly(d decimal.Decimal) json.Number { return json.Number(d.StringFixed(max(0, -d.Exponent()))) }

// balanceCurrency is the balance's: iyzico documents none beside it.
const balanceCurrency = gen.CurrencyTRY

// Totals are exact sums of money in major units, one per currency.
type Totals map[gen.Currency]decimal.Decimal

func (t Totals) exceed(balance decimal.Decimal) bool {
	need, ok := t[balanceCurrency]
	return ok && need.GreaterThan(balance)
}

// Currencies lists the currencies, sorted. If there is more than one, there is no single total.
func (t Totals) Currencies() []gen.Currency { return slices.Sorted(maps.Keys(t)) }

// String returns the sums with their currencies, such as "1500.50 TRY, 20 USD".
func (t Totals) String() string {
	texts := make([]string, 0, len(t))
	for _, currency := range t.Currencies() {
		texts = append(texts, gen.Amount{Value: t[currency], Currency: currency}.String())
	}
	return cmp.Or(strings.Join(texts, ", "), "nothing")
}

// MarshalJSON implements [json.Marshaler]. Amounts are numbers.
func (t Totals) MarshalJSON() ([]byte, error) {
	numbers := make(map[gen.Currency]json.Number, len(t))
	for currency, amount := range t {
		numbers[currency] = exactly(amount)
	}
	return json.Marshal(numbers)
}

// Tally is how many items are in one status, in one currency, and their exact sums in major units.
type Tally struct {
	Status     gen.ItemStatus  `json:"status"`
	Currency   gen.Currency    `json:"currency"`
	Items      int             `json:"items"`
	Amount     decimal.Decimal `json:"amount"`
	Commission decimal.Decimal `json:"commission"`
}

// MarshalJSON implements [json.Marshaler]. Amounts are numbers.
func (t Tally) MarshalJSON() ([]byte, error) {
	type plain Tally
	return json.Marshal(struct {
		plain
		Amount     json.Number `json:"amount"`
		Commission json.Number `json:"commission"`
	}{plain(t), exactly(t.Amount), exactly(t.Commission)})
}

// Tallies are sorted by currency and status.
type Tallies []Tally

// Totals returns the amounts of the items that have their funds in the given state.
func (t Tallies) Totals(funds gen.Funds) Totals {
	return t.sum(func(t Tally) (decimal.Decimal, bool) { return t.Amount, t.Status.Funds() == funds })
}

// sum adds up what counts of each tally, if it counts.
func (t Tallies) sum(of func(Tally) (amount decimal.Decimal, counts bool)) Totals {
	totals := Totals{}
	for _, tally := range t {
		if amount, counts := of(tally); counts {
			totals[tally.Currency] = totals[tally.Currency].Add(amount)
		}
	}
	return totals
}

// String returns one line of text: "3 SUCCESS 1500.50 TRY, 1 PROCESSING 20 TRY".
func (t Tallies) String() string {
	texts := make([]string, len(t))
	for i, tally := range t {
		texts[i] = fmt.Sprintf("%d %s %s", tally.Items, cmp.Or(tally.Status, "without a status"),
			gen.Amount{Value: tally.Amount, Currency: tally.Currency})
	}
	return strings.Join(texts, ", ")
}
