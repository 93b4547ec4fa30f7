package explain_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
	"github.com/iyzico-go/masspayout/signer/explain"
)

const (
	itemPath  = "/v1/mass/payout/retrieve/items/a97b14a2-1e22-4ceb-bafb-38b61c4c4477"
	initPath  = "/v1/mass/payout/init"
	shortBody = `{"externalId":"kasım/11","amount":{"value":100.50},"items":[1,2],"note":null,"url":"a=b&c"}`

	testAPIKey    = "test-api-key"
	testSecretKey = "test-secret-key"
)

// client is a client in another language, with everything in which it can go wrong. The zero value makes no mistake.
type client struct {
	apiKey, secretKey string // "" is the right one
	randomKey         string // "" is "rnd123"
	message           func(rnd, path, body string) string
	path, body        string // what was signed; "" is what was sent, "-" is nothing
	digest            func(secret, message string) []byte
	signature         func(digest []byte) string
	fields            func(apiKey, rnd, signature string) string
	header            func(fields string) string
}

func sha256HMAC(secret, message string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return mac.Sum(nil)
}

// encode is an Authorization header with any fields.
func encode(fields string) string { return "IYZWSv2 " + b64(fields) }

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// authorization is the client's header, computed step by step.
func (c client) authorization(path, body string) string {
	or := func(s, right string) string {
		switch s {
		case "":
			return right
		case "-":
			return ""
		}
		return s
	}
	secret, rnd := or(c.secretKey, testSecretKey), or(c.randomKey, "rnd123")
	message := rnd + or(c.path, path) + or(c.body, body)
	if c.message != nil {
		message = c.message(rnd, or(c.path, path), or(c.body, body))
	}
	digest := sha256HMAC(secret, message)
	if c.digest != nil {
		digest = c.digest(secret, message)
	}
	signature := hex.EncodeToString(digest)
	if c.signature != nil {
		signature = c.signature(digest)
	}
	apiKey := or(c.apiKey, testAPIKey)
	fields := "apiKey:" + apiKey + "&randomKey:" + rnd + "&signature:" + signature
	if c.fields != nil {
		fields = c.fields(apiKey, rnd, signature)
	}
	if c.header != nil {
		return c.header(fields)
	}
	return "IYZWSv2 " + b64(fields)
}

// request is the client's request, as a server on localhost:8080 receives it. Its x-iyzi-rnd has another random key than
// its Authorization, which is no mistake.
func (c client) request(target, body string) *http.Request {
	path, _, _ := strings.Cut(target, "?")
	return arrived(target, c.authorization(path, body))
}

func arrived(target string, authorization ...string) *http.Request {
	return &http.Request{Method: "POST", Host: "localhost:8080", RequestURI: target, Header: http.Header{
		"Authorization": authorization, "X-Iyzi-Rnd": {"header-rnd"}}}
}

// checkExplained fails the test unless the codes of got are want, in any order.
func checkExplained(t *testing.T, got explain.Explanation, want ...string) {
	t.Helper()
	if !got.Explained {
		t.Error("not explained")
	}
	checkCodes(t, got, want...)
}

func checkCodes(t *testing.T, got explain.Explanation, want ...string) {
	t.Helper()
	codes := got.Codes()
	slices.Sort(codes)
	slices.Sort(want)
	if !slices.Equal(codes, want) {
		t.Errorf("got %q, want %q", codes, want)
	}
}

