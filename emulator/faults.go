package emulator

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Fault is something that goes wrong with a call. It applies to signed requests only: others are always refused.
type Fault struct {
	// Operation says whose calls it applies to. Empty: all.
	Operation Operation
	// Kind says what goes wrong.
	Kind Kind
	// AfterEffect carries the operation out first, so that only its response goes wrong. The kinds that spoil a
	// response always do so.
	AfterEffect bool
	// Skip lets this many calls pass first, counted from Inject on and including those that another fault applies to.
	Skip int
	// Times says how many calls it applies to. 0: one. Negative: all.
	Times int
	// Wait holds the call until the channel is closed or yields a value, or until the client has gone; Delay holds it
	// for so long in real time. With AfterEffect the call is held after the effect. For Slow, Delay is how long the
	// response takes.
	Wait  <-chan struct{}
	Delay time.Duration
	// Status is the HTTP status of HTML (0: 502) and of Refusal (0: 400).
	Status int
	// ErrorCode and ErrorMessage are those of Refusal. Without a code it is 11, and 100001 with the status 422;
	// without a message it is iyzico's for this code, as far as that is known.
	ErrorCode, ErrorMessage string
	// RetryAfter is the header of RateLimited, in whole seconds. 0: one second.
	RetryAfter time.Duration
	// Location is the target of Redirect. Empty: /elsewhere on the emulator.
	Location string
	// Size is how many bytes Huge adds. 0: 64 MiB.
	Size int64
	// Lag is how far behind ReadLag is, and how much later a Late request arrives, by the emulator's clock. 0: one
	// stage.
	Lag time.Duration
}

// Kind is a kind of fault.
type Kind int

// The kinds of faults.
const (
	// Delay does nothing but hold the call, see Fault.Wait and Fault.Delay.
	Delay Kind = iota
	// Cut closes the connection without a response. Where that is not possible (HTTP/2, a recorder) the handler
	// panics with http.ErrAbortHandler. Note that Go's http.Transport repeats a GET by itself when this happens on a
	// connection that it has used before.
	Cut
	// HTML responds with a gateway's page and Fault.Status.
	HTML
	// RateLimited responds with 429, Retry-After and the numeric error code 50000.
	RateLimited
	// SystemError responds with 500 and error code 100001.
	SystemError
	// FailureWith200 responds with error code 11 and HTTP status 200.
	FailureWith200
	// Redirect responds with 307.
	Redirect

	// Truncated sends half of the operation's response as if it were all of it.
	Truncated
	// Torn closes the connection in the middle of the operation's response.
	Torn
	// WrongType sends the operation's response as text/plain.
	WrongType
	// Huge puts white space before the operation's response, see Fault.Size.
	Huge

	// Refusal refuses the call with Fault.Status and Fault.ErrorCode: 2000 for a product that is not enabled, or with
	// status 401, 403 or 422.
	Refusal
	// Late closes the connection without a response, and carries the request out Fault.Lag later by the emulator's
	// clock.
	Late
	// Stale sends what the same request got the last time, byte for byte, as a cache between would, and does not
	// carry it out unless AfterEffect is set. A request that the emulator does not remember passes.
	Stale
	// ReadLag makes a read show what it would have shown Fault.Lag ago. Other operations pass.
	ReadLag
	// OtherPayout carries the operation out and responds with what belongs to another payout: the newest of the others,
	// or one that nobody has stored. The responses of auth, cancel and balance name no payout, and pass.
	OtherPayout
	// Duplicate carries the request out twice, as when something between has sent it again, and responds to the second.
	Duplicate
	// Slow sends the operation's response in pieces over Fault.Delay. 0: one second.
	Slow
)

var kindNames = [...]string{"delay", "cut", "html", "rate-limited", "system-error", "failure-200", "redirect",
	"truncated", "torn", "wrong-type", "huge", "refusal", "late", "stale", "read-lag", "other-payout", "duplicate",
	"slow"}

// Kinds returns every kind of fault.
func Kinds() []Kind {
	list := make([]Kind, len(kindNames))
	for i := range list {
		list[i] = Kind(i)
	}
	return list
}

// String returns the kind's name, such as rate-limited.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// MarshalText returns the kind's name.
func (k Kind) MarshalText() ([]byte, error) {
	if k < 0 || int(k) >= len(kindNames) {
		return nil, fmt.Errorf("emulator: fault kind %d is unknown", int(k))
	}
	return []byte(kindNames[k]), nil
}

