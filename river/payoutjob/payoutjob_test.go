//go:build unix

package payoutjob_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/payoutjob"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

// A payout is enqueued together with whatever else the caller writes, or not at all.
func TestPaid(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.start()
	ctx := t.Context()
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.queue.Enqueue(ctx, tx, request("salaries", item("emp-1", "1000")), 0); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.queue.Result(ctx, "salaries"); !errors.Is(err, payoutjob.ErrNoList) {
		t.Errorf("after a rollback Result returned %v", err)
	}

	r := request("salaries", item("emp-1", "1000.50"), item("emp-2", "0.01"), item("emp-3", "99.99"))
	for range 2 { // the second changes nothing
		if list, err := s.enqueue(r, 0); err != nil || !list.Released || list.Digest != payout.Digest(r) || fmt.Sprint(list.Parts) != "[salaries]" {
			t.Fatal(list, err)
		}
	}
	p := s.wait("salaries", finished)[0]
	s.wantPaid("salaries", "emp-1", "emp-2", "emp-3")
	if p.Status != gen.PayoutStatusCompleted || p.Err != nil || p.Items != 3 || p.Amount.String() != "1100.5 TRY" {
		t.Errorf("it stands as %+v", p)
	}
	if tallies, err := s.queue.Tallies(ctx, ""); err != nil || tallies.String() != "3 SUCCESS 1100.5 TRY" {
		t.Error(tallies, err)
	}
	if counts, err := s.queue.Counts(ctx); err != nil || fmt.Sprint(counts) != "[{ended COMPLETED 1}]" {
		t.Error(counts, err)
	}
	if found, err := s.queue.NeedsPerson(ctx, 0); err != nil || len(found) > 0 {
		t.Error(found, err)
	}
	for _, other := range []gen.MassPayoutInitializeRequest{request("salaries", item("emp-1", "1000.51")), request("salaries", r.Items[:2]...)} {
		if _, err := s.enqueue(other, 0); !errors.Is(err, payout.ErrOtherPayout) {
			t.Errorf("other content: Enqueue returned %v", err)
		}
	}
	if n := s.emu.Calls(emulator.OpInit); n != 1 {
		t.Errorf("init was sent %d times", n)
	}
}

// Nothing is asked of iyzico before the approvals are there; they are for one content, and each person counts once.
func TestApprovals(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.start()
	first, second := request("bonuses", item("emp-1", "100")), request("bonuses", item("emp-1", "1000"))
	shown, changed := payout.Digest(first), payout.Digest(second)
	if _, err := s.enqueue(first, 2); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, digest, person string
		replace, again       bool
		want                 error
		approved             string
		released             bool
	}{
		{name: "one person", digest: shown, person: "Elif Işık", approved: "Elif Işık"},
		{name: "the same, in other letters", digest: shown, person: " ELİF  IŞIK ", approved: "Elif Işık"},
		{name: "and in small ones", digest: shown, person: "elif ışık", approved: "Elif Işık"},
		{name: "the same content with fewer approvals", again: true, digest: changed, person: "Mehmet Kaya", want: payoutjob.ErrChanged, approved: "Elif Işık"},
		{name: "another content than is there", digest: changed, person: "Mehmet Kaya", want: payoutjob.ErrChanged, approved: "Elif Işık"},
		{name: "the content has changed: the first approval is void", replace: true, digest: changed, person: "Mehmet Kaya", approved: "Mehmet Kaya"},
		{name: "what was shown before", digest: shown, person: "Elif Işık", want: payoutjob.ErrChanged, approved: "Mehmet Kaya"},
		{name: "two persons", digest: changed, person: "Elif Işık", approved: "Mehmet Kaya, Elif Işık", released: true},
		{name: "a third does no harm", digest: changed, person: "Elif Demir", approved: "Mehmet Kaya, Elif Işık, Elif Demir", released: true},
	} {
		if s.emu.Calls(emulator.OpRetrieve)+s.emu.Calls(emulator.OpBalance)+s.emu.Calls(emulator.OpInit) > 0 && !tt.released {
			t.Fatal("iyzico was asked before the approval")
		}
		if tt.replace {
			if _, err := s.enqueue(second, 2); err != nil {
				t.Fatal(err)
			}
		}
		for n := 0; tt.again && n < 2; n++ {
			if _, err := s.enqueue(first, n); !errors.Is(err, payout.ErrOtherPayout) {
				t.Errorf("%s: %d: Enqueue returned %v", tt.name, n, err)
			}
		}
		_, err := s.approve("bonuses", tt.digest, tt.person)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: Approve returned %v, expected %v", tt.name, err, tt.want)
		}
		list, err := s.queue.List(t.Context(), "bonuses")
		var names []string
		for _, a := range list.Approved {
			if names = append(names, a.Person); time.Since(a.At).Abs() > time.Hour {
				t.Errorf("%s: approved at %v", tt.name, a.At)
			}
		}
		if got := strings.Join(names, ", "); err != nil || got != tt.approved || list.Released != tt.released {
			t.Errorf("%s: approved by %q, released %v, %v; expected %q, %v", tt.name, got, list.Released, err, tt.approved, tt.released)
		}
		lists, err := s.queue.Lists(t.Context())
		if err != nil || (len(lists) == 1) == tt.released {
			t.Errorf("%s: lists that wait: %v, %v", tt.name, lists, err)
		}
	}
	s.wait("bonuses", finished)
	s.wantPaid("bonuses", "emp-1")
	if transfers := s.emu.Ledger(); len(transfers) != 1 || transfers[0].Amount.String() != "1000" {
		t.Errorf("the ledger has %v", transfers)
	}
	if _, err := s.approve("nothing", shown, "Elif Demir"); !errors.Is(err, payoutjob.ErrNoList) {
		t.Errorf("no such list: %v", err)
	}
	if _, err := s.approve("bonuses", changed, " \t"); err == nil {
		t.Error("nobody approved, and that was no error")
	}
}

