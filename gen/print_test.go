package gen_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// The recipients of this file's tests. None of them may be printed, nor more than four characters of one.
var recipients = []struct {
	kind       gen.RecipientType
	info, name string
}{
	{gen.RecipientTypeIBAN, "TR920086402100005482911108", "Ayşegül Karahanoğlu"},
	{gen.RecipientTypeIdentityNumber, "98765432154", "Zübeyde Demircioğlu"},
	{gen.RecipientTypePhone, "+905321476928", "Xavier Quigley"},
	{gen.RecipientTypeMemberID, "7391846", "Jane Customer"},
}

// secrets are five characters in a row of every recipient, as they are and as %x prints them.
var secrets = func() (parts []string) {
	for _, r := range recipients {
		for _, secret := range []string{r.info, r.name} {
			runes := []rune(secret)
			for i := range len(runes) - 4 {
				part := string(runes[i : i+5])
				parts = append(parts, part, fmt.Sprintf("%x", part), fmt.Sprintf("%X", part), fmt.Sprintf("% x", part))
			}
		}
	}
	return parts
}()

// address is one of the heap. It may have the digits of a recipient by chance.
var address = regexp.MustCompile(`\b0xc[0-9a-f]{9}\b`)

func checkPrintsNoRecipient(t *testing.T, how, printed string) {
	t.Helper()
	printed = address.ReplaceAllString(printed, "0x")
	for _, part := range secrets {
		if strings.Contains(printed, part) {
			t.Errorf("%s: %q of a recipient is in %.300s", how, part, printed)
			return
		}
	}
}

// printing are values that hold recipients.
func printing() map[string]any {
	request := gen.MassPayoutInitializeRequest{ExternalID: "salaries", ConversationID: "c", Purpose: gen.PurposeSalary}
	retrieved := gen.MassPayoutRetrieveResponse{Status: "success", MassPayout: gen.MassPayoutSummary{ExternalID: "salaries"}}
	accepted := gen.MassPayoutInitializeResponse{Status: "success", RequestID: requestID}
	refusal := &gen.APIError{Operation: "InitMassPayout", StatusCode: 400, Status: "failure", Code: "11"}
	for i, r := range recipients {
		echo := "Geçersiz alıcı: " + r.info // iyzico may repeat what it refuses
		request.Items = append(request.Items, gen.MassPayoutItem{
			ItemExternalID: fmt.Sprintf("emp-%d", i), RecipientType: r.kind, RecipientInfo: r.info, RecipientName: r.name,
			Amount: gen.Amount{Value: decimal.New(10050, -2), Currency: gen.CurrencyTRY}, Description: "maaş",
		})
		retrieved.ErrorMessage = echo
		retrieved.MassPayoutItems.Items = append(retrieved.MassPayoutItems.Items, gen.MassPayoutItemDetail{
			ItemExternalID: fmt.Sprintf("emp-%d", i), RecipientType: r.kind, RecipientInfo: r.info, RecipientName: r.name,
			ItemStatus: gen.ItemStatusInvalid, ErrorMessage: echo, ErrorMessages: []string{echo, echo},
			TotalAmount: decimal.New(10050, -2), CurrencyCode: gen.CurrencyTRY,
		})
		accepted.ErrorMessage = echo
		accepted.InvalidItems = append(accepted.InvalidItems, gen.InvalidItem{
			ItemExternalID: fmt.Sprintf("emp-%d", i), ErrorCode: "11", ErrorMessage: echo,
		})
		refusal.Message = echo
	}
	refusal.InvalidItems = accepted.InvalidItems
	item := gen.MassPayoutItemRetrieveResponse{Status: "success", Item: retrieved.MassPayoutItems.Items[0], ErrorMessage: accepted.ErrorMessage}
	invalid := request
	invalid.ExternalID, invalid.Purpose = "", gen.Purpose(recipients[0].info)
	invalid.Items = append([]gen.MassPayoutItem{{RecipientType: gen.RecipientType(recipients[1].name)}}, invalid.Items...)

	line := request.Items[0]
	values := map[string]any{
		"request":          request,
		"request pointer":  &request,
		"request slice":    []gen.MassPayoutInitializeRequest{request},
		"item":             line,
		"item pointer":     &line,
		"items":            request.Items,
		"item pointers":    []*gen.MassPayoutItem{&line},
		"line":             retrieved.MassPayoutItems.Items[0],
		"line pointer":     &retrieved.MassPayoutItems.Items[0],
		"lines":            retrieved.MassPayoutItems.Items,
		"page":             retrieved.MassPayoutItems,
		"page pointer":     &retrieved.MassPayoutItems,
		"retrieve":         retrieved,
		"retrieve pointer": &retrieved,
		"item answer":      item,
		"item answer ptr":  &item,
		"init":             accepted,
		"init pointer":     &accepted,
		"invalid item":     accepted.InvalidItems[0],
		"invalid items":    accepted.InvalidItems,
		"API error":        refusal,
		"validation error": invalid.Validate(),
	}
	for i, it := range request.Items {
		values[fmt.Sprintf("item %d", i)] = it
		values[fmt.Sprintf("line %d", i)] = retrieved.MassPayoutItems.Items[i]
	}
	return values
}

