package main

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// Which page on record a saved copy is: by the address that it names, its name, or its operation and language.
func TestWhich(t *testing.T) {
	inTurn(t)
	all := recorded(t)
	text := func(file string) string {
		i := slices.IndexFunc(all, func(p pages.Page) bool { return p.File == file })
		return string(all[i].Text)
	}
	initTR, auth := text("init.tr.json"), text("auth.en.json")
	const action = `"/v1/mass/payout/auth"`
	const cancel = "https://docs.iyzico.com/en/products/mass-payout/mass-payout-integration/mass-payout-cancel.md"
	v2 := func(text string) string { return strings.ReplaceAll(text, "/v1/mass", "/v2/mass") }
	change := func(text string) string { return strings.Replace(text, `"1.0.0"`, `"1.0.1"`, 1) }
	own := func(address string) string {
		return "> For the index, see [llms.txt](https://docs.iyzico.com/llms.txt); this page is available as " +
			"[Markdown](https://docs.iyzico.com/" + address + ".md).\n\n"
	}
	two := string(edit(t, all, []byte(auth), [][2]string{{"/paths/~1v1~1mass~1payout~1balance",
		"@balance.en.json/paths/~1v1~1mass~1payout~1balance"},
		{"/components/schemas/MassPayoutBalanceResponse", "@balance.en.json/components/schemas/MassPayoutBalanceResponse"}}))
	for _, test := range []struct {
		what string
		text string
		want string // the pages that it is taken for
		says string // the error or note
		name string // page.md unless said otherwise
	}{
		{"an operation of another version", page(v2(initTR)), "v2-init.tr.json",
			"is the Turkish page of POST /v2/mass/payout/init, api/pages/v2-init.tr.json", ""},
		{"a page on record whose operation has moved", page(v2(initTR)), "init.tr.json",
			"is the Turkish page of POST /v2/mass/payout/init, api/pages/init.tr.json", "init.tr.md"},
		{"another operation with the schemas of one on record",
			page(strings.Replace(auth, action, `"/v1/mass/payout/authorize"`, 1)), "authorize.en.json",
			"is the English page of POST /v1/mass/payout/authorize", ""},
		{"a new operation whose last word is another one's", page(strings.Replace(auth, action,
			`"/v1/mass/payout/scheduled/auth"`, 1)), "scheduled-auth.en.json", "POST /v1/mass/payout/scheduled/auth", ""},
		{"a new operation beside that one", page(auth, strings.Replace(auth, action, `"/v1/mass/payout/scheduled/auth"`, 1)),
			"auth.en.json scheduled-auth.en.json", "POST /v1/mass/payout/scheduled/auth", ""},
		{"the Turkish page, by its name at iyzico", page(change(auth)), "auth.tr.json", "is the Turkish page of",
			"toplu-odeme-tamamlama.md"},
		{"the Turkish page without Turkish letters, by the name on record", page(change(auth)), "auth.tr.json",
			"is the Turkish page of", "auth.tr.md"},
		{"the Turkish page, by the address that it names", own("urunler/mass-payout/mass-payout-toplu-odeme-entegrasyonu/"+
			"toplu-odeme-tamamlama") + page(change(auth)), "auth.tr.json", "is the Turkish page of", ""},
		{"a page that links another one in a quote", "> See [cancel](" + cancel + ").\n\n" + page(auth), "auth.en.json", "", ""},
		{"a page that links another one below the quote that names the index",
			"> See [llms.txt](https://docs.iyzico.com/llms.txt).\n\n[cancel](" + cancel + ")\n\n" + page(auth), "auth.en.json", "", ""},
		{"a page whose name and address disagree", own("urunler/mass-payout/mass-payout-toplu-odeme-entegrasyonu/"+
			"toplu-odeme-tamamlama") + page(change(auth)), refused, "may be each of auth.tr.json, auth.en.json", "auth.en.md"},
		{"a page whose language nobody knows", page(change(auth)), refused,
			"page.md may be each of auth.tr.json, auth.en.json; say which with -page, as in make spec FROM=page.md PAGE=auth.tr.json, " +
				"or name a new one, as in PAGE=auth-2.tr.json",
			""},
		{"a document with two operations", page(two), refused, "may be each of", ""},
		{"a document with two operations, by the name on record", page(two), "auth.en.json", "api/pages/auth.en.json", "auth.en.md"},
		{"two documents, by the name on record", page(change(auth), change(text("balance.en.json"))), "balance.en.json",
			"balance.en.md also shows that of another operation, POST /v1/mass/payout/auth, which has a page of its own", "balance.en.md"},
		{"another operation under a name on record", page(auth), refused,
			"expected the page of GET /v1/mass/payout/balance, got that of another operation, POST /v1/mass/payout/auth",
			"balance.en.md"},
		{"another name of a path's parameter", page(strings.ReplaceAll(text("cancel.en.json"), "requestId", "massPayoutRequestId")),
			"cancel.en.json", "POST /v1/mass/payout/cancel/{massPayoutRequestId}", "cancel.en.md"},
	} {
		t.Run(test.what, func(t *testing.T) { takes(t, all, cmp.Or(test.name, "page.md"), test.text, test.want, test.says) })
	}
}

