package signer

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
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
	s.variants[byBody] = s.bodies(body)
	s.variants[byPath] = paths(req, path)
	s.variants[byRandomKey] = randomKeys(h.randomKey, rnd)
	s.variants[byOrder] = orders(req.Method)
	s.variants[bySecretKey] = secretKeys(h, keys, others)
	s.variants[byAlgorithm] = algorithms
	found := len(s.targets) > 0 && s.run()
	e.Incomplete = !found && s.incomplete
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

// The header.

// header is an Authorization header, read as leniently as can be.
type header struct {
	apiKey, randomKey, signature string
	codes                        []string // what is wrong with its form
}

func (h *header) add(code string) {
	if !slices.Contains(h.codes, code) {
		h.codes = append(h.codes, code)
	}
}

// maxHeader bounds the work on the header, in bytes.
const maxHeader = 16 << 10

func readHeader(values []string) (h header) {
	for _, value := range values {
		h = header{}
		h.read(value)
		if h.signature != "" {
			break
		}
	}
	if len(values) > 1 {
		h.add("header.repeated")
	}
	return h
}

func (h *header) read(value string) {
	if len(value) > maxHeader {
		h.add("header.unreadable")
		return
	}
	text := strings.TrimSpace(value)
	if text != value {
		h.add("header.space")
	}
	if name := "authorization:"; len(text) > len(name) && strings.EqualFold(text[:len(name)], name) {
		h.add("header.name")
		text = strings.TrimSpace(text[len(name):])
	}
	text = h.decode(h.cutScheme(text))
	if text == "" {
		h.add("header.unreadable")
		return
	}
	var ok bool
	if h.apiKey, h.randomKey, h.signature, ok = cutFields(text); !ok {
		h.readFields(text)
	}
	if strings.Contains(h.randomKey, "/") {
		h.add("random_key.slash")
	}
}

func (h *header) cutScheme(text string) string {
	const name = "IYZWSv2"
	for _, other := range []string{"Bearer ", "Basic ", "HMAC ", "Token "} {
		if len(text) > len(other) && strings.EqualFold(text[:len(other)], other) {
			h.add("scheme.other")
			text = strings.TrimSpace(text[len(other):])
			if !strings.HasPrefix(text, name) {
				return text
			}
		}
	}
	switch {
	case len(text) >= len(name) && strings.EqualFold(text[:len(name)], name):
		if text[:len(name)] != name {
			h.add("scheme.case")
		}
		after := text[len(name):]
		rest := strings.TrimLeft(after, " \t:=,")
		switch after[:len(after)-len(rest)] {
		case " ":
		case "":
			h.add("scheme.space")
		default:
			h.add("scheme.separator")
		}
		return rest
	case len(text) >= len("IYZWS ") && strings.EqualFold(text[:len("IYZWS ")], "IYZWS "):
		h.add("scheme.old")
		return strings.TrimSpace(text[len("IYZWS "):])
	}
	h.add("scheme.missing")
	return text
}

// decode takes off the base64, or what a client took for it.
func (h *header) decode(text string) string {
	codes := slices.Clone(h.codes)
	if isFields(text) {
		if !slices.Contains(h.codes, "scheme.old") {
			h.add("header.not_encoded")
		}
		return text
	}
	for range 3 {
		if strings.Contains(text, "%") {
			if unescaped, err := url.PathUnescape(text); err == nil {
				h.add("header.percent")
				text = unescaped
			}
		}
		decoded, form := decodeBase64(text)
		if decoded == nil {
			break
		}
		if raw, err := hex.DecodeString(text); err == nil && isFields(string(raw)) {
			decoded, form = raw, []string{"hex"} // hex digits are base64 too
		}
		for _, f := range form {
			h.add("header." + f)
		}
		text = string(decoded)
		if len(text) > 2 && text[1] == 0 {
			if narrow, ok := fromUTF16(text); ok {
				h.add("header.utf16")
				text = narrow
			}
		}
		if isFields(text) {
			return text
		}
		h.add("header.base64_twice")
	}
	h.codes = codes
	return ""
}

func isFields(text string) bool { return strings.ContainsAny(text, "&:;|,{") }

