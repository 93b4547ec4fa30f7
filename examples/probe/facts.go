package main

import (
	"fmt"
	"strconv"
	"strings"
)

// verdict is what the probe found out about a fact.
type verdict string

const (
	notSeen      verdict = "not seen"
	confirmed    verdict = "confirmed"
	contradicted verdict = "contradicted"
)

// fact is one that no document of iyzico's settles.
type fact struct {
	id    string
	claim string
	why   string // what depends on it
}

// facts are all that the library assumes or would like to know, in the order of the report.
var facts = []fact{
	{"http-1", "The server speaks HTTP/1.1.", "With HTTP/2, net/http may send a request again that the server says it " +
		"did not process."},
	{"envelope", "Every response is a JSON object whose status is success or failure.",
		"Anything else is an unknown outcome."},
	{"client", "Package gen reads every response that says success.", "What it cannot read is an unknown outcome."},
	{"refusal-http", "A refusal has HTTP status 400.", "status decides, not the HTTP status; 5xx counts as unknown."},
	{"refusal-code", "A refusal has an errorCode.", "A refusal without one never proves that a payout does not exist."},
	{"system-time", "systemTime is in milliseconds since 1970.", "gen documents it so."},
	{"rate-headers", "Responses do not say how near the rate limit is.", "Nothing slows down before a 429."},
	{"rate-limit", "Above the rate limit: HTTP 429 or errorCode 50000.",
		"Nothing was stored then; the probe does not provoke it."},

	{"signature", "A wrong signature is refused with errorCode 1000.", "It must not be taken for “no such payout”."},
	{"api-key", "An unknown API key is refused with errorCode 1001.", "It must not be taken for “no such payout”."},

	{"locale-query", "locale=en in the query is accepted, also on a POST, and makes messages English.",
		"The signer puts it there."},
	{"locale-echo", "A response names the locale that was asked for.", "Known from examples only."},
	{"locale-missing", "A request without a locale is accepted.",
		"The documentation requires it; the signer always adds it."},
	{"locale-body", "A locale in the body in place of the query is enough.", "The official Java SDK sends it so."},

	{"not-found", "A payout that does not exist is refused.", "payout.Find asks by a name that nobody used, and " +
		"compares."},
	{"not-found-same", "Two unused random names get the same refusal.",
		"payout.Find believes in “no such payout” only then."},
	{"not-found-id", "A requestId that nobody used gets the same refusal as a name.",
		"payout.Find compares like with like; this would be a simpler rule."},
	{"not-found-item", "A referenceCode that nobody used is refused.", ""},

	{"init-invalid", "An item that cannot be paid is named in the invalidItems of a success.",
		"Payment stops there unless it is allowed to go on."},
	{"init-conversation", "init returns the conversationId.", ""},
	{"ids", "requestId and referenceCode have letters, digits and -._~ alone.",
		"They stand in a path; others are not sent."},
	{"find-at-once", "A payout is found by its externalId as soon as it is stored.",
		"payout.WithSettle must be longer than reads lag behind."},
	{"names-case", "externalIds that differ in case name different payouts.", "Texts are compared exactly."},
	{"items-request-id", "Items name their payout in massPayoutRequestId.",
		"The way back to the requestId when the response to init was lost."},
	{"items-order", "Items come in the order of the request.", "They are matched by itemExternalId; the order is not " +
		"relied on."},
	{"items-recipient", "Items show recipientInfo and recipientName as they were sent.",
		"Masked ones cannot be compared before paying: payout.WithUnverified."},
	{"items-description", "Items show the description as it was sent.", "It is compared before paying."},
	{"items-total", "An item's totalAmount is what was sent, without the commission.", "It is compared before paying."},
	{"payout-total", "A payout's totalAmount is the sum of its accepted items.", "It is compared right before auth."},
	{"item-type", "itemType VALID shows the accepted items, and INVALID the refused ones.",
		"All items are read by asking for both."},
	{"item-type-missing", "itemType may be left out.", "The English page does not have it; it is always sent."},
	{"page-place", "page, size and total are inside massPayoutItems.", "Both places are read."},
	{"page-base", "Pages count from 0.", "Else the first page would be missed."},
	{"page-beyond", "Beyond the last page, there are no items.", "Reading stops there."},
	{"page-size", "A page may have 100 items.", "payout.DefaultPageSize."},
	{"page-size-max", "A page may have 10000 items.", ""},
	{"item-alone", "One item by its referenceCode is the same as on the page.", ""},

	{"init-same", "A second init under one externalId with the same content stores no second payout.",
		"init is never sent again without looking."},
	{"init-other", "A second init under one externalId with another content stores no second payout.",
		"It stops with payout.ErrOtherPayout."},

	{"currencies", "A request whose items have two currencies is accepted.",
		"A payout has one currency and one total, so payout does not send such a request unless it is told to."},

	{"cancel", "cancel makes the payout CANCELED.", "Only then is it certain that a cancel won over an auth."},
	{"cancel-items", "cancel makes its items MASS_PAYOUT_CANCELED.", "They may be paid again then."},
	{"cancel-again", "A second cancel is refused.", ""},

	{"auth-begins", "After auth, the payout is not INIT any more.",
		"An INIT after the settle time counts as “auth did not arrive”."},
	{"auth-items", "After auth, no item is INIT any more.", "An item that stays INIT keeps Pay waiting."},
	{"auth-balance", "auth takes amount and commission from the balance.",
		"Both are compared with the balance before auth."},
	{"auth-end", "A payout ends in a status that gen knows as final.", "Pay waits for it."},
	{"failed-deposit", "FAILED becomes DEPOSIT_SUCCESS or DEPOSIT_FAIL.",
		"After FAILED, where the money is counts as unknown."},
	{"statuses", "Every status seen is one that gen knows.", "Others are waited on."},
}

