#!/usr/bin/env bash
# zap v1.28.0, logrus v1.10.2, zerolog v1.35.1, log/slog: a masked recipient in a log, and in full in a list of them
#
# Expected: what a logger does with a type that has String and LogValue, it does with a slice of it, in every format.
# Seen:     zap and slog's JSON mask one and write a slice in full. logrus masks in text and writes in full in JSON,
#           which is what runs in production. zerolog's Any never masks.
# Meaning:  a developer who sees "IBAN …1326" in his terminal has not seen what the log collector gets.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26

require (
	github.com/rs/zerolog v1.35.1
	github.com/sirupsen/logrus v1.10.2
	go.uber.org/zap v1.28.0
)
MOD
cat >main.go <<'GO'
package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"

	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

type recipient struct {
	IBAN string `json:"iban"`
}

func (r recipient) String() string             { return "IBAN …" + r.IBAN[len(r.IBAN)-4:] }
func (r recipient) Format(f fmt.State, _ rune) { fmt.Fprint(f, r.String()) }
func (r recipient) LogValue() slog.Value       { return slog.StringValue(r.String()) }

func main() {
	var out bytes.Buffer
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&out), zap.InfoLevel)
	inText, inJSON := logrus.New(), logrus.New()
	inText.SetOutput(&out)
	inJSON.SetOutput(&out)
	inJSON.SetFormatter(&logrus.JSONFormatter{})
	nothing := zerolog.New(&out)
	loggers := []struct {
		name string
		log  func(any)
	}{
		{"zap JSON", func(v any) { zap.New(core).Info("paid", zap.Any("to", v)) }},
		{"logrus text", func(v any) { inText.WithField("to", v).Info("paid") }},
		{"logrus JSON", func(v any) { inJSON.WithField("to", v).Info("paid") }},
		{"zerolog JSON", func(v any) { nothing.Info().Any("to", v).Msg("paid") }},
		{"slog text", func(v any) { slog.New(slog.NewTextHandler(&out, nil)).Info("paid", "to", v) }},
		{"slog JSON", func(v any) { slog.New(slog.NewJSONHandler(&out, nil)).Info("paid", "to", v) }},
	}
	one := recipient{"TR330006100519786457841326"}
	for _, logger := range loggers {
		var how []string
		for _, value := range []any{one, []recipient{one}} {
			out.Reset()
			logger.log(value)
			switch {
			case strings.Contains(out.String(), one.IBAN):
				how = append(how, "in full")
			case strings.Contains(out.String(), "…1326"):
				how = append(how, "masked")
			default:
				how = append(how, "not at all")
			}
		}
		fmt.Printf("%s: one %s, a slice %s\n", logger.name, how[0], how[1])
	}
}
GO
go run . >seen
diff -u - seen <<'OUTPUT'
zap JSON: one masked, a slice in full
logrus text: one masked, a slice masked
logrus JSON: one in full, a slice in full
zerolog JSON: one in full, a slice in full
slog text: one masked, a slice masked
slog JSON: one masked, a slice in full
OUTPUT
