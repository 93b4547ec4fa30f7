package payout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// looker reads what the next step needs, and no more. It changes nothing, neither at iyzico nor in what it was given.
type looker struct {
	*retriever
	subject
}

func (l *looker) take(ctx context.Context) look {
	switch {
	case l.state.Step == StepNew, l.state.Step == StepStoring:
		return l.forName(ctx)
	case l.state.Step == StepAuthorized:
		return l.forEnd(ctx)
	case l.state.Step != StepStored || l.state.CancelWanted:
		return l.atStatus(ctx, l.glance())
	case l.state.Reviewed == "" || l.state.SinceReview >= reviewHolds:
		return l.atAll(ctx)
	default:
		return l.beforeAuth(ctx)
	}
}

// forName looks for the payout by our externalId, and if there is one, at all of its items.
func (l *looker) forName(ctx context.Context) (got look) {
	ref := ByExternalID(l.request.ExternalID)
	found, err := l.find(ctx, ref)
	if errors.Is(err, ErrNotFound) && l.given != ref.ExternalID { // it may have been stored by another program
		ref = ByExternalID(l.given)
		found, err = l.find(ctx, ref)
	}
	switch {
	case errors.Is(err, ErrNotFound):
		got.gone = true
	case errors.Is(err, ErrUnverified):
		got.status, got.phase, got.unnamed = found.Status, phaseOf(found.Status), err
	case err != nil:
		got.fail(err)
	default:
		got = l.readItems(ctx, ref, Ref{ExternalID: ref.ExternalID, RequestID: found.RequestID})
		got.found = found
		if got.nameless = found.RequestID == ""; got.nameless {
			got.hidden = fmt.Errorf("%w: no response names its requestId, without which it cannot be authorized", ErrUnverified)
		}
	}
	return got
}

// atAll looks at all items, at the payout's name, and at the balance.
func (l *looker) atAll(ctx context.Context) look {
	got := l.readItems(ctx, ByRequestID(l.state.RequestID), l.state.ref())
	if got.phase == phaseInit {
		l.byName(ctx, &got, 1)
	}
	if got.phase != phaseInit || got.unnamed != nil || got.second != nil || got.differs != nil {
		return got
	}
	balance, err := l.RetrieveMassPayoutBalance(ctx)
	if err != nil {
		got.failed(fmt.Errorf("reading the balance: %w", err))
		return got
	}
	got.result.OnlyOne, got.result.Balance = got.onlyOne, &balance.Balance
	got.refused = l.affordable(got.result)
	got.digest = confirmDigest(got.result)
	got.reviewed, _ = sumsOf(got.first)
	return got
}

// affordable reports refused items that are not allowed, and a balance that is too small.
func (c *config) affordable(result *Result) error {
	refused := result.Refused()
	if accepted := len(result.Items) - len(refused); accepted == 0 || len(refused) > 0 && !c.allowRefused {
		return &RefusedItemsError{Items: refused, Accepted: accepted}
	}
	if need := result.Need(); need.exceed(*result.Balance) {
		return &BalanceError{Need: need, Balance: *result.Balance}
	}
	return nil
}

// byName looks whether our externalId leads to the payout that is saved, and to no other.
func (l *looker) byName(ctx context.Context, got *look, size int) *gen.MassPayoutRetrieveResponse {
	ref := ByExternalID(l.state.ExternalID)
	response := l.ask(ctx, got, query{ref, ref, gen.ItemTypeValid, 0, size})
	if response == nil {
		return nil
	}
	got.named, got.onlyOne = true, false
	for _, item := range response.MassPayoutItems.Items {
		switch named := string(item.MassPayoutRequestID); {
		case named == "":
		case sameID(named, string(l.state.RequestID)):
			got.onlyOne = true
		default:
			got.second = fmt.Errorf("%w: iyzico also has requestId %q under our externalId", ErrOtherPayout, named)
		}
	}
	return response
}

func (l *looker) byID(page, size int) query {
	return query{ByRequestID(l.state.RequestID), l.state.ref(), gen.ItemTypeValid, page, size}
}

