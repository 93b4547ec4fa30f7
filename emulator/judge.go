package emulator

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

var (
	purposes       = []string{"SALARY", "BONUS", "SETTLEMENT", "GOODS", "SERVICES", "CASHBACK", "REBATES", "DONATIONS"}
	recipientTypes = []string{"PHONE", "IBAN", "IDENTITY_NUMBER", "MEMBER_ID"}
	currencies     = []string{"TRY", "USD", "EUR"}
)

// lineFault says what is wrong with one line.
type lineFault struct {
	code    string
	message text
}

// The sentences that a fault is told in, after the name of the field.
var (
	isMissing    = text{"zorunludur", "is required"}
	isNoString   = text{"metin olmalıdır", "must be a string"}
	isNoBool     = text{"true veya false olmalıdır", "must be true or false"}
	isNoNumber   = text{"tırnaksız bir sayı olmalıdır", "must be a number without quotes"}
	isNoObject   = text{"nesne olmalıdır", "must be an object"}
	isTooLong    = text{"çok uzun bir sayı", "is a number too long to read"}
	isNotAbove0  = text{"sıfırdan büyük olmalıdır", "must be greater than zero"}
	isTooFine    = text{"en fazla iki ondalık basamak içerebilir", "must have at most two decimals"}
	ibanWantName = text{"recipientType IBAN olduğunda zorunludur", "is required when recipientType is IBAN"}
)

func notOneOf(values []string) text {
	list := strings.Join(values, ", ")
	return text{"şunlardan biri olmalıdır: " + list, "must be one of " + list}
}

// judge reads line i of a request and finds all that is wrong with it. What
// could be read is kept either way. The messages name fields and rules, never
// values: those are recipients' data.
func judge(i int, raw json.RawMessage) *line {
	l := &line{}
	fault := func(field string, what text) {
		name := fmt.Sprintf("items[%d]", i)
		if field != "" {
			name += "." + field
		}
		l.faults = append(l.faults, lineFault{"11", text{name + " " + what.tr, name + " " + what.en}})
	}
	item, ok := parseObject(raw)
	if !ok {
		fault("", isNoObject)
		return l
	}
	read := func(o object, path, field string, required bool, values ...string) string {
		s, ok := o.str(field)
		switch {
		case !ok:
			fault(path+field, isNoString)
		case strings.TrimSpace(s) == "" && required:
			fault(path+field, isMissing)
		case s != "" && values != nil && !slices.Contains(values, s):
			fault(path+field, notOneOf(values))
		}
		return s
	}
	l.itemExternalID = read(item, "", "itemExternalId", true)
	l.recipientType = read(item, "", "recipientType", true, recipientTypes...)
	l.recipientInfo = read(item, "", "recipientInfo", true)
	l.recipientName = read(item, "", "recipientName", false)
	l.description = read(item, "", "description", true)
	if l.recipientType == "IBAN" && strings.TrimSpace(l.recipientName) == "" {
		fault("recipientName", ibanWantName)
	}
	if item.has("nonWithdrawable") && json.Unmarshal(item["nonWithdrawable"], &l.nonWithdrawable) != nil {
		fault("nonWithdrawable", isNoBool)
	}

	if !item.has("amount") {
		fault("amount", isMissing)
	} else if amount, ok := parseObject(item["amount"]); !ok {
		fault("amount", isNoObject)
	} else {
		l.currency = read(amount, "amount.", "currency", true, currencies...)
		if what := l.readAmount(amount); what != (text{}) {
			fault("amount.value", what)
		}
	}

	test := testRecipient(l.recipientType, l.recipientInfo)
	if why, ok := refusedRecipients[test]; ok {
		l.faults = append(l.faults, lineFault{string(test), why})
	}
	l.end = recipientEnds[test]
	return l
}

// readAmount reads amount.value and returns what is wrong with it, if anything.
func (l *line) readAmount(amount object) text {
	if !amount.has("value") {
		return isMissing
	}
	literal := string(amount["value"])
	if c := literal[0]; c != '-' && (c < '0' || c > '9') {
		return isNoNumber
	}
	d, ok := parseAmount(literal)
	if !ok {
		return isTooLong
	}
	l.amount = &d
	switch {
	case d.Sign() <= 0:
		return isNotAbove0
	case !twoDecimals(d):
		return isTooFine
	}
	return text{}
}

// fingerprint is equal for two requests that mean the same: spaces, the order
// of fields, 100 for 100.0, locale and conversationId make no difference.
func fingerprint(purpose string, lines []*line) (sum [sha256.Size]byte) {
	h := sha256.New()
	put(h, purpose)
	for _, l := range lines {
		amount := ""
		if l.amount != nil {
			amount = canonical(*l.amount)
		}
		put(h, l.itemExternalID, l.recipientType, l.recipientInfo, l.recipientName,
			l.description, l.currency, amount, fmt.Sprint(l.nonWithdrawable))
		for _, f := range l.faults {
			put(h, f.message.en)
		}
		put(h, "end of line")
	}
	h.Sum(sum[:0])
	return sum
}

// put writes each text with its length, so that no two lists look alike.
func put(h hash.Hash, texts ...string) {
	for _, s := range texts {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
}

// canonical is the same text for equal amounts.
func canonical(d decimal.Decimal) string {
	s := string(number(d))
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
