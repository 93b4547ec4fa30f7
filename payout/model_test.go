package payout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// This file searches the table exhaustively. The machine is the real one; the world around it is a model that fits
// into a few bytes, in which time passes in ticks: a request is delayed by at most one tick, reads lag behind by at
// most one, and settle is two. From every state that can be reached, everything that can happen does.

// world is what there is besides the saved state.
type world struct {
	Status, Before status // of the payout, now and a tick ago
	Paid           int    // how often the item was paid
	Init, Auth     flight // requests of ours that are on their way
	Cancel         flight
	OurAuth        bool // an auth of ours was sent
	Others         int  // how much somebody else may still do
}

type status int

const (
	none status = iota
	initial
	moving
	ended
	canceled
)

// flight is a request on its way: it arrives at the next tick at the latest.
type flight bool

// rules are those of the server and of whoever else there is.
type rules struct {
	paysAgain bool // every auth pays, whatever the status
	others    int  // how often somebody else authorizes or cancels
	cancel    bool // Cancel may be called, too
	some      bool // only some of what may become of a request, and of the process
}

// fate is what happens to a request that changes something.
type fate int

const (
	accepted     fate = iota
	responseLost      // it arrives, its response does not
	delayed           // it arrives later, and its response does not
	lost
	refusedFate
	duplicate // it arrives, and the response refuses it, as that of its twin
	rateLimited
	notSentFate
	fates
)

// death is when the process is killed during a call of Advance.
type death int

const (
	survives     death = iota
	beforeSaving       // no save works
	beforeSend         // after the first save of what is about to be sent
	afterSend          // before what came of it is saved
	deaths
)

const tick = time.Hour // so long that the time which the test takes does not count

// play is one call of Advance in a world.
type play struct {
	world
	rules
	state State
	lags  bool
	fate  fate
	death death
	wish  bool // Cancel is called
	sent  bool
	dead  bool
}

func (p *play) Load(context.Context) (State, error) { return p.state, nil }

func (p *play) Save(_ context.Context, state State) error {
	if p.dead || p.death == beforeSaving || p.death == afterSend && p.sent {
		return errors.New("killed")
	}
	p.state = state
	p.dead = p.death == beforeSend && state.InFlight
	return nil
}

func (p *play) seen() status {
	if p.lags {
		return p.Before
	}
	return p.Status
}

var modelRequest = request("model", item("a", "1"))

func (p *play) RetrieveMassPayout(
	_ context.Context, body gen.MassPayoutRetrieveRequest, _ ...gen.RequestEditorFn,
) (*gen.MassPayoutRetrieveResponse, error) {
	if p.seen() == none || body.ExternalMassPayoutID != "model" && body.RequestID != "r" {
		return nil, &gen.APIError{Status: gen.StatusFailure, StatusCode: 400, Code: "11"}
	}
	shown := gen.MassPayoutItemDetail{
		ItemExternalID: "a", MassPayoutRequestID: "r", RecipientType: gen.RecipientTypeMemberID, RecipientInfo: "2228853",
		TotalAmount: decimal.New(1, 0), CurrencyCode: gen.CurrencyTRY,
	}
	response := &gen.MassPayoutRetrieveResponse{MassPayout: gen.MassPayoutSummary{ExternalID: "model", TotalAmount: shown.TotalAmount}}
	switch p.seen() {
	case initial:
		response.MassPayout.MassPayoutStatus, shown.ItemStatus = gen.PayoutStatusInit, gen.ItemStatusInit
	case moving:
		response.MassPayout.MassPayoutStatus, shown.ItemStatus = gen.PayoutStatusInProgress, gen.ItemStatusProcessing
	case ended:
		response.MassPayout.MassPayoutStatus, shown.ItemStatus = gen.PayoutStatusCompleted, gen.ItemStatusSuccess
	case canceled:
		response.MassPayout.MassPayoutStatus, shown.ItemStatus = gen.PayoutStatusCanceled, gen.ItemStatusMassPayoutCanceled
	}
	response.MassPayoutItems = gen.MassPayoutItemsPage{Items: gen.MassPayoutItemDetails{shown}, Total: 1}
	return response, nil
}

func (p *play) RetrieveMassPayoutBalance(
	context.Context, ...gen.RequestEditorFn,
) (*gen.MassPayoutBalanceResponse, error) {
	return &gen.MassPayoutBalanceResponse{Balance: decimal.New(100, 0)}, nil
}

func (p *play) InitMassPayout(
	context.Context, gen.MassPayoutInitializeRequest, ...gen.RequestEditorFn,
) (*gen.MassPayoutInitializeResponse, error) {
	err := p.send(&p.Init, p.initArrives)
	return &gen.MassPayoutInitializeResponse{RequestID: "r"}, err
}

