package signer

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// Keys is a pair of keys of one merchant, for [Explain]. It never prints them.
type Keys struct {
	APIKey, SecretKey string
}

// Format implements [fmt.Formatter]. Every verb prints the same text, without the keys.
func (k Keys) Format(f fmt.State, _ rune) { io.WriteString(f, "IYZWSv2 keys (hidden)") }

// LogValue implements [slog.LogValuer]. The value is the text that Format prints.
func (k Keys) LogValue() slog.Value { return slog.StringValue("IYZWSv2 keys (hidden)") }

// MarshalJSON returns null: the keys are never encoded.
func (k Keys) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// Verdict is the result of checking a signature. It always agrees with [Verify].
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

	// Incomplete reports whether the search was cut short because the body is large. A smaller body signed with the
	// same mistakes may be explained.
	Incomplete bool `json:"incomplete,omitempty"`

	// Signed is the message that the client signed. It is nil if the signature is not explained, or is of iyzico's old
	// scheme. ToSign is the message that the client should have signed. It is nil if the request has no path.
	//
	// Both contain the path and the body and are as sensitive as the request: mask them before showing them.
	Signed, ToSign Message `json:"-"`
}

// Deviation is one known mistake.
type Deviation struct {
	Code string `json:"code"` // stable, for programs: "path.query"
	What Text   `json:"what"` // what the client does
	Do   Text   `json:"do"`   // what it should do instead
}

// Text is a text in English and in Turkish.
type Text struct {
	EN string `json:"en"`
	TR string `json:"tr"`
}

// In returns the Turkish text for [LocaleTR], and the English one otherwise.
func (t Text) In(l Locale) string {
	if l == LocaleTR {
		return t.TR
	}
	return t.EN
}

// Message is a signed message: the parts that were joined, in their order.
type Message []Part

// Part is one part of a [Message].
type Part struct {
	// Name is "randomKey", "path" or "body". What a client signed by mistake can also contain "method", "separator",
	// "apiKey" and "secretKey"; the last two have no Value.
	Name string

	// Value is sensitive. Format and LogValue do not print it; encoding/json does.
	Value string

	// Differs reports whether the other message has no such part, or one with another Value. Value[From:To] is the
	// part of Value to mark: it is empty where the other message has something that is missing here.
	Differs  bool
	From, To int
}

// Format implements [fmt.Formatter]. Every verb prints the name and the length, never the value.
func (p Part) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%s (%d bytes)", p.Name, len(p.Value)) }

// LogValue implements [slog.LogValuer]. The value is the text that Format prints.
func (p Part) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(p)) }

// String returns one line in English, for a log.
func (e Explanation) String() string { return e.In(LocaleEN) }

// Format implements [fmt.Formatter]. Every verb prints the text that String returns.
func (e Explanation) Format(f fmt.State, _ rune) { io.WriteString(f, e.String()) }

// LogValue implements [slog.LogValuer]. The value is the text that String returns.
func (e Explanation) LogValue() slog.Value { return slog.StringValue(e.String()) }

// In returns one line, in Turkish for [LocaleTR] and in English otherwise.
func (e Explanation) In(l Locale) string {
	var b strings.Builder
	b.WriteString(verdictTexts[e.Verdict].In(l))
	for _, d := range e.Deviations {
		fmt.Fprintf(&b, " %s: %s %s", d.Code, d.What.In(l), d.Do.In(l))
	}
	unsigned := slices.ContainsFunc(e.Deviations, func(d Deviation) bool {
		return d.Code == "header.missing" || d.Code == "header.unreadable" || d.Code == "fields.signature_missing"
	})
	if !e.Explained && !unsigned {
		b.WriteString(" " + notExplained.In(l))
	}
	if e.Incomplete {
		b.WriteString(" " + incomplete.In(l))
	}
	return b.String()
}

// Codes returns the codes of the deviations, in the same order.
func (e Explanation) Codes() []string {
	codes := make([]string, len(e.Deviations))
	for i, d := range e.Deviations {
		codes[i] = d.Code
	}
	return codes
}

