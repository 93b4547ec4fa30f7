package hostile

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Codes of refusals that this server makes up, since iyzico documents none.
const (
	codeMissing   = "5501"
	codeDuplicate = "5502"
	codeNotInit   = "5503"
)

// perform does what a request asks for, at the moment at which it arrives.
func (s *Server) perform(t time.Time, q *question, d *Deal) *response {
	switch q.call.Op {
	case Init:
		return s.performInit(t, q, d)
	case Auth:
		r := s.byID(q.call.RequestID, t)
		if r == nil {
			return s.missing(t)
		}
		if !s.pay(t, Client, r) && s.world.RefusesAgain {
			return s.refuse(t, codeNotInit, "not in INIT", 0)
		}
		return write(200, s.envelope(t))
	case Cancel:
		r := s.byID(q.call.RequestID, t)
		if r == nil {
			return s.missing(t)
		}
		if !s.cancel(t, Client, r) {
			return s.refuse(t, codeNotInit, "not in INIT", 0)
		}
		return write(200, s.envelope(t))
	case Balance:
		fields := s.envelope(t)
		fields["balance"] = json.RawMessage("100000000.00")
		if s.world.Balance != "" {
			fields["balance"] = json.RawMessage(s.world.Balance)
		}
		return write(200, fields)
	default:
		return s.read(t, q, d)
	}
}

func (s *Server) performInit(t time.Time, q *question, d *Deal) *response {
	r, _ := s.store(t, Client, q.id, q.init.ExternalID, q.init.Items)
	if r == nil {
		return s.refuse(t, codeDuplicate, "externalId is in use", 0)
	}
	s.abroad(t, r)
	if d.Foreign != OwnPayout {
		r = s.foreign[0]
	}
	fields := s.envelope(t)
	if q.init.ConversationID != "" {
		fields["conversationId"] = q.init.ConversationID
	}
	fields["requestId"] = r.requestID
	if d.BadID {
		fields["requestId"] = "payouts/" + r.requestID
	}
	invalid := []map[string]any{}
	for _, e := range r.items {
		if e.fate == Invalid {
			invalid = append(
				invalid,
				map[string]any{"externalId": e.ItemExternalID, "errorCode": "5510", "errorMessage": "Alıcı bulunamadı"},
			)
		}
	}
	if len(invalid) > 0 || s.world.Nested {
		fields["invalidItems"] = invalid
	}
	return write(200, fields)
}

// abroad stores the payouts of other names that foreign responses show: one that pays others, and two that pay whom ours
// pays, as last month's does.
func (s *Server) abroad(t time.Time, ours *record) {
	if s.foreign[0] != nil {
		return
	}
	for i := range s.foreign {
		f := &record{externalID: fmt.Sprintf("foreign-%d", i), requestID: s.uuid(), created: t, by: Else, foreign: true}
		f.status.set(t, "INIT")
		for j, e := range ours.items {
			item := e.Item
			if i == 0 {
				item.RecipientInfo = changed(item.RecipientInfo)
			}
			f.items = append(f.items, &entry{Item: item, index: j, referenceCode: s.uuid(), visible: t})
			f.items[j].status.set(t, "INIT")
			if i == 1 {
				f.items[j].status.set(t, "SUCCESS")
			}
		}
		if i == 1 {
			f.status.set(t, "COMPLETED")
		}
		s.foreign[i] = f
		s.records = append(s.records, f)
	}
}

// read is retrieve and one item.
func (s *Server) read(t time.Time, q *question, d *Deal) *response {
	key := q.path + string(q.body)
	if old := s.cache[key]; old != nil && t.Sub(old.at) < d.Cached {
		return old.old
	}
	rsp := s.show(t, q, d)
	s.cache[key] = &cached{at: t.Add(-max(d.Lag, d.SummaryLag)), old: rsp}
	return rsp
}

