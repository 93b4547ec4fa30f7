package payout

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
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

// start is the moment at which every test begins.
var start = time.UnixMilli(1759231970716)

// manual is a clock whose sleepers do not sleep: it moves on instead.
type manual struct {
	*emulator.Clock
	mu    sync.Mutex
	slept []time.Duration
	// limit is how many sleeps there are before a sleeper is told that its time is over. 0: no limit.
	limit int
}

func (m *manual) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.limit > 0 && len(m.slept) == m.limit {
		return context.DeadlineExceeded
	}
	m.slept = append(m.slept, d)
	m.Advance(d)
	return nil
}

// account is an emulator on loopback, a client of it, and the clock that both go by.
type account struct {
	*emulator.Server
	t      *testing.T
	clock  *manual
	client *gen.Client
}

func open(t *testing.T, opts ...emulator.Option) *account {
	t.Helper()
	clock := &manual{Clock: emulator.NewClock(start)}
	server, err := emulator.Start(apiKey, secretKey,
		append([]emulator.Option{emulator.WithClock(clock.Now), emulator.WithStage(10 * time.Second)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return &account{server, t, clock, connect(t, server.URL)}
}

func connect(t testing.TB, url string, opts ...gen.Option) *gen.Client {
	t.Helper()
	sign, err := signer.New(apiKey, secretKey, signer.WithLocale(signer.LocaleEN))
	if err != nil {
		t.Fatal(err)
	}
	client, err := gen.New(url, sign.Edit, append([]gen.Option{gen.WithMaxResponse(1 << 20)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// roundTripper is a function that sends.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (a *account) pay(request gen.MassPayoutInitializeRequest, store Store, opts ...Option) (*Result, error) {
	return Pay(a.t.Context(), a.client, request, store, append([]Option{WithClock(a.clock)}, opts...)...)
}

// store is a file that nobody has written yet.
func (a *account) store() *FileStore { return File(filepath.Join(a.t.TempDir(), "payout.json")) }

// init stores a payout without Pay.
func (a *account) init(request gen.MassPayoutInitializeRequest) gen.RequestID {
	a.t.Helper()
	stored, err := Init(a.t.Context(), a.client, request)
	if err != nil {
		a.t.Fatal(err)
	}
	return stored.RequestID
}

// calls is how often each operation was asked for.
func (a *account) calls() string {
	var s []string
	for _, op := range []emulator.Operation{emulator.OpInit, emulator.OpAuth, emulator.OpCancel} {
		s = append(s, fmt.Sprintf("%s %d", op, a.Calls(op)))
	}
	return strings.Join(s, ", ")
}

// request is a payout with the lines given.
func request(externalID string, items ...gen.MassPayoutItem) gen.MassPayoutInitializeRequest {
	return gen.MassPayoutInitializeRequest{ExternalID: externalID, Purpose: gen.PurposeSalary, Items: items}
}

// item is a line of liras.
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

func in(currency gen.Currency, item gen.MassPayoutItem) gen.MassPayoutItem {
	item.Amount.Currency = currency
	return item
}

// statuses is id:status of each line.
func statuses(r *Result) string {
	if r == nil {
		return "no result"
	}
	var list []string
	for _, line := range r.Lines {
		list = append(list, line.ItemExternalID+":"+string(line.Status))
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
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not have %q", err, part)
		}
	}
}
