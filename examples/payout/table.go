package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// printAccepted shows what became of each line of an accepted payout, the sums, and the payout's name at iyzico.
func printAccepted(w io.Writer, request gen.MassPayoutInitializeRequest, payout *gen.MassPayoutInitializeResponse) {
	refused := make(map[string]gen.InvalidItem, len(payout.InvalidItems))
	for _, item := range payout.InvalidItems {
		refused[item.ItemExternalID] = item
	}
	var acceptedSums, refusedSums sums
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LINE\tRECIPIENT\tAMOUNT\tRESULT")
	for _, item := range request.Items {
		result := "accepted"
		if why, ok := refused[item.ItemExternalID]; ok {
			result = fmt.Sprintf("refused: %s %s", why.ErrorCode, why.ErrorMessage)
			refusedSums.add(item.Amount)
		} else {
			acceptedSums.add(item.Amount)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", printable(item.ItemExternalID), printable(item.Recipient()),
			money(item.Amount), printable(result))
	}
	table.Flush()

	fmt.Fprintln(w)
	acceptedSums.print(w, "accepted")
	refusedSums.print(w, "refused")
	fmt.Fprintf(w, "requestId  %s\n", printable(string(payout.RequestID)))
	if payout.AllAccepted() {
		return
	}
	fmt.Fprintln(w, "\nThe refused lines will not be paid.")
	for _, item := range request.Items {
		delete(refused, item.ItemExternalID)
	}
	if len(refused) > 0 {
		fmt.Fprintf(w, "The answer refuses %d lines that the request does not have; run with -json to see it.\n", len(refused))
	}
}

// sums are exact and per currency, in the order in which the currencies first appear.
type sums struct {
	currencies []gen.Currency
	lines      map[gen.Currency]int
	totals     map[gen.Currency]decimal.Decimal
}

func (s *sums) add(a gen.Amount) {
	if s.lines == nil {
		s.lines, s.totals = map[gen.Currency]int{}, map[gen.Currency]decimal.Decimal{}
	}
	if s.lines[a.Currency] == 0 {
		s.currencies = append(s.currencies, a.Currency)
	}
	s.lines[a.Currency]++
	s.totals[a.Currency] = s.totals[a.Currency].Add(a.Value)
}

func (s *sums) print(w io.Writer, what string) {
	for _, currency := range s.currencies {
		lines := "lines"
		if s.lines[currency] == 1 {
			lines = "line"
		}
		fmt.Fprintf(w, "%-9s  %d %s, %s\n", what, s.lines[currency], lines,
			money(gen.Amount{Value: s.totals[currency], Currency: currency}))
	}
}

// money is an amount with its two decimals, in major units.
func money(a gen.Amount) string { return a.Value.StringFixed(2) + " " + string(a.Currency) }

// printable keeps what comes from a file or a server from steering the terminal or the table.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, s)
}
