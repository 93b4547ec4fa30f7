package gen

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// readResult returns the accepted response in content, or an *APIError. The response's status decides, not the HTTP
// code or the content type: gateways and proxies set both.
func readResult[T any](op operation, resp *http.Response, content []byte) (*T, error) {
	if 300 <= resp.StatusCode && resp.StatusCode < 400 {
		return nil, op.unreadable(resp, content, errors.New("the server redirected, and redirects are not followed"))
	}
	var envelope envelope
	if err := json.Unmarshal(content, &envelope); err != nil {
		return nil, op.unreadable(resp, content, fmt.Errorf("the response is not JSON in iyzico's format: %w", err))
	}
	switch Status(envelope.Status) {
	case StatusSuccess:
		response := new(T)
		if err := json.Unmarshal(content, response); err != nil {
			return nil, op.unreadable(resp, content, fmt.Errorf("the response is not JSON in iyzico's format: %w", err))
		}
		if r, ok := any(response).(interface{ missing() string }); ok && r.missing() != "" {
			return nil, op.unreadable(resp, content, fmt.Errorf("the response has no %s", r.missing()))
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

// envelope is what tells a refusal. A field of another type must not hide that iyzico said no, so none is an error.
type envelope struct {
	Status         text            `json:"status"`
	ErrorCode      ErrorCode       `json:"errorCode"`
	ErrorMessage   text            `json:"errorMessage"`
	ErrorGroup     text            `json:"errorGroup"`
	Locale         text            `json:"locale"`
	ConversationID text            `json:"conversationId"`
	SystemTime     text            `json:"systemTime"`
	InvalidItems   json.RawMessage `json:"invalidItems"`
}

// text reads any JSON, as ErrorCode does.
type text = ErrorCode

func (r *envelope) fill(e *APIError) {
	e.Status = StatusFailure
	e.Code = r.ErrorCode
	e.Message = maskDigits(string(r.ErrorMessage))
	e.Group = string(r.ErrorGroup)
	e.Locale = string(r.Locale)
	e.ConversationID = string(r.ConversationID)
	e.SystemTime, _ = strconv.ParseInt(string(r.SystemTime), 10, 64) // 0 if it is no time
	_ = json.Unmarshal(r.InvalidItems, &e.InvalidItems)              // none if they are none
	for i := range e.InvalidItems {
		e.InvalidItems[i].ErrorMessage = maskDigits(e.InvalidItems[i].ErrorMessage)
	}
}

// unreadable is the error of a response of which only the HTTP part is known.
func (op operation) unreadable(resp *http.Response, content []byte, err error) *APIError {
	e := &APIError{Operation: op.name, Excerpt: excerpt(content), Err: err}
	if resp != nil {
		e.StatusCode = resp.StatusCode
		e.RetryAfter = retryAfter(resp.Header, time.Now())
	}
	return e
}

// notSent is the error of a request that never left.
func (op operation) notSent(err error) *APIError {
	return &APIError{Operation: op.name, Err: err, notSent: true}
}
