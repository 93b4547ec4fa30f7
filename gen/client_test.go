package gen_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/cookiejar"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

func TestNewRefuses(t *testing.T) {
	const noURL = "gen: New: server must be an absolute URL such as https://sandbox-api.iyzipay.com"
	const noQuery = "gen: New: server must have no query and no fragment"
	server := gen.ServerURLSandbox
	doer := doerFunc(func(*http.Request) (*http.Response, error) { return nil, nil })
	for _, tt := range []struct {
		name   string
		server string
		opts   []gen.Option
		want   string
	}{
		{"no URL", "", nil, noURL},
		{"no scheme", "api.iyzipay.com", nil, noURL},
		{"relative", "/v1", nil, noURL},
		{"no host", "https://", nil, noURL},
		{"a port alone", "https://:443", nil, noURL},
		{"another scheme", "ftp://user:hunter2@api.iyzipay.com", nil, noURL},
		{"broken", "https://user:hunter2@api.iyzipay.com:port", nil, "gen: New: server is not a URL"},
		{"password", "https://user:hunter2@api.iyzipay.com", nil, "gen: New: server must have no user and no password"},
		{"user", "https://hunter2@api.iyzipay.com", nil, "gen: New: server must have no user and no password"},
		{"query", "https://api.iyzipay.com?key=hunter2", nil, noQuery},
		{"empty query", "https://api.iyzipay.com/?", nil, noQuery},
		{"fragment", "https://api.iyzipay.com/#hunter2", nil, noQuery},
		{"empty fragment", "https://api.iyzipay.com/prefix#", nil, noQuery},
		{"negative timeout", server, []gen.Option{gen.WithTimeout(-time.Second)}, "gen: New: WithTimeout: -1s is negative"},
		{"no answer", server, []gen.Option{gen.WithMaxResponse(0)}, "gen: New: WithMaxResponse: 0 is not positive"},
		{"negative answer", server, []gen.Option{gen.WithMaxResponse(-1)}, "gen: New: WithMaxResponse: -1 is not positive"},
		{"no option", server, []gen.Option{nil}, "gen: New: an option is nil"},
		{"no observer", server, []gen.Option{gen.WithObserver(nil)}, "gen: New: WithObserver: the function is nil"},
		{"negative retries", server, []gen.Option{gen.WithReadRetries(-1, time.Second)},
			"gen: New: WithReadRetries: retries must not be negative, and the longest wait must be positive"},
		{"no client", server, []gen.Option{gen.WithHTTPClient(nil)}, "gen: New: WithHTTPClient: the client is nil"},
		{"nil client", server, []gen.Option{gen.WithHTTPClient((*http.Client)(nil))}, "gen: New: WithHTTPClient: the client is nil"},
		{"nil Doer", server, []gen.Option{gen.WithHTTPClient(doerFunc(nil))}, "gen: New: WithHTTPClient: the client is nil"},
		{"no editor", server, []gen.Option{gen.WithRequestEditorFn(nil)}, "gen: New: WithRequestEditorFn: the function is nil"},
		{"timeout of a Doer", server, []gen.Option{gen.WithHTTPClient(doer), gen.WithTimeout(time.Second)},
			"gen: New: WithTimeout works only with an *http.Client; configure the gen_test.doerFunc directly"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, err := gen.New(tt.server, nil, tt.opts...)
			if client != nil || !errors.Is(err, gen.ErrOption) || err.Error() != tt.want {
				t.Errorf("got client %v, error %v\nwant an ErrOption: %s", client, err, tt.want)
			}
		})
	}
}

func TestNewTakesServersWithAndWithoutAPath(t *testing.T) {
	var got string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.RequestURI
		_, _ = io.WriteString(w, `{"status":"success","balance":1}`)
	})
	for suffix, want := range map[string]string{
		"":           "/v1/mass/payout/balance",
		"/":          "/v1/mass/payout/balance",
		"/sandbox":   "/sandbox/v1/mass/payout/balance",
		"/sandbox/":  "/sandbox/v1/mass/payout/balance",
		"/a%20b/c.d": "/a%20b/c.d/v1/mass/payout/balance",
	} {
		if _, err := newClient(t, url+suffix).RetrieveMassPayoutBalance(context.Background()); err != nil || got != want {
			t.Errorf("%q: the server saw %q, %v; want %q", suffix, got, err, want)
		}
	}
}