func TestPrintingShowsNoRecipient(t *testing.T) {
	inTurn(t)
	for name, v := range printing() {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "% x", "%#x", "%10.3v"} {
			checkPrintsNoRecipient(t, name+" "+verb, fmt.Sprintf(verb, v))
		}
		for where, v := range map[string]any{
			" in a field": struct{ Field any }{v}, " in a slice": []any{v}, " in a map": map[string]any{"k": v},
		} {
			if name == "validation error" {
				continue // prints an address, whose digits may be those of a recipient
			}
			for _, verb := range []string{"%v", "%+v", "%#v", "%d"} {
				checkPrintsNoRecipient(t, name+where+" "+verb, fmt.Sprintf(verb, v))
			}
		}
		checkPrintsNoRecipient(t, name+" Sprint", fmt.Sprint(v))
		checkPrintsNoRecipient(t, name+" Sprintln", fmt.Sprintln("a", v))
		checkPrintsNoRecipient(t, name+" Errorf", fmt.Errorf("a: %v", v).Error())
		if err, ok := v.(error); ok {
			checkPrintsNoRecipient(t, name+" wrapped", fmt.Sprintf("%v %+[1]v %[1]s %[1]q %[1]x", fmt.Errorf("paying: %w", err)))
		}
	}
}

// withoutTime keeps the time out of the log: its digits may be those of a recipient.
var withoutTime = &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}}

func TestLoggingShowsNoRecipient(t *testing.T) {
	inTurn(t)
	for name, v := range printing() {
		for handlerName, newHandler := range map[string]func(io.Writer) slog.Handler{
			"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, withoutTime) },
			"JSON": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, withoutTime) },
		} {
			switch name {
			case "item pointers", "invalid items", "request slice":
				if handlerName == "JSON" {
					continue // a documented limit: the handler encodes a plain slice with encoding/json
				}
			}
			var log bytes.Buffer
			logger := slog.New(newHandler(&log))
			logger.Info("paying", "value", v)
			logger.WithGroup("group").With("value", v).Info("paying")
			checkPrintsNoRecipient(t, name+" "+handlerName, log.String())
			if strings.Contains(log.String(), "!ERROR") || strings.Contains(log.String(), "panic") {
				t.Errorf("%s %s: %s", name, handlerName, log.String())
			}
		}
	}
	// In a struct of the program's own, the text handler still masks.
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, withoutTime)).Info("paying", "value", struct{ Any any }{printing()["items"]})
	checkPrintsNoRecipient(t, "struct", log.String())
}

