package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/emulator"
)

const retrievePath = "/v1/mass/payout/retrieve"

func TestRetrieve(t *testing.T) {
	a := open(t, emulator.WithCommission(decimal.RequireFromString("20.00000000")))
	iban := `{"itemExternalId":"ext-0077","recipientType":"IBAN","recipientInfo":"TR920086402100005482986178","recipientName":"Jane <Customer>","description":"Payment for services","amount":{"value":100.50,"currency":"TRY"}}`
	id := a.init("p", iban, pay("b", "8E+3"), pay("c", "0"))

	const head = `{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"c","massPayout":{"externalId":"p","merchantId":1000001,"totalAmount":8100.50,"totalSuccessfulAmount":0,"totalCommissionAmount":40.00000000,"massPayoutStatus":"INIT","currency":"TRY","receivedDate":"2025-09-30T11:32:50.716Z"},"massPayoutItems":{"items":[`
	const itemA = `{"itemExternalId":"ext-0077","referenceCode":"UUID","recipientType":"IBAN","recipientInfo":"TR920086402100005482986178","recipientName":"Jane <Customer>","description":"Payment for services","itemStatus":"INIT","errorMessages":[],"totalAmount":100.50,"commissionAmount":20.00000000,"currencyCode":"TRY","massPayoutRequestId":"UUID"}`
	const itemB = `{"itemExternalId":"b","referenceCode":"UUID","recipientType":"MEMBER_ID","recipientInfo":"2228853","description":"d","itemStatus":"INIT","errorMessages":[],"totalAmount":8000,"commissionAmount":20.00000000,"currencyCode":"TRY","massPayoutRequestId":"UUID"}`
	const itemC = `{"itemExternalId":"c","referenceCode":"UUID","recipientType":"MEMBER_ID","recipientInfo":"2228853","description":"d","itemStatus":"INVALID","errorMessages":["items[2].amount.value must be greater than zero"],"errorMessage":"items[2].amount.value must be greater than zero","totalAmount":0,"commissionAmount":0,"currencyCode":"TRY","massPayoutRequestId":"UUID"}`

	tests := []struct{ name, query, want string }{
		{"all", `"requestId":"` + id + `","page":0,"size":10`, itemA + "," + itemB + "," + itemC + `],"page":0,"size":10,"total":3}}`},
		{"by externalId", `"externalMassPayoutId":"p","page":0,"size":1`, itemA + `],"page":0,"size":1,"total":3}}`},
		{"by both", `"requestId":"` + id + `","externalMassPayoutId":"p","page":1,"size":2`, itemC + `],"page":1,"size":2,"total":3}}`},
		{"valid", `"requestId":"` + id + `","itemType":"VALID","page":1,"size":1`, itemB + `],"page":1,"size":1,"total":2}}`},
		{"invalid", `"requestId":"` + id + `","itemType":"INVALID","page":0,"size":10`, itemC + `],"page":0,"size":10,"total":1}}`},
		{"after the last", `"requestId":"` + id + `","page":3,"size":1`, `],"page":3,"size":1,"total":3}}`},
		{"far after the last", `"requestId":"` + id + `","page":9223372036854775807,"size":10000`, `],"page":9223372036854775807,"size":10000,"total":3}}`},
	}
	for _, test := range tests {
		equal(t, test.name, mask(a.post("retrieve", `{"conversationId":"c",`+test.query+`}`)), head+test.want)
	}

	response := a.post("retrieve", `{"requestId":"`+id+`","page":1,"size":1}`)
	var page struct {
		MassPayoutItems struct {
			Items []struct{ ReferenceCode, MassPayoutRequestID string }
		}
	}
	if err := json.Unmarshal([]byte(response), &page); err != nil {
		t.Fatal(err)
	}
	equal(t, "massPayoutRequestId", page.MassPayoutItems.Items[0].MassPayoutRequestID, id)
	_, response = a.call("GET", "/v1/mass/payout/retrieve/items/"+page.MassPayoutItems.Items[0].ReferenceCode+"?locale=en&conversationId=c", "")
	equal(t, "item", mask(response), `{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"c","item":`+itemB+`}`)
}

func TestPagingBeside(t *testing.T) {
	a := open(t, emulator.WithPagingBeside())
	a.init("p", pay("a", "1"))
	response := a.post("retrieve", `{"externalMassPayoutId":"p","itemType":"INVALID","page":0,"size":5}`)
	if !strings.HasSuffix(response, `"massPayoutItems":{"items":[]},"page":0,"size":5,"total":0}`) {
		t.Error(response)
	}
}

