package otel_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/otel"
	"github.com/iyzico-go/masspayout/signer"
)

// What must never be recorded: keys, and what a recipient has.
const (
	apiKey, secretKey    = "sandbox-apiKeyCanary", "sandbox-secretKeyCanary"
	iban, name           = "TR330006100519786457841326", "Ayşe Kanarya"
	identity, phone      = "98765432154", "+905321476928"
	externalID, itemName = "payout-canary", "item-canary"
)

// recorder keeps what a Telemetry records.
type recorder struct {
	spans   *tracetest.SpanRecorder
	metrics *sdkmetric.ManualReader
	*otel.Telemetry
}

func newRecorder(t *testing.T) recorder {
	t.Helper()
	r := recorder{spans: tracetest.NewSpanRecorder(), metrics: sdkmetric.NewManualReader()}
	var err error
	r.Telemetry, err = otel.New(
		otel.WithTracerProvider(trace.NewTracerProvider(trace.WithSpanProcessor(r.spans))),
		otel.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(r.metrics))),
		otel.WithPropagator(propagation.TraceContext{}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r recorder) everything(t *testing.T) string {
	t.Helper()
	var s strings.Builder
	for _, stub := range tracetest.SpanStubsFromReadOnlySpans(r.spans.Ended()) {
		fmt.Fprintf(&s, "%+v\n", stub)
	}
	encoded, err := json.Marshal(r.collect(t))
	if err != nil {
		t.Fatal(err)
	}
	return s.String() + string(encoded)
}

func (r recorder) collect(t *testing.T) (all metricdata.ResourceMetrics) {
	t.Helper()
	if err := r.metrics.Collect(context.Background(), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func request() gen.MassPayoutInitializeRequest {
	r := gen.MassPayoutInitializeRequest{ExternalID: externalID}
	for i, recipient := range []struct {
		kind gen.RecipientType
		info string
	}{{gen.RecipientTypeIBAN, iban}, {gen.RecipientTypeIdentityNumber, identity}, {gen.RecipientTypePhone, phone}} {
		r.Items = append(r.Items, gen.MassPayoutItem{
			ItemExternalID: fmt.Sprintf("%s-%d", itemName, i), RecipientType: recipient.kind, RecipientInfo: recipient.info, RecipientName: name,
			Amount: gen.Amount{Value: decimal.New(10050, -2), Currency: gen.CurrencyTRY}, Description: "maaş",
		})
	}
	return r
}

// newClient is a client of an emulator, which r observes.
func newClient(t *testing.T, r recorder, opts ...gen.Option) (*gen.Client, *emulator.Server) {
	t.Helper()
	server, err := emulator.Start(apiKey, secretKey)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	sign, err := signer.New(apiKey, secretKey)
	if err != nil {
		t.Fatal(err)
	}
	client, err := gen.New(server.URL, sign.Edit, append(opts, gen.WithObserver(r.Observe))...)
	if err != nil {
		t.Fatal(err)
	}
	return client, server
}

// callAll makes each of the six calls, and returns the ids that iyzico gave.
func callAll(ctx context.Context, client *gen.Client) (ids []string) {
	requestID, reference := gen.RequestID("79cdefc1-3ce6-4f51-bdd9-0c050274db64"), gen.ReferenceCode("a97b14a2-1e22-4ceb-bafb-38b61c4c4477")
	if stored, err := client.InitMassPayout(ctx, request()); err == nil {
		requestID = stored.RequestID
	}
	if got, err := client.RetrieveMassPayout(ctx, gen.MassPayoutRetrieveRequest{RequestID: requestID, ItemType: gen.ItemTypeValid, Size: 10}); err == nil {
		reference = got.MassPayoutItems.Items[0].ReferenceCode
	}
	_, _ = client.RetrieveMassPayoutItem(ctx, reference)
	_, _ = client.RetrieveMassPayoutBalance(ctx)
	_, _ = client.CancelMassPayout(ctx, requestID)
	_, _ = client.AuthMassPayout(ctx, gen.MassPayoutAuthRequest{RequestID: requestID})
	return []string{string(requestID), string(reference)}
}

// Whatever goes wrong, each call is one span of the operation's name, and nothing that must not be is in it.
func TestEveryFault(t *testing.T) {
	operations := []string{"InitMassPayout", "RetrieveMassPayout", "RetrieveMassPayoutItem", "RetrieveMassPayoutBalance", "CancelMassPayout", "AuthMassPayout"}
	for _, kind := range []emulator.Kind{
		emulator.Cut, emulator.HTML, emulator.RateLimited, emulator.SystemError, emulator.FailureWith200, emulator.Redirect,
		emulator.Truncated, emulator.Torn, emulator.WrongType, emulator.Huge,
	} {
		for _, struck := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v/%v", kind, struck), func(t *testing.T) {
				r := newRecorder(t)
				client, server := newClient(t, r, gen.WithMaxResponse(1<<20))
				if struck {
					server.Inject(emulator.Fault{Kind: kind, Times: -1})
				}
				ids := callAll(t.Context(), client)
				var got []string
				for _, span := range r.spans.Ended() {
					got = append(got, span.Name())
				}
				if !slices.Equal(got, operations) {
					t.Errorf("got the spans %q", got)
				}
				all := r.everything(t)
				for _, canary := range append(ids, apiKey, secretKey, iban, iban[:12], iban[14:], name, "Kanarya", identity, phone, phone[3:], externalID, itemName,
					"IYZWSv2", "<html") {
					if strings.Contains(all, canary) {
						t.Errorf("%q was recorded", canary)
					}
				}
			})
		}
	}
}

