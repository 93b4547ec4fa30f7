package payout

import (
	"errors"
	"fmt"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// Step is how far [Pay] has come.
type Step string

const (
	// StepNew: nothing has been sent.
	StepNew Step = ""
	// StepInitializing: init has been sent, or is about to be; whether it arrived is not known.
	StepInitializing Step = "initializing"
	// StepInitialized: the payout is stored. It was never authorized from here.
	StepInitialized Step = "initialized"
	// StepAuthorizing: auth has been sent, or is about to be; whether it arrived is not known.
	StepAuthorizing Step = "authorizing"
	// StepAuthorized: the payout is not in INIT any more. Nothing will be sent that moves money.
	StepAuthorized Step = "authorized"
)

// String names the step.
func (s Step) String() string {
	if s == StepNew {
		return "new"
	}
	return string(s)
}

// State is what [Pay] has to remember between two runs. It marshals to JSON. It holds no recipient and no amount.
type State struct {
	Version    int           `json:"version"`
	ExternalID string        `json:"externalId"`
	Step       Step          `json:"step"`
	RequestID  gen.RequestID `json:"requestId,omitempty"`

	// Sent is when init or auth was about to be sent, whichever Step names.
	Sent time.Time `json:"sent,omitzero"`

	// Digest is the SHA-256 of the request's content, to know it again. Whoever has all of a payout but one recipient, and
	// the digest, can try out who that is.
	Digest string `json:"digest"`
}

// stateVersion is the version of State that this package writes and reads.
const stateVersion = 1

// check finds a state that Pay has not written.
func (s *State) check() error {
	var err error
	switch s.Step {
	case StepNew:
		return nil
	case StepInitializing:
	case StepInitialized, StepAuthorizing, StepAuthorized:
		if s.RequestID == "" {
			err = errors.New("it has no requestId")
		}
	default:
		err = fmt.Errorf("its step %q is none that is known", s.Step)
	}
	switch {
	case err != nil:
	case s.Version != stateVersion:
		err = fmt.Errorf("its version is %d, expected %d", s.Version, stateVersion)
	case s.ExternalID == "":
		err = errors.New("it has no externalId")
	case len(s.Digest) != digestLength:
		err = errors.New("it has no digest")
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	return nil
}

// belongsTo finds a state of another payout.
func (s *State) belongsTo(externalID, digest string) error {
	switch {
	case s.Step == StepNew: // nothing was sent
		return nil
	case s.ExternalID != externalID:
		return fmt.Errorf("%w: the state is of %q, the request of %q", ErrOtherPayout, s.ExternalID, externalID)
	case s.Digest != digest:
		return fmt.Errorf("%w: %q was started with another content", ErrOtherPayout, externalID)
	default:
		return nil
	}
}