// What is printed instead, as people read it.
func TestPrinted(t *testing.T) {
	values := printing()
	for name, want := range map[string]string{
		"item 0":        `{item "emp-0": IBAN …1108, 100.50 TRY}`,
		"item 1":        `{item "emp-1": IDENTITY_NUMBER …154, 100.50 TRY}`,
		"item 2":        `{item "emp-2": PHONE …6928, 100.50 TRY}`,
		"item 3":        `{item "emp-3": MEMBER_ID …46, 100.50 TRY}`,
		"item pointers": `[{item "emp-0": IBAN …1108, 100.50 TRY}]`,
		"line 0": `{item "emp-0", reference "", payout "", INVALID: IBAN …1108, 100.50 TRY + 0 TRY commission: ` +
			`Geçersiz alıcı: …1108; Geçersiz alıcı: …1108}`,
		"invalid item": `{item "emp-0" refused: 11 Geçersiz alıcı: …1108}`,
		"request": `{payout "salaries", purpose "SALARY", conversation "c", 4 items: [{item "emp-0": IBAN …1108, 100.50 TRY} ` +
			`{item "emp-1": IDENTITY_NUMBER …154, 100.50 TRY} {item "emp-2": PHONE …6928, 100.50 TRY} {item "emp-3": MEMBER_ID …46, 100.50 TRY}]}`,
	} {
		if got := fmt.Sprint(values[name]); got != want {
			t.Errorf("%s: got  %s\nwant %s", name, got, want)
		}
	}
	for _, verb := range []string{"%+v", "%#v", "%d"} {
		if got, want := fmt.Sprintf(verb, values["request"]), fmt.Sprint(values["request"]); got != want {
			t.Errorf("request, %s: got  %s\nwant %s", verb, got, want)
		}
	}
	// Of a short identifier, less than four characters; of none, nothing.
	for info, want := range map[string]string{"": "", "1": "…", "12": "…", "123": "…3", "123456": "…56", "1234567890123": "…0123", "ğüşiöçĞ": "…çĞ"} {
		if got, want := (gen.MassPayoutItem{RecipientInfo: info, RecipientType: "PHONE"}).Recipient(), "PHONE "+want; got != want {
			t.Errorf("%q: got %q, want %q", info, got, want)
		}
	}
	// No pointer is a reason to panic.
	if got := fmt.Sprint((*gen.MassPayoutItem)(nil), (*gen.MassPayoutInitializeRequest)(nil)); got != "<nil> <nil>" {
		t.Errorf("nil pointers: got %s", got)
	}
}

// A recipient put into the wrong field is masked there, too.
func TestRecipientInTheWrongField(t *testing.T) {
	item := gen.MassPayoutItem{RecipientType: "TR920086402100005482911108", RecipientInfo: "IBAN"}
	if got, want := item.Recipient(), "…1108 …N"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	err := gen.MassPayoutInitializeRequest{Items: []gen.MassPayoutItem{item}}.Validate()
	checkPrintsNoRecipient(t, "Validate", err.Error())

	for _, r := range recipients {
		for _, secret := range []string{r.info, r.name} {
			for name, v := range map[string]any{
				"Amount": gen.Amount{Currency: gen.Currency(secret)},
				"detail": gen.MassPayoutItemDetail{ItemStatus: gen.ItemStatus(secret), CurrencyCode: gen.Currency(secret)},
				"payout": gen.MassPayoutSummary{MassPayoutStatus: gen.PayoutStatus(secret), Currency: gen.Currency(secret)},
				"auth":   gen.MassPayoutAuthResponse{Status: gen.Status(secret)},
			} {
				checkPrintsNoRecipient(t, name, fmt.Sprintf("%v %+v", v, v))
			}
		}
	}
	if got := fmt.Sprint(gen.Amount{Currency: "GBP"}, gen.MassPayoutSummary{MassPayoutStatus: "ON_HOLD"}); got != "0 GBP {MassPayoutStatus:ON_HOLD}" {
		t.Errorf("a value of tomorrow: got %s", got)
	}
}

