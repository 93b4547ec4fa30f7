package payout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// look is what one step read: what decide needs, and what is kept of it.
type look struct {
	seen
	requestID gen.RequestID // of the payout that was found under our externalId
	reviewed  *Reviewed     // to be compared with in the last look
}

// look reads what the step needs, and no more.
func (m *machine) look(ctx context.Context) look {
	switch {
	case m.state.Step == StepNew, m.state.Step == StepStoring:
		return m.lookForName(ctx)
	case m.state.Step == StepStored && !m.state.CancelWanted && m.state.Reviewed == nil:
		return m.lookAtAll(ctx)
	case m.state.Step == StepStored && !m.state.CancelWanted:
		return m.lookOnceMore(ctx)
	case m.state.Step == StepAuthorized:
		return m.lookForEnd(ctx)
	default:
		return m.lookAtStatus(ctx, m.pageSize)
	}
}

func (m *machine) reader() *reader { return &reader{Reader: m.client, config: m.config} }

// lookForName looks for the payout by our externalId, and if there is one, at all of its items.
func (m *machine) lookForName(ctx context.Context) (l look) {
	ref := ByExternalID(m.request.ExternalID)
	found, err := m.reader().find(ctx, ref)
	if errors.Is(err, ErrNotFound) {
		l.gone = true
		return l
	}
	if err != nil {
		l.fail(err)
		return l
	}
	m.status = found.Status
	read := m.reader().readAll(ctx, ref, Ref{ExternalID: ref.ExternalID, RequestID: found.RequestID}, m.request)
	m.saw(&l, read)
	l.requestID = found.RequestID
	if found.RequestID == "" && l.failure == nil {
		l.nameless = true
		l.hidden = fmt.Errorf("%w: no response names its requestId, without which it cannot be authorized", ErrUnverified)
	}
	return l
}

// lookAtAll looks at all items, at the payout's name, and at the balance.
func (m *machine) lookAtAll(ctx context.Context) (l look) {
	read := m.reader().readAll(ctx, ByRequestID(m.state.RequestID), m.state.ref(), m.request)
	m.saw(&l, read)
	if l.failure != nil || l.phase != phaseInit {
		return l
	}
	m.lookAtName(ctx, &l, 1)
	if l.failure != nil || !l.there || l.phase != phaseInit || l.second != nil {
		return l
	}
	m.result.OnlyOne = m.state.OnlyOne
	balance, err := m.client.RetrieveMassPayoutBalance(ctx)
	if err != nil {
		return look{seen: seen{failure: fmt.Errorf("reading the balance: %w", err), final: errors.Is(err, gen.ErrRefused)}}
	}
	m.result.Balance = &balance.Balance
	l.refused = m.affordable()
	l.reviewed = newReviewed(m.result, read.first)
	l.digest = l.reviewed.Digest
	return l
}

// affordable reports refused items that are not allowed, and a balance that is too small.
func (m *machine) affordable() error {
	refused := m.result.Refused()
	if accepted := len(m.result.Items) - len(refused); accepted == 0 || len(refused) > 0 && !m.allowRefused {
		return &RefusedItemsError{Items: refused, Accepted: accepted}
	}
	need := m.result.Need()
	if needed, ok := need[balanceCurrency]; ok && needed.GreaterThan(*m.result.Balance) {
		return &BalanceError{Need: need, Balance: *m.result.Balance}
	}
	return nil
}

// lookAtName looks whether our externalId leads to the payout that is saved, and to no other.
func (m *machine) lookAtName(ctx context.Context, l *look, size int) *gen.MassPayoutRetrieveResponse {
	ref := ByExternalID(m.state.ExternalID)
	response, err := m.reader().retrieve(ctx, ref, ref, gen.ItemTypeValid, 0, size)
	if err != nil {
		l.fail(err)
		return nil
	}
	m.state.OnlyOne = false
	if items := m.match(response); l.moved == nil {
		l.moved = items.moved
	}
	for _, item := range response.MassPayoutItems.Items {
		switch named := item.MassPayoutRequestID; {
		case named == "":
		case sameID(string(named), string(m.state.RequestID)):
			m.state.OnlyOne = true
		default:
			l.second = fmt.Errorf("%w: iyzico also has requestId %q under our externalId", ErrOtherPayout, string(named))
		}
	}
	l.there, l.phase = true, phaseOf(response.MassPayout.MassPayoutStatus)
	m.status = response.MassPayout.MassPayoutStatus
	return response
}