// A job that somebody inserted by hand pays nothing that is not approved; and an approval that is taken back counts no
// more, not even right before auth.
func TestNotApproved(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := request("bonuses", item("emp-1", "100"))
	list, err := s.enqueue(r, 1)
	if err != nil {
		t.Fatal(err)
	}
	client := s.start(payoutjob.WithConfirm(func(context.Context, *payout.Result) error { return nil }))
	for i := range 2 { // a payout has one job
		job, err := client.Insert(t.Context(), payoutjob.Args{ExternalID: "bonuses"}, nil)
		if err != nil || job.UniqueSkippedAsDuplicate != (i > 0) {
			t.Fatal(job, err)
		}
	}
	s.wait("bonuses", func(p []payoutjob.Payout) bool { return p[0].JobState == "scheduled" })
	if n := s.emu.Calls(emulator.OpRetrieve); n > 0 {
		t.Errorf("iyzico was asked %d times", n)
	}
	// The approval makes the job that sleeps available at once.
	if _, err := s.approve("bonuses", list.Digest, "Elif Demir"); err != nil {
		t.Fatal(err)
	}
	s.wait("bonuses", finished)
	s.wantPaid("bonuses", "emp-1")

	if _, err := s.enqueue(request("more", item("emp-2", "100")), 1); err != nil {
		t.Fatal(err)
	}
	takeBack := worker(t, s.db, s.emu.URL, meddler(func(r *http.Request) (*http.Response, error) {
		if operation(r) == "balance" && s.emu.Calls(emulator.OpInit) == 2 { // it is stored and about to be confirmed
			if _, err := s.pool.Exec(t.Context(), "DELETE FROM masspayout_approvals WHERE list_id = 'more'"); err != nil {
				t.Error(err)
			}
		}
		return http.DefaultTransport.RoundTrip(r)
	}))
	if err := client.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	start(t, s.pool, takeBack)
	if _, err := s.approve("more", payout.Digest(request("more", item("emp-2", "100"))), "Elif Demir"); err != nil {
		t.Fatal(err)
	}
	p := s.wait("more", stopped)[0]
	if s.emu.Calls(emulator.OpAuth) != 1 || !strings.Contains(p.Err.Error(), "it is not approved") || p.Err.MoneyMayHaveMoved {
		t.Errorf("%d auths, %v", s.emu.Calls(emulator.OpAuth), p.Err)
	}
}

