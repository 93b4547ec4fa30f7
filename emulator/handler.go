package emulator

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/signer"
	"github.com/iyzico-go/masspayout/signer/explain"
)

// merchantID is the one merchant whose keys the emulator knows.
const merchantID = 1000001

// Emulator is one merchant's account at an iyzico that exists in memory only. It is an http.Handler, to be mounted at
// the root because the signature covers the path. It is safe for concurrent use, and prints neither keys nor
// recipients.
type Emulator struct {
	// Functions hold the keys, so that no way of printing reaches them.
	keys    func(apiKey string) (secretKey string, known bool)
	explain func(*http.Request, []byte) explain.Explanation
	hide    func(text string) string // takes the keys out of a text

	explaining chan struct{} // bounds how many signatures are explained at once, and so what that costs

	config  config
	ahead   atomic.Int64 // what Advance added to the clock
	faults  faults
	record  *recorder // nil unless WithExchanges
	watcher watcher
	page    pager // nil unless the page is on

	mu         sync.Mutex // guards all below
	store      store
	accounts   map[string]*Account
	ledger     []Transfer
	inFlight   []*payout // those whose next stage is due by the clock
	late       []lateCall
	outcomes   map[string][]ItemStatus // by itemExternalId, from SetOutcome
	stage      time.Duration
	commission decimal.Decimal
	pageLimit  int
	largePages LargePages
	remembered memory
}

// New returns an emulator whose merchant has these keys. They follow the rules of [signer.New].
func New(apiKey, secretKey string, opts ...Option) (*Emulator, error) {
	if _, err := signer.New(apiKey, secretKey); err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	cfg, err := configure(opts)
	if err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	e := &Emulator{
		keys:   func(key string) (string, bool) { return secretKey, key == apiKey },
		config: cfg,
		explain: func(r *http.Request, body []byte) explain.Explanation {
			return explain.Explain(r, body, apiKey, secretKey)
		},
		hide:       hider(apiKey, secretKey),
		explaining: make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	if cfg.exchanges > 0 {
		e.record = newRecorder(cfg.exchanges)
	}
	e.clear()
	if cfg.page != nil {
		e.page = cfg.page(e)
	}
	return e, nil
}

// pager serves the page and its API. It reports whether the request was one for it.
type pager interface {
	serve(w http.ResponseWriter, r *http.Request) bool
}

// Reset forgets all payouts, transfers, outcomes, faults, counts and recorded exchanges, and goes back to the balance,
// commission, stage and page limit that the options set. The clock stays where it is.
func (e *Emulator) Reset() {
	e.faults.clear()
	if e.record != nil {
		e.record.clear()
	}
	e.mu.Lock()
	e.clear()
	e.mu.Unlock()
	e.watcher.wake()
}

func (e *Emulator) clear() {
	e.store = newStore()
	e.ledger, e.inFlight, e.late = nil, nil, nil
	e.outcomes = map[string][]ItemStatus{}
	e.stage, e.commission = e.config.stage, e.config.commission
	e.pageLimit, e.largePages = e.config.pageLimit, e.config.largePages
	e.remembered = memory{}
	e.accounts = map[string]*Account{}
	for _, currency := range currencies {
		e.accounts[currency] = &Account{Currency: currency, Total: e.config.balance, Balance: e.config.balance}
	}
}

// Now returns the emulator's time: that of its clock and what Advance added to it.
func (e *Emulator) Now() time.Time { return e.config.now().Add(time.Duration(e.ahead.Load())) }

// Advance moves the emulator's time ahead by d, whatever clock it has. A negative d does nothing.
func (e *Emulator) Advance(d time.Duration) {
	if d > 0 {
		e.ahead.Add(int64(d))
		e.watcher.wake()
	}
}

// Format implements [fmt.Formatter]. It prints no key and nothing of a recipient's, whatever the verb.
func (e *Emulator) Format(f fmt.State, _ rune) { fmt.Fprint(f, "emulator.Emulator") }

// LogValue implements [slog.LogValuer] with the text of Format.
func (e *Emulator) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(e)) }

// ServeHTTP responds to one request.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if e.page != nil && e.page.serve(w, r) {
		return
	}
	c := e.receive(w, r)
	if refused := e.admit(c); refused != nil {
		e.respond(w, c, c.refuse(refused))
		return
	}

	c.fault = e.faults.next(c.op)
	fault := c.fault
	if fault != nil && !fault.AfterEffect && !fault.hold(r.Context()) {
		e.respond(w, c, response{cut: true})
		return
	}
	var resp response
	if fault == nil || fault.AfterEffect || fault.Kind.passes() {
		resp = e.perform(c)
	}
	if fault = c.fault; fault != nil { // the request's data may have asked for one
		if fault.AfterEffect && !fault.hold(r.Context()) {
			resp = response{cut: true}
		} else {
			resp = e.strike(c, resp)
		}
	}
	e.respond(w, c, resp)
}

// perform judges a signed request and carries it out.
func (e *Emulator) perform(c *call) response {
	if c.op == "" {
		return c.refuseRoute()
	}
	if refused := c.check(e.config.strictLocale); refused != nil {
		return c.refuse(refused)
	}
	if refused := c.prepare(); refused != nil { // not under the lock, as it may take a while
		return c.refuse(refused)
	}
	if c.payout != nil && c.fault == nil {
		if c.fault = faultOf(c.payout.externalID); c.fault != nil && !c.fault.AfterEffect {
			return response{}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.catchUp(c.now)
	if c.strikes(Stale) {
		if resp, ok := e.remembered.get(c); ok {
			if c.fault.AfterEffect {
				e.carryOut(c)
			}
			return resp
		}
	}
	if c.strikes(Duplicate) {
		e.carryOut(c)
	}
	resp := e.carryOut(c)
	e.remembered.put(c, resp)
	return resp
}

// carryOut does what the request asks for. The caller holds e.mu.
func (e *Emulator) carryOut(c *call) response {
	result, refused := operations[c.op](e, c)
	if refused != nil {
		return c.refuse(refused)
	}
	return c.accept(result)
}

// respond records and logs what comes of a request, and then writes it, so that whoever has the response finds both.
func (e *Emulator) respond(w http.ResponseWriter, c *call, resp response) {
	attrs := []any{"operation", string(c.op), "http", resp.httpStatus, "errorCode", resp.code}
	if c.fault != nil {
		attrs = append(attrs, "fault", c.fault.Kind.String(), "afterEffect", c.fault.AfterEffect)
	}
	if c.why != "" {
		attrs = append(attrs, "why", c.why)
		if e.config.explain {
			resp.setHeader("X-Emulator-Explanation", c.why)
		}
	}
	if c.conversationHeader != "" {
		resp.setHeader("X-Conversation-Id", c.conversationHeader)
	}
	e.config.log.Info("request", attrs...)
	if e.record != nil {
		e.record.add(c, resp)
	}
	e.watcher.wake()
	resp.write(w, c.r.Context())
}
