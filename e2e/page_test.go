package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/iyzico-go/masspayout/emulator"
)

// An integrator's first hour: a wrong signature, a payout with refused items, a lost response, stuck money, and a ledger
// that adds up all the while.
func TestStory(t *testing.T) {
	b := open(t)
	_, c := start(t, emulator.WithStage(time.Hour))

	// The one address leads to the page.
	b.do(chromedp.Navigate(c.url))
	b.until(`location.pathname === '/_emulator/'`)
	b.shows("#no-requests", c.url)
	b.shows("#no-payouts", "No payouts yet")
	b.accessible("nothing yet")

	// He signs the path with its query, and reads why it is refused.
	if status := c.sendSignedWithQuery("my-shop/0.1", "GET", "/v1/mass/payout/balance?locale=en", ""); status != 400 {
		t.Fatalf("HTTP status %d", status)
	}
	b.shows("#requests a", "Signature refused")
	b.shows("#requests a", "my-shop/0.1")
	b.click("#requests a", "balance")
	b.shows("#mistakes", "The path was signed with a query")
	b.shows("#mistakes", `Sign the path as it is sent, from the first "/" to before the "?".`)
	b.shows(`[data-f="signed"] mark`, "?locale=en")
	b.until(`document.querySelector('[data-f="expected"]').textContent === '1764027062000123456789/v1/mass/payout/balance'`)
	b.accessible("a wrong signature")
	b.click(".crumb a", "Overview")
	b.shows("#ledger-heading", "Ledger")

	// He sets what there is to pay out with, and creates a payout of which one item is refused.
	b.fill(`[data-setting="balance"] input`, "10000,50")
	b.click(`[data-setting="balance"] button`, "Set")
	b.shows(`.balance [data-f="balance"]`, "10,000.50")
	status, id := c.send("my-shop/0.2", "POST", "/v1/mass/payout/init?locale=en", payout("salaries-2026-11",
		item("emp-1", "TR920086402100005482911101", "1000"),
		item("emp-2", "TR920086402100005482911102", "2500.25"),
		item("emp-3", emulator.RecipientBlocked.IBAN(), "700"),
		item("emp-4", emulator.RecipientReturns.IBAN(), "300")))
	if status != 200 {
		t.Fatalf("HTTP status %d", status)
	}
	b.shows("#payouts a", "4 items · 1 refused")
	b.shows("#payouts a", "3,800.25")

	// The next response to auth shall be lost: he clicks, his program authorizes, and the payout is under way anyway.
	b.choose("#fault-operation", "auth")
	b.click("#fault-buttons button", "Lost, but carried out")
	b.shows("#armed li", "auth: Lost, but carried out")
	status, _ = c.send("my-shop/0.2", "POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"`+id+`"}`)
	if status != 0 {
		t.Fatalf("the response was not lost: HTTP status %d", status)
	}
	b.shows("#requests a", "the connection was closed without a response; the operation was carried out")
	b.shows("#payouts a", "PUBLISHED_TO_QUEUE")
	b.until(`document.querySelector('#armed-box').hidden`)
	b.shows(`[data-part="reserved"]`, "3,800.25")
	b.accessible("under way")

	// One item's money shall be stuck.
	b.click("#payouts a", "salaries-2026-11")
	b.shows("#items tr", "emp-2")
	b.shows("#items tr", "…1102")
	b.shows("#items tr:nth-child(3)", "emp-3")
	b.shows("#items tr:nth-child(3)", "blocked")
	b.choose(`select[aria-label="Outcome of emp-2"]`, "DEPOSIT_FAIL")
	b.shows("#toast", "emp-2 will end as DEPOSIT_FAIL.")
	b.shows("#timeline", "expected")
	b.click("#advance", "Advance one stage")
	b.shows("#timeline", "With the bank")
	b.click("#advance", "Advance one stage")
	b.shows("#timeline", "Stuck: the money did not come back")
	b.shows(`#payout [data-f="status"]`, "COMPLETED")
	b.click("#payout-funds button", "DEPOSIT_FAIL")
	b.until(`document.querySelectorAll('#items tr').length === 1`)
	b.shows("#items tr", "the payment failed, the amount could not be returned")
	b.accessible("a payout")

	// The ledger says where every lira is.
	b.click(".crumb a", "Overview")
	for part, want := range map[string]string{"sent": "1,000.00", "reserved": "0.00", "back": "300.00", "stuck": "2,500.25"} {
		b.shows(fmt.Sprintf("[data-part=%q] b", part), want)
	}
	b.shows(".sum", "10,000.50 put in")
	b.until(`document.querySelector('[data-f="s-balance"]').textContent === '6,500.25'`)
	b.shows(".proof", "It adds up")
	b.accessible("ended")

	// He prefers Turkish, and is still understood after a reload.
	b.click(".languages a", "TR")
	b.shows(".proof", "Hesap tutuyor")
	b.do(chromedp.Navigate(c.url + "/_emulator/#request/1"))
	b.shows("#mistakes", `Yol, "?" ile başlayan sorgu kısmıyla birlikte imzalanmış.`)
	b.accessible("Turkish")
	b.click(".crumb a", "Genel bakış")
	b.shows(".legend", "2.500,25")

	// Enough: everything is forgotten, once he has said so twice.
	b.click("#reset", "Her şeyi sıfırla")
	b.shows("dialog", "silinsin mi?")
	b.accessible("a question")
	b.click("dialog button", "Vazgeç")
	b.shows("#payouts a", "salaries-2026-11")
	b.click("#reset", "Her şeyi sıfırla")
	b.click("dialog button.danger", "Sıfırla")
	b.shows("#no-payouts", "Henüz toplu ödeme yok")
	b.shows(`.balance [data-f="balance"]`, "1.000.000.000,00")
	b.quiet()
}

// Names and IDs are whatever a client sends. They are shown as they are, and do nothing.
func TestHostileNames(t *testing.T) {
	b := open(t)
	server, c := start(t, emulator.WithStage(time.Hour))
	b.do(chromedp.Navigate(c.url + "/_emulator/"))
	const script = `"'><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>` +
		`<a href="javascript:window.hacked=1">{{7*7}}`
	status, id := c.send(script, "POST", "/v1/mass/payout/init?locale=en&<b>=1",
		payout(script, item(script, script, "1"), item("b", "x", "1")))
	if status != 200 {
		t.Fatalf("HTTP status %d", status)
	}
	const unknown = "UNDER_REVIEW_WITH_A_NAME_THAT_IS_SO_LONG"
	server.SetOutcome("b", unknown)
	c.sendSignedWithQuery(script, "GET", "/v1/mass/payout/retrieve/items/%3Cscript%3E?locale="+"%22%3E", script)
	b.shows("#payouts b", script)
	b.shows("#requests .who", script)
	b.click("#payouts a", "img")
	b.shows("#items th", script)
	c.send(script, "POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"`+id+`"}`)
	server.AdvanceStage()
	server.AdvanceStage()
	b.shows("#payout-funds", unknown)
	b.shows("#timeline", unknown)
	b.accessible("long names")
	b.do(chromedp.Navigate(c.url + "/_emulator/#request/2"))
	b.shows("#explained", "Why the signature is refused")
	b.until(`document.querySelectorAll('main img, main script, main a[href^="javascript"]').length === 0`)
	b.until(`window.hacked === undefined`)
	b.quiet()
	b.do(chromedp.Navigate(c.url + "/_emulator/#payout/" + id + "/%22%3E"))
	b.do(chromedp.Navigate(c.url + "/_emulator/#payout/%3Cimg%3E"))
	b.shows("#gone", "This is no longer kept.")
	b.accessible("gone")
	b.do(chromedp.Navigate(c.url + "/_emulator/#request/%"))
	b.shows("#ledger-heading", "Ledger")
	b.until(`window.hacked === undefined`)
}

// A payout of 10,000 items and a thousand requests are looked through a page at a time.
func TestManyItems(t *testing.T) {
	b := open(t)
	_, c := start(t)
	items := make([]string, 10_000)
	for i := range items {
		items[i] = item(fmt.Sprintf("emp-%05d", i), fmt.Sprintf("TR%024d", i), "1")
	}
	status, id := c.send("my-shop", "POST", "/v1/mass/payout/init?locale=en", payout("many", items...))
	if status != 200 {
		t.Fatalf("HTTP status %d", status)
	}
	for range 1_100 {
		c.send("my-shop", "GET", "/v1/mass/payout/balance?locale=en", "")
	}
	b.do(chromedp.Navigate(c.url + "/_emulator/#payout/" + id))
	b.shows("#items-pager", "1–25 of 10,000")
	b.click("#items-pager button", "Next")
	b.shows("#items-pager", "26–50 of 10,000")
	b.shows("#items tr", "emp-00049")
	b.click(".crumb a", "Overview")
	b.shows("#requests-pager", "1–12 of 1,000")
	b.click("#requests-pager button", "Older")
	b.shows("#requests-pager", "13–24 of 1,000")
	b.do(chromedp.Navigate(c.url + "/_emulator/#request/1"))
	b.shows("#gone", "This is no longer kept.")
	b.until(`document.querySelectorAll('*').length < 2000`)
}

// What can be read in two ways, or not at all, is not guessed: "10.000" is ten thousand to one, and ten to another.
func TestMistypedSettings(t *testing.T) {
	b := open(t)
	server, c := start(t)
	b.do(chromedp.Navigate(c.url + "/_emulator/?lang=tr"))
	b.shows(`.balance [data-f="balance"]`, "1.000.000.000,00")
	b.until(`document.querySelector('[data-setting="balance"] input').value === '1.000.000.000,00'`)
	for _, typed := range []struct{ setting, text string }{
		{"balance", "10.000"}, {"balance", "1.000.000"}, {"balance", "10.00,50"}, {"balance", "1,000,000.50"}, {"balance", "-5"}, {"commission", "1e2"}, {"stage", "iki"},
	} {
		b.fill(`[data-setting="`+typed.setting+`"] input`, typed.text)
		b.click(`[data-setting="`+typed.setting+`"] button`, "Uygula")
		b.until(`document.querySelector('[data-setting="` + typed.setting + `"] input').matches(':invalid')`)
		b.until(`!document.querySelector('#toast').classList.contains('shown')`)
	}
	// What the field itself shows is understood, and a grouped amount is, too, where its decimals say what is what.
	b.fill(`[data-setting="balance"] input`, "999.516.307,10")
	b.click(`[data-setting="balance"] button`, "Uygula")
	b.shows(`.balance [data-f="balance"]`, "999.516.307,10")
	b.until(`document.querySelector('[data-setting="balance"] input').value === '999.516.307,10'`)
	if got := server.Balance("TRY").String(); got != "999516307.1" {
		t.Errorf("balance %s", got)
	}
	b.fill(`[data-setting="balance"] input`, "1250,5")
	b.click(`[data-setting="balance"] button`, "Uygula")
	b.shows(`.balance [data-f="balance"]`, "1.250,50")
	if got := fmt.Sprint(server.Balance("TRY"), server.Commission(), server.Stage()); got != "1250.5 0 1s" {
		t.Errorf("balance, commission and stage are %s", got)
	}
	b.quiet()
}

// A filter by status lets go once no item is in the status any more.
func TestFilterThatRunsEmpty(t *testing.T) {
	b := open(t)
	server, c := start(t, emulator.WithStage(time.Hour))
	_, id := c.send("my-shop", "POST", "/v1/mass/payout/init?locale=en",
		payout("p", item("emp-1", "TR920086402100005482911101", "1"), item("emp-2", emulator.RecipientFails.IBAN(), "1")))
	c.send("my-shop", "POST", "/v1/mass/payout/auth?locale=en", `{"requestId":"`+id+`"}`)
	b.do(chromedp.Navigate(c.url + "/_emulator/#payout/" + id))
	b.click("#payout-funds button", "QUEUED")
	b.shows(`#payout-funds [aria-pressed="true"]`, "QUEUED")
	server.AdvanceStage()
	b.shows(`#payout-funds [aria-pressed="true"]`, "All")
	b.until(`document.querySelectorAll('#items tr').length === 2`)
}

// A search finds payouts by their items, requests by what came of them, and items in a payout. Dates stand beside times.
func TestSearch(t *testing.T) {
	b := open(t)
	clock := emulator.NewManualClock(time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC))
	_, c := start(t, emulator.WithClock(clock.Now), emulator.WithStage(time.Hour))
	for _, name := range []string{"salaries-2026-10", "salaries-2026-11"} {
		c.send("my-shop", "POST", "/v1/mass/payout/init?locale=en", payout(name,
			item("emp-1-"+name, "TR920086402100005482911101", "1"), item("emp-2-"+name, "TR920086402100005482911102", "1")))
	}
	c.sendSignedWithQuery("other-shop", "GET", "/v1/mass/payout/balance?locale=en", "")
	b.do(chromedp.Navigate(c.url + "/_emulator/"))
	b.until(`document.querySelectorAll('#payouts li').length === 2`)
	b.shows("#payouts time", "Nov 30, 2026")
	b.shows("#requests time", "Nov 30, 2026")
	b.shows(".live time", "Nov 30, 2026")

	b.fill("#search", "EMP-2-salaries-2026-11")
	b.until(`document.querySelectorAll('#payouts li').length === 1`)
	b.shows("#payouts b", "salaries-2026-11")
	b.shows("#no-request-found", "Nothing found.")
	b.accessible("a search")
	b.click("#payouts a", "salaries-2026-11")
	b.until(`document.querySelectorAll('#items tr').length === 1`)
	b.shows("#timeline time", "Nov 30, 2026")
	b.fill("#search", "nobody")
	b.shows("#no-item-found", "Nothing found.")
	b.click(".crumb a", "Overview")
	b.shows("#no-payout-found", "Nothing found.")
	b.fill("#search", "other-shop")
	b.shows("#requests a", "Signature refused")
	b.until(`document.querySelectorAll('#requests li').length === 1`)
	b.do(chromedp.KeyEvent(kb.Escape))
	b.until(`document.querySelectorAll('#requests li').length === 3`)
	b.quiet()
}

// The test recipients and the keys of the page are listed, and the keys do what the list says.
func TestRecipientsAndKeys(t *testing.T) {
	b := open(t)
	server, c := start(t, emulator.WithStage(time.Hour))
	b.do(chromedp.Navigate(c.url + "/_emulator/?lang=tr"))
	b.shows("#live", "Canlı")
	b.shows(".controls", "Anahtarlar başlatırken verilenlerdir, burada gösterilmez.")
	b.until(`document.querySelectorAll('#recipient-list li').length === 12`)
	b.do(chromedp.KeyEvent("r"))
	b.shows("#recipients li", emulator.RecipientBlocked.IBAN())
	b.shows("#recipients li:nth-child(1)", "init sırasında ret: alıcının hesabı blokeli")
	b.shows("#recipients li:nth-child(10)", "FAILED → DEPOSIT_SUCCESS")
	b.click("#shortcuts summary", "Klavye kısayolları")
	b.shows("#shortcuts kbd", "/")
	b.accessible("recipients and keys")

	before := server.Now()
	b.do(chromedp.KeyEvent("a"))
	b.shows("#toast", "Saat bir aşama ileri alındı.")
	if ahead := server.Now().Sub(before); ahead < time.Hour {
		t.Errorf("the clock went ahead by %s", ahead)
	}
	b.do(chromedp.KeyEvent("/"))
	b.until(`document.activeElement.id === 'search'`)
	b.do(chromedp.KeyEvent("ra")) // typed, and not done
	b.until(`document.querySelector('#search').value.endsWith('ra')`)
	if again := server.Now().Sub(before); again >= 2*time.Hour {
		t.Errorf("the clock went ahead by %s", again)
	}
	b.quiet()

	// Keys that everybody knows are shown.
	known, err := emulator.Start(emulator.DefaultAPIKey, emulator.DefaultSecretKey, emulator.WithPage())
	if err != nil {
		t.Fatal(err)
	}
	defer known.Close()
	b.do(chromedp.Navigate(known.URL + "/_emulator/?lang=en"))
	b.shows(".keys code", "sandbox-key")
	b.shows(".keys code", "sandbox-secret")
	b.accessible("keys that are no secret")
}