func fromUTF16(s string) (string, bool) {
	if len(s)%2 != 0 {
		return "", false
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = uint16(s[2*i]) | uint16(s[2*i+1])<<8
	}
	return string(utf16.Decode(units)), true
}

func toUTF16(s []byte) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(string(s))) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

// decodeBase64 decodes any form of base64, and says in which way it is not the standard one.
func decodeBase64(text string) (decoded []byte, form []string) {
	one := strings.Join(strings.Fields(text), "")
	if one != text {
		form = append(form, "base64_lines")
	}
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(one)
	if standard != one {
		form = append(form, "base64url")
	}
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(standard, "="))
	if err != nil || len(decoded) == 0 {
		return nil, nil
	}
	if base64.StdEncoding.EncodeToString(decoded) != standard {
		form = append(form, "base64_padding")
	}
	return decoded, form
}

// readFields reads fields that are not the three of IYZWSv2 in their order.
func (h *header) readFields(text string) {
	if inner := strings.Trim(text, "{} \t\r\n"); inner != text {
		h.add("fields.separator")
		text = inner
	}
	if slices.Contains(h.codes, "scheme.old") && !strings.Contains(text, "&") {
		if i := strings.LastIndexByte(text, ':'); i >= 0 {
			h.apiKey, h.signature = text[:i], text[i+1:]
			return
		}
	}
	separator := "&"
	for _, sep := range []string{"&", ";", "|", ",", "\n", " ", ":"} {
		if strings.Contains(text, sep) {
			separator = sep
			break
		}
	}
	if separator != "&" {
		h.add("fields.separator")
	}
	fields := strings.Split(text, separator)
	if len(fields) > 16 {
		h.add("header.unreadable")
		return
	}
	order := ""
	for i, field := range fields {
		name, value := field, ""
		if at := strings.IndexAny(field, ":="); at >= 0 {
			name, value = field[:at], field[at+1:]
			if field[at] == '=' {
				h.add("fields.separator")
			}
		}
		exact := true
		var known string
		switch plain := strings.Trim(strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name)), ` "'`); plain {
		case "apikey":
			known, exact = "a", name == "apiKey"
		case "randomkey", "random", "rnd", "randomstring", "xiyzirnd":
			known, exact = "r", name == "randomKey"
		case "signature", "sign", "hash", "hmac":
			known, exact = "s", name == "signature"
		default:
			if len(fields) != 3 || known != "" || order != "ars"[:min(i, len(order))] {
				h.add("fields.extra")
				continue
			}
			known, exact, value = "ars"[i:i+1], false, field // the three values without names
		}
		if !exact {
			h.add("fields.names")
			value = strings.Trim(value, ` "'`)
		}
		switch order += known; known {
		case "a":
			h.apiKey = value
		case "r":
			h.randomKey = value
		case "s":
			h.signature = value
		}
	}
	if order == "" {
		h.codes = slices.DeleteFunc(h.codes, func(code string) bool { return strings.HasPrefix(code, "fields.") })
		h.add("header.unreadable")
		return
	}
	if h.apiKey == "" {
		h.add("fields.api_key_missing")
	}
	if h.randomKey == "" {
		h.add("fields.random_key_missing")
	}
	if h.signature == "" {
		h.add("fields.signature_missing")
	}
	if !slices.IsSorted([]byte(order)) { // "ars" is in alphabetical order
		h.add("fields.order")
	}
	if len(h.codes) == 0 {
		h.add("fields.extra") // such as a field that stands there twice
	}
}

// explainAPIKey says which key stands in the place of the API key.
func explainAPIKey(h header, keys Keys, others []Keys) []string {
	other := slices.IndexFunc(others, func(k Keys) bool { return k.APIKey == h.apiKey })
	const sandbox = "sandbox-"
	switch {
	case h.apiKey == keys.APIKey || h.apiKey == "":
		return nil
	case h.apiKey == keys.SecretKey:
		return []string{"api_key.is_secret"}
	case strings.Trim(h.apiKey, " \t\r\n\u00a0\ufeff\"'") == keys.APIKey:
		return []string{"api_key.space"}
	case other >= 0:
		return []string{"api_key.other"}
	case strings.EqualFold(h.apiKey, keys.APIKey):
		return []string{"api_key.case"}
	case strings.HasPrefix(h.apiKey, sandbox) != strings.HasPrefix(keys.APIKey, sandbox):
		return []string{"api_key.environment"}
	}
	return []string{"api_key.unknown"}
}

