package payout

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// The defaults of the options.
const (
	DefaultPageSize          = 1000             // items requested at a time, see [WithPageSize]
	DefaultFirstPoll         = 2 * time.Second  // the shortest wait between two looks, see [WithPollInterval]
	DefaultLongestPoll       = time.Minute      // the longest wait between two looks
	DefaultSettle            = 2 * time.Minute  // how long a request may still arrive, see [WithSettle]
	DefaultPatience          = 15 * time.Minute // how long to wait for what should come by itself, see [WithPatience]
	DefaultLongestRetryAfter = 5 * time.Minute  // the longest Retry-After that is obeyed
	DefaultSaveTimeout       = 5 * time.Second  // how long a Save may take, see [WithSaveTimeout]
	DefaultMaxSends          = 3                // how often init, auth or cancel is sent if it does not arrive
)

// Option configures a function of this package. An option that does not concern the function has no effect. A nil
// Option or a value out of range makes the function return an error.
type Option func(*config)

type config struct {
	process             string // see State.Process
	pageSize            int
	concurrentPages     int // that are read at the same time, and held in memory
	firstPoll, lastPoll time.Duration
	settle              time.Duration
	patience            time.Duration
	longestRetryAfter   time.Duration
	saveTimeout         time.Duration
	maxSends            int
	allowRefused        bool
	allowUnverified     bool
	wantCancel          bool
	digest              string
	severalCurrencies   bool
	account             string
	accountIsEmpty      bool
	progress            func(Progress)
	confirm             func(context.Context, *Result) error
}

func newConfig(client any, opts []Option) (*config, error) {
	c := &config{
		pageSize:          DefaultPageSize,
		concurrentPages:   4,
		firstPoll:         DefaultFirstPoll,
		lastPoll:          DefaultLongestPoll,
		settle:            DefaultSettle,
		patience:          DefaultPatience,
		longestRetryAfter: DefaultLongestRetryAfter,
		saveTimeout:       DefaultSaveTimeout,
		maxSends:          DefaultMaxSends,
		progress:          func(Progress) {},
		confirm:           func(context.Context, *Result) error { return nil },
	}
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("payout: an option is nil")
		}
		opt(c)
	}
	switch {
	case c.progress == nil:
		return nil, errors.New("payout: WithProgress: the function is nil")
	case c.confirm == nil:
		return nil, errors.New("payout: WithConfirm: the function is nil")
	case c.accountIsEmpty:
		return nil, errors.New("payout: WithAccount: the name is empty")
	case client == nil:
		return nil, errors.New("payout: the client is nil")
	}
	return c, cmp.Or(
		atLeast("WithPageSize", c.pageSize, 1),
		atLeast("WithPollInterval: first", c.firstPoll, time.Millisecond),
		atLeast("WithPollInterval: longest", c.lastPoll, c.firstPoll),
		atLeast("WithSettle", c.settle, 0),
		atLeast("WithPatience", c.patience, 0),
		atLeast("WithLongestRetryAfter", c.longestRetryAfter, 0),
		atLeast("WithSaveTimeout", c.saveTimeout, time.Millisecond),
		atLeast("WithMaxSends", c.maxSends, 1),
	)
}

func atLeast[T int | time.Duration](name string, value, least T) error {
	if value < least {
		return fmt.Errorf("payout: %s: expected at least %v, got %v", name, least, value)
	}
	return nil
}

// WithPageSize sets how many items are requested at a time. iyzico documents no maximum. If the server refuses that
// many, 100, 10 and then 1 are tried; if it returns fewer, its size is taken. What was found is kept in the [State].
func WithPageSize(items int) Option { return func(c *config) { c.pageSize = items } }

// WithPollInterval bounds the waits between two looks at a payout: they start at first and grow to longest. If the
// server asks for a longer wait, that is obeyed, see [WithLongestRetryAfter].
func WithPollInterval(first, longest time.Duration) Option {
	return func(c *config) { c.firstPoll, c.lastPoll = first, longest }
}

// WithSettle sets how long a request may still arrive after its exchange has ended without a response: queued in a
// proxy, or at iyzico; plus how far iyzico's reads may lag behind. Until then, a payout that is not there, or is
// still INIT, proves nothing, and nothing is sent again. Set it longer than every timeout on the way.
func WithSettle(d time.Duration) Option { return func(c *config) { c.settle = d } }

// WithDigest refuses a request whose [Digest] is another, with an error that matches [ErrOtherPayout], before anything
// is read or sent: pay only what was approved. For [PaySplit] it is the digest of the whole request.
func WithDigest(digest string) Option { return func(c *config) { c.digest = digest } }

// WithCancel makes [Advance] and [Continue] cancel the payout, or follow it if an auth won; [Pay] with it is [Cancel].
// The wish is saved.
func WithCancel() Option { return func(c *config) { c.wantCancel = true } }

// WithPatience sets how long to wait for progress that should come by itself, before the lack of it becomes an error:
// for reads that fail, a payout that is not visible or has an undocumented status, one that stays INIT after an
// accepted auth, and items that are missing from the pages; after a payout has ended, also for items whose money has
// not reached its end, such as FAILED ones. There is no limit on waiting for a payout that iyzico says is under way.
func WithPatience(d time.Duration) Option { return func(c *config) { c.patience = d } }