func TestRefusedReads(t *testing.T) {
	a := open(t)
	id := a.init("p", pay("a", "1"))
	a.init("q", pay("a", "1"))
	const missing = "requestId or externalMassPayoutId is required"
	const page, size = "page is required and must be 0 or more", "size is required and must be between 1 and 10000"
	tests := []struct{ method, target, body, message string }{
		{"POST", retrievePath, `{"page":0,"size":1}`, missing},
		{"POST", retrievePath, `{"requestId":7,"page":0,"size":1}`, missing},
		{"POST", retrievePath, `{"requestId":"","externalMassPayoutId":"","page":0,"size":1}`, missing},
		{"POST", retrievePath, `{"requestId":"` + id + `","size":1}`, page},
		{"POST", retrievePath, `{"requestId":"` + id + `","page":-1,"size":1}`, page},
		{"POST", retrievePath, `{"requestId":"` + id + `","page":"0","size":1}`, page},
		{"POST", retrievePath, `{"requestId":"` + id + `","page":1e99,"size":1}`, page},
		{"POST", retrievePath, `{"requestId":"` + id + `","page":0}`, size},
		{"POST", retrievePath, `{"requestId":"` + id + `","page":0,"size":0}`, size},
		{"POST", retrievePath, `{"requestId":"` + id + `","page":0,"size":10001}`, size},
		{"POST", retrievePath, `{"requestId":"` + id + `","page":0,"size":1,"itemType":"ALL"}`, "itemType must be VALID or INVALID"},
		{"POST", retrievePath, `{"requestId":"x","page":0,"size":1}`, "the mass payout was not found"},
		{"POST", retrievePath, `{"externalMassPayoutId":"x","page":0,"size":1}`, "the mass payout was not found"},
		{"POST", retrievePath, `{"requestId":"` + id + `","externalMassPayoutId":"q","page":0,"size":1}`, "the mass payout was not found"},
		{"POST", retrievePath, ``, "the body must be one JSON object"},
		{"GET", retrievePath + "/items/x", ``, "the item was not found"},
		{"GET", retrievePath + "/items/..", ``, "the item was not found"},
		{"POST", "/v1/mass/payout/auth", ``, "the body must be one JSON object"},
		{"POST", "/v1/mass/payout/auth", `{}`, "requestId is required"},
		{"POST", "/v1/mass/payout/auth", `{"requestId":"x"}`, "the mass payout was not found"},
		{"POST", "/v1/mass/payout/cancel/x", ``, "the mass payout was not found"},
		{"POST", "/v1/mass/payout/cancel/a%2Fb", ``, "the mass payout was not found"},
	}
	for _, test := range tests {
		status, response := a.call(test.method, test.target+"?locale=en", test.body)
		if status != 400 {
			t.Errorf("%s: HTTP %d", test.target, status)
		}
		equal(t, test.target+" "+test.body, response, `{"status":"failure","errorCode":"11","errorMessage":"Invalid request: `+
			test.message+`","locale":"en","systemTime":1759231970716}`)
	}
}

func TestRoutes(t *testing.T) {
	a := open(t)
	tests := []struct {
		method, target string
		status         int
		message        string
	}{
		{"GET", "/", 404, "no such path"},
		{"POST", "/v1/mass/payout/init/", 404, "no such path"},
		{"POST", "/v1/mass/payout/Init", 404, "no such path"},
		{"POST", "/v1/mass/payout/cancel/", 404, "no such path"},
		{"POST", "/v1/mass/payout/cancel/a/b", 404, "no such path"},
		{"GET", "/v1/mass/payout/init", 405, "the method must be POST"},
		{"PUT", "/v1/mass/payout/auth", 405, "the method must be POST"},
		{"POST", "/v1/mass/payout/balance", 405, "the method must be GET"},
		{"DELETE", "/v1/mass/payout/cancel/x", 405, "the method must be POST"},
		{"OPTIONS", "/v1/mass/payout/balance", 405, "the method must be GET"},
	}
	for _, test := range tests {
		status, response := a.call(test.method, test.target+"?locale=en", "")
		if status != test.status || field(t, response, "errorMessage") != "Invalid request: "+test.message {
			t.Errorf("%s %s: %d %s", test.method, test.target, status, response)
		}
	}
	resp, _ := a.do(a.request("HEAD", "/v1/mass/payout/balance?locale=en", ""))
	if resp.StatusCode != 405 || resp.Header.Get("Allow") != "GET" {
		t.Errorf("HEAD: %d, Allow %q", resp.StatusCode, resp.Header.Get("Allow"))
	}
}