// Where fmt does not know the verb, it prints an error's fields past its methods, and encoding/json does always.
func TestFieldsOfAnErrorAreMasked(t *testing.T) {
	const iban, identity = "TR920086402100005482911108", "98765432154"
	err := failedWith(t, answer(400, `{"status":"failure","errorCode":"`+identity+`","errorMessage":"`+iban+`","errorGroup":"`+iban+`",`+
		`"locale":"`+identity+`","invalidItems":[{"errorMessage":"`+iban+`"}]}`))
	encoded, _ := json.Marshal(struct{ Error error }{err})
	wrapped := errors.Join(fmt.Errorf("paying: %w", err))
	checkPrintsNoRecipient(t, "JSON", string(encoded))
	for _, verb := range []string{"%t", "%U", "%e"} {
		checkPrintsNoRecipient(t, verb, fmt.Sprintf(verb, wrapped))
	}
}

// iyzico may repeat in a message what it refuses. What looks like a recipient is masked; what does not can be read.
func TestMessagesAreMasked(t *testing.T) {
	for message, want := range map[string]string{
		"Geçersiz IBAN TR920086402100005482911108":         "Geçersiz IBAN …1108",
		"Geçersiz IBAN: TR92 0086 4021 0000 5482 9111 08.": "Geçersiz IBAN: …1 08.",
		"(tr920086402100005482911108)":                     "(…1108)",
		"IBAN=TR92-0086-4021-0000-5482-9111-08":            "IBAN=…1-08",
		"invalid IBAN GB29NWBK60161331926819":              "invalid IBAN …6819",
		"kimlik 22222222220 bulunamadı":                    "kimlik …220 bulunamadı",
		"+905555555555":                                    "…5555",
		"0 (555) 555 55 55 aranamadı":                      "…5 55 aranamadı",
		"üye 2228853":                                      "üye …53",
		"Geçersiz istek":                                   "Geçersiz istek",
		"en az 100.50 TRY, en fazla 50000 TRY":             "en az 100.50 TRY, en fazla 50000 TRY",
		"description must be at most 255 characters":       "description must be at most 255 characters",
		"two\r\nlines \x1b[31mred":                         `two\r\nlines \x1b[31mred`,
	} {
		quoted, _ := json.Marshal(message)
		err := failedWith(t, answer(400, `{"status":"failure","errorCode":"11","errorMessage":`+string(quoted)+`}`))
		if got, want := err.Error(), "iyzico: InitMassPayout: refused: 11 "+want+" (HTTP 400)"; got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if strings.Contains(err.Message, "0086") || strings.Contains(err.Message, "2222222") {
			t.Errorf("Message: got %q", err.Message)
		}
	}
}

