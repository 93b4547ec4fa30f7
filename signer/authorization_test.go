package signer_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

// The vectors of the unit tests of iyzico's SDKs for Java and PHP.
func TestAuthorizationVectors(t *testing.T) {
	tests := []struct {
		name, apiKey, secretKey, randomKey, uriPath, body, want string
	}{
		{
			name:   "iyzipay-java",
			apiKey: "apiKey", secretKey: "secretKey", randomKey: "random", uriPath: "/v2/uri",
			body: `"[data\u003dvalue]"`,
			want: "IYZWSv2 YXBpS2V5OmFwaUtleSZyYW5kb21LZXk6cmFuZG9tJnNpZ25hdHVyZTphOTBlYzFhZWNkNjhlMzdjYzMwOTQyZjg1Y2U2YjBkNTM0MzVhNGNhNDVlMDQ3NjliNDZlM2MzNWQ4MWJmNmZl",
		},
		{
			name:   "iyzipay-php, the query cut off",
			apiKey: "test", secretKey: "test", randomKey: "123456789", uriPath: "/v2/subscription/customers/",
			want: "IYZWSv2 YXBpS2V5OnRlc3QmcmFuZG9tS2V5OjEyMzQ1Njc4OSZzaWduYXR1cmU6NmYzODQwOTlhYWUzMjhmNzJkYWY5Y2RhYjEwNWViMzdmYjI5NjIwMjUxYzQ3YjRjNTgzZDc0OGQ5ZDBhYjc2NA==",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := signer.Authorization(tt.apiKey, tt.secretKey, tt.randomKey, tt.uriPath, []byte(tt.body))
			if got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// RFC 4231, section 4. The message is split over the three parts that are signed, to show that they are joined as is.
func TestRFC4231(t *testing.T) {
	tests := []struct{ name, key, message, want string }{
		{"4.2", strings.Repeat("\x0b", 20), "Hi There",
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{"4.3", "Jefe", "what do ya want for nothing?",
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"4.4", strings.Repeat("\xaa", 20), strings.Repeat("\xdd", 50),
			"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
		{"4.5", "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19", strings.Repeat("\xcd", 50),
			"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
		{"4.6, truncated to 128 bits", strings.Repeat("\x0c", 20), "Test With Truncation",
			"a3b6167473100ee06e0c796c2955552b"},
		{"4.7", strings.Repeat("\xaa", 131), "Test Using Larger Than Block-Size Key - Hash Key First",
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
		{"4.8", strings.Repeat("\xaa", 131), "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
			"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			value := signer.Authorization("a", tt.key, tt.message[:2], tt.message[2:5], []byte(tt.message[5:]))
			_, signature, _ := strings.Cut(decode(t, value), "&signature:")
			if len(signature) != hex.EncodedLen(32) || !strings.HasPrefix(signature, tt.want) {
				t.Errorf("got %s, want %s", signature, tt.want)
			}
		})
	}
}

// The header on iyzico's documentation page. The secret key behind it is not published, so only what stands around the
// signature can be compared.
func TestAuthorizationPublishedHeader(t *testing.T) {
	const published = "IYZWSv2 YXBpS2V5OnNhbmRib3gtbDlNZDFHajNJWWNtdTROZGFXeGFTVW9Db1g3REM1UkEmcmFuZG9tS2V5OjEyMzQ1Njc4OSZzaWduYXR1cmU6MDc5ZGY0YjI0MjZmYzdmNDIwOGQ4ZjIyZmJjMDM0OTc5NDAxOWY4Y2UyYjA3MTFkZTc4MDhiNDg3NGY0ZTc5Ng=="
	got := signer.Authorization("sandbox-l9Md1Gj3IYcmu4NdaWxaSUoCoX7DC5RA", "not published", "123456789", "/", nil)
	const length = 64 // of the signature
	gotText, wantText := decode(t, got), decode(t, published)
	if g, w := gotText[:len(gotText)-length], wantText[:len(wantText)-length]; g != w {
		t.Errorf("\n got %s\nwant %s", g, w)
	}
	if len(got) != len(published) {
		t.Errorf("got %d characters, want %d", len(got), len(published))
	}
}

func decode(t testing.TB, value string) string {
	t.Helper()
	encoded, ok := strings.CutPrefix(value, "IYZWSv2 ")
	if !ok {
		t.Fatalf("no IYZWSv2 value: %q", value)
	}
	text, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
