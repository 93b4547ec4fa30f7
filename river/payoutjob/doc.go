// Package payoutjob runs mass payouts as jobs on River: on several machines, through deployments and crashes, after the
// approvals of people.
//
//	queue, err := payoutjob.NewQueue(db, jobs)                  // db is pgstore's, jobs a River client
//	list, err := queue.Enqueue(ctx, tx, request, 2)             // two persons must approve; tx is yours
//	list, err = queue.Approve(ctx, tx, list.ID, list.Digest, "elif.demir")
//
//	worker, err := payoutjob.NewWorker(db, client)              // client is gen.New's
//	err = river.AddWorkerSafely(workers, worker)
//
// The tables are [pgstore.Migrate]'s and River's own, from its package rivermigrate or by its command "river migrate-up". A
// program that only enqueues needs no workers: river.NewClient(riverpgxv5.New(pool), &river.Config{}) is enough.
//
// # A job
//
// Each payout is one job, unique by its externalId. A run of the job takes the payout as far as it goes without waiting, by
// [payout.Continue], and then snoozes for as long as that says; it holds a worker's place for seconds, not for the hours
// that a bank takes. The job completes when the payout has ended.
//
//   - A temporary error is written into the payout's row, with how often and since when, and the job comes back later,
//     longer each time. It uses up no attempts.
//   - A permanent error, also one of the database ([pgstore.Permanent]), is written there, too, logged at WARN, and cancels
//     the job; where the row cannot be written, the job's error says so. [Queue.NeedsPerson] lists it, and [Queue.Resume]
//     goes on once a person has dealt with it.
//   - Where another run has the payout's lock, the job comes back after a moment.
//   - At a shutdown, a run waits for the response to its init or auth, for [WithGrace], and gives the job back: another
//     worker goes on at once.
//
// The job's args hold the externalId alone, and its errors say only where to look: River's tables have no personal data.
//
// # Workers that die or freeze
//
// A killed worker leaves its job running, until River rescues it after river.Config.RescueStuckJobsAfter. Set that a little
// longer than [WithTimeout], to six minutes for the default: River's own default is an hour. The lock, a lease in the
// payout's row, has expired by then (see [pgstore.WithLease]).
//
// A frozen worker may wake up after that, and think that it is still at work. It cannot save: another run has
// the lease, and the revision is another one. What is sent is saved before, so it sends
// nothing either, with one exception: it was frozen between its last look at the clock and the first byte. Package
// payout looks right before it sends, but nobody can look at a clock and send in one step. Such a late auth meets
// a payout that is authorized, and iyzico's documented rule, that auth moves only items in INIT, keeps it from paying twice.
//
// What the frozen worker then tells River, changes River's row alone: at worst the job of a payout that is not at its end is
// canceled, which NeedsPerson lists. Whether a payout is paid is never read off River's tables.
//
// # Approvals
//
// An approval names the digest of the whole request, which is what a person was shown. It is asked for before anything is
// sent to iyzico: what two people have not agreed on should not be stored there either, and iyzico's responses need not be
// kept until they have. The approvals are looked at again in each run, and right before auth, against the digest that
// payout.Continue is about to pay. What is not known before, commissions and refused items, is for [WithConfirm] and
// payout.WithRefusedItems to judge.
package payoutjob
