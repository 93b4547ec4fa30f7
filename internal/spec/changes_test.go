package main

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// Changes of iyzico's pages: what the report says of each, which line of gen/contract.txt fails with which functions to
// look at, what the overlay makes of it, and the next version after v0.1.0. An edit is a JSON pointer into the page and
// the new value, or nothing to remove it; "+" appends to a list.
var changes = []struct {
	name     string
	page     string // init.tr.json unless said otherwise
	edits    [][2]string
	level    level
	says     string   // by the report
	contract []string // by TestContract, none if it passes
	overlay  string   // by the overlay's actions, its values or what is needless
	next     string   // v0.1.1 unless said otherwise; - where the generator or the build fails, as for a field of a new kind in a request
}{
	{name: "a new required field", edits: [][2]string{{item + "/properties/nationality", `{"type":"string"}`},
		{item + "/required/+", `"nationality"`}},
		level: breaking, says: "added the new required request property `items/items/nationality`",
		contract: []string{"MassPayoutItem: is", "MassPayoutItem.nationality: is new",
			"Look at gen: MassPayoutItem.check, MassPayoutItem.String; payout: ", "; emulator: judge"}},
	{name: "a new optional field", edits: [][2]string{{item + "/properties/nationality", `{"type":"string"}`}},
		level: additive, says: "nationality", contract: []string{`MassPayoutItem.nationality: is new, "type=string"`}},
	{name: "a new optional object", edits: [][2]string{{item + "/properties/address",
		`{"type":"object","properties":{"city":{"type":"string"}}}`}},
		level: additive, says: "address", contract: []string{"MassPayoutItem.address: is new",
			"MassPayoutItem.address.city: is new"}, next: "-"},
	{name: "a new optional date", edits: [][2]string{{item + "/properties/dueDate",
		`{"type":"string","format":"date"}`}},
		level: additive, says: "dueDate",
		contract: []string{`MassPayoutItem.dueDate: is new, "format=date type=string"`}, next: "-"},
	{name: "a new boolean whose default is true", edits: [][2]string{{item + "/properties/notify",
		`{"type":"boolean","default":true}`}},
		level: additive, says: "notify", contract: []string{`"default=true type=boolean"`}},
	{name: "a new list",
		edits: [][2]string{{item + "/properties/labels", `{"type":"array","items":{"type":"string"}}`}},
		level: additive, says: "labels", contract: []string{"MassPayoutItem.labels[]: is new"}, next: "-"},
	{name: "a removed field", edits: [][2]string{{item + "/properties/nonWithdrawable", ""}},
		level: risky, says: "removed the request property `items/items/nonWithdrawable`",
		contract: []string{"MassPayoutItem.nonWithdrawable: is gone"},
		overlay:  "corrects a property that is not in the document, MassPayoutItem.nonWithdrawable", next: "-"},
	{name: "a renamed field", edits: [][2]string{{item + "/properties/recipientName", ""},
		{item + "/properties/recipientFullName", `{"type":"string"}`}},
		level: risky, says: "recipientFullName", contract: []string{"MassPayoutItem.recipientName: is gone",
			"MassPayoutItem.recipientFullName: is new"},
		overlay: "not in the document, MassPayoutItem.recipientName", next: "-"},
	{name: "a required field that becomes optional", edits: [][2]string{{item + "/required",
		`["itemExternalId","recipientType","recipientInfo","amount"]`}},
		level: additive, says: "optional", contract: []string{"MassPayoutItem: is"}, next: "v0.1.1"},
	{name: "an optional field that becomes required", edits: [][2]string{{request + "/required/+", `"conversationId"`}},
		level: breaking, says: "`conversationId`", contract: []string{"MassPayoutInitializeRequest: is"}},
	{name: "a minimal length", edits: [][2]string{{item + "/properties/description/minLength", "5"}},
		level: breaking, says: "minLength",
		contract: []string{`MassPayoutItem.description: is "minLength=5 type=string"`}},
	{name: "a maximal length", edits: [][2]string{{item + "/properties/description/maxLength", "50"}},
		level: breaking, says: "maxLength", contract: []string{"maxLength=50", "MassPayoutItem.check"}},
	{name: "a maximal number of items", edits: [][2]string{{request + "/properties/items/maxItems", "500"}},
		level: breaking, says: "maxItems", contract: []string{"MassPayoutInitializeRequest.items: is", "maxItems=500",
			"MassPayoutInitializeRequest.Validate"}},
	{name: "a minimal number of items", edits: [][2]string{{request + "/properties/items/minItems", "1"}},
		level: breaking, says: "minItems", contract: []string{"minItems=1"}},
	{name: "a pattern", edits: [][2]string{{item + "/properties/itemExternalId/pattern", `"^[a-z]+$"`}},
		level: breaking, says: "pattern", contract: []string{"MassPayoutItem.itemExternalId: is", "pattern=^[a-z]+$"}},
	{name: "a maximum", edits: [][2]string{{amount + "/properties/value/maximum", "100000"}},
		level: breaking, says: "maximum", contract: []string{"Amount.value: is", "maximum=100000", "Amount.check"}},
	{name: "a multipleOf, which no rule knows", edits: [][2]string{{amount + "/properties/value/multipleOf", "0.01"}},
		level: breaking, contract: []string{"multipleOf=0.01"}},
	{name: "a default", edits: [][2]string{{item + "/properties/nonWithdrawable/default", "true"}},
		level: breaking, says: "default value", contract: []string{"MassPayoutItem.nonWithdrawable: is",
			"default=true"}},
	{name: "a nullable field", edits: [][2]string{{response + "/properties/conversationId/nullable", "true"}},
		level: breaking, says: "nullable", contract: []string{"nullable=true"}},
	{name: "new enum values, at the end", edits: [][2]string{{request + "/properties/purpose/enum/+", `"CASHBACK"`}},
		level: additive, says: "`CASHBACK`", contract: []string{"MassPayoutInitializeRequest.purpose: is", "CASHBACK",
			"MassPayoutInitializeRequest.Validate"}},
	{name: "a new enum value in the middle, and one removed",
		edits: [][2]string{{request + "/properties/purpose/enum",
			`["SALARY","CASHBACK","BONUS","SETTLEMENT","GOODS"]`}},
		level: breaking, says: "`SERVICES`", contract: []string{"purpose"},
		next: "v0.2.0"},
	{name: "an enum in another order", edits: [][2]string{{request + "/properties/purpose/enum",
		`["BONUS","SALARY","SETTLEMENT","GOODS","SERVICES"]`}},
		level: namesOnly, says: "only the order of lists, or parts", next: "v0.2.0"},
	{name: "a new status of an item", page: "retrieve.tr.json and item.en.json",
		edits: [][2]string{{detail + "/properties/itemStatus/enum/+", `"ON_HOLD"`}},
		level: breaking, says: "`ON_HOLD`", contract: []string{"MassPayoutItemDetail.itemStatus: is",
			"ItemStatus.Funds, ItemStatus.Final"}},
	{name: "a status that the overlay adds, published", page: "retrieve.tr.json",
		edits: [][2]string{{summary + "/properties/massPayoutStatus/enum/+", `"SUCCESS"`}},
		level: breaking, says: "`SUCCESS`", contract: []string{"MassPayoutSummary.massPayoutStatus: is"},
		next: "-"},
	{name: "a new text field in a response", page: "retrieve.tr.json and item.en.json",
		edits: [][2]string{{detail + "/properties/recipientPhone", `{"type":"string"}`}},
		level: additive, says: "recipientPhone", contract: []string{"MassPayoutItemDetail.recipientPhone: is new",
			"is it personal data?"}},
	{name: "a shared schema that changes on one page only", page: "retrieve.tr.json",
		edits: [][2]string{{detail + "/properties/recipientPhone", `{"type":"string"}`}},
		level: additive,
		overlay: "components schemas MassPayoutItemDetail is not the same in retrieve.tr.json and item.en.json: " +
			`it.recipientPhone: is gone, was "type=string"`, next: "-"},
	{name: "a new field in the response of init", edits: [][2]string{{response + "/properties/acceptedCount",
		`{"type":"integer"}`}},
		level: additive, says: "acceptedCount", contract: []string{"MassPayoutInitializeResponse.acceptedCount: is new",
			"emulator: opInit"}},
	{name: "systemTime becomes a string", edits: [][2]string{{response + "/properties/systemTime/type", `"string"`}},
		level: breaking, says: "`systemTime`",
		contract: []string{`MassPayoutInitializeResponse.systemTime: is "type=string", was "type=integer"`},
		next:     "v0.2.0"},
	{name: "a format under one that the overlay adds", edits: [][2]string{{response + "/properties/systemTime/format",
		`"int32"`}},
		level: additive, contract: []string{"format=int32"}, overlay: `systemTime: is "format=int32 type=integer", ` +
			`was "type=integer", and the overlay makes "format=int64 type=integer" of both`},
	{name: "an error code that the overlay adds, as a number",
		edits: [][2]string{{response + "/properties/errorCode", `{"type":"integer"}`}},
		level: additive, says: "errorCode", contract: []string{"MassPayoutInitializeResponse.errorCode: is new"}, overlay: `errorCode: is new, "type=integer", ` +
			`and the overlay makes "type=string" of both`},
	{name: "an error code that the overlay adds, as the overlay has it", page: "auth.en.json and cancel.en.json",
		edits: [][2]string{{"/components/schemas/MassPayoutAuthResponse/properties/errorCode", `{"type":"string"}`}},
		level: additive, contract: []string{"MassPayoutAuthResponse.errorCode: is new"}},
	{name: "decimal corrected to number", edits: [][2]string{{amount + "/properties/value/type", `"number"`}},
		level: namesOnly, says: "Amount.value: `decimal` and `number` are the same bare JSON number",
		contract: []string{`Amount.value: is "type=number", was "type=decimal"`}},
	{name: "decimal corrected to string", edits: [][2]string{{amount + "/properties/value/type", `"string"`}},
		level: breaking, says: "`decimal` to `string`", contract: []string{"Amount.value: is",
			"Amount.UnmarshalJSON"}, next: "-"},
	{name: "a new field of Amount", edits: [][2]string{{amount + "/properties/vat", `{"type":"string"}`}},
		level: additive, says: "vat", contract: []string{"Amount.vat: is new", "Amount.UnmarshalJSON"}},
	{name: "a new required parameter in a header", edits: [][2]string{{initPost + "/parameters/+",
		`{"name":"X-Agent","in":"header","required":true,"schema":{"type":"string"}}`}},
		level: breaking, says: "`X-Agent`", contract: []string{"POST /v1/mass/payout/init, header X-Agent: is new",
			"signer: Signer.Edit"}, overlay: "has the parameter X-Agent in its header", next: "-"},
	{name: "a new optional parameter in the query", edits: [][2]string{{initPost + "/parameters/+",
		`{"name":"dryRun","in":"query","schema":{"type":"boolean"}}`}},
		level: additive, says: "dryRun", contract: []string{"POST /v1/mass/payout/init, query dryRun: is new"},
		overlay: "has the parameter dryRun in its query, and api/templates/client.tmpl generates parameters of the path only",
		next:    "-"},
	{name: "a new required parameter in a header, by reference", edits: [][2]string{{initPost + "/parameters/+",
		`{"$ref":"#/components/parameters/Once"}`}, {"/components/parameters/Once",
		`{"name":"Idempotency-Key","in":"header","required":true,"schema":{"type":"string"}}`}},
		level: breaking, says: "`Idempotency-Key`", contract: []string{"header Idempotency-Key: is new"}, overlay: "has the parameter Idempotency-Key in its header", next: "-"},
	{name: "another language", edits: [][2]string{{"/components/parameters/LocaleQuery/schema/enum",
		`["tr","en","de"]`}},
		level: additive, says: "`de`",
		overlay: "components parameters LocaleQuery is not the same in init.tr.json and auth.en.json: it schema: is",
		next:    "-"},
	{name: "another language where none is named",
		page:  "init.tr.json and auth.en.json and cancel.en.json and retrieve.tr.json and item.en.json and balance.en.json",
		edits: [][2]string{{"/components/parameters/LocaleQuery/schema/default", `"tr"`}}, level: breaking,
		says:     "another default, POST /v1/mass/payout/init, query locale schema: to leave it out",
		contract: []string{`query locale schema: is "default=tr`}},
	{name: "a path's parameter with a format", page: "cancel.en.json",
		edits: [][2]string{{"/paths/~1v1~1mass~1payout~1cancel~1{requestId}/post/parameters/3/schema/format",
			`"uuid"`}},
		level: breaking, contract: []string{"path requestId schema: is"}},
	{name: "a path that moved", edits: [][2]string{{"/paths/~1v2~1mass~1payout~1init", "@" + initPath}, {initPath, ""}},
		level: breaking, says: "moved: POST /v1/mass/payout/init is now POST /v2/mass/payout/init",
		contract: []string{"POST /v2/mass/payout/init, 200"}, overlay: "no longer applies", next: "-"},
	{name: "another method", edits: [][2]string{{initPath + "/put", "@" + initPost}, {initPost, ""}},
		level: breaking, says: "moved: POST /v1/mass/payout/init is now PUT /v1/mass/payout/init",
		contract: []string{"PUT /v1/mass/payout/init"}, overlay: "no longer applies", next: "-"},
	{name: "another name of a path's parameter", page: "cancel.en.json", edits: [][2]string{
		{"/paths/~1v1~1mass~1payout~1cancel~1{id}", "@/paths/~1v1~1mass~1payout~1cancel~1{requestId}"},
		{"/paths/~1v1~1mass~1payout~1cancel~1{requestId}", ""},
		{"/paths/~1v1~1mass~1payout~1cancel~1{id}/post/parameters/3/name", `"id"`}},
		level: namesOnly, says: "schemas or parameters have other names", contract: []string{"cancel/{id}"},
		overlay: "no longer applies", next: "-"},
	{name: "auth on the page of init, equal", edits: [][2]string{{authPath, "@auth.en.json" + authPath},
		{"/components/schemas/MassPayoutAuthRequest", "@auth.en.json/components/schemas/MassPayoutAuthRequest"},
		{"/components/schemas/MassPayoutAuthResponse", "@auth.en.json/components/schemas/MassPayoutAuthResponse"}},
		level: additive, says: "/v1/mass/payout/auth"},
	{name: "auth on the page of init, not equal", edits: [][2]string{{authPath, "@auth.en.json" + authPath},
		{"/components/schemas/MassPayoutAuthRequest",
			`{"type":"object","properties":{"requestId":{"type":"integer"}}}`},
		{"/components/schemas/MassPayoutAuthResponse", "@auth.en.json/components/schemas/MassPayoutAuthResponse"}},
		level: additive, says: "It cannot be told: see what fails above.",
		overlay: "MassPayoutAuthRequest is not the same in init.tr.json and auth.en.json", next: "-"},
	{name: "a new operation", edits: [][2]string{{"/paths/~1v1~1mass~1payout~1ping",
		`{"get":{"responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/InvalidItem"}}}}}}}`}},
		level: additive, says: "/v1/mass/payout/ping", contract: []string{"GET /v1/mass/payout/ping",
			"nothing written by hand does yet"}},
	{name: "a server added", edits: [][2]string{{"/servers/+", `{"url":"https://api2.iyzipay.com"}`}},
		level: breaking, says: "added the server https://api2.iyzipay.com",
		contract: []string{"server https://api2.iyzipay.com: is new", "signer: New"}},
	{name: "a server replaced", edits: [][2]string{{"/servers/1/url", `"https://sandbox.example.com"`}},
		level: breaking, says: "removed the server https://sandbox-api.iyzipay.com",
		contract: []string{"server https://sandbox.example.com: is new"}, next: "v0.2.0"},
	{name: "another status of the response", edits: [][2]string{{initPost + "/responses/422", "@" + initPost +
		"/responses/400"}},
		level: additive, says: "422", contract: []string{"POST /v1/mass/payout/init, 422"}},
	{name: "a status of the response removed", edits: [][2]string{{initPost + "/responses/400", ""}},
		level: risky, contract: []string{"POST /v1/mass/payout/init, 400, application/json schema: is gone"}},
	{name: "another media type", edits: [][2]string{{initPost + "/responses/200/content/application~1xml", "@" +
		initPost + "/responses/200/content/application~1json"}},
		level: additive, contract: []string{"application/xml"}},
	{name: "a body that may be left out", edits: [][2]string{{initPost + "/requestBody/required", "false"}},
		level: additive, contract: []string{"POST /v1/mass/payout/init requestBody: is"}},
	{name: "security", edits: [][2]string{{"/components/securitySchemes",
		`{"bearer":{"type":"http","scheme":"bearer"}}`}, {initPost + "/security", `[{"bearer":[]}]`}},
		level: breaking, contract: []string{"securitySchemes bearer: is new"}, next: "*"},
	{name: "a renamed schema", edits: [][2]string{{"/components/schemas/PayoutLine", "@" + item}, {item, ""},
		{request + "/properties/items/items/$ref", `"#/components/schemas/PayoutLine"`}},
		level: namesOnly, says: "the same on the wire", contract: []string{"PayoutLine: is new",
			"MassPayoutItem: is gone"}, overlay: "no longer applies", next: "-"},
	{name: "a schema inline", edits: [][2]string{{item + "/properties/amount", "@" + amount}, {amount, ""}},
		level: namesOnly, says: "the same on the wire", contract: []string{"MassPayoutItem.amount.value: is new"},
		overlay: "no longer applies", next: "-"},
	{name: "a schema by allOf", edits: [][2]string{{item + "/properties/amount",
		`{"allOf":[{"$ref":"#/components/schemas/Amount"}]}`}},
		level: breaking, contract: []string{"MassPayoutItem.amount allOf[0]: is new"}, next: "*"},
	{name: "an operation deprecated", edits: [][2]string{{initPost + "/deprecated", "true"}},
		level: additive, says: "deprecated", contract: []string{"deprecated=true"}},
	{name: "a description", edits: [][2]string{{item + "/properties/description/description", `"Neu"`}},
		level: textOnly, says: "texts"},
	{name: "an example", edits: [][2]string{{item + "/properties/description/example", `"Maaş"`}}, level: textOnly,
		says: "texts"},
	{name: "an example of a body", edits: [][2]string{{initPost + "/requestBody/content/application~1json/example",
		`{"externalId":"a"}`}}, level: textOnly, says: "texts"},
	{name: "a schema that no operation uses", edits: [][2]string{{"/components/schemas/Unused", `{"type":"object"}`}},
		level: namesOnly, says: "are in no operation", contract: []string{"Unused: is new"}},
	{name: "a body where there was none", page: "cancel.en.json", edits: [][2]string{{
		"/paths/~1v1~1mass~1payout~1cancel~1{requestId}/post/requestBody",
		`{"content":{"application/json":{"schema":{"type":"object","properties":{"reason":{"type":"string"}}}}}}`}},
		level: additive, contract: []string{`schema.reason: is new, "type=string". Look at gen: call`}, next: "-"},
	{name: "another status of a success", edits: [][2]string{{initPost + "/responses/201", "@" + initPost +
		"/responses/200"}, {initPost + "/responses/200", ""}},
		level: breaking, says: "201", contract: []string{"POST /v1/mass/payout/init, 201"}, next: "-"},
	{name: "the version", edits: [][2]string{{"/info/version", `"1.1.0"`}}, level: textOnly,
		says: "version 1.1.0, was 1.0.1"},
	{name: "OpenAPI 3.0.4", edits: [][2]string{{"/openapi", `"3.0.4"`}}, level: namesOnly,
		says: "only the order of lists"},
	{name: "a server of the path", edits: [][2]string{{initPath + "/servers",
		`[{"url":"https://elsewhere.example.com"}]`}},
		level: breaking, says: "added the server https://elsewhere.example.com of POST /v1/mass/payout/init",
		contract: []string{"server https://elsewhere.example.com of POST /v1/mass/payout/init: is new"}},
	{name: "a server of the operation", edits: [][2]string{{initPost + "/servers",
		`[{"url":"https://elsewhere.example.com"}]`}},
		level: breaking, says: "added the server https://elsewhere.example.com",
		contract: []string{"server https://elsewhere.example.com of POST"}},
	{name: "a field of a response removed", edits: [][2]string{{"/components/schemas/InvalidItem/properties/errorMessage",
		""}},
		level: risky, says: "removed the optional property `invalidItems/items/errorMessage`",
		contract: []string{"InvalidItem.errorMessage: is gone"}, overlay: "not in the document, InvalidItem.errorMessage", next: "-"},
	{name: "OpenAPI 3.1", edits: [][2]string{{"/openapi", `"3.1.0"`}}, level: risky,
		contract: []string{"document: is"}},
	{name: "the parameters of an operation at its path", page: "cancel.en.json", edits: [][2]string{
		{"/paths/~1v1~1mass~1payout~1cancel~1{requestId}/parameters",
			"@/paths/~1v1~1mass~1payout~1cancel~1{requestId}/post/parameters"},
		{"/paths/~1v1~1mass~1payout~1cancel~1{requestId}/post/parameters", ""}},
		level: nothing},
	{name: "the servers in another order", edits: [][2]string{{"/servers/0", "@/servers/1"},
		{"/servers/1", `{"url":"https://api.iyzipay.com","description":"Canlı (Production)"}`}}, level: nothing},
	{name: "decimal corrected to number in a response", page: "balance.en.json", edits: [][2]string{
		{"/components/schemas/MassPayoutBalanceResponse/properties/balance/type", `"number"`}},
		level: namesOnly, says: "nothing changes for users of this client",
		contract: []string{`MassPayoutBalanceResponse.balance: is "type=number", was "type=decimal"`}},
	{name: "a description of a hundred thousand bytes", edits: [][2]string{{item + "/properties/description/description",
		`"` + strings.Repeat("Maaş ", 20_000) + `"`}}, level: textOnly, says: "What is left to do"},
	{name: "a text that would mention somebody", edits: [][2]string{{item + "/properties/description/description", `"<b>@admin</b>"`}},
		level: textOnly, says: "+ MassPayoutItem.description: description=<b>@admin</b> type=string"},
	{name: "a value that would mention somebody", edits: [][2]string{{request + "/properties/purpose/enum/+", `"<b>@admin</b>"`}},
		level: additive, says: "`&lt;b>@\u200badmin&lt;/b>`", contract: []string{"&lt;b>@\u200badmin&lt;/b>"}, next: "*"},
	{name: "a path that moved, with another name of its parameter", page: "cancel.en.json", edits: [][2]string{
		{"/paths/~1v2~1mass~1payout~1cancel~1{id}", "@/paths/~1v1~1mass~1payout~1cancel~1{requestId}"},
		{"/paths/~1v1~1mass~1payout~1cancel~1{requestId}", ""},
		{"/paths/~1v2~1mass~1payout~1cancel~1{id}/post/parameters/3/name", `"id"`}},
		level: breaking, says: "moved: POST /v1/mass/payout/cancel/{requestId} is now POST /v2/mass/payout/cancel/{id}\n\n",
		contract: []string{"cancel/{id}"}, overlay: "no longer applies", next: "-"},
	{name: "nothing but the order of keys", edits: [][2]string{{"/info",
		`{"version":"1.0.1","title":"Toplu Ödeme (Mass Payout) API"}`}}, level: nothing},
}

