// Package otel makes OpenTelemetry spans and metrics of the calls of package
// [github.com/iyzico-go/masspayout/gen].
//
//	telemetry, err := otel.New()
//	client, err := gen.New(gen.ServerURLSandbox, sign.Edit, gen.WithObserver(telemetry.Observe))
//
// Each call is one span, named after the operation and a child of the span in the call's context, and one value of
// http.client.request.duration, http.client.request.body.size and http.client.response.body.size, all with the
// attributes of OpenTelemetry's conventions for HTTP clients, but url.template in place of url.full. A failure in a
// response with HTTP status 200 is a failure: error.type says refused, rate_limited, outcome_unknown or not_sent.
//
// Nothing of a recipient and no key, ID, path with an ID, or text from a response is recorded. No header is sent to
// iyzico; to send traceparent, add [Telemetry.Propagate].
//
// # Beside otelhttp
//
// The transport of go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp records HTTP exchanges; this package
// records calls. Both may be used at once: otelhttp's span is another one, not a child of this package's.
//
//	                              otelhttp                     this package
//	status 200 with a failure     no error.type                error.type refused
//	400, 404, 429, 500, 502       no error.type on the         error.type refused, rate_limited or
//	                              duration metric              outcome_unknown, on span and metrics
//	torn or unreadable response   no error.type                error.type outcome_unknown
//	no response                   the transport's error        error.type outcome_unknown or not_sent
//	iyzico's code of a refusal    -                            iyzico.error_code
//	a call whose read is retried  one span for each attempt    one, with http.request.resend_count
//	the path                      url.full, with the ID of     url.template, without
//	                              a payout or an item
//	the name of the span          HTTP POST                    AuthMassPayout
//
// So with otelhttp alone, an alert on error.type stays silent while iyzico refuses every call. Its durations end with the
// response's header; these end with its body.
//
// There is no transport in this package on purpose: with an http.Client that wraps net/http's own transport, gen cannot
// prove that a request was not sent (gen.ErrNotSent).
package otel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"

	global "go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/iyzico-go/masspayout/gen"
)

const scope = "github.com/iyzico-go/masspayout/otel"

// ErrorCodeKey is the attribute that holds iyzico's code of a refusal, a number, or "other".
const ErrorCodeKey = attribute.Key("iyzico.error_code")

// Telemetry records the calls of any number of clients. [New] returns one. It is safe for concurrent use.
type Telemetry struct {
	tracer     trace.Tracer
	propagator propagation.TextMapPropagator

	duration       metric.Float64Histogram
	sent, received metric.Int64Histogram
}

// Option configures a [Telemetry]. [New] takes it; a nil option or a nil value is an error there.
type Option func(*config) error

type config struct {
	tracers    trace.TracerProvider
	meters     metric.MeterProvider
	propagator propagation.TextMapPropagator
}

// WithTracerProvider sets where spans go, in place of the global provider.
func WithTracerProvider(p trace.TracerProvider) Option {
	return func(c *config) error {
		if p == nil {
			return errors.New("WithTracerProvider: the provider is nil")
		}
		c.tracers = p
		return nil
	}
}

// WithMeterProvider sets where metrics go, in place of the global provider.
func WithMeterProvider(p metric.MeterProvider) Option {
	return func(c *config) error {
		if p == nil {
			return errors.New("WithMeterProvider: the provider is nil")
		}
		c.meters = p
		return nil
	}
}

// WithPropagator sets what [Telemetry.Propagate] writes, in place of the global propagator.
func WithPropagator(p propagation.TextMapPropagator) Option {
	return func(c *config) error {
		if p == nil {
			return errors.New("WithPropagator: the propagator is nil")
		}
		c.propagator = p
		return nil
	}
}

// New returns a Telemetry. Without options it uses the global providers.
func New(opts ...Option) (*Telemetry, error) {
	c := config{tracers: global.GetTracerProvider(), meters: global.GetMeterProvider(), propagator: global.GetTextMapPropagator()}
	for _, o := range opts {
		if o == nil {
			return nil, errors.New("otel: an option is nil")
		}
		if err := o(&c); err != nil {
			return nil, fmt.Errorf("otel: %w", err)
		}
	}
	t := &Telemetry{tracer: c.tracers.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL)), propagator: c.propagator}
	meter := c.meters.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL))
	var errs [3]error
	t.duration, errs[0] = meter.Float64Histogram("http.client.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of HTTP client requests."),
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10))
	t.sent, errs[1] = meter.Int64Histogram("http.client.request.body.size", metric.WithUnit("By"),
		metric.WithDescription("Size of HTTP client request bodies."))
	t.received, errs[2] = meter.Int64Histogram("http.client.response.body.size", metric.WithUnit("By"),
		metric.WithDescription("Size of HTTP client response bodies."))
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("otel: %w", err)
	}
	return t, nil
}

// Observe records a call that has ended. It is for [gen.WithObserver].
func (t *Telemetry) Observe(ctx context.Context, call gen.Call) {
	attributes := attributesOf(call)
	_, span := t.tracer.Start(ctx, call.Operation, trace.WithTimestamp(call.Start), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attributes...))
	if call.Attempts > 1 {
		span.SetAttributes(semconv.HTTPRequestResendCount(call.Attempts - 1))
	}
	if call.Code != "" {
		span.SetAttributes(ErrorCodeKey.String(string(call.Code)))
	}
	span.SetAttributes(semconv.HTTPRequestBodySize(int(call.Sent)), semconv.HTTPResponseBodySize(int(call.Received)))
	if call.Outcome != nil {
		span.SetStatus(codes.Error, call.Outcome.Error())
	}
	span.End(trace.WithTimestamp(call.Start.Add(call.Duration)))

	set := metric.WithAttributeSet(attribute.NewSet(attributes...))
	t.duration.Record(ctx, call.Duration.Seconds(), set)
	t.sent.Record(ctx, call.Sent, set)
	t.received.Record(ctx, call.Received, set)
}

// attributesOf are those of spans and metrics alike.
func attributesOf(call gen.Call) []attribute.KeyValue {
	attributes := []attribute.KeyValue{
		semconv.HTTPRequestMethodKey.String(call.Method),
		semconv.URLTemplate(call.Path),
	}
	if host, port, err := net.SplitHostPort(call.Server); err == nil {
		attributes = append(attributes, semconv.ServerAddress(host))
		if n, err := strconv.Atoi(port); err == nil {
			attributes = append(attributes, semconv.ServerPort(n))
		}
	}
	if call.StatusCode != 0 {
		attributes = append(attributes, semconv.HTTPResponseStatusCode(call.StatusCode))
	}
	if call.Outcome != nil {
		attributes = append(attributes, semconv.ErrorTypeKey.String(strings.ReplaceAll(call.Outcome.Error(), " ", "_")))
	}
	return attributes
}

// Propagate writes the span in the call's context into the request's header, as traceparent. It is a
// gen.RequestEditorFn, for [gen.WithRequestEditorFn]; there it runs before the signer, whose signature covers no header.
// Without it, iyzico is told nothing of the program's traces.
func (t *Telemetry) Propagate(ctx context.Context, req *http.Request) error {
	t.propagator.Inject(ctx, propagation.HeaderCarrier(req.Header))
	return nil
}
