package emulator

import (
	"encoding/json"
	"time"
)

// maxPage bounds the size that one page may have.
const maxPage = 10000

type massPayoutAnswer struct {
	ExternalID            string       `json:"externalId"`
	MerchantID            int64        `json:"merchantId"`
	TotalAmount           json.Number  `json:"totalAmount"`
	TotalSuccessfulAmount json.Number  `json:"totalSuccessfulAmount"`
	TotalCommissionAmount json.Number  `json:"totalCommissionAmount"`
	MassPayoutStatus      PayoutStatus `json:"massPayoutStatus"`
	Currency              string       `json:"currency,omitempty"`
	ReceivedDate          string       `json:"receivedDate"`
	CompletedDate         string       `json:"completedDate,omitempty"`
	CanceledDate          string       `json:"canceledDate,omitempty"`
}

type lineAnswer struct {
	ItemExternalID      string      `json:"itemExternalId"`
	ReferenceCode       string      `json:"referenceCode"`
	RecipientType       string      `json:"recipientType"`
	RecipientInfo       string      `json:"recipientInfo"`
	RecipientName       string      `json:"recipientName,omitempty"`
	Description         string      `json:"description,omitempty"`
	ItemStatus          LineStatus  `json:"itemStatus"`
	ErrorMessages       []string    `json:"errorMessages"`
	ErrorMessage        string      `json:"errorMessage,omitempty"`
	TotalAmount         json.Number `json:"totalAmount,omitempty"`
	CommissionAmount    json.Number `json:"commissionAmount"`
	CurrencyCode        string      `json:"currencyCode,omitempty"`
	MassPayoutRequestID string      `json:"massPayoutRequestId"`
}

type paging struct {
	Page  int `json:"page"`
	Size  int `json:"size"`
	Total int `json:"total"`
}

// lines is massPayoutItems: with the paging inside, as the worked example has it.
type linesAnswer struct {
	Items []lineAnswer `json:"items"`
	*paging
}

type retrieveAnswer struct {
	envelope
	MassPayout      massPayoutAnswer `json:"massPayout"`
	MassPayoutItems linesAnswer      `json:"massPayoutItems"`
	*paging                          // beside it, as the schema has it
}

type itemAnswer struct {
	envelope
	Item lineAnswer `json:"item"`
}

// retrieve shows a payout and one page of its lines.
func (e *Emulator) retrieve(c *call) (any, *refusal) {
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
		return nil, invalid("page zorunludur ve 0'dan başlar", "page is required and counts from 0")
	}
	size, ok := c.body.integer("size")
	if !ok || size < 1 || size > maxPage {
		return nil, invalid("size zorunludur ve 1 ile 10000 arasındadır",
			"size is required and between 1 and 10000")
	}

	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle(c.now)
	p := e.store.byRequest[requestID]
	if requestID == "" {
		p = e.store.byExternal[externalID]
	}
	if p == nil || externalID != "" && p.externalID != externalID {
		return nil, notFound
	}
	lines := p.lines
	switch itemType {
	case "VALID":
		lines = p.valid
	case "INVALID":
		lines = p.invalid
	}
	pages := &paging{page, size, len(lines)}
	answer := retrieveAnswer{envelope: c.success(), MassPayout: p.show(c.now)}
	answer.MassPayoutItems.Items = []lineAnswer{}
	if page <= len(lines)/size { // so that page*size cannot overflow
		for _, l := range lines[page*size : min((page+1)*size, len(lines))] {
			answer.MassPayoutItems.Items = append(answer.MassPayoutItems.Items, l.show(c))
		}
	}
	if e.pagingBeside {
		answer.paging = pages
	} else {
		answer.MassPayoutItems.paging = pages
	}
	return answer, nil
}

// item shows one line.
func (e *Emulator) item(c *call) (any, *refusal) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle(c.now)
	l, ok := e.store.byReference[c.param]
	if !ok {
		return nil, noSuchItem
	}
	return itemAnswer{c.success(), l.show(c)}, nil
}

var (
	notFound   = invalid("toplu ödeme bulunamadı", "the mass payout was not found")
	noSuchItem = invalid("kırılım bulunamadı", "the item was not found")
)

func (p *payout) show(now time.Time) massPayoutAnswer {
	return massPayoutAnswer{
		ExternalID:            p.externalID,
		MerchantID:            merchantID,
		TotalAmount:           number(p.total),
		TotalSuccessfulAmount: number(p.paid),
		TotalCommissionAmount: number(p.commission),
		MassPayoutStatus:      p.status,
		Currency:              p.currency,
		ReceivedDate:          date(p.received),
		CompletedDate:         date(p.completed),
		CanceledDate:          date(p.canceled),
	}
}

func (l *line) show(c *call) lineAnswer {
	a := lineAnswer{
		ItemExternalID:      l.itemExternalID,
		ReferenceCode:       l.referenceCode,
		RecipientType:       l.recipientType,
		RecipientInfo:       l.recipientInfo,
		RecipientName:       l.recipientName,
		Description:         l.description,
		ItemStatus:          l.status,
		ErrorMessages:       []string{},
		CommissionAmount:    number(l.commission),
		CurrencyCode:        l.currency,
		MassPayoutRequestID: l.payout.requestID,
	}
	if l.amount != nil {
		a.TotalAmount = number(*l.amount)
	}
	for _, f := range l.faults {
		a.ErrorMessages = append(a.ErrorMessages, f.message.in(c.locale))
	}
	if len(a.ErrorMessages) > 0 {
		a.ErrorMessage = a.ErrorMessages[0]
	}
	return a
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
