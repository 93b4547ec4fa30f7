package emulator_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
)

const initPath = "/v1/mass/payout/init"

// published is iyzico's published example of a request.
const published = `{"externalId":"massPayoutId-323ddd","conversationId":"conversationId-323f","purpose":"SALARY","items":[
  {"itemExternalId":"ext-65656","recipientType":"IBAN","recipientInfo":"TR920086402100005482911108",
   "amount":{"value":100,"currency":"TRY"},"description":"Payment for services","recipientName":"John Doe"},
  {"itemExternalId":"ext-9545455","recipientType":"MEMBER_ID","recipientInfo":"2228853",
   "amount":{"value":8000,"currency":"TRY"}},
  {"itemExternalId":"ext-545454542","recipientType":"IDENTITY_NUMBER","recipientInfo":"22222222220",
   "amount":{"value":20000,"currency":"TRY"}},
  {"itemExternalId":"ext-50070945","recipientType":"PHONE","recipientInfo":"+905555555555",
   "amount":{"value":7000,"currency":"TRY"}}]}`

func TestPublishedExample(t *testing.T) {
	a := open(t)
	equal(t, "as published, the spec's description missing on three items", mask(a.post("init", published)),
		`{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"conversationId-323f","requestId":"UUID","invalidItems":[`+
			`{"externalId":"ext-9545455","errorCode":"11","errorMessage":"items[1].description is required"},`+
			`{"externalId":"ext-545454542","errorCode":"11","errorMessage":"items[2].description is required"},`+
			`{"externalId":"ext-50070945","errorCode":"11","errorMessage":"items[3].description is required"}]}`)

	completed := strings.ReplaceAll(published, `"currency":"TRY"}}`, `"currency":"TRY"},"description":"d"}`)
	completed = strings.Replace(completed, "323ddd", "completed", 1)
	equal(t, "completed", mask(a.post("init", completed)),
		`{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"conversationId-323f","requestId":"UUID","invalidItems":[]}`)
}

func TestInitRefusesRequests(t *testing.T) {
	good := pay("l", "1")
	tests := []struct{ name, body, message string }{
		{"no body", ``, "the body must be one JSON object"},
		{"not JSON", `{`, "the body must be one JSON object"},
		{"trailing garbage", payout("p", good) + `x`, "the body must be one JSON object"},
		{"two objects", payout("p", good) + payout("q", good), "the body must be one JSON object"},
		{"array", `[]`, "the body must be one JSON object"},
		{"null", `null`, "the body must be one JSON object"},
		{"not UTF-8", payout("p\xff", good), "the body must be one JSON object"},
		{"no externalId", `{"items":[` + good + `]}`, "externalId is required"},
		{"name in another case", `{"ExternalId":"p","items":[` + good + `]}`, "externalId is required"},
		{"null externalId", `{"externalId":null,"items":[` + good + `]}`, "externalId is required"},
		{"empty externalId", payout("", good), "externalId is required"},
		{"numeric externalId", `{"externalId":1,"items":[` + good + `]}`, "externalId must be a string"},
		{"numeric conversationId", `{"externalId":"p","conversationId":1,"items":[` + good + `]}`, "conversationId must be a string"},
		{"no items", `{"externalId":"p"}`, "items must have at least one item"},
		{"empty items", payout("p"), "items must have at least one item"},
		{"items an object", `{"externalId":"p","items":{}}`, "items must be an array"},
		{"unknown purpose", `{"externalId":"p","purpose":"FUN","items":[` + good + `]}`,
			"purpose must be one of SALARY, BONUS, SETTLEMENT, GOODS, SERVICES, CASHBACK, REBATES, DONATIONS"},
		{"numeric purpose", `{"externalId":"p","purpose":1,"items":[` + good + `]}`,
			"purpose must be one of SALARY, BONUS, SETTLEMENT, GOODS, SERVICES, CASHBACK, REBATES, DONATIONS"},
		{"item no object", payout("p", good, "7"), "items[1] must be a JSON object"},
		{"item without an ID", payout("p", good, "{}"), "items[1].itemExternalId is required"},
		{"numeric itemExternalId", payout("p", `{"itemExternalId":7}`), "items[0].itemExternalId must be a string"},
		{"item twice", payout("p", pay("a", "1"), good, pay("a", "2")), "items[2].itemExternalId must be unique; items[0] has the same one"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := open(t)
			status, response := a.call("POST", initPath+"?locale=en", test.body)
			if status != 400 {
				t.Errorf("HTTP %d", status)
			}
			equal(t, "response", response, `{"status":"failure","errorCode":"11","errorMessage":"Invalid request: `+
				test.message+`","locale":"en","systemTime":1759231970716}`)
			a.init("p", good) // nothing was stored under the same externalId
		})
	}
}

