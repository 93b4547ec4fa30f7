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
func emulated(t *testing.T, seen func(path string)) *emulator.Emulator {
	t.Helper()
	emu, err := emulator.New("sandbox-key", "sandbox-secret", emulator.WithStage(0))
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
	if err := os.WriteFile("request.json", []byte(request), 0o600); err != nil {
		t.Fatal(err)
	}
}

// two is a request with two lines of which the second is for the given IBAN.
func two(iban string) string {
	first, rest, _ := strings.Cut(one, `]`)
	_, line, _ := strings.Cut(first, `[`)
	second := strings.Replace(strings.Replace(line, `"a"`, `"b"`, 1), "TR330006100519786457841326", iban, 1)
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
			wantStdout: "a     IBAN …1326  100.50 TRY  SUCCESS  with the recipient\n", wantPaid: 1,
		},
		{
			name: "asked", request: one, stdin: "yes\n", wantCode: 0,
			wantStdout: "Pay 100.50 TRY now? Nothing takes it back. [yes/no] ", wantPaid: 1,
		},
		{
			name: "declined", request: one, stdin: "y\n", wantCode: 1,
			wantStderr: "not confirmed; nothing was paid",
		},
		{
			name: "nobody to ask", request: one, wantCode: 1,
			wantStderr: "not confirmed; nothing was paid",
		},
		{
			name: "a line refused", request: two(emulator.RecipientBlocked.IBAN()), args: []string{"-yes"}, wantCode: 1,
			wantStderr: "iyzico refused 1 of 2 items",
		},
		{
			name: "a line refused, and that allowed", request: two(emulator.RecipientBlocked.IBAN()), args: []string{"-yes", "-allow-refused"}, wantCode: 1,
			wantStdout: "b     IBAN …9001  100.50 TRY  INVALID  never moved: the recipient's account is blocked\n",
			wantStderr: "not all lines were paid", wantPaid: 1,
		},
		{
			name: "money comes back", request: two(emulator.RecipientReturns.IBAN()), args: []string{"-yes"}, wantCode: 1,
			wantStdout: "back in the balance  1 line, 100.50 TRY\n", wantStderr: "not all lines were paid", wantPaid: 1,
		},
		{
			name: "money is stuck", request: two(emulator.RecipientKeepsMoney.IBAN()), args: []string{"-yes"}, wantCode: 1,
			wantStdout: "stuck                1 line, 100.50 TRY\n", wantStderr: "not all lines were paid", wantPaid: 1,
		},
		{
			name: "JSON", request: one, args: []string{"-yes", "-json"}, wantCode: 0,
			wantStdout: "{\n  \"externalId\": \"p-1\",", wantPaid: 1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			emu := emulated(t, nil)
			writeRequest(t, tt.request)
			got := runPayout(t, tt.stdin, append([]string{"-f", "request.json", "-pay"}, tt.args...)...)
			if got.code != tt.wantCode || !strings.Contains(got.stdout, tt.wantStdout) || !strings.Contains(got.stderr, tt.wantStderr) {
				t.Errorf("exit code %d, want %d, printed:\n%s%s", got.code, tt.wantCode, got.stdout, got.stderr)
			}
			if paid := len(emu.Paid()); paid != tt.wantPaid {
				t.Errorf("%d lines were paid, want %d", paid, tt.wantPaid)
			}
		})
	}
}

