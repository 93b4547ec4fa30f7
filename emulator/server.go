package emulator

import (
	"fmt"
	"net"
	"net/http"
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
		http:     &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second},
	}
	go s.http.Serve(listener)
	return s, nil
}

// Close stops the server and cuts the connections that it has.
func (s *Server) Close() error { return s.http.Close() }
