package signer_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/signer"
)

// payoutBody is about as long as a payout with the given number of items, at 200 bytes each.
func payoutBody(items int) []byte {
	return bytes.Repeat([]byte(`x`), 100+200*items)
}

var benchItems = []int{1, 100, 10_000}

func newBenchRequest(b *testing.B, body []byte) *http.Request {
	req, err := http.NewRequest(http.MethodPost, initURL, bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	return req
}

// BenchmarkSign measures Edit on a request that net/http created.
func BenchmarkSign(b *testing.B) {
	for _, items := range benchItems {
		b.Run(fmt.Sprintf("items=%d", items), func(b *testing.B) {
			s, _ := signer.New("sandbox-apiKey", "sandbox-secretKey")
			body := payoutBody(items)
			req := newBenchRequest(b, body)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Edit(context.Background(), req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSignRatio compares Edit with bare HMAC-SHA256 over the same bytes. The two take turns, so that a busy
// machine slows down both, and their medians are compared.
func BenchmarkSignRatio(b *testing.B) {
	for _, items := range benchItems {
		b.Run(fmt.Sprintf("items=%d", items), func(b *testing.B) {
			s, _ := signer.New("sandbox-apiKey", "sandbox-secretKey")
			body := payoutBody(items)
			req := newBenchRequest(b, body)
			prefix := []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ/v1/mass/payout/init")
			var edit, floor []time.Duration
			for b.Loop() {
				start := time.Now()
				if err := s.Edit(context.Background(), req); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				mac := hmac.New(sha256.New, []byte("sandbox-secretKey"))
				mac.Write(prefix)
				mac.Write(body)
				benchSink = hex.EncodeToString(mac.Sum(nil))
				edit = append(edit, between.Sub(start))
				floor = append(floor, time.Since(between))
			}
			e, f := median(edit), median(floor)
			b.ReportMetric(0, "ns/op") // the sum of both means nothing
			b.ReportMetric(float64(e.Nanoseconds()), "edit-ns")
			b.ReportMetric(float64(f.Nanoseconds()), "floor-ns")
			b.ReportMetric(float64(e)/float64(f), "x-floor")
		})
	}
}

var benchSink string

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
