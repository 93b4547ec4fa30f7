package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/iyzico-go/masspayout/gen"
)

// check refuses a payout that is not as the user expects it, and collects what a person should look at before paying.
func (in *input) check(o *options) error {
	for _, v := range in.request.Warnings() {
		in.warnings = append(in.warnings, in.file.Place(v).String())
	}
	in.warnings = append(in.warnings, in.samePerson(o)...)
	in.warnings = append(in.warnings, in.outliers(o)...)
	totals := totalsOf(in.request.Items)
	switch limited := o.limits.total != nil || o.limits.maxItem != nil || o.limits.maxTotal != nil; {
	case len(totals) > 1 && !o.severalCurrencies:
		return fail("the file has several currencies (%s), and iyzico's payout has one total: use a file and a name for each; "+
			"if iyzico has told you that it pays them together, add -several-currencies",
			"dosyada birden çok para birimi var (%s), iyzico'da ise bir toplu ödemenin tek toplamı olur: her biri için ayrı bir "+
				"dosya ve ad kullanın; iyzico birlikte ödediğini size bildirdiyse -several-currencies ekleyin", total(totals, o))
	case len(totals) > 1 && limited:
		return fail("-total, -max-item and -max-total are for a file with one currency, and this one has %s",
			"-total, -max-item ve -max-total tek para birimli dosyalar içindir; bunda %s var", total(totals, o))
	}
	limit := func(amount *gen.Amount) gen.Amount {
		a := *amount
		if a.Currency == "" {
			a.Currency = totals.Currencies()[0]
		}
		return a
	}
	if o.count > 0 && o.count != len(in.request.Items) {
		return fail("the file has %d items, and -count says %d", "dosyada %d kalem var, -count %d diyor", len(in.request.Items),
			o.count)
	}
	if o.limits.total != nil {
		want := limit(o.limits.total)
		if !totals[want.Currency].Equal(want.Value) {
			return fail("the total is %s, and -total says %s", "toplam %s, -total ise %s diyor", total(totals, o), money(want, o))
		}
	}
	if o.limits.maxTotal != nil {
		most := limit(o.limits.maxTotal)
		if totals[most.Currency].GreaterThan(most.Value) || totals.Currencies()[0] != most.Currency {
			return fail("the total is %s, and -max-total allows %s", "toplam %s, -max-total ise en çok %s diyor", total(totals, o),
				money(most, o))
		}
	}
	if o.limits.maxItem != nil {
		most := limit(o.limits.maxItem)
		var over []string
		for i, item := range in.request.Items {
			if item.Amount.Currency != most.Currency || item.Amount.Value.GreaterThan(most.Value) {
				over = append(over, in.where(i, o))
			}
		}
		if len(over) > 0 {
			return fail("-max-item allows %s; more: %s", "-max-item en çok %s diyor; aşanlar: %s", money(most, o), some(over, o))
		}
	}
	return nil
}

// where names an item by its row in the file, or else by its ID.
func (in *input) where(i int, o *options) string {
	if row := in.file.Row(i); row > 0 {
		return fmt.Sprintf(o.say("row %d", "satır %d"), row)
	}
	return fmt.Sprintf(o.say("item %q", "kalem %q"), in.request.Items[i].ItemExternalID)
}

// some lists the first of many.
func some(list []string, o *options) string {
	const shown = 8
	if len(list) > shown {
		return strings.Join(list[:shown], ", ") + fmt.Sprintf(o.say(" and %d more", " ve %d tane daha"), len(list)-shown)
	}
	return strings.Join(list, ", ")
}

