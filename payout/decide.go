package payout

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/iyzico-go/masspayout/gen"
)

// seen is what the look of one step showed. Each field is about the payout under our name.
type seen struct {
	failure error // the look failed, or its responses do not count; all else is unknown then
	final   bool  // the failure will not pass by itself

	there    bool  // there is one
	unnamed  error // a response does not name it, and so proves nothing
	absent   error // the refusal that says that there is none, which proves nothing by itself
	nameless bool  // no response names its requestId
	gone     bool  // there is none: proven, see Find. Neither of the two: it is not visible
	second   error // there is another one
	phase    phase
	differs  error // it differs from the request
	hidden   error // not everything was shown; nothing of what was differs
	partial  error // items are missing
	moved    error // its status is INIT, but an item is not
	unlike   error // an item that was refused before is shown as INIT
	refused  error // it has refused items that are not allowed, or the balance is too small

	// digest is what a confirmation would confirm, where all items were looked at.
	digest string
	// changed: it is not what was reviewed any more.
	changed bool
	// open: it has ended, but an item has not.
	open bool
}

// action is what is done after a look.
type action int

const (
	actWait  action = iota // come back later
	actStop                // return an error
	actSave                // save a step, and come back at once
	actAsk                 // ask for the confirmation, and save it
	actSend                // save a step and send its request
	actEnd                 // save the result
	actClose               // as actWait, but actEnd when patience is over
	actStuck               // as actWait, but actStop when patience is over
)

// decision is a row of the table.
type decision struct {
	action action
	step   Step // of actSave, actSend; of actStop the step to save, if it is another one

	canceledUnauthorized bool   // actSave: CANCELED was seen while no auth of ours could be on its way
	waiting              string // actWait, actClose, actStuck: what is waited for
	err                  error  // actStop, actStuck
	moneyMayHaveMoved    bool   // actStop, actStuck: whatever we sent
	temporary            bool   // actStop, actStuck
	untilSettled         bool   // actWait: not longer than until settled
	advice               string // actStop, actStuck
}

func saveStep(step Step) decision { return decision{action: actSave, step: step} }
func sendStep(step Step) decision { return decision{action: actSend, step: step} }

const (
	whySettle  = "what was sent and may still arrive"
	whyMoving  = "a payout that is under way"
	askIyzico  = "ask iyzico what became of the payout before you pay any of it again"
	askWhy     = "ask iyzico why, then call again"
	sameName   = "correct what is refused, such as keys, permissions or the network, then call again with the same externalId"
	keysOrHost = "correct the keys or the server, then call again with the same externalId"
	newName    = "correct it and give the payout another externalId"
	otherName  = "compare the payout at iyzico with the request; if it is another one, give yours another externalId"
	callAgain  = "call again later to continue"
	whySend    = "a request to get through"
	otherState = "give each server and account states of its own, for example files in a folder each; " +
		"delete this one only if it is of a test, such as of an emulator that has ended"
	splitIt = "nothing was stored: pay it in parts with PaySplit, or Split it into smaller ones (PartLimit); " +
		"the first part keeps the externalId"
	otherFile  = "choose another file for the state; nothing can have been saved in this one"
	keepState  = "look at the payout at iyzico before you remove a state"
	checkItems = "compare the payout at iyzico with the request; Cancel cancels it if it is this state's"
)

var (
	errPaused        = errors.New("too much time passed between the last look and sending")
	errSentOften     = errors.New("it was sent several times and never arrived")
	errNotLetThrough = fmt.Errorf("%w: requests do not get through", ErrNoProgress)
	errNotVisible    = fmt.Errorf("%w: iyzico does not show the payout, although it is stored", ErrNoProgress)
	errNotProven     = fmt.Errorf("%w: cannot tell whether the payout exists", ErrNoProgress)
	errNoCancel      = fmt.Errorf("%w: there is nothing to cancel", ErrNotFound)
	errUndefined     = fmt.Errorf("%w: the payout has an undocumented status", ErrNoProgress)
	errNotBegun      = fmt.Errorf("%w: the payout is still INIT, although it is authorized", ErrNoProgress)
	errUnclear       = fmt.Errorf("%w: cannot tell whether the auth arrived", ErrNoProgress)
)