func TestInitJudgesItems(t *testing.T) {
	const good = `{"itemExternalId":"l","recipientType":"IBAN","recipientInfo":"TR920086402100005482911108","recipientName":"John Doe","amount":{"value":100,"currency":"TRY"},"description":"d"}`
	change := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %s in the item", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	value := func(literal string) string { return change(`"value":100`, `"value":`+literal) }
	tests := []struct{ name, item, faults string }{
		{"good", good, ""},
		{"member without name", pay("l", "1"), ""},
		{"nonWithdrawable", change(`"description"`, `"nonWithdrawable":true,"description"`), ""},
		{"null where optional", strings.Replace(pay("l", "1"), `"description"`, `"recipientName":null,"nonWithdrawable":null,"description"`, 1), ""},
		{"unknown field", change(`"description"`, `"new":{},"description"`), ""},
		{"nonWithdrawable a string", change(`"description"`, `"nonWithdrawable":"true","description"`), "nonWithdrawable must be true or false"},
		{"no recipientType", change(`"recipientType":"IBAN",`, ``), "recipientType is required"},
		{"unknown recipientType", change(`"IBAN"`, `"iban"`), "recipientType must be one of PHONE, IBAN, IDENTITY_NUMBER, MEMBER_ID"},
		{"no recipientInfo", change(`"recipientInfo":"TR920086402100005482911108",`, ``), "recipientInfo is required"},
		{"empty recipientInfo", change(`"TR920086402100005482911108"`, `""`), "recipientInfo is required"},
		{"numeric recipientInfo", change(`"TR920086402100005482911108"`, `22`), "recipientInfo must be a string"},
		{"no recipientName", change(`"recipientName":"John Doe",`, ``), "recipientName is required when recipientType is IBAN"},
		{"no description", change(`,"description":"d"`, ``), "description is required"},
		{"null description", change(`"description":"d"`, `"description":null`), "description is required"},
		{"no amount", change(`"amount":{"value":100,"currency":"TRY"},`, ``), "amount is required"},
		{"bare amount", change(`{"value":100,"currency":"TRY"}`, `100`), "amount must be a JSON object"},
		{"no value", change(`"value":100,`, ``), "amount.value is required"},
		{"no currency", change(`,"currency":"TRY"`, ``), "amount.currency is required"},
		{"unknown currency", change(`"TRY"`, `"GBP"`), "amount.currency must be one of TRY, USD, EUR"},
		{"dollars", change(`"TRY"`, `"USD"`), ""},
		{"quoted value", value(`"100"`), "amount.value must be a number without quotes"},
		{"boolean value", value(`true`), "amount.value must be a number without quotes"},
		{"zero", value(`0`), "amount.value must be greater than zero"},
		{"zero with a scale", value(`0.00`), "amount.value must be greater than zero"},
		{"negative", value(`-1`), "amount.value must be greater than zero"},
		{"three decimals", value(`1.005`), "amount.value must have at most two decimals"},
		{"less than a kuruş", value(`1e-3`), "amount.value must have at most two decimals"},
		{"two decimals and zeros", value(`20.00000000`), ""},
		{"exponent", value(`8E+3`), ""},
		{"exponent that divides", value(`12345e-2`), ""},
		{"beyond a float", value(`12345678901234567890.12`), ""},
		{"huge exponent", value(`1e999999999`), "amount.value is too long a number to read"},
		{"exponent that decimal would take", value(`1e5000`), "amount.value is too long a number to read"},
		{"exponent beyond an int", value(`1e99999999999999999999`), "amount.value is too long a number to read"},
		{"tiny exponent", value(`1e-999999999`), "amount.value is too long a number to read"},
		{"many digits", value(strings.Repeat("9", 1000)), "amount.value is too long a number to read"},
		{"two faults", change(`"currency":"TRY"},"description":"d"`, `"currency":""}`), "description is required; items[0].amount.currency is required"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := open(t)
			want := `[]`
			if test.faults != "" {
				want = `[{"externalId":"l","errorCode":"11","errorMessage":"items[0].` + test.faults + `"}]`
			}
			equal(t, "response", mask(a.post("init", payout("p", test.item))),
				`{"status":"success","locale":"en","systemTime":1759231970716,"requestId":"UUID","invalidItems":`+want+`}`)
		})
	}
}

