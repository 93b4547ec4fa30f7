package gen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// readResponse returns the accepted response in content, or an *APIError. The response's status decides, not the HTTP
// status or the content type: gateways and proxies set both.
func readResponse[T any](ctx context.Context, op operation, resp *http.Response, content []byte) (*T, *APIError) {
	if 300 <= resp.StatusCode && resp.StatusCode < 400 {
		return nil, op.unreadable(resp, content, errors.New("the server redirected, and redirects are not followed"))
	}
	response := new(T)
	r := reader{data: content, ctx: ctx}
	envelope, mismatched, err := r.response(response)
	if err != nil {
		return nil, op.unreadable(resp, content, fmt.Errorf("the response is not JSON in iyzico's format: %w", err))
	}
	switch Status(envelope.text(inStatus)) {
	case StatusSuccess:
		if code := envelope.text(inErrorCode); code != "" && code != "0" {
			return nil, op.unreadable(resp, content, errors.New(`the response's status is "success", but it has an errorCode`))
		}
		if mismatched != nil {
			return nil, op.unreadable(resp, content, fmt.Errorf("the response is not JSON in iyzico's format: %w", mismatched))
		}
		if r, ok := any(response).(interface{ missing() string }); ok && r.missing() != "" {
			e := op.unreadable(resp, content, fmt.Errorf("the response has no %s", r.missing()))
			e.Missing = r.missing()
			return nil, e
		}
		return response, nil
	case StatusFailure:
		e := op.unreadable(resp, nil, nil)
		envelope.fill(e)
		return nil, e
	default:
		return nil, op.unreadable(resp, content, errors.New(`the response's status is neither "success" nor "failure"`))
	}
}

// envelope holds the fields that all responses share, as they are written. A field of another type must not hide that
// iyzico said no.
type envelope [8][]byte

// The fields of an envelope, in the order of envelopePlan.
const (
	inStatus = iota
	inErrorCode
	inErrorMessage
	inErrorGroup
	inLocale
	inConversationID
	inSystemTime
	inInvalidItems
)

var envelopePlan = planOf(reflect.TypeFor[struct {
	Status         ErrorCode     `json:"status"`
	ErrorCode      ErrorCode     `json:"errorCode"`
	ErrorMessage   ErrorCode     `json:"errorMessage"`
	ErrorGroup     ErrorCode     `json:"errorGroup"`
	Locale         ErrorCode     `json:"locale"`
	ConversationID ErrorCode     `json:"conversationId"`
	SystemTime     ErrorCode     `json:"systemTime"`
	InvalidItems   []InvalidItem `json:"invalidItems"`
}]())

// response reads a whole response into v. mismatched is the first field of v that is of another type; it matters only if
// the response is a success.
func (r *reader) response(v any) (e envelope, mismatched, err error) {
	into := reflect.ValueOf(v).Elem()
	plan := planOf(into.Type())
	if r.peek() != '{' {
		return e, nil, errors.New("not a JSON object")
	}
	var seen, shared uint64
	err = r.members(func(key []byte) error {
		i, known, err := plan.find(key, &seen)
		if err != nil {
			return err
		}
		j, isShared, err := envelopePlan.find(key, &shared)
		if err != nil {
			return err
		}
		r.space()
		start, depth := r.pos, r.depth
		if known {
			field := &plan.fields[i]
			err = r.value(into.Field(field.index), field.plan)
			if m, ok := in(field.name, err).(*mismatch); ok && !m.fatal {
				if mismatched == nil {
					mismatched = m
				}
				r.pos, r.depth = start, depth
				err = r.skip()
			}
		} else {
			err = r.skip()
		}
		if isShared {
			e[j] = r.data[start:r.pos]
		}
		return err
	})
	if err == nil {
		err = r.end()
	}
	return e, mismatched, err
}

// text returns a field of any type as text, cut to a bearable length.
func (e *envelope) text(field int) string {
	raw := e[field]
	if bytes.HasPrefix(raw, []byte{'"'}) {
		raw, _ = (&reader{data: raw}).stringBytes()
	} else if string(raw) == "null" {
		return ""
	}
	if len(raw) > maxShown {
		return strings.ToValidUTF8(string(raw[:maxShown]), "") + "…"
	}
	return string(raw)
}