// The question does not get between the JSON and who reads it.
func TestPayAsksBesideTheJSON(t *testing.T) {
	emulated(t, nil)
	writeRequest(t, one)
	got := runPayout(t, "yes\n", "-f", "request.json", "-pay", "-json")
	if got.code != 0 || !json.Valid([]byte(got.stdout)) || !strings.Contains(got.stderr, "Pay 100.50 TRY now?") {
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
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"-f", "request.json", "-pay"}, interruption{cancel, forever}, &stdout, &stderr)
	if code != 1 || !strings.Contains(stderr.String(), "not confirmed; nothing was paid") || emu.Calls(emulator.OpAuth) != 0 {
		t.Errorf("exit code %d, %d calls of auth, printed:\n%s%s", code, emu.Calls(emulator.OpAuth), stdout.String(), stderr.String())
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

	if got := runPayout(t, "", "-f", "request.json", "-resume", "-yes"); got.code != 2 || !strings.Contains(got.stderr, "nothing to resume: there is no payout-p-1.state") {
		t.Errorf("before anything: exit code %d, stderr %q", got.code, got.stderr)
	}
	if got := runPayout(t, "no\n", "-f", "request.json", "-pay"); got.code != 1 || !strings.Contains(got.stderr, "-resume goes on from there") {
		t.Errorf("declined: exit code %d, stderr %q", got.code, got.stderr)
	}
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"-f", "request.json", "-resume", "-yes"}, strings.NewReader(""), &stdout, &stderr); code != 1 {
		t.Errorf("stopped: exit code %d, stderr %q", code, stderr.String())
	}
	for range 2 {
		if got := runPayout(t, "", "-f", "request.json", "-resume"); got.code != 0 {
			t.Errorf("resumed: exit code %d, stderr %q", got.code, got.stderr)
		}
	}
	if paid := emu.Paid()["a"]; paid != 1 {
		t.Errorf("line a was paid %d times, want 1", paid)
	}
	if inits, auths := emu.Calls(emulator.OpInit), emu.Calls(emulator.OpAuth); inits != 1 || auths != 1 {
		t.Errorf("init was sent %d times, auth %d times; want 1 and 1", inits, auths)
	}
}

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
		t.Run(tt.name, func(t *testing.T) {
			request, file := filepath.Join(t.TempDir(), "request.json"), filepath.Join(t.TempDir(), "state")
			for name, content := range map[string]string{request: tt.request, file: tt.state} {
				if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			sent := emu.Calls(emulator.OpInit) + emu.Calls(emulator.OpAuth) + emu.Calls(emulator.OpRetrieve)
			got := runPayout(t, "", "-f", request, "-resume", "-yes", "-state", file)
			if got.code != 2 || !strings.Contains(got.stderr, tt.want) {
				t.Errorf("exit code %d, stderr %q; want 2, %q", got.code, got.stderr, tt.want)
			}
			if now := emu.Calls(emulator.OpInit) + emu.Calls(emulator.OpAuth) + emu.Calls(emulator.OpRetrieve); now != sent {
				t.Errorf("%d requests were sent", now-sent)
			}
			if kept, err := os.ReadFile(file); err != nil || string(kept) != tt.state {
				t.Errorf("the state was changed: %q, %v", kept, err)
			}
		})
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
		{[]string{"-balance"}, 0, "balance    1000000000.00\n", ""},
		{[]string{"-balance", "-json"}, 0, `"balance":1000000000`, ""},
		{[]string{"-f", "request.json", "-status"}, 0, "a     IBAN …1326  100.50 TRY  INIT    not moved yet\n", ""},
		{[]string{"-cancel", id}, 0, "canceled   " + id + "\n", ""},
		{[]string{"-f", "request.json", "-status"}, 0, "CANCELED", ""},
		{[]string{"-f", "request.json", "-pay", "-yes"}, 1, "MASS_PAYOUT_CANCELED", "not all lines were paid"},
		{[]string{"-cancel", "79cdefc1-3ce6-4f51-bdd9-0c050274db64"}, 1, "", "the mass payout was not found"},
		{[]string{"-cancel", "../auth"}, 2, "", "requestId"},
		{[]string{"-pay", "-status"}, 2, "", "expected one of"},
		{[]string{"-yes"}, 2, "", "belong to -pay"},
		{[]string{"-f", "-", "-pay"}, 2, "", "expected -yes"},
	}
	for _, tt := range steps {
		got := runPayout(t, one, tt.args...)
		if got.code != tt.wantCode || !strings.Contains(got.stdout, tt.wantStdout) || !strings.Contains(got.stderr, tt.wantStderr) {
			t.Errorf("%v: exit code %d, want %d, printed:\n%s%s", tt.args, got.code, tt.wantCode, got.stdout, got.stderr)
		}
	}
	writeRequest(t, strings.Replace(one, "p-1", "p-2", 1))
	if got := runPayout(t, "", "-f", "request.json", "-pay", "-yes"); got.code != 0 {
		t.Fatalf("exit code %d, stderr %q", got.code, got.stderr)
	} else if got := runPayout(t, "", "-cancel", requestID.FindString(got.stdout)); got.code != 1 || !strings.Contains(got.stderr, "not in status INIT") {
		t.Errorf("cancel after auth: exit code %d, stderr %q", got.code, got.stderr)
	}
}
