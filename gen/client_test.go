package gen_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

// An answer is read up to a bound, which counts the bytes after decompression.
func TestMaxResponse(t *testing.T) {
	for _, op := range operations {
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

func TestDefaultMaxResponse(t *testing.T) {
	sent := make(chan int64, 1)
	client := newClient(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n, _ := io.CopyN(w, endless{}, 1<<40) // until the client hangs up
		sent <- n
	}))
	accepted, err := operations[0].call(context.Background(), client)
	checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
	const text = "iyzico: InitMassPayout: outcome unknown: reading the response: it is larger than WithMaxResponse allows (HTTP 200)"
	if err.Error() != text {
		t.Errorf("got error %q\nwant %q", err, text)
	}
	if n := <-sent; n == 1<<40 {
		t.Error("the whole answer was read")
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

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
