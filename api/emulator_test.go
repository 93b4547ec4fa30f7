package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/iyzico-go/masspayout/signer"
)

// The emulator knows nothing of gen, so that neither hides the other's mistakes. What it knows by itself is compared
// here with iyzico's pages: the values that it accepts, and the fields that it sends.
func TestEmulatorKnowsWhatThePagesSay(t *testing.T) {
	all, err := pages.Load("..")
	if err != nil {
		t.Fatal(err)
	}
	facts := []pages.Facts{pages.Decode([]byte(read(t, "openapi.json"))).Bare().Facts()}
	for _, page := range all {
		facts = append(facts, pages.Decode(page.Text).Bare().Facts()) // the English page has more purposes
	}
	emu, err := emulator.Start("key", "secret")
	if err != nil {
		t.Fatal(err)
	}
	defer emu.Close()
	call := caller(t, emu.URL)

	for _, list := range []struct{ subject, field string }{
		{"MassPayoutInitializeRequest.purpose", "purpose"},
		{"MassPayoutItem.recipientType", "recipientType"},
		{"Amount.currency", "currency"},
	} {
		want := enum(facts, list.subject)
		if len(want) == 0 {
			t.Fatalf("%s has no enum", list.subject)
		}
		for _, value := range append(want, "NONE") {
			answer, _ := json.Marshal(call("POST", "/v1/mass/payout/init", request(list.field, value)))
			// A refusal of the value says which values there are.
			refused := strings.Contains(string(answer), "one of ") && strings.Contains(string(answer), list.field)
			if refused != (value == "NONE") {
				t.Errorf("%s %s: refused %v: %s", list.subject, value, refused, answer)
			}
			if _, listed, ok := strings.Cut(string(answer), "one of "); ok && value == "NONE" {
				var got []string
				for _, word := range strings.FieldsFunc(listed,
					func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') }) {
					if len(word) > 2 { // not the initials of "Invalid"
						got = append(got, word)
					}
				}
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Errorf("the emulator knows the values %q of %s, the pages %q", got, list.subject, want)
				}
			}
		}
	}

	// The fields of its responses. Those that the pages do not list are from the Java SDK, or from the common envelope.
	both := request("recipientInfo", "") // one item is refused, another one is not
	other := request("itemExternalId", "2")
	both["items"] = append(both["items"].([]any), other["items"].([]any)...)
	created := call("POST", "/v1/mass/payout/init", both)
	id := created["requestId"].(string)
	name := map[string]any{"requestId": id, "itemType": "INVALID", "page": 0, "size": 10}
	retrieved := call("POST", "/v1/mass/payout/retrieve", name)
	items := retrieved["massPayoutItems"].(map[string]any)
	item := items["items"].([]any)[0].(map[string]any)
	for _, response := range []struct {
		schema string
		got    map[string]any
		absent string // fields that a response need not have
		others string // fields that the pages do not list
	}{
		{"MassPayoutInitializeResponse", created, "conversationId", "conversationId"},
		{"InvalidItem", created["invalidItems"].([]any)[0].(map[string]any), "", ""},
		{"MassPayoutRetrieveResponse", retrieved, "page size total", "page size total conversationId"},
		{"MassPayoutSummary", retrieved["massPayout"].(map[string]any), "", "receivedDate completedDate canceledDate"},
		{"MassPayoutItemsPage", items, "", "page size total"},
		{"MassPayoutItemDetail", item, "", "errorMessage massPayoutRequestId"},
		{"MassPayoutBalanceResponse", call("GET", "/v1/mass/payout/balance", nil), "", "locale"},
		{"MassPayoutItemRetrieveResponse", call("GET", "/v1/mass/payout/retrieve/items/"+item["referenceCode"].(string),
			nil), "", ""},
		{"MassPayoutAuthResponse", call("POST", "/v1/mass/payout/cancel/"+id, nil), "", ""},
	} {
		var want []string
		for _, document := range facts {
			for subject := range document {
				if field, ok := strings.CutPrefix(subject, response.schema+"."); ok && !strings.ContainsAny(field, ".[ ") {
					want = append(want, field)
				}
			}
		}
		got := slices.Sorted(maps.Keys(response.got))
		for _, field := range want {
			if !slices.Contains(got, field) && !slices.Contains(strings.Fields(response.absent), field) {
				t.Errorf("the emulator's %s lacks %s", response.schema, field)
			}
		}
		for _, field := range got {
			if !slices.Contains(want, field) && !slices.Contains(strings.Fields(response.others), field) {
				t.Errorf("the emulator's %s has %s, which the pages do not list", response.schema, field)
			}
		}
	}
}

// enum lists the values of a field on all pages.
func enum(facts []pages.Facts, subject string) []string {
	var values []string
	for _, document := range facts {
		if _, list, ok := strings.Cut(document[subject], "enum="); ok {
			list, _, _ = strings.Cut(list, " ")
			values = append(values, strings.Split(list, ",")...)
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// request is one with a value in one of its fields.
func request(field, value string) map[string]any {
	amount := map[string]any{"value": 100, "currency": "TRY"}
	item := map[string]any{
		"itemExternalId": "1", "recipientType": "MEMBER_ID", "recipientInfo": "2228853", "recipientName": "Jane",
		"description": "x", "amount": amount,
	}
	body := map[string]any{"externalId": field + "-" + value, "purpose": "SALARY", "items": []any{item}}
	for _, part := range []map[string]any{amount, item, body} {
		if _, ok := part[field]; ok {
			part[field] = value
		}
	}
	return body
}

// caller signs and sends requests to the emulator.
func caller(t *testing.T, url string) func(method, path string, body map[string]any) map[string]any {
	sign, err := signer.New("key", "secret")
	if err != nil {
		t.Fatal(err)
	}
	return func(method, path string, body map[string]any) map[string]any {
		t.Helper()
		var content io.Reader
		if body != nil {
			text, _ := json.Marshal(body)
			content = bytes.NewReader(text)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, url+path+"?locale=en", content)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if err := sign.Edit(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var answer map[string]any
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		return answer
	}
}
