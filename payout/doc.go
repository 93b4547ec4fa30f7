// Package payout pays a mass payout safely: it stores it, shows what will be paid, authorizes it once, and follows
// every item until its money has arrived or come back. Nobody is paid twice, even after a crash or a lost response.
//
//	store := payout.NewFileStore("salaries-2026-11.state")
//	result, err := payout.Pay(ctx, client, request, store) // client is gen.New's
//	// on an error, or after a crash: call Pay again; it continues
//	fmt.Println(result.AllPaid())
//
// [Pay] is a loop around [Advance], which takes a payout one decision further and says how long to wait: call Advance
// from a job queue or your own scheduler. [WithConfirm] asks before money moves. [Cancel] cancels a payout. [Find],
// [Review] and [Items] only read. [PaySplit] pays a list that is too large for one payout.
//
// Not tested against a live account. This package does not sign; the client does.
//
// # The safe order
//
// Only auth moves money, and iyzico documents no way to reverse that. So one rule comes first: what may be on its way
// is not sent again until the status shows that it did not arrive.
//
//	new          nothing under our externalId, proven: save "storing", send init; found, all equal: authorizing
//	storing      accepted, or found, all equal: stored; settled and not there: new, or stop if it was refused
//	stored       review, balance, confirm, a last look (INIT): save "authorizing", send auth
//	authorizing  a status that comes after auth: authorized; settled and still INIT: stored
//	canceling    CANCELED, or an auth won: authorized; settled and still INIT: stored
//	authorized   look, until it has ended
//	ended        the Result: each item, and where its money is
//
// A request is saved before it is sent. A run that loads "storing" or "authorizing" does not know what became of the
// request, and asks iyzico first. "Not found" and INIT count only when the request can no longer be on its way:
// [WithSettle] after its exchange ended. A rate limit is no exception: the request may have been carried out. A
// response that does not name the payout, by externalId or requestId, proves nothing.
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
//     also loads it, its monotonic clock measures the time. Another process goes by the clock, and counts no more than
//     the wait that was asked for. So a clock that jumps ahead shortens WithSettle only where another process is called
//     before that wait is over (by a scheduler on the same clock, or by a restart), and by at most that wait each time.
//   - A client that repeats no request by itself, as gen's does not.
//
// If a second auth paid again, these conditions would still suffice, except against a second client, a person who
// authorizes the same payout elsewhere, or a proxy that doubles requests: nothing helps against those.
//
// What a second init under one externalId does is not documented. If one arrives later than WithSettle and iyzico
// stores two payouts, one of them stays in INIT and moves no money; if that shows in time, Pay stops with
// [ErrOtherPayout].
//
// "This program authorized nothing" says nothing about an auth that somebody else sent. The balance is compared in
// lira only, because iyzico documents no currency for it.
package payout
