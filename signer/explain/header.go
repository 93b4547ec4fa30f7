package explain

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

// header is an Authorization header, read leniently.
type header struct {
	apiKey, randomKey, signature string
	codes                        []string // what is wrong with its form
}

func (h *header) add(codes ...string) { h.codes = append(h.codes, codes...) }

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
	text := strings.TrimSpace(value)
	if len(text) <= maxHeader {
		text = h.decode(h.cutScheme(text, text != value))
	}
	if len(text) > maxHeader || text == "" || !h.readFields(text) {
		h.add("header.unreadable")
	}
	if strings.Contains(h.randomKey, "/") {
		h.add("random_key.slash")
	}
	if i := slices.Index(h.codes, "scheme.old"); i >= 0 && slices.ContainsFunc(readSignature(h.signature),
		func(c candidate) bool { return len(c.digest) == 32 }) {
		h.codes[i] = "scheme.name"
	}
}

var schemePattern = regexp.MustCompile(`(?i)^(?:(?:bearer|basic)\s+)?(?:(iyzws)(v2)?)?[ \t:=,]*`)

func (h *header) cutScheme(text string, trimmed bool) string {
	switch m := schemePattern.FindStringSubmatch(text); {
	case m[1] != "" && m[2] == "":
		h.add("scheme.old")
	case m[0] != "IYZWSv2 " || trimmed:
		h.add("scheme.form")
	}
	return text[len(schemePattern.FindString(text)):]
}

// decode undoes the base64. It returns "" if it cannot.
func (h *header) decode(text string) string {
	const separators = "&:"
	decoded := decodeBase64(text)
	if strings.ContainsAny(text, separators) {
		decoded = []byte(text)
	}
	if !bytes.ContainsAny(decoded, separators) {
		return ""
	}
	if base64.StdEncoding.EncodeToString(decoded) != text && !slices.Contains(h.codes, "scheme.old") {
		h.add("header.base64")
	}
	return string(decoded)
}

// decodeBase64 decodes any form of base64. It returns nil if it cannot.
func decodeBase64(text string) []byte {
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.Join(strings.Fields(text), ""))
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(standard, "="))
	if err != nil || len(decoded) == 0 {
		return nil
	}
	return decoded
}

// readFields reads the fields, and reports whether there are any.
func (h *header) readFields(text string) bool {
	if i := strings.LastIndexByte(text, ':'); i >= 0 && slices.Contains(h.codes, "scheme.old") && !strings.Contains(text, "&") {
		h.apiKey, h.signature = text[:i], text[i+1:] // the fields of the old scheme
		return true
	}
	for field := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("&;|,", r) }) {
		at := max(0, strings.IndexAny(field, ":="))
		name, value := field[:at], strings.Trim(field[at:][min(1, len(field)-at):], `"'}`)
		switch strings.ToLower(strings.Trim(name, ` "'{`)) {
		case "apikey", "api_key":
			h.apiKey = value
		case "randomkey", "random_key", "random", "rnd", "x-iyzi-rnd":
			h.randomKey = value
		case "signature", "sign", "hash":
			h.signature = value
		}
	}
	switch {
	case h.apiKey+h.randomKey+h.signature == "":
		return false
	case h.signature == "":
		h.add("fields.signature_missing")
	case h.apiKey == "" || h.randomKey == "":
		h.add("fields.missing")
	case text != "apiKey:"+h.apiKey+"&randomKey:"+h.randomKey+"&signature:"+h.signature:
		h.add("fields.form")
	}
	return true
}

// explainAPIKey returns what is wrong with the API key in the header.
func explainAPIKey(received, apiKey, secretKey string) []string {
	switch {
	case received == apiKey || received == "":
		return nil
	case received == secretKey:
		return []string{"api_key.is_secret"}
	case strings.Trim(received, " \t\r\n\u00a0\ufeff\"'") == apiKey:
		return []string{"api_key.space"}
	}
	return []string{"api_key.unknown"}
}

// candidate is a digest that the signature may encode.
type candidate struct {
	digest []byte
	codes  []string // in which way it is not written as lower case hex
}

// readSignature returns the digests that the signature may encode.
func readSignature(signature string) (list []candidate) {
	add := func(digest []byte, codes ...string) {
		if hashes[len(digest)] != nil {
			list = append(list, candidate{digest, codes})
		}
	}
	addHex := func(digits string, codes ...string) bool {
		plain := strings.NewReplacer("-", "", ":", "", " ", "", "\n", "").Replace(strings.TrimPrefix(digits, "0x"))
		digest, err := hex.DecodeString(plain)
		if plain != digits {
			codes = append(codes, "signature.hex_separators")
		}
		if strings.ToLower(plain) != plain {
			codes = append(codes, "signature.hex_case")
		}
		if err == nil {
			add(digest, codes...)
		}
		return err == nil
	}
	if addHex(signature) {
		return list
	}
	if decoded := decodeBase64(signature); decoded != nil && !addHex(string(decoded), "signature.base64") {
		add(decoded, "signature.base64")
	}
	return list
}
