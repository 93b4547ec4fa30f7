package signer

import (
	"fmt"
	"io"
	"log/slog"
)

// Format implements [fmt.Formatter]: every verb prints the same text, without the keys.
func (s Signer) Format(f fmt.State, _ rune) {
	io.WriteString(f, s.text())
}

// LogValue implements [slog.LogValuer] with the text of [Signer.Format].
func (s Signer) LogValue() slog.Value {
	return slog.StringValue(s.text())
}

func (s Signer) text() string {
	return "IYZWSv2 signer (locale " + string(s.locale) + ", keys hidden)"
}
