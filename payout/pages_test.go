package payout

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// shelf is a Reader of a payout's pages.
type shelf func(gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error)

func (s shelf) RetrieveMassPayout(
	_ context.Context, r gen.MassPayoutRetrieveRequest, _ ...gen.RequestEditorFn,
) (*gen.MassPayoutRetrieveResponse, error) {
	return s(r)
}

func (s shelf) RetrieveMassPayoutBalance(
	context.Context, ...gen.RequestEditorFn,
) (*gen.MassPayoutBalanceResponse, error) {
	return &gen.MassPayoutBalanceResponse{Balance: decimal.New(1, 0)}, nil
}

// book is a server of n items that keeps the rules.
func book(n int) shelf {
	return func(r gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
		return aPage(n, ids(r.Page*r.Size, min((r.Page+1)*r.Size, n))...), nil
	}
}

func ids(from, to int) (list []string) {
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprintf("emp-%06d", i))
	}
	return list
}

func aPage(total int, ids ...string) *gen.MassPayoutRetrieveResponse {
	response := &gen.MassPayoutRetrieveResponse{MassPayout: gen.MassPayoutSummary{ExternalID: "p", MassPayoutStatus: "COMPLETED"}}
	response.MassPayoutItems.Total = total
	for _, id := range ids {
		response.MassPayoutItems.Items = append(response.MassPayoutItems.Items, gen.MassPayoutItemDetail{
			ItemExternalID: id, ItemStatus: gen.ItemStatusSuccess, MassPayoutRequestID: "r",
		})
	}
	return response
}