func (s *Server) show(t time.Time, q *question, d *Deal) *response {
	then := t.Add(-d.SummaryLag)
	if q.call.Op == OneItem {
		return s.showItem(t, q, d)
	}
	if limit := s.world.PageLimit; limit > 0 && q.call.Size > limit && s.world.LargePages == RefusesLarge {
		return s.refuse(t, "11", "page size", 400)
	}
	r := s.find(q.call, then)
	if r == nil {
		return s.missing(t)
	}
	summary, items := r, r
	if s.foreign[0] != nil {
		switch d.Foreign {
		case ForeignDone:
			summary, items = s.foreign[1], s.foreign[1]
		case ForeignInit:
			summary, items = s.foreign[0], s.foreign[0]
		case ForeignAlike:
			summary, items = s.foreign[2], s.foreign[2]
		case ForeignItems:
			items = s.foreign[1]
		case ForeignSummary:
			summary = s.foreign[1]
		}
	}
	fields := s.envelope(t)
	fields["massPayout"] = s.summary(summary, then, d)
	list, total := s.page(items, t.Add(-d.Lag), t, q.call, d)
	page := map[string]any{"items": list}
	place := fields
	if s.world.Nested {
		place = page
	}
	place["page"], place["size"], place["total"] = q.call.Page, q.call.Size, total
	if limit := s.world.PageLimit; limit > 0 && q.call.Size > limit && s.world.LargePages == EchoesLarge {
		place["size"] = limit
	}
	switch d.Pages {
	case WrongTotal:
		place["total"] = total + 1
	case NoTotal:
		delete(place, "total")
	}
	fields["massPayoutItems"] = page
	return write(200, fields)
}

// find is the payout that a question is about.
func (s *Server) find(call Call, t time.Time) *record {
	byName, byID := s.byName(call.ExternalID, t), s.byID(call.RequestID, t)
	switch {
	case call.RequestID == "":
		return byName
	case call.ExternalID == "":
		return byID
	}
	switch s.world.Names {
	case NamesRequestID:
		return byID
	case NamesExternalID:
		return byName
	default:
		if byID != nil && strings.EqualFold(byID.externalID, call.ExternalID) {
			return byID
		}
		return nil
	}
}

func (s *Server) missing(t time.Time) *response {
	switch s.world.Missing {
	case Missing404:
		return s.refuse(t, codeMissing, "not found", 404)
	case Missing422:
		return s.refuse(t, codeMissing, "not found", 422)
	case MissingEmpty:
		return write(200, s.envelope(t))
	case MissingNull:
		fields := s.envelope(t)
		fields["massPayout"], fields["massPayoutItems"] = nil, nil
		return write(200, fields)
	default:
		return s.refuse(t, codeMissing, "not found", 200)
	}
}

func (s *Server) summary(r *record, t time.Time, d *Deal) map[string]any {
	total, commission, successful := new(big.Rat), new(big.Rat), new(big.Rat)
	currency := ""
	for _, e := range r.items {
		status := e.status.at(t)
		if status == "INVALID" {
			continue
		}
		currency = e.Amount.Currency
		amount := s.amount(r, e, t)
		total.Add(total, amount)
		commission.Add(commission, rat(json.Number(orText(s.world.Commission, "0"))))
		if status == "SUCCESS" {
			successful.Add(successful, amount)
		}
	}
	status := r.status.at(t)
	if d.Status != nil {
		status = *d.Status
	}
	fields := map[string]any{
		"externalId":       s.id(r.externalID),
		"merchantId":       4711,
		"massPayoutStatus": status,
		"currency":         currency,
		"totalAmount": number(
			total,
		),
		"totalSuccessfulAmount": number(successful),
		"totalCommissionAmount": number(commission),
	}
	if d.Unnamed {
		delete(fields, "externalId")
	}
	if s.world.Dates {
		fields["receivedDate"] = r.created.Format("2006-01-02 15:04:05")
		fields["completedDate"], fields["canceledDate"] = nil, nil
	}
	return fields
}

// amount is what is shown as the amount of an item.
func (s *Server) amount(r *record, e *entry, t time.Time) *big.Rat {
	value := rat(e.Amount.Value)
	if r.authorized.IsZero() || r.authorized.After(t) {
		return value
	}
	commission := rat(json.Number(orText(s.world.Commission, "0")))
	switch {
	case s.world.Net:
		return value.Sub(value, commission)
	case s.world.Gross:
		return value.Add(value, commission)
	default:
		return value
	}
}

