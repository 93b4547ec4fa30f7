package signer

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Locale is the language of iyzico's messages, sent as the query parameter locale.
type Locale string

// The locales that iyzico knows.
const (
	LocaleTR Locale = "tr" // Turkish
	LocaleEN Locale = "en" // English
)

func (l Locale) check() error {
	if l != LocaleTR && l != LocaleEN {
		return errors.New(`the locale must be "tr" or "en", in lower case`)
	}
	return nil
}

// InLocale returns a request editor that asks for the answer to one call in the given language, whatever the signer's
// default is and whatever locale the URL already has. It works before and after [Signer.Edit]: the query is not signed.
// The editor returns an error if l is neither [LocaleTR] nor [LocaleEN] or if the request has no URL.
func InLocale(l Locale) func(context.Context, *http.Request) error {
	return func(_ context.Context, req *http.Request) error {
		if err := l.check(); err != nil {
			return errors.New("signer: " + err.Error())
		}
		if req == nil || req.URL == nil {
			return errors.New("signer: no request, or a request without a URL")
		}
		others, _ := cutLocale(req.URL.RawQuery)
		req.URL.RawQuery = addLocale(others, l)
		return nil
	}
}

// queryWithDefaultLocale returns rawQuery with exactly one locale: the one it has, or else the given default.
func queryWithDefaultLocale(rawQuery string, defaultLocale Locale) (string, error) {
	others, found := cutLocale(rawQuery)
	if len(found) == 0 {
		return addLocale(rawQuery, defaultLocale), nil
	}
	for _, l := range found {
		if err := l.check(); err != nil {
			return "", errors.New("signer: in the URL's query, " + err.Error())
		}
		if l != found[0] {
			return "", errors.New("signer: the URL's query asks for two locales")
		}
	}
	if len(found) == 1 {
		return rawQuery, nil
	}
	return addLocale(others, found[0]), nil
}

// cutLocale splits rawQuery into the parameters other than locale, byte for byte as they are, and the locales' values.
func cutLocale(rawQuery string) (others string, found []Locale) {
	if rawQuery == "" {
		return "", nil
	}
	var kept []string
	for param := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(param, "=")
		if name, err := url.QueryUnescape(name); err != nil || name != "locale" {
			kept = append(kept, param)
			continue
		}
		if unescaped, err := url.QueryUnescape(value); err == nil {
			value = unescaped
		}
		found = append(found, Locale(value))
	}
	return strings.Join(kept, "&"), found
}

func addLocale(rawQuery string, l Locale) string {
	if rawQuery != "" {
		rawQuery += "&"
	}
	return rawQuery + "locale=" + string(l)
}