func TestExplain(t *testing.T) {
	inTurn(t)
	const (
		wrong     = explain.Wrong
		malformed = explain.Malformed
		unknown   = explain.UnknownKey
	)
	tests := []struct {
		name    string
		target  string // "" is initPath
		body    string // sent; "" is shortBody, "-" none
		client  client
		verdict explain.Verdict
		want    string // the codes
	}{
		// The path.
		{"query, as PHP below /v2", initPath + "?locale=tr", "",
			client{path: initPath + "?locale=tr"}, wrong, "path.query"},
		{"query sent without its locale", initPath + "?a=1&locale=tr", "",
			client{path: initPath + "?a=1"}, wrong, "path.query"},
		{"query that was not sent", "", "", client{path: initPath + "?locale=tr"}, wrong, "path.query"},
		{"URL", "", "", client{path: "https://localhost:8080" + initPath}, wrong, "path.host"},
		{"URL of the sandbox", "", "", client{path: "https://sandbox-api.iyzipay.com" + initPath}, wrong, "path.host"},
		{"host without scheme", "", "", client{path: "localhost:8080" + initPath}, wrong, "path.host"},
		{"URL with its query", initPath + "?locale=tr", "",
			client{path: "http://localhost:8080" + initPath + "?locale=tr"}, wrong, "path.host path.query"},
		{"slash added", "", "", client{path: initPath + "/"}, wrong, "path.slash"},
		{"slash left out", initPath + "/", "", client{path: initPath}, wrong, "path.slash"},
		{"no first slash", "", "", client{path: initPath[1:]}, wrong, "path.slash"},
		{"two first slashes sent", "/" + initPath, "", client{path: initPath}, wrong, "path.slash"},
		{"unescaped", "/a/%C3%B6%20b", "", client{path: "/a/ö b"}, wrong, "path.unescaped"},
		{"no path", "", "", client{path: "-"}, wrong, "path.left_out"},
		// The body.
		{"body not signed", "", "", client{body: "-"}, wrong, "body.left_out"},
		{"{} for no body, as Node", itemPath, "-", client{body: "{}"}, wrong, "body.placeholder"},
		{"null for no body, as Python", itemPath, "-", client{body: "null"}, wrong, "body.null"},
		{`"" for no body`, itemPath, "-", client{body: `""`}, wrong, "body.placeholder"},
		{"[] for no body, as PHP", itemPath, "-", client{body: "[]"}, wrong, "body.placeholder"},
		{"{} sent, nothing signed", itemPath, "{}", client{body: "-"}, wrong, "body.left_out"},
		{"{} sent, null signed", itemPath, "{}", client{body: "null"}, wrong, "body.null"},
		{"newline, as json.Encoder", "", "", client{body: shortBody + "\n"}, wrong, "body.newline"},
		{"newline sent", "", shortBody + "\n", client{body: shortBody}, wrong, "body.newline"},
		{"Python's spaces", "", `{"a":[1,2],"b":"c"}`, client{body: `{"a": [1, 2], "b": "c"}`}, wrong, "body.python"},
		{"Python sent, compact signed", "", `{"a": [1, 2], "b": "c"}`,
			client{body: `{"a":[1,2],"b":"c"}`}, wrong, "body.plain"},
		{"Python's json.dumps", "", `{"a":"kasım"}`,
			client{body: `{"a": "kas\u0131m"}`}, wrong, "body.python"},
		{"indented by two", "", `{"a":[1,2],"b":{}}`,
			client{body: "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}"}, wrong, "body.indented"},
		{"indented by four", "", `{"a":[1],"b":[]}`,
			client{body: "{\n    \"a\": [\n        1\n    ],\n    \"b\": []\n}"}, wrong, "body.indented"},
		{"indented by a tab", "", `{"a":1}`, client{body: "{\n\t\"a\": 1\n}"}, wrong, "body.indented"},
		{"indented on Windows", "", `{"a":1}`, client{body: "{\r\n  \"a\": 1\r\n}"}, wrong, "body.indented"},
		{"written by hand, signed compact", "", "{ \"a\" :1,\n\"b\":  [ ] }",
			client{body: `{"a":1,"b":[]}`}, wrong, "body.plain"},
		{"PHP's json_encode", "", `{"a":"b/ç"}`, client{body: `{"a":"b\/\u00e7"}`}, wrong, "body.php"},
		{"PHP's, the letters as they are", "", `{"a":"b/ç"}`, client{body: `{"a":"b\/ç"}`}, wrong, "body.php"},
		{"PHP sent, raw signed", "", `{"a":"b\/\u00e7\ud83d\ude00"}`,
			client{body: `{"a":"b/ç😀"}`}, wrong, "body.plain"},
		{"ASCII", "", `{"a":"ç😀"}`, client{body: `{"a":"\u00e7\ud83d\ude00"}`}, wrong, "body.python"},
		{"ASCII in upper case, as Jackson", "", `{"a":"ç"}`,
			client{body: `{"a":"\u00E7"}`}, wrong, "body.java"},
		{"Go's json.Marshal", "", `{"a":"b&<c>"}`,
			client{body: `{"a":"b\u0026\u003cc\u003e"}`}, wrong, "body.go"},
		{"Go's json.Encoder", "", `{"b":"<","a":1}`, client{body: `{"b":"\u003c","a":1}` + "\n"}, wrong, "body.go"},
		{"Go's json.Encoder, of a map", "", `{"b":"<","a":1}`, client{body: `{"a":1,"b":"\u003c"}` + "\n"}, wrong, "body.go body.key_order"},
		{"Java's Gson", "", `{"a":"b=c'"}`, client{body: `{"a":"b\u003dc\u0027"}`}, wrong, "body.java"},
		{"Java's sent, raw signed", "", `{"a":"b\u003dc"}`, client{body: `{"a":"b=c"}`}, wrong, "body.plain"},
		{".NET's System.Text.Json", "", `{"a":"+90ç"}`,
			client{body: `{"a":"\u002B90\u00E7"}`}, wrong, "body.dotnet"},
		{".NET's, with a quote", "", `{"a":"b\"c"}`, client{body: `{"a":"b\u0022c"}`}, wrong, "body.dotnet"},
		{".NET's sent, Newtonsoft.Json's signed", "", `{"a":"\u002B90\u00E7"}`,
			client{body: "{\r\n  \"a\": \"+90ç\"\r\n}"}, wrong, "body.indented"},
		{"Python's, indented", "", `{"a":"ç"}`, client{body: "{\n    \"a\": \"\\u00e7\"\n}"}, wrong, "body.python"},
		{"sorted keys", "", `{"b":1,"a":{"d":1,"c":2}}`,
			client{body: `{"a":{"c":2,"d":1},"b":1}`}, wrong, "body.key_order"},
		{"100.0 for 100", "", `{"page":0,"amount":{"value":100}}`,
			client{body: `{"page":0,"amount":{"value":100.0}}`}, wrong, "body.numbers"},
		{"100 for 100.0", "", `{"amount":{"value":100.0}}`,
			client{body: `{"amount":{"value":100}}`}, wrong, "body.numbers"},
		{"100.5 for 100.50", "", `{"amount":{"value":100.50},"price":8E+3}`,
			client{body: `{"amount":{"value":100.5},"price":8000}`}, wrong, "body.numbers"},
		{"100.00 for 100", "", `{"amount":{"value":100}}`,
			client{body: `{"amount":{"value":100.00}}`}, wrong, "body.numbers"},
		{"quoted amounts, as Django", "", `{"amount":{"value":100.5}}`,
			client{body: `{"amount":{"value":"100.5"}}`}, wrong, "body.amounts_quoted"},
		{"quoted amounts sent", "", `{"amount":{"value":"100.5"}}`,
			client{body: `{"amount":{"value":100.5}}`}, wrong, "body.amounts_quoted"},
		{"ISO-8859-9", "", `{"a":"ışğ"}`, client{body: "{\"a\":\"\xfd\xfe\xf0\"}"}, wrong, "body.charset"},
		{"ASCII with question marks", "", `{"a":"ış"}`, client{body: `{"a":"??"}`}, wrong, "body.charset"},
		{"JSON text of the JSON", "", `{"a":1}`, client{body: `"{\"a\":1}"`}, wrong, "body.encoded_twice"},
		{"JSON text of the JSON, as Python", "", `{"a":"ş"}`, client{body: `"{\"a\":\"\u015f\"}"`}, wrong, "body.encoded_twice"},
		{"JSON text of the JSON sent", "", `"{\"a\":1}"`, client{body: `{"a":1}`}, wrong, "body.encoded_twice"},

		// The random key. The header x-iyzi-rnd is always "header-rnd".
		{"random key of x-iyzi-rnd", "", "",
			client{message: func(_, p, b string) string { return "header-rnd" + p + b }}, wrong, "random_key.header"},
		{"no random key signed", "", "",
			client{message: func(_, p, b string) string { return p + b }}, wrong, "random_key.none"},
		{"random key with a slash", "", "", client{randomKey: "ab/cd"}, malformed, "random_key.slash"},

		// The keys.
		{"keys swapped", "", "", client{apiKey: testSecretKey, secretKey: testAPIKey}, unknown, "keys.swapped"},
		{"keys swapped, and the query", initPath + "?locale=tr", "",
			client{apiKey: testSecretKey, secretKey: testAPIKey, path: initPath + "?locale=tr"}, unknown, "keys.swapped path.query"},
		{"API key as the secret key", "", "", client{secretKey: testAPIKey}, wrong, "secret_key.is_api_key"},
		{"secret key as the API key", "", "", client{apiKey: testSecretKey}, unknown, "api_key.is_secret"},
		{"secret key with a space", "", "", client{secretKey: testSecretKey + " "}, wrong, "secret_key.space"},
		{"secret key with a space before", "", "", client{secretKey: " " + testSecretKey}, wrong, "secret_key.space"},
		{"secret key with a line feed", "", "", client{secretKey: testSecretKey + "\n"}, wrong, "secret_key.space"},
		{"secret key with CRLF", "", "", client{secretKey: testSecretKey + "\r\n"}, wrong, "secret_key.space"},
		{"secret key with a byte order mark", "", "",
			client{secretKey: "\ufeff" + testSecretKey}, wrong, "secret_key.space"},
		{"secret key in quotes", "", "", client{secretKey: `"` + testSecretKey + `"`}, wrong, "secret_key.space"},
		{"API key with a line feed", "", "", client{apiKey: testAPIKey + "\n"}, unknown, "api_key.space"},
		{"API key nobody has", "", "", client{apiKey: "unheard-of"}, unknown, "api_key.unknown"},
		// The signature.
		{"upper case hex", "", "",
			client{signature: func(d []byte) string { return fmt.Sprintf("%X", d) }}, wrong, "signature.hex"},
		{"BitConverter.ToString", "", "",
			client{signature: func(d []byte) string { return strings.ReplaceAll(fmt.Sprintf("% X", d), " ", "-") }},
			wrong, "signature.hex"},
		{"base64", "", "", client{signature: base64.StdEncoding.EncodeToString}, wrong, "signature.base64"},
		{"base64 without padding", "", "",
			client{signature: base64.RawStdEncoding.EncodeToString},
			wrong, "signature.base64"},
		{"base64 of hex", "", "",
			client{signature: func(d []byte) string { return b64(hex.EncodeToString(d)) }},
			wrong, "signature.base64"},
		{"line feed", "", "",
			client{signature: func(d []byte) string { return hex.EncodeToString(d) + "\n" }}, wrong, "signature.hex"},

		{"URL-safe base64", "", "",
			client{randomKey: "r4", signature: base64.URLEncoding.EncodeToString},
			wrong, "signature.base64"},
		// The algorithm.
		{"HMAC-SHA1", "", "",
			client{digest: func(s, m string) []byte { h := hmac.New(sha1.New, []byte(s)); h.Write([]byte(m)); return h.Sum(nil) }},
			wrong, "algorithm.hash"},
		{"HMAC-SHA512", "", "",
			client{digest: func(s, m string) []byte { h := hmac.New(sha512.New, []byte(s)); h.Write([]byte(m)); return h.Sum(nil) }},
			wrong, "algorithm.hash"},
		{"key and message swapped", "", "",
			client{digest: func(s, m string) []byte { return sha256HMAC(m, s) }}, wrong, "algorithm.swapped"},
		{"SHA-256", "", "",
			client{digest: func(_, m string) []byte { d := sha256.Sum256([]byte(m)); return d[:] }},
			wrong, "algorithm.no_hmac"},
		{"SHA-256 with the key before", "", "",
			client{digest: func(s, m string) []byte { d := sha256.Sum256([]byte(s + m)); return d[:] }},
			wrong, "algorithm.no_hmac"},
		{"SHA-256 with the key after", "", "",
			client{digest: func(s, m string) []byte { d := sha256.Sum256([]byte(m + s)); return d[:] }},
			wrong, "algorithm.no_hmac"},
		// The message.
		{"path first", "", "",
			client{message: func(r, p, b string) string { return p + r + b }}, wrong, "message.form"},
		{"body before path", "", "",
			client{message: func(r, p, b string) string { return r + b + p }}, wrong, "message.form"},
		{"line feeds", "", "",
			client{message: func(r, p, b string) string { return r + "\n" + p + "\n" + b }},
			wrong, "message.form"},
		{"API key", "", "",
			client{message: func(r, p, b string) string { return testAPIKey + r + p + b }}, wrong, "message.key"},
		{"secret key", "", "",
			client{message: func(r, p, b string) string { return r + p + b + testSecretKey }},
			wrong, "message.key"},
		// The header.
		{"no scheme", "", "", client{header: b64}, malformed, "scheme.form"},
		{"no space", "", "",
			client{header: func(f string) string { return "IYZWSv2" + b64(f) }}, malformed, "scheme.form"},
		{"two spaces", "", "",
			client{header: func(f string) string { return "IYZWSv2  " + b64(f) }}, malformed, "scheme.form"},
		{"colon", "", "",
			client{header: func(f string) string { return "IYZWSv2: " + b64(f) }}, malformed, "scheme.form"},
		{"lower case", "", "",
			client{header: func(f string) string { return "iyzwsv2 " + b64(f) }}, malformed, "scheme.form"},
		{"Bearer", "", "",
			client{header: func(f string) string { return "Bearer " + b64(f) }}, malformed, "scheme.form"},
		{"not encoded", "", "",
			client{header: func(f string) string { return "IYZWSv2 " + f }}, malformed, "header.base64"},
		{"no padding", "", "",
			client{randomKey: "1", header: func(f string) string { return "IYZWSv2 " + strings.TrimRight(b64(f), "=") }},
			malformed, "header.base64"},
		{"URL-safe", "", "",
			client{randomKey: "~~~???>>>", header: func(f string) string { return "IYZWSv2 " + base64.URLEncoding.EncodeToString([]byte(f)) }},
			malformed, "header.base64"},
		{"lines of 76", "", "",
			client{header: func(f string) string { return "IYZWSv2 " + b64(f)[:76] + "\n" + b64(f)[76:] }},
			wrong, "header.base64"},
		{"line feed after it", "", "",
			client{header: func(f string) string { return "IYZWSv2 " + b64(f) + "\n" }}, wrong, "scheme.form"},

		// Two at once, and three.
		{"query and a space in the key", initPath + "?locale=tr", "",
			client{path: initPath + "?locale=tr", secretKey: testSecretKey + " "},
			wrong, "path.query secret_key.space"},
		{"query and base64", initPath + "?locale=tr", "",
			client{path: initPath + "?locale=tr", signature: base64.StdEncoding.EncodeToString},
			wrong, "path.query signature.base64"},
		{"query and {} for no body", itemPath + "?locale=tr", "-",
			client{path: itemPath + "?locale=tr", body: "{}"}, wrong, "body.placeholder path.query"},
		{"Python's spaces and the URL", "", `{"a":[1,2]}`,
			client{path: "https://localhost:8080" + initPath, body: `{"a": [1, 2]}`}, wrong, "body.python path.host"},
		{"spaces and sorted keys", "", `{"b":1,"a":2}`,
			client{body: `{"a": 2, "b": 1}`}, wrong, "body.python body.key_order"},
		{"x-iyzi-rnd and upper case", "", "",
			client{message: func(_, p, b string) string { return "header-rnd" + p + b }, signature: func(d []byte) string { return fmt.Sprintf("%X", d) }},
			wrong, "random_key.header signature.hex"},
		{"no scheme, SHA-256 and a slash", "", "",
			client{path: initPath + "/", header: b64, digest: func(s, m string) []byte { d := sha256.Sum256([]byte(s + m)); return d[:] }},
			malformed, "scheme.form path.slash algorithm.no_hmac"},

		// What the SDKs do.
		{".NET on loopback", "", "", client{path: "p://localhost:8080" + initPath}, wrong, "path.dotnet"},
		{".NET on loopback with TLS", "", "", client{path: "ps://localhost:8080" + initPath}, wrong, "path.dotnet"},
		{".NET, an ID with .com in it", "/v1/mass/payout/cancel/a.com.tr", "-", client{path: ".tr"}, wrong, "path.dotnet"},
		{".NET, its query signed", itemPath + "?locale=tr", "-",
			client{path: "p://localhost:8080" + itemPath + "?locale=tr"}, wrong, "path.dotnet"},
		{"an ID with a space at its end, which Java strips", itemPath, "-", client{path: itemPath + " "}, wrong, "path.space"},
		{"with a line end", itemPath, "-", client{path: itemPath + "\n"}, wrong, "path.space"},
		{"with CRLF and a query", itemPath + "?locale=tr", "-",
			client{path: itemPath + "\r\n?locale=tr"}, wrong, "path.space path.query"},
		{"with an escaped line end", itemPath, "-", client{path: itemPath + "%0A"}, wrong, "path.space"},
		{"sent with the space, signed without", itemPath + "%20", "-", client{path: itemPath}, wrong, "path.space"},
		{"{} sent, [] signed", itemPath, "{}", client{body: "[]"}, wrong, "body.placeholder"},
		{"keys in reverse", "", `{"a":1,"b":{"c":2,"d":3}}`, client{body: `{"b":{"c":2,"d":3},"a":1}`}, wrong, "body.key_order"},
		{"keys in any order, in each item", "", `{"externalId":"p","items":[{"id":"a","value":1,"name":"x"},{"id":"b","value":2,"name":"y"}]}`,
			client{body: `{"items":[{"value":1,"name":"x","id":"a"},{"value":2,"name":"y","id":"b"}],"externalId":"p"}`},
			wrong, "body.key_order"},
		{"keys of an indented body", "", "{\n  \"b\": 1,\n  \"a\": 2,\n  \"c\": 3\n}",
			client{body: "{\n  \"c\": 3,\n  \"b\": 1,\n  \"a\": 2\n}"}, wrong, "body.key_order"},
		{"IYZWS with HMAC-SHA256", "", "", client{header: func(f string) string { return "IYZWS " + b64(f) }},
			malformed, "scheme.name"},
		{"IYZWS with HMAC-SHA256 and the old fields", "", "", client{
			randomKey: "header-rnd",
			signature: base64.StdEncoding.EncodeToString,
			fields:    func(a, _, s string) string { return a + ":" + s },
			header:    func(f string) string { return "IYZWS " + f },
		}, malformed, "scheme.name signature.base64"},
		{"IYZWS with HMAC-SHA256 in hex, the query signed", initPath + "?locale=tr", "", client{
			randomKey: "header-rnd",
			path:      initPath + "?locale=tr",
			fields:    func(a, _, s string) string { return a + ":" + s },
			header:    func(f string) string { return "IYZWS " + f },
		}, malformed, "scheme.name path.query"},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			target, body := tt.target, tt.body
			if target == "" {
				target = initPath
			}
			switch body {
			case "":
				body = shortBody
			case "-":
				body = ""
			}
			got := explain.Explain(tt.client.request(target, body), []byte(body), testAPIKey, testSecretKey)
			if got.Verdict != tt.verdict {
				t.Errorf("verdict %s, want %s", got.Verdict, tt.verdict)
			}
			checkExplained(t, got, strings.Fields(tt.want)...)
			for _, code := range got.Codes() {
				seen[code] = true
			}
		})
	}
	for _, code := range explain.Codes() {
		switch code {
		case "header.missing", "header.repeated", "header.unreadable", "fields.signature_missing", "path.none", "scheme.old":
			continue // in TestExplainWithoutASignature
		}
		if !seen[code] {
			t.Errorf("no row has %s", code)
		}
	}
}

