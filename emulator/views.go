package emulator

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// What the page and its API show.

// pageOf reads page and size of the query.
func pageOf(r *http.Request, size, maxSize int) (offset, limit int, err error) {
	const farBehind = 1 << 30
	number := func(name string, missing, least, most int) int {
		text := r.URL.Query().Get(name)
		if text == "" {
			return missing
		}
		n, parseErr := strconv.Atoi(text)
		if parseErr != nil || n < least || n > most {
			err = fmt.Errorf("%s must be a number from %d to %d", name, least, most)
		}
		return n
	}
	page, limit := number("page", 0, 0, farBehind), number("size", size, 1, maxSize)
	if err != nil {
		return 0, 0, err
	}
	return min(page, farBehind/limit) * limit, limit, nil
}

// query returns what a request searches for: a part of any text that is shown, in upper or lower case.
func query(r *http.Request) string { return strings.ToLower(strings.TrimSpace(r.URL.Query().Get("q"))) }

func contains(q string, texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), q) })
}

// matches searches what is shown of an item, and so not the whole recipient.
func (it *item) matches(q string) bool {
	return contains(q, it.itemExternalID, it.referenceCode, it.recipientType, masked(it.recipientInfo), string(it.last()))
}

// language returns the language of messages.
func language(r *http.Request) string {
	if r.URL.Query().Get("lang") == "tr" {
		return "tr"
	}
	return "en"
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// text is what is shown of what a client has chosen.
func (p *page) text(s string) string { return shorten(visible(p.e.hide(s))) }

// money writes an amount with two decimals, or as many as it has.
func money(d decimal.Decimal) string { return d.StringFixed(max(2, -d.Exponent())) }

type accountJSON struct {
	Currency  string `json:"currency"`
	Total     string `json:"total"`
	Balance   string `json:"balance"`
	Reserved  string `json:"reserved"`
	Sent      string `json:"sent"`
	Unsettled string `json:"unsettled"`
	Stuck     string `json:"stuck"`
	Back      string `json:"back"`
	Balanced  bool   `json:"balanced"`
	Moved     bool   `json:"moved"`
}

func (p *page) accounts() []accountJSON {
	list := []accountJSON{}
	for _, a := range p.e.Accounts() {
		away := decimal.Sum(a.Reserved, a.Sent, a.Unsettled, a.Stuck)
		list = append(list, accountJSON{a.Currency, money(a.Total), money(a.Balance), money(a.Reserved), money(a.Sent),
			money(a.Unsettled), money(a.Stuck), money(a.Back),
			a.Balance.Add(away).Equal(a.Total), away.Sign() != 0 || a.Back.Sign() != 0})
	}
	return list
}

type stateJSON struct {
	Now         int64             `json:"now"`
	StageMillis int64             `json:"stageMillis"`
	Commission  string            `json:"commission"`
	PageLimit   int               `json:"pageLimit"`
	LargePages  LargePages        `json:"largePages"`
	Payouts     int               `json:"payouts"`
	Requests    int               `json:"requests"`
	Calls       map[Operation]int `json:"calls"`
	Accounts    []accountJSON     `json:"accounts"`
	Faults      []faultJSON       `json:"faults"`
}

// state returns all that is small. With wait, it first waits so many milliseconds for the next request or change.
func (p *page) state(r *http.Request) (any, error) {
	if text := r.URL.Query().Get("wait"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 60_000 {
			return nil, errors.New("wait must be a number from 0 to 60000")
		}
		select {
		case <-p.e.changed():
		case <-time.After(time.Duration(n) * time.Millisecond):
		case <-r.Context().Done():
		}
	}
	s := stateJSON{Calls: map[Operation]int{}}
	p.e.look(func() {
		s.StageMillis, s.Commission, s.Payouts = p.e.stage.Milliseconds(), money(p.e.commission), len(p.e.store.payouts)
		s.PageLimit, s.LargePages = p.e.pageLimit, p.e.largePages
	})
	_, requests := p.e.exchanges(0, 0)
	for _, op := range []Operation{OpInit, OpAuth, OpRetrieve, OpItem, OpCancel, OpBalance} {
		s.Calls[op] = p.e.Calls(op)
	}
	s.Now, s.Requests, s.Accounts, s.Faults = millis(p.e.Now()), requests, p.accounts(), p.pending()
	return s, nil
}

type transferJSON struct {
	At             int64      `json:"at"`
	RequestID      string     `json:"requestId"`
	ExternalID     string     `json:"externalId"`
	ItemExternalID string     `json:"itemExternalId"`
	ReferenceCode  string     `json:"referenceCode"`
	Amount         string     `json:"amount"`
	Commission     string     `json:"commission"`
	Currency       string     `json:"currency"`
	Outcome        ItemStatus `json:"outcome"`
}

func (p *page) ledger(r *http.Request) (any, error) {
	offset, limit, err := pageOf(r, 100, 1000)
	if err != nil {
		return nil, err
	}
	all := p.e.Ledger()
	list := []transferJSON{}
	for _, t := range all[min(offset, len(all)):min(offset+limit, len(all))] {
		list = append(list, transferJSON{millis(t.At), t.RequestID, p.text(t.ExternalID), p.text(t.ItemExternalID),
			t.ReferenceCode, money(t.Amount), money(t.Commission), t.Currency, t.Outcome})
	}
	return struct {
		Accounts  []accountJSON  `json:"accounts"`
		Transfers []transferJSON `json:"transfers"`
		Total     int            `json:"total"`
	}{p.accounts(), list, len(all)}, nil
}

type payoutJSON struct {
	RequestID  string             `json:"requestId"`
	ExternalID string             `json:"externalId"`
	Status     PayoutStatus       `json:"status"`
	Sums       []sumJSON          `json:"sums"`
	Items      int                `json:"items"`
	Received   int64              `json:"received"`
	Counts     map[ItemStatus]int `json:"counts"` // how many items are in each status
	Funds      map[Funds]int      `json:"funds"`  // and where their money is
	Timeline   []eventJSON        `json:"timeline,omitempty"`
}

// sumJSON adds up the accepted items in one currency.
type sumJSON struct {
	Currency   string `json:"currency"`
	Total      string `json:"total"`
	Paid       string `json:"paid"`
	Commission string `json:"commission"`
}

// eventJSON is one thing that happened to a payout, or to so many of its items at once.
type eventJSON struct {
	At       int64  `json:"at"`
	Status   string `json:"status"`
	Of       string `json:"of"` // payout or items
	Items    int    `json:"items,omitempty"`
	Expected bool   `json:"expected,omitempty"` // is yet to come
}

func (p *page) payoutJSON(of *payout) payoutJSON {
	j := payoutJSON{of.requestID, p.text(of.externalID), of.status(), []sumJSON{}, len(of.items), millis(of.received()),
		map[ItemStatus]int{}, map[Funds]int{}, nil}
	for _, s := range of.sums {
		j.Sums = append(j.Sums, sumJSON{s.currency, money(s.total), money(s.paid), money(s.commission)})
	}
	for _, it := range of.items {
		j.Counts[it.last()]++
		j.Funds[it.funds]++
	}
	return j
}

func (p *page) payouts(r *http.Request) (any, error) {
	offset, limit, err := pageOf(r, 20, 100)
	if err != nil {
		return nil, err
	}
	list, total, q := []payoutJSON{}, 0, query(r)
	p.e.look(func() {
		for _, found := range slices.Backward(p.e.store.payouts) {
			if !contains(q, found.externalID, found.requestID, string(found.status())) &&
				!slices.ContainsFunc(found.items, func(it *item) bool { return it.matches(q) }) {
				continue
			}
			if total++; total > offset && len(list) < limit {
				list = append(list, p.payoutJSON(found))
			}
		}
	})
	return struct {
		Payouts []payoutJSON `json:"payouts"`
		Total   int          `json:"total"`
	}{list, total}, nil
}

func (p *page) payout(r *http.Request) (any, error) {
	var result payoutJSON
	err := errGone
	p.e.look(func() {
		if found, ok := p.e.store.byRequest[r.PathValue("requestId")]; ok {
			result, err = p.payoutJSON(found), nil
			result.Timeline = found.timeline()
		}
	})
	return result, err
}

// timeline returns a payout's life: its own statuses, and what became of its items after PROCESSING.
func (p *payout) timeline() []eventJSON {
	list := []eventJSON{}
	type moment struct {
		at     int64
		status string
	}
	items := map[moment]int{}
	var order []moment
	for _, it := range p.items {
		for _, c := range it.history {
			switch ItemStatus(c.Status) {
			case ItemInit, ItemQueued, ItemProcessing, ItemCanceled:
				continue // the payout's own status says so
			case ItemFailed:
				if it.funds == FundsNeverMoved {
					continue // for want of balance
				}
			}
			m := moment{millis(c.At), c.Status}
			if items[m]++; items[m] == 1 {
				order = append(order, m)
			}
		}
	}
	own := func(history []change) {
		for _, c := range history {
			list = append(list, eventJSON{At: millis(c.At), Status: c.Status, Of: "payout"})
		}
	}
	own(p.history[:1])
	for _, m := range order {
		list = append(list, eventJSON{At: m.at, Status: m.status, Of: "items", Items: items[m]})
	}
	own(p.history[1:])
	slices.SortStableFunc(list, func(a, b eventJSON) int { return cmp.Compare(a.At, b.At) })
	if !p.due.IsZero() {
		list = append(list, eventJSON{At: millis(p.due), Status: "", Of: "payout", Expected: true})
	}
	return list
}

type itemJSON struct {
	ItemExternalID string       `json:"itemExternalId"`
	ReferenceCode  string       `json:"referenceCode"`
	RecipientType  string       `json:"recipientType"`
	Recipient      string       `json:"recipient"` // masked
	Amount         string       `json:"amount"`
	Commission     string       `json:"commission"`
	Currency       string       `json:"currency"`
	Status         ItemStatus   `json:"status"`
	Funds          Funds        `json:"funds"`
	Errors         []string     `json:"errors"`
	Ended          bool         `json:"ended"`   // stays as it is
	Outcome        []ItemStatus `json:"outcome"` // what it gets after PROCESSING
}

func (p *page) items(r *http.Request) (any, error) {
	offset, limit, err := pageOf(r, 50, 1000)
	if err != nil {
		return nil, err
	}
	status, lang, list, total, q := ItemStatus(r.URL.Query().Get("status")), language(r), []itemJSON{}, 0, query(r)
	err = errGone
	p.e.look(func() {
		found, ok := p.e.store.byRequest[r.PathValue("requestId")]
		if !ok {
			return
		}
		err = nil
		for _, it := range found.items {
			if status != "" && it.last() != status || !it.matches(q) {
				continue
			}
			if total++; total > offset && len(list) < limit {
				list = append(list, p.itemJSON(it, lang))
			}
		}
	})
	return struct {
		Items []itemJSON `json:"items"`
		Total int        `json:"total"`
	}{list, total}, err
}

func (p *page) itemJSON(it *item, lang string) itemJSON {
	outcome := []ItemStatus{}
	if it.problems == nil {
		outcome = append(outcome, p.e.outcome(it)...)
	}
	return itemJSON{
		ItemExternalID: p.text(it.itemExternalID), ReferenceCode: it.referenceCode,
		RecipientType: p.text(it.recipientType), Recipient: masked(it.recipientInfo),
		Amount: money(it.amount), Commission: money(it.commission), Currency: p.text(it.currency),
		Status: it.last(), Funds: it.funds, Errors: it.messages(lang, it.last()),
		Ended:   it.last().final() || it.funds == FundsNeverMoved,
		Outcome: outcome,
	}
}

type exchangeJSON struct {
	ID          int64     `json:"id"`
	At          int64     `json:"at"`
	Operation   Operation `json:"operation"` // "" for any other path
	Method      string    `json:"method"`
	Target      string    `json:"target"`
	HTTPStatus  int       `json:"httpStatus"` // 0: the connection was closed without a response
	ErrorCode   string    `json:"errorCode"`
	Verdict     string    `json:"verdict"` // accepted, refused, signature or fault
	Why         string    `json:"why"`
	Fault       string    `json:"fault"`
	AfterEffect bool      `json:"afterEffect"` // the fault came after the operation was carried out
	Client      string    `json:"client"`
	Bytes       int       `json:"bytes"`
	Millis      int64     `json:"millis"` // how long it took, in real time
}

type exchangeDetailJSON struct {
	exchangeJSON
	Headers   []headerView   `json:"headers"`
	Body      string         `json:"body"`
	Truncated bool           `json:"truncated"`
	Response  responseJSON   `json:"response"`
	Signature *signatureJSON `json:"signature,omitempty"`
}

type responseJSON struct {
	Body      string `json:"body"`
	Truncated bool   `json:"truncated"`
}

type signatureJSON struct {
	Verdict    string        `json:"verdict"`   // missing, malformed, unknown_key or wrong
	Explained  bool          `json:"explained"` // the mistakes account for the whole signature
	Incomplete bool          `json:"incomplete,omitempty"`
	Mistakes   []mistakeJSON `json:"mistakes"`
	Signed     []span        `json:"signed"`   // empty unless explained
	Expected   []span        `json:"expected"` // what should have been signed
}

type mistakeJSON struct {
	Code string `json:"code"`
	What string `json:"what"`
	Do   string `json:"do"`
}

func (p *page) json(x exchange, lang string) exchangeJSON {
	j := exchangeJSON{ID: x.ID, At: millis(x.At), Operation: x.Operation, Method: p.text(x.Method),
		Target: p.text(maskTarget(x.Target)), HTTPStatus: x.Status, ErrorCode: x.ErrorCode,
		Fault: x.Fault, AfterEffect: x.AfterEffect,
		Bytes: x.BodySize, Millis: x.Duration.Milliseconds()}
	j.Client = p.text(x.Header.Get("X-Iyzi-Client-Version"))
	if j.Client == "" {
		j.Client = p.text(x.Header.Get("User-Agent"))
	}
	switch {
	case x.Signature != nil:
		j.Verdict, j.Why = "signature", x.Verdict.in(lang)
		if x.explained != nil {
			j.Why = x.explained.summary(lang)
		}
	case x.Fault != "":
		j.Verdict = "fault"
	case x.ErrorCode != "":
		j.Verdict, j.Why = "refused", x.Verdict.in(lang)
	default:
		j.Verdict = "accepted"
	}
	return j
}

func (p *page) requests(r *http.Request) (any, error) {
	offset, limit, err := pageOf(r, 50, 1000)
	if err != nil {
		return nil, err
	}
	list, q := []exchangeJSON{}, query(r)
	found, total := p.e.exchanges(offset, limit)
	if q != "" {
		found, _ = p.e.exchanges(0, p.e.config.exchanges)
	}
	for _, x := range found {
		j := p.json(x, language(r))
		if contains(q, string(j.Operation), j.Method, j.Target, strconv.Itoa(j.HTTPStatus), j.ErrorCode, j.Verdict, j.Why, j.Fault, j.Client) {
			list = append(list, j)
		}
	}
	if q != "" {
		total = len(list)
		list = list[min(offset, total):min(offset+limit, total)]
	}
	return struct {
		Requests []exchangeJSON `json:"requests"`
		Total    int            `json:"total"`
	}{list, total}, nil
}

func (p *page) request(r *http.Request) (any, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, errGone
	}
	x, ok := p.e.exchange(id)
	if !ok {
		return nil, errGone
	}
	lang := language(r)
	j := exchangeDetailJSON{
		exchangeJSON: p.json(x, lang),
		Headers:      maskHeaders(x.Header, p.text),
		Body:         maskBody(p.e.hide(string(x.Body))),
		Truncated:    x.BodySize > len(x.Body),
		Response:     responseJSON{maskResponse(p.e.hide(string(x.Response))), len(x.Response) == maxRecorded},
	}
	if x.explained != nil {
		j.Signature = x.explained.json(lang)
	}
	return j, nil
}

type recipientJSON struct {
	Digits         string       `json:"digits"`
	IBAN           string       `json:"iban"`
	Phone          string       `json:"phone"`
	IdentityNumber string       `json:"identityNumber"`
	MemberID       string       `json:"memberId"`
	Refused        string       `json:"refused"`  // the message of init, "" if it accepts the item
	Statuses       []ItemStatus `json:"statuses"` // after auth, one after the other
}

// recipients lists the test recipients.
func (p *page) recipients(r *http.Request) (any, error) {
	list := []recipientJSON{}
	for _, to := range testRecipients {
		list = append(list, recipientJSON{string(to), to.IBAN(), to.Phone(), to.IdentityNumber(), to.MemberID(),
			refusedRecipients[to].in(language(r)), append([]ItemStatus{}, recipientPaths[to]...)})
	}
	return struct {
		Recipients []recipientJSON `json:"recipients"`
	}{list}, nil
}
