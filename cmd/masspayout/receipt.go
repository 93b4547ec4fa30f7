package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// receiptSuffix is what the name of a receipt ends in, in the place of a state's .state.
const receiptSuffix = ".receipt.txt"

// The lines by which a later run knows what a receipt is about.
const (
	receiptName     = "externalId:"
	receiptRequest  = "requestId:"
	receiptCanceled = "canceled: / iptal edildi:"
	receiptItems    = "sha256/32:"
)

// digestsInLine is how many digests of items a line of a receipt has.
const digestsInLine = 12

// receipt writes the payout's receipt beside its state: when it is confirmed, and again when it has ended. It holds no
// recipient.
func (j *job) receipt(result *payout.Result) error {
	o := j.o
	if j.emulated || result == nil {
		return nil
	}
	name := strings.TrimSuffix(j.file, ".state") + receiptSuffix
	temporary, err := os.CreateTemp(filepath.Dir(name), ".receipt-*.tmp") // mode 0600
	if err == nil {
		err = j.writeReceipt(temporary, result)
		if closeErr := temporary.Close(); err == nil {
			err = closeErr
		}
		if err == nil {
			err = os.Rename(temporary.Name(), name)
		}
		if err != nil {
			_ = os.Remove(temporary.Name())
		}
	}
	if err != nil {
		return because(err, "the receipt %s could not be written", "%s makbuzu yazılamadı", name)
	}
	if result.Status != gen.PayoutStatusInit && !o.json {
		fmt.Fprintf(o.stderr, o.say("receipt: %s\n", "makbuz: %s\n"), name)
	}
	return nil
}

func (j *job) writeReceipt(w io.Writer, result *payout.Result) error {
	o := j.o
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "%s\n\n", o.say("Receipt of a mass payout", "Toplu ödeme makbuzu"))
	line := func(name, value string) { fmt.Fprintf(table, "%s\t%s\n", name, printable(value)) }
	line(o.say("date:", "tarih:"), time.Now().Format("2006-01-02 15:04:05 -07:00"))
	line(o.say("server:", "sunucu:"), j.server)
	line(receiptName, result.ExternalID)
	line(receiptRequest, string(result.RequestID))
	line(o.say("status:", "durum:"), o.statusText(result.Status))
	line(o.say("items:", "kalemler:"), countItems(len(result.Items), o)+", "+total(result.Requested(), o))
	for _, funds := range []gen.Funds{gen.FundsWithRecipient, gen.FundsOnTheWay, gen.FundsNotMoved, gen.FundsNeverMoved,
		gen.FundsUnsettled, gen.FundsBack, gen.FundsStuck, gen.FundsUnknown} {
		if items := result.ItemsIn(funds); len(items) > 0 {
			line(fundsText(items[0].Status, o.language)+":", countItems(len(items), o)+", "+total(result.Totals(funds), o))
		}
	}
	line(o.say("file (SHA-256):", "dosya (SHA-256):"), j.in.digest)
	line(o.say("payout (digest):", "toplu ödeme (özet):"), result.Digest)
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n", o.say("Short digests of each recipient with the amount, by which a payout of the same is noticed:",
		"Her alıcının tutarıyla birlikte kısa özeti; aynı ödemenin yinelendiği bunlarla fark edilir:"))
	if result.Status == gen.PayoutStatusCanceled {
		fmt.Fprintln(w, canceledNow())
	}
	for digests := range slices.Chunk(itemDigests(j.request.Items), digestsInLine) {
		if _, err := fmt.Fprintln(w, receiptItems, strings.Join(digests, " ")); err != nil {
			return err
		}
	}
	return nil
}

// receiptOf is what a receipt tells a later run.
type receiptOf struct {
	externalID, requestID string
	canceled              bool
	items                 []string // short digests
}

func readReceipt(name string) (r receiptOf) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return r
	}
	file, err := os.Open(name)
	if err != nil {
		return r
	}
	defer file.Close()
	lines := bufio.NewScanner(io.LimitReader(file, 1<<20))
	for lines.Scan() {
		if value, found := strings.CutPrefix(lines.Text(), receiptName); found {
			r.externalID = strings.TrimSpace(value)
		} else if value, found := strings.CutPrefix(lines.Text(), receiptRequest); found {
			r.requestID = strings.TrimSpace(value)
		} else if value, found := strings.CutPrefix(lines.Text(), receiptItems); found {
			r.items = append(r.items, strings.Fields(value)...)
		} else if strings.HasPrefix(lines.Text(), receiptCanceled) {
			r.canceled = true
		}
	}
	return r
}

// canceledNow is the line of a receipt that its payout is canceled.
func canceledNow() string {
	return receiptCanceled + " " + time.Now().Format("2006-01-02 15:04:05 -07:00")
}

// noteCanceled adds to the receipt of a payout that is canceled that it is: it was confirmed, but paid nobody, and is no
// earlier payout for those that follow.
func noteCanceled(folder, requestID string) error {
	names, _ := filepath.Glob(filepath.Join(escapeGlob(folder), "*"+receiptSuffix)) // the pattern is well formed
	for _, name := range names[:min(len(names), maxNeighbors)] {
		if r := readReceipt(name); r.requestID != requestID || r.canceled {
			continue
		}
		file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = fmt.Fprintln(file, canceledNow())
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			return because(err, "the receipt %s could not be written", "%s makbuzu yazılamadı", name)
		}
	}
	return nil
}
