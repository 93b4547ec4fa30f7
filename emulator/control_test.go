package emulator_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
)

// openPage starts an emulator with its page.
func openPage(t *testing.T, opts ...emulator.Option) *account {
	t.Helper()
	return open(t, append([]emulator.Option{emulator.WithPage()}, opts...)...)
}

// control sends a request to the page's API, and returns HTTP status and body.
func (a *account) control(method, path, body string) (int, string) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.URL+"/_emulator/"+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	resp, got := a.do(req)
	return resp.StatusCode, strings.TrimSpace(got)
}

// Every command in the documentation is run by a shell, with the real curl, and gives what stands below it.
func TestDocumentedCommands(t *testing.T) {
	inTurn(t)
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	raw, err := os.ReadFile("../docs/emulator-api.md")
	if err != nil {
		t.Fatal(err)
	}
	a := openPage(t)
	requestID := ""
	send := func(method, target, body string) {
		req := a.request(method, target, body)
		req.Header.Set("User-Agent", "my-client/1.0")
		if resp, err := http.DefaultTransport.RoundTrip(req); err == nil {
			resp.Body.Close()
		}
	}
	const item = `{"itemExternalId":"%","recipientType":"IBAN","recipientInfo":"#","recipientName":"Jane Customer",` +
		`"description":"November","amount":{"value":@,"currency":"TRY"}}`
	scenes := map[string]func(){
		"a client creates salaries-2026-11 and authorizes it": func() {
			one := func(id, iban, amount string) string {
				return strings.NewReplacer("%", id, "#", iban, "@", amount).Replace(item)
			}
			send("POST", "/v1/mass/payout/init?locale=en", payout("salaries-2026-11",
				one("emp-1", "TR920086402100005482986178", "1000"), one("emp-2", "TR920086402100005482911108", "1500"),
				one("emp-3", emulator.RecipientBlocked.IBAN(), "700")))
			_, list := a.control("GET", "payouts", "")
			requestID = uuid.FindString(list)
			send("POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"`+requestID+`"}`)
		},
		"a client signs the path with its query": func() {
			req := a.request("GET", "/v1/mass/payout/balance?locale=en", "")
			req.Header.Set("User-Agent", "my-client/1.0")
			req.Header.Set("Authorization", authorizationOver("123456789/v1/mass/payout/balance?locale=en"))
			if resp, _ := a.do(req); resp.StatusCode != 400 {
				t.Errorf("HTTP status %d", resp.StatusCode)
			}
		},
	}

	runDocument(t, a, string(raw), scenes, &requestID)
}

// How to sign with a shell is what the documentation says, from the vectors to a payout.
func TestDocumentedSigning(t *testing.T) {
	inTurn(t)
	for _, tool := range []string{"curl", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	raw, err := os.ReadFile("../docs/signing.md")
	if err != nil {
		t.Fatal(err)
	}
	a, requestID := openPage(t), ""
	runDocument(t, a, strings.NewReplacer("sandbox-key", apiKey, "sandbox-secret", secretKey).Replace(string(raw)), nil, &requestID)
	equal(t, "the payout", a.items(requestID), "PUBLISHED_TO_QUEUE emp-1:QUEUED")
}

// runDocument runs the commands of a page, and wants what stands below each. A command with nothing below it defines
// what the others use. The page's requestId stands for the emulator's, as soon as there is one.
func runDocument(t *testing.T, a *account, page string, scenes map[string]func(), requestID *string) {
	t.Helper()
	part := regexp.MustCompile("(?s)<!-- (.*?) -->|```sh\n(.*?)\n```\n(?:```(?:json)?\n(.*?)\n```)?")
	commands, before := 0, ""
	for _, m := range part.FindAllStringSubmatch(page, -1) {
		if m[1] != "" {
			if scenes[m[1]] == nil {
				t.Fatalf("no scene %q", m[1])
			}
			scenes[m[1]]()
			continue
		}
		commands++
		if m[3] == "" {
			before += m[2] + "\n"
			continue
		}
		line := strings.ReplaceAll(m[2], "http://127.0.0.1:8080", a.URL)
		line = strings.ReplaceAll(line, "79cdefc1-3ce6-4f51-bdd9-0c050274db64", *requestID)
		got, err := exec.CommandContext(t.Context(), "sh", "-c", before+line).Output()
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		equal(t, line, flat(t, string(got)), flat(t, m[3]))
		if *requestID == "" && strings.Contains(m[3], `"requestId"`) {
			*requestID = uuid.FindString(string(got))
		}
	}
	if want := strings.Count(page, "```sh"); commands != want || want < 6 {
		t.Errorf("ran %d commands of %d", commands, want)
	}
}

// authorizationOver signs any message with the right keys.
func authorizationOver(message string) string {
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(message))
	return "IYZWSv2 " + base64.StdEncoding.EncodeToString([]byte("apiKey:"+apiKey+
		"&randomKey:123456789&signature:"+hex.EncodeToString(mac.Sum(nil))))
}

// flat writes JSON on one line, without what differs from run to run.
func flat(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	if strings.HasPrefix(s, "{") && json.Valid([]byte(s)) {
		if err := json.Compact(&b, []byte(s)); err != nil {
			t.Fatalf("%v: %s", err, s)
		}
		s = b.String()
	}
	return regexp.MustCompile(`"millis":\d+`).ReplaceAllString(mask(strings.TrimSpace(s)), `"millis":0`)
}

// What cannot be right is refused with the field's name, and changes nothing.
func TestControlRefuses(t *testing.T) {
	a := openPage(t)
	_, before := a.control("GET", "state", "")
	const (
		notMoney = "must be an amount in major units, such as 1250.50, and not negative"
		gone     = "not found, or no longer kept"
		noPath   = "no such path or method: see docs/emulator-api.md"
	)
	tests := []struct{ method, path, body, want string }{
		{"POST", "settings", ``, "the body must be one JSON object"},
		{"POST", "settings", `{"balance":"1"} {}`, "the body must be one JSON object"},
		{"POST", "settings", `{"balanse":"1"}`, `unknown field "balanse"`},
		{"POST", "settings", `[]`, "the body must be one JSON object"},
		{"POST", "settings", `{"balance":`, "the body must be one JSON object"},
		{"POST", "settings", `{"stageMillis":"5"}`, "stageMillis has the wrong type: string"},
		{"POST", "faults", `{"kind":"cut","times":true}`, "times has the wrong type: bool"},
		{"POST", "outcomes", `{"itemExternalId":"x","statuses":["DEPOSIT_FAIL",1]}`, "statuses has the wrong type: number"},
		{"POST", "outcomes", `{"itemExternalId":"x","statuses":"DEPOSIT_FAIL"}`, "statuses has the wrong type: string"},
		{"POST", "settings", `{"pageLimit":"5"}`, "pageLimit has the wrong type: string"},
		{"POST", "settings", `{"balance":"5","pageLimit":0}`, "the page limit must be between 1 and 10000"},
		{"POST", "settings", `{"balance":"5","pageLimit":10001}`, "the page limit must be between 1 and 10000"},
		{"POST", "settings", `{"balance":"5","largePages":"shrink"}`, "what happens to large pages must be refuse, cap or echo"},
		{"POST", "settings", `{"balance":"-1"}`, "balance " + notMoney},
		{"POST", "settings", `{"balance":"5","commission":"1e9"}`, "commission " + notMoney},
		{"POST", "settings", `{"balance":"5","stageMillis":-1}`, "stageMillis must be from 0 to 31536000000"},
		{"POST", "clock", `{}`, "either stages (1 to 1000) or advanceMillis is required"},
		{"POST", "clock", `{"stages":1,"advanceMillis":1}`, "either stages (1 to 1000) or advanceMillis is required"},
		{"POST", "clock", `{"advanceMillis":31536000001}`, "advanceMillis must be from 0 to 31536000000"},
		{"POST", "faults", `{"operation":"auth"}`, "kind is required"},
		{"POST", "faults", `{"kind":"cut","operation":"pay"}`, `the fault's operation must be init, auth, retrieve, item, cancel, balance or empty`},
		{"POST", "faults", `{"kind":"html","status":99}`, `the fault's HTTP status must be between 200 and 599`},
		{"POST", "faults", `{"kind":"cut","skip":-1}`, `the fault's Size and Skip must not be negative`},
		{"POST", "faults", `{"kind":"redirect","location":"/a\r\nX: y"}`, "location must not contain control characters"},
		{"POST", "faults", `{"kind":"delay","delayMillis":-5}`, "delayMillis must be from 0 to 31536000000"},
		{"DELETE", "faults/7", ``, gone},
		{"POST", "outcomes", `{"statuses":["SUCCESS"]}`, "itemExternalId is required"},
		{"POST", "outcomes", `{"itemExternalId":"a","statuses":["<b>"]}`, "statuses[0] must be a status such as DEPOSIT_FAIL"},
		{"GET", "payouts/none", ``, gone},
		{"GET", "payouts/none/items", ``, gone},
		{"GET", "requests/1", ``, gone},
		{"GET", "requests?size=1001", ``, "size must be a number from 1 to 1000"},
		{"GET", "payouts?page=-1", ``, "page must be a number from 0 to 1073741824"},
		{"GET", "state?wait=60001", ``, "wait must be a number from 0 to 60000"},
		{"GET", "nothing", ``, noPath},
		{"PUT", "state", ``, noPath},
	}
	for _, test := range tests {
		status, got := a.control(test.method, test.path, test.body)
		if status != 400 && status != 404 {
			t.Errorf("%s %s %s: HTTP status %d", test.method, test.path, test.body, status)
		}
		var failure struct{ Error string }
		if err := json.Unmarshal([]byte(got), &failure); err != nil {
			t.Errorf("%s: %s", test.path, got)
		}
		equal(t, test.path+" "+test.body, failure.Error, test.want)
	}
	_, after := a.control("GET", "state", "")
	equal(t, "the state", after, before)

	status, got := a.control("POST", "faults", `{"kind":"thunder"}`)
	if status != 400 || !strings.HasPrefix(got, `{"error":"the fault kind must be one of delay, cut, html, rate-limited, `) {
		t.Errorf("unknown kind: %d %s", status, got)
	}
	if status, _ := a.control("GET", "ledger?page=1073741824&size=1000", ""); status != 200 {
		t.Errorf("a page far behind the end: HTTP status %d", status)
	}
}

// The clock never goes back, however far it is put ahead.
func TestClockDoesNotOverflow(t *testing.T) {
	a := openPage(t)
	a.control("POST", "settings", `{"stageMillis":31536000000}`)
	if status, got := a.control("POST", "clock", `{"stages":1000}`); status != 400 || !strings.Contains(got, "more than a year") {
		t.Errorf("a thousand years: %d %s", status, got)
	}
	last := a.Now()
	for range 120 {
		status, got := a.control("POST", "clock", `{"stages":1}`)
		if now := a.Now(); now.Before(last) || status == 200 && !now.After(last) {
			t.Fatalf("after %s the clock is at %s: %d %s", last, now, status, got)
		}
		last = a.Now()
	}
	if want := start.Add(100 * 365 * 24 * time.Hour); !last.Equal(want) {
		t.Errorf("the clock is at %s, want %s", last, want)
	}
}

// What a test does over HTTP is what the methods of Emulator do.
func TestControlIsTheEmulator(t *testing.T) {
	a := openPage(t)
	a.control("POST", "settings", `{"balance":1234.5,"commission":"0.75","stageMillis":1500}`)
	if got := a.Balance("USD"); !got.Equal(decimal.RequireFromString("1234.5")) {
		t.Errorf("balance %s", got)
	}
	equal(t, "commission", a.Commission().String(), "0.75")
	equal(t, "stage", a.Stage().String(), "1.5s")
	before := a.Now()
	a.control("POST", "clock", `{"stages":2}`)
	a.control("POST", "clock", `{"advanceMillis":250}`)
	equal(t, "the clock went ahead by", a.Now().Sub(before).String(), "3.25s")

	a.control("POST", "faults", `{"kind":"refusal","status":422,"errorCode":"100001","errorMessage":"no","skip":2,
		"times":-1,"delayMillis":20}`)
	a.control("POST", "faults", `{"kind":"rate-limited","retryAfterSeconds":7,"operation":"retrieve"}`)
	faults := a.Faults()
	if len(faults) != 2 {
		t.Fatalf("%d faults", len(faults))
	}
	want := emulator.Fault{Kind: emulator.Refusal, Status: 422, ErrorCode: "100001", ErrorMessage: "no", Skip: 2,
		Times: -1, Delay: 20 * time.Millisecond}
	got := faults[0].Fault
	got.RetryAfter, got.Location, got.Size, got.Lag = 0, "", 0, 0 // the emulator's own
	if got != want {
		t.Errorf("fault\n got %+v\nwant %+v", got, want)
	}
	if f := faults[1]; f.RetryAfter != 7*time.Second || f.Operation != emulator.OpRetrieve {
		t.Errorf("fault %+v", f)
	}
	a.control("DELETE", "faults/1", "")
	if faults := a.Faults(); len(faults) != 1 || faults[0].ID != 2 {
		t.Errorf("after one was taken back: %+v", faults)
	}
	a.control("DELETE", "faults", "")

	id := a.init("p", pay("a", "100"))
	a.control("POST", "outcomes", `{"itemExternalId":"a","statuses":["DEPOSIT_SUCCESS"]}`)
	a.auth(id)
	a.control("POST", "clock", `{"stages":2}`)
	equal(t, "statuses", a.items(id), "FAIL a:DEPOSIT_SUCCESS")
	a.control("DELETE", "requests", "")
	if _, got := a.control("GET", "requests", ""); got != `{"requests":[],"total":0}` {
		t.Error(got)
	}
	a.control("POST", "reset", "")
	if _, got := a.control("GET", "payouts", ""); got != `{"payouts":[],"total":0}` {
		t.Error(got)
	}
}

// More items than a page has, and more requests than are kept stay within their pages.
func TestPagesOfMuch(t *testing.T) {
	inTurn(t)
	a := openPage(t)
	items := make([]string, 1_030)
	for i := range items {
		items[i] = pay("i"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+time.Duration(i).String(), "1")
	}
	id := a.init("many", items...)
	for range 1_005 {
		a.ServeHTTP(httptest.NewRecorder(), a.request("GET", "/v1/mass/payout/balance?locale=en", ""))
	}
	var page struct {
		Items, Requests []json.RawMessage
		Total           int
	}
	read := func(path string) {
		page.Items, page.Requests = nil, nil
		_, got := a.control("GET", path, "")
		if err := json.Unmarshal([]byte(got), &page); err != nil {
			t.Fatalf("%v: %s", err, got)
		}
	}
	for _, test := range []struct {
		path                   string
		items, requests, total int
	}{
		{"payouts/" + id + "/items", 50, 0, 1_030},
		{"payouts/" + id + "/items?page=1&size=1000", 30, 0, 1_030},
		{"payouts/" + id + "/items?page=2&size=1000", 0, 0, 1_030},
		{"payouts/" + id + "/items?status=SUCCESS", 0, 0, 0},
		{"requests", 0, 50, 1000},
		{"requests?page=19", 0, 50, 1000},
		{"requests?page=20", 0, 0, 1000},
	} {
		read(test.path)
		if len(page.Items) != test.items || len(page.Requests) != test.requests || page.Total != test.total {
			t.Errorf("%s: %d items, %d requests of %d", test.path, len(page.Items), len(page.Requests), page.Total)
		}
	}
}

// Whoever waits for a change hears of the next request, and of none after its time.
func TestWaitForChange(t *testing.T) {
	a := openPage(t)
	if status, _ := a.control("GET", "state?wait=1", ""); status != 200 {
		t.Errorf("HTTP status %d", status)
	}
	heard := make(chan string)
	go func() {
		_, got := a.control("GET", "state?wait=60000", "")
		heard <- got
	}()
	for { // until it has heard: the first requests may come before it waits
		a.call("GET", "/v1/mass/payout/balance?locale=en", "")
		select {
		case got := <-heard:
			if !strings.Contains(got, `"balance":`) || strings.Contains(got, `"balance":0,`) {
				t.Error(got)
			}
			return
		default:
		}
	}
}

// What the API shows of payouts: the newest first, their sums by currency, and what became of each item.
func TestPayoutsAndItems(t *testing.T) {
	a := openPage(t, emulator.WithCommission(d("0.25")))
	iban := `{"itemExternalId":"a","recipientType":"IBAN","recipientInfo":"TR920086402100005482911108",` +
		`"recipientName":"Jane","description":"d","amount":{"value":1.50,"currency":"TRY"}}`
	id := a.init("p", iban, payTo("b", emulator.RecipientKeepsLater.MemberID(), "2"),
		strings.Replace(pay("c", "5"), "TRY", "USD", 1), `{"itemExternalId":"d"}`)
	a.init("q", pay("a", "0"))
	a.auth(id)
	a.AdvanceStage()
	a.AdvanceStage()

	const p = `{"requestId":"UUID","externalId":"p","status":"COMPLETED","sums":[` +
		`{"currency":"TRY","total":"3.50","paid":"1.50","commission":"0.50"},` +
		`{"currency":"USD","total":"5.00","paid":"5.00","commission":"0.25"}],"items":4,"received":1759231970716,` +
		`"counts":{"FAILED":1,"INVALID":1,"SUCCESS":2},"funds":{"never moved":1,"unsettled":1,"with the recipient":2}`
	const itemA = `{"itemExternalId":"a","referenceCode":"UUID","recipientType":"IBAN","recipient":"…1108","amount":"1.50",` +
		`"commission":"0.25","currency":"TRY","status":"SUCCESS","funds":"with the recipient","errors":[],"ended":true,"outcome":["SUCCESS"]}`
	const itemB = `{"itemExternalId":"b","referenceCode":"UUID","recipientType":"MEMBER_ID","recipient":"…8007","amount":"2.00",` +
		`"commission":"0.25","currency":"TRY","status":"FAILED","funds":"unsettled","errors":["the payment failed"],"ended":false,"outcome":["FAILED","DEPOSIT_FAIL"]}`
	const itemD = `{"itemExternalId":"d","referenceCode":"UUID","recipientType":"","recipient":"…","amount":"0.00",` +
		`"commission":"0.00","currency":"","status":"INVALID","funds":"never moved","errors":["items[3].recipientType is required",` +
		`"items[3].recipientInfo is required","items[3].description is required","items[3].amount is required"],"ended":true,"outcome":[]}`
	tests := []struct{ path, want string }{
		{"payouts?page=1&size=1", `{"payouts":[` + p + `}],"total":2}`},
		{"payouts?size=1", `{"payouts":[{"requestId":"UUID","externalId":"q","status":"INIT","sums":[],"items":1,` +
			`"received":1759231970716,"counts":{"INVALID":1},"funds":{"never moved":1}}],"total":2}`},
		{"payouts/" + id, p + `,"timeline":[{"at":1759231970716,"status":"INIT","of":"payout"},` +
			`{"at":1759231970716,"status":"INVALID","of":"items","items":1},` +
			`{"at":1759231970716,"status":"PUBLISHED_TO_QUEUE","of":"payout"},` +
			`{"at":1759232030716,"status":"IN_PROGRESS","of":"payout"},` +
			`{"at":1759232090716,"status":"SUCCESS","of":"items","items":2},` +
			`{"at":1759232090716,"status":"FAILED","of":"items","items":1},` +
			`{"at":1759232090716,"status":"COMPLETED","of":"payout"},` +
			`{"at":1759232150716,"status":"","of":"payout","expected":true}]}`},
		{"payouts/" + id + "/items?size=2", `{"items":[` + itemA + "," + itemB + `],"total":4}`},
		{"payouts/" + id + "/items?status=INVALID", `{"items":[` + itemD + `],"total":1}`},
	}
	for _, test := range tests {
		_, got := a.control("GET", test.path, "")
		equal(t, test.path, mask(got), test.want)
	}
}

// A search finds what is shown, in upper or lower case, and not the part of a recipient that is masked.
func TestSearchIsForWhatIsShown(t *testing.T) {
	a := openPage(t)
	id := a.init("Salaries-11", payTo("emp-1", "5551234", "1"), payTo("emp-2", "900077776666", "1"))
	a.init("bonus", payTo("emp-3", "5551234", "1"))
	a.call("GET", "/v1/mass/payout/balance?locale=en", "")
	a.call("GET", "/v1/mass/payout/retrieve/items/none?locale=en", "")
	for _, test := range []struct {
		path  string
		total int
	}{
		{"payouts?q=salaries", 1}, {"payouts?q=EMP-3", 1}, {"payouts?q=emp", 2}, {"payouts?q=" + id, 1}, {"payouts?q=none", 0},
		{"payouts?q=6666", 1}, {"payouts?q=900077776666", 0}, {"payouts?q=77776666", 0},
		{"payouts/" + id + "/items?q=emp-2", 1}, {"payouts/" + id + "/items?q=6666", 1}, {"payouts/" + id + "/items?q=900077", 0},
		{"requests?q=balance", 1}, {"requests?q=400", 1}, {"requests?q=not+found", 1}, {"requests?q=init&size=1", 2}, {"requests", 4},
	} {
		_, got := a.control("GET", test.path, "")
		if !strings.HasSuffix(got, fmt.Sprintf(`"total":%d}`, test.total)) {
			t.Errorf("%s: want %d of %s", test.path, test.total, got)
		}
	}
}
