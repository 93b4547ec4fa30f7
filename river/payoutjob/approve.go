package payoutjob

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/iyzico-go/masspayout/river/pgstore"
)

// Approval is one person's.
type Approval struct {
	Person string
	At     time.Time
}

// ErrChanged: the digest that was approved is not the list's; its content has changed since it was shown.
var ErrChanged = errors.New("the content has changed since it was shown")

// Approve writes down that a person approves exactly the content with this digest, and if it is the last approval that is
// needed, enqueues the jobs, all in the caller's transaction. Show the person the request, and pass the digest of what was
// shown ([payout.Digest]), not one that is read afterwards. person is who your own login says it is; whether the one who
// enqueued the list may approve it is yours to decide.
//
// The same person counts once, however the name is spaced, capitalized and composed. It is the same name that is compared:
// pass one that your login keeps unique, for two that only look alike are two persons. The error matches ErrChanged if the content is
// another one by now, and ErrNoList if there is no such list.
func (q *Queue) Approve(ctx context.Context, tx pgx.Tx, listID, digest, person string) (List, error) {
	person = strings.Join(strings.Fields(person), " ")
	if person == "" || !utf8.ValidString(person) || strings.ContainsFunc(person, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return List{ID: listID}, fmt.Errorf("payoutjob: approving %q: expected a person's name, without invisible characters", listID)
	}
	list := List{ID: listID}
	err := pgx.BeginFunc(ctx, tx, func(whole pgx.Tx) (err error) { // a savepoint, see Enqueue
		list, err = q.approve(ctx, whole, listID, digest, person)
		return err
	})
	return list, err
}

func (q *Queue) approve(ctx context.Context, tx pgx.Tx, listID, digest, person string) (List, error) {
	list, err := q.lock(ctx, tx, listID)
	switch {
	case err != nil:
		return list, err
	case list.Digest != digest:
		return list, fmt.Errorf("payoutjob: approving %q: %w", listID, ErrChanged)
	}
	if _, err := q.exec(ctx, tx, `
		INSERT INTO masspayout_approvals (list_id, digest, version, person, same_person)
		SELECT list_id, digest, version, $2, $3 FROM masspayout_lists WHERE list_id = $1 ON CONFLICT DO NOTHING`,
		listID, person, pgstore.SameName(person)); err != nil {
		return list, fmt.Errorf("payoutjob: approving %q: %w", listID, err)
	}
	if list, err = q.readList(ctx, tx, listID); err != nil {
		return list, err
	}
	return q.release(ctx, tx, list)
}