// target is a digest that the signature may stand for.
type target struct {
	digest []byte
	codes  []string // in which way it is not written as lower case hex
}

// readSignature returns what the signature may stand for.
func readSignature(signature string) []target {
	var codes []string
	text := strings.TrimSpace(signature)
	if text != signature {
		codes = append(codes, "signature.space")
	}
	if inner := strings.Trim(text, `"'`); inner != text {
		codes, text = append(codes, "signature.quotes"), inner
	}
	if unescaped, err := url.PathUnescape(text); err == nil && unescaped != text {
		codes, text = append(codes, "signature.percent"), unescaped
	}
	targets := readDigest(text, 2)
	for i := range targets {
		targets[i].codes = append(slices.Clone(codes), targets[i].codes...)
	}
	return targets
}

func readDigest(text string, depth int) (targets []target) {
	add := func(digest []byte, codes ...string) {
		switch len(digest) {
		case md5.Size, sha1.Size, sha256.Size, sha512.Size384, sha512.Size:
			targets = append(targets, target{digest, codes})
		}
	}
	digits, codes := text, []string(nil)
	if rest, ok := strings.CutPrefix(digits, "0x"); ok {
		digits, codes = rest, append(codes, "signature.hex_separators")
	}
	if len(digits)%3 == 2 && (digits[2:3] == "-" || digits[2:3] == ":" || digits[2:3] == " ") {
		digits, codes = strings.ReplaceAll(digits, digits[2:3], ""), append(codes, "signature.hex_separators")
	}
	if decoded, err := hex.DecodeString(digits); err == nil {
		if strings.ToLower(digits) != digits {
			codes = append(codes, "signature.hex_case")
		}
		add(decoded, codes...)
		if depth > 0 && isVisibleASCII(string(decoded)) {
			for _, t := range readDigest(string(decoded), depth-1) {
				add(t.digest, append([]string{"signature.hex_twice"}, t.codes...)...)
			}
		}
	}
	if decoded, form := decodeBase64(text); decoded != nil {
		codes := []string{"signature.base64"}
		for _, f := range form {
			codes = append(codes, "signature."+f)
		}
		add(decoded, codes...)
		if inner := strings.TrimSpace(string(decoded)); depth > 0 && isVisibleASCII(inner) {
			for _, t := range readDigest(inner, depth-1) {
				codes[0] = "signature.base64_of_hex"
				if rest := slices.DeleteFunc(slices.Clone(t.codes), func(c string) bool { return c == "signature.base64" }); len(rest) < len(t.codes) {
					codes[0], t.codes = "signature.base64_twice", rest
				}
				add(t.digest, slices.Concat(codes, t.codes)...)
			}
		}
	}
	if !isVisibleASCII(text) {
		add([]byte(text), "signature.raw")
	}
	return targets
}

// The search.

// The questions in which a client can go wrong. The body comes first, since it costs most to change.
const (
	byBody = iota
	byPath
	byRandomKey
	byOrder
	bySecretKey
	byAlgorithm
	questions
)

// variant is one way to go about a question; the first one of each question is the right way.
type variant struct {
	codes  []string
	weight int  // 0 for the right way; heavier ones are tried later
	rare   bool // not tried with two others
	value  []byte
	order  string // byOrder: a letter for each part

	only, never int                                                      // byAlgorithm: the sizes of the digest
	sum         func(s *search, secret, message []byte, size int) []byte // byAlgorithm
}

const (
	// maxHashed bounds the bytes that a search hashes, the cost of a small one counted with it.
	maxHashed = 512 << 20
	// maxRewritten bounds the bytes of the bodies that a search writes anew and keeps.
	maxRewritten = 32 << 20
)

type search struct {
	header     header
	keys       Keys
	body       []byte
	targets    []target
	variants   [questions][]variant
	chosen     [questions]int
	found      target
	budget     int
	incomplete bool
	buf        []byte
	macs       map[int]hash.Hash
}

// run tries all ways with one mistake, then those with two, then with three; the common ones first.
func (s *search) run() bool {
	s.macs = map[int]hash.Hash{}
	for weight := range 4 {
		if s.try(0, weight, false, false) || weight < 3 && s.try(0, weight, true, false) {
			return true
		}
	}
	return false
}

