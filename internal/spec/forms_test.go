package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// page is a documentation page around a document, with text and other blocks beside it.
func page(documents ...string) string {
	text := "# Toplu Ödeme Başlatma\n\n> Yeni bir toplu ödeme oluşturur.<br>\n\n```json\n{\"merchantId\":000000}\n```\n"
	for _, document := range documents {
		text += "\n## Uç\n\n```json\n" + document + "\n```\n"
	}
	return text
}

// Forms that a page may have, what becomes of it, and what is said.
func TestForms(t *testing.T) {
	inTurn(t)
	all := recorded(t)
	text := func(file string) string {
		i := slices.IndexFunc(all, func(p pages.Page) bool { return p.File == file })
		return string(all[i].Text)
	}
	initTR, auth := text("init.tr.json"), text("auth.en.json")
	english := strings.NewReplacer(`"type": "object",`,
		`"type": "object", "description": "An object of the API.",`).Replace(text("init.en.json"))
	turkishAuth := strings.NewReplacer(`"type": "object",`,
		`"type": "object", "description": "Ödeme isteği.",`).Replace(auth)
	const action = `"/v1/mass/payout/auth"`
	refund := strings.NewReplacer(action, `"/v1/mass/payout/refund"`, "MassPayoutAuthRequest", "RefundRequest").Replace(auth)
	approve := strings.Replace(text("cancel.en.json"), "/cancel/", "/approve/", 1)
	const other = `{"openapi":"3.0.3","info":{"version":"1"},"paths":{"/v1/checkout":{"post":{}}}}`

	for _, test := range []struct {
		name string
		text string
		want string // the pages that it is taken for
		says string // the error or note
	}{
		{"Markdown", page(initTR), "init.tr.json", ""},
		{"Markdown with a BOM and CRLF", "\ufeff" + strings.ReplaceAll(page(initTR), "\n", "\r\n"), "init.tr.json", ""},
		{"Markdown, indented in a list", strings.ReplaceAll(page(initTR), "\n", "\n    "), "init.tr.json", ""},
		{"Markdown with tildes", strings.ReplaceAll(page(initTR), "```", "~~~"), "init.tr.json", ""},
		{"Markdown with longer fences", strings.ReplaceAll(page(initTR), "```", "`````"), "init.tr.json", ""},
		{"Markdown whose block has no language", strings.ReplaceAll(page(initTR), "```json", "```"), "init.tr.json",
			""},
		{"Markdown whose block says more than its language",
			strings.ReplaceAll(page(initTR), "```json", "```JSON openapi.json"), "init.tr.json", ""},
		{"JSON", initTR, "init.tr.json", ""},
		{"JSON in one line", strings.Join(strings.Fields(initTR), " "), "init.tr.json", ""},
		{"several documents, each of its operation", page(initTR, auth), "init.tr.json auth.en.json",
			"page.md is the English page of POST /v1/mass/payout/auth, api/pages/auth.en.json"},
		{"the same document twice", page(initTR, initTR), "init.tr.json", ""},
		{"two documents of one operation that differ", page(initTR, strings.Replace(initTR, `"1.0.1"`, `"1.0.2"`, 1)),
			refused, "several that differ"},
		{"a document of another API beside it", page(initTR, other), refused,
			`that of another API, with ["POST /v1/checkout"]`},
		{"another operation", page(auth), "auth.en.json",
			"page.md is the English page of POST /v1/mass/payout/auth, api/pages/auth.en.json"},
		{"another API", page(other), refused, "that of another API"},
		{"the English page, which is only compared", page(english), "init.en.json",
			"is the English page of POST /v1/mass/payout/init, api/pages/init.en.json, which is only compared"},
		{"a page that was not read yet, and generates now", page(turkishAuth), "auth.tr.json",
			"is the Turkish page of POST /v1/mass/payout/auth, api/pages/auth.tr.json"},
		{"a quoted fence", "> " + strings.ReplaceAll(page(initTR), "\n", "\n> "), "init.tr.json", ""},
		{"a fence below a tag", "<div>\n```json\n" + initTR + "\n```\n</div>\n\ntext", "init.tr.json", ""},
		{"an operation that is new, beside which none has moved", page(refund), "refund.en.json",
			"is the English page of POST /v1/mass/payout/refund, api/pages/refund.en.json"},
		{"a new operation with the response of another one", page(approve), "approve.en.json", "approve/{requestId}"},
		{"a new operation with the schemas of another one, which is there, too", page(strings.Replace(auth, action,
			`"/v1/mass/payout/approve"`, 1), auth), "approve.en.json auth.en.json", "is the English page of POST /v1/mass/payout/approve"},
		{"Markdown with the line ends of an old Mac", strings.ReplaceAll(page(initTR), "\n", "\r"), "init.tr.json", ""},
		{"HTML behind a comment", "<!-- cached -->\n<html><body>" + initTR, refused, "got an HTML page"},
		{"a part of an HTML page", "<div><pre>" + initTR + "</pre></div>", refused, "got an HTML page"},
		{"UTF-16", "\xff\xfe#\x00", refused, "expected UTF-8"},
		{"gzip", "\x1f\x8b\x08\x00", refused, "expected UTF-8"},
		{"JSON with a comment", strings.Replace(initTR, "{", "{ // iyzico", 1), refused, "invalid JSON"},
		{"HTML", "<!DOCTYPE html><html><head></head><body>" + initTR, refused, "got an HTML page"},
		{"an error page", "<html><body>502 Bad Gateway</body></html>", refused, "got an HTML page"},
		{"YAML", "openapi: 3.0.3\ninfo:\n  version: 1.0.1\n", refused, "got YAML"},
		{"nothing", " \n", refused, "the page is empty"},
		{"text only", "# Not found\n", refused, "got none among 0"},
		{"examples only", page(), refused, "got none among 1"},
		{"cut off inside the block", page(initTR)[:len(page(initTR))/2], refused, "cut off"},
		{"cut off behind the document", strings.TrimSuffix(page(initTR), "```\n"), refused, "cut off"},
		{"a quote that is cut off behind the document", "> " + strings.ReplaceAll(strings.TrimSuffix(page(initTR), "\n```\n"), "\n", "\n> "),
			refused, "cut off"},
		{"JSON cut off", initTR[:len(initTR)/2], refused, "invalid JSON"},
		{"JSON with something behind it", initTR + "{}", refused, "invalid JSON"},
		{"a list", "[]", refused, "expected an OpenAPI 3 document"},
		{"a key twice", strings.Replace(initTR, `"openapi"`, `"openapi": "3.0.3", "openapi"`, 1), refused,
			"invalid JSON"},
		{"no UTF-8", strings.Replace(initTR, "Sandbox", "\xff", 1), refused, "invalid JSON"},
		{"Swagger 2", page(`{"swagger":"2.0","info":{"version":"1"},"paths":{}}`), refused, "got Swagger 2.0"},
		{"OpenAPI 4", strings.Replace(initTR, `"3.0.3"`, `"4.0.0"`, 1), refused, "expected an OpenAPI 3 document"},
		{"no operation", page(`{"openapi":"3.0.3","info":{"version":"1"},"paths":{}}`), refused, "without any"},
		{"a version that is none", strings.Replace(initTR, `"1.0.1"`, `"1.0.1; rm"`, 1), refused,
			"expected an info.version"},
		{"a version that is a number", strings.Replace(initTR, `"1.0.1"`, `1.0`, 1), refused, "expected an info.version"},
		{"an extension that steers the generator",
			strings.Replace(initTR, `"type": "decimal"`, `"type": "decimal", "x-go-type": "os.File"`, 1), refused,
			"x-go-type: it would steer our generator"},
		{"names of an enum's values", strings.Replace(initTR, `"enum": [`, `"x-enum-varnames": ["A"], "enum": [`, 1),
			refused, "steer our generator"},
		{"an extension of no meaning to us", strings.Replace(initTR, `"info": {`, `"x-page-id": 7, "info": {`, 1),
			"init.tr.json", ""},
		{"a reference out of the document",
			strings.Replace(initTR, "#/components/schemas/Amount", "https://example.com/a.json", 1), refused, "expected a reference inside"},
		{"an enum's value that ends a string of Go",
			strings.Replace(initTR, `"SALARY"`, `"SALARY\"; func init() {}; //"`, 1), refused, "must not contain quotes"},
		{"a server's name that ends a comment of Go",
			strings.Replace(initTR, `"Sandbox"`, `"Sandbox\nfunc init() {}"`, 1), refused, "must not contain quotes"},
		{"a name that ends a tag of Go", strings.Replace(initTR, `"nonWithdrawable"`, "\"a`b\"", 1), refused,
			"must not contain quotes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			takes(t, all, "page.md", test.text, test.want, test.says)
		})
	}
}

