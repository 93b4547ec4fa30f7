package signer

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// sentPath returns the path of a request to u as net/http will write it.
func sentPath(u *url.URL) (string, error) {
	if strings.Contains(u.Opaque, "?") {
		return "", errors.New(`signer: the URL's Opaque part contains "?"; the query belongs into RawQuery`)
	}
	path := targetPath(u.RequestURI())
	if !strings.HasPrefix(path, "/") {
		return "", errors.New(`signer: the URL's path does not begin with "/"`)
	}
	return path, nil
}

// receivedPath returns the path of a received request as it came over the wire.
func receivedPath(req *http.Request) (string, error) {
	target := req.RequestURI
	if target == "" && req.URL != nil {
		target = req.URL.RequestURI()
	}
	path := targetPath(target)
	if !strings.HasPrefix(path, "/") {
		return "", fmt.Errorf("%w: the request has no path", ErrMalformed)
	}
	return path, nil
}

// targetPath cuts the path out of a request target, which is "/path?query" or, as sent to a proxy,
// "http://host/path?query" (RFC 9112, section 3.2).
func targetPath(target string) string {
	target, _, _ = strings.Cut(target, "?")
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, afterScheme, absolute := strings.Cut(target, "://")
	if !absolute {
		return target
	}
	_, path, _ := strings.Cut(afterScheme, "/")
	return "/" + path
}
