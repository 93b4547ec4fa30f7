package hostile

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Item is an item of a request, as the server reads it.
type Item struct {
	ItemExternalID string `json:"itemExternalId"`
	RecipientType  string `json:"recipientType"`
	RecipientInfo  string `json:"recipientInfo"`
	RecipientName  string `json:"recipientName"`
	Description    string `json:"description"`
	Amount         Amount `json:"amount"`
}

// Amount is how much, in major units.
type Amount struct {
	Value    json.Number `json:"value"`
	Currency string      `json:"currency"`
}

// Party is who did something.
type Party string

const (
	Client Party = "client"
	Else   Party = "somebody else"
)

// Movement is an entry of the ledger: an item's money that left the balance.
type Movement struct {
	At     time.Time
	By     Party
	Payout string // requestId
	Name   string // externalId
	Item   Item   // what was paid, as stored
	Fate   Fate   // what becomes of it
	Done   time.Time
}

// record is a payout that is stored.
type record struct {
	externalID, requestID string
	by                    Party
	created               time.Time
	items                 []*entry
	status                timeline
	authorized            time.Time // when the first auth was accepted
	foreign               bool
}

// entry is one item of a record.
type entry struct {
	Item
	index         int
	referenceCode string
	fate          Fate
	status        timeline
	visible       time.Time
}

// timeline is what something was, and since when.
type timeline []point

type point struct {
	at    time.Time
	value string
}

// at is what holds at t; empty before the first point.
func (l timeline) at(t time.Time) string {
	value := ""
	for _, p := range l {
		if p.at.After(t) {
			break
		}
		value = p.value
	}
	return value
}

func (l timeline) last() string {
	if len(l) == 0 {
		return ""
	}
	return l[len(l)-1].value
}

func (l *timeline) set(t time.Time, value string) {
	if l.last() != value {
		*l = append(*l, point{t, value})
	}
}

// event is something that happens at its time, whoever looks.
type event struct {
	at  time.Time
	seq int
	do  func(time.Time)
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	if e[i].at.Equal(e[j].at) {
		return e[i].seq < e[j].seq
	}
	return e[i].at.Before(e[j].at)
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	*e = (*e)[:last]
	return x
}

// later has do happen at t. The lock must be held.
func (s *Server) later(t time.Time, do func(time.Time)) {
	s.seq++
	heap.Push(&s.queue, event{t, s.seq, do})
}

// until lets everything happen that is due at t. The lock must be held.
func (s *Server) until(t time.Time) {
	for len(s.queue) > 0 && !s.queue[0].at.After(t) {
		e := heap.Pop(&s.queue).(event)
		e.do(e.at)
	}
}

// Drain lets everything happen that is still on its way or still to come, however late.
func (s *Server) Drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue) > 0 {
		s.until(s.queue[0].at)
	}
}

// store is init. It returns the record and whether it is new; a nil record is a refusal.
func (s *Server) store(t time.Time, by Party, id, externalID string, items []Item) (r *record, isNew bool) {
	if old := s.byName(externalID, t); old != nil && by == Client {
		switch s.world.Twins {
		case TwinsRefused:
			s.trace(t, "init of %s refused: a duplicate", externalID)
			return nil, false
		case TwinsSame:
			return old, false
		}
	}
	if s.byID(id, t) != nil { // a copy of a request that was stored
		id = s.uuid()
	}
	r = &record{externalID: externalID, requestID: id, by: by, created: t}
	for i, item := range items {
		e := &entry{Item: item, index: i, referenceCode: s.uuid(), fate: s.fate(i), visible: t}
		if by == Client {
			for _, swap := range s.world.Swaps {
				if swap.Item == i {
					e.Item = swapped(item, swap.Field)
				}
			}
			if s.world.Late > 0 && i >= len(items)/2 {
				e.visible = t.Add(s.world.Late)
			}
		}
		e.status.set(t, "INIT")
		if e.fate == Invalid {
			e.status.set(t, "INVALID")
		}
		r.items = append(r.items, e)
	}
	r.status.set(t, "INIT")
	s.records = append(s.records, r)
	s.trace(t, "stored %s as %s for %s", externalID, r.requestID, by)
	if by == Client {
		for _, other := range s.world.Others {
			s.later(t.Add(other.After), func(t time.Time) {
				if other.Cancel {
					s.cancel(t, Else, r)
				} else {
					s.pay(t, Else, r)
				}
			})
		}
	}
	return r, true
}