// page is the items that are shown, and the total that is.
func (s *Server) page(r *record, then, now time.Time, call Call, d *Deal) (list []map[string]any, total int) {
	var all []*entry
	for _, e := range r.items {
		invalid := e.status.at(now) == "INVALID" && !r.foreign
		if d.ShowsRefused && e.fate == Invalid {
			invalid = false
		}
		switch {
		case e.visible.After(then):
		case d.Pages == IgnoresType, call.ItemType == "", invalid == (call.ItemType == "INVALID"):
			all = append(all, e)
		}
	}
	total = len(all)
	size := max(1, call.Size)
	if limit := s.world.PageLimit; limit > 0 {
		size = min(size, limit)
	}
	from := call.Page * size
	switch d.Pages {
	case Shifted:
		if n := len(all); n > 0 {
			by := (call.Page + call.N) % n
			all = append(slices.Clone(all[by:]), all[:by]...)
		}
	case Repeated:
		from = max(0, from-size)
	case Omitting:
		if len(all) > 0 {
			all = slices.Delete(slices.Clone(all), call.N%len(all), call.N%len(all)+1)
			total--
		}
	case Short:
		if len(all) > 0 {
			all = slices.Delete(slices.Clone(all), call.N%len(all), call.N%len(all)+1)
		}
	case Doubled:
		if len(all) > 0 {
			all = slices.Insert(slices.Clone(all), call.N%len(all), all[call.N%len(all)])
		}
	case IgnoresPage:
		from = 0
	case IgnoresSize:
		size = 2
		from = call.Page * size
	case EmptyPage:
		all = nil
	}
	list = []map[string]any{}
	for _, e := range all[min(from, len(all)):min(from+size, len(all))] {
		list = append(list, s.item(r, e, then, d))
	}
	return list, total
}

func (s *Server) item(r *record, e *entry, t time.Time, d *Deal) map[string]any {
	status := e.status.at(t)
	if d.ShowsRefused && e.fate == Invalid {
		status = "INIT"
	}
	if d.ItemStatus != nil {
		status = *d.ItemStatus
	}
	description := e.Description
	if s.world.Redescribes && !r.authorized.IsZero() && !r.authorized.After(t) {
		description = "Toplu ödeme " + e.ItemExternalID
	}
	fields := map[string]any{
		"itemExternalId": e.ItemExternalID, "referenceCode": s.id(e.referenceCode), "recipientType": e.RecipientType,
		"recipientInfo": s.mask(e.RecipientInfo, 4), "recipientName": s.mask(e.RecipientName, 1), "description": description,
		"itemStatus": status, "errorMessages": []string{}, "totalAmount": number(s.amount(r, e, t)),
		"commissionAmount": json.RawMessage(orText(s.world.Commission, "0")), "currencyCode": e.Amount.Currency,
		"massPayoutRequestId": s.id(r.requestID),
	}
	if s.world.HidesRequestID || d.Unnamed {
		delete(fields, "massPayoutRequestId")
	}
	if strings.HasPrefix(status, "FAIL") || status == "INVALID" {
		fields["errorMessages"] = []string{"Alıcı bulunamadı"}
	}
	return fields
}

func (s *Server) showItem(t time.Time, q *question, d *Deal) *response {
	then := t.Add(-d.Lag)
	for _, r := range s.records {
		for i, e := range r.items {
			if !strings.EqualFold(e.referenceCode, q.call.RequestID) || e.visible.After(then) {
				continue
			}
			if d.Foreign != OwnPayout && s.foreign[1] != nil && i < len(s.foreign[1].items) {
				r, e = s.foreign[1], s.foreign[1].items[i]
			}
			fields := s.envelope(t)
			fields["item"] = s.item(r, e, then, d)
			return write(200, fields)
		}
	}
	return s.missing(t)
}

// mask keeps the first n and the last characters.
func (s *Server) mask(text string, n int) string {
	runes := []rune(text)
	if !s.world.Masks || len(runes) < n+3 {
		return text
	}
	for i := n; i < len(runes)-2; i++ {
		if runes[i] != ' ' {
			runes[i] = '*'
		}
	}
	return string(runes)
}

func (s *Server) id(id string) string {
	if s.world.Upper {
		return strings.ToUpper(id)
	}
	return id
}

func (s *Server) envelope(t time.Time) map[string]any {
	fields := map[string]any{"status": "success", "locale": "en", "systemTime": t.Add(s.world.Skew).UnixMilli()}
	if s.world.NoTime {
		delete(fields, "systemTime")
	}
	return fields
}

func (s *Server) refuse(t time.Time, code, message string, status int) *response {
	fields := s.envelope(t)
	fields["status"] = "failure"
	fields["errorMessage"] = message
	if code != "" {
		fields["errorCode"] = code
		if s.world.NumericCodes {
			fields["errorCode"] = json.Number(code)
		}
	}
	return write(or(status, 200), fields)
}

func write(status int, fields map[string]any) *response {
	body, err := json.Marshal(maps.Clone(fields))
	if err != nil {
		panic(err) // an item of the request that is no JSON
	}
	return &response{status: status, body: body}
}

func number(r *big.Rat) json.RawMessage { return json.RawMessage(r.FloatString(8)) }

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
