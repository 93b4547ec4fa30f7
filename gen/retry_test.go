package gen_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// steps is a transport that answers each attempt with the next body, as after "429 " its status; the last one for good.
type steps struct {
	bodies   []string
	attempts int
	at       []time.Duration // since the first
	first    time.Time
	signed   map[string]bool
}

func (s *steps) RoundTrip(req *http.Request) (*http.Response, error) {
	if s.attempts == 0 {
		s.first, s.signed = time.Now(), map[string]bool{}
	}
	s.at = append(s.at, time.Since(s.first))
	s.signed[req.Header.Get("Signature")] = true
	body := s.bodies[min(s.attempts, len(s.bodies)-1)]
	s.attempts++
	if body == "broken" {
		return nil, errors.New("connection reset by peer")
	}
	resp := &http.Response{StatusCode: 200, Header: http.Header{}}
	for {
		if rest, ok := strings.CutPrefix(body, "429 "); ok {
			resp.StatusCode, body = 429, rest
		} else if rest, ok := strings.CutPrefix(body, "Retry-After "); ok {
			after, rest, _ := strings.Cut(rest, " ")
			resp.Header.Set("Retry-After", after)
			body = rest
		} else {
			break
		}
	}
	resp.Body = io.NopCloser(strings.NewReader(body))
	return resp, nil
}

func TestReadRetries(t *testing.T) {
	const accepted = `{"status":"success","requestId":"1","balance":0,"item":{"itemStatus":"INIT"},"massPayout":{"massPayoutStatus":"INIT"}}`
	for _, tt := range []struct {
		name     string
		bodies   []string
		attempts int // of a call that reads
		want     error
		least    time.Duration
		most     time.Duration
	}{
		{"accepted", []string{accepted}, 1, nil, 0, 0},
		{"broken once", []string{"broken", accepted}, 2, nil, 125 * time.Millisecond, 250 * time.Millisecond},
		{"HTML twice", []string{gatewayPage, gatewayPage, accepted}, 3, nil, 375 * time.Millisecond, 750 * time.Millisecond},
		{"rate limit", []string{"429 Retry-After 7 ", accepted}, 2, nil, 7 * time.Second, 7 * time.Second},
		{"rate limit for too long", []string{"429 Retry-After 11 ", accepted}, 1, gen.ErrRateLimited, 0, 0},
		{"broken for good", []string{"broken"}, 4, gen.ErrOutcomeUnknown, 875 * time.Millisecond, 1750 * time.Millisecond},
		{"refused", []string{`{"status":"failure","errorCode":"11"}`, accepted}, 1, gen.ErrRefused, 0, 0},
		{"system error", []string{`{"status":"failure","errorCode":"100001"}`, accepted}, 2, nil, 125 * time.Millisecond, 250 * time.Millisecond},
	} {
		for _, op := range operations {
			t.Run(tt.name+"/"+op.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					transport := &steps{bodies: tt.bodies}
					n := 0
					var seen gen.Call
					client, err := gen.New(gen.ServerURLSandbox, func(_ context.Context, req *http.Request) error {
						n++
						req.Header.Set("Signature", fmt.Sprint(n))
						return nil
					}, gen.WithHTTPClient(&http.Client{Transport: transport}), gen.WithReadRetries(3, 10*time.Second),
						gen.WithObserver(func(_ context.Context, call gen.Call) { seen = call }))
					if err != nil {
						t.Fatal(err)
					}
					attempts, want := tt.attempts, tt.want
					if !strings.HasPrefix(op.name, "Retrieve") {
						attempts = 1
						first := newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(&http.Client{Transport: &steps{bodies: tt.bodies}}))
						_, err := op.call(t.Context(), first)
						want = outcomeOf(err)
					}
					got, err := op.call(t.Context(), client)
					checkOutcome(t, got, err, want)
					if transport.attempts != attempts || len(transport.signed) != attempts || seen.Attempts != attempts {
						t.Errorf("%d attempts, %d signatures, %d observed; want %d", transport.attempts, len(transport.signed), seen.Attempts, attempts)
					}
					if last := transport.at[len(transport.at)-1]; attempts > 1 && (last < tt.least || last > tt.most) {
						t.Errorf("the last attempt came after %v, want %v to %v", last, tt.least, tt.most)
					}
				})
			})
		}
	}
}

// outcomeOf is the one of the outcomes that err is.
func outcomeOf(err error) error {
	for _, outcome := range outcomes {
		if errors.Is(err, outcome) {
			return outcome
		}
	}
	return nil
}

func TestReadRetriesEndWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &steps{bodies: []string{"broken"}}
		client := newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(&http.Client{Transport: transport}), gen.WithReadRetries(1000, time.Hour))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := resultOf(client.RetrieveMassPayoutBalance(ctx))
		checkOutcome(t, nil, err, gen.ErrOutcomeUnknown)
		if since := time.Since(start); since > time.Minute || transport.attempts < 5 {
			t.Errorf("%d attempts in %v", transport.attempts, since)
		}
		ctx, cancel = context.WithCancel(t.Context())
		go func() { time.Sleep(10 * time.Second); cancel() }()
		start = time.Now()
		_, err = resultOf(client.RetrieveMassPayoutBalance(ctx))
		checkOutcome(t, nil, err, gen.ErrOutcomeUnknown)
		if since := time.Since(start); since != 10*time.Second {
			t.Errorf("the call ended after %v, want as soon as it was canceled", since)
		}
	})
}
