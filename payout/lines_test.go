package payout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/emulator"
	"github.com/iyzico-go/masspayout/gen"
)

func TestLines(t *testing.T) {
	blocked := func(id string) gen.MassPayoutItem { return itemTo(id, "1", emulator.RecipientBlocked.MemberID()) }
	r := request("x", item("a", "1"), blocked("r1"), item("b", "2"), item("c", "3"), item("d", "4"), blocked("r2"), item("e", "5"))
	for _, paging := range [][]emulator.Option{nil, {emulator.WithPagingBeside()}} {
		a := open(t, paging...)
		ref := ByRequestID(a.init(r))
		for _, tt := range []struct {
			which gen.ItemType
			size  int
			want  string
			asked int
		}{
			{gen.ItemTypeValid, 2, "a b c d e", 3}, // the last page is short
			{gen.ItemTypeValid, 5, "a b c d e", 2}, // the last page is full, and an empty one follows
			{gen.ItemTypeValid, 1, "a b c d e", 6},
			{gen.ItemTypeValid, 100, "a b c d e", 1},
			{gen.ItemTypeInvalid, 1, "r1 r2", 3},
			{"", 3, "a b c d e r1 r2", 3},
		} {
			before := a.Calls(emulator.OpRetrieve)
			var got []string
			for line, err := range Lines(t.Context(), a.client, ref, tt.which, WithPageSize(tt.size)) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, line.ItemExternalID)
			}
			equal(t, fmt.Sprintf("%s by %d", tt.which, tt.size), strings.Join(got, " "), tt.want)
			equal(t, fmt.Sprintf("%s by %d: questions", tt.which, tt.size), a.Calls(emulator.OpRetrieve)-before, tt.asked)
		}

		before := a.Calls(emulator.OpRetrieve)
		for range Lines(t.Context(), a.client, ByExternalID("x"), gen.ItemTypeValid, WithPageSize(2)) {
			break
		}
		equal(t, "questions before break", a.Calls(emulator.OpRetrieve)-before, 1)
	}
}

func TestLinesEndWithTheContext(t *testing.T) {
	a := open(t)
	ref := ByRequestID(a.init(request("x", item("a", "1"), item("b", "2"))))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []string
	for line, err := range Lines(ctx, a.client, ref, gen.ItemTypeValid, WithPageSize(1)) {
		if err != nil {
			wantError(t, err, context.Canceled)
			got = append(got, "error")
			continue
		}
		got = append(got, line.ItemExternalID)
		cancel()
	}
	equal(t, "lines", got, "[a error]")
}

// Nothing is asked twice: what goes wrong is told, once.
func TestLinesTellAFailure(t *testing.T) {
	a := open(t)
	ref := ByRequestID(a.init(request("x", item("a", "1"), item("b", "2"), item("c", "2"))))
	a.Inject(emulator.Fault{Operation: emulator.OpRetrieve, Kind: emulator.HTML, Skip: 2})
	var got []string
	for line, err := range Lines(t.Context(), a.client, ref, gen.ItemTypeValid, WithPageSize(1)) {
		if err != nil {
			wantError(t, err, gen.ErrOutcomeUnknown, "page 2")
			got = append(got, "error")
			continue
		}
		got = append(got, line.ItemExternalID)
	}
	equal(t, "lines", got, "[a b error]")
}

// retriever answers a question as a function says.
type retriever func(gen.MassPayoutRetrieveRequest) (status int, answer string)

func (f retriever) RetrieveMassPayout(ctx context.Context, r gen.MassPayoutRetrieveRequest, _ ...gen.RequestEditorFn) (*gen.MassPayoutRetrieveResponse, error) {
	status, answer := f(r)
	client, err := gen.New(gen.ServerURLSandbox, nil, gen.WithHTTPClient(doer(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(answer))}, nil
	})))
	if err != nil {
		return nil, err
	}
	return client.RetrieveMassPayout(ctx, r)
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// page is an answer with the lines named; paging is what stands beside them in massPayoutItems.
func page(status, paging string, ids ...string) string {
	items := []map[string]any{}
	for _, id := range ids {
		items = append(items, map[string]any{"itemExternalId": id, "referenceCode": "ref-" + id, "itemStatus": "INIT", "totalAmount": 1, "currencyCode": "TRY"})
	}
	text, _ := json.Marshal(items)
	return fmt.Sprintf(`{"status":"success","massPayout":{"externalId":"x","massPayoutStatus":%q},"massPayoutItems":{"items":%s%s}}`, status, text, paging)
}

