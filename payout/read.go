package payout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// reader reads, and checks whose response it got.
type reader struct {
	Reader
	*config
}

// errNothing is a response that says success and has no payout.
var errNothing = errors.New("the response has no payout")

// retrieve asks for one page, once. The response must not name another payout than want, which says all that is known
// of it, whichever name is asked by.
func (r *reader) retrieve(
	ctx context.Context, ask, want Ref, which gen.ItemType, page, size int,
) (*gen.MassPayoutRetrieveResponse, error) {
	response, err := r.RetrieveMassPayout(ctx, ask.request(which, page, size))
	var incomplete *gen.APIError
	if errors.As(err, &incomplete) && incomplete.Missing != "" {
		err = fmt.Errorf("%w: %w", errNothing, err)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the %s: %w", ask, err)
	}
	payout := &response.MassPayout
	if page == 0 && payout.MassPayoutStatus == "" && payout.ExternalID == "" && len(response.MassPayoutItems.Items) == 0 {
		return nil, fmt.Errorf("reading the %s: %w", ask, errNothing)
	}
	if want.ExternalID != "" && payout.ExternalID != "" && !sameID(payout.ExternalID, want.ExternalID) {
		return nil, fmt.Errorf("reading the %s: %w: it names %q", ask, ErrForeignResponse, payout.ExternalID)
	}
	for i := range response.MassPayoutItems.Items {
		named := response.MassPayoutItems.Items[i].MassPayoutRequestID
		if want.RequestID != "" && named != "" && !sameID(string(named), string(want.RequestID)) {
			return nil, fmt.Errorf("reading the %s: %w: an item names requestId %q", ask, ErrForeignResponse, string(named))
		}
	}
	return response, nil
}

// sameID compares ids as iyzico may write them.
func sameID(a, b string) bool { return strings.EqualFold(a, b) }

// retrievePatiently is retrieve, but waits out rate limits and failures that may pass, within bounds, so that a
// reading of many pages goes on at the page where it was.
func (r *reader) retrievePatiently(
	ctx context.Context, ask, want Ref, which gen.ItemType, page, size int,
) (*gen.MassPayoutRetrieveResponse, error) {
	const tries = 3
	var waited time.Duration
	for n := 0; ; n++ {
		response, err := r.retrieve(ctx, ask, want, which, page, size)
		if err == nil || ctx.Err() != nil {
			return response, err
		}
		limited := errors.Is(err, gen.ErrRateLimited)
		if !limited && (n+1 >= tries || errors.Is(err, gen.ErrRefused) || errors.Is(err, errNothing)) {
			return nil, err
		}
		wait := max(r.backoff(n), r.retryAfter(err))
		if waited += wait; waited > r.longestRetryAfter {
			return nil, err
		}
		if sleep(ctx, wait) != nil {
			return nil, err
		}
	}
}

// paging returns the size of the page and the number of items, which iyzico's worked example has inside
// massPayoutItems and its schema beside it.
func paging(response *gen.MassPayoutRetrieveResponse) (size, total int) {
	inside := response.MassPayoutItems
	return cmp.Or(inside.Size, response.Size), cmp.Or(inside.Total, response.Total)
}

// refusal is what a response looks like that may mean that there is no such payout.
type refusal struct {
	status int
	code   gen.ErrorCode
	group  string
}

// negative reports whether err may mean that there is no such payout. Refusals about keys, signature, permission or a
// product that is not enabled never do, and neither does one that gives no code.
func negative(err error) (refusal, bool) {
	if errors.Is(err, errNothing) {
		return refusal{}, true
	}
	var refused *gen.APIError
	if !errors.Is(err, gen.ErrRefused) || !errors.As(err, &refused) {
		return refusal{}, false
	}
	switch refused.Code {
	case "", "1000", "1001", "1007", "1009", "2000", "100001":
		return refusal{}, false
	}
	switch refused.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return refusal{}, false
	}
	return refusal{status: refused.StatusCode, code: refused.Code, group: refused.Group}, true
}
