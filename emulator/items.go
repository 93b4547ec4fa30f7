package emulator

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// item is one item of a stored payout.
type item struct {
	index                                        int
	itemExternalID, recipientType, recipientInfo string
	recipientName, description, currency         string
	nonWithdrawable                              bool
	amount                                       decimal.Decimal // zero if it could not be read
	hasAmount                                    bool
	commission                                   decimal.Decimal
	referenceCode                                string
	problems                                     []problem // why it is INVALID
	payout                                       *payout
	history                                      []change     // its statuses; the last one is the present one
	funds                                        Funds        // where its money is
	path                                         []ItemStatus // what a test recipient makes of it
	steps                                        int          // how many of its outcomes it has been through
	waits                                        bool         // in the last of them
}

// payout is one stored payout.
type payout struct {
	requestID, externalID string
	fingerprint           [sha256.Size]byte
	items, valid, invalid []*item // valid and invalid share the items
	sums                  []sum   // one for each currency of its valid items, in their order
	history               []change
	due                   time.Time // when it takes its next stage; zero if it takes none by itself
	inFlight              bool      // whether Emulator.inFlight has it
	moving                []*item   // authorized, with an outcome to come
	open                  int       // how many items keep it IN_PROGRESS
	succeeded             int
}

// sum adds up the valid items of a payout in one currency.
type sum struct {
	currency                string
	total, paid, commission decimal.Decimal
}

// sum returns the payout's sum in a currency, a new one if there is none yet.
func (p *payout) sum(currency string) *sum {
	i := slices.IndexFunc(p.sums, func(s sum) bool { return s.currency == currency })
	if i < 0 {
		i = len(p.sums)
		p.sums = append(p.sums, sum{currency: currency})
	}
	return &p.sums[i]
}

// problem is one thing that is wrong with an item. The text names fields and rules, never values: those are recipients'
// data.
type problem struct {
	code  string // "": 11
	field string
	what  *text
}

func (p problem) in(locale, name string) string {
	switch {
	case p.code != "":
		return p.what.in(locale)
	case p.field != "" && name != "":
		name += "." + p.field
	default:
		name += p.field
	}
	return name + " " + p.what.in(locale)
}

func (p problem) refusal() *refusal { return invalid(p.in("tr", ""), p.in("en", "")) }

var (
	purposes       = []string{"SALARY", "BONUS", "SETTLEMENT", "GOODS", "SERVICES", "CASHBACK", "REBATES", "DONATIONS"}
	recipientTypes = []string{"PHONE", "IBAN", "IDENTITY_NUMBER", "MEMBER_ID"}
	currencies     = []string{"TRY", "USD", "EUR"}
)

// The sentences that a problem is told in, after the name of the field.
var (
	isRequired          = text{"zorunludur", "is required"}
	mustBeString        = text{"metin (string) olmalıdır", "must be a string"}
	mustBeBool          = text{"true veya false olmalıdır", "must be true or false"}
	mustBeNumber        = text{"tırnaksız bir sayı olmalıdır", "must be a number without quotes"}
	mustBeObject        = text{"JSON nesnesi olmalıdır", "must be a JSON object"}
	mustBeShorter       = text{"okunamayacak kadar uzun bir sayıdır", "is too long a number to read"}
	mustBePositive      = text{"sıfırdan büyük olmalıdır", "must be greater than zero"}
	mustHaveTwoDecimals = text{"en fazla iki ondalık basamak içerebilir", "must have at most two decimals"}
	isRequiredForIBAN   = text{"recipientType IBAN olduğunda zorunludur", "is required when recipientType is IBAN"}
	mustBePurpose       = oneOf(purposes)
	mustBeRecipientType = oneOf(recipientTypes)
	mustBeCurrency      = oneOf(currencies)
	mustBeArray         = text{"bir dizi olmalıdır", "must be an array"}
	mustHaveAnItem      = text{"en az bir kalem içermelidir", "must have at least one item"}
	mustHaveFewerItems  = text{"en fazla 50000 kalem içerebilir", "must have at most 50000 items"}
)

func oneOf(values []string) text {
	list := strings.Join(values, ", ")
	return text{"şunlardan biri olmalıdır: " + list, "must be one of " + list}
}

// maxItems bounds the items of a payout, and so what a body of very short ones may cost.
const maxItems = 50_000

// readPayout finds what is wrong with the request as a whole, and judges its items.
func readPayout(body object) (*payout, *refusal) {
	p := &payout{}
	var ok bool
	if p.externalID, ok = body.str("externalId"); !ok {
		return nil, problem{field: "externalId", what: &mustBeString}.refusal()
	}
	if strings.TrimSpace(p.externalID) == "" {
		return nil, problem{field: "externalId", what: &isRequired}.refusal()
	}
	purpose, ok := body.str("purpose")
	if !ok || body.has("purpose") && !slices.Contains(purposes, purpose) {
		return nil, problem{field: "purpose", what: &mustBePurpose}.refusal()
	}

	seen := map[string]int{}
	var refused *refusal
	isArray := elements(body["items"], func(raw []byte) bool {
		i := len(p.items)
		if i == maxItems {
			refused = problem{field: "items", what: &mustHaveFewerItems}.refusal()
			return false
		}
		it, what := judge(i, raw)
		if what != nil { // invalidItems could not say which item is meant
			refused = invalid(what.in("tr", fmt.Sprintf("items[%d]", i)), what.in("en", fmt.Sprintf("items[%d]", i)))
			return false
		}
		if first, ok := seen[it.itemExternalID]; ok {
			refused = invalid(
				fmt.Sprintf("items[%d].itemExternalId, items[%d].itemExternalId ile aynı; her kalemde farklı olmalıdır",
					i, first),
				fmt.Sprintf("items[%d].itemExternalId must be unique; items[%d] has the same one", i, first))
			return false
		}
		seen[it.itemExternalID] = i
		p.items = append(p.items, it)
		return true
	})
	switch {
	case refused != nil:
		return nil, refused
	case body.has("items") && !isArray:
		return nil, problem{field: "items", what: &mustBeArray}.refusal()
	case len(p.items) == 0:
		return nil, problem{field: "items", what: &mustHaveAnItem}.refusal()
	}
	p.fingerprint = fingerprint(purpose, p.items)
	return p, nil
}