func TestItems(t *testing.T) {
	beyond := &gen.APIError{Status: gen.StatusFailure, StatusCode: 400, Code: "11"}
	limited := &gen.APIError{StatusCode: 429, RetryAfter: 30 * time.Second}
	tests := []struct {
		name  string
		n     int
		serve func(n int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) // of request n, from 1
		want  int                                                                                                 // items
		asked int
		err   error
		text  string
	}{
		{name: "none", n: 0, want: 0, asked: 1},
		{name: "part of a page", n: 3, want: 3, asked: 1},
		{name: "one page, which is full", n: 4, want: 4, asked: 2},
		{name: "two pages, both full", n: 8, want: 8, asked: 2},
		{name: "many pages", n: 42, want: 42, asked: 11},
		{name: "without a total", n: 10, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := honest(r)
			page.MassPayoutItems.Total = 0
			return page, err
		}, want: 10, asked: 3},
		{name: "a total beside the items", n: 10, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := honest(r)
			page.Total, page.MassPayoutItems.Total = page.MassPayoutItems.Total, 0
			return page, err
		}, want: 10, asked: 3},
		{name: "a total that counts pages", n: 10, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := honest(r)
			page.MassPayoutItems.Total = 3
			return page, err
		}, want: 10, asked: 3},
		{name: "smaller pages than asked for", n: 10, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			r.Size = 2
			return honest(r)
		}, want: 10, asked: 5},
		{name: "a page beyond the last is refused", n: 4, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			if r.Page > 0 {
				return nil, beyond
			}
			return honest(r)
		}, want: 4, asked: 2},
		{name: "a page beyond the last is the last again", n: 4, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			r.Page = 0
			return honest(r)
		}, want: 4, asked: 2},
		{name: "a page is refused", n: 12, serve: func(n int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			if r.Page == 1 {
				return nil, beyond
			}
			return honest(r)
		}, want: 4, asked: 2, err: gen.ErrRefused, text: "page 1"},
		{name: "a rate limit is waited out, and the page asked for again", n: 12, serve: func(n int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			if n == 2 || n == 3 {
				return nil, limited
			}
			return honest(r)
		}, want: 12, asked: 5},
		{name: "a rate limit without an end", n: 12, serve: func(n int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			if n > 1 {
				return nil, limited
			}
			return honest(r)
		}, want: 4, asked: 12, err: gen.ErrRateLimited},
		{name: "an outage", n: 12, serve: func(n int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			if n > 1 {
				return nil, &gen.APIError{StatusCode: 502}
			}
			return honest(r)
		}, want: 4, asked: 4, err: gen.ErrOutcomeUnknown},
		{name: "the page's number is ignored", n: 12, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			r.Page = 0
			return honest(r)
		}, want: 4, asked: 2, err: ErrInconsistentPages, text: `"emp-000000" came twice`},
		{name: "another page than asked for", n: 12, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := honest(r)
			page.MassPayoutItems.Page = 2 * r.Page
			return page, err
		}, want: 4, asked: 2, err: ErrInconsistentPages, text: "requested page 1, got page 2"},
		{name: "an item twice on a page", n: 3, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			return aPage(3, "a", "b", "a"), nil
		}, asked: 1, err: ErrInconsistentPages, text: `"a" came twice`},
		{name: "an item that moved to the next page", n: 8, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			if r.Page == 1 {
				return aPage(8, ids(3, 7)...), nil
			}
			return honest(r)
		}, want: 4, asked: 2, err: ErrInconsistentPages, text: `"emp-000003" came twice`},
		{name: "an item is left out", n: 8, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			if r.Page == 1 {
				return aPage(8, ids(5, 8)...), nil
			}
			if r.Page > 1 {
				return aPage(8), nil
			}
			return honest(r)
		}, want: 7, asked: 3, err: ErrInconsistentPages, text: "7 items of 8"},
		{name: "the total changes", n: 8, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := honest(r)
			page.MassPayoutItems.Total += r.Page
			return page, err
		}, want: 4, asked: 2, err: ErrInconsistentPages, text: "8 items before, and 9 now"},
		{name: "another payout's page", n: 8, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := honest(r)
			if r.Page == 1 {
				page.MassPayout.ExternalID = "q"
			}
			return page, err
		}, want: 4, asked: 4, err: ErrForeignResponse, text: `"q"`},
		{name: "the type is ignored", n: 3, serve: func(_ int, r gen.MassPayoutRetrieveRequest, honest shelf) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := honest(r)
			page.MassPayoutItems.Items[1].ItemStatus = gen.ItemStatusInvalid
			return page, err
		}, want: 1, asked: 1, err: ErrInconsistentPages, text: `"emp-000001" is "INVALID", but VALID items were requested`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			OneOfMany(t)
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				client := shelf(func(r gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
					asked++
					if tt.serve == nil {
						return book(tt.n)(r)
					}
					return tt.serve(asked, r, book(tt.n))
				})
				var got []string
				var err error
				for item, e := range Items(t.Context(), client, ByExternalID("p"), gen.ItemTypeValid, WithPageSize(4), WithConcurrentPages(1)) {
					if err != nil {
						t.Fatal("something follows an error")
					}
					if err = e; err == nil {
						got = append(got, item.ItemExternalID)
					}
				}
				wantError(t, err, tt.err, tt.text)
				equal(t, "items and requests", fmt.Sprint(len(got), asked), fmt.Sprint(tt.want, asked))
				if asked != tt.asked && tt.err != gen.ErrRateLimited {
					t.Errorf("%d requests, want %d", asked, tt.asked)
				}
				for i, id := range got {
					if want := fmt.Sprintf("emp-%06d", i); id != want && !strings.Contains(tt.name, "left out") {
						t.Errorf("item %d is %s", i, id)
					}
				}
			})
		})
	}
}

// Pages are read a few at a time; the order of their items stays, and an early end leaves nothing behind.
func TestItemsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		at, most := 0, 0
		client := shelf(func(r gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			mu.Lock()
			at++
			most = max(most, at)
			mu.Unlock()
			time.Sleep(time.Duration(10-r.Page%10) * time.Second) // later pages are faster
			mu.Lock()
			at--
			mu.Unlock()
			return book(200)(r)
		})
		n := 0
		for item, err := range Items(t.Context(), client, ByExternalID("p"), gen.ItemTypeValid, WithPageSize(4), WithConcurrentPages(3)) {
			if want := fmt.Sprintf("emp-%06d", n); err != nil || item.ItemExternalID != want {
				t.Fatal(item, err)
			}
			if n++; n == 150 {
				break
			}
		}
		equal(t, "items and pages at once", fmt.Sprint(n, " ", most), "150 3")
	})
}

