// Package explain says why an IYZWSv2 signature is wrong. It knows the mistakes that people and SDKs are known to make,
// each with its source, and names the one that gives exactly the signature that was received. It is for emulators,
// tests and support; package signer signs and verifies.
package explain

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/signer"
)

// Verdict is the result of checking a signature. It always agrees with [signer.Verify].
type Verdict string

// The verdicts.
const (
	Right      Verdict = "right"       // Verify returns nil
	Missing    Verdict = "missing"     // Verify returns ErrMalformed: the Authorization header is missing or empty
	Malformed  Verdict = "malformed"   // Verify returns ErrMalformed for any other reason
	UnknownKey Verdict = "unknown_key" // Verify returns ErrUnknownKey
	Wrong      Verdict = "wrong"       // Verify returns ErrSignature
)

// Explanation is the result of [Explain]. Its texts and its JSON never contain a key, a path or anything from the body.
type Explanation struct {
	Verdict Verdict `json:"verdict"`

	// Explained reports whether the deviations produce exactly the signature that was received. If it is false, they
	// are only what is wrong with the header, and there is at least one mistake more.
	Explained bool `json:"explained"`

	// Deviations are the client's mistakes, as few as produce the signature.
	Deviations []Deviation `json:"deviations"`

	// Incomplete reports whether not everything was tried because the body is large.
	Incomplete bool `json:"incomplete,omitempty"`

	// Signed returns what the client signed; it is nil if that is not explained. ToSign returns what it should have
	// signed; it is nil if the request has no path. Both are as sensitive as the request: mask them before showing.
	// They are functions so that nothing prints them by accident.
	Signed, ToSign func() Message `json:"-"`
}

// Deviation is one known mistake.
type Deviation struct {
	Code   string `json:"code"`   // stable, for programs: "path.query"
	What   Text   `json:"what"`   // what the client does
	Do     Text   `json:"do"`     // what it should do instead
	Source string `json:"source"` // where the mistake is known from, in English
}

// Text is a text in English and in Turkish.
type Text struct {
	EN string `json:"en"`
	TR string `json:"tr"`
}

// In returns the Turkish text for [signer.LocaleTR], and the English one otherwise.
func (t Text) In(l signer.Locale) string {
	if l == signer.LocaleTR {
		return t.TR
	}
	return t.EN
}

// Message is a signed message: the parts that were joined, in their order.
type Message []Part

// Part is one part of a [Message]: "randomKey", "path" or "body"; in what a client signed by mistake also "separator",
// "apiKey" and "secretKey", the last two without a value.
type Part struct{ Name, Value string }

// String returns one line in English, for a log.
func (e Explanation) String() string { return e.In(signer.LocaleEN) }

// unsignedCodes are those of requests without a signature that could be explained.
var unsignedCodes = []string{"header.missing", "header.unreadable", "fields.signature_missing", "scheme.old"}

// In returns one line, in Turkish for [signer.LocaleTR] and in English otherwise.
func (e Explanation) In(l signer.Locale) string {
	var b strings.Builder
	b.WriteString(texts().Verdicts[e.Verdict].In(l))
	unsigned := false
	for _, d := range e.Deviations {
		fmt.Fprintf(&b, " %s: %s %s", d.Code, d.What.In(l), d.Do.In(l))
		unsigned = unsigned || slices.Contains(unsignedCodes, d.Code)
	}
	if !e.Explained && !unsigned {
		b.WriteString(" " + texts().NotExplained.In(l))
	}
	if e.Incomplete {
		b.WriteString(" " + texts().Incomplete.In(l))
	}
	return b.String()
}

