//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
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
	memory                     int           // the most that a process of client took, in MiB
	transactions, looks        int           // of this module; River's come beside
	all                        int           // transactions, of whomever
}

// add adds what another run took.
func (c *costs) add(o costs) {
	c.took += o.took
	c.client, c.database, c.emulator, c.enqueued = c.client+o.client, c.database+o.database, c.emulator+o.emulator, c.enqueued+o.enqueued
	c.memory = max(c.memory, o.memory)
	c.transactions, c.looks, c.all = c.transactions+o.transactions, c.looks+o.looks, c.all+o.all
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

// compare pays the same payouts by Pay in one process without a database, and by the workers, undisturbed. Then it pays
// few and many small payouts, to see whether a worker's memory grows. It fails if the queue costs more than it may.
func (f *fleet) compare(ctx context.Context) error {
	if os.Getenv(pgtest.EnvURL) != "" {
		return errors.New("nobody knows what processor time another's server takes: compare without " + pgtest.EnvURL)
	}
	// How often the emulator looks for garbage differs from run to run, and is a third of all that it takes.
	f.gc = debug.SetGCPercent(-1)
	defer debug.SetGCPercent(f.gc)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(4 << 30))
	var a, q costs
	for n := range rounds {
		alone, err := f.round(ctx, (*fleet).payAlone)
		if err != nil {
			return fmt.Errorf("one process: %w", err)
		}
		queue, err := f.round(ctx, func(f *fleet, ctx context.Context) error { return f.run(ctx, f.verify) })
		if err != nil {
			return fmt.Errorf("the workers: %w", err)
		}
		fmt.Fprintf(f.out, "round %d of %d: the queue takes %.2f times the CPU time\n", n+1, rounds, queue.beside(alone))
		a.add(alone)
		q.add(queue)
	}
	table := tabwriter.NewWriter(f.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n%d payouts of %d items, mean of %d\twall clock\tCPU: program\tdatabase\temulator\tmemory\n", f.payouts, f.items, rounds)
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()/rounds) }
	fmt.Fprintf(table, "Pay in one process\t%s\t%s\t-\t%s\t%d MiB\n", seconds(a.took), seconds(a.client), seconds(a.emulator), a.memory)
	fmt.Fprintf(table, "Enqueue and %d workers\t%s\t%s (Enqueue %s)\t%s\t%s\t%d x %d MiB\n", f.workers, seconds(q.took), seconds(q.client),
		seconds(q.enqueued), seconds(q.database), seconds(q.emulator), f.workers, q.memory)
	cpu := q.beside(a)
	wall := float64(q.took) / float64(a.took)
	fmt.Fprintf(table, "ratio\t%.2f\t%.2f of all, %.2f without the emulator\t\t\t\n", wall, cpu, float64(q.client+q.database)/float64(a.client))
	_ = table.Flush() // what cannot be printed cannot be read
	payouts := rounds * f.payouts
	allowed := perPayout*payouts + perLook*q.looks
	fmt.Fprintf(f.out, "transactions: %d for %d payouts and %d looks (%d x %d + %d x %d = %d); with River's own and this program's %d\n",
		q.transactions, payouts, q.looks, perPayout, payouts, perLook, q.looks, allowed, q.all)
	var wrong []error
	if cpu > moreCPU {
		wrong = append(wrong, fmt.Errorf("the queue takes %.2f times the CPU time, at most %.2f are allowed", cpu, moreCPU))
	}
	if wall > moreTime {
		wrong = append(wrong, fmt.Errorf("the queue takes %.2f times as long, at most %.2f are allowed", wall, moreTime))
	}
	if q.transactions > allowed {
		wrong = append(wrong, fmt.Errorf("%d transactions, at most %d are allowed", q.transactions, allowed))
	}
	return errors.Join(append(wrong, f.grow(ctx))...)
}

// round pays the payouts once.
func (f *fleet) round(ctx context.Context, pay func(*fleet, context.Context) error) (costs, error) {
	once := f.calm(f.payouts, f.items, f.stage)
	err := pay(once, ctx)
	used := once.used
	used.memory = once.peak
	once = nil
	debug.FreeOSMemory() // the next one begins without this one's ledger
	return used, err
}

// calm is a fleet that nobody disturbs.
func (f *fleet) calm(payouts, items int, stage time.Duration) *fleet {
	return &fleet{payouts: payouts, items: items, workers: f.workers, page: f.page, stage: stage, limit: f.limit, quiet: true, gc: f.gc, out: f.out}
}

// grow compares the memory that workers take for few and for many payouts.
func (f *fleet) grow(ctx context.Context) error {
	var peaks []int
	for _, n := range []int{fewPayouts, manyPayouts} {
		small := f.calm(n, 10, time.Second)
		small.limit *= 4
		if err := small.run(ctx, small.verify); err != nil {
			return fmt.Errorf("%d small payouts: %w", n, err)
		}
		peaks = append(peaks, small.peak)
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
	settings, err := json.Marshal(settings{Emulator: address, PageSize: f.page, Payouts: f.payouts, Items: f.items})
	if err != nil {
		return err
	}
	begun, emulator := time.Now(), ownCPU()
	p, err := startProcess(1, string(settings))
	if err != nil {
		return err
	}
	defer p.kill()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for done := false; !done; {
		select {
		case <-p.exited:
			done = true
		case <-ticker.C:
			f.peak = max(f.peak, p.memory())
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("it gave up with code %d", code)
	}
	f.used = costs{
		took: time.Since(begun), client: p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime(), emulator: ownCPU() - emulator,
	}
	paid := 0
	for _, t := range f.emu.Ledger() {
		if t.Outcome == "SUCCESS" {
			paid++
		}
	}
	if p.counted() != paid || paid == 0 {
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
