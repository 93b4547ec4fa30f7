//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
	"github.com/iyzico-go/masspayout/river/payoutjob"
	"github.com/iyzico-go/masspayout/river/pgstore"
	"github.com/iyzico-go/masspayout/signer"
)

// envWorker makes this program a worker; its value says for what.
const envWorker = "MASSPAYOUT_FLEET_WORKER"

const apiKey, secretKey = "sandbox-key", "sandbox-secret"

// settings are a worker's.
type settings struct {
	Database, Emulator string
	PageSize           int
	Lease              time.Duration

	// If there are any, so many payouts of so many items are enqueued, or without a database paid by Pay.
	Payouts, Items int
}

// Everything is shorter than in production, where the defaults are right, so that a worker's death is got over within
// seconds: a lease that nobody renews expires after idle, a job of a dead worker is rescued after rescue, at River's next round.
const (
	idle   = 3 * time.Second
	rescue = 10 * time.Second
)

// work is the life of a worker process.
func work(text string) error {
	var s settings
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if s.Database != "" && s.Payouts > 0 {
		return enqueue(ctx, s)
	}
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		return err
	}
	client, err := gen.New(s.Emulator, sign.Edit, gen.WithTimeout(5*time.Second), gen.WithHTTPClient(&http.Client{}))
	if err != nil {
		return err
	}
	options := []payout.Option{
		payout.WithRefusedItems(), payout.WithPageSize(s.PageSize),
		payout.WithPollInterval(time.Second, 5*time.Second), payout.WithSettle(5 * time.Second), payout.WithSaveTimeout(3 * time.Second),
		payout.WithPatience(30 * time.Second),
	}
	if s.Database == "" {
		return payAlone(ctx, client, s, options)
	}
	counted := &transactions{}
	config, err := pgxpool.ParseConfig(s.Database)
	if err != nil {
		return err
	}
	config.ConnConfig.Tracer = counted
	config.MaxConns = 2 // one listens, the other is asked for milliseconds at a time; each costs PostgreSQL a process and its plans
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	db, err := pgstore.New(pool, pgstore.WithLease(s.Lease))
	if err != nil {
		return err
	}
	worker, err := payoutjob.NewWorker(db, client,
		payoutjob.WithTimeout(rescue), payoutjob.WithGrace(2*time.Second), payoutjob.WithRetry(500*time.Millisecond, 5*time.Second),
		payoutjob.WithPayoutOptions(options...), payoutjob.WithLogger(quiet))
	if err != nil {
		return err
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, worker); err != nil {
		return err
	}
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		Workers: workers, JobTimeout: rescue, RescueStuckJobsAfter: rescue, SoftStopTimeout: 5 * time.Second,
		FetchCooldown: 50 * time.Millisecond,
		Logger:        quiet,
	})
	if err != nil {
		return err
	}
	if err := jobs.Start(ctx); err != nil { // SIGTERM ends it: runs that are under way may finish
		return err
	}
	<-jobs.Stopped()
	fmt.Println(counted.n.Load())
	return nil
}

// transactions counts those of this module, each of which is one statement. River's name tables of its own.
type transactions struct{ n atomic.Int64 }

// TraceQueryStart implements [pgx.QueryTracer].
func (c *transactions) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if strings.Contains(data.SQL, "masspayout_") {
		c.n.Add(1)
	}
	return ctx
}

// TraceQueryEnd implements [pgx.QueryTracer].
func (c *transactions) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// enqueue enqueues all payouts, and prints how many.
func enqueue(ctx context.Context, s settings) error {
	pool, queue, err := openQueue(ctx, s.Database, s.Items)
	if err != nil {
		return err
	}
	defer pool.Close()
	for n := range s.Payouts {
		request := newRequest(n, s.Items)
		if err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			_, err := queue.Enqueue(ctx, tx, request, 0)
			return err
		}); err != nil {
			return err
		}
	}
	fmt.Println(s.Payouts)
	return nil
}

// payAlone pays all payouts at once, by Pay, in this process and with files in place of a database, and prints how many items were paid.
func payAlone(ctx context.Context, client payout.Client, s settings, options []payout.Option) error {
	dir, err := os.MkdirTemp("", "fleet-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	options = append(options, payout.WithSaveTimeout(time.Minute)) // all write to one disk at once
	var all sync.WaitGroup
	var paid atomic.Int64
	failed := make([]error, s.Payouts)
	for n := range s.Payouts {
		all.Go(func() {
			request := newRequest(n, s.Items)
			result, err := payout.Pay(ctx, client, request, payout.NewFileStore(filepath.Join(dir, request.ExternalID+".state")), options...)
			if failed[n] = err; err == nil {
				paid.Add(int64(len(result.ItemsIn(gen.FundsWithRecipient))))
			}
		})
	}
	all.Wait()
	fmt.Println(paid.Load())
	return errors.Join(failed...)
}