// WithLongestRetryAfter sets the longest Retry-After that is obeyed. A longer one is cut to it.
func WithLongestRetryAfter(d time.Duration) Option {
	return func(c *config) { c.longestRetryAfter = d }
}

// WithSaveTimeout limits how long Save of a [Store] may take; Load, Lock and the time of a [Clock] have the same
// limit. It also limits the pause between the start of a Save and sending the request that was saved: after a longer
// pause, for example of a stopped process, nothing is sent before another look.
func WithSaveTimeout(d time.Duration) Option { return func(c *config) { c.saveTimeout = d } }

// WithMaxSends sets how often init, auth or cancel is sent if it turns out each time that it did not arrive. After
// that, the payout stops with an error; another call starts counting again.
func WithMaxSends(n int) Option { return func(c *config) { c.maxSends = n } }

// WithProgress sets a callback that is called synchronously with every Progress of [Advance].
func WithProgress(f func(Progress)) Option { return func(c *config) { c.progress = f } }

// WithRefusedItems pays the accepted items of a payout although iyzico refused others. Without it [Pay] stops with a
// [*RefusedItemsError] before any money moves.
func WithRefusedItems() Option { return func(c *config) { c.allowRefused = true } }

// WithUnverified continues with a payout that was found under our externalId although iyzico masks or leaves out some
// of it. What it shows must match the request. Without it [Pay] stops with [ErrUnverified]: it may be somebody else's.
func WithUnverified() Option { return func(c *config) { c.allowUnverified = true } }

// WithSeveralCurrencies pays a request with items in several currencies. Without it [Pay] refuses that with
// [ErrSeveralCurrencies]: iyzico documents one currency and one total of a payout, and its balance has none.
func WithSeveralCurrencies() Option { return func(c *config) { c.severalCurrencies = true } }

// WithAccount names the account that the payout belongs to, for example "payroll", if you have several at one server:
// the server is saved in any case, see [Client]. The name is saved. A later call with another name, or a state without
// one, stops with [ErrOtherPayout] before anything is read or sent: what one account paid the other has not.
func WithAccount(name string) Option {
	return func(c *config) { c.account, c.accountIsEmpty = name, name == "" }
}

// WithConfirm sets a callback that is called before the payout is authorized, when everything else is in order. It
// receives what will be paid and must not modify it. If it returns an error, the payout stops with that cause: nothing
// has been authorized. A confirmation is saved; it is asked for again only if what would be paid has changed.
//
// Right before auth, what would be paid is compared once more. Within a minute after all items were read, that is one
// request: the status, the number of items, the sums and the first 100 items. Later, all items are read again.
func WithConfirm(f func(context.Context, *Result) error) Option {
	return func(c *config) { c.confirm = f }
}

// Progress describes what one call of [Advance] did, and when to call next. It marshals to JSON. It holds nothing of a
// recipient except what iyzico may have written into the reasons of its Result, which are not printed.
type Progress struct {
	Ref
	Step    Step             `json:"step"`              // the step that is saved now
	Did     string           `json:"did"`               // what was done, for people to read
	Wait    time.Duration    `json:"wait"`              // before the next call; 0 means to call at once
	Waiting string           `json:"waiting,omitempty"` // what the payout waits for; empty if it does not wait
	Failure error            `json:"-"`                 // what made it wait, and may pass; nil if nothing failed
	Ended   bool             `json:"ended"`             // Result is final, and no further call sends anything
	Status  gen.PayoutStatus `json:"status,omitempty"`  // when last seen; empty if nobody looked
	At      time.Time        `json:"at"`                // of this Progress, by this machine's clock
	// Result is this run's last snapshot. Statuses are empty if none was read, or if something has been sent since.
	Result *Result `json:"result"`
}

// String returns one line of text, for a log.
func (p Progress) String() string {
	s := fmt.Sprintf("%s: %s: %s", p.Ref, p.Step, p.Did)
	if p.Status != "" {
		s += ", " + string(p.Status)
	}
	if p.Waiting != "" {
		s += fmt.Sprintf("; waiting %v for %s", p.Wait.Round(time.Millisecond), p.Waiting)
	}
	if p.Failure != nil {
		s += fmt.Sprintf(": %v", p.Failure)
	}
	return s
}

// MarshalJSON implements [json.Marshaler].
func (p Progress) MarshalJSON() ([]byte, error) {
	type plain Progress
	return json.Marshal(struct {
		plain
		Failure *Cause `json:"failure,omitempty"`
	}{plain(p), newCause(p.Failure)})
}

// LogValue returns String, for [log/slog].
func (p Progress) LogValue() slog.Value { return slog.StringValue(p.String()) }

func (c *config) retryAfter(err error) time.Duration {
	if api := apiError(err); api != nil {
		return min(api.RetryAfter, c.longestRetryAfter)
	}
	return 0
}

// backoff returns how long to wait before look n: longer each time, up to a bound, and never quite the same, so that
// many programs that met the same failure do not come back together.
func (c *config) backoff(n int) time.Duration {
	wait := c.firstPoll
	for range n {
		wait = min(wait+wait/2, c.lastPoll)
	}
	return wait - rand.N(wait/4+1)
}

// sleep waits for d, or until the context ends, and then returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return ctx.Err()
}
