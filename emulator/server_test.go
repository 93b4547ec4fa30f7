package emulator_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
)

// inProcess is an emulator without a network, in a bubble of package synctest: its time is the bubble's.
type inProcess struct {
	*emulator.Emulator
	t *testing.T
}

func enter(t *testing.T, opts ...emulator.Option) *inProcess {
	t.Helper()
	e, err := emulator.New(apiKey, secretKey, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return &inProcess{e, t}
}

func (p *inProcess) request(ctx context.Context, method, target, body string) *http.Request {
	p.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, "https://emulator.test"+target, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization(apiKey, secretKey, target, body))
	req.Header.Set("Content-Type", "application/json")
	return req
}

// send returns the HTTP status and body, or the error, of a request that gives up with ctx.
func (p *inProcess) send(ctx context.Context, method, target, body string) (int, string, error) {
	p.t.Helper()
	resp, err := p.Client().Do(p.request(ctx, method, target, body))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(got), err
}

func (p *inProcess) init(externalID string, items ...string) string {
	p.t.Helper()
	_, got, err := p.send(p.t.Context(), "POST", initPath+"?locale=en", payout(externalID, items...))
	if err != nil {
		p.t.Fatal(err)
	}
	return field(p.t, got, "requestId")
}

// status returns how far an item is.
func (p *inProcess) status(requestID string) string {
	p.t.Helper()
	_, got, err := p.send(p.t.Context(), "POST", "/v1/mass/payout/retrieve?locale=en", `{"requestId":"`+requestID+`","page":0,"size":1}`)
	if err != nil {
		p.t.Fatal(err)
	}
	_, got, _ = strings.Cut(got, `"itemStatus":"`)
	got, _, _ = strings.Cut(got, `"`)
	return got
}

const authPath = "/v1/mass/payout/auth?locale=en"

func TestTimeInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := enter(t, emulator.WithStage(time.Hour))
		id := p.init("p", pay("l", "1"))
		if _, _, err := p.send(t.Context(), "POST", authPath, `{"requestId":"`+id+`"}`); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"QUEUED", "PROCESSING", "SUCCESS", "SUCCESS"} {
			equal(t, "status", p.status(id), want)
			time.Sleep(time.Hour)
		}
	})
}

// A delay lasts as long as it says, until the test ends it, or until the client has had enough.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := enter(t, emulator.WithStage(time.Hour))
		began := time.Now()
		p.Inject(emulator.Fault{Operation: emulator.OpBalance, Kind: emulator.Delay, Delay: time.Minute})
		if status, _, err := p.send(t.Context(), "GET", "/v1/mass/payout/balance?locale=en", ""); status != 200 || err != nil {
			t.Errorf("%d, %v", status, err)
		}
		equal(t, "waited", time.Since(began).String(), "1m0s")

		id := p.init("p", pay("l", "1"))
		release := make(chan struct{})
		p.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Delay, AfterEffect: true, Wait: release})
		responded := make(chan int)
		go func() {
			status, _, err := p.send(t.Context(), "POST", authPath, `{"requestId":"`+id+`"}`)
			if err != nil {
				t.Error(err)
			}
			responded <- status
		}()
		synctest.Wait()
		equal(t, "the effect comes before the response", p.status(id), "QUEUED")
		close(release)
		if status := <-responded; status != 200 {
			t.Errorf("HTTP %d", status)
		}

		other := p.init("q", pay("l", "1"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		p.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.Delay, Wait: make(chan struct{})})
		if _, _, err := p.send(ctx, "POST", authPath, `{"requestId":"`+other+`"}`); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		equal(t, "it never arrived", p.status(other), "INIT")
	})
}

// Slow sends the response in pieces: whoever gives up in the middle has half of it.
func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := enter(t)
		began := time.Now()
		p.Inject(emulator.Fault{Kind: emulator.Slow, Delay: time.Minute, Times: 2})
		status, got, err := p.send(t.Context(), "GET", "/v1/mass/payout/balance?locale=en", "")
		if status != 200 || err != nil || !strings.HasSuffix(got, `"balance":1000000000}`) {
			t.Errorf("%d %s, %v", status, got, err)
		}
		equal(t, "took", time.Since(began).String(), "1m0s")

		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		status, got, err = p.send(ctx, "GET", "/v1/mass/payout/balance?locale=en", "")
		if status != 200 || !errors.Is(err, context.DeadlineExceeded) || len(got) == 0 || strings.Contains(got, "}") {
			t.Errorf("%d %q, %v", status, got, err)
		}
	})
}

func TestFaultsInProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := enter(t)
		for _, tt := range []struct {
			fault  emulator.Fault
			status int
			says   string // in the body or the error
		}{
			{emulator.Fault{Kind: emulator.Cut}, 0, "emulator: the connection was closed without a response"},
			{emulator.Fault{Kind: emulator.Torn}, 200, "unexpected EOF"},
			{emulator.Fault{Kind: emulator.HTML, Status: 503}, 503, "Service Unavailable"},
			{emulator.Fault{Kind: emulator.Huge, Size: 1 << 20}, 200, strings.Repeat(" ", 1<<20) + "{"},
			{emulator.Fault{Kind: emulator.Truncated}, 200, `{"status":"success"`},
		} {
			p.Inject(tt.fault)
			status, got, err := p.send(t.Context(), "GET", "/v1/mass/payout/balance?locale=en", "")
			if err != nil {
				got += err.Error()
			}
			if status != tt.status || !strings.Contains(got, tt.says) {
				t.Errorf("%s: %d %.100s", tt.fault.Kind, status, got)
			}
		}

		// Nobody has to read a response to its end.
		p.Inject(emulator.Fault{Kind: emulator.Huge})
		resp, err := p.Client().Do(p.request(t.Context(), "GET", "/v1/mass/payout/balance?locale=en", ""))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	})
}

// Over a network and in the process, a response is the same.
func TestClientIsLikeTheNetwork(t *testing.T) {
	a := open(t)
	for _, target := range []string{"/v1/mass/payout/balance?locale=en", "/nothing"} {
		req := a.request("GET", target, "")
		network, body := a.do(req)
		resp, err := a.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, target, string(got), body)
		equal(t, "status", resp.Status, network.Status)
		equal(t, "Content-Type", resp.Header.Get("Content-Type"), network.Header.Get("Content-Type"))
		if resp.ContentLength != network.ContentLength {
			t.Errorf("ContentLength %d, not %d", resp.ContentLength, network.ContentLength)
		}
	}
}

// A client that declares a body and does not send it is not waited for.
func TestReadTimeout(t *testing.T) {
	a := open(t, emulator.WithReadTimeout(time.Millisecond), emulator.WithPage())
	for target, want := range map[string]string{
		initPath + "?locale=en": "Invalid request: the body could not be read",
		"/_emulator/settings":   `{"error":"the body did not arrive in time"}`,
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(a.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, "POST "+target+" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nContent-Type: application/json\r\n\r\n{")
		response, err := io.ReadAll(conn) // until the emulator closes the connection
		if err != nil || !strings.HasPrefix(string(response), "HTTP/1.1 400 ") || !strings.Contains(string(response), want) {
			t.Errorf("%s: %q, %v", target, response, err)
		}
	}
}