// try answers the questions from the given one on in all ways that weigh rest together. If rare, at least one of all
// the answers must be a rare one; otherwise none may be.
func (s *search) try(question, rest int, rare, hasRare bool) bool {
	if question == questions {
		return rest == 0 && rare == hasRare && s.matches()
	}
	for i := range s.variants[question] {
		v := &s.variants[question][i]
		if v.weight > rest || v.rare && !rare || question == byAlgorithm && v.weight != rest {
			continue
		}
		s.chosen[question] = i
		if s.try(question+1, rest-v.weight, rare, hasRare || v.rare) {
			return true
		}
		if s.budget <= 0 {
			s.incomplete = true
			return false
		}
	}
	return false
}

func (s *search) choice(question int) *variant { return &s.variants[question][s.chosen[question]] }

func (s *search) matches() bool {
	algorithm := s.choice(byAlgorithm)
	message := []byte(nil)
	for _, t := range s.targets {
		if algorithm.only != 0 && len(t.digest) != algorithm.only || len(t.digest) == algorithm.never {
			continue
		}
		if message == nil {
			s.buf = s.buf[:0]
			for _, letter := range s.choice(byOrder).order {
				s.buf = append(s.buf, s.part(letter)...)
			}
			if slices.Contains(s.choice(byOrder).codes, "message.utf16") {
				s.buf = toUTF16(s.buf)
			}
			message = s.buf
		}
		s.budget -= len(message) + 512
		digest := algorithm.sum(s, s.choice(bySecretKey).value, message, len(t.digest))
		if hmac.Equal(digest, t.digest) {
			s.found = t
			return true
		}
	}
	return false
}

// part returns the part of the message that a letter of an order stands for; what is no letter stands for itself.
func (s *search) part(letter rune) []byte {
	switch letter {
	case 'R':
		return s.choice(byRandomKey).value
	case 'P':
		return s.choice(byPath).value
	case 'B':
		return s.choice(byBody).value
	case 'A':
		return []byte(s.header.apiKey)
	case 'S':
		return s.choice(bySecretKey).value
	case 'M':
		return s.variants[byOrder][0].value
	}
	return []byte(string(letter))
}

func (s *search) message() (m Message) {
	names := map[rune]string{'R': "randomKey", 'P': "path", 'B': "body", 'A': "apiKey", 'S': "secretKey", 'M': "method"}
	for _, letter := range s.choice(byOrder).order {
		p := Part{Name: names[letter]}
		switch letter {
		case 'A', 'S':
		case 'R', 'P', 'B', 'M':
			p.Value = string(s.part(letter))
		default:
			p = Part{Name: "separator", Value: string(letter)}
		}
		m = append(m, p)
	}
	return m
}

func (s *search) codes() (codes []string) {
	for question := range questions {
		codes = append(codes, s.choice(question).codes...)
	}
	return append(codes, s.found.codes...)
}

// variants collects the ways of one question, without those whose bytes are there already.
type variantList struct {
	list []variant
	seen map[uint64]bool
	seed maphash.Seed
}

func newVariantList(right []byte) *variantList {
	l := &variantList{seen: map[uint64]bool{}, seed: maphash.MakeSeed()}
	l.add(variant{value: right})
	return l
}

func (l *variantList) add(v variant) bool {
	sum := maphash.Bytes(l.seed, v.value)
	if l.seen[sum] {
		return false
	}
	l.seen[sum] = true
	l.list = append(l.list, v)
	return true
}

func (l *variantList) common(code string, values ...string) {
	for _, value := range values {
		l.add(variant{codes: []string{code}, weight: 1, value: []byte(value)})
	}
}

func (l *variantList) rare(code string, values ...string) {
	for _, value := range values {
		l.add(variant{codes: []string{code}, weight: 1, rare: true, value: []byte(value)})
	}
}

func randomKeys(signed, header string) []variant {
	l := newVariantList([]byte(signed))
	if header != "" {
		l.common("random_key.header", header)
	}
	l.common("random_key.none", "")
	l.rare("random_key.changed", strings.TrimSpace(signed), strings.ToLower(signed), strings.ToUpper(signed),
		strings.TrimSpace(header), "randomKey:"+signed, signed+signed)
	return l.list
}

