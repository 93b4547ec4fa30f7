package emulator_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
)

// What iyzico's official SDKs put on the wire when they call the six operations: Java's own mass payout classes, and the
// generic request code of the others.

// raw sends exactly these bytes: a request line with the target, the header lines, and the body with its Content-Length,
// if there is a body.
func (a *account) raw(method, target, headers, body string) (*http.Response, string) {
	a.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(a.URL, "http://"))
	if err != nil {
		a.t.Fatal(err)
	}
	defer conn.Close()
	head := method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + strings.ReplaceAll(headers, "\n", "\r\n")
	if body != "" {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
		a.t.Fatal(err)
	}
	from := bufio.NewReader(conn)
	if strings.Contains(headers, "Expect: 100-continue") {
		if line, err := from.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
			a.t.Fatalf("%q, %v", line, err)
		}
		from.ReadString('\n')
	}
	if _, err := io.WriteString(conn, body); err != nil {
		a.t.Fatal(err)
	}
	resp, err := http.ReadResponse(from, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return resp, string(got)
}

// reference returns the referenceCode of a response's first item.
func reference(t *testing.T, response string) string {
	t.Helper()
	_, code, ok := strings.Cut(response, `"referenceCode":"`)
	if !ok {
		t.Fatalf("no referenceCode in %s", response)
	}
	return code[:36]
}

// Java: the locale in the body, in upper case, never in the query; no x-iyzi-rnd; escaped characters; cancel with neither
// body nor Content-Length; no locale at all on a GET; amounts as bare numbers with their scale or in exponent form.
func TestJavaSDK(t *testing.T) {
	a := open(t)
	send := func(method, path, body string) string {
		t.Helper()
		resp, got := a.raw(method, path, "Authorization: "+authorization(apiKey, secretKey, path, body)+"\n"+
			"x-iyzi-client-version: iyzipay-java-2.0.142\nContent-Type: application/json\nAccept: application/json\n"+
			"Cache-Control: no-cache\nPragma: no-cache\nUser-Agent: Java/1.8.0_402\nConnection: keep-alive\n", body)
		if resp.StatusCode != 200 {
			t.Errorf("%s: HTTP %d %s", path, resp.StatusCode, got)
		}
		return got
	}

	const body = `{"externalId":"6c1f","purpose":"SALARY","items":[{"itemExternalId":"itemExternalId","recipientType":"IBAN","recipientInfo":"TR1234567891212","amount":{"currency":"TRY","value":100.50},"description":"R\u0026D \u003d \u0027x\u0027 \u003cy\u003e","recipientName":"John Doe"},{"itemExternalId":"exponent","recipientType":"MEMBER_ID","recipientInfo":"1","amount":{"currency":"TRY","value":8E+3},"description":"d"}],"locale":"TR","conversationId":"123456789"}`
	const want = `{"status":"success","locale":"tr","systemTime":1759231970716,"conversationId":"123456789","requestId":"UUID","invalidItems":[]}`
	first := send("POST", "/v1/mass/payout/init", body)
	equal(t, "init", mask(first), want)
	id := field(t, first, "requestId")
	equal(t, "init, repeated by the JDK with the same signature", send("POST", "/v1/mass/payout/init", body), first)

	got := send("POST", "/v1/mass/payout/retrieve", `{"requestId":"`+id+`","itemType":"VALID","page":0,"size":10,"locale":"TR","conversationId":"123456789"}`)
	for _, want := range []string{`"description":"R&D = 'x' <y>"`, `"massPayoutRequestId":"` + id + `"`, `"totalAmount":8100.50`,
		`"totalAmount":100.50`, `"totalAmount":8000,`, `"page":0,"size":10,"total":2}}`, `"conversationId":"123456789"`} {
		if !strings.Contains(got, want) {
			t.Errorf("retrieve: no %s in %s", want, got)
		}
	}
	item := send("GET", "/v1/mass/payout/retrieve/items/"+reference(t, got), "")
	if !strings.Contains(item, `"itemStatus":"INIT"`) {
		t.Errorf("item: %s", item)
	}
	equal(t, "balance", send("GET", "/v1/mass/payout/balance", ""),
		`{"status":"success","locale":"tr","systemTime":1759231970716,"balance":1000000000}`)
	equal(t, "cancel", send("POST", "/v1/mass/payout/cancel/"+id, ""), `{"status":"success","locale":"tr","systemTime":1759231970716}`)

	got = send("POST", "/v1/mass/payout/init", `{"externalId":"7d2a","items":[{"itemExternalId":"i","recipientType":"MEMBER_ID","recipientInfo":"1","amount":{"currency":"TRY","value":8E+3},"description":"d"}],"locale":"EN"}`)
	auth := `{"requestId":"` + field(t, got, "requestId") + `","locale":"EN","conversationId":"123456789"}`
	equal(t, "auth", send("POST", "/v1/mass/payout/auth", auth),
		`{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"123456789"}`)
	equal(t, "other products' query", send("GET", "/v1/mass/payout/balance?locale=en&conversationId=c", ""),
		`{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"c","balance":999992000}`)
}