func TestExplainWithoutASignature(t *testing.T) {
	right := client{}.authorization(initPath, "{}")
	signature := strings.Repeat("0", 64)
	tests := []struct {
		name          string
		authorization []string
		verdict       explain.Verdict
		explained     bool
		want          string
	}{
		{"no header", nil, explain.Missing, false, "header.missing"},
		{"empty header", []string{" "}, explain.Missing, false, "header.missing"},
		{"two headers", []string{right, right}, explain.Malformed, true, "header.repeated"},
		{"the right one second", []string{"Basic dXNlcjpwYXNz", right}, explain.Malformed, true, "header.repeated"},
		{"Basic", []string{"Basic dXNlcjpwYXNz"}, explain.Malformed, false, "scheme.form header.unreadable"},
		{"scheme alone", []string{"IYZWSv2"}, explain.Malformed, false, "scheme.form header.unreadable"},
		{"words", []string{"IYZWSv2 ++ + ++"}, explain.Malformed, false, "header.unreadable"},
		{"endless", []string{"IYZWSv2 " + strings.Repeat("A", 1<<20)}, explain.Malformed, false, "header.unreadable"},
		{"endless fields", []string{encode(strings.Repeat("&", 4000))}, explain.Malformed, false, "header.unreadable"},
		{"the old scheme", []string{"IYZWS " + testAPIKey + ":" + b64(strings.Repeat("1", 20))},
			explain.Malformed, false, "scheme.old"},
		{"equals signs", []string{encode("apiKey=a&randomKey=1&signature=" + signature)}, explain.Malformed, false, "header.unreadable"},
		{"fields in another order", []string{encode("randomKey:1&apiKey:a&signature:" + signature)}, explain.Malformed, false,
			"header.unreadable"},
		{"a field more", []string{encode("apiKey:a&randomKey:1&version:2&signature:" + signature)}, explain.Malformed, false,
			"header.unreadable"},
		{"no random key", []string{encode("apiKey:a&signature:" + signature)}, explain.Malformed, false, "header.unreadable"},
		{"empty API key", []string{encode("apiKey:&randomKey:1&signature:" + signature)}, explain.Malformed, false,
			"header.unreadable"},
		{"no signature",
			[]string{encode("apiKey:" + testAPIKey + "&randomKey:1")},
			explain.Malformed, false, "fields.signature_missing"},
		{"empty signature",
			[]string{encode("apiKey:" + testAPIKey + "&randomKey:1&signature:")},
			explain.Malformed, false, "fields.signature_missing"},
		{"a signature of two letters",
			[]string{encode("apiKey:" + testAPIKey + "&randomKey:1&signature:00")}, explain.Wrong, false, ""},
		{"a signature that is none",
			[]string{encode("apiKey:" + testAPIKey + "&randomKey:1&signature:x")}, explain.Wrong, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := explain.Explain(arrived(initPath, tt.authorization...), []byte("{}"), testAPIKey, testSecretKey)
			if got.Verdict != tt.verdict || got.Explained != tt.explained {
				t.Errorf("verdict %s, explained %t; want %s, %t", got.Verdict, got.Explained, tt.verdict, tt.explained)
			}
			checkCodes(t, got, strings.Fields(tt.want)...)
		})
	}
	t.Run("no path", func(t *testing.T) {
		got := explain.Explain(arrived("*", right), []byte("{}"), testAPIKey, testSecretKey)
		if got.Verdict != explain.Malformed || got.ToSign != nil {
			t.Errorf("verdict %s, and something to sign", got.Verdict)
		}
		checkCodes(t, got, "path.none")
	})
	t.Run("no request", func(t *testing.T) {
		if got := explain.Explain(nil, nil, testAPIKey, testSecretKey); got.Verdict != explain.Missing {
			t.Errorf("verdict %s", got.Verdict)
		}
	})
}

