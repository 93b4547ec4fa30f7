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
	transactions, looks        int           // of this module; River's come beside
	all                        int           // transactions, of whomever
}

// add adds what another run took.
func (c *costs) add(o costs) {
	c.took += o.took
	c.client, c.database, c.emulator, c.enqueued = c.client+o.client, c.database+o.database, c.emulator+o.emulator, c.enqueued+o.enqueued
	c.transactions, c.looks, c.all = c.transactions+o.transactions, c.looks+o.looks, c.all+o.all
	if sum(o.memory) > sum(c.memory) {
		c.memory = o.memory
	}
}

func sum(memory []int) (all int) {
	for _, mib := range memory {
		all += mib
	}
	return all
}

// beside returns how many times another run's processor time this one took.
func (c *costs) beside(o costs) float64 {
	return float64(c.client+c.database+c.emulator) / float64(o.client+o.database+o.emulator)
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
)

// rounds is how often each of the two runs: the speed of a machine changes.
const rounds = 3

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

// environment gives a process so much of the budget, in MiB.
func (f *fleet) environment(mib int) []string {
	switch f.memory {
	case 0:
		return nil
	case goDefaults:
		return []string{"GOGC=100", "GOMEMLIMIT=off"}
	default:
		return []string{"GOGC=off", fmt.Sprintf("GOMEMLIMIT=%dMiB", mib-outside)}
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
	for n := range rounds {
		alone, err := f.round(ctx, memory, (*fleet).payAlone)
		if err != nil {
			return a, q, fmt.Errorf("one process: %w", err)
		}
		queue, err := f.round(ctx, memory, func(f *fleet, ctx context.Context) error { return f.run(ctx, f.verify) })
		if err != nil {
			return a, q, fmt.Errorf("the workers: %w", err)
		}
		fmt.Fprintf(f.out, "round %d of %d: the queue takes %.2f times the CPU time\n", n+1, rounds, queue.beside(alone))
		a.add(alone)
		q.add(queue)
	}
	table := tabwriter.NewWriter(f.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n%d payouts of %d items, mean of %d\twall clock\tCPU: program\tdatabase\temulator\tmost memory, in MiB\n", f.payouts, f.items, rounds)
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()/float64(rounds)) }
	fmt.Fprintf(table, "Pay in one process\t%s\t%s\t-\t%s\t%d\n", seconds(a.took), seconds(a.client), seconds(a.emulator), sum(a.memory))
	fmt.Fprintf(table, "Enqueue and %d workers\t%s\t%s (Enqueue %s)\t%s\t%s\t%d %v\n", f.workers, seconds(q.took), seconds(q.client),
		seconds(q.enqueued), seconds(q.database), seconds(q.emulator), sum(q.memory), q.memory)
	fmt.Fprintf(table, "ratio\t%.2f\t%.2f of all, %.2f without the emulator\t\t\t\n", float64(q.took)/float64(a.took), q.beside(a),
		float64(q.client+q.database)/float64(a.client))
	return a, q, table.Flush()
}

// judge says where the queue costs more than it may.
func (f *fleet) judge(alone, queue costs) (wrong []error) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	payouts := rounds * f.payouts
	allowed := perPayout*payouts + perLook*queue.looks
	fmt.Fprintf(f.out, "transactions: %d for %d payouts and %d looks (%d x %d + %d x %d = %d); with River's own and this program's %d\n",
		queue.transactions, payouts, queue.looks, perPayout, payouts, perLook, queue.looks, allowed, queue.all)
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
		complain("this system does not tell what memory a process takes: compare on Linux")
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