// UnmarshalText reads the kind's name.
func (k *Kind) UnmarshalText(name []byte) error {
	i := slices.Index(kindNames[:], string(name))
	if i < 0 {
		return fmt.Errorf("emulator: the fault kind must be one of %s", strings.Join(kindNames[:], ", "))
	}
	*k = Kind(i)
	return nil
}

// spoils reports whether the kind needs the operation's response.
func (k Kind) spoils() bool {
	return slices.Contains([]Kind{Truncated, Torn, WrongType, Huge, ReadLag, OtherPayout, Duplicate, Slow}, k)
}

// passes reports whether the operation is carried out even before the fault takes effect.
func (k Kind) passes() bool { return k == Delay || k == Stale }

// Validate returns an error that names what is wrong with the fault: an operation or kind that does not exist, an HTTP
// status that is not between 200 and 599, or a negative duration, size or Skip.
func (f Fault) Validate() error {
	operations := []Operation{"", OpInit, OpAuth, OpRetrieve, OpItem, OpCancel, OpBalance}
	switch {
	case !slices.Contains(operations, f.Operation):
		return errors.New(
			"emulator: the fault's operation must be init, auth, retrieve, item, cancel, balance or empty")
	case f.Kind < 0 || int(f.Kind) >= len(kindNames):
		return fmt.Errorf("emulator: fault kind %d is unknown", int(f.Kind))
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return errors.New("emulator: the fault's HTTP status must be between 200 and 599")
	case f.Delay < 0 || f.RetryAfter < 0 || f.Lag < 0:
		return errors.New("emulator: the fault's durations must not be negative")
	case f.Size < 0 || f.Skip < 0:
		return errors.New("emulator: the fault's Size and Skip must not be negative")
	}
	return nil
}

// Inject makes calls go wrong. If several faults match a call, the one injected first applies; the others wait for the
// next call. The function that it returns tells how many calls the fault has applied to. A fault that is not valid is a
// mistake in the test, and panics with the error of [Fault.Validate].
func (e *Emulator) Inject(f Fault) (struck func() int) {
	if err := f.Validate(); err != nil {
		panic(err)
	}
	if f.Kind.spoils() {
		f.AfterEffect = true
	}
	if f.Times == 0 {
		f.Times = 1
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
	if f.Lag == 0 {
		f.Lag = e.Stage()
	}
	if f.Kind == Slow && f.Delay == 0 {
		f.Delay = time.Second
	}
	defer e.watcher.wake()
	return e.faults.add(f)
}

// PendingFault is a fault that may still apply to a call.
type PendingFault struct {
	Fault
	ID     int // for ClearFault
	Struck int // how many calls it has applied to
}

// Faults returns the faults that may still apply to a call, in the order in which they were injected.
func (e *Emulator) Faults() []PendingFault {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	var list []PendingFault
	for _, f := range e.faults.armed {
		list = append(list, *f)
	}
	return list
}

// ClearFault takes back the fault with this ID, and reports whether it was there.
func (e *Emulator) ClearFault(id int) bool {
	defer e.watcher.wake()
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	before := len(e.faults.armed)
	e.faults.armed = slices.DeleteFunc(e.faults.armed, func(f *PendingFault) bool { return f.ID == id })
	return len(e.faults.armed) < before
}

// ClearFaults takes back every fault.
func (e *Emulator) ClearFaults() {
	defer e.watcher.wake()
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	e.faults.armed = nil
}

// Calls returns how many requests for an operation there were, including those that were refused or met a fault.
// Operation "" stands for requests for anything else.
func (e *Emulator) Calls(op Operation) int {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	return e.faults.calls[op]
}

// faults holds the armed faults and the number of calls.
type faults struct {
	mu    sync.Mutex
	calls map[Operation]int
	armed []*PendingFault
	last  int // the ID given last
}

func (fs *faults) clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.armed, fs.calls = nil, nil
}

func (fs *faults) add(f Fault) func() int {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.last++
	armed := &PendingFault{Fault: f, ID: fs.last}
	fs.armed = append(fs.armed, armed)
	return func() int {
		fs.mu.Lock()
		defer fs.mu.Unlock()
		return armed.Struck
	}
}

