package hostile

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// World is what holds for the whole run. The zero World is an honest server that answers at once.
type World struct {
	Seed uint64

	// PaysAgain makes every auth pay every accepted item again, whatever its status. Without it auth moves only items in
	// INIT, as is documented.
	PaysAgain bool

	// Delay bounds how long after its sending a request may arrive, and Lag how old what is shown may be.
	Delay, Lag time.Duration

	// Latency bounds how long an ordinary response takes, Stage how long an item stays in one status on its way.
	Latency, Stage time.Duration

	Twins   Twins   // what a second init under one externalId does
	Missing Missing // how a payout that does not exist is told
	Names   Names   // what a question counts that has both names

	// RefusesAgain refuses an auth that moves nothing; without it such an auth is accepted, without effect.
	RefusesAgain bool
	// NewestFirst shows the newest of several payouts under one externalId, in place of the oldest.
	NewestFirst bool
	// HidesRequestID leaves massPayoutRequestId out of every item.
	HidesRequestID bool
	// Upper writes externalId and requestId in upper case when it shows them.
	Upper bool
	// Masks shows recipients and names with stars.
	Masks bool
	// Net shows amounts without, Gross with the commission, once a payout was authorized; by default the commission is
	// beside the amount.
	Net, Gross bool
	// Redescribes changes every description once a payout was authorized.
	Redescribes bool
	// Nested puts page, size and total beside the items, into massPayoutItems.
	Nested bool
	// NumericCodes writes errorCode as a number.
	NumericCodes bool
	// Dates adds the dates of the Java SDK to a payout.
	Dates bool
	// Skew is how far the server's clock, shown in systemTime, is from the right time. NoTime leaves systemTime out.
	Skew   time.Duration
	NoTime bool

	// PageLimit is how many items a page may have; 0: any number. LargePages is what becomes of a larger one.
	PageLimit  int
	LargePages LargePages

	// Fates are what becomes of the items, in the order of the request; the last one holds for the rest. None: Paid.
	Fates []Fate
	// Ending is what becomes of a payout that was authorized.
	Ending Ending
	// Ahead is how long before its last item a payout ends: the two are not one snapshot.
	Ahead time.Duration
	// Deposit is how long after its failure an item's money comes back, or does not, at most.
	Deposit time.Duration
	// Commission is each item's.
	Commission string
	// Balance is what is left to pay out with; empty: plenty.
	Balance string
	// Swaps changes a field of an item when it is stored: the ledger pays what was stored. See [Swap].
	Swaps []Swap
	// Late is how long after init the last half of the items stays invisible.
	Late time.Duration
	// Others are what somebody else does to the payout.
	Others []Other
	// Squatter is a payout of somebody else's that is there first, under the same externalId.
	Squatter Squatter

	// Odds are how likely each fault is, for each request that it may befall, until the run is as old as Until; 0: always.
	Odds  map[Fault]float64
	Until time.Duration

	// Focused keeps the odds to requests that change something; what is read is only late then.
	Focused bool
	// Steady shows everything as old as Lag, always, until Until.
	Steady bool

	// Script may change what becomes of each call, after the odds. It must not call the Server.
	Script func(Call, *Deal)
}

// Twins is what a second init under one externalId does; iyzico does not document it.
type Twins int

const (
	TwinsRefused Twins = iota // it is refused, as a duplicate
	TwinsSame                 // it is accepted, with the first one's requestId, and changes nothing
	TwinsSecond               // a second payout is stored beside the first
)

// Missing is how the server says that a payout does not exist; iyzico does not document it.
type Missing int

const (
	MissingRefused Missing = iota // a refusal with a code of its own, HTTP 200
	Missing404                    // a refusal, HTTP 404
	Missing422                    // a refusal, HTTP 422
	MissingEmpty                  // a success without a payout
	MissingNull                   // a success, with null in place of the payout
)

// Names is what counts in a question that has both names of a payout.
type Names int

const (
	NamesBoth       Names = iota // both must belong together
	NamesRequestID               // requestId, the other is ignored
	NamesExternalID              // externalId, the other is ignored
)

// LargePages is what becomes of a question for more items than a page may have.
type LargePages int

