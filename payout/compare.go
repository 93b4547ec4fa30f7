package payout

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/iyzico-go/masspayout/gen"
)

// matcher lays items beside the request, one after the other. Its errors name the item and the field, never the
// value.
type matcher struct {
	request *gen.MassPayoutInitializeRequest
	digest  string                   // of the request
	refused map[string]gen.ErrorCode // see State.Refused
	index   map[string]int           // by itemExternalId
	differs error                    // the first difference
	hidden  error                    // the first item of which not everything is shown
	moved   error                    // the first item that is neither INIT nor INVALID
	unlike  error                    // the first item that is INIT, though it was refused
}

func newMatcher(request *gen.MassPayoutInitializeRequest, digest string, refused map[string]gen.ErrorCode) *matcher {
	m := &matcher{request: request, digest: digest, refused: refused, index: make(map[string]int, len(request.Items))}
	for i := range request.Items {
		m.index[canonical(request.Items[i].ItemExternalID)] = i
	}
	return m
}

// take compares one item, and returns its index in the request, or -1 if the request does not have it. Before auth
// everything that is shown counts; after it, descriptions and commission do not.
func (m *matcher) take(shown *gen.MassPayoutItemDetail, beforeAuth bool) int {
	moved := shown.ItemStatus != gen.ItemStatusInit && shown.ItemStatus != gen.ItemStatusInvalid
	if moved && m.moved == nil {
		m.moved = fmt.Errorf("%w: the item with itemExternalId %q is %q, although the payout is INIT",
			ErrNoProgress, shown.ItemExternalID, string(shown.ItemStatus))
	}
	if _, refused := m.refused[canonical(shown.ItemExternalID)]; refused && shown.ItemStatus == gen.ItemStatusInit && m.unlike == nil {
		m.unlike = fmt.Errorf("%w: iyzico refused the item with itemExternalId %q before, and shows it as %q now",
			ErrNoProgress, shown.ItemExternalID, string(shown.ItemStatus))
	}
	i, ok := m.index[canonical(shown.ItemExternalID)]
	if !ok {
		if m.differs == nil {
			m.differs = fmt.Errorf("%w: iyzico has an item %q that the request does not have", ErrOtherPayout, shown.ItemExternalID)
		}
		return -1
	}
	c := comparison{refused: shown.ItemStatus == gen.ItemStatusInvalid, beforeAuth: beforeAuth && !moved}
	c.item(&m.request.Items[i], shown)
	if c.differs != "" && m.differs == nil {
		m.differs = fmt.Errorf("%w: item %d (itemExternalId %q): %s: iyzico shows another value than the request",
			ErrOtherPayout, i, shown.ItemExternalID, c.differs)
	}
	if c.hidden != "" && m.hidden == nil {
		m.hidden = fmt.Errorf("%w: item %d (itemExternalId %q): %s", ErrUnverified, i, shown.ItemExternalID, c.hidden)
	}
	return i
}

// comparison is of one item. It names the first field that differs, and the first that is not shown whole.
type comparison struct {
	refused, beforeAuth bool
	differs, hidden     string
}

func (c *comparison) item(mine *gen.MassPayoutItem, shown *gen.MassPayoutItemDetail) {
	c.field("recipientType", equality(string(shown.RecipientType), string(mine.RecipientType), strings.ToUpper))
	c.field("recipientInfo", sameRecipient(mine.RecipientType, shown.RecipientInfo, mine.RecipientInfo))
	if mine.RecipientName != "" {
		c.field("recipientName", masked(foldName(shown.RecipientName), foldName(mine.RecipientName), nameMask))
	}
	c.field("currency", equality(string(shown.CurrencyCode), string(mine.Amount.Currency), strings.ToUpper))
	c.field("amount", c.amount(mine, shown))
	if c.beforeAuth && shown.CommissionAmount.IsNegative() {
		c.field("commissionAmount", different)
	}
	if description := foldName(shown.Description); c.beforeAuth && description != "" {
		c.field("description", beginning(description, foldName(mine.Description)))
	}
}

