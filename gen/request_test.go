package gen_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// violationsOf are Validate's findings.
func violationsOf(t *testing.T, r gen.MassPayoutInitializeRequest) []gen.Violation {
	t.Helper()
	err := r.Validate()
	if err == nil {
		return nil
	}
	var invalid *gen.ValidationError
	if !errors.As(err, &invalid) || len(invalid.Violations) == 0 {
		t.Fatalf("got %v (%T), want a *ValidationError with findings", err, err)
	}
	return invalid.Violations
}

const (
	missing        = "is required"
	recipientTypes = "must be one of PHONE, IBAN, IDENTITY_NUMBER, MEMBER_ID"
	currencies     = "must be one of TRY, USD, EUR"
	purposes       = "must be one of SALARY, BONUS, SETTLEMENT, GOODS, SERVICES"
)

// What nobody sees in a text makes two payouts of one, and some of it no database takes.
func TestValidateReadsEveryText(t *testing.T) {
	type request = gen.MassPayoutInitializeRequest
	fields := map[string]func(*request) *string{
		"externalId":     func(r *request) *string { return &r.ExternalID },
		"conversationId": func(r *request) *string { return &r.ConversationID },
		"itemExternalId": func(r *request) *string { return &r.Items[0].ItemExternalID },
		"recipientInfo":  func(r *request) *string { return &r.Items[0].RecipientInfo },
		"recipientName":  func(r *request) *string { return &r.Items[0].RecipientName },
		"description":    func(r *request) *string { return &r.Items[0].Description },
	}
	const ends = "must have no white space and no invisible character at its ends"
	const within = "must have no control characters, marks of direction and replacement characters, got "
	for _, tt := range []struct{ text, want string }{
		{"nov-1", ""},
		{"a b", ""},
		{"a  b", ""},
		{"Kasım maaşı", ""},
		{"Kas\u0131m maas\u0327\u0131", ""}, // NFD
		{"می\u200cخواهم", ""},               // Persian needs a zero-width non-joiner
		{"👩\u200d💻", ""},
		{"nov-1 ", ends},
		{" nov-1", ends},
		{"nov-1\n", ends},
		{"nov-1\u00a0", ends},
		{"\ufeffnov-1", ends},
		{"nov-1\u200b", ends},
		{"nov-1\u3164", ends}, // a letter that shows nothing
		{"nov-1\u200f", ends},
		{"nov-1\u2028", ends},
		{"nov\x00-1", within + "U+0000"},
		{"nov-1\x00", within + "U+0000"},
		{"nov\n1", within + "U+000A"},
		{"nov\t1", within + "U+0009"},
		{"nov\x7f1", within + "U+007F"},
		{"nov\u00851", within + "U+0085"},
		{"nov\u20281", within + "U+2028"},
		{"nov\u061c1", within + "U+061C"},
		{"nov\u200e1", within + "U+200E"},
		{"nov\u202e1", within + "U+202E"},
		{"nov\u20661", within + "U+2066"},
		{"nov\ufffd1", within + "U+FFFD"},
		{"\ufffd", within + "U+FFFD"},
		{"nov\xff1", "must be valid UTF-8"},
		{"\xed\xa0\x80", "must be valid UTF-8"}, // half a surrogate pair
	} {
		for field, of := range fields {
			for _, kind := range []gen.RecipientType{"IBAN", "PHONE"} {
				r := readmeRequest()
				r.Items[0].RecipientType = kind
				*of(&r) = tt.text
				var got []string
				for _, v := range violationsOf(t, r) {
					got = append(got, v.Field+": "+v.Message)
				}
				want := []string{field + ": " + tt.want}
				if tt.want == "" {
					want = nil
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s %+q of %s: got %q, want %q", field, tt.text, kind, got, want)
				}
			}
		}
	}
}

