package emulator

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a request brought is shown only where it is known to be harmless: the values of these fields, these headers,
// and what the emulator itself writes. Everything else is masked, also in documents that are not whole or not right.

// shownFields are the fields whose values are shown.
var shownFields = set("externalId", "itemExternalId", "externalMassPayoutId", "requestId", "referenceCode",
	"massPayoutRequestId", "conversationId", "locale", "purpose", "recipientType", "currency", "currencyCode",
	"itemType", "nonWithdrawable", "page", "size", "total", "value", "amount", "totalAmount", "commissionAmount",
	"totalSuccessfulAmount", "totalCommissionAmount", "balance", "merchantId", "status", "itemStatus", "massPayoutStatus",
	"systemTime", "errorCode", "errorGroup", "errorMessage", "errorMessages", "receivedDate", "completedDate",
	"canceledDate")

// shownHeaders are the headers whose values are shown.
var shownHeaders = set("Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Cache-Control", "Connection",
	"Content-Encoding", "Content-Length", "Content-Type", "Date", "Expect", "Host", "Transfer-Encoding", "User-Agent",
	"X-Conversation-Id", "X-Iyzi-Client-Version", "X-Iyzi-Rnd", "X-Request-Id")

func set(values ...string) map[string]bool {
	m := make(map[string]bool, len(values))
	for _, v := range values {
		m[v] = true
	}
	return m
}

const (
	hidden    = "…"
	maxShown  = 300 // characters of one value
	maxNested = 100 // depth of a document
)

var (
	plainKey   = regexp.MustCompile(`^"[A-Za-z_][A-Za-z0-9_.\-]{0,63}"$`)
	longNumber = regexp.MustCompile(`\d{7,}`)
	turkIBAN   = regexp.MustCompile(`(?i)TR(?:[ \-]?\d){24}`)
	anyDigits  = regexp.MustCompile(`(?i)` + uuidForm + `|\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b|\+?\d(?:[ \-()]{0,2}\d){6,}`)
	wholeUUID  = regexp.MustCompile(`(?i)^` + uuidForm + `$`)
)

const uuidForm = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`

// hider returns a function that takes the keys out of a text. Very short ones stay: they are no secret, and part of
// everything.
func hider(keys ...string) func(string) string {
	var pairs []string
	for _, key := range keys {
		if len(key) >= 6 {
			pairs = append(pairs, key, hidden)
		}
	}
	return strings.NewReplacer(pairs...).Replace
}

// maskEnd leaves the last characters of a recipient: four, or fewer of a short one.
func maskEnd(s string) string {
	keep := min(4, utf8.RuneCountInString(s)/3)
	runes := []rune(s)
	return hidden + string(runes[len(runes)-keep:])
}

// maskDigits masks what looks like a recipient in a path, a query or a header.
func maskDigits(s string) string {
	return anyDigits.ReplaceAllStringFunc(s, func(found string) string {
		if wholeUUID.MatchString(found) {
			return found
		}
		return maskEnd(found)
	})
}

// visible shows what has no form of its own, or would change the form of what is beside it, by its number.
func visible(s string) string {
	strange := func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, strange) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strange(r) {
			fmt.Fprintf(&b, "‹U+%04X›", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// shorten bounds what is shown of one value.
func shorten(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + hidden
}

// maskJSON calls emit for every token of a JSON document, with what may be shown of it, until emit returns false. The
// document need be neither whole nor right: what comes after the first thing that is not JSON is hidden.
func maskJSON(text string, emit func(from, to int, shown string) bool) {
	type container struct {
		object  bool
		key     string // of the value to come, without quotes
		wantKey bool
	}
	stack := []container{{}}
	for i, more := 0, true; more && i < len(text); {
		top := &stack[len(stack)-1]
		from := i
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			for i < len(text) && i-from < maxShown && strings.IndexByte(" \t\r\n", text[i]) >= 0 {
				i++
			}
			more = emit(from, i, text[from:i])
		case c == '{' || c == '[':
			if len(stack) > maxNested {
				emit(from, len(text), hidden)
				return
			}
			next := container{object: c == '{', wantKey: c == '{'}
			if c == '[' {
				next.key = top.key
			}
			stack = append(stack, next)
			i++
			more = emit(from, i, text[from:i])
		case c == '}' || c == ']':
			if len(stack) == 1 || top.object != (c == '}') {
				emit(from, len(text), hidden)
				return
			}
			stack = stack[:len(stack)-1]
			i++
			more = emit(from, i, text[from:i])
		case c == ',' || c == ':':
			if c == ',' {
				top.wantKey = top.object
				if top.object {
					top.key = ""
				}
			}
			i++
			more = emit(from, i, text[from:i])
		case c == '"':
			i = endOfString(text, i)
			token := text[from:i]
			whole := len(token) > 1 && token[len(token)-1] == '"'
			if top.wantKey && whole && strings.HasPrefix(strings.TrimLeft(text[i:], " \t\r\n"), ":") {
				top.wantKey = false
				top.key = token[1 : len(token)-1]
				if !plainKey.MatchString(token) || longNumber.MatchString(token) {
					token = `"` + hidden + `"`
				}
				more = emit(from, i, token)
				continue
			}
			more = emit(from, i, maskString(top.key, token, whole))
		case c == '-' || c >= '0' && c <= '9':
			for i < len(text) && strings.IndexByte("+-.0123456789eE", text[i]) >= 0 {
				i++
			}
			token := text[from:i]
			if len(token) > maxShown || len(token) > 4 && !shownFields[top.key] {
				token = hidden
			}
			more = emit(from, i, token)
		default:
			for _, word := range []string{"true", "false", "null"} {
				if strings.HasPrefix(text[i:], word) {
					i += len(word)
					break
				}
			}
			if i == from {
				emit(from, len(text), hidden)
				return
			}
			more = emit(from, i, text[from:i])
		}
	}
}

// endOfString returns where the string that begins at i ends.
func endOfString(text string, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// maskString returns what is shown of a string, quotes included. One that is not whole may be anything.
func maskString(key, token string, whole bool) string {
	if !whole {
		return `"` + hidden
	}
	value := token[1 : len(token)-1]
	switch {
	case value == "":
		return token
	case key == "recipientInfo":
		return `"` + maskEnd(value) + `"`
	case shownFields[key] && len(value) <= maxShown: // half of a value may be half of a key
		return `"` + turkIBAN.ReplaceAllStringFunc(value, maskEnd) + `"`
	}
	return `"` + hidden + `"`
}