// amount compares the total, which may contain the commission: iyzico does not document whether it does. After auth
// it may be told net of it.
func (c *comparison) amount(mine *gen.MassPayoutItem, shown *gen.MassPayoutItemDetail) sameness {
	total, value, commission := shown.TotalAmount, mine.Amount.Value, shown.CommissionAmount
	switch {
	case total.IsZero():
		return notShown
	case total.Equal(value):
		return equalShown
	case !commission.IsPositive():
		return different
	case total.Equal(value.Add(commission)):
		return equalShown
	case !c.beforeAuth && total.Equal(value.Sub(commission)):
		return equalShown
	default:
		return different
	}
}

// field takes note of a field. A refused item is not paid; it may have lost anything, so that nothing of it is
// hidden.
func (c *comparison) field(name string, s sameness) {
	switch {
	case s == different && c.differs == "":
		if c.refused && (name == "amount" || name == "currency" || name == "commissionAmount") {
			return
		}
		c.differs = name
	case s == notShown && c.hidden == "" && !c.refused:
		c.hidden = name
	}
}

// sameness is how a value that iyzico shows compares with ours.
type sameness int

const (
	equalShown sameness = iota
	notShown            // missing, or masked: nothing that is shown differs
	different
)

func equality(shown, mine string, normal func(string) string) sameness {
	switch shown = normal(strings.TrimSpace(shown)); shown {
	case "":
		return notShown
	case normal(strings.TrimSpace(mine)):
		return equalShown
	default:
		return different
	}
}

// beginning compares texts that may be cut off, as long ones are.
func beginning(shown, mine string) sameness {
	switch {
	case shown == mine:
		return equalShown
	case strings.HasPrefix(mine, strings.TrimRight(shown, ". …")):
		return notShown
	default:
		return different
	}
}

// sameRecipient compares recipients of one kind: IBANs and phone numbers may be written with spaces, phone numbers
// with or without what precedes them. What a member id looks like is not documented: every character of it counts.
func sameRecipient(kind gen.RecipientType, shown, mine string) sameness {
	if strings.TrimSpace(shown) == "" {
		return notShown
	}
	if kind == gen.RecipientTypeMemberID {
		return masked(canonical(strings.TrimSpace(shown)), canonical(strings.TrimSpace(mine)), nameMask)
	}
	shown, mine = withoutSeparators(shown), withoutSeparators(mine)
	if kind == gen.RecipientTypePhone {
		if !strings.ContainsFunc(shown, infoMask) {
			shown, mine = national(shown), national(mine)
		} else {
			shown, mine = strings.TrimPrefix(shown, "+"), strings.TrimPrefix(mine, "+")
		}
	}
	return masked(shown, mine, infoMask)
}

// withoutSeparators drops what only makes a number readable.
func withoutSeparators(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '(' || r == ')' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// national drops what precedes the ten digits of a Turkish phone number.
func national(phone string) string {
	digits := strings.TrimPrefix(phone, "+")
	for _, prefix := range []string{"0090", "90", "0"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && len(rest) == 10 && rest[0] == '5' {
			return rest
		}
	}
	return digits
}

func nameMask(r rune) bool { return strings.ContainsRune("*•●█…#", r) }

func infoMask(r rune) bool { return nameMask(r) || r == '.' || r == '_' || r == 'X' }

// masked compares a value in which some characters may be masked: what it shows between the masks must be in ours, in that
// order, and at its beginning and end unless a mask is there.
func masked(shown, mine string, isMask func(rune) bool) sameness {
	switch {
	case shown == mine:
		return equalShown
	case shown == "":
		return notShown
	case !strings.ContainsFunc(shown, isMask):
		return different
	}
	var pattern strings.Builder
	for _, r := range shown {
		if isMask(r) {
			pattern.WriteString(".*")
		} else {
			pattern.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	if whole, err := regexp.Compile("(?s)^" + pattern.String() + "$"); err != nil || !whole.MatchString(mine) {
		return different
	}
	return notShown
}

// foldName makes names alike that differ in case or spaces, also in Turkish, where i and ı are letters of their own
// in either case.
func foldName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case 'İ', 'I', 'ı':
			return 'i'
		case '\u0307': // the dot of an i that was made lower case elsewhere
			return -1
		}
		return unicode.ToLower(r)
	}, canonical(s))
	return strings.Join(strings.Fields(s), " ")
}
