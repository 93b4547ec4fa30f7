package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer"
)

// started runs the command with these flags until the test ends, and returns its address.
func started(t *testing.T, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	code := make(chan int)
	go func() {
		code <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), strings.NewReader(""), w, io.Discard)
	}()
	t.Cleanup(func() {
		stop()
		if got := <-code; got != 0 {
			t.Errorf("exit code %d", got)
		}
	})
	url, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(url)
}

func TestServesUntilStopped(t *testing.T) {
	url := started(t, "-api-key", "K", "-secret-key", "S")
	resp, err := http.Get(url + "/v1/mass/payout/balance?locale=en")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 400 || !strings.Contains(string(body), `"errorCode":"1009"`) {
		t.Errorf("unsigned: %d %s", resp.StatusCode, body)
	}
}

// A stranger is told the keys that a client needs, unless they were chosen: those may be real.
func TestSaysWhichKeys(t *testing.T) {
	done, cancel := context.WithCancel(t.Context())
	cancel()
	const chosen = "chosen-by-somebody"
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "API key sandbox-key, secret key sandbox-secret. Open the address in a browser to watch.\n"},
		{[]string{"-secret-key", chosen}, ""},
		{[]string{"-api-key", chosen}, ""},
	} {
		var stdout, stderr strings.Builder
		code := run(done, append([]string{"-addr", "127.0.0.1:0"}, test.args...), nil, &stdout, &stderr)
		if code != 0 || stderr.String() != test.want || strings.Count(stdout.String(), "\n") != 1 {
			t.Errorf("%q: exit code %d, %q, %q", test.args, code, stdout.String(), stderr.String())
		}
	}
}

// The address that is printed is all that a person needs, without a flag.
func TestBrowserFindsThePage(t *testing.T) {
	req, err := http.NewRequestWithContext(t.Context(), "GET", started(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.Request.URL.Path != "/_emulator/" || !strings.Contains(string(body), "<title>Mass payout emulator</title>") {
		t.Errorf("%s: %.200s", resp.Request.URL, body)
	}
}

// The printed command is run by a shell, with a real curl.
func TestSignedByCurl(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no curl")
		}
		t.Skip("there is no curl")
	}
	url := started(t, "-balance", "1000.00", "-commission", "0.25", "-stage", "0", "-locale", "en",
		"-page-limit", "1", "-large-pages", "echo")
	file := filepath.Join(t.TempDir(), "request.json")
	const request = `{"externalId":"p","items":[{"itemExternalId":"l","recipientType":"MEMBER_ID","recipientInfo":"1",
		"description":"Ayşe'nin \"maaşı\" $HOME %s","amount":{"value":100.50,"currency":"TRY"}}]}` + "\r\n"
	if err := os.WriteFile(file, []byte(request), 0o600); err != nil {
		t.Fatal(err)
	}
	send := func(stdin string, args ...string) string {
		t.Helper()
		var command, stderr strings.Builder
		if code := run(t.Context(), append([]string{"sign", "-url", url}, args...), strings.NewReader(stdin), &command, &stderr); code != 0 {
			t.Fatalf("%q: exit code %d, %s", args, code, stderr.String())
		}
		for _, secret := range []string{"sandbox-secret"} {
			if strings.Contains(command.String(), secret) {
				t.Errorf("the secret key shows in %s", command.String())
			}
		}
		out, err := exec.Command("sh", "-c", command.String()).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s\n%s", err, out, command.String())
		}
		return string(out)
	}
	want := func(what, got string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(got, part) {
				t.Errorf("%s: no %s in %s", what, part, got)
			}
		}
	}

	response := send("", "POST", "/v1/mass/payout/init", "@"+file)
	want("init from a file", response, `"status":"success"`, `"invalidItems":[]`)
	want("init from standard input, the same content", send(request, "POST", "/v1/mass/payout/init", "-"), response[strings.Index(response, `"requestId"`):])
	_, id, _ := strings.Cut(response, `"requestId":"`)
	id = id[:36]
	want("retrieve", send("", "POST", "/v1/mass/payout/retrieve?locale=en", `{"requestId":"`+id+`","page":0,"size":2}`),
		`"page":0,"size":1,"total":1`, `"description":"Ayşe'nin \"maaşı\" $HOME %s"`, `"commissionAmount":0.25`)
	want("auth", send("", "POST", "/v1/mass/payout/auth", `{"requestId":"`+id+`"}`), `"status":"success"`)
	want("balance", send("", "GET", "/v1/mass/payout/balance?locale=en"), `"locale":"en"`, `"balance":899.25}`)
	want("the address as a browser shows it", send("", "-url", url+"/", "GET", "/v1/mass/payout/balance"), `"status":"success"`)
	want("another key", send("", "-secret-key", "wrong", "GET", "/v1/mass/payout/balance?locale=en"), `"errorMessage":"Invalid signature"`)
}

