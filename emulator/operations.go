package emulator

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// operations carry out a request. The caller holds e.mu, and has called catchUp.
var operations = map[Operation]func(*Emulator, *call) (any, *refusal){
	OpInit:     (*Emulator).opInit,
	OpAuth:     (*Emulator).opAuth,
	OpRetrieve: (*Emulator).opRetrieve,
	OpItem:     (*Emulator).opItem,
	OpCancel:   (*Emulator).opCancel,
	OpBalance:  (*Emulator).opBalance,
}

var (
	notFound    = invalid("toplu ödeme bulunamadı", "the mass payout was not found")
	noSuchItem  = invalid("kalem bulunamadı", "the item was not found")
	notInit     = invalid("toplu ödeme INIT durumunda değil", "the mass payout is not in status INIT")
	noValidItem = invalid("toplu ödemede geçerli kalem yok", "the mass payout has no valid item")
	otherBefore = invalid("bu externalId daha önce farklı bir içerikle kullanılmış",
		"this externalId was used before with other content")
)

type invalidItem struct {
	ExternalID   string `json:"externalId"`
	ErrorCode    string `json:"errorCode"`
	ErrorMessage string `json:"errorMessage"`
}

type initResponse struct {
	envelope
	RequestID    string        `json:"requestId"`
	InvalidItems []invalidItem `json:"invalidItems"`
}

// opInit stores a payout: acceptable items as INIT, the others as INVALID.
func (e *Emulator) opInit(c *call) (any, *refusal) {
	p := c.payout
	if first, ok := e.store.byExternal[p.externalID]; ok {
		if first.fingerprint != p.fingerprint {
			return nil, otherBefore
		}
		p = first
	} else {
		e.keep(p, c.now)
	}
	if c.strikes(OtherPayout) {
		p = e.otherThan(p)
	}

	resp := initResponse{envelope: c.success(), RequestID: p.requestID, InvalidItems: []invalidItem{}}
	resp.SystemTime = p.received().UnixMilli() // a repetition gets the first response
	for _, it := range p.invalid {
		code := it.problems[0].code
		if code == "" {
			code = "11"
		}
		resp.InvalidItems = append(resp.InvalidItems,
			invalidItem{it.itemExternalID, code, strings.Join(it.messages(c.locale, it.last()), "; ")})
	}
	return resp, nil
}

// keep stores a new payout.
func (e *Emulator) keep(p *payout, now time.Time) {
	p.requestID = uuid.NewString()
	p.set(PayoutInit, now)
	for _, it := range p.items {
		it.payout = p
		it.referenceCode = uuid.NewString()
		if it.problems != nil {
			it.history = []change{{now, string(ItemInvalid)}}
			it.funds = FundsNeverMoved
			p.invalid = append(p.invalid, it)
			continue
		}
		it.history = []change{{now, string(ItemInit)}}
		it.funds = FundsNotMoved
		it.commission = e.commission
		p.valid = append(p.valid, it)
		sum := p.sum(it.currency)
		sum.total = sum.total.Add(it.amount)
		sum.commission = sum.commission.Add(it.commission)
	}
	e.store.add(p)
}

// opAuth reserves the money of a payout's INIT items and queues them.
func (e *Emulator) opAuth(c *call) (any, *refusal) {
	requestID, ok := c.body.str("requestId")
	if !ok || requestID == "" {
		return nil, problem{field: "requestId", what: &isRequired}.refusal()
	}
	p, ok := e.store.byRequest[requestID]
	switch {
	case !ok:
		return nil, notFound
	case p.status() != PayoutInit:
		return nil, notInit
	case len(p.valid) == 0:
		return nil, noValidItem
	}
	e.authorize(p, c.now)
	return c.success(), nil
}

// opCancel cancels a payout that nobody has authorized.
func (e *Emulator) opCancel(c *call) (any, *refusal) {
	p, ok := e.store.byRequest[c.param]
	if !ok {
		return nil, notFound
	}
	if p.status() != PayoutInit {
		return nil, notInit
	}
	p.set(PayoutCanceled, c.now)
	for _, it := range p.valid {
		it.set(ItemCanceled, c.now)
		it.funds = FundsNeverMoved
	}
	return c.success(), nil
}

