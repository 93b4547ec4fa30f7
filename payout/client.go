package payout

import (
	"context"

	"github.com/iyzico-go/masspayout/gen"
)

// Reader is the set of API calls that only read. *[gen.Client] implements it.
type Reader interface {
	RetrieveMassPayout(
		ctx context.Context, body gen.MassPayoutRetrieveRequest, editors ...gen.RequestEditorFn,
	) (*gen.MassPayoutRetrieveResponse, error)
	RetrieveMassPayoutBalance(
		ctx context.Context, editors ...gen.RequestEditorFn,
	) (*gen.MassPayoutBalanceResponse, error)
}

// Client is the set of API calls that [Pay], [Advance] and [Cancel] make. *[gen.Client] implements it. It must be
// safe for concurrent use, because pages are read a few at a time, and must not repeat a request by itself.
//
// A Client that also has the method Server() string, as *gen.Client has, says by it which server it calls. That is
// saved in the [State], and another server's state is refused with [ErrOtherPayout], before anything is read or sent.
// If you wrap a client, let yours have that method, too: a Client that names no server takes the state of any.
type Client interface {
	Reader
	InitMassPayout(
		ctx context.Context, body gen.MassPayoutInitializeRequest, editors ...gen.RequestEditorFn,
	) (*gen.MassPayoutInitializeResponse, error)
	AuthMassPayout(
		ctx context.Context, body gen.MassPayoutAuthRequest, editors ...gen.RequestEditorFn,
	) (*gen.MassPayoutAuthResponse, error)
	CancelMassPayout(
		ctx context.Context, requestID gen.RequestID, editors ...gen.RequestEditorFn,
	) (*gen.MassPayoutAuthResponse, error)
}

// serverOf returns what the client says of its server.
func serverOf(client Client) string {
	if named, ok := client.(interface{ Server() string }); ok {
		return named.Server()
	}
	return ""
}

// Step is how far our side of a payout has come. What iyzico says about it is its status.
type Step string

const (
	// StepNew: no init that may have arrived has been sent.
	StepNew Step = "new"
	// StepStoring: init has been sent, or is about to be.
	StepStoring Step = "storing"
	// StepStored: the payout is stored, and no auth can be on its way.
	StepStored Step = "stored"
	// StepAuthorizing: auth has been sent, or is about to be, or somebody else may be sending it.
	StepAuthorizing Step = "authorizing"
	// StepCanceling: cancel has been sent, or is about to be.
	StepCanceling Step = "canceling"
	// StepAuthorized: the payout is authorized or canceled. Only reads follow.
	StepAuthorized Step = "authorized"
	// StepEnded: the payout has ended, and its Result is saved.
	StepEnded Step = "ended"
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

func phaseOf(status gen.PayoutStatus) phase {
	switch status {
	case gen.PayoutStatusInit:
		return phaseInit
	case gen.PayoutStatusInProgress, gen.PayoutStatusPublishedToQueue:
		return phaseMoving
	case gen.PayoutStatusCompleted, gen.PayoutStatusSuccess, gen.PayoutStatusFail,
		gen.PayoutStatusInsufficientBalance, gen.PayoutStatusIyzicoInsufficientBalance:
		return phaseEnded
	case gen.PayoutStatusCanceled:
		return phaseCanceled
	default:
		return phaseUnknown
	}
}

// afterAuth reports whether the payout has left INIT for good: nothing that we send can be of use any more.
func (p phase) afterAuth() bool { return p == phaseMoving || p.ended() }

func (p phase) ended() bool { return p == phaseEnded || p == phaseCanceled }