// samePerson finds people that are paid more than once: by the same account or number with other amounts, which gen's
// warnings do not name, or under the same name.
func (in *input) samePerson(o *options) (warnings []string) {
	byInfo, byName := map[string][]int{}, map[string][]int{}
	for i, item := range in.request.Items {
		info := string(item.RecipientType) + item.RecipientInfo
		byInfo[info] = append(byInfo[info], i)
		if item.RecipientName != "" {
			name := gen.FoldName(item.RecipientName)
			byName[name] = append(byName[name], i)
		}
	}
	for i, item := range in.request.Items {
		if same := byInfo[string(item.RecipientType)+item.RecipientInfo]; len(same) > 1 && same[0] == i {
			if !slices.ContainsFunc(same, func(j int) bool {
				return !in.request.Items[j].Amount.Value.Equal(item.Amount.Value) || in.request.Items[j].Amount.Currency != item.Amount.Currency
			}) {
				continue // gen's warnings say it
			}
			warnings = append(warnings, fmt.Sprintf(o.say("the same recipient is paid %d times: %s", "aynı alıcıya %d kez ödeniyor: %s"),
				len(same), in.places(same, o)))
			continue
		}
		same := byName[gen.FoldName(item.RecipientName)]
		if item.RecipientName == "" || len(same) < 2 || same[0] != i {
			continue
		}
		infos := map[string]bool{}
		for _, j := range same {
			infos[in.request.Items[j].RecipientInfo] = true
		}
		if len(infos) > 1 {
			warnings = append(warnings, fmt.Sprintf(o.say("the same name is paid on %d accounts: %s",
				"aynı ada %d ayrı hesapta ödeniyor: %s"), len(infos), in.places(same, o)))
		}
	}
	return warnings
}

func (in *input) places(items []int, o *options) string {
	var list []string
	for _, i := range items {
		list = append(list, in.where(i, o))
	}
	return some(list, o)
}

// outlier is how many times the middle amount is so much more that it may be mistyped: a point that was lost makes it a
// hundredfold.
const outlier = 20

// tooLittle is how many times the middle amount is more than one that may be mistyped: 1.250 that an English spreadsheet
// took for 1.25 is a thousandth.
const tooLittle = 100

// outliers finds amounts far beyond the others.
func (in *input) outliers(o *options) (warnings []string) {
	byCurrency := map[gen.Currency][]decimal.Decimal{}
	for _, item := range in.request.Items {
		byCurrency[item.Amount.Currency] = append(byCurrency[item.Amount.Currency], item.Amount.Value)
	}
	for currency, values := range byCurrency {
		slices.SortFunc(values, decimal.Decimal.Cmp)
		if len(values) < 3 {
			delete(byCurrency, currency)
		}
	}
	for i, item := range in.request.Items {
		values := byCurrency[item.Amount.Currency]
		if len(values) == 0 {
			continue
		}
		middle := values[(len(values)-1)/2]
		if item.Amount.Value.GreaterThan(middle.Mul(decimal.New(outlier, 0))) {
			warnings = append(warnings, fmt.Sprintf(o.say("%s: %s is far more than the others, whose middle is %s",
				"%s: %s ötekilerden çok büyük; ortancaları %s"), in.where(i, o), money(item.Amount, o),
				money(gen.Amount{Value: middle, Currency: item.Amount.Currency}, o)))
		} else if item.Amount.Value.Mul(decimal.New(tooLittle, 0)).LessThan(middle) {
			warnings = append(warnings, fmt.Sprintf(o.say("%s: %s is far less than the others, whose middle is %s",
				"%s: %s ötekilerden çok küçük; ortancaları %s"), in.where(i, o), money(item.Amount, o),
				money(gen.Amount{Value: middle, Currency: item.Amount.Currency}, o)))
		}
	}
	return warnings
}

// itemDigests are, for each item, a short digest of whom it pays what: enough to know an item again, and too short to tell
// the recipient.
func itemDigests(items []gen.MassPayoutItem) []string {
	digests := make([]string, len(items))
	for i, item := range items {
		sum := sha256.Sum256([]byte(string(item.RecipientType) + " " + item.RecipientInfo + " " + item.Amount.Value.StringFixed(2) +
			" " + string(item.Amount.Currency)))
		digests[i] = hex.EncodeToString(sum[:4])
	}
	return digests
}

// maxNeighbors bounds how many files of a folder are looked at.
const maxNeighbors = 10_000

