package emulator

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// PayoutStatus is the status of a payout.
type PayoutStatus string

// The statuses that the emulator gives a payout.
const (
	PayoutInit                PayoutStatus = "INIT"
	PayoutPublished           PayoutStatus = "PUBLISHED_TO_QUEUE" // its items are QUEUED
	PayoutInProgress          PayoutStatus = "IN_PROGRESS"
	PayoutCompleted           PayoutStatus = "COMPLETED" // no item is under way, at least one was paid
	PayoutFail                PayoutStatus = "FAIL"      // no item is under way, none was paid
	PayoutInsufficientBalance PayoutStatus = "INSUFFICIENT_BALANCE"
	PayoutCanceled            PayoutStatus = "CANCELED"
)

// ItemStatus is the status of an item.
type ItemStatus string

// The statuses that the emulator gives an item.
const (
	ItemInit           ItemStatus = "INIT"
	ItemInvalid        ItemStatus = "INVALID"
	ItemQueued         ItemStatus = "QUEUED"
	ItemProcessing     ItemStatus = "PROCESSING"
	ItemSuccess        ItemStatus = "SUCCESS"
	ItemFailed         ItemStatus = "FAILED" // failed at the bank; the money is not back yet, and may never be
	ItemCanceled       ItemStatus = "MASS_PAYOUT_CANCELED"
	ItemDepositSuccess ItemStatus = "DEPOSIT_SUCCESS" // failed, and back in the balance
	ItemDepositFail    ItemStatus = "DEPOSIT_FAIL"    // failed, and not back in the balance
)

// final reports whether an item stays as it is.
func (s ItemStatus) final() bool {
	return s == ItemSuccess || s == ItemDepositSuccess || s == ItemDepositFail
}

// change is one step of a payout's or an item's life.
type change struct {
	At     time.Time
	Status string
}

// last returns the change that held at the given time; before the first one, the first.
func last(history []change, at time.Time) change {
	for _, c := range slices.Backward(history) {
		if !c.At.After(at) {
			return c
		}
	}
	return history[0]
}

func (p *payout) status() PayoutStatus { return PayoutStatus(p.history[len(p.history)-1].Status) }

func (p *payout) received() time.Time { return p.history[0].At }

func (p *payout) set(s PayoutStatus, at time.Time) {
	p.history = append(p.history, change{at, string(s)})
}

func (it *item) last() ItemStatus { return ItemStatus(it.history[len(it.history)-1].Status) }

func (it *item) set(s ItemStatus, at time.Time) {
	it.history = append(it.history, change{at, string(s)})
}

// The messages of items that were not paid.
var failures = map[ItemStatus]text{
	ItemFailed: {"ödeme yapılamadı", "the payment failed"},
	ItemDepositSuccess: {"ödeme yapılamadı, tutar bakiyenize iade edildi",
		"the payment failed, the amount is back in your balance"},
	ItemDepositFail: {"ödeme yapılamadı, tutar iade edilemedi",
		"the payment failed, the amount could not be returned"},
}

var insufficientBalance = text{"bakiye yetersiz", "insufficient balance"}

// errors returns what an item in this status has to say.
func (it *item) errors(status ItemStatus) []text {
	if status == ItemInvalid {
		list := make([]text, len(it.problems))
		for i, p := range it.problems {
			name := fmt.Sprintf("items[%d]", it.index)
			list[i] = text{p.in("tr", name), p.in("en", name)}
		}
		return list
	}
	if status == ItemFailed && it.payout.status() == PayoutInsufficientBalance {
		return []text{insufficientBalance}
	}
	if what, ok := failures[status]; ok {
		return []text{what}
	}
	return nil
}

func (it *item) messages(locale string, status ItemStatus) []string {
	list := []string{}
	for _, what := range it.errors(status) {
		list = append(list, what.in(locale))
	}
	return list
}

// Stage returns how long an item stays QUEUED, and then PROCESSING.
func (e *Emulator) Stage() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stage
}

// SetStage sets how long each stage lasts, also the present stage of payouts under way. A negative duration is an
// error.
func (e *Emulator) SetStage(d time.Duration) error {
	if d < 0 {
		return errors.New("emulator: the duration of a stage must not be negative")
	}
	e.change(func(now time.Time) {
		for _, p := range e.inFlight {
			p.due = p.due.Add(d - e.stage)
			if p.due.Before(now) {
				p.due = now
			}
		}
		e.stage = d
	})
	return nil
}

// AdvanceStage moves the emulator's time ahead by one stage.
func (e *Emulator) AdvanceStage() { e.Advance(e.Stage()) }

// Commission returns the commission of an item that is accepted now, in major units.
func (e *Emulator) Commission() decimal.Decimal {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.commission
}

// SetCommission sets the commission of each item that is accepted from now on, in major units of the item's currency.
// A negative one is an error.
func (e *Emulator) SetCommission(perItem decimal.Decimal) error {
	if perItem.Sign() < 0 {
		return errors.New("emulator: the commission must not be negative")
	}
	e.change(func(time.Time) { e.commission = perItem })
	return nil
}

// PageLimit returns how many items a page of retrieve may have, and what becomes of a request for more.
func (e *Emulator) PageLimit() (items int, larger LargePages) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.pageLimit, e.largePages
}

// SetPageLimit is [WithPageLimit] from now on. A bad value is an error.
func (e *Emulator) SetPageLimit(items int, larger LargePages) error {
	if err := checkPageLimit(items, larger); err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	e.change(func(time.Time) { e.pageLimit, e.largePages = items, larger })
	return nil
}