// A long list is several payouts with one approval and one result.
func TestSplit(t *testing.T) {
	t.Parallel()
	s := open(t, payoutjob.WithMaxItems(3))
	s.start()
	all, ids := items(8)
	list, err := s.enqueue(request("salaries", all...), 1)
	if err != nil || fmt.Sprint(list.Parts) != "[salaries salaries-part2-751a9214 salaries-part3-85d24c4a]" {
		t.Fatal(list, err)
	}
	if result, err := s.queue.Result(t.Context(), "salaries"); err != nil || result.Ended || result.AllPaid() || len(result.Items()) > 0 {
		t.Errorf("before its approval the result is %v, %v", result, err)
	}
	if list, err = s.approve("salaries", list.Digest, "Elif Demir"); err != nil || !list.Released {
		t.Fatal(list, err)
	}
	payouts := s.wait("salaries", finished)
	if len(payouts) != 3 || payouts[0].Items != 3 || payouts[1].Items != 3 || payouts[2].Items != 2 {
		t.Errorf("the parts are %+v", payouts)
	}
	s.wantPaid("salaries", ids...)
	if tallies, err := s.queue.Tallies(t.Context(), "salaries"); err != nil || tallies.String() != "8 SUCCESS 804 TRY" {
		t.Error(tallies, err)
	}

	// Another limit, after a deployment, splits no list anew.
	again := open(t)
	again.pool, again.db = s.pool, s.db
	jobs := s.start()
	if again.queue, err = payoutjob.NewQueue(s.db, jobs, payoutjob.WithMaxItems(5)); err != nil {
		t.Fatal(err)
	}
	if list, err := again.enqueue(request("salaries", all...), 1); err != nil || len(list.Parts) != 3 {
		t.Error(list, err)
	}
	// A part's name that is taken is no part of another list.
	if _, err := again.enqueue(request("salaries-part2-751a9214", all[0]), 0); !errors.Is(err, payout.ErrOtherPayout) {
		t.Errorf("the name of a part: %v", err)
	}
}

// A permanent error cancels the job and is kept; a person sees to it and resumes the payout.
func TestPermanentError(t *testing.T) {
	t.Parallel()
	s := open(t)
	client := s.start()
	blocked := emulator.RecipientBlocked.MemberID()
	if _, err := s.enqueue(request("p", item("emp-1", "100"), itemTo("emp-2", "200", blocked)), 0); err != nil {
		t.Fatal(err)
	}
	p := s.wait("p", stopped)[0]
	var refused *payout.RefusedItemsError
	if !errors.As(p.Err, &refused) || len(refused.Items) != 1 || refused.Items[0].ItemExternalID != "emp-2" || p.Err.Temporary || p.Err.MoneyMayHaveMoved {
		t.Errorf("the error is %v", p.Err)
	}
	found, err := s.queue.NeedsPerson(t.Context(), time.Hour)
	if err != nil || len(found) != 1 || !strings.HasPrefix(found[0].Why, "it stopped with an error") {
		t.Errorf("NeedsPerson returned %v, %v", found, err)
	}
	job := onlyJob(t, client)
	if job.State != rivertype.JobStateCancelled || job.Attempt != 1 {
		t.Errorf("the job is %s, attempt %d", job.State, job.Attempt)
	}
	kept, _ := json.Marshal(job)
	for _, secret := range []string{blocked, "5001", "Ayşe", "emp-", "Kasım"} {
		if strings.Contains(string(kept), secret) {
			t.Errorf("the job has %q: %s", secret, kept)
		}
	}
	if n := s.emu.Calls(emulator.OpAuth); n > 0 {
		t.Errorf("auth was sent %d times", n)
	}

	// The same worker, with permission.
	if err := client.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.start(payoutjob.WithPayoutOptions(payout.WithRefusedItems()))
	resume := func(id string) error {
		return pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error { return s.queue.Resume(t.Context(), tx, id) })
	}
	if err := resume("p"); err != nil {
		t.Fatal(err)
	}
	p = s.wait("p", finished)[0]
	tallies, err := s.queue.Tallies(t.Context(), "p")
	if err != nil || tallies.String() != "1 INVALID 200 TRY, 1 SUCCESS 100 TRY" || p.Err != nil {
		t.Errorf("%v, %v, %v", tallies, err, p.Err)
	}
	if err := resume("nobody"); err == nil {
		t.Error("resumed a payout that does not exist")
	}
	if _, err := s.enqueue(request("q", item("emp-1", "100")), 1); err != nil {
		t.Fatal(err)
	}
	if err := resume("q"); err == nil {
		t.Error("resumed a payout that waits for approval")
	}
}

func onlyJob(t *testing.T, client *river.Client[pgx.Tx]) *rivertype.JobRow {
	t.Helper()
	jobs, err := client.JobList(t.Context(), river.NewJobListParams())
	if err != nil || len(jobs.Jobs) != 1 {
		t.Fatal(jobs, err)
	}
	return jobs.Jobs[0]
}

