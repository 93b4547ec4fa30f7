package payout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// looker looks at a payout: it reads what the next step needs, and no more. It changes nothing, neither at iyzico nor
// in what it was given.
type looker struct {
	*retriever
	request *gen.MassPayoutInitializeRequest
	state   State
	known   *Result // the last snapshot
	pages   [][]int // of the payout that has ended: the items of each page, by their index in the request
}

// look is all that one look saw.
type look struct {
	seen
	status    gen.PayoutStatus // the payout's; empty: not seen
	result    *Result          // the snapshot of all items; nil: not all were read
	requestID gen.RequestID    // of the payout that was found under our externalId
	named     bool             // a response by our externalId came,
	onlyOne   bool             // and named the requestId
	reviewed  *Reviewed        // to compare the last look before auth with
	pages     [][]int          // see looker
}

// take looks.
func (l *looker) take(ctx context.Context) look {
	switch {
	case l.state.Step == StepNew, l.state.Step == StepStoring:
		return l.forName(ctx)
	case l.state.Step == StepStored && !l.state.CancelWanted && l.state.Reviewed == nil:
		return l.atAll(ctx)
	case l.state.Step == StepStored && !l.state.CancelWanted:
		return l.beforeAuth(ctx)
	case l.state.Step == StepAuthorized:
		return l.forEnd(ctx)
	default:
		return l.atStatus(ctx, l.pageSize)
	}
}

// forName looks for the payout by our externalId, and if there is one, at all of its items.
func (l *looker) forName(ctx context.Context) (got look) {
	ref := ByExternalID(l.request.ExternalID)
	found, err := l.find(ctx, ref)
	if errors.Is(err, ErrNotFound) {
		got.gone = true
		return got
	}
	if err != nil {
		got.fail(err)
		return got
	}
	got.status = found.Status
	l.compare(&got, l.readAll(ctx, ref, Ref{ExternalID: ref.ExternalID, RequestID: found.RequestID}, l.request))
	got.requestID = found.RequestID
	if found.RequestID == "" && got.failure == nil {
		got.nameless = true
		got.hidden = fmt.Errorf("%w: no response names its requestId, without which it cannot be authorized", ErrUnverified)
	}
	return got
}

// atAll looks at all items, at the payout's name, and at the balance.
func (l *looker) atAll(ctx context.Context) (got look) {
	read := l.readAll(ctx, ByRequestID(l.state.RequestID), l.state.ref(), l.request)
	l.compare(&got, read)
	if got.failure != nil || got.phase != phaseInit {
		return got
	}
	l.byName(ctx, &got, 1)
	if got.failure != nil || !got.there || got.phase != phaseInit || got.second != nil || got.result == nil {
		return got
	}
	balance, err := l.RetrieveMassPayoutBalance(ctx)
	if err != nil {
		got.failed(fmt.Errorf("reading the balance: %w", err))
		return got
	}
	got.result.OnlyOne, got.result.Balance = got.onlyOne, &balance.Balance
	got.refused = l.affordable(got.result)
	got.reviewed = newReviewed(got.result, read.first)
	got.digest = got.reviewed.Digest
	return got
}

// affordable reports refused items that are not allowed, and a balance that is too small.
func (c *config) affordable(result *Result) error {
	refused := result.Refused()
	if accepted := len(result.Items) - len(refused); accepted == 0 || len(refused) > 0 && !c.allowRefused {
		return &RefusedItemsError{Items: refused, Accepted: accepted}
	}
	need := result.Need()
	if needed, ok := need[balanceCurrency]; ok && needed.GreaterThan(*result.Balance) {
		return &BalanceError{Need: need, Balance: *result.Balance}
	}
	return nil
}

// byName looks whether our externalId leads to the payout that is saved, and to no other.
func (l *looker) byName(ctx context.Context, got *look, size int) *gen.MassPayoutRetrieveResponse {
	ref := ByExternalID(l.state.ExternalID)
	response, err := l.retrieve(ctx, ref, ref, gen.ItemTypeValid, 0, size)
	if err != nil {
		got.fail(err)
		return nil
	}
	got.named, got.onlyOne = true, false
	if items := l.match(response); got.moved == nil {
		got.moved = items.moved
	}
	for _, item := range response.MassPayoutItems.Items {
		switch named := item.MassPayoutRequestID; {
		case named == "":
		case sameID(string(named), string(l.state.RequestID)):
			got.onlyOne = true
		default:
			got.second = fmt.Errorf("%w: iyzico also has requestId %q under our externalId", ErrOtherPayout, string(named))
		}
	}
	got.sees(response)
	return response
}

// beforeAuth is the last look before auth: whether the payout under our name is still what was reviewed. One request
// shows that: its status, the number of its items, its sums, and its first items. Where it does not show all of these,
// all items are read again.
func (l *looker) beforeAuth(ctx context.Context) (got look) {
	response := l.byName(ctx, &got, l.pageSize)
	if response == nil || got.second != nil || got.phase != phaseInit {
		return got
	}
	if !got.onlyOne { // the response does not say which payout it is about
		response = l.byID(ctx, &got, l.pageSize)
		if response == nil || got.phase != phaseInit {
			return got
		}
	}
	items := l.match(response)
	got.differs = items.differs
	if got.moved == nil {
		got.moved = items.moved
	}
	if got.differs != nil || got.moved != nil {
		return got
	}
	_, total := paging(response)
	sums, shown := response.MassPayout, response.MassPayoutItems.Items
	takes := func(item gen.MassPayoutItemDetail) bool { return !item.CommissionAmount.IsZero() }
	if total == 0 || len(shown) == 0 || sums.TotalAmount.IsZero() && len(shown) < total ||
		sums.TotalCommissionAmount.IsZero() && slices.ContainsFunc(shown, takes) {
		all := l.atAll(ctx)
		all.changed = all.reviewed != nil && all.reviewed.Digest != l.state.Reviewed.Digest
		return all
	}
	got.changed = !l.state.Reviewed.same(total, sums.TotalAmount, sums.TotalCommissionAmount)
	return got
}

