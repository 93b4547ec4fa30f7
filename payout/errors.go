package payout

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// What stops a payout, besides the errors of gen, which are passed on wrapped: ask with errors.Is and errors.As. No text
// of them shows a recipient's data.
var (
	// ErrNotFound: iyzico has no such payout, as far as its answers can tell; see [Find].
	ErrNotFound = errors.New("no such payout")

	// ErrNoRequestID: the payout exists, but no answer names its requestId, without which it can be neither authorized
	// nor canceled. Ask iyzico for it. Review and Await still show the payout, by its externalId.
	ErrNoRequestID = errors.New("the payout exists, but no answer names its requestId")

	// ErrNotInit: the payout is not in status INIT, so that it can be neither authorized nor canceled. Nothing was sent.
	ErrNotInit = errors.New("the payout is not in status INIT")

	// ErrOtherPayout: the state, or what iyzico has under the same name, is of a payout with another content. Give the
	// payout an externalId of its own.
	ErrOtherPayout = errors.New("another payout")

	// ErrPaging: the pages that the server gave are not all lines of one payout, each once.
	ErrPaging = errors.New("the pages do not add up")

	// ErrState: the saved state cannot be read: it was cut off, or something else wrote it. It was left as it is.
	// Look at the payout at iyzico before you remove it.
	ErrState = errors.New("unreadable state")

	// ErrLocked: another run has the state.
	ErrLocked = errors.New("another run is under way")
)

// RefusedLinesError stops [Pay] before any money moves: iyzico stored the payout, but refused lines of it. Cancel the
// payout and start another one with the lines corrected, or allow it with [WithRefusedLines].
type RefusedLinesError struct {
	// Lines are the refused ones, in the order of the request.
	Lines []Line
	// Accepted is how many lines were not refused.
	Accepted int
}

// Error names the first lines and counts the rest.
func (e *RefusedLinesError) Error() string {
	var s strings.Builder
	fmt.Fprintf(&s, "iyzico refused %d of %d lines, and nothing was authorized: ", len(e.Lines), len(e.Lines)+e.Accepted)
	for i, line := range e.Lines {
		if i == 3 {
			fmt.Fprintf(&s, " and %d more", len(e.Lines)-i)
			break
		}
		if i > 0 {
			s.WriteString(", ")
		}
		fmt.Fprintf(&s, "%q", line.ItemExternalID)
	}
	return s.String()
}

// BalanceError stops [Pay] before any money moves: the balance is smaller than amounts and commission together.
type BalanceError struct {
	Need    Sums
	Balance decimal.Decimal
}

// Error says what is needed and what is there.
func (e *BalanceError) Error() string {
	return fmt.Sprintf("the balance is too small, and nothing was authorized: %s needed, %s left",
		e.Need, gen.Amount{Value: e.Balance, Currency: balanceCurrency})
}

// passing says whether a question that failed like this may be asked again: it was not answered, or nobody looked at it.
func passing(err error) bool {
	var network net.Error // of a client that gen.New did not make
	return errors.Is(err, gen.ErrOutcomeUnknown) || errors.Is(err, gen.ErrRateLimited) || errors.As(err, &network)
}

func retryAfter(err error) time.Duration {
	var e *gen.APIError
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}
