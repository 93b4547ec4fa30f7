package gen_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/iyzico-go/masspayout/gen"
)

// moving are the calls that store something or move money.
func moving() []operation {
	return slices.DeleteFunc(slices.Clone(operations), func(op operation) bool {
		return !slices.Contains([]string{"InitMassPayout", "AuthMassPayout", "CancelMassPayout"}, op.name)
	})
}

// listen serves each connection on loopback with handle, and closes it afterwards.
func listen(t *testing.T, handle func(net.Conn)) (address string) {
	t.Helper()
	address, _ = listenAndWait(t, handle)
	return address
}

// listenAndWait is listen; wait returns when all connections have been served.
func listenAndWait(t *testing.T, handle func(net.Conn)) (address string, wait func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer conn.Close()
				handle(conn)
			})
		}
	})
	t.Cleanup(func() { l.Close() })
	return l.Addr().String(), func() { l.Close(); served.Wait() }
}

// HTTP/2 frames, as RFC 9113 defines them.
const (
	frameData, frameHeaders, frameReset, frameSettings, frameGoAway = 0, 1, 3, 4, 7

	flagEndStream, flagAck, flagEndHeaders = 1, 1, 4

	codeNone, codeProtocol, codeInternal, codeRefusedStream, codeCalm = 0, 1, 2, 7, 11
)

func writeFrame(w io.Writer, kind, flags byte, stream uint32, payload ...byte) {
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	frame = binary.BigEndian.AppendUint32(append(frame, flags), stream)
	_, _ = w.Write(append(frame, payload...))
}

