package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
)

// emulated points the command at an emulator whose banks need no time, and makes it work in a folder of its own.
// seen is called with the path of each request after it was answered.
func emulated(t *testing.T, seen func(path string), opts ...emulator.Option) *emulator.Emulator {
	t.Helper()
	emu, err := emulator.New("sandbox-key", "sandbox-secret", append([]emulator.Option{emulator.WithStage(0)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		emu.ServeHTTP(w, r)
		if seen != nil {
			seen(r.URL.Path)
		}
	}))
	t.Cleanup(server.Close)
	setEnv(t, server.URL, "sandbox-key", "sandbox-secret", "en")
	t.Chdir(t.TempDir())
	return emu
}

func writeRequest(t *testing.T, request string) {
	t.Helper()
	writeFile(t, "request.json", request)
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// two is a request with two items of which the second is for the given IBAN.
func two(iban string) string {
	first, rest, _ := strings.Cut(one, `]`)
	_, item, _ := strings.Cut(first, `[`)
	second := strings.Replace(strings.Replace(item, `"a"`, `"b"`, 1), "TR330006100519786457841326", iban, 1)
	return first + "," + second + "]" + rest
}

func TestPay(t *testing.T) {
	tests := []struct {
		name       string
		request    string
		args       []string
		stdin      string
		wantCode   int
		wantStdout string
		wantStderr string
		wantPaid   int
	}{
		{
			name: "all paid", request: one, args: []string{"-yes"}, wantCode: 0,
			wantStdout: "a     Ayşe Yılmaz  IBAN …1326  100.50 TRY  paid\n", wantPaid: 1,
		},
		{
			name: "asked", request: one, stdin: "yes\n", wantCode: 0,
			wantStdout: "Pay 1 item now, 100.50 TRY? This cannot be undone. [yes/no] ", wantPaid: 1,
		},
		{
			name: "declined", request: one, stdin: "y\n", wantCode: 1,
			wantStderr: "To continue: masspayout -f request.json -resume\nmasspayout: not confirmed; nobody was paid\n",
		},
		{
			name: "nobody to ask", request: one, wantCode: 1,
			wantStderr: "not confirmed; nobody was paid",
		},
		{
			name: "an item refused", request: two(emulator.RecipientBlocked.IBAN()), args: []string{"-yes"}, wantCode: 1,
			wantStdout: "b     Ayşe Yılmaz  IBAN …9001  100.50 TRY  refused, not paid: the recipient's account is blocked\n",
			wantStderr: "Nobody was paid. To pay the accepted items, add -allow-refused.\nTo cancel the payout: masspayout -cancel ",
		},
		{
			name: "an item refused, and that allowed", request: two(emulator.RecipientBlocked.IBAN()), args: []string{"-yes",
				"-allow-refused"}, wantCode: 0,
			wantStdout: "paid               1 item, 100.50 TRY\nrefused, not paid  1 item, 100.50 TRY\n", wantPaid: 1,
		},
		{
			name: "money comes back", request: two(emulator.RecipientReturns.IBAN()), args: []string{"-yes"}, wantCode: 1,
			wantStdout: "failed; the money is back in the balance  1 item, 100.50 TRY\n", wantStderr: "not everybody has " +
				"been paid", wantPaid: 1,
		},
		{
			name: "money is stuck", request: two(emulator.RecipientKeepsMoney.IBAN()), args: []string{"-yes"}, wantCode: 1,
			wantStdout: "failed; the money did not come back: ask iyzico  1 item, 100.50 TRY\n", wantStderr: "not everybody " +
				"has been paid", wantPaid: 1,
		},
		{
			name: "JSON", request: one, args: []string{"-yes", "-json"}, wantCode: 0,
			wantStdout: "{\n  \"externalId\": \"p-1\",", wantPaid: 1,
		},
		{
			name: "JSON ends with the exit code", request: one, args: []string{"-yes", "-json"}, wantCode: 0,
			wantStdout: "\n  \"exitCode\": 0\n}\n", wantPaid: 1,
		},
		{
			name: "shown before it is paid", request: one, args: []string{"-yes"}, wantCode: 0,
			wantStdout: "100.50 TRY  not paid yet\n", wantPaid: 1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			emu := emulated(t, nil)
			writeRequest(t, tt.request)
			got := runPayout(t, tt.stdin, append([]string{"-f", "request.json", "-pay"}, tt.args...)...)
			if got.code != tt.wantCode || !strings.Contains(got.stdout, tt.wantStdout) || !strings.Contains(got.stderr,
				tt.wantStderr) {
				t.Errorf("exit code %d, want %d, printed:\n%s%s", got.code, tt.wantCode, got.stdout, got.stderr)
			}
			paid := 0
			for _, transfer := range emu.Paid() {
				paid += transfer
			}
			if len(emu.Paid()) != tt.wantPaid && paid != tt.wantPaid {
				t.Errorf("%v was paid, want %d items", emu.Paid(), tt.wantPaid)
			}
		})
	}
}

