package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/signer"
)

// target is where requests go.
type target struct {
	server   string
	client   *gen.Client
	sent     atomic.Int64 // requests, or what was to become one
	emulated bool         // by this process
	dir      string       // for files that go with the emulator
	stop     func()
}

// connect makes a client of the server that the environment names, or of an emulator in this process.
func connect(o *options) (*target, error) {
	server, apiKey, secretKey := os.Getenv("IYZICO_BASE_URL"), os.Getenv("IYZICO_API_KEY"), os.Getenv("IYZICO_SECRET_KEY")
	t := &target{stop: func() {}}
	switch {
	case server == "" && apiKey == "" && secretKey == "":
		if o.resume || o.again != "" || o.status || o.canceling || o.state != "" {
			return nil, fail("-resume, -again, -status, -cancel and -state need a server that outlives this command: set "+
				"IYZICO_BASE_URL",
				"-resume, -again, -status, -cancel ve -state, bu programdan sonra da yaşayan bir sunucu ister: IYZICO_BASE_URL "+
					"değişkenini verin")
		}
		apiKey, secretKey = "sandbox-api-key", "sandbox-secret-key"
		emu, err := emulator.Start(apiKey, secretKey)
		if err != nil {
			return nil, err
		}
		dir, err := os.MkdirTemp("", "payout-")
		if err != nil {
			return nil, errors.Join(err, emu.Close())
		}
		t.emulated, t.dir, server = true, dir, emu.URL
		t.stop = func() {
			_ = emu.Close()
			_ = os.RemoveAll(dir)
		}
		fmt.Fprintln(o.stderr, o.say("Using an emulator in this process: no account, no real money, no internet.",
			"Bu süreçteki bir emülatör kullanılıyor: hesap, gerçek para ve internet gerekmez."))
		fmt.Fprintln(o.stderr)
	case server == "" || apiKey == "" || secretKey == "":
		return nil, fail("IYZICO_BASE_URL, IYZICO_API_KEY and IYZICO_SECRET_KEY belong together: set all three, or "+
			"none for the emulator",
			"IYZICO_BASE_URL, IYZICO_API_KEY ve IYZICO_SECRET_KEY birlikte verilir: üçünü de verin ya da emülatör için hiçbirini")
	case o.file == "" && o.needsRequest() && !loopback(server):
		return nil, fail("without -f, the payout is iyzico's example, which is for an emulator and not for an "+
			"account: add -f",
			"-f olmadan alınan iyzico örneği bir hesap için değil, emülatör içindir: -f ekleyin")
	}
	if err := t.open(server, apiKey, secretKey, string(o.language)); err != nil {
		t.stop()
		return nil, err
	}
	return t, nil
}

// loopback reports whether the server is on this machine.
func loopback(server string) bool {
	u, err := url.Parse(server)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// open also tries whether requests to the server can be signed at all: a sandbox key for production, or plain http, is
// an error here and not in the middle of a payout.
func (t *target) open(server, apiKey, secretKey, locale string) error {
	sign, err := signer.New(apiKey, secretKey, signer.WithLocale(signer.Locale(locale)))
	if err != nil {
		return err
	}
	count := func(context.Context, *http.Request) error {
		t.sent.Add(1)
		return nil
	}
	t.server = server
	if t.client, err = gen.New(server, sign.Edit, gen.WithRequestEditorFn(count)); err != nil {
		return err
	}
	trial, err := http.NewRequest(http.MethodGet, server+"/", nil)
	if err == nil {
		err = sign.Edit(context.Background(), trial)
	}
	return err
}