// Both types come one after the other; the context ends a wait.
func TestItemsOfBothTypes(t *testing.T) {
	inBubble(t, func(a *account) {
		r := request("p", item("a", "1"), itemTo("b", "2", "999009001"), item("c", "3"))
		_, err := a.pay(r, &memory{})
		wantStop(a.t, err, false, false)
		var got []string
		for item, err := range Items(a.t.Context(), a.client, ByExternalID("p"), "") {
			got = append(got, fmt.Sprint(item.ItemExternalID, item.ItemStatus, err))
		}
		equal(a.t, "items", got, "[aINIT<nil> cINIT<nil> bINVALID<nil>]")
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begun := time.Now()
		client := shelf(func(gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			return nil, &gen.APIError{StatusCode: 429, RetryAfter: 4 * time.Minute}
		})
		for _, err := range Items(ctx, client, ByExternalID("p"), gen.ItemTypeValid) {
			wantError(t, err, gen.ErrRateLimited)
		}
		equal(t, "waited", time.Since(begun), time.Minute)
	})
}

// Ten times as many items take hardly more memory: a few pages at a time, and some bytes for each item, to know it again.
func TestMemoryOfItems(t *testing.T) {
	InTurn(t)
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	peak := map[int]uint64{}
	for _, total := range []int{5_000, 50_000} {
		before, n := live(), 0
		for _, err := range Items(t.Context(), book(total), ByExternalID("p"), gen.ItemTypeValid) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n%1000 == 50 {
				if now := live(); now > before {
					peak[total] = max(peak[total], now-before)
				}
			}
		}
		equal(t, "items", n, total)
	}
	t.Logf("5,000 items: %d KB, 50,000: %d KB", peak[5_000]>>10, peak[50_000]>>10)
	if peak[50_000] > peak[5_000]+6<<20 { // all of them would take some 20 MB
		t.Errorf("the memory grows with the items: %v bytes", peak)
	}
}

// Review notices what Items notices, and what the request has and iyzico does not.
func TestReview(t *testing.T) {
	r := request("p", item("emp-000000", "1"), item("emp-000001", "1"), item("emp-000002", "1"))
	tests := []struct {
		name  string
		serve shelf
		err   error
		text  string
	}{
		{"all of them", nil, nil, ""},
		{"one is missing", func(q gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			if q.ItemType == gen.ItemTypeInvalid {
				return aPage(0), nil
			}
			return aPage(2, "emp-000000", "emp-000002"), nil
		}, ErrInconsistentPages, `2 items of 3, and not "emp-000001"`},
		{"one is among the accepted and the refused", func(q gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			return aPage(2, "emp-000000", "emp-000002"), nil
		}, ErrInconsistentPages, `item "emp-000000" came twice`},
		{"one is a stranger", func(q gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			return aPage(4, "emp-000000", "emp-000001", "emp-000002", "emp-3"), nil
		}, ErrOtherPayout, `iyzico has an item "emp-3"`},
		{"no status", func(q gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := book(3)(q)
			page.MassPayout.MassPayoutStatus = ""
			return page, err
		}, gen.ErrOutcomeUnknown, "no status"},
		{"another name", func(q gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := book(3)(q)
			page.MassPayout.ExternalID = "q"
			return page, err
		}, ErrForeignResponse, `"q"`},
		{"another requestId", func(q gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := book(3)(q)
			page.MassPayoutItems.Items[1].MassPayoutRequestID = "q"
			return page, err
		}, ErrForeignResponse, `requestId "q"`},
		{"the same name in other letters", func(q gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			page, err := book(3)(q)
			page.MassPayout.ExternalID = "P"
			page.MassPayoutItems.Items[0].MassPayoutRequestID = "R"
			return page, err
		}, nil, ""},
		{"refused", func(q gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			return nil, &gen.APIError{Status: gen.StatusFailure, StatusCode: 400, Code: "11"}
		}, gen.ErrRefused, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				serve := tt.serve
				if serve == nil {
					serve = book(3)
				}
				full := shelf(func(q gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
					page, err := serve(q)
					if err == nil {
						for i := range page.MassPayoutItems.Items {
							of := &page.MassPayoutItems.Items[i]
							of.RecipientType, of.RecipientInfo, of.CurrencyCode = gen.RecipientTypeMemberID, "2228853", gen.CurrencyTRY
							of.TotalAmount = decimal.New(1, 0)
						}
					}
					return page, err
				})
				result, err := Review(t.Context(), full, ByRequestID("r"), r)
				wantError(t, err, tt.err, tt.text)
				if err == nil {
					equal(t, "result", statuses(result), "emp-000000:SUCCESS emp-000001:SUCCESS emp-000002:SUCCESS")
				} else if result != nil {
					t.Error("a result beside an error", result)
				}
			})
		})
	}
}

