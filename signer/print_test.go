package signer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

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
