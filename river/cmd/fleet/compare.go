//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/iyzico-go/masspayout/river/internal/pgtest"
)

// costs are what a run took.
type costs struct {
	took                       time.Duration
	client, database, emulator time.Duration // processor time
	enqueued                   time.Duration // of client, what Enqueue took
	memory                     []int         // the most that each process of client took, in MiB
	requests                   int           // to the emulator
	transactions, looks        int           // of this module; River's come beside
	all                        int           // transactions, of whomever
}

// add adds what another run took.
func (c *costs) add(o costs) {
	c.took += o.took
	c.client, c.database, c.emulator, c.enqueued = c.client+o.client, c.database+o.database, c.emulator+o.emulator, c.enqueued+o.enqueued
	c.requests, c.transactions, c.looks, c.all = c.requests+o.requests, c.transactions+o.transactions, c.looks+o.looks, c.all+o.all
	unknown := slices.Contains(c.memory, 0) // which no other round may hide
	if !unknown && (sum(o.memory) > sum(c.memory) || slices.Contains(o.memory, 0)) {
		c.memory = o.memory
	}
}

func sum(memory []int) (all int) {
	for _, mib := range memory {
		all += mib
	}
	return all
}

func (c *costs) cpu() time.Duration { return c.client + c.database + c.emulator }

// beside returns how many times another run's processor time this one took, at the same speed of the machine. That changes
// within minutes by more than what is judged here, as other programs come and go; what it was, the emulator's own time
// tells: it has the same work in both.
func (c *costs) beside(o costs) float64 {
	ratio := func(a, b time.Duration) float64 { return float64(a) / float64(b) }
	return ratio(c.cpu(), o.cpu()) / ratio(c.emulator, o.emulator)
}

// What the queue may cost beside Pay in one process.
const (
	moreCPU     = 1.15
	moreTime    = 1.2
	perPayout   = 8
	perLook     = 2
	moreMemory  = 1.25
	fewPayouts  = 40
	manyPayouts = 4000

	// Beyond these, or their inverses, the emulator's time does not tell how fast the machine was.
	moreRequests = 1.02
	moreSpeed    = 1.1
)

// rounds is how often each of the two runs. Two rounds differ by some 5 %, even at the same speed of the machine.
const rounds = 6

// Garbage collection trades memory for processor time: the two are compared fairly only if they have the same memory. So
// Pay's process may take the budget, in MiB, and the processes of the queue may take it together. It is about what Pay
// takes with Go's own settings.
const (
	budget        = 450
	enqueueBudget = 50
	outside       = 15 // of each process: what GOMEMLIMIT does not count, such as the program itself
)

// goDefaults, in place of a budget, gives each process Go's own settings.
const goDefaults = -1

// oneCPU keeps a process of the queue to one core at a time: they share the machine, and Pay has it for itself.
const oneCPU = "GOMAXPROCS=1"

// environment gives a process so much of the budget, in MiB, and more settings.
func (f *fleet) environment(mib int, more ...string) []string {
	switch f.memory {
	case 0:
		return nil
	case goDefaults:
		return []string{"GOGC=100", "GOMEMLIMIT=off"}
	default:
		return append(more, "GOGC=off", fmt.Sprintf("GOMEMLIMIT=%dMiB", mib-outside))
	}
}

// compare pays the same payouts by Pay in one process without a database, and by the workers, undisturbed. Then it pays
// few and many small payouts, to see whether a worker's memory grows. It fails if the queue costs more than it may.
func (f *fleet) compare(ctx context.Context) error {
	if os.Getenv(pgtest.EnvURL) != "" {
		return errors.New("nobody knows what processor time another's server takes: compare without " + pgtest.EnvURL)
	}
	// How often the emulator looks for garbage differs from run to run, and is a third of all that it takes.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(4 << 30))
	fmt.Fprintf(f.out, "with %d MiB for Pay, and as much for Enqueue and the workers together:\n", budget)
	alone, queue, err := f.both(ctx, budget, rounds)
	if err != nil {
		return err
	}
	wrong := f.judge(alone, queue)
	fmt.Fprintln(f.out, "\nwith Go's own settings, by which a small process collects garbage more often than a large one; this is not judged:")
	if _, _, err := f.both(ctx, goDefaults, 1); err != nil {
		return err
	}
	return errors.Join(append(wrong, f.grow(ctx))...)
}

// both pays the payouts by the one and by the other, so often each, and shows what they took.
func (f *fleet) both(ctx context.Context, memory, rounds int) (a, q costs, err error) {
	names := [2]string{"one process", "the workers"}
	pay := [2]func(*fleet, context.Context) error{
		(*fleet).payAlone, func(f *fleet, ctx context.Context) error { return f.run(ctx, f.verify) },
	}
	var all [2]costs
	for n := range rounds {
		var once [2]costs
		for i := range pay {
			side := (n + i) % 2 // each is the first one in turn
			if once[side], err = f.round(ctx, memory, pay[side]); err != nil {
				return a, q, fmt.Errorf("%s: %w", names[side], err)
			}
			all[side].add(once[side])
		}
		fmt.Fprintf(f.out, "round %d of %d: the queue takes %.2f times the CPU time\n", n+1, rounds, once[1].beside(once[0]))
	}
	a, q = all[0], all[1]
	table := tabwriter.NewWriter(f.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n%d payouts of %d items, mean of %d\twall clock\tCPU: program\tdatabase\temulator\tmost memory, in MiB\n", f.payouts, f.items, rounds)
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()/float64(rounds)) }
	fmt.Fprintf(table, "Pay in one process\t%s\t%s\t-\t%s\t%d\n", seconds(a.took), seconds(a.client), seconds(a.emulator), sum(a.memory))
	fmt.Fprintf(table, "Enqueue and %d workers\t%s\t%s (Enqueue %s)\t%s\t%s\t%d %v\n", f.workers, seconds(q.took), seconds(q.client),
		seconds(q.enqueued), seconds(q.database), seconds(q.emulator), sum(q.memory), q.memory)
	fmt.Fprintf(table, "ratio\t%.2f\t%.2f of all; %.2f at the same speed, by the emulator's time\t\t\t\n", float64(q.took)/float64(a.took),
		float64(q.cpu())/float64(a.cpu()), q.beside(a))
	return a, q, table.Flush()
}

