package signer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
)

const (
	scheme         = "IYZWSv2 "
	apiKeyField    = "apiKey:"
	randomKeyField = "&randomKey:"
	signatureField = "&signature:"
)

// Authorization returns the whole value of the Authorization header, "IYZWSv2 ...", for a request with the given
// parts. It is the scheme itself: deterministic, without checks. uriPath is the path as it goes on the wire, escaped
// and without the query; body is nil or empty for a request without one. Programs use [Signer.Edit]; this is for
// test vectors and for comparing with another implementation.
func Authorization(apiKey, secretKey, randomKey, uriPath string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(randomKey + uriPath))
	mac.Write(body)
	return authorization(apiKey, randomKey, mac)
}

// authorization returns the header's value for a mac to which the random key, the path and the body were written.
func authorization(apiKey, randomKey string, mac hash.Hash) string {
	b := make([]byte, 0, 256)
	b = append(b, apiKeyField...)
	b = append(b, apiKey...)
	b = append(b, randomKeyField...)
	b = append(b, randomKey...)
	b = append(b, signatureField...)
	b = hex.AppendEncode(b, mac.Sum(nil))
	return scheme + base64.StdEncoding.EncodeToString(b)
}

// parseAuthorization takes the API key and the random key out of the header's value. It does not look at the
// signature: [Verify] compares the whole value with the right one.
//
// A random key with a slash is refused. Nothing separates the random key from the path in the signed bytes except that
// the path begins with a slash, so with one in the random key a signature for one path would serve for another.
func parseAuthorization(value string) (apiKey, randomKey string, ok bool) {
	encoded, ok := strings.CutPrefix(value, scheme)
	if !ok || len(encoded) > maxAuthorization {
		return "", "", false
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", "", false
	}
	rest, ok := strings.CutPrefix(string(decoded), apiKeyField)
	if !ok {
		return "", "", false
	}
	apiKey, rest, ok = strings.Cut(rest, randomKeyField)
	if !ok {
		return "", "", false
	}
	randomKey, signature, ok := strings.Cut(rest, signatureField)
	if !ok || apiKey == "" || randomKey == "" || signature == "" ||
		strings.Contains(apiKey, "&") || strings.ContainsAny(randomKey, "&/") {
		return "", "", false
	}
	return apiKey, randomKey, true
}

// maxAuthorization bounds the work that an Authorization header can cause, in bytes of base64. The keys of iyzico
// need about 300.
const maxAuthorization = 4096