func code(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// http2Peer speaks just enough HTTP/2 to count the requests that arrive, and to refuse each as refuse does.
func http2Peer(requests *atomic.Int32, refuse func(w io.Writer, stream uint32) (hangUp bool)) func(net.Conn) {
	return func(conn net.Conn) {
		if _, err := io.CopyN(io.Discard, conn, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
			return
		}
		writeFrame(conn, frameSettings, 0, 0)
		var header [9]byte
		for {
			if _, err := io.ReadFull(conn, header[:]); err != nil {
				return
			}
			length, kind, flags := binary.BigEndian.Uint32(header[:4])>>8, header[3], header[4]
			stream := binary.BigEndian.Uint32(header[5:])
			if _, err := io.CopyN(io.Discard, conn, int64(length)); err != nil {
				return
			}
			if kind == frameSettings && flags&flagAck == 0 {
				writeFrame(conn, frameSettings, flagAck, 0)
			}
			if kind == frameHeaders {
				requests.Add(1)
			}
			if (kind == frameHeaders || kind == frameData) && flags&flagEndStream != 0 && refuse(conn, stream) {
				return
			}
		}
	}
}

var earlyHints = []byte("\x08\x03103") // HPACK: a literal value of :status

// refusals are ways in which an HTTP/2 server answers nothing. After those that repeat has, net/http writes a request
// again, in Go 1.26 also after a protocol error.
var (
	refusals = map[string]func(w io.Writer, stream uint32) (hangUp bool){
		"refused stream": func(w io.Writer, stream uint32) bool {
			writeFrame(w, frameReset, 0, stream, code(codeRefusedStream)...)
			return false
		},
		"protocol error": func(w io.Writer, stream uint32) bool {
			writeFrame(w, frameReset, 0, stream, code(codeProtocol)...)
			return false
		},
		"internal error": func(w io.Writer, stream uint32) bool {
			writeFrame(w, frameReset, 0, stream, code(codeInternal)...)
			return false
		},
		"going away": func(w io.Writer, _ uint32) bool {
			writeFrame(w, frameGoAway, 0, 0, append(code(0), code(codeNone)...)...)
			return true
		},
		"going away, connection kept": func(w io.Writer, _ uint32) bool {
			writeFrame(w, frameGoAway, 0, 0, append(code(0), code(codeNone)...)...)
			return false
		},
		"going away, calm": func(w io.Writer, _ uint32) bool {
			writeFrame(w, frameGoAway, 0, 0, append(code(0), code(codeCalm)...)...)
			return true
		},
		"refused after an early hint": func(w io.Writer, stream uint32) bool {
			writeFrame(w, frameHeaders, flagEndHeaders, stream, earlyHints...)
			writeFrame(w, frameReset, 0, stream, code(codeRefusedStream)...)
			return false
		},
		"hung up": func(io.Writer, uint32) bool { return true },
	}
	repeat = []string{"refused stream", "going away", "going away, connection kept", "refused after an early hint"}
)

// A server says that it has not looked at the request, and net/http sends it again. A proxy in between may err.
func TestWrittenOnceUnderHTTP2(t *testing.T) {
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	certified := httptest.NewUnstartedServer(nil) // for its certificate
	certified.Config.ErrorLog = discarded
	certified.StartTLS()
	defer certified.Close()
	trusting := certified.Client().Transport.(*http.Transport).TLSClientConfig

	for name, refuse := range refusals {
		for _, op := range moving() {
			t.Run(name+"/"+op.name+"/plain", func(t *testing.T) {
				var requests atomic.Int32
				address := listen(t, http2Peer(&requests, refuse))
				transport := &http.Transport{Protocols: h2c}
				defer transport.CloseIdleConnections()
				accepted, err := op.call(t.Context(), newClient(t, "http://"+address, gen.WithHTTPClient(&http.Client{Transport: transport})))
				checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
				checkRequests(t, &requests, 1)
				if errors.Is(err, context.Canceled) {
					t.Errorf("the error reads as if the caller had canceled: %v", err)
				}
			})
			t.Run(name+"/"+op.name+"/TLS", func(t *testing.T) {
				var requests atomic.Int32
				address := listen(t, func(conn net.Conn) {
					encrypted := tls.Server(conn, &tls.Config{Certificates: certified.TLS.Certificates, NextProtos: []string{"h2"}})
					http2Peer(&requests, refuse)(encrypted)
				})
				transport := &http.Transport{TLSClientConfig: trusting.Clone(), ForceAttemptHTTP2: true}
				defer transport.CloseIdleConnections()
				accepted, err := op.call(t.Context(), newClient(t, "https://"+address, gen.WithHTTPClient(&http.Client{Transport: transport})))
				checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
				checkRequests(t, &requests, 1)
			})
		}
	}
}

// net/http repeats a read without a bound and without a pause where each connection is refused so.
func TestReadsUnderHTTP2AreBoundedAndSpaced(t *testing.T) {
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	for name, refuse := range refusals {
		for _, op := range operations {
			if slices.ContainsFunc(moving(), func(moves operation) bool { return moves.name == op.name }) {
				continue
			}
			for retries, most := range map[int]int32{0: 2, 2: 3} {
				t.Run(fmt.Sprintf("%s/%s/%d retries", name, op.name, retries), func(t *testing.T) {
					t.Parallel()
					var requests, signed atomic.Int32
					address := listen(t, http2Peer(&requests, refuse))
					transport := &http.Transport{Protocols: h2c}
					defer transport.CloseIdleConnections()
					var seen gen.Call
					opts := []gen.Option{
						gen.WithHTTPClient(&http.Client{Transport: transport}),
						gen.WithObserver(func(_ context.Context, call gen.Call) { seen = call }),
					}
					if retries > 0 {
						opts = append(opts, gen.WithReadRetries(retries, time.Second))
					}
					client, err := gen.New("http://"+address, func(context.Context, *http.Request) error { signed.Add(1); return nil }, opts...)
					if err != nil {
						t.Fatal(err)
					}
					accepted, err := op.call(t.Context(), client)
					checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
					n := requests.Load()
					if n > most || n < most && (retries > 0 || slices.Contains(repeat, name)) {
						t.Errorf("the request was written %d times, want %d", n, most)
					}
					if signed.Load() != n || seen.Attempts != int(n) {
						t.Errorf("written %d times, signed %d times, observed %d attempts", n, signed.Load(), seen.Attempts)
					}
					if least := time.Duration(n-1) * 125 * time.Millisecond; seen.Duration < least {
						t.Errorf("the call took %v, want pauses of at least %v", seen.Duration, least)
					}
				})
			}
		}
	}
}

// One connection is lost, as when a server restarts: the read is repeated, signed anew, and succeeds.
func TestAReadSurvivesALostConnection(t *testing.T) {
	for _, op := range operations {
		if slices.ContainsFunc(moving(), func(moves operation) bool { return moves.name == op.name }) {
			continue
		}
		t.Run(op.name, func(t *testing.T) {
			var requests atomic.Int32
			address := listen(t, func(conn net.Conn) {
				for buffered := bufio.NewReader(conn); ; {
					req, err := http.ReadRequest(buffered)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, req.Body)
					if requests.Add(1) == 2 {
						return // without a response
					}
					_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(op.accepted), op.accepted)
				}
			})
			var seen gen.Call
			client := newClient(t, "http://"+address, gen.WithObserver(func(_ context.Context, call gen.Call) { seen = call }))
			for range 2 {
				accepted, err := op.call(t.Context(), client)
				if op.name == "RetrieveMassPayout" && seen.Attempts == 1 && requests.Load() == 2 {
					checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown) // net/http does not repeat a POST
					return
				}
				checkOutcome(t, accepted, err, nil)
			}
			checkRequests(t, &requests, 3)
			if seen.Attempts != 2 {
				t.Errorf("the second call: observed %d attempts, want 2", seen.Attempts)
			}
		})
	}
}

