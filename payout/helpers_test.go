package payout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

const (
	apiKey    = "sandbox-test-key"
	secretKey = "sandbox-test-secret"
)

// account is an emulator in this process, and a client of it. It lives in a bubble, in which time passes at once.
type account struct {
	*emulator.Emulator
	t      *testing.T
	client *gen.Client
	*wire
}

// wire carries requests to a handler in this process, so that a bubble can hold both ends.
type wire struct {
	handler http.Handler
	mu      sync.Mutex
	sent    []string                                                       // operation after operation
	meddle  func(*http.Request, http.RoundTripper) (*http.Response, error) // nil: nobody does
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.sent = append(w.sent, operation(r))
	meddle := w.meddle
	w.mu.Unlock()
	if meddle != nil {
		return meddle(r, straight{w.handler})
	}
	return straight{w.handler}.RoundTrip(r)
}

// straight hands a request over.
type straight struct{ http.Handler }

func (s straight) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	recorder := httptest.NewRecorder()
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			resp, err = nil, io.ErrUnexpectedEOF
		} else if p != nil {
			panic(p)
		}
	}()
	s.ServeHTTP(recorder, r.Clone(r.Context()))
	return recorder.Result(), nil
}

// operation names what a request asks for: init, auth, retrieve, cancel, balance.
func operation(r *http.Request) string {
	path := strings.TrimPrefix(r.URL.Path, "/v1/mass/payout/")
	name, _, _ := strings.Cut(path, "/")
	return name
}

// calls is how often each of the operations was requested that change anything.
func (w *wire) calls() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := map[string]int{}
	for _, operation := range w.sent {
		n[operation]++
	}
	return fmt.Sprintf("init %d, auth %d, cancel %d", n["init"], n["auth"], n["cancel"])
}

// count is how many requests there were.
func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sent)
}

// inBubble runs a test in a bubble, with an account.
func inBubble(t *testing.T, test func(*account), opts ...emulator.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(openAccount(t, opts...)) })
}

func openAccount(t testing.TB, opts ...emulator.Option) *account {
	t.Helper()
	emu, err := emulator.New(apiKey, secretKey, append([]emulator.Option{emulator.WithStage(10 * time.Second)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	a := &account{Emulator: emu, wire: &wire{handler: emu}}
	a.t, _ = t.(*testing.T)
	a.client = connect(t, "http://127.0.0.1", gen.WithHTTPClient(&http.Client{Transport: a.wire}))
	return a
}

func connect(t testing.TB, url string, opts ...gen.Option) *gen.Client {
	t.Helper()
	sign, err := signer.New(apiKey, secretKey, signer.WithLocale(signer.LocaleEN))
	if err != nil {
		t.Fatal(err)
	}
	client, err := gen.New(url, sign.Edit, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (a *account) pay(request gen.MassPayoutInitializeRequest, store Store, opts ...Option) (*Result, error) {
	a.t.Helper()
	return Pay(a.t.Context(), a.client, request, store, opts...)
}

// memory is a Store that counts, and can be made to fail.
type memory struct {
	mu     sync.Mutex
	state  State
	saves  []State
	onSave func(context.Context, State) error // before it saves
}

func (m *memory) Load(context.Context) (State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state, nil
}

func (m *memory) Save(ctx context.Context, state State) error {
	m.mu.Lock()
	onSave := m.onSave
	m.mu.Unlock()
	if onSave != nil {
		if err := onSave(ctx, state); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state.Revision != state.Revision-1 {
		return ErrConflict
	}
	m.state = state
	m.saves = append(m.saves, state)
	return nil
}

// do sets what is done before a save.
func (m *memory) do(onSave func(context.Context, State) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.onSave = onSave
}

// steps are those that were saved, one after the other.
func (m *memory) steps() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var steps []string
	for _, state := range m.saves {
		if step := string(state.Step); len(steps) == 0 || steps[len(steps)-1] != step {
			steps = append(steps, step)
		}
	}
	return strings.Join(steps, " ")
}

// request is a payout with the items given.
func request(externalID string, items ...gen.MassPayoutItem) gen.MassPayoutInitializeRequest {
	return gen.MassPayoutInitializeRequest{ExternalID: externalID, Purpose: gen.PurposeSalary, Items: items}
}

// item is one of liras.
func item(id, amount string) gen.MassPayoutItem { return itemTo(id, amount, "2228853") }

func itemTo(id, amount, member string) gen.MassPayoutItem {
	return gen.MassPayoutItem{
		ItemExternalID: id,
		RecipientType:  gen.RecipientTypeMemberID,
		RecipientInfo:  member,
		Amount:         gen.Amount{Value: decimal.RequireFromString(amount), Currency: gen.CurrencyTRY},
		Description:    "salary",
	}
}

// statuses is id:status of each item.
func statuses(r *Result) string {
	if r == nil {
		return "no result"
	}
	var list []string
	for _, item := range r.Items {
		list = append(list, item.ItemExternalID+":"+string(item.Status))
	}
	return strings.Join(list, " ")
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s\n got %s\nwant %s", what, g, w)
	}
}

// wantError asserts an error of a kind (nil: none) whose text has all of the parts.
func wantError(t *testing.T, err, kind error, parts ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("error %v, want %v", err, kind)
		return
	}
	for _, part := range parts {
		if err != nil && !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not have %q", err, part)
		}
	}
}

// wantStop asserts what an Error says about money and time.
func wantStop(t *testing.T, err error, moneyMayHaveMoved, temporary bool) {
	t.Helper()
	var stopped *Error
	if !errors.As(err, &stopped) {
		t.Errorf("error %v, want an *Error", err)
		return
	}
	if stopped.MoneyMayHaveMoved != moneyMayHaveMoved || stopped.Temporary != temporary {
		t.Errorf("money may have moved: %v, temporary: %v; want %v, %v: %v",
			stopped.MoneyMayHaveMoved, stopped.Temporary, moneyMayHaveMoved, temporary, err)
	}
}
