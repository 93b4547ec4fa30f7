package payout

import (
	"errors"
	"fmt"

	"github.com/iyzico-go/masspayout/gen"
)

// phase is what a payout's status means to us. A status that no list names is neither INIT nor after auth.
type phase int

const (
	phaseUnknown phase = iota
	phaseInit
	phaseMoving // after auth, under way
	phaseEnded  // after auth, ended
	phaseCanceled
)

var phases = map[gen.PayoutStatus]phase{
	gen.PayoutStatusInit:                      phaseInit,
	gen.PayoutStatusInProgress:                phaseMoving,
	gen.PayoutStatusPublishedToQueue:          phaseMoving,
	gen.PayoutStatusCompleted:                 phaseEnded,
	gen.PayoutStatusSuccess:                   phaseEnded,
	gen.PayoutStatusFail:                      phaseEnded,
	gen.PayoutStatusInsufficientBalance:       phaseEnded,
	gen.PayoutStatusIyzicoInsufficientBalance: phaseEnded,
	gen.PayoutStatusCanceled:                  phaseCanceled,
}

func phaseOf(status gen.PayoutStatus) phase { return phases[status] }

// afterAuth reports whether the payout has left INIT for good: nothing that we send can be of use any more.
func (p phase) afterAuth() bool { return p == phaseMoving || p.ended() }

func (p phase) ended() bool { return p == phaseEnded || p == phaseCanceled }

// seen is what the look of one step showed. Each field is about the payout under our name.
type seen struct {
	failure error // the look failed, or its responses do not count; all else is unknown then
	final   bool  // the failure will not pass by itself

	there    bool  // there is one
	gone     bool  // there is none: proven, see Find. Neither of the two: it is not visible
	absent   error // the refusal that says that there is none, which proves nothing by itself
	unnamed  error // a response does not name it, and so proves nothing
	nameless bool  // no response names its requestId
	second   error // there is another one
	phase    phase
	differences
	partial error  // items are missing
	refused error  // it has refused items that are not allowed, or the balance is too small
	digest  string // what a confirmation would confirm, where all items were looked at
	changed bool   // it is not what was reviewed any more
	open    bool   // it has ended, but an item has not
}