// A transport of the caller's may retry a read that was answered: each writing is counted.
func TestReadsUnderATransportThatRetries(t *testing.T) {
	var requests atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) < 3 {
			answer(503, `{"status":"failure"}`)(w, r)
			return
		}
		answer(200, `{"status":"success","balance":1}`)(w, r)
	})
	thrice := roundTripper(func(req *http.Request) (*http.Response, error) {
		for {
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil || resp.StatusCode != 503 {
				return resp, err
			}
			_ = resp.Body.Close()
		}
	})
	var seen gen.Call
	accepted, err := resultOf(newClient(t, url, gen.WithHTTPClient(&http.Client{Transport: thrice}),
		gen.WithObserver(func(_ context.Context, call gen.Call) { seen = call })).RetrieveMassPayoutBalance(t.Context()))
	checkOutcome(t, accepted, err, nil)
	checkRequests(t, &requests, 3)
	if seen.Attempts != 3 {
		t.Errorf("observed %d attempts, want 3", seen.Attempts)
	}
}

func checkRequests(t *testing.T, requests *atomic.Int32, want int32) {
	t.Helper()
	if n := requests.Load(); n != want {
		t.Errorf("the request was written %d times, want %d", n, want)
	}
}

// net/http sends a request with such a header again when a connection that it kept is closed without a response.
func TestWrittenOnceWithAnIdempotencyKey(t *testing.T) {
	for _, header := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		for _, op := range moving() {
			t.Run(header+"/"+op.name, func(t *testing.T) {
				var requests atomic.Int32
				address, wait := listenAndWait(t, func(conn net.Conn) {
					for buffered := bufio.NewReader(conn); ; {
						req, err := http.ReadRequest(buffered)
						if err != nil {
							return
						}
						_, _ = io.Copy(io.Discard, req.Body)
						if req.Method == http.MethodGet {
							_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n"+`{"status":"success","balance":0}`)
							continue
						}
						if req.Header.Get(header) == "" {
							t.Error("the header was not sent")
						}
						requests.Add(1)
						return
					}
				})
				transport := new(http.Transport)
				client := newClient(t, "http://"+address, gen.WithHTTPClient(&http.Client{Transport: transport}), gen.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
					req.Header.Set(header, "1")
					return nil
				}))
				if _, err := client.RetrieveMassPayoutBalance(t.Context()); err != nil { // so that there is a connection to keep
					t.Fatal(err)
				}
				accepted, err := op.call(t.Context(), client)
				checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
				transport.CloseIdleConnections()
				wait() // for what the call may have left behind
				checkRequests(t, &requests, 1)
			})
		}
	}
}

// A transport that retries must not retry what stores or moves.
func TestWrittenOnceUnderATransportThatRetries(t *testing.T) {
	for _, op := range moving() {
		t.Run(op.name, func(t *testing.T) {
			var requests atomic.Int32
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				answer(503, `{"status":"failure"}`)(w, r)
			})
			twice := roundTripper(func(req *http.Request) (*http.Response, error) {
				again := req.Clone(req.Context())
				resp, err := http.DefaultTransport.RoundTrip(req)
				if err != nil {
					return nil, err
				}
				_ = resp.Body.Close()
				if again.GetBody != nil {
					again.Body, _ = again.GetBody()
				}
				return http.DefaultTransport.RoundTrip(again)
			})
			accepted, err := op.call(t.Context(), newClient(t, url, gen.WithHTTPClient(&http.Client{Transport: twice})))
			checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
			checkRequests(t, &requests, 1)
		})
	}
}