// Each change breaks one rule of a request that is valid, or none.
func TestValidate(t *testing.T) {
	type request = gen.MassPayoutInitializeRequest
	amount := func(value decimal.Decimal) func(*request) {
		return func(r *request) { r.Items[0].Amount.Value = value }
	}
	for _, tt := range []struct {
		name    string
		change  func(*request)
		field   string
		message string // empty: no finding
	}{
		{"as it is", func(*request) {}, "", ""},
		{"externalId missing", func(r *request) { r.ExternalID = "" }, "externalId", missing},
		{"externalId blank", func(r *request) { r.ExternalID = " \t\n" }, "externalId", missing},
		{"externalId not UTF-8", func(r *request) { r.ExternalID = "a\xff" }, "externalId", "must be valid UTF-8"},
		{"conversationId", func(r *request) { r.ConversationID = "c" }, "", ""},
		{"conversationId not UTF-8", func(r *request) { r.ConversationID = "\xff" }, "conversationId", "must be valid UTF-8"},
		{"purpose absent", func(r *request) { r.Purpose = "" }, "", ""},
		{"purpose unknown", func(r *request) { r.Purpose = "RENT" }, "purpose", purposes},
		{"purpose in lower case", func(r *request) { r.Purpose = "salary" }, "purpose", purposes},
		{"no lines", func(r *request) { r.Items = nil }, "items", "must have at least one item"},
		{"empty lines", func(r *request) { r.Items = []gen.MassPayoutItem{} }, "items", "must have at least one item"},

		{"itemExternalId missing", func(r *request) { r.Items[0].ItemExternalID = "" }, "itemExternalId", missing},
		{"itemExternalId not UTF-8", func(r *request) { r.Items[0].ItemExternalID = "\xff" }, "itemExternalId", "must be valid UTF-8"},
		{"recipientType missing", func(r *request) { r.Items[0].RecipientType = "" }, "recipientType", missing + "; " + recipientTypes},
		{"recipientType unknown", func(r *request) { r.Items[0].RecipientType = "CARD" }, "recipientType", recipientTypes},
		{"recipientType confused", func(r *request) { r.Items[0].RecipientType = "TR330006100519786457841326" }, "recipientType", recipientTypes},
		{"recipientInfo missing", func(r *request) { r.Items[0].RecipientInfo = "" }, "recipientInfo", missing},
		{"recipientInfo blank", func(r *request) { r.Items[0].RecipientInfo = "\u00a0" }, "recipientInfo", missing},
		{"recipientInfo not UTF-8", func(r *request) { r.Items[0].RecipientInfo = "TR\xff" }, "recipientInfo", "must be valid UTF-8"},
		{"recipientInfo with a wrong checksum", func(r *request) { r.Items[0].RecipientInfo = "TR000000000000000000000000" }, "", ""},
		{"recipientName missing", func(r *request) { r.Items[0].RecipientName = "" }, "recipientName", missing},
		{"recipientName blank", func(r *request) { r.Items[0].RecipientName = " " }, "recipientName", missing},
		{"recipientName not UTF-8", func(r *request) { r.Items[0].RecipientName = "Y\xfdlmaz" }, "recipientName", "must be valid UTF-8"},
		{"recipientName of a phone absent", func(r *request) { r.Items[0].RecipientType, r.Items[0].RecipientName = "PHONE", "" }, "", ""},
		{"recipientName of an identity number absent", func(r *request) { r.Items[0].RecipientType, r.Items[0].RecipientName = "IDENTITY_NUMBER", "" }, "", ""},
		{"recipientName of a member absent", func(r *request) { r.Items[0].RecipientType, r.Items[0].RecipientName = "MEMBER_ID", "" }, "", ""},
		{"recipientName of a phone not UTF-8", func(r *request) { r.Items[0].RecipientType, r.Items[0].RecipientName = "PHONE", "\xff" }, "recipientName", "must be valid UTF-8"},
		{"description missing", func(r *request) { r.Items[0].Description = "" }, "description", missing},
		{"description blank", func(r *request) { r.Items[0].Description = " " }, "description", missing},
		{"description not UTF-8", func(r *request) { r.Items[0].Description = "Kas\xfdm" }, "description", "must be valid UTF-8"},
		{"not withdrawable", func(r *request) { r.Items[0].NonWithdrawable = true }, "", ""},
		{"currency missing", func(r *request) { r.Items[0].Amount.Currency = "" }, "amount.currency", missing + "; " + currencies},
		{"currency unknown", func(r *request) { r.Items[0].Amount.Currency = "GBP" }, "amount.currency", currencies},
		{"currency in lower case", func(r *request) { r.Items[0].Amount.Currency = "try" }, "amount.currency", currencies},

		{"amount of a kuruş", amount(decimal.New(1, -2)), "", ""},
		{"amount 100.5", amount(decimal.New(1005, -1)), "", ""},
		{"amount 1.500", amount(decimal.New(1500, -3)), "", ""}, // two decimals, written with a third
		{"amount 8E+3", amount(decimal.New(8, 3)), "", ""},
		{"amount of 30 digits", amount(decimal.RequireFromString("123456789012345678901234567890.12")), "", ""},
		{"amount absent", amount(decimal.Decimal{}), "amount.value", "must be greater than 0 (in major units), got 0"},
		{"amount zero", amount(decimal.New(0, 3)), "amount.value", "must be greater than 0 (in major units), got 0"},
		{"amount negative", amount(decimal.New(-1, -2)), "amount.value", "must be greater than 0 (in major units), got -0.01"},
		{"amount 1.505", amount(decimal.New(1505, -3)), "amount.value", "must have at most two decimals, got 1.505"},
		{"amount 0.001", amount(decimal.New(1, -3)), "amount.value", "must have at most two decimals, got 0.001"},
		{"amount 0.100000000000000000001", amount(decimal.RequireFromString("0.100000000000000000001")), "amount.value",
			"must have at most two decimals, got 0.100000000000000000001"},
		// Written out, these would fill the memory.
		{"amount 1e1000000000", amount(decimal.New(1, 1e9)), "amount.value", "must have at most 1000 digits"},
		{"amount 1e-1000000000", amount(decimal.New(1, -1e9)), "amount.value", "must have at most 1000 digits"},
		{"amount -1e1000000000", amount(decimal.New(-1, 1e9)), "amount.value", "must have at most 1000 digits"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readmeRequest()
			tt.change(&r)
			var want []gen.Violation
			switch tt.field {
			case "":
			case "externalId", "conversationId", "purpose", "items":
				want = []gen.Violation{{Field: tt.field, Index: -1, Message: tt.message}}
			default:
				want = []gen.Violation{{Field: tt.field, Index: 0, ItemExternalID: r.Items[0].ItemExternalID, Message: tt.message}}
			}
			if got := violationsOf(t, r); !slices.Equal(got, want) {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestValidateFindsTwoLinesUnderOneName(t *testing.T) {
	line := readmeRequest().Items[0]
	named := func(name string) gen.MassPayoutItem { line.ItemExternalID = name; return line }
	r := readmeRequest()
	r.Items = []gen.MassPayoutItem{named("a"), named("b"), named("a"), named("A"), named("a"), named(""), named("")}
	want := []gen.Violation{
		{Field: "itemExternalId", Index: 2, ItemExternalID: "a", Message: "must be unique; items[0] has the same one"},
		{Field: "itemExternalId", Index: 4, ItemExternalID: "a", Message: "must be unique; items[0] has the same one"},
		{Field: "itemExternalId", Index: 5, Message: missing},
		{Field: "itemExternalId", Index: 6, Message: missing},
	}
	if got := violationsOf(t, r); !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestValidateFindsEverythingAtOnce(t *testing.T) {
	err := gen.MassPayoutInitializeRequest{
		Purpose: "RENT",
		Items: []gen.MassPayoutItem{
			{},
			{
				ItemExternalID: "emp-1001", RecipientType: gen.RecipientTypeIBAN, RecipientInfo: "TR330006100519786457841326",
				Amount: gen.Amount{Value: decimal.New(1505, -3), Currency: "GBP"}, Description: "Kasım maaşı",
			},
		},
	}.Validate()
	const want = `gen: invalid payout: 11 problems: externalId: is required; ` +
		`purpose: must be one of SALARY, BONUS, SETTLEMENT, GOODS, SERVICES; ` +
		`items[0] (itemExternalId ""): itemExternalId: is required; ` +
		`items[0] (itemExternalId ""): recipientType: is required; must be one of PHONE, IBAN, IDENTITY_NUMBER, MEMBER_ID; ` +
		`items[0] (itemExternalId ""): recipientInfo: is required; ` +
		`items[0] (itemExternalId ""): description: is required; ` +
		`items[0] (itemExternalId ""): amount.value: must be greater than 0 (in major units), got 0; ` +
		`items[0] (itemExternalId ""): amount.currency: is required; must be one of TRY, USD, EUR; ` +
		`items[1] (itemExternalId "emp-1001"): recipientName: is required; ` +
		`items[1] (itemExternalId "emp-1001"): amount.value: must have at most two decimals, got 1.505; ` +
		`items[1] (itemExternalId "emp-1001"): amount.currency: must be one of TRY, USD, EUR`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// iyzico leaves the description, which its spec requires, out of three lines of its own example. Neither its IBAN nor its
// identity number has a right checksum.
const publishedRequest = `{"externalId":"massPayoutId-323ddd","conversationId":"conversationId-323f","purpose":"SALARY","items":[
	{"itemExternalId":"ext-65656","recipientType":"IBAN","recipientInfo":"TR920086402100005482911108",
	 "amount":{"value":100,"currency":"TRY"},"description":"Payment for services","recipientName":"John Doe"},
	{"itemExternalId":"ext-9545455","recipientType":"MEMBER_ID","recipientInfo":"2228853",
	 "amount":{"value":8000,"currency":"TRY"}},
	{"itemExternalId":"ext-545454542","recipientType":"IDENTITY_NUMBER","recipientInfo":"22222222220",
	 "amount":{"value":20000,"currency":"TRY"}},
	{"itemExternalId":"ext-50070945","recipientType":"PHONE","recipientInfo":"+905555555555",
	 "amount":{"value":7000,"currency":"TRY"}}]}`

func TestValidateOfThePublishedRequest(t *testing.T) {
	var r gen.MassPayoutInitializeRequest
	if err := json.Unmarshal([]byte(publishedRequest), &r); err != nil {
		t.Fatal(err)
	}
	want := []gen.Violation{
		{Field: "description", Index: 1, ItemExternalID: "ext-9545455", Message: missing},
		{Field: "description", Index: 2, ItemExternalID: "ext-545454542", Message: missing},
		{Field: "description", Index: 3, ItemExternalID: "ext-50070945", Message: missing},
	}
	if got := violationsOf(t, r); !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestValidateOfThousandsOfFindings(t *testing.T) {
	r := readmeRequest()
	for i := range 5000 {
		line := r.Items[0]
		line.ItemExternalID, line.Description = fmt.Sprintf("emp-%d", 2000+i), ""
		r.Items = append(r.Items, line)
	}
	err := r.Validate()
	var invalid *gen.ValidationError
	if !errors.As(err, &invalid) || len(invalid.Violations) != 5000 || invalid.Violations[4999].Index != 5000 {
		t.Fatalf("got %d findings, want 5000", len(invalid.Violations))
	}
	text := err.Error()
	if !strings.HasPrefix(text, "gen: invalid payout: 5000 problems: items[1] (itemExternalId \"emp-2000\"): description: is required; items[2]") ||
		!strings.HasSuffix(text, "; items[20] (itemExternalId \"emp-2019\"): description: is required; and 4980 more") {
		t.Errorf("got %s", text)
	}
}

// The request may be used by the caller after Validate as before.
func TestValidateChangesNothing(t *testing.T) {
	r := readmeRequest()
	if err := r.Validate(); err != nil || !reflect.DeepEqual(r, readmeRequest()) {
		t.Errorf("got %v; %v", r, err)
	}
}

// The lists of values in this file are written by hand; here they are compared with the spec's, so that a value that the
// spec gains is not forgotten.
func TestValidateNamesTheValuesOfTheSpec(t *testing.T) {
	for _, tt := range []struct{ typeName, message string }{
		{"Purpose", purposes}, {"RecipientType", recipientTypes}, {"Currency", currencies},
	} {
		got := strings.Split(strings.TrimPrefix(tt.message, "must be one of "), ", ")
		want := generatedValues(t, tt.typeName)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: Validate names %q, the spec has %q: change this file's constants", tt.typeName, got, want)
		}
	}
}

// generatedValues are the values of an enum type in client.gen.go.
func generatedValues(t *testing.T, typeName string) (values []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "client.gen.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if id, ok := spec.Type.(*ast.Ident); ok && id.Name == typeName {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, value)
			}
		}
		return true
	})
	return values
}

// bodyOf is the body that the client sends for r.
func bodyOf(t testing.TB, r gen.MassPayoutInitializeRequest) string {
	t.Helper()
	var body []byte
	client := newClient(t, gen.ServerURLSandbox, gen.WithHTTPClient(doerFunc(func(req *http.Request) (_ *http.Response, err error) {
		body, err = io.ReadAll(req.Body)
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"status":"success","requestId":"1"}`))}, err
	})))
	if _, err := client.InitMassPayout(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// checkEncoding compares the hand-written encoding with that of encoding/json.
func checkEncoding(t *testing.T, r gen.MassPayoutInitializeRequest) {
	t.Helper()
	type fields gen.MassPayoutInitializeRequest // without its MarshalJSON
	want, err := json.Marshal(fields(r))
	if err != nil {
		t.Fatal(err)
	}
	if got := bodyOf(t, r); got != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRequestOnTheWire(t *testing.T) {
	var got, contentType string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, contentType = r.Method+" "+r.URL.Path+" "+string(body), r.Header.Get("Content-Type")
		_, _ = io.WriteString(w, `{"status":"success","requestId":"1"}`)
	})
	if _, err := newClient(t, url).InitMassPayout(context.Background(), readmeRequest()); err != nil {
		t.Fatal(err)
	}
	const want = `POST /v1/mass/payout/init {"externalId":"salaries-2026-11","items":[{"amount":{"currency":"TRY","value":48250.75},` +
		`"description":"Kasım maaşı","itemExternalId":"emp-1001","recipientInfo":"TR330006100519786457841326",` +
		`"recipientName":"Ayşe Yılmaz","recipientType":"IBAN"}],"purpose":"SALARY"}`
	if got != want {
		t.Errorf("the server saw\n%s, want\n%s", got, want)
	}
	if contentType != "application/json" {
		t.Errorf("Content-Type: got %q", contentType)
	}
}

func TestEncodingOfEveryField(t *testing.T) {
	var full gen.MassPayoutInitializeRequest
	fill(t, reflect.ValueOf(&full).Elem())
	checkEncoding(t, full)
	checkEncoding(t, gen.MassPayoutInitializeRequest{})

	// One field absent, and one field alone, of the request and of its line.
	for i := range reflect.TypeFor[gen.MassPayoutInitializeRequest]().NumField() {
		without, alone := full, gen.MassPayoutInitializeRequest{}
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		reflect.ValueOf(&alone).Elem().Field(i).Set(reflect.ValueOf(full).Field(i))
		checkEncoding(t, without)
		checkEncoding(t, alone)
	}
	for i := range reflect.TypeFor[gen.MassPayoutItem]().NumField() {
		without, alone := full.Items[0], gen.MassPayoutItem{}
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		reflect.ValueOf(&alone).Elem().Field(i).Set(reflect.ValueOf(full.Items[0]).Field(i))
		checkEncoding(t, gen.MassPayoutInitializeRequest{Items: []gen.MassPayoutItem{without, alone}})
	}

	checkEncoding(t, gen.MassPayoutInitializeRequest{Items: []gen.MassPayoutItem{}})
	checkEncoding(t, gen.MassPayoutInitializeRequest{Items: make([]gen.MassPayoutItem, 3)})
}

// fill gives every field a value that is not its zero value.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch {
	case !v.CanSet():
		t.Fatal("the spec has a field of a new type with unexported fields: teach this function, and the template")
	case v.Type() == reflect.TypeFor[decimal.Decimal]():
		v.Set(reflect.ValueOf(decimal.New(10050, -2)))
	case v.Kind() == reflect.String:
		v.SetString(`ı"<x>`)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	default:
		t.Fatalf("the spec has a field of a new kind, %v: teach this function, and the template", v.Type())
	}
}

// texts are strings that encoding/json does not write as they are, and some that it does.
var texts = []string{
	"", "Ayşe Yılmaz", "İıĞğÜüŞşÖöÇç", `"quoted"`, `back\slash`, "<b>&amp;</b>", "line\nbreak\r\ttab", "\x00\x01\x1f\x7f",
	"\u2028 and \u2029", "\u2027\u202a", "€ 100", "\ufffd", "😀", "'", "/", "\u0080",
	`"`, `\`, "<", ">", "&", "\x00", "\x1f", " ", "\x7f", "\u2028", "\u2029",
}

func TestEncodingOfStrings(t *testing.T) {
	for _, s := range texts {
		checkEncoding(t, requestOf(s, s, s, s, s, s, s, s, s, true))
	}
}

func TestEncodingFailsForAnAmountTooLong(t *testing.T) {
	r := readmeRequest()
	r.Items[0].Amount.Value = decimal.New(1, 1<<30)
	url, requests := counted(t)
	_, err := newClient(t, url).InitMassPayout(context.Background(), r)
	checkNotSent(t, err)
	if !strings.Contains(err.Error(), "items[0].amount.value has more than 1000 digits") {
		t.Errorf("got error %v", err)
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("the server saw %d requests", n)
	}
}

// JSON cannot carry text that is not UTF-8; encoding/json would replace what is broken without a word.
func TestTextThatIsNotUTF8IsNotSent(t *testing.T) {
	url, requests := counted(t)
	client := newClient(t, url)
	for _, broken := range []string{"\xff", "ş\xc5", "\xe2\x80", "\xed\xa0\x80"} {
		for i, field := range []string{"externalId", "conversationId", "purpose", "items[0].itemExternalId", "items[0].recipientType",
			"items[0].recipientInfo", "items[0].recipientName", "items[0].description", "items[0].amount.currency"} {
			text := make([]string, 9)
			text[i] = broken
			_, err := client.InitMassPayout(t.Context(), requestOf(text[0], text[1], text[2], text[3], text[4], text[5], text[6], text[7], text[8], false))
			checkNotSent(t, err)
			if want := "iyzico: InitMassPayout: not sent: " + field + " is not valid UTF-8"; err.Error() != want {
				t.Errorf("got error %v\nwant %s", err, want)
			}
		}
		_, err := client.RetrieveMassPayout(t.Context(), gen.MassPayoutRetrieveRequest{ExternalMassPayoutID: broken})
		checkNotSent(t, err)
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("the server saw %d requests", n)
	}
}

func requestOf(externalID, conversationID, purpose, itemExternalID, recipientType, info, name, description, currency string,
	nonWithdrawable bool) gen.MassPayoutInitializeRequest {
	return gen.MassPayoutInitializeRequest{
		ExternalID:     externalID,
		ConversationID: conversationID,
		Purpose:        gen.Purpose(purpose),
		Items: []gen.MassPayoutItem{{
			ItemExternalID:  itemExternalID,
			RecipientType:   gen.RecipientType(recipientType),
			RecipientInfo:   info,
			RecipientName:   name,
			Description:     description,
			NonWithdrawable: nonWithdrawable,
			Amount:          gen.Amount{Value: decimal.New(10050, -2), Currency: gen.Currency(currency)},
		}},
	}
}

func FuzzEncoding(f *testing.F) {
	for i, s := range texts {
		next := texts[(i+1)%len(texts)]
		f.Add(s, next, s, next, s, next, s, next, s, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i, j string, nonWithdrawable bool) {
		for _, text := range []string{a, b, c, d, e, g, h, i, j} { // each by itself: two halves may make a whole
			if !utf8.ValidString(text) {
				t.Skip() // refused, see above
			}
		}
		checkEncoding(t, requestOf(a, b, c, d, e, g, h, i, j, nonWithdrawable))
	})
}

// A long request's IDs are compared while its items are checked: the findings are those of a short one, in its order.
func TestValidateLong(t *testing.T) {
	r := gen.MassPayoutInitializeRequest{ExternalID: "long"}
	for i := range 3000 {
		r.Items = append(r.Items, gen.MassPayoutItem{ItemExternalID: fmt.Sprintf("item-%d", i), Description: "salary",
			RecipientType: gen.RecipientTypePhone, RecipientInfo: "+905551234567",
			Amount: gen.Amount{Value: decimal.New(1, 0), Currency: gen.CurrencyTRY}})
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	r.Purpose = "PRESENT"
	r.Items[1].ItemExternalID = ""
	r.Items[2].ItemExternalID = ""
	r.Items[2000].ItemExternalID, r.Items[2000].Description = "item-7", ""
	r.Items[2500].Description = ""
	r.Items[2999].ItemExternalID = "item-7"
	want := "gen: invalid payout: 7 problems: " +
		"purpose: must be one of SALARY, BONUS, SETTLEMENT, GOODS, SERVICES; " +
		`items[1] (itemExternalId ""): itemExternalId: is required; ` +
		`items[2] (itemExternalId ""): itemExternalId: is required; ` +
		`items[2000] (itemExternalId "item-7"): description: is required; ` +
		`items[2000] (itemExternalId "item-7"): itemExternalId: must be unique; items[7] has the same one; ` +
		`items[2500] (itemExternalId "item-2500"): description: is required; ` +
		`items[2999] (itemExternalId "item-7"): itemExternalId: must be unique; items[7] has the same one`
	if err := r.Validate(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
