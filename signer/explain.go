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

// Keys is a merchant's pair of keys, as [Explain] takes them. It never prints the keys.
type Keys struct {
	APIKey, SecretKey string
}

// Format implements [fmt.Formatter]: every verb prints the same text, without the keys.
func (k Keys) Format(f fmt.State, _ rune) { io.WriteString(f, "IYZWSv2 keys (hidden)") }

// LogValue implements [slog.LogValuer] with the text of [Keys.Format].
func (k Keys) LogValue() slog.Value { return slog.StringValue("IYZWSv2 keys (hidden)") }

// MarshalJSON returns null, so that no JSON shows the keys.
func (k Keys) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// Verdict is what [Explain] makes of a request's signature, as [Verify] does.
type Verdict string

// The verdicts.
const (
	Right      Verdict = "right"       // Verify returns nil
	Missing    Verdict = "missing"     // there is no Authorization header, or it is empty
	Malformed  Verdict = "malformed"   // Verify returns ErrMalformed: the header does not have the form of IYZWSv2
	UnknownKey Verdict = "unknown_key" // Verify returns ErrUnknownKey: the API key is another
	Wrong      Verdict = "wrong"       // Verify returns ErrSignature
)

// Explanation says why a signature is wrong. Its JSON and its texts show no key, nothing of the body and no path.
type Explanation struct {
	Verdict Verdict `json:"verdict"`

	// Explained reports whether Deviations account for the whole signature: a client that makes exactly these mistakes
	// sends exactly this header. Otherwise Deviations are what is wrong beside the unknown mistake.
	Explained bool `json:"explained"`

	// Deviations are the mistakes, the smallest number that explains the signature.
	Deviations []Deviation `json:"deviations"`

	// Incomplete reports that the search stopped early because the body is large. A smaller body with the same
	// mistake may be explained.
	Incomplete bool `json:"incomplete,omitempty"`

	// Signed is the message that the client signed, nil unless the signature is explained. ToSign is the one it should
	// have signed, nil if the request has no path. Both hold the path and the body as they are, so they are as
	// sensitive as the request itself: mask them before showing them to anybody.
	Signed, ToSign Message `json:"-"`
}

// Deviation is one known mistake.
type Deviation struct {
	Code string `json:"code"` // stable and made for programs, such as "path.query"
	What Text   `json:"what"` // what the client does
	Do   Text   `json:"do"`   // what it should do instead
}

// Text is a text in the two languages of iyzico's messages.
type Text struct {
	EN string `json:"en"`
	TR string `json:"tr"`
}

// In returns the text in l: Turkish for [LocaleTR], English for any other.
func (t Text) In(l Locale) string {
	if l == LocaleTR {
		return t.TR
	}
	return t.EN
}

// Message is what is signed: its parts in the order in which they are joined.
type Message []Part

// Part is one part of a [Message]. Its Value is sensitive; Format and LogValue do not show it.
type Part struct {
	Name  string // "randomKey", "path", "body", "method" or "separator"; "apiKey" and "secretKey" have no Value
	Value string
	// Value[From:To] differs from the part of the same name in the other message. The two are equal if nothing
	// differs; they can also be equal where the other message has something that is missing here.
	From, To int
	Differs  bool // the two parts are not equal
}

// Format implements [fmt.Formatter]: every verb prints the name and the length.
func (p Part) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%s (%d bytes)", p.Name, len(p.Value)) }

// LogValue implements [slog.LogValuer] with the text of [Part.Format].
func (p Part) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(p)) }

// String returns one line in English, for a log.
func (e Explanation) String() string { return e.In(LocaleEN) }

// Format implements [fmt.Formatter]: every verb prints the text of String.
func (e Explanation) Format(f fmt.State, _ rune) { io.WriteString(f, e.String()) }

// LogValue implements [slog.LogValuer] with the text of String.
func (e Explanation) LogValue() slog.Value { return slog.StringValue(e.String()) }

// In returns one line in the given language.
func (e Explanation) In(l Locale) string {
	var b strings.Builder
	b.WriteString(verdictTexts[e.Verdict].In(l))
	for _, d := range e.Deviations {
		fmt.Fprintf(&b, " %s: %s %s", d.Code, d.What.In(l), d.Do.In(l))
	}
	if e.Verdict != Right && e.Verdict != Missing && !e.Explained {
		b.WriteString(" " + notExplained.In(l))
	}
	if e.Incomplete {
		b.WriteString(" " + incomplete.In(l))
	}
	return b.String()
}

// Codes returns the codes of the deviations.
func (e Explanation) Codes() []string {
	codes := make([]string, len(e.Deviations))
	for i, d := range e.Deviations {
		codes[i] = d.Code
	}
	return codes
}

// Explain says why the signature of a received request is wrong. It searches the mistakes that clients are known to
// make, alone and together, for those that give exactly the signature that came: a signature by chance or by an unknown
// mistake is never explained.
//
// body is the raw body as received; keys are the right ones. others are keys that the client may have taken by mistake,
// such as those of the other environment. Explain does not change the request and does not read req.Body.
//
// Explain is for emulators, tests and support. Do not send an explanation to a stranger: it tells him how far his guess
// is from a valid signature. The work is bounded, whatever the request: about a second at most, less for small bodies.
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
	e.ToSign = Message{{Name: "randomKey", Value: h.randomKey}, {Name: "path", Value: path}, {Name: "body", Value: string(body)}}
	if e.Verdict == Right {
		e.Explained, e.Signed = true, slices.Clone(e.ToSign)
		return e
	}
	if e.Verdict == Missing {
		return e.with([]string{"header.missing"})
	}
	keyCodes := explainAPIKey(h, keys, others)
	s := search{header: h, keys: keys, body: body, budget: maxHashed}
	s.targets = readSignature(h.signature)
	s.bodies = bodies(body)
	s.variants[byBody] = s.bodies.list
	s.variants[byPath] = paths(req, path)
	s.variants[byRandomKey] = randomKeys(h.randomKey, rnd)
	s.variants[byOrder] = orders(req.Method)
	s.variants[bySecretKey] = secretKeys(h, keys, others)
	s.variants[byAlgorithm] = algorithms
	found := len(s.targets) > 0 && s.run()
	e.Incomplete = !found && (s.incomplete || s.bodies.incomplete)
	if !found {
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

// merge puts one code in the place of two that have one cause.
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

// markDifferences marks in two messages what each has that the other has not.
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
