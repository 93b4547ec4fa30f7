package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// againSuffix is what the name of a payout ends in that pays again what another one left.
var againSuffix = regexp.MustCompile(`-again([1-9][0-9]*)$`)

// nextName is the name under which what a payout left is paid again: salaries-again1 after salaries, and then
// salaries-again2. It is always the same, so that nobody is paid again twice.
func nextName(externalID string) string {
	n := 1
	if m := againSuffix.FindStringSubmatch(externalID); m != nil {
		last, _ := strconv.Atoi(m[1])
		externalID, n = againSuffix.ReplaceAllString(externalID, ""), last+1
	}
	return fmt.Sprintf("%s-again%d", externalID, n)
}

// externalIDOf is the payout that a state is of; "" if that cannot be read.
func externalIDOf(name string) string {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	file, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer file.Close()
	var state struct {
		ExternalID string `json:"externalId"`
	}
	if json.NewDecoder(io.LimitReader(file, 256<<20)).Decode(&state) != nil {
		return ""
	}
	return state.ExternalID
}

// baseName is the name of the file's payout, from the state of one that followed it.
func baseName(stateFile string) (string, error) {
	name := externalIDOf(stateFile)
	if name == "" {
		return "", fail("-again: %s is no state of a payout", "-again: %s bir toplu ödemenin durum dosyası değil", stateFile)
	}
	return againSuffix.ReplaceAllString(name, ""), nil
}

// payAgain replaces the request by the one that pays again what may safely be paid again of the payout whose state is
// given. The state has no recipients: they come from the file, which must be that of the first payout.
func (in *input) payAgain(ctx context.Context, t *target, o *options) error {
	wanted := externalIDOf(o.again)
	if wanted == "" {
		return fail("-again: %s is no state of a payout", "-again: %s bir toplu ödemenin durum dosyası değil", o.again)
	}
	if o.corrected {
		return in.payCorrected(ctx, t, wanted, o)
	}
	parts, err := payout.Split(in.request, payout.PartLimit{Items: o.split})
	if err != nil {
		return err
	}
	first := againSuffix.ReplaceAllString(wanted, "")
	for _, request := range parts {
		if request.ExternalID != first {
			continue
		}
		for range 100 {
			store := payout.NewFileStore(o.again)
			if request.ExternalID != wanted {
				if store, err = payout.FileStoreIn(filepath.Dir(o.again), request.ExternalID); err != nil {
					return err
				}
			}
			result, err := ended(ctx, store, request.ExternalID)
			if err != nil {
				return err
			}
			name, err := freeName(ctx, t, filepath.Dir(o.again), request.ExternalID, wanted)
			if err != nil {
				return err
			}
			next, not, err := result.PayAgain(request, name)
			switch {
			case errors.Is(err, payout.ErrOtherPayout):
				return fail("-again: the file is not as it was when %q was paid: give it unchanged; or, to pay corrected recipients, "+
					"add -corrected and give a file with those rows, under their item IDs and with their amounts",
					"-again: dosya, %q toplu ödemesi yapılırken olduğu gibi değil: değişmemiş dosyayı verin; alıcıları düzelttiyseniz "+
						"-corrected ekleyip o satırları aynı kalem numarası ve tutarlarla içeren bir dosya verin", request.ExternalID)
			case err != nil:
				return err
			case request.ExternalID == wanted:
				return in.keepOnly(next, not, wanted, o)
			}
			request = next
		}
	}
	return fail("-again: the file is that of %q, and the state that of %q: give the first payout's file",
		"-again: dosya %q toplu ödemesinin, durum ise %q toplu ödemesinin: ilk toplu ödemenin dosyasını verin",
		in.request.ExternalID, wanted)
}

// freeName is the next name after externalID that no canceled payout has: one that iyzico says is canceled, and that was
// never authorized from here, pays nobody any more, and would only be found again under its name. It stops at wanted.
func freeName(ctx context.Context, t *target, folder, externalID, wanted string) (string, error) {
	for range 100 {
		externalID = nextName(externalID)
		store, err := payout.FileStoreIn(folder, externalID)
		if err != nil || externalID == wanted {
			return externalID, err
		}
		state, err := store.Load(ctx)
		if err != nil || state.RequestID == "" || state.AuthSent {
			return externalID, err
		}
		found, err := payout.Find(ctx, t.client, payout.ByRequestID(state.RequestID))
		if err != nil || found.Status != gen.PayoutStatusCanceled {
			return externalID, err
		}
	}
	return "", fail("-again: too many payouts were canceled", "-again: çok fazla toplu ödeme iptal edilmiş")
}