func (s *Server) fate(i int) Fate {
	if len(s.world.Fates) == 0 {
		return Paid
	}
	return s.world.Fates[min(i, len(s.world.Fates)-1)]
}

// swapped is the item with one field changed so that it also shows under a mask.
func swapped(item Item, field string) Item {
	switch field {
	case "recipientType":
		if item.RecipientType == "MEMBER_ID" {
			item.RecipientType = "IDENTITY_NUMBER"
		} else {
			item.RecipientType = "MEMBER_ID"
		}
	case "recipientInfo":
		item.RecipientInfo = changed(item.RecipientInfo)
	case "recipientName":
		item.RecipientName = "Q" + item.RecipientName
	case "amount":
		value := rat(item.Amount.Value)
		item.Amount.Value = json.Number(value.Mul(value, big.NewRat(100, 1)).FloatString(2))
	case "currency":
		if item.Amount.Currency == "EUR" {
			item.Amount.Currency = "TRY"
		} else {
			item.Amount.Currency = "EUR"
		}
	default:
		panic("hostile: no field " + field)
	}
	return item
}

// changed has another last character, which masks leave.
func changed(info string) string {
	if info == "" {
		return "1"
	}
	last := info[len(info)-1]
	next := byte('1')
	if last == '1' {
		next = '2'
	}
	return info[:len(info)-1] + string(next)
}

// pay is auth: it reports whether anything moved.
func (s *Server) pay(t time.Time, by Party, r *record) bool {
	status, again := r.status.last(), !r.authorized.IsZero()
	inInit := false
	for _, e := range r.items {
		inInit = inInit || e.status.last() == "INIT" && e.fate != LeftInInit
	}
	moves := status == "INIT" && inInit && !again
	if s.world.PaysAgain && by == Client && !moves {
		s.trace(t, "auth of %s by %s: payout %s, and PAYS AGAIN", r.requestID, by, status)
		return s.payAgain(t, by, r)
	}
	s.trace(t, "auth of %s by %s: payout %s, moves %v", r.requestID, by, status, moves)
	if !moves {
		return false
	}
	r.authorized = t
	begin := t
	switch s.world.Ending {
	case NeverBegins:
		return true
	case BeginsLate:
		if !s.world.PaysAgain { // an effect that late is more than Delay
			begin = t.Add(30 * time.Minute)
		}
	case RunsDry, RunsDryAtIyzico, Fails, DriesThenPays:
		end := map[Ending]string{
			RunsDry: "INSUFFICIENT_BALANCE", RunsDryAtIyzico: "IYZICO_INSUFFICIENT_BALANCE",
			Fails: "FAIL", DriesThenPays: "INSUFFICIENT_BALANCE",
		}[s.world.Ending]
		dry := s.short()
		if s.world.PaysAgain {
			dry = 0
		}
		s.later(t.Add(dry), func(t time.Time) { r.status.set(t, end) })
		if s.world.Ending != DriesThenPays {
			return true
		}
		begin = t.Add(6*time.Hour + s.short())
	}
	s.later(begin, func(t time.Time) { s.begin(t, by, r) })
	return true
}

// payAgain is an auth that moves every accepted item, whatever its status.
func (s *Server) payAgain(t time.Time, by Party, r *record) bool {
	switch s.world.Ending {
	case NeverBegins, RunsDry, RunsDryAtIyzico, Fails:
		return false
	}
	for _, e := range r.items {
		if e.fate != Invalid && e.fate != LeftInInit {
			s.move(t, by, r, e)
		}
	}
	return true
}