func (p *play) AuthMassPayout(
	context.Context, gen.MassPayoutAuthRequest, ...gen.RequestEditorFn,
) (*gen.MassPayoutAuthResponse, error) {
	if !p.dead && p.fate != notSentFate {
		p.OurAuth = true
	}
	return nil, p.send(&p.Auth, p.authArrives)
}

func (p *play) CancelMassPayout(
	context.Context, gen.RequestID, ...gen.RequestEditorFn,
) (*gen.MassPayoutAuthResponse, error) {
	return nil, p.send(&p.Cancel, p.cancelArrives)
}

// send lets a request of ours meet its fate. What arrives and is refused for its status was no use.
func (p *play) send(f *flight, arrive func() bool) error {
	unknown := &gen.APIError{}
	refused := &gen.APIError{Status: gen.StatusFailure, StatusCode: 400, Code: "12"}
	if p.dead {
		return unknown
	}
	p.sent = true
	switch p.fate {
	case accepted:
		if !arrive() {
			return refused
		}
		return nil
	case responseLost:
		arrive()
		return unknown
	case delayed:
		*f = true
		return unknown
	case refusedFate:
		return refused
	case duplicate:
		arrive()
		return refused
	case rateLimited:
		return &gen.APIError{Status: gen.StatusFailure, StatusCode: 429, Code: gen.CodeRateLimit}
	case notSentFate:
		return errNotSent
	default:
		return unknown
	}
}

// errNotSent matches gen.ErrNotSent.
var errNotSent = fmt.Errorf("dial: %w", gen.ErrNotSent)

func (p *play) initArrives() bool {
	if p.Status == none {
		p.Status = initial
	}
	return true // the same payout again gets the same response
}

func (p *play) authArrives() bool {
	switch {
	case p.Status == none, p.Status != initial && !p.paysAgain, p.Status == canceled:
		return false
	case p.Status == initial:
		p.Status = moving
	}
	p.Paid++
	return true
}

func (p *play) cancelArrives() bool {
	if p.Status != initial {
		return false
	}
	p.Status = canceled
	return true
}

// advance is one call, and what is wrong with what came of it.
func (p *play) advance() (progress Progress, wrong string, err error) {
	m, err := newMachine(context.Background(), p, &modelRequest, p, []Option{
		WithSettle(2 * tick), WithPatience(1000 * tick), WithMaxSends(2), WithPollInterval(time.Millisecond, time.Millisecond),
	})
	if err != nil {
		return Progress{}, err.Error(), err
	}
	m.wantCancel = p.wish
	progress, err = m.advance(context.Background())
	var stop *Error
	switch {
	case err != nil && !errors.As(err, &stop):
		wrong = fmt.Sprintf("an error of another type: %v", err)
	case err != nil && !stop.MoneyMayHaveMoved && p.OurAuth:
		wrong = fmt.Sprintf("it says that no money was moved, and auth was sent: %v", err)
	case p.Paid > 1:
		wrong = fmt.Sprintf("paid %d times", p.Paid)
	case p.Paid == 0 && len(progress.Result.ItemsIn(gen.FundsWithRecipient)) > 0:
		wrong = "an item is reported as paid that was not"
	}
	if again, _, err := progress.Result.PayAgain(modelRequest, "again"); err == nil && len(again.Items) > 0 && (p.Paid > 0 || bool(p.Auth) && p.Status != canceled) {
		wrong = "an item is offered for paying again that was paid, or may be"
	}
	return progress, wrong, err
}

// node is a state that can be reached.
type node struct {
	world world
	state string
}

func nodeOf(w world, s State) node {
	// What only counts waits and saves is the same everywhere.
	s.Revision, s.Polls, s.StalledFor, s.StalledOn, s.Wait = min(s.Revision, 1), 0, 0, "", 0
	s.SinceSend, s.SinceReview = min(s.SinceSend.Round(tick), 2*tick), 0
	s.Process, s.ProcessTime = "", 0
	if s.Revision > 0 { // else it is the state of a payout of which nothing was ever saved
		s.At = time.Unix(1, 0).UTC()
	}
	if s.Result != nil {
		result := *s.Result
		result.TakenAt = s.At
		s.Result = &result
	}
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return node{w, string(data)}
}

func (n node) play(r rules) *play {
	p := &play{world: n.world, rules: r}
	if err := json.Unmarshal([]byte(n.state), &p.state); err != nil {
		panic(err)
	}
	return p
}

// passes lets a tick pass: what is on its way has arrived, reads have caught up to now, and the bank works.
func (p *play) passes() {
	before := p.Status
	p.arrive()
	p.Before = before
	if before == moving && p.Status == moving {
		p.Status = ended
	}
	if !p.state.InFlight && p.state.Revision > 0 {
		p.state.SinceSend += tick
	}
}

