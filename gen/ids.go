package gen

import (
	"fmt"
	"strings"
)

// RequestID is iyzico's ID for a payout, from the response to InitMassPayout. It has its own type because it goes into
// a path, and so that it is not mistaken for your ID for the payout, the ExternalID.
type RequestID string

// ReferenceCode is iyzico's ID for one item of a payout. It goes into a path.
type ReferenceCode string

// Check returns an error if the ID is empty or would change a path ("..", "a/b", "a?b"). Such a call is not sent.
func (id RequestID) Check() error { return checkID("requestId", string(id)) }

// Check returns an error as that of [RequestID] does.
func (c ReferenceCode) Check() error { return checkID("referenceCode", string(c)) }

// checkID allows what is one segment of a path for every client, proxy and server: RFC 3986's unreserved characters,
// but not "." or "..".
func checkID(field, value string) error {
	switch value {
	case "":
		return fmt.Errorf("%s is empty; pass the one that iyzico returned", field)
	case ".", "..":
		return fmt.Errorf("%s %q would change the path; pass the one that iyzico returned", field, value)
	}
	for _, r := range value {
		if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", r) {
			return fmt.Errorf("%s contains %+q; only letters, digits and -._~ are allowed", field, r)
		}
	}
	return nil
}
