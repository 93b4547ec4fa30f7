package payout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// The default bounds of a [PartLimit].
const (
	DefaultPartItems = 10_000  // items of one part
	DefaultPartBytes = 4 << 20 // the size of the request that stores one part
)

// PartLimit bounds a part that [Split] makes. iyzico documents no bound; a proxy in front of it has one, and answers a
// larger request with HTTP status 413.
type PartLimit struct {
	Items int // 0 means DefaultPartItems
	Bytes int // of the JSON that is sent; 0 means DefaultPartBytes
}

// Split cuts a request that is too large for one payout into parts, each a payout of its own with its own state and the
// next items in order. It returns the request itself if that is small enough.
//
// The same request and limit always give the same parts. The first keeps the externalId; the others are named after
// it, such as "salaries-2026-11-part2-81f5f60e", with hex digits derived from the externalId and the number: such a name
// belongs to no other payout by accident. A name depends neither on the limit nor on the items. So a list that was begun
// whole, with another limit or with other items in that part, meets its own state or payout at iyzico, and stops with
// [ErrOtherPayout]: nobody is paid in two different parts. For the same reason, begin a part only when all before it
// are stored, as [PaySplit] does, or record the whole list's [Digest] before the first.
//
// The error is a [*gen.ValidationError], or says that a bound is negative or which item alone is too large.
func Split(request gen.MassPayoutInitializeRequest, limit PartLimit) ([]gen.MassPayoutInitializeRequest, error) {
	if limit.Items < 0 || limit.Bytes < 0 {
		return nil, fmt.Errorf("payout: PartLimit: expected bounds of at least 0, got %d items, %d bytes",
			limit.Items, limit.Bytes)
	}
	limit = PartLimit{cmp.Or(limit.Items, DefaultPartItems), cmp.Or(limit.Bytes, DefaultPartBytes)}
	if err := request.Validate(); err != nil { // of the whole: two parts must not have one itemExternalId
		return nil, err
	}
	whole, err := request.MarshalJSON()
	if err == nil && len(request.Items) <= limit.Items && len(whole) <= limit.Bytes {
		return []gen.MassPayoutInitializeRequest{request}, nil
	}
	var parts []gen.MassPayoutInitializeRequest
	begin, size := 0, 0
	cut := func(end int) {
		part := request
		part.ExternalID, part.Items = partName(request.ExternalID, len(parts)+1), request.Items[begin:end:end]
		parts = append(parts, part)
		begin, size = end, 0
	}
	for i := range request.Items {
		item := len(encode(request.Items[i])) + len(",")
		if i > begin && (i-begin == limit.Items || size+item > limit.Bytes) {
			cut(i)
		}
		if i == begin {
			empty := request
			empty.ExternalID, empty.Items = partName(request.ExternalID, len(parts)+1), []gen.MassPayoutItem{}
			size = len(encode(empty)) - len(",") // which no item follows
		}
		if size += item; size > limit.Bytes {
			return nil, fmt.Errorf("payout: items[%d] (itemExternalId %q): a payout of this item alone has %d bytes, more "+
				"than the %d that a part may have", i, request.Items[i].ItemExternalID, size, limit.Bytes)
		}
	}
	cut(len(request.Items))
	return parts, nil
}

// partName is the externalId of part n, from 1, of a split request.
func partName(externalID string, n int) string {
	if n == 1 {
		return externalID
	}
	derived := shortHash(fmt.Sprintf("part %d of %s", n, canonical(externalID)), 4)
	return fmt.Sprintf("%s-part%d-%s", externalID, n, derived)
}