// Explain returns why the signature of a received request is wrong: the known mistake, or the two, that produce exactly
// the received signature. It never guesses: a random signature, or one made with an unknown mistake, is not explained.
//
// body is the raw body, every byte as received; req.Body is not read. apiKey and secretKey are the right keys.
//
// Never send an Explanation to a stranger: it helps to guess keys.
//
// The work is bounded, however large the body is: about half a second on a current machine, and 300 MiB of allocations.
func Explain(req *http.Request, body []byte, apiKey, secretKey string) Explanation {
	e := Explanation{Verdict: verdict(req, body, apiKey, secretKey), Deviations: []Deviation{}}
	if req == nil {
		return e
	}
	target := req.RequestURI
	if target == "" && req.URL != nil {
		target = req.URL.RequestURI()
	}
	path, query := splitTarget(target)
	if !strings.HasPrefix(path, "/") {
		return e.with("path.none")
	}
	h := readHeader(req.Header["Authorization"])
	rnd := req.Header.Get("X-Iyzi-Rnd")
	if h.randomKey == "" {
		h.randomKey = rnd
	}
	e.ToSign = func() Message { return Message{{"randomKey", h.randomKey}, {"path", path}, {"body", string(body)}} }
	switch e.Verdict {
	case Right:
		e.Explained, e.Signed = true, e.ToSign
		return e
	case Missing:
		return e.with("header.missing")
	}
	codes := append(h.codes, explainAPIKey(h.apiKey, apiKey, secretKey)...)
	digest, signatureCodes := readSignature(h.signature)
	switch {
	case h.old && len(digest) == sha256.Size:
		codes = append(codes, "scheme.name")
	case h.old:
		return e.with(append(codes, "scheme.old")...)
	}
	if digest == nil {
		return e.with(codes...)
	}
	s := search{apiKey: h.apiKey, digest: digest, work: maxWork, variants: [questions]variants{
		byAlgorithm: right("HMAC-SHA256").wrong("algorithm.hash", "HMAC").wrong("algorithm.swapped", "HMAC swapped").
			wrong("algorithm.no_hmac", "hash", "hash, key first", "hash, key last"),
		byOrder: right("RPB").wrong("message.form", "PRB", "RBP", "PBR", "BRP", "BPR", "R:P:B", "R\nP\nB", "R&P&B").
			wrong("message.key", "SRPB", "RPBS", "ARSPB", "ARSB", "ARPB", "RAPB", "RPBA"),
		byPath:      paths(req.Host, path, query),
		byRandomKey: right(h.randomKey).wrong("random_key.none", "").wrong("random_key.header", rnd),
		byQuery: right("").wrong("path.query", "?"+query, "?"+query[:max(0, strings.LastIndexByte(query, '&'))],
			"?locale=tr", "?locale=en"),
		bySecretKey: secretKeys(apiKey, secretKey),
	}}
	found, complete := s.run(string(body))
	if !found {
		e.Incomplete = !complete
		return e.with(codes...)
	}
	e.Explained, e.Signed = true, s.signed
	codes = slices.Concat(codes, s.codes(), signatureCodes)
	if i := slices.Index(codes, "secret_key.is_api_key"); i >= 0 && h.apiKey == secretKey {
		codes[i] = "keys.swapped"
		codes = slices.DeleteFunc(codes, func(code string) bool { return code == "api_key.is_secret" })
	}
	return e.with(codes...)
}

func verdict(req *http.Request, body []byte, apiKey, secretKey string) Verdict {
	err := signer.Verify(req, body, func(received string) (string, bool) { return secretKey, received == apiKey })
	switch {
	case err == nil:
		return Right
	case errors.Is(err, signer.ErrUnknownKey):
		return UnknownKey
	case errors.Is(err, signer.ErrSignature):
		return Wrong
	case req == nil || strings.TrimSpace(strings.Join(req.Header["Authorization"], "")) == "":
		return Missing
	}
	return Malformed
}

// splitTarget returns the path and the query of a request target, which may be a whole URL (RFC 9112, section 3.2.2).
func splitTarget(target string) (path, query string) {
	path, query, _ = strings.Cut(target, "?")
	if !strings.HasPrefix(path, "/") {
		if _, after, absolute := strings.Cut(path, "://"); absolute {
			_, path, _ = strings.Cut(after, "/")
			path = "/" + path
		}
	}
	return path, query
}

// with adds the deviations with the given codes.
func (e Explanation) with(codes ...string) Explanation {
	for _, code := range codes {
		m := texts().Mistakes[code]
		e.Deviations = append(e.Deviations, Deviation{code, m.Text, texts().Do[m.Do], m.Source})
	}
	return e
}
