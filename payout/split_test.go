package payout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

// people is n items of 1 lira.
func people(n int) []gen.MassPayoutItem {
	items := make([]gen.MassPayoutItem, n)
	for i := range items {
		items[i] = item(fmt.Sprintf("emp-%d", i), "1")
	}
	return items
}

// parts is the externalId and the number of items of each part.
func parts(list []gen.MassPayoutInitializeRequest) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = fmt.Sprintf("%s: %d", list[i].ExternalID, len(list[i].Items))
	}
	return strings.Join(texts, ", ")
}

// Golden values: a part that was begun must be known again by every later version.
func TestSplit(t *testing.T) {
	InTurn(t)
	one := len(encode(request("p", people(1)...)))
	for _, tt := range []struct {
		name  string
		items int
		limit PartLimit
		want  string
	}{
		{"small enough", 5, PartLimit{}, "p: 5"},
		{"exactly the limit", 4, PartLimit{Items: 4}, "p: 4"},
		{"one more", 5, PartLimit{Items: 4}, "p: 4, p-part2-270ff1ad: 1"},
		{"three parts", 6, PartLimit{Items: 2}, "p: 2, p-part2-270ff1ad: 2, p-part3-a331e017: 2"},
		{"the default", 10_001, PartLimit{}, "p: 10000, p-part2-270ff1ad: 1"},
		{"bytes for one, and no name", 2, PartLimit{Bytes: one + len("-part2-270ff1ad")}, "p: 1, p-part2-270ff1ad: 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := request("p", people(tt.items)...)
			got, err := Split(r, tt.limit)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "parts", parts(got), tt.want)
			var joined []gen.MassPayoutItem
			for _, part := range got {
				joined = append(joined, part.Items...)
				if part.Purpose != r.Purpose {
					t.Errorf("%s has purpose %q", part.ExternalID, part.Purpose)
				}
			}
			if !slices.Equal(joined, r.Items) {
				t.Error("the parts' items are not the request's")
			}
			again, err := Split(r, tt.limit)
			if err != nil || parts(again) != parts(got) {
				t.Errorf("again: %s, %v", parts(again), err)
			}
		})
	}
}

// A part is never larger than the limit, as json.Marshal measures it, and one more item would not fit.
func TestSplitByBytes(t *testing.T) {
	InTurn(t)
	items := people(50)
	for i := range items {
		items[i].Description = "d" + strings.Repeat("<ş", i) // of which a byte becomes six
	}
	for limit := 1000; limit < 3000; limit += 61 {
		list, err := Split(request("p", items...), PartLimit{Bytes: limit})
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range list {
			if size := len(encode(part)); size > limit {
				t.Errorf("limit %d: %s has %d bytes", limit, part.ExternalID, size)
			}
			if i+1 < len(list) {
				part.Items = append(slices.Clone(part.Items), list[i+1].Items[0])
				if size := len(encode(part)); size <= limit {
					t.Errorf("limit %d: %s could have an item more: %d bytes", limit, part.ExternalID, size)
				}
			}
		}
	}
}