// A redirect would send the signed body somewhere else.
func TestRedirectsAreRefused(t *testing.T) {
	target, requests := counted(t)
	for _, status := range []int{300, 301, 302, 303, 304, 307, 308, 399} {
		for _, op := range operations {
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", target+r.URL.Path)
				answer(status, op.accepted)(w, r) // what the body says counts for nothing
			})
			accepted, err := op.call(context.Background(), newClient(t, url))
			checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
			var apiError *gen.APIError
			if errors.As(err, &apiError) && apiError.StatusCode != status {
				t.Errorf("%s %d: got StatusCode %d", op.name, status, apiError.StatusCode)
			}
		}
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("the target saw %d requests, want none", n)
	}
}

// A client of the caller's that follows redirects elsewhere follows none here.
func TestRedirectsAreRefusedWhateverThePolicy(t *testing.T) {
	target, requests := counted(t)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target+r.URL.Path, http.StatusTemporaryRedirect)
	})
	follow := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
	for _, op := range operations {
		accepted, err := op.call(context.Background(), newClient(t, url, gen.WithHTTPClient(follow), gen.WithReadRetries(3, time.Second)))
		checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
		if want := ": outcome unknown: the server redirected, and redirects are not followed (HTTP 307)"; !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: got error %v, want %q in it", op.name, err, want)
		}
	}
	checkRequests(t, requests, 0)
}

// deadlineOf is when a request of a client with opts has to be answered, counted from now.
func deadlineOf(t *testing.T, client *http.Client, opts ...gen.Option) (left time.Duration, ok bool) {
	t.Helper()
	client.Transport = roundTripper(func(req *http.Request) (*http.Response, error) {
		var deadline time.Time
		deadline, ok = req.Context().Deadline()
		left = time.Until(deadline)
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"status":"success","balance":1}`))}, nil
	})
	opts = append([]gen.Option{gen.WithHTTPClient(client)}, opts...)
	if _, err := newClient(t, gen.ServerURLSandbox, opts...).RetrieveMassPayoutBalance(context.Background()); err != nil {
		t.Fatal(err)
	}
	return left, ok
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestTimeout(t *testing.T) {
	for _, tt := range []struct {
		name   string
		client *http.Client
		opts   []gen.Option
		want   time.Duration // 0: none
	}{
		{"default", &http.Client{}, nil, gen.DefaultTimeout},
		{"the client's own holds", &http.Client{Timeout: 3 * time.Hour}, nil, 3 * time.Hour},
		{"option", &http.Client{}, []gen.Option{gen.WithTimeout(2 * time.Hour)}, 2 * time.Hour},
		{"option before the client's own", &http.Client{Timeout: 3 * time.Hour}, []gen.Option{gen.WithTimeout(2 * time.Hour)}, 2 * time.Hour},
		{"none", &http.Client{Timeout: 3 * time.Hour}, []gen.Option{gen.WithTimeout(0)}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			left, ok := deadlineOf(t, tt.client, tt.opts...)
			if ok != (tt.want > 0) || left > tt.want || left < tt.want-gen.DefaultTimeout/2 && tt.want > 0 {
				t.Errorf("got a deadline: %v, in %v; want %v", ok, left, tt.want)
			}
		})
	}
	if gen.DefaultTimeout != time.Minute {
		t.Errorf("DefaultTimeout: got %v", gen.DefaultTimeout)
	}
}

func TestTheCallersClientIsNotModified(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	url, requests := counted(t)
	for _, client := range []*http.Client{{}, {Transport: transport, Jar: jar, Timeout: time.Hour}} {
		before := *client
		c := newClient(t, url, gen.WithHTTPClient(client), gen.WithTimeout(time.Minute), gen.WithMaxResponse(1000))
		for _, op := range operations {
			if _, err := op.call(context.Background(), c); err != nil {
				t.Error(err)
			}
		}
		if !reflect.DeepEqual(*client, before) {
			t.Errorf("got %+v, want %+v", *client, before)
		}
	}
	if n := requests.Load(); n != 12 {
		t.Errorf("the server saw %d requests, want 12", n)
	}
	if !reflect.DeepEqual(*http.DefaultClient, http.Client{}) {
		t.Errorf("http.DefaultClient was changed: %+v", *http.DefaultClient)
	}
}

func TestAnotherDoerIsUsedAsItIs(t *testing.T) {
	calls := 0
	doer := doerFunc(func(req *http.Request) (*http.Response, error) {
		calls++
		if _, ok := req.Context().Deadline(); ok {
			t.Error("the request has a deadline")
		}
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"status":"success","balance":1}`))}, nil
	})
	// The bound of an answer is the one option that applies to it.
	for bound, want := range map[int64]error{31: gen.ErrOutcomeUnknown, 32: nil} {
		c := newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doer), gen.WithMaxResponse(bound))
		accepted, err := resultOf(c.RetrieveMassPayoutBalance(context.Background()))
		checkOutcome(t, accepted, err, want)
	}
	if calls != 2 {
		t.Errorf("the Doer was called %d times", calls)
	}
}

