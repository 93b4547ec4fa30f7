// Package emulator is a fake iyzico for tests: it checks signatures, judges each item, keeps a ledger, and fails on
// demand. It needs no account and no network. It knows the mass payout API from iyzico's documentation, not from the
// types of a client, so that a client's mistakes show.
//
//	emu, err := emulator.Start("sandbox-key", "sandbox-secret")
//	if err != nil {
//		t.Fatal(err)
//	}
//	defer emu.Close()
//	emu.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Cut, AfterEffect: true})
//	// run the program that pays against emu.URL, with those keys, then look at emu.Paid() and emu.Ledger()
//
// [Start] serves it on a free port. [New] returns it as an http.Handler, and [Emulator.Client] calls it without a
// network, in a bubble of [testing/synctest] too. The command serves it to programs in any language, and signs requests
// for curl:
//
//	go run github.com/iyzico-go/masspayout/emulator/cmd/emulator
//	go run github.com/iyzico-go/masspayout/emulator/cmd/emulator sign GET '/v1/mass/payout/balance?locale=en' | sh
//
// # The page
//
// The command serves a page for people at the address that it prints, and so does [WithPage]: payouts and their items,
// the ledger, every request and why its signature is wrong, faults by a click. Under the same prefix is a small HTTP API
// for tests in any language, described in docs/emulator-api.md. Both are for clients on the same machine only.
//
// # Limits
//
// Nothing here was compared with a live account. Payouts live in memory and vanish with the emulator. Checksums of
// IBANs and identity numbers are not checked, because the examples that iyzico publishes fail them; nor is the form
// of a phone number. There is one merchant. Nothing is rate limited unless a test injects that fault. Replayed
// signatures are accepted. A body may have up to 16 MiB and 50,000 items.
//
// # Test recipients
//
// An item to one of these has the outcome named, whatever else is in the payout. [Recipient] has them as constants, for
// example RecipientBlocked.IBAN(). [Emulator.SetOutcome] overrides them.
//
//	last four digits   constant                outcome
//	9001               RecipientBlocked        refused at init, error code 9001
//	9002               RecipientNotFound       refused at init, error code 9002
//	9003               RecipientNameMismatch   refused at init, error code 9003
//	9004               RecipientLimitExceeded  refused at init, error code 9004
//	8001               RecipientFails          after auth FAILED, forever
//	8002               RecipientReturns        after auth DEPOSIT_SUCCESS
//	8003               RecipientKeepsMoney     after auth DEPOSIT_FAIL
//	8004               RecipientNeverEnds      after auth PROCESSING, forever
//	8005               RecipientUnknownState   after auth UNDER_REVIEW forever, an undocumented status
//	8006               RecipientReturnsLater   after auth FAILED, a stage later DEPOSIT_SUCCESS
//	8007               RecipientKeepsLater     after auth FAILED, a stage later DEPOSIT_FAIL
//	8008               RecipientSucceedsLater  after auth UNDER_REVIEW, a stage later SUCCESS
//
// The digits follow a prefix that no real recipient can have:
//
//	recipientType     recipientInfo, for 9001
//	IBAN              TR000000000000000000009001
//	PHONE             +905000009001
//	IDENTITY_NUMBER   00000009001
//	MEMBER_ID         999009001
//
// Any other recipient is accepted at init and paid after auth. The codes 9001 to 9004 are the emulator's: iyzico
// documents none for items.
//
// # Test payouts
//
// A payout whose externalId begins with one of these fails at init. They are for clients that cannot call
// [Emulator.Inject], which can do much more: see [Fault] and [Kind].
//
//	externalId               response                                    stored
//	emulator-rate-limited    429, errorCode 50000 as a number            no
//	emulator-system-error    500, errorCode 100001                       no
//	emulator-failure-200     200, status failure, errorCode 11           no
//	emulator-not-enabled     400, errorCode 2000: product not enabled    no
//	emulator-unauthorized    401, errorCode 1000                         no
//	emulator-forbidden       403, errorCode 11                           no
//	emulator-unprocessable   422, errorCode 100001                       no
//	emulator-bad-gateway     502 and a page of HTML                      no
//	emulator-response-lost   502 and a page of HTML                      yes
//
// # Time
//
// The emulator reads its time from [time.Now] or [WithClock], and [Emulator.Advance] moves it ahead. It has no
// timers: a payout's status is worked out whenever somebody asks for it. Only [Fault.Delay] and [WithReadTimeout]
// are in real time.
//
// # Choices where iyzico's documentation is silent
//
// HTTP status: 200 for what is accepted, 400 for a refusal; 404 for an unknown path, 405 for a wrong method, 413 for
// a body that is too large. iyzico itself was seen to refuse a signature with 200 and with 401, see
// [WithSignatureStatus].
//
// Error codes: 1009 without an Authorization header, 1007 without a signature in it, 1000 for a signature that is
// wrong or cannot be read, 1001 for an unknown API key, 11 for anything else that is wrong with a request (such as an
// unknown requestId), and for an item that breaks a rule. The signature is judged before anything else. A random key
// with a slash in it cannot be read. A refusal has the form that was seen from other products: with the
// conversationId, without an errorGroup.
//
// Requests: a body must come as application/json. On the operations that take no body (balance, the retrieval of one
// item, and cancel) null and {} count as no body: iyzico's Python and Node SDKs send them.
//
// Locale: the query's, otherwise the body's, otherwise tr; in upper or lower case. Any other value is refused. See
// [WithLocale] and [WithStrictLocale].
//
// conversationId: the body's, otherwise the query's, otherwise that of the header x-conversation-id, which the response
// repeats because iyzico's .NET SDK reads it there.
//
// Same externalId: the same content gets the first response again, with the same requestId and systemTime; other
// content is refused. White space, the order of fields, 100 for 100.0, locale, conversationId and unknown fields make
// no difference. What was refused as a whole is not remembered.
//
// Items: a missing or empty field, a wrong type, an amount in quotes, not above zero, finer than two decimals or
// longer than 30 digits make the item INVALID. So does a missing description, although iyzico's examples leave it
// out. An item that is not an object, or has no itemExternalId or one that another item has, refuses the whole
// request, because the response could not say which item is meant. A payout may be stored with INVALID items only; it
// cannot be authorized. Field names are compared exactly, unknown ones ignored. The three purposes that only the
// English page has are accepted.
//
// Retrieve: items come in the order in which they were sent, all of them unless itemType selects; a page has at most
// 10,000, or as many as [WithPageLimit] says. A payout of two currencies is accepted and paid, and its retrieve has
// neither a currency nor totals: the API has room for one.
//
// After auth: a payout is PUBLISHED_TO_QUEUE and its items QUEUED for one stage, then IN_PROGRESS and PROCESSING for
// another (see [WithStage]), then COMPLETED if an item was paid, FAIL if none was. Amount and commission leave the
// balance at auth. Those of a FAILED item stay away until it becomes DEPOSIT_SUCCESS, which the payout does not wait
// for. If the balance is too small for the whole payout, auth is accepted and the payout ends INSUFFICIENT_BALANCE at
// once, with its items FAILED and no money moved. Only a payout in INIT can be authorized or canceled.
package emulator