// decide is the table of a payout's life: saved state + latest look → action. It reads only its arguments. settled reports whether what was sent last can no longer be on its way, by a clock read before the look.
func decide(s *State, v *seen, settled bool, c *config) decision {
	if v.failure != nil {
		if errors.Is(v.failure, gen.ErrEditor) { // whatever the step: nothing is asked of iyzico until that is corrected
			return decision{action: actStop, err: v.failure, advice: adviceFor(v.failure)}
		}
		if v.final && s.Step == StepNew { // later there is too much at stake to give up at the first refusal
			return decision{action: actStop, err: v.failure, advice: "correct what iyzico refuses, then call again"}
		}
		return decision{action: actStuck, waiting: "iyzico to answer", err: v.failure, temporary: mayPass(v.failure),
			advice: adviceFor(v.failure)}
	}
	if v.unnamed != nil {
		return decision{action: actStuck, waiting: "a response that names the payout", err: v.unnamed,
			moneyMayHaveMoved: v.phase != phaseInit, advice: askIyzico}
	}
	switch s.Step {
	case StepNew:
		return decideNew(s, v, c)
	case StepStoring:
		return decideStoring(s, v, settled, c)
	case StepStored:
		if s.CancelWanted {
			return decideCancel(s, v, c)
		}
		return decideStored(s, v, c)
	case StepAuthorizing:
		return decideAuthorizing(s, v, settled)
	case StepCanceling:
		return decideCanceling(v, settled)
	default:
		return decideAuthorized(v)
	}
}

func decideNew(s *State, v *seen, c *config) decision {
	switch {
	case v.there:
		if stop, ok := notOurs(v, s, c); ok {
			return stop
		}
		return saveStep(StepAuthorizing) // somebody else may be authorizing it
	case !v.gone:
		return v.notProven()
	case s.CancelWanted:
		return decision{action: actStop, err: errNoCancel}
	case s.Inits >= c.maxSends:
		return s.sentOften("init", callAgain)
	default:
		return sendStep(StepStoring)
	}
}

// notOurs decides about a payout under our name that no response to our init named: anything but equal stops.
func notOurs(v *seen, s *State, c *config) (decision, bool) {
	whose := v.checkItems()
	advice := whose
	if whose == checkItems && !s.AuthSent && !s.InitUnsure {
		advice = otherName
	}
	switch {
	case v.differs != nil:
		return decision{action: actStop, err: v.differs, moneyMayHaveMoved: v.phase != phaseInit, advice: advice}, true
	case v.partial != nil:
		return decision{action: actStuck, waiting: "items that are missing", err: v.partial, moneyMayHaveMoved: v.phase != phaseInit,
			advice: whose}, true
	case v.nameless:
		err := v.hidden
		if s.LastError != nil { // such as a requestId that cannot be one
			err = fmt.Errorf("%w: %w", err, s.LastError)
		}
		return decision{action: actStop, err: err, moneyMayHaveMoved: v.phase != phaseInit, advice: "ask iyzico for its requestId"}, true
	case v.hidden != nil && !c.allowUnverified:
		return decision{action: actStop, err: v.hidden, moneyMayHaveMoved: v.phase != phaseInit,
			advice: "if it is yours, allow it with WithUnverified"}, true
	}
	return decision{}, false
}

