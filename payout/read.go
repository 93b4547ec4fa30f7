package payout

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/iyzico-go/masspayout/gen"
)

// Reader is the set of API calls that only read. *[gen.Client] implements it.
type Reader interface {
	RetrieveMassPayout(
		context.Context, gen.MassPayoutRetrieveRequest, ...gen.RequestEditorFn,
	) (*gen.MassPayoutRetrieveResponse, error)
	RetrieveMassPayoutBalance(context.Context, ...gen.RequestEditorFn) (*gen.MassPayoutBalanceResponse, error)
}

// retriever reads, and checks whose response it got.
type retriever struct {
	Reader
	*config
	size int // of a page: as it is asked for, until the server shows what it allows
}

func newRetriever(client Reader, ref Ref, what string, opts []Option) (*retriever, error) {
	c, err := newConfig(client, opts)
	if err == nil && strings.TrimSpace(ref.ExternalID+string(ref.RequestID)) == "" {
		err = fmt.Errorf("payout: expected an externalId or a requestId to %s", what)
	}
	if err != nil {
		return nil, err
	}
	return &retriever{client, c, c.pageSize}, nil
}

// query asks for one page of a payout, by the name ask. want is all that is known of that payout.
type query struct {
	ask, want  Ref
	which      gen.ItemType
	page, size int
}

// errNothing is a response that says success and has no payout.
var errNothing = errors.New("the response has no payout")

// ask asks for one page, once.
func (r *retriever) ask(ctx context.Context, q query) (*gen.MassPayoutRetrieveResponse, error) {
	response, err := r.RetrieveMassPayout(ctx, gen.MassPayoutRetrieveRequest{
		RequestID: q.ask.RequestID, ExternalMassPayoutID: q.ask.ExternalID, ItemType: q.which, Page: q.page, Size: q.size,
	})
	if api := apiError(err); api != nil && api.Missing != "" {
		return nil, fmt.Errorf("%w: %w", errNothing, err)
	}
	if err == nil && q.page == 0 && response.MassPayout.MassPayoutStatus == "" && response.MassPayout.ExternalID == "" &&
		len(response.MassPayoutItems.Items) == 0 {
		return nil, errNothing
	}
	return response, err
}

// retrieve asks, and asks again by the externalId as Pay sends it, if there is none by the one given. It checks that
// the response names no other payout than is wanted, whichever name is asked by.
func (r *retriever) retrieve(ctx context.Context, q query) (*gen.MassPayoutRetrieveResponse, error) {
	response, err := r.ask(ctx, q)
	if name := canonical(q.ask.ExternalID); name != q.ask.ExternalID && refusal(err) != "" {
		q.ask.ExternalID = name
		response, err = r.ask(ctx, q)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the %s: %w", q.ask, err)
	}
	want, name := q.want, response.MassPayout.ExternalID
	if want.ExternalID != "" && name != "" && !sameID(name, want.ExternalID) {
		return nil, fmt.Errorf("%w: asked for the %s, the response names externalId %q", ErrForeignResponse, want, name)
	}
	for i := range response.MassPayoutItems.Items {
		named := string(response.MassPayoutItems.Items[i].MassPayoutRequestID)
		if want.RequestID != "" && named != "" && !sameID(named, string(want.RequestID)) {
			return nil, fmt.Errorf("%w: asked for the %s, an item in the response names requestId %q",
				ErrForeignResponse, want, named)
		}
	}
	return response, nil
}

// unnamed is an error if a response that retrieve returned does not say whose it is. Such a one proves nothing.
func unnamed(response *gen.MassPayoutRetrieveResponse, want Ref) error {
	named := func(item gen.MassPayoutItemDetail) bool { return item.MassPayoutRequestID != "" }
	if response.MassPayout.ExternalID != "" ||
		want.RequestID != "" && slices.ContainsFunc(response.MassPayoutItems.Items, named) {
		return nil
	}
	return fmt.Errorf("%w: asked for the %s, the response does not name it", ErrUnverified, want)
}

// refusal returns what an error looks like that may mean that there is no such payout, and nothing of others. Refusals
// about keys, signature, permission or a product that is not enabled never do, and neither does one that gives no code.
func refusal(err error) string {
	if errors.Is(err, errNothing) {
		return "nothing"
	}
	api := apiError(err)
	if api == nil || !errors.Is(err, gen.ErrRefused) || aboutAccess(api) {
		return ""
	}
	return fmt.Sprintf("HTTP %d, code %q, group %q", api.StatusCode, string(api.Code), api.Group)
}

// sameID compares ids as iyzico may write them.
func sameID(a, b string) bool { return strings.EqualFold(canonical(a), canonical(b)) }