// Explain returns why the signature of a received request is wrong. It searches the mistakes that clients are known to
// make, alone and in combination, for the fewest that produce exactly the received signature. It never guesses: a
// random signature, or one made with an unknown mistake, is not explained.
//
// body is the raw body, every byte as received; Explain does not read req.Body. keys are the right keys. others are
// further keys that the client may have used by mistake, such as those of the other environment; up to 16 are tried.
//
// Explain is for emulators, tests and support. Never send an Explanation to a stranger: it helps to guess keys.
//
// The work is bounded, however large the body is: about half a second on a current machine, and 500 MiB of allocations.
func Explain(req *http.Request, body []byte, keys Keys, others ...Keys) Explanation {
	e := Explanation{Verdict: verdict(req, body, keys), Deviations: []Deviation{}}
	if req == nil {
		return e
	}
	path, err := receivedPath(req)
	if err != nil {
		return e.with([]string{"path.none"})
	}
	h := readHeader(req.Header["Authorization"])
	rnd := req.Header.Get("X-Iyzi-Rnd")
	if h.randomKey == "" {
		h.randomKey = rnd
	}
	e.ToSign = Message{
		{Name: "randomKey", Value: h.randomKey},
		{Name: "path", Value: path},
		{Name: "body", Value: string(body)},
	}
	if e.Verdict == Right {
		e.Explained, e.Signed = true, slices.Clone(e.ToSign)
		return e
	}
	if e.Verdict == Missing {
		return e.with([]string{"header.missing"})
	}
	keyCodes := explainAPIKey(h, keys, others)
	targets := readSignature(h.signature)
	if len(targets) == 0 {
		return e.with(slices.Concat(h.codes, keyCodes))
	}
	s := search{header: h, keys: keys, body: body, targets: targets, budget: maxHashed, bodies: bodies(body)}
	s.variants[byBody] = s.bodies.list
	s.variants[byPath] = paths(req, path)
	s.variants[byRandomKey] = randomKeys(h.randomKey, rnd)
	s.variants[byOrder] = orders(req.Method)
	s.variants[bySecretKey] = secretKeys(h, keys, others)
	s.variants[byAlgorithm] = algorithms
	if !s.run() {
		e.Incomplete = s.incomplete || s.bodies.incomplete
		return e.with(slices.Concat(h.codes, keyCodes))
	}
	e.Explained = true
	if !slices.Contains(s.codes(), "algorithm.old") { // which signs no such message
		e.Signed = s.message()
		markDifferences(e.Signed, e.ToSign)
	}
	return e.with(merge(slices.Concat(h.codes, keyCodes, s.codes())))
}

func verdict(req *http.Request, body []byte, keys Keys) Verdict {
	err := Verify(req, body, func(apiKey string) (string, bool) { return keys.SecretKey, apiKey == keys.APIKey })
	switch {
	case err == nil:
		return Right
	case errors.Is(err, ErrUnknownKey):
		return UnknownKey
	case errors.Is(err, ErrSignature):
		return Wrong
	case req == nil || strings.TrimSpace(strings.Join(req.Header["Authorization"], "")) == "":
		return Missing
	}
	return Malformed
}

// with adds the deviations with the given codes, each once.
func (e Explanation) with(codes []string) Explanation {
	for _, code := range codes {
		if !slices.ContainsFunc(e.Deviations, func(d Deviation) bool { return d.Code == code }) {
			e.Deviations = append(e.Deviations, deviation(code))
		}
	}
	return e
}

// merge replaces two codes that have one cause with one.
func merge(codes []string) []string {
	for _, m := range [][3]string{
		{"api_key.is_secret", "secret_key.is_api_key", "keys.swapped"},
		{"api_key.other", "secret_key.other", "keys.other"},
		{"scheme.old", "algorithm.old", "scheme.old"},
	} {
		if slices.Contains(codes, m[0]) && slices.Contains(codes, m[1]) {
			codes[slices.Index(codes, m[0])] = m[2]
			codes = slices.DeleteFunc(codes, func(c string) bool { return c == m[1] })
		}
	}
	if slices.Contains(codes, "scheme.old") || slices.Contains(codes, "algorithm.old") {
		// The old scheme wrote its hash in base64.
		codes = slices.DeleteFunc(codes, func(c string) bool { return c == "signature.base64" })
	}
	return codes
}

// markDifferences sets Differs, From and To of the parts of two messages.
func markDifferences(a, b Message) {
	for i := range a {
		j := slices.IndexFunc(b, func(p Part) bool { return p.Name == a[i].Name })
		if j < 0 {
			a[i].Differs, a[i].To = true, len(a[i].Value)
			continue
		}
		x, y := a[i].Value, b[j].Value
		if x == y {
			continue
		}
		n := 0
		for n < len(x) && n < len(y) && x[n] == y[n] {
			n++
		}
		for n > 0 && (n < len(x) && !utf8.RuneStart(x[n]) || n < len(y) && !utf8.RuneStart(y[n])) {
			n--
		}
		m := 0
		for m < len(x)-n && m < len(y)-n && x[len(x)-1-m] == y[len(y)-1-m] {
			m++
		}
		for m > 0 && (!utf8.RuneStart(x[len(x)-m]) || !utf8.RuneStart(y[len(y)-m])) {
			m--
		}
		a[i].Differs, a[i].From, a[i].To = true, n, len(x)-m
		b[j].Differs, b[j].From, b[j].To = true, n, len(y)-m
	}
	for j := range b {
		if !slices.ContainsFunc(a, func(p Part) bool { return p.Name == b[j].Name }) {
			b[j].Differs, b[j].To = true, len(b[j].Value)
		}
	}
}
