package payout

import (
	"context"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

func (c *config) backoff() *backoff { return &backoff{next: c.firstWait, longest: c.maxWait} }

// tries is how often in a row a question may fail before Pay gives up, where no money is under way.
const tries = 10

// persist asks until there is an answer: failures that may pass are waited out, a refusal is an answer. It gives up
// after so many failures in a row; 0 is never, until the context ends. tell is told of each failure.
func (c *config) persist(ctx context.Context, tries int, tell func(error, time.Duration), ask func() error) error {
	b := c.backoff()
	for n := 1; ; n++ {
		err := ask()
		if err == nil || !passing(err) || ctx.Err() != nil || n == tries {
			return err
		}
		wait := max(b.wait(), retryAfter(err))
		tell(err, wait)
		if sleepErr := c.clock.Sleep(ctx, wait); sleepErr != nil {
			return err
		}
	}
}

// retrieve asks for one page and reads the answer.
type retrieve func(context.Context, gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error)

func retrieveFrom(client Retriever) retrieve {
	return func(ctx context.Context, request gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
		return client.RetrieveMassPayout(ctx, request)
	}
}

// patiently makes r persist.
func (c *config) patiently(r retrieve, tries int, tell func(error, time.Duration)) retrieve {
	return func(ctx context.Context, request gen.MassPayoutRetrieveRequest) (answer *gen.MassPayoutRetrieveResponse, err error) {
		err = c.persist(ctx, tries, tell, func() error {
			answer, err = r(ctx, request)
			return err
		})
		return answer, err
	}
}