// retrievePatiently waits out rate limits and failures that may pass, within bounds, to go on at the same page.
func (r *retriever) retrievePatiently(ctx context.Context, q query) (*gen.MassPayoutRetrieveResponse, error) {
	const tries = 3
	var waited time.Duration
	for n := 0; ; n++ {
		response, err := r.retrieve(ctx, q)
		if err == nil || ctx.Err() != nil {
			return response, err
		}
		final := n+1 >= tries || errors.Is(err, gen.ErrRefused) || errors.Is(err, gen.ErrEditor) || errors.Is(err, errNothing)
		if final && !errors.Is(err, gen.ErrRateLimited) {
			return nil, err
		}
		wait := max(r.backoff(n), r.retryAfter(err))
		if waited += wait; waited > r.longestRetryAfter || sleep(ctx, wait) != nil {
			return nil, err
		}
	}
}

// firstPage reads the first page and finds the size of pages, of which iyzico documents no bound: a server may refuse
// a large one, or return fewer items. What refuses the smallest size, too, refuses something else.
func (r *retriever) firstPage(ctx context.Context, q query) (*gen.MassPayoutRetrieveResponse, error) {
	q.page, q.size = 0, r.size
	response, err := r.retrievePatiently(ctx, q)
	for _, size := range []int{glanceSize, 10, 1} {
		refused := errors.Is(err, gen.ErrRefused) || errors.Is(err, gen.ErrOutcomeUnknown)
		if !refused || size >= r.size || ctx.Err() != nil {
			break
		}
		q.size = size
		if response, err = r.retrieve(ctx, q); err == nil {
			r.size = size
		}
	}
	if err != nil {
		return nil, err
	}
	if got := len(response.MassPayoutItems.Items); 0 < got && got < r.size {
		size, total := paging(response)
		if got < total || total == 0 && (got == size || size == 0 && r.size > glanceSize) {
			r.size = got
		}
	}
	return response, nil
}

// glanceSize is the size of a page that is read for its payout's sake, and the first to fall back to.
const glanceSize = 100

// paging returns what iyzico's worked example has inside massPayoutItems, and its schema beside it.
func paging(response *gen.MassPayoutRetrieveResponse) (size, total int) {
	inside := response.MassPayoutItems
	return cmp.Or(inside.Size, response.Size), cmp.Or(inside.Total, response.Total)
}

// pages reads a few pages at a time and yields them in order: at least one, if only to tell the payout's status, or one
// error, after which it ends; where the first page is inconsistent by itself, both.
func (r *retriever) pages(ctx context.Context, q query) iter.Seq2[*gen.MassPayoutRetrieveResponse, error] {
	return func(yield func(*gen.MassPayoutRetrieveResponse, error) bool) {
		first, err := r.firstPage(ctx, q)
		if err != nil {
			yield(nil, err)
			return
		}
		c := &consistency{size: r.size, seed: maphash.MakeSeed(), hashes: map[uint64]bool{}}
		if _, total := paging(first); total >= len(first.MassPayoutItems.Items) { // else it counts something else
			c.total = total
		}
		if err := c.add(0, first); err != nil {
			yield(first, err) // its status counts all the same
			return
		}
		if !yield(first, nil) {
			return
		}
		q.size = r.size
		for next := 1; !c.done(); {
			left := (c.total+c.size-1)/c.size - next // as far as is known
			pages := make([]*gen.MassPayoutRetrieveResponse, max(1, min(r.concurrentPages, left)))
			errs := make([]error, len(pages))
			var reading sync.WaitGroup
			for i := range pages {
				of := q
				of.page = next + i
				reading.Go(func() { pages[i], errs[i] = r.retrievePatiently(ctx, of) })
			}
			reading.Wait()
			for i := 0; i < len(pages) && !c.done(); i++ {
				page, err := pages[i], errs[i]
				if c.complete() && (err == nil || errors.Is(err, gen.ErrRefused)) && c.beyond(page) {
					return
				}
				if err == nil {
					err = c.add(next, page)
				}
				if err != nil {
					yield(nil, fmt.Errorf("page %d: %w", next, err))
					return
				}
				if len(page.MassPayoutItems.Items) > 0 && !yield(page, nil) {
					return
				}
				next++
			}
		}
		if c.total > 0 && c.read != c.total {
			yield(nil, fmt.Errorf("%w: %d items of %d", ErrInconsistentPages, c.read, c.total))
		}
	}
}

// consistency is what is remembered of the pages, to tell whether they are all items of one payout, each once.
type consistency struct {
	size   int // of a full page, as the server makes it
	total  int // of all items; 0 where the server does not say, or counts something else
	read   int // items
	last   int // of the page read last
	seed   maphash.Seed
	hashes map[uint64]bool // of the items read
}

// complete reports whether as many items were read as the server says that there are.
func (c *consistency) complete() bool { return c.total > 0 && c.read >= c.total }

// done reports whether no further page needs to be read. One full page that is all there is needs another look: the
// number is documented by its name only, and might count pages.
func (c *consistency) done() bool {
	if c.last == 0 || c.total == 0 {
		return c.last < c.size
	}
	return c.complete() && !(c.read == c.total && c.last == c.total && c.last == c.size && c.size > 1)
}

