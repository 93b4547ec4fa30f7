// Package temporal shows a payout as a Temporal workflow: the same payout.Advance as an activity, a timer between two of
// them, and approvals as signals. Only ids and digests pass through Temporal, never a request or a result: its history is
// no place for personal data, and a payload there has at most 2 MiB.
package temporal

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// Input names a payout. The request and the state are kept where the activities find them, in PostgreSQL for example.
type Input struct {
	ExternalID string
	Digest     string // payout.Digest of the request: what an approval names
	Approvals  int
	Approved   []string
}

// Approval is a signal: a person approves what has this digest.
type Approval struct{ Person, Digest string }

// SignalApprove is the signal's name.
const SignalApprove = "approve"

// Summary is what the workflow returns. The payout.Result is in the store.
type Summary struct {
	Status  gen.PayoutStatus
	AllPaid bool
}

// maxRuns bounds the history of one run of the workflow.
const maxRuns = 500

// Payout is the workflow. Use the externalId as its workflow ID, so that there is one.
func Payout(ctx workflow.Context, in Input) (Summary, error) {
	signals := workflow.GetSignalChannel(ctx, SignalApprove)
	for len(in.Approved) < in.Approvals {
		var a Approval
		signals.Receive(ctx, &a)
		if a.Digest == in.Digest && a.Person != "" && !slices.Contains(in.Approved, a.Person) {
			in.Approved = append(in.Approved, a.Person)
		}
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Minute,
		RetryPolicy: &temporal.RetryPolicy{ // of temporary errors, for as long as it takes
			InitialInterval: 2 * time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute,
		},
	})
	for range maxRuns {
		var p Progress
		var a *Activities
		if err := workflow.ExecuteActivity(ctx, a.Advance, in).Get(ctx, &p); err != nil {
			return Summary{}, err
		}
		if p.Ended {
			return p.Summary, nil
		}
		if err := workflow.Sleep(ctx, p.Wait); err != nil {
			return Summary{}, err
		}
	}
	return Summary{}, workflow.NewContinueAsNewError(ctx, Payout, in)
}

// Progress is what the activity returns.
type Progress struct {
	Ended   bool
	Wait    time.Duration
	Summary Summary
}

// Activities are what touches iyzico and the store.
type Activities struct {
	Client  payout.Client
	Request func(ctx context.Context, externalID string) (gen.MassPayoutInitializeRequest, error)
	Store   func(externalID string) payout.Store
	Options []payout.Option
}

// Stopped is the type of the error of a payout that needs a person. Its details are a *payout.Error.
const Stopped = "payout stopped"

// Advance takes a payout one decision further. Temporal may run it twice at once: the store's lock lets one of them work.
func (a *Activities) Advance(ctx context.Context, in Input) (Progress, error) {
	request, err := a.Request(ctx, in.ExternalID)
	if err != nil {
		return Progress{}, errors.New("the request cannot be read")
	}
	if payout.Digest(request) != in.Digest {
		return Progress{}, temporal.NewNonRetryableApplicationError("not what was approved", Stopped, nil)
	}
	p, err := payout.Advance(ctx, a.Client, request, a.Store(in.ExternalID), a.Options...)
	var stopped *payout.Error
	switch {
	case errors.As(err, &stopped) && stopped.Temporary:
		return Progress{}, errors.New("it may go on later")
	case errors.As(err, &stopped):
		return Progress{}, temporal.NewNonRetryableApplicationError("it needs a person", Stopped, nil, stopped)
	case err != nil:
		return Progress{}, err
	}
	return Progress{Ended: p.Ended, Wait: p.Wait, Summary: Summary{Status: p.Status, AllPaid: p.Result.AllPaid()}}, nil
}