// Nobody else's payout is called as a part by accident, and no two parts of anything alike.
func TestSplitNames(t *testing.T) {
	seen := map[string]string{}
	for _, id := range []string{"p", "p-part2", "p-part2-270ff1ad", "p-", "P", "p 2", "maaş"} {
		for n := range 200 {
			name := partName(id, n+1)
			if other, ok := seen[name]; ok && name != id {
				t.Errorf("%s part %d and %s are both called %s", id, n+1, other, name)
			}
			seen[name] = fmt.Sprintf("%s part %d", id, n+1)
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	large := item("large", "1")
	large.Description = strings.Repeat("x", 1000)
	twice := append(people(3), item("emp-0", "1"))
	for _, tt := range []struct {
		name    string
		request gen.MassPayoutInitializeRequest
		limit   PartLimit
		want    string
	}{
		{"no items", request("p"), PartLimit{}, "gen: invalid payout: 1 problem: items: must have at least one item"},
		{"one itemExternalId in two parts", request("p", twice...), PartLimit{Items: 2}, "gen: invalid payout: 1 problem: " +
			`items[3] (itemExternalId "emp-0"): itemExternalId: must be unique; items[0] has the same one`},
		{"negative items", request("p", people(1)...), PartLimit{Items: -1}, "payout: PartLimit: expected bounds of at least 0, got -1 items, 0 bytes"},
		{"negative bytes", request("p", people(1)...), PartLimit{Bytes: -1}, "payout: PartLimit: expected bounds of at least 0, got 0 items, -1 bytes"},
		{"an item that fits into no part", request("p", item("a", "1"), large), PartLimit{Bytes: 500},
			`payout: items[1] (itemExternalId "large"): a payout of this item alone has 1198 bytes, more than the 500 that a part may have`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := Split(tt.request, tt.limit)
			if list != nil || err == nil || err.Error() != tt.want {
				t.Errorf("Split returned %s and the error\n%v\nwant\n%s", parts(list), err, tt.want)
			}
		})
	}
}

// resultOf is the result of a part, all of whose items have a status.
func resultOf(part gen.MassPayoutInitializeRequest, status gen.PayoutStatus, items gen.ItemStatus) *Result {
	r := newResult(&part, Digest(part), Ref{ExternalID: part.ExternalID, RequestID: "r-" + gen.RequestID(part.ExternalID)})
	r.Status, r.OnlyOne = status, true
	for i := range r.Items {
		r.Items[i].Status = items
	}
	return r
}

func TestCombine(t *testing.T) {
	r := request("p", people(5)...)
	list, err := Split(r, PartLimit{Items: 2})
	if err != nil {
		t.Fatal(err)
	}
	paid := func(part int) *Result { return resultOf(list[part], gen.PayoutStatusSuccess, gen.ItemStatusSuccess) }
	first, third := paid(0), paid(2)
	first.TakenAt, third.TakenAt = time.Unix(20, 0), time.Unix(10, 0)

	whole, err := Combine(r, []*Result{third, paid(1), first}) // in any order
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "statuses", statuses(whole), "emp-0:SUCCESS emp-1:SUCCESS emp-2:SUCCESS emp-3:SUCCESS emp-4:SUCCESS")
	equal(t, "whole", whole, `payout "p": SUCCESS: 5 SUCCESS 5 TRY`)
	if !whole.AllPaid() || !whole.OnlyOne || whole.Digest != Digest(r) {
		t.Errorf("all paid: %v, only one: %v, digest %s", whole.AllPaid(), whole.OnlyOne, whole.Digest)
	}

	whole, err = Combine(r, []*Result{first, nil, third})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "a part is missing", statuses(whole), "emp-0:SUCCESS emp-1:SUCCESS emp-2: emp-3: emp-4:SUCCESS")
	if whole.AllPaid() || whole.OnlyOne || whole.Status != "" {
		t.Errorf("all paid: %v, only one: %v, status %q", whole.AllPaid(), whole.OnlyOne, whole.Status)
	}

	whole, err = Combine(r, []*Result{first, resultOf(list[1], gen.PayoutStatusInProgress, gen.ItemStatusInit), third})
	if err != nil || whole.Status != "" {
		t.Errorf("two statuses: %q, %v", whole.Status, err)
	}
}

// What may be paid again of the parts may be paid again of the whole, and nothing else.
func TestCombineToPayAgain(t *testing.T) {
	r := request("p", people(6)...)
	list, err := Split(r, PartLimit{Items: 2})
	if err != nil {
		t.Fatal(err)
	}
	canceled := func(part int, unauthorized bool) *Result {
		result := resultOf(list[part], gen.PayoutStatusCanceled, gen.ItemStatusMassPayoutCanceled)
		result.CanceledUnauthorized = unauthorized
		return result
	}
	back := resultOf(list[2], gen.PayoutStatusCompleted, gen.ItemStatusDepositSuccess)
	for _, tt := range []struct {
		name  string
		parts []*Result
		again int
	}{
		{"canceled before any auth, canceled before any auth, came back", []*Result{canceled(0, true), canceled(1, true), back}, 6},
		{"canceled before any auth, canceled after one, came back", []*Result{canceled(0, true), canceled(1, false), back}, 2},
		{"canceled before any auth, not begun, not begun", []*Result{canceled(0, true), nil, nil}, 2},
		{"not begun, not begun, came back", []*Result{nil, nil, back}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			whole, err := Combine(r, tt.parts)
			if err != nil {
				t.Fatal(err)
			}
			again, not, err := whole.PayAgain(r, "q")
			if err != nil || len(again.Items) != tt.again || len(not) != 6-tt.again {
				t.Errorf("PayAgain returned %d items, and %d not to be paid again, %v; want %d items", len(again.Items), len(not), err, tt.again)
			}
		})
	}
}