// ask is one request. What it shows of an item before auth counts, and always if the payout was asked for by its name.
func (l *looker) ask(ctx context.Context, got *look, q query) *gen.MassPayoutRetrieveResponse {
	response, err := l.retrieve(ctx, q)
	if err != nil {
		got.fail(err)
		return nil
	}
	l.sees(got, response)
	if l.request != nil && (got.phase == phaseInit || q.ask.ExternalID != "") {
		items := l.matcher()
		items.differences = got.differences
		for i := range response.MassPayoutItems.Items {
			items.take(&response.MassPayoutItems.Items[i], true)
		}
		got.differences = items.differences
	}
	return response
}

func (l *looker) sees(got *look, response *gen.MassPayoutRetrieveResponse) {
	got.status = response.MassPayout.MassPayoutStatus
	got.there, got.phase = true, phaseOf(got.status)
	l.identify(got, unnamed(response, l.state.ref()))
}

func (l *looker) matcher() *matcher { return newMatcher(l.request, l.state.Digest, l.state.Refused) }

// beforeAuth is the last look: is the payout under our name still what was reviewed? One request shows that, by its
// status, the number of its items, its sums and its first items; where it does not show all of these, all are read.
func (l *looker) beforeAuth(ctx context.Context) (got look) {
	response := l.byName(ctx, &got, l.glance())
	if response != nil && !got.onlyOne { // the response does not say which payout it is about
		sums, whole := sumsOf(response)
		got.changed = whole && sums != l.state.Reviewed
		if got.second == nil && got.phase == phaseInit {
			response = l.ask(ctx, &got, l.byID(0, l.glance()))
		}
	}
	if got.phase != phaseInit || got.unnamed != nil || got.second != nil || got.differs != nil || got.moved != nil {
		return got
	}
	sums, whole := sumsOf(response)
	if !whole {
		return l.atAll(ctx)
	}
	got.changed = got.changed || sums != l.state.Reviewed
	return got
}

// sumsOf returns what a page counts and adds up, see State.Reviewed, and whether it tells all of that.
func sumsOf(response *gen.MassPayoutRetrieveResponse) (sums string, whole bool) {
	_, total := paging(response)
	amount, commission := response.MassPayout.TotalAmount, response.MassPayout.TotalCommissionAmount
	shown := response.MassPayoutItems.Items
	takes := func(item gen.MassPayoutItemDetail) bool { return !item.CommissionAmount.IsZero() }
	whole = total != 0 && len(shown) != 0 && (!amount.IsZero() || len(shown) >= total) &&
		(!commission.IsZero() || !slices.ContainsFunc(shown, takes))
	return fmt.Sprintf("%d items, %s + %s", total, gen.FormatDecimal(amount), gen.FormatDecimal(commission)), whole
}

// glance is the size of a page that is read for its payout's sake.
func (l *looker) glance() int { return min(l.size, glanceSize) }

func (l *looker) atStatus(ctx context.Context, size int) (got look) {
	l.ask(ctx, &got, l.byID(0, size))
	return got
}

// forEnd is one request while the payout is under way, and all pages when it has ended; after that, only those pages
// that have an item whose money has not reached its end.
func (l *looker) forEnd(ctx context.Context) (got look) {
	if l.result != nil && l.result.pages != nil {
		if got, same := l.atPages(ctx); same {
			return got
		}
	}
	if got.status, got.phase = l.status, phaseOf(l.status); !got.phase.ended() {
		got = l.atStatus(ctx, 1)
	}
	if !got.phase.ended() || got.unnamed != nil || l.request == nil {
		return got
	}
	status := got.status
	got = l.readItems(ctx, ByRequestID(l.state.RequestID), l.state.ref())
	got.status = cmp.Or(got.status, status)
	if got.pageSize != 0 {
		got.result.pages = got.pages
	}
	return got
}

