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

// checkID allows what is one segment of a path for every client, proxy and server: not empty, not "." or "..", and only RFC
// 3986's unreserved characters.
func checkID(field, value string) error {
	switch value {
	case "":
		return fmt.Errorf("%s is empty; pass the one that iyzico returned", field)
	case ".", "..":
		return fmt.Errorf("%s %q would change the path; pass the one that iyzico returned", field, value)
	}
	for _, r := range value {
		unreserved := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			r == '-' || r == '.' || r == '_' || r == '~'
		if !unreserved {
			return fmt.Errorf("%s contains %+q; only letters, digits and -._~ are allowed", field, r)
		}
	}
	return nil
}
