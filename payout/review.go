package payout

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// Review reads all items of a stored payout, as [Items] does, and compares them with the request: before auth to see
// what will be paid, after it to see the outcome of each item.
//
// The error matches [ErrOtherPayout] if iyzico shows another payout than the request, naming the item and the field;
// [ErrInconsistentPages] if items repeat or some of the request's are missing; [ErrUnverified] if the responses do not
// name the payout; and an error of package gen if a page cannot be read. Whether an item that is INVALID after auth
// was refused before it, only the Result of [Pay] tells: that of Review does not offer it for paying again.
func Review(
	ctx context.Context, client Reader, ref Ref, request gen.MassPayoutInitializeRequest, opts ...Option,
) (*Result, error) {
	r, err := newRetriever(client, ref, "review", opts)
	if err != nil {
		return nil, err
	}
	want := ref
	want.ExternalID = cmp.Or(ref.ExternalID, request.ExternalID)
	got := r.readAll(ctx, ref, want, newMatcher(&request, Digest(request), nil))
	if err := cmp.Or(got.failure, got.differs, got.partial, got.unnamed); err != nil {
		return nil, err
	}
	if got.status == "" {
		return nil, fmt.Errorf("reviewing the %s: the response has no status: %w", ref, gen.ErrOutcomeUnknown)
	}
	if got.phase.afterAuth() {
		new(State).markRefusedLate(got.result)
	}
	return got.result, nil
}

// Items returns all items of a payout of one type, gen.ItemTypeValid or gen.ItemTypeInvalid: those that iyzico
// accepted, or refused, at init. The empty type means both, the accepted ones first. It reads a few pages at a time,
// see [WithPageSize]; it waits for rate limits to pass, within bounds, and continues at the same page.
//
// An error comes once and last; the items before it are good. It is one of gen's, the context's, [ErrForeignResponse],
// or [ErrInconsistentPages] if items come twice, are fewer than the server counts, or are of the other type.
func Items(
	ctx context.Context, client Reader, ref Ref, which gen.ItemType, opts ...Option,
) iter.Seq2[gen.MassPayoutItemDetail, error] {
	return func(yield func(gen.MassPayoutItemDetail, error) bool) {
		r, err := newRetriever(client, ref, "read", opts)
		if err != nil {
			yield(gen.MassPayoutItemDetail{}, err)
			return
		}
		types := []gen.ItemType{which}
		if which == "" {
			types = []gen.ItemType{gen.ItemTypeValid, gen.ItemTypeInvalid}
		}
		for _, which := range types {
			for response, err := range r.pages(ctx, query{ask: ref, want: ref, which: which}) {
				if err != nil {
					yield(gen.MassPayoutItemDetail{}, err)
					return
				}
				for _, item := range response.MassPayoutItems.Items {
					if (item.ItemStatus == gen.ItemStatusInvalid) != (which == gen.ItemTypeInvalid) {
						err = fmt.Errorf("%w: item %q is %q, but %s items were requested",
							ErrInconsistentPages, item.ItemExternalID, string(item.ItemStatus), which)
						item = gen.MassPayoutItemDetail{}
					}
					if !yield(item, err) || err != nil {
						return
					}
				}
			}
		}
	}
}

// look is all that one look saw.
type look struct {
	seen
	status  gen.PayoutStatus // the payout's; empty: not seen
	result  *Result          // nil where not all items were read
	first   *gen.MassPayoutRetrieveResponse
	pages   [][]int // see Result
	found   *Found  // under our externalId, in the Unicode form in which it was
	named   bool    // a response by our externalId came,
	onlyOne bool    // and named the requestId
	// refusedItems are those of State.Refused and those that this look shows so; nil if it shows none.
	refusedItems map[string]gen.ErrorCode
	reviewed     string // see State.Reviewed
	pageSize     int    // that the server allows; 0: not known
	identified   bool   // a response named the payout
}

