package emulator

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/signer/explain"
)

func TestMaskBody(t *testing.T) {
	tests := []struct{ body, want string }{
		{``, ``},
		{`null`, `null`},
		{`{"externalId":"p-1","purpose":"SALARY"}`, `{"externalId":"p-1","purpose":"SALARY"}`},
		{"{ \"items\" : [\n\t{\"amount\":{\"value\":100.50}} ] }", "{ \"items\" : [\n\t{\"amount\":{\"value\":100.50}} ] }"},
		{`{"recipientInfo":"TR920086402100005482911108"}`, `{"recipientInfo":"…1108"}`},
		{`{"recipientInfo":"2228853"}`, `{"recipientInfo":"…53"}`},
		{`{"recipientInfo":22222222220}`, `{"recipientInfo":…}`},
		{`{"recipientInfo":["TR920086402100005482911108"]}`, `{"recipientInfo":["…1108"]}`},
		{`{"recipientInfo":{"x":"TR920086402100005482911108"}}`, `{"recipientInfo":{"x":"…"}}`},
		{`{"recipientName":"Jane","description":"for Jane","note":""}`, `{"recipientName":"…","description":"…","note":""}`},
		{`{"\u0072ecipientInfo":"TR92"}`, `{"…":"…"}`},
		{`{"externalId":"pay TR92 0086 4021 0000 5482 9111 08"}`, `{"externalId":"pay …1 08"}`},
		{`{"Jane Customer":1,"22222222220":2,"ok_key":3}`, `{"…":1,"…":2,"ok_key":3}`},
		// After an inner object the outer key counts again.
		{`{"note":[{"locale":"tr"},"Jane"],"locale":"tr"}`, `{"note":[{"locale":"tr"},"…"],"locale":"tr"}`},
		{`{"locale":"tr","Jane"}`, `{"locale":"tr","…"}`},
		// What is not whole, or not JSON.
		{`{"locale":"Ja`, `{"locale":"…`},
		{`{"locale":"tr\"Ja`, `{"locale":"…`},
		{`{"locale":tr,"a":"Jane"}`, `{"locale":…`},
		{`{'recipientInfo':'TR92'}`, `{…`},
		{`{"a":1]"locale":"Jane"}`, `{"a":1…`},
		{`recipientInfo=TR92&recipientName=Jane`, `…`},
		{`<item>Jane</item>`, `…`},
		{strings.Repeat("[", 101) + `"Jane"`, strings.Repeat("[", 100) + `…`},
		// What would hide or turn around what is beside it.
		{"{\"locale\":\"\u202Etr\xff\"}", "{\"locale\":\"‹U+202E›tr\uFFFD\"}"},
		{"\uFEFF{}", "…"},
	}
	for _, test := range tests {
		if got := maskBody(test.body); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.body, got, test.want)
		}
	}
	if got := maskBody(`{"externalId":"` + strings.Repeat("é", 200) + `"}`); got != `{"externalId":"…"}` {
		t.Errorf("a long value: %s", got)
	}
}

func TestMaskTarget(t *testing.T) {
	tests := []struct{ target, want string }{
		{"/v1/mass/payout/init?locale=tr&conversationId=c-1", "/v1/mass/payout/init?locale=tr&conversationId=c-1"},
		{"/v1/cancel/79cdefc1-3ce6-4f51-bdd9-012345674b64", "/v1/cancel/79cdefc1-3ce6-4f51-bdd9-012345674b64"},
		{"/v1/TR920086402100005482911108?a=Jane&b&TR920086402100005482911108=1", "/v1/…1108?a=…&b&…1108=…"},
		{"/phone/+905551234567/x", "/phone/…4567/x"},
		{"/<script>alert(1)</script>", "/<script>alert(1)</script>"}, // shown as text
	}
	for _, test := range tests {
		if got := maskTarget(test.target); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.target, got, test.want)
		}
	}
}

func TestMaskAuthorization(t *testing.T) {
	tests := []struct{ value, want string }{
		{"IYZWSv2 YXBpS2V5OmsmcmFuZG9tS2V5OjEyMyZzaWduYXR1cmU6YWI=", "IYZWSv2 apiKey:…&randomKey:123&signature:…"},
		{"IYZWSv2 c2VjcmV0", "IYZWSv2 …"}, // "secret"
		{"IYZWSv2 apiKey:k&signature:s", "IYZWSv2 …"},
		{"Bearer abc", "Bearer …"},
		{"secret", "…"},
		{"", "…"},
	}
	for _, test := range tests {
		if got := maskAuthorization(test.value); got != test.want {
			t.Errorf("%s: got %s, want %s", test.value, got, test.want)
		}
	}
}

func TestMaskHeaders(t *testing.T) {
	headers := http.Header{"Cookie": {"a=b"}, "Content-Type": {"application/json"}, "X-Name": {"Jane"}}
	got, err := json.Marshal(maskHeaders(headers, shorten))
	const want = `[{"name":"Content-Type","value":"application/json"},` +
		`{"name":"Cookie","value":"…"},{"name":"X-Name","value":"…"}]`
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}

// Every byte of a document belongs to one token, and what is shown of a token is the token itself or masked.
func FuzzMaskJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x",null]}`, `{"recipientInfo":"TR92008","locale":"tr"}`, `["`, `{"a":1]`, `"\"`,
		`--1e9`, `tru`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		maskJSON(text, func(from, to int, shown string) bool {
			if from != at || to <= from || to > len(text) {
				t.Fatalf("token %d:%d after %d", from, to, at)
			}
			at = to
			if shown != text[from:to] && !strings.Contains(shown, hidden) {
				t.Fatalf("%q is shown as %q", text[from:to], shown)
			}
			return true
		})
		if at != len(text) {
			t.Fatalf("%d of %d bytes", at, len(text))
		}
	})
}