// atStatus is one request.
func (l *looker) atStatus(ctx context.Context, size int) (got look) {
	response := l.byID(ctx, &got, size)
	if response != nil && got.phase == phaseInit {
		got.moved = l.match(response).moved
	}
	return got
}

// byID asks for the first page by the requestId.
func (l *looker) byID(ctx context.Context, got *look, size int) *gen.MassPayoutRetrieveResponse {
	response, err := l.retrieve(ctx, ByRequestID(l.state.RequestID), l.state.ref(), gen.ItemTypeValid, 0, size)
	if err != nil {
		got.fail(err)
		return nil
	}
	got.sees(response)
	return response
}

// match compares the items of one page with the request, as before auth.
func (l *looker) match(response *gen.MassPayoutRetrieveResponse) *matcher {
	items := newMatcher(l.request)
	for i := range response.MassPayoutItems.Items {
		items.take(&response.MassPayoutItems.Items[i], true)
	}
	return items
}

// forEnd is one request while the payout is under way, and all pages when it has ended; after that, only those pages
// that have an item whose money has not reached its end.
func (l *looker) forEnd(ctx context.Context) (got look) {
	if l.pages != nil {
		if got, same := l.atPages(ctx); same {
			return got
		}
	}
	got = l.atStatus(ctx, 1)
	if got.failure != nil || got.phase != phaseEnded && got.phase != phaseCanceled {
		return got
	}
	read := l.readAll(ctx, ByRequestID(l.state.RequestID), l.state.ref(), l.request)
	got = look{status: got.status}
	l.compare(&got, read)
	if got.failure == nil && got.partial == nil && got.differs == nil {
		got.pages = read.pages
	}
	return got
}

// atPages reads again the pages with items whose money has not reached its end. It reports whether each is still the
// same page of a payout that has ended.
func (l *looker) atPages(ctx context.Context) (got look, same bool) {
	result := *l.known
	result.Items, result.TakenAt = slices.Clone(l.known.Items), time.Now().Round(0).UTC()
	isOpen := func(i int) bool { return !result.Items[i].Status.Final() }
	got.pages = l.pages
	for n, indexes := range l.pages {
		if !slices.ContainsFunc(indexes, isOpen) {
			continue
		}
		ref := l.state.ref()
		response, err := l.retrievePatiently(ctx, ByRequestID(ref.RequestID), ref, gen.ItemTypeValid, n, l.pageSize)
		if err != nil {
			got.fail(err)
			return got, true
		}
		got.sees(response)
		shown := response.MassPayoutItems.Items
		if got.phase != phaseEnded && got.phase != phaseCanceled || len(shown) != len(indexes) {
			return got, false
		}
		items := newMatcher(l.request)
		for i := range shown {
			if items.take(&shown[i], false) != indexes[i] || items.differs != nil {
				return got, false
			}
			result.Items[indexes[i]].update(&shown[i])
		}
		result.Status = got.status
		got.open = got.open || slices.ContainsFunc(indexes, isOpen)
	}
	got.result = &result
	return got, got.there
}

// compare takes over what a reading of all items showed.
func (l *looker) compare(got *look, read *reading) {
	if read.failure != nil {
		got.fail(read.failure)
		return
	}
	got.status = read.result.Status
	got.there, got.phase = true, phaseOf(got.status)
	got.differs, got.hidden, got.partial, got.moved, got.open = read.differs, read.hidden, read.partial, read.moved, read.open
	if got.phase.afterAuth() {
		got.moved = nil
	}
	if got.differs != nil || l.state.RequestID == "" {
		return // what it shows is about something else, or not known to be about us
	}
	result := read.result
	result.RequestID, result.OnlyOne, result.Balance = l.state.RequestID, l.state.OnlyOne, l.known.Balance
	for i := range result.Items {
		if code, ok := l.state.RefusalCodes[canonical(result.Items[i].ItemExternalID)]; ok {
			result.Items[i].Code = code
		}
	}
	got.result = result
}

// sees takes over the payout's status.
func (l *look) sees(response *gen.MassPayoutRetrieveResponse) {
	l.status = response.MassPayout.MassPayoutStatus
	l.there, l.phase = true, phaseOf(l.status)
}

// fail says that a look failed. A refusal that may mean that there is no such payout is no failure: the payout is not
// visible then.
func (l *look) fail(err error) {
	l.failed(err)
	if _, ok := negative(err); ok {
		l.failure, l.final, l.absent = nil, false, err
	}
}

// failed says that a look failed, whatever the refusal.
func (l *look) failed(err error) {
	*l = look{status: l.status, result: l.result, named: l.named, onlyOne: l.onlyOne, pages: l.pages}
	l.failure, l.final = err, errors.Is(err, gen.ErrRefused)
}