// opBalance shows the balance in TRY: iyzico documents no currency beside it.
func (e *Emulator) opBalance(c *call) (any, *refusal) {
	return struct {
		envelope
		Balance json.Number `json:"balance"`
	}{c.success(), number(e.accounts["TRY"].Balance)}, nil
}

type massPayout struct {
	ExternalID            string       `json:"externalId"`
	MerchantID            int64        `json:"merchantId"`
	TotalAmount           json.Number  `json:"totalAmount,omitempty"`
	TotalSuccessfulAmount json.Number  `json:"totalSuccessfulAmount,omitempty"`
	TotalCommissionAmount json.Number  `json:"totalCommissionAmount,omitempty"`
	MassPayoutStatus      PayoutStatus `json:"massPayoutStatus"`
	Currency              string       `json:"currency,omitempty"`
	ReceivedDate          string       `json:"receivedDate"`
	CompletedDate         string       `json:"completedDate,omitempty"`
	CanceledDate          string       `json:"canceledDate,omitempty"`
}

type itemDetail struct {
	ItemExternalID      string      `json:"itemExternalId"`
	ReferenceCode       string      `json:"referenceCode"`
	RecipientType       string      `json:"recipientType"`
	RecipientInfo       string      `json:"recipientInfo"`
	RecipientName       string      `json:"recipientName,omitempty"`
	Description         string      `json:"description,omitempty"`
	ItemStatus          ItemStatus  `json:"itemStatus"`
	ErrorMessages       []string    `json:"errorMessages"`
	ErrorMessage        string      `json:"errorMessage,omitempty"`
	TotalAmount         json.Number `json:"totalAmount,omitempty"`
	CommissionAmount    json.Number `json:"commissionAmount"`
	CurrencyCode        string      `json:"currencyCode,omitempty"`
	MassPayoutRequestID string      `json:"massPayoutRequestId"`
}

type paging struct {
	Page  int64 `json:"page"`
	Size  int64 `json:"size"`
	Total int64 `json:"total"`
}

// itemsPage has the paging inside, as iyzico's worked example does.
type itemsPage struct {
	Items []itemDetail `json:"items"`
	*paging
}

type retrieveResponse struct {
	envelope
	MassPayout      massPayout `json:"massPayout"`
	MassPayoutItems itemsPage  `json:"massPayoutItems"`
	*paging                    // beside it, as iyzico's schema has it
}

type itemResponse struct {
	envelope
	Item itemDetail `json:"item"`
}

// opRetrieve shows a payout and one page of its items.
func (e *Emulator) opRetrieve(c *call) (any, *refusal) {
	requestID, ok1 := c.body.str("requestId")
	externalID, ok2 := c.body.str("externalMassPayoutId")
	if !ok1 || !ok2 || requestID == "" && externalID == "" {
		return nil, invalid("requestId veya externalMassPayoutId zorunludur",
			"requestId or externalMassPayoutId is required")
	}
	itemType, ok := c.body.str("itemType")
	if !ok || c.body.has("itemType") && itemType != "VALID" && itemType != "INVALID" {
		return nil, invalid("itemType VALID veya INVALID olmalıdır", "itemType must be VALID or INVALID")
	}
	page, ok := c.body.integer("page")
	if !ok || page < 0 {
		return nil, invalid("page zorunludur; 0 veya daha büyük olmalıdır", "page is required and must be 0 or more")
	}
	size, ok := c.body.integer("size")
	limit := int64(e.pageLimit)
	if !ok || size < 1 || size > limit && e.largePages == RefuseLargePages {
		return nil, invalid(fmt.Sprintf("size zorunludur; 1 ile %d arasında olmalıdır", limit),
			fmt.Sprintf("size is required and must be between 1 and %d", limit))
	}
	asked := size
	size = min(size, limit)

	v := e.view(c)
	p := e.store.byRequest[requestID]
	if requestID == "" {
		p = e.store.byExternal[externalID]
	}
	if p == nil || externalID != "" && p.externalID != externalID || v.at.Before(p.received()) {
		return nil, notFound
	}
	if c.strikes(OtherPayout) {
		p = e.otherThan(p)
	}
	items := p.items
	switch itemType {
	case "VALID":
		items = p.valid
	case "INVALID":
		items = p.invalid
	}
	total := int64(len(items))
	pages := &paging{page, size, total}
	if e.largePages == CapLargePages {
		pages.Size = asked
	}
	resp := retrieveResponse{envelope: c.success(), MassPayout: v.payout(p)}
	resp.MassPayoutItems.Items = []itemDetail{}
	if page <= total/size { // so that page*size cannot overflow
		for _, it := range items[page*size : min((page+1)*size, total)] {
			resp.MassPayoutItems.Items = append(resp.MassPayoutItems.Items, v.item(it))
		}
	}
	if e.config.pagingBeside {
		resp.paging = pages
	} else {
		resp.MassPayoutItems.paging = pages
	}
	return resp, nil
}

