package signer

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
)

// What [Verify] finds wrong, for [errors.Is].
var (
	// ErrMalformed says that the Authorization header is missing, repeated or no IYZWSv2 value, or that the request
	// has no path.
	ErrMalformed = errors.New("signer: malformed authorization")
	// ErrUnknownKey says that nobody has the request's API key.
	ErrUnknownKey = errors.New("signer: unknown API key")
	// ErrSignature says that the signature does not fit the path, the body and the secret key.
	ErrSignature = errors.New("signer: wrong signature")
)

// Verify checks the signature of a received request. body is the raw body as received, every byte and nothing decoded;
// read it under a bound such as [http.MaxBytesReader] and put it back for the handler that comes after. secretKey looks
// up the secret key that belongs to an API key; false or an empty secret key means that the API key is unknown. It may
// keep the API key that it is asked for, which is proven to be the caller's once Verify has returned nil.
//
// The random key is taken from the Authorization value and never from the header x-iyzi-rnd, in which some clients send
// another one. One with a slash in it is [ErrMalformed]: nothing else separates it from the path in the signed bytes, so a
// signature for one path would serve for another. The path is the one received, RequestURI without the query, so that a router or [http.StripPrefix]
// before Verify does no harm; for a request without RequestURI it is that of the URL.
//
// The error is [ErrMalformed], [ErrUnknownKey] or [ErrSignature], possibly wrapped, and shows no key. The comparison
// takes constant time, and an unknown key takes the same computation as a known one. A signature says nothing about
// the method, the query and the other headers, nor whether the request was sent before.
func Verify(req *http.Request, body []byte, secretKey func(apiKey string) (string, bool)) error {
	if req == nil {
		return fmt.Errorf("%w: no request", ErrMalformed)
	}
	values := req.Header["Authorization"]
	if len(values) != 1 {
		return fmt.Errorf("%w: %d Authorization headers, not one", ErrMalformed, len(values))
	}
	apiKey, randomKey, ok := parseAuthorization(values[0])
	if !ok {
		return fmt.Errorf("%w: the Authorization header is no IYZWSv2 value", ErrMalformed)
	}
	path, err := receivedPath(req)
	if err != nil {
		return err
	}
	secret, known := "", false
	if secretKey != nil {
		secret, known = secretKey(apiKey)
		known = known && secret != ""
	}
	want := Authorization(apiKey, secret, randomKey, path, body)
	equal := subtle.ConstantTimeCompare([]byte(values[0]), []byte(want)) == 1
	switch {
	case !known:
		return ErrUnknownKey
	case !equal:
		return ErrSignature
	}
	return nil
}
