package emulator

import "strings"

// Recipient is a test recipient: paying to it has the outcome that its name
// says. Its methods give it in each form that a line can name a recipient in.
// The values look like the real thing and cannot be: an IBAN's check digits
// are never 00, an identity number never starts with 0, and no Turkish mobile
// number starts with 500 000.
type Recipient string

// Refused at init, with the recipient's four digits as the error code.
const (
	RecipientBlocked       Recipient = "9001" // the recipient's account is blocked
	RecipientNotFound      Recipient = "9002" // no such account, or no user of the wallet
	RecipientNameMismatch  Recipient = "9003" // recipientName is not the account holder's
	RecipientLimitExceeded Recipient = "9004" // the recipient's limit is exceeded
)

// Accepted at init, with an end of its own after auth.
const (
	RecipientFails        Recipient = "8001" // ends FAILED: not paid
	RecipientReturns      Recipient = "8002" // ends DEPOSIT_SUCCESS: failed, the money is back
	RecipientKeepsMoney   Recipient = "8003" // ends DEPOSIT_FAIL: failed, the money is not back
	RecipientNeverEnds    Recipient = "8004" // stays PROCESSING
	RecipientUnknownState Recipient = "8005" // stays UNDER_REVIEW, a status that no list names
)

const (
	testIBAN     = "TR00000000000000000000"
	testPhone    = "+90500000"
	testIdentity = "0000000"
	testMember   = "99900"
)

// IBAN gives the recipient for a line whose recipientType is IBAN.
func (r Recipient) IBAN() string { return testIBAN + string(r) }

// Phone gives the recipient for a line whose recipientType is PHONE.
func (r Recipient) Phone() string { return testPhone + string(r) }

// IdentityNumber gives the recipient for a line whose recipientType is
// IDENTITY_NUMBER.
func (r Recipient) IdentityNumber() string { return testIdentity + string(r) }

// MemberID gives the recipient for a line whose recipientType is MEMBER_ID.
func (r Recipient) MemberID() string { return testMember + string(r) }

var testPrefix = map[string]string{
	"IBAN":            testIBAN,
	"PHONE":           testPhone,
	"IDENTITY_NUMBER": testIdentity,
	"MEMBER_ID":       testMember,
}

var refusedRecipients = map[Recipient]text{
	RecipientBlocked:       {"alıcının hesabı bloke", "the recipient's account is blocked"},
	RecipientNotFound:      {"alıcı bulunamadı", "the recipient was not found"},
	RecipientNameMismatch:  {"alıcı adı hesap sahibiyle uyuşmuyor", "the recipient's name is not the account holder's"},
	RecipientLimitExceeded: {"alıcının limiti aşıldı", "the recipient's limit is exceeded"},
}

var recipientEnds = map[Recipient]LineStatus{
	RecipientFails:        LineFailed,
	RecipientReturns:      LineDepositSuccess,
	RecipientKeepsMoney:   LineDepositFail,
	RecipientNeverEnds:    LineProcessing,
	RecipientUnknownState: "UNDER_REVIEW",
}

// testRecipient gives what makes a test recipient, if it is one: other digits
// than the constants' mean nothing.
func testRecipient(recipientType, info string) Recipient {
	prefix, ok := testPrefix[recipientType]
	if digits, found := strings.CutPrefix(info, prefix); ok && found {
		return Recipient(digits)
	}
	return ""
}
