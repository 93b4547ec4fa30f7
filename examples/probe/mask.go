package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// masker takes keys and recipients out of what is shown and kept. It shows only what it knows to be harmless.
type masker struct{ secrets []*regexp.Regexp }

// newMasker returns a masker that knows the keys, and a recipient by its number, with its country or not, and its name.
func newMasker(apiKey, secretKey, number, name string) *masker {
	m := &masker{}
	for _, secret := range []string{secretKey, apiKey, number, strings.TrimLeft(number, "TR"), name} {
		m.hide(secret, "", "")
	}
	for _, word := range strings.Fields(name) { // each by itself, but not inside of another word
		m.hide(word, `(^|[^\p{L}])`, `($|[^\p{L}])`)
	}
	return m
}

// hide takes out a secret however it is spaced, in capital letters or not.
func (m *masker) hide(secret, before, after string) {
	if secret = strings.Join(strings.Fields(secret), ""); secret == "" {
		return
	}
	var forms []string
	upper, lower := strings.ToUpperSpecial(unicode.TurkishCase, secret), strings.ToLowerSpecial(unicode.TurkishCase, secret)
	for _, form := range []string{secret, upper, lower} {
		var letters []string
		for _, r := range form {
			letters = append(letters, regexp.QuoteMeta(string(r)))
		}
		forms = append(forms, strings.Join(letters, `(?:[\s\p{Zs}.\-_/*+]|%20)*`))
	}
	m.secrets = append(m.secrets, regexp.MustCompile(`(?i)`+before+`(?:`+strings.Join(forms, "|")+`)`+after))
}

var (
	// encoded is what may be an Authorization header, a signature or a token. A UUID has 36 characters.
	encoded = regexp.MustCompile(`[A-Za-z0-9+/_=\-]{40,}`)

	// grouped is what an account, an identity or a phone number looks like in a sentence.
	grouped = regexp.MustCompile(`\+?\d(?:[\s\p{Zs}.\-()/_]{0,2}\d){4,}`)
)

// maxText bounds a text that is shown, in characters.
const maxText = 300

// text takes secrets out of a name or a code.
func (m *masker) text(s string) string {
	for _, secret := range append(m.secrets, m.secrets...) { // twice: of two words in a row, one is the end of the other
		s = secret.ReplaceAllString(s, "${1}(hidden)${2}")
	}
	s = encoded.ReplaceAllStringFunc(s, func(s string) string { return fmt.Sprintf("(%d characters)", len(s)) })
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(s, "·"))
	if runes := []rune(s); len(runes) > maxText {
		s = string(runes[:maxText]) + "…"
	}
	return s
}

// sentence also takes out long numbers.
func (m *masker) sentence(s string) string { return grouped.ReplaceAllString(m.text(s), "(number)") }

// evidence takes secrets out of our own words, and also long numbers out of a message of iyzico's in them.
func (m *masker) evidence(s string) string {
	return message.ReplaceAllStringFunc(m.text(s), m.sentence)
}

var message = regexp.MustCompile(`“[^”]*”`)

// The fields whose values are shown. Of any other text only the length is, and of any other number the form.
var (
	names = strings.Fields(`status errorCode errorGroup errorName locale externalId itemExternalId
		externalMassPayoutId requestId massPayoutRequestId referenceCode conversationId itemType recipientType itemStatus
		massPayoutStatus currency currencyCode purpose receivedDate completedDate canceledDate`)
	sentences = strings.Fields(`errorMessage errorMessages`)
	numbers   = strings.Fields(`systemTime page size total value totalAmount totalSuccessfulAmount
		totalCommissionAmount commissionAmount errorCode`)
)

// body shows a body with its fields, in their order, masked.
func (m *masker) body(body []byte, contentType string) string {
	if len(body) == 0 {
		return "(no body)"
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var out strings.Builder
	if err := m.value(&out, d, "", 0); err != nil || trailing(d) {
		return fmt.Sprintf("(%d bytes of %s that are not JSON)", len(body), m.text(contentType))
	}
	return out.String()
}

func trailing(d *json.Decoder) bool {
	_, err := d.Token()
	return err != io.EOF
}

func (m *masker) value(out *strings.Builder, d *json.Decoder, key string, depth int) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if depth > 20 {
		return fmt.Errorf("nested too deeply")
	}
	switch token := token.(type) {
	case json.Delim:
		out.WriteString(token.String())
		for n := 0; d.More(); n++ {
			if n > 0 {
				out.WriteString(", ")
			}
			if token == '{' {
				name, err := d.Token()
				if err != nil {
					return err
				}
				key, _ = name.(string)
				fmt.Fprintf(out, "%q: ", m.sentence(key))
			}
			if err := m.value(out, d, key, depth+1); err != nil {
				return err
			}
		}
		end, err := d.Token()
		if err != nil {
			return err
		}
		fmt.Fprint(out, end)
	case string:
		switch {
		case slices.Contains(names, key):
			fmt.Fprintf(out, "%q", m.text(token))
		case slices.Contains(sentences, key):
			fmt.Fprintf(out, "%q", m.sentence(token))
		default:
			fmt.Fprintf(out, "(text of %d characters)", utf8.RuneCountInString(token))
		}
	case json.Number:
		if slices.Contains(numbers, key) {
			out.WriteString(m.text(token.String()))
		} else {
			out.WriteString(form(token.String()))
		}
	default:
		fmt.Fprint(out, token)
	}
	return nil
}

// form is a number without its digits.
func form(number string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return '9'
		}
		return r
	}, number)
}

// The headers whose values are shown, beside those of rate limits.
var headers = []string{"Allow", "Content-Encoding", "Content-Type", "Date", "Retry-After", "Server"}

func isRateLimit(name string) bool {
	return name == "Retry-After" || strings.Contains(strings.ToLower(name), "ratelimit") ||
		strings.Contains(strings.ToLower(name), "rate-limit")
}

// header shows the headers, sorted; of those that may identify somebody only the names.
func (m *masker) header(h http.Header) string {
	var lines []string
	for name, values := range h {
		value := "(hidden)"
		if slices.Contains(headers, name) || isRateLimit(name) {
			value = m.sentenceUnlessDate(name, strings.Join(values, ", "))
		}
		lines = append(lines, m.text(name)+": "+value)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (m *masker) sentenceUnlessDate(name, value string) string {
	if name == "Date" || isRateLimit(name) {
		return m.text(value)
	}
	return m.sentence(value)
}