// Two mistakes in different places are found together, whichever they are.
func TestExplainTwoMistakes(t *testing.T) {
	inTurn(t)
	const target, body = initPath + "?locale=tr", `{"b":"ş/","a":{"value":100}}`
	mistakes := []struct {
		code string
		make func(*client)
	}{
		{"path.query", func(c *client) { c.path = target }},
		{"path.slash", func(c *client) { c.path = initPath + "/" }},
		{"body.python", func(c *client) { c.body = `{"b": "ş/", "a": {"value": 100}}` }},
		{"body.php", func(c *client) { c.body = `{"b":"\u015f\/","a":{"value":100}}` }},
		{"body.key_order", func(c *client) { c.body = `{"a":{"value":100},"b":"ş/"}` }},
		{"body.numbers", func(c *client) { c.body = `{"b":"ş/","a":{"value":100.0}}` }},
		{"body.left_out", func(c *client) { c.body = "-" }},
		{"secret_key.space", func(c *client) { c.secretKey = testSecretKey + "\n" }},
		{"random_key.header",
			func(c *client) { c.message = func(_, p, b string) string { return "header-rnd" + p + b } }},
		{"message.form", func(c *client) { c.message = func(r, p, b string) string { return p + r + b } }},
		{"algorithm.no_hmac", func(c *client) {
			c.digest = func(s, m string) []byte { d := sha256.Sum256([]byte(s + m)); return d[:] }
		}},
		{"signature.base64", func(c *client) { c.signature = base64.StdEncoding.EncodeToString }},
		{"signature.hex", func(c *client) { c.signature = func(d []byte) string { return fmt.Sprintf("%X", d) } }},
		{"scheme.form", func(c *client) { c.header = b64 }},
		{"header.base64", func(c *client) { c.header = func(f string) string { return "IYZWSv2 " + f } }},
	}
	place := func(code string) string {
		switch part, _, _ := strings.Cut(code, "."); part {
		case "random_key":
			return "message" // both are made in client.message
		case "scheme":
			return "header" // both in client.header
		default:
			return part
		}
	}
	every := 2 // of the pairs; each mistake is in several
	if os.Getenv("MASSPAYOUT_SOAK") != "" {
		every = 1
	}
	for i, a := range mistakes {
		for j, b := range mistakes[i+1:] {
			if place(a.code) == place(b.code) || j%every != 0 {
				continue
			}
			t.Run(a.code+" "+b.code, func(t *testing.T) {
				var c client
				a.make(&c)
				b.make(&c)
				got := explain.Explain(c.request(target, body), []byte(body), testAPIKey, testSecretKey)
				checkExplained(t, got, a.code, b.code)
			})
		}
	}
}

