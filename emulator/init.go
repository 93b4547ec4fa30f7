package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

type invalidItem struct {
	ExternalID   string `json:"externalId"`
	ErrorCode    string `json:"errorCode"`
	ErrorMessage string `json:"errorMessage"`
}

type initAnswer struct {
	envelope
	RequestID    string        `json:"requestId"`
	InvalidItems []invalidItem `json:"invalidItems"`
}

// initPayout stores a payout: acceptable lines as INIT, the others as INVALID.
func (e *Emulator) initPayout(c *call) (any, *refusal) {
	p, refused := readPayout(c.body)
	if refused != nil {
		return nil, refused
	}
	if c.fault = dataFault(p.externalID); c.fault != nil && !c.fault.AfterEffect {
		return nil, nil
	}

	e.mu.Lock()
	defer e.mu.Unlock()
	if first, ok := e.store.byExternal[p.externalID]; ok {
		if first.fingerprint != p.fingerprint {
			return nil, invalid("externalId başka bir içerikle kullanıldı",
				"externalId was used with another content")
		}
		p = first
	} else {
		e.keep(p, c)
	}

	answer := initAnswer{envelope: c.success(), RequestID: p.requestID, InvalidItems: []invalidItem{}}
	answer.SystemTime = p.received.UnixMilli() // a repetition gets the first answer
	for _, l := range p.invalid {
		var messages []string
		for _, f := range l.faults {
			messages = append(messages, f.message.in(c.locale))
		}
		answer.InvalidItems = append(answer.InvalidItems,
			invalidItem{l.itemExternalID, l.faults[0].code, strings.Join(messages, "; ")})
	}
	return answer, nil
}

// readPayout finds what is wrong with the request as a whole and judges its lines.
func readPayout(body object) (*payout, *refusal) {
	p := &payout{}
	var ok bool
	if p.externalID, ok = body.str("externalId"); !ok {
		return nil, invalid("externalId "+isNoString.tr, "externalId "+isNoString.en)
	}
	if strings.TrimSpace(p.externalID) == "" {
		return nil, invalid("externalId "+isMissing.tr, "externalId "+isMissing.en)
	}
	purpose, ok := body.str("purpose")
	if !ok || body.has("purpose") && !slices.Contains(purposes, purpose) {
		what := notOneOf(purposes)
		return nil, invalid("purpose "+what.tr, "purpose "+what.en)
	}
	var items []json.RawMessage
	if body.has("items") && json.Unmarshal(body["items"], &items) != nil {
		return nil, invalid("items dizi olmalıdır", "items must be an array")
	}
	if len(items) == 0 {
		return nil, invalid("items en az bir kırılım içermelidir", "items must have at least one line")
	}
	seen := make(map[string]int, len(items))
	p.lines = make([]*line, len(items))
	for i, raw := range items {
		l := judge(i, raw)
		if first, ok := seen[l.itemExternalID]; ok && l.itemExternalID != "" {
			return nil, invalid(
				fmt.Sprintf("items[%d].itemExternalId items[%d] ile aynı", i, first),
				fmt.Sprintf("items[%d].itemExternalId repeats that of items[%d]", i, first))
		}
		seen[l.itemExternalID] = i
		p.lines[i] = l
	}
	p.fingerprint = fingerprint(purpose, p.lines)
	return p, nil
}

// keep stores a new payout. The caller holds e.mu.
func (e *Emulator) keep(p *payout, c *call) {
	p.requestID = newUUID()
	p.received = c.now
	p.status = PayoutInit
	for _, l := range p.lines {
		l.payout = p
		l.referenceCode = newUUID()
		if l.faults != nil {
			l.status = LineInvalid
			p.invalid = append(p.invalid, l)
			continue
		}
		l.status = LineInit
		l.commission = e.commission
		p.valid = append(p.valid, l)
		if p.currency == "" {
			p.currency = l.currency
		}
		if l.currency == p.currency {
			p.total = p.total.Add(*l.amount)
			p.commission = p.commission.Add(l.commission)
		}
	}
	e.store.add(p)
}
