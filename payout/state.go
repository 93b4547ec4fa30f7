package payout

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// stateVersion is the version of State that this package writes and reads.
const stateVersion = 3

// Outcome is what is known about the request that was sent last.
type Outcome string

const (
	OutcomeUnknown  Outcome = "unknown"  // no response says whether it was carried out
	OutcomeAccepted Outcome = "accepted" // the response says success
	OutcomeRefused  Outcome = "refused"  // the response says no; an earlier copy may still have been carried out
)

// State holds what [Advance] has to remember of a payout between two calls. It marshals to JSON. Treat it as opaque,
// except for Revision, which a [Store] compares. Before StepEnded it holds no recipient and no amount of an item. At
// StepEnded it holds the Result, in which iyzico's reasons may name a recipient.
type State struct {
	Version  int   `json:"version"`  // of this format; another one is refused with ErrState
	Revision int64 `json:"revision"` // counts the saves, see [Store]

	Server  string `json:"server,omitempty"`  // its URL, as the client says it; see [Client]
	Account string `json:"account,omitempty"` // see [WithAccount]; empty without it

	ExternalID string        `json:"externalId"`
	Digest     string        `json:"digest"` // [Digest] of the request, to know it again
	Step       Step          `json:"step"`
	RequestID  gen.RequestID `json:"requestId,omitempty"`

	Adopted      bool `json:"adopted,omitempty"`      // found by its externalId: no response to our init named it
	AuthSent     bool `json:"authSent,omitempty"`     // an auth may have been sent; taken back if it provably was not
	InitUnsure   bool `json:"initUnsure,omitempty"`   // an init's outcome is not known; taken back likewise
	CancelWanted bool `json:"cancelWanted,omitempty"` // [Cancel] was called
	// CanceledUnauthorized: CANCELED was seen while none of our auths could be on its way.
	CanceledUnauthorized bool `json:"canceledUnauthorized,omitempty"`
	Named                bool `json:"named,omitempty"`   // a response named it: what does not proves nothing now
	OnlyOne              bool `json:"onlyOne,omitempty"` // a response by externalId named the requestId; see [Result]

	InFlight  bool    `json:"inFlight,omitempty"` // a request may have been sent, and its outcome has not been saved
	Outcome   Outcome `json:"outcome,omitempty"`
	LastError *Cause  `json:"lastError,omitempty"` // of what was sent last: a refusal, or why its outcome is unknown
	// Inits, Auths and Cancels count the requests sent that did not arrive, as far as is known.
	Inits   int `json:"inits,omitempty"`
	Auths   int `json:"auths,omitempty"`
	Cancels int `json:"cancels,omitempty"`

	At time.Time `json:"at"` // when this was saved, by the store's clock or else the machine's
	// Process names the process that saved this, and ProcessTime is when, by that process's monotonic clock: only the
	// same process can tell by it how much time has passed.
	Process     string        `json:"process,omitempty"`
	ProcessTime time.Duration `json:"processTime,omitempty"`
	SinceSend   time.Duration `json:"sinceSend,omitempty"`  // since the last request, until At; see [WithSettle]
	Wait        time.Duration `json:"wait,omitempty"`       // how long the caller was asked to wait after At
	Polls       int           `json:"polls,omitempty"`      // the waits in a row, for the back-off
	StalledFor  time.Duration `json:"stalledFor,omitempty"` // how long expected progress has not come
	StalledOn   string        `json:"stalledOn,omitempty"`  // what that progress is

	// Reviewed is what a page of the payout counted and added up when all of its items had been reviewed; empty before
	// that. It is compared right before auth.
	Reviewed    string        `json:"reviewed,omitempty"`
	Confirmed   string        `json:"confirmed,omitempty"`   // the digest of what was confirmed; empty before that
	SinceReview time.Duration `json:"sinceReview,omitempty"` // how long ago all items were read
	// Refused are the items, by itemExternalId, that are known to have been refused before any auth of ours, with the
	// code that the response to init had, or none where only reads have shown it: somebody else's auth may have come
	// before such a read.
	Refused      map[string]gen.ErrorCode `json:"refused,omitempty"`
	RefusedCount int                      `json:"refusedCount,omitempty"` // of the response to init, of any item
	PageSize     int                      `json:"pageSize,omitempty"`     // as the server has shown; 0: not known

	Result *Result `json:"result,omitempty"` // the outcome of the payout, at StepEnded
}

// reviewHolds is how long the items that were reviewed are taken for what they were: after it, the last look before
// auth reads all of them again, which is a request for each page.
const reviewHolds = time.Minute

// newState returns the state of a payout of which nothing was ever saved.
func newState(externalID, digest string) State {
	return State{Version: stateVersion, Step: StepNew, ExternalID: externalID, Digest: digest}
}

// check reports a state that this package did not write.
func (s *State) check() error {
	var problem string
	sent := slices.Contains([]Step{StepStoring, StepAuthorizing, StepCanceling}, s.Step)
	known := sent || slices.Contains([]Step{StepNew, StepStored, StepAuthorized, StepEnded}, s.Step)
	switch {
	case s.Version != stateVersion:
		problem = fmt.Sprintf("its version is %d, expected %d", s.Version, stateVersion)
	case !known:
		problem = fmt.Sprintf("step %q is not known", s.Step)
	case s.RequestID == "" && s.Step != StepNew && s.Step != StepStoring:
		problem = "it has no requestId"
	case s.Revision < 1:
		problem = "it has no revision"
	case s.ExternalID == "":
		problem = "it has no externalId"
	case !strings.HasPrefix(s.Digest, digestVersion) || len(s.Digest) != digestLength:
		problem = "it has no digest of this version"
	case s.At.IsZero():
		problem = "it has no time"
	case min(s.SinceSend, s.Wait, s.StalledFor, s.SinceReview) < 0, min(s.Polls, s.PageSize) < 0:
		problem = "a duration or a number in it is negative"
	case s.InFlight && !sent:
		problem = fmt.Sprintf("at step %q nothing is sent", s.Step)
	case s.Step == StepAuthorizing && !s.AuthSent:
		problem = "it is authorizing, but says that no auth was sent"
	case s.Step == StepEnded && s.Result == nil:
		problem = "it has ended without a result"
	default:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrState, problem)
}