// differences are between a payout and the request: the first of each kind.
type differences struct {
	differs error // it differs from the request
	hidden  error // not everything was shown; nothing of what was differs
	moved   error // its status is INIT, but an item is not
	unlike  error // an item that was refused before is shown as INIT
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

// refuse stops where nothing moved of which we know.
func refuse(err error, advice string) decision {
	return decision{action: actStop, err: err, advice: advice}
}

// stop stops where the payout itself shows whether money may have moved.
func (v *seen) stop(err error, advice string) decision {
	return decision{action: actStop, err: err, moneyMayHaveMoved: v.phase != phaseInit, advice: advice}
}

// stuck waits for what should come by itself.
func (v *seen) stuck(waiting string, err error, advice string) decision {
	return decision{action: actStuck, waiting: waiting, err: err, moneyMayHaveMoved: v.phase != phaseInit, advice: advice}
}

// unclear waits for what only iyzico can explain if it does not come.
func unclear(waiting string, err error) decision {
	return decision{action: actStuck, waiting: waiting, err: err, moneyMayHaveMoved: true, advice: askIyzico}
}

const (
	whyMoving  = "a payout that is under way"
	whySend    = "a request to get through"
	askIyzico  = "ask iyzico what became of the payout before you pay any of it again"
	askWhy     = "ask iyzico why, then call again"
	sameName   = "correct what is refused, such as keys, permissions or the network, " + sameAgain
	sameAgain  = "then call again with the same externalId"
	newName    = "correct it and give the payout another externalId"
	otherName  = "compare the payout at iyzico with the request; if it is another one, give yours another externalId"
	callAgain  = "call again later to continue"
	otherState = "give each server and account states of its own, for example files in a folder each; " +
		"delete this one only if it is of a test, such as of an emulator that has ended"
	splitIt = "pay it in parts with PaySplit, or Split it into smaller ones (PartLimit); the first part keeps the " +
		"externalId, and is not stored beside a payout that was stored all the same"
	otherFile  = "choose another file for the state; nothing can have been saved in this one"
	keepState  = "look at the payout at iyzico before you remove a state"
	checkItems = "compare the payout at iyzico with the request; Cancel cancels it if it is this state's"
)

var errSentOften = errors.New("it was sent several times and never arrived")

// noProgress is an error of what should have come by itself, with its cause if there is one.
func noProgress(problem string, cause error) error {
	if cause != nil {
		return fmt.Errorf("%w: %s: %w", ErrNoProgress, problem, cause)
	}
	return fmt.Errorf("%w: %s", ErrNoProgress, problem)
}

// decide is the table of a payout's life: saved state + latest look → action. It reads only its arguments. settled
// reports whether what was sent last can no longer be on its way, by a clock read before the look.
func decide(s *State, v *seen, settled bool, c *config) decision {
	switch {
	case errors.Is(v.failure, gen.ErrEditor): // whatever the step: nothing is asked of iyzico until that is corrected
		return refuse(v.failure, adviceFor(v.failure))
	case v.final && s.Step == StepNew: // later there is too much at stake to give up at the first refusal
		return refuse(v.failure, "correct what iyzico refuses, then call again")
	case v.failure != nil:
		return decision{action: actStuck, waiting: "iyzico to answer", err: v.failure,
			temporary: mayPass(v.failure), advice: adviceFor(v.failure)}
	case v.unnamed != nil:
		return v.stuck("a response that names the payout", v.unnamed, askIyzico)
	}
	switch s.Step {
	case StepNew:
		return decideNew(s, v, settled, c)
	case StepStoring:
		return decideStoring(s, v, settled, c)
	case StepStored:
		return decideStored(s, v, c)
	case StepAuthorizing:
		return decideAuthorizing(s, v, settled)
	case StepCanceling:
		return decideCanceling(v, settled)
	default:
		return decideAuthorized(v)
	}
}

func decideNew(s *State, v *seen, settled bool, c *config) decision {
	switch {
	case v.there:
		return decideFound(s, v, c, StepAuthorizing) // somebody else may be authorizing it
	case s.InitUnsure && !settled:
		return untilSettled
	case !v.gone:
		return v.notProven()
	case s.CancelWanted:
		return refuse(fmt.Errorf("%w: there is nothing to cancel", ErrNotFound), "")
	case s.Inits >= c.maxSends:
		return s.sentOften("init", callAgain)
	default:
		return sendStep(StepStoring)
	}
}

// decideFound decides about a payout under our name that no response to our init named: anything but equal stops.
func decideFound(s *State, v *seen, c *config, next Step) decision {
	switch {
	case v.differs != nil:
		advice := v.checkItems()
		if advice == checkItems && !s.AuthSent && !s.InitUnsure {
			advice = otherName
		}
		return v.stop(v.differs, advice)
	case v.partial != nil:
		return v.stuck("items that are missing", v.partial, v.checkItems())
	case v.nameless && s.LastError != nil: // such as a requestId that cannot be one
		return v.stop(fmt.Errorf("%w: %w", v.hidden, s.LastError), "ask iyzico for its requestId")
	case v.nameless:
		return v.stop(v.hidden, "ask iyzico for its requestId")
	case v.hidden != nil && !c.allowUnverified:
		return v.stop(v.hidden, "if it is yours, allow it with WithUnverified")
	default:
		return saveStep(next)
	}
}

func decideStoring(s *State, v *seen, settled bool, c *config) decision {
	switch {
	case v.there:
		return decideFound(s, v, c, StepStored)
	case !settled:
		return untilSettled
	case !v.gone:
		return v.notProven()
	case s.Outcome != OutcomeRefused:
		return saveStep(StepNew)
	}
	refused := decision{action: actStop, step: StepNew, err: s.LastError, advice: newName}
	if api := apiError(s.LastError); s.InitUnsure || api != nil && !aboutContent(api) {
		refused.advice = sameName
	}
	return refused
}

// decideStored does not care what the items are if the payout is to be canceled.
func decideStored(s *State, v *seen, c *config) decision {
	switch {
	case v.second != nil && !s.CancelWanted:
		return v.stop(v.second, askIyzico)
	case v.differs != nil && !s.CancelWanted:
		return v.stop(v.differs, v.checkItems())
	case v.phase.afterAuth(): // somebody else did it
		return v.authorized()
	case !v.there:
		return v.notVisible()
	case v.phase == phaseUnknown:
		return undocumented
	case s.CancelWanted && s.Cancels >= c.maxSends:
		return s.sentOften("cancel", askWhy)
	case s.CancelWanted:
		return sendStep(StepCanceling)
	case v.partial != nil:
		return v.stuck("items that are missing", v.partial, checkItems)
	case v.moved != nil:
		return unclear("the payout to leave INIT, as its items did", v.moved)
	case v.refused != nil:
		return v.stop(v.refused, whatOf(v.refused))
	case v.unlike != nil:
		return reviewAgain("all reads to show the refused items as refused", v.unlike)
	case s.Confirmed == "" || v.digest != "" && v.digest != s.Confirmed:
		return decision{action: actAsk}
	case s.Reviewed == "":
		return saveStep(StepStored) // reviewed
	case v.changed:
		return reviewAgain("the payout's sums to agree with its items", noProgress("the payout's sums keep changing", nil))
	case s.Auths >= c.maxSends:
		return s.sentOften("auth", askWhy)
	default:
		return sendStep(StepAuthorizing)
	}
}

func decideAuthorizing(s *State, v *seen, settled bool) decision {
	switch {
	case v.phase.afterAuth():
		return saveStep(StepAuthorized) // also CANCELED, but not canceledUnauthorized: our auth may have come first
	case !settled:
		return untilSettled
	case !v.there || v.phase != phaseInit || v.moved != nil:
		return unclear("certainty whether the auth arrived", noProgress("cannot tell whether the auth arrived", nil))
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
		return v.authorized()
	case !settled:
		return untilSettled
	case !v.there || v.phase != phaseInit:
		return unclear("certainty whether the cancel arrived", noProgress("cannot tell whether the cancel arrived", nil))
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
		return unclear("the payout to leave INIT", noProgress("the payout is still INIT, although it is authorized", nil))
	case v.phase == phaseUnknown:
		return undocumented
	case v.differs != nil:
		return unclear("items that are the request's", v.differs)
	case v.open || v.partial != nil:
		return decision{action: actClose, waiting: "items whose money has not reached its end"}
	default:
		return decision{action: actEnd}
	}
}

// authorized decides about a payout that has left INIT, and not by an auth of ours.
func (v *seen) authorized() decision {
	return decision{action: actSave, step: StepAuthorized, canceledUnauthorized: v.phase == phaseCanceled}
}

var untilSettled = decision{action: actWait, waiting: "what was sent and may still arrive", untilSettled: true}

func reviewAgain(waiting string, err error) decision {
	return decision{action: actStuck, waiting: waiting, step: StepStored, err: err, advice: checkItems}
}

var undocumented = unclear("a documented status", noProgress("the payout has an undocumented status", nil))

// notVisible decides about a stored payout that iyzico does not show.
func (v *seen) notVisible() decision {
	return unclear("the payout to become visible",
		noProgress("iyzico does not show the payout, although it is stored", v.absent))
}

// notProven decides about a payout of which iyzico says that there is none, where that proves nothing.
func (v *seen) notProven() decision {
	return decision{action: actStuck, waiting: "certainty whether the payout exists", temporary: true, advice: callAgain,
		err: noProgress("cannot tell whether the payout exists", v.absent)}
}

// sentOften decides about a request that was sent as often as is allowed, and never arrived.
func (s *State) sentOften(what, advice string) decision {
	d := decision{action: actStop, err: fmt.Errorf("%s: %w", what, errSentOften),
		moneyMayHaveMoved: what == "auth", temporary: what == "init", advice: advice}
	if s.LastError != nil {
		d.err = fmt.Errorf("%w: %w", d.err, s.LastError)
		if !mayPass(s.LastError) {
			d.temporary, d.advice = false, sameName
		}
	}
	return d
}

// adviceFor says what to do about a look that failed for long.
func adviceFor(failure error) string {
	switch {
	case errors.Is(failure, ErrForeignResponse):
		return "ask iyzico which payout the two names belong to"
	case errors.Is(failure, gen.ErrEditor):
		return "correct the keys or the server, " + sameAgain
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

// whatOf says what to do about refused items, or a balance that is too small.
func whatOf(refused error) string {
	items, ok := errors.AsType[*RefusedItemsError](refused)
	switch {
	case !ok:
		return "top the balance up and call again, or Cancel the payout"
	case items.Accepted == 0:
		return "there is nothing to pay: Cancel the payout"
	default:
		return "Cancel the payout, or pay the accepted items: WithRefusedItems"
	}
}
