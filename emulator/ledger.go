package emulator

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Transfer is the money of one line leaving the merchant's balance. It names
// the line, never the recipient.
type Transfer struct {
	At             time.Time
	RequestID      string
	ExternalID     string
	ItemExternalID string
	ReferenceCode  string
	Amount         decimal.Decimal
	Commission     decimal.Decimal
	Currency       string
	End            LineStatus // LineSuccess: with the recipient; LineDepositSuccess: back again; LineDepositFail: neither
}

// Ledger returns every transfer so far, in the order in which the money left.
func (e *Emulator) Ledger() []Transfer {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle(e.now())
	return slices.Clone(e.ledger)
}

// Paid counts, by itemExternalId and over all payouts, how often money reached
// the recipient. A test that gives each line an id of its own asserts that no
// count is above one.
func (e *Emulator) Paid() map[string]int {
	times := map[string]int{}
	for _, t := range e.Ledger() {
		if t.End == LineSuccess {
			times[t.ItemExternalID]++
		}
	}
	return times
}

// Balance returns what the merchant has left to pay out with: what is reserved
// for authorized lines is not in it.
func (e *Emulator) Balance(currency string) decimal.Decimal {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle(e.now())
	return e.balance[currency]
}

// SetBalance changes what the merchant has to pay out with, in each currency.
func (e *Emulator) SetBalance(amount decimal.Decimal) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle(e.now())
	e.setBalance(amount)
}

func (e *Emulator) setBalance(amount decimal.Decimal) {
	e.balance = map[string]decimal.Decimal{}
	for _, currency := range currencies {
		e.balance[currency] = amount
	}
}

// showBalance tells the balance in TRY: no currency is documented beside it.
func (e *Emulator) showBalance(c *call) (any, *refusal) {
	return struct {
		envelope
		Balance json.Number `json:"balance"`
	}{c.success(), number(e.Balance("TRY"))}, nil
}

// cost is what a line takes out of the balance.
func (l *line) cost() decimal.Decimal { return l.amount.Add(l.commission) }

// leave writes into the ledger that a line's money, reserved at auth, is gone.
func (e *Emulator) leave(l *line, at time.Time) {
	e.ledger = append(e.ledger, Transfer{
		At:             at,
		RequestID:      l.payout.requestID,
		ExternalID:     l.payout.externalID,
		ItemExternalID: l.itemExternalID,
		ReferenceCode:  l.referenceCode,
		Amount:         *l.amount,
		Commission:     l.commission,
		Currency:       l.currency,
		End:            l.status,
	})
}

// release gives a line's money back to the balance.
func (e *Emulator) release(l *line) {
	e.balance[l.currency] = e.balance[l.currency].Add(l.cost())
}