// A refusal is a failure, also in a response with HTTP status 200.
func TestSpan(t *testing.T) {
	r := newRecorder(t)
	client, server := newClient(t, r)
	server.Inject(emulator.Fault{Kind: emulator.FailureWith200})
	if _, err := client.RetrieveMassPayoutBalance(t.Context()); err == nil {
		t.Fatal("got no error")
	}
	if _, err := client.RetrieveMassPayoutBalance(t.Context()); err != nil {
		t.Fatal(err)
	}
	spans := r.spans.Ended()
	if len(spans) != 2 {
		t.Fatalf("got %d spans", len(spans))
	}
	host, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	for i, want := range []map[attribute.Key]string{
		{
			"http.request.method": "GET", "url.template": "/v1/mass/payout/balance", "server.address": host, "server.port": port,
			"http.response.status_code": "200", "error.type": "refused", "iyzico.error_code": "11", "http.request.body.size": "0",
		},
		{
			"http.request.method": "GET", "url.template": "/v1/mass/payout/balance", "server.address": host, "server.port": port,
			"http.response.status_code": "200", "http.request.body.size": "0",
		},
	} {
		got := map[attribute.Key]string{}
		for _, a := range spans[i].Attributes() {
			got[a.Key] = a.Value.String()
		}
		if got["http.response.body.size"] == "0" || got["http.response.body.size"] == "" {
			t.Errorf("http.response.body.size: got %q", got["http.response.body.size"])
		}
		delete(got, "http.response.body.size")
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("span %d: got  %v\nwant %v", i, got, want)
		}
		if !spans[i].EndTime().After(spans[i].StartTime()) {
			t.Errorf("span %d lasted from %v to %v", i, spans[i].StartTime(), spans[i].EndTime())
		}
	}
	if got := spans[0].Status(); got.Code != codes.Error || got.Description != "refused" {
		t.Errorf("refused: got status %v", got)
	}
	if got := spans[1].Status(); got.Code != codes.Unset {
		t.Errorf("accepted: got status %v", got)
	}
	counts := map[string]uint64{}
	for _, scope := range r.collect(t).ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Histogram[float64]:
				for _, point := range data.DataPoints {
					counts[m.Name] += point.Count
				}
			case metricdata.Histogram[int64]:
				for _, point := range data.DataPoints {
					counts[m.Name] += point.Count
				}
			}
		}
	}
	if want := "map[http.client.request.body.size:2 http.client.request.duration:2 http.client.response.body.size:2]"; fmt.Sprint(counts) != want {
		t.Errorf("got  %v\nwant %v", counts, want)
	}
}

// iyzico is told of the program's traces only if asked, and the signature holds all the same: the editor runs before
// the signer, and the emulator checks.
func TestPropagation(t *testing.T) {
	for _, asked := range []bool{false, true} {
		r := newRecorder(t)
		var header string
		opts := []gen.Option{gen.WithHTTPClient(&http.Client{Transport: spy(func(req *http.Request) { header = req.Header.Get("Traceparent") })})}
		if asked {
			opts = append(opts, gen.WithRequestEditorFn(r.Propagate))
		}
		client, _ := newClient(t, r, opts...)
		ctx, parent := trace.NewTracerProvider().Tracer("program").Start(t.Context(), "pay")
		if _, err := client.RetrieveMassPayoutBalance(ctx); err != nil {
			t.Fatal(err)
		}
		if want := parent.SpanContext().TraceID().String(); strings.Contains(header, want) != asked || (header != "") != asked {
			t.Errorf("asked %v: traceparent is %q", asked, header)
		}
		if got := r.spans.Ended()[0].Parent().SpanID(); got != parent.SpanContext().SpanID() {
			t.Errorf("the span's parent is %v, want the caller's", got)
		}
	}
}

// spy is a transport that looks at each request.
type spy func(*http.Request)

func (s spy) RoundTrip(req *http.Request) (*http.Response, error) {
	s(req)
	return http.DefaultTransport.RoundTrip(req)
}

func TestNewRefuses(t *testing.T) {
	for want, option := range map[string]otel.Option{
		"otel: an option is nil":                        nil,
		"otel: WithTracerProvider: the provider is nil": otel.WithTracerProvider(nil),
		"otel: WithMeterProvider: the provider is nil":  otel.WithMeterProvider(nil),
		"otel: WithPropagator: the propagator is nil":   otel.WithPropagator(nil),
	} {
		if got, err := otel.New(option); got != nil || err == nil || err.Error() != want {
			t.Errorf("got %v, %v; want %s", got, err, want)
		}
	}
}