func (fs *faults) count(op Operation) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.calls == nil {
		fs.calls = map[Operation]int{}
	}
	fs.calls[op]++
}

// next returns the fault that applies to a call, if any.
func (fs *faults) next(op Operation) *Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var strikes *Fault
	for _, f := range fs.armed {
		switch {
		case f.Operation != "" && f.Operation != op:
		case f.Skip > 0:
			f.Skip--
		case strikes == nil:
			f.Struck++
			fault := f.Fault
			strikes = &fault
		}
	}
	fs.armed = slices.DeleteFunc(fs.armed, func(f *PendingFault) bool { return f.Struck == f.Times })
	return strikes
}

// Payouts whose externalId begins with one of these meet a fault at init. They are for clients that cannot call
// [Emulator.Inject], such as those in other languages.
const (
	ExternalIDRateLimited   = "emulator-rate-limited"  // RateLimited, nothing stored
	ExternalIDSystemError   = "emulator-system-error"  // SystemError, nothing stored
	ExternalIDFailure200    = "emulator-failure-200"   // FailureWith200, nothing stored
	ExternalIDNotEnabled    = "emulator-not-enabled"   // Refusal with error code 2000, nothing stored
	ExternalIDUnauthorized  = "emulator-unauthorized"  // Refusal with 401 and error code 1000, nothing stored
	ExternalIDForbidden     = "emulator-forbidden"     // Refusal with 403, nothing stored
	ExternalIDUnprocessable = "emulator-unprocessable" // Refusal with 422 and error code 100001, nothing stored
	ExternalIDBadGateway    = "emulator-bad-gateway"   // HTML with 502, nothing stored
	ExternalIDResponseLost  = "emulator-response-lost" // HTML with 502, although the payout is stored
)

var externalIDFaults = map[string]Fault{
	ExternalIDRateLimited:   {Kind: RateLimited, RetryAfter: time.Second},
	ExternalIDSystemError:   {Kind: SystemError},
	ExternalIDFailure200:    {Kind: FailureWith200},
	ExternalIDNotEnabled:    {Kind: Refusal, ErrorCode: "2000"},
	ExternalIDUnauthorized:  {Kind: Refusal, Status: http.StatusUnauthorized, ErrorCode: "1000"},
	ExternalIDForbidden:     {Kind: Refusal, Status: http.StatusForbidden},
	ExternalIDUnprocessable: {Kind: Refusal, Status: http.StatusUnprocessableEntity},
	ExternalIDBadGateway:    {Kind: HTML},
	ExternalIDResponseLost:  {Kind: HTML, AfterEffect: true},
}

func faultOf(externalID string) *Fault {
	for start, f := range externalIDFaults {
		if strings.HasPrefix(externalID, start) {
			return &f
		}
	}
	return nil
}

// strikes reports whether a fault of this kind applies to the call.
func (c *call) strikes(k Kind) bool { return c.fault != nil && c.fault.Kind == k }

// hold waits as the fault says. It returns false if the client has gone.
func (f *Fault) hold(ctx context.Context) bool {
	if f.Wait != nil {
		select {
		case <-f.Wait:
		case <-ctx.Done():
			return false
		}
	}
	return f.Kind == Slow || wait(ctx, f.Delay)
}

// wait waits for d. It returns false if the client has gone.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// strike makes of a response what the fault does. resp is the operation's, if that was carried out.
func (e *Emulator) strike(c *call, resp response) response {
	f := c.fault
	switch f.Kind {
	case Cut:
		return response{cut: true}
	case Late:
		e.mu.Lock()
		e.late = append(e.late, lateCall{c.now.Add(f.Lag), c})
		e.mu.Unlock()
		return response{cut: true}
	case HTML:
		status := f.Status
		if status == 0 {
			status = http.StatusBadGateway
		}
		return response{
			httpStatus: status,
			header:     http.Header{"Content-Type": {"text/html; charset=utf-8"}},
			body: []byte("<!DOCTYPE html>\n<html><head><title>" + http.StatusText(status) +
				"</title></head></html>\n"),
		}
	case RateLimited:
		return c.overLimit(f.RetryAfter)
	case SystemError:
		return c.refuse(systemError)
	case FailureWith200:
		resp := c.refuse(invalid("bu hatayı test istedi", "fault injected by a test"))
		resp.httpStatus = http.StatusOK
		return resp
	case Refusal:
		return c.refuse(f.refusal())
	case Redirect:
		return response{
			httpStatus: http.StatusTemporaryRedirect,
			header:     http.Header{"Location": {f.Location}, "Content-Type": {"text/html; charset=utf-8"}},
		}
	case Truncated:
		resp.body = resp.body[:len(resp.body)/2]
	case Torn:
		resp.torn = true
	case WrongType:
		resp.header = http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	case Huge:
		resp.padding = f.Size
	case Slow:
		resp.pace = f.Delay
	}
	return resp
}