func TestCombineRefuses(t *testing.T) {
	r := request("p", people(4)...)
	list, err := Split(r, PartLimit{Items: 2})
	if err != nil {
		t.Fatal(err)
	}
	result := func(part int) *Result { return resultOf(list[part], gen.PayoutStatusSuccess, gen.ItemStatusSuccess) }
	stranger := result(1)
	stranger.Items[0].ItemExternalID = "stranger"
	other := result(1)
	other.Items[1].Amount.Value = decimal.NewFromInt(2)
	dollars := result(1)
	dollars.Items[1].Amount.Currency = gen.CurrencyUSD
	for _, tt := range []struct {
		parts []*Result
		want  string
	}{
		{[]*Result{result(0), stranger}, `payout: another payout: the result of "p-part2-270ff1ad" has item "stranger", which the request does not have`},
		{[]*Result{result(0), result(0)}, `payout: another payout: the result of "p" has item "emp-0", which another result has, too`},
		{[]*Result{other}, `payout: another payout: the result of "p-part2-270ff1ad" has item "emp-3", of which the request has another amount`},
		{[]*Result{dollars}, `payout: another payout: the result of "p-part2-270ff1ad" has item "emp-3", of which the request has another amount`},
	} {
		if whole, err := Combine(r, tt.parts); whole != nil || !errors.Is(err, ErrOtherPayout) || err.Error() != tt.want {
			t.Errorf("Combine returned %v and the error\n%v\nwant\n%s", whole, err, tt.want)
		}
	}
}

// Splitting 100,000 items costs time and memory in proportion: no copy of the items is kept.
func BenchmarkSplit(b *testing.B) {
	r := request("p", people(100_000)...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Split(r, PartLimit{}); err != nil {
			b.Fatal(err)
		}
	}
}

// stores are those of the parts of a split.
type stores map[string]*memory

func (s stores) of(externalID string) (Store, error) {
	if s[externalID] == nil {
		s[externalID] = &memory{}
	}
	return s[externalID], nil
}

// All parts are stored before any is authorized, one confirmation is asked for all, and everybody is paid once.
func TestPaySplit(t *testing.T) {
	inBubble(t, func(a *account) {
		r, stores := request("p", people(5)...), stores{}
		asked := 0
		confirm := WithConfirm(func(_ context.Context, whole *Result) error {
			asked++
			equal(t, "what is confirmed", statuses(whole), "emp-0:INIT emp-1:INIT emp-2:INIT emp-3:INIT emp-4:INIT")
			equal(t, "what it takes", whole.Need(), "5 TRY")
			equal(t, "calls before the confirmation", a.calls(), "init 3, auth 0, cancel 0")
			if whole.Balance == nil {
				t.Error("no balance")
			}
			return nil
		})
		result, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores.of, confirm)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "whole", result, `payout "p": COMPLETED: 5 SUCCESS 5 TRY`)
		equal(t, "asked", asked, 1)
		equal(t, "calls", a.calls(), "init 3, auth 3, cancel 0")
		for id, n := range a.Paid() {
			equal(t, id, n, 1)
		}
		before := a.count()
		again, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores.of, confirm)
		if err != nil || !again.AllPaid() {
			t.Errorf("again: %v, %v", again, err)
		}
		equal(t, "requests of a payout that has ended", a.count()-before, 0)
	})
}

// What keeps one part from being paid keeps all of them from it: no money moves, and the error says which part it was.
func TestPaySplitStopsBeforeAnyIsPaid(t *testing.T) {
	blocked := item("emp-3", "1")
	blocked.RecipientInfo = emulator.RecipientBlocked.MemberID()
	errNo := errors.New("no")
	for _, tt := range []struct {
		name    string
		last    gen.MassPayoutItem
		balance int64
		confirm error
		kind    error
		want    string
	}{
		{"a refused item in the last part", blocked, 100, nil, nil, `part 2 of 2: iyzico refused 1 of 2 items: "emp-3"`},
		{"a balance that suffices for each part, and not for all", item("emp-3", "1"), 3, nil, nil,
			"the balance is too small: 4 TRY needed, 3 TRY available"},
		{"not confirmed", item("emp-3", "1"), 100, errNo, errNo, "not confirmed: no"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(a *account) {
				r := request("p", append(people(3), tt.last)...)
				confirm := WithConfirm(func(context.Context, *Result) error { return tt.confirm })
				result, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores{}.of, confirm)
				if err == nil || !strings.Contains(err.Error(), tt.want) || tt.kind != nil && !errors.Is(err, tt.kind) {
					t.Errorf("error %v, want %s", err, tt.want)
				}
				wantStop(t, err, false, false)
				equal(t, "calls", a.calls(), "init 2, auth 0, cancel 0")
				if len(result.Items) != 4 {
					t.Errorf("%d items in the result", len(result.Items))
				}
			}, emulator.WithBalance(decimal.NewFromInt(tt.balance)))
		})
	}
}