// maxShown is how many bytes of a text from a refusal are kept.
const maxShown = 4 << 10

// maxMasked is how many bytes of the messages of refused items are kept together: masking takes its time.
const maxMasked = 256 << 10

func (e *envelope) fill(to *APIError) {
	to.Status = StatusFailure
	to.Code = ErrorCode(mask(e.text(inErrorCode)))
	to.Message = mask(e.text(inErrorMessage))
	to.Group = mask(e.text(inErrorGroup))
	to.Locale = mask(e.text(inLocale))
	to.ConversationID = e.text(inConversationID)
	to.SystemTime, _ = strconv.ParseInt(e.text(inSystemTime), 10, 64) // 0 if it is not a time
	if raw := e[inInvalidItems]; raw != nil && (&reader{data: raw}).readAll(&to.InvalidItems) != nil {
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

// The methods missing name the field without which an accepted response says nothing, if it is absent. A zero value in
// its place would read as a fact: a balance of nothing, a payout without a name.

func (r *MassPayoutInitializeResponse) missing() string {
	if r.RequestID == "" {
		return "requestId"
	}
	return ""
}

func (r *MassPayoutBalanceResponse) missing() string {
	if r.Balance == (decimal.Decimal{}) { // not even a zero was read
		return "balance"
	}
	return ""
}

func (r *MassPayoutRetrieveResponse) missing() string {
	if r.MassPayout.MassPayoutStatus == "" && r.MassPayoutItems.Items == nil {
		return "massPayout"
	}
	return ""
}

func (r *MassPayoutItemRetrieveResponse) missing() string {
	if r.Item.ItemStatus == "" {
		return "item"
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

// The amounts of a response marshal as they are read, as numbers with every digit. decimal's own encoding quotes them,
// unless the switch decimal.MarshalJSONWithoutQuotes of the whole process is set.

// MarshalJSON writes the amounts as numbers with every digit.
func (l MassPayoutItemDetail) MarshalJSON() ([]byte, error) {
	type fields MassPayoutItemDetail // without this method
	return json.Marshal(struct {
		CommissionAmount number `json:"commissionAmount"`
		TotalAmount      number `json:"totalAmount"`
		fields
	}{number(l.CommissionAmount), number(l.TotalAmount), fields(l)})
}

// MarshalJSON writes the amounts as numbers with every digit.
func (s MassPayoutSummary) MarshalJSON() ([]byte, error) {
	type fields MassPayoutSummary // without this method
	return json.Marshal(struct {
		TotalAmount           number `json:"totalAmount"`
		TotalCommissionAmount number `json:"totalCommissionAmount"`
		TotalSuccessfulAmount number `json:"totalSuccessfulAmount"`
		fields
	}{number(s.TotalAmount), number(s.TotalCommissionAmount), number(s.TotalSuccessfulAmount), fields(s)})
}

// MarshalJSON writes the balance as a number with every digit.
func (r MassPayoutBalanceResponse) MarshalJSON() ([]byte, error) {
	type fields MassPayoutBalanceResponse // without this method
	return json.Marshal(struct {
		Balance number `json:"balance"`
		fields
	}{number(r.Balance), fields(r)})
}

// UnmarshalJSON reads what MarshalJSON writes, and what iyzico sends. It fails for an amount of more than a thousand
// digits, and for a field that is there twice.
func (l *MassPayoutItemDetail) UnmarshalJSON(data []byte) error {
	return unmarshal(data, l, "item", false)
}

// UnmarshalJSON reads what MarshalJSON writes, and what iyzico sends. It fails for an amount of more than a thousand
// digits, and for a field that is there twice.
func (s *MassPayoutSummary) UnmarshalJSON(data []byte) error {
	return unmarshal(data, s, "massPayout", false)
}

// UnmarshalJSON reads what MarshalJSON writes, and what iyzico sends. It fails for an amount of more than a thousand
// digits, and for a field that is there twice.
func (r *MassPayoutBalanceResponse) UnmarshalJSON(data []byte) error {
	return unmarshal(data, r, "response", false)
}
