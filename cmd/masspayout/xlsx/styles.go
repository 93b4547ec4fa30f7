package xlsx

import (
	"regexp"
	"strings"

	"github.com/iyzico-go/masspayout/gen"
)

// style is what a number's format says of the number.
type style struct {
	date     bool
	percent  bool
	currency gen.Currency
}

// maxStyles is how many a workbook can have.
const maxStyles = 1 << 16

func (b *book) readStyles() {
	for i := range maxStyles {
		s, err := b.file.GetStyle(i)
		if err != nil {
			return
		}
		format := ""
		if s.CustomNumFmt != nil {
			format = *s.CustomNumFmt
		}
		b.styles = append(b.styles, styleOf(s.NumFmt, format))
	}
}

func (b *book) style(i int) style {
	if i < 0 || i >= len(b.styles) {
		return style{}
	}
	return b.styles[i]
}

// quoted is what a format shows as it is, its conditions, and its colors.
var quoted = regexp.MustCompile(`"[^"]*"|\\.|\[[^\]]*\]|_.|\*.`)

// styleOf reads a number's format (ECMA-376, part 1, 18.8.30 and 18.8.31).
func styleOf(id int, format string) (s style) {
	if format == "" {
		s.date = 14 <= id && id <= 22 || 27 <= id && id <= 36 || 45 <= id && id <= 47 || 50 <= id && id <= 58
		s.percent = id == 9 || id == 10
		return s
	}
	first, _, _ := strings.Cut(format, ";")
	shown := strings.ToLower(first)
	for sign, currency := range map[string]gen.Currency{"₺": gen.CurrencyTRY, "tl": gen.CurrencyTRY, "try": gen.CurrencyTRY,
		"usd": gen.CurrencyUSD, "eur": gen.CurrencyEUR, "€": gen.CurrencyEUR} {
		if strings.Contains(shown, sign) {
			s.currency = currency
		}
	}
	if s.currency == "" && (strings.Contains(shown, "[$$") || strings.Contains(shown, `"$"`) || strings.Contains(shown, `\$`)) {
		s.currency = gen.CurrencyUSD
	}
	plain := quoted.ReplaceAllString(shown, "")
	s.percent = strings.Contains(plain, "%")
	s.date = strings.ContainsAny(plain, "dmyhsga") && !strings.Contains(plain, "general") && !strings.ContainsAny(plain, "0#?")
	if s.date {
		s.currency = ""
	}
	return s
}
