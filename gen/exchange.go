package gen

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
)

// exchange is one attempt to send a request. By net/http/httptrace it learns whether the request may have been written,
// and prevents a second writing: net/http repeats by itself what an HTTP/2 server refused by GOAWAY or REFUSED_STREAM,
// without a bound, and under HTTP/1 what has an Idempotency-Key or only reads. retry.go decides on repeating a call.
type exchange struct {
	op     operation
	ctx    context.Context // with the trace
	trace  httptrace.ClientTrace
	cancel context.CancelCauseFunc

	handedOver     bool // to the Doer
	status         int
	sent, received int64
	failure        *APIError // nil if it was accepted

	asked    atomic.Bool // for a connection, by net/http itself
	got      atomic.Bool // a connection: what happens from here on is not proof of anything
	begun    atomic.Bool // to be written, since the last response
	writes   atomic.Int64
	answered atomic.Bool // by more than an informational response
	refused  atomic.Bool // a second writing
	http2    atomic.Bool
	conn     atomic.Pointer[quietConn]
}

var errSecondWrite = errors.New("the connection was lost after the request was written, and it is not written again")

// begin returns an exchange whose context traces it. The caller calls cancel when the response was read.
func begin(ctx context.Context, op operation) *exchange {
	x := &exchange{op: op, failure: &APIError{notSent: true}} // until attempt returns, which it does not after a panic
	ctx, x.cancel = context.WithCancelCause(ctx)
	x.trace = httptrace.ClientTrace{
		GetConn:              func(string) { x.asked.Store(true) },
		GotConn:              x.gotConn,
		WroteHeaderField:     x.wroteHeaderField,
		GotFirstResponseByte: func() { x.answered.Store(true) },
		Got1xxResponse: func(int, textproto.MIMEHeader) error {
			x.answered.Store(false) // takes back GotFirstResponseByte, which is called before
			return nil
		},
		PutIdleConn: func(error) { // the response was read; net/http has not read on yet
			if conn := x.conn.Load(); conn != nil {
				conn.user.CompareAndSwap(x, nil) // another exchange may have taken it already
			}
		},
	}
	x.ctx = httptrace.WithClientTrace(ctx, &x.trace)
	return x
}

// gotConn is called before each writing. It stops a second one: by the context, which HTTP/2 looks at before it writes,
// and by closing the connection under HTTP/1, which does not.
func (x *exchange) gotConn(info httptrace.GotConnInfo) {
	x.got.Store(true)
	if conn, ok := info.Conn.(*quietConn); ok {
		x.conn.Store(conn)
		conn.user.Store(x)
		conn.taken.Store(true)
	}
	if x.op.reads && x.answered.Swap(false) { // a transport of the user's repeats a read; net/http would not
		x.begun.Store(false)
	}
	if !x.begun.Load() {
		return
	}
	x.refused.Store(true)
	x.cancel(errSecondWrite)
	shared := x.http2.Load() // by other requests, which closing it would cut off
	if conn, ok := info.Conn.(*tls.Conn); ok {
		shared = conn.ConnectionState().NegotiatedProtocol == "h2"
	}
	if !shared && info.Conn != nil {
		_ = info.Conn.Close()
	}
}

// wroteHeaderField is called before the first byte leaves: HTTP/2 encodes a header before it writes it, and HTTP/1
// writes through a buffer.
func (x *exchange) wroteHeaderField(name string, _ []string) {
	if !x.begun.Swap(true) {
		x.writes.Add(1)
	}
	if strings.HasPrefix(name, ":") {
		x.http2.Store(true)
	}
}

// times is how often the request was sent, as far as that is known: once, if a Doer calls no hook.
func (x *exchange) times() int {
	if !x.handedOver {
		return 0
	}
	return max(1, int(x.writes.Load()))
}

