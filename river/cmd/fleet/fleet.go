//go:build unix

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/river/internal/pgtest"
	"github.com/iyzico-go/masspayout/river/payoutjob"
	"github.com/iyzico-go/masspayout/river/pgstore"
)

// fleet is a run of this command.
type fleet struct {
	payouts, items, workers, kills, page int
	pause, stage, limit                  time.Duration
	quiet                                bool // shows only how it ends
	memory                               int  // budget or goDefaults; 0: as the environment says
	out                                  io.Writer

	emu       *emulator.Emulator
	counter   counter
	pool      *pgxpool.Pool
	queue     *payoutjob.Queue
	processes []*process
	begun     time.Time

	killed, froze, redeployed int
	shown                     int
	used                      costs
}

// balance is what there is to pay out with, in major units.
var balance = decimal.NewFromInt(1_000_000_000_000)

// run ends with check, while all is still there to be compared.
func (f *fleet) run(ctx context.Context, check func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, f.limit)
	defer cancel()
	database, err := pgtest.Run()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Stop()) }()
	url, err := database.NewDatabase(ctx)
	if err != nil {
		return err
	}
	if err := f.open(ctx, url); err != nil {
		return err
	}
	defer f.pool.Close()
	address, stop, err := f.serve()
	if err != nil {
		return err
	}
	defer stop()

	lease := idle
	if f.kills == 0 { // nobody is frozen
		lease = pgstore.DefaultLease
	}
	settings := settings{Database: url, Emulator: address, PageSize: f.page, Lease: lease}
	f.begun = time.Now()
	setUp, emulator := database.CPU(), ownCPU()
	defer func() {
		for _, p := range f.processes {
			p.kill()
		}
	}()
	for i := range f.workers {
		p, err := startProcess(i+1, settings, f.environment((budget-enqueueBudget)/f.workers, oneCPU))
		if err != nil {
			return err
		}
		f.processes = append(f.processes, p)
	}
	if err := f.enqueue(ctx, settings); err != nil {
		return err
	}
	if err := f.disturb(ctx); err != nil {
		return err
	}
	f.used.took = time.Since(f.begun)
	f.used.emulator, f.used.database = ownCPU()-emulator, database.CPU()-setUp
	if f.kills == 0 {
		if err := f.dismiss(ctx); err != nil {
			return err
		}
	}
	return check(ctx)
}

// dismiss ends the workers that nobody has killed, and adds up what they and the queue have used.
func (f *fleet) dismiss(ctx context.Context) error {
	for _, p := range f.processes {
		if err := p.signal(syscall.SIGTERM); err != nil {
			return err
		}
		if err := f.ended(ctx, p); err != nil {
			return err
		}
		if p.starts > 1 {
			return fmt.Errorf("worker %d was started %d times", p.number, p.starts)
		}
		f.used.transactions += p.counted()
	}
	f.used.transactions += f.payouts // Enqueue
	return f.pool.QueryRow(ctx, "SELECT sum(looks)::int, (SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database())::int FROM masspayout_payouts").
		Scan(&f.used.looks, &f.used.all)
}

// open creates the tables.
func (f *fleet) open(ctx context.Context, url string) (err error) {
	if f.pool, f.queue, err = openQueue(ctx, url, f.items); err != nil {
		return err
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(f.pool), &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	return pgstore.Migrate(ctx, f.pool)
}

var quiet = slog.New(slog.DiscardHandler)

// openQueue returns the queue of a database, which need not have its tables yet.
func openQueue(ctx context.Context, url string, items int) (*pgxpool.Pool, *payoutjob.Queue, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	db, err := pgstore.New(pool)
	if err != nil {
		return nil, nil, err
	}
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: quiet})
	if err != nil {
		return nil, nil, err
	}
	queue, err := payoutjob.NewQueue(db, jobs, payoutjob.WithMaxItems(items))
	return pool, queue, err
}

