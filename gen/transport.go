package gen

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
)

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
	if t.DialTLSContext != nil || t.DialTLS != nil { //nolint:staticcheck // deprecated, but still honored by net/http
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

	mu   sync.Mutex
	user *exchange // nil between two exchanges
}

func newQuietConn(conn net.Conn) *quietConn {
	return &quietConn{Conn: conn, from: bufio.NewReaderSize(conn, 4<<10)}
}

// take notes who may be answered now, before the request is written.
func (c *quietConn) take(x *exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.user = x
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
	if n > 0 && c.user == nil {
		return 0, io.EOF
	}
	return n, err
}
