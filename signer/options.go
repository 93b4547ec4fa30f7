package signer

import "errors"

// Option changes a default of [New], which returns the option's error.
type Option func(*config) error

type config struct {
	locale        Locale
	clientVersion string
}

// WithLocale sets the language that iyzico answers in where a call does not ask for another; see [InLocale].
// The default is [LocaleTR]. Anything but [LocaleTR] and [LocaleEN] is an error.
func WithLocale(l Locale) Option {
	return func(c *config) error {
		if err := l.check(); err != nil {
			return err
		}
		c.locale = l
		return nil
	}
}

// WithClientVersion sets the value of the header x-iyzi-client-version, by convention "<name>-<version>".
// The default is "masspayout-go-" and the version of this module, or "devel" if the binary does not know it.
// An empty value and one with anything but visible ASCII characters are errors.
func WithClientVersion(v string) Option {
	return func(c *config) error {
		if v == "" || !isVisibleASCII(v) {
			return errors.New("the client version must be visible ASCII characters without spaces")
		}
		c.clientVersion = v
		return nil
	}
}
