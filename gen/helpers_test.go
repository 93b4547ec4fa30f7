package gen_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

const (
	requestID     = "79cdefc1-3ce6-4f51-bdd9-0c050274db64"
	referenceCode = "a97b14a2-1e22-4ceb-bafb-38b61c4c4477"
)

// operation is one of the six calls, for what holds for all of them.
type operation struct {
	name     string
	accepted string // the shortest answer that is accepted
	call     func(context.Context, *gen.Client) (any, error)
}

var operations = []operation{
	{
		"InitMassPayout",
		`{"status":"success","requestId":"79cdefc1-3ce6-4f51-bdd9-0c050274db64"}`,
		func(ctx context.Context, c *gen.Client) (any, error) {
			return resultOf(c.InitMassPayout(ctx, readmeRequest()))
		},
	},
	{
		"AuthMassPayout",
		`{"status":"success"}`,
		func(ctx context.Context, c *gen.Client) (any, error) {
			return resultOf(c.AuthMassPayout(ctx, gen.MassPayoutAuthRequest{RequestID: requestID}))
		},
	},
	{
		"CancelMassPayout",
		`{"status":"success"}`,
		func(ctx context.Context, c *gen.Client) (any, error) {
			return resultOf(c.CancelMassPayout(ctx, requestID))
		},
	},
	{
		"RetrieveMassPayout",
		`{"status":"success","massPayout":{"massPayoutStatus":"INIT"}}`,
		func(ctx context.Context, c *gen.Client) (any, error) {
			return resultOf(c.RetrieveMassPayout(ctx, gen.MassPayoutRetrieveRequest{RequestID: requestID, Size: 10}))
		},
	},
	{
		"RetrieveMassPayoutItem",
		`{"status":"success","item":{"itemStatus":"INIT"}}`,
		func(ctx context.Context, c *gen.Client) (any, error) {
			return resultOf(c.RetrieveMassPayoutItem(ctx, referenceCode))
		},
	},
	{
		"RetrieveMassPayoutBalance",
		`{"status":"success","balance":0}`,
		func(ctx context.Context, c *gen.Client) (any, error) {
			return resultOf(c.RetrieveMassPayoutBalance(ctx))
		},
	},
}

// resultOf is what a call returned: either a response or an error.
func resultOf[T any](response *T, err error) (any, error) {
	if (response == nil) == (err == nil) {
		return nil, errors.New("expected either a response or an error")
	}
	if err != nil {
		return nil, err
	}
	return response, nil
}

// readmeRequest is the request of the README.
func readmeRequest() gen.MassPayoutInitializeRequest {
	return gen.MassPayoutInitializeRequest{
		ExternalID: "salaries-2026-11",
		Purpose:    gen.PurposeSalary,
		Items: []gen.MassPayoutItem{{
			ItemExternalID: "emp-1001",
			RecipientType:  gen.RecipientTypeIBAN,
			RecipientInfo:  "TR330006100519786457841326",
			RecipientName:  "Ayşe Yılmaz",
			Amount:         gen.Amount{Value: decimal.RequireFromString("48250.75"), Currency: gen.CurrencyTRY},
			Description:    "Kasım maaşı",
		}},
	}
}

// serve starts a server on loopback and returns its URL.
func serve(t testing.TB, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

// counted starts a server on loopback that counts its requests and accepts them all.
func counted(t testing.TB) (url string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		_, _ = io.WriteString(w, `{"status":"success","requestId":"1","balance":0,"item":{"itemStatus":"INIT"},"massPayout":{"massPayoutStatus":"INIT"}}`)
	}), requests
}

// answer is a handler that gives always the same answer; header are names and values in turns.
func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for pair := range slices.Chunk(header, 2) {
			w.Header().Set(pair[0], pair[1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// newClient makes an unsigned client of a server on loopback.
func newClient(t testing.TB, url string, opts ...gen.Option) *gen.Client {
	t.Helper()
	c, err := gen.New(url, nil, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// checkOutcome checks that err is want and none of the other outcomes. A want of nil is an accepted answer.
func checkOutcome(t *testing.T, accepted any, err, want error) {
	t.Helper()
	if want == nil {
		if err != nil || accepted == nil {
			t.Errorf("got %v, error %v; want an accepted answer", accepted, err)
		}
		return
	}
	if accepted != nil {
		t.Errorf("got an answer beside the error: %v", accepted)
	}
	var apiError *gen.APIError
	if !errors.As(err, &apiError) || apiError.Operation == "" {
		t.Fatalf("got error %v (%T), want an *APIError with an Operation that is %q", err, err, want)
	}
	for _, outcome := range outcomes {
		if got := errors.Is(err, outcome); got != (outcome == want) {
			t.Errorf("errors.Is(err, %q) = %v, want %q alone; the error: %v", outcome, got, want, err)
		}
	}
}

// checkNotSent checks that err says that nothing was sent, and by which call.
func checkNotSent(t *testing.T, err error) {
	t.Helper()
	checkOutcome(t, nil, err, gen.ErrNotSent)
}

var outcomes = []error{gen.ErrRefused, gen.ErrRateLimited, gen.ErrOutcomeUnknown, gen.ErrNotSent}

// discarded is for servers whose clients misbehave on purpose.
var discarded = log.New(io.Discard, "", 0)

// few is the first of some operations where -short is given: `make test` tries one of those that share their code under
// the race detector, and all without it.
func few(operations []operation) []operation {
	if testing.Short() {
		return operations[:1]
	}
	return operations
}

// inTurn skips what happens one after another where -short is given: `make test` runs it without the race detector, which
// takes several times as long and has nothing to find there.
func inTurn(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one thing after another: run it without -short")
	}
}