// SetOutcome overrides the test recipient: items with this itemExternalId get the given statuses after PROCESSING,
// one after the other and a stage apart, such as ItemFailed, ItemDepositSuccess. ItemSuccess, ItemDepositSuccess and
// ItemDepositFail end an item. Any other last status stays until SetOutcome is called again; unless it is ItemFailed,
// it keeps the payout IN_PROGRESS. Without a status the test recipient decides again. An item that has ended stays as
// it is; one that waits in its last status changes at once.
func (e *Emulator) SetOutcome(itemExternalID string, statuses ...ItemStatus) {
	e.change(func(now time.Time) {
		e.outcomes[itemExternalID] = slices.Clone(statuses)
		if len(statuses) == 0 {
			delete(e.outcomes, itemExternalID)
		}
		for _, it := range e.store.byItem[itemExternalID] {
			if it.steps == 0 || it.last().final() {
				continue
			}
			it.steps = 0
			if it.waits {
				e.step(it.payout, []*item{it}, now)
			}
		}
	})
}

// outcome returns the statuses that an item gets after PROCESSING.
func (e *Emulator) outcome(it *item) []ItemStatus {
	path := it.path
	if chosen, ok := e.outcomes[it.itemExternalID]; ok {
		path = chosen
	}
	switch {
	case len(path) == 0:
		return []ItemStatus{ItemSuccess}
	case e.config.deposit != "" && path[len(path)-1] == ItemFailed:
		return append(slices.Clip(path), e.config.deposit)
	}
	return path
}

// change does f at the emulator's present time.
func (e *Emulator) change(f func(now time.Time)) {
	now := e.Now()
	e.mu.Lock()
	e.catchUp(now)
	f(now)
	e.mu.Unlock()
	e.watcher.wake()
}

// look does f at the emulator's present time, without waking who watches.
func (e *Emulator) look(f func()) {
	now := e.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.catchUp(now)
	f()
}

// authorize begins a payout that is in INIT.
func (e *Emulator) authorize(p *payout, now time.Time) {
	needed := map[string]decimal.Decimal{}
	for _, it := range p.valid {
		needed[it.currency] = needed[it.currency].Add(it.cost())
	}
	for currency, amount := range needed {
		if amount.GreaterThan(e.accounts[currency].Balance) {
			p.set(PayoutInsufficientBalance, now)
			for _, it := range p.valid {
				it.set(ItemFailed, now)
				it.funds = FundsNeverMoved
			}
			return
		}
	}
	p.set(PayoutPublished, now)
	for _, it := range p.valid {
		it.set(ItemQueued, now)
		e.move(it, FundsOnTheWay)
	}
	p.moving = slices.Clone(p.valid)
	p.open = len(p.valid)
	p.due = now.Add(e.stage)
	e.launch(p)
}

// launch makes live look after p.
func (e *Emulator) launch(p *payout) {
	if !p.inFlight {
		p.inFlight = true
		e.inFlight = append(e.inFlight, p)
	}
}

// catchUp brings everything to where it stands at the time now. The caller holds e.mu.
func (e *Emulator) catchUp(now time.Time) {
	e.arrive(now)
	e.live(now)
}

// live takes every payout through the stages that are due.
func (e *Emulator) live(now time.Time) {
	still := e.inFlight[:0]
	for _, p := range e.inFlight {
		for !p.due.IsZero() && !now.Before(p.due) {
			e.stageOf(p)
		}
		if p.inFlight = !p.due.IsZero(); p.inFlight {
			still = append(still, p)
		}
	}
	clear(e.inFlight[len(still):])
	e.inFlight = still
}

// stageOf takes a payout through the stage that is due.
func (e *Emulator) stageOf(p *payout) {
	at := p.due
	if p.status() == PayoutPublished {
		p.set(PayoutInProgress, at)
		for _, it := range p.moving {
			it.set(ItemProcessing, at)
		}
		p.due = at.Add(e.stage)
		return
	}
	moving := p.moving
	p.moving, p.due = nil, time.Time{}
	e.step(p, moving, at)
}

// step gives items their next status. Those that have another one to come are due a stage later.
func (e *Emulator) step(p *payout, items []*item, at time.Time) {
	for _, it := range items {
		statuses := e.outcome(it)
		e.give(it, statuses[it.steps], at)
		it.steps++
		if it.waits = it.steps == len(statuses) || it.last().final(); !it.waits {
			p.moving = append(p.moving, it)
		}
	}
	if p.open == 0 && p.status() == PayoutInProgress {
		end := PayoutFail
		if p.succeeded > 0 {
			end = PayoutCompleted
		}
		p.set(end, at)
	}
	if len(p.moving) > 0 && p.due.IsZero() {
		p.due = at.Add(e.stage)
		e.launch(p)
	}
}

// give gives an item a status after PROCESSING and moves its money accordingly.
func (e *Emulator) give(it *item, status ItemStatus, at time.Time) {
	p := it.payout
	wasOpen := it.last() != ItemFailed
	if it.last() != status {
		it.set(status, at)
	}
	isOpen := false
	switch status {
	case ItemSuccess:
		p.succeeded++
		sum := p.sum(it.currency)
		sum.paid = sum.paid.Add(it.amount)
		e.move(it, FundsWithRecipient)
	case ItemFailed:
		e.move(it, FundsUnsettled)
	case ItemDepositSuccess:
		e.move(it, FundsBack)
	case ItemDepositFail:
		e.move(it, FundsStuck)
	default:
		isOpen = true
		e.move(it, FundsOnTheWay)
	}
	if status.final() {
		e.enter(it, at)
	}
	switch {
	case wasOpen && !isOpen:
		p.open--
	case !wasOpen && isOpen:
		p.open++
	}
}
