//go:build unix

package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os/signal"
	"syscall"
	"time"

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
}

// Everything is shorter than in production, where the defaults are right, so that a worker's death is got over within
// seconds: a silent session is ended after idle, a job of a dead worker is rescued after rescue, at River's next round.
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
	pool, err := pgxpool.New(ctx, s.Database)
	if err != nil {
		return err
	}
	db, err := pgstore.New(pool, pgstore.WithLease(idle))
	if err != nil {
		return err
	}
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		return err
	}
	client, err := gen.New(s.Emulator, sign.Edit, gen.WithTimeout(5*time.Second), gen.WithHTTPClient(&http.Client{}))
	if err != nil {
		return err
	}
	worker, err := payoutjob.NewWorker(db, client,
		payoutjob.WithTimeout(rescue), payoutjob.WithGrace(2*time.Second), payoutjob.WithRetry(500*time.Millisecond, 5*time.Second),
		payoutjob.WithPayoutOptions(
			payout.WithRefusedItems(), payout.WithPageSize(s.PageSize),
			payout.WithPollInterval(time.Second, 5*time.Second), payout.WithSettle(5*time.Second), payout.WithSaveTimeout(3*time.Second),
			payout.WithPatience(30*time.Second),
		))
	if err != nil {
		return err
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, worker); err != nil {
		return err
	}
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}},
		Workers: workers, JobTimeout: rescue, RescueStuckJobsAfter: rescue, SoftStopTimeout: 5 * time.Second,
		FetchCooldown: 50 * time.Millisecond, FetchPollInterval: 500 * time.Millisecond,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	if err := jobs.Start(ctx); err != nil { // SIGTERM ends it: runs that are under way are heard to their end
		return err
	}
	<-jobs.Stopped()
	return nil
}
