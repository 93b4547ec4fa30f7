package emulator_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
)

func d(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// A payout with every end, from init to the last item.
func TestLife(t *testing.T) {
	a := open(t, emulator.WithBalance(d("1000.00")), emulator.WithCommission(d("0.50")))
	a.SetOutcome("chosen", emulator.ItemFailed)
	a.SetOutcome("paid after all", emulator.ItemSuccess)
	id := a.init("p",
		pay("paid", "100.25"),
		payTo("failed", emulator.RecipientFails.MemberID(), "10"),
		payTo("returned", emulator.RecipientReturns.MemberID(), "20"),
		payTo("kept", emulator.RecipientKeepsMoney.MemberID(), "30"),
		pay("invalid", "0"),
		pay("chosen", "40"),
		payTo("paid after all", emulator.RecipientFails.MemberID(), "50"))
	equal(t, "before auth", a.items(id), "INIT paid:INIT failed:INIT returned:INIT kept:INIT invalid:INVALID chosen:INIT paid after all:INIT")
	equal(t, "balance", a.balance(), "1000.00")

	a.auth(id)
	equal(t, "after auth", a.items(id), "PUBLISHED_TO_QUEUE paid:QUEUED failed:QUEUED returned:QUEUED kept:QUEUED invalid:INVALID chosen:QUEUED paid after all:QUEUED")
	equal(t, "reserved", a.balance(), "746.75") // 250.25 and six commissions

	a.clock.Advance(time.Minute - 1)
	equal(t, "a moment before", a.items(id)[:18], "PUBLISHED_TO_QUEUE")
	a.clock.Advance(1)
	equal(t, "a stage later", a.items(id), "IN_PROGRESS paid:PROCESSING failed:PROCESSING returned:PROCESSING kept:PROCESSING invalid:INVALID chosen:PROCESSING paid after all:PROCESSING")
	equal(t, "still reserved", a.balance(), "746.75")
	equal(t, "nothing has left", ledger(a), "")

	a.clock.Advance(time.Minute)
	equal(t, "the end", a.items(id), "COMPLETED paid:SUCCESS failed:FAILED returned:DEPOSIT_SUCCESS kept:DEPOSIT_FAIL invalid:INVALID chosen:FAILED paid after all:SUCCESS")
	equal(t, "what was returned is back", a.balance(), "767.25") // but for all amounts except 20, and five commissions
	equal(t, "account", whereMoneyIs(a, "TRY"), "total 1000 balance 767.25 reserved 0 sent 151.25 unsettled 51 stuck 30.5 back 20.5")
	equal(t, "ledger", ledger(a), "paid 100.25+0.50 TRY SUCCESS, returned 20+0.50 TRY DEPOSIT_SUCCESS, kept 30+0.50 TRY DEPOSIT_FAIL, paid after all 50+0.50 TRY SUCCESS")
	equal(t, "paid", fmt.Sprint(a.Paid()), "map[paid:1 paid after all:1]")

	response := a.post("retrieve", `{"requestId":"`+id+`","page":0,"size":100}`)
	for _, want := range []string{
		`"totalAmount":250.25,"totalSuccessfulAmount":150.25,"totalCommissionAmount":3.00,`,
		`"completedDate":"2025-09-30T11:34:50.716Z"`,
		`"errorMessage":"the payment failed, the amount could not be returned"`,
	} {
		if !strings.Contains(response, want) {
			t.Errorf("no %s in %s", want, response)
		}
	}

	a.clock.Advance(time.Hour)
	a.SetOutcome("paid", emulator.ItemFailed)
	equal(t, "an end is an end", a.balance(), "767.25")
	equal(t, "and stays", a.items(id)[:22], "COMPLETED paid:SUCCESS")
}

// One jump of the clock over both stages does the same.
func TestLifeInOneJump(t *testing.T) {
	a := open(t)
	id := a.init("p", pay("l", "1"))
	a.auth(id)
	a.clock.Advance(time.Hour)
	a.SetOutcome("l", emulator.ItemFailed) // too late, although nobody has looked
	equal(t, "end", a.items(id), "COMPLETED l:SUCCESS")
	if at := a.Ledger()[0].At; !at.Equal(start.Add(2 * time.Minute)) {
		t.Errorf("it left at %s", at)
	}
}

func TestNoneIsPaid(t *testing.T) {
	a := open(t, emulator.WithStage(0))
	id := a.init("p", payTo("a", emulator.RecipientFails.MemberID(), "1"), payTo("b", emulator.RecipientKeepsMoney.MemberID(), "1"))
	a.auth(id)
	equal(t, "account", whereMoneyIs(a, "TRY"), "total 1000000000 balance 999999998 reserved 0 sent 0 unsettled 1 stuck 1 back 0")
	equal(t, "end", a.items(id), "FAIL a:FAILED b:DEPOSIT_FAIL")
	equal(t, "paid", fmt.Sprint(a.Paid()), "map[]")
}

func TestItemsThatDoNotEnd(t *testing.T) {
	a := open(t, emulator.WithBalance(d("10")))
	id := a.init("p", pay("paid", "1"),
		payTo("never", emulator.RecipientNeverEnds.MemberID(), "2"),
		payTo("unknown", emulator.RecipientUnknownState.MemberID(), "3"))
	a.auth(id)
	a.clock.Advance(time.Hour)
	equal(t, "an hour later", a.items(id), "IN_PROGRESS paid:SUCCESS never:PROCESSING unknown:UNDER_REVIEW")
	equal(t, "balance", a.balance(), "4")

	a.SetOutcome("never", emulator.ItemSuccess)
	a.SetOutcome("unknown", emulator.ItemFailed)
	equal(t, "ended by the test", a.items(id), "COMPLETED paid:SUCCESS never:SUCCESS unknown:FAILED")
	equal(t, "account", whereMoneyIs(a, "TRY"), "total 10 balance 4 reserved 0 sent 3 unsettled 3 stuck 0 back 0")
	equal(t, "ledger", ledger(a), "paid 1+0 TRY SUCCESS, never 2+0 TRY SUCCESS")

	a.SetOutcome("unknown", emulator.ItemDepositSuccess)
	equal(t, "settled by the test", a.items(id), "COMPLETED paid:SUCCESS never:SUCCESS unknown:DEPOSIT_SUCCESS")
	equal(t, "account", whereMoneyIs(a, "TRY"), "total 10 balance 7 reserved 0 sent 3 unsettled 0 stuck 0 back 3")
}

// What reads FAILED may still come back, or not.
func TestFailedMaySettleLater(t *testing.T) {
	a := open(t, emulator.WithBalance(d("100")))
	id := a.init("p", payTo("stays", emulator.RecipientFails.MemberID(), "1"),
		payTo("returns", emulator.RecipientReturnsLater.MemberID(), "10"),
		payTo("keeps", emulator.RecipientKeepsLater.MemberID(), "20"),
		payTo("succeeds", emulator.RecipientSucceedsLater.MemberID(), "40"))
	a.auth(id)
	a.clock.Advance(2 * time.Minute)
	equal(t, "failed", a.items(id), "IN_PROGRESS stays:FAILED returns:FAILED keeps:FAILED succeeds:UNDER_REVIEW")
	equal(t, "account", whereMoneyIs(a, "TRY"), "total 100 balance 29 reserved 40 sent 0 unsettled 31 stuck 0 back 0")
	a.clock.Advance(time.Minute)
	equal(t, "settled", a.items(id), "COMPLETED stays:FAILED returns:DEPOSIT_SUCCESS keeps:DEPOSIT_FAIL succeeds:SUCCESS")
	equal(t, "account", whereMoneyIs(a, "TRY"), "total 100 balance 39 reserved 0 sent 40 unsettled 1 stuck 20 back 10")
	a.clock.Advance(time.Hour)
	equal(t, "forever", a.items(id)[:22], "COMPLETED stays:FAILED")
	a.SetOutcome("stays", emulator.ItemDepositFail)
	equal(t, "unless a test says so", a.items(id)[:28], "COMPLETED stays:DEPOSIT_FAIL")
}

func TestWithDeposit(t *testing.T) {
	a := open(t, emulator.WithDeposit(emulator.ItemDepositSuccess))
	id := a.init("p", payTo("l", emulator.RecipientFails.MemberID(), "1"), payTo("kept", emulator.RecipientKeepsLater.MemberID(), "1"))
	a.auth(id)
	a.clock.Advance(2 * time.Minute)
	equal(t, "failed", a.items(id), "FAIL l:FAILED kept:FAILED")
	a.clock.Advance(time.Minute)
	equal(t, "settled", a.items(id), "FAIL l:DEPOSIT_SUCCESS kept:DEPOSIT_FAIL")
}

func TestOutcomesOneAfterTheOther(t *testing.T) {
	a := open(t)
	a.SetOutcome("l", "ON_HOLD", emulator.ItemFailed, emulator.ItemDepositSuccess)
	a.SetOutcome("m", emulator.ItemFailed)
	a.SetOutcome("m")
	id := a.init("p", pay("l", "1"), pay("m", "1"))
	a.auth(id)
	a.clock.Advance(2 * time.Minute)
	for _, want := range []string{"IN_PROGRESS l:ON_HOLD m:SUCCESS", "COMPLETED l:FAILED m:SUCCESS", "COMPLETED l:DEPOSIT_SUCCESS m:SUCCESS"} {
		equal(t, "stage", a.items(id), want)
		a.clock.Advance(time.Minute)
	}
}

// An item that has a status to come takes up its new outcomes at the next stage, from the first one.
func TestOutcomeChangedOnTheWay(t *testing.T) {
	a := open(t, emulator.WithBalance(d("10")))
	id := a.init("p", payTo("l", emulator.RecipientReturnsLater.MemberID(), "1"))
	a.auth(id)
	a.clock.Advance(2 * time.Minute)
	equal(t, "failed", a.items(id), "FAIL l:FAILED")
	a.SetOutcome("l", emulator.ItemDepositFail)
	equal(t, "not at once", a.items(id), "FAIL l:FAILED")
	a.clock.Advance(time.Minute)
	equal(t, "a stage later", a.items(id), "FAIL l:DEPOSIT_FAIL")
	a.clock.Advance(time.Hour)
	equal(t, "account", whereMoneyIs(a, "TRY"), "total 10 balance 9 reserved 0 sent 0 unsettled 0 stuck 1 back 0")
	equal(t, "ledger", ledger(a), "l 1+0 TRY DEPOSIT_FAIL")
}

// What the page changes while payouts are under way.
func TestChangesOnTheWay(t *testing.T) {
	a := open(t)
	id := a.init("p", pay("l", "1"))
	a.auth(id)
	if err := a.SetStage(time.Hour); err != nil {
		t.Fatal(err)
	}
	a.clock.Advance(time.Minute)
	equal(t, "a longer stage", a.items(id), "PUBLISHED_TO_QUEUE l:QUEUED")
	a.AdvanceStage()
	equal(t, "one stage ahead", a.items(id), "IN_PROGRESS l:PROCESSING")
	a.SetStage(time.Second)
	equal(t, "a shorter stage", a.items(id), "COMPLETED l:SUCCESS")
	equal(t, "when", fmt.Sprint(a.Ledger()[0].At.Sub(start)), "1h1m0s")

	before := a.Now()
	a.Advance(time.Hour)
	a.Advance(-time.Hour)
	equal(t, "the clock only goes ahead", fmt.Sprint(a.Now().Sub(before)), "1h0m0s")

	a.SetCommission(d("2.5"))
	a.SetBalance(d("10"))
	other := a.init("q", pay("m", "4"))
	a.auth(other)
	equal(t, "account", whereMoneyIs(a, "TRY"), "total 11 balance 3.5 reserved 6.5 sent 1 unsettled 0 stuck 0 back 0")
	for _, err := range []error{a.SetStage(-1), a.SetCommission(d("-1")), a.SetBalance(d("-1"))} {
		if err == nil || !strings.HasPrefix(err.Error(), "emulator: the ") || !strings.HasSuffix(err.Error(), " must not be negative") {
			t.Errorf("error %v", err)
		}
	}

	a.Inject(emulator.Fault{Kind: emulator.Cut})
	a.SetOutcome("r", emulator.ItemFailed)
	a.Reset()
	a.refused("retrieve", `{"requestId":"`+id+`","page":0,"size":1}`, "the mass payout was not found")
	equal(t, "account", whereMoneyIs(a, "TRY"), "total 1000000000 balance 1000000000 reserved 0 sent 0 unsettled 0 stuck 0 back 0")
	equal(t, "counts", fmt.Sprint(a.Calls(emulator.OpInit), a.Calls(emulator.OpRetrieve), len(a.Ledger()), len(a.Faults())), "0 1 0 0")
	equal(t, "settings", fmt.Sprint(a.Stage(), a.Commission()), "1m0s 0")
	again := a.init("p", pay("r", "1"))
	a.auth(again)
	a.clock.Advance(time.Hour)
	equal(t, "a new life", a.items(again), "COMPLETED r:SUCCESS")
}

func TestInsufficientBalance(t *testing.T) {
	a := open(t, emulator.WithBalance(d("100")), emulator.WithCommission(d("0.01")))
	enough := a.init("enough", pay("a", "99.99"))
	tooMuch := a.init("too much", pay("b", "100"))
	a.auth(tooMuch)
	equal(t, "one commission short", a.items(tooMuch), "INSUFFICIENT_BALANCE b:FAILED")
	equal(t, "balance", a.balance(), "100")
	a.auth(enough)
	equal(t, "balance", a.balance(), "0.00")

	a.SetBalance(d("500"))
	a.refused("auth", `{"requestId":"`+tooMuch+`"}`, "the mass payout is not in status INIT")
	a.clock.Advance(time.Hour)
	equal(t, "end", a.items(enough), "COMPLETED a:SUCCESS")
	equal(t, "never paid", a.items(tooMuch), "INSUFFICIENT_BALANCE b:FAILED")
	equal(t, "ledger", ledger(a), "a 99.99+0.01 TRY SUCCESS")
}

func TestCurrenciesAreApart(t *testing.T) {
	a := open(t, emulator.WithBalance(d("100")), emulator.WithStage(0))
	euro := func(item string) string { return strings.Replace(item, "TRY", "EUR", 1) }
	id := a.init("p", pay("a", "60"), euro(pay("b", "70")))
	a.auth(id)
	equal(t, "end", a.items(id), "COMPLETED a:SUCCESS b:SUCCESS")
	equal(t, "balances", fmt.Sprint(a.Balance("TRY"), a.Balance("EUR"), a.Balance("USD")), "40 30 100")
	response := a.post("retrieve", `{"requestId":"`+id+`","page":0,"size":1}`)
	if !strings.Contains(response, `"massPayout":{"externalId":"p","merchantId":1000001,"massPayoutStatus":"COMPLETED","receivedDate":`) {
		t.Error(response) // one currency and one total would say less than was paid
	}
	short := a.init("q", pay("c", "1"), euro(pay("d", "31")))
	a.auth(short)
	equal(t, "short of euros", a.items(short), "INSUFFICIENT_BALANCE c:FAILED d:FAILED")
	equal(t, "the lira stay", a.balance(), "40")
}

func TestOnlyOnceAndOnlyFromInit(t *testing.T) {
	const notInit = "the mass payout is not in status INIT"
	a := open(t)
	authorized := a.init("authorized", pay("a", "1"))
	a.auth(authorized)
	a.refused("auth", `{"requestId":"`+authorized+`"}`, notInit)
	a.refused("cancel/"+authorized, "", notInit)

	canceled := a.init("canceled", pay("b", "1"), pay("c", "0"))
	equal(t, "cancel", a.post("cancel/"+canceled, ""), `{"status":"success","locale":"en","systemTime":1759231970716}`)
	equal(t, "canceled", a.items(canceled), "CANCELED b:MASS_PAYOUT_CANCELED c:INVALID")
	if response := a.post("retrieve", `{"requestId":"`+canceled+`","page":0,"size":1}`); !strings.Contains(response, `"canceledDate":"2025-09-30T11:32:50.716Z"`) {
		t.Errorf("no canceledDate: %s", response)
	}
	a.refused("cancel/"+canceled, "", notInit)
	a.refused("auth", `{"requestId":"`+canceled+`"}`, notInit)

	invalid := a.init("invalid", pay("d", "0"))
	a.refused("auth", `{"requestId":"`+invalid+`"}`, "the mass payout has no valid item")

	a.clock.Advance(time.Hour)
	a.refused("auth", `{"requestId":"`+authorized+`"}`, notInit)
	equal(t, "paid", fmt.Sprint(a.Paid()), "map[a:1]")
}

func TestAuthAtOnce(t *testing.T) {
	a := open(t, emulator.WithStage(0))
	id := a.init("p", pay("l", "1"))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { a.call("POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"`+id+`"}`) })
	}
	wg.Wait()
	equal(t, "paid", fmt.Sprint(a.Paid()), "map[l:1]")
}

// Two payouts with the same item pay it twice, and the ledger says so.
func TestLedgerShowsWhoWasPaidTwice(t *testing.T) {
	a := open(t, emulator.WithStage(0))
	a.auth(a.init("p", pay("l", "1")))
	a.auth(a.init("q", pay("l", "1")))
	equal(t, "paid", fmt.Sprint(a.Paid()), "map[l:2]")
	equal(t, "payouts", a.Ledger()[0].ExternalID+a.Ledger()[1].ExternalID, "pq")
}

func (a *account) balance() string {
	a.t.Helper()
	_, response := a.call("GET", "/v1/mass/payout/balance?locale=en", "")
	_, balance, _ := strings.Cut(response, `"balance":`)
	return strings.TrimSuffix(balance, "}")
}

func (a *account) refused(operation, body, message string) {
	a.t.Helper()
	status, response := a.call("POST", "/v1/mass/payout/"+operation+"?locale=en", body)
	if status != 400 || field(a.t, response, "errorMessage") != "Invalid request: "+message {
		a.t.Errorf("%s: %d %s", operation, status, response)
	}
}

// whereMoneyIs shows where the merchant's money in a currency is, and checks that none is lost.
func whereMoneyIs(a *account, currency string) string {
	a.t.Helper()
	for _, acc := range a.Accounts() {
		if acc.Currency != currency {
			continue
		}
		if sum := decimal.Sum(acc.Balance, acc.Reserved, acc.Sent, acc.Unsettled, acc.Stuck); !sum.Equal(acc.Total) {
			a.t.Errorf("%s: %s of %s", currency, sum, acc.Total)
		}
		return fmt.Sprintf("total %s balance %s reserved %s sent %s unsettled %s stuck %s back %s",
			acc.Total, acc.Balance, acc.Reserved, acc.Sent, acc.Unsettled, acc.Stuck, acc.Back)
	}
	a.t.Fatalf("no account in %s", currency)
	return ""
}

func ledger(a *account) string {
	var list []string
	for _, l := range a.Ledger() {
		list = append(list, fmt.Sprintf("%s %s+%s %s %s", l.ItemExternalID, l.Amount, l.Commission.StringFixed(max(0, -l.Commission.Exponent())), l.Currency, l.Outcome))
	}
	return strings.Join(list, ", ")
}
