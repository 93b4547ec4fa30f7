package emulator

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// line is one line of a stored payout.
type line struct {
	itemExternalID, recipientType, recipientInfo string
	recipientName, description, currency         string
	nonWithdrawable                              bool
	amount                                       *decimal.Decimal // nil if it could not be read
	commission                                   decimal.Decimal
	referenceCode                                string
	faults                                       []lineFault // why it is INVALID, or was not paid
	status                                       LineStatus
	end                                          LineStatus // where a test recipient takes it
	payout                                       *payout
}

// payout is one stored payout.
type payout struct {
	requestID, externalID string
	fingerprint           [sha256.Size]byte
	lines, valid, invalid []*line // valid and invalid share the lines
	status                PayoutStatus
	currency              string // of its first valid line
	total, commission     decimal.Decimal
	paid                  decimal.Decimal
	received, authorized  time.Time
	completed, canceled   time.Time
	pending               []*line // authorized and not at their end
}

// store keeps payouts under every name that an operation finds them by.
type store struct {
	byRequest   map[string]*payout
	byExternal  map[string]*payout
	byReference map[string]*line
}

func newStore() store {
	return store{map[string]*payout{}, map[string]*payout{}, map[string]*line{}}
}

func (s *store) add(p *payout) {
	s.byRequest[p.requestID] = p
	s.byExternal[p.externalID] = p
	for _, l := range p.lines {
		s.byReference[l.referenceCode] = l
	}
}

// newUUID is a random UUID, version 4.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
