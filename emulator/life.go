package emulator

import (
	"time"

	"github.com/shopspring/decimal"
)

// PayoutStatus is the status of a payout.
type PayoutStatus string

// The statuses that the emulator gives a payout.
const (
	PayoutInit                PayoutStatus = "INIT"
	PayoutPublished           PayoutStatus = "PUBLISHED_TO_QUEUE" // its lines are QUEUED
	PayoutInProgress          PayoutStatus = "IN_PROGRESS"
	PayoutCompleted           PayoutStatus = "COMPLETED" // all lines at their end, at least one paid
	PayoutFail                PayoutStatus = "FAIL"      // all lines at their end, none paid
	PayoutInsufficientBalance PayoutStatus = "INSUFFICIENT_BALANCE"
	PayoutCanceled            PayoutStatus = "CANCELED"
)

// LineStatus is the status of one line.
type LineStatus string

// The statuses that the emulator gives a line.
const (
	LineInit           LineStatus = "INIT"
	LineInvalid        LineStatus = "INVALID"
	LineQueued         LineStatus = "QUEUED"
	LineProcessing     LineStatus = "PROCESSING"
	LineSuccess        LineStatus = "SUCCESS"
	LineFailed         LineStatus = "FAILED" // not paid, and released into the balance
	LineCanceled       LineStatus = "MASS_PAYOUT_CANCELED"
	LineDepositSuccess LineStatus = "DEPOSIT_SUCCESS" // failed, and back in the balance
	LineDepositFail    LineStatus = "DEPOSIT_FAIL"    // failed, and not back in the balance
)

// Stage returns how long a line stays QUEUED, and then as long PROCESSING.
func (e *Emulator) Stage() time.Duration { return e.stage }

// SetEnd chooses the status in which lines with this itemExternalID end after
// auth, before what their recipient says: LineSuccess, LineFailed,
// LineDepositSuccess or LineDepositFail. Any other status is shown after
// PROCESSING and is no end: such a line keeps its payout IN_PROGRESS, until
// another SetEnd ends it.
func (e *Emulator) SetEnd(itemExternalID string, end LineStatus) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle(e.now()) // what has ended stays as it is
	e.ends[itemExternalID] = end
}

// auth reserves the money of a payout's INIT lines and queues them.
func (e *Emulator) auth(c *call) (any, *refusal) {
	requestID, ok := c.body.str("requestId")
	if !ok || requestID == "" {
		return nil, invalid("requestId zorunludur", "requestId is required")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle(c.now)
	p, ok := e.store.byRequest[requestID]
	switch {
	case !ok:
		return nil, notFound
	case p.status != PayoutInit:
		return nil, notInit
	case len(p.valid) == 0:
		return nil, invalid("toplu ödemede geçerli kırılım yok", "the mass payout has no valid item")
	}

	needed := map[string]decimal.Decimal{}
	for _, l := range p.valid {
		needed[l.currency] = needed[l.currency].Add(l.cost())
	}
	p.authorized = c.now
	for currency, amount := range needed {
		if amount.GreaterThan(e.balance[currency]) {
			p.endWithoutMoney()
			return c.success(), nil
		}
	}
	for currency, amount := range needed {
		e.balance[currency] = e.balance[currency].Sub(amount)
	}
	p.pending = append(p.pending, p.valid...)
	p.move(PayoutPublished, LineQueued)
	e.inFlight = append(e.inFlight, p)
	return c.success(), nil
}

// cancel cancels a payout that nobody has authorized.
func (e *Emulator) cancel(c *call) (any, *refusal) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle(c.now)
	p, ok := e.store.byRequest[c.param]
	if !ok {
		return nil, notFound
	}
	if p.status != PayoutInit {
		return nil, notInit
	}
	p.status = PayoutCanceled
	p.canceled = c.now
	for _, l := range p.valid {
		l.status = LineCanceled
	}
	return c.success(), nil
}

var notInit = invalid("toplu ödeme INIT durumunda değil", "the mass payout is not in status INIT")

// move takes a payout and its pending lines to their next status.
func (p *payout) move(payout PayoutStatus, line LineStatus) {
	p.status = payout
	for _, l := range p.pending {
		l.status = line
	}
}

func (p *payout) endWithoutMoney() {
	p.status = PayoutInsufficientBalance
	p.completed = p.authorized
	for _, l := range p.valid {
		l.status = LineFailed
		l.faults = []lineFault{{"", text{"bakiye yetersiz", "insufficient balance"}}}
	}
}

// settle brings all that is in flight to where it stands at the time now. The
// caller holds e.mu.
func (e *Emulator) settle(now time.Time) {
	still := e.inFlight[:0]
	for _, p := range e.inFlight {
		if e.advance(p, now) {
			still = append(still, p)
		}
	}
	clear(e.inFlight[len(still):])
	e.inFlight = still
}

// advance tells whether the payout is still in flight.
func (e *Emulator) advance(p *payout, now time.Time) bool {
	processing, end := p.authorized.Add(e.stage), p.authorized.Add(2*e.stage)
	if p.status == PayoutPublished && !now.Before(processing) {
		p.move(PayoutInProgress, LineProcessing)
	}
	if now.Before(end) {
		return true
	}
	var still []*line
	for _, l := range p.pending {
		if !e.finish(l, end) {
			still = append(still, l)
		}
	}
	if p.pending = still; len(still) > 0 {
		return true
	}
	p.status = PayoutFail
	for _, l := range p.valid {
		if l.status == LineSuccess {
			p.status = PayoutCompleted
			break
		}
	}
	p.completed = end
	return false
}

// finish gives a line the status that was chosen for it, moves its money, and
// tells whether that is its end.
func (e *Emulator) finish(l *line, at time.Time) bool {
	l.status = LineSuccess
	if l.end != "" {
		l.status = l.end
	}
	if end, ok := e.ends[l.itemExternalID]; ok {
		l.status = end
	}
	switch l.status {
	case LineSuccess:
		e.leave(l, at)
		if l.currency == l.payout.currency {
			l.payout.paid = l.payout.paid.Add(*l.amount)
		}
	case LineFailed:
		e.release(l)
		l.faults = []lineFault{{"", text{"ödeme yapılamadı", "the payment failed"}}}
	case LineDepositSuccess:
		e.leave(l, at)
		e.release(l)
		l.faults = []lineFault{{"", text{"ödeme yapılamadı, tutar iade edildi", "the payment failed, the amount was returned"}}}
	case LineDepositFail:
		e.leave(l, at)
		l.faults = []lineFault{{"", text{"ödeme yapılamadı, tutar iade edilemedi", "the payment failed, the amount could not be returned"}}}
	default:
		return false
	}
	return true
}
