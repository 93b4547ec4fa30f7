//go:build unix

package payoutjob_test

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/river/payoutjob"
	"github.com/iyzico-go/masspayout/river/pgstore"
	"github.com/iyzico-go/masspayout/signer"
)

// A worker process. Start as many as you like.
func ExampleWorker() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL")) // behind a pooler: docs/poolers.md
	if err != nil {
		log.Fatal(err)
	}
	db, err := pgstore.New(pool)
	if err != nil {
		log.Fatal(err)
	}
	sign, err := signer.New(os.Getenv("IYZICO_API_KEY"), os.Getenv("IYZICO_SECRET_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	client, err := gen.New(gen.ServerURLSandbox, sign.Edit)
	if err != nil {
		log.Fatal(err)
	}
	worker, err := payoutjob.NewWorker(db, client)
	if err != nil {
		log.Fatal(err)
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, worker); err != nil {
		log.Fatal(err)
	}
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		Workers:              workers,
		RescueStuckJobsAfter: payoutjob.DefaultTimeout + time.Minute,
		SoftStopTimeout:      20 * time.Second, // then runs are told to stop, and have WithGrace
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := jobs.Start(ctx); err != nil {
		log.Fatal(err)
	}
	<-jobs.Stopped()
}

// A payout is enqueued together with what your own program writes about it.
func ExampleQueue_Enqueue() {
	var (
		ctx     context.Context
		pool    *pgxpool.Pool
		queue   *payoutjob.Queue
		request gen.MassPayoutInitializeRequest
	)
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE payroll SET sent_at = now() WHERE month = '2026-11'"); err != nil {
			return err
		}
		list, err := queue.Enqueue(ctx, tx, request, 2)
		if err == nil {
			log.Print("waits for two approvals of ", list.Digest)
		}
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
}