// What proves that a payout does not exist, and what does not.
func TestFind(t *testing.T) {
	no := func(status int, code gen.ErrorCode) error {
		return &gen.APIError{Status: gen.StatusFailure, StatusCode: status, Code: code, Group: "g"}
	}
	tests := []struct {
		name           string
		ours, nobodys  error // the responses for our name, and for one that nobody ever used
		balance        error
		want           error
		asked, notFind bool
	}{
		{name: "refused alike", ours: no(400, "11"), nobodys: no(400, "11"), want: ErrNotFound},
		{name: "refused alike with 200", ours: no(200, "5001"), nobodys: no(200, "5001"), want: ErrNotFound},
		{name: "a success without a payout", ours: errNothing, nobodys: errNothing, want: ErrNotFound},
		{name: "another code", ours: no(400, "11"), nobodys: no(400, "12"), notFind: true},
		{name: "another HTTP status", ours: no(400, "11"), nobodys: no(404, "11"), notFind: true},
		{name: "the other is there", ours: no(400, "11"), notFind: true},
		{name: "the balance is refused", ours: no(400, "11"), nobodys: no(400, "11"), balance: no(400, "11"), notFind: true},
		{name: "the balance is out of order", ours: no(400, "11"), nobodys: no(400, "11"), balance: &gen.APIError{}, notFind: true},
		{name: "the other is limited", ours: no(400, "11"), nobodys: &gen.APIError{StatusCode: 429}, want: gen.ErrRateLimited, notFind: true},
		{name: "an outage", ours: &gen.APIError{StatusCode: 502}, want: gen.ErrOutcomeUnknown, notFind: true},
	}
	for _, code := range []gen.ErrorCode{"1000", "1001", "1007", "1009", "2000", ""} {
		tests = append(tests, tests[0])
		last := &tests[len(tests)-1]
		last.name, last.ours, last.nobodys, last.want, last.notFind = fmt.Sprintf("code %q", code), no(400, code), no(400, code), gen.ErrRefused, true
	}
	for _, status := range []int{401, 403} {
		tests = append(tests, tests[0])
		last := &tests[len(tests)-1]
		last.name, last.ours, last.nobodys, last.want, last.notFind = fmt.Sprint("HTTP ", status), no(status, "11"), no(status, "11"), gen.ErrRefused, true
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client := keys{shelf(func(q gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
				err := tt.ours
				if q.ExternalMassPayoutID != "p" {
					err = tt.nobodys
				}
				switch {
				case err == errNothing:
					return &gen.MassPayoutRetrieveResponse{}, nil
				case err != nil:
					return nil, err
				}
				page := aPage(1, "a")
				page.MassPayout.ExternalID = q.ExternalMassPayoutID
				return page, nil
			}), tt.balance}
			found, err := Find(t.Context(), client, ByExternalID("p"))
			if err == nil || found != nil || errors.Is(err, ErrNotFound) == tt.notFind {
				t.Errorf("found %v, %v", found, err)
			}
			if tt.want != nil {
				wantError(t, err, tt.want)
			}
		})
	}
	found, err := Find(t.Context(), book(3), ByExternalID("p"))
	equal(t, "found", fmt.Sprint(*found, err), "{p r COMPLETED} <nil>")
}

// keys is a Reader whose balance fails.
type keys struct {
	shelf
	err error
}

func (k keys) RetrieveMassPayoutBalance(
	ctx context.Context, _ ...gen.RequestEditorFn,
) (*gen.MassPayoutBalanceResponse, error) {
	if k.err != nil {
		return nil, k.err
	}
	return k.shelf.RetrieveMassPayoutBalance(ctx)
}
