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
// data with float64 amounts, and a bare HMAC-SHA256 over the same bytes. All run in turns in the same loop, so that their
// ratios, reported as x-floor and x-hmac, do not depend on the machine.
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
			var oursTime, floorTime, hmacTime time.Duration
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
				hmacStart := time.Now()
				mac := hmac.New(sha256.New, []byte("secretKey"))
				mac.Write(body)
				mac.Sum(nil)
				floorTime += time.Since(start)
				hmacTime += time.Since(hmacStart)
			}
			b.ReportMetric(float64(oursTime)/float64(floorTime), "x-floor")
			b.ReportMetric(float64(oursTime)/float64(hmacTime), "x-hmac")
			b.ReportMetric(float64(allocs)/float64(lines), "allocs/line")
			b.ReportMetric(float64(oursTime.Nanoseconds())/float64(b.N)/float64(lines), "ns/line")
		})
	}
}

// BenchmarkReadPage compares reading a page of items, from the body to the typed response, with encoding/json into plain
// structs, in turns.
func BenchmarkReadPage(b *testing.B) {
	for _, items := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("items=%d", items), func(b *testing.B) {
			var page strings.Builder
			page.WriteString(`{"status":"success","systemTime":1759231970716,"locale":"tr","massPayout":{"externalId":"salaries-2026-11","massPayoutStatus":"INIT",` +
				`"totalAmount":4825075.00,"totalCommissionAmount":0,"totalSuccessfulAmount":0,"currency":"TRY"},"massPayoutItems":{"items":[`)
			for i := range items {
				if i > 0 {
					page.WriteByte(',')
				}
				fmt.Fprintf(&page, `{"itemExternalId":"emp-%d","referenceCode":"a97b14a2-1e22-4ceb-bafb-38b61c4c4477","recipientType":"IBAN",`+
					`"recipientInfo":"TR330006100519786457841326","recipientName":"Ayşe Yılmaz","description":"Kasım maaşı","itemStatus":"SUCCESS",`+
					`"totalAmount":48250.75,"commissionAmount":20.00000000,"currencyCode":"TRY","massPayoutRequestId":"79cdefc1-3ce6-4f51-bdd9-0c050274db64"}`, i)
			}
			page.WriteString(`],"page":0,"size":1000,"total":1000}}`)
			body := page.String()
			client, err := gen.New(gen.ServerURLSandbox, nil, gen.WithHTTPClient(doerFunc(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(body))}, nil
			})))
			if err != nil {
				b.Fatal(err)
			}
			var ours, floor time.Duration
			for b.Loop() {
				start := time.Now()
				if _, err := client.RetrieveMassPayout(context.Background(), gen.MassPayoutRetrieveRequest{RequestID: requestID}); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				read, err := io.ReadAll(strings.NewReader(body))
				if err != nil {
					b.Fatal(err)
				}
				var plain floorPage
				if err := json.Unmarshal(read, &plain); err != nil {
					b.Fatal(err)
				}
				ours += between.Sub(start)
				floor += time.Since(between)
			}
			b.ReportMetric(float64(ours)/float64(floor), "x-json")
		})
	}
}

// floorPage is a page as plain structs, with float64 amounts.
type floorPage struct {
	Status     string `json:"status"`
	SystemTime int64  `json:"systemTime"`
	Locale     string `json:"locale"`
	MassPayout struct {
		ExternalID            string  `json:"externalId"`
		MassPayoutStatus      string  `json:"massPayoutStatus"`
		TotalAmount           float64 `json:"totalAmount"`
		TotalCommissionAmount float64 `json:"totalCommissionAmount"`
		TotalSuccessfulAmount float64 `json:"totalSuccessfulAmount"`
		Currency              string  `json:"currency"`
	} `json:"massPayout"`
	MassPayoutItems struct {
		Items []struct {
			ItemExternalID      string  `json:"itemExternalId"`
			ReferenceCode       string  `json:"referenceCode"`
			RecipientType       string  `json:"recipientType"`
			RecipientInfo       string  `json:"recipientInfo"`
			RecipientName       string  `json:"recipientName"`
			Description         string  `json:"description"`
			ItemStatus          string  `json:"itemStatus"`
			TotalAmount         float64 `json:"totalAmount"`
			CommissionAmount    float64 `json:"commissionAmount"`
			CurrencyCode        string  `json:"currencyCode"`
			MassPayoutRequestID string  `json:"massPayoutRequestId"`
		} `json:"items"`
		Page  int `json:"page"`
		Size  int `json:"size"`
		Total int `json:"total"`
	} `json:"massPayoutItems"`
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
