package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
)

// result is what a run of the command printed, and its exit code.
type result struct {
	code           int
	stdout, stderr string
}

func runPayout(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, strings.NewReader(stdin), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// setEnv points the command at a server, or at its own emulator with empty strings.
func setEnv(t *testing.T, url, apiKey, secretKey, locale string) {
	t.Helper()
	t.Setenv("IYZICO_BASE_URL", url)
	t.Setenv("IYZICO_API_KEY", apiKey)
	t.Setenv("IYZICO_SECRET_KEY", secretKey)
	t.Setenv("IYZICO_LOCALE", locale)
}

var requestID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

func TestDemo(t *testing.T) {
	setEnv(t, "", "", "", "en")
	got := runPayout(t, "")
	if got.code != 0 {
		t.Fatalf("exit code %d, stderr: %s", got.code, got.stderr)
	}
	want := `LINE           RECIPIENT             AMOUNT        RESULT
ext-65656      IBAN …1108            100.00 TRY    accepted
ext-9545455    MEMBER_ID …53         8000.00 TRY   accepted
ext-545454542  IDENTITY_NUMBER …220  20000.00 TRY  accepted
ext-50070945   PHONE …5555           7000.00 TRY   accepted
ext-refused    IBAN …9001            250.50 TRY    refused: 9001 the recipient's account is blocked

accepted   4 lines, 35100.00 TRY
refused    1 line, 250.50 TRY
requestId  REQUEST-ID

The refused lines will not be paid.
`
	if stdout := requestID.ReplaceAllString(got.stdout, "REQUEST-ID"); stdout != want {
		t.Errorf("printed:\n%s\nwant:\n%s", stdout, want)
	}
}

func TestResponseAsJSON(t *testing.T) {
	const response = `{"status":"success","requestId":"79cdefc1-3ce6-4f51-bdd9-0c050274db64","new":1.50}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, response)
	}))
	defer server.Close()
	setEnv(t, server.URL, "sandbox-key", "sandbox-secret", "")
	const want = `{"requestId":"79cdefc1-3ce6-4f51-bdd9-0c050274db64","status":"success"}` + "\n"
	if got := runPayout(t, "", "-json"); got.code != 0 || got.stdout != want {
		t.Errorf("exit code %d, printed %q, want 0 and %q", got.code, got.stdout, want)
	}
}

// one is a request with one line, in which the parts of a case are replaced.
const one = `{"externalId":"p-1","items":[{"itemExternalId":"a","recipientType":"IBAN",` +
	`"recipientInfo":"TR330006100519786457841326","recipientName":"Ayşe Yılmaz",` +
	`"amount":{"value":100.50,"currency":"TRY"},"description":"Kasım maaşı"}]}`

func TestExitCodes(t *testing.T) {
	emu, err := emulator.Start("sandbox-key", "sandbox-secret")
	if err != nil {
		t.Fatal(err)
	}
	defer emu.Close()
	down := httptest.NewServer(nil)
	down.Close()

	replace := func(old, new string) string { return strings.Replace(one, old, new, 1) }
	tests := []struct {
		name       string
		url, key   string // the emulator and its key unless given
		locale     string
		stdin      string
		args       []string
		wantCode   int
		wantStderr string // a part of it; for code 0, nothing at all
	}{
		{name: "accepted", stdin: one, wantCode: 0},
		{name: "accepted in part", stdin: strings.Replace(replace("p-1", "p-2"), "TR330006100519786457841326", "TR000000000000000000009001", 1), wantCode: 0},
		{name: "refused", stdin: replace("p-1", emulator.ExternalIDFailure200), wantCode: 1, wantStderr: "InitMassPayout: refused: 11 "},
		{name: "wrong key", key: "another", stdin: one, wantCode: 1, wantStderr: "refused: 1001 "},
		{name: "rate limited", stdin: replace("p-1", emulator.ExternalIDRateLimited), wantCode: 1, wantStderr: "rate limited: 50000 "},
		{name: "answer lost", stdin: replace("p-1", emulator.ExternalIDResponseLost), wantCode: 1, wantStderr: `may have been stored. Look before you send it again: -status.`},
		{name: "server down", url: down.URL, stdin: one, wantCode: 1, wantStderr: "not sent"},

		{name: "no such file", args: []string{"-f", "no-such-file.json"}, wantCode: 2, wantStderr: "no-such-file.json"},
		{name: "unknown flag", args: []string{"-x"}, wantCode: 2, wantStderr: "flag provided but not defined: -x"},
		{name: "argument", args: []string{"x"}, wantCode: 2, wantStderr: `unexpected argument "x"`},
		{name: "empty file", stdin: " ", wantCode: 2, wantStderr: "the JSON ends too early"},
		{name: "cut off", stdin: one[:100], wantCode: 2, wantStderr: "the JSON ends too early"},
		{name: "two requests", stdin: one + one, wantCode: 2, wantStderr: "there is more after the request's JSON"},
		{name: "not an object", stdin: "[]", wantCode: 2, wantStderr: "cannot unmarshal array"},
		{name: "unknown field", stdin: replace(`"description"`, `"desciption"`), wantCode: 2, wantStderr: `items[0] (itemExternalId "a"): gen: item has the unknown field "desciption"`},
		{name: "amount no number", stdin: replace("100.50", `"a lot"`), wantCode: 2, wantStderr: `items[0] (itemExternalId "a"): gen: item.amount.value must be a number such as 100.50`},
		{name: "amount huge", stdin: replace("100.50", "1e999999999"), wantCode: 2, wantStderr: "more than 1000 digits"},
		{name: "invalid", stdin: replace("Ayşe Yılmaz", ""), wantCode: 2, wantStderr: `items[0] (itemExternalId "a"): recipientName: is required`},
		{name: "locale", locale: "de", stdin: one, wantCode: 2, wantStderr: `the locale must be "tr" or "en"`},
		{name: "sandbox key in production", url: "https://api.iyzipay.com", stdin: one, wantCode: 2, wantStderr: "a sandbox key for the production host"},
		{name: "plain http", url: "http://api.iyzipay.com", stdin: one, wantCode: 2, wantStderr: "plain http"},
		{name: "no URL", url: "api.iyzipay.com", stdin: one, wantCode: 2, wantStderr: "must be an absolute URL"},
		{name: "key missing", key: " ", stdin: one, wantCode: 2, wantStderr: "the API key has leading or trailing white space"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, key := emu.URL, "sandbox-key"
			if tt.url != "" {
				url = tt.url
			}
			if tt.key != "" {
				key = tt.key
			}
			setEnv(t, url, key, "sandbox-secret", tt.locale)
			args := tt.args
			if args == nil {
				args = []string{"-f", "-"}
			}
			before := emu.Calls("") + emu.Calls(emulator.OpInit)
			got := runPayout(t, tt.stdin, args...)
			if got.code != tt.wantCode || !strings.Contains(got.stderr, tt.wantStderr) || tt.wantStderr == "" && got.stderr != "" {
				t.Errorf("exit code %d, stderr %q; want %d, %q", got.code, got.stderr, tt.wantCode, tt.wantStderr)
			}
			if sent := emu.Calls("") + emu.Calls(emulator.OpInit) - before; tt.wantCode == 2 && sent != 0 {
				t.Errorf("bad input, but %d requests were sent", sent)
			}
			for _, secret := range []string{"TR330006100519786457841326", "Ayşe", "sandbox-secret", "sandbox-key"} {
				if strings.Contains(got.stdout+got.stderr, secret) {
					t.Errorf("printed %q:\n%s%s", secret, got.stdout, got.stderr)
				}
			}
		})
	}
}

func TestEnvironmentIncomplete(t *testing.T) {
	setEnv(t, "https://sandbox-api.iyzipay.com", "", "", "")
	got := runPayout(t, "")
	if got.code != 2 || !strings.Contains(got.stderr, "belong together") {
		t.Errorf("exit code %d, stderr %q", got.code, got.stderr)
	}
}

func TestFile(t *testing.T) {
	setEnv(t, "", "", "", "")
	file := filepath.Join(t.TempDir(), "request.json")
	if err := os.WriteFile(file, []byte(one), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := runPayout(t, "", "-f", file); got.code != 0 || !strings.Contains(got.stdout, "a     IBAN …1326  100.50 TRY  accepted") {
		t.Errorf("exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
}
