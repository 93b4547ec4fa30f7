package payout

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// Pay pays a payout, from wherever an earlier run left it: it validates, stores the payout or finds it stored, reads back
// what iyzico has, stops if lines were refused, checks the balance, asks for a confirmation, authorizes once, and follows
// the payout to its end. A call with the same request and store continues; nothing is ever started again.
//
// The error is nil when the payout has ended, whether or not all lines were paid: Result.AllPaid says so, and the lines
// why. With an error the Result is what was known last, or nil where nothing was read; call Pay again to continue. Errors
// that will not go away by themselves are [RefusedLinesError], [BalanceError], gen.ErrRefused, gen.ValidationError,
// [ErrOtherPayout], [ErrNoRequestID], [ErrState] and the confirmation's own.
//
// The package's introduction says in which order it works, and what protects from paying twice.
func Pay(ctx context.Context, client Client, request gen.MassPayoutInitializeRequest, store Store, opts ...Option) (_ *Result, err error) {
	if store == nil {
		return nil, errors.New("payout: Pay needs a store")
	}
	if err := request.Validate(); err != nil {
		return nil, err
	}
	digest, err := digest(&request)
	if err != nil {
		return nil, err
	}
	if locker, ok := store.(Locker); ok {
		unlock, err := locker.Lock(ctx)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	state, err := store.Load(ctx)
	if err == nil {
		err = state.check()
	}
	if err == nil {
		err = state.belongsTo(request.ExternalID, digest)
	}
	if err != nil {
		return nil, err
	}
	if state.Step == StepNew {
		state = State{Version: stateVersion, ExternalID: request.ExternalID, Digest: digest}
	}
	p := &payment{config: newConfig(opts), client: client, request: &request, store: store, state: state}
	p.ask = p.patiently(retrieveFrom(client), tries, p.failed)
	return p.run(ctx)
}

// payment is one run of Pay.
type payment struct {
	*config
	client  Client
	ask     retrieve
	request *gen.MassPayoutInitializeRequest
	store   Store
	state   State
	result  *Result // nil until it was read
}

func (p *payment) run(ctx context.Context) (*Result, error) {
	if p.state.RequestID == "" {
		if err := p.initialize(ctx); err != nil {
			return nil, err
		}
	}
	if err := p.readBack(ctx); err != nil {
		return p.result, err
	}
	if p.state.Step != StepAuthorized {
		if err := p.authorize(ctx); err != nil {
			return p.result, err
		}
	}
	return p.result, p.follow(ctx)
}

// follow follows the payout to its end, and keeps the result up to date.
func (p *payment) follow(ctx context.Context) error {
	f := follower{config: p.config, ref: ByRequestID(p.state.RequestID), want: len(p.result.Lines) - len(p.result.Refused())}
	f.last = p.now()
	f.line = func(line *gen.MassPayoutItemDetail) error {
		_, err := p.result.take(line)
		return err
	}
	err := f.follow(ctx, retrieveFrom(p.client))
	if f.last.Status != "" {
		p.result.Status = f.last.Status
	}
	return err
}

// save makes a step durable. A canceled context does not keep it from that.
func (p *payment) save(ctx context.Context, step Step, sent time.Time) error {
	p.state.Step, p.state.Sent = step, sent.Round(0).UTC()
	if err := p.store.Save(context.WithoutCancel(ctx), p.state); err != nil {
		return fmt.Errorf("%s: at step %q: %w", p.ref(), step, err)
	}
	p.tell()
	return nil
}

func (p *payment) ref() Ref { return Ref{RequestID: p.state.RequestID, ExternalID: p.state.ExternalID} }

func (p *payment) now() Progress {
	now := Progress{Step: p.state.Step, Ref: p.ref(), At: p.clock.Now()}
	if p.result != nil {
		now.Status = p.result.Status
	}
	return now
}

func (p *payment) tell() { p.progress(p.now()) }

// failed tells of a failure that may pass.
func (p *payment) failed(err error, wait time.Duration) {
	now := p.now()
	now.Failure, now.Wait = err, wait
	p.progress(now)
}