// What fails before there is a connection was not sent, provided that net/http itself says that there was none.
func TestNotSent(t *testing.T) {
	untrusted := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") }))
	untrusted.Config.ErrorLog = discarded
	untrusted.StartTLS()
	defer untrusted.Close()
	noTLS := listen(t, func(conn net.Conn) { _, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.9\r\n") })

	for _, tt := range []struct {
		name string
		url  string
	}{
		{"nobody listens", "http://127.0.0.1:1"}, // not a port that was just closed: somebody else may get it
		{"no such host", "https://masspayout.invalid"},
		{"certificate not trusted", untrusted.URL},
		{"no TLS", "https://" + noTLS},
	} {
		for _, op := range few(operations) {
			for name, opts := range map[string][]gen.Option{
				"own":           nil,
				"http.Client":   {gen.WithHTTPClient(&http.Client{})},
				"own transport": {gen.WithHTTPClient(&http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true}})},
			} {
				t.Run(tt.name+"/"+op.name+"/"+name, func(t *testing.T) {
					_, err := op.call(t.Context(), newClient(t, tt.url, opts...))
					checkNotSent(t, err)
				})
			}
			t.Run(tt.name+"/"+op.name+"/wrapped", func(t *testing.T) {
				wrapped := roundTripper(func(req *http.Request) (*http.Response, error) { return http.DefaultTransport.RoundTrip(req) })
				accepted, err := op.call(t.Context(), newClient(t, tt.url, gen.WithHTTPClient(&http.Client{Transport: wrapped})))
				checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
			})
		}
	}
}

// A call that ends while it still connects was not sent.
func TestNotSentWhileConnecting(t *testing.T) {
	for _, op := range operations {
		t.Run(op.name+"/canceled", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := op.call(ctx, newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(&http.Client{Transport: &http.Transport{
				DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
					cancel()
					<-ctx.Done()
					return nil, ctx.Err()
				},
			}})))
			checkNotSent(t, err)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got error %v, want a context.Canceled", err)
			}
		})
		t.Run(op.name+"/timeout", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := make(chan struct{}) // net/http dials on after the call
				defer close(over)
				_, err := op.call(t.Context(), newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(&http.Client{
					Timeout: time.Second,
					Transport: &http.Transport{
						DialContext: func(context.Context, string, string) (net.Conn, error) { <-over; return nil, net.ErrClosed },
					},
				})))
				checkNotSent(t, err)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got error %v, want a context.DeadlineExceeded", err)
				}
			})
		})
	}
}

// Whatever the Doer is: it is not called once the context has ended.
func TestNotSentAfterTheContextEnded(t *testing.T) {
	doer := doerFunc(func(*http.Request) (*http.Response, error) {
		t.Error("the Doer was called")
		return nil, errors.New("?")
	})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, op := range operations {
		_, err := op.call(ended, newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doer)))
		checkNotSent(t, err)

		// Also if it ends while the request is signed.
		ctx, cancel := context.WithCancel(t.Context())
		client, _ := gen.New(gen.ServerURLSandbox, func(context.Context, *http.Request) error { cancel(); return nil }, gen.WithHTTPClient(doer))
		_, err = op.call(ctx, client)
		checkNotSent(t, err)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want a context.Canceled", err)
		}
	}
}

