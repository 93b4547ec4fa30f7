package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

// target is where requests go.
type target struct {
	client   *gen.Client
	emulated bool   // by this process
	dir      string // for files that go with the emulator
	stop     func()
}

// connect makes a client of the server that the environment names, or of an emulator in this process.
func connect(notes io.Writer) (*target, error) {
	url, apiKey, secretKey := os.Getenv("IYZICO_BASE_URL"), os.Getenv("IYZICO_API_KEY"), os.Getenv("IYZICO_SECRET_KEY")
	t := &target{stop: func() {}}
	switch {
	case url == "" && apiKey == "" && secretKey == "":
		apiKey, secretKey = "sandbox-api-key", "sandbox-secret-key"
		server, err := emulator.Start(apiKey, secretKey)
		if err != nil {
			return nil, err
		}
		dir, err := os.MkdirTemp("", "payout-")
		if err != nil {
			return nil, errors.Join(err, server.Close())
		}
		t.emulated, t.dir, url = true, dir, server.URL
		t.stop = func() {
			_ = server.Close()
			_ = os.RemoveAll(dir)
		}
		fmt.Fprintf(notes, "Paying through the emulator at %s: no money, no network.\n\n", url)
	case url == "" || apiKey == "" || secretKey == "":
		return nil, errors.New("IYZICO_BASE_URL, IYZICO_API_KEY and IYZICO_SECRET_KEY belong together: set all three, or none for the emulator")
	}
	client, err := newClient(url, apiKey, secretKey, os.Getenv("IYZICO_LOCALE"))
	if err != nil {
		t.stop()
		return nil, err
	}
	t.client = client
	return t, nil
}

// newClient also tries whether requests to the server can be signed at all: a sandbox key for production, or plain http,
// is an error here and not in the middle of a payout.
func newClient(url, apiKey, secretKey, locale string) (*gen.Client, error) {
	var opts []signer.Option
	if locale != "" {
		opts = append(opts, signer.WithLocale(signer.Locale(locale)))
	}
	sign, err := signer.New(apiKey, secretKey, opts...)
	if err != nil {
		return nil, err
	}
	client, err := gen.New(url, sign.Edit)
	if err != nil {
		return nil, err
	}
	probe, err := http.NewRequest(http.MethodGet, url+"/v1/mass/payout/balance", nil)
	if err == nil {
		err = sign.Edit(context.Background(), probe)
	}
	return client, err
}