func TestOrderOfEditors(t *testing.T) {
	var got []string
	editor := func(name string) gen.RequestEditorFn {
		return func(_ context.Context, req *http.Request) error {
			if req.Method != http.MethodGet || req.URL.Path != "/v1/mass/payout/balance" {
				t.Errorf("%s: got %s %s", name, req.Method, req.URL)
			}
			got = append(got, name)
			return nil
		}
	}
	url, _ := counted(t)
	client, err := gen.New(url, editor("sign"), gen.WithRequestEditorFn(editor("first")), gen.WithRequestEditorFn(editor("second")))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second call as the first
		got = nil
		if _, err := client.RetrieveMassPayoutBalance(context.Background(), editor("call's own"), editor("call's second")); err != nil {
			t.Fatal(err)
		}
		if want := []string{"first", "second", "sign", "call's own", "call's second"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// What goes wrong before the request is sent says so.
func TestAnEditorsErrorSaysThatNothingWasSent(t *testing.T) {
	url, requests := counted(t)
	noKeys := errors.New("no keys")
	client, err := gen.New(url, func(context.Context, *http.Request) error { return noKeys })
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range operations {
		_, err := op.call(context.Background(), client)
		checkNotSent(t, err)
		if !errors.Is(err, noKeys) || !errors.Is(err, gen.ErrEditor) {
			t.Errorf("%s: got error %v", op.name, err)
		}
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("the server saw %d requests", n)
	}
}

// Nothing is sent twice, whatever the answer: it could pay twice.
func TestNothingIsSentTwice(t *testing.T) {
	for _, answer := range []http.HandlerFunc{
		answer(429, ``, "Retry-After", "0"), answer(503, ``, "Retry-After", "0"), answer(500, `{"status":"failure"}`), answer(408, ``), hijack(""),
	} {
		for _, op := range operations {
			var requests atomic.Int32
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				answer(w, r)
			})
			if _, err := op.call(context.Background(), newClient(t, url)); err == nil {
				t.Errorf("%s: got no error", op.name)
			}
			if n := requests.Load(); n != 1 {
				t.Errorf("%s: the server saw %d requests", op.name, n)
			}
		}
	}
}

func TestConcurrentCalls(t *testing.T) {
	var requests sync.Map
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests.Store(string(body), true)
		_, _ = io.Copy(w, bytes.NewReader([]byte(`{"status":"success","requestId":"1"}`)))
	})
	var signed atomic.Int32
	client, err := gen.New(url, func(context.Context, *http.Request) error { signed.Add(1); return nil })
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			r := readmeRequest()
			r.ExternalID += string(rune('a' + i))
			accepted, err := resultOf(client.InitMassPayout(context.Background(), r, func(context.Context, *http.Request) error { return nil }))
			checkOutcome(t, accepted, err, nil)
		})
	}
	wg.Wait()
	seen := 0
	requests.Range(func(any, any) bool { seen++; return true })
	if seen != 16 || signed.Load() != 16 {
		t.Errorf("the server saw %d different bodies, %d were signed; want 16", seen, signed.Load())
	}
}