// An http.Transport calls no hook for what it passes on to somebody else, who may have written the request.
func TestSilentTransportsProveNothing(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")} // after the request was written, to somewhere else
	fails := roundTripper(func(*http.Request) (*http.Response, error) { return nil, refused })

	registered := &http.Transport{TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}}
	registered.RegisterProtocol("https", fails)

	certified := httptest.NewUnstartedServer(nil)
	certified.TLS = &tls.Config{NextProtos: []string{"custom"}}
	certified.StartTLS()
	defer certified.Close()
	negotiated := &http.Transport{TLSClientConfig: certified.Client().Transport.(*http.Transport).TLSClientConfig.Clone()}
	negotiated.TLSClientConfig.NextProtos = []string{"custom"}
	negotiated.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{
		"custom": func(string, *tls.Conn) http.RoundTripper { return fails },
	}
	for name, transport := range map[string]http.RoundTripper{"registered": registered, "negotiated": negotiated, "another": fails} {
		for _, op := range operations {
			t.Run(name+"/"+op.name, func(t *testing.T) {
				accepted, err := op.call(t.Context(), newClient(t, certified.URL, gen.WithHTTPClient(&http.Client{Transport: transport})))
				checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
				if !errors.Is(err, refused) {
					t.Errorf("got error %v, want the transport's", err)
				}
			})
		}
	}
}

// After "101 Switching Protocols" the body is the connection, which neither the timeout nor the context closes.
func TestSwitchingProtocolsEnds(t *testing.T) {
	address := listen(t, func(conn net.Conn) {
		req, err := http.ReadRequest(bufio.NewReader(conn))
		if err == nil {
			_, _ = io.Copy(io.Discard, req.Body)
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
			_, _ = io.Copy(io.Discard, conn) // until the client hangs up
		}
	})
	for _, op := range operations {
		accepted, err := op.call(t.Context(), newClient(t, "http://"+address))
		checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
		const want = "outcome unknown: the server switched to another protocol, which was not requested (HTTP 101)"
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v", err)
		}
	}
}

// A body that a Doer gives ends with the context, too.
func TestABodyThatNeverEnds(t *testing.T) {
	for _, op := range operations {
		ctx, cancel := context.WithCancel(t.Context())
		doer := doerFunc(func(*http.Request) (*http.Response, error) {
			cancel()
			r, _ := io.Pipe() // nobody writes
			return &http.Response{StatusCode: 200, Body: r}, nil
		})
		accepted, err := op.call(ctx, newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doer)))
		checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want a context.Canceled", err)
		}
	}
}

// A body that brings nothing ends as well.
func TestABodyThatBringsNothing(t *testing.T) {
	for _, op := range operations {
		nothing := readerFunc(func([]byte) (int, error) { return 0, nil })
		doer := doerFunc(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(nothing)}, nil
		})
		accepted, err := op.call(t.Context(), newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doer)))
		checkOutcome(t, accepted, err, gen.ErrOutcomeUnknown)
		if !errors.Is(err, io.ErrNoProgress) {
			t.Errorf("got error %v, want an io.ErrNoProgress", err)
		}
	}
}

// A Content-Length is a promise: no memory is taken for it.
func TestAContentLengthThatIsNotKept(t *testing.T) {
	for _, op := range operations {
		doer := doerFunc(func(*http.Request) (*http.Response, error) {
			body := io.NopCloser(strings.NewReader(op.accepted))
			return &http.Response{StatusCode: 200, Body: body, ContentLength: math.MaxInt64}, nil
		})
		accepted, err := op.call(t.Context(), newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doer)))
		checkOutcome(t, accepted, err, nil)
	}
}

// A response that has arrived counts, though the context has ended: an accepted init has a requestId to lose.
func TestAResponseThatCameWithTheEndOfTheContext(t *testing.T) {
	for _, op := range operations {
		ctx, cancel := context.WithCancel(t.Context())
		doer := doerFunc(func(*http.Request) (*http.Response, error) {
			cancel()
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(op.accepted))}, nil
		})
		accepted, err := op.call(ctx, newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doer)))
		checkOutcome(t, accepted, err, nil)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// net/http writes to the standard logger what a server sends without being asked. That may be anybody's name.
