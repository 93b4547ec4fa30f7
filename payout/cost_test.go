package payout

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

const (
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

// mostRequests is what a payout may cost: each page read twice, fifteen requests besides, and a request that is lost
// where pages are smaller than they are asked for. Looks at a payout that is under way come on top.
func mostRequests(items, pageSize int) int {
	lost := 0
	if pageSize < DefaultPageSize {
		lost = 1
	}
	return 2*((items+pageSize-1)/pageSize) + 15 + lost
}

// A whole payout reads each page at most twice, however large pages may be and whatever the server does with larger ones;
// each look while it is under way is one request.
func TestCost(t *testing.T) {
	for _, tt := range []struct {
		limit  int
		larger emulator.LargePages
	}{
		{1000, emulator.RefuseLargePages}, {100, emulator.RefuseLargePages}, {100, emulator.CapLargePages},
		{100, emulator.EchoLargePages}, {70, emulator.EchoLargePages},
	} {
		for _, beside := range []bool{false, true} {
			if beside && tt.larger != emulator.EchoLargePages && os.Getenv("MASSPAYOUT_SOAK") == "" {
				continue // where the size is shown matters only where another size is shown
			}
			t.Run(fmt.Sprint(tt.limit, " ", tt.larger, " ", beside), func(t *testing.T) {
				OneOfMany(t)
				opts := []emulator.Option{emulator.WithStage(costBank / 2), emulator.WithPageLimit(tt.limit, tt.larger)}
				if beside {
					opts = append(opts, emulator.WithPagingBeside())
				}
				inBubble(t, func(a *account) {
					items := tt.limit + tt.limit/10 // more than a page
					switch {
					case os.Getenv("MASSPAYOUT_SOAK") != "":
						items = 1_500
					case tt.limit < DefaultPageSize:
						items = 5*tt.limit + 10
					}
					looks, before := 0, 0
					store := &memory{}
					result, err := a.pay(many(items), store, WithProgress(func(p Progress) {
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
					if n, most := a.count()-looks, mostRequests(items, tt.limit); n > most {
						t.Errorf("%d requests besides %d looks, at most %d are allowed", n, looks, most)
					}
					if want := min(tt.limit, DefaultPageSize); store.state.PageSize != want {
						t.Errorf("the state remembers pages of %d items, want %d", store.state.PageSize, want)
					}
				}, opts...)
			})
		}
	}
}

// A server that says neither how many items there are nor how large its pages are is read to the end.
func TestSmallPagesWithoutTotal(t *testing.T) {
	for _, n := range []int{0, 1, 99, 100, 101, 250} {
		asked := 0
		server := shelf(func(r gen.MassPayoutRetrieveRequest) (*gen.MassPayoutRetrieveResponse, error) {
			asked++
			r.Size = min(r.Size, 100)
			page, err := book(n)(r)
			page.MassPayoutItems.Total = 0
			return page, err
		})
		got := 0
		for _, err := range Items(t.Context(), server, ByExternalID("p"), gen.ItemTypeValid) {
			wantError(t, err, nil)
			got++
		}
		if got != n || asked > n/100+2 {
			t.Errorf("%d of %d items in %d requests", got, n, asked)
		}
	}
}

// BenchmarkPay prints what paying costs against an emulator in another process that takes 100 ms for each response:
// requests, and how much memory is alive at most while a payout is paid.
func BenchmarkPay(b *testing.B) {
	for _, bm := range []struct {
		name         string
		items, limit int
		most         int // requests
	}{
		{"10000_items_1000_a_page", 10_000, 1000, 45},
		{"10000_items_100_a_page", 10_000, 100, 213},
		{"100000_items_1000_a_page", 100_000, 1000, 12 * 45},
	} {
		b.Run(bm.name, func(b *testing.B) {
			client, requests := costServer(b, bm.limit)
			runs := 0
			var peak uint64
			for b.Loop() {
				runs++
				list := many(bm.items)
				list.ExternalID = fmt.Sprint("many-", runs)
				parts, err := Split(list, PartLimit{})
				if err != nil {
					b.Fatal(err)
				}
				for _, part := range parts {
					before := alive()
					result, err := Pay(context.Background(), client, part, &memory{}, WithProgress(func(Progress) {
						peak = max(peak, alive()-before)
					}))
					if err != nil || !result.AllPaid() {
						b.Fatal(result, err)
					}
				}
			}
			n := requests.Load() / int64(runs)
			if n > int64(bm.most) {
				b.Errorf("%d requests, at most %d are allowed", n, bm.most)
			}
			b.ReportMetric(float64(n), "requests")
			b.ReportMetric(float64(peak)/(1<<20), "MB")
			b.ReportMetric(b.Elapsed().Seconds()/float64(runs), "s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// alive is how much memory is in use.
func alive() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// costServer starts an emulator in another process.
func costServer(b *testing.B, limit int) (*gen.Client, *atomic.Int64) {
	server := exec.Command(os.Args[0], "-test.run=^$")
	server.Env, server.Stderr = append(os.Environ(), fmt.Sprint("MASSPAYOUT_EMULATOR=", limit)), os.Stderr
	out, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = server.Process.Kill(), server.Wait() })
	var url string
	if _, err := fmt.Fscanln(out, &url); err != nil {
		b.Fatal(err)
	}
	requests := new(atomic.Int64)
	transport := meddler(func(r *http.Request) (*http.Response, error) {
		requests.Add(1)
		return http.DefaultTransport.RoundTrip(r)
	})
	return connect(b, url, gen.WithHTTPClient(&http.Client{Transport: transport})), requests
}

// runEmulator serves until it is killed.
func runEmulator(limit string) {
	items, err := strconv.Atoi(limit)
	if err != nil {
		panic(err)
	}
	emu, err := emulator.New(apiKey, secretKey, emulator.WithStage(costBank/2),
		emulator.WithPageLimit(items, emulator.RefuseLargePages))
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(costResponse)
		emu.ServeHTTP(w, r)
	}))
	fmt.Println(server.URL)
	select {}
}