// A part of an answer may hold recipients. Its keys tell a person what it was.
func TestExcerptIsMasked(t *testing.T) {
	inTurn(t)
	const line = `{"itemExternalId":"ext-0077","recipientType":"IBAN","recipientInfo":"TR920086402100005482911108",` +
		`"recipientName":"Ayşegül \"A\" Karahanoğlu","phone":+905321476928, "id" : 98765432154,"names":["Jane Customer","Xavier Quigley"]`
	for body, want := range map[string]string{
		line:                                                        `{"itemExternalId":"…","recipientType":"…","recipientInfo":"…","recipientName":"…","phone":…6928, "id" : …154,"names":["…","…"]`,
		`{"recipientName":"Ayşegül Kar`:                             `{"recipientName":"…`,
		`{"recipientName":"Ayşegül\`:                                `{"recipientName":"…`,
		`{"recipientName":"Ay` + "\xc5":                             `{"recipientName":"…`,
		`"{\"recipientName\":\"Jane Customer\"}"`:                   `"…"`,
		`{"a":{"recipientName"` + "\n\t" + `:"Jane Customer"}`:      `{"a":{"recipientName" :"…"}`,
		"<p>\x00\x1b[31m IBAN TR92 0086 4021 0000 5482 9111 08</p>": `<p> [31m IBAN …1 08</p>`,
		`<?xml version="1.0"?><r><name>Ayşegül Karahanoğlu</name><iban>TR920086402100005482911108</iban></r>`: `<?xml version="…"?><r><name>…</name><iban>…</iban></r>`,
		"<item name='Jane Customer' phone=\"+905321476928\"/>":                                                `<item name='…' phone="…"/>`,
		"<r>\n <name><![CDATA[Xavier Quigley]]></name> Jane Customer <a/> </r>":                               `<r> <name>…</name>…<a/> </r>`,
		"<r><name>Zübeyde Demir":                                   `<r><name>…`,
		`<html><head><title>502 Bad Gateway</title></head></html>`: `<html><head><title>502 Bad Gateway</title></head></html>`,
		"":                           "",
		"\xff\xfe":                   "\ufffd",
		strings.Repeat("ş", 150):     strings.Repeat("ş", 100) + "…",
		strings.Repeat("<br> ", 1e5): strings.Repeat("<br> ", 40) + "…",
	} {
		for _, cut := range []string{"cut off", "complete"} {
			handler := cutOff(200, body)
			if cut == "complete" {
				handler = answer(200, body)
			}
			if len(body) > 1000 && cut == "cut off" {
				continue
			}
			err := failedWith(t, handler)
			if err.Excerpt != want {
				t.Errorf("%s:\ngot  %q\nwant %q", cut, err.Excerpt, want)
			}
			checkPrintsNoRecipient(t, cut, err.Error())
			if len(err.Error()) > 500 {
				t.Errorf("%s: the text has %d bytes", cut, len(err.Error()))
			}
		}
	}
}

// However an answer of lines is cut off, its error shows no recipient.
func TestExcerptOfEveryCut(t *testing.T) {
	inTurn(t)
	var lines []string
	for _, r := range recipients {
		lines = append(lines, fmt.Sprintf(`{"recipientType":%q, "recipientInfo":%q,"recipientName":%q}`, r.kind, r.info, r.name))
	}
	body := `{"status":"success","massPayoutItems":{"items":[` + strings.Join(lines, ",") + `]}}`
	step := 3 // shorter than what would show
	if os.Getenv("MASSPAYOUT_SOAK") != "" {
		step = 1
	}
	for i := 0; i < len(body); i += step {
		cut := body[:i]
		client := newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doerFunc(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(cut))}, nil
		})))
		_, err := client.RetrieveMassPayout(context.Background(), gen.MassPayoutRetrieveRequest{RequestID: requestID})
		if err == nil {
			t.Fatalf("%s was read", body[:i])
		}
		checkPrintsNoRecipient(t, body[:i], fmt.Sprintf("%v", err))
	}
}

