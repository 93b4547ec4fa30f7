package document

import (
	"os"
	"strings"
	"testing"
)

const minimal = `{"openapi":"3.0.3","info":{"version":"1.0.1"},"paths":{"/v1/mass/payout/init":{"post":{"summary":"x"}}}}`

func page(blocks ...string) string {
	text := "# Toplu Ödeme\n\n"
	for _, b := range blocks {
		text += "```json\n" + b + "\n```\n\nMore text.\n\n"
	}
	return text
}

func TestFind(t *testing.T) {
	for name, text := range map[string]string{
		"a page":                     page(minimal),
		"bare":                       minimal,
		"bare, with a byte order":    "\xef\xbb\xbf\n" + minimal + "\n",
		"Windows line ends":          strings.ReplaceAll(page(minimal), "\n", "\r\n"),
		"indented fence":             "- x\n\n    ```json\n    " + minimal + "\n    ```\n",
		"tildes":                     "~~~JSON\n" + minimal + "\n~~~\n",
		"a title behind the fence":   "```json title=\"openapi.json\"\n" + minimal + "\n```\n",
		"a longer fence":             "````json\n" + minimal + "\n````\n",
		"an example before it":       page(`{"externalId":"x"}`, minimal),
		"an example that is no JSON": page(minimal, `{"merchantId":000000}`),
		"another language":           "```yaml\nopenapi: 3.0.3\n```\n" + page(minimal),
		"a block that never ends":    page(minimal) + "```bash\ncurl",
		"text with angle brackets":   "> Yeni.<br>\n\n" + page(minimal),
	} {
		got, err := Find([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if strings.TrimSpace(string(got)) != minimal {
			t.Errorf("%s: got %q, want %q", name, got, minimal)
		}
	}
}

func TestFindRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, says string }{
		{"nothing", " \n", "the page is empty"},
		{"no block", "# Toplu Ödeme\n\ntext\n", "got a page without a JSON block"},
		{"a block of another language only", "```yaml\nopenapi: 3.0.3\n```\n", "without a JSON block"},
		{"examples only", page(`{"externalId":"x"}`, `[1]`), "got none among 2"},
		{"a broken example only", page(`{"merchantId":000000}`), "the one in line 3 is not even JSON"},
		{"two documents", page(minimal, minimal), "expected one OpenAPI document, got 2, in the blocks in lines 3, 9"},
		{"invalid", page(minimal[:90]), "the JSON block in line 3: invalid JSON"},
		{"invalid beside a valid one", page(minimal, `{"openapi":`), "the JSON block in line 9: invalid JSON"},
		{"cut off behind the document", "```json\n" + minimal + "\n", "the page ends inside the block"},
		{"cut off inside the document", "```json\n" + minimal[:60], "invalid JSON"},
		{"invalid and bare", minimal + "}", "invalid JSON"},
		{"a doubled key", `{"openapi":"3.0.3","info":{"a":1,"a":2}}`, "the key $.info.a is there twice"},
		{"a doubled key in a list", `{"openapi":[{},{"a":1,"a":2}]}`, "the key $.openapi[1].a is there twice"},
		{"no UTF-8", "{\"openapi\":\"\xff\"}", "expected UTF-8"},
		{"HTML", "\n<!DOCTYPE html>\n<html>```json\n" + minimal + "\n```", "got an HTML page"},
		{"HTML without a doctype", "<html lang=tr>", "got an HTML page"},
		{"HTML behind a comment", "<!-- x --><head>", "got an HTML page"},
	} {
		_, err := Find([]byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want an error with %q", test.name, err, test.says)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ name, old, replacement, says string }{
		{"Swagger", `"openapi":"3.0.3"`, `"swagger":"2.0"`, "expected an OpenAPI 3 document"},
		{"a later OpenAPI", `3.0.3`, `4.0.0`, `got "openapi": "4.0.0"`},
		{"a number for a version", `"3.0.3"`, `3`, "expected an OpenAPI document"},
		{"another API", `payout/init`, `payout/auth`, "another API"},
		{"another method", `"post"`, `"get"`, "another API"},
		{"no version", `"version":"1.0.1"`, `"title":"x"`, "expected an info.version"},
		{"a version that would break the table", `1.0.1`, `1 | 2`, "expected an info.version"},
		{"no JSON", `}}}}`, ``, "invalid JSON"},
	} {
		_, err := Parse([]byte(strings.Replace(minimal, test.old, test.replacement, 1)))
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want an error with %q", test.name, err, test.says)
		}
	}
}

func TestFormatChangesNoCharacter(t *testing.T) {
	const text = "{\"b\":1.50,\"a\":[1e400,-0,12345678901234567890],\"ü\":\"<&>\u2028\\u00fc\\/\",\"e\":{},\"l\":[]}"
	const want = "{\n  \"b\": 1.50,\n  \"a\": [\n    1e400,\n    -0,\n    12345678901234567890\n  ],\n" +
		"  \"ü\": \"<&>\u2028\\u00fc\\/\",\n  \"e\": {},\n  \"l\": []\n}\n"
	got, err := Format([]byte(" " + text + "\n\n"))
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	again, err := Format(got)
	if err != nil || string(again) != want {
		t.Errorf("formatting twice: got %s, %v", again, err)
	}
	before, _ := Sum([]byte(text))
	after, _ := Sum(got)
	if before != after {
		t.Error("indenting changed the sum")
	}
}

// The vendored document is in the form in which a refresh writes it.
func TestVendored(t *testing.T) {
	text, err := os.ReadFile("../../../api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if string(document.Text) != string(text) {
		t.Error("api/openapi.json is not as Format writes it")
	}
}

func FuzzFind(f *testing.F) {
	f.Add([]byte(page(minimal)))
	f.Add([]byte(minimal))
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := Find(text)
		if err != nil {
			return
		}
		if _, err := Format(found); err != nil {
			t.Errorf("found what is no JSON: %q", found)
		}
	})
}
