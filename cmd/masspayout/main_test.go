package main

import (
	"bytes"
	"context"
	"errors"
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
	atTerminal(t)
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, strings.NewReader(stdin), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// atTerminal lets the command ask, as if a person sat at the other end of what the test gives it.
func atTerminal(t *testing.T) {
	before := interactive
	interactive = func(*options) bool { return true }
	t.Cleanup(func() { interactive = before })
}

// setEnv points the command at a server, or at its own emulator with empty strings.
func setEnv(t *testing.T, url, apiKey, secretKey, locale string) {
	t.Helper()
	t.Setenv("IYZICO_BASE_URL", url)
	t.Setenv("IYZICO_API_KEY", apiKey)
	t.Setenv("IYZICO_SECRET_KEY", secretKey)
	t.Setenv("IYZICO_LOCALE", locale)
	t.Setenv("LC_ALL", "C.UTF-8")
}

var requestID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

func TestDemo(t *testing.T) {
	setEnv(t, "", "", "", "")
	got := runPayout(t, "")
	if got.code != 0 || got.stderr != "Using an emulator in this process: no account, no real money, no internet.\n\n" {
		t.Errorf("exit code %d, stderr: %s", got.code, got.stderr)
	}
	want := `stored

ITEM           NAME           RECIPIENT             AMOUNT         OUTCOME
ext-65656      John Doe       IBAN …1108            100.00 TRY     not paid yet
ext-9545455                   MEMBER_ID …53         8,000.00 TRY   not paid yet
ext-545454542                 IDENTITY_NUMBER …220  20,000.00 TRY  not paid yet
ext-50070945                  PHONE +90…5555        7,000.00 TRY   not paid yet
ext-refused    Jane Customer  IBAN …9001            250.50 TRY     refused, not paid: the recipient's account is blocked

not paid yet       4 items, 35,100.00 TRY
refused, not paid  1 item, 250.50 TRY
requestId          REQUEST-ID, waiting for authorization

Nobody is paid, and the emulator ends here. With -pay, the payout is paid in it.
`
	if stdout := requestID.ReplaceAllString(got.stdout, "REQUEST-ID"); stdout != want {
		t.Errorf("printed:\n%s\nwant:\n%s", stdout, want)
	}
}

// Paying the built-in payout shows the refusal and the paying, and reaches its end.
func TestDemoPays(t *testing.T) {
	setEnv(t, "", "", "", "")
	for _, tt := range []struct{ language, answer, question, refused, paid string }{
		{"en", "yes\n", "1 item refused, and will not be paid.\nPay 4 items now, 35,100.00 TRY? This cannot be undone. " +
			"[yes/no] ",
			"ext-refused    Jane Customer  IBAN …9001            250.50 TRY     refused, not paid: the recipient's account is " +
				"blocked\n",
			"paid               4 items, 35,100.00 TRY\n"},
		{"tr", "evet\n", "1 kalem reddedildi ve ödenmeyecek.\n4 kalem şimdi ödensin mi: 35.100,00 TRY? Bu işlem geri " +
			"alınamaz. [evet/hayır] ",
			"ext-refused    Jane Customer  IBAN …9001        250,50 TRY     reddedildi, ödenmedi: ", "ödendi                4 " +
				"kalem, 35.100,00 TRY\n"},
	} {
		got := runPayout(t, tt.answer, "-pay", "-lang", tt.language)
		if got.code != 0 || !strings.Contains(got.stdout, tt.question) || !strings.Contains(got.stdout, tt.refused) ||
			!strings.Contains(got.stdout, tt.paid) ||
			!strings.Contains(got.stderr, "-allow-refused") {
			t.Errorf("%s: exit code %d, printed:\n%s%s", tt.language, got.code, got.stdout, got.stderr)
		}
		for _, hint := range []string{"-resume", "-cancel"} { // the emulator is gone
			if strings.Contains(got.stdout+got.stderr, hint) {
				t.Errorf("%s: suggests %s", tt.language, hint)
			}
		}
	}
}

// A built-in payout that is declined suggests no command that would find another emulator.
func TestDemoDeclined(t *testing.T) {
	setEnv(t, "", "", "", "")
	got := runPayout(t, "no\n", "-pay")
	if got.code != 1 || !strings.HasSuffix(got.stderr, "masspayout: not confirmed; nobody was paid\n") ||
		strings.Contains(got.stderr, "continue") {
		t.Errorf("exit code %d, stderr %s", got.code, got.stderr)
	}
}

func TestLanguageOfTheEnvironment(t *testing.T) {
	setEnv(t, "", "", "", "")
	for _, tt := range []struct{ all, messages, lang, want string }{
		{"", "", "tr_TR.UTF-8", "KALEM"},
		{"", "en_US.UTF-8", "tr_TR.UTF-8", "ITEM"},
		{"tr_TR", "en_US", "en_US", "KALEM"},
		{"", "", "", "ITEM"},
	} {
		t.Setenv("LC_ALL", tt.all)
		t.Setenv("LC_MESSAGES", tt.messages)
		t.Setenv("LANG", tt.lang)
		if got := runPayout(t, ""); !strings.Contains(got.stdout, tt.want+" ") {
			t.Errorf("%+v: printed:\n%s", tt, got.stdout)
		}
	}
}

// one is a request with one item, in which the parts of a case are replaced.
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
	t.Chdir(t.TempDir())

	replace := func(old, new string) string { return strings.Replace(one, old, new, 1) }
	tests := []struct {
		name       string
		url, key   string // the emulator and its key unless given
		locale     string
		stdin      string
		args       []string
		fault      *emulator.Fault
		wantCode   int
		wantStderr string // a part of it; for code 0, nothing at all
	}{
		{name: "accepted", stdin: one, wantCode: 0},
		{name: "accepted in part", stdin: strings.Replace(replace("p-1", "p-2"), "TR330006100519786457841326",
			"TR000000000000000000009001", 1), wantCode: 0, wantStderr: "warning: items[0]"},
		{name: "wrong key", key: "another", stdin: one, wantCode: 1, wantStderr: "refused: 1001 "},
		{name: "response lost", stdin: replace("p-1", "p-3"), fault: &emulator.Fault{Operation: emulator.OpInit,
			Kind: emulator.HTML, AfterEffect: true}, wantCode: 0},
		{name: "server down", url: down.URL, stdin: replace("p-1", "p-down"), wantCode: 1,
			wantStderr: "the balance cannot be read, so nothing else was sent"},
		{name: "unknown payout", stdin: replace("p-1", "never"), args: []string{"-f", "-", "-status"}, wantCode: 1,
			wantStderr: "masspayout: there is no such payout: never\n"},

		{name: "no such file", args: []string{"-f", "no-such-file.json"}, wantCode: 2, wantStderr: "no-such-file.json"},
		{name: "unknown flag", args: []string{"-x"}, wantCode: 2, wantStderr: "there is no flag -x"},
		{name: "argument", args: []string{"x"}, wantCode: 2, wantStderr: `unexpected argument "x"`},
		{name: "empty file", stdin: " ", wantCode: 2, wantStderr: "the file is empty"},
		{name: "cut off", stdin: one[:100], wantCode: 2, wantStderr: "the JSON ends too early"},
		{name: "two requests", stdin: one + one, wantCode: 2, wantStderr: "there is more after the request's JSON"},
		{name: "a field twice", stdin: replace(`{"externalId"`, `{"externalId":"p-0","externalId"`), wantCode: 2,
			wantStderr: "externalId is there twice"},
		{name: "an array", stdin: " [" + one + "]", wantCode: 2,
			wantStderr: `standard input: this is a list (a JSON array); expected one payout: {"externalId": "...", "items": [...]}`},
		{name: "unknown field", stdin: replace(`"description"`, `"desciption"`), wantCode: 2,
			wantStderr: `unknown field "desciption"`},
		{name: "amount no number", stdin: replace("100.50", `"a lot"`), wantCode: 2,
			wantStderr: `amount.value`},
		{name: "amount huge", stdin: replace("100.50", "1e999999999"), wantCode: 2, wantStderr: "more than 1000 digits"},
		{name: "invalid", stdin: replace("Ayşe Yılmaz", ""), wantCode: 2,
			wantStderr: `items[0] (itemExternalId "a"): recipientName: `},
		{name: "mistyped, and strict", stdin: replace("841326", "841362"), args: []string{"-f", "-", "-strict"}, wantCode: 2,
			wantStderr: "-strict refuses it because of 1 warnings"},
		{name: "locale", locale: "de", stdin: one, wantCode: 2, wantStderr: "must be tr or en"},
		{name: "language", args: []string{"-lang", "de"}, wantCode: 2, wantStderr: "must be tr or en"},
		{name: "sandbox key in production", url: "https://api.iyzipay.com", stdin: one, wantCode: 2,
			wantStderr: "production"},
		{name: "plain http", url: "http://api.iyzipay.com", stdin: one, wantCode: 2, wantStderr: "plain http"},
		{name: "no URL", url: "api.iyzipay.com", stdin: one, wantCode: 2, wantStderr: "must be an absolute URL"},
		{name: "key missing", key: " ", stdin: one, wantCode: 2, wantStderr: "the API key has"},
		{name: "iyzico's example at iyzico", url: "https://api.iyzipay.com", args: []string{"-pay", "-yes"}, wantCode: 2,
			wantStderr: "iyzico's example, which is for an emulator"},
		{name: "iyzico's example in the sandbox", url: "https://sandbox-api.iyzipay.com", args: []string{}, wantCode: 2,
			wantStderr: "add -f"},
		{name: "empty cancel", args: []string{"-cancel", ""}, wantCode: 2, wantStderr: "-cancel needs the requestId"},
		{name: "empty total", stdin: one, args: []string{"-f", "-", "-total", ""}, wantCode: 2, wantStderr: "-total is empty"},
		{name: "empty max-item", stdin: one, args: []string{"-f", "-", "-max-item="}, wantCode: 2, wantStderr: "-max-item is empty"},
		{name: "empty max-total", stdin: one, args: []string{"-f", "-", "-max-total", " "}, wantCode: 2,
			wantStderr: "-max-total is empty"},
		{name: "count 0", stdin: one, args: []string{"-f", "-", "-count", "0"}, wantCode: 2, wantStderr: "-count takes a number from 1"},
		{name: "split 0", stdin: one, args: []string{"-f", "-", "-split", "0"}, wantCode: 2, wantStderr: "-split takes a number from 1"},
		{name: "empty file name", args: []string{"-f", "", "-pay", "-yes"}, wantCode: 2, wantStderr: "-f is empty"},
		{name: "cancel of a path", args: []string{"-cancel", "../auth"}, wantCode: 2, wantStderr: "requestId"},
		{name: "two commands", args: []string{"-pay", "-status"}, wantCode: 2, wantStderr: "use only one of"},
		{name: "-yes alone", args: []string{"-yes"}, wantCode: 2, wantStderr: "belong to -pay"},
		{name: "nowhere to ask", stdin: one, args: []string{"-f", "-", "-pay"}, wantCode: 2,
			wantStderr: "nowhere to ask: add -yes"},
		{name: "-out with -balance", args: []string{"-balance", "-out", "x.csv"}, wantCode: 2,
			wantStderr: "take no -f, -out"},
		{name: "-out nowhere", stdin: one, args: []string{"-f", "-", "-out", "nowhere/x.csv"}, wantCode: 2,
			wantStderr: "-out: "},
		{name: "-out a folder", stdin: one, args: []string{"-f", "-", "-out", "."}, wantCode: 2,
			wantStderr: "-out: . is not a file"},
		{name: "nothing to resume", stdin: replace("p-1", "p-9"), args: []string{"-f", "-", "-resume", "-yes"}, wantCode: 2,
			wantStderr: "nothing to resume: there is no payout-p-9.state"},
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
			if tt.fault != nil {
				emu.Inject(*tt.fault)
			}
			before := requests(emu)
			got := runPayout(t, tt.stdin, args...)
			if got.code != tt.wantCode || !strings.Contains(got.stderr, tt.wantStderr) || tt.wantStderr == "" &&
				got.stderr != "" {
				t.Errorf("exit code %d, stderr %q; want %d, %q", got.code, got.stderr, tt.wantCode, tt.wantStderr)
			}
			if sent := requests(emu) - before; tt.wantCode == 2 && sent != 0 {
				t.Errorf("exit code 2, but %d requests were sent", sent)
			}
			if spoken := inTurkish(t, tt.stdin, args); tt.wantCode == 2 && spoken != "" {
				t.Errorf("in Turkish: %s", spoken)
			}
			for _, secret := range []string{"TR330006100519786457841326", "TR330006100519786457841362", "Ayşe", "sandbox-secret", "sandbox-key"} {
				if strings.Contains(got.stderr, secret) {
					t.Errorf("printed %q:\n%s%s", secret, got.stdout, got.stderr)
				}
			}
		})
	}
}