const (
	item     = "/components/schemas/MassPayoutItem"
	amount   = "/components/schemas/Amount"
	request  = "/components/schemas/MassPayoutInitializeRequest"
	response = "/components/schemas/MassPayoutInitializeResponse"
	detail   = "/components/schemas/MassPayoutItemDetail"
	summary  = "/components/schemas/MassPayoutSummary"
	initPath = "/paths/~1v1~1mass~1payout~1init"
	initPost = initPath + "/post"
	authPath = "/paths/~1v1~1mass~1payout~1auth"
	root     = "../.."
)

func TestChanges(t *testing.T) {
	inTurn(t)
	before := recorded(t)
	table, err := pages.ParseContract(read(t, filepath.Join(root, pages.ContractFile)))
	if err != nil {
		t.Fatal(err)
	}
	actions := []byte(read(t, filepath.Join(root, overlayFile)))
	joined, err := pages.Join(before)
	if err != nil {
		t.Fatal(err)
	}
	was, err := applyOverlay(joined, actions)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range changes {
		t.Run(test.name, func(t *testing.T) {
			var done report
			after := changed(t, before, test.page, test.edits)
			done.comparePages(before, after)
			if done.Level != test.level {
				t.Errorf("the change is %s, want %s", done.Level, test.level)
			}
			document, err := pages.Join(after)
			if err != nil {
				done.Broken = []string{err.Error()}
			} else {
				is, err := applyOverlay(document, actions)
				if err != nil {
					t.Fatal(err)
				}
				done.Overlay, done.Look, done.Beneath = is, table.Compare(document), beneath(was, is)
			}
			text, err := done.markdown()
			if err != nil {
				t.Fatal(err)
			}
			if len(text) > 60_100 {
				t.Errorf("the report has %d bytes, which GitHub would cut", len(text))
			}
			contains(t, "the report", text, append(test.contract, test.says, test.overlay)...)
			if len(test.contract) == 0 && len(done.Look) > 0 {
				t.Errorf("got %q, want nothing to look at", done.Look)
			}
			if (test.overlay == "") != (len(done.Broken)+len(done.Overlay.Problems)+len(done.Beneath) == 0) {
				t.Errorf("of the overlay, got %q %q %q", done.Broken, done.Overlay.Problems, done.Beneath)
			}
		})
	}
}

