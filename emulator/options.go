package emulator

import (
	"errors"
	"log/slog"
	"time"

	"github.com/shopspring/decimal"
)

// Option changes how an emulator behaves.
type Option func(*Emulator) error

// WithBalance sets what the merchant has to pay out with, in each of TRY, USD
// and EUR; the operation balance tells the TRY. Without it: a thousand million.
func WithBalance(amount decimal.Decimal) Option {
	return func(e *Emulator) error {
		if amount.Sign() < 0 {
			return errors.New("the balance is negative")
		}
		e.setBalance(amount)
		return nil
	}
}

// WithCommission sets the commission of each accepted line, in the line's
// currency. Without it: none.
func WithCommission(perLine decimal.Decimal) Option {
	return func(e *Emulator) error {
		if perLine.Sign() < 0 {
			return errors.New("the commission is negative")
		}
		e.commission = perLine
		return nil
	}
}

// WithClock makes the emulator read the time from now, for example from
// [Clock.Now]. Without it: time.Now.
func WithClock(now func() time.Time) Option {
	return func(e *Emulator) error {
		if now == nil {
			return errors.New("the clock is nil")
		}
		e.now = now
		return nil
	}
}

// WithStage sets how long an authorized line stays QUEUED, and then as long
// PROCESSING. Without it: one second. With 0, a line is at its end at once.
func WithStage(d time.Duration) Option {
	return func(e *Emulator) error {
		if d < 0 {
			return errors.New("the stage's duration is negative")
		}
		e.stage = d
		return nil
	}
}

// WithPagingBeside puts retrieve's page, size and total beside massPayoutItems,
// as the schema in iyzico's documentation has it. Without it they are inside,
// as in the worked example. A client must read both.
func WithPagingBeside() Option {
	return func(e *Emulator) error {
		e.pagingBeside = true
		return nil
	}
}

// WithLogger logs each request: operation, HTTP status, error code and fault,
// never a key or anything of a recipient's. Without it nothing is logged.
func WithLogger(log *slog.Logger) Option {
	return func(e *Emulator) error {
		if log == nil {
			return errors.New("the logger is nil")
		}
		e.log = log
		return nil
	}
}
