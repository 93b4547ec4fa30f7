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
	transactions, looks        int           // of this module; River's come beside
	all                        int           // transactions, of whomever
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

// compare pays the same payouts by Pay in one process without a database, and by the workers, undisturbed. Then it pays
// few and many small payouts, to see whether a worker's memory grows. It fails if the queue costs more than it may.
func (f *fleet) compare(ctx context.Context) error {
	if os.Getenv(pgtest.EnvURL) != "" {
		return errors.New("nobody knows what processor time another's server takes: compare without " + pgtest.EnvURL)
	}
	alone := f.calm(f.payouts, f.items, f.stage)
	if err := alone.payAlone(ctx); err != nil {
		return fmt.Errorf("one process: %w", err)
	}
	a := alone.used
	alone = nil
	debug.FreeOSMemory() // else the other looks through the ledger of the one for garbage, and gives its memory back
	queue := f.calm(f.payouts, f.items, f.stage)
	if err := queue.run(ctx, queue.verify); err != nil {
		return fmt.Errorf("three workers: %w", err)
	}
	q := queue.used
	table := tabwriter.NewWriter(f.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n%d payouts of %d items\twall clock\tCPU: program\tdatabase\temulator\n", f.payouts, f.items)
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
	fmt.Fprintf(table, "Pay in one process\t%s\t%s\t-\t%s\n", seconds(a.took), seconds(a.client), seconds(a.emulator))
	fmt.Fprintf(table, "Enqueue and %d workers\t%s\t%s (Enqueue %s)\t%s\t%s\n", f.workers, seconds(q.took), seconds(q.client), seconds(q.enqueued),
		seconds(q.database), seconds(q.emulator))
	cpu := float64(q.client+q.database+q.emulator) / float64(a.client+a.emulator)
	wall := float64(q.took) / float64(a.took)
	fmt.Fprintf(table, "ratio\t%.2f\t%.2f of all, %.2f without the emulator\t\t\n", wall, cpu, float64(q.client+q.database)/float64(a.client))
	_ = table.Flush() // what cannot be printed cannot be read
	allowed := perPayout*f.payouts + perLook*q.looks
	fmt.Fprintf(f.out, "transactions: %d for %d payouts and %d looks (%d x %d + %d x %d = %d); with River's own and this program's %d\n",
		q.transactions, f.payouts, q.looks, perPayout, f.payouts, perLook, q.looks, allowed, q.all)
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

// calm is a fleet that nobody disturbs.
func (f *fleet) calm(payouts, items int, stage time.Duration) *fleet {
	return &fleet{payouts: payouts, items: items, workers: f.workers, page: f.page, stage: stage, limit: f.limit, quiet: true, out: f.out}
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
	select {
	case <-p.exited:
	case <-ctx.Done():
		return ctx.Err()
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
