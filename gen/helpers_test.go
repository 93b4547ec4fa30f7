package gen_test

import (
	"context"
	"errors"
	"io"
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

// operation is one of the six calls together with its Result, for what holds for all of them.
type operation struct {
	name     string
	accepted string // the shortest answer that is accepted
	call     func(context.Context, *gen.ClientWithResponses) (any, error)
	result   func(*http.Response, []byte) (any, error) // of an HTTP answer that is already there
}

var operations = []operation{
	{
		"InitMassPayout",
		`{"status":"success","requestId":"79cdefc1-3ce6-4f51-bdd9-0c050274db64"}`,
		func(ctx context.Context, c *gen.ClientWithResponses) (any, error) {
			return resultOf(c.InitMassPayoutWithResponse(ctx, readmeRequest()))
		},
		func(rsp *http.Response, body []byte) (any, error) {
			return resultOf(&gen.InitMassPayoutHTTPResponse{Body: body, HTTPResponse: rsp}, nil)
		},
	},
	{
		"AuthMassPayout",
		`{"status":"success"}`,
		func(ctx context.Context, c *gen.ClientWithResponses) (any, error) {
			return resultOf(c.AuthMassPayoutWithResponse(ctx, gen.MassPayoutAuthRequest{RequestID: requestID}))
		},
		func(rsp *http.Response, body []byte) (any, error) {
			return resultOf(&gen.AuthMassPayoutHTTPResponse{Body: body, HTTPResponse: rsp}, nil)
		},
	},
	{
		"CancelMassPayout",
		`{"status":"success"}`,
		func(ctx context.Context, c *gen.ClientWithResponses) (any, error) {
			return resultOf(c.CancelMassPayoutWithResponse(ctx, requestID))
		},
		func(rsp *http.Response, body []byte) (any, error) {
			return resultOf(&gen.CancelMassPayoutHTTPResponse{Body: body, HTTPResponse: rsp}, nil)
		},
	},
	{
		"RetrieveMassPayout",
		`{"status":"success","massPayout":{"massPayoutStatus":"INIT"}}`,
		func(ctx context.Context, c *gen.ClientWithResponses) (any, error) {
			return resultOf(c.RetrieveMassPayoutWithResponse(ctx, gen.MassPayoutRetrieveRequest{RequestID: requestID, Size: 10}))
		},
		func(rsp *http.Response, body []byte) (any, error) {
			return resultOf(&gen.RetrieveMassPayoutHTTPResponse{Body: body, HTTPResponse: rsp}, nil)
		},
	},
	{
		"RetrieveMassPayoutItem",
		`{"status":"success","item":{"itemStatus":"INIT"}}`,
		func(ctx context.Context, c *gen.ClientWithResponses) (any, error) {
			return resultOf(c.RetrieveMassPayoutItemWithResponse(ctx, referenceCode))
		},
		func(rsp *http.Response, body []byte) (any, error) {
			return resultOf(&gen.RetrieveMassPayoutItemHTTPResponse{Body: body, HTTPResponse: rsp}, nil)
		},
	},
	{
		"RetrieveMassPayoutBalance",
		`{"status":"success","balance":0}`,
		func(ctx context.Context, c *gen.ClientWithResponses) (any, error) {
			return resultOf(c.RetrieveMassPayoutBalanceWithResponse(ctx))
		},
		func(rsp *http.Response, body []byte) (any, error) {
			return resultOf(&gen.RetrieveMassPayoutBalanceHTTPResponse{Body: body, HTTPResponse: rsp}, nil)
		},
	},
}

func resultOf[T any](resp interface{ Result() (*T, error) }, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	answer, err := resp.Result()
	if (answer == nil) == (err == nil) {
		return nil, errors.New("Result: expected either an answer or an error")
	}
	if err != nil {
		return nil, err
	}
	return answer, nil
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
func newClient(t testing.TB, url string, opts ...gen.Option) *gen.ClientWithResponses {
	t.Helper()
	c, err := gen.New(url, nil, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// checkOutcome checks that err is want and neither of the two other outcomes. A want of nil is an accepted answer.
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
	if !errors.As(err, &apiError) {
		t.Fatalf("got error %v (%T), want an *APIError that is %q", err, err, want)
	}
	for _, outcome := range []error{gen.ErrRefused, gen.ErrRateLimited, gen.ErrOutcomeUnknown} {
		if got := errors.Is(err, outcome); got != (outcome == want) {
			t.Errorf("errors.Is(err, %q) = %v, want %q alone; the error: %v", outcome, got, want, err)
		}
	}
}

// checkNotSent checks that err comes from before the sending: it is none of the outcomes.
func checkNotSent(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Fatal("got no error")
	}
	for _, outcome := range []error{gen.ErrRefused, gen.ErrRateLimited, gen.ErrOutcomeUnknown} {
		if errors.Is(err, outcome) {
			t.Errorf("errors.Is(err, %q) of an error from before the sending: %v", outcome, err)
		}
	}
}