// Combine returns one Result of a request that is paid in parts, from theirs, whatever their limit was. A part that
// has no result yet may be nil or missing; its items have no status then. There is no RequestID, no Balance, and a
// Status only if all parts have the same. TakenAt is the earliest, OnlyOne is true if it is of all parts, and
// CanceledUnauthorized if it is of all with canceled items. Digest and [Result.PayAgain] are of the whole request.
//
// The error matches [ErrOtherPayout] if a result has an item that the request does not have, or has with another
// amount, or if two results have the same item.
func Combine(request gen.MassPayoutInitializeRequest, parts []*Result) (*Result, error) {
	whole := newResult(&request, Digest(request), ByExternalID(request.ExternalID))
	index := indexOf(request.Items)
	if len(index) != len(request.Items) {
		return nil, errors.New("payout: Combine: two items of the request have one itemExternalId")
	}
	done := make([]bool, len(request.Items))
	canceled, unsure := false, false
	parts = slices.DeleteFunc(slices.Clone(parts), func(part *Result) bool { return part == nil })
	whole.OnlyOne = true
	for n, part := range parts {
		for i := range part.Items {
			item := &part.Items[i]
			at, ok := index[canonical(item.ItemExternalID)]
			switch {
			case !ok:
				return nil, otherPart(part, item, "which the request does not have")
			case done[at]:
				return nil, otherPart(part, item, "which another result has, too")
			case !item.Amount.Value.Equal(request.Items[at].Amount.Value),
				item.Amount.Currency != request.Items[at].Amount.Currency:
				return nil, otherPart(part, item, "of which the request has another amount")
			}
			done[at], whole.Items[at] = true, *item
			if item.Status == gen.ItemStatusMassPayoutCanceled {
				canceled, unsure = true, unsure || !part.CanceledUnauthorized
			}
		}
		if n == 0 {
			whole.Status, whole.TakenAt = part.Status, part.TakenAt
		}
		if part.Status != parts[0].Status {
			whole.Status = ""
		}
		if part.TakenAt.Before(whole.TakenAt) {
			whole.TakenAt = part.TakenAt
		}
		whole.OnlyOne = whole.OnlyOne && part.OnlyOne
	}
	if slices.Contains(done, false) { // what is not known of one part is not known of the whole
		whole.Status, whole.OnlyOne = "", false
	}
	whole.CanceledUnauthorized = canceled && !unsure
	return whole, nil
}

func otherPart(part *Result, item *Item, problem string) error {
	return fmt.Errorf("payout: %w: the result of %q has item %q, %s",
		ErrOtherPayout, part.ExternalID, item.ItemExternalID, problem)
}

// PaySplit pays a request of any size: it splits it, and pays the parts, each with a store of its own, which store
// returns for the part's externalId. A request that needs no splitting is one part, and PaySplit is [Pay] then.
//
// First, all parts are stored at iyzico and reviewed. Then the balance is compared with what all of them take, and
// [WithConfirm] is asked once, with the Result of the whole. Only then are the parts authorized, one after the other,
// and followed to their ends. So nobody is paid while any part is refused, differs, or is not confirmed.
//
// The Result is that of [Combine]; the error is that of [Split], that of store, or an [*Error], whose MoneyMayHaveMoved
// tells of all parts. If a part stops, no further one is authorized. Call PaySplit again with the same request, limit
// and stores to continue: what was authorized goes on, and the others are confirmed again. A part that ended without
// being carried out ([ErrNotCarriedOut]), or of which all items are refused and that is allowed ([WithRefusedItems]),
// does not keep the others from being paid; the first such error is returned in the end.
func PaySplit(
	ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, limit PartLimit,
	store func(externalID string) (Store, error), opts ...Option,
) (*Result, error) {
	s, err := newSplit(ctx, client, request, limit, store, opts)
	if err != nil {
		return nil, err
	}
	if len(s.parts) == 1 {
		return s.parts[0].pay(ctx, hasEnded)
	}
	authorized := func(p Progress) bool { return p.Ended || p.Step == StepAuthorized }
	for _, p := range s.parts { // until it would ask, or is authorized already
		if err := s.run(ctx, p, errWaits, authorized); errors.Is(err, errWaits) {
			p.agreed = confirmDigest(p.result)
		} else if err != nil {
			return s.stop(p, err)
		}
	}
	if err := s.ask(ctx); err != nil {
		return s.stop(nil, err)
	}
	for _, p := range s.parts {
		if p.agreed != "" {
			if err := s.run(ctx, p, nil, authorized); err != nil {
				return s.stop(p, err)
			}
		}
	}
	for _, p := range s.parts {
		if err := s.run(ctx, p, errWaits, hasEnded); err != nil {
			return s.stop(p, err)
		}
	}
	return s.stop(nil, s.unpaid)
}

