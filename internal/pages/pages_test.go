package pages

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// fragment is a page's document around paths and components.
func fragment(paths, schemas string) []byte {
	return []byte(`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"servers":[{"url":"https://a"}],"paths":{` +
		paths +
		`},"components":{"schemas":{` + schemas + `}}}`)
}

const (
	auth          = `"/auth":{"post":{"description":"in English","responses":{"200":{"description":"ok"}}}}`
	authTexts     = `"/auth":{"post":{"responses":{"200":{}}}}`
	auth400       = `"/auth":{"post":{"responses":{"200":{},"400":{}}}}`
	balance       = `"/balance":{"get":{"responses":{"200":{}}}}`
	cancelRequest = `"/cancel/{requestId}":{"post":{"responses":{"200":{}}}}`
	cancelID      = `"/cancel/{id}":{"post":{"responses":{"200":{}}}}`
	status        = `"Status":{"type":"string","description":"Durum","enum":["success","failure"]}`
)

func TestJoin(t *testing.T) {
	one := Page{File: "auth.en.json", Operation: "POST /auth", Generates: true, Text: fragment(auth, status)}
	for _, test := range []struct {
		name  string
		other Page
		want  []string // operations of the joined document
		err   string
	}{
		{"two operations", Page{Operation: "GET /balance", Text: fragment(balance, "")},
			[]string{"GET /balance", "POST /auth"}, ""},
		{"an equal schema", Page{Operation: "GET /balance", Text: fragment(balance, status)},
			[]string{"GET /balance", "POST /auth"}, ""},
		{"a schema with other texts and another order of keys", Page{Operation: "GET /balance",
			Text: fragment(balance, `"Status":{"enum":["success","failure"],"type":"string"}`)},
			[]string{"GET /balance", "POST /auth"}, ""},
		{"an unequal schema", Page{Operation: "GET /balance",
			Text: fragment(balance, `"Status":{"type":"string","enum":["success"]}`)}, nil,
			`components schemas Status is not the same in auth.en.json and other.json: it: is "enum=success type=string", ` +
				`was "enum=failure,success type=string"`},
		{"a property called description", Page{Operation: "GET /balance", Text: fragment(balance,
			`"Status":{"type":"string","enum":["success","failure"],"properties":{"description":{"type":"string"}}}`)},
			nil,
			`components schemas Status is not the same in auth.en.json and other.json: it.description: is new, "type=string"`},
		{"an enum in another order", Page{Operation: "GET /balance",
			Text: fragment(balance, `"Status":{"type":"string","enum":["failure","success"]}`)}, nil,
			"components schemas Status is not the same in auth.en.json and other.json: the order of a list"},
		{"the same operation, with other texts", Page{Operation: "GET /balance",
			Text: fragment(balance+","+authTexts, "")},
			[]string{"GET /balance", "POST /auth"}, ""},
		{"the same operation, otherwise", Page{Operation: "GET /balance", Text: fragment(balance+","+auth400, "")}, nil,
			`paths /auth post is not the same in auth.en.json and other.json: it, 400: is new, "{}"`},
		{"the same path, with another name of its parameter", Page{Operation: "POST /cancel/{id}",
			Text: fragment(cancelRequest+","+cancelID, "")}, nil,
			"/cancel/{id} in other.json and /cancel/{requestId} in other.json are one path whose parameter has two names"},
		{"another operation than that on record", Page{Operation: "GET /balance", Text: fragment(authTexts, "")}, nil,
			`other.json: expected the operation GET /balance, got ["POST /auth"]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.other.File, test.other.Generates = "other.json", true
			joined, err := Join([]Page{one, test.other, {File: "only compared"}})
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Fatalf("got error %v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := Decode(joined).Operations(); !slices.Equal(got, test.want) {
				t.Errorf("got the operations %q, want %q", got, test.want)
			}
			if !strings.Contains(string(joined), "in English") || strings.Count(string(joined), "https://a") != 1 {
				t.Errorf("expected the first page's texts, and the server once:\n%s", joined)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	const before = `"Item":{"type":"object","required":["b","a"],"properties":{"a":{"type":"string","description":"text","minLength":1},
		"b":{"$ref":"#/components/schemas/Status"},"list":{"type":"array","items":{"$ref":"#/components/schemas/Status"}},
		"either":{"oneOf":[{"type":"string"},{"$ref":"#/components/schemas/Item"}]},"default":{"default":{"description":"kept"}}}}`
	document := fragment(`"/x":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Item"}}}}}}`, before+","+status)
	structure := Facts{
		"Item": "required=a,b type=object", "Item.a": "minLength=1 type=string", "Item.b": "Status",
		"Item.list": "type=array", "Item.list[]": "Status", "Item.either oneOf[0]": "type=string",
		"Item.either oneOf[1]": "Item", "Item.default default": "description=kept",
		"POST /x requestBody, application/json schema": "Item", "Status": "enum=failure,success type=string",
		"server https://a": "url=https://a", "document": "openapi=3.0",
	}
	if got := Decode(document).Bare().Facts(); !maps.Equal(got, structure) {
		t.Errorf("got the facts %q, want %q", got, structure)
	}
	texts := []Change{
		{"Item.a", "minLength=1 type=string", "description=text minLength=1 type=string"},
		{"Status", "enum=failure,success type=string", "description=Durum enum=failure,success type=string"},
		{"document info", "", "title=t version=1"},
	}
	if got := Diff(structure, Decode(document).Facts()); !slices.Equal(got, texts) {
		t.Errorf("got the texts %q, want %q", got, texts)
	}
}

// References other than those to schemas are followed, and one in a circle ends.
func TestFactsFollowReferences(t *testing.T) {
	const document = `{"paths":{"/x":{"parameters":[{"$ref":"#/components/parameters/P"},{"$ref":"#/components/parameters/None"}],
		"servers":[{"url":"https://b"}],"get":{"parameters":[{"in":"query","name":"p","required":true}],
		"responses":{"200":{"$ref":"#/components/responses/R"}}}}},"components":{"parameters":{"P":{"in":"query","name":"p"}},
		"responses":{"R":{"headers":{"H":{"$ref":"#/components/responses/R"}},"content":{"a":{"schema":{"type":"string"}}}}}}}`
	got := Decode([]byte(document)).Facts()
	wanted := Facts{
		"GET /x, query p": "in=query name=p required=true", "GET /x, #/components/parameters/None": "$ref=#/components/parameters/None",
		"GET /x, 200, a schema": "type=string", "server https://b of GET /x": "url=https://b",
	}
	for subject, want := range wanted {
		if got[subject] != want {
			t.Errorf("%s: got %q, want %q", subject, got[subject], want)
		}
	}
	if got := Decode([]byte("[]")).Facts(); !maps.Equal(got, Facts{"document": "openapi="}) {
		t.Errorf("got %q of what is no object", got)
	}
	if len(got) > 1000 {
		t.Errorf("got %d facts of a circle", len(got))
	}
}

// References that fork, in a circle or not, are followed a step or two: what they lead to is noted where it stands.
func TestFactsOfReferencesThatFork(t *testing.T) {
	circle, chain := "", ""
	for i := range 60 {
		circle += fmt.Sprintf(`,"/c%d":{"a":{"$ref":"#/paths/~1c%[2]d"},"b":{"$ref":"#/paths/~1c%[2]d"}}`, i, (i+1)%2)
		chain += fmt.Sprintf(`,"/d%d":{"a":{"$ref":"#/paths/~1d%[2]d"},"b":{"$ref":"#/paths/~1d%[2]d"}}`, i, i+1)
	}
	for name, test := range map[string]struct{ paths, subject, want string }{
		"circle": {circle, "GET /x, 200, j schema.p a b", "$ref=#/paths/~1c0"},
		"chain":  {chain, "GET /x, 200, j schema.p a b", "$ref=#/paths/~1d2"},
	} {
		got := Decode([]byte(`{"paths":{"/x":{"get":{"responses":{"200":{"content":{"j":{"schema":{"properties":{"p":
			{"$ref":"#/paths/~1` + test.want[len("$ref=#/paths/~1"):][:1] + `0"}}}}}}}}}` + test.paths + `}}`)).Facts()
		if len(got) > 10 || got[test.subject] != test.want {
			t.Errorf("%s: got %q, want %q of %s", name, got, test.want, test.subject)
		}
	}
}

// What stands elsewhere says the same; what says something else does not.
func TestSame(t *testing.T) {
	const parameters = `[{"in":"path","name":"id"},{"in":"query","name":"q"}]`
	const document = `{"servers":[{"url":"a"},{"url":"b"}],"paths":{"/{id}":{"get":{"parameters":` + parameters + `}}}}`
	for name, test := range map[string]struct {
		other string
		want  bool
	}{
		"parameters at the path": {`{"servers":[{"url":"a"},{"url":"b"}],"paths":{"/{id}":{"parameters":` + parameters + `,"get":{}}}}`, true},
		"another order of parameters and servers": {`{"servers":[{"url":"b"},{"url":"a"}],"paths":{"/{id}":{"get":{"parameters":
			[{"name":"q","in":"query"},{"in":"path","name":"id"}]}}}}`, true},
		"a server less":    {strings.Replace(document, `,{"url":"b"}`, "", 1), false},
		"another number":   {strings.Replace(document, `"q"}`, `"q","x":1}`, 1), false},
		"a parameter less": {strings.Replace(document, `,{"in":"query","name":"q"}`, "", 1), false},
	} {
		if got := Same([]byte(document), []byte(test.other)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestContract(t *testing.T) {
	const table = "# a comment\nlook at gen: Validate\nItem: required=a type=object\nItem.a: type=string\nItem.b: " +
		"type=string\n\n" +
		"look at signer: New\ndocument: openapi=3.0\nserver https://a: url=https://a\n"
	contract, err := ParseContract(table)
	if err != nil {
		t.Fatal(err)
	}
	same := fragment("",
		`"Item":{"type":"object","required":["a"],"properties":{"a":{"type":"string"},"b":{"type":"string"}}}`)
	if got := contract.Compare(same); len(got) != 0 {
		t.Errorf("got %q of an unchanged document", got)
	}
	changed := fragment("",
		`"Item":{"type":"object","required":["a"],"properties":{"a":{"type":"string","minLength":1},"c":{"type":"string"}}},"New":{"type":"object"}`)
	want := []string{
		`Item.a: is "minLength=1 type=string", was "type=string". Look at gen: Validate`,
		`Item.b: is gone, was "type=string". Look at gen: Validate`,
		`Item.c: is new, "type=string". Look at gen: Validate`,
		`New: is new, "type=object". Look at what should handle it: nothing written by hand does yet`,
	}
	if got := contract.Compare(changed); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, wrong := range []string{"Item.a: type=string", "look at gen: Validate\nno fact"} {
		if _, err := ParseContract(wrong); err == nil {
			t.Errorf("%q: got no error", wrong)
		}
	}
}

func TestLoadReadsTheRecord(t *testing.T) {
	all, err := Load("../..")
	if err != nil || len(all) < 6 {
		t.Fatalf("got %d pages, error %v", len(all), err)
	}
	record, err := Encode(all)
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := os.ReadFile("../../" + RecordFile); err != nil || string(kept) != string(record) {
		t.Errorf("%s is not as Encode writes it (%v)", RecordFile, err)
	}
}