func secretKeys(h header, keys Keys, others []Keys) []variant {
	secret := keys.SecretKey
	l := newVariantList([]byte(secret))
	l.common("secret_key.is_api_key", keys.APIKey)
	for _, k := range others[:min(len(others), 16)] {
		l.common("secret_key.other", k.SecretKey)
	}
	for _, space := range []string{" ", "\n", "\r\n", "\t", "\r", "\u00a0", "\ufeff", "\u200b"} {
		l.add(variant{codes: []string{"secret_key.space"}, weight: 1, rare: !strings.ContainsAny(space, " \n"), value: []byte(secret + space)})
		l.add(variant{codes: []string{"secret_key.space"}, weight: 1, rare: space != " ", value: []byte(space + secret)})
	}
	l.rare("secret_key.space", strings.TrimSpace(secret), " "+secret+" ", secret+"  ")
	l.common("secret_key.empty", "")
	l.rare("secret_key.quotes", `"`+secret+`"`, `'`+secret+`'`)
	if decoded, _ := decodeBase64(secret); decoded != nil {
		l.rare("secret_key.decoded", string(decoded))
	}
	if decoded, err := hex.DecodeString(secret); err == nil {
		l.rare("secret_key.decoded", string(decoded))
	}
	l.rare("secret_key.encoded", base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret)),
		string(toUTF16([]byte(secret))), url.QueryEscape(secret))
	l.rare("secret_key.case", strings.ToLower(secret), strings.ToUpper(secret))
	l.rare("secret_key.prefix", strings.TrimPrefix(secret, "sandbox-"), "sandbox-"+secret)
	if len(secret) > 1 {
		l.rare("secret_key.cut", secret[:len(secret)-1], secret[1:])
	}
	l.rare("secret_key.joined", keys.APIKey+secret, secret+keys.APIKey, keys.APIKey+":"+secret, secret+"&")
	l.rare("secret_key.is_api_key", h.apiKey)
	for _, k := range others[:min(len(others), 16)] {
		l.rare("secret_key.other", k.APIKey)
	}
	return l.list
}