// readAll reads the accepted items, and the refused ones if the accepted were not all, and compares them.
func (r *retriever) readAll(ctx context.Context, ask, want Ref, items *matcher) (got look) {
	result := newResult(items.request, items.digest, want)
	result.TakenAt = time.Now().Round(0).UTC()
	read := make([]bool, len(result.Items))
	left := len(read)
	for _, which := range []gen.ItemType{gen.ItemTypeValid, gen.ItemTypeInvalid} {
		if left == 0 || got.partial != nil {
			break
		}
		for response, err := range r.pages(ctx, query{ask: ask, want: want, which: which}) {
			if got.first == nil && response != nil { // the oldest status: the items are no older
				got.first, got.status = response, response.MassPayout.MassPayoutStatus
				got.phase = phaseOf(got.status)
			}
			if response != nil {
				got.unnamed = cmp.Or(got.unnamed, unnamed(response, want))
			}
			if errors.Is(err, ErrInconsistentPages) {
				got.partial = err
				break
			}
			if err != nil {
				return look{seen: seen{failure: err}}
			}
			var indexes []int
			for j := range response.MassPayoutItems.Items {
				shown := &response.MassPayoutItems.Items[j]
				result.RequestID = cmp.Or(result.RequestID, shown.MassPayoutRequestID)
				i := items.take(shown, !got.phase.afterAuth())
				indexes = append(indexes, i)
				switch {
				case i < 0:
				case !read[i]:
					read[i], left = true, left-1
					result.Items[i].update(shown)
				case got.partial == nil:
					got.partial = fmt.Errorf("%w: item %q came twice", ErrInconsistentPages, shown.ItemExternalID)
				}
			}
			if which == gen.ItemTypeValid {
				got.pages = append(got.pages, indexes)
			}
		}
	}
	if left > 0 && got.partial == nil {
		got.partial = fmt.Errorf("%w: iyzico shows %d items of %d, and not %q", ErrInconsistentPages,
			len(read)-left, len(read), result.Items[slices.Index(read, false)].ItemExternalID)
	}
	got.there, got.differences, result.Status = true, items.differences, got.status
	got.open = slices.ContainsFunc(result.Items, Item.isOpen)
	got.result = result
	return got
}

// matcher lays items beside the request, one after the other. Its errors never have a value.
type matcher struct {
	request *gen.MassPayoutInitializeRequest
	digest  string                   // of the request
	refused map[string]gen.ErrorCode // see State.Refused
	index   map[string]int           // by itemExternalId
	differences
}

func newMatcher(request *gen.MassPayoutInitializeRequest, digest string, refused map[string]gen.ErrorCode) *matcher {
	return &matcher{request: request, digest: digest, refused: refused, index: indexOf(request.Items)}
}

// take compares one item, and returns its index in the request, or -1 if the request does not have it. Before auth
// everything that is shown counts; after it, descriptions and commission do not.
func (m *matcher) take(shown *gen.MassPayoutItemDetail, beforeAuth bool) int {
	id, status := canonical(shown.ItemExternalID), shown.ItemStatus
	moved := status != gen.ItemStatusInit && status != gen.ItemStatusInvalid
	if moved && m.moved == nil {
		m.moved = fmt.Errorf("%w: the item with itemExternalId %q is %q, although the payout is INIT",
			ErrNoProgress, shown.ItemExternalID, string(status))
	}
	if _, refused := m.refused[id]; refused && status == gen.ItemStatusInit && m.unlike == nil {
		m.unlike = fmt.Errorf("%w: iyzico refused the item with itemExternalId %q before, and shows it as %q now",
			ErrNoProgress, shown.ItemExternalID, string(status))
	}
	i, ok := m.index[id]
	if !ok {
		m.differs = cmp.Or(m.differs, fmt.Errorf("%w: iyzico has an item %q that the request does not have",
			ErrOtherPayout, shown.ItemExternalID))
		return -1
	}
	differs, hidden := compareItem(&m.request.Items[i], shown, beforeAuth && !moved)
	if differs != "" && m.differs == nil {
		m.differs = fmt.Errorf("%w: item %d (itemExternalId %q): %s: iyzico shows another value than the request",
			ErrOtherPayout, i, shown.ItemExternalID, differs)
	}
	if hidden != "" && m.hidden == nil {
		m.hidden = fmt.Errorf("%w: item %d (itemExternalId %q): %s", ErrUnverified, i, shown.ItemExternalID, hidden)
	}
	return i
}

// compareItem names the first field of an item that differs, and the first that is not shown whole. A refused item is not
// paid; it may have lost anything, so that nothing of it is hidden, and its amount does not count.
func compareItem(mine *gen.MassPayoutItem, shown *gen.MassPayoutItemDetail, beforeAuth bool) (differs, hidden string) {
	refused := shown.ItemStatus == gen.ItemStatusInvalid
	note := func(field string, is sameness) {
		switch {
		case is == different:
			differs = cmp.Or(differs, field)
		case is == notShown && !refused:
			hidden = cmp.Or(hidden, field)
		}
	}
	note("recipientType", equality(string(shown.RecipientType), string(mine.RecipientType)))
	note("recipientInfo", sameRecipient(mine.RecipientType, shown.RecipientInfo, mine.RecipientInfo))
	if mine.RecipientName != "" {
		note("recipientName", masked(foldName(shown.RecipientName), foldName(mine.RecipientName), nameMask))
	}
	if !refused {
		note("currency", equality(string(shown.CurrencyCode), string(mine.Amount.Currency)))
		note("amount", sameAmount(mine, shown, beforeAuth))
		if beforeAuth && shown.CommissionAmount.IsNegative() {
			note("commissionAmount", different)
		}
	}
	if text := foldName(shown.Description); beforeAuth && text != "" {
		note("description", beginning(text, foldName(mine.Description)))
	}
	return differs, hidden
}