func TestInitLanguages(t *testing.T) {
	a := open(t)
	_, response := a.call("POST", initPath+"?locale=tr", payout("p", pay("l", "0")))
	equal(t, "item", mask(response), `{"status":"success","locale":"tr","systemTime":1759231970716,"requestId":"UUID","invalidItems":[`+
		`{"externalId":"l","errorCode":"11","errorMessage":"items[0].amount.value sıfırdan büyük olmalıdır"}]}`)
	_, response = a.call("POST", initPath+"?locale=tr", `{"conversationId":"c"}`)
	equal(t, "request", response, `{"status":"failure","errorCode":"11","errorMessage":"Geçersiz istek: externalId zorunludur","locale":"tr","systemTime":1759231970716,"conversationId":"c"}`)
}

func TestLocale(t *testing.T) {
	with := func(locale string) string {
		return strings.Replace(payout("p", pay("l", "1")), `{`, `{"locale":`+locale+`,`, 1)
	}
	good := payout("p", pay("l", "1"))
	tests := []struct{ query, body, want string }{
		{"?locale=tr", good, "tr"},
		{"?locale=en", good, "en"},
		{"?locale=EN", good, "en"},
		{"?locale=en", with(`"TR"`), "en"}, // the query decides
		{"", with(`"TR"`), "tr"},
		{"", with(`"EN"`), "en"},
		{"", with(`"en"`), "en"},
		{"?locale=&conversationId=", with(`"EN"`), "en"},
		{"", good, "tr"},
		{"", with(`""`), "tr"},
		{"", with(`null`), "tr"},
		{"?locale=", good, "tr"},
		{"", with(`"de"`), ""},
		{"", with(`7`), ""},
		{"?locale=de", with(`"TR"`), ""},
		{"?locale=tr&locale=tr", good, ""},
	}
	for _, test := range tests {
		a := open(t)
		_, response := a.call("POST", initPath+test.query, test.body)
		want := `{"status":"success","locale":"` + test.want + `","systemTime":1759231970716,"requestId":"UUID","invalidItems":[]}`
		if test.want == "" {
			want = `{"status":"failure","errorCode":"11","errorMessage":"Geçersiz istek: locale tr veya en olmalıdır","locale":"tr","systemTime":1759231970716}`
		}
		equal(t, test.query+" "+test.body, mask(response), want)
	}

	a := open(t, emulator.WithLocale("en"))
	_, response := a.call("POST", initPath, good)
	equal(t, "the default", field(t, response, "locale"), "en")
}

func TestStrictLocale(t *testing.T) {
	a := open(t, emulator.WithStrictLocale())
	for query, accepted := range map[string]bool{
		"?locale=tr": true, "?locale=en": true,
		"": false, "?locale=": false, "?locale=TR": false, "?locale=de": false, "?locale=tr&locale=tr": false,
	} {
		status, response := a.call("GET", "/v1/mass/payout/balance"+query, "")
		if (status == 200) != accepted {
			t.Errorf("%s: %d %s", query, status, response)
		}
	}
	_, response := a.call("POST", initPath, `{"locale":"TR"}`)
	equal(t, "only in the body", response, `{"status":"failure","errorCode":"11",`+
		`"errorMessage":"Geçersiz istek: sorgudaki locale zorunludur; tr veya en olmalıdır","locale":"tr","systemTime":1759231970716}`)
}