// atPages reads only the pages with open items again. It reports whether each is still that page of an ended payout.
func (l *looker) atPages(ctx context.Context) (got look, same bool) {
	result := *l.result
	result.Items, result.TakenAt = slices.Clone(l.result.Items), time.Now().Round(0).UTC()
	isOpen := func(i int) bool { return result.Items[i].isOpen() }
	for n, indexes := range result.pages {
		if !slices.ContainsFunc(indexes, isOpen) {
			continue
		}
		response, err := l.retrievePatiently(ctx, l.byID(n, l.size))
		if err != nil {
			got.fail(err)
			return got, true
		}
		l.sees(&got, response)
		shown := response.MassPayoutItems.Items
		if got.unnamed != nil || !got.phase.ended() || len(shown) != len(indexes) {
			return got, false
		}
		items := l.matcher()
		for i := range shown {
			if items.take(&shown[i], false) != indexes[i] || items.differs != nil {
				return got, false
			}
			result.Items[indexes[i]].update(&shown[i])
		}
		got.open = got.open || slices.ContainsFunc(indexes, isOpen)
	}
	result.Status = got.status
	l.state.markRefusedLate(&result)
	got.result = &result
	return got, got.there
}

// readItems reads all items of the payout want, asking for it by ask.
func (l *looker) readItems(ctx context.Context, ask, want Ref) look {
	got := l.readAll(ctx, ask, want, l.matcher())
	if got.failure != nil {
		got.fail(got.failure)
		return got
	}
	result, unnamed := got.result, got.unnamed
	got.result, got.unnamed = nil, nil
	if got.phase.afterAuth() {
		got.moved, got.unlike = nil, nil
	}
	l.identify(&got, unnamed)
	if got.unnamed != nil || got.differs != nil {
		return got // what it shows is about something else, or not known to be about us
	}
	if got.partial == nil {
		got.pageSize = l.size
	}
	if refused := result.Refused(); len(refused) > 0 && got.phase == phaseInit && !l.state.AuthSent {
		got.refusedItems = map[string]gen.ErrorCode{}
		for _, item := range refused {
			got.refusedItems[canonical(item.ItemExternalID)] = "" // of those that init's response refused a code is known
		}
		maps.Copy(got.refusedItems, l.state.Refused)
	}
	if l.state.RequestID == "" {
		return got
	}
	result.RequestID, result.OnlyOne, result.Balance = l.state.RequestID, l.state.OnlyOne, l.result.Balance
	for i := range result.Items {
		item := &result.Items[i]
		code, was := l.state.Refused[canonical(item.ItemExternalID)]
		item.Code = code
		if was && got.phase == phaseInit && item.Status == gen.ItemStatusInit {
			item.Status = gen.ItemStatusInvalid // until all reads agree
		}
	}
	if got.phase == phaseInit && got.unlike == nil && len(result.Refused()) < l.state.RefusedCount {
		got.unlike = fmt.Errorf("%w: the response to init refused %d items, and iyzico shows %d of them as refused",
			ErrNoProgress, l.state.RefusedCount, len(result.Refused()))
	}
	l.state.markRefusedLate(result)
	got.result = result
	return got
}

// identify takes note of whether responses name the payout. If one does not, it proves nothing about a payout that was
// found, nor about one that iyzico has named before, and it is no witness of what we did not send.
func (l *looker) identify(got *look, unnamed error) {
	s := &l.state
	witness := got.phase == phaseInit || s.AuthSent || got.phase == phaseCanceled && s.Cancels > 0
	switch {
	case unnamed == nil:
		got.identified = true
	case s.RequestID == "" || s.Adopted || s.Named || !witness:
		got.unnamed = unnamed
	}
}

// fail says that a look failed, or that the payout is not visible, if the refusal may mean that there is none.
func (l *look) fail(err error) {
	l.failed(err)
	if refusal(err) != "" {
		l.failure, l.final, l.absent = nil, false, err
	}
}

// failed says that a look failed, whatever the refusal.
func (l *look) failed(err error) {
	*l = look{status: l.status, result: l.result, named: l.named, onlyOne: l.onlyOne}
	l.failure, l.final = err, errors.Is(err, gen.ErrRefused)
}