func escapeGlob(s string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

// warnOfEarlier adds the warnings of earlier to those that are shown before paying, or says them at once where nobody is
// asked. With -strict they are an error.
func (in *input) warnOfEarlier(list []*job, o *options) error {
	if list[0].emulated {
		return nil
	}
	warnings := in.earlier(list, o)
	if o.strict && len(warnings) > 0 {
		return badInput{fail("-strict refuses it: %s", "-strict reddetti: %s", some(warnings, o))}
	}
	if !o.asks() {
		for _, w := range warnings {
			fmt.Fprintln(o.stderr, o.say("warning:", "uyarı:"), printable(w))
		}
	}
	in.warnings = append(in.warnings, warnings...)
	return nil
}

// earlier finds the receipts of other payouts that paid the same people the same amounts: all of them, or at least half
// of either payout. It looks in the folder of the states and in that of the file. A payout of several parts has a receipt
// for each, and each is found.
func (in *input) earlier(list []*job, o *options) (warnings []string) {
	folders := []string{filepath.Dir(list[0].file)}
	if o.file != "" && o.file != "-" && !sameFile(folders[0], filepath.Dir(o.file)) {
		folders = append(folders, filepath.Dir(o.file))
	}
	now := map[string]int{}
	for _, digest := range itemDigests(in.request.Items) {
		now[digest]++
	}
	for i, folder := range folders {
		names, _ := filepath.Glob(filepath.Join(escapeGlob(folder), "*"+receiptSuffix)) // the pattern is well formed
		for _, name := range names[:min(len(names), maxNeighbors)] {
			r := readReceipt(name)
			if r.canceled || in.sameLife(r.externalID, list, o) {
				continue
			}
			again, seen := 0, map[string]int{}
			for _, digest := range r.items {
				if seen[digest]++; seen[digest] <= now[digest] {
					again++
				}
			}
			if again == 0 || again*2 < min(len(r.items), len(in.request.Items)) {
				continue
			}
			where := o.say("this folder", "bu klasördeki")
			if i > 0 {
				where, name = o.say("the file's folder", "dosyanın klasöründeki"), filepath.Join(folder, filepath.Base(name))
			} else {
				name = filepath.Base(name)
			}
			if again == len(r.items) && again == len(in.request.Items) {
				warnings = append(warnings, fmt.Sprintf(o.say("an earlier payout of %s, %q, has the same people and amounts: see %s",
					"%s önceki bir toplu ödemede (%q) kişiler ve tutarlar aynı: bkz. %s"), where, r.externalID, name))
			} else {
				warnings = append(warnings, fmt.Sprintf(o.say("an earlier payout of %s, %q, has %d items of which this one has %d again, "+
					"with the same people and amounts: see %s",
					"%s önceki bir toplu ödemenin (%q) %d kaleminden %d tanesi bunda da aynı kişi ve tutarla var: bkz. %s"), where,
					r.externalID, len(r.items), again, name))
			}
		}
	}
	return warnings
}

// sameLife reports whether a payout belongs to the one that is being paid: it is one of its parts, what it pays again, or
// what paid it again.
func (in *input) sameLife(externalID string, list []*job, o *options) bool {
	before := againSuffix.ReplaceAllString(externalID, "")
	for _, j := range list {
		own := j.request.ExternalID
		if externalID == own || before == own || o.again != "" && before == againSuffix.ReplaceAllString(own, "") {
			return true
		}
	}
	return false
}

func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	second, otherErr := os.Stat(b)
	return err == nil && otherErr == nil && os.SameFile(first, second)
}

// checkFolder makes sure that a state can be written before anything is sent.
func checkFolder(folder string) error {
	probe, err := os.CreateTemp(folder, ".masspayout-*.tmp")
	if err != nil {
		return because(err, "nothing was sent: the progress cannot be saved in %s",
			"hiçbir şey gönderilmedi: ilerleme %s klasörüne kaydedilemiyor", folder)
	}
	_ = probe.Close()
	return os.Remove(probe.Name())
}
