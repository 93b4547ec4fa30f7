package gen_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

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
