package signer

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// header is an Authorization header, read leniently.
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

// decode undoes the base64, or whatever a client used instead. It returns "" if it cannot.
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

// decodeBase64 decodes any form of base64, and returns how the form differs from the standard one.
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

// readFields reads fields that do not have the form of IYZWSv2.
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
		switch strings.Trim(strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name)), ` "'`) {
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

// explainAPIKey returns what is wrong with the API key in the header.
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

// target is a digest that the signature may encode.
type target struct {
	digest []byte
	codes  []string // in which way it is not written as lower case hex
}

// readSignature returns the digests that the signature may encode.
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
	if len(digits) > 2 && len(digits)%3 == 2 && (digits[2:3] == "-" || digits[2:3] == ":" || digits[2:3] == " ") {
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
		if text := strings.TrimSpace(string(decoded)); depth > 0 && isVisibleASCII(text) {
			for _, t := range readDigest(text, depth-1) {
				codes[0] = "signature.base64_of_hex"
				inner := slices.DeleteFunc(slices.Clone(t.codes), func(c string) bool {
					return c == "signature.base64"
				})
				if len(inner) < len(t.codes) {
					codes[0] = "signature.base64_twice"
				}
				add(t.digest, slices.Concat(codes, inner)...)
			}
		}
	}
	if !isVisibleASCII(text) {
		add([]byte(text), "signature.raw")
	}
	return targets
}