// never reports whether nothing was ever saved: a state of which anything is set is one that must be understood.
func (s *State) never() bool { return reflect.ValueOf(*s).IsZero() }

// ref returns the payout's names as far as they are known.
func (s *State) ref() Ref { return Ref{RequestID: s.RequestID, ExternalID: s.ExternalID} }

// String returns the payout's IDs and how far it is, without what iyzico says of its items.
func (s State) String() string {
	return fmt.Sprintf("%s: %s, revision %d", s.ref(), s.Step, s.Revision)
}

// Format prints String for any verb.
func (s State) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue returns String, for [log/slog].
func (s State) LogValue() slog.Value { return slog.StringValue(s.String()) }

// markRefusedLate marks the INVALID items that are not known to have been refused before any auth. What only a read has
// shown counts if an auth of ours followed it. Without one, somebody else's came first, perhaps before that read.
func (s *State) markRefusedLate(r *Result) {
	for i := range r.Items {
		item := &r.Items[i]
		code, refused := s.Refused[canonical(item.ItemExternalID)]
		item.RefusedLate = item.refused() && (!refused || !s.AuthSent && code == "")
	}
}

// Store keeps the [State] of one payout between two calls of [Advance] or two runs of [Pay]. [FileStore] is one.
// Package storetest checks any other against this contract.
//
// A State belongs to one server and one account. It records the server that the [Client] names, and with [WithAccount]
// the account; a call of another is refused. Keep the states of a client that names no server apart. Keep the request
// as well, to continue the payout: the State holds a digest of it, and no recipient.
//
// A payout whose state is lost is found again by its externalId and not stored twice. Before you start again, wait as
// long as iyzico's reads may lag, so that it can be found. After restoring an older state, wait [WithSettle] before
// you start: a request that only the newer state knew of may still be on its way.
type Store interface {
	// Load returns the State that Save saved last, or the zero State if none was ever saved. A State that exists but
	// cannot be read is an error: treating it as missing would start the payout anew.
	Load(ctx context.Context) (State, error)

	// Save replaces the saved State if its Revision is state.Revision-1 (0 for the zero State), comparing and replacing
	// atomically. Otherwise somebody else has saved: it returns an error that matches ErrConflict and changes nothing. For
	// a lost lock see [Locker]. When it returns nil, the State must be durable, so that a power cut does not undo it. It
	// must never leave half a State.
	//
	// The context has a deadline, see [WithSaveTimeout], and is not canceled with the caller's. A Save that has not
	// returned by then counts as failed, and nothing is sent; the lock is not released before it returns.
	Save(ctx context.Context, state State) error
}

// Locker is a [Store] that keeps two runs of the same payout apart. [Pay] holds the lock for its whole run, [Advance]
// for one call. Without it, only Save's comparison protects against two runs; that suffices only if [WithSettle]
// exceeds [WithSaveTimeout] plus the longest exchange with iyzico.
type Locker interface {
	// Lock is called before Load. If another run holds the lock, it returns an error that matches ErrLocked
	// immediately, without waiting. The lock must end with the process that holds it, however that ends; a lease ends
	// some time after it. If the lock is lost during a run (a database session ended, a lock file was deleted), every
	// later Save must fail, with an error that matches ErrLocked if possible. Load and Save may therefore use the
	// connection that holds the lock. Errors of unlock are returned to the caller of Pay or Advance.
	Lock(ctx context.Context) (unlock func() error, err error)
}

// Clock is a [Store] that supplies the time. Implement it if several machines share a store, so that their clocks need
// not agree; a database can tell the time. Within one run, durations are measured with the process's monotonic clock.
type Clock interface {
	Now(ctx context.Context) (time.Time, error)
}

// guard bounds every call of a store.
type guard struct {
	Store
	timeout time.Duration
	hanging chan struct{} // closed when the call that hung has returned; nil if none hung
}

// callStore calls f with a deadline. What comes later is ignored; a lock is given back then.
func callStore[T any](ctx context.Context, g *guard, what string, f func(context.Context) (T, error)) (T, error) {
	var none, got T
	if g.hanging != nil {
		return none, fmt.Errorf("%s: an earlier call of the store has not returned", what)
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	var failed error
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		got, failed = f(ctx)
	}()
	select {
	case <-returned:
	case <-ctx.Done():
		const grace = time.Second // a store that heeds its context is about to return
		select {
		case <-returned:
		case <-time.After(grace):
			g.hanging = returned
			go func() {
				<-returned
				if unlock, isLock := any(got).(func() error); isLock && failed == nil {
					_ = unlock()
				}
			}()
			return none, fmt.Errorf("%s: the store does not return: %w", what, ctx.Err())
		}
	}
	if failed != nil {
		return none, fmt.Errorf("%s: %w", what, failed)
	}
	return got, nil
}

func (g *guard) load(ctx context.Context) (State, error) {
	return callStore(ctx, g, "loading the state", g.Load)
}

// subject is a payout as a machine knows it.
type subject struct {
	request *gen.MassPayoutInitializeRequest // nil: not fetched, see Continue
	given   string                           // the externalId, in the Unicode form in which the caller has it
	state   State
	status  gen.PayoutStatus // as this call saw it last
	result  *Result          // the last snapshot
}