const (
	CapsLarge    LargePages = iota // fewer items come
	EchoesLarge                    // fewer items come, and the size that they have
	RefusesLarge                   // it is refused
)

// Fate is what becomes of an item once it was authorized, or at init.
type Fate int

const (
	Paid        Fate = iota // SUCCESS
	Failed                  // FAILED, forever
	Returned                // FAILED, then DEPOSIT_SUCCESS
	Stuck                   // FAILED, then DEPOSIT_FAIL
	Invalid                 // refused at init: INVALID
	LeftInInit              // auth leaves it in INIT, forever
	NeverEnds               // PROCESSING, forever
	Slow                    // SUCCESS, long after the payout has ended
	PaidInvalid             // INVALID, though the money went
)

// Ending is what becomes of a payout that was authorized.
type Ending int

const (
	Completes       Ending = iota // COMPLETED
	Succeeds                      // SUCCESS
	RunsDry                       // INSUFFICIENT_BALANCE, its items stay in INIT
	RunsDryAtIyzico               // IYZICO_INSUFFICIENT_BALANCE, its items stay in INIT
	Fails                         // FAIL, its items stay in INIT
	FailsAfterwards               // FAIL, though its items are paid
	DriesThenPays                 // INSUFFICIENT_BALANCE, and hours later, topped up, it pays all the same
	BeginsLate                    // INIT for a long time after auth was accepted
	NeverBegins                   // INIT forever, though auth was accepted
	Unlisted                      // ends in a status that no list names
)

// Swap changes a field of the item of that index between init and what is stored.
type Swap struct {
	Item  int
	Field string // recipientType, recipientInfo, recipientName, amount, currency
}

// Other is what somebody else does, that long after the payout was stored.
type Other struct {
	After  time.Duration
	Cancel bool // else they authorize
}

// Squatter is a payout of somebody else's, under our externalId, from before the run.
type Squatter int

const (
	NoSquatter         Squatter = iota
	SameSquatter                // it has our items
	OtherSquatter               // it pays another recipient
	AuthorizedSquatter          // it has our items, and somebody authorizes it soon
)

// unlisted are statuses that no list names.
var unlisted = []string{"AWAITING_APPROVAL", "init", "INITIATED", "PARTIALLY_COMPLETED", "", "ON_HOLD"}

// unlistedEnd is the status of a payout that ends Unlisted.
const unlistedEnd = "PARTIALLY_COMPLETED"

