package emulator

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/shopspring/decimal"
)

// Option configures an emulator. A nil option and a bad value are errors of [New] and [Start].
type Option func(*config) error

type config struct {
	now             func() time.Time
	balance         decimal.Decimal
	commission      decimal.Decimal
	stage           time.Duration
	deposit         ItemStatus
	readLag         time.Duration
	itemLag         time.Duration
	locale          string
	strictLocale    bool
	pagingBeside    bool
	pageLimit       int
	largePages      LargePages
	signatureStatus int
	readTimeout     time.Duration
	exchanges       int
	page            func(*Emulator) pager
	explain         bool
	log             *slog.Logger
}

func configure(opts []Option) (config, error) {
	c := config{
		now:             time.Now,
		balance:         decimal.New(1, 9),
		stage:           time.Second,
		locale:          "tr",
		pageLimit:       maxPage,
		largePages:      RefuseLargePages,
		signatureStatus: http.StatusBadRequest,
		readTimeout:     30 * time.Second,
		log:             slog.New(slog.DiscardHandler),
	}
	for _, opt := range opts {
		if opt == nil {
			return c, errors.New("an option is nil")
		}
		if err := opt(&c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// WithBalance sets what the merchant has to pay out with, in each of TRY, USD and EUR, in major units. The operation
// balance shows the TRY. The default is 1,000,000,000.
func WithBalance(amount decimal.Decimal) Option {
	return func(c *config) error {
		if amount.Sign() < 0 {
			return errors.New("the balance must not be negative")
		}
		c.balance = amount
		return nil
	}
}

// WithCommission sets the commission of each accepted item, in major units of the item's currency. The default is 0.
func WithCommission(perItem decimal.Decimal) Option {
	return func(c *config) error {
		if perItem.Sign() < 0 {
			return errors.New("the commission must not be negative")
		}
		c.commission = perItem
		return nil
	}
}

// WithClock makes the emulator read the time from now, such as [ManualClock.Now]. The default is [time.Now], which also works
// in a bubble of [testing/synctest].
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return errors.New("the clock must not be nil")
		}
		c.now = now
		return nil
	}
}

// WithStage sets how long an authorized item stays QUEUED, and then PROCESSING. The default is one second. With 0, an
// item has ended as soon as anybody looks.
func WithStage(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return errors.New("the duration of a stage must not be negative")
		}
		c.stage = d
		return nil
	}
}

// WithDeposit sets what becomes of an item that is left FAILED, one stage later: [ItemDepositSuccess] or
// [ItemDepositFail]. By default it stays FAILED.
func WithDeposit(status ItemStatus) Option {
	return func(c *config) error {
		if status != ItemDepositSuccess && status != ItemDepositFail {
			return errors.New("a FAILED item can only become DEPOSIT_SUCCESS or DEPOSIT_FAIL")
		}
		c.deposit = status
		return nil
	}
}

// WithReadLag makes retrieve and the retrieval of one item show everything as it was d ago: a payout that is younger is
// not found. By default they are up to date, as the balance always is.
func WithReadLag(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return errors.New("the read lag must not be negative")
		}
		c.readLag = d
		return nil
	}
}

// WithItemLag makes items look d older than their payout, as in iyzico's published example of a payout that is
// PUBLISHED_TO_QUEUE and whose items are INIT. By default the two are one snapshot.
func WithItemLag(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return errors.New("the item lag must not be negative")
		}
		c.itemLag = d
		return nil
	}
}

// WithLocale sets the language, tr or en, of responses to requests that name none. The default is tr.
func WithLocale(locale string) Option {
	return func(c *config) error {
		if locale != "tr" && locale != "en" {
			return errors.New("the locale must be tr or en")
		}
		c.locale = locale
		return nil
	}
}

// WithStrictLocale refuses a request without locale=tr or locale=en in its query, which the documentation of the mass
// payout API requires. By default the locale may be missing, in upper case, or in the body, where iyzico's own SDKs
// have it.
func WithStrictLocale() Option {
	return func(c *config) error {
		c.strictLocale = true
		return nil
	}
}

// WithPagingBeside puts page, size and total of retrieve beside massPayoutItems, as the schema in iyzico's
// documentation has it. By default they are inside, as in the worked example. A client must read both.
func WithPagingBeside() Option {
	return func(c *config) error {
		c.pagingBeside = true
		return nil
	}
}

// maxPage bounds the size of a page.
const maxPage = 10_000

// LargePages says what retrieve does when it is asked for a page with more items than it allows. iyzico documents
// neither a bound nor what happens beyond it; these are the three ways that servers have.
type LargePages string

// What happens to a page that is too large. The second and the third return as many items as are allowed, and count
// pages of that size.
const (
	RefuseLargePages LargePages = "refuse" // error code 11
	CapLargePages    LargePages = "cap"    // the response's size is the one that was asked for
	EchoLargePages   LargePages = "echo"   // the response's size is the one that is allowed
)

func checkPageLimit(items int, larger LargePages) error {
	if items < 1 || items > maxPage {
		return fmt.Errorf("the page limit must be between 1 and %d", maxPage)
	}
	if larger != RefuseLargePages && larger != CapLargePages && larger != EchoLargePages {
		return errors.New("what happens to large pages must be refuse, cap or echo")
	}
	return nil
}

// WithPageLimit sets how many items a page of retrieve may have, and what becomes of a request for more. By default a
// request for more than 10,000, which is also the most that can be set, is refused.
func WithPageLimit(items int, larger LargePages) Option {
	return func(c *config) error {
		c.pageLimit, c.largePages = items, larger
		return checkPageLimit(items, larger)
	}
}

// WithSignatureStatus sets the HTTP status of refusals over the signature: 200 and 401 were seen from iyzico. The
// default is 400.
func WithSignatureStatus(status int) Option {
	return func(c *config) error {
		if status < 200 || status > 599 {
			return errors.New("the HTTP status of signature refusals must be between 200 and 599")
		}
		c.signatureStatus = status
		return nil
	}
}

// WithReadTimeout sets how long a client may take to send the body of a request. The default is 30 seconds.
func WithReadTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return errors.New("the read timeout must be positive")
		}
		c.readTimeout = d
		return nil
	}
}

// WithExchanges keeps the last n requests and their responses in memory, recipients among them. By default none is
// kept.
func WithExchanges(n int) Option {
	return func(c *config) error {
		if n < 1 || n > 100_000 {
			return errors.New("the number of exchanges must be between 1 and 100000")
		}
		c.exchanges = n
		return nil
	}
}

// WithExplanation says in the response header X-Emulator-Explanation why a signature is wrong. Only for tests: a server
// that does so helps whoever forges signatures.
func WithExplanation() Option {
	return func(c *config) error {
		c.explain = true
		return nil
	}
}

// WithLogger logs each request: operation, HTTP status, error code, fault, and why a signature is wrong; never a key or
// anything of a recipient's. By default nothing is logged.
func WithLogger(log *slog.Logger) Option {
	return func(c *config) error {
		if log == nil {
			return errors.New("the logger must not be nil")
		}
		c.log = log
		return nil
	}
}