func TestUnsolicitedResponsesAreNotLogged(t *testing.T) {
	var logged bytes.Buffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&logged)

	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	defer func(was http.RoundTripper) { http.DefaultTransport = was }(http.DefaultTransport)
	trusting := http.DefaultTransport.(*http.Transport).Clone()
	trusting.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	trusting.TLSClientConfig.RootCAs.AddCert(certified.Certificate())
	http.DefaultTransport = trusting

	const unsolicited = "HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n" + `{"recipientName":"Ayşe Yılmaz","recipientInfo":"TR330006100519786457"}`
	for _, scheme := range []string{"http", "https"} {
		for _, body := range []string{"", strings.Repeat(" ", 10_000)} {
			for name, respond := range map[string]func(w io.Writer, response string){
				"with the response": func(w io.Writer, response string) { _, _ = io.WriteString(w, response+unsolicited) },
				"after the response": func(w io.Writer, response string) {
					_, _ = io.WriteString(w, response)
					_, _ = io.WriteString(w, unsolicited)
				},
			} {
				for _, chunked := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%d/%s/chunked %v", scheme, len(body), name, chunked), func(t *testing.T) {
						content := `{"status":"success","balance":12.50}` + body
						response := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(content), content)
						if chunked {
							response = fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(content), content)
						}
						address, wait := listenAndWait(t, func(conn net.Conn) {
							if scheme == "https" {
								conn = tls.Server(conn, &tls.Config{Certificates: certified.TLS.Certificates})
							}
							if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
								respond(conn, response)
								_, _ = io.Copy(io.Discard, conn) // until the client hangs up
							}
						})
						got, err := newClient(t, scheme+"://"+address).RetrieveMassPayoutBalance(t.Context())
						if err != nil || got.Balance.String() != "12.5" {
							t.Errorf("got %v, %v", got, err)
						}
						wait()
						if logged.Len() > 0 {
							t.Errorf("logged: %s", logged.String())
							logged.Reset()
						}
					})
				}
			}
		}
	}
}

// Our own transport reaches an HTTPS server through a proxy.
func TestOwnTransportThroughAProxy(t *testing.T) {
	target := httptest.NewTLSServer(answer(200, `{"status":"success","balance":1}`))
	defer target.Close()
	proxy := listen(t, func(conn net.Conn) {
		req, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil || req.Method != http.MethodConnect {
			t.Errorf("the proxy got %v, %v", req, err)
			return
		}
		onward, err := net.Dial("tcp", req.Host)
		if err != nil {
			t.Error(err)
			return
		}
		defer onward.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() { _, _ = io.Copy(onward, conn); onward.Close() }()
		_, _ = io.Copy(conn, onward)
	})
	defer func(was http.RoundTripper) { http.DefaultTransport = was }(http.DefaultTransport)
	proxied := http.DefaultTransport.(*http.Transport).Clone()
	proxied.TLSClientConfig = target.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	proxied.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: proxy})
	http.DefaultTransport = proxied
	client := newClient(t, target.URL)
	for range 3 {
		if _, err := client.RetrieveMassPayoutBalance(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// Our own transport keeps its connections, and speaks HTTP/2 where the server does.
func TestOwnTransport(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		var protocols, addresses []string
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			protocols, addresses = append(protocols, r.Proto), append(addresses, r.RemoteAddr)
			_, _ = io.WriteString(w, `{"status":"success","balance":1}`+strings.Repeat(" ", 10_000))
		}))
		s.EnableHTTP2 = http2
		s.StartTLS()
		func() {
			defer s.Close()
			defer func(was http.RoundTripper) { http.DefaultTransport = was }(http.DefaultTransport)
			trusting := http.DefaultTransport.(*http.Transport).Clone()
			trusting.TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
			trusting.TLSClientConfig.NextProtos = nil
			http.DefaultTransport = trusting
			client := newClient(t, s.URL)
			for range 5 {
				if _, err := client.RetrieveMassPayoutBalance(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}()
		want := map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"}[http2]
		for i := range protocols {
			if protocols[i] != want || addresses[i] != addresses[0] {
				t.Errorf("request %d: %s from %s, want %s from %s", i, protocols[i], addresses[i], want, addresses[0])
			}
		}
	}
}

// A transport may be in use when a client is made with it: the race detector tells.
func TestNewWithATransportInUse(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for range 10 {
		shared := &http.Transport{}
		var both sync.WaitGroup
		both.Go(func() {
			if response, err := (&http.Client{Transport: shared}).Get(server.URL); err == nil {
				_ = response.Body.Close()
			}
		})
		both.Go(func() {
			if _, err := gen.New(server.URL, nil, gen.WithHTTPClient(&http.Client{Transport: shared})); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
	}
}
