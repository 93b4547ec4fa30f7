package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// printAccepted shows what became of each line of an accepted payout, the sums, and the payout's name at iyzico.
func printAccepted(w io.Writer, request gen.MassPayoutInitializeRequest, stored *gen.MassPayoutInitializeResponse) {
	refused := make(map[string]gen.InvalidItem, len(stored.InvalidItems))
	for _, item := range stored.InvalidItems {
		refused[item.ItemExternalID] = item
	}
	var accepted, not []gen.MassPayoutItem
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LINE\tRECIPIENT\tAMOUNT\tRESULT")
	for _, item := range request.Items {
		result := "accepted"
		if why, ok := refused[item.ItemExternalID]; ok {
			result = fmt.Sprintf("refused: %s %s", why.ErrorCode, why.ErrorMessage)
			not = append(not, item)
		} else {
			accepted = append(accepted, item)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", printable(item.ItemExternalID), printable(item.Recipient()),
			money(item.Amount), printable(result))
	}
	table.Flush()

	fmt.Fprintln(w)
	printSums(w, "accepted", accepted)
	printSums(w, "refused", not)
	fmt.Fprintf(w, "requestId  %s\n", printable(string(stored.RequestID)))
	if stored.AllAccepted() {
		return
	}
	fmt.Fprintln(w, "\nThe refused lines will not be paid.")
	for _, item := range not {
		delete(refused, item.ItemExternalID)
	}
	if len(refused) > 0 {
		fmt.Fprintf(w, "The answer refuses %d lines that the request does not have; run with -json to see it.\n", len(refused))
	}
}

// printSums shows how many lines there are, and their sum in each currency.
func printSums(w io.Writer, what string, items []gen.MassPayoutItem) {
	if len(items) == 0 {
		return
	}
	sums := payout.Totals{}
	for _, item := range items {
		sums[item.Amount.Currency] = sums[item.Amount.Currency].Add(item.Amount.Value)
	}
	fmt.Fprintf(w, "%-9s  %s, %s\n", what, countLines(len(items)), total(sums))
}

// printMoney shows where the money of each line is, and the sums of it.
func printMoney(w io.Writer, request gen.MassPayoutInitializeRequest, result *payout.Result) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LINE\tRECIPIENT\tAMOUNT\tSTATUS\tTHE MONEY IS")
	for i, line := range result.Items {
		where := string(line.Status.Funds())
		if len(line.Reasons) > 0 {
			where += ": " + strings.Join(line.Reasons, "; ")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", printable(line.ItemExternalID),
			printable(request.Items[i].Recipient()), money(line.Amount), printable(string(line.Status)), printable(where))
	}
	table.Flush()

	fmt.Fprintln(w)
	for _, where := range []gen.Funds{
		gen.FundsNotMoved, gen.FundsOnTheWay, gen.FundsWithRecipient, gen.FundsBack, gen.FundsNeverMoved, gen.FundsStuck, gen.FundsUnsettled, gen.FundsUnknown,
	} {
		if lines := result.ItemsIn(where); len(lines) > 0 {
			fmt.Fprintf(w, "%-19s  %s, %s\n", where, countLines(len(lines)), total(result.Totals(where)))
		}
	}
	fmt.Fprintf(w, "%-19s  %s, %s\n", "requestId", printable(string(result.RequestID)), printable(string(result.Status)))
}

// total is a sum for each currency.
func total(s payout.Totals) string {
	var texts []string
	for _, currency := range s.Currencies() {
		texts = append(texts, money(gen.Amount{Value: s[currency], Currency: currency}))
	}
	return strings.Join(texts, ", ")
}

func countLines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
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