// An operation with one language on record: another one's page does not replace it.
func TestWhichOfOneLanguage(t *testing.T) {
	inTurn(t)
	all := slices.DeleteFunc(recorded(t), func(p pages.Page) bool { return p.File == "auth.tr.json" })
	i := slices.IndexFunc(all, func(p pages.Page) bool { return p.File == "auth.en.json" })
	text := page(strings.Replace(string(all[i].Text), `"1.0.0"`, `"1.0.1"`, 1))
	takes(t, all, "page.md", text, refused, "page.md may be each of auth.en.json; say which with -page, as in make spec FROM=page.md PAGE=auth.en.json, or name a "+
		"new one, as in PAGE=auth.tr.json")
	english := slices.DeleteFunc(recorded(t), func(p pages.Page) bool { return p.File == "auth.en.json" })
	takes(t, english, "page.md", text, refused, "may be each of auth.tr.json; say which with -page, as in make spec FROM=page.md "+
		"PAGE=auth.tr.json, or name a new one, as in PAGE=auth.en.json")
	takes(t, all, "page.tr.md", text, "auth.tr.json", "page.tr.md is the Turkish page of POST /v1/mass/payout/auth, api/pages/auth.tr.json")
	takes(t, all, "page.en.md", text, "auth.en.json", "page.en.md is the English page of POST /v1/mass/payout/auth, api/pages/auth.en.json")
	other := strings.Replace(text, `"/v1/mass/payout/auth"`, `"/v1/mass/payout/refund"`, 1)
	takes(t, all, "page.md", other, "refund.en.json", "or it is in another language: `git restore api gen`, and say which it is, as in PAGE=refund.tr.json")
}

// The Turkish page generates once it was read whole, wherever in the record it stands; the other one tells how it differs.
func TestGenerating(t *testing.T) {
	inTurn(t)
	all := recorded(t)
	text := all[slices.IndexFunc(all, func(p pages.Page) bool { return p.File == "balance.en.json" })].Text
	number := []byte(strings.Replace(string(text), `"decimal"`, `"number"`, 1))
	was := []pages.Page{
		{File: "limits.en.json", Language: "en", Generates: true, Text: number, Differences: []string{"- of before"}},
		{File: "limits.tr.json", Language: "tr"},
	}
	now := slices.Clone(was)
	have := intake{pages: now}
	have.generating("limits")
	if !now[0].Generates || now[0].Differences != nil || now[1].Generates {
		t.Errorf("got %+v, want the English page to generate", now)
	}
	now[1].Text, now[1].Address = text, "https://docs.iyzico.com/urunler/limits.md"
	have.generating("limits")
	want := []string{"- MassPayoutBalanceResponse.balance: type=decimal", "+ MassPayoutBalanceResponse.balance: type=number"}
	if now[0].Generates || !now[1].Generates || !slices.Equal(now[0].Differences, want) || now[1].Differences != nil {
		t.Errorf("got %+v, want the Turkish page to generate, and the English one to differ in %q", now, want)
	}
	now[1].Operation = "GET /v2/mass/payout/limits" // the other language's has not moved yet
	have.generating("limits")
	if want := []string{"- GET /v2/mass/payout/limits", "+ "}; !slices.Equal(now[0].Differences, want) {
		t.Errorf("got the differences %q, want %q", now[0].Differences, want)
	}
	now[1].Operation = ""
	have.generating("limits")
	var r report
	r.comparePages(was, now)
	if want := []string{"limits.en.json, no longer: `- of before`", "limits.en.json, new: `" + want[0] + "`",
		"limits.en.json, new: `" + want[1] + "`"}; !slices.Equal(r.Languages, want) {
		t.Errorf("got of the languages %q, want %q", r.Languages, want)
	}
	if notes := []string{"The page of limits.tr.json has moved to <https://docs.iyzico.com/urunler/limits.md>"}; !slices.Equal(r.Notes, notes) {
		t.Errorf("got the notes %q, want %q", r.Notes, notes)
	}
}
