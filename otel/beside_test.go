package otel_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/otel"
	"github.com/iyzico-go/masspayout/signer"
)

// errorType returns the error.type of the only value of http.client.request.duration, or "none".
func errorType(t *testing.T, metrics *sdkmetric.ManualReader) string {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := metrics.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if data, ok := m.Data.(metricdata.Histogram[float64]); ok && m.Name == "http.client.request.duration" {
				if len(data.DataPoints) != 1 {
					t.Fatalf("got %d values", len(data.DataPoints))
				}
				if kind, ok := data.DataPoints[0].Attributes.Value("error.type"); ok {
					return kind.String()
				}
				return "none"
			}
		}
	}
	t.Fatal("there is no http.client.request.duration")
	return ""
}

// What this package records beside otelhttp, of the same calls: whether iyzico carried them out, and no ID.
func TestBesideOtelhttp(t *testing.T) {
	const requestID = "79cdefc1-3ce6-4f51-bdd9-0c050274db64"
	const refused = `{"status":"failure","errorCode":"1000","errorMessage":"Geçersiz imza"}`
	for _, tt := range []struct {
		status   int
		body     string
		otelhttp string // error.type of its duration metric
		ours     string
		code     string // iyzico.error_code of our span
	}{
		{200, `{"status":"success","systemTime":1}`, "none", "none", ""},
		{200, refused, "none", "refused", "1000"},
		{400, refused, "none", "refused", "1000"},
		{404, refused, "none", "refused", "1000"},
		{429, refused, "none", "rate_limited", "1000"},
		{500, refused, "none", "outcome_unknown", "1000"},
		{502, `<html>bad gateway</html>`, "none", "outcome_unknown", ""},
		{200, `{"status":"succ`, "none", "outcome_unknown", ""}, // torn
	} {
		t.Run(fmt.Sprint(tt.status, " ", tt.body), func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			}))
			defer server.Close()
			spans, theirs, ours := tracetest.NewSpanRecorder(), sdkmetric.NewManualReader(), sdkmetric.NewManualReader()
			tracers := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
			transport := otelhttp.NewTransport(http.DefaultTransport, otelhttp.WithTracerProvider(tracers),
				otelhttp.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(theirs))), otelhttp.WithPropagators(propagation.TraceContext{}))
			telemetry, err := otel.New(otel.WithTracerProvider(tracers), otel.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(ours))))
			if err != nil {
				t.Fatal(err)
			}
			sign, err := signer.New(apiKey, secretKey)
			if err != nil {
				t.Fatal(err)
			}
			client, err := gen.New(server.URL, sign.Edit, gen.WithHTTPClient(&http.Client{Transport: transport}), gen.WithObserver(telemetry.Observe))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = client.CancelMassPayout(t.Context(), requestID)
			if got := errorType(t, theirs); got != tt.otelhttp {
				t.Errorf("otelhttp's error.type is %s, expected %s", got, tt.otelhttp)
			}
			if got := errorType(t, ours); got != tt.ours {
				t.Errorf("our error.type is %s, expected %s", got, tt.ours)
			}
			ended := spans.Ended()
			if len(ended) != 2 {
				t.Fatalf("got %d spans", len(ended))
			}
			for _, span := range ended {
				got := map[attribute.Key]string{}
				for _, a := range span.Attributes() {
					got[a.Key] = a.Value.String()
				}
				if span.Name() != "CancelMassPayout" { // otelhttp's
					if !strings.Contains(got["url.full"], requestID) {
						t.Errorf("otelhttp's span has no ID any more: %v", got)
					}
					continue
				}
				if got["iyzico.error_code"] != tt.code || strings.Contains(fmt.Sprint(got), requestID) {
					t.Errorf("our span has %v", got)
				}
			}
		})
	}
}
