package signer

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// productionHost is where real money moves.
const productionHost = "api.iyzipay.com"

// checkDestination refuses to sign for a place that the request must not go to. The connection is made to URL.Host;
// Host names the same server for a front or a tunnel, so either can mean production.
func (s *Signer) checkDestination(req *http.Request) error {
	host := req.URL.Hostname()
	if host == "" {
		return errors.New("signer: the request's URL has no host")
	}
	switch req.URL.Scheme {
	case "https":
	case "http":
		if !isLoopback(host) {
			return fmt.Errorf("signer: plain http to %q, which is not loopback; use https", host)
		}
	default:
		return errors.New("signer: the request's URL is neither https nor http")
	}
	named := url.URL{Host: req.Host}
	if s.sandbox && (isProduction(host) || isProduction(named.Hostname())) {
		return errors.New("signer: a sandbox key for the production host " + productionHost)
	}
	return nil
}

func isProduction(host string) bool {
	return strings.EqualFold(strings.TrimSuffix(host, "."), productionHost)
}

func isLoopback(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback()
	}
	return strings.EqualFold(strings.TrimSuffix(host, "."), "localhost")
}