// A part of which nothing can be paid does not keep the others from it, where refused items are allowed.
func TestPaySplitWithARefusedPart(t *testing.T) {
	inBubble(t, func(a *account) {
		r, stores := request("p", people(5)...), stores{}
		for _, i := range []int{2, 3} {
			r.Items[i].RecipientInfo = emulator.RecipientBlocked.MemberID()
		}
		for range 2 { // and calling again changes nothing
			result, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores.of, WithRefusedItems())
			var refused *RefusedItemsError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), "part 2 of 3: ") {
				t.Errorf("error %v", err)
			}
			equal(t, "statuses", statuses(result), "emp-0:SUCCESS emp-1:SUCCESS emp-2:INVALID emp-3:INVALID emp-4:SUCCESS")
			equal(t, "calls", a.calls(), "init 3, auth 2, cancel 0")
			again, _, err := result.PayAgain(r, "q")
			if err != nil || len(again.Items) != 2 {
				t.Errorf("PayAgain returned %d items, %v", len(again.Items), err)
			}
		}
	})
}

// A run that ends at any request is continued by the next: everybody is paid once, whichever part was under way.
func TestPaySplitIsContinued(t *testing.T) {
	step := 4
	switch {
	case os.Getenv("MASSPAYOUT_SOAK") != "":
		step = 1
	case testing.Short():
		step = 32
	}
	for ends := 1; ; ends += step {
		done := false
		inBubble(t, func(a *account) {
			r, stores := request("p", people(5)...), stores{}
			ctx, cancel := context.WithCancel(a.t.Context())
			defer cancel()
			requests := 0
			a.wire.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
				if requests++; requests == ends {
					cancel()
				}
				return next.RoundTrip(r)
			}
			_, err := PaySplit(ctx, a.client, r, PartLimit{Items: 2}, stores.of)
			done = err == nil
			if errors.Is(err, context.Canceled) && a.count() >= ends {
				var stopped *Error
				if errors.As(err, &stopped) && !stopped.MoneyMayHaveMoved && strings.Contains(a.calls(), "auth 1") {
					t.Errorf("ended at request %d: no money can have moved, it says: %s", ends, a.calls())
				}
			}
			result, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores.of)
			if err != nil || !result.AllPaid() {
				t.Fatalf("ended at request %d: %v, %v", ends, result, err)
			}
			for id, n := range a.Paid() {
				equal(t, id, n, 1)
			}
			equal(t, "stored and authorized", fmt.Sprint(a.Calls(emulator.OpInit), a.Calls(emulator.OpAuth)), "3 3")
		})
		if done || t.Failed() {
			break
		}
	}
}

// A list that was begun in another way meets its own state, or its own payout at iyzico: nobody is paid in two parts.
func TestSplitOtherwise(t *testing.T) {
	limits := []PartLimit{{}, {Items: 2}, {Items: 3}, {Items: 4}}
	r := request("p", people(5)...)
	longer := request("p", append([]gen.MassPayoutItem{item("new", "1")}, people(5)...)...)
	for i, first := range limits {
		for j, second := range limits {
			if i == j {
				continue
			}
			t.Run(fmt.Sprintf("by %d, then by %d", first.Items, second.Items), func(t *testing.T) {
				OneOfMany(t)
				inBubble(t, func(a *account) {
					stores := stores{}
					if result, err := PaySplit(a.t.Context(), a.client, r, first, stores.of); err != nil || !result.AllPaid() {
						t.Fatalf("%v, %v", result, err)
					}
					calls := a.calls()
					_, err := PaySplit(a.t.Context(), a.client, r, second, stores.of)
					wantError(t, err, ErrOtherPayout)
					lost := map[string]*memory{}
					_, err = PaySplit(a.t.Context(), a.client, r, second, func(id string) (Store, error) {
						lost[id] = &memory{}
						return lost[id], nil
					})
					if !errors.Is(err, ErrOtherPayout) && !errors.Is(err, ErrInconsistentPages) {
						t.Errorf("without the states: %v", err)
					}
					_, err = PaySplit(a.t.Context(), a.client, longer, first, stores.of)
					wantError(t, err, ErrOtherPayout)
					equal(t, "calls", a.calls(), calls)
				})
			})
		}
	}
}

