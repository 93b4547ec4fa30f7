package payout

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/gen"
)

// What this package prints, saves and returns as an error shows nothing of a recipient, whatever iyzico writes.
func TestRecipientsAreNotShown(t *testing.T) {
	const iban, name = "TR330006100519786457841326", "Ayşe Yılmaz"
	secret := item("emp-1", "10")
	secret.RecipientType, secret.RecipientInfo, secret.RecipientName = gen.RecipientTypeIBAN, iban, name
	r := request("x", secret)

	a := open(t)
	store := File(filepath.Join(t.TempDir(), "state"))
	var shown []string
	show := func(v any) {
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("", "v", v)
		shown = append(shown, fmt.Sprintf("%v %+v %#v %s", v, v, v, v), log.String())
	}
	result, err := a.pay(r, store, WithProgress(func(p Progress) { show(p) }))
	if err != nil {
		t.Fatal(err)
	}
	show(result)
	show(*result)
	show(result.Lines)
	text, _ := os.ReadFile(store.path)
	shown = append(shown, string(text))
	text, _ = json.Marshal(result)
	shown = append(shown, string(text))

	// iyzico quotes the recipient, in a line's reasons and in a refusal.
	for _, answer := range []string{
		`{"status":"success","massPayout":{"massPayoutStatus":"INIT"},"massPayoutItems":{"total":1,"size":9,"items":[{"itemExternalId":"emp-1",
			"itemStatus":"INVALID","recipientType":"IBAN","recipientInfo":"` + iban + `","recipientName":"` + name + `","errorMessages":["` + iban + ` of ` + name + ` is closed"]}]}}`,
		`{"status":"success","massPayout":{"massPayoutStatus":"INIT"},"massPayoutItems":{"total":1,"size":9,"items":[{"itemExternalId":"emp-1",
			"itemStatus":"INIT","recipientType":"IBAN","recipientInfo":"TR920086402100005482911108","recipientName":"` + name + `"}]}}`,
		`{"status":"failure","errorCode":"11","errorMessage":"` + iban + ` is closed"}`,
		`<html>` + iban + `</html>`,
	} {
		client := retriever(func(q gen.MassPayoutRetrieveRequest) (int, string) {
			if q.ItemType == gen.ItemTypeInvalid && strings.Contains(answer, "success") {
				return 200, page("INIT", "")
			}
			return 200, answer
		})
		result, err := Review(t.Context(), client, ByExternalID("x"), r)
		show(result)
		if result != nil {
			show(&RefusedLinesError{Lines: result.Lines})
		}
		show(err)
	}
	all := strings.Join(shown, "\n")
	for _, secret := range []string{iban, "0006100519786457", "008640210000548", "Ayşe", "Yılmaz"} {
		if i := strings.Index(all, secret); i >= 0 {
			t.Errorf("shown: %s", all[max(0, i-200):i+len(secret)])
		}
	}
	if !strings.Contains(all, "emp-1") || !strings.Contains(all, "another IBAN") {
		t.Error("nothing was shown at all")
	}
}
