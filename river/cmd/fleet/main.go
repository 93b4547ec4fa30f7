//go:build unix

// Command fleet shows payouts survive: it starts a PostgreSQL of its own, an emulator of iyzico and some worker processes,
// enqueues payouts, kills workers at random, freezes one, redeploys one, and compares the emulator's ledger with the
// database in the end, item by item. It exits with an error if one kuruş differs.
//
//	go run ./cmd/fleet -payouts 40 -items 5000 -workers 3
//
// It runs where processes can be frozen and killed by signals, and PostgreSQL is installed.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if text := os.Getenv(envWorker); text != "" {
		if err := work(text); err != nil {
			fmt.Fprintln(os.Stderr, "worker:", err)
			os.Exit(1)
		}
		return
	}
	f := fleet{out: os.Stdout}
	flag.IntVar(&f.payouts, "payouts", 40, "`number` of payouts")
	flag.IntVar(&f.items, "items", 5000, "`number` of items of each")
	flag.IntVar(&f.workers, "workers", 3, "`number` of worker processes")
	flag.IntVar(&f.kills, "kills", 5, "how often a worker is killed")
	flag.DurationVar(&f.pause, "pause", 3*time.Second, "`time` between two kills")
	flag.DurationVar(&f.stage, "stage", 5*time.Second, "how long the bank takes for each of its two stages")
	flag.IntVar(&f.page, "page", 500, "`number` of items that are read at a time")
	flag.DurationVar(&f.limit, "limit", 5*time.Minute, "`time` after which it gives up")
	compare := flag.Bool("compare", false, "pay the same payouts by Pay in one process, and by workers that nobody disturbs, and compare")
	flag.Parse()
	if flag.NArg() > 0 || min(f.payouts, f.items, f.workers, f.page) < 1 || f.kills < 0 {
		fmt.Fprintln(os.Stderr, "fleet: expected flags alone, and at least one payout, item and worker, and a page of at least one item")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run := func(ctx context.Context) error { return f.run(ctx, f.verify) }
	if *compare {
		run = f.compare
	}
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}