// The vectors of iyzico's SDKs, and what the PHP SDK makes of a path below /v1.
func TestExplainVectors(t *testing.T) {
	const java = "IYZWSv2 YXBpS2V5OmFwaUtleSZyYW5kb21LZXk6cmFuZG9tJnNpZ25hdHVyZTphOTBlYzFhZWNkNjhlMzdjYzMwOTQyZjg1Y2U2YjBkNTM0MzVhNGNhNDVlMDQ3NjliNDZlM2MzNWQ4MWJmNmZl"
	const php = "IYZWSv2 YXBpS2V5OnRlc3QmcmFuZG9tS2V5OjEyMzQ1Njc4OSZzaWduYXR1cmU6NmYzODQwOTlhYWUzMjhmNzJkYWY5Y2RhYjEwNWViMzdmYjI5NjIwMjUxYzQ3YjRjNTgzZDc0OGQ5ZDBhYjc2NA=="
	const published = "IYZWSv2 YXBpS2V5OnNhbmRib3gtbDlNZDFHajNJWWNtdTROZGFXeGFTVW9Db1g3REM1UkEmcmFuZG9tS2V5OjEyMzQ1Njc4OSZzaWduYXR1cmU6MDc5ZGY0YjI0MjZmYzdmNDIwOGQ4ZjIyZmJjMDM0OTc5NDAxOWY4Y2UyYjA3MTFkZTc4MDhiNDg3NGY0ZTc5Ng=="
	tests := []struct {
		name, target, authorization, body string
		apiKey, secretKey                 string
		verdict                           explain.Verdict
		explained                         bool
		want                              string
	}{
		{"iyzipay-java", "/v2/uri", java, `"[data\u003dvalue]"`,
			"apiKey", "secretKey", explain.Right, true, ""},
		{"iyzipay-java, sent without the escape", "/v2/uri", java, `"[data=value]"`,
			"apiKey", "secretKey", explain.Wrong, true, "body.java"},
		{"iyzipay-java, sent with a slash", "/v2/uri/", java, `"[data\u003dvalue]"`,
			"apiKey", "secretKey", explain.Wrong, true, "path.slash"},
		{"iyzipay-php", "/v2/subscription/customers/?page=1&count=10", php, "",
			"test", "test", explain.Right, true, ""},
		{"iyzipay-php, sent without the slash", "/v2/subscription/customers?page=1&count=10", php, "",
			"test", "test", explain.Wrong, true, "path.slash"},
		{"the published header, whose secret nobody knows", "/", published, "",
			"sandbox-l9Md1Gj3IYcmu4NdaWxaSUoCoX7DC5RA", "x", explain.Wrong, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := explain.Explain(arrived(tt.target, tt.authorization), []byte(tt.body), tt.apiKey, tt.secretKey)
			if got.Verdict != tt.verdict || got.Explained != tt.explained {
				t.Errorf("verdict %s, explained %t; want %s, %t", got.Verdict, got.Explained, tt.verdict, tt.explained)
			}
			checkCodes(t, got, strings.Fields(tt.want)...)
		})
	}
}

