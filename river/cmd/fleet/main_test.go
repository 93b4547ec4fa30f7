//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
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
