package payout

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The defaults of the options.
const (
	// DefaultPageSize is the number of items requested at a time. iyzico documents no maximum.
	DefaultPageSize = 100

	// DefaultConcurrentPages is the number of pages read at the same time.
	DefaultConcurrentPages = 4

	// DefaultFirstPoll and DefaultLongestPoll bound the waits between two looks at a payout.
	DefaultFirstPoll   = 2 * time.Second
	DefaultLongestPoll = time.Minute

	// DefaultSettle is how long a request whose outcome is not known may still arrive, see [WithSettle].
	DefaultSettle = 2 * time.Minute

	// DefaultPatience is how long [Pay] waits for progress that should come by itself, see [WithPatience].
	DefaultPatience = 15 * time.Minute

	// DefaultLongestRetryAfter is the longest Retry-After that is obeyed.
	DefaultLongestRetryAfter = 5 * time.Minute

	// DefaultSaveTimeout is how long a Save may take, see [WithSaveTimeout].
	DefaultSaveTimeout = 5 * time.Second

	// DefaultMaxSends is how often init, auth or cancel is sent if it does not arrive.
	DefaultMaxSends = 3
)

// Option configures a function of this package. An option that does not concern the function has no effect. A nil
// Option or a value out of range makes the function return an error.
type Option func(*config) error

type config struct {
	pageSize            int
	concurrentPages     int
	firstPoll, lastPoll time.Duration
	settle              time.Duration
	patience            time.Duration
	longestRetryAfter   time.Duration
	saveTimeout         time.Duration
	maxSends            int
	allowRefused        bool
	allowUnverified     bool
	account             string
	progress            func(Progress)
	confirm             func(context.Context, *Result) error
}

func newConfig(opts []Option) (*config, error) {
	c := &config{
		pageSize:          DefaultPageSize,
		concurrentPages:   DefaultConcurrentPages,
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
		if err := opt(c); err != nil {
			return nil, fmt.Errorf("payout: %w", err)
		}
	}
	return c, nil
}

func atLeast[T int | time.Duration](set *T, name string, value, least T) error {
	if value < least {
		return fmt.Errorf("%s: expected at least %v, got %v", name, least, value)
	}
	*set = value
	return nil
}

// WithPageSize sets how many items are requested at a time. The server may return fewer.
func WithPageSize(items int) Option {
	return func(c *config) error { return atLeast(&c.pageSize, "WithPageSize", items, 1) }
}

// WithConcurrentPages sets how many pages are read at the same time. Items keep their order, and at most that many
// pages are held in memory.
func WithConcurrentPages(pages int) Option {
	return func(c *config) error { return atLeast(&c.concurrentPages, "WithConcurrentPages", pages, 1) }
}

// WithPollInterval bounds the waits between two looks at a payout: they start at first and grow to longest. If the
// server asks for a longer wait, that is obeyed, see [WithLongestRetryAfter].
func WithPollInterval(first, longest time.Duration) Option {
	return func(c *config) error {
		if err := atLeast(&c.firstPoll, "WithPollInterval: first", first, time.Millisecond); err != nil {
			return err
		}
		return atLeast(&c.lastPoll, "WithPollInterval: longest", longest, first)
	}
}

// WithSettle sets how long a request may still arrive after its exchange has ended without a response: queued in a
// proxy, or at iyzico; plus how far iyzico's reads may lag behind. Until then, a payout that is not there, or is
// still INIT, proves nothing, and nothing is sent again. Set it longer than every timeout on the way.
func WithSettle(d time.Duration) Option {
	return func(c *config) error { return atLeast(&c.settle, "WithSettle", d, 0) }
}

// WithPatience sets how long to wait for progress that should come by itself, before the lack of it becomes an error:
// for reads that fail, a payout that is not visible or has an undocumented status, one that stays INIT after an
// accepted auth, and items that are missing from the pages; after a payout has ended, also for items whose money has
// not reached its end, such as FAILED ones. There is no limit on waiting for a payout that iyzico says is under way.
func WithPatience(d time.Duration) Option {
	return func(c *config) error { return atLeast(&c.patience, "WithPatience", d, 0) }
}

// WithLongestRetryAfter sets the longest Retry-After that is obeyed. A longer one is cut to it.
func WithLongestRetryAfter(d time.Duration) Option {
	return func(c *config) error { return atLeast(&c.longestRetryAfter, "WithLongestRetryAfter", d, 0) }
}

// WithSaveTimeout limits how long Save of a [Store] may take; Load, Lock and the time of a [Clock] have the same limit.
// It also limits the pause between the start of a Save and sending the request that was saved: after a longer pause,
// for example of a stopped process, nothing is sent before another look.
func WithSaveTimeout(d time.Duration) Option {
	return func(c *config) error { return atLeast(&c.saveTimeout, "WithSaveTimeout", d, time.Millisecond) }
}

// WithMaxSends sets how often init, auth or cancel is sent if it turns out each time that it did not arrive. After
// that, the payout stops with an error; another call starts counting again.
func WithMaxSends(n int) Option {
	return func(c *config) error { return atLeast(&c.maxSends, "WithMaxSends", n, 1) }
}

// WithProgress sets a callback that is called synchronously with every Progress of [Advance].
func WithProgress(f func(Progress)) Option {
	return func(c *config) error {
		if f == nil {
			return errors.New("WithProgress: the function is nil")
		}
		c.progress = f
		return nil
	}
}

// WithRefusedItems pays the accepted items of a payout although iyzico refused others. Without it [Pay] stops with a
// [*RefusedItemsError] before any money moves.
func WithRefusedItems() Option {
	return func(c *config) error { c.allowRefused = true; return nil }
}

// WithUnverified continues with a payout that was found under our externalId although iyzico does not show all of it,
// because it masks recipients or leaves out fields. Everything that it does show must match the request. Without it
// [Pay] stops with [ErrUnverified], because the payout may be somebody else's.
func WithUnverified() Option {
	return func(c *config) error { c.allowUnverified = true; return nil }
}

// WithAccount names the server and account that the payout belongs to, for example "sandbox" or "production". The name is
// saved. A later call with another name stops with [ErrOtherPayout] and sends nothing: the state of a payout in the
// sandbox is not taken for one in production.
func WithAccount(name string) Option {
	return func(c *config) error {
		if name == "" {
			return errors.New("WithAccount: the name is empty")
		}
		c.account = name
		return nil
	}
}

// WithConfirm sets a callback that is called before the payout is authorized, when everything else is in order. It
// receives what will be paid and must not modify it. If it returns an error, the payout stops with that error as the
// cause: nothing has been authorized, and the next call asks again. A confirmation is saved; the callback is called
// once more only if what would be paid has changed.
func WithConfirm(f func(context.Context, *Result) error) Option {
	return func(c *config) error {
		if f == nil {
			return errors.New("WithConfirm: the function is nil")
		}
		c.confirm = f
		return nil
	}
}