// A signature that no known mistake gives is not explained: not one at random, not one with an unknown key, and not one
// that differs from the right one, or from one that a mistake gives, in a single bit.
func TestExplainNothingByChance(t *testing.T) {
	inTurn(t)
	check := func(name string, c client) {
		t.Helper()
		got := explain.Explain(c.request(initPath+"?locale=tr", shortBody), []byte(shortBody), testAPIKey, testSecretKey)
		if got.Verdict != explain.Wrong || got.Explained || got.Signed != nil {
			t.Errorf("%s: verdict %s, explained %t by %q", name, got.Verdict, got.Explained, got.Codes())
		}
	}
	for _, size := range []int{16, 20, 32, 48, 64} {
		check(fmt.Sprint(size, " random bytes"), client{digest: func(_, _ string) []byte {
			digest := make([]byte, size)
			rand.Read(digest)
			return digest
		}})
	}
	check("unknown key", client{secretKey: "unknown"})
	check("unknown key, in base64", client{secretKey: "unknown", signature: base64.StdEncoding.EncodeToString})
	check("unknown path", client{path: "/unknown"})
	check("unknown body", client{body: "unknown"})
	check("cut short", client{signature: func(d []byte) string { return hex.EncodeToString(d)[:62] }})
	for _, bit := range []int{0, 100, 255} {
		flip := func(d []byte) string { d[bit/8] ^= 1 << (bit % 8); return hex.EncodeToString(d) }
		check(fmt.Sprint("bit ", bit), client{signature: flip})
		check(fmt.Sprint("bit ", bit, " of one with the query"), client{path: initPath + "?locale=tr", signature: flip})
	}
}

// What was signed and what should have been, for a page that shows the two side by side.
func TestExplainMessages(t *testing.T) {
	rnd := explain.Part{Name: "randomKey", Value: "rnd123"}
	path, body := explain.Part{Name: "path", Value: "/a"}, explain.Part{Name: "body", Value: "{}"}
	tests := []struct {
		name           string
		target, body   string
		client         client
		signed, toSign explain.Message
	}{
		{"right", "/a?b=c", "{}", client{},
			explain.Message{rnd, path, body},
			explain.Message{rnd, path, body}},
		{"query", "/a?b=c", "{}", client{path: "/a?b=c"},
			explain.Message{rnd, explain.Part{Name: "path", Value: "/a?b=c"}, body},
			explain.Message{rnd, explain.Part{Name: "path", Value: "/a"}, body}},
		{"escapes, at the borders of letters", "/a", `{"a":"iç"}`, client{body: `{"a":"i\u00e7"}`},
			explain.Message{rnd, path, explain.Part{Name: "body", Value: `{"a":"i\u00e7"}`}},
			explain.Message{rnd, path, explain.Part{Name: "body", Value: `{"a":"iç"}`}}},
		{"separator", "/a", "{}", client{message: func(r, p, b string) string { return r + "&" + p + "&" + b }},
			explain.Message{rnd, explain.Part{Name: "separator", Value: "&"}, path,
				explain.Part{Name: "separator", Value: "&"}, body},
			explain.Message{rnd, path, body}},
		{"keys have no value", "/a", "{}",
			client{message: func(r, p, b string) string { return r + p + b + testSecretKey }},
			explain.Message{rnd, path, body,
				explain.Part{Name: "secretKey", Value: ""}},
			explain.Message{rnd, path, body}},
		{"no mistake that is known", "/a", "{}", client{secretKey: "unknown"}, nil,
			explain.Message{rnd, path, body}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := explain.Explain(tt.client.request(tt.target, tt.body), []byte(tt.body), testAPIKey, testSecretKey)
			var signed explain.Message
			if got.Signed != nil {
				signed = got.Signed()
			}
			if !slices.Equal(signed, tt.signed) {
				t.Errorf("signed %q, want %q", signed, tt.signed)
			}
			if toSign := got.ToSign(); !slices.Equal(toSign, tt.toSign) {
				t.Errorf("to sign %q, want %q", toSign, tt.toSign)
			}
		})
	}
}

