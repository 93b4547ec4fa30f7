package signer

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"strings"
	"sync"
)

// Signer signs requests with one merchant's keys. Make it with [New]. It does not change after that and is safe for
// concurrent use. It never prints its keys, in any verb of package fmt, through log/slog or as JSON.
type Signer struct {
	// The keys are behind functions because nothing that prints, dumps or encodes values by reflection looks into one.
	apiKey        func() string
	macs          *sync.Pool // of hash.Hash, ready with the secret key
	sandbox       bool
	locale        Locale
	clientVersion string
}

// New returns a Signer for the API key and the secret key of one merchant.
//
// It refuses keys that are empty, that have white space around them (by iyzico's support answers a common cause of
// its error 1000, invalid signature) or that hold characters which no key of iyzico has. No error shows a key.
func New(apiKey, secretKey string, opts ...Option) (*Signer, error) {
	if err := checkKey("API key", apiKey); err != nil {
		return nil, err
	}
	if err := checkKey("secret key", secretKey); err != nil {
		return nil, err
	}
	if strings.Contains(apiKey, "&") {
		return nil, errors.New(`signer: the API key contains "&", which separates the fields of the Authorization header`)
	}
	c := config{locale: LocaleTR, clientVersion: defaultClientVersion()}
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("signer: an option is nil")
		}
		if err := opt(&c); err != nil {
			return nil, fmt.Errorf("signer: %w", err)
		}
	}
	return &Signer{
		apiKey:        func() string { return apiKey },
		macs:          &sync.Pool{New: func() any { return hmac.New(sha256.New, []byte(secretKey)) }},
		sandbox:       isSandboxKey(apiKey) || isSandboxKey(secretKey),
		locale:        c.locale,
		clientVersion: c.clientVersion,
	}, nil
}

// Edit signs req. Run it after everything else that changes the request's path or body: the bytes it signs are the
// bytes that will be sent.
//
// It sets the headers Authorization, x-iyzi-rnd and x-iyzi-client-version, Content-Type to application/json if there
// is none, and the query's locale to the signer's default if the URL has none. A signature that is already there is
// replaced, each time with a fresh random key.
//
// The body signed is what GetBody gives, compared with what Body gives, and Body is then a fresh one from GetBody.
// Without GetBody the body is read once into memory and put back, with Body, GetBody and ContentLength set.
//
// Edit refuses, before it sets any header: a request without a URL, host or absolute path; plain http to anything but
// loopback; a sandbox key for the production host; a locale in the URL that is neither "tr" nor "en"; and a body that
// cannot be read, that has not the length that ContentLength says, or whose Body and GetBody give different bytes.
// A request that was refused must not be sent.
//
// The context is not used: signing does no input or output except to read the body.
func (s *Signer) Edit(_ context.Context, req *http.Request) error {
	if s == nil || s.apiKey == nil {
		return errors.New("signer: the Signer was not made by New")
	}
	if req == nil || req.URL == nil {
		return errors.New("signer: no request, or a request without a URL")
	}
	if err := s.checkDestination(req); err != nil {
		return err
	}
	path, err := sentPath(req.URL)
	if err != nil {
		return err
	}
	query, err := queryWithDefaultLocale(req.URL.RawQuery, s.locale)
	if err != nil {
		return err
	}

	randomKey := rand.Text()
	mac := s.macs.Get().(hash.Hash)
	defer s.macs.Put(mac)
	mac.Reset()
	mac.Write([]byte(randomKey + path))
	if err := writeBody(mac, req); err != nil {
		return fmt.Errorf("signer: %w", err)
	}

	req.URL.RawQuery = query
	if req.Header == nil {
		req.Header = make(http.Header)
	}
	setHeaders(req.Header, authorization(s.apiKey(), randomKey, mac), randomKey, s.clientVersion)
	return nil
}

// setHeaders sets the headers of a signed request. What a caller put there under one of their names in another
// spelling is removed, since net/http would send it, too.
func setHeaders(h http.Header, authorization, randomKey, clientVersion string) {
	hasContentType := false
	for name, values := range h {
		canonical := http.CanonicalHeaderKey(name)
		switch canonical {
		case "Authorization", "X-Iyzi-Rnd", "X-Iyzi-Client-Version":
			if name != canonical {
				delete(h, name)
			}
		case "Content-Type":
			hasContentType = hasContentType || len(values) > 0 && values[0] != ""
		}
	}
	values := []string{authorization, randomKey, clientVersion}
	h["Authorization"] = values[0:1:1]
	h["X-Iyzi-Rnd"] = values[1:2:2]
	h["X-Iyzi-Client-Version"] = values[2:3:3]
	if !hasContentType {
		h["Content-Type"] = []string{"application/json"}
	}
}