// finding is what was found out about a fact.
type finding struct {
	verdict  verdict
	evidence string
	at       []int // exchanges
}

// findings are by the fact's id.
type findings map[string]*finding

// see notes what exchanges show of a fact. A contradiction stays one, and else the first evidence is kept. Exchanges
// that did not reach the API show nothing.
func (f findings) see(id string, holds bool, evidence string, exchanges ...*exchange) {
	v := confirmed
	if !holds {
		v = contradicted
	}
	for _, x := range exchanges {
		if !x.tells() {
			v, evidence = notSeen, x.says()
		}
	}
	f.note(id, v, evidence, exchanges)
}

// unsure notes what exchanges show that decides nothing.
func (f findings) unsure(id, evidence string, exchanges ...*exchange) {
	f.note(id, notSeen, evidence, exchanges)
}

func (f findings) note(id string, v verdict, evidence string, exchanges []*exchange) {
	weight := map[verdict]int{notSeen: 1, confirmed: 2, contradicted: 3}
	if old := f[id]; old != nil && weight[old.verdict] >= weight[v] {
		return
	}
	found := &finding{verdict: v, evidence: evidence}
	for _, x := range exchanges {
		found.at = append(found.at, x.number)
	}
	f[id] = found
}

// of returns the finding about a fact.
func (f findings) of(id string) finding {
	if found := f[id]; found != nil {
		return *found
	}
	return finding{verdict: notSeen}
}

// places are the exchanges, as text.
func (f finding) places() string {
	var list []string
	for _, number := range f.at {
		list = append(list, strconv.Itoa(number))
	}
	return strings.Join(list, ", ")
}

// summary counts the verdicts.
func (f findings) summary() string {
	count := map[verdict]int{}
	for _, fact := range facts {
		count[f.of(fact.id).verdict]++
	}
	return fmt.Sprintf("%d confirmed, %d contradicted, %d not seen", count[confirmed], count[contradicted], count[notSeen])
}
