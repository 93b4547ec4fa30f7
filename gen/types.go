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

// Statuses come from iyzico, and new ones appear. One that this package does not know keeps its text and is neither
// final nor paid, so that a program keeps waiting and never takes the money for arrived or returned. api/overlay.yaml
// says what those known mean.

// Funds is where an item's money is. It prints as these words.
type Funds string

const (
	// FundsUnknown means that this version does not know the status. Do not pay the item again before you do.
	FundsUnknown Funds = "unknown"
	// FundsNotMoved means that the item waits for AuthMassPayout. Cancel the payout before you pay it in another one.
	FundsNotMoved Funds = "not moved yet"
	// FundsNeverMoved means that the item was refused or canceled before any money moved.
	FundsNeverMoved Funds = "never moved"
	// FundsOnTheWay means that the item is queued or with the bank. It may still arrive.
	FundsOnTheWay Funds = "on the way"
	// FundsWithRecipient means that the recipient has been paid.
	FundsWithRecipient Funds = "with the recipient"
	// FundsUnsettled means that the item failed at the bank (FAILED) and that it is not known yet whether the money
	// came back: the status may still become DEPOSIT_SUCCESS or DEPOSIT_FAIL. Do not pay the item again before that.
	FundsUnsettled Funds = "failed, not known to be back"
	// FundsBack means that the payment failed, and that amount and commission are in the merchant's balance again.
	FundsBack Funds = "back in the balance"
	// FundsStuck means that the payment failed, and that the money did not come back. Somebody has to ask iyzico.
	FundsStuck Funds = "stuck"
)

// AllAccepted reports whether every item of the payout was accepted. If not, InvalidItems names those that were
// refused: they will not be paid, whatever becomes of the others.
func (r *MassPayoutInitializeResponse) AllAccepted() bool { return len(r.InvalidItems) == 0 }

// Reasons returns why the item was refused or not paid, in the requested language: ErrorMessages, or else ErrorMessage.
func (l *MassPayoutItemDetail) Reasons() []string {
	if len(l.ErrorMessages) > 0 || l.ErrorMessage == "" {
		return l.ErrorMessages
	}
	return []string{l.ErrorMessage}
}
