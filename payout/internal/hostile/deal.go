package hostile

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// Op is one of the six operations.
type Op string

const (
	Init     Op = "init"
	Auth     Op = "auth"
	Retrieve Op = "retrieve"
	OneItem  Op = "item"
	Cancel   Op = "cancel"
	Balance  Op = "balance"
)

// changes reports whether the operation changes anything.
func (o Op) changes() bool { return o == Init || o == Auth || o == Cancel }

// Call is a request, as it reached the network.
type Call struct {
	Op Op
	N  int // the how manieth of its Op this is, from 1

	ExternalID, RequestID, ItemType string
	Page, Size                      int
	Known                           bool // whether a payout of that name was ever stored

	Inits, Auths int // as many reached the network so far, this one included

	Since time.Duration // since the run began
}

// Deal is what becomes of one request and its response. The zero Deal is: it arrives and is answered at once.
type Deal struct {
	// NotSent fails the request before anything was sent, as a refused connection does.
	NotSent bool
	// Lost keeps the request from ever arriving. What Reply says is what the client sees.
	Lost bool
	// After is how long after its sending it arrives, Again when a copy does that a proxy made; 0: none does.
	After, Again time.Duration

	// Wait is how long after its sending there is a response; if that is before the request arrives, it tells nothing.
	Wait  time.Duration
	Reply Reply

	// RetryAfter is the header, if any.
	RetryAfter string
	// Code and HTTP are of a refusal; 0 is 200.
	Code string
	HTTP int

	// Lag is how old the items are that are shown, SummaryLag how old the payout.
	Lag, SummaryLag time.Duration
	// Cached answers with the last response to the same question, if it is not older than this.
	Cached time.Duration
	// Foreign answers for another payout.
	Foreign Foreign
	// Status and ItemStatus are shown in place of the payout's and of every item's, if not nil.
	Status, ItemStatus *string
	// Pages is what is wrong with the page.
	Pages Pages
	// Unnamed leaves out whose payout a response shows.
	Unnamed bool
	// ShowsRefused shows items that init refused as accepted and INIT.
	ShowsRefused bool
	// BadID gives the payout a requestId in init's response that no call can carry.
	BadID bool
}

// Reply is what the client sees.
type Reply int

const (
	Real        Reply = iota // the response
	Dropped                  // a connection that breaks
	Hung                     // nothing, until the client gives up
	HungBody                 // half a response, then nothing
	CutBody                  // half a response, and its end
	RateLimited              // 50000
	ServerError              // 5xx, empty
	HTML                     // a gateway's page
	Refusal                  // a failure with Code
	Accepted                 // a success, whatever happened
	Both                     // a success that also has an error
)

// Foreign is which parts of a response are another payout's.
type Foreign int

const (
	OwnPayout      Foreign = iota
	ForeignDone            // another payout that has ended well and paid whom ours pays, as last month's
	ForeignInit            // another payout in INIT, with our itemExternalIds and other recipients
	ForeignItems           // our payout, with another one's items; they name their requestId
	ForeignSummary         // another payout, with our items
	ForeignAlike           // another payout in INIT that pays whom ours pays
)

// Pages is what is wrong with a page.
type Pages int

const (
	GoodPages   Pages = iota
	Shifted           // the order of the items has moved on
	Repeated          // the page before comes again
	Omitting          // one item is missing, and total does not count it
	Short             // one item is missing, though total counts it
	Doubled           // one item is there twice
	IgnoresPage       // always the first page
	IgnoresType       // both accepted and refused items
	IgnoresSize       // pages of another size
	WrongTotal        // total is one too many
	NoTotal           // there is no total
	EmptyPage         // no items
)

// Fault is a kind of fault, as World.Odds counts them.
type Fault string