// Random draws a world from a seed. Where it pays again, delay and lag together stay below settle; else they may be as
// long as they like. After until, the server is in good order, and only what was sent before is still to come.
func Random(seed uint64, settle, until time.Duration) World {
	r := rand.New(rand.NewPCG(seed, 0x5eed))
	chance := func(p float64) bool { return r.Float64() < p }
	within := func(d time.Duration) time.Duration { return upTo(r, d) }
	w := World{
		Seed:           seed,
		PaysAgain:      chance(0.4),
		Latency:        within(2 * time.Second),
		Stage:          within(10 * time.Minute),
		Twins:          Twins(r.IntN(3)),
		Missing:        Missing(r.IntN(5)),
		Names:          Names(r.IntN(3)),
		RefusesAgain:   chance(0.5),
		NewestFirst:    chance(0.5),
		HidesRequestID: chance(0.3),
		Upper:          chance(0.2),
		Masks:          chance(0.3),
		Net:            chance(0.15),
		Gross:          chance(0.15),
		Redescribes:    chance(0.2),
		Nested:         chance(0.3),
		NumericCodes:   chance(0.3),
		Dates:          chance(0.3),
		NoTime:         chance(0.1),
		Commission:     []string{"0", "0.50", "20.00000000"}[r.IntN(3)],
		Ahead:          within(time.Minute),
		Deposit:        within(20 * time.Minute),
		Odds:           map[Fault]float64{},
		Until:          until,
	}
	if w.Net {
		w.Gross = false
	}
	if chance(0.3) {
		w.Skew = within(48*time.Hour) - 24*time.Hour
	}
	for range 5 {
		w.Fates = append(w.Fates, Fate(max(0, r.IntN(17)-8)))
	}
	if chance(0.35) {
		w.Ending = Ending(r.IntN(int(Unlisted) + 1))
	}
	if chance(0.1) {
		w.Swaps = []Swap{
			{r.IntN(3), []string{"recipientType", "recipientInfo", "recipientName", "amount", "currency"}[r.IntN(5)]},
		}
	}
	if chance(0.1) {
		w.Late = within(3 * time.Minute)
	}
	if w.PaysAgain {
		// The assumption under which nothing is paid twice: delay + lag <= settle.
		w.Delay = within(settle)
		w.Lag = within(settle - w.Delay)
		if chance(0.5) {
			w.Lag = settle - w.Delay
		}
		w.Late = min(w.Late, w.Lag)
		if chance(0.15) {
			w.Others = append(w.Others, Other{After: within(5 * time.Minute), Cancel: true})
		}
	} else {
		w.Delay, w.Lag = within(4*settle), within(2*settle)
		if chance(0.15) {
			w.Others = append(w.Others, Other{After: within(5 * time.Minute), Cancel: chance(0.4)})
		}
		if chance(0.1) {
			w.Squatter = Squatter(1 + r.IntN(3))
		}
	}
	if chance(0.05) {
		w.Balance = "1.00"
	}
	if chance(0.3) {
		w.PageLimit, w.LargePages = []int{1, 2, 3, 10, 100}[r.IntN(5)], LargePages(r.IntN(3))
		if w.LargePages == RefusesLarge {
			w.PageLimit = max(10, w.PageLimit)
		}
	}
	// Worlds differ more if each has some of the faults often than if all have all of them seldom.
	for _, f := range Faults {
		if w.PaysAgain && f == Duplicated {
			continue
		}
		if chance(0.35) {
			w.Odds[f] = float64(r.IntN(30)) / 100
		}
		if f == Lookalike || f == Refused || f == Gateway || f == BadRequestID { // most of them end a run
			w.Odds[f] /= 4
		}
	}
	if chance(0.5) { // a run that comes as far as to the requests that matter
		w.Focused, w.Steady = true, chance(0.6)
		w.Swaps, w.Balance, w.Squatter = nil, "", NoSquatter
		if chance(0.7) {
			w.Ending, w.Fates = Completes, nil
		}
		for _, f := range []Fault{LostResponse, Delayed, Hanging, BrokenAfter, RefusedAfter, LateEffect, Limited, LimitedAfter, Gateway} {
			if chance(0.4) {
				w.Odds[f] = float64(10+r.IntN(40)) / 100
			}
		}
	}
	return w
}

// upTo draws a time up to a bound, and often the bound itself, where mistakes are.
func upTo(r *rand.Rand, d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	if r.IntN(4) == 0 {
		return d
	}
	return time.Duration(r.Int64N(int64(d) + 1))
}

// String shows what is not as in the zero World.
func (w World) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "seed %d: paysAgain %v, delay %v, lag %v, latency %v, stage %v, twins %d, missing %d, names %d\n",
		w.Seed, w.PaysAgain, w.Delay, w.Lag, w.Latency, w.Stage, w.Twins, w.Missing, w.Names)
	fmt.Fprintf(
		&s,
		"  refusesAgain %v, newestFirst %v, hidesRequestID %v, upper %v, masks %v, net %v, gross %v, redescribes %v\n",
		w.RefusesAgain,
		w.NewestFirst,
		w.HidesRequestID,
		w.Upper,
		w.Masks,
		w.Net,
		w.Gross,
		w.Redescribes,
	)
	fmt.Fprintf(
		&s,
		"  fates %v, ending %d, commission %q, balance %q, swaps %v, late %v, others %v, squatter %d, skew %v\n",
		w.Fates,
		w.Ending,
		w.Commission,
		w.Balance,
		w.Swaps,
		w.Late,
		w.Others,
		w.Squatter,
		w.Skew,
	)
	fmt.Fprintf(&s, "  page limit %d, large pages %d\n", w.PageLimit, w.LargePages)
	fmt.Fprintf(&s, "  focused %v, steady %v, odds %v until %v", w.Focused, w.Steady, w.Odds, w.Until)
	return s.String()
}