// paths returns the ways to write the path of a request, alone and with its host or its query.
func paths(req *http.Request, path string) []variant {
	_, query, _ := strings.Cut(receivedTarget(req), "?")

	type piece struct {
		code, text string
		rare       bool
	}
	var bases []piece
	base := func(code, text string, rare bool) { bases = append(bases, piece{code, text, rare}) }
	base("", path, false)
	if cut := strings.TrimRight(path, "/"); cut != path {
		base("path.slash", cut, false)
	}
	base("path.slash", path+"/", false)
	base("path.first_slash", strings.TrimPrefix(path, "/"), false)
	base("path.first_slash", "/"+strings.TrimLeft(path, "/"), false)
	base("path.first_slash", "/"+path, false)
	if unescaped, err := url.PathUnescape(path); err == nil {
		base("path.unescaped", unescaped, false)
		base("path.unescaped", strings.ReplaceAll(path, "+", "%2B"), true)
	}
	base("path.escaped", strings.ReplaceAll(path, "%", "%25"), false)
	base("path.escaped", url.PathEscape(path), false)
	base("path.escaped", strings.ReplaceAll(url.PathEscape(path), "%2F", "/"), false)
	base("path.escaped", strings.ToLower(url.PathEscape(path)), true)
	base("path.case", escapesInCase(path, strings.ToUpper), true)
	base("path.case", escapesInCase(path, strings.ToLower), true)
	base("path.case", strings.ToLower(path), true)
	base("path.case", strings.ToUpper(path), true)
	base("path.left_out", "", false)
	base("path.left_out", "/", true)
	rest := path
	for range 8 { // without its beginning, as a client with a base URL has it
		i := strings.IndexByte(rest[min(1, len(rest)):], '/')
		if i < 0 {
			break
		}
		rest = rest[1+i:]
		base("path.beginning", rest, false)
		base("path.beginning", rest[1:], true)
	}
	rest = strings.TrimRight(path, "/")
	for range 8 { // without its end, such as an id
		i := strings.LastIndexByte(rest, '/')
		if i <= 0 {
			break
		}
		rest = rest[:i]
		base("path.end", rest, false)
		base("path.end", rest+"/", true)
	}

	queries := []piece{{}}
	if query != "" {
		queries = append(queries, piece{"path.query", "?" + query, false})
		if unescaped, err := url.QueryUnescape(query); err == nil {
			queries = append(queries, piece{"path.query", "?" + unescaped, true})
		}
		params := strings.Split(query, "&")
		if len(params) > 1 && len(params) <= 8 {
			sorted := slices.Sorted(slices.Values(params))
			queries = append(queries, piece{"path.query", "?" + strings.Join(sorted, "&"), true})
			for i := range params {
				without := strings.Join(slices.Delete(slices.Clone(params), i, i+1), "&")
				queries = append(queries, piece{"path.query", "?" + without, true}, piece{"path.query", "?" + params[i], true})
			}
		}
		queries = append(queries, piece{"path.query", query, true})
	}
	for _, unsent := range []string{"?", "?locale=tr", "?locale=en"} {
		queries = append(queries, piece{"path.query", unsent, true})
	}

	hosts := []piece{{}}
	for _, host := range []string{req.Host, "sandbox-api.iyzipay.com", "api.iyzipay.com"} {
		if host == "" {
			continue
		}
		other := host != req.Host
		hosts = append(hosts, piece{"path.host", "https://" + host, other}, piece{"path.host", "http://" + host, other},
			piece{"path.host", host, other})
		if name, _, ok := strings.Cut(host, ":"); ok {
			hosts = append(hosts, piece{"path.host", "https://" + name, true}, piece{"path.host", "http://" + name, true},
				piece{"path.host", name, true})
		}
	}

	l := newVariantList([]byte(path))
	for weight := 1; weight <= 3; weight++ {
		for _, h := range hosts {
			for _, q := range queries {
				for _, b := range bases {
					v := variant{rare: h.rare || q.rare || b.rare, value: []byte(h.text + b.text + q.text)}
					for _, p := range []piece{h, b, q} {
						if p.code != "" {
							v.codes = append(v.codes, p.code)
							v.weight++
						}
					}
					if v.weight == weight && len(v.value) <= maxHeader {
						l.add(v)
					}
				}
			}
		}
	}
	return l.list
}

// escapesInCase writes the hex digits of a path's escapes in another case.
func escapesInCase(path string, change func(string) string) string {
	b := []byte(path)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], change(string(b[i+1:i+3])))
		}
	}
	return string(b)
}

// orders returns the ways to join the parts of a message; the first one carries the method.
func orders(method string) []variant {
	list := []variant{{order: "RPB", value: []byte(method)}}
	add := func(code string, rare bool, orders ...string) {
		for _, order := range orders {
			list = append(list, variant{codes: []string{code}, weight: 1, rare: rare, order: order})
		}
	}
	add("message.order", false, "PRB", "RBP", "PBR", "BRP", "BPR")
	add("message.separator", false, "R\nP\nB", "R&P&B", "R:P:B")
	add("message.separator", true, "R|P|B", "R,P,B", "R.P.B", "R-P-B", "R P B", "R+P+B", "R;P;B", "RP\nB", "R\r\nP\r\nB")
	add("message.method", true, "RMPB", "MRPB", "RPMB", "RM PB", "R\nM\nP\nB")
	add("message.api_key", true, "ARPB", "RAPB", "RPBA", "A&R&P&B")
	add("message.secret_key", true, "SRPB", "RPBS", "ARSPB", "ARSB")
	add("message.utf16", true, "RPB")
	return list
}

