// Package pgstore keeps payouts in PostgreSQL: the state that package payout resumes from, the lock that keeps two runs
// apart, the time, and the request beside them.
//
//	pool, err := pgxpool.New(ctx, url)
//	err = pgstore.Migrate(ctx, pool)       // once, when a program starts
//	db, err := pgstore.New(pool, pgstore.WithSealer(kms))
//	err = db.Insert(ctx, tx, request)      // in your own transaction
//	result, err := payout.Pay(ctx, client, request, db.Store(request.ExternalID))
//
// It needs PostgreSQL 14 or later. Package payoutjob, beside it, runs payouts as jobs.
//
// # What is personal data
//
// The columns request and state of the table masspayout_payouts: IBANs, identity numbers, phone numbers and names are in the
// first, and iyzico's reasons, which may name a recipient, in the second. [WithSealer] encrypts the first.
// [DB.DeleteRequests] deletes both some days after a payout's end. No other column or table has any.
//
// Give each program its own role. Workers and whatever enqueues need to read and write everything:
//
//	GRANT SELECT, INSERT, UPDATE, DELETE ON masspayout_lists, masspayout_payouts, masspayout_approvals,
//		masspayout_tallies, masspayout_limits TO payouts;
//	GRANT SELECT ON masspayout_migrations TO payouts;
//
// Nobody else needs these two columns. People who look on, and dashboards, get the others:
//
//	GRANT SELECT ON masspayout_lists, masspayout_approvals, masspayout_tallies TO onlookers;
//	GRANT SELECT (external_id, same_name, list_id, part, digest, revision, step, created_at, saved_at, ended_at,
//		request_deleted_at, lease_token, lease_holder, lease_until, status, waiting, looks, error, failures, failing_since,
//		stopped_at, run_at, cancel_at, dismissed_at, tallies) ON masspayout_payouts TO onlookers;
//
// Whoever can write these tables can have money paid: approvals are rows.
package pgstore