func (p *play) arrive() {
	if p.Init {
		p.initArrives()
	}
	if p.Auth {
		p.authArrives()
	}
	if p.Cancel {
		p.cancelArrives()
	}
	p.Init, p.Auth, p.Cancel = false, false, false
}

// next is everything that can happen in a node.
func (n node) next(r rules, visit func(from node, p *play, what string)) (wrong string) {
	do := func(what string, change func(*play)) {
		p := n.play(r)
		change(p)
		visit(n, p, what)
	}
	do("a tick", (*play).passes)
	if n.world.Init || n.world.Auth || n.world.Cancel {
		do("an early arrival", (*play).arrive)
	}
	if n.world.Others > 0 {
		do("somebody authorizes", func(p *play) { p.Others--; p.authArrives() })
		do("somebody cancels", func(p *play) { p.Others--; p.cancelArrives() })
	}
	for choice := range 4 {
		lags, wish := choice&1 != 0, choice&2 != 0
		if lags && n.world.Before == n.world.Status || wish && !r.cancel {
			continue
		}
		for f := range fates {
			sent := false
			for d := range deaths {
				if r.some && (f > lost || d != survives && d != afterSend) {
					continue
				}
				p := n.play(r)
				p.lags, p.wish, p.fate, p.death = lags, wish, f, d
				if _, bad, _ := p.advance(); bad != "" {
					return fmt.Sprintf("%s, with fate %d, death %d, lag %v, cancel %v", bad, f, d, lags, wish)
				}
				visit(n, p, fmt.Sprintf("advance: fate %d, death %d, lag %v, cancel %v", f, d, lags, wish))
				sent = sent || p.sent
			}
			if !sent {
				break // the fate of what is not sent makes no difference
			}
		}
	}
	return ""
}

func TestTableExhaustively(t *testing.T) {
	InTurn(t)
	t.Parallel()
	tests := []struct {
		name  string
		rules rules
		soak  bool
	}{
		{"every auth pays, some of what may happen", rules{paysAgain: true, some: true}, false},
		{"auth moves only INIT", rules{}, true},
		{"every auth pays", rules{paysAgain: true}, true},
		{"somebody else authorizes or cancels", rules{others: 1}, true},
		{"Cancel at any time", rules{cancel: true}, true},
		{"Cancel at any time, and every auth pays", rules{cancel: true, paysAgain: true}, true},
		{"Cancel at any time, and somebody else", rules{cancel: true, others: 1}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.soak && os.Getenv("MASSPAYOUT_SOAK") == "" {
				t.Skip("MASSPAYOUT_SOAK=1 runs it")
			}
			t.Parallel()
			start := nodeOf(world{Others: tt.rules.others}, State{})
			from := map[node]string{start: ""}
			came := map[node]node{}
			queue := []node{start}
			finish := map[node]bool{} // nodes from which an end is reached
			path := func(n node) (lines string) {
				for {
					lines = fmt.Sprintf("%s\n\t%+v\n\t%s\n", from[n], n.world, n.state) + lines
					before, ok := came[n]
					if !ok {
						return lines
					}
					n = before
				}
			}
			for len(queue) > 0 {
				n := queue[0]
				queue = queue[1:]
				wrong := n.next(tt.rules, func(_ node, p *play, what string) {
					to := nodeOf(p.world, p.state)
					if _, known := from[to]; !known {
						from[to], came[to] = what, n
						queue = append(queue, to)
					}
				})
				if wrong == "" {
					wrong = n.finishes(tt.rules, finish)
				}
				if wrong != "" {
					t.Fatalf("%s\n%s", path(n), wrong)
				}
			}
			t.Logf("%d states", len(from))
			if len(from) < 100 {
				t.Errorf("only %d states: the search goes nowhere", len(from))
			}
		})
	}
}

// finishes reports a state from which no end is reached although nothing goes wrong any more.
func (n node) finishes(r rules, known map[node]bool) string {
	p := n.play(r)
	way := []node{n}
	for range 40 {
		p.lags, p.fate, p.death, p.wish, p.sent, p.dead = false, accepted, survives, false, false, false
		progress, wrong, err := p.advance()
		if wrong != "" {
			return wrong
		}
		if progress.Wait > 0 {
			p.passes()
		}
		at := nodeOf(p.world, p.state)
		if progress.Ended || err != nil || known[at] {
			for _, n := range way {
				known[n] = true
			}
			return ""
		}
		way = append(way, at)
	}
	return fmt.Sprintf("it comes to no end: %+v %+v", p.world, p.state)
}
