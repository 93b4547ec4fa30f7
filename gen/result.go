package gen

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
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
	var envelope struct {
		Acknowledgement
		InvalidItems []InvalidItem `json:"invalidItems"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, unreadable(operation, rsp, body, fmt.Errorf("the answer is not the API's JSON: %w", err))
	}
	if rsp != nil && 300 <= rsp.StatusCode && rsp.StatusCode < 400 {
		return nil, unreadable(operation, rsp, body, errors.New("a redirect, which is not followed"))
	}
	switch envelope.Status {
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
		e.Status = StatusFailure
		e.Code = envelope.ErrorCode
		e.Message = maskDigits(envelope.ErrorMessage)
		e.Group = envelope.ErrorGroup
		e.Locale = envelope.Locale
		e.ConversationID = envelope.ConversationID
		e.SystemTime = envelope.SystemTime
		for _, item := range envelope.InvalidItems {
			item.ErrorMessage = maskDigits(item.ErrorMessage)
			e.InvalidItems = append(e.InvalidItems, item)
		}
		return nil, e
	default:
		return nil, unreadable(operation, rsp, body, errors.New("the answer has no status success or failure"))
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