// A list that was too large for one payout is paid in parts under the same name, and with the same state.
func TestSplitAfterTooLarge(t *testing.T) {
	inBubble(t, func(a *account) {
		r, stores := request("p", people(5)...), stores{}
		size := len(encode(r)) - 1 // what stands before iyzico accepts no more
		a.wire.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if r.ContentLength > int64(size) {
				return &http.Response{
					StatusCode: http.StatusRequestEntityTooLarge, Header: http.Header{"Content-Type": {"text/html"}},
					Body: io.NopCloser(strings.NewReader("<html>413 Request Entity Too Large</html>")), Request: r,
				}, nil
			}
			return next.RoundTrip(r)
		}
		begun := time.Now()
		store, _ := stores.of("p")
		_, err := Pay(a.t.Context(), a.client, r, store)
		wantError(t, err, ErrTooLarge, "the request is too large for one payout", "pay it in parts with PaySplit")
		wantStop(t, err, false, false)
		if took := time.Since(begun); took > time.Second {
			t.Errorf("it took %v", took)
		}
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
		result, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Bytes: size}, stores.of)
		if err != nil || !result.AllPaid() {
			t.Errorf("%v, %v", result, err)
		}
		for id, n := range a.Paid() {
			equal(t, id, n, 1)
		}
	})
}

// storedButTooLarge lets init be carried out, and answers it as what stands before iyzico refuses a large request.
func storedButTooLarge(r *http.Request, next http.RoundTripper) (*http.Response, error) {
	response, err := next.RoundTrip(r)
	if err == nil && operation(r) == "init" {
		response.StatusCode, response.Body = http.StatusRequestEntityTooLarge, io.NopCloser(strings.NewReader("too large"))
	}
	return response, err
}

// Where a payout was stored although its request was called too large, its parts are not paid beside it: the first has its
// name, and finds it.
func TestTooLargeButStored(t *testing.T) {
	inBubble(t, func(a *account) {
		r, stores := request("p", people(5)...), stores{}
		a.wire.meddle = storedButTooLarge
		store, _ := stores.of("p")
		_, err := Pay(a.t.Context(), a.client, r, store)
		wantError(t, err, ErrTooLarge)
		_, err = PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores.of)
		wantError(t, err, ErrOtherPayout, "part 1 of 3: ")
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
		if result, err := Pay(a.t.Context(), a.client, r, store); err != nil || !result.AllPaid() {
			t.Errorf("whole: %v, %v", result, err)
		}
		for id, n := range a.Paid() {
			equal(t, id, n, 1)
		}
	})
}

// A response "too large" does not prove that nothing was stored. Where reads lag behind, no part is stored before they
// would show the payout.
func TestTooLargeButStoredAndReadsLag(t *testing.T) {
	inBubble(t, func(a *account) {
		r, stores := request("p", people(5)...), stores{}
		a.wire.meddle = storedButTooLarge
		store, _ := stores.of("p")
		_, err := Pay(a.t.Context(), a.client, r, store)
		wantError(t, err, ErrTooLarge)
		if strings.Contains(err.Error(), "nothing was stored") {
			t.Error(err)
		}
		state, err := store.Load(a.t.Context())
		equal(t, "unsure", fmt.Sprint(state.InitUnsure, err), "true <nil>")
		_, err = PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores.of)
		wantError(t, err, ErrOtherPayout, "part 1 of 3: ")
		equal(t, "calls", a.calls(), "init 1, auth 0, cancel 0")
	}, emulator.WithReadLag(DefaultSettle-time.Second))
}