func decideStoring(s *State, v *seen, settled bool, c *config) decision {
	switch {
	case v.there:
		if stop, ok := notOurs(v, s, c); ok {
			return stop
		}
		return saveStep(StepStored)
	case !settled:
		return decision{action: actWait, waiting: whySettle, untilSettled: true}
	case !v.gone:
		return v.notProven()
	case s.Outcome == OutcomeRefused:
		advice := newName
		if api := apiError(s.LastError); s.InitUnsure || api != nil && !aboutContent(api) {
			advice = sameName
		}
		return decision{action: actStop, step: StepNew, err: s.LastError, advice: advice}
	default:
		return saveStep(StepNew)
	}
}

func decideStored(s *State, v *seen, c *config) decision {
	switch {
	case v.second != nil:
		return decision{action: actStop, err: v.second, moneyMayHaveMoved: v.phase != phaseInit, advice: askIyzico}
	case v.differs != nil:
		return decision{action: actStop, err: v.differs, moneyMayHaveMoved: v.phase != phaseInit, advice: v.checkItems()}
	case v.phase.afterAuth():
		return decision{action: actSave, step: StepAuthorized, canceledUnauthorized: v.phase == phaseCanceled} // somebody else did it
	case !v.there:
		return v.notVisible()
	case v.phase == phaseUnknown:
		return decision{action: actStuck, waiting: "a documented status", err: errUndefined, moneyMayHaveMoved: true, advice: askIyzico}
	case v.partial != nil:
		return decision{action: actStuck, waiting: "items that are missing", err: v.partial, advice: checkItems}
	case v.moved != nil:
		return decision{action: actStuck, waiting: "the payout to leave INIT, as its items did", err: v.moved, moneyMayHaveMoved: true,
			advice: askIyzico}
	case v.refused != nil:
		return decision{action: actStop, err: v.refused, advice: whatOf(v.refused)}
	case v.unlike != nil:
		return decision{action: actStuck, waiting: "all reads to show the refused items as refused", step: StepStored,
			err: v.unlike, advice: checkItems}
	case s.Confirmed == "" || v.digest != "" && v.digest != s.Confirmed:
		return decision{action: actAsk}
	case s.Reviewed == nil:
		return saveStep(StepStored) // reviewed
	case v.changed:
		return decision{action: actStuck, waiting: "the payout's sums to agree with its items", step: StepStored,
			err: fmt.Errorf("%w: the payout's sums keep changing", ErrNoProgress), advice: checkItems}
	case s.Auths >= c.maxSends:
		return s.sentOften("auth", askWhy)
	default:
		return sendStep(StepAuthorizing)
	}
}

// whatOf says what to do about refused items, or a balance that is too small.
func whatOf(refused error) string {
	var items *RefusedItemsError
	switch {
	case !errors.As(refused, &items):
		return "top the balance up and call again, or Cancel the payout"
	case items.Accepted == 0:
		return "there is nothing to pay: Cancel the payout"
	default:
		return "Cancel the payout, or pay the accepted items: WithRefusedItems"
	}
}

// decideCancel is decideStored where the payout is to be canceled: what its items are does not matter.
func decideCancel(s *State, v *seen, c *config) decision {
	switch {
	case v.phase.afterAuth():
		return decision{action: actSave, step: StepAuthorized, canceledUnauthorized: v.phase == phaseCanceled}
	case !v.there:
		return v.notVisible()
	case v.phase == phaseUnknown:
		return decision{action: actStuck, waiting: "a documented status", err: errUndefined, moneyMayHaveMoved: true, advice: askIyzico}
	case s.Cancels >= c.maxSends:
		return s.sentOften("cancel", askWhy)
	default:
		return sendStep(StepCanceling)
	}
}

func decideAuthorizing(s *State, v *seen, settled bool) decision {
	switch {
	case v.phase.afterAuth():
		return saveStep(StepAuthorized) // also CANCELED, but not canceledUnauthorized: our auth may have come first
	case !settled:
		return decision{action: actWait, waiting: whySettle, untilSettled: true}
	case !v.there || v.phase != phaseInit || v.moved != nil:
		return decision{action: actStuck, waiting: "certainty whether the auth arrived", err: errUnclear, moneyMayHaveMoved: true, advice: askIyzico}
	case s.Outcome == OutcomeAccepted:
		return saveStep(StepAuthorized) // whose row INIT waits and stops: auth is never sent again by itself
	case s.Outcome == OutcomeRefused:
		return decision{action: actStop, step: StepStored, err: s.LastError, moneyMayHaveMoved: true,
			advice: "correct what iyzico refuses, then call again; or Cancel the payout"}
	default:
		return saveStep(StepStored) // a new look, and all checks again
	}
}

