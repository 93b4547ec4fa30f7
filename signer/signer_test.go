package signer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

func TestNewRefusesKeys(t *testing.T) {
	const good = "abcDEF123+/="
	bad := []struct{ name, key, want string }{
		{"empty", "", "empty"},
		{"only a space", " ", "leading or trailing white space"},
		{"space before", " k3y", "leading or trailing white space"},
		{"space after", "k3y ", "leading or trailing white space"},
		{"newline after", "k3y\n", "leading or trailing white space"},
		{"tab before", "\tk3y", "leading or trailing white space"},
		{"no-break space after", "k3y\u00a0", "leading or trailing white space"},
		{"space inside", "k 3y", "contains white space"},
		{"control character inside", "k\x003y", "control characters"},
		{"byte order mark before", "\ufeffk3y", "outside ASCII"},
		{"invalid UTF-8", "k3y\xff", "outside ASCII"},
	}
	for _, tt := range bad {
		t.Run(tt.name, func(t *testing.T) {
			_, errAPI := signer.New(tt.key, good)
			_, errSecret := signer.New(good, tt.key)
			for kind, err := range map[string]error{"API key": errAPI, "secret key": errSecret} {
				if err == nil {
					t.Fatalf("the %s %q was accepted", kind, tt.key)
				}
				if got := err.Error(); !strings.Contains(got, tt.want) || !strings.Contains(got, kind) {
					t.Errorf("the error says %q, want %q about the %s", got, tt.want, kind)
				}
				if strings.Contains(err.Error(), "3y") || strings.Contains(err.Error(), good) {
					t.Errorf("the error shows a key: %v", err)
				}
			}
		})
	}
	if _, err := signer.New("a&b", good); err == nil {
		t.Error(`an API key with "&" was accepted`)
	}
	if _, err := signer.New(good, good); err != nil {
		t.Error(err)
	}
}

func TestNewRefusesOptions(t *testing.T) {
	for name, opt := range map[string]signer.Option{
		"nil":                             nil,
		"unknown locale":                  signer.WithLocale("de"),
		"upper case locale":               signer.WithLocale("TR"),
		"empty locale":                    signer.WithLocale(""),
		"empty client version":            signer.WithClientVersion(""),
		"client version with a line feed": signer.WithClientVersion("a\nb"),
	} {
		if _, err := signer.New("a", "b", opt); err == nil {
			t.Errorf("%s: no error", name)
		} else if !strings.HasPrefix(err.Error(), "signer: ") {
			t.Errorf("%s: the error %q does not name the package", name, err)
		}
	}
}

func TestKeysNeverPrint(t *testing.T) {
	const apiKey, secretKey = "APIKEY-0123456789", "SECRET-0123456789"
	s, err := signer.New(apiKey, secretKey)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: s.RoundTripper(nil)}
	values := map[string]any{
		"pointer":           s,
		"value":             *s,
		"exported field":    struct{ S *signer.Signer }{s},
		"exported value":    struct{ S signer.Signer }{*s},
		"unexported field":  struct{ s *signer.Signer }{s},
		"unexported value":  struct{ s signer.Signer }{*s},
		"slice":             []signer.Signer{*s},
		"map":               map[string]*signer.Signer{"s": s},
		"transport":         s.RoundTripper(nil),
		"client":            client,
		"client's value":    *client,
		"option":            signer.WithLocale("tr"),
		"method value":      s.Edit,
		"nil":               (*signer.Signer)(nil),
		"transport without": (*signer.Signer)(nil).RoundTripper(nil),
	}
	check := func(how, got string) {
		t.Helper()
		for _, key := range []string{apiKey, secretKey} {
			for _, form := range []string{key, fmt.Sprintf("%x", key), fmt.Sprintf("%X", key), fmt.Sprintf("% x", key), fmt.Sprint([]byte(key)), fmt.Sprintf("%q", key[:4])} {
				if strings.Contains(got, form) {
					t.Errorf("%s shows a key: %s", how, got)
				}
			}
			if strings.Contains(got, key[:8]) {
				t.Errorf("%s shows a part of a key: %s", how, got)
			}
		}
	}
	for name, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "% x", "%p", "%t", "%c", "%U", "%T", "%z"} {
			check(name+" "+verb, fmt.Sprintf(verb, v))
		}
		check(name+" Println", fmt.Sprintln(v))
		if b, err := json.Marshal(v); err == nil {
			check(name+" JSON", string(b))
		} else {
			check(name+" JSON error", err.Error())
		}
		var b bytes.Buffer
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v, slog.Group("g", "v", v))
		check(name+" slog", b.String())
	}
	const want = "IYZWSv2 signer (locale tr, keys hidden)"
	if got := fmt.Sprintf("%v", s); got != want {
		t.Errorf("%%v: %s", got)
	}
	if got := fmt.Sprintf("%#v", *s); got != want {
		t.Errorf("%%#v: %s", got)
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "signer", s)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "signer", *s)
	if strings.Count(b.String(), want) != 2 {
		t.Errorf("slog: %s", b.String())
	}
}

func TestModuleVersion(t *testing.T) {
	module := func(path, version string, replace *debug.Module) debug.Module {
		return debug.Module{Path: path, Version: version, Replace: replace}
	}
	dep := func(m debug.Module) *debug.BuildInfo {
		other := module("example.com/other", "v9.9.9", nil)
		return &debug.BuildInfo{Main: module("example.com/shop", "v3.0.0", nil), Deps: []*debug.Module{&other, &m}}
	}
	tests := []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"no build information", nil, "devel"},
		{"not in the build", &debug.BuildInfo{Main: module("example.com/shop", "v3.0.0", nil)}, "devel"},
		{"dependency", dep(module(signer.ModulePath, "v1.2.3", nil)), "1.2.3"},
		{"main module", &debug.BuildInfo{Main: module(signer.ModulePath, "v1.2.4", nil)}, "1.2.4"},
		{"main module without a version", &debug.BuildInfo{Main: module(signer.ModulePath, "(devel)", nil)}, "devel"},
		{"replaced by a fork", dep(module(signer.ModulePath, "v1.2.3", &debug.Module{Path: "example.com/fork", Version: "v1.2.5"})), "1.2.5"},
		{"replaced by a folder", dep(module(signer.ModulePath, "v1.2.3", &debug.Module{Path: "../masspayout"})), "devel"},
	}
	for _, tt := range tests {
		if got := signer.ModuleVersion(tt.info); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
