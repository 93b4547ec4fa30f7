package gen

import (
	"fmt"
	"log/slog"
)

// RequestID is iyzico's ID for a payout, from the response to InitMassPayout. It has its own type because it goes into a
// path, and so that it is not mistaken for your ID for the payout, the ExternalID.
type RequestID string

// ReferenceCode is iyzico's ID for one item of a payout. It goes into a path.
type ReferenceCode string

// MarshalText writes the ID for a path or a body. An ID that is empty or would change the path ("..", "a/b", "a?b") is an
// error, and nothing is sent.
func (id RequestID) MarshalText() ([]byte, error) { return pathSegment("requestId", string(id)) }

// MarshalText writes the code for a path. A code that is empty or would change the path ("..", "a/b", "a?b") is an
// error, and nothing is sent.
func (c ReferenceCode) MarshalText() ([]byte, error) { return pathSegment("referenceCode", string(c)) }

// MarshalJSON writes the ID for a body or your own file. Unlike in a path, an empty ID is written as it is.
func (id RequestID) MarshalJSON() ([]byte, error) { return jsonID("requestId", string(id)) }

// MarshalJSON writes the code for your own file. Unlike in a path, an empty code is written as it is.
func (c ReferenceCode) MarshalJSON() ([]byte, error) { return jsonID("referenceCode", string(c)) }

// LogValue returns the ID as text, for log/slog, which would call MarshalText and fail for an empty one.
func (id RequestID) LogValue() slog.Value { return slog.StringValue(string(id)) }

// LogValue returns the code as text, for log/slog, which would call MarshalText and fail for an empty one.
func (c ReferenceCode) LogValue() slog.Value { return slog.StringValue(string(c)) }

func jsonID(field, value string) ([]byte, error) {
	if value == "" {
		return []byte(`""`), nil
	}
	segment, err := pathSegment(field, value)
	return append(append([]byte{'"'}, segment...), '"'), err
}

// idError is the error of an ID that cannot be iyzico's.
type idError struct{ text string }

func (e *idError) Error() string { return e.text }

// pathSegment returns value if it is one segment of a path for every client, proxy and server: not empty, not "." or "..",
// and only RFC 3986's unreserved characters.
func pathSegment(field, value string) ([]byte, error) {
	switch value {
	case "":
		return nil, &idError{field + " is empty; pass the one that iyzico returned"}
	case ".", "..":
		return nil, &idError{fmt.Sprintf("%s %q would change the path; pass the one that iyzico returned", field, value)}
	}
	for _, r := range value {
		unreserved := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			r == '-' || r == '.' || r == '_' || r == '~'
		if !unreserved {
			return nil, &idError{fmt.Sprintf("%s contains %+q; only letters, digits and -._~ are allowed", field, r)}
		}
	}
	return []byte(value), nil
}