// An answer is read up to a bound, which counts the bytes after decompression.
func TestMaxResponse(t *testing.T) {
	for _, op := range few(operations) {
		length := int64(len(op.accepted))
		long := op.accepted + strings.Repeat(" ", 10_000)
		for _, tt := range []struct {
			name  string
			body  string
			bound int64
			want  error
		}{
			{"shorter than the bound", op.accepted, length + 1, nil},
			{"of the bound", op.accepted, length, nil},
			{"one byte longer", op.accepted, length - 1, gen.ErrOutcomeUnknown},
			{"much longer", long, length, gen.ErrOutcomeUnknown},
			{"bound of one byte", op.accepted, 1, gen.ErrOutcomeUnknown},
			{"no bound", long, math.MaxInt64, nil},
		} {
			for _, encoding := range []string{"identity", "gzip"} {
				t.Run(op.name+"/"+tt.name+"/"+encoding, func(t *testing.T) {
					url := serve(t, func(w http.ResponseWriter, r *http.Request) {
						accepting(200, "Content-Encoding", encoding)(w, r.WithContext(context.WithValue(r.Context(), acceptedKey{}, tt.body)))
					})
					accepted, err := op.call(context.Background(), newClient(t, url, gen.WithMaxResponse(tt.bound)))
					checkOutcome(t, accepted, err, tt.want)
					if tt.want != nil && !strings.Contains(err.Error(), "reading the response: it is larger than WithMaxResponse allows") {
						t.Errorf("got error %v", err)
					}
				})
			}
		}
	}
}

// One byte more than the default bound is read, and no more. TestMaxResponse reads responses of the very bound.
func TestDefaultMaxResponse(t *testing.T) {
	inTurn(t)
	op := operations[0] // all have one bound: see TestMaxResponse
	endless := &spaces{text: op.accepted, length: 1 << 40}
	doer := doerFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: endless}, nil
	})
	accepted, err := op.call(t.Context(), newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doer)))
	checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
	const text = "outcome unknown: reading the response: it is larger than WithMaxResponse allows (HTTP 200)"
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got error %v, want %q in it", err, text)
	}
	if endless.read != gen.DefaultMaxResponse+1 {
		t.Errorf("%d bytes were read, want one more than are allowed", endless.read)
	}
}

// spaces is a body of that length: text, then spaces.
type spaces struct {
	text         string
	length, read int64
}

var blanks = bytes.Repeat([]byte{' '}, 64<<10)

func (s *spaces) Read(p []byte) (int, error) {
	if s.read == s.length {
		return 0, io.EOF
	}
	n := copy(p, s.text[min(s.read, int64(len(s.text))):])
	if n == 0 {
		n = copy(p, blanks[:min(int64(len(blanks)), s.length-s.read)])
	}
	s.read += int64(n)
	return n, nil
}

func (*spaces) Close() error { return nil }

// doerFunc is a Doer that is no http.Client, as one that retries or records.
type doerFunc func(*http.Request) (*http.Response, error)

func (f doerFunc) Do(req *http.Request) (*http.Response, error) { return f(req) }

func TestDoerWithoutAnAnswer(t *testing.T) {
	broken := errors.New("broken")
	closed := &closeRecorder{}
	for name, doer := range map[string]doerFunc{
		"error":              func(*http.Request) (*http.Response, error) { return nil, broken },
		"error and answer":   func(*http.Request) (*http.Response, error) { return &http.Response{Body: closed}, broken },
		"neither":            func(*http.Request) (*http.Response, error) { return nil, nil },
		"answer without one": func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 200}, nil },
		"body fails": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: closed}, nil
		},
	} {
		for _, op := range operations {
			t.Run(name+"/"+op.name, func(t *testing.T) {
				closed.closed = false
				accepted, err := op.call(context.Background(), newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doer)))
				checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
				if strings.HasPrefix(name, "error") && !errors.Is(err, broken) {
					t.Errorf("got %v, want the Doer's error in it", err)
				}
				if (name == "error and answer" || name == "body fails") && !closed.closed {
					t.Error("the body was not closed")
				}
			})
		}
	}
}

// closeRecorder is a body that cannot be read.
type closeRecorder struct{ closed bool }

func (*closeRecorder) Read([]byte) (int, error) { return 0, errors.New("connection reset") }
func (c *closeRecorder) Close() error           { c.closed = true; return nil }
