package payout

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

func many(lines int) gen.MassPayoutInitializeRequest {
	items := make([]gen.MassPayoutItem, lines)
	for i := range items {
		items[i] = item(fmt.Sprintf("employee-%06d", i), "48250.75")
	}
	return request("salaries", items...)
}

// live is the memory that is in use now.
func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// measure pays a large payout and prints the memory that it took.
func (j *job) measure() {
	before := live()
	request := many(j.Lines)
	held := live() - before
	inPay := uint64(0)
	client := connect(fatal{}, j.URL)
	result, err := Pay(context.Background(), client, request, File(j.State), WithClock(&manual{Clock: emulator.NewClock(start)}),
		WithProgress(func(Progress) { inPay = max(inPay, live()) }))
	if err != nil || !result.AllPaid() {
		fmt.Println("error:", err, result)
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	runtime.KeepAlive(request)
	fmt.Printf("%6d lines: the request takes %5.1f MB, Pay and its result %5.1f MB, the process at its peak %5.1f MB\n", j.Lines,
		mb(held), mb(inPay-before-held), mb(m.Sys))
}

func mb(bytes uint64) float64 { return float64(bytes) / (1 << 20) }

// TestMemoryOfPay pays payouts up to 10,000 lines, each in a process of its own so that the emulator's memory does not
// count, and logs what they take.
func TestMemoryOfPay(t *testing.T) {
	for _, lines := range []int{1, 1000, 10_000} {
		b := newBank(t)
		t.Cleanup(b.server.Close)
		b.SetBalance(wealth.Mul(wealth))
		text, err := json.Marshal(job{URL: b.URL, State: filepath.Join(t.TempDir(), "state"), Lines: lines})
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "MASSPAYOUT_CHILD="+string(text), "GORACE=atexit_sleep_ms=0")
		cmd.Stderr = os.Stderr
		begin := time.Now()
		out, err := cmd.Output()
		if err != nil || !strings.Contains(string(out), "Pay and its result") {
			t.Fatalf("%v: %s", err, out)
		}
		t.Logf("%s, in %v", strings.TrimSpace(string(out)), time.Since(begin).Round(10*time.Millisecond))
		if paid := len(b.Paid()); paid != lines {
			t.Errorf("%d lines of %d paid", paid, lines)
		}
	}
}

// TestMemoryOfLines reads ten times as many lines with as much memory.
func TestMemoryOfLines(t *testing.T) {
	peak := map[int]uint64{}
	for _, total := range []int{1000, 10_000} {
		client := retriever(func(r gen.MassPayoutRetrieveRequest) (int, string) {
			var ids []string
			for i := r.Page * r.Size; i < min((r.Page+1)*r.Size, total); i++ {
				ids = append(ids, fmt.Sprintf("employee-%06d", i))
			}
			return 200, page("COMPLETED", fmt.Sprintf(`,"size":%d,"total":%d`, r.Size, total), ids...)
		})
		before, n := live(), 0
		for _, err := range Lines(t.Context(), client, ByExternalID("x"), gen.ItemTypeValid) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n%500 == 50 {
				if now := live(); now > before {
					peak[total] = max(peak[total], now-before)
				}
			}
		}
		equal(t, "lines", n, total)
		t.Logf("%d lines: at most %d KB at a time", total, peak[total]>>10)
	}
	if peak[10_000] > peak[1000]+512<<10 { // all lines would take some 3 MB
		t.Errorf("the memory grows with the lines: %v bytes", peak)
	}
}
