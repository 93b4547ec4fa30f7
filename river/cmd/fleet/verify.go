//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/river/payoutjob"
)

// counter counts requests per payout, on their way to the emulator.
type counter struct {
	next http.Handler

	mu       sync.Mutex
	byName   map[string]int // requests that name a payout, by the name that they use
	balances int            // requests that name none
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var named struct{ RequestID, ExternalID, ExternalMassPayoutID string }
	_ = json.Unmarshal(body, &named) // balance has no body
	c.mu.Lock()
	if c.byName == nil {
		c.byName = map[string]int{}
	}
	switch name := named.RequestID + named.ExternalID; {
	case path.Base(r.URL.Path) == "balance":
		c.balances++
	case name != "":
		c.byName[name]++
	default:
		c.byName[named.ExternalMassPayoutID]++
	}
	c.mu.Unlock()
	c.next.ServeHTTP(w, r)
}

func (c *counter) requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.balances
	for _, n := range c.byName {
		all += n
	}
	return all
}

// verify compares the emulator's ledger with the database.
func (f *fleet) verify(ctx context.Context) error {
	took := time.Since(f.begun)
	var wrong []error
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }

	transfers := map[string][]emulator.Transfer{}
	left := decimal.Zero // what left the balance for good
	paid := decimal.Zero
	for _, t := range f.emu.Ledger() {
		transfers[t.ItemExternalID] = append(transfers[t.ItemExternalID], t)
		switch gen.ItemStatus(t.Outcome) {
		case gen.ItemStatusSuccess:
			paid = paid.Add(t.Amount)
			left = left.Add(t.Amount)
		case gen.ItemStatusDepositFail:
			left = left.Add(t.Amount)
		}
	}
	if got := f.emu.Balance("TRY"); !got.Equal(balance.Sub(left)) {
		complain("the balance is %s, expected %s", got, balance.Sub(left))
	}
	seen, items := map[gen.ItemStatus]int{}, 0
	pages, allowed, most := (f.items+f.page-1)/f.page, 0, 0
	requests := 0
	for number := range f.payouts {
		request := newRequest(number, f.items)
		result, err := f.queue.Result(ctx, request.ExternalID)
		if err != nil {
			return err
		}
		rows, err := f.queue.Payouts(ctx, request.ExternalID)
		if err != nil {
			return err
		}
		if !result.Ended || len(rows) != 1 || len(result.Items()) != len(request.Items) {
			complain("%s has not ended with all its items: %+v", request.ExternalID, rows)
			continue
		}
		for i, item := range result.Items() {
			items++
			seen[item.Status]++
			asked := request.Items[i]
			if item.ItemExternalID != asked.ItemExternalID || !item.Amount.Value.Equal(asked.Amount.Value) {
				complain("the result has %s where %q, %s was asked", item, asked.ItemExternalID, asked.Amount)
			}
			moved := transfers[item.ItemExternalID]
			refused := asked.RecipientInfo == emulator.RecipientBlocked.MemberID()
			switch {
			case refused != (item.Status == gen.ItemStatusInvalid):
				complain("%s, but refused: %v", item, refused)
			case refused && len(moved) > 0:
				complain("%s was refused and paid", item)
			case !refused && (len(moved) != 1 || gen.ItemStatus(moved[0].Outcome) != item.Status || !moved[0].Amount.Equal(asked.Amount.Value) ||
				moved[0].ExternalID != request.ExternalID):
				complain("%s has the transfers %+v", item, moved)
			}
			delete(transfers, item.ItemExternalID)
		}
		requestID := result.Results[0].RequestID
		n := f.counter.byName[request.ExternalID] + f.counter.byName[string(requestID)] - rows[0].Looks
		requests += n
		allowed += (2*pages + 15) * (1 + f.interrupted(ctx, request.ExternalID))
		most = max(most, n)
	}
	for id, more := range transfers {
		complain("%s is in no payout, and was transferred: %+v", id, more)
	}
	database, err := f.queue.Tallies(ctx, "")
	if err != nil {
		return err
	}
	if got := database.Totals(gen.FundsWithRecipient)[gen.CurrencyTRY]; !got.Equal(paid) {
		complain("the database says that %s TRY were paid, the ledger %s", got, paid)
	}
	if requests+f.counter.balances > allowed {
		complain("%d requests beside the looks, at most %d are allowed", requests+f.counter.balances, allowed)
	}
	if f.kills > 0 && (f.killed < f.kills || f.froze == 0 || f.redeployed == 0) {
		complain("it was over before all workers were disturbed: take more payouts, or a longer -stage")
	}
	fmt.Fprintf(f.out, "\n%d payouts, %d items, in %.1fs; %d workers, %d kills, %d frozen for %v, %d redeployed\n",
		f.payouts, items, took.Seconds(), f.workers, f.killed, f.froze, rescue+idle, f.redeployed)
	fmt.Fprintf(f.out, "ledger: %d SUCCESS of %s TRY, each once; database: %s\n", seen[gen.ItemStatusSuccess], paid.StringFixed(2), database)
	fmt.Fprintf(f.out, "requests beside the looks: %.1f a payout with its look at the balance, %d at most without, for %d pages (2 x %d + 15 = %d, more where a worker died)\n",
		float64(requests+f.counter.balances)/float64(f.payouts), most, pages, pages, 2*pages+15)
	fmt.Fprintf(f.out, "memory: at most %d MiB a worker\n", f.peak())
	if len(wrong) > 10 {
		wrong = append(wrong[:10], fmt.Errorf("and %d more", len(wrong)-10))
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	fmt.Fprintln(f.out, "every kuruş agrees")
	return nil
}

// interrupted returns how many runs of the payout's job did not come to their end.
func (f *fleet) interrupted(ctx context.Context, externalID string) (runs int) {
	_ = f.pool.QueryRow(ctx, "SELECT coalesce(max(attempt) - 1, 0) FROM river_job WHERE kind = $1 AND args->>'externalId' = $2",
		payoutjob.Kind, externalID).Scan(&runs)
	return runs
}