// sameAmount compares the total, which may contain the commission: iyzico does not document whether it does. After
// auth it may be told net of it.
func sameAmount(mine *gen.MassPayoutItem, shown *gen.MassPayoutItemDetail, beforeAuth bool) sameness {
	total, value, commission := shown.TotalAmount, mine.Amount.Value, shown.CommissionAmount
	switch {
	case total.IsZero():
		return notShown
	case total.Equal(value):
		return equalShown
	case !commission.IsPositive():
		return different
	case total.Equal(value.Add(commission)), !beforeAuth && total.Equal(value.Sub(commission)):
		return equalShown
	default:
		return different
	}
}

// sameness is how a value that iyzico shows compares with ours.
type sameness int

const (
	equalShown sameness = iota
	notShown            // missing, or masked: nothing that is shown differs
	different
)

func equality(shown, mine string) sameness {
	switch strings.ToUpper(strings.TrimSpace(shown)) {
	case "":
		return notShown
	case strings.ToUpper(strings.TrimSpace(mine)):
		return equalShown
	default:
		return different
	}
}

// beginning compares texts that may be cut off.
func beginning(shown, mine string) sameness {
	switch {
	case shown == mine:
		return equalShown
	case strings.HasPrefix(mine, strings.TrimRight(shown, ". …")):
		return notShown
	default:
		return different
	}
}

// sameRecipient compares recipients of one kind: IBANs and phone numbers may be written with spaces, phone numbers
// with or without what precedes them. What a member id looks like is not documented: every character of it counts.
func sameRecipient(kind gen.RecipientType, shown, mine string) sameness {
	if strings.TrimSpace(shown) == "" {
		return notShown
	}
	if kind == gen.RecipientTypeMemberID {
		return masked(canonical(strings.TrimSpace(shown)), canonical(strings.TrimSpace(mine)), nameMask)
	}
	shown, mine = withoutSeparators(shown), withoutSeparators(mine)
	if kind == gen.RecipientTypePhone {
		shown, mine = strings.TrimPrefix(shown, "+"), strings.TrimPrefix(mine, "+")
		if !infoMask.MatchString(shown) {
			shown, mine = precedes.ReplaceAllString(shown, "$1"), precedes.ReplaceAllString(mine, "$1")
		}
	}
	return masked(shown, mine, infoMask)
}

func withoutSeparators(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '(' || r == ')' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

var (
	precedes = regexp.MustCompile(`^(?:0090|90|0)(5.{9})$`) // the ten digits of a Turkish phone number
	nameMask = regexp.MustCompile(`[*•●█…#]`)
	infoMask = regexp.MustCompile(`[*•●█…#._X]`)
)

// masked compares a value in which some characters may be masked: what it shows between the masks must be in ours, in
// that order, and at its beginning and end unless a mask is there.
func masked(shown, mine string, mask *regexp.Regexp) sameness {
	switch {
	case shown == mine:
		return equalShown
	case shown == "":
		return notShown
	case !mask.MatchString(shown):
		return different
	}
	texts := mask.Split(shown, -1)
	for i := range texts {
		texts[i] = regexp.QuoteMeta(texts[i])
	}
	whole, err := regexp.Compile("(?s)^" + strings.Join(texts, ".*") + "$")
	if err != nil || !whole.MatchString(mine) {
		return different
	}
	return notShown
}

// foldName makes names alike that differ in case or spaces, in Turkish, too.
func foldName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case 'İ', 'I', 'ı':
			return 'i'
		case '\u0307': // the dot of an i that was made lower case elsewhere
			return -1
		}
		return unicode.ToLower(r)
	}, canonical(s))
	return strings.Join(strings.Fields(s), " ")
}

func confirmDigest(result *Result) string {
	refused, commissions := []string{}, []string{}
	for _, item := range result.Refused() {
		refused = append(refused, canonical(item.ItemExternalID))
	}
	slices.Sort(refused)
	commission := result.Tallies().sum(func(t Tally) (decimal.Decimal, bool) { return t.Commission, true })
	for _, currency := range commission.Currencies() {
		commissions = append(commissions, gen.FormatDecimal(commission[currency])+" "+string(currency))
	}
	return digestVersion + shortHash(encode(struct {
		Request     string   `json:"request"`
		RequestID   string   `json:"requestId"`
		Refused     []string `json:"refused"`
		Commissions []string `json:"commissions"`
	}{result.Digest, string(result.RequestID), refused, commissions}), sha256.Size)
}
