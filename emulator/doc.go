// Package emulator is a stand-in for iyzico's mass payout API, for the tests
// of programs that pay through it: the six operations, signed requests, stored
// payouts, lines judged one by one, money that is reserved, spent and returned,
// and faults on demand. It knows the API from its documentation, not from the
// types of a client, so that a client's mistakes show.
//
//	emu, err := emulator.Start("sandbox-key", "sandbox-secret")
//	if err != nil {
//		t.Fatal(err)
//	}
//	defer emu.Close()
//	// send requests to emu.URL, signed with those keys
//
// [New] gives the same as an http.Handler, and the command
//
//	go run github.com/iyzico-go/masspayout/emulator/cmd/emulator -addr 127.0.0.1:8080 -api-key K -secret-key S
//
// serves it to clients in other languages.
//
// # Limits
//
// Nothing here was compared with a live account. Payouts live in memory and
// vanish with the emulator. No checksum of an IBAN or identity number is
// looked at, because the examples that iyzico publishes fail them; nor is a
// phone number's form. There is one merchant, and no limit on how often it
// calls but the faults that a test injects. A signature may be used again.
//
// # Test recipients
//
// A line to one of these has the outcome named, whoever else is in the payout.
// [Recipient] has them as constants, for example RecipientBlocked.IBAN().
//
//	last four digits   constant                outcome
//	9001               RecipientBlocked        refused at init, error code 9001
//	9002               RecipientNotFound       refused at init, error code 9002
//	9003               RecipientNameMismatch   refused at init, error code 9003
//	9004               RecipientLimitExceeded  refused at init, error code 9004
//	8001               RecipientFails          after auth FAILED
//	8002               RecipientReturns        after auth DEPOSIT_SUCCESS
//	8003               RecipientKeepsMoney     after auth DEPOSIT_FAIL
//	8004               RecipientNeverEnds      after auth PROCESSING for ever
//	8005               RecipientUnknownState   after auth UNDER_REVIEW for ever, which no list names
//
// The digits follow a beginning that no real recipient has:
//
//	recipientType     recipientInfo, for 9001
//	IBAN              TR000000000000000000009001
//	PHONE             +905000009001
//	IDENTITY_NUMBER   00000009001
//	MEMBER_ID         999009001
//
// Any other recipient is accepted at init and paid after auth. The codes 9001
// to 9004 are the emulator's: iyzico documents none for lines.
//
// # Test payouts
//
// A payout whose externalId begins with one of these meets a fault at init;
// [Emulator.Inject] has more of them.
//
//	externalId              answer                                      stored
//	emulator-rate-limited   429, errorCode 50000 as a number            no
//	emulator-system-error   500, errorCode 100001                       no
//	emulator-failure-200    200, status failure, errorCode 11           no
//	emulator-bad-gateway    502 and a page of HTML                      no
//	emulator-answer-lost    502 and a page of HTML                      yes
//
// # What it chose where the documentation is silent
//
// HTTP status: 200 for what succeeds, 400 for a refusal; but 404 for an unknown
// path, 405 for another method, 413 for a body above 64 MiB.
//
// Error codes: 1000 for a missing, unreadable or wrong signature, 1001 for an
// unknown API key, 11 for all that is wrong with a signed request, an unknown
// requestId or reference code among it, and with a line that breaks a rule.
// The errorGroup is the emulator's own. The signature is judged before
// anything else; one whose random key has a slash in it is unreadable. A body
// must come as application/json.
//
// Locale: the query's counts, as tr or en; without one the body's, in any
// case. A request with neither is refused, unless it has no body and no
// x-iyzi-rnd either: so iyzico's Java SDK sends cancel, balance and the
// retrieval of one item, and it is answered in Turkish. A request refused
// before its body is read is answered in the query's language, else in Turkish.
//
// A conversationId is given back, from the body or, without one, from the query.
//
// Same externalId: the same content gets the first answer again, with the same
// requestId and systemTime; another content is refused. Spaces, the order of
// fields, 100 for 100.0, locale, conversationId and unknown fields make no
// difference. What was refused as a whole is not remembered.
//
// Lines: a missing or empty field, a wrong type, an amount in quotes, not
// above zero, finer than two decimals or longer than 30 digits make the line
// INVALID. A missing description does, too, although iyzico's examples leave
// it out. One itemExternalId on two lines refuses the whole request, because
// the answer could not say which of them is meant. A payout may be stored
// whose lines are all INVALID; it cannot be authorized. Field names are
// compared exactly, unknown ones ignored. The three purposes that only the
// English page has are accepted.
//
// Retrieve: lines come in the order in which they were sent, all of them
// unless itemType says which; a page has at most 10,000. The totals of a
// payout count the lines in the currency of its first accepted line.
//
// After auth: a payout is PUBLISHED_TO_QUEUE and its lines QUEUED for one
// stage, then IN_PROGRESS and PROCESSING for another (see [WithStage]), then
// COMPLETED if a line was paid, FAIL if none was. Amount and commission leave
// the balance at auth; those of a FAILED or DEPOSIT_SUCCESS line come back at
// its end. If the balance is too small for the whole payout, auth is accepted
// and the payout ends INSUFFICIENT_BALANCE at once, with its lines FAILED.
// Only a payout in INIT can be authorized or canceled.
package emulator