func decideCanceling(v *seen, settled bool) decision {
	switch {
	case v.phase.afterAuth():
		return decision{action: actSave, step: StepAuthorized, canceledUnauthorized: v.phase == phaseCanceled}
	case !settled:
		return decision{action: actWait, waiting: whySettle, untilSettled: true}
	case !v.there || v.phase != phaseInit:
		return decision{action: actStuck, waiting: "certainty whether the cancel arrived", moneyMayHaveMoved: true, advice: askIyzico,
			err: fmt.Errorf("%w: cannot tell whether the cancel arrived", ErrNoProgress)}
	default:
		return saveStep(StepStored) // where cancel is still wanted
	}
}

func decideAuthorized(v *seen) decision {
	switch {
	case v.phase == phaseMoving:
		return decision{action: actWait, waiting: whyMoving}
	case !v.there:
		return v.notVisible()
	case v.phase == phaseInit:
		return decision{action: actStuck, waiting: "the payout to leave INIT", err: errNotBegun, moneyMayHaveMoved: true, advice: askIyzico}
	case v.phase == phaseUnknown:
		return decision{action: actStuck, waiting: "a documented status", err: errUndefined, moneyMayHaveMoved: true, advice: askIyzico}
	case v.differs != nil:
		return decision{action: actStuck, waiting: "items that are the request's", err: v.differs, moneyMayHaveMoved: true, advice: askIyzico}
	case v.open || v.partial != nil:
		return decision{action: actClose, waiting: "items whose money has not reached its end"}
	default:
		return decision{action: actEnd}
	}
}

// sentOften decides about a request that was sent as often as is allowed, and never arrived. Its last error is the cause.
func (s *State) sentOften(what, advice string) decision {
	d := decision{action: actStop, err: fmt.Errorf("%s: %w", what, errSentOften), moneyMayHaveMoved: what == "auth",
		temporary: what == "init", advice: advice}
	if s.LastError != nil {
		d.err = fmt.Errorf("%w: %w", d.err, s.LastError)
		if !mayPass(s.LastError) {
			d.temporary, d.advice = false, sameName
		}
	}
	return d
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

// adviceFor says what to do about a look that failed for long.
func adviceFor(failure error) string {
	switch {
	case errors.Is(failure, ErrForeignResponse):
		return "ask iyzico which payout the two names belong to"
	case errors.Is(failure, gen.ErrEditor):
		return keysOrHost
	case !mayPass(failure):
		return sameName
	default:
		return callAgain
	}
}

// checkItems advises about a payout whose items are not the request's: one that may be paid is not to be canceled.
func (v *seen) checkItems() string {
	if v.phase != phaseInit || v.moved != nil {
		return askIyzico
	}
	return checkItems
}

// notVisible decides about a stored payout that iyzico does not show.
func (v *seen) notVisible() decision {
	err := errNotVisible
	if v.absent != nil {
		err = fmt.Errorf("%w: %w", err, v.absent)
	}
	return decision{action: actStuck, waiting: "the payout to become visible", err: err, moneyMayHaveMoved: true, advice: askIyzico}
}

// notProven decides about a payout of which iyzico says that there is none, where that proves nothing.
func (v *seen) notProven() decision {
	err := errNotProven
	if v.absent != nil {
		err = fmt.Errorf("%w: %w", err, v.absent)
	}
	return decision{action: actStuck, waiting: "certainty whether the payout exists", err: err, temporary: true, advice: callAgain}
}