// lookOnceMore is the last look before auth: whether the payout under our name is still what was reviewed. One
// request shows that: its status, the number of its items, its sums, and its first items. Where it does not show all
// of these, all items are looked at again.
func (m *machine) lookOnceMore(ctx context.Context) (l look) {
	response := m.lookAtName(ctx, &l, m.pageSize)
	if response == nil || l.second != nil || l.phase != phaseInit {
		return l
	}
	if !m.state.OnlyOne { // the response does not say which payout it is about
		if response = m.lookAt(ctx, &l, ByRequestID(m.state.RequestID), m.pageSize); response == nil || l.phase != phaseInit {
			return l
		}
	}
	items := m.match(response)
	l.differs = items.differs
	if l.moved == nil {
		l.moved = items.moved
	}
	if l.differs != nil || l.moved != nil {
		return l
	}
	_, total := paging(response)
	sums, shown := response.MassPayout, response.MassPayoutItems.Items
	takes := func(item gen.MassPayoutItemDetail) bool { return !item.CommissionAmount.IsZero() }
	if total == 0 || len(shown) == 0 || sums.TotalAmount.IsZero() && len(shown) < total ||
		sums.TotalCommissionAmount.IsZero() && slices.ContainsFunc(shown, takes) {
		reviewed := *m.state.Reviewed
		l = m.lookAtAll(ctx)
		l.changed = l.reviewed != nil && l.reviewed.Digest != reviewed.Digest
		return l
	}
	l.changed = !m.state.Reviewed.same(total, sums.TotalAmount, sums.TotalCommissionAmount)
	return l
}

func (r *Reviewed) same(total int, amount, commission decimal.Decimal) bool {
	return r.Total == total && r.Amount.Equal(amount) && r.Commission.Equal(commission)
}

// lookAtStatus is one request.
func (m *machine) lookAtStatus(ctx context.Context, size int) (l look) {
	response := m.lookAt(ctx, &l, ByRequestID(m.state.RequestID), size)
	if response == nil {
		return l
	}
	if l.phase == phaseInit {
		l.moved = m.match(response).moved
	}
	return l
}

// match lays the items of one page beside the request, as before auth.
func (m *machine) match(response *gen.MassPayoutRetrieveResponse) *matcher {
	items := newMatcher(m.request)
	for i := range response.MassPayoutItems.Items {
		items.take(&response.MassPayoutItems.Items[i], true)
	}
	return items
}

func (m *machine) lookAt(ctx context.Context, l *look, ref Ref, size int) *gen.MassPayoutRetrieveResponse {
	response, err := m.reader().retrieve(ctx, ref, m.state.ref(), gen.ItemTypeValid, 0, size)
	if err != nil {
		l.fail(err)
		return nil
	}
	l.there, l.phase = true, phaseOf(response.MassPayout.MassPayoutStatus)
	m.status = response.MassPayout.MassPayoutStatus
	return response
}

// lookForEnd is one request while the payout is under way, and all pages when it has ended; after that, only those
// pages that have an item whose money is not at its end.
func (m *machine) lookForEnd(ctx context.Context) (l look) {
	if m.ends != nil {
		if l, same := m.lookAtOpen(ctx); same {
			return l
		}
		m.ends = nil
	}
	l = m.lookAtStatus(ctx, 1)
	if l.failure != nil || l.phase != phaseEnded && l.phase != phaseCanceled {
		return l
	}
	read := m.reader().readAll(ctx, ByRequestID(m.state.RequestID), m.state.ref(), m.request)
	l = look{}
	m.saw(&l, read)
	if l.failure == nil && l.partial == nil && l.differs == nil {
		m.ends = read.pages
	}
	return l
}