const refused = "none"

// takes fails if a saved copy of a page is not taken for certain pages on record, or if that is not said.
func takes(t *testing.T, all []pages.Page, name, text, want, says string) {
	t.Helper()
	done, err := intake{pages: all}.take(input{name: name, text: []byte(text)})
	said := strings.Join(done.notes, "\n")
	if err != nil {
		said += err.Error()
	}
	if (err != nil) != (want == refused) || !strings.Contains(said, says) {
		t.Errorf("got error %v and notes %q, want %q", err, done.notes, says)
	}
	for i, page := range done.pages {
		_, taken := done.taken[page.File]
		changed := i >= len(all) || string(all[i].Text) != string(page.Text)
		if taken != slices.Contains(strings.Fields(want), page.File) || changed && !taken {
			t.Errorf("%s is taken: %v, changed: %v", page.File, taken, changed)
		}
	}
}

// site serves pages, and fails as often as a test says.
func site(t *testing.T, fails int32, status int, body string) (string, *atomic.Int32) {
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old.md" {
			http.Redirect(w, r, "/new.md", http.StatusMovedPermanently)
			return
		}
		if calls.Add(1) <= fails {
			w.WriteHeader(status)
			return
		}
		w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL, &calls
}

func TestFetch(t *testing.T) {
	quick := newClient()
	quick.RetryMax, quick.RetryWaitMin, quick.RetryWaitMax = 2, time.Millisecond, time.Millisecond
	for _, test := range []struct {
		name   string
		fails  int32
		status int
		path   string
		calls  int32
		says   string // the error
	}{
		{"at once", 0, 0, "/page.md", 1, ""},
		{"after two failures", 2, 503, "/page.md", 3, ""},
		{"never", 9, 503, "/page.md", 3, "expected HTTP 200 from"},
		{"not found, which is not tried again", 9, 404, "/page.md", 1, "404 Not Found"},
		{"redirected", 0, 0, "/old.md", 1, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, calls := site(t, test.fails, test.status, "body")
			text, at, err := fetch(t.Context(), quick, url+test.path)
			if calls.Load() != test.calls {
				t.Errorf("got %d calls, want %d", calls.Load(), test.calls)
			}
			switch {
			case test.says == "" && (err != nil || string(text) != "body"):
				t.Errorf("got %q, error %v", text, err)
			case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
				t.Errorf("got error %v, want %q", err, test.says)
			case test.path == "/old.md" && at != url+"/new.md":
				t.Errorf("got the address %s, want the one redirected to", at)
			}
		})
	}
	for address, says := range map[string]string{
		"http://docs.iyzico.com/page.md":             "starts with https://",
		"https://user:password@docs.iyzico.com/a.md": "no user in it",
	} {
		if _, _, err := fetch(t.Context(), quick, address); err == nil || !strings.Contains(err.Error(), says) ||
			strings.Contains(err.Error(), "password") {
			t.Errorf("%s: got error %v, want %q", address, err, says)
		}
	}
	url, _ := site(t, 0, 0, strings.Repeat("x", largest+1))
	if _, _, err := fetch(t.Context(), quick, url); err == nil || !strings.Contains(err.Error(), "at most 4194304 bytes") {
		t.Errorf("got error %v for a long page", err)
	}
}

