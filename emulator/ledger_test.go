package emulator_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
)

// Whatever happens in whatever order, the ledger adds up after every step, nothing is negative, and no item ends twice.
func TestLedgerAddsUpInAnyOrder(t *testing.T) {
	// Of the first sixty, 25 alone sees a commission that is forgotten.
	seeds := []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 25}
	switch {
	case testing.Short():
		seeds = []uint64{0, 1, 25}
	case os.Getenv("MASSPAYOUT_SOAK") != "":
		for seed := range uint64(2_000) {
			seeds = append(seeds, 100+seed)
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			opts := []emulator.Option{emulator.WithBalance(d("400")), emulator.WithCommission(d("0.35"))}
			if seed%3 == 0 {
				opts = append(opts, emulator.WithDeposit(emulator.ItemDepositFail))
			}
			if seed%5 == 0 {
				opts = append(opts, emulator.WithStage(0))
			}
			r := &randomRun{account: open(t, opts...), Rand: rand.New(rand.NewPCG(seed, 1))}
			for range 120 {
				what := r.step()
				r.check(what)
				if t.Failed() {
					return
				}
			}
			// Whatever is still under way can be settled.
			for _, id := range r.items {
				r.SetOutcome(id, emulator.ItemSuccess)
			}
			r.ClearFaults()
			r.Advance(24 * time.Hour)
			r.check("the end")
			for _, a := range r.Accounts() {
				if !a.Reserved.IsZero() || !a.Unsettled.IsZero() {
					t.Errorf("%s: reserved %s and unsettled %s are left", a.Currency, a.Reserved, a.Unsettled)
				}
			}
		})
	}
}

type randomRun struct {
	*account
	*rand.Rand
	payouts, items []string // requestIds and itemExternalIds
}

// step does anything, and says what.
func (r *randomRun) step() string {
	statuses := []emulator.ItemStatus{emulator.ItemSuccess, emulator.ItemFailed, emulator.ItemDepositSuccess,
		emulator.ItemDepositFail, emulator.ItemProcessing, emulator.ItemQueued, emulator.ItemInit, emulator.ItemInvalid,
		emulator.ItemCanceled, "UNDER_REVIEW"}
	switch n := r.IntN(10); {
	case n < 2:
		id := fmt.Sprint("p", r.Int64())
		var items []string
		for range 1 + r.IntN(4) {
			item := fmt.Sprint("i", r.IntN(30)) // the same one in several payouts, too
			if strings.Contains(strings.Join(items, ""), `"`+item+`"`) {
				continue
			}
			member := fmt.Sprint("99900", 8001+r.IntN(12)) // of the test recipients, most of them after auth
			text := payTo(item, member, fmt.Sprint(r.IntN(60), ".", 10+r.IntN(90)))
			items = append(items, strings.Replace(text, "TRY", []string{"TRY", "TRY", "USD"}[r.IntN(3)], 1))
			r.items = append(r.items, item)
		}
		if requestID := uuid.FindString(r.send("init", payout(id, items...))); requestID != "" {
			r.payouts = append(r.payouts, requestID)
		}
		return "init"
	case n < 4 && len(r.payouts) > 0:
		id := r.payouts[r.IntN(len(r.payouts))]
		if r.IntN(6) == 0 {
			r.send("cancel/"+id, "")
			return "cancel"
		}
		r.send("auth", `{"requestId":"`+id+`"}`)
		return "auth"
	case n < 6 && len(r.items) > 0:
		var path []emulator.ItemStatus
		for range r.IntN(4) {
			path = append(path, statuses[r.IntN(len(statuses))])
		}
		item := r.items[r.IntN(len(r.items))]
		r.SetOutcome(item, path...)
		return fmt.Sprint("outcome of ", item, " ", path)
	case n < 8:
		d := time.Duration(r.IntN(150)) * time.Second
		r.Advance(d)
		return fmt.Sprint("advance ", d)
	case n == 8:
		kinds := emulator.Kinds()
		f := emulator.Fault{Kind: kinds[r.IntN(len(kinds))], AfterEffect: r.IntN(2) == 0, Skip: r.IntN(2), Size: 10,
			Lag: time.Duration(r.IntN(100)) * time.Second, Delay: 1}
		if r.IntN(2) == 0 {
			f.Operation = emulator.OpAuth
		}
		r.Inject(f)
		return "fault " + f.Kind.String()
	}
	switch r.IntN(3) {
	case 0:
		r.SetBalance(decimal.New(r.Int64N(60000), -2))
		return "balance"
	case 1:
		r.SetCommission(decimal.New(r.Int64N(100), -2))
		return "commission"
	}
	r.SetStage(time.Duration(r.IntN(90)) * time.Second)
	return "stage"
}

// send sends a request that may meet any fault, and returns what came.
func (r *randomRun) send(operation, body string) string {
	req := r.request("POST", "/v1/mass/payout/"+operation+"?locale=en", body)
	resp, err := r.Client().Transport.RoundTrip(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return string(text)
}

func (r *randomRun) check(after string) {
	r.t.Helper()
	ends := map[string]map[emulator.ItemStatus]decimal.Decimal{}
	seen := map[string]bool{}
	for _, transfer := range r.Ledger() {
		if seen[transfer.ReferenceCode] {
			r.t.Errorf("after %s: %s ended twice", after, transfer.ItemExternalID)
		}
		seen[transfer.ReferenceCode] = true
		if ends[transfer.Currency] == nil {
			ends[transfer.Currency] = map[emulator.ItemStatus]decimal.Decimal{}
		}
		sums := ends[transfer.Currency]
		sums[transfer.Outcome] = decimal.Sum(sums[transfer.Outcome], transfer.Amount, transfer.Commission)
	}
	for _, a := range r.Accounts() {
		if sum := decimal.Sum(a.Balance, a.Reserved, a.Sent, a.Unsettled, a.Stuck); !sum.Equal(a.Total) {
			r.t.Errorf("after %s: %s adds up to %s, not %s: %+v", after, a.Currency, sum, a.Total, a)
		}
		for _, amount := range []decimal.Decimal{a.Total, a.Balance, a.Reserved, a.Sent, a.Unsettled, a.Stuck, a.Back} {
			if amount.IsNegative() {
				r.t.Errorf("after %s: negative: %+v", after, a)
			}
		}
		of := ends[a.Currency]
		if !a.Sent.Equal(of[emulator.ItemSuccess]) || !a.Stuck.Equal(of[emulator.ItemDepositFail]) ||
			!a.Back.Equal(of[emulator.ItemDepositSuccess]) {
			r.t.Errorf("after %s: %s: the ledger has %v, the account %+v", after, a.Currency, of, a)
		}
	}
}