// A difference is marked where it is; inside of what is masked, all of that is marked.
func TestSpans(t *testing.T) {
	const body = `{"locale":"tr","recipientName":"Jane"}`
	part := func(name, value, differs string) markedPart {
		from := strings.Index(value, differs)
		return markedPart{explain.Part{Name: name, Value: value}, differs != "", from, from + len(differs)}
	}
	tests := []struct {
		name    string
		message []markedPart
		want    string // what differs stands in brackets
	}{
		{"nothing", nil, ""},
		{"equal", []markedPart{part("randomKey", "123", ""), part("path", "/p", ""), part("body", body, "")},
			`123/p{"locale":"tr","recipientName":"…"}`},
		{"query", []markedPart{part("path", "/p?locale=tr", "?locale=tr")}, `/p[?locale=tr]`},
		{"masked query", []markedPart{part("path", "/p?n=Jane", "?n=Jane")}, `[/p?n=…]`},
		{"space", []markedPart{part("body", `{"locale": "tr"}`, " ")}, `{"locale":[ ]"tr"}`},
		{"in a masked value", []markedPart{part("body", body, "an")}, `{"locale":"tr","recipientName":["…"]}`},
		{"over several", []markedPart{part("body", body, `r","recip`)}, `{"locale":"t[r","recip]ientName":"…"}`},
		{"a key", []markedPart{part("secretKey", "", ""), part("path", "/p", "")}, `[‹secretKey›]/p`},
		{"keys in the text", []markedPart{part("separator", "the-secret", "the-secret")}, `[…]`},
	}
	for _, test := range tests {
		if got := bracketed(spans(test.message, strings.NewReplacer("the-secret", hidden).Replace)); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

// What differs between what was signed and what should have been is found at the borders of characters.
func TestMark(t *testing.T) {
	message := func(body string) explain.Message {
		return explain.Message{{Name: "path", Value: "/a"}, {Name: "body", Value: body}}
	}
	tests := []struct {
		name           string
		signed, toSign explain.Message
		want           string // of both, what differs stands in brackets
	}{
		{"right", message("{}"), message("{}"), "/a{} /a{}"},
		{"added", message("{} "), message("{}"), "/a{}[ ] /a{}[]"},
		{"escapes", message(`i\u00e7"`), message(`iç"`), `/ai[\u00e7]" /ai[ç]"`},
		{"letters that begin and end with the same byte", message("Ã§"), message("ç"), "/a[Ã§] /a[ç]"},
		{"a separator", slices.Insert(message("{}"), 1, explain.Part{Name: "separator", Value: "&"}), message("{}"), "/a[&]{} /a{}"},
		{"the body left out", message("{}")[:1], message("{}"), "/a /a[{}]"},
		{"not explained", nil, message("{}"), " /a{}"},
	}
	for _, test := range tests {
		var got []string
		signed, toSign := mark(test.signed, test.toSign)
		for _, parts := range [][]markedPart{signed, toSign} {
			text := ""
			for _, p := range parts {
				if p.differs {
					text += p.Value[:p.from] + "[" + p.Value[p.from:p.to] + "]" + p.Value[p.to:]
				} else {
					text += p.Value
				}
			}
			got = append(got, text)
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// Of a long body there is what is around the first difference.
func TestSpansOfLongBody(t *testing.T) {
	body := `{"locale":"tr"` + strings.Repeat(`,"page":12`, 10_000)
	got := bracketed(spans([]markedPart{{Part: explain.Part{Name: "body", Value: body}}}, shorten))
	if len(got) > maxSpans+100 || !strings.HasPrefix(got, `{"locale":"tr","page":12`) || !strings.HasSuffix(got, hidden) {
		t.Errorf("no difference: %d bytes", len(got))
	}
	body += `,"size": 7`
	far := markedPart{explain.Part{Name: "body", Value: body}, true, len(body) - 2, len(body) - 1}
	got = bracketed(spans([]markedPart{far}, shorten))
	if len(got) > maxBefore+100 || !strings.HasPrefix(got, hidden) || !strings.HasSuffix(got, `,"page":12,"size":[ ]7`) {
		t.Errorf("a difference far behind: %s", got)
	}
}

// bracketed joins spans, with those that differ in brackets.
func bracketed(list []span) string {
	var b strings.Builder
	for _, s := range list {
		if s.Differs {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// Both languages have the same texts, and the page and its script ask for no other.
func TestPageTexts(t *testing.T) {
	for key := range pageTexts["en"] {
		if pageTexts["tr"][key] == nil {
			t.Errorf("tr has no %q", key)
		}
	}
	for key := range pageTexts["tr"] {
		if pageTexts["en"][key] == nil {
			t.Errorf("en has no %q", key)
		}
	}
	script, err := os.ReadFile("page/page.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\bt\('([^']*[^.'])'`).FindAllStringSubmatch(string(script), -1) {
		if pageTexts["en"][m[1]] == nil {
			t.Errorf("page.js: no text %q", m[1])
		}
	}
	for _, kind := range Kinds() {
		if pageTexts["en"]["kind."+kind.String()] == nil {
			t.Errorf("no text for the fault %s", kind)
		}
	}
	for _, f := range []Funds{FundsNotMoved, FundsNeverMoved, FundsOnTheWay, FundsWithRecipient, FundsUnsettled, FundsBack,
		FundsStuck} {
		if pageTexts["en"]["funds."+string(f)] == nil {
			t.Errorf("no text for the funds %s", f)
		}
	}
}