// refusal returns what a Refusal says.
func (f *Fault) refusal() *refusal {
	r := refusal{f.Status, f.ErrorCode, text{f.ErrorMessage, f.ErrorMessage}}
	if r.httpStatus == 0 {
		r.httpStatus = http.StatusBadRequest
	}
	if r.code == "" {
		r.code = "11"
		if r.httpStatus == http.StatusUnprocessableEntity {
			r.code = systemError.code
		}
	}
	if f.ErrorMessage != "" {
		return &r
	}
	r.message = invalid("bu hatayı test istedi", "fault injected by a test").message
	for _, known := range []*refusal{badSignature, unknownKey, noSignature, noAuthorization, systemError, notEnabled} {
		if known.code == r.code {
			r.message = known.message
		}
	}
	return &r
}

// notEnabled is the refusal of a product that the merchant does not have.
var notEnabled = &refusal{http.StatusBadRequest, "2000", text{"Bu servis sadece pazaryeri müşterilerine açıktır",
	"This service is only available to marketplace merchants"}}

// lateCall is a signed request that is still on its way.
type lateCall struct {
	due  time.Time
	call *call
}

// arrive carries out the late requests that are due, each at its time. The caller holds e.mu.
func (e *Emulator) arrive(now time.Time) {
	var still []lateCall
	slices.SortStableFunc(e.late, func(a, b lateCall) int { return a.due.Compare(b.due) })
	for _, l := range e.late {
		if l.due.After(now) {
			still = append(still, l)
			continue
		}
		e.live(l.due)
		c := *l.call
		c.now, c.fault = l.due, nil
		if c.op != "" && c.check(e.config.strictLocale) == nil && c.prepare() == nil {
			e.carryOut(&c)
		}
	}
	e.late = still
}

// memory remembers responses for Stale, the last few of them.
type memory struct {
	responses map[[sha256.Size]byte]response
	order     [][sha256.Size]byte
}

const (
	maxRemembered     = 64
	maxRememberedSize = 256 << 10
)

func (m *memory) key(c *call) [sha256.Size]byte {
	h := sha256.New()
	put(h, c.r.Method, c.r.URL.RequestURI(), string(c.raw))
	return [sha256.Size]byte(h.Sum(nil))
}

func (m *memory) put(c *call, resp response) {
	if len(c.raw) > maxRememberedSize || len(resp.body) > maxRememberedSize {
		return
	}
	key := m.key(c)
	if m.responses == nil {
		m.responses = map[[sha256.Size]byte]response{}
	}
	if _, ok := m.responses[key]; !ok {
		if m.order = append(m.order, key); len(m.order) > maxRemembered {
			delete(m.responses, m.order[0])
			m.order = m.order[1:]
		}
	}
	m.responses[key] = resp
}

func (m *memory) get(c *call) (response, bool) {
	resp, ok := m.responses[m.key(c)]
	return resp, ok
}

// otherThan returns the newest payout that is not p, or one that was made up. The caller holds e.mu.
func (e *Emulator) otherThan(p *payout) *payout {
	for _, other := range slices.Backward(e.store.payouts) {
		if other != p {
			return other
		}
	}
	other := &payout{
		requestID: uuid.NewString(), externalID: "emulator-other-payout",
		sums: []sum{{currency: "TRY", total: decimal.New(1, 0)}},
	}
	other.set(PayoutInit, p.received())
	it := &item{
		itemExternalID: "emulator-other-item", recipientType: "MEMBER_ID", recipientInfo: "1", description: "other",
		currency: "TRY", amount: other.sums[0].total, hasAmount: true, referenceCode: uuid.NewString(), payout: other,
	}
	it.set(ItemInit, p.received())
	other.items, other.valid = []*item{it}, []*item{it}
	return other
}
