package gen

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"reflect"
	"runtime"
	"strings"
	"sync"
)

// exchange is one attempt to send a request. By net/http/httptrace it learns whether the request may have been written,
// and prevents a second writing: net/http repeats by itself what an HTTP/2 server refused by GOAWAY or REFUSED_STREAM,
// without a bound, and under HTTP/1 what has an Idempotency-Key or only reads. Whether a call is repeated, retry.go decides.
type exchange struct {
	op     operation
	ctx    context.Context // traced by trace
	cancel context.CancelCauseFunc
	trace  httptrace.ClientTrace

	handedOver     bool // to the Doer
	status         int
	sent, received int64

	mu       sync.Mutex
	asked    bool // for a connection, by net/http itself
	got      bool // a connection: what happens from here on is not proof of anything
	begun    bool // to be written, since the last response
	answered bool // by more than an informational response
	writes   int
	http2    bool
	refused  bool // a second writing
	conn     *quietConn
}

var errSecondWrite = errors.New("the connection was lost after the request was written, and it is not written again")

// begin returns an exchange whose context traces it. The caller calls cancel when the response was read.
func begin(ctx context.Context, op operation) *exchange {
	x := &exchange{op: op}
	ctx, x.cancel = context.WithCancelCause(ctx)
	x.trace = httptrace.ClientTrace{
		GetConn: x.getConn, GotConn: x.gotConn, WroteHeaderField: x.wroteHeaderField,
		GotFirstResponseByte: x.gotResponse, Got1xxResponse: x.gotInformation, PutIdleConn: x.putIdleConn,
	}
	x.ctx = httptrace.WithClientTrace(ctx, &x.trace)
	return x
}

func (x *exchange) getConn(string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked = true
}

// gotConn is called before each writing. It stops a second one: by the context, which HTTP/2 looks at before it writes,
// and by closing the connection under HTTP/1, which does not.
func (x *exchange) gotConn(info httptrace.GotConnInfo) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.got = true
	if conn, ok := info.Conn.(*quietConn); ok {
		x.conn = conn
		conn.take(x)
	}
	if x.op.reads() && x.answered { // a transport of the user's repeats a read: net/http does not, after a response
		x.begun, x.answered = false, false
	}
	if !x.begun {
		return
	}
	x.refused = true
	x.cancel(errSecondWrite)
	shared := x.http2 // by other requests, which closing it would cut off
	if conn, ok := info.Conn.(*tls.Conn); ok {
		shared = conn.ConnectionState().NegotiatedProtocol == "h2"
	}
	if !shared && info.Conn != nil {
		_ = info.Conn.Close()
	}
}

// putIdleConn is called when the response was read, before net/http reads on.
func (x *exchange) putIdleConn(error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.conn != nil {
		x.conn.release(x)
	}
}

// wroteHeaderField is called before the first byte leaves: HTTP/2 encodes a request's header before it writes it, and
// HTTP/1 writes through a buffer.
func (x *exchange) wroteHeaderField(name string, _ []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.begun {
		x.begun = true
		x.writes++
	}
	x.http2 = x.http2 || strings.HasPrefix(name, ":")
}

func (x *exchange) gotResponse() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.answered = true
}

// gotInformation takes gotResponse back, which is called before it.
func (x *exchange) gotInformation(int, textproto.MIMEHeader) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.answered = false
	return nil
}

// times is how often the request was sent, as far as that is known: once, if a Doer calls no hook.
func (x *exchange) times() int {
	if !x.handedOver {
		return 0
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return max(1, x.writes)
}

// lost reports whether the request was about to be written a second time.
func (x *exchange) lost() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.refused
}

// failed returns err, or why the request was not written again, and whether nothing of it was written.
//
// That is proven if net/http looked for a connection and never had one. A request goes to a connection only after the
// hook GotConn. Whether the hooks are called at all, proof tells.
func (x *exchange) failed(err error, p proof) (cause error, notSent bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.refused {
		err = errSecondWrite
	}
	return err, p != proofNone && !x.got && (x.asked || p == proofOwn)
}

// proof is what the hooks of net/http/httptrace prove of a Doer.
type proof int

const (
	// proofNone: the Doer, or a RoundTripper in an http.Client, may call no hook and send all the same.
	proofNone proof = iota

	// proofTraced: an *http.Transport, which may pass requests on to a registered protocol without calling any hook, but
	// calls GetConn before it looks for a connection itself.
	proofTraced

	// proofOwn: a transport that nobody else has registered anything with.
	proofOwn
)

// traced returns what the hooks prove of a transport that the user made.
func traced(transport http.RoundTripper) proof {
	t, ok := transport.(*http.Transport)
	if !ok || t == nil {
		return proofNone
	}
	for _, next := range t.Clone().TLSNextProto { // the transport's own is written at its first request, which may be now
		// After the TLS handshake, these take the connection and call the hook GotConn, or do not. Those of net/http and
		// of golang.org/x/net do.
		if next == nil {
			return proofNone
		}
		name := runtime.FuncForPC(reflect.ValueOf(next).Pointer()).Name()
		if !strings.HasPrefix(name, "net/http.") && !strings.HasPrefix(name, "golang.org/x/net/http2.") {
			return proofNone
		}
	}
	return proofTraced
}

// newTransport returns a transport of our own, set up as [http.DefaultTransport] is.
func newTransport() (http.RoundTripper, proof) {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok || t == nil {
		return http.DefaultTransport, proofNone
	}
	t = t.Clone()
	if traced(t) != proofTraced {
		return t, proofNone
	}
	quiet(t)
	return t, proofOwn
}

// readBuffer is the buffer that net/http reads a response's header through.
const readBuffer = 256

// quiet keeps t from logging what a server sends without being asked: net/http quotes it in the standard logger, and it
// may hold names and IBANs. Only connections through an HTTPS proxy still do: there, net/http makes the TLS itself.
func quiet(t *http.Transport) {
	dial := t.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	t.ReadBufferSize = readBuffer
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return newQuietConn(conn), nil
	}
	//lint:ignore SA1019 deprecated, but net/http still obeys it
	if t.DialTLSContext != nil || t.DialTLS != nil {
		return
	}
	t.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		config := t.TLSClientConfig.Clone()
		if config == nil {
			config = new(tls.Config)
		}
		if config.ServerName == "" {
			if config.ServerName, _, err = net.SplitHostPort(address); err != nil {
				config.ServerName = address
			}
		}
		if t.TLSHandshakeTimeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, t.TLSHandshakeTimeout)
			defer cancel()
		}
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
}

// quietConn is a connection on which a server can send only what it was asked for. It gives net/http no byte beyond a
// response, by giving single bytes to its buffer, and ends where a byte arrives between two exchanges.
type quietConn struct {
	net.Conn
	from *bufio.Reader

	mu    sync.Mutex
	taken bool      // by an exchange; before that, net/http may talk to a proxy
	user  *exchange // nil between two exchanges
}

func newQuietConn(conn net.Conn) *quietConn {
	return &quietConn{Conn: conn, from: bufio.NewReaderSize(conn, 4<<10)}
}

// take notes who may be answered now, before the request is written.
func (c *quietConn) take(x *exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken, c.user = true, x
}

// release ends x, after its response was read. Another exchange may have taken the connection before.
func (c *quietConn) release(x *exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.user == x {
		c.user = nil
	}
}

func (c *quietConn) Read(p []byte) (int, error) {
	if 0 < len(p) && len(p) <= readBuffer {
		p = p[:1]
	}
	n, err := c.from.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > 0 && c.taken && c.user == nil {
		return 0, io.EOF
	}
	return n, err
}
