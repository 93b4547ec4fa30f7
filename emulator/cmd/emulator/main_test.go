package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestServesUntilStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	code := make(chan int)
	go func() {
		code <- run(ctx, []string{"-addr", "127.0.0.1:0", "-api-key", "K", "-secret-key", "S"}, w, io.Discard)
	}()

	url, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(strings.TrimSpace(url) + "/v1/mass/payout/balance?locale=en")
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 400 || !strings.Contains(string(answer), `"errorCode":"1009"`) {
		t.Errorf("unsigned: %d %s", resp.StatusCode, answer)
	}
	stop()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d", got)
	}
}

func TestBadFlags(t *testing.T) {
	keys := []string{"-api-key", "K", "-secret-key", "S"}
	tests := []struct {
		args []string
		says string
	}{
		{nil, "-api-key and -secret-key are required"},
		{[]string{"-nothing"}, "flag provided but not defined"},
		{append(keys, "more"), "unexpected argument more"},
		{append(keys, "-balance", "x"), "-balance is no number"},
		{append(keys, "-balance", "-1"), "emulator: the balance must not be negative"},
		{append(keys, "-stage", "-1s"), "emulator: the duration of a stage must not be negative"},
		{append(keys, "-addr", ":8080"), "is not loopback"},
		{append(keys, "-addr", "192.0.2.1:8080"), "is not loopback"},
		{append(keys, "-addr", "8080"), "-addr"},
	}
	for _, test := range tests {
		var stderr strings.Builder
		if code := run(t.Context(), test.args, io.Discard, &stderr); code != 2 || !strings.Contains(stderr.String(), test.says) {
			t.Errorf("%q: exit code %d, %s", test.args, code, stderr.String())
		}
	}
	if code := run(t.Context(), []string{"-h"}, io.Discard, io.Discard); code != 0 {
		t.Errorf("-h: exit code %d", code)
	}
}