// What the generator cannot make is said in words that it has not.
func TestGenerateOfAParameterInAHeader(t *testing.T) {
	inTurn(t)
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "api"), os.DirFS(filepath.Join(root, "api"))); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, pages.Folder, "init.tr.json")
	text := edit(t, nil, []byte(read(t, name)), [][2]string{{initPost + "/parameters/+",
		`{"name":"X-Agent","in":"header","required":true,"schema":{"type":"string"}}`}})
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	const want = "POST /v1/mass/payout/init has the parameter X-Agent in its header, and api/templates/client.tmpl generates " +
		"parameters of the path only: remove it by an action and let the signer send it, or extend the template"
	if err := generate(t.Context(), dir); err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

// What iyzico wrote is told, and a document whose references are a circle is compared.
func TestComparePage(t *testing.T) {
	inTurn(t)
	const document = `{"openapi":"3.0.3","info":{"version":"1"},"paths":{"/x":{"post":{"requestBody":{"content":{"application/json":{"schema":
		{"properties":{"count":{"type":"integer"},"amount":{"type":"decimal"}}}}}},"responses":{"200":{"description":"","content":{
		"application/json":{"schema":{"properties":{"a":{"$ref":"#/paths/~1x/post/responses/200/content/application~1json/schema"},
		"b":{"$ref":"#/paths/~1x/post/responses/200/content/application~1json/schema"}}}}}}}}}}}`
	for _, test := range []struct {
		name, was, is string
		level         level
		says          string
	}{
		{"an integer becomes a number", `"integer"`, `"number"`, additive, "from `integer` to `number`"},
		{"an integer becomes a number, and a decimal, too", `"integer"},"amount":{"type":"decimal"`, `"number"},"amount":{"type":"number"`,
			additive, "from `integer` to `number`"},
		{"a number with a maximum", `"decimal"`, `"number","maximum":7`, breaking, "max was set to `7.00`"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := pages.Page{Operation: "POST /x", Text: []byte(document)}
			after := before
			after.Text = []byte(strings.Replace(document, test.was, test.is, 1))
			got := comparePage(before, after)
			if got.Level != test.level {
				t.Errorf("the change is %s, want %s", got.Level, test.level)
			}
			contains(t, "the report", strings.Join(got.Changes(), "\n"), test.says)
		})
	}
}

