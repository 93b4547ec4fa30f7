package emulator

import (
	"errors"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Transfer is the money of one item that left the merchant's balance, once the item has ended. It names the item, never
// the recipient. Amounts are in major units.
type Transfer struct {
	At             time.Time
	RequestID      string
	ExternalID     string
	ItemExternalID string
	ReferenceCode  string
	Amount         decimal.Decimal
	Commission     decimal.Decimal
	Currency       string
	Outcome        ItemStatus // ItemSuccess: with the recipient; ItemDepositSuccess: back; ItemDepositFail: neither
}

// Account says where the merchant's money in one currency is. Amounts are in major units and include the commissions.
// Total is always Balance + Reserved + Sent + Unsettled + Stuck.
type Account struct {
	Currency  string
	Total     decimal.Decimal // what there was to pay out with, as SetBalance last made it
	Balance   decimal.Decimal // what is left to pay out with
	Reserved  decimal.Decimal // of items under way
	Sent      decimal.Decimal // with the recipients
	Unsettled decimal.Decimal // of items that read FAILED: not known yet whether it comes back
	Stuck     decimal.Decimal // failed, and did not come back
	Back      decimal.Decimal // failed, and came back: part of Balance
}

// Funds says where an item's money is.
type Funds string

// Where an item's money can be.
const (
	FundsNotMoved      Funds = "not moved"          // INIT
	FundsNeverMoved    Funds = "never moved"        // refused, canceled, or the balance was too small
	FundsOnTheWay      Funds = "on the way"         // reserved
	FundsWithRecipient Funds = "with the recipient" // SUCCESS
	FundsUnsettled     Funds = "unsettled"          // FAILED
	FundsBack          Funds = "back"               // DEPOSIT_SUCCESS
	FundsStuck         Funds = "stuck"              // DEPOSIT_FAIL
)

// Ledger returns every transfer so far, in the order in which they were made.
func (e *Emulator) Ledger() []Transfer {
	now := e.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.catchUp(now)
	return slices.Clone(e.ledger)
}

// Paid returns, by itemExternalId and over all payouts, how often money reached the recipient. A test that gives each
// item an ID of its own asserts that no count is above one.
func (e *Emulator) Paid() map[string]int {
	times := map[string]int{}
	for _, t := range e.Ledger() {
		if t.Outcome == ItemSuccess {
			times[t.ItemExternalID]++
		}
	}
	return times
}

// Accounts returns the merchant's accounts in TRY, USD and EUR.
func (e *Emulator) Accounts() []Account {
	now := e.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.catchUp(now)
	var list []Account
	for _, currency := range currencies {
		list = append(list, *e.accounts[currency])
	}
	return list
}

// Balance returns what the merchant has left to pay out with, in major units. What is reserved for authorized items is
// not in it. A currency other than TRY, USD and EUR has none.
func (e *Emulator) Balance(currency string) decimal.Decimal {
	for _, a := range e.Accounts() {
		if a.Currency == currency {
			return a.Balance
		}
	}
	return decimal.Zero
}

// SetBalance sets what the merchant has to pay out with in each currency, in major units. A negative amount is an
// error.
func (e *Emulator) SetBalance(amount decimal.Decimal) error {
	if amount.Sign() < 0 {
		return errors.New("emulator: the balance must not be negative")
	}
	e.change(func(time.Time) {
		for _, a := range e.accounts {
			a.Total = a.Total.Add(amount).Sub(a.Balance)
			a.Balance = amount
		}
	})
	return nil
}

// cost returns what an item takes out of the balance.
func (it *item) cost() decimal.Decimal { return it.amount.Add(it.commission) }

// move takes an item's money from where it is to another place.
func (e *Emulator) move(it *item, to Funds) {
	a := e.accounts[it.currency]
	if it.funds == to {
		return
	}
	from, into := a.place(it.funds), a.place(to)
	*from = from.Sub(it.cost())
	*into = into.Add(it.cost())
	if to == FundsBack {
		a.Back = a.Back.Add(it.cost())
	}
	it.funds = to
}

func (a *Account) place(f Funds) *decimal.Decimal {
	switch f {
	case FundsOnTheWay:
		return &a.Reserved
	case FundsWithRecipient:
		return &a.Sent
	case FundsUnsettled:
		return &a.Unsettled
	case FundsStuck:
		return &a.Stuck
	}
	return &a.Balance
}

// enter writes the end of an item into the ledger.
func (e *Emulator) enter(it *item, at time.Time) {
	e.ledger = append(e.ledger, Transfer{
		At:             at,
		RequestID:      it.payout.requestID,
		ExternalID:     it.payout.externalID,
		ItemExternalID: it.itemExternalID,
		ReferenceCode:  it.referenceCode,
		Amount:         it.amount,
		Commission:     it.commission,
		Currency:       it.currency,
		Outcome:        it.last(),
	})
}