func TestInputs(t *testing.T) {
	all := recorded(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"a.md": "a", "b.json": "b", "notes.pdf": "c"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if read, err := inputs(t.Context(), newClient(), dir, "", all); err != nil || len(read) != 2 || read[0].name != "a.md" ||
		string(read[1].text) != "b" {
		t.Errorf("a folder: got %v, error %v", read, err)
	}
	for from, says := range map[string]string{t.TempDir(): "expected pages",
		filepath.Join(dir, "none"): "expected a file, a folder or an address"} {
		if _, err := inputs(t.Context(), newClient(), from, "", all); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got error %v, want %q", from, err, says)
		}
	}
	// The addresses on record are asked, each for its own page.
	url, _ := site(t, 0, 0, "body")
	for i := range all {
		all[i].Address = url + "/" + all[i].File
	}
	all[2].Address = ""
	read, err := inputs(t.Context(), newClient(), "", "", all)
	if err != nil || len(read) != len(all)-1 || read[2].want != all[3].File {
		t.Errorf("got %v, error %v", read, err)
	}
}

// Of two saved copies of a page that differ, nobody knows which one is right.
func TestTwoCopiesOfAPage(t *testing.T) {
	inTurn(t)
	all := recorded(t)
	old := string(all[0].Text)
	have := intake{pages: all}
	for _, test := range []struct{ name, text, says string }{
		{"old.md", page(old), ""},
		{"again.json", old, ""},
		{"new.md", page(strings.Replace(old, `"1.0.1"`, `"1.0.2"`, 1)),
			"expected one document of POST /v1/mass/payout/init, got several that differ, in again.json and in new.md"},
	} {
		var err error
		have, err = have.take(input{name: test.name, text: []byte(test.text)})
		if (err == nil) != (test.says == "") || err != nil && err.Error() != test.says {
			t.Errorf("%s: got error %v, want %q", test.name, err, test.says)
		}
	}
}

// A page that was asked for must be that page.
func TestExpectedPage(t *testing.T) {
	inTurn(t)
	all := recorded(t)
	initTR := all[0].Text
	authEN := all[slices.IndexFunc(all, func(p pages.Page) bool { return p.File == "auth.en.json" })].Text
	english := strings.NewReplacer(`"type": "object",`,
		`"type": "object", "description": "An object of the API.",`).Replace(string(all[1].Text))
	for name, test := range map[string]struct{ text, says string }{
		"the page": {string(initTR), ""},
		"another operation": {string(authEN),
			"expected the page of POST /v1/mass/payout/init, got that of another operation, POST /v1/mass/payout/auth"},
		"another language": {english, "expected the Turkish page of POST /v1/mass/payout/init, got the English one"},
		"another API": {`{"openapi":"3.0.3","info":{"version":"1"},"paths":{"/x":{"get":{}}}}`,
			"that of another API"},
	} {
		_, err := intake{pages: all}.take(input{name: "https://docs.iyzico.com/x.md", want: "init.tr.json", text: []byte(test.text)})
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got error %v, want %q", name, err, test.says)
		}
	}
}