// However people write a number, and whatever stands between its digits, it is masked.
func TestNumbersAreMaskedHoweverWritten(t *testing.T) {
	for message, want := range map[string]string{
		"TR92.0086.4021.0000.5482.9111.08":                         `…1.08`,
		"TR92/0086/4021/0000/5482/9111/08":                         `…1/08`,
		"TR92_0086_4021_0000_5482_9111_08":                         `…1_08`,
		"TR92–0086—4021‑0000−5482-9111-08":                         `…1-08`,
		"TR92\u00a00086\u20094021\u30000000\u202f5482\t9111\n08":   `…1\n08`,
		"TR92\u200b0086\u200d4021\ufeff0000\u20605482 9111 08":     `…1 08`,
		"ＴＲ９２００８６４０２１００００５４８２９１１１０８":                               `…１１０８`,
		"９８７６５４３２１５４":                                              `…１５４`,
		"٩٨٧٦٥٤٣٢١٥٤":                                              `…١٥٤`,
		"+90 (532) 147 69 28":                                      `…9 28`,
		"0532.147.69.28":                                           `…9.28`,
		"9 8 7 6 5 4 3 2 1 5 4":                                    `… 5 4`,
		"GB29 NWBK 6016 1331 9268 19":                              `…8 19`,
		"GB29.NWBK.6016.1331.9268.19":                              `…8.19`,
		"TR92:0086:4021:0000:5482:9111:08":                         `…1:08`,
		"TR92, 0086, 4021, 0000, 5482, 9111, 08":                   `…, 08`,
		"TR92~0086~4021~0000~5482~9111~08":                         `…1~08`,
		"9~8~7~6~5~4~3~2~1~5~4":                                    `…~5~4`,
		"current time 2026-11-25T01:05:27Z is after 2026-11-24":    `current time 2026-11-25T01:05:27Z is after 2026-11-24`,
		"2026-13-25, 2026-11-251":                                  `…-25, …251`,
		"48.250,75 TRY":                                            `48.250,75 TRY`,
		"the key sandbox-l9Md1Gj3IYcmu4NdaWxaSUoCoX7DC5RA":         `the key …`,
		"sandbox-api.iyzipay.com":                                  `sandbox-api.iyzipay.com`,
		"dial tcp 127.0.0.1:42707":                                 `dial tcp 127.0.0.1:42707`,
		"Authorization: IYZWSv2 YXBpS2V5OmFiYw==":                  `Authorization: IYZWSv2 …`,
		"Bearer abc.def-ghi":                                       `Bearer …`,
		"apiKey:sandbox-abc&randomKey:123&signature:0f0f":          `apiKey …&randomKey …&signature …`,
		"YXBpS2V5OmFwaUtleSZyYW5kb21LZXk6cmFuZG9tJnNpZ25hdHVyZTo=": `…`,
		"a\u202eb\u2066c\u200bd\x1b[2Je\x7ff\u0085g\u2028h":        `a\u202eb\u2066c\u200bd\x1b[2Je\x7ff\u0085g\u2028h`,
	} {
		quoted, _ := json.Marshal(message)
		err := failedWith(t, answer(400, `{"status":"failure","errorCode":"11","errorMessage":`+string(quoted)+`}`))
		if got, want := err.Error(), "iyzico: InitMassPayout: refused: 11 "+want+" (HTTP 400)"; got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", message, got, want)
		}
	}
}

// iyzico's ID for a payout is printed as it is, even where it has as many digits as a phone number.
func TestRequestIDIsPrintedWhole(t *testing.T) {
	const id = "9a76834b-1234-5189-aff6-905551234567"
	for _, v := range []any{
		gen.MassPayoutInitializeResponse{RequestID: id}, &gen.MassPayoutInitializeResponse{RequestID: id},
		gen.MassPayoutAuthRequest{RequestID: id},
	} {
		if got := fmt.Sprintf("%+v", v); !strings.Contains(got, id) {
			t.Errorf("%T: got %s", v, got)
		}
	}
}

// net/http quotes a proxy's address in its errors, with the password that is in it.
func TestErrorsShowNoPasswordOfAProxy(t *testing.T) {
	for _, proxy := range []string{
		"http://user:hunter2secret@127.0.0.1:1",
		"https://user:hunter2secret@127.0.0.1:1",
		"socks5://user:hunter2secret@127.0.0.1:1",
		"http://user:hunter2secret@proxy:port",
		"http://user:hunter2 secret@proxy",
		"ftp://user:hunter2secret@proxy",
		"user:hunter2secret@proxy:port",
		"http://user:p@ss/hunter2secret@proxy:1%zz",
	} {
		transport := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) {
			u, err := url.Parse(proxy)
			if err != nil {
				return nil, fmt.Errorf("invalid proxy address %q: %w", proxy, err) // as http.ProxyFromEnvironment
			}
			return u, nil
		}}
		for _, op := range operations {
			_, err := op.call(t.Context(), newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(&http.Client{Transport: transport})))
			for _, printed := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", errors.Unwrap(err))} {
				if err == nil || strings.Contains(printed, "hunter2") || strings.Contains(printed, "secret") {
					t.Errorf("%s by %s: %s", op.name, proxy, printed)
				}
			}
		}
	}
	for text, want := range map[string]string{
		`proxyconnect tcp: http://user:hunter2@proxy:1: refused`: "proxyconnect tcp: http://…@proxy:1: refused",
		`proxy "user:hunter2@proxy" at 12:30, ask a@b.example`:   `proxy "…@proxy" at 12:30, ask a@b.example`,
	} {
		err := &gen.APIError{Err: errors.New(text)}
		if got := err.Error(); got != "iyzico: outcome unknown: "+want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
