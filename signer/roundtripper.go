package signer

import (
	"errors"
	"net/http"
	"strings"
)

// RoundTripper returns a transport that signs each request anew and sends it through base, or through
// [http.DefaultTransport] if base is nil. It is for programs that retry: put the retrying client above it, so that
// every attempt has a random key of its own. (Below it, net/http repeats a GET with the same signature when a connection
// that it kept open turns out to be closed; it repeats no POST that may have arrived.) It does not retry, and nothing should retry a request that moves money
// without looking first whether the one before arrived.
//
// The caller's request is not modified. A redirect to another host is refused, since the signed body would go with it.
// The errors are those of [Signer.Edit] and of base.
func (s *Signer) RoundTripper(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{signer: s, base: base}
}

type transport struct {
	signer *Signer
	base   http.RoundTripper
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req == nil {
		return nil, errors.New("signer: no request")
	}
	signed := req.Clone(req.Context())
	err := checkRedirect(signed)
	if err == nil {
		err = t.signer.Edit(signed.Context(), signed)
	}
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	return t.base.RoundTrip(signed)
}

// CloseIdleConnections makes [http.Client.CloseIdleConnections] reach the transport below.
func (t *transport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// checkRedirect refuses a request that an http.Client makes because another host told it to.
func checkRedirect(req *http.Request) error {
	if req.Response == nil || req.URL == nil {
		return nil
	}
	from := req.Response.Request
	if from == nil || from.URL == nil ||
		from.URL.Scheme != req.URL.Scheme || !strings.EqualFold(from.URL.Host, req.URL.Host) {
		return errors.New("signer: a redirect to another host is not signed")
	}
	return nil
}