// While iyzico is away, the payout waits, says so, and uses up no attempts. River leaves a snoozed job at attempt 1 however
// often it comes back; the payout's row counts the failures, and NeedsPerson bounds them.
func TestTemporaryError(t *testing.T) {
	t.Parallel()
	s := open(t)
	var away atomic.Bool
	away.Store(true)
	client := start(t, s.pool, worker(t, s.db, s.emu.URL, meddler(func(r *http.Request) (*http.Response, error) {
		if away.Load() {
			return nil, errors.New("connection refused")
		}
		return http.DefaultTransport.RoundTrip(r)
	}), payoutjob.WithPayoutOptions(payout.WithPatience(0))))
	if _, err := s.enqueue(request("p", item("emp-1", "100")), 0); err != nil {
		t.Fatal(err)
	}
	p := s.wait("p", func(p []payoutjob.Payout) bool { return p[0].Failures >= 3 })[0]
	if !p.Err.Temporary || p.Stopped || p.Attempt > 1 || p.FailingSince.IsZero() || p.NextRun.IsZero() {
		t.Errorf("%+v", p)
	}
	s.wait("p", func([]payoutjob.Payout) bool {
		found, err := s.queue.NeedsPerson(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if strings.HasPrefix(f.Why, "it has been failing") {
				return true
			}
		}
		return false
	})
	away.Store(false)
	s.wait("p", finished)
	s.wantPaid("p", "emp-1")
	if job := onlyJob(t, client); job.Attempt != 1 || len(job.Errors) > 0 || job.State != rivertype.JobStateCompleted {
		t.Errorf("the job is %s, attempt %d, errors %v", job.State, job.Attempt, job.Errors)
	}
}

// sealer is a Sealer whose key may be away.
type sealer struct {
	away           atomic.Bool
	calls, refused int // of Seal, from 1
}

var errAway = errors.New("the key is away")

func (s *sealer) Seal(_ context.Context, _ string, request []byte) ([]byte, error) {
	if s.calls++; s.calls == s.refused {
		return nil, errAway
	}
	return request, nil
}

func (s *sealer) Open(_ context.Context, _ string, sealed []byte) ([]byte, error) {
	if s.away.Load() {
		return nil, fmt.Errorf("cannot open %s", sealed)
	}
	return sealed, nil
}