// opItem shows one item.
func (e *Emulator) opItem(c *call) (any, *refusal) {
	v := e.view(c)
	it, ok := e.store.byReference[c.param]
	if !ok || v.at.Before(it.payout.received()) {
		return nil, noSuchItem
	}
	if c.strikes(OtherPayout) {
		it = e.otherThan(it.payout).items[0]
	}
	return itemResponse{c.success(), v.item(it)}, nil
}

// view is how far behind a read is.
type view struct {
	locale string
	at     time.Time // payouts are shown as they were then
	items  time.Time // and their items as they were then
	behind bool
}

func (e *Emulator) view(c *call) view {
	lag := e.config.readLag
	if c.strikes(ReadLag) {
		lag += c.fault.Lag
	}
	v := view{c.locale, c.now.Add(-lag), c.now.Add(-lag - e.config.itemLag), lag > 0}
	// What is up to date shows all that has happened, even if the clock was put back or another request came in
	// between.
	if !v.behind {
		v.at = endOfTime
	}
	if v.items.Equal(c.now) {
		v.items = endOfTime
	}
	return v
}

var endOfTime = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

func (v view) payout(p *payout) massPayout {
	status := last(p.history, v.at)
	m := massPayout{
		ExternalID:       p.externalID,
		MerchantID:       merchantID,
		MassPayoutStatus: PayoutStatus(status.Status),
		ReceivedDate:     date(p.received()),
	}
	if len(p.sums) < 2 { // lira and dollars have no total
		var only sum
		if len(p.sums) == 1 {
			only = p.sums[0]
		}
		m.Currency, m.TotalAmount, m.TotalCommissionAmount = only.currency, number(only.total), number(only.commission)
		m.TotalSuccessfulAmount = number(v.paid(p, only))
	}
	switch m.MassPayoutStatus {
	case PayoutCompleted, PayoutFail, PayoutInsufficientBalance:
		m.CompletedDate = date(status.At)
	case PayoutCanceled:
		m.CanceledDate = date(status.At)
	}
	return m
}

// paid returns the sum of the items that were paid by then; all have one currency.
func (v view) paid(p *payout, now sum) decimal.Decimal {
	if !v.behind {
		return now.paid
	}
	sum := decimal.Zero
	for _, it := range p.valid {
		if last(it.history, v.at).Status == string(ItemSuccess) {
			sum = sum.Add(it.amount)
		}
	}
	return sum
}

func (v view) item(it *item) itemDetail {
	status := last(it.history, v.items)
	d := itemDetail{
		ItemExternalID:      it.itemExternalID,
		ReferenceCode:       it.referenceCode,
		RecipientType:       it.recipientType,
		RecipientInfo:       it.recipientInfo,
		RecipientName:       it.recipientName,
		Description:         it.description,
		ItemStatus:          ItemStatus(status.Status),
		ErrorMessages:       it.messages(v.locale, ItemStatus(status.Status)),
		CommissionAmount:    number(it.commission),
		CurrencyCode:        it.currency,
		MassPayoutRequestID: it.payout.requestID,
	}
	if it.hasAmount {
		d.TotalAmount = number(it.amount)
	}
	if len(d.ErrorMessages) > 0 {
		d.ErrorMessage = d.ErrorMessages[0]
	}
	return d
}

func date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
