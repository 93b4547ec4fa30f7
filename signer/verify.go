package signer

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// The errors of [Verify]. Compare with [errors.Is].
var (
	// ErrMalformed means that the Authorization header is missing, repeated or not an IYZWSv2 value, or that the
	// request has no path.
	ErrMalformed = errors.New("signer: malformed authorization")
	// ErrUnknownKey means that the API key is unknown.
	ErrUnknownKey = errors.New("signer: unknown API key")
	// ErrSignature means that the signature does not fit the path, the body and the secret key.
	ErrSignature = errors.New("signer: wrong signature")
)

// Verify checks the signature of a received request. It returns nil if the signature is right, and otherwise an error
// that wraps [ErrMalformed], [ErrUnknownKey] or [ErrSignature] and shows no key.
//
// body is the raw body, every byte as received. Read it with a limit such as [http.MaxBytesReader], and put it back for
// the next handler.
//
// secretKey looks up the secret key for an API key. False or an empty secret key means that the API key is unknown.
// secretKey may record the API key it is called with: once Verify has returned nil, that key is the caller's.
//
// The random key comes from the Authorization header, never from x-iyzi-rnd, where some clients send another one. A
// random key that contains a slash is malformed: nothing else separates it from the path in the signed message, so a
// signature for one path would be valid for another. The path comes from RequestURI, so [http.StripPrefix] or a router
// before Verify does no harm, or from URL if RequestURI is empty.
//
// The comparison takes constant time, and an unknown key costs as much as a known one. A right signature proves nothing
// about the method, the query and other headers, nor that the request was not sent before.
func Verify(req *http.Request, body []byte, secretKey func(apiKey string) (string, bool)) error {
	if req == nil {
		return fmt.Errorf("%w: the request is nil", ErrMalformed)
	}
	values := req.Header["Authorization"]
	if len(values) != 1 {
		return fmt.Errorf("%w: the request has %d Authorization headers instead of one", ErrMalformed, len(values))
	}
	apiKey, randomKey, ok := parseAuthorization(values[0])
	if !ok {
		return fmt.Errorf("%w: the Authorization header is not an IYZWSv2 value", ErrMalformed)
	}
	target := req.RequestURI
	if target == "" && req.URL != nil {
		target = req.URL.RequestURI()
	}
	path := targetPath(target)
	if !strings.HasPrefix(path, "/") {
		return fmt.Errorf("%w: the request has no path", ErrMalformed)
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

// maxAuthorization bounds the work that a header can cause, in bytes of base64. iyzico's keys need about 300.
const maxAuthorization = 4096

// parseAuthorization returns the API key and the random key of the header's value. It does not check the signature:
// [Verify] compares the whole value with the right one.
func parseAuthorization(value string) (apiKey, randomKey string, ok bool) {
	encoded, ok := strings.CutPrefix(value, scheme)
	if !ok || len(encoded) > maxAuthorization {
		return "", "", false
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", "", false
	}
	fields, ok1 := strings.CutPrefix(string(decoded), apiKeyField)
	apiKey, fields, ok2 := strings.Cut(fields, randomKeyField)
	randomKey, signature, ok3 := strings.Cut(fields, signatureField)
	return apiKey, randomKey, ok1 && ok2 && ok3 && apiKey != "" && randomKey != "" && signature != "" &&
		!strings.Contains(apiKey, "&") && !strings.ContainsAny(randomKey, "&/")
}
