package gen_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

// BenchmarkBuildAndSign compares building and signing the *http.Request of a payout with its floor: encoding/json over
// the same data with float64 amounts, and a bare HMAC-SHA256 over the same bytes. Beside it stands the whole call, which
// also traces the exchange and reads a response.
//
// All take turns in the same loop, as one request is built between other work, and x-floor, x-hmac and call-x-floor are
// ratios of the turns' medians, so that they depend neither on the machine nor on what else it does.
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
	ctx := context.Background()
	for _, items := range []int{1, 100, 10_000, 100_000} {
		b.Run(fmt.Sprintf("items=%d", items), func(b *testing.B) {
			request, floor := payoutOf(items), floorOf(items)
			build := func() {
				if _, err := gen.NewInitRequest(ctx, client, request); err != nil {
					b.Fatal(err)
				}
			}
			call := func() {
				if _, err := client.InitMassPayout(ctx, request); err != nil {
					b.Fatal(err)
				}
			}
			var body []byte
			encode := func() {
				if body, err = json.Marshal(floor); err != nil {
					b.Fatal(err)
				}
			}
			bareHMAC := func() {
				mac := hmac.New(sha256.New, []byte("secretKey"))
				mac.Write(body)
				mac.Sum(nil)
			}
			var builds, calls, encodings, hmacs turns
			for b.Loop() {
				builds.take(build)
				calls.take(call)
				encodings.take(encode)
				hmacs.take(bareHMAC)
			}
			bottom := encodings.median() + hmacs.median()
			b.ReportMetric(builds.median()/bottom, "x-floor")
			b.ReportMetric(builds.median()/hmacs.median(), "x-hmac")
			b.ReportMetric(calls.median()/bottom, "call-x-floor")
			b.ReportMetric(testing.AllocsPerRun(1, build)/float64(items), "allocs/item")
			b.ReportMetric(builds.median()/float64(items), "ns/item")
			b.ReportMetric(0, "ns/op") // of all four
		})
	}
}

// turns are how long one of several took each time, in nanoseconds.
type turns []float64

func (t *turns) take(do func()) {
	start := time.Now()
	do()
	*t = append(*t, float64(time.Since(start)))
}

func (t turns) median() float64 {
	slices.Sort(t)
	return t[len(t)/2]
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

func payoutOf(items int) gen.MassPayoutInitializeRequest {
	r := gen.MassPayoutInitializeRequest{ExternalID: "salaries-2026-11", Purpose: gen.PurposeSalary}
	for i := range items {
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

func floorOf(items int) floorPayout {
	p := floorPayout{ExternalID: "salaries-2026-11", Purpose: "SALARY"}
	for i := range items {
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
