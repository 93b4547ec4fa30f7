package gen

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/iyzico-go/masspayout/gen/internal/strictjson"
)

// response is what the template makes of a call's response.
type response[T any] interface {
	object[T]
	outcome() (Status, ErrorCode)
	missing() string
	negative() string
}

// readResponse returns the accepted response in content, or an *APIError. The response's status decides, not the HTTP
// status or the content type: gateways and proxies set both.
func readResponse[T any, R response[T]](
	ctx context.Context, op operation, resp *http.Response, content []byte,
) (*T, *APIError) {
	unreadable := func(format string, args ...any) (*T, *APIError) {
		return nil, op.unreadable(resp, content, fmt.Errorf(format, args...))
	}
	if 300 <= resp.StatusCode && resp.StatusCode < 400 {
		return unreadable("the server redirected, and redirects are not followed")
	}
	var mismatched error // of a field of another type, which must not hide that iyzico said no
	options := strictjson.Options{Stopped: func() error { return ended(ctx) }, Mismatched: &mismatched}
	r := R(new(T))
	if err := strictjson.Read(content, options, r.readJSON); err != nil {
		return unreadable("the response is not JSON in iyzico's format: %w", err)
	}
	switch status, code := r.outcome(); {
	case status == StatusFailure:
		e := op.unreadable(resp, nil, nil)
		if err := strictjson.Read(content, options, e.readJSON); err != nil {
			return unreadable("the response is not JSON in iyzico's format: %w", err)
		}
		e.mask()
		return nil, e
	case status != StatusSuccess:
		return unreadable(`the response's status is neither "success" nor "failure"`)
	case code != "" && code != "0":
		return unreadable(`the response's status is "success", but it has an errorCode`)
	case mismatched != nil:
		return unreadable("the response is not JSON in iyzico's format: %w", mismatched)
	case r.missing() != "":
		_, e := unreadable("the response has no %s", r.missing())
		e.Missing = r.missing()
		return nil, e
	case r.negative() != "":
		// No sum that iyzico documents can be: such a response cannot be shown, let alone added up.
		return unreadable("the response has a negative %s", r.negative())
	default:
		return r, nil
	}
}

// readJSON reads what a refusal says, of which only some fields need have the types that the spec gives them.
func (e *APIError) readJSON(r *strictjson.Reader) error {
	e.Status = StatusFailure
	texts := map[string]*string{
		"errorCode": (*string)(&e.Code), "errorMessage": &e.Message, "errorGroup": &e.Group, "locale": &e.Locale,
		"conversationId": &e.ConversationID,
	}
	fields := append(slices.Collect(maps.Keys(texts)), "systemTime", "invalidItems")
	return r.Object(fields, func(field string) error {
		switch field {
		case "systemTime":
			return strictjson.Int(r, &e.SystemTime)
		case "invalidItems":
			err := readItems(r, &e.InvalidItems)
			if err != nil {
				e.InvalidItems = nil
			}
			return err
		default:
			return r.Any(texts[field])
		}
	})
}

// mask masks what a refusal says.
func (e *APIError) mask() {
	e.Code = ErrorCode(mask(string(e.Code)))
	e.Message, e.Group, e.Locale = mask(e.Message), mask(e.Group), mask(e.Locale)
	e.ConversationID = cut(e.ConversationID, maxShown)
	left := 256 << 10 // bytes of the messages of items: masking takes its time
	for i := range e.InvalidItems {
		item := &e.InvalidItems[i]
		if left -= len(item.ErrorMessage); left < 0 {
			item.ErrorMessage = ""
		}
		item.ErrorMessage = mask(item.ErrorMessage)
	}
}