// judge says where the queue costs more than it may.
func (f *fleet) judge(alone, queue costs) (wrong []error) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	payouts := rounds * f.payouts
	allowed := perPayout*payouts + perLook*queue.looks
	fmt.Fprintf(f.out, "transactions: %d for %d payouts and %d looks (%d x %d + %d x %d = %d); with River's own and this program's %d\n",
		queue.transactions, payouts, queue.looks, perPayout, payouts, perLook, queue.looks, allowed, queue.all)
	measured := []time.Duration{alone.took, alone.client, alone.emulator, queue.took, queue.client, queue.database, queue.emulator}
	if slices.Min(measured) <= 0 || min(alone.requests, queue.requests, queue.transactions) <= 0 {
		return append(wrong, errors.New("something that is compared was not measured"))
	}
	beyond := func(ratio, most float64) bool { return ratio > most || ratio < 1/most }
	if beyond(float64(queue.requests)/float64(alone.requests), moreRequests) {
		complain("the emulator had %d requests of the queue and %d of Pay: its time does not tell how fast the machine was", queue.requests, alone.requests)
	}
	if speed := float64(queue.emulator) / float64(alone.emulator); beyond(speed, moreSpeed) {
		complain("the emulator took %.2f times as long for the queue: compare again when the machine is less busy", speed)
	}
	if cpu := queue.beside(alone); cpu > moreCPU {
		complain("the queue takes %.2f times the CPU time, at most %.2f are allowed", cpu, moreCPU)
	}
	if wall := float64(queue.took) / float64(alone.took); wall > moreTime {
		complain("the queue takes %.2f times as long, at most %.2f are allowed", wall, moreTime)
	}
	if queue.transactions > allowed {
		complain("%d transactions, at most %d are allowed", queue.transactions, allowed)
	}
	switch one, all := sum(alone.memory), sum(queue.memory); {
	case slices.Contains(alone.memory, 0) || slices.Contains(queue.memory, 0):
		complain("what memory a process took is not known: compare on Linux, and payouts that take some seconds")
	case all > one:
		complain("the processes of the queue take %d MiB together, more than Pay with %d: the comparison is not fair", all, one)
	}
	return wrong
}

// round pays the payouts once.
func (f *fleet) round(ctx context.Context, memory int, pay func(*fleet, context.Context) error) (costs, error) {
	once := f.calm(f.payouts, f.items, f.stage, memory)
	err := pay(once, ctx)
	used := once.used
	used.requests = once.counter.requests()
	once = nil
	debug.FreeOSMemory() // the next one begins without this one's ledger
	return used, err
}

// calm is a fleet that nobody disturbs.
func (f *fleet) calm(payouts, items int, stage time.Duration, memory int) *fleet {
	return &fleet{payouts: payouts, items: items, workers: f.workers, page: f.page, stage: stage, limit: f.limit, quiet: true, memory: memory, out: f.out}
}

// grow compares the memory that workers take for few and for many payouts.
func (f *fleet) grow(ctx context.Context) error {
	var peaks []int
	for _, n := range []int{fewPayouts, manyPayouts} {
		small := f.calm(n, 10, time.Second, goDefaults)
		small.limit *= 4
		if err := small.run(ctx, small.verify); err != nil {
			return fmt.Errorf("%d small payouts: %w", n, err)
		}
		peaks = append(peaks, small.peak())
	}
	fmt.Fprintf(f.out, "memory: at most %d MiB a worker for %d payouts, %d MiB for %d\n", peaks[0], fewPayouts, peaks[1], manyPayouts)
	if float64(peaks[1]) > moreMemory*float64(peaks[0]) {
		return fmt.Errorf("a worker's memory grows with the number of payouts: from %d to %d MiB", peaks[0], peaks[1])
	}
	return nil
}

// payAlone pays the payouts in one process that has no database.
func (f *fleet) payAlone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, f.limit)
	defer cancel()
	address, stop, err := f.serve()
	if err != nil {
		return err
	}
	defer stop()
	begun, emulator := time.Now(), ownCPU()
	p, err := startProcess(1, settings{Emulator: address, PageSize: f.page, Payouts: f.payouts, Items: f.items}, f.environment(budget))
	if err != nil {
		return err
	}
	defer p.kill()
	if err := f.ended(ctx, p); err != nil {
		return err
	}
	f.used.took, f.used.emulator = time.Since(begun), ownCPU()-emulator
	paid := 0
	for _, t := range f.emu.Ledger() {
		if t.Outcome == "SUCCESS" {
			paid++
		}
	}
	if p.counted() != paid {
		return fmt.Errorf("it says that %d items are paid, the ledger %d", p.counted(), paid)
	}
	return nil
}

// ownCPU is the processor time that this process has taken.
func ownCPU() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
