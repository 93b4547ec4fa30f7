package gen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen/internal/strictjson"
)

// readResponse returns the accepted response in content, or an *APIError. The response's status decides, not the HTTP
// status or the content type: gateways and proxies set both.
func readResponse[T any](ctx context.Context, op operation, resp *http.Response, content []byte) (*T, *APIError) {
	if 300 <= resp.StatusCode && resp.StatusCode < 400 {
		return nil, op.unreadable(resp, content, errors.New("the server redirected, and redirects are not followed"))
	}
	response, e := new(T), envelope{{Name: "status"}, {Name: "errorCode"}, {Name: "errorMessage"}, {Name: "errorGroup"},
		{Name: "locale"}, {Name: "conversationId"}, {Name: "systemTime"}, {Name: "invalidItems"}}
	options := strictjson.Options{Stopped: func() error { return ended(ctx) }}
	mismatched, err := strictjson.Object(content, response, e, options)
	if err != nil {
		return nil, op.unreadable(resp, content, fmt.Errorf("the response is not JSON in iyzico's format: %w", err))
	}
	switch Status(e.text("status")) {
	case StatusSuccess:
		if code := e.text("errorCode"); code != "" && code != "0" {
			return nil, op.unreadable(resp, content, errors.New(`the response's status is "success", but it has an errorCode`))
		}
		if mismatched != nil {
			return nil, op.unreadable(resp, content, fmt.Errorf("the response is not JSON in iyzico's format: %w", mismatched))
		}
		if field := missing(response); field != "" {
			e := op.unreadable(resp, content, fmt.Errorf("the response has no %s", field))
			e.Missing = field
			return nil, e
		}
		if field := negative(response); field != "" {
			return nil, op.unreadable(resp, content, fmt.Errorf("the response has a negative %s", field))
		}
		return response, nil
	case StatusFailure:
		refusal := op.unreadable(resp, nil, nil)
		e.fill(refusal)
		return nil, refusal
	default:
		return nil, op.unreadable(resp, content, errors.New(`the response's status is neither "success" nor "failure"`))
	}
}

// envelope holds the fields that all responses share, as they are written: a field of another type must not hide that
// iyzico said no.
type envelope []strictjson.Member

// raw returns a field as it is written; nil if it is not there.
func (e envelope) raw(field string) []byte {
	return e[slices.IndexFunc(e, func(m strictjson.Member) bool { return m.Name == field })].JSON
}

// text returns a field of any type as text, cut to a bearable length.
func (e envelope) text(field string) string {
	text := strictjson.Text(e.raw(field))
	if len(text) > maxShown {
		return strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}

// maxShown is how many bytes of a text from a refusal are kept.
const maxShown = 4 << 10

// maxMasked is how many bytes of the messages of refused items are kept together: masking takes its time.
const maxMasked = 256 << 10

func (e envelope) fill(to *APIError) {
	to.Status = StatusFailure
	to.Code = ErrorCode(mask(e.text("errorCode")))
	to.Message = mask(e.text("errorMessage"))
	to.Group = mask(e.text("errorGroup"))
	to.Locale = mask(e.text("locale"))
	to.ConversationID = e.text("conversationId")
	to.SystemTime, _ = strconv.ParseInt(e.text("systemTime"), 10, 64) // 0 if it is not a time
	if raw := e.raw("invalidItems"); raw != nil && strictjson.Unmarshal(raw, &to.InvalidItems, strictjson.Options{}) != nil {
		to.InvalidItems = nil
	}
	left := maxMasked
	for i := range to.InvalidItems {
		item := &to.InvalidItems[i]
		if left -= len(item.ErrorMessage); left < 0 {
			item.ErrorMessage = ""
		}
		item.ErrorMessage = mask(item.ErrorMessage)
	}
}

// AllAccepted reports whether every item of the payout was accepted. If not, InvalidItems names those that were refused:
// they will not be paid, whatever becomes of the others.
func (r *MassPayoutInitializeResponse) AllAccepted() bool { return len(r.InvalidItems) == 0 }

// missing names the field without which an accepted response says nothing, if it is absent. A zero value in its place
// would read as a fact: a balance of nothing, a payout without a name.
func missing(response any) string {
	switch r := response.(type) {
	case *MassPayoutInitializeResponse:
		if r.RequestID == "" {
			return "requestId"
		}
	case *MassPayoutBalanceResponse:
		if r.Balance == (decimal.Decimal{}) { // not even a zero was read
			return "balance"
		}
	case *MassPayoutRetrieveResponse:
		if r.MassPayout.MassPayoutStatus == "" && r.MassPayoutItems.Items == nil {
			return "massPayout"
		}
	case *MassPayoutItemRetrieveResponse:
		if r.Item.ItemStatus == "" {
			return "item"
		}
	}
	return ""
}

// negative names the first amount of an accepted response that is below zero, if there is one. No sum that iyzico
// documents can be: such a response cannot be shown, let alone added up. A balance may be, as after a debit.
func negative(response any) string {
	switch r := response.(type) {
	case *MassPayoutRetrieveResponse:
		if name := r.MassPayout.negative(); name != "" {
			return "massPayout." + name
		}
		for i := range r.MassPayoutItems.Items {
			if name := r.MassPayoutItems.Items[i].negative(); name != "" {
				return fmt.Sprintf("massPayoutItems.items[%d].%s", i, name)
			}
		}
	case *MassPayoutItemRetrieveResponse:
		if name := r.Item.negative(); name != "" {
			return "item." + name
		}
	}
	return ""
}

// Reasons returns why the item was refused or not paid, in the requested language: ErrorMessages, or ErrorMessage where
// a response has that instead.
func (l *MassPayoutItemDetail) Reasons() []string {
	if len(l.ErrorMessages) > 0 || l.ErrorMessage == "" {
		return l.ErrorMessages
	}
	return []string{l.ErrorMessage}
}
