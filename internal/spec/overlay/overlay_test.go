package overlay

import (
	"strings"
	"testing"
)

const head = "overlay: 1.0.0\nx-speakeasy-jsonpath: rfc9535\ninfo: {title: x, version: 1.0.0}\nactions:\n"

const doc = `{"servers":[{"url":"https://a"},{"url":"https://b"}],"paths":{"/x":{"post":{"parameters":[1]}}},
"components":{"schemas":{"A":{"type":"object","properties":{"p":{"type":"string","enum":["ONE_TWO","THREE"]}}}}}}`

func TestApply(t *testing.T) {
	for _, test := range []struct {
		name, actions string
		kinds         []Kind
		says          string
	}{
		{"all well", `
- {target: "$.servers[?@.url == 'https://a']", description: d, update: {description: x}}
- {target: "$.paths['/x'].post.parameters", description: d, remove: true}
- {target: $.components.schemas.A.properties.p, description: d, update: {x-enum-varnames: [OneTwo, Three]}}
- {target: $.components.schemas, description: d, update: {B: {properties: {q: {description: no type}}}}}
- {target: $.components.schemas.A, description: d, update: {properties: {r: {type: string}, p: {description: x}}}}`, nil, ""},
		{"a key gone", ` [{target: $.components.schemas.B, description: d, update: {a: 1}}]`, []Kind{Gone},
			"overlay action 1 of 1, $.components.schemas.B, no longer applies"},
		{"a filter that matches nothing", ` [{target: "$.servers[?@.url == 'https://c']", description: d, update: {a: 1}}]`,
			[]Kind{Gone}, ""},
		{"nothing left to remove", `
- {target: "$.paths['/x'].post.parameters", description: d, remove: true}
- {target: "$.paths['/x'].post.parameters", description: again, remove: true}`, []Kind{Gone},
			"action 2 of 2, $.paths['/x'].post.parameters, no longer applies: its target is not in the document.\n  It says: again"},
		{"idle", ` [{target: $.components.schemas.A, description: "two\n lines", update: {type: object}}]`, []Kind{Idle},
			"changes nothing: the document already says so.\n  It says: two lines"},
		{"an empty action", ` [{target: $.components.schemas.A, description: d}]`, []Kind{Failed}, "unknown action"},
		{"no path", ` [{target: "$.[", description: d, update: {a: 1}}]`, []Kind{Failed}, "cannot be applied"},
		{"an orphan", ` [{target: $.components.schemas.A, description: d, update: {properties: {q: {description: x}}}}]`,
			[]Kind{Orphan}, "corrects a property that is not in the document (q)"},
		{"an orphan, two levels down", ` [{target: $.components, update: {schemas: {A: {properties: {q: {format: x}}}}}}]`,
			[]Kind{Orphan}, "(no description)"},
		{"too few names", ` [{target: $.components.schemas.A.properties.p, update: {x-enum-varnames: [OneTwo]}}]`,
			[]Kind{Misnamed}, "the enum has 2 values, ONE_TWO, THREE; x-enum-varnames has 1 names, OneTwo"},
		{"shifted names", ` [{target: $.components.schemas.A.properties.p, update: {x-enum-varnames: [Three, OneTwo]}}]`,
			[]Kind{Misnamed}, "the name Three stands at the place of ONE_TWO"},
		{"names of their own", ` [{target: $.components.schemas.A.properties.p, update: {x-enum-varnames: [A, B]}}]`, nil, ""},
		{"names two levels down", ` [{target: $.components.schemas.A, update: {properties: {p: {x-enum-varnames: [A]}}}}]`,
			[]Kind{Misnamed}, ""},
		{"names without an enum", ` [{target: $.components.schemas.A, update: {x-enum-varnames: [A]}}]`, []Kind{Misnamed},
			"beside no enum"},
	} {
		result, err := Apply([]byte(doc), []byte(head+test.actions))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if len(result.Problems) != len(test.kinds) {
			t.Errorf("%s: got %d problems, want %d: %v", test.name, len(result.Problems), len(test.kinds), result.Problems)
			continue
		}
		for i, problem := range result.Problems {
			if problem.Kind != test.kinds[i] || !strings.Contains(problem.Error(), test.says) {
				t.Errorf("%s: got %v", test.name, problem)
			}
		}
	}
}

func TestApplyGoesOnAfterAProblem(t *testing.T) {
	result, err := Apply([]byte(doc), []byte(head+`
- {target: $.nowhere, description: d, update: {a: 1}}
- {target: $.components.schemas.A, description: d, update: {description: corrected}}`))
	if err != nil || len(result.Problems) != 1 || result.Actions != 2 {
		t.Fatalf("got %+v, %v", result, err)
	}
	if !strings.Contains(string(result.Document), "corrected") {
		t.Errorf("the second action was not applied:\n%s", result.Document)
	}
}

func TestApplyRefuses(t *testing.T) {
	for name, test := range map[string]struct{ document, overlay string }{
		"no document": {"{", head + "[]"},
		"no overlay":  {doc, "- x"},
		"no actions":  {doc, "overlay: 1.0.0\ninfo: {title: x, version: 1.0.0}\n"},
	} {
		if _, err := Apply([]byte(test.document), []byte(test.overlay)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestLeaves(t *testing.T) {
	result, err := Apply([]byte(doc), []byte(head+`
- {target: $.components.schemas.A, description: d, update: {type: object, description: new, properties: {p: {type: number}}}}
- {target: "$.paths['/x'].post.parameters", description: d, remove: true}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Leaf{
		{1, "d", "$.components.schemas.A.type", "object", "object"},
		{1, "d", "$.components.schemas.A.properties.p.type", "string", "number"},
		{2, "d", "$.paths['/x'].post.parameters", "[1]", "(removed)"},
	}
	if len(result.Leaves) != len(want) {
		t.Fatalf("got %+v", result.Leaves)
	}
	for i, leaf := range result.Leaves {
		if leaf != want[i] || leaf.Redundant() != (i == 0) {
			t.Errorf("got %+v, want %+v", leaf, want[i])
		}
	}
}