// serve starts the emulator. It lives in this process, whose ledger nobody kills.
func (f *fleet) serve() (address string, stop func(), err error) {
	f.emu, err = emulator.New(apiKey, secretKey, emulator.WithStage(f.stage), emulator.WithBalance(balance))
	if err != nil {
		return "", nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	f.counter.next = f.emu
	server := &http.Server{Handler: &f.counter, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

// enqueue has another process enqueue the payouts, and waits for it.
func (f *fleet) enqueue(ctx context.Context, settings settings) error {
	settings.Payouts, settings.Items = f.payouts, f.items
	p, err := startProcess(0, settings, f.environment(enqueueBudget, oneCPU))
	if err != nil {
		return err
	}
	defer p.kill()
	err = f.ended(ctx, p)
	f.used.enqueued = f.used.client
	return err
}

// ended waits until a process has ended by itself, having counted something, and adds what it took.
func (f *fleet) ended(ctx context.Context, p *process) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for !p.died() {
		p.measure()
		select {
		case <-p.exited:
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 || p.counted() == 0 {
		return fmt.Errorf("process %d ended with code %d and counted %d", p.number, code, p.counted())
	}
	f.used.client += p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
	f.used.memory = append(f.used.memory, p.peak)
	return nil
}

// tick is how often one looks how it goes.
const tick = 250 * time.Millisecond

// newRequest is payout number n. Some recipients are refused, some payments come back, and some money stays away.
func newRequest(n, items int) gen.MassPayoutInitializeRequest {
	request := gen.MassPayoutInitializeRequest{ExternalID: fmt.Sprintf("payout-%03d", n), Purpose: gen.PurposeSalary}
	for i := range items {
		recipient := fmt.Sprint(100000 + i)
		switch {
		case (i+n)%97 == 5:
			recipient = emulator.RecipientBlocked.MemberID()
		case (i+n)%89 == 7:
			recipient = emulator.RecipientReturns.MemberID()
		case (i+n)%83 == 11:
			recipient = emulator.RecipientKeepsMoney.MemberID()
		}
		request.Items = append(request.Items, gen.MassPayoutItem{
			ItemExternalID: fmt.Sprintf("%s-%05d", request.ExternalID, i), RecipientType: gen.RecipientTypeMemberID,
			RecipientInfo: recipient, Description: "Kasım maaşı",
			Amount: gen.Amount{Value: decimal.New(int64(1+(n*7919+i*104729)%1_000_000), -2), Currency: gen.CurrencyTRY},
		})
	}
	return request
}

// disturb kills, freezes and redeploys workers, and shows how it goes, until all payouts are finished.
func (f *fleet) disturb(ctx context.Context) error {
	var frozen *process
	var thaw time.Time
	next := f.begun.Add(f.pause)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		left, err := f.show(ctx)
		if err != nil {
			return err
		}
		if left == 0 && frozen == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		for _, p := range f.processes {
			p.measure()
			if p.died() {
				if code := p.cmd.ProcessState.ExitCode(); code > 0 {
					return fmt.Errorf("worker %d gave up with code %d", p.number, code)
				}
				if err := p.start(); err != nil {
					return err
				}
			}
		}
		now := time.Now()
		if frozen != nil && now.After(thaw) {
			if err := frozen.signal(syscall.SIGCONT); err != nil {
				return err
			}
			frozen.state, frozen = "", nil
		}
		victim := f.processes[rand.N(len(f.processes))]
		if now.Before(next) || victim == frozen {
			continue
		}
		next = now.Add(f.pause)
		switch {
		case f.kills == 0:
		case f.froze == 0 && f.killed > 0: // for longer than the rescue takes, and the end of its lease
			f.froze++
			frozen, thaw = victim, now.Add(rescue+idle)
			victim.state = "frozen"
			err = victim.signal(syscall.SIGSTOP)
		case f.redeployed == 0 && f.killed >= min(2, f.kills):
			f.redeployed++
			victim.state = "stopping"
			err = victim.signal(syscall.SIGTERM)
		case f.killed < f.kills:
			f.killed++
			victim.state = "killed"
			err = victim.signal(syscall.SIGKILL)
		}
		if err != nil {
			return err
		}
	}
}

// show shows where the payouts stand, and returns how many are not finished.
func (f *fleet) show(ctx context.Context) (left int, err error) {
	if err := f.pool.QueryRow(ctx, `SELECT greatest(
		(SELECT count(*) FROM masspayout_payouts WHERE stopped_at IS NULL AND (ended_at IS NULL OR status = '')),
		(SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled')))`).Scan(&left); err != nil {
		return 0, err
	}
	file, _ := f.out.(*os.File)
	if f.shown++; left > 0 && (f.quiet || !isTerminal(file) && f.shown%16 != 1) { // a log: less often
		return left, nil
	}
	counts, err := f.queue.Counts(ctx)
	if err != nil {
		return 0, err
	}
	tallies, err := f.queue.Tallies(ctx, "")
	if err != nil {
		return 0, err
	}
	stuck, err := f.queue.NeedsPerson(ctx, time.Minute)
	if err != nil {
		return 0, err
	}
	ended := 0 // the others cannot go on
	for _, a := range stuck {
		if a.Ended {
			ended++
		}
	}
	var s strings.Builder
	table := tabwriter.NewWriter(&s, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n%.1fs: %d of %d payouts to go; %d killed, %d frozen, %d redeployed; %d payouts need a person, %d have ended with money that is stuck\n",
		time.Since(f.begun).Seconds(), left, f.payouts, f.killed, f.froze, f.redeployed, len(stuck)-ended, ended)
	fmt.Fprintln(table, "\nSTEP\tSTATUS\tPAYOUTS")
	for _, c := range counts {
		fmt.Fprintf(table, "%s\t%s\t%d\n", c.Step, cmp.Or(c.Status, "-"), c.Payouts)
	}
	fmt.Fprintln(table, "\nITEM STATUS\tITEMS\tAMOUNT")
	for _, t := range tallies {
		fmt.Fprintf(table, "%s\t%d\t%s %s\n", cmp.Or(t.Status, "not known yet"), t.Items, t.Amount.StringFixed(2), t.Currency)
	}
	fmt.Fprintln(table, "\nWORKER\tSTATE\tMOST MEMORY")
	for _, p := range f.processes {
		fmt.Fprintf(table, "%d\t%s\t%d MiB\n", p.number, p.describe(), p.peak)
	}
	_ = table.Flush() // into memory
	if isTerminal(file) {
		fmt.Fprint(f.out, "\x1b[H\x1b[2J") // in place
	}
	_, err = io.WriteString(f.out, s.String())
	return left, err
}

func isTerminal(file *os.File) bool {
	if file == nil {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// process is a worker process, started again when it dies, or another one.
type process struct {
	number      int
	environment []string
	peak        int // the most memory that it took, in MiB
	starts      int
	state       string
	cmd         *exec.Cmd
	out         bytes.Buffer // of the last start
	exited      chan struct{}
}

func startProcess(number int, s settings, environment []string) (*process, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	p := &process{number: number, environment: append(environment, envWorker+"="+string(text))}
	return p, p.start()
}

func (p *process) start() error {
	p.starts++
	p.state = ""
	p.cmd = exec.Command(os.Args[0]) // #nosec G702 -- this program itself
	p.cmd.Env = append(os.Environ(), p.environment...)
	p.out.Reset()
	p.cmd.Stdout, p.cmd.Stderr = &p.out, os.Stderr
	p.exited = make(chan struct{})
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait() // it was killed
		close(exited)
	}(p.cmd, p.exited)
	return nil
}

// counted returns what a process that has ended by itself has counted.
func (p *process) counted() (n int) {
	_, _ = fmt.Sscan(p.out.String(), &n)
	return n
}

func (p *process) died() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

func (p *process) signal(s syscall.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

func (p *process) kill() {
	_ = p.signal(syscall.SIGKILL)
	<-p.exited
}

func (p *process) describe() string {
	if p.state != "" {
		return p.state
	}
	return fmt.Sprintf("start %d", p.starts)
}

// peak is the most memory that a worker has taken, in MiB.
func (f *fleet) peak() (mib int) {
	for _, p := range f.processes {
		mib = max(mib, p.peak)
	}
	return mib
}

// measure notes the most memory that the process has taken, as Linux tells it.
func (p *process) measure() {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return
	}
	if _, rest, ok := strings.Cut(string(data), "VmHWM:"); ok {
		var kib int
		_, _ = fmt.Sscan(rest, &kib)
		p.peak = max(p.peak, kib/1024)
	}
}
