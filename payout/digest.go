package payout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/iyzico-go/masspayout/gen"
)

// digestVersion begins every digest. It changes when what follows is built in another way.
const digestVersion = "1:"

const digestLength = len(digestVersion) + 2*sha256.Size

// Digest returns a text that is the same for two requests with the same content, and for no others. The content is the
// externalId, the purpose and the items, in any order; 100 and 100.00 are the same, so are a text in NFC and in NFD, and
// the conversationId does not count. An approval can name by it what it approves: [Result] has it when a payout is confirmed.
//
// It does not reveal the request, but somebody who knows all of a request except one recipient can find that one by
// trying.
func Digest(request gen.MassPayoutInitializeRequest) string {
	// The fields are named here, one by one, so that a new field of the API cannot change a digest that is saved.
	type item struct {
		ItemExternalID  string `json:"itemExternalId"`
		RecipientType   string `json:"recipientType"`
		RecipientInfo   string `json:"recipientInfo"`
		RecipientName   string `json:"recipientName"`
		Value           string `json:"value"`
		Currency        string `json:"currency"`
		Description     string `json:"description"`
		NonWithdrawable bool   `json:"nonWithdrawable"`
	}
	items := make([]string, len(request.Items))
	for i := range request.Items {
		of := &request.Items[i]
		items[i] = encode(item{
			ItemExternalID:  canonical(of.ItemExternalID),
			RecipientType:   canonical(string(of.RecipientType)),
			RecipientInfo:   canonical(of.RecipientInfo),
			RecipientName:   canonical(of.RecipientName),
			Value:           gen.FormatDecimal(of.Amount.Value),
			Currency:        canonical(string(of.Amount.Currency)),
			Description:     canonical(of.Description),
			NonWithdrawable: of.NonWithdrawable,
		})
	}
	slices.Sort(items)
	return digestOf(struct {
		ExternalID string   `json:"externalId"`
		Purpose    string   `json:"purpose"`
		Items      []string `json:"items"`
	}{canonical(request.ExternalID), canonical(string(request.Purpose)), items})
}

// canonical returns the text in the Unicode form NFC, so that a list that was saved again in another form has the same
// digest. A text that is not UTF-8 cannot be sent, but can be given to Digest: it gets a text that no other has, since
// what encoding/json makes of it depends on Go's version.
func canonical(s string) string {
	if !utf8.ValidString(s) {
		return "\x00" + hex.EncodeToString([]byte(s))
	}
	return gen.NFC(s)
}

// digestOf hashes what marshals to JSON.
func digestOf(content any) string {
	sum := sha256.Sum256([]byte(encode(content)))
	return digestVersion + hex.EncodeToString(sum[:])
}

// encode marshals strings, numbers and booleans, which cannot fail.
func encode(content any) string {
	data, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	return string(data)
}