// Python: a body of null, signed, wherever there is none to send, and spaces after : and , elsewhere.
func TestPythonSDK(t *testing.T) {
	a := open(t)
	send := func(method, path, body string) string {
		t.Helper()
		resp, got := a.raw(method, path, "Accept-Encoding: identity\nAccept: application/json\nContent-type: application/json\n"+
			"x-iyzi-client-version: iyzipay-python-1.0.46\nx-iyzi-rnd: 123456789\n"+
			"Authorization: "+authorization(apiKey, secretKey, path, body)+"\n", body)
		if resp.StatusCode != 200 {
			t.Errorf("%s: HTTP %d %s", path, resp.StatusCode, got)
		}
		return got
	}
	equal(t, "balance", send("GET", "/v1/mass/payout/balance", "null"),
		`{"status":"success","locale":"tr","systemTime":1759231970716,"balance":1000000000}`)
	got := send("POST", "/v1/mass/payout/init", `{"locale": "en", "conversationId": "123456789", "externalId": "p", "items": [{"itemExternalId": "l", "recipientType": "IBAN", "recipientInfo": "TR1234567891212", "recipientName": "\u0130pek \u015eahin", "description": "maa\u015f", "amount": {"value": 100.5, "currency": "TRY"}}]}`)
	equal(t, "init", mask(got), `{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"123456789","requestId":"UUID","invalidItems":[]}`)
	id := field(t, got, "requestId")
	got = send("POST", "/v1/mass/payout/retrieve", `{"requestId": "`+id+`", "page": 0, "size": 1}`)
	for _, want := range []string{`"recipientName":"İpek Şahin"`, `"totalAmount":100.5,`} {
		if !strings.Contains(got, want) {
			t.Errorf("retrieve: no %s in %s", want, got)
		}
	}
	if got := send("GET", "/v1/mass/payout/retrieve/items/"+reference(t, got), "null"); !strings.Contains(got, `"itemStatus":"INIT"`) {
		t.Errorf("item: %s", got)
	}
	equal(t, "cancel", send("POST", "/v1/mass/payout/cancel/"+id, "null"), `{"status":"success","locale":"tr","systemTime":1759231970716}`)
}

// Node: a body of {} on a GET and on cancel, and no locale unless the caller has one.
func TestNodeSDK(t *testing.T) {
	a := open(t)
	send := func(method, path, body string) string {
		t.Helper()
		resp, got := a.raw(method, path, "x-iyzi-rnd: 1763980000000abcdefgh\nx-iyzi-client-version: iyzipay-node-2.0.61\n"+
			"Authorization: "+authorization(apiKey, secretKey, path, body)+"\n"+
			"Authorization_Fallback: IYZWS "+apiKey+":c2hhMQ==\naccept: application/json\ncontent-type: application/json\n"+
			"Connection: keep-alive\n", body)
		if resp.StatusCode != 200 {
			t.Errorf("%s: HTTP %d %s", path, resp.StatusCode, got)
		}
		return got
	}
	equal(t, "balance", send("GET", "/v1/mass/payout/balance", "{}"),
		`{"status":"success","locale":"tr","systemTime":1759231970716,"balance":1000000000}`)
	got := send("POST", "/v1/mass/payout/init", payout("p", pay("l", "100.5")))
	equal(t, "init", mask(got), `{"status":"success","locale":"tr","systemTime":1759231970716,"requestId":"UUID","invalidItems":[]}`)
	id := field(t, got, "requestId")
	got = send("POST", "/v1/mass/payout/retrieve", `{"requestId":"`+id+`","page":0,"size":1}`)
	if got := send("GET", "/v1/mass/payout/retrieve/items/"+reference(t, got), "{}"); !strings.Contains(got, `"itemStatus":"INIT"`) {
		t.Errorf("item: %s", got)
	}
	equal(t, "cancel", send("POST", "/v1/mass/payout/cancel/"+id, "{}"), `{"status":"success","locale":"tr","systemTime":1759231970716}`)
}