// A request that cannot be read shows, without being quoted; one that somebody changed stops the payout.
func TestUnreadableRequest(t *testing.T) {
	t.Parallel()
	s := open(t)
	key := &sealer{}
	key.away.Store(true)
	db, err := pgstore.New(s.pool, pgstore.WithSealer(key))
	if err != nil {
		t.Fatal(err)
	}
	start(t, s.pool, worker(t, db, s.emu.URL, http.DefaultTransport))
	if _, err := s.enqueue(request("p", item("emp-1", "100")), 0); err != nil {
		t.Fatal(err)
	}
	p := s.wait("p", func(p []payoutjob.Payout) bool { return p[0].Err != nil })[0]
	if text := p.Err.Error(); !p.Err.Temporary || strings.Contains(text, "emp-1") || !strings.Contains(text, "Sealer") {
		t.Errorf("the error is %s", text)
	}
	key.away.Store(false)
	s.wait("p", finished)
	s.wantPaid("p", "emp-1")

	if err := pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error {
		if _, err := s.queue.Enqueue(t.Context(), tx, request("q", item("emp-2", "100")), 0); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `UPDATE masspayout_payouts SET request = convert_to(replace(convert_from(request, 'UTF8'), '5001', '5002'), 'UTF8')
			WHERE external_id = 'q'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if p := s.wait("q", stopped)[0]; !errors.Is(p.Err, payout.ErrOtherPayout) || p.Err.MoneyMayHaveMoved {
		t.Errorf("the error is %v", p.Err)
	}
}

// Of a list that cannot be stored whole, nothing stays, even if the caller commits: it is not taken for enqueued later.
func TestEnqueueHalfWay(t *testing.T) {
	t.Parallel()
	s := open(t)
	db, err := pgstore.New(s.pool, pgstore.WithSealer(&sealer{refused: 2}))
	if err != nil {
		t.Fatal(err)
	}
	queue, err := payoutjob.NewQueue(db, s.start(), payoutjob.WithMaxItems(1))
	if err != nil {
		t.Fatal(err)
	}
	ctx, two := t.Context(), request("salaries", item("emp-1", "100"), item("emp-2", "200"))
	for n, want := range []error{errAway, nil} {
		var list payoutjob.List
		if err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if list, err = queue.Enqueue(ctx, tx, two, 1); !errors.Is(err, want) {
				t.Errorf("try %d: Enqueue returned %v, expected %v", n, err, want)
			}
			return nil // the caller commits all the same
		}); err != nil {
			t.Fatal(err)
		}
		there, err := queue.List(ctx, "salaries")
		if want != nil && !errors.Is(err, payoutjob.ErrNoList) || want == nil && (err != nil || len(there.Parts) != 2 || len(list.Parts) != 2) {
			t.Errorf("try %d: there is %+v, %v", n, there, err)
		}
	}
}

// A payout that pgstore's Insert inserted becomes the list's, with its tallies, unless it has begun or has other content.
func TestInsertedBefore(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	inserted, begun := request("p", item("emp-1", "100.50")), request("q", item("emp-2", "100"))
	for _, r := range []gen.MassPayoutInitializeRequest{inserted, begun} {
		if err := s.db.Insert(ctx, s.pool, r); err != nil {
			t.Fatal(err)
		}
	}
	saved := payout.State{Version: 3, Revision: 1, ExternalID: "q", Digest: payout.Digest(begun), Step: payout.StepNew, At: time.Unix(1, 0)}
	if err := s.db.Store("q").Save(ctx, saved); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]gen.MassPayoutInitializeRequest{
		"other content": request("p", item("emp-1", "100")), "one that has begun": begun,
	} {
		if _, err := s.enqueue(r, 0); !errors.Is(err, payout.ErrOtherPayout) {
			t.Errorf("%s: Enqueue returned %v", name, err)
		}
	}
	if _, err := s.enqueue(inserted, 0); err != nil {
		t.Fatal(err)
	}
	tallies, err := s.queue.Tallies(ctx, "p")
	if err != nil || len(tallies) != 1 || tallies[0].Items != 1 || tallies[0].Amount.String() != "100.5" {
		t.Errorf("Tallies returned %v, %v", tallies, err)
	}
	s.start()
	s.wait("p", finished)
	s.wantPaid("p", "emp-1")
}

// A job that an operator cancels is not started again by itself, and shows.
func TestCanceledJob(t *testing.T) {
	t.Parallel()
	s := open(t)
	client := s.start(payoutjob.WithRetry(time.Hour, time.Hour), payoutjob.WithPayoutOptions(payout.WithPatience(0)))
	s.emu.Close() // nobody is there
	if _, err := s.enqueue(request("p", item("emp-1", "100")), 0); err != nil {
		t.Fatal(err)
	}
	s.wait("p", func(p []payoutjob.Payout) bool { return p[0].JobState == "scheduled" })
	if _, err := client.JobCancel(t.Context(), onlyJob(t, client).ID); err != nil {
		t.Fatal(err)
	}
	found, err := s.queue.NeedsPerson(t.Context(), time.Hour)
	if err != nil || len(found) != 1 || !strings.HasPrefix(found[0].Why, "it has no job") {
		t.Errorf("NeedsPerson returned %v, %v", found, err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	s := open(t)
	client := s.start()
	for name, opt := range map[string]payoutjob.QueueOption{"nil": nil, "WithMaxItems": payoutjob.WithMaxItems(0)} {
		if _, err := payoutjob.NewQueue(s.db, client, opt); err == nil || !strings.HasPrefix(err.Error(), "payoutjob: ") {
			t.Errorf("%s: NewQueue returned %v", name, err)
		}
	}
	for name, opt := range map[string]payoutjob.Option{
		"nil": nil, "WithConfirm": payoutjob.WithConfirm(nil), "WithTimeout": payoutjob.WithTimeout(0), "WithGrace": payoutjob.WithGrace(-1),
		"WithRetry": payoutjob.WithRetry(0, 0), "WithRetry, the other way round": payoutjob.WithRetry(2, 1),
	} {
		if _, err := payoutjob.NewWorker(s.db, payout.Client(nilClient{}), opt); err == nil || !strings.HasPrefix(err.Error(), "payoutjob: ") {
			t.Errorf("%s: NewWorker returned %v", name, err)
		}
	}
	if _, err := s.enqueue(request("p", item("emp-1", "100")), 3); err == nil {
		t.Error("three approvals were no error")
	}
	var invalid *gen.ValidationError
	if _, err := s.enqueue(request("p", item("emp-1", "-1")), 0); !errors.As(err, &invalid) {
		t.Errorf("an invalid request: %v", err)
	}
}

type nilClient struct{ payout.Client }