func TestRepeatedExternalID(t *testing.T) {
	const locale = initPath + "?locale=en"
	a := open(t)
	body := payout("p", pay("a", "100.10"), pay("b", "0"))
	first := a.post("init", body)
	a.clock.Advance(time.Second)
	equal(t, "the same again", a.post("init", body), first)
	equal(t, "the same content", a.post("init", ` {"items":[ `+pay("a", "1001E-1")+`,`+pay("b", "0.0")+`],"locale":"x","externalId":"p","purpose":null}`), first)

	_, turkish := a.call("POST", initPath+"?locale=tr", strings.Replace(body, "{", `{"conversationId":"c",`, 1))
	equal(t, "the same requestId", field(t, turkish, "requestId"), field(t, first, "requestId"))
	equal(t, "this request's conversationId", field(t, turkish, "conversationId"), "c")
	if !strings.Contains(turkish, "sıfırdan büyük olmalıdır") {
		t.Errorf("not in Turkish: %s", turkish)
	}

	for _, other := range []string{
		payout("p", pay("a", "100.11"), pay("b", "0")),
		payout("p", pay("b", "0"), pay("a", "100.10")),
		payout("p", pay("a", "100.10")),
		payout("p", pay("a", "100.10"), pay("b", "-1")),
		payout("p", payTo("a", "1", "100.10"), pay("b", "0")),
		strings.Replace(body, "TRY", "USD", 1),
		strings.Replace(body, `"description"`, `"nonWithdrawable":true,"description"`, 1),
		strings.Replace(body, "{", `{"purpose":"BONUS",`, 1),
	} {
		status, response := a.call("POST", locale, other)
		if status != 400 || !strings.Contains(response, "Invalid request: this externalId was used before with other content") {
			t.Errorf("%s\ngot %d %s", other, status, response)
		}
	}
	equal(t, "the stored items", a.items(field(t, first, "requestId")), "INIT a:INIT b:INVALID")
}

// Four requests that have been read by the same moment store one payout.
func TestRepeatedExternalIDAtOnce(t *testing.T) {
	const at = 4
	var here atomic.Int64
	a := open(t, emulator.WithClock(func() time.Time { // each request has been read when it asks for the time
		for n := here.Add(1); here.Load() < (n+at-1)/at*at; {
			runtime.Gosched()
		}
		return start
	}))
	for round := range 20 {
		responses := make([]string, at)
		var wg sync.WaitGroup
		for i := range responses {
			req := a.request("POST", initPath+"?locale=en", payout(fmt.Sprint("p", round), pay("a", "1")))
			wg.Go(func() {
				w := httptest.NewRecorder()
				a.ServeHTTP(w, req)
				responses[i] = w.Body.String()
			})
		}
		wg.Wait()
		for _, response := range responses {
			equal(t, "response", response, responses[0])
		}
	}
}

func TestRecipientsRefusedAtInit(t *testing.T) {
	tests := []struct {
		recipient                     emulator.Recipient
		iban, phone, identity, member string
		message                       string
	}{
		{emulator.RecipientBlocked, "TR000000000000000000009001", "+905000009001", "00000009001", "999009001", "the recipient's account is blocked"},
		{emulator.RecipientNotFound, "TR000000000000000000009002", "+905000009002", "00000009002", "999009002", "the recipient was not found"},
		{emulator.RecipientNameMismatch, "TR000000000000000000009003", "+905000009003", "00000009003", "999009003", "the recipient's name is not the account holder's"},
		{emulator.RecipientLimitExceeded, "TR000000000000000000009004", "+905000009004", "00000009004", "999009004", "the recipient's limit is exceeded"},
	}
	for _, test := range tests {
		r := test.recipient
		equal(t, "IBAN", r.IBAN(), test.iban)
		equal(t, "phone", r.Phone(), test.phone)
		equal(t, "identity number", r.IdentityNumber(), test.identity)
		equal(t, "member", r.MemberID(), test.member)
		for kind, info := range map[string]string{"IBAN": test.iban, "PHONE": test.phone, "IDENTITY_NUMBER": test.identity, "MEMBER_ID": test.member} {
			a := open(t)
			item := strings.NewReplacer(`"MEMBER_ID"`, `"`+kind+`"`, "2228853", info, `"description"`, `"recipientName":"n","description"`).Replace(pay("l", "1"))
			equal(t, info, mask(a.post("init", payout("p", pay("good", "1"), item))),
				`{"status":"success","locale":"en","systemTime":1759231970716,"requestId":"UUID","invalidItems":[`+
					`{"externalId":"l","errorCode":"`+string(r)+`","errorMessage":"`+test.message+`"}]}`)
		}
	}
}

