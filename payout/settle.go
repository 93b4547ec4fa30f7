package payout

import (
	"context"
	"errors"
	"fmt"
)

// sends is how often a run sends init, or auth, when outcomes are unknown again and again.
const sends = 3

// untilSettled looks again and again, until it is done or what was sent cannot be on its way any more. It looks at least
// once, and once after that moment.
func (p *payment) untilSettled(ctx context.Context, look func() (done bool)) error {
	b := p.backoff()
	until := p.clock.Now().Add(p.settle)
	if end := p.state.Sent.Add(p.settle); end.Before(until) { // it is after it if the clock was put back
		until = end
	}
	for {
		now := p.clock.Now()
		if look() || !now.Before(until) {
			return nil
		}
		wait := min(b.wait(), until.Sub(now))
		p.failed(errSettling, wait)
		if err := p.clock.Sleep(ctx, wait); err != nil {
			return fmt.Errorf("%s: waiting for what was sent: %w", p.ref(), err)
		}
	}
}

var errSettling = errors.New("what was sent may still arrive")

// pause waits before something is tried again: longer each time, and at least as long as the server asks for.
func (p *payment) pause(ctx context.Context, b *backoff, err error) error {
	wait := max(b.wait(), retryAfter(err))
	p.failed(err, wait)
	return p.clock.Sleep(ctx, wait)
}