// inTurkish runs the command in Turkish, and returns what it says if that has an English word.
func inTurkish(t *testing.T, stdin string, args []string) string {
	t.Helper()
	t.Setenv("IYZICO_LOCALE", "tr")
	said := quotedText.ReplaceAllString(regexp.MustCompile(`\S+\.json`).ReplaceAllString(runPayout(t, stdin, args...).stderr, ""), "")
	if english.find(said) != "" {
		return said
	}
	return ""
}

// requests is how many the emulator has got.
func requests(emu interface{ Calls(emulator.Operation) int }) (n int) {
	for _, op := range []emulator.Operation{"", emulator.OpInit, emulator.OpAuth, emulator.OpRetrieve, emulator.OpItem, emulator.OpCancel, emulator.OpBalance} {
		n += emu.Calls(op)
	}
	return n
}

func TestEnvironmentIncomplete(t *testing.T) {
	setEnv(t, "https://sandbox-api.iyzipay.com", "", "", "")
	got := runPayout(t, "")
	if got.code != 2 || !strings.Contains(got.stderr, "belong together") {
		t.Errorf("exit code %d, stderr %q", got.code, got.stderr)
	}
}

func TestHelp(t *testing.T) {
	got := runPayout(t, "", "-h")
	for _, want := range []string{"IYZICO_BASE_URL, IYZICO_API_KEY, IYZICO_SECRET_KEY", "IYZICO_LOCALE", "Exit " +
		"codes:", "2   refused before anything was sent", "Without -f", "-template", "-strict"} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("-h does not tell %q", want)
		}
	}
	if got.code != 0 || got.stdout != "" {
		t.Errorf("exit code %d, stdout %q", got.code, got.stdout)
	}
	for line := range strings.Lines(got.stderr) {
		if len(line) > 200 {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
}

func TestFile(t *testing.T) {
	setEnv(t, "", "", "", "")
	file := filepath.Join(t.TempDir(), "request.json")
	if err := os.WriteFile(file, []byte(one), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := runPayout(t, "", "-f", file); got.code != 0 || !strings.Contains(got.stdout,
		"a     Ayşe Yılmaz  IBAN …1326  100.50 TRY  not paid yet") {
		t.Errorf("exit code %d, printed:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// full is a disk without room.
type full struct{ room int }

var errFull = errors.New("no space left on device")

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// What could not be printed is an error, and what will be paid is not asked if it could not be shown.
func TestOutputFails(t *testing.T) {
	for _, args := range [][]string{{}, {"-json"}, {"-status"}, {"-status", "-json"}, {"-balance"}, {"-template"}, {"-pay"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			emu := emulated(t, nil)
			writeRequest(t, one)
			if len(args) > 0 && args[0] == "-status" {
				runPayout(t, "", "-f", "request.json")
			}
			if len(args) == 0 || args[0] != "-balance" && args[0] != "-template" {
				args = append(args, "-f", "request.json")
			}
			atTerminal(t)
			var stderr bytes.Buffer
			code := run(context.Background(), args, strings.NewReader("yes\n"), &full{}, &stderr)
			if code != 1 || strings.Count(stderr.String(), errFull.Error()) != 1 || emu.Calls(emulator.OpAuth) != 0 {
				t.Errorf("exit code %d, %d calls of auth, stderr: %s", code, emu.Calls(emulator.OpAuth), &stderr)
			}
		})
	}
}
