package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// The HTTP API under the page's prefix, which docs/emulator-api.md describes. Amounts are texts, because not every JSON
// library reads numbers exactly. Times are milliseconds since the Unix epoch by the emulator's clock.

// maxControl bounds the body of a request to the API.
const maxControl = 64 << 10

func (p *page) control(mux *http.ServeMux) {
	for pattern, f := range map[string]func(*http.Request) (any, error){
		"GET state":                     p.state,
		"GET ledger":                    p.ledger,
		"GET payouts":                   p.payouts,
		"GET payouts/{requestId}":       p.payout,
		"GET payouts/{requestId}/items": p.items,
		"GET recipients":                p.recipients,
		"GET requests":                  p.requests,
		"GET requests/{id}":             p.request,
		"DELETE requests":               p.clearRequests,
		"GET faults":                    p.faults,
		"POST faults":                   p.inject,
		"DELETE faults":                 p.clearFaults,
		"DELETE faults/{id}":            p.clearFault,
		"POST clock":                    p.clock,
		"POST settings":                 p.settings,
		"POST outcomes":                 p.outcomes,
		"POST reset":                    p.reset,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+pagePrefix+path, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxControl)
			if r.Method == http.MethodPost {
				http.NewResponseController(w).SetReadDeadline(time.Now().Add(p.e.config.readTimeout))
			}
			result, err := f(r)
			switch {
			case errors.Is(err, errGone):
				writeError(w, http.StatusNotFound, err)
			case err != nil:
				writeError(w, http.StatusBadRequest, err)
			default:
				writeJSON(w, http.StatusOK, result)
			}
		})
	}
	mux.HandleFunc(pagePrefix, func(w http.ResponseWriter, r *http.Request) {
		writeError(w, http.StatusNotFound, errors.New("no such path or method: see docs/emulator-api.md"))
	})
}

var errGone = errors.New("not found, or no longer kept")

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.Encode(v)
}

func writeError(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, map[string]string{"error": strings.TrimPrefix(err.Error(), "emulator: ")})
}

// readControl reads a request's body into v, and says what is wrong with it.
func readControl(r *http.Request, v any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	notObject := errors.New("the body must be one JSON object")
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch err := decoder.Decode(v); {
	case errors.As(err, &wrongType) && wrongType.Field != "":
		// A path: Go's name of an embedded struct comes before the field's, and from Go 1.27 an element's index after it.
		path := strings.Split(wrongType.Field, ".")
		for len(path) > 1 && strings.Trim(path[len(path)-1], "0123456789") == "" {
			path = path[:len(path)-1]
		}
		return fmt.Errorf("%s has the wrong type: %s", path[len(path)-1], wrongType.Value)
	case wrongType != nil || errors.As(err, &syntax) || err == io.EOF || err == io.ErrUnexpectedEOF:
		return notObject
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errors.New("the body did not arrive in time")
	case err != nil: // an unknown field, or a kind of fault that there is not
		return errors.New(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "json: "), "emulator: "))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return notObject
	}
	return nil
}

func (p *page) clearRequests(r *http.Request) (any, error) {
	p.e.clearExchanges()
	return p.state(r)
}

type faultJSON struct {
	ID                int       `json:"id,omitempty"`
	Operation         Operation `json:"operation"`
	Kind              Kind      `json:"kind"`
	AfterEffect       bool      `json:"afterEffect"`
	Skip              int       `json:"skip"`
	Times             int       `json:"times"` // negative: all
	Struck            int       `json:"struck"`
	DelayMillis       int64     `json:"delayMillis,omitempty"`
	Status            int       `json:"status,omitempty"`
	ErrorCode         string    `json:"errorCode,omitempty"`
	ErrorMessage      string    `json:"errorMessage,omitempty"`
	RetryAfterSeconds int64     `json:"retryAfterSeconds,omitempty"`
	Location          string    `json:"location,omitempty"`
	Size              int64     `json:"size,omitempty"`
	LagMillis         int64     `json:"lagMillis,omitempty"`
}

func (p *page) pending() []faultJSON {
	list := []faultJSON{}
	for _, f := range p.e.Faults() {
		j := faultJSON{ID: f.ID, Operation: f.Operation, Kind: f.Kind, AfterEffect: f.AfterEffect, Skip: f.Skip,
			Times: f.Times, Struck: f.Struck, DelayMillis: f.Delay.Milliseconds(), Status: f.Status,
			ErrorCode: f.ErrorCode, ErrorMessage: f.ErrorMessage}
		switch f.Kind {
		case RateLimited:
			j.RetryAfterSeconds = int64(f.RetryAfter / time.Second)
		case Redirect:
			j.Location = f.Location
		case Huge:
			j.Size = f.Size
		case ReadLag, Late:
			j.LagMillis = f.Lag.Milliseconds()
		}
		list = append(list, j)
	}
	return list
}

type faultsJSON struct {
	Faults []faultJSON `json:"faults"`
}

func (p *page) faults(*http.Request) (any, error) { return faultsJSON{p.pending()}, nil }

// maxWait bounds the durations that the API takes.
const maxWait = 365 * 24 * time.Hour

// maxAhead bounds what the API can add to the clock in all.
const maxAhead = 100 * maxWait

// duration reads a duration in so many units.
func duration(name string, n int64, unit time.Duration) (time.Duration, error) {
	if n < 0 || n > int64(maxWait/unit) {
		return 0, fmt.Errorf("%s must be from 0 to %d", name, int64(maxWait/unit))
	}
	return time.Duration(n) * unit, nil
}

