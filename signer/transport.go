package signer

import (
	"errors"
	"net/http"
	"strings"
)

// RoundTripper returns a transport that signs every request and sends it through base, or through
// [http.DefaultTransport] if base is nil. Use it in programs that retry, underneath the retrying client, so that every
// attempt has its own random key. (net/http itself may resend a GET on a stale connection with the same signature, but
// never a POST that may have arrived.)
//
// The transport itself never retries. Never put a request that moves money behind automatic retries.
//
// The caller's request is not modified. A redirect to another host is an error, because the signed body would go there.
// Other errors are those of [Signer.Edit] and of base.
func (s *Signer) RoundTripper(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &signingTransport{signer: s, base: base}
}

type signingTransport struct {
	signer *Signer
	base   http.RoundTripper
}

func (t *signingTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req == nil {
		return nil, errors.New("signer: the request is nil")
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

// CloseIdleConnections lets [http.Client.CloseIdleConnections] reach base.
func (t *signingTransport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// checkRedirect returns an error if req follows a redirect to another host.
func checkRedirect(req *http.Request) error {
	if req.Response == nil || req.URL == nil {
		return nil
	}
	from := req.Response.Request
	if from == nil || from.URL == nil ||
		from.URL.Scheme != req.URL.Scheme || !strings.EqualFold(from.URL.Host, req.URL.Host) {
		return errors.New("signer: refusing to sign a redirect to another host")
	}
	return nil
}