// CancelSplit cancels the parts of a request that PaySplit pays, as [Cancel] does each. The error is of the first that
// could not be canceled; it matches [ErrNotFound] if there is nothing to cancel, and [ErrTooLate] if one is authorized.
func CancelSplit(
	ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, limit PartLimit,
	store func(externalID string) (Store, error), opts ...Option,
) (*Result, error) {
	s, err := newSplit(ctx, client, request, limit, store, opts)
	if err != nil {
		return nil, err
	}
	var first, absent error
	there := 0
	for _, p := range s.parts {
		p.wantCancel = true
		_, err := p.pay(ctx, hasEnded)
		if errors.Is(err, ErrNotFound) {
			absent, p.result = s.of(p, err), nil
			continue
		}
		there++
		if err != nil && first == nil {
			first = s.of(p, err)
		}
	}
	if there == 0 {
		first = absent
	}
	return s.stop(nil, first)
}

// errWaits stops a part that is ready to be authorized.
var errWaits = errors.New("the other parts come first")

// split is one run of PaySplit.
type split struct {
	*config
	request gen.MassPayoutInitializeRequest
	parts   []*part
	unpaid  error // the first of a part that ended without being carried out
}

// part is one payout of a split.
type part struct {
	*machine
	agreed string // the digest of what is confirmed with the others; empty if it was authorized already
	moved  bool   // its auth may have been sent
}

func newSplit(
	ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, limit PartLimit,
	store func(externalID string) (Store, error), opts []Option,
) (*split, error) {
	c, err := newConfig(client, opts)
	if err == nil && store == nil {
		err = errors.New("payout: PaySplit: the function that returns the stores is nil")
	}
	if err != nil {
		return nil, err
	}
	requests, err := Split(request, limit)
	if err != nil {
		return nil, err
	}
	opts = append(slices.Clip(opts), WithDigest("")) // which is of the whole request
	s := &split{config: c, request: request}
	for i := range requests {
		name, p := requests[i].ExternalID, &part{}
		of, err := store(name)
		if err == nil {
			p.machine, err = machineFor(client, name, of, opts)
		}
		if err != nil {
			return nil, fmt.Errorf("payout: the store of part %d of %d, %q: %w", i+1, len(requests), name, err)
		}
		s.parts = append(s.parts, p)
	}
	wrong := c.accept(&request, Digest(request)) // wherever it was cut
	for i, p := range s.parts {
		if wrong != nil {
			p.moved = p.invalid(ctx, wrong).MoneyMayHaveMoved
		} else if err := p.pays(ctx, &requests[i]); err != nil {
			return nil, err
		}
	}
	if wrong != nil {
		return nil, s.of(nil, s.parts[0].invalid(ctx, wrong))
	}
	return s, nil
}

// run takes a part as far as is wanted, and confirms what was confirmed with the whole, unless it is to decline.
func (s *split) run(ctx context.Context, p *part, decline error, far func(Progress) bool) error {
	p.config.confirm = func(_ context.Context, result *Result) error {
		if decline == nil && confirmDigest(result) != p.agreed {
			return errors.New("what would be paid has changed since it was confirmed")
		}
		return decline
	}
	_, err := p.pay(ctx, far)
	stopped, isStop := errors.AsType[*Error](err)
	p.moved = p.moved || err == nil || isStop && stopped.MoneyMayHaveMoved
	refused, isRefused := errors.AsType[*RefusedItemsError](err)
	nothing := isRefused && s.allowRefused && refused.Accepted == 0
	if nothing || errors.Is(err, ErrNotCarriedOut) { // it pays nothing more, which does not concern the others
		s.unpaid = cmp.Or(s.unpaid, s.of(p, err))
		return nil
	}
	return err
}

// ask asks once for all parts that wait, when the balance suffices for them.
func (s *split) ask(ctx context.Context) error {
	need := Totals{}
	var balance *decimal.Decimal
	for _, p := range s.parts {
		if p.agreed == "" {
			continue
		}
		balance = p.result.Balance
		for currency, amount := range p.result.Need() {
			need[currency] = need[currency].Add(amount)
		}
	}
	whole, err := s.combine()
	if err != nil || balance == nil { // nothing is to be confirmed
		return err
	}
	whole.Balance = balance
	stopped := &Error{Ref: ByExternalID(s.request.ExternalID), Step: StepStored}
	if need.exceed(*balance) {
		stopped.Err = &BalanceError{Need: need, Balance: *balance}
		stopped.Advice = "top the balance up and call again, or CancelSplit"
		return stopped
	}
	if err := s.confirm(ctx, whole); err != nil {
		stopped.Err, stopped.Advice = fmt.Errorf("not confirmed: %w", err), "call again and confirm, or CancelSplit"
		return stopped
	}
	return nil
}