// algorithms are the ways to compute the digest. The right one comes first.
var algorithms = []variant{
	{only: sha256.Size, sum: func(s *search, secret, message []byte, size int) []byte {
		mac := s.macs[s.chosen[bySecretKey]]
		if mac == nil {
			mac = hmac.New(sha256.New, secret)
			s.macs[s.chosen[bySecretKey]] = mac
		}
		mac.Reset()
		mac.Write(message)
		return mac.Sum(nil)
	}},
	{codes: []string{"algorithm.swapped"}, weight: 1, rare: true, sum: func(_ *search, secret, message []byte, size int) []byte {
		return hmacOf(size, message, secret)
	}},
	{codes: []string{"algorithm.hash"}, never: sha256.Size, weight: 1, rare: true, sum: func(_ *search, secret, message []byte, size int) []byte {
		return hmacOf(size, secret, message)
	}},
	{codes: []string{"algorithm.no_hmac"}, weight: 1, rare: true, sum: func(_ *search, secret, message []byte, size int) []byte {
		return hashOf(size, message)
	}},
	{codes: []string{"algorithm.no_hmac"}, weight: 1, rare: true, sum: func(_ *search, secret, message []byte, size int) []byte {
		return hashOf(size, secret, message)
	}},
	{codes: []string{"algorithm.no_hmac"}, weight: 1, rare: true, sum: func(_ *search, secret, message []byte, size int) []byte {
		return hashOf(size, message, secret)
	}},
	{codes: []string{"algorithm.old"}, only: sha1.Size, weight: 1, rare: true, sum: func(s *search, secret, _ []byte, size int) []byte {
		return s.oldScheme(secret, size)
	}},
}

func hashes(size int) func() hash.Hash {
	switch size {
	case md5.Size:
		return md5.New
	case sha1.Size:
		return sha1.New
	case sha256.Size:
		return sha256.New
	case sha512.Size384:
		return sha512.New384
	}
	return sha512.New
}

func hmacOf(size int, key, message []byte) []byte {
	mac := hmac.New(hashes(size), key)
	mac.Write(message)
	return mac.Sum(nil)
}

func hashOf(size int, parts ...[]byte) []byte {
	h := hashes(size)()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// oldScheme computes the hash of iyzico's scheme before IYZWSv2, SHA-1 over API key, random key, secret key and the
// fields of the request as "[name=value,name=[a, b]]".
func (s *search) oldScheme(secret []byte, size int) []byte {
	body := s.choice(byBody).value
	fields := body
	if node, ok := parseJSON(body); ok {
		fields = node.appendOldFields(nil)
	}
	return hashOf(size, []byte(s.header.apiKey), s.choice(byRandomKey).value, secret, fields)
}

func (n jsonNode) appendOldFields(dst []byte) []byte {
	switch n.kind {
	case '"':
		var text string
		json.Unmarshal(n.raw, &text)
		return append(dst, text...)
	case '{', '[':
	default:
		return append(dst, n.raw...)
	}
	dst = append(dst, '[')
	first := true
	for _, m := range n.members {
		if string(m.value.raw) == "null" {
			continue
		}
		if !first {
			dst = append(dst, map[byte]string{'{': ",", '[': ", "}[n.kind]...)
		}
		first = false
		if n.kind == '{' {
			dst = append(append(dst, bytes.Trim(m.key, `"`)...), '=')
		}
		dst = m.value.appendOldFields(dst)
	}
	return append(dst, ']')
}

// bodies returns the ways to write the body, those that a client takes most often first.
func (s *search) bodies(body []byte) []variant {
	l := newVariantList(body)
	left := maxRewritten
	add := func(v variant) bool {
		if left -= len(v.value) + 64; left < 0 {
			s.incomplete = true
			return false
		}
		l.add(v)
		return true
	}
	whole := func(code string, rare bool, values ...[]byte) {
		for _, value := range values {
			add(variant{codes: []string{code}, weight: 1, rare: rare, value: value})
		}
	}
	switch string(body) {
	case "":
		whole("body.placeholder", false, []byte("{}"), []byte("null"), []byte(`""`), []byte("[]"))
		whole("body.placeholder", true, []byte("undefined"), []byte("None"), []byte("false"), []byte("\n"), []byte(" "), []byte("[object Object]"))
	case "{}", "null", `""`, "[]":
		whole("body.left_out", false, nil)
		whole("body.other_placeholder", false, []byte("{}"), []byte("null"), []byte(`""`), []byte("[]"))
	default:
		whole("body.left_out", false, nil)
		whole("body.placeholder", true, []byte("{}"), []byte("null"), []byte(`""`), []byte("[]"), []byte("[object Object]"), []byte("Array"))
	}
	if len(body) == 0 {
		return l.list
	}
	if len(body) > maxRewritten/16 {
		s.incomplete = true
		return l.list
	}
	whole("body.newline", false, bytes.TrimSpace(body), append(slices.Clone(body), '\n'), append(slices.Clone(body), "\r\n"...))
	whole("body.newline", true, bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")), bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n")))
	s.jsonBodies(body, add)
	whole("body.charset", true, turkishCharset(body), asciiCharset(body), latinTwice(body), toUTF16(body),
		append([]byte("\ufeff"), body...), bytes.TrimPrefix(body, []byte("\ufeff")))
	whole("body.encoded", true, []byte(base64.StdEncoding.EncodeToString(body)), []byte(url.QueryEscape(string(body))),
		[]byte(url.PathEscape(string(body))), quoted(body, false), quoted(body, true))
	if text := ""; json.Unmarshal(body, &text) == nil {
		whole("body.encoded_twice", true, []byte(text))
	}
	slices.SortStableFunc(l.list, func(a, b variant) int { return a.weight - b.weight })
	return l.list
}