// judge reads item i of a request and finds all that is wrong with it. What could be read is kept either way. An item
// that cannot be named in a response is returned as a problem of the whole request.
func judge(i int, raw []byte) (*item, *problem) {
	o, ok := fields(raw)
	if !ok {
		return nil, &problem{what: &mustBeObject}
	}
	it := &item{index: i}
	report := func(field string, what *text) { it.problems = append(it.problems, problem{field: field, what: what}) }
	read := func(o object, path, name string, required bool, oneOf *text, values ...string) string {
		s, ok := o.str(name)
		switch {
		case !ok:
			report(path+name, &mustBeString)
		case strings.TrimSpace(s) == "" && required:
			report(path+name, &isRequired)
		case s != "" && values != nil && !slices.Contains(values, s):
			report(path+name, oneOf)
		}
		return s
	}
	it.itemExternalID = read(o, "", "itemExternalId", true, nil)
	if it.problems != nil {
		return nil, &it.problems[0]
	}
	it.recipientType = read(o, "", "recipientType", true, &mustBeRecipientType, recipientTypes...)
	it.recipientInfo = read(o, "", "recipientInfo", true, nil)
	it.recipientName = read(o, "", "recipientName", false, nil)
	it.description = read(o, "", "description", true, nil)
	if it.recipientType == "IBAN" && strings.TrimSpace(it.recipientName) == "" {
		report("recipientName", &isRequiredForIBAN)
	}
	if o.has("nonWithdrawable") && json.Unmarshal(o["nonWithdrawable"], &it.nonWithdrawable) != nil {
		report("nonWithdrawable", &mustBeBool)
	}

	if !o.has("amount") {
		report("amount", &isRequired)
	} else if amount, ok := fields(o["amount"]); !ok {
		report("amount", &mustBeObject)
	} else {
		it.currency = read(amount, "amount.", "currency", true, &mustBeCurrency, currencies...)
		if what := it.readAmount(amount); what != nil {
			report("amount.value", what)
		}
	}

	test := testRecipient(it.recipientType, it.recipientInfo)
	if why, ok := refusedRecipients[test]; ok {
		it.problems = append(it.problems, problem{code: string(test), what: &why})
	}
	it.path = recipientPaths[test]
	return it, nil
}

// readAmount reads amount.value and returns what is wrong with it, if anything.
func (it *item) readAmount(amount object) *text {
	if !amount.has("value") {
		return &isRequired
	}
	literal := amount["value"]
	if c := literal[0]; c != '-' && (c < '0' || c > '9') {
		return &mustBeNumber
	}
	if len(literal) > 100 {
		return &mustBeShorter
	}
	d, ok := parseAmount(string(literal))
	if !ok {
		return &mustBeShorter
	}
	it.amount, it.hasAmount = d, true
	switch {
	case d.Sign() <= 0:
		return &mustBePositive
	case !twoDecimals(d):
		return &mustHaveTwoDecimals
	}
	return nil
}

// fingerprint is equal for two requests that mean the same: white space, the order of fields, 100 for 100.0, locale and
// conversationId make no difference.
func fingerprint(purpose string, items []*item) (sum [sha256.Size]byte) {
	h := sha256.New()
	put(h, purpose)
	for _, it := range items {
		amount := ""
		if it.hasAmount {
			amount = canonical(it.amount)
		}
		put(h, it.itemExternalID, it.recipientType, it.recipientInfo, it.recipientName,
			it.description, it.currency, amount, fmt.Sprint(it.nonWithdrawable))
		for _, p := range it.problems {
			put(h, p.field, p.what.en)
		}
		put(h, "end of item")
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

// store keeps payouts under every name that an operation finds them by.
type store struct {
	payouts     []*payout // in the order in which they came
	byRequest   map[string]*payout
	byExternal  map[string]*payout
	byReference map[string]*item
	byItem      map[string][]*item // by itemExternalId
}

func newStore() store {
	return store{
		byRequest: map[string]*payout{}, byExternal: map[string]*payout{},
		byReference: map[string]*item{}, byItem: map[string][]*item{},
	}
}

func (s *store) add(p *payout) {
	s.payouts = append(s.payouts, p)
	s.byRequest[p.requestID] = p
	s.byExternal[p.externalID] = p
	for _, it := range p.items {
		s.byReference[it.referenceCode] = it
		s.byItem[it.itemExternalID] = append(s.byItem[it.itemExternalID], it)
	}
}