// Servers are not all as documented. None of them makes the sequence endless, and none makes it leave out a line
// without a word.
func TestLinesOfOddServers(t *testing.T) {
	all := strings.Split("a b c d e f", " ")
	cut := func(page, size int) []string { return all[min(page*size, 6):min((page+1)*size, 6)] }
	for _, tt := range []struct {
		name   string
		answer func(page, size int) (int, string)
		want   string
		err    error
	}{
		{"no paging at all", func(p, s int) (int, string) { return 200, page("INIT", "", cut(p, s)...) }, "a b c d e f", nil},
		{"total is of pages", func(p, s int) (int, string) {
			return 200, page("INIT", `,"page":0,"size":2,"total":3`, cut(p, s)...)
		}, "a b c d e f", nil},
		{"size is capped", func(p, s int) (int, string) { return 200, page("INIT", `,"size":1,"total":6`, cut(p, 1)...) }, "a b c d e f", nil},
		{"total grows", func(p, s int) (int, string) {
			return 200, page("INIT", fmt.Sprintf(`,"size":2,"total":%d`, 2+2*min(p, 2)), cut(p, s)...)
		}, "a b c d e f", nil},
		{"total shrinks", func(p, s int) (int, string) {
			return 200, page("INIT", fmt.Sprintf(`,"size":2,"total":%d`, 6-p), cut(p, s)...)
		}, "a b c d e f", nil},
		{"total is too large", func(p, s int) (int, string) { return 200, page("INIT", `,"size":2,"total":7`, cut(p, s)...) },
			"a b c d e f error", ErrPaging},
		{"page is ignored", func(_, s int) (int, string) { return 200, page("INIT", `,"size":2,"total":6`, "a", "b") }, "a b error", ErrPaging},
		{"page is ignored, without a total", func(_, s int) (int, string) { return 200, page("INIT", "", "a", "b") }, "a b error", ErrPaging},
		{"pages repeat", func(p, s int) (int, string) { return 200, page("INIT", "", cut(p%3, s)...) },
			"a b c d e f a b c d e f a b error", ErrPaging},
		{"page and size are ignored, and all is there", func(p, s int) (int, string) { return 200, page("INIT", `,"total":6`, all...) }, "a b c d e f", nil},
		{"the last page for every one beyond it", func(p, s int) (int, string) {
			return 200, page("INIT", `,"size":2,"total":6`, cut(min(p, 2), s)...)
		}, "a b c d e f", nil},
		{"a page beyond the last is refused", func(p, s int) (int, string) {
			if p > 2 {
				return 400, `{"status":"failure","errorCode":"11"}`
			}
			return 200, page("INIT", `,"size":2,"total":6`, cut(p, s)...)
		}, "a b c d e f", nil},
		{"a page within is refused", func(p, s int) (int, string) {
			if p > 1 {
				return 400, `{"status":"failure","errorCode":"11"}`
			}
			return 200, page("INIT", `,"size":2,"total":6`, cut(p, s)...)
		}, "a b c d error", gen.ErrRefused},
		{"another payout", func(p, s int) (int, string) {
			return 200, strings.Replace(page("INIT", "", cut(p, s)...), `"externalId":"x"`, `"externalId":"y"`, 1)
		}, "error", ErrOtherPayout},
		{"a line of another payout", func(p, s int) (int, string) {
			return 200, strings.Replace(page("INIT", "", cut(p, s)...), `"referenceCode"`, `"massPayoutRequestId":"other","referenceCode"`, 1)
		}, "error", ErrOtherPayout},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client := retriever(func(r gen.MassPayoutRetrieveRequest) (int, string) { return tt.answer(r.Page, r.Size) })
			var got []string
			for line, err := range Lines(t.Context(), client, Ref{RequestID: "id", ExternalID: "x"}, gen.ItemTypeValid, WithPageSize(2)) {
				if err != nil {
					if !errors.Is(err, tt.err) || tt.err == nil {
						t.Errorf("error %v, want %v", err, tt.err)
					}
					got = append(got, "error")
					continue
				}
				got = append(got, line.ItemExternalID)
			}
			equal(t, "lines", strings.Join(got, " "), tt.want)
		})
	}
}