// The faults.
const (
	Unsent         Fault = "not sent"
	LostRequest    Fault = "request lost"
	LostResponse   Fault = "response lost"
	Delayed        Fault = "request delayed"
	Hanging        Fault = "response hangs"
	Cut            Fault = "response cut off"
	Duplicated     Fault = "request repeated by a proxy"
	Limited        Fault = "rate limited"
	Broken         Fault = "5xx or HTML, without effect"
	BrokenAfter    Fault = "5xx or HTML, with effect"
	Refused        Fault = "refused, without effect"
	RefusedAfter   Fault = "refused, with effect"
	Lookalike      Fault = "a lookup refused"
	FalseSuccess   Fault = "accepted, without effect"
	LateEffect     Fault = "accepted, with effect later"
	TwoFaced       Fault = "success and failure at once"
	ForeignReply   Fault = "another payout's response"
	Stale          Fault = "cached response"
	Lagging        Fault = "read lag"
	UnlistedStatus Fault = "a payout status that no list names"
	UnlistedItems  Fault = "an item status that no list names"
	BadPage        Fault = "pages that do not add up"
	UnnamedReply   Fault = "a response that does not say whose payout it shows"
	RefusedAsInit  Fault = "refused items shown as accepted"
	BadRequestID   Fault = "a requestId that no call can carry"
	LimitedAfter   Fault = "rate limited, with effect"
	Gateway        Fault = "refused by a gateway, with or without effect"
)

// Faults are all of them.
var Faults = []Fault{
	Unsent,
	LostRequest,
	LostResponse,
	Delayed,
	Hanging,
	Cut,
	Duplicated,
	Limited,
	Broken,
	BrokenAfter,
	Refused,
	RefusedAfter,
	Lookalike,
	FalseSuccess,
	LateEffect,
	TwoFaced,
	ForeignReply,
	Stale,
	Lagging,
	UnlistedStatus,
	UnlistedItems,
	BadPage,
	UnnamedReply,
	RefusedAsInit,
	BadRequestID,
	LimitedAfter,
	Gateway,
}

// lookalikes are refusals of a lookup that say nothing about whether the payout exists.
var lookalikes = []struct {
	code string
	http int
}{
	{"1000", 200},
	{"1000", 401},
	{"1001", 200},
	{"1007", 200},
	{"1009", 200},
	{"2000", 200},
	{"", 401},
	{"", 403},
	{"100001", 200},
	{"100001", 422},
	{"11", 200},
	{"6", 200},
	{"24", 200},
	{"", 404},
	{"4711", 200},
}

// retryAfters are what Retry-After may say.
var retryAfters = []string{
	"",
	"1",
	"30",
	"0",
	"-5",
	"86400",
	"999999999999",
	"soon",
	"Tue, 24 Nov 2093 10:00:00 GMT",
	"1.5",
}

// deal decides what becomes of a call.
func (s *Server) deal(call Call) Deal {
	w := &s.world
	// Every call has a source of its own, so that the order of concurrent ones does not change what becomes of them.
	h := fnv.New64a()
	fmt.Fprintln(h, call.Op, call.ItemType, call.Page, call.Size, call.Known)
	key := h.Sum64()
	s.asked[key]++
	r := rand.New(rand.NewPCG(w.Seed^key, uint64(s.asked[key])))
	within := func(d time.Duration) time.Duration { return upTo(r, d) }

	var d Deal
	d.Wait = within(w.Latency)
	d.After = d.Wait / 2
	if len(w.Odds) > 0 && (w.Until == 0 || call.Since < w.Until) {
		s.fault(&d, call, r, within)
	}
	if w.Script != nil {
		w.Script(call, &d)
	}
	if w.PaysAgain {
		d.After = min(d.After, w.Delay)
		d.Lag, d.SummaryLag, d.Cached = min(d.Lag, w.Lag), min(d.SummaryLag, w.Lag), min(d.Cached, w.Lag)
	}
	return d
}