// notBegun refuses a name under which other recipients were stored, and says what to do where nobody can be paid under it.
func notBegun(ctx context.Context, folder string, next gen.MassPayoutInitializeRequest) error {
	store, err := payout.FileStoreIn(folder, next.ExternalID)
	if err != nil {
		return err
	}
	state, err := store.Load(ctx)
	if err != nil || state.RequestID == "" || state.AuthSent || state.Step != payout.StepStored ||
		state.Digest == payout.Digest(next) {
		return err
	}
	return fail("%q is stored at iyzico with other recipients, and not authorized: cancel it by masspayout -cancel %s, then give the "+
		"same command again", "%q, iyzico'da başka alıcılarla kayıtlı ve onaylanmamış: önce masspayout -cancel %s ile iptal edin, sonra "+
		"aynı komutu yeniden verin", next.ExternalID, state.RequestID)
}

// ended is the result of a payout that has ended.
func ended(ctx context.Context, store *payout.FileStore, externalID string) (*payout.Result, error) {
	state, err := store.Load(ctx)
	if err == nil && (state.Step != payout.StepEnded || state.Result == nil) {
		err = fail("the payout %q has not ended: continue it with -resume first", "%q toplu ödemesi sonuçlanmadı: önce "+
			"-resume ile sürdürün", externalID)
	}
	return state.Result, err
}

// payCorrected is payAgain with a file that has other recipients than the one before: its items must be items of that
// payout, with the same amounts.
func (in *input) payCorrected(ctx context.Context, t *target, wanted string, o *options) error {
	before, err := ended(ctx, payout.NewFileStore(o.again), wanted)
	if err != nil {
		return err
	}
	rows := map[string]int{}
	for i, item := range in.request.Items {
		rows[gen.NFC(item.ItemExternalID)] = i
	}
	result := *before
	result.Items = nil
	var otherAmount, unknown []string
	for _, item := range before.Items {
		i, given := rows[gen.NFC(item.ItemExternalID)]
		if !given {
			continue
		}
		delete(rows, gen.NFC(item.ItemExternalID))
		if now := in.request.Items[i].Amount; now.Currency != item.Amount.Currency || !now.Value.Equal(item.Amount.Value) {
			otherAmount = append(otherAmount, in.where(i, o))
		}
		result.Items = append(result.Items, item)
	}
	for i, item := range in.request.Items {
		if _, left := rows[gen.NFC(item.ItemExternalID)]; left {
			unknown = append(unknown, in.where(i, o))
		}
	}
	switch {
	case len(unknown) > 0:
		return fail("-corrected: %q has no items with these IDs: %s; take the IDs from the file of -out, for those that are "+
			"derived change with the recipient",
			"-corrected: %q toplu ödemesinde bu numaralı kalemler yok: %s; numaraları -out dosyasından alın, çünkü türetilenler "+
				"alıcıyla birlikte değişir", wanted, some(unknown, o))
	case len(otherAmount) > 0:
		return fail("-corrected: the amounts are others than those of %q: %s", "-corrected: tutarlar %q toplu ödemesindekinden "+
			"farklı: %s", wanted, some(otherAmount, o))
	}
	result.Digest = payout.Digest(in.request) // the recipients are others, and are shown before they are paid
	name, err := freeName(ctx, t, filepath.Dir(o.again), wanted, wanted)
	if err != nil {
		return err
	}
	next, not, err := result.PayAgain(in.request, name)
	if err != nil {
		return err
	}
	if err := notBegun(ctx, filepath.Dir(o.again), next); err != nil {
		return err
	}
	return in.keepOnly(next, not, wanted, o)
}

// keepOnly makes what is paid again the whole request.
func (in *input) keepOnly(next gen.MassPayoutInitializeRequest, not []payout.NotAgain, wanted string, o *options) error {
	if len(next.Items) == 0 {
		return fail("nothing of %q may be paid again: %s", "%[1]q toplu ödemesinden yeniden ödenebilecek bir şey yok: %[3]s",
			wanted, notAgain(not, false), notAgain(not, true))
	}
	in.request = next
	in.file = in.file.Only(next)
	if in.result != nil {
		in.result.externalID = next.ExternalID
	}
	in.warnings = append(in.warnings, fmt.Sprintf(o.say("this pays again %s of %q, as %q; not again: %s",
		"bu, %[2]q toplu ödemesinin %[1]s kadarını %[3]q adıyla yeniden öder; yeniden ödenmeyenler: %[4]s"),
		countItems(len(next.Items), o), wanted, next.ExternalID, notAgain(not, o.language == "tr")))
	return nil
}

// notAgain counts what is not paid again, by where the money is.
func notAgain(list []payout.NotAgain, turkish bool) string {
	counts, order := map[string]int{}, []string(nil)
	for _, n := range list {
		text := fundsText(n.Item.Status, "en")
		if turkish {
			text = fundsText(n.Item.Status, "tr")
		}
		if counts[text] == 0 {
			order = append(order, text)
		}
		counts[text]++
	}
	said := ""
	for i, text := range order {
		if i > 0 {
			said += "; "
		}
		said += fmt.Sprintf("%d: %s", counts[text], text)
	}
	if said == "" {
		return "0"
	}
	return said
}
