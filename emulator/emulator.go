package emulator

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/signer"
)

// maxBody bounds a request: room for some 200,000 lines.
const maxBody = 64 << 20

// merchantID is the one merchant whose keys the emulator knows.
const merchantID = 1000001

// Emulator is one merchant's account at an iyzico that exists in memory only.
// It is an http.Handler, to be mounted at the root because the signature
// covers the path, and is safe for concurrent use.
type Emulator struct {
	apiKey, secretKey string
	now               func() time.Time
	stage             time.Duration
	commission        decimal.Decimal
	pagingBeside      bool
	log               *slog.Logger
	faults            faults

	mu       sync.Mutex // guards all below
	store    store
	balance  map[string]decimal.Decimal // by currency
	inFlight []*payout                  // authorized, with lines not at their end
	ends     map[string]LineStatus      // by itemExternalId, set by the test
	ledger   []Transfer
}

// New makes an emulator whose merchant has these keys. They follow the rules
// of signer.New.
func New(apiKey, secretKey string, opts ...Option) (*Emulator, error) {
	if _, err := signer.New(apiKey, secretKey); err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	e := &Emulator{
		apiKey:    apiKey,
		secretKey: secretKey,
		now:       time.Now,
		stage:     time.Second,
		log:       slog.New(slog.DiscardHandler),
		store:     newStore(),
		ends:      map[string]LineStatus{},
	}
	e.setBalance(decimal.New(1, 9))
	for _, opt := range opts {
		if err := opt(e); err != nil {
			return nil, fmt.Errorf("emulator: %w", err)
		}
	}
	return e, nil
}

// call is one request while it is answered.
type call struct {
	op             Operation
	param          string // from the path
	body           object
	locale         string
	conversationID string
	now            time.Time
	fault          *Fault // asked for by the request's data
}

// ServeHTTP answers one request.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op, param, method := route(r.URL)
	if r.Method != method {
		op = ""
	}
	e.faults.count(op)
	body, err := readBody(w, r)
	c := &call{op: op, param: param, locale: "tr", now: e.now()}
	if locale, _ := queryLocale(r.URL); locale != "" {
		c.locale = locale
	}

	if refused := e.admit(r, body, err); refused != nil {
		e.reply(w, c, c.refuse(refused))
		return
	}
	fault := e.faults.next(op)
	if fault != nil && !fault.AfterEffect && !fault.hold(r.Context()) {
		cut(w)
		return
	}
	var a answer
	if fault == nil || fault.AfterEffect || fault.Kind == Delay {
		a = e.answer(c, r, method, body)
	}
	if fault == nil {
		fault = c.fault
	}
	switch {
	case fault == nil:
		e.reply(w, c, a)
	case fault.AfterEffect && !fault.hold(r.Context()):
		cut(w)
	default:
		e.log.Info("request", "operation", string(op), "fault", fault.Kind.String(), "afterEffect", fault.AfterEffect)
		fault.strike(w, c, a)
	}
}

// reply gives the answer as it is.
func (e *Emulator) reply(w http.ResponseWriter, c *call, a answer) {
	e.log.Info("request", "operation", string(c.op), "http", a.httpStatus, "errorCode", a.code)
	a.write(w)
}

// readBody reads no more than maxBody bytes, and nothing of a body that says
// that it has more.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, &http.MaxBytesError{Limit: maxBody}
	}
	if r.Body == nil { // a client's request, handed over in the process
		return nil, nil
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
}

// admit judges a request before anything else is looked at: whether all of it
// is there, and whether it is signed.
func (e *Emulator) admit(r *http.Request, body []byte, readErr error) *refusal {
	var tooLarge *http.MaxBytesError
	if errors.As(readErr, &tooLarge) {
		return bodyTooLarge
	}
	if readErr != nil {
		return invalid("gövde okunamadı", "the body could not be read")
	}
	return e.authenticate(r, body)
}

// answer judges a signed request and carries it out.
func (e *Emulator) answer(c *call, r *http.Request, method string, body []byte) answer {
	if c.op == "" {
		return c.refuseRoute(r, method)
	}
	if refused := c.read(r, body); refused != nil {
		return c.refuse(refused)
	}
	result, refused := e.handlers()[c.op](c)
	if refused != nil {
		return c.refuse(refused)
	}
	return c.accept(result)
}

func (e *Emulator) handlers() map[Operation]func(*call) (any, *refusal) {
	return map[Operation]func(*call) (any, *refusal){
		OpInit:     e.initPayout,
		OpAuth:     e.auth,
		OpRetrieve: e.retrieve,
		OpItem:     e.item,
		OpCancel:   e.cancel,
		OpBalance:  e.showBalance,
	}
}
