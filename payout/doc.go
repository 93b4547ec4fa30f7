// Package payout pays a mass payout safely: it stores it, shows what will be paid, authorizes it once, and follows
// every item until its money has arrived or come back. Nobody is paid twice, even after a crash or a lost response.
//
//	store := payout.NewFileStore("salaries-2026-11.state")
//	result, err := payout.Pay(ctx, client, request, store) // client is gen.New's
//	// on an error, or after a crash: call Pay again; it continues
//	fmt.Println(result.AllPaid())
//
// [WithConfirm] asks before money moves; each item's Status.Funds says where its money is.
//
// Not tested against a live account. This package does not sign; the client does.
//
// [Pay] is a loop around [Advance], which takes a payout one decision further and says how long to wait: call Advance
// from a job queue or your own scheduler. [Cancel] cancels a payout. [Find], [Review] and [Items] only read.
// [PaySplit] pays a list that is too large for one payout.
//
// # The safe order
//
// Only auth moves money, and iyzico documents no way to reverse that. So one rule comes first: what may be on its way
// is not sent again until the status shows that it did not arrive.
//
//	               request
//	                  │ Validate
//	                  ▼
//	┌───────►  new: Find, by externalId ──── found, all equal ────┐
//	│                 │ nothing, proven                           │
//	│                 ▼                                           │
//	│        save "storing", send init                            │
//	│                 ▼                                           │
//	└─ settled ─ storing: Find ──── refused, settled ──► stop     │
//	  not there       │ accepted, or found, all equal             │
//	                  ▼                                           │
//	┌───────►  stored: Review, balance, confirm ─ no ──► stop     │
//	│                 │ yes; a last look: INIT                    │
//	│                 ▼                                           │
//	│      save "authorizing", send auth                          │
//	│                 ▼                                           │
//	└─ settled ─ authorizing: look  ◄─────────────────────────────┘
//	  still INIT      │ a status that comes after auth
//	                  ▼
//	           authorized: look, until it has ended
//	                  ▼
//	           ended: Result: each item, and where its money is
//
// [Cancel] leads from "stored" by "canceling" to "authorized" if the payout is canceled, or if an auth won; and back
// to "stored" if the cancel did not arrive.
//
// A request is saved before it is sent. A run that loads "storing" or "authorizing" does not know what became of the
// request, and asks iyzico first. "Not found" and INIT count only when the request can no longer be on its way:
// [WithSettle] after its exchange ended. A rate limit is no exception: the request may have been carried out.
//
// The saved state says what may be on its way, and the latest look says what arrived. A response that does not name
// the payout, by externalId or requestId, proves nothing.
//
// # Paying an item again
//
// [Result.PayAgain] returns a request with the items that may safely be paid again, and says why the others may not.
//
// # What it rests on
//
// iyzico's documented rules are that auth moves only items in INIT, and that a status is never taken back. As long as
// iyzico keeps them, no item is paid twice if all of this holds:
//
//   - WithSettle is at least as long as a request may be delayed and reads may lag behind, together.
//   - One store is used for a payout. Two processes may use it at once: only one of them can save. If the store is not
//     a [Locker], or its lock was lost, WithSettle must also cover [WithSaveTimeout] and the longest exchange.
//   - Machines that share a store agree on the time, or the store is a [Clock]. If the process that saved the state
//     also loads it, its monotonic clock measures the time. Otherwise at most the wait that was asked for counts. So a
//     clock that jumps ahead shortens WithSettle, by that much each time, only for another process that is called too
//     early: by a scheduler that goes by that clock, or by a restart.
//   - A client that repeats no request by itself, as gen's does not.
//
// If iyzico broke its rule, so that a second auth paid again, these conditions would still suffice, except against a
// second client, a person who authorizes the same payout elsewhere, or a proxy that doubles requests: nothing helps
// against those.
//
// How iyzico says that a payout does not exist is not documented; [Find] explains how this package decides it. What a
// second init under one externalId does is not documented either. If one arrives later than WithSettle and iyzico
// stores two payouts, one of them stays in INIT and moves no money; if that shows in time, Pay stops with
// [ErrOtherPayout].
//
// "This program authorized nothing" says nothing about an auth that somebody else sent. The balance is compared in
// lira only, because iyzico documents no currency for it.
package payout
