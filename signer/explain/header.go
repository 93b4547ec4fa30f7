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

func readHeader(values []string) (h header) {
	for _, value := range values {
		if h = readValue(value); h.signature != "" {
			break
		}
	}
	if len(values) > 1 {
		h.codes = append(h.codes, "header.repeated")
	}
	return h
}

var (
	schemePattern = regexp.MustCompile(`(?i)^(?:(?:bearer|basic)\s+)?(?:(iyzws)(v2)?)?[ \t:=,]*`)
	fieldsPattern = regexp.MustCompile(`(?s)^apiKey:([^&]+)&randomKey:([^&]+)(?:&signature:(.*))?$`)
	oldFields     = regexp.MustCompile(`(?s)^([^&]*):()([^&:]*)$`)
)

func readValue(value string) (h header) {
	if len(value) > maxHeader {
		return header{codes: []string{"header.unreadable"}}
	}
	text := strings.TrimSpace(value)
	scheme := schemePattern.FindStringSubmatch(text)
	h.old = scheme[1] != "" && scheme[2] == ""
	if !h.old && (scheme[0] != "IYZWSv2 " || text != value) {
		h.codes = append(h.codes, "scheme.form")
	}
	encoded := text[len(scheme[0]):]
	fields := encoded
	if !strings.ContainsAny(encoded, "&:") {
		fields = string(decodeBase64(encoded))
	}
	m := fieldsPattern.FindStringSubmatch(fields)
	if m == nil && h.old {
		m = oldFields.FindStringSubmatch(fields)
	}
	if m == nil {
		h.codes = append(h.codes, "header.unreadable")
		return h
	}
	h.apiKey, h.randomKey, h.signature = m[1], m[2], m[3]
	if !h.old && base64.StdEncoding.EncodeToString([]byte(fields)) != encoded {
		h.codes = append(h.codes, "header.base64")
	}
	if h.signature == "" {
		h.codes = append(h.codes, "fields.signature_missing")
	}
	if strings.Contains(h.randomKey, "/") {
		h.codes = append(h.codes, "random_key.slash")
	}
	return h
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
	digits := strings.NewReplacer("-", "", ":", "", " ", "", "\n", "").Replace(strings.TrimPrefix(signature, "0x"))
	digest, err := hex.DecodeString(digits)
	if err != nil {
		digest = decodeBase64(signature)
		if inner, innerCodes := readSignature(string(digest)); inner != nil {
			digest, codes = inner, innerCodes
		}
		codes = append(codes, "signature.base64")
	} else if strings.ToLower(digits) != signature {
		codes = append(codes, "signature.hex")
	}
	if hashes[len(digest)] == nil {
		return nil, nil
	}
	return digest, codes
}