// stop returns what is known of all parts, and why no more is done.
func (s *split) stop(p *part, err error) (*Result, error) {
	whole, combineErr := s.combine()
	return whole, cmp.Or(combineErr, s.of(p, err))
}

func (s *split) combine() (*Result, error) {
	results := make([]*Result, len(s.parts))
	for i, p := range s.parts {
		results[i] = p.result
	}
	return Combine(s.request, results)
}

// of returns an error as one of a part (nil: of all), which tells of the money of all.
func (s *split) of(p *part, err error) error {
	stopped, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	all := *stopped
	if p != nil {
		all.Err = fmt.Errorf("part %d of %d: %w", slices.Index(s.parts, p)+1, len(s.parts), stopped.Err)
	}
	for _, p := range s.parts {
		all.MoneyMayHaveMoved = all.MoneyMayHaveMoved || p.moved
	}
	return &all
}

// NotAgain is an item that must not be paid again, with the reason.
type NotAgain struct {
	Item Item   `json:"item"`
	Why  string `json:"why"`
}

// PayAgain returns a request, under another externalId, with the items that may safely be paid again: those that were
// refused at init, came back to the balance, or were canceled before any of our auths. It also returns all other
// items, with the reason why not. Correct the recipients first: what was refused or came back once will be again.
//
// Give the same externalId whenever you ask for the same result: under two of them, the items are paid twice. If
// nothing may be paid again, the request has no items. The error is ErrOtherPayout if request is not the payout's.
func (r *Result) PayAgain(
	request gen.MassPayoutInitializeRequest, externalID string,
) (again gen.MassPayoutInitializeRequest, not []NotAgain, err error) {
	switch {
	case r == nil:
		return again, nil, errors.New("payout: there is no result")
	case strings.TrimSpace(externalID) == "" || gen.FoldName(externalID) == gen.FoldName(r.ExternalID):
		return again, nil, errors.New("payout: externalId: must differ from the payout's")
	case Digest(request) != r.Digest:
		return again, nil, fmt.Errorf("payout: %w: the result belongs to another request", ErrOtherPayout)
	}
	of := make(map[string]gen.MassPayoutItem, len(request.Items))
	for _, item := range request.Items {
		of[canonical(item.ItemExternalID)] = item
	}
	again = request
	again.ExternalID, again.ConversationID, again.Items = externalID, "", nil
	for _, item := range r.Items {
		if why := r.notAgain(item); why != "" {
			not = append(not, NotAgain{Item: item, Why: why})
		} else {
			again.Items = append(again.Items, of[canonical(item.ItemExternalID)])
		}
	}
	return again, not, nil
}

// notAgain says why an item must not be paid again, or nothing.
func (r *Result) notAgain(item Item) string {
	funds := item.Status.Funds()
	switch {
	case funds == gen.FundsBack, funds == gen.FundsNeverMoved && r.CanceledUnauthorized:
		return ""
	case funds == gen.FundsNeverMoved && item.RefusedLate:
		return "it was refused, but not known to be so before it was authorized: ask iyzico where the money is"
	case funds == gen.FundsNeverMoved && !item.refused():
		return "it was canceled, but an auth may have come first: ask iyzico where the money is"
	case funds == gen.FundsNeverMoved:
		return ""
	case funds == gen.FundsNotMoved && phaseOf(r.Status).afterAuth():
		return "it has not moved yet and still may, and its payout cannot be canceled any more: ask iyzico"
	}
	return cmp.Or(whyNotAgain[funds], "its status is not known: ask iyzico where its money is")
}

var whyNotAgain = map[gen.Funds]string{
	gen.FundsWithRecipient: "it has been paid",
	gen.FundsNotMoved:      "it has not moved yet and still may: Cancel its payout first",
	gen.FundsOnTheWay:      "it is on the way",
	gen.FundsUnsettled: "it failed at the bank, and whether its money comes back is not known yet: " +
		"wait until it says so",
	gen.FundsStuck: "it failed, and its money did not come back: ask iyzico for it",
}
