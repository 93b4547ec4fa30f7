package payout

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

const (
	costItems    = 10_000                 // in the benchmark
	costResponse = 100 * time.Millisecond // how long each response takes
	costBank     = 4 * time.Second        // how long the bank takes
)

func many(n int) gen.MassPayoutInitializeRequest {
	items := make([]gen.MassPayoutItem, n)
	for i := range items {
		items[i] = item(fmt.Sprintf("emp-%05d", i), "100.50")
	}
	return request("many", items...)
}

// unavoidable is the time that a payout takes if nothing is done twice: the bank's, one response after the other for
// what cannot be done at once, and two readings, a few pages at a time.
func unavoidable(pages int) time.Duration {
	const single = 11 // find, a control name and the balance; init; first page, name and balance; last look; auth; two looks
	rounds := 2 * (pages - 1 + concurrentPages - 1) / concurrentPages
	return costBank + time.Duration(single+rounds)*costResponse
}

// A whole payout reads each page at most twice, and makes fifteen more requests; each look while it is under way is
// one.
func TestCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := openAccount(t, emulator.WithStage(costBank/2))
		a.meddle = func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			time.Sleep(costResponse)
			return next.RoundTrip(r)
		}
		begun := time.Now()
		looks, before := 0, 0
		const items = 3_000
		result, err := a.pay(many(items), &memory{}, WithProgress(func(p Progress) {
			if p.Waiting == whyMoving {
				looks++
				if before > 0 && a.count()-before != 1 {
					t.Errorf("a look took %d requests", a.count()-before)
				}
				before = a.count()
			}
		}))
		if err != nil || !result.AllPaid() {
			t.Fatal(result, err)
		}
		took, pages := time.Since(begun), items/DefaultPageSize
		if n, most := a.count(), 2*pages+15; n > most {
			t.Errorf("%d requests, at most %d are allowed", n, most)
		}
		if ratio := took.Seconds() / unavoidable(pages).Seconds(); ratio > 1.5 {
			t.Errorf("it took %v, %.2f times the unavoidable %v", took, ratio, unavoidable(pages))
		}
		t.Logf("%d requests, %d looks, %v, of which %v cannot be avoided", a.count(), looks, took, unavoidable(pages))
	})
}

// BenchmarkPay prints what a payout of ten thousand items costs against a server on loopback that takes 100 ms for
// each response, with a bank that takes 4 s: requests, and the time as a ratio to what cannot be avoided.
func BenchmarkPay(b *testing.B) {
	emu, err := emulator.New(apiKey, secretKey, emulator.WithStage(costBank/2))
	if err != nil {
		b.Fatal(err)
	}
	w := &wire{handler: emu}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.sent = append(w.sent, operation(r))
		w.mu.Unlock()
		time.Sleep(costResponse)
		emu.ServeHTTP(rw, r)
	}))
	defer server.Close()
	client := connect(b, server.URL)
	request, runs := many(costItems), 0
	begun := time.Now()
	for b.Loop() {
		runs++
		request.ExternalID = fmt.Sprint("many-", runs)
		result, err := Pay(context.Background(), client, request, &memory{})
		if err != nil || !result.AllPaid() {
			b.Fatal(result, err)
		}
	}
	pages := costItems / DefaultPageSize
	b.ReportMetric(float64(w.count())/float64(runs), "requests")
	b.ReportMetric(float64(w.count())/float64(runs)/float64(2*pages+15), "requests/(2·pages+15)")
	b.ReportMetric(time.Since(begun).Seconds()/float64(runs)/unavoidable(pages).Seconds(), "time/unavoidable")
	b.ReportMetric(0, "ns/op")
}
