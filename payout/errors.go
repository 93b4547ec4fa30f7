package payout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// The causes that stop a payout, besides those of package gen, for [errors.Is]. No text shows a recipient's data.
var (
	ErrNotFound   = errors.New("no such payout")                       // at iyzico, see [Find]
	ErrNoProgress = errors.New("no progress")                          // within [WithPatience], although expected
	ErrTooLate    = errors.New("too late to cancel")                   // the payout is authorized
	ErrLocked     = errors.New("another run is under way")             // has the lock, or this one has lost it
	ErrConflict   = errors.New("the state was saved by somebody else") // since it was loaded

	// ErrOtherPayout: the state, or the payout that iyzico has under the name, has other content than the request; or
	// iyzico has two payouts under one externalId.
	ErrOtherPayout = errors.New("another payout")
	// ErrUnverified: a payout was found under our externalId, and iyzico does not show all of it, see [WithUnverified];
	// or a response does not say whose payout it shows, which no option allows.
	ErrUnverified = errors.New("not all of the payout is shown")
	// ErrForeignResponse: a response names another payout than the one requested. Its content is ignored.
	ErrForeignResponse = errors.New("a response about another payout")
	// ErrInconsistentPages: the pages that the server returned do not add up to all items of one payout, each once.
	ErrInconsistentPages = errors.New("inconsistent pages")
	// ErrSeveralCurrencies: the request has items in several currencies, see [WithSeveralCurrencies].
	ErrSeveralCurrencies = errors.New("several currencies in one payout")
	// ErrNotCarriedOut: the payout ended without moving all of its items (INSUFFICIENT_BALANCE, FAIL). Its Result
	// says where the money of each is.
	ErrNotCarriedOut = errors.New("the payout was not carried out")
	// ErrState: the saved state is cut off, has another version, or was written by something else. It is left as it is.
	ErrState = errors.New("unreadable state")
	// ErrTooLarge: the request is larger than iyzico, or a proxy in front of it, accepts (HTTP 413); see [Split].
	ErrTooLarge = errors.New("the request is too large for one payout")
	// ErrStore: the store could not lock, load or save the state, for example in a folder that cannot be written. If
	// no state was ever saved, nothing was ever sent: MoneyMayHaveMoved is false, and Temporary is true only if the error
	// may pass by itself.
	ErrStore = errors.New("the state cannot be kept")
)

// Error is the error that stops a payout. [Pay], [Advance] and [Cancel] return no other, except for a wrong option,
// client or store. It marshals to and from JSON; errors.Is and errors.As find its cause afterwards as well.
type Error struct {
	Ref
	Step Step `json:"step"` // at which it stopped
	// MoneyMayHaveMoved is false only if this program cannot have sent an auth and iyzico showed nothing that has moved.
	MoneyMayHaveMoved bool   `json:"moneyMayHaveMoved"`
	Temporary         bool   `json:"temporary"`        // the same call may succeed later without any change
	Advice            string `json:"advice,omitempty"` // what to do
	Err               error  `json:"-"`                // the cause
}