// .NET, as version 2.1.78 sends: indented JSON, a charset, no x-iyzi-rnd, a conversation ID in a header, which it also
// reads from the response's. It signs what follows the first ".com" in the URL: the path, if the base URL ends with it.
// So against an emulator it needs a base URL such as http://emulator.example.com and the emulator as its http_proxy:
// a proxy receives the whole URL in the request line.
func TestDotNetSDK(t *testing.T) {
	const base = "http://emulator.example.com"
	a := open(t, emulator.WithExplanation())
	signed := func(url, body string) string { // the query is cut off
		url, _, _ = strings.Cut(url, "?")
		if _, after, ok := strings.Cut(url, ".com"); ok {
			return authorizationOf(apiKey, secretKey, after+body)
		}
		return authorizationOf(apiKey, secretKey, url[3:]+body)
	}
	send := func(base, method, path, body string) (*http.Response, string) {
		t.Helper()
		headers := "Accept: application/json\nx-iyzi-client-version: iyzipay-dotnet-2.1.78\nx-conversation-id: 123456789\n" +
			"Authorization: " + signed(base+path, body) + "\nAUTHORIZATION_FALLBACK_HEADER: " + signed(base+path, body) + "\n"
		if body != "" {
			headers += "Content-Type: application/json; charset=utf-8\n"
		}
		return a.raw(method, base+path, headers, body)
	}
	accepted := func(method, path, body string) string {
		t.Helper()
		resp, got := send(base, method, path, body)
		if resp.StatusCode != 200 || resp.Header.Get("X-Conversation-Id") != "123456789" {
			t.Errorf("%s: HTTP %d %v %s", path, resp.StatusCode, resp.Header, got)
		}
		return got
	}
	got := accepted("POST", "/v1/mass/payout/init", "{\r\n  \"externalId\": \"p\",\r\n  \"items\": [\r\n    {\r\n      \"itemExternalId\": \"l\",\r\n      \"recipientType\": \"MEMBER_ID\",\r\n      \"recipientInfo\": \"1\",\r\n      \"description\": \"d\",\r\n      \"amount\": {\r\n        \"value\": 100.0,\r\n        \"currency\": \"TRY\"\r\n      }\r\n    }\r\n  ],\r\n  \"locale\": \"en\"\r\n}")
	equal(t, "init", mask(got), `{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"123456789","requestId":"UUID","invalidItems":[]}`)
	equal(t, "balance", accepted("GET", "/v1/mass/payout/balance?locale=en&conversationId=c", ""),
		`{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"c","balance":1000000000}`)
	equal(t, "cancel", accepted("POST", "/v1/mass/payout/cancel/"+field(t, got, "requestId")+"?locale=en", ""),
		`{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"123456789"}`)

	resp, got := send("http://127.0.0.1", "GET", "/v1/mass/payout/balance?locale=en", "")
	why := resp.Header.Get("X-Emulator-Explanation")
	if resp.StatusCode != 400 || !strings.Contains(got, `"errorCode":"1000"`) || !strings.Contains(why, "path.dotnet") ||
		!strings.Contains(why, "http_proxy") {
		t.Errorf("on loopback: HTTP %d %s, %s", resp.StatusCode, got, why)
	}
}

// PHP: escaped slashes, a body that waits for 100 Continue, and on /v1 paths a signature over the query too, which iyzico
// refuses.
func TestPHPSDK(t *testing.T) {
	a := open(t)
	send := func(method, path, body, more string) (*http.Response, string) {
		t.Helper()
		return a.raw(method, path, "Accept: application/json\nContent-type: application/json\n"+
			"Authorization: "+authorization(apiKey, secretKey, path, body)+"\nx-iyzi-client-version: iyzipay-php-2.0.61\n"+more, body)
	}
	_, got := send("POST", "/v1/mass/payout/init", `{"locale":"tr","conversationId":"123456789","externalId":"p","items":[{"itemExternalId":"l","recipientType":"MEMBER_ID","recipientInfo":"1","description":"11\/2026 maa\u015f","amount":{"value":100.0,"currency":"TRY"}}]}`, "Expect: 100-continue\n")
	equal(t, "init", mask(got), `{"status":"success","locale":"tr","systemTime":1759231970716,"conversationId":"123456789","requestId":"UUID","invalidItems":[]}`)
	_, got = send("POST", "/v1/mass/payout/retrieve", `{"locale":"tr","requestId":"`+field(t, got, "requestId")+`","page":0,"size":1}`, "")
	if !strings.Contains(got, `"description":"11/2026 maaş"`) {
		t.Error(got)
	}

	const target = "/v1/mass/payout/balance?locale=tr"
	_, got = a.raw("GET", target, "Authorization: "+authorizationOf(apiKey, secretKey, target)+"\n", "")
	equal(t, "signed with its query", got, badSignatureTR)
}

// Delivered twice: init gives the same payout, auth and cancel take effect once.
func TestSameBytesTwice(t *testing.T) {
	a := open(t)
	twice := func(target, body string) (first, second string) {
		_, first = a.do(a.request("POST", target, body))
		_, second = a.do(a.request("POST", target, body))
		return first, second
	}
	first, second := twice(initPath+"?locale=en", payout("p", pay("l", "1")))
	equal(t, "init", second, first)
	id := field(t, first, "requestId")
	_, second = twice("/v1/mass/payout/auth?locale=en", `{"requestId":"`+id+`"}`)
	equal(t, "auth", field(t, second, "errorMessage"), "Invalid request: the mass payout is not in status INIT")
	equal(t, "reserved once", a.balance(), "999999999")
}
