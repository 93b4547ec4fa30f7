package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Server is an emulator that listens on loopback.
type Server struct {
	*Emulator
	URL  string // http://127.0.0.1:port, without a slash at the end
	http *http.Server
}

// Start runs an emulator on a free port of the loopback interface.
func Start(apiKey, secretKey string, opts ...Option) (*Server, error) {
	e, err := New(apiKey, secretKey, opts...)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	s := &Server{
		Emulator: e,
		URL:      "http://" + listener.Addr().String(),
		http:     &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute},
	}
	go s.http.Serve(listener)
	return s, nil
}

// Format implements [fmt.Formatter]. It prints the address, and no key, whatever the verb.
func (s Server) Format(f fmt.State, _ rune) { fmt.Fprint(f, "emulator at ", s.URL) }

// LogValue implements [slog.LogValuer] with the text of Format.
func (s Server) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(s)) }

// Close stops the server and closes its connections.
func (s *Server) Close() error { return s.http.Close() }

// Client returns an HTTP client whose requests the emulator handles in the process, whatever their host, without a
// network. It works in a bubble of [testing/synctest].
func (e *Emulator) Client() *http.Client { return &http.Client{Transport: transport{e}} }

// transport hands requests to a handler in the process.
type transport struct{ handler http.Handler }

// RoundTrip returns as soon as the response's header is there. Its body comes as the handler writes it, and must be
// closed like any other.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body := req.Body
	if body == nil {
		body = http.NoBody
	}
	ctx, cancel := context.WithCancel(req.Context())
	received := req.Clone(ctx)
	received.Body = body
	received.RequestURI = req.URL.RequestURI()
	received.RemoteAddr = "in process"
	if received.Host == "" {
		received.Host = req.URL.Host
	}

	r, w := io.Pipe()
	out := &pipeWriter{header: http.Header{}, pipe: w, started: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer body.Close()
		defer func() {
			err := io.EOF
			if v := recover(); v == http.ErrAbortHandler { // how the handler cuts a connection
				err = io.ErrUnexpectedEOF
				if gone := req.Context().Err(); gone != nil {
					err = gone
				}
				out.fail(errCut)
			} else if v != nil {
				panic(v)
			}
			out.WriteHeader(http.StatusOK)
			w.CloseWithError(err)
		}()
		t.handler.ServeHTTP(out, received)
	}()

	select {
	case <-out.started:
	case <-ctx.Done():
		cancel()
		body.Close()
		r.CloseWithError(ctx.Err())
		<-ended // the handler sees that the client has gone, so this does not take long
		return nil, req.Context().Err()
	}
	if out.err != nil {
		cancel()
		return nil, out.err
	}
	// Whoever gives up on a response stops its body.
	stop := context.AfterFunc(ctx, func() { w.CloseWithError(context.Cause(req.Context())) })
	resp := &http.Response{
		Status:        strconv.Itoa(out.status) + " " + http.StatusText(out.status),
		StatusCode:    out.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        out.sent,
		ContentLength: -1,
		Request:       req,
	}
	if n, err := strconv.ParseInt(out.sent.Get("Content-Length"), 10, 64); err == nil {
		resp.ContentLength = n
	}
	resp.Body = &pipeBody{r, func() { stop(); cancel() }}
	return resp, nil
}

// errCut is the error of a client whose connection was closed before a response came.
var errCut = errors.New("emulator: the connection was closed without a response")

type pipeBody struct {
	*io.PipeReader
	end func()
}

func (b *pipeBody) Close() error {
	defer b.end()
	return b.PipeReader.Close()
}

// pipeWriter is the http.ResponseWriter of an in-process request.
type pipeWriter struct {
	header http.Header
	pipe   *io.PipeWriter

	once    sync.Once
	started chan struct{} // closed when all below is set
	status  int
	sent    http.Header
	err     error
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) Flush() {}

func (w *pipeWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.started)
	})
}

func (w *pipeWriter) fail(err error) {
	w.once.Do(func() {
		w.err = err
		close(w.started)
	})
}

func (w *pipeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.pipe.Write(p)
}