// The question does not get between the JSON and who reads it.
func TestPayAsksBesideTheJSON(t *testing.T) {
	emulated(t, nil)
	writeRequest(t, one)
	got := runPayout(t, "yes\n", "-f", "request.json", "-pay", "-json")
	if got.code != 0 || !json.Valid([]byte(got.stdout)) || !strings.Contains(got.stderr, "Pay 1 item now, 100.50 TRY?") {
		t.Errorf("exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// Create, look, pay: nothing is waited for that nobody sent. Create repeated changes nothing.
func TestCreateThenPay(t *testing.T) {
	emu := emulated(t, nil)
	writeRequest(t, one)
	for range 2 {
		if got := runPayout(t, "", "-f", "request.json"); got.code != 0 || !strings.Contains(got.stdout,
			"Nobody is paid yet. To pay: the same command with -pay.") {
			t.Fatalf("create: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
		}
	}
	if got := runPayout(t, "", "-f", "request.json", "-status"); got.code != 0 || emu.Calls(emulator.OpAuth) != 0 {
		t.Fatalf("status: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
	got := runPayout(t, "", "-f", "request.json", "-pay", "-yes")
	if got.code != 0 || strings.Contains(got.stdout, "next look") || emu.Paid()["a"] != 1 ||
		emu.Calls(emulator.OpInit) != 1 {
		t.Errorf("pay: exit code %d, %d inits, paid %v, printed:\n%s%s", got.code, emu.Calls(emulator.OpInit), emu.Paid(),
			got.stdout, got.stderr)
	}
	if got := runPayout(t, "", "-f", "request.json"); got.code != 0 || !strings.Contains(got.stdout, "TRY  paid") ||
		strings.Contains(got.stdout, "Nobody") {
		t.Errorf("create when it is paid: exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// Even a state in which everything is confirmed does not make create authorize.
func TestCreateAuthorizesNothing(t *testing.T) {
	emu := emulated(t, nil)
	emu.Inject(emulator.Fault{Operation: emulator.OpAuth, Kind: emulator.RateLimited, Times: -1})
	writeRequest(t, one)
	ctx, stop := context.WithCancel(context.Background())
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"-f", "request.json", "-pay", "-yes"}, strings.NewReader(""),
		writerFunc(func(p []byte) (int, error) {
			if strings.Contains(string(p), "next look") { // for the rate limit
				stop()
			}
			return stdout.Write(p)
		}), &stderr)
	auths := emu.Calls(emulator.OpAuth)
	got := runPayout(t, "", "-f", "request.json")
	if code != 1 || got.code != 0 || emu.Calls(emulator.OpAuth) != auths {
		t.Errorf("exit codes %d, %d; %d calls of auth, then %d", code, got.code, auths, emu.Calls(emulator.OpAuth))
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// A payout that is there, of which this machine knows nothing, may be in somebody else's hands.
func TestCreateWithoutTheState(t *testing.T) {
	emu := emulated(t, nil)
	writeRequest(t, one)
	runPayout(t, "", "-f", "request.json")
	if err := os.Remove("payout-p-1.state"); err != nil {
		t.Fatal(err)
	}
	got := runPayout(t, "", "-f", "request.json")
	if got.code != 0 || !strings.Contains(got.stdout, "-pay waits two minutes") || emu.Calls(emulator.OpInit) != 1 {
		t.Errorf("exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// interruption is a terminal at which somebody interrupts the program instead of answering.
type interruption struct {
	interrupt func()
	forever   chan struct{}
}

func (i interruption) Read([]byte) (int, error) {
	i.interrupt()
	<-i.forever
	return 0, io.EOF
}

func TestInterruptedQuestion(t *testing.T) {
	emu := emulated(t, nil)
	writeRequest(t, one)
	ctx, cancel := context.WithCancel(context.Background())
	forever := make(chan struct{})
	defer close(forever)
	atTerminal(t)
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"-f", "request.json", "-pay"}, interruption{cancel, forever}, &stdout, &stderr)
	if code != 1 || !strings.Contains(stderr.String(), "not confirmed; nobody was paid") ||
		emu.Calls(emulator.OpAuth) != 0 ||
		!strings.Contains(stderr.String(), "Interrupted. The payout is stored at iyzico; it was not authorized, so "+
			"nobody is paid.\nTo continue: masspayout -f request.json -resume\n") {
		t.Errorf("exit code %d, %d calls of auth, printed:\n%s%s", code, emu.Calls(emulator.OpAuth), stdout.String(),
			stderr.String())
	}
}

// However a run is interrupted, the next one goes on, and everybody is paid once.
func TestInterrupted(t *testing.T) {
	for _, at := range []string{"/balance", "/init", "/retrieve", "/auth"} {
		t.Run(at, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			emu := emulated(t, func(path string) {
				if strings.HasSuffix(path, at) {
					cancel()
				}
			})
			writeRequest(t, one)
			var stdout, stderr bytes.Buffer
			code := run(ctx, []string{"-f", "request.json", "-pay", "-yes"}, strings.NewReader(""), &stdout, &stderr)
			if code != 1 || at != "/balance" && !strings.Contains(stderr.String(), "Interrupted. ") {
				t.Errorf("interrupted: exit code %d, printed:\n%s%s", code, &stdout, &stderr)
			}
			if at == "/init" || at == "/auth" { // its response may be lost, and is looked for as long as it may be late
				if emu.Calls(emulator.OpInit) != 1 {
					t.Errorf("%d calls of init", emu.Calls(emulator.OpInit))
				}
			}
			got := runPayout(t, "", "-f", "request.json", "-pay", "-yes")
			if got.code != 0 || emu.Paid()["a"] != 1 || emu.Calls(emulator.OpInit) != 1 || emu.Calls(emulator.OpAuth) != 1 {
				t.Errorf("exit code %d, paid %v, %d calls of init, %d of auth, printed:\n%s%s", got.code, emu.Paid(),
					emu.Calls(emulator.OpInit), emu.Calls(emulator.OpAuth), got.stdout, got.stderr)
			}
		})
	}
}

// TestResume stops a run right after it has authorized, and declines the question of another before.
func TestResume(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	emu := emulated(t, func(path string) {
		if strings.HasSuffix(path, "/auth") {
			cancel()
		}
	})
	writeRequest(t, one)
	if got := runPayout(t, "no\n", "-f", "request.json", "-pay"); got.code != 1 {
		t.Errorf("declined: exit code %d, stderr %q", got.code, got.stderr)
	}
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"-f", "request.json", "-resume", "-yes"}, strings.NewReader(""), &stdout,
		&stderr); code != 1 ||
		!strings.Contains(stderr.String(), "To continue: masspayout -f request.json -resume") || !strings.Contains(stderr.String(),
		"money may have moved") {
		t.Errorf("stopped: exit code %d, stderr %q", code, stderr.String())
	}
	for range 2 {
		if got := runPayout(t, "", "-f", "request.json", "-resume"); got.code != 0 {
			t.Errorf("resumed: exit code %d, stderr %q", got.code, got.stderr)
		}
	}
	if paid := emu.Paid()["a"]; paid != 1 {
		t.Errorf("item a was paid %d times, want 1", paid)
	}
	if inits, auths := emu.Calls(emulator.OpInit), emu.Calls(emulator.OpAuth); inits != 1 || auths != 1 {
		t.Errorf("init was sent %d times, auth %d times; want 1 and 1", inits, auths)
	}
}

// A state that is of no use is found before anything is sent, and left as it is.
func TestStateFiles(t *testing.T) {
	emu := emulated(t, nil)
	writeRequest(t, one)
	runPayout(t, "no\n", "-f", "request.json", "-pay")
	state, err := os.ReadFile("payout-p-1.state")
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(one, "100.50", "100.51", 1)
	for _, tt := range []struct{ name, request, state, want string }{
		{"cut off", one, string(state[:len(state)/2]), "unreadable state"},
		{"of another payout", other, string(state), "another payout"},
	} {
		for _, args := range [][]string{{"-resume", "-yes"}, {}} {
			t.Run(tt.name, func(t *testing.T) {
				request, file := filepath.Join(t.TempDir(), "request.json"), filepath.Join(t.TempDir(), "state")
				writeFile(t, request, tt.request)
				writeFile(t, file, tt.state)
				sent := requests(emu)
				got := runPayout(t, "", append(args, "-f", request, "-state", file)...)
				if wantCode := 2; got.code != wantCode && (tt.name == "cut off" || len(args) > 0) || !strings.Contains(got.stderr,
					tt.want) {
					t.Errorf("%v: exit code %d, stderr %q; want %d, %q", args, got.code, got.stderr, wantCode, tt.want)
				}
				if now := requests(emu); got.code == 2 && now != sent {
					t.Errorf("%d requests were sent", now-sent)
				}
				if kept, err := os.ReadFile(file); err != nil || string(kept) != tt.state {
					t.Errorf("the state was changed: %q, %v", kept, err)
				}
			})
		}
	}
}

func TestShowAndCancel(t *testing.T) {
	emulated(t, nil)
	writeRequest(t, one)
	created := runPayout(t, "", "-f", "request.json")
	id := requestID.FindString(created.stdout)
	if created.code != 0 || id == "" {
		t.Fatalf("exit code %d, printed:\n%s%s", created.code, created.stdout, created.stderr)
	}
	steps := []struct {
		args       []string
		wantCode   int
		wantStdout string
		wantStderr string
	}{
		{[]string{"-balance"}, 0, "balance  1,000,000,000.00\n", ""},
		{[]string{"-balance", "-lang", "tr"}, 0, "bakiye  1.000.000.000,00\n", ""},
		{[]string{"-balance", "-json"}, 0, `1000000000`, ""},
		{[]string{"-f", "request.json", "-status"}, 0, "a     Ayşe Yılmaz  IBAN …1326  100.50 TRY  not paid yet\n", ""},
		{[]string{"-cancel", id}, 0, "canceled  " + id + "\n", ""},
		{[]string{"-cancel", id}, 0, "canceled  " + id + "\n", ""},
		{[]string{"-cancel", id, "-json"}, 0, "\"status\": \"CANCELED\",\n  \"exitCode\": 0\n}\n", ""},
		{[]string{"-f", "request.json", "-status"}, 0, "canceled, not paid", ""},
		{[]string{"-f", "request.json", "-pay", "-yes"}, 1, "canceled, not paid", "not everybody has been paid"},
		{[]string{"-cancel", "79cdefc1-3ce6-4f51-bdd9-0c050274db64"}, 1, "",
			"masspayout: there is no such payout: 79cdefc1-3ce6-4f51-bdd9-0c050274db64\n"},
	}
	for _, tt := range steps {
		got := runPayout(t, one, tt.args...)
		if got.code != tt.wantCode || !strings.Contains(got.stdout, tt.wantStdout) || !strings.Contains(got.stderr,
			tt.wantStderr) {
			t.Errorf("%v: exit code %d, want %d, printed:\n%s%s", tt.args, got.code, tt.wantCode, got.stdout, got.stderr)
		}
	}
	writeRequest(t, strings.Replace(one, "p-1", "p-2", 1))
	if got := runPayout(t, "", "-f", "request.json", "-pay", "-yes"); got.code != 0 {
		t.Fatalf("exit code %d, stderr %q", got.code, got.stderr)
	} else if got := runPayout(t, "", "-cancel", requestID.FindString(got.stdout)); got.code != 1 ||
		!strings.Contains(got.stderr, "not canceled, the payout is COMPLETED") {
		t.Errorf("cancel after auth: exit code %d, stderr %q", got.code, got.stderr)
	}
}