// Error returns one line that says where the payout stopped, why, and what to do.
func (e *Error) Error() string {
	moved := "this program authorized nothing"
	if e.MoneyMayHaveMoved {
		moved = "money may have moved"
	}
	s := fmt.Sprintf("payout: %s: %s: %v (%s)", e.Ref, e.Step, e.Err, moved)
	if e.Advice != "" {
		s += "; " + e.Advice
	}
	return strings.ReplaceAll(s, "\n", "; ") // joined errors stand on lines of their own
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

func (e *Error) and(other *Error) *Error {
	both := *e
	both.Err = errors.Join(e.Err, other.Err)
	both.MoneyMayHaveMoved = e.MoneyMayHaveMoved || other.MoneyMayHaveMoved
	return &both
}

// MarshalJSON implements [json.Marshaler].
func (e *Error) MarshalJSON() ([]byte, error) {
	type plain Error
	return json.Marshal(struct {
		*plain
		Cause *Cause `json:"cause"`
	}{(*plain)(e), newCause(e.Err)})
}

// UnmarshalJSON implements [json.Unmarshaler]. Err is a [*Cause] then.
func (e *Error) UnmarshalJSON(data []byte) error {
	type plain Error
	var read struct {
		plain
		Cause *Cause `json:"cause"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*e = Error(read.plain)
	if read.Cause != nil {
		e.Err = read.Cause
	}
	return nil
}

// Cause is an error that can be saved: its text, and what errors.Is and errors.As find in it.
type Cause struct {
	Text string `json:"text"`
	// Kinds lists the sentinel errors of this package, gen and context that the error matches.
	Kinds        []string           `json:"kinds,omitempty"`
	RefusedItems *RefusedItemsError `json:"refusedItems,omitempty"`
	Balance      *BalanceError      `json:"balance,omitempty"`
	API          *gen.APIError      `json:"api,omitempty"`
}

// kinds are the sentinels that a Cause keeps.
var kinds = []struct {
	name string
	err  error
}{
	{"notFound", ErrNotFound},
	{"otherPayout", ErrOtherPayout},
	{"unverified", ErrUnverified},
	{"foreignResponse", ErrForeignResponse},
	{"inconsistentPages", ErrInconsistentPages},
	{"severalCurrencies", ErrSeveralCurrencies},
	{"noProgress", ErrNoProgress},
	{"notCarriedOut", ErrNotCarriedOut},
	{"tooLate", ErrTooLate},
	{"state", ErrState},
	{"tooLarge", ErrTooLarge},
	{"store", ErrStore},
	{"locked", ErrLocked},
	{"conflict", ErrConflict},
	{"refused", gen.ErrRefused},
	{"rateLimited", gen.ErrRateLimited},
	{"outcomeUnknown", gen.ErrOutcomeUnknown},
	{"notSent", gen.ErrNotSent},
	{"editor", gen.ErrEditor},
	{"canceled", context.Canceled},
	{"deadlineExceeded", context.DeadlineExceeded},
}

func newCause(err error) *Cause {
	if err == nil {
		return nil
	}
	if cause, ok := err.(*Cause); ok {
		return cause
	}
	c := &Cause{Text: err.Error(), API: apiError(err)}
	for _, kind := range kinds {
		if errors.Is(err, kind.err) {
			c.Kinds = append(c.Kinds, kind.name)
		}
	}
	c.RefusedItems, _ = errors.AsType[*RefusedItemsError](err)
	c.Balance, _ = errors.AsType[*BalanceError](err)
	return c
}

// Error returns the text of the error that was saved.
func (c *Cause) Error() string { return c.Text }

// Is reports whether the error that was saved matched target.
func (c *Cause) Is(target error) bool {
	for _, kind := range kinds {
		if kind.err == target {
			return slices.Contains(c.Kinds, kind.name)
		}
	}
	return false
}

// As finds what the error that was saved had in it.
func (c *Cause) As(target any) bool {
	return c.RefusedItems != nil && errors.As(c.RefusedItems, target) ||
		c.Balance != nil && errors.As(c.Balance, target) || c.API != nil && errors.As(c.API, target)
}

// RefusedItemsError stops [Pay] before any money moves: iyzico stored the payout, but refused items of it.
type RefusedItemsError struct {
	Items    []Item `json:"items"`    // the refused ones, in the order of the request
	Accepted int    `json:"accepted"` // how many were not refused
}

// Error names the first items and counts the others.
func (e *RefusedItemsError) Error() string {
	texts := make([]string, min(3, len(e.Items)))
	for i := range texts {
		texts[i] = fmt.Sprintf("%q", e.Items[i].ItemExternalID)
		if code := e.Items[i].Code; code != "" {
			texts[i] += fmt.Sprintf(" (%s)", string(code))
		}
	}
	s := fmt.Sprintf("iyzico refused %d of %d items: %s", len(e.Items), len(e.Items)+e.Accepted, strings.Join(texts, ", "))
	if more := len(e.Items) - len(texts); more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}

// BalanceError stops [Pay] before any money moves: the balance is smaller than amounts and commission together.
type BalanceError struct {
	Need    Totals          `json:"need"`    // what the payout takes, commission included, in major units
	Balance decimal.Decimal `json:"balance"` // what is available, in major units
}

// Error returns the amounts needed and available.
func (e *BalanceError) Error() string {
	return fmt.Sprintf("the balance is too small: %s needed, %s available",
		e.Need, gen.Amount{Value: e.Balance, Currency: balanceCurrency})
}

// MarshalJSON implements [json.Marshaler]. Amounts are numbers.
func (e *BalanceError) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Need    Totals      `json:"need"`
		Balance json.Number `json:"balance"`
	}{e.Need, exactly(e.Balance)})
}

// apiError returns gen's error in err, or nil.
func apiError(err error) *gen.APIError {
	api, _ := errors.AsType[*gen.APIError](err)
	return api
}

// aboutAccess reports whether a refusal is about keys, signature, permission or a product that is not enabled, or
// gives no code: it says nothing about what was sent.
func aboutAccess(refused *gen.APIError) bool {
	code, err := strconv.Atoi(string(refused.Code))
	known := code/100 == 10 || code/100 == 20 || code/1000 == 100 // 1000 to 1099, 2000 to 2099, 100001 and the like
	return refused.Code == "" || err == nil && known ||
		refused.StatusCode == http.StatusUnauthorized || refused.StatusCode == http.StatusForbidden
}

// aboutContent reports whether a refusal is about what was sent: some of the codes that are numbers are known to be.
func aboutContent(refused *gen.APIError) bool {
	_, err := strconv.Atoi(string(refused.Code))
	return err == nil && !aboutAccess(refused)
}

// mayPass reports whether what failed may succeed later without any change.
func mayPass(err error) bool {
	api := apiError(err)
	switch {
	case errors.Is(err, ErrForeignResponse), errors.Is(err, gen.ErrEditor):
		return false
	case api == nil || errors.Is(err, gen.ErrRateLimited):
		return true
	case errors.Is(err, gen.ErrRefused) && aboutAccess(api):
		return false
	default:
		return api.StatusCode/100 != 4 || api.StatusCode == http.StatusRequestTimeout || api.StatusCode == http.StatusTooEarly
	}
}

// What must be done before a state's file can be locked or written.
const (
	makeRoom    = "make room on the disk of the state's file"
	elsewhere   = "keep the state where the program may write"
	correctPath = "correct the path of the state's file"
	needsLocks  = "keep the state on a local file system, which has locks"
)
