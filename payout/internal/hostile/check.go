package hostile

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Claim is what a client says when it is done, in words of its own or of package payout.
type Claim struct {
	ExternalID string
	Items      []Item // of the request

	// Paid are the itemExternalIds that are reported as paid, Again those that are offered for paying again.
	Paid, Again []string
	// NotMoved is set if an error says that no money can have moved.
	NotMoved bool
}

// Check compares the claim with the ledger: as of now for what is paid, and with everything that is still to come
// for what is offered again. It drains the server, so ask it last. It returns what is wrong, nothing if nothing is.
func (s *Server) Check(claim Claim) []string {
	var wrong []string
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }

	for _, id := range s.Unpaid(claim.ExternalID, claim.Paid) {
		bad("item %s is reported as paid, and is not", id)
	}
	s.Drain()
	s.mu.Lock()
	defer s.mu.Unlock()
	times := map[string]int{}
	requested := map[string]Item{}
	for _, item := range claim.Items {
		requested[item.ItemExternalID] = item
	}
	touched := map[string]bool{}
	for _, m := range s.ledger {
		if m.By == Client {
			touched[m.Payout] = true
			if m.Name != claim.ExternalID {
				bad("payout %s was authorized, of the name %s", m.Payout, m.Name)
				continue
			}
			if field := differs(requested[m.Item.ItemExternalID], m.Item); field != "" {
				bad("item %s was paid with another %s than requested", m.Item.ItemExternalID, field)
			}
			times[m.Item.ItemExternalID]++
		}
	}
	for _, item := range claim.Items {
		if n := times[item.ItemExternalID]; n > 1 {
			bad("item %s was moved %d times", item.ItemExternalID, n)
		}
	}
	for _, m := range s.ledger {
		if !slices.Contains(claim.Again, m.Item.ItemExternalID) || m.Name != claim.ExternalID {
			continue
		}
		if m.By == Client || s.ours(m.Payout) {
			if m.Fate != Returned {
				bad("item %s is offered for paying again, and its money went: fate %d", m.Item.ItemExternalID, m.Fate)
			}
		}
	}
	for _, r := range s.records {
		for _, e := range r.items {
			status := e.status.last()
			if (touched[r.requestID] || !r.authorized.IsZero()) && r.externalID == claim.ExternalID &&
				slices.Contains(
					claim.Again,
					e.ItemExternalID,
				) && (status == "INIT" || status == "QUEUED" || status == "PROCESSING") {
				bad("item %s is offered for paying again, and is %s", e.ItemExternalID, status)
			}
		}
	}
	if claim.NotMoved {
		if s.sent[Auth] > 0 {
			bad("no money can have moved, it says, though auth was sent %d times", s.sent[Auth])
		}
		if n := slices.IndexFunc(s.ledger, func(m *Movement) bool { return m.By == Client }); n >= 0 {
			bad("no money can have moved, it says, though item %s was moved", s.ledger[n].Item.ItemExternalID)
		}
	}
	return wrong
}

// ours reports whether the client stored that payout.
func (s *Server) ours(requestID string) bool {
	r := s.byID(requestID, time.Now().Add(endless))
	return r != nil && r.by == Client
}

func (m *Movement) pays() bool { return m.Fate == Paid || m.Fate == Slow }

// differs names the first field in which two items do.
func differs(want, got Item) string {
	switch {
	case !strings.EqualFold(want.RecipientType, got.RecipientType):
		return "recipientType"
	case want.RecipientInfo != got.RecipientInfo:
		return "recipientInfo"
	case want.RecipientName != "" && want.RecipientName != got.RecipientName: // else iyzico fills it in
		return "recipientName"
	case rat(want.Amount.Value).Cmp(rat(got.Amount.Value)) != 0:
		return "amount"
	case want.Amount.Currency != got.Amount.Currency:
		return "currency"
	default:
		return ""
	}
}
