package signer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Locale is the language of iyzico's messages, sent as the query parameter locale.
type Locale string

// The locales that iyzico supports.
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

// InLocale returns a request editor that sets the language of iyzico's messages for one call. It overrides the Signer's
// default and a locale in the URL. It works before and after [Signer.Edit], because the query is not signed. The editor
// returns an error if l is neither [LocaleTR] nor [LocaleEN], or if the request has no URL.
func InLocale(l Locale) func(context.Context, *http.Request) error {
	return func(_ context.Context, req *http.Request) error {
		if err := l.check(); err != nil {
			return fmt.Errorf("signer: %w", err)
		}
		if req == nil || req.URL == nil {
			return errors.New("signer: the request or its URL is nil")
		}
		others, _ := cutLocale(req.URL.RawQuery)
		req.URL.RawQuery = addLocale(others, l)
		return nil
	}
}

// queryWithDefaultLocale returns rawQuery with exactly one locale: its own, or the default if it has none.
func queryWithDefaultLocale(rawQuery string, defaultLocale Locale) (string, error) {
	if rawQuery == "" { // as nearly always
		return addLocale("", defaultLocale), nil
	}
	others, found := cutLocale(rawQuery)
	if len(found) == 0 {
		return addLocale(rawQuery, defaultLocale), nil
	}
	if err := found[0].check(); err != nil {
		return "", fmt.Errorf("signer: the URL's query: %w", err)
	}
	switch {
	case slices.ContainsFunc(found, func(l Locale) bool { return l != found[0] }):
		return "", errors.New("signer: the URL's query has two different locales")
	case len(found) == 1:
		return rawQuery, nil
	}
	return addLocale(others, found[0]), nil
}

// cutLocale splits rawQuery into the parameters other than locale, unchanged, and the values of locale.
func cutLocale(rawQuery string) (others string, found []Locale) {
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
