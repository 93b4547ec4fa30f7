package emulator

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// payoutView is a payout as it stands.
type payoutView struct {
	RequestID, ExternalID, Currency string
	Status                          PayoutStatus
	Total, Paid, Commission         decimal.Decimal
	Items                           int
	Counts                          map[ItemStatus]int
	History                         []change
	Next                            time.Time // when its next stage is due; zero if none is
}

// itemView is an item as it stands, without anything that tells who the recipient is.
type itemView struct {
	ItemExternalID, ReferenceCode, RecipientType string
	Recipient                                    string          // masked
	Amount, Commission                           decimal.Decimal // Amount is zero if it could not be read
	Currency                                     string
	Status                                       ItemStatus
	Funds                                        Funds
	Errors                                       []text
	History                                      []change
	Outcome                                      []ItemStatus // what it gets after PROCESSING
}

// payouts returns at most limit payouts, the newest first, after skipping offset of them, and how many there are.
func (e *Emulator) payouts(offset, limit int) (list []payoutView, total int) {
	e.look(func() {
		all := e.store.payouts
		total = len(all)
		for i := total - 1 - offset; i >= 0 && len(list) < limit; i-- {
			list = append(list, all[i].view())
		}
	})
	return list, total
}

// payout returns the payout with this requestId.
func (e *Emulator) payout(requestID string) (v payoutView, ok bool) {
	e.look(func() {
		var p *payout
		if p, ok = e.store.byRequest[requestID]; ok {
			v = p.view()
		}
	})
	return v, ok
}

// items returns at most limit items of a payout in a status ("": in any), after skipping offset of them, and how many
// there are.
func (e *Emulator) items(requestID string, status ItemStatus, offset, limit int) (list []itemView, total int, ok bool) {
	e.look(func() {
		var p *payout
		if p, ok = e.store.byRequest[requestID]; !ok {
			return
		}
		for _, it := range p.items {
			if status != "" && it.last() != status {
				continue
			}
			if total++; total > offset && len(list) < limit {
				list = append(list, e.viewItem(it))
			}
		}
	})
	return list, total, ok
}

// look does f at the emulator's present time, without waking who watches.
func (e *Emulator) look(f func()) {
	now := e.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.catchUp(now)
	f()
}

func (p *payout) view() payoutView {
	v := payoutView{
		RequestID: p.requestID, ExternalID: p.externalID, Currency: p.currency,
		Status: p.status(), Total: p.total, Paid: p.paid, Commission: p.commission,
		Items: len(p.items), Counts: map[ItemStatus]int{},
		History: slices.Clone(p.history), Next: p.due,
	}
	for _, it := range p.items {
		v.Counts[it.last()]++
	}
	return v
}

func (e *Emulator) viewItem(it *item) itemView {
	v := itemView{
		ItemExternalID: it.itemExternalID, ReferenceCode: it.referenceCode, RecipientType: it.recipientType,
		Recipient: masked(it.recipientInfo), Amount: it.amount, Commission: it.commission, Currency: it.currency,
		Status: it.last(), Funds: it.funds, Errors: it.errors(it.last()), History: slices.Clone(it.history),
	}
	if it.problems == nil {
		v.Outcome = e.outcome(it)
	}
	return v
}

// masked shows the last four characters of what is long enough.
func masked(s string) string {
	if r := []rune(s); len(r) > 8 {
		return "…" + string(r[len(r)-4:])
	}
	return "…"
}