func TestExplanationTexts(t *testing.T) {
	right := explain.Explain(client{}.request("/", ""), nil, testAPIKey, testSecretKey)
	if got := right.String(); got != "The signature is right." {
		t.Error(got)
	}
	got := explain.Explain(client{path: "/a?b=c", secretKey: testSecretKey + " "}.request("/a?b=c", ""), nil, testAPIKey, testSecretKey)
	const en = `The signature is wrong. path.query: The path was signed with a query, the part that begins with "?". ` +
		`Sign the path as it is sent, from the first "/" to before the "?". ` +
		`secret_key.space: The secret key was used with extra white space or quotes around it, or without its own. ` +
		`Remove white space, quotes and invisible characters around the key, also where a file or variable is read.`
	if got.String() != en {
		t.Errorf("\n got %s\nwant %s", got, en)
	}
	if tr := got.In(signer.LocaleTR); !strings.HasPrefix(tr, `İmza hatalı. path.query: Yol, "?" ile başlayan sorgu kısmıyla`) {
		t.Error(tr)
	}
	unknown := explain.Explain(client{secretKey: "unknown"}.request("/", ""), nil, testAPIKey, testSecretKey)
	if got := unknown.String(); !strings.HasPrefix(got, "The signature is wrong. No known mistake") {
		t.Error(got)
	}
	// Where there is no signature, none is unexplained.
	for _, header := range []string{"", "Basic dXNlcjpwYXNz", "IYZWS a:" + b64(strings.Repeat("1", 20)), encode("apiKey:" + testAPIKey + "&randomKey:1")} {
		if got := explain.Explain(arrived("/", header), nil, testAPIKey, testSecretKey).String(); strings.Contains(got, "No known mistake") {
			t.Errorf("%q: %s", header, got)
		}
	}
	for _, code := range explain.Codes() {
		d := explain.DeviationOf(code)
		if d.Source == "" {
			t.Errorf("%s: no source", code)
		}
		for _, text := range []explain.Text{d.What, d.Do} {
			for _, l := range []signer.Locale{signer.LocaleEN, signer.LocaleTR} {
				if s := text.In(l); len(s) < 10 || !strings.HasSuffix(s, ".") || strings.Contains(s, "\n") {
					t.Errorf("%s has no text in %s: %q", code, l, s)
				}
			}
			if text.EN == text.TR {
				t.Errorf("%s: one text for both languages", code)
			}
		}
	}
}

// Nothing that an explanation prints, or that is printed of its parts, has a key, a recipient or a path.
func TestExplanationShowsNothing(t *testing.T) {
	const body = `{"recipientInfo":"TR920086402100005482911108","recipientName":"Ayşe Öz"}`
	secrets := []string{testAPIKey, testSecretKey,
		"TR9200", "Ayşe", "a97b14a2", "rnd123", "header-rnd"}
	clients := []client{{}, {path: itemPath + "?b=c"}, {secretKey: "unknown"}, {header: b64},
		{apiKey: testSecretKey, secretKey: testAPIKey}, {body: strings.ReplaceAll(body, ":", ": ")},
		{message: func(r, p, b string) string { return testAPIKey + r + p + b }}}
	for _, c := range clients {
		got := explain.Explain(c.request(itemPath+"?b=c", body), []byte(body), testAPIKey, testSecretKey)
		var printed strings.Builder
		slog.New(slog.NewTextHandler(&printed, nil)).Info("x", "e", got)
		slog.New(slog.NewJSONHandler(&printed, nil)).Info("x", "e", got)
		for _, v := range []any{got, &got, []explain.Explanation{got}, got.In(signer.LocaleTR)} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				fmt.Fprintf(&printed, verb, v)
			}
		}
		for _, v := range []any{got, &got} {
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			printed.Write(text)
		}
		for _, secret := range secrets {
			if strings.Contains(printed.String(), secret) {
				t.Errorf("%q is printed", secret)
			}
		}
	}
}

