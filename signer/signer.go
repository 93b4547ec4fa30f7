// Package signer signs requests to iyzico's API with the IYZWSv2 scheme. It works for every IYZWSv2 endpoint and with
// any HTTP client, and never prints a key.
//
//	sign, err := signer.New(apiKey, secretKey)
//	client, err := gen.New(gen.ServerURLSandbox, sign.Edit) // with package gen
//	err = sign.Edit(ctx, req)                               // with net/http: last, before Do
//	hc.Transport = sign.RoundTripper(hc.Transport)          // with retries: signs each attempt
//
// [Signer.Edit] is an oapi-codegen request editor. [Verify] checks the signature of a received request; package
// [github.com/iyzico-go/masspayout/signer/explain] says why one is wrong.
//
// # The scheme
//
// It is documented at https://docs.iyzico.com/en/getting-started/preliminaries/authentication/hmacsha256-auth:
//
//	signature     = lowercase hex( HMAC-SHA256( secretKey, randomKey + uriPath + body ) )
//	Authorization = "IYZWSv2 " + base64( "apiKey:" + apiKey + "&randomKey:" + randomKey + "&signature:" + signature )
//
// uriPath is the path as sent, escaped and without the query. body is the exact bytes sent.
//
// # Limits
//
// The signature covers the path and the body. It does not cover the method, the query (and so not the locale) or any
// header, and it carries no time: only TLS protects those, and only the server can refuse a replayed request.
//
// Changing the path or the body after signing invalidates the signature. An oapi-codegen client runs its own editors
// before those of a call, so an editor passed to a single call must leave both alone. [InLocale] does.
package signer

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
)

// Signer signs requests with the keys of one merchant. Create it with [New]. It is immutable, safe for concurrent use,
// and never prints its keys.
type Signer struct {
	// Functions hide the keys from everything that prints, dumps or encodes values by reflection.
	apiKey  func() string
	scratch *sync.Pool // of *scratch
	sandbox bool
	config
}

// New returns a Signer for a merchant's API key and secret key.
//
// It returns an error for a key that is empty, has leading or trailing white space (according to iyzico's support, a
// common cause of error 1000, invalid signature) or contains characters that iyzico never uses, and for a nil or
// invalid option. No error shows a key.
func New(apiKey, secretKey string, opts ...Option) (*Signer, error) {
	if err := cmp.Or(checkKey("API key", apiKey), checkKey("secret key", secretKey)); err != nil {
		return nil, err
	}
	if strings.Contains(apiKey, "&") {
		return nil, errors.New(`signer: the API key contains "&", which separates fields in the Authorization header`)
	}
	c := config{locale: LocaleTR, clientVersion: defaultClientVersion()}
	for i, opt := range opts {
		if opt == nil {
			return nil, fmt.Errorf("signer: option %d is nil", i)
		}
		if err := opt(&c); err != nil {
			return nil, fmt.Errorf("signer: %w", err)
		}
	}
	return &Signer{
		apiKey:  func() string { return apiKey },
		scratch: &sync.Pool{New: func() any { return &scratch{mac: hmac.New(sha256.New, []byte(secretKey))} }},
		sandbox: strings.HasPrefix(apiKey, sandboxPrefix) || strings.HasPrefix(secretKey, sandboxPrefix),
		config:  c,
	}, nil
}

// Option configures a [Signer]. [New] returns its error.
type Option func(*config) error

type config struct {
	locale        Locale
	clientVersion string
}

// WithLocale sets the language of iyzico's messages for calls that do not set their own; see [InLocale]. The default is
// [LocaleTR]. Anything but [LocaleTR] and [LocaleEN] is an error.
func WithLocale(l Locale) Option {
	return func(c *config) error {
		if err := l.check(); err != nil {
			return err
		}
		c.locale = l
		return nil
	}
}

// WithClientVersion sets the header x-iyzi-client-version, by convention "<name>-<version>". The default is
// "masspayout-go-" followed by this module's version, or by "devel" if the binary does not know it. An empty value, or
// one with anything but visible ASCII characters, is an error.
func WithClientVersion(v string) Option {
	return func(c *config) error {
		if v == "" || !isVisibleASCII(v) {
			return errors.New("the client version must be visible ASCII characters without spaces")
		}
		c.clientVersion = v
		return nil
	}
}

// Format implements [fmt.Formatter]. Every verb prints the same text, without the keys.
func (s Signer) Format(f fmt.State, _ rune) { io.WriteString(f, s.LogValue().String()) }

// LogValue implements [slog.LogValuer]. The value is the text that Format prints.
func (s Signer) LogValue() slog.Value {
	return slog.StringValue("IYZWSv2 signer (locale " + string(s.locale) + ", keys hidden)")
}

// checkKey returns an error if key cannot be one of iyzico's. The error names the kind of key, never the key.
func checkKey(kind, key string) error {
	switch {
	case key == "":
		return fmt.Errorf("signer: the %s is empty", kind)
	case strings.TrimSpace(key) != key:
		return fmt.Errorf("signer: the %s has leading or trailing white space", kind)
	case !isVisibleASCII(key):
		return fmt.Errorf("signer: the %s contains white space, control characters or characters outside ASCII", kind)
	}
	return nil
}

func isVisibleASCII(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

const (
	modulePath    = "github.com/iyzico-go/masspayout"
	sandboxPrefix = "sandbox-" // of API keys; some secret keys lack it
)

var defaultClientVersion = sync.OnceValue(func() string {
	info, _ := debug.ReadBuildInfo()
	return "masspayout-go-" + moduleVersion(info)
})

// moduleVersion returns this module's version in a binary, without the leading "v", or "devel" if that is not known.
func moduleVersion(info *debug.BuildInfo) string {
	if info == nil {
		return "devel"
	}
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path != modulePath {
			continue
		}
		if m.Replace != nil {
			m = m.Replace
		}
		if m.Version != "" && m.Version != "(devel)" {
			return strings.TrimPrefix(m.Version, "v")
		}
	}
	return "devel"
}
