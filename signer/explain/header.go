package explain

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
)

// header is an Authorization header, read leniently.
type header struct {
	apiKey, randomKey, signature string
	old                          bool     // the scheme is IYZWS
	codes                        []string // what is wrong with its form
}

func (h *header) add(code string) { h.codes = append(h.codes, code) }

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

var schemePattern = regexp.MustCompile(`(?i)^(?:(?:bearer|basic)\s+)?(?:(iyzws)(v2)?)?[ \t:=,]*`)

func (h *header) read(value string) {
	if len(value) > maxHeader {
		h.add("header.unreadable")
		return
	}
	text := strings.TrimSpace(value)
	scheme := schemePattern.FindStringSubmatch(text)
	h.old = scheme[1] != "" && scheme[2] == ""
	if !h.old && (scheme[0] != "IYZWSv2 " || text != value) {
		h.add("scheme.form")
	}
	encoded := text[len(scheme[0]):]
	fields := encoded
	if !strings.ContainsAny(encoded, "&:") {
		fields = string(decodeBase64(encoded))
	}
	if !h.readFields(fields) {
		h.add("header.unreadable")
	} else if !h.old && base64.StdEncoding.EncodeToString([]byte(fields)) != encoded {
		h.add("header.base64")
	}
	if strings.Contains(h.randomKey, "/") {
		h.add("random_key.slash")
	}
}

// decodeBase64 decodes any form of base64. It returns nil if it cannot.
func decodeBase64(text string) []byte {
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.Join(strings.Fields(text), ""))
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(standard, "="))
	if err != nil {
		return nil
	}
	return decoded
}

// readFields reads the fields, and reports whether there are any.
func (h *header) readFields(text string) bool {
	if i := strings.LastIndexByte(text, ':'); i >= 0 && h.old && !strings.Contains(text, "&") {
		h.apiKey, h.signature = text[:i], text[i+1:] // the fields of the old scheme
		return true
	}
	for field := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("&;|,", r) }) {
		at := strings.IndexAny(field, ":=")
		switch value := field[at+1:]; strings.ToLower(strings.TrimSpace(field[:max(0, at)])) {
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

// readSignature returns the digest that a signature encodes, or nil, and in which ways it is not lower case hex.
func readSignature(signature string) (digest []byte, codes []string) {
	digest, codes, isHex := readHex(signature)
	if !isHex {
		decoded := decodeBase64(signature)
		if digest, codes, isHex = readHex(string(decoded)); !isHex {
			digest, codes = decoded, nil
		}
		codes = append(codes, "signature.base64")
	}
	if hashes[len(digest)] == nil {
		return nil, nil
	}
	return digest, codes
}

func readHex(text string) (digest []byte, codes []string, ok bool) {
	digits := strings.NewReplacer("-", "", ":", "", " ", "", "\n", "").Replace(strings.TrimPrefix(text, "0x"))
	if digits != text {
		codes = append(codes, "signature.hex_separators")
	}
	if strings.ToLower(digits) != digits {
		codes = append(codes, "signature.hex_case")
	}
	digest, err := hex.DecodeString(digits)
	return digest, codes, err == nil
}
