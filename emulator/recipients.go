package emulator

import "strings"

// The keys that the command uses unless it is told others. They are no secret.
const (
	DefaultAPIKey    = "sandbox-key"
	DefaultSecretKey = "sandbox-secret"
)

// Recipient is a test recipient: paying it has the outcome that its name says. Its methods return it in each form in
// which an item can name a recipient. The values look real and cannot be: the check digits of an IBAN are never 00, an
// identity number never starts with 0, and no Turkish mobile number starts with 500 000.
type Recipient string

// Refused at init, with the recipient's four digits as the error code.
const (
	RecipientBlocked       Recipient = "9001" // the recipient's account is blocked
	RecipientNotFound      Recipient = "9002" // there is no such account, or no such user of the wallet
	RecipientNameMismatch  Recipient = "9003" // recipientName is not the account holder's
	RecipientLimitExceeded Recipient = "9004" // the recipient's limit is exceeded
)

// Accepted at init, with a life of their own after auth.
const (
	RecipientFails         Recipient = "8001" // stays FAILED: whether the money comes back is not known
	RecipientReturns       Recipient = "8002" // ends DEPOSIT_SUCCESS: failed, the money is back
	RecipientKeepsMoney    Recipient = "8003" // ends DEPOSIT_FAIL: failed, the money is not back
	RecipientNeverEnds     Recipient = "8004" // stays PROCESSING
	RecipientUnknownState  Recipient = "8005" // stays UNDER_REVIEW, a status that no list names
	RecipientReturnsLater  Recipient = "8006" // is FAILED for one stage, then DEPOSIT_SUCCESS
	RecipientKeepsLater    Recipient = "8007" // is FAILED for one stage, then DEPOSIT_FAIL
	RecipientSucceedsLater Recipient = "8008" // is UNDER_REVIEW for one stage, then SUCCESS
)

const (
	testIBAN     = "TR00000000000000000000"
	testPhone    = "+90500000"
	testIdentity = "0000000"
	testMember   = "99900"
)

// IBAN returns the recipient for an item whose recipientType is IBAN.
func (r Recipient) IBAN() string { return testIBAN + string(r) }

// Phone returns the recipient for an item whose recipientType is PHONE.
func (r Recipient) Phone() string { return testPhone + string(r) }

// IdentityNumber returns the recipient for an item whose recipientType is IDENTITY_NUMBER.
func (r Recipient) IdentityNumber() string { return testIdentity + string(r) }

// MemberID returns the recipient for an item whose recipientType is MEMBER_ID.
func (r Recipient) MemberID() string { return testMember + string(r) }

var testPrefix = map[string]string{
	"IBAN":            testIBAN,
	"PHONE":           testPhone,
	"IDENTITY_NUMBER": testIdentity,
	"MEMBER_ID":       testMember,
}

var refusedRecipients = map[Recipient]text{
	RecipientBlocked:       {"alıcının hesabı blokeli", "the recipient's account is blocked"},
	RecipientNotFound:      {"alıcı bulunamadı", "the recipient was not found"},
	RecipientNameMismatch:  {"alıcı adı hesap sahibiyle uyuşmuyor", "the recipient's name is not the account holder's"},
	RecipientLimitExceeded: {"alıcının limiti aşıldı", "the recipient's limit is exceeded"},
}

// recipientPaths are the statuses of items to test recipients after PROCESSING.
var recipientPaths = map[Recipient][]ItemStatus{
	RecipientFails:         {ItemFailed},
	RecipientReturns:       {ItemDepositSuccess},
	RecipientKeepsMoney:    {ItemDepositFail},
	RecipientNeverEnds:     {ItemProcessing},
	RecipientUnknownState:  {"UNDER_REVIEW"},
	RecipientReturnsLater:  {ItemFailed, ItemDepositSuccess},
	RecipientKeepsLater:    {ItemFailed, ItemDepositFail},
	RecipientSucceedsLater: {"UNDER_REVIEW", ItemSuccess},
}

// testRecipients are the test recipients in the order of the documentation.
var testRecipients = []Recipient{RecipientBlocked, RecipientNotFound, RecipientNameMismatch, RecipientLimitExceeded,
	RecipientFails, RecipientReturns, RecipientKeepsMoney, RecipientNeverEnds, RecipientUnknownState,
	RecipientReturnsLater, RecipientKeepsLater, RecipientSucceedsLater}

// testRecipient returns the test recipient that info is, or "". Digits other than those of the constants mean nothing.
func testRecipient(recipientType, info string) Recipient {
	prefix, ok := testPrefix[recipientType]
	if digits, found := strings.CutPrefix(info, prefix); ok && found {
		return Recipient(digits)
	}
	return ""
}
