package gen

import (
	"fmt"
	"log/slog"
)

// RequestID is iyzico's name of a payout, from the answer of InitMassPayout. It has a type of its own so that it is not
// mistaken for your own name of the payout, the ExternalID, and because it stands in a path.
type RequestID string

// ReferenceCode is iyzico's name of one line of a payout. It stands in a path, too.
type ReferenceCode string

// MarshalText writes the id for a path or a body. An id that is empty or would change the path ("..", "a/b", "a?b") is
// an error, and nothing is sent.
func (id RequestID) MarshalText() ([]byte, error) { return pathSegment("requestId", string(id)) }

// MarshalText writes the code for a path. A code that is empty or would change the path ("..", "a/b", "a?b") is an
// error, and nothing is sent.
func (c ReferenceCode) MarshalText() ([]byte, error) { return pathSegment("referenceCode", string(c)) }

// MarshalJSON writes the id for a body or a file of yours. Other than in a path, an empty id is written as it is.
func (id RequestID) MarshalJSON() ([]byte, error) { return jsonID("requestId", string(id)) }

// MarshalJSON writes the code for a file of yours. Other than in a path, an empty code is written as it is.
func (c ReferenceCode) MarshalJSON() ([]byte, error) { return jsonID("referenceCode", string(c)) }

// LogValue is the id as text, an empty one, too.
func (id RequestID) LogValue() slog.Value { return slog.StringValue(string(id)) }

// LogValue is the code as text, an empty one, too.
func (c ReferenceCode) LogValue() slog.Value { return slog.StringValue(string(c)) }

func jsonID(field, value string) ([]byte, error) {
	if value == "" {
		return []byte(`""`), nil
	}
	segment, err := pathSegment(field, value)
	return append(append([]byte{'"'}, segment...), '"'), err
}

// pathSegment returns value if it is one segment of a path that no part of the way reads otherwise: not empty, not "."
// or "..", and of RFC 3986's unreserved characters alone.
func pathSegment(field, value string) ([]byte, error) {
	if value == "" || value == "." || value == ".." {
		return nil, fmt.Errorf("%s: %q would change the path; expected an id as iyzico gave it", field, value)
	}
	for _, r := range value {
		unreserved := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			r == '-' || r == '.' || r == '_' || r == '~'
		if !unreserved {
			return nil, fmt.Errorf("%s: %q is not allowed in it; expected letters, digits, and -._~", field, r)
		}
	}
	return []byte(value), nil
}
