package payfile_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/payfile"
)

// list is a CSV file of n payments, as a payroll program writes it.
func list(n int) []byte {
	var out bytes.Buffer
	out.WriteString("\uFEFFSicil No;Adı Soyadı;Banka IBAN;T.C. Kimlik No;Bölüm;Net Ödenecek;Para Birimi;Açıklama\r\n")
	for i := range n {
		fmt.Fprintf(&out, "%06d;Göktuğ Şahin %c%c;TR33000610051978%010d;10000000146;Üretim;%d.%03d,25;TL;Kasım maaşı\r\n",
			i, 'A'+i%26, 'A'+i/26%26, i, 1+i/1000, i%1000)
	}
	return out.Bytes()
}

// BenchmarkCSV shows what it costs to turn a CSV file of 100,000 rows into a validated request, as a ratio to reading it
// with encoding/csv alone.
func BenchmarkCSV(b *testing.B) {
	const rows = 100_000
	data := list(rows)
	var ours, floor time.Duration
	for b.Loop() {
		start := time.Now()
		r := csv.NewReader(bytes.NewReader(data))
		r.Comma = ';'
		read := 0
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			read++
		}
		floor += time.Since(start)
		start = time.Now()
		file, err := payfile.Read(data, payfile.Options{ExternalID: "p"})
		ours += time.Since(start)
		if err != nil || len(file.Request.Items) != rows || read != rows+1 {
			b.Fatal(err, read)
		}
	}
	b.ReportMetric(float64(ours)/float64(floor), "x-of-csv")
	b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "ms/file")
}
