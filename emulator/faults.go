package emulator

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong with a call, on demand, whatever the call
// asks for. It strikes signed requests only: others get nothing but a refusal.
type Fault struct {
	// Operation says whose calls it strikes. Empty: all.
	Operation Operation
	// Kind says what goes wrong.
	Kind Kind
	// AfterEffect carries the operation out first: what goes wrong is its
	// answer only. The kinds that spoil an answer always do so.
	AfterEffect bool
	// Skip lets this many calls pass first, counted from Inject on and with
	// those that another fault strikes.
	Skip int
	// Times says how many calls it strikes. 0: one. Negative: all.
	Times int
	// Wait holds the call until the channel is closed or gives a value, or
	// until the client has gone. With AfterEffect it is held after the effect.
	Wait <-chan struct{}
	// Status is the HTTP status of HTML. 0: 502.
	Status int
	// RetryAfter is the header of RateLimited, in whole seconds. 0: one second.
	RetryAfter time.Duration
	// Location is the target of Redirect. Empty: /elsewhere on the emulator.
	Location string
	// Size is how many bytes Huge adds. 0: 64 MiB.
	Size int64
}

// Kind is a kind of fault.
type Kind int

// The kinds of faults.
const (
	// Delay does nothing but hold the call, see Fault.Wait.
	Delay Kind = iota
	// Cut closes the connection without an answer. Where that is not possible
	// (HTTP/2, a recorder) the handler panics with http.ErrAbortHandler. Mind
	// that Go's http.Transport repeats a GET by itself when that happens on a
	// connection that it had used before.
	Cut
	// HTML answers with a gateway's page and Fault.Status.
	HTML
	// RateLimited answers 429, Retry-After and the numeric error code 50000.
	RateLimited
	// SystemError answers 500 and error code 100001.
	SystemError
	// FailureWith200 answers error code 11 with HTTP status 200.
	FailureWith200
	// Redirect answers 307.
	Redirect

	// Truncated gives half of the operation's answer as if it were whole.
	Truncated
	// Torn closes the connection in the middle of the operation's answer.
	Torn
	// WrongType gives the operation's answer as text/plain.
	WrongType
	// Huge puts white space before the operation's answer, see Fault.Size.
	Huge
)

var kindNames = [...]string{"delay", "cut", "html", "rate limited", "system error",
	"failure with 200", "redirect", "truncated", "torn", "wrong type", "huge"}

// String returns the kind's name.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// Inject makes calls go wrong. Of several faults that a call meets, the one
// injected first strikes, and the others may strike the next call. The function it returns tells how many calls the
// fault has struck.
func (e *Emulator) Inject(f Fault) (struck func() int) {
	if f.Kind >= Truncated {
		f.AfterEffect = true
	}
	if f.Times == 0 {
		f.Times = 1
	}
	if f.Status == 0 {
		f.Status = http.StatusBadGateway
	}
	if f.RetryAfter == 0 {
		f.RetryAfter = time.Second
	}
	if f.Location == "" {
		f.Location = "/elsewhere"
	}
	if f.Size == 0 {
		f.Size = 64 << 20
	}
	return e.faults.add(f)
}

// ClearFaults takes back every fault that Inject has made.
func (e *Emulator) ClearFaults() {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	e.faults.armed = nil
}

// Calls counts the requests for an operation so far, whatever came of them,
// also those that a fault struck. Operation "" counts the requests for
// anything else.
func (e *Emulator) Calls(op Operation) int {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	return e.faults.calls[op]
}

// faults are the armed faults and the count of calls.
type faults struct {
	mu    sync.Mutex
	calls map[Operation]int
	armed []*armedFault
}

type armedFault struct {
	Fault
	struck int
}

func (fs *faults) add(f Fault) func() int {
	armed := &armedFault{Fault: f}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.armed = append(fs.armed, armed)
	return func() int {
		fs.mu.Lock()
		defer fs.mu.Unlock()
		return armed.struck
	}
}

// count counts a call.
func (fs *faults) count(op Operation) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.calls == nil {
		fs.calls = map[Operation]int{}
	}
	fs.calls[op]++
}

// next returns the fault that strikes a call, if any.
func (fs *faults) next(op Operation) *Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var strikes *Fault
	for _, f := range fs.armed {
		switch {
		case f.Operation != "" && f.Operation != op:
		case f.Skip > 0:
			f.Skip--
		case strikes == nil && f.struck != f.Times:
			f.struck++
			strikes = &f.Fault
		}
	}
	return strikes
}

// Payouts whose externalId begins with one of these meet a fault at init, for
// clients that can ask for it by their data only.
const (
	ExternalIDRateLimited = "emulator-rate-limited" // RateLimited, nothing stored
	ExternalIDSystemError = "emulator-system-error" // SystemError, nothing stored
	ExternalIDFailure200  = "emulator-failure-200"  // FailureWith200, nothing stored
	ExternalIDBadGateway  = "emulator-bad-gateway"  // HTML with 502, nothing stored
	ExternalIDAnswerLost  = "emulator-answer-lost"  // HTML with 502, although the payout is stored
)

func dataFault(externalID string) *Fault {
	for start, f := range map[string]Fault{
		ExternalIDRateLimited: {Kind: RateLimited, RetryAfter: time.Second},
		ExternalIDSystemError: {Kind: SystemError},
		ExternalIDFailure200:  {Kind: FailureWith200},
		ExternalIDBadGateway:  {Kind: HTML, Status: http.StatusBadGateway},
		ExternalIDAnswerLost:  {Kind: HTML, Status: http.StatusBadGateway, AfterEffect: true},
	} {
		if strings.HasPrefix(externalID, start) {
			return &f
		}
	}
	return nil
}

// hold waits as the fault says. It returns false if the client went away.
func (f *Fault) hold(ctx context.Context) bool {
	if f.Wait == nil {
		return true
	}
	select {
	case <-f.Wait:
		return true
	case <-ctx.Done():
		return false
	}
}

// strike answers the call as the fault says; a is the operation's answer, if
// it was carried out.
func (f *Fault) strike(w http.ResponseWriter, c *call, a answer) {
	switch f.Kind {
	case Cut:
		cut(w)
	case HTML:
		answer{
			httpStatus: f.Status,
			header:     http.Header{"Content-Type": {"text/html; charset=utf-8"}},
			body:       []byte("<!DOCTYPE html>\n<html><head><title>" + http.StatusText(f.Status) + "</title></head></html>\n"),
		}.write(w)
	case RateLimited:
		c.overLimit(f.RetryAfter).write(w)
	case SystemError:
		c.refuse(systemError).write(w)
	case FailureWith200:
		a := c.refuse(invalid("test isteği", "a test asked for it"))
		a.httpStatus = http.StatusOK
		a.write(w)
	case Redirect:
		answer{
			httpStatus: http.StatusTemporaryRedirect,
			header:     http.Header{"Location": {f.Location}, "Content-Type": {"text/html; charset=utf-8"}},
		}.write(w)
	case Truncated:
		a.body = a.body[:len(a.body)/2]
		a.write(w)
	case Torn:
		whole := a.body
		a.body = whole[:len(whole)/2]
		a.writeDeclaring(w, len(whole))
		http.NewResponseController(w).Flush()
		cut(w)
	case WrongType:
		a.header = http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
		a.write(w)
	case Huge:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(a.httpStatus)
		io.CopyN(w, spaces{}, f.Size)
		w.Write(a.body)
	default:
		a.write(w)
	}
}

// spaces is an endless run of white space.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte(" "), len(p))), nil
}

// cut closes the connection.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the way that net/http documents
	}
	conn.Close()
}
