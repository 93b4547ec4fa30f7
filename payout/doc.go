// Package payout carries a mass payout through its whole life: it stores it, looks at what was refused, authorizes it
// once, follows each line to its end, and survives a crash or a lost answer at any point without paying anybody twice.
//
//	store := payout.File("salaries-2026-11.json")
//	result, err := payout.Pay(ctx, client, request, store)
//
// The client is gen's; this package does not sign.
//
// # The safe order
//
// Only auth moves money, and nothing documented takes it back. So everything is arranged around one rule: auth is not
// sent while one may already have been sent, until the status says that it did not arrive.
//
//	               request
//	                  │ Validate
//	                  ▼
//	┌──────────► Find, by externalId ─── it exists ────────────────┐
//	│                 │ ErrNotFound,                               │
//	│                 │ and no init can be on its way              │
//	│                 ▼                                            │
//	│         save "initializing"                                  │
//	│                 ▼                                            │
//	└─ unknown ──── Init ─── refused ──► stop: nothing is stored   │
//	                  │ accepted                                   │
//	                  ▼                                            ▼
//	       save "initialized", with the requestId      save "authorizing": somebody
//	                  │                                may be about to authorize it
//	                  │◄───────────────────────────────────────────┘
//	                  ▼
//	Find again, and Review ─── not this payout ──► stop: nothing is authorized
//	                  │
//	                  ▼
//	┌────► the status: INIT? ─── another one ─────────────────┐
//	│                 │ yes, and no auth can be on its way    │
//	│                 ▼                                       │
//	│    lines refused? balance? confirmed? ─── no ──► stop   │
//	│                 ▼                                       │
//	│         save "authorizing"                              │
//	│                 ▼                                       │
//	└─ unknown ── Authorize ─── refused ──► stop              │
//	                  │ accepted                              │
//	                  ▼                                       │
//	       save "authorized" ◄────────────────────────────────┘
//	                  ▼
//	                Await ──► Result: each line, and where its money is
//
// What is about to be sent is saved before it is sent. A run that finds "initializing" or "authorizing" does not know
// whether its predecessor came to the sending, and asks iyzico first. A "no", or an INIT, is believed only when what was
// sent can no longer be on its way: [WithSettle] after it was sent. After a rate limit nothing was done; the call is
// repeated when Retry-After is over, and the status looked at before that, too.
//
// # Steps for a durable-execution engine
//
// Pay consists of functions that can be called alone, so that an engine (Temporal, River) can run them as activities and
// keep the progress itself: [Find], [Init], [Review], [CheckBalance], [Authorize], [Await], [Cancel], and [Lines] under
// them. Each works once and repeats nothing, but for Await; what they return marshals to JSON. Find, Review,
// CheckBalance, Await and Cancel may be repeated at will. Init and Authorize get a single attempt; whatever the engine
// does not know of their outcome, it lets the time of WithSettle pass and asks Find.
//
// # Paying a line again
//
// A line that was not paid may be paid in another payout if its Funds are gen.FundsNeverMoved or gen.FundsBack. On its way
// or unknown: wait. Not moved yet: [Cancel] its payout first. Stuck: ask iyzico.
//
// # Limits
//
// Nothing here was tried against a live account.
//
// One payout has one store, and one program at a time works on it. [FileStore] sees to that on one machine. If the
// state is lost, Pay finds the payout by its externalId, and waits before it authorizes in case somebody else does; it
// cannot see another program that is as far as itself.
//
// How iyzico says that a payout does not exist is not documented; [Find] says how it tells. What it does with a second
// init under one externalId is not documented either. If an init arrives later than WithSettle, after a second one was
// sent, and iyzico stores both, one of them stays in INIT unauthorized, and no money moves by it. If Pay sees that in time
// it stops with [ErrOtherPayout].
//
// An auth that arrives later than WithSettle, after a second one was sent, finds no line in INIT: by its documentation,
// auth moves only those.
//
// The balance is compared in lira only, since no currency is documented beside it.
package payout