// beyond reports whether a page beyond the last has nothing new: it was refused, is empty, or is the last one again.
func (c *consistency) beyond(response *gen.MassPayoutRetrieveResponse) bool {
	isNew := func(i gen.MassPayoutItemDetail) bool { return !c.hashes[maphash.String(c.seed, i.ItemExternalID)] }
	if response == nil || !slices.ContainsFunc(response.MassPayoutItems.Items, isNew) {
		return true
	}
	c.total = 0
	return false
}

func (c *consistency) add(n int, response *gen.MassPayoutRetrieveResponse) error {
	items := response.MassPayoutItems.Items
	if got := cmp.Or(response.MassPayoutItems.Page, response.Page); got != 0 && got != n {
		return fmt.Errorf("%w: requested page %d, got page %d", ErrInconsistentPages, n, got)
	}
	if _, total := paging(response); n > 0 && c.total > 0 && total != 0 && total != c.total {
		return fmt.Errorf("%w: the server reported %d items before, and %d now", ErrInconsistentPages, c.total, total)
	}
	for i := range items {
		h := maphash.String(c.seed, items[i].ItemExternalID)
		if c.hashes[h] {
			return fmt.Errorf("%w: item %q came twice", ErrInconsistentPages, items[i].ItemExternalID)
		}
		c.hashes[h] = true
	}
	c.last = len(items)
	c.read += c.last
	return nil
}

// Found is a payout that exists.
type Found struct {
	ExternalID string `json:"externalId,omitempty"`
	// RequestID is an item's massPayoutRequestId, which only the official Java SDK knows; empty if no response has it.
	RequestID gen.RequestID    `json:"requestId,omitempty"`
	Status    gen.PayoutStatus `json:"status"`
}

// Find reports whether a payout exists, such as after the response to init was lost, and its status. It never retries.
//
// The error matches [ErrNotFound] if the payout does not exist, and [ErrUnverified] if a response does not name it,
// which proves nothing. Any error but the first means that this is not known: ask again. A request that was sent may
// arrive after you looked, so trust "not found" only after [WithSettle], as [Pay] does.
//
// iyzico does not document how it says that a payout does not exist. Most refusals mean something else, for example a
// wrong signature. So a refusal is believed only if an unused random ID gets the same one (HTTP status, code and group;
// or a success without a payout), and if the balance can be read with the same keys. Refusals about keys, signature,
// permissions or a product that is not enabled, and those without a code, never count. A server that refuses every such
// request would still deceive; so Pay asks by externalId once more before it moves money, when it must be found.
func Find(ctx context.Context, client Reader, ref Ref, opts ...Option) (*Found, error) {
	r, err := newRetriever(client, ref, "look for", opts)
	if err != nil {
		return nil, err
	}
	found, err := r.find(ctx, ref)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// find also returns what it found if a response did not name it.
func (r *retriever) find(ctx context.Context, ref Ref) (*Found, error) {
	found := &Found{ExternalID: ref.ExternalID, RequestID: ref.RequestID}
	for _, which := range []gen.ItemType{gen.ItemTypeValid, gen.ItemTypeInvalid} {
		response, err := r.retrieve(ctx, query{ref, ref, which, 0, 1})
		if no := refusal(err); no != "" {
			return nil, r.prove(ctx, ref, no, err)
		}
		if err != nil {
			return nil, err
		}
		found.Status = cmp.Or(found.Status, response.MassPayout.MassPayoutStatus)
		if err := unnamed(response, ref); err != nil {
			return found, err
		}
		found.ExternalID = cmp.Or(found.ExternalID, response.MassPayout.ExternalID)
		for _, item := range response.MassPayoutItems.Items {
			if found.RequestID == "" && item.MassPayoutRequestID.Check() == nil {
				found.RequestID = item.MassPayoutRequestID
			}
		}
		if found.RequestID != "" {
			break
		}
	}
	return found, nil
}

// prove returns ErrNotFound if the refusal of ref proves that there is no such payout, and another error if not.
func (r *retriever) prove(ctx context.Context, ref Ref, no string, refused error) error {
	control := Ref{}
	if ref.RequestID != "" {
		control.RequestID = gen.RequestID(uuid.NewString())
	}
	if ref.ExternalID != "" {
		control.ExternalID = "control-" + rand.Text()
	}
	_, err := r.retrieve(ctx, query{control, control, gen.ItemTypeValid, 0, 1})
	switch looks := refusal(err); {
	case looks == no:
	case looks != "" || err == nil:
		return fmt.Errorf("%v; and an unused random ID gets a different response", refused) // which is the cause of nothing
	default:
		return fmt.Errorf("looking for an unused random ID: %w", err)
	}
	if _, err := r.RetrieveMassPayoutBalance(ctx); err != nil {
		return fmt.Errorf("reading the balance, to prove the keys: %w", err)
	}
	return fmt.Errorf("%s: %w: %w", ref, ErrNotFound, refused)
}
