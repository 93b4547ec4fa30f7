//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/river/internal/pgtest"
)

// TestMain lets the test binary be a worker.
func TestMain(m *testing.M) {
	if text := os.Getenv(envWorker); text != "" {
		if err := work(text); err != nil {
			fmt.Fprintln(os.Stderr, "worker:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Workers are killed, frozen and redeployed, and every kuruş agrees. A database that is changed afterwards does not.
func TestFleet(t *testing.T) {
	t.Setenv(pgtest.EnvURL, pgtest.Start(t).URL)
	var out strings.Builder
	f := fleet{
		payouts: 12, items: 60, workers: 3, kills: 3, page: 10, pause: 1500 * time.Millisecond,
		stage: 4 * time.Second, limit: 4 * time.Minute, out: &out,
	}
	err := f.run(t.Context(), func(ctx context.Context) error {
		if err := f.verify(ctx); err != nil {
			return err
		}
		for _, tt := range []struct{ change, want string }{
			{`UPDATE masspayout_payouts SET state = jsonb_set(state::jsonb, '{result,items,9,amount,value}', '0.02')::text
				WHERE external_id = 'payout-003'`, `where "payout-003-00009"`},
			{`UPDATE masspayout_payouts SET state = jsonb_set(state::jsonb, '{result,items,8,status}', '"FAILED"')::text
				WHERE external_id = 'payout-004'`, `"payout-004-00008": FAILED`},
			{`UPDATE masspayout_payouts SET tallies = (SELECT json_agg(CASE WHEN t->>'status' = 'SUCCESS'
				THEN jsonb_set(t, '{amount}', to_jsonb((t->>'amount')::numeric + 0.01)) ELSE t END) FROM jsonb_array_elements(tallies::jsonb) t)
				WHERE external_id = 'payout-005'`,
				"the database says"},
		} {
			changed, err := f.pool.Exec(ctx, tt.change)
			if err != nil || changed.RowsAffected() != 1 {
				return fmt.Errorf("changing the database: %v, %w", changed, err)
			}
			if err := f.verify(ctx); err == nil || !strings.Contains(err.Error(), tt.want) {
				return fmt.Errorf("verify returned %v; expected %q", err, tt.want)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	t.Log(out.String())
}

// The queue may cost so much beside Pay, and no more.
func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		name string
		over func(*costs)
		want string
	}{
		{name: "as much as allowed", over: func(*costs) {}},
		{name: "CPU time", over: func(c *costs) { c.database += time.Second }, want: "the queue takes 1.20 times the CPU time, at most 1.15 are allowed"},
		{name: "CPU time, on a machine that was slower by then", over: func(c *costs) { c.client, c.emulator = 13200*time.Millisecond, 11*time.Second }},
		{name: "CPU time, on a machine that was faster", over: func(c *costs) { c.client, c.emulator = 11500*time.Millisecond, 9100*time.Millisecond },
			want: "the queue takes 1.19 times the CPU time, at most 1.15 are allowed"},
		{name: "a machine that was much slower", over: func(c *costs) { c.client, c.database, c.emulator = 17*time.Second, 2*time.Second, 15*time.Second },
			want: "the emulator took 1.50 times as long for the queue: compare again when the machine is less busy"},
		{name: "nothing of the emulator", over: func(c *costs) { c.emulator = 0 }, want: "something that is compared was not measured"},
		{name: "nothing of the database", over: func(c *costs) { c.transactions = 0 }, want: "something that is compared was not measured"},
		{name: "requests", over: func(c *costs) { c.requests += 40 }, want: "the emulator had 1480 requests of the queue and 1440 of Pay: its time does not tell how fast the machine was"},
		{name: "time", over: func(c *costs) { c.took += time.Second }, want: "the queue takes 1.30 times as long, at most 1.20 are allowed"},
		{name: "transactions", over: func(c *costs) { c.transactions++ }, want: "2121 transactions, at most 2120 are allowed"},
		{name: "memory", over: func(c *costs) { c.memory[0]++ }, want: "the processes of the queue take 441 MiB together, more than Pay with 440: the comparison is not fair"},
		{name: "unknown memory", over: func(c *costs) { c.memory[3] = 0 }, want: "what memory a process took is not known: compare on Linux, and payouts that take some seconds"},
	} {
		pay := costs{took: 10 * time.Second, client: 10 * time.Second, emulator: 10 * time.Second, memory: []int{440}, requests: 1440}
		queue := costs{
			took: 12 * time.Second, client: 12 * time.Second, database: time.Second, emulator: 10 * time.Second,
			memory: []int{50, 130, 130, 130}, transactions: 2120, looks: 100, requests: 1440,
		}
		tt.over(&queue)
		f := fleet{payouts: 40, out: io.Discard}
		if err := errors.Join(f.judge(pay, queue)...); err != nil && err.Error() != tt.want || err == nil && tt.want != "" {
			t.Errorf("%s: %v; expected %q", tt.name, err, tt.want)
		}
	}
}

// Both sides have the same memory and the same machine, whatever the caller's environment says.
func TestMemory(t *testing.T) {
	for _, tt := range []struct {
		memory int
		want   []string
	}{
		{memory: budget, want: []string{"GOMAXPROCS=1", "GOGC=off", "GOMEMLIMIT=118MiB"}},
		{memory: goDefaults, want: []string{"GOGC=100", "GOMEMLIMIT=off"}},
		{memory: 0, want: nil},
	} {
		f := fleet{memory: tt.memory}
		if got := f.environment(133, oneCPU); !slices.Equal(got, tt.want) {
			t.Errorf("with %d: %q; expected %q", tt.memory, got, tt.want)
		}
	}
}