func (p *page) inject(r *http.Request) (any, error) {
	var j struct {
		faultJSON       // its ID and Struck are not used: what GET faults shows can be injected again
		Kind      *Kind `json:"kind"`
	}
	if err := readControl(r, &j); err != nil {
		return nil, err
	}
	f := Fault{Operation: j.Operation, AfterEffect: j.AfterEffect, Skip: j.Skip, Times: j.Times, Status: j.Status,
		ErrorCode: j.ErrorCode, ErrorMessage: j.ErrorMessage, Location: j.Location, Size: j.Size}
	if j.Kind == nil {
		return nil, errors.New("kind is required")
	}
	f.Kind = *j.Kind
	if strings.ContainsFunc(f.Location, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, errors.New("location must not contain control characters")
	}
	var err error
	if f.Delay, err = duration("delayMillis", j.DelayMillis, time.Millisecond); err != nil {
		return nil, err
	}
	if f.RetryAfter, err = duration("retryAfterSeconds", j.RetryAfterSeconds, time.Second); err != nil {
		return nil, err
	}
	if f.Lag, err = duration("lagMillis", j.LagMillis, time.Millisecond); err != nil {
		return nil, err
	}
	if err := f.Validate(); err != nil {
		return nil, err
	}
	p.e.Inject(f)
	return p.faults(r)
}

func (p *page) clearFaults(r *http.Request) (any, error) {
	p.e.ClearFaults()
	return p.faults(r)
}

func (p *page) clearFault(r *http.Request) (any, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || !p.e.ClearFault(id) {
		return nil, errGone
	}
	return p.faults(r)
}

// clock advances the emulator's clock, by stages or by milliseconds.
func (p *page) clock(r *http.Request) (any, error) {
	var j struct {
		Stages        int   `json:"stages"`
		AdvanceMillis int64 `json:"advanceMillis"`
	}
	if err := readControl(r, &j); err != nil {
		return nil, err
	}
	if j.Stages < 0 || j.Stages > 1000 || (j.Stages > 0) == (j.AdvanceMillis > 0) {
		return nil, errors.New("either stages (1 to 1000) or advanceMillis is required")
	}
	d, err := duration("advanceMillis", j.AdvanceMillis, time.Millisecond)
	if err != nil {
		return nil, err
	}
	if stage := p.e.Stage(); j.Stages > 0 {
		if stage > maxWait/time.Duration(j.Stages) {
			return nil, errors.New("so many stages are more than a year: advance fewer at once")
		}
		d = time.Duration(j.Stages) * stage
	}
	if p.e.ahead.Load() > int64(maxAhead-d) {
		return nil, errors.New("the clock is a hundred years ahead already")
	}
	p.e.Advance(d)
	return p.state(r)
}

// settings changes what there is to pay out with, what an item costs, how long a stage lasts, and how large a page may
// be. Nothing changes if one of them is wrong.
func (p *page) settings(r *http.Request) (any, error) {
	var j struct {
		Balance     *json.RawMessage `json:"balance"`
		Commission  *json.RawMessage `json:"commission"`
		StageMillis *int64           `json:"stageMillis"`
		PageLimit   *int             `json:"pageLimit"`
		LargePages  *LargePages      `json:"largePages"`
	}
	if err := readControl(r, &j); err != nil {
		return nil, err
	}
	limit, larger := p.e.PageLimit()
	if j.PageLimit != nil {
		limit = *j.PageLimit
	}
	if j.LargePages != nil {
		larger = *j.LargePages
	}
	balance, wrongBalance := readMoney("balance", j.Balance)
	commission, wrongCommission := readMoney("commission", j.Commission)
	stage, wrongStage := p.e.Stage(), error(nil)
	if j.StageMillis != nil {
		stage, wrongStage = duration("stageMillis", *j.StageMillis, time.Millisecond)
	}
	for _, err := range []error{wrongBalance, wrongCommission, wrongStage, checkPageLimit(limit, larger)} {
		if err != nil {
			return nil, err
		}
	}
	p.e.SetStage(stage)
	p.e.SetPageLimit(limit, larger)
	if balance != nil {
		p.e.SetBalance(*balance)
	}
	if commission != nil {
		p.e.SetCommission(*commission)
	}
	return p.state(r)
}

// readMoney reads an amount, as a number or as a text.
func readMoney(name string, raw *json.RawMessage) (*decimal.Decimal, error) {
	if raw == nil {
		return nil, nil
	}
	literal := strings.Trim(string(*raw), `"`)
	if !moneyForm.MatchString(literal) {
		return nil, fmt.Errorf("%s must be an amount in major units, such as 1250.50, and not negative", name)
	}
	d, err := decimal.NewFromString(literal)
	return &d, err
}

var (
	moneyForm  = regexp.MustCompile(`^[0-9]{1,20}(\.[0-9]{1,8})?$`)
	statusForm = regexp.MustCompile(`^[A-Z][A-Z_]{1,39}$`)
)

// outcomes chooses the statuses that an item gets after PROCESSING.
func (p *page) outcomes(r *http.Request) (any, error) {
	var j struct {
		ItemExternalID string       `json:"itemExternalId"`
		Statuses       []ItemStatus `json:"statuses"`
	}
	if err := readControl(r, &j); err != nil {
		return nil, err
	}
	if j.ItemExternalID == "" {
		return nil, errors.New("itemExternalId is required")
	}
	if len(j.Statuses) > 10 {
		return nil, errors.New("statuses must be at most 10")
	}
	for i, s := range j.Statuses {
		if !statusForm.MatchString(string(s)) {
			return nil, fmt.Errorf("statuses[%d] must be a status such as DEPOSIT_FAIL", i)
		}
	}
	p.e.SetOutcome(j.ItemExternalID, j.Statuses...)
	return p.state(r)
}

func (p *page) reset(r *http.Request) (any, error) {
	p.e.Reset()
	return p.state(r)
}
