package gen

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// readBody reads and closes the body of rsp. An answer that cannot be read to its end tells nothing of the outcome.
func readBody(operation string, rsp *http.Response) ([]byte, error) {
	defer rsp.Body.Close()
	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		return nil, unreadable(operation, rsp, body, fmt.Errorf("reading the answer: %w", err))
	}
	return body, nil
}

// readResult is the accepted answer in body, or an *APIError. The answer's status decides, not the HTTP code, and
// neither does the content type: gateways and proxies set both.
func readResult[T any](operation string, rsp *http.Response, body []byte) (*T, error) {
	var envelope envelope
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, unreadable(operation, rsp, body, fmt.Errorf("the answer is not the API's JSON: %w", err))
	}
	if rsp != nil && 300 <= rsp.StatusCode && rsp.StatusCode < 400 {
		return nil, unreadable(operation, rsp, body, errors.New("a redirect, which is not followed"))
	}
	switch Status(envelope.Status) {
	case StatusSuccess:
		answer := new(T)
		if err := json.Unmarshal(body, answer); err != nil {
			return nil, unreadable(operation, rsp, body, fmt.Errorf("the answer is not the API's JSON: %w", err))
		}
		if a, ok := any(answer).(interface{ missing() string }); ok && a.missing() != "" {
			return nil, unreadable(operation, rsp, body, fmt.Errorf("the answer has no %s", a.missing()))
		}
		return answer, nil
	case StatusFailure:
		e := unreadable(operation, rsp, nil, nil)
		envelope.fill(e)
		return nil, e
	default:
		return nil, unreadable(operation, rsp, body, errors.New("the answer has no status success or failure"))
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

// unreadable is the error of an answer of which only the HTTP part is known.
func unreadable(operation string, rsp *http.Response, body []byte, err error) *APIError {
	e := &APIError{Operation: operation, Excerpt: excerpt(body), Err: err}
	if rsp != nil {
		e.StatusCode = rsp.StatusCode
		e.RetryAfter = retryAfter(rsp.Header, time.Now())
	}
	return e
}