// begin moves the items, and lets them go on.
func (s *Server) begin(t time.Time, by Party, r *record) {
	r.status.set(t, "PUBLISHED_TO_QUEUE")
	end := t
	for _, e := range r.items {
		if e.status.last() != "INIT" || e.fate == LeftInInit {
			continue
		}
		m := s.move(t, by, r, e)
		e.status.set(t, "QUEUED")
		at := t.Add(s.short())
		s.later(at, func(t time.Time) { e.status.set(t, "PROCESSING") })
		if e.fate == NeverEnds {
			m.Done = at.Add(100 * 365 * 24 * time.Hour)
			continue
		}
		at = at.Add(s.short())
		if e.fate == Slow {
			at = at.Add(2 * time.Hour)
		} else if at.After(end) {
			end = at
		}
		m.Done = at
		switch e.fate {
		case Paid, Slow:
			s.later(at, func(t time.Time) { e.status.set(t, "SUCCESS") })
		case PaidInvalid:
			s.later(at, func(t time.Time) { e.status.set(t, "INVALID") })
		default:
			s.later(at, func(t time.Time) { e.status.set(t, "FAILED") })
		}
		later := at.Add(time.Duration(s.rand.Int64N(int64(s.world.Deposit + 1))))
		switch e.fate {
		case Returned:
			m.Done = later
			s.later(later, func(t time.Time) { e.status.set(t, "DEPOSIT_SUCCESS") })
		case Stuck:
			s.later(later, func(t time.Time) { e.status.set(t, "DEPOSIT_FAIL") })
		}
	}
	s.later(t.Add(s.short()), func(t time.Time) {
		if r.status.last() == "PUBLISHED_TO_QUEUE" {
			r.status.set(t, "IN_PROGRESS")
		}
	})
	last := map[Ending]string{Succeeds: "SUCCESS", FailsAfterwards: "FAIL", Unlisted: unlistedEnd}[s.world.Ending]
	if last == "" {
		last = "COMPLETED"
	}
	if ahead := end.Add(-s.world.Ahead); ahead.After(t) {
		end = ahead
	}
	s.later(end, func(t time.Time) { r.status.set(t, last) })
}

// move enters the item into the ledger.
func (s *Server) move(t time.Time, by Party, r *record, e *entry) *Movement {
	m := &Movement{At: t, By: by, Payout: r.requestID, Name: r.externalID, Item: e.Item, Fate: e.fate, Done: t}
	s.ledger = append(s.ledger, m)
	s.trace(t, "MOVES %s %s of %s by %s", e.ItemExternalID, e.Amount.Value, r.requestID, by)
	return m
}

// cancel reports whether the payout is canceled now.
func (s *Server) cancel(t time.Time, by Party, r *record) bool {
	ok := r.status.last() == "INIT" && r.authorized.IsZero()
	s.trace(t, "cancel of %s by %s: payout %s, done %v", r.requestID, by, r.status.last(), ok)
	if !ok {
		return r.status.last() == "CANCELED"
	}
	r.status.set(t, "CANCELED")
	for _, e := range r.items {
		if e.fate != Invalid {
			e.status.set(t, "MASS_PAYOUT_CANCELED")
		}
	}
	return true
}

// short is how long one stage takes.
func (s *Server) short() time.Duration {
	return time.Duration(s.rand.Int64N(int64(s.world.Stage + 1)))
}

// byName is the payout under an externalId that is shown at t.
func (s *Server) byName(externalID string, t time.Time) *record {
	var found *record
	for _, r := range s.records {
		if strings.EqualFold(r.externalID, externalID) && !r.created.After(t) && (found == nil || s.world.NewestFirst) {
			found = r
		}
	}
	return found
}

// byID is the payout of a requestId that is shown at t.
func (s *Server) byID(requestID string, t time.Time) *record {
	for _, r := range s.records {
		if strings.EqualFold(r.requestID, requestID) && !r.created.After(t) {
			return r
		}
	}
	return nil
}

func (s *Server) uuid() string {
	a, b := s.rand.Uint64(), s.rand.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0xfff, b&0xffffffffffff)
}

func rat(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// Ledger returns what was moved, so far.
func (s *Server) Ledger() []Movement {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Movement, len(s.ledger))
	for i, m := range s.ledger {
		list[i] = *m
	}
	return list
}
