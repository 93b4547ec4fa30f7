package gen_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// A program that logs each call, without anything of a recipient.
func ExampleWithObserver() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "duration" { // they differ each time
			return slog.Attr{}
		}
		return a
	}}))
	limited := doerFunc(func(*http.Request) (*http.Response, error) {
		body := `{"status":"failure","errorCode":50000,"errorMessage":"Request Limit Exceeded"}`
		return &http.Response{StatusCode: 429, Body: io.NopCloser(strings.NewReader(body))}, nil
	})
	client, err := gen.New(gen.ServerURLSandbox, nil, gen.WithHTTPClient(limited),
		gen.WithObserver(func(ctx context.Context, call gen.Call) {
			level := slog.LevelInfo
			if call.Outcome != nil {
				level = slog.LevelWarn
			}
			logger.Log(ctx, level, "iyzico", "call", call)
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = client.RetrieveMassPayoutBalance(context.Background())
	// Output: level=WARN msg=iyzico call.operation=RetrieveMassPayoutBalance call.outcome="rate limited" call.status=429 call.code=50000 call.attempts=1 call.sent=0 call.received=78
}

func TestObserver(t *testing.T) {
	paths := map[string]string{
		"InitMassPayout":            "POST /v1/mass/payout/init",
		"AuthMassPayout":            "POST /v1/mass/payout/auth",
		"CancelMassPayout":          "POST /v1/mass/payout/cancel/{requestId}",
		"RetrieveMassPayout":        "POST /v1/mass/payout/retrieve",
		"RetrieveMassPayoutItem":    "GET /v1/mass/payout/retrieve/items/{referenceCode}",
		"RetrieveMassPayoutBalance": "GET /v1/mass/payout/balance",
	}
	for _, op := range operations {
		for _, tt := range []struct {
			name     string
			answer   http.HandlerFunc
			want     gen.Call
			received int
		}{
			{"accepted", answer(200, op.accepted), gen.Call{StatusCode: 200}, len(op.accepted)},
			{"refused", answer(422, `{"status":"failure","errorCode":"11"}`), gen.Call{Outcome: gen.ErrRefused, StatusCode: 422, Code: "11"}, 37},
			{"refused by an odd code", answer(400, `{"status":"failure","errorCode":"Jane"}`), gen.Call{Outcome: gen.ErrRefused, StatusCode: 400, Code: "other"}, 39},
			{"refused by a long code", answer(400, `{"status":"failure","errorCode":98765432154}`), gen.Call{Outcome: gen.ErrRefused, StatusCode: 400, Code: "other"}, 44},
			{"HTML", answer(502, gatewayPage), gen.Call{Outcome: gen.ErrOutcomeUnknown, StatusCode: 502}, len(gatewayPage)},
			{"hung up", hijack(""), gen.Call{Outcome: gen.ErrOutcomeUnknown}, 0},
		} {
			t.Run(op.name+"/"+tt.name, func(t *testing.T) {
				var got []gen.Call
				type key struct{}
				url := serve(t, tt.answer)
				client := newClient(t, url, gen.WithObserver(func(ctx context.Context, call gen.Call) {
					if ctx.Value(key{}) != "the caller's" {
						t.Error("the observer got another context")
					}
					got = append(got, call)
				}))
				_, _ = op.call(context.WithValue(t.Context(), key{}, "the caller's"), client)
				if len(got) != 1 {
					t.Fatalf("the observer was called %d times, want once", len(got))
				}
				if got[0].Duration <= 0 || got[0].Start.IsZero() {
					t.Errorf("Start %v, Duration %v", got[0].Start, got[0].Duration)
				}
				if hasBody := got[0].Method == "POST" && op.name != "CancelMassPayout"; (got[0].Sent > 0) != hasBody {
					t.Errorf("Sent: got %d", got[0].Sent)
				}
				got[0].Start, got[0].Duration, got[0].Sent = time.Time{}, 0, 0
				want := tt.want
				want.Operation, want.Attempts, want.Received, want.Server = op.name, 1, int64(tt.received), strings.TrimPrefix(url, "http://")
				want.Method, want.Path, _ = strings.Cut(paths[op.name], " ")
				if got[0] != want {
					t.Errorf("got  %+v\nwant %+v", got[0], want)
				}
			})
		}
		t.Run(op.name+"/not sent", func(t *testing.T) {
			var got []gen.Call
			client := newClient(t, "http://127.0.0.1:0", gen.WithObserver(func(_ context.Context, call gen.Call) { got = append(got, call) }))
			_, err := op.call(t.Context(), client)
			checkNotSent(t, err)
			if len(got) != 1 || got[0].Outcome != gen.ErrNotSent || got[0].Attempts != 1 || got[0].Sent != 0 {
				t.Errorf("got %+v", got)
			}
		})
	}
	// What fails before it has a path is a call, too.
	var got []gen.Call
	client := newClient(t, gen.ServerURLSandbox, gen.WithObserver(func(_ context.Context, call gen.Call) { got = append(got, call) }))
	_, err := client.CancelMassPayout(t.Context(), "../auth")
	checkNotSent(t, err)
	if len(got) != 1 || got[0].Operation != "CancelMassPayout" || got[0].Attempts != 0 {
		t.Errorf("got %+v", got)
	}
}

// Where the server's URL has no port, its scheme says which it is.
func TestObserverNamesTheServer(t *testing.T) {
	for server, want := range map[string]string{
		gen.ServerURLProduction:     "api.iyzipay.com:443",
		"http://localhost/iyzico":   "localhost:80",
		"https://[::1]":             "[::1]:443",
		"http://[2001:db8::1]:8080": "[2001:db8::1]:8080",
	} {
		var got gen.Call
		client := newClient(t, server, gen.WithObserver(func(_ context.Context, call gen.Call) { got = call }))
		_, _ = client.CancelMassPayout(t.Context(), "") // fails before it is sent
		if got.Server != want {
			t.Errorf("%s: got %s, want %s", server, got.Server, want)
		}
	}
}

// A call that panics has ended, too.
func TestObserverOfACallThatPanics(t *testing.T) {
	url, requests := counted(t)
	fails := func(context.Context, *http.Request) error { panic("a bug") }
	exits := func(context.Context, *http.Request) error { runtime.Goexit(); return nil }
	panics := doerFunc(func(*http.Request) (*http.Response, error) { panic("a bug") })
	for _, tt := range []struct {
		name     string
		opt      gen.Option
		want     error
		attempts int
	}{
		{"an editor panics", gen.WithRequestEditorFn(fails), gen.ErrNotSent, 0},
		{"an editor ends the goroutine", gen.WithRequestEditorFn(exits), gen.ErrNotSent, 0},
		{"the Doer panics", gen.WithHTTPClient(panics), gen.ErrOutcomeUnknown, 1},
	} {
		for _, op := range operations {
			t.Run(tt.name+"/"+op.name, func(t *testing.T) {
				var got []gen.Call
				observe := gen.WithObserver(func(_ context.Context, call gen.Call) { got = append(got, call) })
				client := newClient(t, url, tt.opt, observe)
				var ended sync.WaitGroup
				ended.Go(func() {
					defer func() { _ = recover() }()
					_, _ = op.call(t.Context(), client)
					t.Error("the panic was swallowed")
				})
				ended.Wait()
				if len(got) != 1 || got[0].Outcome != tt.want || got[0].Attempts != tt.attempts {
					t.Errorf("got %+v, want one call that is %q after %d attempts", got, tt.want, tt.attempts)
				}
			})
		}
	}
	checkRequests(t, requests, 0)
}