// A report is cut where a test prints much, where there are many changes, and above a heading if all is too much still.
func TestBounds(t *testing.T) {
	inTurn(t)
	r := report{Overlay: overlaid{Actions: 1}}
	r.Failing = []finding{{Title: "go test ./gen", What: "first\n```\n" + strings.Repeat("line\n", 50) + "last"}}
	text, err := r.markdown()
	contains(t, "the report", text, "- **fails**: `go test ./gen`\n\n  ````\n  first\n", "  …\n  ````\n")
	if err != nil || strings.Contains(text, "last") || strings.Count(text, "\n  line") != 38 {
		t.Errorf("got error %v and\n%s", err, text)
	}
	var change pageChange
	for i := range 40 {
		change.add(additive, "%d: %s", i, strings.Repeat("long ", 200))
	}
	change.add(breaking, "one that matters")
	for range 10 {
		r.Pages = append(r.Pages, change)
	}
	text, err = r.markdown()
	contains(t, "the report", text, "**breaking**: one that matters\n- **additive**: 0: long", "… and 11 more",
		"\nThe rest is left out: `git diff api gen` has every change.\n")
	if err != nil || len(text) > 60_100 || strings.Count(text, "one that matters") != strings.Count(text, "and 11 more") {
		t.Errorf("got error %v and %d bytes", err, len(text))
	}
}

