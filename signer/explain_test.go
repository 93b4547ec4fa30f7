package signer_test

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

const (
	itemPath  = "/v1/mass/payout/retrieve/items/a97b14a2-1e22-4ceb-bafb-38b61c4c4477"
	initPath  = "/v1/mass/payout/init"
	shortBody = `{"externalId":"kasım/11","amount":{"value":100.50},"items":[1,2],"note":null,"url":"a=b&c"}`

	otherAPIKey    = "sandbox-other-api-key"
	otherSecretKey = "sandbox-other-secret-key"
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

func TestExplain(t *testing.T) {
	const (
		wrong     = signer.Wrong
		malformed = signer.Malformed
		unknown   = signer.UnknownKey
	)
	type digest = func(secret, message string) []byte
	tests := []struct {
		name    string
		target  string // "" is initPath
		body    string // sent; "" is shortBody, "-" none
		client  client
		verdict signer.Verdict
		want    string // the codes
	}{
		// The path.
		{"query, as PHP below /v2", initPath + "?locale=tr", "", client{path: initPath + "?locale=tr"}, wrong, "path.query"},
		{"query sent without its locale", initPath + "?a=1&locale=tr", "", client{path: initPath + "?a=1"}, wrong, "path.query"},
		{"query that was not sent", "", "", client{path: initPath + "?locale=tr"}, wrong, "path.query"},
		{"URL", "", "", client{path: "https://localhost:8080" + initPath}, wrong, "path.host"},
		{"URL of the sandbox", "", "", client{path: "https://sandbox-api.iyzipay.com" + initPath}, wrong, "path.host"},
		{"host without scheme", "", "", client{path: "localhost:8080" + initPath}, wrong, "path.host"},
		{"URL with its query", initPath + "?locale=tr", "", client{path: "http://localhost:8080" + initPath + "?locale=tr"}, wrong, "path.host path.query"},
		{"slash added", "", "", client{path: initPath + "/"}, wrong, "path.slash"},
		{"slash left out", initPath + "/", "", client{path: initPath}, wrong, "path.slash"},
		{"no first slash", "", "", client{path: initPath[1:]}, wrong, "path.first_slash"},
		{"two first slashes sent", "/" + initPath, "", client{path: initPath}, wrong, "path.first_slash"},
		{"unescaped", "/a/%C3%B6%20b", "", client{path: "/a/ö b"}, wrong, "path.unescaped"},
		{"escaped twice", "/a/%C3%B6", "", client{path: "/a/%25C3%25B6"}, wrong, "path.escaped"},
		{"escaped with its slashes", "", "", client{path: "%2Fv1%2Fmass%2Fpayout%2Finit"}, wrong, "path.escaped"},
		{"escapes in lower case", "/a/%C3%B6", "", client{path: "/a/%c3%b6"}, wrong, "path.case"},
		{"no path", "", "", client{path: "-"}, wrong, "path.left_out"},
		{"base URL with /v1", "", "", client{path: "/mass/payout/init"}, wrong, "path.beginning"},
		{"without the id", itemPath, "-", client{path: "/v1/mass/payout/retrieve/items"}, wrong, "path.end"},

		// The body.
		{"body not signed", "", "", client{body: "-"}, wrong, "body.left_out"},
		{"{} for no body, as Node", itemPath, "-", client{body: "{}"}, wrong, "body.placeholder"},
		{"null for no body, as Python", itemPath, "-", client{body: "null"}, wrong, "body.placeholder"},
		{`"" for no body`, itemPath, "-", client{body: `""`}, wrong, "body.placeholder"},
		{"[] for no body, as PHP", itemPath, "-", client{body: "[]"}, wrong, "body.placeholder"},
		{"{} sent, nothing signed", itemPath, "{}", client{body: "-"}, wrong, "body.left_out"},
		{"{} sent, null signed", itemPath, "{}", client{body: "null"}, wrong, "body.other_placeholder"},
		{"newline, as json.Encoder", "", "", client{body: shortBody + "\n"}, wrong, "body.newline"},
		{"newline sent", "", shortBody + "\n", client{body: shortBody}, wrong, "body.newline"},
		{"Python's spaces", "", `{"a":[1,2],"b":"c"}`, client{body: `{"a": [1, 2], "b": "c"}`}, wrong, "body.spaced"},
		{"Python sent, compact signed", "", `{"a": [1, 2], "b": "c"}`, client{body: `{"a":[1,2],"b":"c"}`}, wrong, "body.compact"},
		{"Python's json.dumps", "", `{"a":"kasım"}`, client{body: `{"a": "kas\u0131m"}`}, wrong, "body.spaced body.escapes_ascii"},
		{"indented by two", "", `{"a":[1,2],"b":{}}`, client{body: "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}"}, wrong, "body.indented"},
		{"indented by four", "", `{"a":[1],"b":[]}`, client{body: "{\n    \"a\": [\n        1\n    ],\n    \"b\": []\n}"}, wrong, "body.indented"},
		{"indented by a tab", "", `{"a":1}`, client{body: "{\n\t\"a\": 1\n}"}, wrong, "body.indented"},
		{"indented on Windows", "", `{"a":1}`, client{body: "{\r\n  \"a\": 1\r\n}"}, wrong, "body.indented"},
		{"indented by Jackson", "", `{"a":[1,{"b":2}]}`, client{body: "{\n  \"a\" : [ 1, {\n    \"b\" : 2\n  } ]\n}"}, wrong, "body.indented"},
		{"written by hand, signed compact", "", "{ \"a\" :1,\n\"b\":  [ ] }", client{body: `{"a":1,"b":[]}`}, wrong, "body.compact"},
		{"PHP's json_encode", "", `{"a":"b/ç"}`, client{body: `{"a":"b\/\u00e7"}`}, wrong, "body.escapes_php"},
		{"PHP's, the letters as they are", "", `{"a":"b/ç"}`, client{body: `{"a":"b\/ç"}`}, wrong, "body.escapes_php"},
		{"PHP sent, raw signed", "", `{"a":"b\/\u00e7\ud83d\ude00"}`, client{body: `{"a":"b/ç😀"}`}, wrong, "body.escapes_raw"},
		{"ASCII", "", `{"a":"ç😀"}`, client{body: `{"a":"\u00e7\ud83d\ude00"}`}, wrong, "body.escapes_ascii"},
		{"ASCII in upper case, as Jackson", "", `{"a":"ç"}`, client{body: `{"a":"\u00E7"}`}, wrong, "body.escapes_ascii"},
		{"Go's json.Marshal", "", `{"a":"b&<c>"}`, client{body: `{"a":"b\u0026\u003cc\u003e"}`}, wrong, "body.escapes_go"},
		{"Java's Gson", "", `{"a":"b=c'"}`, client{body: `{"a":"b\u003dc\u0027"}`}, wrong, "body.escapes_java"},
		{"Java's sent, raw signed", "", `{"a":"b\u003dc"}`, client{body: `{"a":"b=c"}`}, wrong, "body.escapes_raw"},
		{".NET's System.Text.Json", "", `{"a":"+90\"ç\""}`, client{body: `{"a":"\u002B90\u0022\u00E7\u0022"}`}, wrong, "body.escapes_dotnet"},
		{"sorted keys", "", `{"b":1,"a":{"d":1,"c":2}}`, client{body: `{"a":{"c":2,"d":1},"b":1}`}, wrong, "body.key_order"},
		{"100.0 for 100", "", `{"page":0,"amount":{"value":100}}`, client{body: `{"page":0,"amount":{"value":100.0}}`}, wrong, "body.numbers"},
		{"100 for 100.0", "", `{"amount":{"value":100.0}}`, client{body: `{"amount":{"value":100}}`}, wrong, "body.numbers"},
		{"100.5 for 100.50", "", `{"amount":{"value":100.50},"n":8E+3}`, client{body: `{"amount":{"value":100.5},"n":8000}`}, wrong, "body.numbers"},
		{"100.00 for 100", "", `{"amount":{"value":100}}`, client{body: `{"amount":{"value":100.00}}`}, wrong, "body.numbers"},
		{"quoted amounts, as Django", "", `{"amount":{"value":100.5}}`, client{body: `{"amount":{"value":"100.5"}}`}, wrong, "body.amounts_quoted"},
		{"quoted amounts sent", "", `{"amount":{"value":"100.5"}}`, client{body: `{"amount":{"value":100.5}}`}, wrong, "body.amounts_quoted"},
		{"nulls left out", "", `{"a":1,"b":null,"c":[null]}`, client{body: `{"a":1,"c":[null]}`}, wrong, "body.nulls"},
		{"ISO-8859-9", "", `{"a":"ışğ"}`, client{body: "{\"a\":\"\xfd\xfe\xf0\"}"}, wrong, "body.charset"},
		{"ASCII with question marks", "", `{"a":"ış"}`, client{body: `{"a":"??"}`}, wrong, "body.charset"},
		{"JSON text of the JSON", "", `{"a":1}`, client{body: `"{\"a\":1}"`}, wrong, "body.encoded"},
		{"JSON text of the JSON sent", "", `"{\"a\":1}"`, client{body: `{"a":1}`}, wrong, "body.encoded_twice"},

		// The random key. The header x-iyzi-rnd is always "header-rnd".
		{"random key of x-iyzi-rnd", "", "", client{message: func(_, p, b string) string { return "header-rnd" + p + b }}, wrong, "random_key.header"},
		{"no random key signed", "", "", client{message: func(_, p, b string) string { return p + b }}, wrong, "random_key.none"},
		{"random key in lower case", "", "", client{randomKey: "RND", message: func(_, p, b string) string { return "rnd" + p + b }}, wrong, "random_key.changed"},
		{"random key with a slash", "", "", client{randomKey: "ab/cd"}, malformed, "random_key.slash"},

		// The keys.
		{"keys swapped", "", "", client{apiKey: testSecretKey, secretKey: testAPIKey}, unknown, "keys.swapped"},
		{"API key as the secret key", "", "", client{secretKey: testAPIKey}, wrong, "secret_key.is_api_key"},
		{"secret key as the API key", "", "", client{apiKey: testSecretKey}, unknown, "api_key.is_secret"},
		{"secret key with a space", "", "", client{secretKey: testSecretKey + " "}, wrong, "secret_key.space"},
		{"secret key with a space before", "", "", client{secretKey: " " + testSecretKey}, wrong, "secret_key.space"},
		{"secret key with a line feed", "", "", client{secretKey: testSecretKey + "\n"}, wrong, "secret_key.space"},
		{"secret key with CRLF", "", "", client{secretKey: testSecretKey + "\r\n"}, wrong, "secret_key.space"},
		{"secret key with a byte order mark", "", "", client{secretKey: "\ufeff" + testSecretKey}, wrong, "secret_key.space"},
		{"secret key in quotes", "", "", client{secretKey: `"` + testSecretKey + `"`}, wrong, "secret_key.quotes"},
		{"API key with a line feed", "", "", client{apiKey: testAPIKey + "\n"}, unknown, "api_key.space"},
		{"other secret key", "", "", client{secretKey: otherSecretKey}, wrong, "secret_key.other"},
		{"other API key", "", "", client{apiKey: otherAPIKey}, unknown, "api_key.other"},
		{"other pair", "", "", client{apiKey: otherAPIKey, secretKey: otherSecretKey}, unknown, "keys.other"},
		{"API key of another environment", "", "", client{apiKey: "sandbox-unheard-of"}, unknown, "api_key.environment"},
		{"API key nobody has", "", "", client{apiKey: "unheard-of"}, unknown, "api_key.unknown"},
		{"empty secret key", "", "", client{secretKey: "-"}, wrong, "secret_key.empty"},
		{"secret key in base64", "", "", client{secretKey: b64(testSecretKey)}, wrong, "secret_key.encoded"},
		{"secret key cut", "", "", client{secretKey: testSecretKey[:len(testSecretKey)-1]}, wrong, "secret_key.cut"},

		// The signature.
		{"upper case hex", "", "", client{signature: func(d []byte) string { return fmt.Sprintf("%X", d) }}, wrong, "signature.hex_case"},
		{"BitConverter.ToString", "", "", client{signature: func(d []byte) string { return strings.ReplaceAll(fmt.Sprintf("% X", d), " ", "-") }}, wrong, "signature.hex_separators signature.hex_case"},
		{"base64", "", "", client{signature: base64.StdEncoding.EncodeToString}, wrong, "signature.base64"},
		{"base64 without padding", "", "", client{signature: base64.RawStdEncoding.EncodeToString}, wrong, "signature.base64 signature.base64_padding"},
		{"base64 of hex", "", "", client{signature: func(d []byte) string { return b64(hex.EncodeToString(d)) }}, wrong, "signature.base64_of_hex"},
		{"base64 of base64", "", "", client{signature: func(d []byte) string { return b64(b64(string(d))) }}, wrong, "signature.base64_twice"},
		{"bytes", "", "", client{signature: func(d []byte) string { return string(d) }}, wrong, "signature.raw"},
		{"line feed", "", "", client{signature: func(d []byte) string { return hex.EncodeToString(d) + "\n" }}, wrong, "signature.space"},

		// The algorithm.
		{"HMAC-SHA1", "", "", client{digest: func(s, m string) []byte { h := hmac.New(sha1.New, []byte(s)); h.Write([]byte(m)); return h.Sum(nil) }}, wrong, "algorithm.hash"},
		{"HMAC-SHA512", "", "", client{digest: func(s, m string) []byte { h := hmac.New(sha512.New, []byte(s)); h.Write([]byte(m)); return h.Sum(nil) }}, wrong, "algorithm.hash"},
		{"HMAC-MD5", "", "", client{digest: func(s, m string) []byte { h := hmac.New(md5.New, []byte(s)); h.Write([]byte(m)); return h.Sum(nil) }}, wrong, "algorithm.hash"},
		{"key and message swapped", "", "", client{digest: func(s, m string) []byte { return sha256HMAC(m, s) }}, wrong, "algorithm.swapped"},
		{"SHA-256", "", "", client{digest: func(_, m string) []byte { d := sha256.Sum256([]byte(m)); return d[:] }}, wrong, "algorithm.no_hmac"},
		{"SHA-256 with the key before", "", "", client{digest: func(s, m string) []byte { d := sha256.Sum256([]byte(s + m)); return d[:] }}, wrong, "algorithm.no_hmac"},
		{"SHA-256 with the key after", "", "", client{digest: func(s, m string) []byte { d := sha256.Sum256([]byte(m + s)); return d[:] }}, wrong, "algorithm.no_hmac"},
		{"SHA-1 of the old scheme in the new header", "", `{"locale":"tr","price":1.5,"items":[{"id":"a"},{"id":"b"}]}`, client{
			digest: func(s, _ string) []byte {
				d := sha1.Sum([]byte(testAPIKey + "rnd123" + s + "[locale=tr,price=1.5,items=[[id=a], [id=b]]]"))
				return d[:]
			},
			signature: base64.StdEncoding.EncodeToString,
		}, wrong, "algorithm.old"},
		{"the old scheme", "", `{"locale":"tr","conversationId":"123"}`, client{
			randomKey: "header-rnd",
			digest: func(s, _ string) []byte {
				d := sha1.Sum([]byte(testAPIKey + "header-rnd" + s + "[locale=tr,conversationId=123]"))
				return d[:]
			},
			signature: base64.StdEncoding.EncodeToString,
			fields:    func(a, _, s string) string { return a + ":" + s },
			header:    func(f string) string { return "IYZWS " + f },
		}, malformed, "scheme.old"},

		// The message.
		{"path first", "", "", client{message: func(r, p, b string) string { return p + r + b }}, wrong, "message.order"},
		{"body before path", "", "", client{message: func(r, p, b string) string { return r + b + p }}, wrong, "message.order"},
		{"line feeds", "", "", client{message: func(r, p, b string) string { return r + "\n" + p + "\n" + b }}, wrong, "message.separator"},
		{"method", "", "", client{message: func(r, p, b string) string { return r + "POST" + p + b }}, wrong, "message.method"},
		{"API key", "", "", client{message: func(r, p, b string) string { return testAPIKey + r + p + b }}, wrong, "message.api_key"},
		{"UTF-16", "", `{}`, client{message: func(r, p, b string) string {
			return strings.Join(strings.Split(r+p+b, ""), "\x00") + "\x00"
		}}, wrong, "message.utf16"},

		// The header.
		{"no scheme", "", "", client{header: b64}, malformed, "scheme.missing"},
		{"no space", "", "", client{header: func(f string) string { return "IYZWSv2" + b64(f) }}, malformed, "scheme.space"},
		{"two spaces", "", "", client{header: func(f string) string { return "IYZWSv2  " + b64(f) }}, malformed, "scheme.separator"},
		{"colon", "", "", client{header: func(f string) string { return "IYZWSv2: " + b64(f) }}, malformed, "scheme.separator"},
		{"lower case", "", "", client{header: func(f string) string { return "iyzwsv2 " + b64(f) }}, malformed, "scheme.case"},
		{"Bearer", "", "", client{header: func(f string) string { return "Bearer " + b64(f) }}, malformed, "scheme.other"},
		{"name in the value", "", "", client{header: func(f string) string { return "Authorization: IYZWSv2 " + b64(f) }}, malformed, "header.name"},
		{"not encoded", "", "", client{header: func(f string) string { return "IYZWSv2 " + f }}, malformed, "header.not_encoded"},
		{"encoded twice", "", "", client{header: func(f string) string { return "IYZWSv2 " + b64(b64(f)) }}, malformed, "header.base64_twice"},
		{"no padding", "", "", client{randomKey: "1", header: func(f string) string { return "IYZWSv2 " + strings.TrimRight(b64(f), "=") }}, malformed, "header.base64_padding"},
		{"URL-safe", "", "", client{randomKey: "~~~???>>>", header: func(f string) string { return "IYZWSv2 " + base64.URLEncoding.EncodeToString([]byte(f)) }}, malformed, "header.base64url"},
		{"lines of 76", "", "", client{header: func(f string) string { return "IYZWSv2 " + b64(f)[:76] + "\n" + b64(f)[76:] }}, wrong, "header.base64_lines"},
		{"hex", "", "", client{header: func(f string) string { return "IYZWSv2 " + hex.EncodeToString([]byte(f)) }}, malformed, "header.hex"},
		{"UTF-16", "", "", client{header: func(f string) string { return "IYZWSv2 " + b64(strings.Join(strings.Split(f, ""), "\x00")+"\x00") }}, malformed, "header.utf16"},
		{"equals signs", "", "", client{fields: func(a, r, s string) string { return "apiKey=" + a + "&randomKey=" + r + "&signature=" + s }}, malformed, "fields.separator"},
		{"commas", "", "", client{fields: func(a, r, s string) string { return "apiKey:" + a + ",randomKey:" + r + ",signature:" + s }}, malformed, "fields.separator"},
		{"other order", "", "", client{fields: func(a, r, s string) string { return "randomKey:" + r + "&apiKey:" + a + "&signature:" + s }}, malformed, "fields.order"},
		{"other names", "", "", client{fields: func(a, r, s string) string { return "apikey:" + a + "&rnd:" + r + "&signature:" + s }}, malformed, "fields.names"},
		{"no names", "", "", client{fields: func(a, r, s string) string { return a + "&" + r + "&" + s }}, malformed, "fields.names"},
		{"no random key", "", "", client{randomKey: "header-rnd", fields: func(a, _, s string) string { return "apiKey:" + a + "&signature:" + s }}, malformed, "fields.random_key_missing"},
		{"one field more", "", "", client{fields: func(a, r, s string) string { return "apiKey:" + a + "&randomKey:" + r + "&version:2&signature:" + s }}, malformed, "fields.extra"},

		// Two at once, and three.
		{"query and a space in the key", initPath + "?locale=tr", "", client{path: initPath + "?locale=tr", secretKey: testSecretKey + " "}, wrong, "path.query secret_key.space"},
		{"query and base64", initPath + "?locale=tr", "", client{path: initPath + "?locale=tr", signature: base64.StdEncoding.EncodeToString}, wrong, "path.query signature.base64"},
		{"query and {} for no body", itemPath + "?locale=tr", "-", client{path: itemPath + "?locale=tr", body: "{}"}, wrong, "body.placeholder path.query"},
		{"Python's spaces and the URL", "", `{"a":[1,2]}`, client{path: "https://localhost:8080" + initPath, body: `{"a": [1, 2]}`}, wrong, "body.spaced path.host"},
		{"spaces and sorted keys", "", `{"b":1,"a":2}`, client{body: `{"a": 2, "b": 1}`}, wrong, "body.spaced body.key_order"},
		{"x-iyzi-rnd and upper case", "", "", client{message: func(_, p, b string) string { return "header-rnd" + p + b }, signature: func(d []byte) string { return fmt.Sprintf("%X", d) }}, wrong, "random_key.header signature.hex_case"},
		{"other environment and another order", "", "", client{secretKey: otherSecretKey, message: func(r, p, b string) string { return p + r + b }}, wrong, "message.order secret_key.other"},
		{"no scheme, SHA-256 and a slash", "", "", client{path: initPath + "/", header: b64, digest: func(s, m string) []byte { d := sha256.Sum256([]byte(s + m)); return d[:] }}, malformed, "scheme.missing path.slash algorithm.no_hmac"},
		{"slash, compact and the wrong key", "", `{"a": 1}`, client{path: initPath + "/", body: `{"a":1}`, secretKey: testAPIKey}, wrong, "body.compact path.slash secret_key.is_api_key"},
	}
	keys, other := signer.Keys{APIKey: testAPIKey, SecretKey: testSecretKey}, signer.Keys{APIKey: otherAPIKey, SecretKey: otherSecretKey}
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
			path, _, _ := strings.Cut(target, "?")
			req := &http.Request{Method: "POST", Host: "localhost:8080", RequestURI: target, Header: http.Header{
				"Authorization": {tt.client.authorization(path, body)}, "X-Iyzi-Rnd": {"header-rnd"}}}
			got := signer.Explain(req, []byte(body), keys, other)
			if got.Verdict != tt.verdict {
				t.Errorf("verdict %s, want %s", got.Verdict, tt.verdict)
			}
			if !got.Explained {
				t.Error("not explained")
			}
			gotCodes, wantCodes := got.Codes(), strings.Fields(tt.want)
			slices.Sort(gotCodes)
			slices.Sort(wantCodes)
			if !slices.Equal(gotCodes, wantCodes) {
				t.Errorf("got %q, want %q", gotCodes, wantCodes)
			}
		})
	}
}