// failed returns the error of a request that the Doer returned err for: err, or that it was not written again.
//
// That nothing was written is proven if net/http looked for a connection and never had one. A request goes to a
// connection only after the hook GotConn. Whether the hooks are called at all, proof tells.
func (x *exchange) failed(resp *http.Response, err error, p proof) *APIError {
	if x.refused.Load() {
		err = errSecondWrite
	}
	e := x.op.unreadable(resp, nil, err)
	if p != proofNone && !x.got.Load() && (x.asked.Load() || p == proofOwn) {
		e.notSent, x.sent = true, 0
	}
	return e
}

// proof is what the hooks of net/http/httptrace prove of a Doer.
type proof int

const (
	proofNone   proof = iota // the Doer, or a RoundTripper in an http.Client, may call no hook and send all the same
	proofTraced              // an *http.Transport: it may pass requests on without any hook, or calls GetConn first
	proofOwn                 // a transport that nobody else has registered anything with
)

// traced returns what the hooks prove of a transport that the user made.
func traced(transport http.RoundTripper) proof {
	t, ok := transport.(*http.Transport)
	if !ok || t == nil {
		return proofNone
	}
	for _, next := range t.Clone().TLSNextProto { // the transport's own may be written just now
		// These take the connection after the TLS handshake. Those of net/http and of golang.org/x/net call GotConn.
		name := runtime.FuncForPC(reflect.ValueOf(next).Pointer()).Name()
		if !strings.HasPrefix(name, "net/http.") && !strings.HasPrefix(name, "golang.org/x/net/http2.") {
			return proofNone
		}
	}
	return proofTraced
}

const readBuffer = 256 // the buffer that net/http reads a response's header through

// newTransport returns a transport of our own, set up as [http.DefaultTransport] is. It logs nothing of what a server
// sends without being asked: net/http quotes that in the standard logger, and it may hold names and IBANs. Only
// connections through an HTTPS proxy still do: there, net/http makes the TLS itself.
func newTransport() (http.RoundTripper, proof) {
	if traced(http.DefaultTransport) == proofNone {
		return http.DefaultTransport, proofNone
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	dial := t.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	t.ReadBufferSize = readBuffer
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return newQuietConn(conn), err
	}
	//lint:ignore SA1019 deprecated, but net/http still obeys it
	if t.DialTLSContext != nil || t.DialTLS != nil {
		return t, proofOwn
	}
	t.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		host, _, _ := net.SplitHostPort(address) // net/http gives a port, always
		config := cmp.Or(t.TLSClientConfig.Clone(), new(tls.Config))
		config.ServerName = cmp.Or(config.ServerName, host)
		ctx, cancel := context.WithTimeout(ctx, cmp.Or(t.TLSHandshakeTimeout, math.MaxInt64)) // 0 is no bound
		defer cancel()
		encrypted := tls.Client(conn, config)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, err
		}
		if encrypted.ConnectionState().NegotiatedProtocol == "h2" {
			return encrypted, nil // net/http looks for this very type, and logs nothing
		}
		return newQuietConn(encrypted), nil
	}
	return t, proofOwn
}

// quietConn is a connection on which a server can send only what it was asked for. It gives net/http no byte beyond a
// response, by giving single bytes to its buffer, and ends where a byte arrives between two exchanges.
type quietConn struct {
	net.Conn
	from  *bufio.Reader
	taken atomic.Bool              // by an exchange; before that, net/http may talk to a proxy
	user  atomic.Pointer[exchange] // who may be answered; nil between two exchanges
}

func newQuietConn(conn net.Conn) net.Conn {
	return &quietConn{Conn: conn, from: bufio.NewReaderSize(conn, 4<<10)}
}

func (c *quietConn) Read(p []byte) (int, error) {
	if 0 < len(p) && len(p) <= readBuffer {
		p = p[:1]
	}
	n, err := c.from.Read(p)
	if n > 0 && c.taken.Load() && c.user.Load() == nil {
		return 0, io.EOF
	}
	return n, err
}
