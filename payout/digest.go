package payout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/iyzico-go/masspayout/gen"
)

// digestVersion begins every digest. It changes when what follows is built in another way.
const digestVersion = "1:"

const digestLength = len(digestVersion) + 2*sha256.Size

// Digest returns the same text for two requests of the same content, and only for them: externalId, purpose and
// items, in any order, with 100 and 100.00 alike. The conversationId is not content. An approval can name what it
// approves by it: [Result] shows it where a payout is confirmed.
//
// It tells nobody the request, but whoever has all of a request but one recipient can try out who that is.
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
			ItemExternalID:  of.ItemExternalID,
			RecipientType:   string(of.RecipientType),
			RecipientInfo:   of.RecipientInfo,
			RecipientName:   of.RecipientName,
			Value:           of.Amount.Value.String(),
			Currency:        string(of.Amount.Currency),
			Description:     of.Description,
			NonWithdrawable: of.NonWithdrawable,
		})
	}
	slices.Sort(items)
	return digestOf(struct {
		ExternalID string   `json:"externalId"`
		Purpose    string   `json:"purpose"`
		Items      []string `json:"items"`
	}{request.ExternalID, string(request.Purpose), items})
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