// maskBody returns what is shown of a body.
func maskBody(text string) string {
	if start := strings.TrimSpace(text); start != "" && start != "null" && !strings.ContainsAny(start[:1], "{[\"") {
		return hidden // a form, XML, or anything else
	}
	var b strings.Builder
	maskJSON(text, func(_, _ int, shown string) bool {
		b.WriteString(shown)
		return true
	})
	return visible(b.String())
}

// maskResponse returns what is shown of a response's body. A page of HTML is the emulator's own.
func maskResponse(body string) string {
	if strings.HasPrefix(body, "<") {
		return visible(body)
	}
	return maskBody(body)
}

// headerView is one header, as it is shown.
type headerView struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// maskHeaders shows headers; hide takes the keys out of their texts.
func maskHeaders(h http.Header, hide func(string) string) []headerView {
	list := []headerView{}
	for name, values := range h {
		for _, value := range values {
			switch {
			case name == "Authorization":
				value = hide(maskAuthorization(value))
			case shownHeaders[name]:
				value = visible(hide(value))
			default:
				value = hidden
			}
			list = append(list, headerView{visible(hide(name)), value})
		}
	}
	slices.SortFunc(list, func(a, b headerView) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// maskAuthorization shows the form of an Authorization value, and the random key, which is no secret.
func maskAuthorization(value string) string {
	scheme, encoded, _ := strings.Cut(value, " ")
	if !slices.Contains([]string{"IYZWSv2", "IYZWS", "Bearer", "Basic"}, scheme) {
		return hidden
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return scheme + " " + hidden
	}
	var fields []string
	for field := range strings.SplitSeq(string(raw), "&") {
		name, value, _ := strings.Cut(field, ":")
		switch {
		case name == "randomKey":
			fields = append(fields, name+":"+visible(shorten(value)))
		case name == "apiKey" || name == "signature":
			fields = append(fields, name+":"+hidden)
		default:
			return scheme + " " + hidden
		}
	}
	return scheme + " " + strings.Join(fields, "&")
}

// maskTarget shows a path and its query: what is in the query and not of the API is hidden.
func maskTarget(target string) string {
	path, query, found := strings.Cut(target, "?")
	path = maskDigits(path)
	if !found {
		return visible(shorten(path))
	}
	var pairs []string
	for pair := range strings.SplitSeq(query, "&") {
		name, value, has := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err != nil || plain != "locale" && plain != "conversationId" {
			if value != "" {
				value = hidden
			}
			name = maskDigits(name)
		}
		if has {
			name += "=" + value
		}
		pairs = append(pairs, name)
	}
	return visible(shorten(path + "?" + strings.Join(pairs, "&")))
}

// masked shows the last four characters of what is long enough.
func masked(s string) string {
	if r := []rune(s); len(r) > 8 {
		return "…" + string(r[len(r)-4:])
	}
	return "…"
}
