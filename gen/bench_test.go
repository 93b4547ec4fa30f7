package gen_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

// BenchmarkBuildAndSign compares building and signing a payout's request with its floor: encoding/json over the same
// data with float64 amounts, and a bare HMAC-SHA256 over the same bytes. Both run in turns in the same loop, so that
// their ratio, reported as x-floor, does not depend on the machine.
func BenchmarkBuildAndSign(b *testing.B) {
	sign, err := signer.New("apiKey", "secretKey")
	if err != nil {
		b.Fatal(err)
	}
	client, err := gen.New(gen.ServerURLSandbox, sign.Edit, gen.WithHTTPClient(doerFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"status":"success","requestId":"1"}`))}, nil
	})))
	if err != nil {
		b.Fatal(err)
	}
	for _, lines := range []int{1, 100, 10_000, 100_000} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			request, floor := payoutOf(lines), floorOf(lines)
			var oursTime, floorTime time.Duration
			var allocs uint64
			for b.Loop() {
				var before, after runtime.MemStats
				if allocs == 0 {
					runtime.ReadMemStats(&before)
				}
				start := time.Now()
				if _, err := client.InitMassPayout(context.Background(), request); err != nil {
					b.Fatal(err)
				}
				oursTime += time.Since(start)
				if allocs == 0 {
					runtime.ReadMemStats(&after)
					allocs = after.Mallocs - before.Mallocs
				}

				start = time.Now()
				body, err := json.Marshal(floor)
				if err != nil {
					b.Fatal(err)
				}
				mac := hmac.New(sha256.New, []byte("secretKey"))
				mac.Write(body)
				mac.Sum(nil)
				floorTime += time.Since(start)
			}
			b.ReportMetric(float64(oursTime)/float64(floorTime), "x-floor")
			b.ReportMetric(float64(allocs)/float64(lines), "allocs/line")
			b.ReportMetric(float64(oursTime.Nanoseconds())/float64(b.N)/float64(lines), "ns/line")
		})
	}
}

func payoutOf(lines int) gen.MassPayoutInitializeRequest {
	r := gen.MassPayoutInitializeRequest{ExternalID: "salaries-2026-11", Purpose: gen.PurposeSalary}
	for i := range lines {
		r.Items = append(r.Items, gen.MassPayoutItem{
			ItemExternalID: fmt.Sprintf("emp-%d", i),
			RecipientType:  gen.RecipientTypeIBAN,
			RecipientInfo:  "TR330006100519786457841326",
			RecipientName:  "Ayşe Yılmaz",
			Amount:         gen.Amount{Value: decimal.New(int64(4_825_075+i), -2), Currency: gen.CurrencyTRY},
			Description:    "Kasım maaşı – Ar&Ge",
		})
	}
	return r
}

// floorPayout is the same data without the exact amounts.
type floorPayout struct {
	ExternalID string      `json:"externalId"`
	Items      []floorItem `json:"items"`
	Purpose    string      `json:"purpose,omitempty"`
}

type floorItem struct {
	Amount struct {
		Currency string  `json:"currency"`
		Value    float64 `json:"value"`
	} `json:"amount"`
	Description    string `json:"description"`
	ItemExternalID string `json:"itemExternalId"`
	RecipientInfo  string `json:"recipientInfo"`
	RecipientName  string `json:"recipientName,omitempty"`
	RecipientType  string `json:"recipientType"`
}

func floorOf(lines int) floorPayout {
	p := floorPayout{ExternalID: "salaries-2026-11", Purpose: "SALARY"}
	for i := range lines {
		item := floorItem{
			ItemExternalID: fmt.Sprintf("emp-%d", i),
			RecipientType:  "IBAN",
			RecipientInfo:  "TR330006100519786457841326",
			RecipientName:  "Ayşe Yılmaz",
			Description:    "Kasım maaşı – Ar&Ge",
		}
		item.Amount.Currency, item.Amount.Value = "TRY", float64(4_825_075+i)/100
		p.Items = append(p.Items, item)
	}
	return p
}