func TestBadBodies(t *testing.T) {
	a := open(t)
	req := a.request("POST", initPath+"?locale=en", payout("p", pay("l", "1")))
	req.Header.Set("Content-Type", "text/plain")
	if resp, response := a.do(req); resp.StatusCode != 400 || !strings.Contains(response, "Content-Type must be application/json") {
		t.Errorf("%d %s", resp.StatusCode, response)
	}
	req = a.request("POST", initPath+"?locale=en", payout("p", pay("l", "1")))
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	if resp, response := a.do(req); resp.StatusCode != 200 {
		t.Errorf("%d %s", resp.StatusCode, response)
	}
	req = a.request("POST", initPath+"?locale=en", "")
	req.ContentLength = 64<<20 + 1
	w := httptest.NewRecorder()
	a.ServeHTTP(w, req)
	if w.Code != 413 || !strings.Contains(w.Body.String(), "the body is too large") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	req = a.request("GET", "/v1/mass/payout/balance?locale=en", "")
	w = httptest.NewRecorder()
	a.ServeHTTP(w, req) // in the process, with no body at all
	if w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	nested := strings.Repeat("[", 100000)
	if status, response := a.call("POST", initPath+"?locale=en", `{"items":`+nested); status != 400 {
		t.Errorf("%d %s", status, response)
	}
}

// The three ways in which a server can bound its pages, chosen by an option, by a method and over HTTP.
func TestPageLimit(t *testing.T) {
	const refused = `400 {"status":"failure","errorCode":"11","errorMessage":"Invalid request: size is required and must be between 1 and 2","locale":"en","systemTime":1759231970716}`
	tests := []struct {
		larger emulator.LargePages
		asked  string
		want   string // HTTP status, the items, the paging
	}{
		{emulator.RefuseLargePages, `"page":0,"size":3`, refused},
		{emulator.RefuseLargePages, `"page":1,"size":2`, `200 c,d,"page":1,"size":2,"total":5`},
		{emulator.CapLargePages, `"page":0,"size":3`, `200 a,b,"page":0,"size":3,"total":5`},
		{emulator.CapLargePages, `"page":2,"size":1000`, `200 e,"page":2,"size":1000,"total":5`},
		{emulator.CapLargePages, `"page":4,"size":1`, `200 e,"page":4,"size":1,"total":5`},
		{emulator.EchoLargePages, `"page":0,"size":3`, `200 a,b,"page":0,"size":2,"total":5`},
		{emulator.EchoLargePages, `"page":2,"size":1000`, `200 e,"page":2,"size":2,"total":5`},
		{emulator.EchoLargePages, `"page":0,"size":0`, refused},
	}
	set := map[string]func(*testing.T, emulator.LargePages) *account{
		"option": func(t *testing.T, larger emulator.LargePages) *account {
			return open(t, emulator.WithPageLimit(2, larger))
		},
		"method": func(t *testing.T, larger emulator.LargePages) *account {
			a := open(t)
			if err := a.SetPageLimit(2, larger); err != nil {
				t.Error(err)
			}
			return a
		},
		"HTTP": func(t *testing.T, larger emulator.LargePages) *account {
			a := openPage(t)
			_, state := a.control("POST", "settings", `{"pageLimit":2,"largePages":"`+string(larger)+`"}`)
			if !strings.Contains(state, `"pageLimit":2,"largePages":"`+string(larger)+`",`) {
				t.Error(state)
			}
			return a
		},
	}
	items := regexp.MustCompile(`"itemExternalId":"(.)"`)
	for how, set := range set {
		for _, test := range tests {
			a := set(t, test.larger)
			a.init("p", pay("a", "1"), pay("b", "1"), pay("c", "1"), pay("d", "1"), pay("e", "1"))
			status, got := a.call("POST", retrievePath+"?locale=en", `{"externalMassPayoutId":"p",`+test.asked+`}`)
			if at := strings.Index(got, `],"page"`); at >= 0 {
				list := ""
				for _, m := range items.FindAllStringSubmatch(got, -1) {
					list += m[1] + ","
				}
				got = list + strings.TrimSuffix(got[at+2:], "}}")
			}
			equal(t, how+", "+string(test.larger)+" "+test.asked, fmt.Sprint(status, " ", got), test.want)
		}
	}

	a := open(t, emulator.WithPageLimit(2, emulator.EchoLargePages))
	if err := a.SetPageLimit(10_001, emulator.EchoLargePages); err == nil ||
		err.Error() != "emulator: the page limit must be between 1 and 10000" {
		t.Error(err)
	}
	a.SetPageLimit(3, emulator.CapLargePages)
	a.Reset()
	if items, larger := a.PageLimit(); items != 2 || larger != emulator.EchoLargePages {
		t.Errorf("after Reset: %d, %s", items, larger)
	}
}
