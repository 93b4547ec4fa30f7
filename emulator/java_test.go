package emulator_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// What iyzico's Java SDK puts on the wire: locale in the body in upper case and
// never in the query, no x-iyzi-rnd, escaped characters, cancel with neither
// body nor Content-Length, and a GET without a locale.
func TestJavaSDK(t *testing.T) {
	a := open(t)
	send := func(method, path, body string) string {
		t.Helper()
		conn, err := net.Dial("tcp", strings.TrimPrefix(a.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		head := method + " " + path + " HTTP/1.1\r\n" +
			"Authorization: " + authorization(apiKey, secretKey, path, body) + "\r\n" +
			"x-iyzi-client-version: iyzipay-java-2.0.142\r\n" +
			"Content-Type: application/json\r\nAccept: application/json\r\n" +
			"Cache-Control: no-cache\r\nPragma: no-cache\r\nUser-Agent: Java/1.8.0_402\r\n" +
			"Host: 127.0.0.1\r\nConnection: keep-alive\r\n"
		if body != "" {
			head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
		}
		if _, err := io.WriteString(conn, head+"\r\n"+body); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 200 {
			t.Errorf("%s: HTTP %d %s", path, resp.StatusCode, answer)
		}
		return string(answer)
	}

	answer := send("POST", "/v1/mass/payout/init", `{"externalId":"6c1f","purpose":"SALARY","items":[{"itemExternalId":"itemExternalId","recipientType":"IBAN","recipientInfo":"TR1234567891212","amount":{"currency":"TRY","value":1},"description":"R\u0026D \u003d \u0027x\u0027","recipientName":"John Doe"}],"locale":"TR","conversationId":"123456789"}`)
	equal(t, "init", mask(answer), `{"status":"success","locale":"tr","systemTime":1759231970716,"conversationId":"123456789","requestId":"UUID","invalidItems":[]}`)
	id := field(t, answer, "requestId")

	answer = send("POST", "/v1/mass/payout/retrieve", `{"requestId":"`+id+`","itemType":"VALID","page":0,"size":10,"locale":"TR","conversationId":"123456789"}`)
	for _, want := range []string{`"description":"R&D = 'x'"`, `"massPayoutRequestId":"` + id + `"`, `"page":0,"size":10,"total":1}}`} {
		if !strings.Contains(answer, want) {
			t.Errorf("retrieve: no %s in %s", want, answer)
		}
	}
	_, reference, _ := strings.Cut(answer, `"referenceCode":"`)
	answer = send("GET", "/v1/mass/payout/retrieve/items/"+reference[:36], "")
	if !strings.Contains(answer, `"itemStatus":"INIT"`) {
		t.Errorf("item: %s", answer)
	}

	equal(t, "balance", send("GET", "/v1/mass/payout/balance", ""),
		`{"status":"success","locale":"tr","systemTime":1759231970716,"balance":1000000000}`)
	equal(t, "cancel", send("POST", "/v1/mass/payout/cancel/"+id, ""), `{"status":"success","locale":"tr","systemTime":1759231970716}`)

	answer = send("POST", "/v1/mass/payout/init", `{"externalId":"7d2a","items":[{"itemExternalId":"i","recipientType":"MEMBER_ID","recipientInfo":"1","amount":{"currency":"TRY","value":8E+3},"description":"d"}],"locale":"EN"}`)
	equal(t, "auth", send("POST", "/v1/mass/payout/auth", `{"requestId":"`+field(t, answer, "requestId")+`","locale":"EN","conversationId":"123456789"}`),
		`{"status":"success","locale":"en","systemTime":1759231970716,"conversationId":"123456789"}`)
}