// lookAtOpen reads again the pages with items whose money has not reached its end. It reports whether each is still the
// same page of a payout that has ended.
func (m *machine) lookAtOpen(ctx context.Context) (l look, same bool) {
	result := *m.result
	result.Items, result.TakenAt = slices.Clone(m.result.Items), time.Now().Round(0).UTC()
	isOpen := func(i int) bool { return !atEnd(result.Items[i].Status) }
	for n, indexes := range m.ends {
		if !slices.ContainsFunc(indexes, isOpen) {
			continue
		}
		ref := m.state.ref()
		response, err := m.reader().retrievePatiently(ctx, ByRequestID(ref.RequestID), ref, gen.ItemTypeValid, n, m.pageSize)
		if err != nil {
			l.fail(err)
			return l, true
		}
		l.there, l.phase = true, phaseOf(response.MassPayout.MassPayoutStatus)
		shown := response.MassPayoutItems.Items
		if l.phase != phaseEnded && l.phase != phaseCanceled || len(shown) != len(indexes) {
			return l, false
		}
		items := newMatcher(m.request)
		for i := range shown {
			if items.take(&shown[i], false) != indexes[i] || items.differs != nil {
				return l, false
			}
			result.Items[indexes[i]].update(&shown[i])
		}
		result.Status = response.MassPayout.MassPayoutStatus
		l.open = l.open || slices.ContainsFunc(indexes, isOpen)
	}
	m.result, m.status = &result, result.Status
	return l, l.there
}

// saw takes over what a reading of all items showed.
func (m *machine) saw(l *look, read *reading) {
	if read.failure != nil {
		l.fail(read.failure)
		return
	}
	m.status = read.result.Status
	l.there, l.phase = true, phaseOf(m.status)
	l.differs, l.hidden, l.partial, l.moved, l.open = read.differs, read.hidden, read.partial, read.moved, read.open
	if l.phase.afterAuth() {
		l.moved = nil
	}
	if l.differs != nil || m.state.RequestID == "" {
		return // what it shows is about something else, or not known to be about us
	}
	result := read.result
	result.RequestID = m.state.RequestID
	if m.result != nil {
		result.Balance = m.result.Balance
	}
	result.OnlyOne = m.state.OnlyOne
	for i := range result.Items {
		if code, ok := m.state.RefusalCodes[result.Items[i].ItemExternalID]; ok {
			result.Items[i].Code = code
		}
	}
	m.result = result
}

// fail says that a look failed. A refusal that may mean that there is no such payout is no failure: the payout is not
// visible then.
func (l *look) fail(err error) {
	*l = look{}
	if _, ok := negative(err); ok {
		l.absent = err
		return
	}
	l.failure = err
	l.final = errors.Is(err, gen.ErrRefused)
}

// newReviewed returns what is compared with in the last look, and what a confirmation confirms.
func newReviewed(result *Result, page *gen.MassPayoutRetrieveResponse) *Reviewed {
	_, total := paging(page)
	refused := []string{}
	commission := Totals{}
	for i := range result.Items {
		item := &result.Items[i]
		if item.Status == gen.ItemStatusInvalid {
			refused = append(refused, item.ItemExternalID)
		}
		commission.add(item.Amount.Currency, item.Commission)
	}
	return &Reviewed{
		Total:      total,
		Amount:     page.MassPayout.TotalAmount,
		Commission: page.MassPayout.TotalCommissionAmount,
		Digest: digestOf(struct {
			Request    string   `json:"request"`
			RequestID  string   `json:"requestId"`
			Refused    []string `json:"refused"`
			Commission string   `json:"commission"`
		}{result.Digest, string(result.RequestID), refused, commission.String()}),
	}
}