// With the random key of another program, and step by step, the command prints what that program should have made: here
// what iyzico's Java SDK makes of it in its own test.
func TestSignedStepByStep(t *testing.T) {
	t.Setenv("IYZICO_API_KEY", "apiKey")
	t.Setenv("IYZICO_SECRET_KEY", "secretKey")
	var stdout strings.Builder
	code := run(t.Context(), []string{"sign", "-steps", "-random-key", "random", "POST", "/v2/uri?locale=tr", `"[data\u003dvalue]"`},
		nil, &stdout, io.Discard)
	lines := strings.Split(stdout.String(), "\n")
	want := []string{
		`# signed:    random/v2/uri"[data\u003dvalue]"`,
		"# signature: a90ec1aecd68e37cc30942f85ce6b0d53435a4ca45e04769b46e3c35d81bf6fe",
		"# fields:    apiKey:apiKey&randomKey:random&signature:a90ec1aecd68e37cc30942f85ce6b0d53435a4ca45e04769b46e3c35d81bf6fe",
		`curl -sS -X 'POST' 'http://127.0.0.1:8080/v2/uri?locale=tr' \`,
		`  -H 'Authorization: IYZWSv2 YXBpS2V5OmFwaUtleSZyYW5kb21LZXk6cmFuZG9tJnNpZ25hdHVyZTphOTBlYzFhZWNkNjhlMzdjYzMwOTQyZjg1Y2U2YjBkNTM0MzVhNGNhNDVlMDQ3NjliNDZlM2MzNWQ4MWJmNmZl' \`,
	}
	if code != 0 || !slices.Equal(lines[:len(want)], want) || strings.Contains(stdout.String(), "secretKey") {
		t.Errorf("exit code %d\n%s", code, stdout.String())
	}
}

func TestStrictLocale(t *testing.T) {
	signs, err := signer.New("sandbox-key", "sandbox-secret")
	if err != nil {
		t.Fatal(err)
	}
	for locale, status := range map[string]int{"tr": 200, "strict": 400} {
		req, err := http.NewRequest("GET", started(t, "-locale", locale)+"/v1/mass/payout/balance", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := signs.Edit(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		req.URL.RawQuery = "" // which the signature does not cover
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("-locale %s: HTTP %d without a locale", locale, resp.StatusCode)
		}
	}
}

func TestBadUsage(t *testing.T) {
	tests := []struct {
		args []string
		says string
	}{
		{[]string{"-nothing"}, "flag provided but not defined: -nothing"},
		{[]string{"more"}, "emulator: unexpected argument more"},
		{[]string{"-balance", "x"}, "emulator: -balance is not a number"},
		{[]string{"-commission", "x"}, "emulator: -commission is not a number"},
		{[]string{"-balance", "-1"}, "emulator: the balance must not be negative"},
		{[]string{"-commission", "-1"}, "emulator: the commission must not be negative"},
		{[]string{"-stage", "-1s"}, "emulator: the duration of a stage must not be negative"},
		{[]string{"-page-limit", "0"}, "emulator: the page limit must be between 1 and 10000"},
		{[]string{"-large-pages", "shrink"}, "emulator: what happens to large pages must be refuse, cap or echo"},
		{[]string{"-locale", "de"}, "emulator: the locale must be tr or en"},
		{[]string{"-api-key", " "}, "emulator: "},
		{[]string{"-addr", ":8080"}, `emulator: -addr: "" is not a loopback address; add -allow-remote to listen on it anyway`},
		{[]string{"-addr", "192.0.2.1:8080"}, `emulator: -addr: "192.0.2.1" is not a loopback address`},
		{[]string{"-addr", "8080"}, "emulator: -addr: "},
		{[]string{"sign"}, "emulator: sign needs METHOD, PATH and perhaps BODY; -h explains them"},
		{[]string{"sign", "GET", "/", "", ""}, "emulator: sign needs METHOD, PATH and perhaps BODY"},
		{[]string{"sign", "G T", "/"}, "emulator: "},
		{[]string{"sign", "GET", "v1/mass/payout/balance"}, "emulator: sign: PATH must begin with a slash"},
		{[]string{"sign", "-secret-key", " ", "GET", "/"}, "emulator: "},
		{[]string{"sign", "-random-key", "a/b", "GET", "/"}, "emulator: sign: -random-key must be letters and digits"},
		{[]string{"sign", "POST", "/", "a\x00b"}, "emulator: the body has a NUL byte"},
	}
	for _, test := range tests {
		var stderr strings.Builder
		code := run(t.Context(), test.args, strings.NewReader(""), io.Discard, &stderr)
		if code != 2 || !strings.HasPrefix(stderr.String(), test.says) || strings.Contains(stderr.String(), "emulator: emulator:") {
			t.Errorf("%q: exit code %d, %s", test.args, code, stderr.String())
		}
	}
	for _, args := range [][]string{{"-h"}, {"sign", "-h"}} {
		if code := run(t.Context(), args, nil, io.Discard, io.Discard); code != 0 {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
}

func TestCannotServe(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	var stderr strings.Builder
	if code := run(t.Context(), []string{"-addr", taken.Addr().String()}, nil, io.Discard, &stderr); code != 1 ||
		!strings.HasPrefix(stderr.String(), "emulator: listen tcp ") {
		t.Errorf("an address in use: exit code %d, %s", code, stderr.String())
	}
	stderr.Reset()
	if code := run(t.Context(), []string{"sign", "POST", "/", "@" + filepath.Join(t.TempDir(), "nothing")}, nil, io.Discard, &stderr); code != 1 ||
		!strings.HasPrefix(stderr.String(), "emulator: open ") {
		t.Errorf("a missing file: exit code %d, %s", code, stderr.String())
	}
}
