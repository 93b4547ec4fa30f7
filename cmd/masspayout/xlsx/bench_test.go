package xlsx_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/iyzico-go/masspayout/cmd/masspayout/xlsx"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
)

// workbook is one of n payments, as a payroll program writes it.
func workbook(tb testing.TB, n int) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		tb.Fatal(err)
	}
	row := func(i int, cells ...any) {
		if err := w.SetRow(fmt.Sprintf("A%d", i), cells); err != nil {
			tb.Fatal(err)
		}
	}
	row(1, "Sicil No", "Adı Soyadı", "Banka IBAN", "T.C. Kimlik No", "Bölüm", "Net Ödenecek", "Para Birimi", "Açıklama")
	for i := range n {
		row(i+2, fmt.Sprintf("%06d", i), fmt.Sprintf("Göktuğ Şahin %c%c", 'A'+i%26, 'A'+i/26%26),
			fmt.Sprintf("TR33000610051978%010d", i), 10000000146, "Üretim", float64(i)+100.25, "TL", "Kasım maaşı")
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// stream reads a workbook as the spreadsheet library does by itself.
func stream(tb testing.TB, data []byte) (rows int) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	for r.Next() {
		if _, err := r.Columns(); err != nil {
			tb.Fatal(err)
		}
		rows++
	}
	return rows
}

// peak runs f and returns how long it took, and the most memory that was in use meanwhile, beside what was before.
func peak(f func()) (time.Duration, uint64) {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		highest := uint64(0)
		for {
			select {
			case <-done:
				most <- highest
				return
			case <-time.After(5 * time.Millisecond):
				runtime.ReadMemStats(&now)
				highest = max(highest, now.HeapInuse)
			}
		}
	}()
	start := time.Now()
	f()
	took := time.Since(start)
	close(done)
	return took, max(<-most, before.HeapInuse) - before.HeapInuse
}

// BenchmarkWorkbook shows what it costs to turn a workbook of 100,000 rows into a validated request, as a ratio to the
// spreadsheet library's own streaming read of the same file, and how much more memory it takes.
func BenchmarkWorkbook(b *testing.B) {
	const rows = 100_000
	data := workbook(b, rows)
	var ours, floor time.Duration
	var more uint64
	for b.Loop() {
		took, least := peak(func() {
			if n := stream(b, data); n != rows+1 {
				b.Fatalf("the library read %d rows", n)
			}
		})
		floor += took
		var file *payfile.File
		took, most := peak(func() {
			var err error
			if file, err = xlsx.Read(data, payfile.Options{ExternalID: "p", Purpose: gen.PurposeSalary}); err != nil {
				b.Fatal(err)
			}
		})
		if len(file.Request.Items) != rows {
			b.Fatalf("%d items", len(file.Request.Items))
		}
		ours += took
		more = max(more, most-min(most, least))
	}
	b.ReportMetric(float64(ours)/float64(floor), "x-of-excelize")
	b.ReportMetric(float64(more)/(1<<20), "MiB-above-excelize")
	b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "ms/file")
}