func (s *Server) fault(d *Deal, call Call, r *rand.Rand, within func(time.Duration) time.Duration) {
	w := &s.world
	hit := func(f Fault) bool { return r.Float64() < w.Odds[f] }
	blank := func(half bool) Reply {
		if half {
			return ServerError
		}
		return HTML
	}
	if !call.Op.changes() && w.Steady {
		d.Lag, d.SummaryLag = w.Lag, w.Lag
	}
	if !call.Op.changes() && w.Focused {
		return
	}
	// What is read is faulty in its own ways, which add up.
	if call.Op == Retrieve || call.Op == OneItem {
		if hit(Lagging) {
			d.Lag, d.SummaryLag = within(w.Lag), within(w.Lag)
		}
		if hit(Stale) {
			d.Cached = within(w.Lag)
			if !w.PaysAgain {
				d.Cached *= 10
			}
		}
		if hit(ForeignReply) {
			d.Foreign = Foreign(1 + r.IntN(int(ForeignAlike)))
			if d.Foreign == ForeignItems && w.HidesRequestID {
				d.Foreign = ForeignDone // else nothing in the response tells
			}
		}
		if hit(UnlistedStatus) {
			d.Status = &unlisted[r.IntN(len(unlisted))]
		}
		if hit(UnlistedItems) {
			d.ItemStatus = &unlisted[r.IntN(len(unlisted))]
		}
		d.Unnamed, d.ShowsRefused = hit(UnnamedReply), hit(RefusedAsInit)
		if hit(BadPage) {
			d.Pages = Pages(1 + r.IntN(int(EmptyPage)))
		}
		if hit(Lookalike) {
			d.Reply = Refusal
			like := lookalikes[r.IntN(len(lookalikes))]
			d.Code, d.HTTP = like.code, like.http
		}
	}
	if call.Op.changes() {
		if hit(Duplicated) {
			d.Again = d.After + within(w.Delay)
		}
		if hit(FalseSuccess) {
			d.Lost, d.Reply = true, Accepted
		}
		if hit(LateEffect) {
			d.After, d.Reply = within(w.Delay), Accepted
		}
		if hit(Refused) {
			d.Lost, d.Reply = true, Refusal
			like := lookalikes[r.IntN(len(lookalikes))]
			d.Code, d.HTTP = like.code, like.http
		}
		if hit(RefusedAfter) {
			d.After, d.Reply = within(w.Delay), Refusal
			d.Code, d.HTTP = "11", 200
		}
		if call.Op == Init && hit(ForeignReply) {
			d.Foreign = ForeignInit
		}
		d.BadID = call.Op == Init && hit(BadRequestID)
		if hit(Gateway) {
			d.Lost, d.Reply, d.HTTP = r.IntN(2) == 0, HTML, []int{403, 404, 405, 413}[r.IntN(4)]
		}
	}
	// What the network does overrides it.
	switch {
	case hit(Unsent):
		d.NotSent = true
	case hit(LostRequest):
		d.Lost, d.Reply = true, Dropped
	case hit(LostResponse):
		d.Reply = Dropped
	case hit(Delayed):
		d.After, d.Reply = within(w.Delay), Dropped
		if r.IntN(2) == 0 {
			d.Reply = Hung
		}
	case hit(Hanging):
		d.Reply = Hung
		if r.IntN(2) == 0 {
			d.Reply = HungBody
		}
	case hit(Cut):
		d.Reply = CutBody
	case hit(Limited):
		d.Lost, d.Again, d.Reply = true, 0, RateLimited
		d.RetryAfter = retryAfters[r.IntN(len(retryAfters))]
		d.HTTP = []int{200, 429, 429, 503}[r.IntN(4)]
	case hit(LimitedAfter):
		d.After, d.Reply = within(w.Delay), RateLimited
		d.RetryAfter = retryAfters[r.IntN(len(retryAfters))]
		d.HTTP = []int{200, 429, 503}[r.IntN(3)]
	case hit(Broken):
		d.Lost, d.Again = true, 0
		d.Reply, d.HTTP = blank(r.IntN(2) == 0), []int{500, 502, 503, 504}[r.IntN(4)]
	case hit(BrokenAfter):
		d.After = within(w.Delay)
		d.Reply, d.HTTP = blank(r.IntN(2) == 0), []int{500, 502, 503, 504, 200}[r.IntN(5)]
	case hit(TwoFaced):
		d.Reply = Both
	}
}
