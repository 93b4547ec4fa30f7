#!/usr/bin/env bash
# River v0.51.2 on PostgreSQL 15: a job that is told to stop for ever and to wait is put off, and shows no error
#
# Expected: a worker's errors.Join(river.JobSnooze(d), river.JobCancel(err)) cancels the job, since nothing should run
#           again, or is recorded as an error.
# Seen:     the job is scheduled again, attempt 0, without an error in its row. The order does not matter. A snooze
#           that is wrapped or joined with any other error swallows that error as well.
# Meaning:  deferred clean-up that joins errors turns "iyzico refused it, look at it" into silent waiting.
set -euo pipefail
dir=$(mktemp -d)
PATH=$PATH:$(printf ':%s' /usr/lib/postgresql/*/bin) # where Debian has initdb
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
trap 'as pg_ctl -D "$dir/pg" -m immediate stop >/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
mkdir pg
if [ "$(id -u)" = 0 ]; then chmod 711 . && chown postgres pg; fi
as initdb -D "$dir/pg" -U pay -A trust -E UTF8 --locale=C >/dev/null
as pg_ctl -D "$dir/pg" -w -l "$dir/pg/log" -o "-k $dir/pg -c listen_addresses=" start >/dev/null
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require (
	github.com/jackc/pgx/v5 v5.13.0
	github.com/riverqueue/river v0.51.2
	github.com/riverqueue/river/riverdriver/riverpgxv5 v0.51.2
)
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

var refused = errors.New("refused")

var returned = map[string]error{
	"cancel":        errors.Join(refused, river.JobCancel(refused)),
	"snooze-cancel": errors.Join(river.JobSnooze(time.Hour), river.JobCancel(refused)),
	"cancel-snooze": errors.Join(river.JobCancel(refused), river.JobSnooze(time.Hour)),
	"snooze-error":  errors.Join(refused, river.JobSnooze(time.Hour)),
}

type args struct {
	Case string `json:"case"`
}

func (args) Kind() string { return "payout" }

type worker struct{ river.WorkerDefaults[args] }

func (worker) Work(_ context.Context, job *river.Job[args]) error { return returned[job.Args.Case] }

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func main() {
	ctx := context.Background()
	pool := must(pgxpool.New(ctx, os.Args[1]))
	driver := riverpgxv5.New(pool)
	must(must(rivermigrate.New(driver, nil)).Migrate(ctx, rivermigrate.DirectionUp, nil))
	workers := river.NewWorkers()
	river.AddWorker(workers, worker{})
	client := must(river.NewClient(driver, &river.Config{
		Logger:  slog.New(slog.NewTextHandler(io.Discard, nil)),
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1}},
		Workers: workers,
	}))
	events, stop := client.Subscribe(river.EventKindJobCancelled, river.EventKindJobFailed, river.EventKindJobSnoozed)
	defer stop()
	for name := range returned {
		must(client.Insert(ctx, args{name}, nil))
	}
	if err := client.Start(ctx); err != nil {
		log.Fatal(err)
	}
	for range returned {
		<-events
	}
	if err := client.Stop(ctx); err != nil {
		log.Fatal(err)
	}
	rows := must(pool.Query(ctx, `select args->>'case', state::text, attempt, coalesce(cardinality(errors), 0)
		from river_job order by 1`))
	for rows.Next() {
		var name, state string
		var attempt, kept int
		if err := rows.Scan(&name, &state, &attempt, &kept); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s, attempt %d, errors kept %d\n", name, state, attempt, kept)
	}
}
GO
go run . "host=$dir/pg user=pay dbname=postgres" >seen
diff -u - seen <<'OUTPUT'
cancel: cancelled, attempt 1, errors kept 1
cancel-snooze: scheduled, attempt 0, errors kept 0
snooze-cancel: scheduled, attempt 0, errors kept 0
snooze-error: scheduled, attempt 0, errors kept 0
OUTPUT