func TestPayoutsThatMeetAFault(t *testing.T) {
	tests := []struct {
		externalID, body string
		status           int
		stored           bool
	}{
		{"emulator-rate-limited-1", `{"status":"failure","errorCode":50000,"errorMessage":"Request Limit Exceeded","locale":"en"}`, 429, false},
		{"emulator-system-error", `{"status":"failure","errorCode":"100001","errorMessage":"System error","locale":"en","systemTime":1759231970716}`, 500, false},
		{"emulator-failure-200", `{"status":"failure","errorCode":"11","errorMessage":"Invalid request: fault injected by a test","locale":"en","systemTime":1759231970716}`, 200, false},
		{"emulator-not-enabled", `{"status":"failure","errorCode":"2000","errorMessage":"This service is only available to marketplace merchants","locale":"en","systemTime":1759231970716}`, 400, false},
		{"emulator-unauthorized", `{"status":"failure","errorCode":"1000","errorMessage":"Invalid signature","locale":"en","systemTime":1759231970716}`, 401, false},
		{"emulator-forbidden", `{"status":"failure","errorCode":"11","errorMessage":"Invalid request: fault injected by a test","locale":"en","systemTime":1759231970716}`, 403, false},
		{"emulator-unprocessable", `{"status":"failure","errorCode":"100001","errorMessage":"System error","locale":"en","systemTime":1759231970716}`, 422, false},
		{"emulator-bad-gateway", "<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head></html>\n", 502, false},
		{"emulator-response-lost", "<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head></html>\n", 502, true},
	}
	for _, test := range tests {
		a := open(t)
		resp, response := a.do(a.request("POST", initPath+"?locale=en", payout(test.externalID, pay("l", "1"))))
		if resp.StatusCode != test.status {
			t.Errorf("%s: HTTP %d", test.externalID, resp.StatusCode)
		}
		if test.status == 429 && resp.Header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q", resp.Header.Get("Retry-After"))
		}
		equal(t, test.externalID, response, test.body)
		status, _ := a.call("POST", "/v1/mass/payout/retrieve?locale=en", `{"externalMassPayoutId":"`+test.externalID+`","page":0,"size":1}`)
		if (status == 200) != test.stored {
			t.Errorf("%s: retrieve says HTTP %d", test.externalID, status)
		}
	}
}

// Neither the log nor a refusal shows anything of a recipient's.
func TestNoPersonalDataInLogAndRefusals(t *testing.T) {
	var log bytes.Buffer
	a := open(t, emulator.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	secrets := []string{"TR920086402100005482911108", "Jane", "+905555555555"}
	item := fmt.Sprintf(`{"itemExternalId":"l","recipientType":"%s","recipientInfo":"%s","recipientName":"%s","description":7,"amount":"%[2]s"}`, secrets[2], secrets[0], secrets[1])
	responses := a.post("init", payout("p", item))
	_, response := a.call("POST", "/v1/mass/payout/"+secrets[0]+"?locale=en&x="+secrets[1], item)
	responses += response
	a.Close()
	for _, secret := range secrets {
		if strings.Contains(responses, secret) || strings.Contains(log.String(), secret) {
			t.Errorf("%q shows in\n%s\n%s", secret, responses, log.String())
		}
	}
	if !strings.Contains(log.String(), `operation=init http=200 errorCode=""`) {
		t.Errorf("log: %s", log.String())
	}
}