// However large a request is, it is explained in bounded time and memory.
func TestExplainIsBounded(t *testing.T) {
	inTurn(t)
	bodies := map[string]string{
		"4 MiB of numbers":   "[" + strings.Repeat("0,", 2<<20) + "0]",
		"deep and wide":      strings.Repeat("[", 60) + strings.Repeat("0,", 120_000) + "0" + strings.Repeat("]", 60),
		"20 KiB of members":  "{" + strings.Repeat(`"a":1,`, 3<<10) + `"b":2}`,
		"one large exponent": `{"value":1E999999999}`,
	}
	if os.Getenv("MASSPAYOUT_SOAK") != "" {
		bodies["2 MiB of nesting"] = strings.Repeat("[", 1<<20-8) + strings.Repeat("]", 1<<20-8)
		bodies["8 deep and wide"] = strings.Repeat("[", 8) + strings.Repeat("0,", 120_000) + "0" + strings.Repeat("]", 8)
		bodies["64 MiB of numbers"] = "[" + strings.Repeat("0,", 32<<20) + "0]"
		bodies["200 KiB of members"] = "{" + strings.Repeat(`"a":1,`, 30<<10) + `"b":2}`
		bodies["2 MiB of numbers"] = "[" + strings.Repeat("0,", 1<<20-8) + "0]"
		bodies["2 MiB of text"] = `"` + strings.Repeat("ş", 1<<20-8) + `"`
		bodies["one fraction, 1 MiB"] = "0." + strings.Repeat("0", 1<<20) + "1e-39"
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			req := client{secretKey: "unknown"}.request(initPath+"?"+strings.Repeat("a=b&", 7)+"c", body)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := explain.Explain(req, []byte(body), testAPIKey, testSecretKey)
			runtime.ReadMemStats(&after)
			if got.Explained {
				t.Errorf("explained by %q", got.Codes())
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 300<<20 {
				t.Errorf("%d MiB allocated", n>>20)
			}
		})
	}
	for name, digest := range map[string]func(string, string) []byte{
		"SHA-1":   func(_, _ string) []byte { return make([]byte, 20) },
		"SHA-512": func(_, _ string) []byte { return make([]byte, 64) },
	} {
		t.Run(name, func(t *testing.T) {
			body := "{" + strings.Repeat(`"a":1,`, 1<<9) + `"b":2}`
			req := client{digest: digest}.request(initPath, body)
			if got := explain.Explain(req, []byte(body), testAPIKey, testSecretKey); got.Explained {
				t.Errorf("explained by %q", got.Codes())
			}
		})
	}
	// The simplest mistakes are found in a large body, too.
	body := "[" + strings.Repeat("0,", 2<<20) + "0]"
	for code, c := range map[string]client{
		"path.query":       {path: initPath + "?locale=tr"},
		"secret_key.space": {secretKey: testSecretKey + " "},
		"keys.swapped":     {apiKey: testSecretKey, secretKey: testAPIKey},
		"body.left_out":    {body: "-"},
	} {
		req := c.request(initPath+"?locale=tr", body)
		checkExplained(t, explain.Explain(req, []byte(body), testAPIKey, testSecretKey), code)
	}
}

// Explain neither panics nor contradicts Verify, and what it explains has texts.
func FuzzExplain(f *testing.F) {
	f.Add("IYZWSv2 YXBp", "", "/v1?a=b", []byte(shortBody))
	f.Add("", "apiKey:"+testAPIKey+"&randomKey:1&signature:"+strings.Repeat("0", 64), "/a%2fb", []byte(`"\ud800\u12"`))
	f.Add("", "apikey=a;rnd=b;sign=", "http://host/a?b", []byte(`[1e5,-0.0,{"value":"1"}]`))
	f.Add("IYZWS a:b", "", "/", []byte("\xff"))
	f.Fuzz(func(t *testing.T, authorization, text, target string, body []byte) {
		if text != "" {
			authorization = encode(text)
		}
		req := arrived(target, authorization)
		got := explain.Explain(req, body, testAPIKey, testSecretKey)
		verdicts := []explain.Verdict{explain.Wrong}
		switch err := signer.Verify(req, body, func(apiKey string) (string, bool) { return testSecretKey, apiKey == testAPIKey }); {
		case err == nil:
			verdicts = []explain.Verdict{explain.Right}
		case errors.Is(err, signer.ErrMalformed):
			verdicts = []explain.Verdict{explain.Missing, explain.Malformed}
		case errors.Is(err, signer.ErrUnknownKey):
			verdicts = []explain.Verdict{explain.UnknownKey}
		}
		if !slices.Contains(verdicts, got.Verdict) {
			t.Fatalf("%s, and Verify says %v", got.Verdict, verdicts)
		}
		if got.Explained && got.Verdict != explain.Right && len(got.Deviations) == 0 {
			t.Fatal("explained without a deviation")
		}
		for _, d := range got.Deviations {
			if d.What.EN == "" || d.What.TR == "" || d.Do.EN == "" || d.Do.TR == "" {
				t.Fatalf("%s has no text", d.Code)
			}
		}
	})
}

// However a body is written again, it has the same content.
func FuzzRewriteJSON(f *testing.F) {
	f.Add([]byte(shortBody))
	f.Add([]byte(`{"b":[{},[],"\ud83d\ude00\ud800\u12ab\/\b"],"a":{"value":-1.50e-2,"amount":"1.0"}}`))
	f.Add([]byte("[0.0, -0, 1E+40, 10e39, 1e41, {\"price\": 0.0001e3}, \"\xff\u2028\"]"))
	f.Fuzz(func(t *testing.T, body []byte) {
		decode := func(text string) (v any) {
			d := json.NewDecoder(strings.NewReader(text))
			d.UseNumber()
			if err := d.Decode(&v); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			return v
		}
		same, otherNumbers := explain.Rewrite(body)
		for _, text := range same {
			if got, want := decode(text), decode(string(body)); !reflect.DeepEqual(got, want) {
				t.Fatalf("%q became %q", body, text)
			}
		}
		for _, text := range otherNumbers {
			if got, want := canonical(decode(text)), canonical(decode(string(body))); !reflect.DeepEqual(got, want) {
				t.Fatalf("%q became %q", body, text)
			}
		}
	})
}

// canonical replaces numbers, in quotes or not, with their exact values, as far as they are of a usual size.
func canonical(v any) any {
	number := func(s string) any {
		_, exponent, _ := strings.Cut(strings.ToLower(s), "e")
		if len(strings.TrimLeft(exponent, "+-0")) < 3 && json.Valid([]byte(s)) {
			if r, ok := new(big.Rat).SetString(s); ok {
				return r.String()
			}
		}
		return s
	}
	switch v := v.(type) {
	case json.Number:
		return number(string(v))
	case string:
		return number(v)
	case []any:
		for i := range v {
			v[i] = canonical(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = canonical(v[k])
		}
	}
	return v
}

// inTurn skips what happens one after another where -short is given: `make test` runs it without the race detector, which
// takes several times as long and has nothing to find there.
func inTurn(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one thing after another: run it without -short")
	}
}