// jsonBodies adds the ways to write a JSON body.
func (s *search) jsonBodies(body []byte, add func(variant) bool) {
	node, ok := parseJSON(body)
	if !ok {
		s.incomplete = s.incomplete || json.Valid(body)
		return
	}
	received := -1
	trimmed := bytes.TrimSpace(body)
	for i, layout := range jsonLayouts {
		if bytes.Equal(node.append(nil, &jsonStyle{layout: layout}, 0), trimmed) {
			received = i
			break
		}
	}
	weights := 2
	if len(body) > 24<<10 {
		weights = 1
		s.incomplete = true
	}
	for weight := 1; weight <= weights; weight++ {
		for e, escapes := range jsonEscapeStyles {
			for i, layout := range jsonLayouts {
				for numbers := range numberStyles {
					for bits := range 8 {
						style := jsonStyle{layout, escapes, numbers, bits&1 != 0, bits&2 != 0}
						newline := bits&4 != 0
						v := variant{}
						if i != received {
							v.codes = append(v.codes, layout.code)
						}
						if e > 0 {
							v.codes = append(v.codes, escapes.code)
						}
						v.weight = min(len(v.codes), 1) // spacing and escapes have one cause, another encoder
						v.rare = len(v.codes) > 1
						if style.sortKeys {
							v.codes = append(v.codes, "body.key_order")
							v.weight++
						}
						if numbers != numbersAsReceived {
							v.codes = append(v.codes, numbers.code())
							v.weight++
						}
						if style.omitNulls {
							v.codes = append(v.codes, "body.nulls")
							v.weight++
						}
						if newline {
							v.codes = append(v.codes, "body.newline")
							v.weight++
						}
						if v.weight != weight {
							continue
						}
						v.rare = v.rare || v.weight > 1 || i > 5 && i != received
						v.value = node.append(make([]byte, 0, len(body)+len(body)/4), &style, 0)
						if newline {
							v.value = append(v.value, '\n')
						}
						if !add(v) {
							return
						}
					}
				}
			}
		}
	}
}

// quoted writes the body as a JSON string.
func quoted(body []byte, ascii bool) []byte {
	raw, _ := json.Marshal(string(body))
	return (&jsonEscapes{code: "x", ascii: ascii}).append(nil, raw)
}

// turkishCharset writes UTF-8 as ISO-8859-9, the Turkish Latin 5.
func turkishCharset(body []byte) (out []byte) {
	turkish := map[rune]byte{'ğ': 0xf0, 'Ğ': 0xd0, 'ı': 0xfd, 'İ': 0xdd, 'ş': 0xfe, 'Ş': 0xde}
	for _, r := range string(body) {
		switch b, ok := turkish[r]; {
		case ok:
			out = append(out, b)
		case r <= 0xff:
			out = append(out, byte(r))
		default:
			out = append(out, '?')
		}
	}
	return out
}

// asciiCharset writes UTF-8 as ASCII.
func asciiCharset(body []byte) (out []byte) {
	for _, unit := range utf16.Encode([]rune(string(body))) {
		if unit >= utf8.RuneSelf {
			unit = '?'
		}
		out = append(out, byte(unit))
	}
	return out
}

// latinTwice writes UTF-8 as if its bytes were ISO-8859-1, in UTF-8 again.
func latinTwice(body []byte) (out []byte) {
	for _, b := range body {
		out = utf8.AppendRune(out, rune(b))
	}
	return out
}
