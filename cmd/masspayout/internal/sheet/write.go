package sheet

import (
	"bufio"
	"io"
	"regexp"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// Format is how a spreadsheet writes.
type Format struct {
	Separator    rune
	DecimalComma bool
}

// DefaultFormat is how a spreadsheet in the language writes.
func DefaultFormat(l Language) Format {
	if l == Turkish {
		return Format{Separator: ';', DecimalComma: true}
	}
	return Format{Separator: ','}
}

// amount has at least two decimals, and every digit.
func (f Format) amount(d decimal.Decimal) string {
	s := d.StringFixed(2)
	if !d.Equal(d.Truncate(2)) {
		s = gen.FormatDecimal(d)
	}
	if f.DecimalComma {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s
}

// Outcome is what became of one item.
type Outcome struct {
	ItemExternalID string
	Recipient      string // masked
	Amount         gen.Amount
	Commission     decimal.Decimal
	Status         gen.ItemStatus
	Reasons        []string
	ReferenceCode  gen.ReferenceCode
}

// Outcomes is what became of a payout.
type Outcomes struct {
	ExternalID string
	RequestID  gen.RequestID
	Items      []Outcome
}

// Write writes what became of a payout, to be opened in a spreadsheet: no cell of it is taken for a formula.
func Write(w io.Writer, o Outcomes, f Format, l Language) error {
	t := newTable(w, f)
	t.row(l.Pick("Item ID", "Kalem no"), l.Pick("Recipient", "Alıcı"), l.Pick("Amount", "Tutar"),
		l.Pick("Currency", "Para birimi"), l.Pick("Outcome", "Sonuç"), l.Pick("Reason", "Neden"),
		l.Pick("Commission", "Komisyon"), l.Pick("iyzico status", "iyzico durumu"),
		l.Pick("iyzico reference", "iyzico referansı"), l.Pick("Payout", "Toplu ödeme"), "requestId")
	for _, item := range o.Items {
		t.row(item.ItemExternalID, item.Recipient, f.amount(item.Amount.Value), string(item.Amount.Currency),
			FundsText(item.Status, l), strings.Join(item.Reasons, "; "), f.amount(item.Commission),
			string(item.Status), string(item.ReferenceCode), o.ExternalID, string(o.RequestID))
	}
	return t.w.Flush()
}

// Template writes a file to fill in. Its example is refused until its amount is replaced, so that nobody pays it by
// mistake.
func Template(w io.Writer, l Language) error {
	t := newTable(w, DefaultFormat(l))
	var headings, example []string
	for _, c := range columns {
		cell := ""
		switch c.field {
		case fieldID:
			cell = "1001"
		case fieldName:
			cell = "Ayşe Yılmaz"
		case fieldIBAN:
			cell = "TR33 0006 1005 1978 6457 8413 26"
		case fieldAmount:
			cell = l.Pick("for example 48250.75", "örneğin 48.250,75")
		case fieldCurrency:
			cell = "TRY"
		case fieldDescription:
			cell = l.Pick("Salary, November", "Kasım maaşı")
		case fieldType, fieldInfo: // one of the two ways to name recipients is enough
			continue
		}
		headings, example = append(headings, c.heading.in(l)), append(example, cell)
	}
	t.row(headings...)
	t.row(example...)
	return t.w.Flush()
}

// FundsText says where an item's money is, for an accountant.
func FundsText(status gen.ItemStatus, l Language) string {
	switch status.Funds() {
	case gen.FundsWithRecipient:
		return l.Pick("paid", "ödendi")
	case gen.FundsNotMoved:
		return l.Pick("not paid yet", "henüz ödenmedi")
	case gen.FundsOnTheWay:
		return l.Pick("on the way", "yolda")
	case gen.FundsNeverMoved:
		if status == gen.ItemStatusInvalid {
			return l.Pick("refused, not paid", "reddedildi, ödenmedi")
		}
		return l.Pick("canceled, not paid", "iptal edildi, ödenmedi")
	case gen.FundsUnsettled:
		return l.Pick("failed; not known yet whether the money comes back",
			"ödenemedi; paranın dönüp dönmediği henüz belli değil")
	case gen.FundsBack:
		return l.Pick("failed; the money is back in the balance", "ödenemedi; para bakiyeye döndü")
	case gen.FundsStuck:
		return l.Pick("failed; the money did not come back: ask iyzico", "ödenemedi; para dönmedi: iyzico'ya sorun")
	default:
		return l.Pick("not known: do not pay again", "bilinmiyor: yeniden ödemeyin")
	}
}

// table writes rows, every cell in quotes.
type table struct {
	w         *bufio.Writer
	separator rune
}

func newTable(w io.Writer, f Format) *table {
	t := &table{bufio.NewWriter(w), f.Separator}
	_, _ = t.w.WriteString("\uFEFF") // without it Excel takes UTF-8 for Windows-1254; Flush returns an error of any write
	return t
}

func (t *table) row(cells ...string) {
	for i, cell := range cells {
		if i > 0 {
			_, _ = t.w.WriteRune(t.separator)
		}
		_, _ = t.w.WriteString(`"` + strings.ReplaceAll(harmless(cell), `"`, `""`) + `"`)
	}
	_, _ = t.w.WriteString("\r\n")
}

// formula is where a spreadsheet may see the beginning of a formula: where a cell begins, and after what another
// setting takes for the end of a cell.
var formula = regexp.MustCompile(`(^|[;,"])([\s\p{Zs}"]*)([=+\-@＝＋－＠])`)

// harmless keeps a spreadsheet from taking a cell, or a part of it, for a formula (OWASP, CSV injection): an apostrophe
// before it makes it text. Control and invisible characters become spaces.
func harmless(cell string) string {
	cell = strings.Map(func(r rune) rune {
		if invisible(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(cell, "�"))
	return formula.ReplaceAllString(cell, "$1$2'$3")
}
