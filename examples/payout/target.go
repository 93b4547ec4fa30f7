package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

// connect makes a client of the server that the environment names, or of an emulator in this process. The function it
// returns stops the emulator.
func connect(notes io.Writer) (*gen.ClientWithResponses, func(), error) {
	url, apiKey, secretKey := os.Getenv("IYZICO_BASE_URL"), os.Getenv("IYZICO_API_KEY"), os.Getenv("IYZICO_SECRET_KEY")
	stop := func() {}
	switch {
	case url == "" && apiKey == "" && secretKey == "":
		apiKey, secretKey = "sandbox-api-key", "sandbox-secret-key"
		server, err := emulator.Start(apiKey, secretKey)
		if err != nil {
			return nil, nil, err
		}
		stop = func() { _ = server.Close() }
		url = server.URL
		fmt.Fprintf(notes, "Paying through the emulator at %s: no money, no network.\n\n", url)
	case url == "" || apiKey == "" || secretKey == "":
		return nil, nil, errors.New("IYZICO_BASE_URL, IYZICO_API_KEY and IYZICO_SECRET_KEY belong together: set all three, or none for the emulator")
	}
	client, err := newClient(url, apiKey, secretKey, os.Getenv("IYZICO_LOCALE"))
	if err != nil {
		stop()
		return nil, nil, err
	}
	return client, stop, nil
}

func newClient(url, apiKey, secretKey, locale string) (*gen.ClientWithResponses, error) {
	var opts []signer.Option
	if locale != "" {
		opts = append(opts, signer.WithLocale(signer.Locale(locale)))
	}
	sign, err := signer.New(apiKey, secretKey, opts...)
	if err != nil {
		return nil, err
	}
	return gen.New(url, sign.Edit)
}
