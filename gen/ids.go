package gen

import "fmt"

// RequestID is iyzico's ID for a payout, from the response to InitMassPayout. It has its own type because it goes into a
// path, and so that it is not mistaken for your ID for the payout, the ExternalID.
type RequestID string

// ReferenceCode is iyzico's ID for one item of a payout. It goes into a path.
type ReferenceCode string

// Check returns an error if the ID cannot be iyzico's: if it is empty or would change a path ("..", "a/b", "a?b"). A call
// with such an ID is not sent.
func (id RequestID) Check() error { return checkID("requestId", string(id)) }

// Check returns an error if the code cannot be iyzico's: if it is empty or would change a path ("..", "a/b", "a?b"). A call
// with such a code is not sent.
func (c ReferenceCode) Check() error { return checkID("referenceCode", string(c)) }

// pathID is an ID as a parameter of a path. The types above do not marshal themselves: encoding/json would do it for the
// keys of a map, too, in Go 1.27 but not in 1.26.
type pathID struct{ field, value string }

// MarshalText returns the ID for the path, or the error of Check.
func (id pathID) MarshalText() ([]byte, error) { return []byte(id.value), checkID(id.field, id.value) }

// check refuses an ID in a body that iyzico cannot have given.
func (v *MassPayoutAuthRequest) check() error { return v.RequestID.Check() }

// check is as that of [MassPayoutAuthRequest], but ExternalMassPayoutID alone may name a payout.
func (v *MassPayoutRetrieveRequest) check() error {
	if v.RequestID == "" {
		return nil
	}
	return v.RequestID.Check()
}

// idError is the error of an ID that cannot be iyzico's.
type idError struct{ text string }

func (e *idError) Error() string { return e.text }

// checkID allows what is one segment of a path for every client, proxy and server: not empty, not "." or "..", and only RFC
// 3986's unreserved characters.
func checkID(field, value string) error {
	switch value {
	case "":
		return &idError{field + " is empty; pass the one that iyzico returned"}
	case ".", "..":
		return &idError{fmt.Sprintf("%s %q would change the path; pass the one that iyzico returned", field, value)}
	}
	for _, r := range value {
		unreserved := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			r == '-' || r == '.' || r == '_' || r == '~'
		if !unreserved {
			return &idError{fmt.Sprintf("%s contains %+q; only letters, digits and -._~ are allowed", field, r)}
		}
	}
	return nil
}