// The emulator refuses a request of more than 16 MiB, as what stands before iyzico may: Pay says at once that it is too
// large, and the default limit is small enough.
func TestTooLargeForTheEmulator(t *testing.T) {
	InTurn(t)
	emu, err := emulator.Start(apiKey, secretKey, emulator.WithStage(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer emu.Close()
	r := request("p", people(180)...)
	for i := range r.Items {
		r.Items[i].Description = strings.Repeat("x", 100_000)
	}
	begun := time.Now()
	_, err = Pay(t.Context(), connect(t, emu.URL), r, &memory{})
	wantError(t, err, ErrTooLarge, "413", "pay it in parts with PaySplit")
	wantStop(t, err, false, false)
	if took := time.Since(begun); took > DefaultSettle {
		t.Errorf("it took %v", took)
	}
	equal(t, "init", emu.Calls(emulator.OpInit), 1)
	list, err := Split(r, PartLimit{})
	if err != nil || len(list) != 5 {
		t.Errorf("%d parts, %v", len(list), err)
	}
}

func TestCancelSplit(t *testing.T) {
	inBubble(t, func(a *account) {
		r, stores := request("p", people(5)...), stores{}
		_, err := CancelSplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores.of)
		wantError(t, err, ErrNotFound)
		stores = map[string]*memory{}
		no := WithConfirm(func(context.Context, *Result) error { return errors.New("no") })
		if _, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores.of, no); err == nil {
			t.Fatal("not declined")
		}
		result, err := CancelSplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores.of)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "calls", a.calls(), "init 3, auth 0, cancel 3")
		again, _, err := result.PayAgain(r, "q")
		if err != nil || len(again.Items) != 5 {
			t.Errorf("PayAgain returned %d items, %v", len(again.Items), err)
		}
		if _, err = PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 2}, stores.of); err != nil {
			t.Errorf("paying what is canceled: %v", err)
		}
		equal(t, "calls", a.calls(), "init 3, auth 0, cancel 3")
	})
}

// Paying in parts costs one reading of each page more than paying whole, because all parts are reviewed before the first
// is authorized. What was confirmed for the whole is reviewed again then: time has passed.
func TestCostOfSplit(t *testing.T) {
	InTurn(t)
	items, parts := 2_000, 2
	if os.Getenv("MASSPAYOUT_SOAK") != "" {
		items, parts = 100_000, 10
	}
	synctest.Test(t, func(t *testing.T) {
		a := openAccount(t, emulator.WithStage(costBank/2))
		a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			time.Sleep(costResponse)
			return next.RoundTrip(r)
		}
		begun := time.Now()
		result, err := PaySplit(t.Context(), a.client, many(items), PartLimit{Items: items / parts}, stores{}.of)
		if err != nil || !result.AllPaid() {
			t.Fatal(result, err)
		}
		pages := items / parts / DefaultPageSize
		if n, most := a.count(), parts*(3*pages+18); n > most {
			t.Errorf("%d requests, at most %d are allowed", n, most)
		}
		t.Logf("%d requests, %v", a.count(), time.Since(begun))
	})
}

// A list in two currencies is refused wherever it would be cut, and before any part is stored.
func TestPaySplitSeveralCurrencies(t *testing.T) {
	r := request("p", item("a", "1"), item("b", "2"))
	r.Items[1].Amount.Currency = gen.CurrencyUSD
	inBubble(t, func(a *account) {
		_, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 1}, stores{}.of)
		wantError(t, err, ErrSeveralCurrencies, `items[1] (itemExternalId "b")`)
		wantStop(t, err, false, false)
		equal(t, "requests", a.count(), 0)
		paid := stores{}
		result, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 1}, paid.of, WithSeveralCurrencies())
		wantError(t, err, nil)
		equal(t, "allowed", statuses(result), "a:SUCCESS b:SUCCESS")
		_, err = PaySplit(a.t.Context(), a.client, r, PartLimit{Items: 1}, paid.of)
		wantStop(t, err, true, false) // it was paid
		if stopped, ok := errors.AsType[*Error](err); !ok || stopped.Step != StepEnded {
			t.Errorf("the step is not that of the first part: %v", err)
		}
	})
}

// WithDigest is about the whole list, however it is cut.
func TestPaySplitWithDigest(t *testing.T) {
	r := request("p", people(3)...)
	for _, limit := range []int{2, 3} {
		inBubble(t, func(a *account) {
			paid := stores{}
			_, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Items: limit}, paid.of, WithDigest("1:other"))
			wantError(t, err, ErrOtherPayout, "the digest that was expected")
			wantStop(t, err, false, false)
			_, err = CancelSplit(a.t.Context(), a.client, r, PartLimit{Items: limit}, paid.of, WithDigest("1:other"))
			wantError(t, err, ErrOtherPayout, "the digest that was expected")
			equal(t, "requests", a.count(), 0)
			result, err := PaySplit(a.t.Context(), a.client, r, PartLimit{Items: limit}, paid.of, WithDigest(Digest(r)))
			wantError(t, err, nil)
			equal(t, "whole", statuses(result), "emp-0:SUCCESS emp-1:SUCCESS emp-2:SUCCESS")
			_, err = CancelSplit(a.t.Context(), a.client, r, PartLimit{Items: limit}, paid.of, WithDigest(Digest(r)))
			wantError(t, err, ErrTooLate)
		})
	}
}