// changed returns the pages with edits in those that are named.
func changed(t *testing.T, before []pages.Page, named string, edits [][2]string) []pages.Page {
	t.Helper()
	after := slices.Clone(before)
	for i, page := range before {
		if page.File != cmp.Or(named, "init.tr.json") && !slices.Contains(strings.Split(named, " and "), page.File) {
			continue
		}
		document := edit(t, before, page.Text, edits)
		in := input{name: "page." + page.Language + ".md"}
		taken := intake{pages: after}
		if index, err := taken.which(in, []int{i}, document, true); err != nil || index != i {
			t.Fatalf("got the page %d, error %v; want %d", index, err, i)
		}
		if err := put(&after[i], document, in); err != nil {
			t.Fatal(err)
		}
	}
	return after
}

func recorded(t *testing.T) []pages.Page {
	t.Helper()
	all, err := pages.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// contains fails for each text that got lacks.
func contains(t *testing.T, what, got string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("%s lacks %q:\n%s", what, text, got)
		}
	}
}

// edit returns a document with some values set or removed.
func edit(t *testing.T, all []pages.Page, text []byte, edits [][2]string) []byte {
	t.Helper()
	decode := func(text []byte) (v any) {
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return v
	}
	document := decode(text)
	for _, e := range edits {
		keys := strings.Split(e[0], "/")[1:]
		switch from, isCopy := strings.CutPrefix(e[1], "@"); {
		case e[1] == "":
			delete(at(document, keys[:len(keys)-1]).(map[string]any), unescape(keys[len(keys)-1]))
			continue
		case isCopy:
			source := document
			for _, page := range all {
				if rest, ok := strings.CutPrefix(from, page.File); ok {
					source, from = decode(page.Text), rest
				}
			}
			copied, _ := json.Marshal(at(source, strings.Split(from, "/")[1:]))
			e[1] = string(copied)
		}
		set(document, keys, decode([]byte(e[1])))
	}
	out, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func unescape(key string) string { return strings.ReplaceAll(key, "~1", "/") }

func at(v any, keys []string) any {
	for _, key := range keys {
		switch parent := v.(type) {
		case map[string]any:
			v = parent[unescape(key)]
		case []any:
			i, _ := strconv.Atoi(key)
			v = parent[i]
		}
	}
	return v
}

func set(document any, keys []string, value any) {
	last := keys[len(keys)-1]
	if last == "+" {
		set(document, keys[:len(keys)-1], append(at(document, keys[:len(keys)-1]).([]any), value))
		return
	}
	switch parent := at(document, keys[:len(keys)-1]).(type) {
	case map[string]any:
		parent[unescape(last)] = value
	case []any:
		i, _ := strconv.Atoi(last)
		parent[i] = value
	}
}
