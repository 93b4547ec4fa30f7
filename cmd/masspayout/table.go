package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
	"github.com/iyzico-go/masspayout/payout"
)

// printResult shows where the money of each item is, and the sums of it.
func printResult(w io.Writer, request *gen.MassPayoutInitializeRequest, result *payout.Result, o *options) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, o.say("ITEM\tNAME\tRECIPIENT\tAMOUNT\tOUTCOME", "KALEM\tAD\tALICI\tTUTAR\tSONUÇ"))
	type group struct {
		items  int
		totals payout.Totals
	}
	groups, order := map[string]*group{}, []string(nil)
	for i, item := range result.Items {
		outcome := fundsText(item.Status, o.language)
		sum := groups[outcome]
		if sum == nil {
			sum = &group{totals: payout.Totals{}}
			groups[outcome], order = sum, append(order, outcome)
		}
		sum.items++
		sum.totals[item.Amount.Currency] = sum.totals[item.Amount.Currency].Add(item.Amount.Value)
		if len(item.Reasons) > 0 {
			outcome += ": " + strings.Join(item.Reasons, "; ")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", printable(item.ItemExternalID),
			printable(request.Items[i].RecipientName), printable(recipientText(&request.Items[i], o.language)),
			money(item.Amount, o), printable(outcome))
	}
	table.Flush()

	fmt.Fprintln(w)
	sums := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, outcome := range order {
		fmt.Fprintf(sums, "%s\t%s, %s\n", outcome, countItems(groups[outcome].items, o), total(groups[outcome].totals, o))
	}
	if result.RequestID != "" {
		fmt.Fprintf(sums, "requestId\t%s, %s\n", printable(string(result.RequestID)), o.statusText(result.Status))
	} else { // of several payouts
		fmt.Fprintf(sums, "%s\t%s\n", o.say("status", "durum"), o.statusText(result.Status))
	}
	sums.Flush()
}

// total is a sum for each currency.
func total(s payout.Totals, o *options) string {
	var texts []string
	for _, currency := range s.Currencies() {
		texts = append(texts, money(gen.Amount{Value: s[currency], Currency: currency}, o))
	}
	return strings.Join(texts, o.say(" and ", " ve "))
}

// totalsOf are the sums of a request.
func totalsOf(items []gen.MassPayoutItem) payout.Totals {
	sums := payout.Totals{}
	for i := range items {
		a := &items[i].Amount
		sums[a.Currency] = sums[a.Currency].Add(a.Value)
	}
	return sums
}

func countItems(n int, o *options) string {
	switch {
	case o.language == payfile.Turkish:
		return fmt.Sprintf("%d kalem", n)
	case n == 1:
		return "1 item"
	default:
		return fmt.Sprintf("%d items", n)
	}
}

// money is an amount with its two decimals, in major units.
func money(a gen.Amount, o *options) string {
	return number(a.Value, o) + " " + printable(string(a.Currency))
}

// number has a mark between thousands, as the language writes it.
func number(d decimal.Decimal, o *options) string {
	whole, decimals, _ := strings.Cut(d.StringFixed(2), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	thousands, mark := o.say(",", "."), o.say(".", ",")
	var grouped strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			grouped.WriteString(thousands)
		}
		grouped.WriteRune(digit)
	}
	return sign + grouped.String() + mark + decimals
}

// printable keeps what comes from a file or a server from steering the terminal or the table.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, s)
}
